// The kernel of few rows times weights where threads side by side read words side by side: a GPU fetches whole sectors then, and a
// matrix of few rows gives all its threads work.
//
//   threads of a block [R, L]: row group r of the weights' rows, lane l along K
//   each step of L · E elements of K:   lane l has E neighbours of each of its rows, a vector of words, and the same E of x
//   sum of a lane [rows, L]  += (Σ x·w − zero · Σ x) · scale          once per step: a scale holds for all E
//   at the end                 the sums of the lanes of a row are added across threads
import { compose, dense, local, spatial } from "../layout/index.ts";
import { builder, cdiv, constant, dtype, scalarOp, type Program, type Scalar, type Value } from "../vm/index.ts";
import type { FactorSpec, ProductSpec } from "./matmul-kernels.ts";

/** Lanes along K and elements of K that each has at a time. */
export interface Lanes {
  readonly lanes: number;
  readonly each: number;
}

/** Threads of a row group, at most, and bits of a vector. */
const LANES = 32, VECTOR = 128;

const isInteger = (type: string): boolean => ["i32", "u32"].includes(dtype(type).compute);
const wholeRow = (w: FactorSpec, K: number): boolean => w.group === 0 || w.group >= K;

/** How lanes share a row; undefined for products that this kernel isn't for: of integers, with scales of x, offsets, or groups that lanes can't share. */
export function lanesOf({ K, x, w }: Pick<ProductSpec, "K" | "x" | "w">): Lanes | undefined {
  if (K === 0 || x.format || w.format || x.scales || x.zeros || x.offsets || w.offsets || (isInteger(x.type) && isInteger(w.type))) return undefined;
  let each = Math.max(4, Math.min(32, 2 ** Math.ceil(Math.log2(VECTOR / dtype(w.type).bits))));
  while (each > 4 && (K % each !== 0 || (!wholeRow(w, K) && w.group % each !== 0))) each /= 2;
  if (!wholeRow(w, K) && (w.group % each !== 0)) return undefined;
  const lanes = Math.min(LANES, 2 ** Math.floor(Math.log2(Math.max(1, K / each)))), step = lanes * each;
  // A step holds whole groups, or lies in one.
  return wholeRow(w, K) || step % w.group === 0 || w.group % step === 0 ? { lanes, each } : undefined;
}

/** The Program of such a product: x [M, K], w [N, K] with what lies beside it, `bias`, and the result y. */
export function acrossProgram(spec: ProductSpec, doc: string): Program {
  const { K, x, w, out, tiling: { BM, BN, threads, whole } } = spec, given = lanesOf(spec), { lanes: L, each: E } = given ?? { lanes: 1, each: 1 };
  const b = builder("matmul", doc), M = b.dim("M"), N = b.dim("N"), f32 = { to: dtype("f32") }, num = (n: number): Scalar => constant(n), C = L * E, R = threads / L, late = wholeRow(w, K), G = late ? K : w.group;
  const [bn, bm] = b.grid([["bn", cdiv(N, BN)], ["bm", cdiv(M, BM)]]), m0 = scalarOp("mul", bm, num(BM)), n0 = scalarOp("mul", bn, num(BN));
  const xs = b.tensor("x", "in", x.type, [M, K], x.packing), ws = b.tensor("w", "in", w.type, [N, K], w.packing), groups = w.group === 0 ? 1 : Math.ceil(K / w.group);
  const beside = (["scales", "zeros"] as const).map((what) => (w[what] === undefined ? undefined : b.tensor(`w_${what}`, "in", w[what], w.group === 0 ? [1, 1] : [N, groups], w.beside ?? dense(2))));
  const bias = spec.bias && b.tensor("bias", "in", spec.bias.type, [N], spec.bias.packing), y = b.tensor("y", "out", out, [M, N], dense(2));
  b.threads(threads);
  if (whole) b.require(scalarOp("eq", scalarOp("rem", N, num(BN)), num(0)), "the columns of the product fill whole blocks");
  const window = (t: Value, offsets: readonly Scalar[], sizes: readonly number[]): Value => b.slice({ x: t }, { offsets: [...offsets], sizes: sizes.map(num) });
  const number = (t: Value): Value => (t.dtype === f32.to ? t : b.cast({ x: t }, f32));
  const load = (t: Value, pad: number | undefined): Value => number(b.load({ x: t }, pad === undefined ? {} : { pad }));
  const padOf = (t: Value): number | undefined => (t.dtype.hasZero ? undefined : t.dtype.table ? t.dtype.max : 1);
  const rows = compose(spatial(R, L), local(BN / R, 1)), tile = compose(spatial(R, L), local(BN / R, E));
  const perLane = (v: Value): Value => b.reduce_sum({ x: b.reshape({ x: v }, { shape: [v.shape[0] as number, L, E] }) }, { axis: 2, keep: false });

  /** What lies beside the weights from element k on, [BN, L] or what broadcasts to it. */
  const at = (t: Value | undefined, k: Scalar): Value | undefined => {
    if (!t) return undefined;
    if (w.group === 0) return load(window(t, [num(0), num(0)], [1, 1]), 1);
    const count = late ? 1 : Math.max(1, C / G), v = load(window(t, [n0, late ? num(0) : scalarOp("div", k, num(G))], [BN, count]), 1);
    return count === 1 || count === L ? v : b.repeat_interleave({ x: v }, { count: L / count, axis: 1 });
  };
  const [scales, zeros] = beside, accs = Array.from({ length: BM }, () => b.var({ init: 0 }, { dtype: f32.to, shape: [BN, L], layout: rows }));
  b.loop("k", { from: 0, to: K, step: C }, (k) => {
    const q = b.convert({ x: load(window(ws, [n0, k], [BN, C]), padOf(ws)) }, { layout: tile }), scale = late ? undefined : at(scales, k), zero = at(zeros, k);
    accs.forEach((acc, m) => {
      const row = load(window(xs, [scalarOp("add", m0, num(m)), k], [1, C]), 0), sum = perLane(b.mul({ x: q, y: row }));
      const less = zero ? b.sub({ x: sum, y: b.mul({ x: zero, y: perLane(row) }) }) : sum;
      b.assign({ to: acc, from: b.add({ x: acc, y: scale ? b.mul({ x: less, y: scale }) : less }) });
    });
  });
  const last = late ? at(scales, num(0)) : undefined, add = bias && number(b.load({ x: b.slice({ x: bias }, { offsets: [n0], sizes: [num(BN)] }) }, padOf(bias) === undefined ? {} : { pad: padOf(bias) }));
  accs.forEach((acc, m) => {
    const sum = b.reduce_sum({ x: last ? b.mul({ x: acc, y: last }) : acc }, { axis: 1, keep: false }), all = add ? b.add({ x: sum, y: add }) : sum;
    b.store({ to: window(y, [scalarOp("add", m0, num(m)), n0], [1, BN]), x: b.reshape({ x: all }, { shape: [1, BN] }) });
  });
  return b.finish();
}
