// What Node tells of the machine: the user's cache folder with a store in it, a file for each key; and the time of its CPU.
//
//   <cache>/bitloom/KIND-0123456789abcdef.json      KIND from the key's own `kind`, the digits from the key and the machine
import { createHash } from "node:crypto";
import { lstat, readFile } from "node:fs/promises";
import { availableParallelism, cpus, homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { writeFileAtomic } from "./files/atomic.ts";
import type { Store } from "./store.ts";

/** Folders to keep things in, best first: the user's cache; a private folder of the temporary one where home is read-only. */
export function cacheFolders(): readonly string[] {
  const xdg = process.env["XDG_CACHE_HOME"];
  const mine = join(tmpdir(), `bitloom-${process.getuid?.() ?? "user"}`);
  return [...(xdg ? [join(xdg, "bitloom")] : []), join(homedir(), ".cache", "bitloom"), mine];
}

/** What tells machines apart that share a home: a software adapter is as fast as the CPU. */
const machine = (): string => `${process.arch} ${cpus()[0]?.model ?? ""} × ${availableParallelism()} ${process.env["LP_NUM_THREADS"] ?? ""}`;

/** The file of a key in a folder. */
export function fileOf(folder: string, key: string): string {
  const kind = /^\{"kind":"(\w+)"/.exec(key)?.[1] ?? "kept";
  return join(folder, `${kind}-${createHash("sha256").update(`${machine()}\n${key}`).digest("hex").slice(0, 16)}.json`);
}

/** A store of files in the first of these folders that takes them. Another user's files aren't read. */
export function fileStore(folders: readonly string[] = cacheFolders()): Store {
  return Object.freeze({
    async read(key: string) {
      for (const folder of folders) {
        const file = fileOf(folder, key), stat = await lstat(file).catch(() => undefined);
        if (!stat?.isFile() || (process.getuid && stat.uid !== process.getuid())) continue;
        const text = await readFile(file, "utf8").catch(() => undefined);
        if (text !== undefined) return text;
      }
      return undefined;
    },
    async write(key: string, text: string) {
      for (const folder of folders) if (await writeFileAtomic(fileOf(folder, key), text).then(() => true, () => false)) return;
    },
  });
}

/** CPU seconds that this process took so far, in all its threads. */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Cores that a software adapter computes on. */
export const cores = (): number => Math.max(1, Math.min(availableParallelism(), Number(process.env["LP_NUM_THREADS"] || Infinity)));
