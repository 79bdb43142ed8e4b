// `--watch`: a command again and again, whenever a file that its answer depends on changes.
import { statSync, watch as watchFolder, type FSWatcher } from "node:fs";
import { dirname } from "node:path";
import type { Io } from "./io.ts";

/** An editor writes a file in several steps; after this many milliseconds of rest it is done. */
const rest = 60;
/** Where the system can't tell of changes, files are looked at this often, in milliseconds. */
const pause = 500;

/** What tells two states of a file apart. */
function stateOf(path: string): string {
  const about = statSync(path, { throwIfNoEntry: false, bigint: true });
  return about ? `${about.mtimeNs} ${about.size} ${about.ino}` : "none";
}

/** Waits until one of the files differs from its state; false if the user ends the waiting. */
function change(states: ReadonlyMap<string, string>, io: Io): Promise<boolean> {
  const differs = (): boolean => [...states].some(([path, state]) => stateOf(path) !== state);
  return new Promise((resolve) => {
    const watchers: FSWatcher[] = [];
    let soon: NodeJS.Timeout | undefined, often: NodeJS.Timeout | undefined;
    const interrupt = io.interrupt?.();
    const end = (changed: boolean): void => {
      for (const w of watchers) w.close();
      clearTimeout(soon);
      clearInterval(often);
      interrupt?.off();
      resolve(changed);
    };
    const look = (): void => { if (differs()) end(true); };
    const poll = (): void => { often ??= setInterval(look, pause); };
    // Folders and not files: an editor may put a new file in the place of the old.
    for (const folder of new Set([...states.keys()].map((f) => dirname(f)))) {
      try {
        watchers.push(watchFolder(folder, () => { clearTimeout(soon); soon = setTimeout(look, rest); }).on("error", poll));
      } catch {
        poll();
      }
    }
    void interrupt?.asked.then(() => end(false));
    // What changed while the command ran has no event any more.
    soon = setTimeout(look, 0);
  });
}

/** Runs a command until the user ends it; the exit code is then 0. A command that reads no file is run once. */
export async function watch(run: (io: Io) => Promise<number>, io: Io): Promise<number> {
  for (;;) {
    const states = new Map<string, string>();
    const code = await run({ ...io, used: (path) => { if (!states.has(path)) states.set(path, stateOf(path)); } });
    if (states.size === 0) return code;
    if (io.terminal) await io.err(`watching ${states.size} file${states.size === 1 ? "" : "s"}; Ctrl-C ends it\n`);
    if (!(await change(states, io))) return 0;
    if (io.terminal) await io.err("\u001b[2J\u001b[3J\u001b[H");
  }
}
