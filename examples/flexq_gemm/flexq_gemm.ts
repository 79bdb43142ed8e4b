// flexq_gemm.loom, built in TypeScript; its inputs and answers.
import { compose, local, planesTiled, spatial } from "../../layout/index.ts";
import { cdiv, constant, dim, dtype, dtypeParam, input, intParam, kernel, output, scalarOp, sequence, type Builder, type Scalar, type Value } from "../../vm/index.ts";
import { gamma, given, onDevices, random, randomCodes, type Case, type Example, type Given } from "../example.ts";

const M = dim("M"), f32 = dtype("f32"), i32 = dtype("i32"), GROUP = 128, tiles = planesTiled(2, 8, GROUP);
const groups = (K: number): number => Math.ceil(K / GROUP);
/** The largest integer of a symmetric type. */
const topOf = (T: string): number => 2 ** (dtype(T).bits - 1) - 1;

type Named = Readonly<Record<"q" | "s" | "w" | "sw" | "bias", Value>>;

/** Integers and their scale, a row each. */
function quantised(b: Builder, v: Value, T: string): readonly [codes: Value, scale: Value] {
  const top = topOf(T), scale = b.max({ x: b.div({ x: b.reduce_max({ x: b.abs({ x: v }) }, { axis: 1 }), y: top }), y: 0.00001 });
  return [b.cast({ x: b.clamp({ x: b.round({ x: b.div({ x: v, y: scale }) }), lo: -top, hi: top }) }, { to: i32 }), scale];
}

/** A tile of q · Wᵀ and bias. */
function grouped(b: Builder, p: Named, m: Scalar, n: Scalar, BM: number, BN: number, K: number): Value {
  const shape = [BM, BN], bias = b.expand({ x: b.load({ x: b.slice({ x: p.bias }, { offsets: [n], sizes: [BN] }) }) }, { shape });
  const acc = b.var({ init: bias }, { dtype: f32, shape });
  b.loop("g", { from: 0, to: groups(K) }, (g) => {
    const k = scalarOp("mul", g, constant(GROUP));
    const q = b.slice({ x: p.q }, { offsets: [m, k], sizes: [BM, GROUP] }), w = b.slice({ x: p.w }, { offsets: [n, k], sizes: [BN, GROUP] });
    const d = b.cast({ x: b.dot({ x: q, y: b.transposed({ x: w }) }, { by: "planes" }) }, { to: f32 });
    const s = b.load({ x: b.slice({ x: p.s }, { offsets: [m, g], sizes: [BM, 1] }) }), sw = b.load({ x: b.slice({ x: p.sw }, { offsets: [g, n], sizes: [1, BN] }) });
    b.assign({ to: acc, from: b.fma({ x: d, y: b.mul({ x: s, y: sw }), z: acc }) });
  });
  return acc;
}

const pack = kernel("pack_activations", { K: intParam(), T: dtypeParam("i6") }, ({ K, T }) => ({
  params: {
    x: input("f32", [M, K]),
    q: output(T, [M, K], tiles),
    s: output("f32", [M, groups(K)]),
    sum: output("i32", [M, groups(K)]),
  },
  grid: { g: groups(K), bm: cdiv(M, 8) },
  threads: 32,
  body(b, p, g) {
    const m = scalarOp("mul", g.bm, constant(8)), k = scalarOp("mul", g.g, constant(GROUP)), one = [8, 1];
    const v = b.convert({ x: b.load({ x: b.slice({ x: p.x }, { offsets: [m, k], sizes: [8, GROUP] }) }) }, { layout: compose(spatial(8, 4), local(1, 32)) });
    const [codes, scale] = quantised(b, v, T);
    const q = b.slice({ x: p.q }, { offsets: [m, k], sizes: [8, GROUP] });
    b.store({ to: q, x: b.cast({ x: codes }, { to: dtype(T) }) });
    b.store({ to: b.slice({ x: p.s }, { offsets: [m, g.g], sizes: one }), x: scale });
    const sums = b.slice({ x: p.sum }, { offsets: [m, g.g], sizes: one });
    b.store({ to: sums, x: b.reduce_sum({ x: codes }, { axis: 1 }) });
  },
}), "Rows of x as bit planes of integers, with the scale and the sum of each group: read once, quantised and packed in registers.");

const gemm = kernel("grouped_gemm", {
  N: intParam(), K: intParam(), T: dtypeParam("i6"), W: dtypeParam("i6"), BM: intParam(8), BN: intParam(8),
}, ({ N, K, T, W, BM, BN }) => ({
  params: {
    q: input(T, [M, K], tiles),
    s: input("f32", [M, groups(K)]),
    w: input(W, [N, K], tiles),
    sw: input("f32", [groups(K), N]),
    bias: input("f32", [N]),
    y: output("f32", [M, N]),
  },
  grid: { bn: Math.ceil(N / BN), bm: cdiv(M, BM) },
  threads: 32,
  body(b, p, at) {
    const m = scalarOp("mul", at.bm, constant(BM)), n = scalarOp("mul", at.bn, constant(BN)), sum = b.cast({ x: grouped(b, p, m, n, BM, BN, K) }, { to: f32 }); // `let` of a variable is a copy
    b.store({ to: b.slice({ x: p.y }, { offsets: [m, n], sizes: [BM, BN] }), x: sum });
  },
}), "y = q · Wᵀ with a scale for each row and group of both, and a bias.");

const flexq = sequence("flexq_gemm", {
  N: intParam(), K: intParam(), T: dtypeParam("i6"), W: dtypeParam("i6"), BM: intParam(8, [1, 2, 4, 8]), BN: intParam(8, [8, 16, 32]),
}, ({ N, K, T, W, BM, BN }) => ({
  params: { x: input("f32", [M, K]), w: input(W, [N, K], tiles), sw: input("f32", [groups(K), N]), bias: input("f32", [N]), y: output("f32", [M, N]) },
  steps(steps, { x, w, sw, bias, y }) {
    const q = steps.temp("q", T, [M, K], tiles), s = steps.temp("s", "f32", [M, groups(K)]), sum = steps.temp("sum", "i32", [M, groups(K)]);
    steps.run(pack, { K, T }, { x, q, s, sum });
    steps.run(gemm, { N, K, T, W, BM, BN }, { q, s, w, sw, bias, y });
  },
}), "y = x · Wᵀ + bias with FlexQ's W6A6 or W6A8: x is quantised on the device, in groups of 128; any M, N and K.");

const repack = kernel("grouped_gemm_repack", {
  N: intParam(), K: intParam(), T: dtypeParam("i6"), W: dtypeParam("i6"), U: dtypeParam("i8"),
}, ({ N, K, T, W, U }) => ({
  params: {
    q: input(T, [M, K], tiles), s: input("f32", [M, groups(K)]), w: input(W, [N, K], tiles), sw: input("f32", [groups(K), N]), bias: input("f32", [N]),
    next: output(U, [M, N], tiles), scale: output("f32", [M, groups(N)]),
  },
  grid: { bn: groups(N), bm: cdiv(M, 8) },
  threads: 32,
  body(b, p, at) {
    const m = scalarOp("mul", at.bm, constant(8)), n = scalarOp("mul", at.bn, constant(GROUP)), row = b.shared({}, { dtype: f32, shape: [8, GROUP] });
    b.loop("j", { from: 0, to: GROUP, step: 8 }, (j) => {
      const to = b.slice({ x: row }, { offsets: [constant(0), j], sizes: [8, 8] });
      b.store({ to, x: b.max({ x: grouped(b, p, m, scalarOp("add", n, j), 8, 8, K), y: 0 }) });
    });
    b.barrier({});
    const v = b.convert({ x: b.load({ x: row }) }, { layout: compose(spatial(8, 4), local(1, 32)) }), [codes, own] = quantised(b, v, U);
    b.store({ to: b.slice({ x: p.next }, { offsets: [m, n], sizes: [8, GROUP] }), x: b.cast({ x: codes }, { to: dtype(U) }) });
    b.store({ to: b.slice({ x: p.scale }, { offsets: [m, at.bn], sizes: [8, 1] }), x: own });
  },
}), "The same for a hidden layer: what comes out is cut off below 0, quantised and packed for the next layer, and never lies in memory as floats.");

const mlp = sequence("flexq_mlp", {
  H: intParam(), N: intParam(), K: intParam(), T: dtypeParam("i6"), U: dtypeParam("i8"), W: dtypeParam("i6"),
}, ({ H, N, K, T, U, W }) => ({
  params: {
    x: input("f32", [M, K]),
    up: input(W, [H, K], tiles), s_up: input("f32", [groups(K), H]), b_up: input("f32", [H]),
    down: input(W, [N, H], tiles), s_down: input("f32", [groups(H), N]), b_down: input("f32", [N]),
    y: output("f32", [M, N]),
  },
  steps(steps, p) {
    const q = steps.temp("q", T, [M, K], tiles), s = steps.temp("s", "f32", [M, groups(K)]), sum = steps.temp("sum", "i32", [M, groups(K)]);
    const h = steps.temp("h", U, [M, H], tiles), sh = steps.temp("sh", "f32", [M, groups(H)]);
    steps.run(pack, { K, T }, { x: p.x, q, s, sum });
    steps.run(repack, { N: H, K, T, W, U }, { q, s, w: p.up, sw: p.s_up, bias: p.b_up, next: h, scale: sh });
    steps.run(gemm, { N, K: H, T: U, W }, { q: h, s: sh, w: p.down, sw: p.s_down, bias: p.b_down, y: p.y });
  },
}), "Two layers, as FlexQ runs them: W6A6 up, W6A8 down. Between them are integers in planes, nothing else.");

/**
 * Activations that every device rounds to the same integers: WGSL's division is off by up to 2.5 ULP, so x / s stays at least 0.1 away from
 * a half, and the largest of a group is TOP times its scale. The last row is zeros. `ties` puts all x / s of a power of two
 * on halves instead, for where division is exact.
 */
function activations(rows: number, K: number, T: string, seed: number, ties: boolean): Given {
  const r = random(seed), top = topOf(T), scales = Float64Array.from({ length: rows * groups(K) }, () => (ties ? 0.125 : Math.fround(0.01 + r())));
  return given("f32", [rows, K], (i) => {
    const m = Math.floor(i / K), k = i % K, s = scales[m * groups(K) + Math.floor(k / GROUP)] ?? 0;
    if (m === rows - 1 && m > 0) return 0;
    if (k % GROUP === 0) return r() < 0.5 ? s * top : -s * top;
    return s * (Math.floor((2 * top - 1) * r()) - top + 1 + (ties ? 0.5 : 0.8 * r() - 0.4));
  });
}

/** To the nearest integer, ties to even. */
const nearest = (x: number): number => { const low = Math.floor(x), rest = x - low; return rest < 0.5 || (rest === 0.5 && low % 2 === 0) ? low : low + 1; };

/**
 * Bound: group sums are exact integers below 2^24. A group's term meets the division that made its scale (2.5 ULP: 3), the product of
 * scales and two roundings of the accumulation, and each later group one or two more: γ_{2G + 4} · (|bias| + Σ_g |D_g s_g sw_g|).
 */
function one(rows: number, N: number, K: number, T: string, W: string, { ties = false, ...params }: { readonly ties?: boolean; readonly BM?: number; readonly BN?: number } = {}): Case {
  const r = random(rows + 31 * N + 977 * K), G = groups(K), top = topOf(T), x = activations(rows, K, T, 7 * N + K, ties), w = randomCodes(W, [N, K], N + K);
  const sw = given("f32", [G, N], () => 0.01 + r()), bias = given("f32", [N], () => 20 * r() - 10);
  const values = new Float64Array(rows * N), bound = new Float64Array(rows * N);
  for (let m = 0; m < rows; m++)
    for (let n = 0; n < N; n++) {
      let sum = bias.values[n] ?? 0, terms = Math.abs(sum);
      for (let g = 0; g < G; g++) {
        const xs = x.values.subarray(m * K + g * GROUP, m * K + Math.min(K, (g + 1) * GROUP)), s = Math.max(xs.reduce((a, v) => Math.max(a, Math.abs(v)), 0) / top, 0.00001);
        const d = xs.reduce((a, v, k) => a + Math.max(-top, Math.min(top, nearest(v / s))) * (w.values[n * K + g * GROUP + k] ?? 0), 0), term = d * s * (sw.values[g * N + n] ?? 0);
        sum += term;
        terms += Math.abs(term);
      }
      values[m * N + n] = sum;
      bound[m * N + n] = terms * gamma(2 * G + 4);
    }
  return { name: `${rows} × ${N} × ${K}, A${T} W${W}${ties ? ", ties" : ""}`, params: { N, K, T, W, ...params }, inputs: { x, w, sw, bias }, outputs: { y: { dtype: "f32", shape: [rows, N], values, bound } } };
}

export const example: Example = {
  kernel: flexq,
  twins: [{ N: 64, K: 256 }, { N: 37, K: 300, T: "i8", BM: 1, BN: 32 }],
  more: [{ kernel: mlp, twins: [{ H: 130, N: 9, K: 150, T: "i3", U: "i4", W: "i2" }] }],
  cases: () => [
    onDevices(one(3, 9, 300, "i6", "i6")), onDevices(one(1, 13, 128, "i8", "i6", { BM: 1, BN: 32 })), one(8, 8, 256, "i6", "i6"), one(19, 33, 129, "i6", "i6", { BM: 4 }),
    one(2, 1, 37, "i8", "i6", { BM: 2 }), one(0, 8, 128, "i6", "i6"), one(2, 5, 0, "i6", "i6"), one(4, 8, 257, "i3", "i2"), one(5, 8, 140, "i6", "i6", { ties: true }),
  ],
};
