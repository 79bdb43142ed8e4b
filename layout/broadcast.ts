// May an operand feed an element-wise instruction without any communication? Only if every thread that produces y[i]
// already holds x[i broadcast]. First a proof on digits, then, where digits don't fit each other, a look at every element.
import { numbers, type Algebra } from "./algebra.ts";
import { keptPairs } from "./kept.ts";
import { weights } from "./modes.ts";
import { groupedModes, spatialShape, threadCount, type RegisterLayout } from "./register.ts";
import { lookUp, tables } from "./tables.ts";

/** A digit of something: `value / weight % size`. */
interface Digit { readonly weight: number; readonly size: number }

/** Each dimension's modes from the fastest, with the weight of the thread digit that holds them (none for local modes). */
function anatomy(l: RegisterLayout): (Digit & { readonly thread: number | undefined })[][] {
  const tw = weights(spatialShape(l));
  return groupedModes(l).map((own) => {
    const w = weights(own.map((m) => l.modeShape[m]));
    return own.map((m, i) => {
      const at = l.spatialModes.indexOf(m);
      return { weight: w[i], size: l.modeShape[m], thread: at < 0 ? undefined : tw[at] };
    }).reverse();
  });
}

/** Whether digit `of` of a dimension of `out` is digit `thread` of the thread that holds the element: cut it along out's modes and compare. */
function follows(out: readonly (Digit & { readonly thread: number | undefined })[], of: Digit, thread: number): boolean {
  let { weight, size } = of, at = thread;
  for (const m of out) {
    if (size === 1) return true;
    if (weight >= m.weight * m.size) continue;
    if (m.thread === undefined || weight % m.weight !== 0 || m.size % (weight / m.weight) !== 0) return false;
    const step = weight / m.weight, room = m.size / step, piece = Math.min(room, size);
    if (at !== m.thread * step || room % piece !== 0 || size % piece !== 0) return false;
    weight *= piece; at *= piece; size /= piece;
  }
  return size === 1;
}

/** Whether shape x broadcasts to shape y, aligned at the right. */
const broadcasts = (x: readonly number[], y: readonly number[]): boolean =>
  x.length <= y.length && x.every((d, k) => d === 1 || d === y[k + y.length - x.length]);

/** True only if it is proved; false means "don't know". */
function proved(x: RegisterLayout, out: RegisterLayout): boolean {
  const extra = out.shape.length - x.shape.length, theirs = anatomy(out);
  return anatomy(x).every((own, k) => own.every((m) => m.thread === undefined || follows(theirs[k + extra], m, m.thread)));
}

/** Looks at every element; threads of either layout are taken modulo its thread count. */
function checked(x: RegisterLayout, out: RegisterLayout, threads: number, source?: IndexMap): boolean {
  const extra = out.shape.length - x.shape.length, from = tables(x), to = tables(out);
  // A thread's number without its replica digits, to be compared with that of the element's holder.
  const mine = from.threads.map((index) => lookUp(from.threadOf, index)), element = out.shape.map(() => 0);
  for (let t = 0; t < threads; t++) {
    const a = to.threads[t % to.threads.length], own = mine[t % mine.length];
    for (const b of to.slots) {
      if (source) {
        for (let k = 0; k < element.length; k++) element[k] = a[k] + b[k];
        if (lookUp(from.threadOf, source(numbers, element)) !== own) return false;
        continue;
      }
      let holder = 0;
      for (let k = 0; k < x.shape.length; k++) if (x.shape[k] > 1) holder += from.threadOf[k][a[k + extra] + b[k + extra]];
      if (holder !== own) return false;
    }
  }
  return true;
}

/**
 * Whether an operand of layout `operand` may feed an element-wise result of layout `out`: their shapes broadcast (aligned at
 * the right) and every thread that produces y[i] already holds x[broadcast(i)]. Exact. Threads beyond the operand's own hold nothing here;
 * {@link widen} a layout first where thread t holds what t mod S holds.
 * @example
 * ```ts
 * canBroadcast(reduce(spatial(4, 8), [1], true), spatial(4, 8)); // => true
 * ```
 */
export const canBroadcast = (operand: RegisterLayout, out: RegisterLayout): boolean => feeds(operand, out);

const feeds = /* @__PURE__ */ keptPairs((operand: RegisterLayout, out: RegisterLayout): boolean =>
  broadcasts(operand.shape, out.shape) && threadCount(out) <= threadCount(operand) && (proved(operand, out) || checked(operand, out, threadCount(out))), () => 0);

/** For an index of one tile, that of the element in another tile that it is. The same formula serves numbers and expressions. */
export type IndexMap = <T>(algebra: Algebra<T>, index: readonly T[]) => readonly T[];

/**
 * Whether all of `threads` threads hold under `from` what they need under `to`, which is the same element or that of `source`; thread t
 * counts as t mod S in both.
 * @param key all that `source` follows from, as text: then nothing is looked at twice
 */
export function holdsAll(from: RegisterLayout, to: RegisterLayout, threads: number, source?: IndexMap, key?: string): boolean {
  return !source ? holds(from, to, threads) : key === undefined ? checked(from, to, threads, source) : moved(from, to, threads, source, key);
}

const moved = /* @__PURE__ */ keptPairs((from: RegisterLayout, to: RegisterLayout, threads: number, source: IndexMap, _: string): boolean => checked(from, to, threads, source), (threads, _, key) => `${threads} ${key}`);

const holds = /* @__PURE__ */ keptPairs((from: RegisterLayout, to: RegisterLayout, threads: number): boolean => {
  const aligned = threads % threadCount(from) === 0 && threads % threadCount(to) === 0 && threadCount(from) === threadCount(to);
  return (aligned && proved(from, to)) || checked(from, to, threads);
}, (threads) => threads);
