// Work in a process of its own, so that what ends or hangs there ends nothing else: other libraries are native code.
import { fork } from "node:child_process";
import { once } from "node:events";

/** How such work is begun, heard and ended. */
export interface ApartOptions<M> {
  /** The first message that it gets. */
  readonly task: unknown;
  /** Gets each of its messages. */
  readonly heard: (message: M) => void;
  /** Milliseconds in which it says nothing before it is ended. */
  readonly silence: number;
  /** Ends it. */
  readonly stop?: AbortSignal;
  /** Words of its command line. */
  readonly words?: readonly string[];
}

/** Runs a script of Node's apart. Gives why it ended where it didn't do so by itself: what killed it, what it exits with, or that it said nothing. */
export async function apart<M>(script: string, { task, heard, silence, stop, words = [] }: ApartOptions<M>): Promise<string | undefined> {
  const child = fork(script, words, { serialization: "advanced" }), state = { silent: false }, kill = (): void => { child.kill("SIGKILL"); };
  const listen = (): ReturnType<typeof setTimeout> => setTimeout(() => { state.silent = true; kill(); }, silence);
  let timer = listen();
  child.on("message", (message) => { clearTimeout(timer); timer = listen(); heard(message as M); });
  stop?.addEventListener("abort", kill);
  if (stop?.aborted) kill();
  // What it said before it ended is heard until the channel is closed. Where it ends at once, nobody is there to take the task.
  child.send(task as object, () => undefined);
  try {
    const [[code, signal]] = (await Promise.all([once(child, "exit"), once(child, "disconnect")])) as [[number | null, string | null], unknown];
    return state.silent ? `it said nothing for ${silence < 120_000 ? `${silence / 1e3} s` : `${silence / 60_000} minutes`}` : signal !== null ? `it ended by ${signal}` : code !== 0 ? `it ended with ${code}` : undefined;
  } finally {
    clearTimeout(timer);
    stop?.removeEventListener("abort", kill);
  }
}
