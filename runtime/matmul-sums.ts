// Sums of runs of rows: what all columns of a product have in common where weights have offsets, or zero points that are no whole numbers.
//
//   Σ x·((q − z)·s + o)  =  s·Σ x·q  +  (o − z·s)·Σ x
//
// A block sums its rows once, each thread a run at a time, before it multiplies: the sums wait in shared memory, of a chunk of K as long as there is room for.
import { compose, local, spatial } from "../layout/index.ts";
import { constant, scalarOp, type Builder, type DType, type Scalar, type Value } from "../vm/index.ts";

/** What is summed. */
export interface Summed {
  /** Rows and threads of a block: one divides the other. */
  readonly rows: number;
  readonly threads: number;
  /** Elements of a row. */
  readonly K: number;
  /** How many of them are multiplied before they are scaled. */
  readonly step: number;
  readonly type: DType;
  /** So many elements of all rows from element `k` on as numbers of the type; 0 past the end. */
  read(k: Scalar, width: number): Value;
}

/** Sums of steps. */
export interface RowSums {
  /** Elements of a row that are summed at once: a number of steps. */
  readonly chunk: number;
  /** Sums the chunk from element `k` on. Threads wait for all of it. */
  fill(k: Scalar): void;
  /** The sums of the step from element `k` on of the chunk from `from` on, [rows, 1]. */
  of(k: Scalar, from: Scalar): Value;
}

/** Sums that wait in shared memory, at most. */
const ROOM = 512;
/** Elements that a thread sums at a time: as many as divide a step. */
const RUNS = [32, 16, 8] as const;
const runOf = (step: number): number => RUNS.find((n) => step % n === 0) ?? 1;

/** Whether rows are summed in runs worth that name, and there is room for the sums of a step. */
export const hasRuns = (rows: number, step: number): boolean => runOf(step) > 1 && rows * (step / runOf(step)) <= ROOM;

/** Sums of the rows of a block. */
export function rowSums(b: Builder, { rows, threads, K, step, type, read }: Summed): RowSums {
  const run = runOf(step), each = step / run, steps = Math.min(Math.ceil(K / step), Math.max(1, Math.floor(ROOM / (rows * each)))), num = (n: number): Scalar => constant(n);
  // Threads side by side have runs side by side, all rows at once where there are threads for them.
  const lanes = Math.max(1, threads / rows), wide = lanes * run, count = Math.ceil((steps * each) / lanes) * lanes, many = rows / Math.min(rows, threads);
  const tile = compose(compose(local(many, 1), spatial(rows / many, lanes)), local(1, run)), sums = b.shared({}, { dtype: type, shape: [rows, count] });
  const part = (at: Scalar, width: number): Value => b.slice({ x: sums }, { offsets: [num(0), at], sizes: [num(rows), num(width)] });
  return {
    chunk: steps * step,
    fill(from) {
      b.loop("run", { from: 0, to: count, step: lanes }, (r) => {
        const x = b.convert({ x: read(scalarOp("add", from, scalarOp("mul", r, num(run))), wide) }, { layout: tile });
        b.store({ to: part(r, lanes), x: b.reduce_sum({ x: b.reshape({ x }, { shape: [rows, lanes, run] }) }, { axis: 2, keep: false }) });
      });
      b.barrier({});
    },
    of(k, from) {
      const first = scalarOp("div", scalarOp("sub", k, from), num(run)), all = Array.from({ length: each }, (_, i) => b.load({ x: part(scalarOp("add", first, num(i)), 1) }));
      return all.reduce((x, y) => b.add({ x, y }));
    },
  };
}
