// What is known of each element of a memory: whether anything was written to it, and who touched it last. Two touches of one element, one
// of them a write, need a barrier between them, unless one thread makes both; blocks have no barrier between them at all.
import type { Inst } from "./program.ts";

/** An instruction at work. */
export interface Event {
  readonly inst: Inst;
  readonly write: boolean;
  readonly atomic: boolean;
  /** Number of the block, and how many barriers it has passed. */
  readonly block: number;
  readonly phase: number;
}

/** What an element holds. */
export const NOTHING = 0, WRITTEN = 1, OUTSIDE = 2;

/** The shadow of a memory. Numbers of events, -1 for none; `…By` is the thread, by the number that `touches` gives it. */
export interface Shadow {
  readonly holds: Uint8Array;
  readonly writer: Int32Array;
  readonly writerBy: Int32Array;
  readonly reader: Int32Array;
  readonly readerBy: Int32Array;
  /** A reader in another block than `reader`. */
  readonly foreign: Int32Array;
}

/** The shadow of elements that hold this and that nobody has touched. */
export function shadowOf(holds: Uint8Array): Shadow {
  const none = (): Int32Array => new Int32Array(holds.length).fill(-1);
  return { holds, writer: none(), writerBy: none(), reader: none(), readerBy: none(), foreign: none() };
}

/** What two touches of an element do to each other. */
export type Meeting = "race" | "blocks" | undefined;

/** Whether an earlier and a later touch may come in any order. `own`: whether the later thread changes in place what it read. */
function meeting(a: Event, by: number, b: Event, mine: number, own: (a: Inst, b: Inst) => boolean): Meeting {
  if (!(a.write || b.write) || (a.atomic && b.atomic) || a === b) return undefined;
  if (a.block !== b.block) return "blocks";
  if (a.phase !== b.phase) return undefined;
  const same = by === mine && by >= 0;
  return same && (a.inst === b.inst || own(a.inst, b.inst)) ? undefined : "race";
}

/** Notes that event `now` touches element `at`; gives the earlier event that it meets, if any. */
export function touch(s: Shadow, at: number, now: number, by: number, events: readonly Event[], own: (a: Inst, b: Inst) => boolean): { readonly how: Exclude<Meeting, undefined>; readonly with: Event } | undefined {
  const b = events[now];
  const against = (n: number, who: number) => {
    const how = n < 0 ? undefined : meeting(events[n], who, b, by, own);
    return how && { how, with: events[n] };
  };
  const met = against(s.writer[at], s.writerBy[at]) ?? (b.write ? against(s.reader[at], s.readerBy[at]) ?? against(s.foreign[at], -1) : undefined);
  if (b.write) { s.writer[at] = now; s.writerBy[at] = by; return met; }
  const before = s.reader[at] < 0 ? undefined : events[s.reader[at]];
  if (before && before.block !== b.block) s.foreign[at] = s.reader[at];
  // Two readers between barriers: whoever writes then is another thread than one of them.
  const several = before && before.block === b.block && before.phase === b.phase && (s.readerBy[at] !== by || before.inst !== b.inst);
  s.reader[at] = now;
  s.readerBy[at] = several ? -1 : by;
  return met;
}
