// Finds races between the threads of a block: two threads at one word between two barriers, one of them writing.
// Writing the same value twice is no race, and neither are atomic updates among themselves.
import { Bug } from "../../diagnostic.ts";
import type { Buffer } from "./ir.ts";

/** Is told of every access and every barrier; throws a `Bug` at a race. */
export interface RaceCheck {
  read(b: Buffer, index: number, thread: number): void;
  write(b: Buffer, index: number, thread: number, value: number, atomic: boolean): void;
  barrier(): void;
}

/** What happened to a word since the last barrier. `MANY` stands for several threads. */
interface Word { reader: number; writer: number; value: number; atomic: boolean }
const NONE = -1, MANY = -2;

/** A fresh check. */
export function raceCheck(): RaceCheck {
  let words = new Map<Buffer, Map<number, Word>>();
  const wordOf = (b: Buffer, index: number): Word => {
    let of = words.get(b);
    if (!of) words.set(b, (of = new Map()));
    let w = of.get(index);
    if (!w) of.set(index, (w = { reader: NONE, writer: NONE, value: 0, atomic: false }));
    return w;
  };
  const other = (who: number, thread: number) => who !== NONE && who !== thread;
  const race = (b: Buffer, index: number, what: string): never => { throw new Bug(`race at ${b.name}[${index}]: ${what}, without a barrier between`); };
  const name = (who: number) => (who === MANY ? "several threads" : `thread ${who}`);
  const join = (who: number, thread: number) => (who === NONE || who === thread ? thread : MANY);
  return {
    read(b, index, thread) {
      const w = wordOf(b, index);
      if (other(w.writer, thread) && !(b.woven && w.atomic)) race(b, index, `thread ${thread} reads what ${name(w.writer)} wrote`);
      w.reader = join(w.reader, thread);
    },
    write(b, index, thread, value, atomic) {
      const w = wordOf(b, index);
      if (other(w.reader, thread) && !(b.woven && atomic)) race(b, index, `thread ${thread} writes what ${name(w.reader)} read`);
      if (other(w.writer, thread) && (atomic !== w.atomic || (!atomic && !Object.is(value, w.value))))
        race(b, index, `thread ${thread} and ${name(w.writer)} write`);
      w.writer = join(w.writer, thread);
      w.value = value;
      w.atomic = atomic;
    },
    barrier() { words = new Map(); },
  };
}
