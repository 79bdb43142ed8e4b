// matmul: any two kinds of matrices against sums in doubles with derived bounds, integers exactly; how kernels are cut, kept and
// tuned; mistakes.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Diagnostic } from "../../diagnostic.ts";
import { dense, planes, planesBlocked, type Packing } from "../../layout/index.ts";
import { close, kernelOf, matmul, open, quantise, tensor, uploadQuantised, type Device, type FormatTensor, type MatmulFactor, type MatmulWay, type Tensor } from "../../runtime/index.ts";
import { asSigned, dtype, quantiseValues, type QuantiseOptions } from "../../vm/index.ts";
import { productKernel, stepOf, type FactorSpec } from "../../runtime/matmul-kernels.ts";
import { onEachDevice } from "../conformance/devices.ts";

/** The same numbers every time, in [-1, 1). */
function random(seed: number): () => number {
  let s = seed >>> 0;
  return () => { s = (Math.imul(s, 1664525) + 1013904223) >>> 0; return s / 2 ** 31 - 1; };
}
const numbers = (n: number, seed: number): Float32Array => Float32Array.from({ length: n }, random(seed));

/** A matrix of each kind. */
type Factor = Exclude<MatmulFactor, FormatTensor>;
type Make = (device: Device, rows: number, K: number, seed: number) => Promise<Factor>;
const plain = (type: string, packing?: Packing): Make => async (device, rows, K, seed) => {
  const t = dtype(type), r = random(seed), integer = t.kind !== "float";
  if (!integer) return tensor(device, type, [rows, K], numbers(rows * K, seed), { packing });
  return tensor(device, type, [rows, K], Float64Array.from({ length: rows * K }, () => Math.floor(((r() + 1) / 2) * 2 ** t.bits)), { as: "codes", packing });
};
const quantised = (o: QuantiseOptions & { readonly packing?: Packing }): Make => (device, rows, K, seed) => quantise(numbers(rows * K, seed), { device, shape: [rows, K], ...o });
const kinds: Readonly<Record<string, Make>> = {
  f32: plain("f32"), f16: plain("f16"), bf16: plain("bf16"), f8: plain("f8e4m3"), u3: plain("u3"), "i7 planes": plain("i7", planes(2)), "b1 blocked": plain("b1", planesBlocked(2, 32)),
  "u4, zero points": quantised({ type: "u4", group: 32, scheme: "minmax" }), "b3 planes": quantised({ type: "b3", group: 64, packing: planes(2) }),
  "i8 by row": quantised({ type: "i8" }), "i6, all": quantised({ type: "i6", group: "tensor", scaleType: "f16" }), "u2, offsets": quantised({ type: "u2", group: 32, scheme: "offset", packing: planes(2) }),
  "f6, e8m0": quantised({ type: "f6e3m2", group: 16, scaleType: "e8m0" }), "i4 of 7": quantised({ type: "i4", group: 7 }),
  "i5, half zero points": (device, rows, K, seed) => uploadQuantised(device, asSigned(quantiseValues(numbers(rows * K, seed), [rows, K], { type: "b5", group: 48 }))),
};
const names = Object.keys(kinds);

/** A matrix in doubles: its numbers, and for each the sum of the amounts it is made of. */
async function matrixOf(x: Factor): Promise<{ readonly values: Float64Array; readonly amounts: Float64Array }> {
  if (!("codes" in x)) { const values = Float64Array.from(await x.read()); return { values, amounts: values.map(Math.abs) }; }
  const codes = await x.codes.read(), beside = await Promise.all([x.scales, x.zeros, x.offsets].map((t) => t?.read()));
  const [, K = 0] = x.shape, { group } = x, per = group === "tensor" ? Infinity : group, groups = Math.ceil(K / per);
  const [s, z, o] = beside.map((list) => (i: number): number => list?.[per === Infinity ? 0 : Math.floor(i / K) * groups + Math.floor((i % K) / per)] ?? 0);
  const values = Float64Array.from(codes, (c, i) => (c - z(i)) * s(i) + o(i));
  return { values, amounts: Float64Array.from(codes, (c, i) => (Math.abs(c) + Math.abs(z(i))) * s(i) + Math.abs(o(i))) };
}

/** Every term passes at most K roundings of sums, two for each of K groups at worst, and a dozen of scales, offsets and bias: γ_n of the sum of amounts. */
const gamma = (n: number): number => (n * 2 ** -24) / (1 - n * 2 ** -24);

async function compare(y: Tensor, x: Factor, w: Factor, what: string, bias?: Tensor): Promise<void> {
  const a = await matrixOf(x), b = await matrixOf(w), got = await y.read(), [M = 0, K = 0] = x.shape, [N = 0] = w.shape, add = await bias?.read();
  expect([y.dtype, y.shape, got.length]).toEqual(["f32", [M, N], M * N]);
  const wrong: string[] = [];
  for (let m = 0; m < M; m++)
    for (let n = 0; n < N; n++) {
      let sum = add?.[n] ?? 0, amount = Math.abs(sum);
      for (let k = 0; k < K; k++) { sum += a.values[m * K + k] * b.values[n * K + k]; amount += a.amounts[m * K + k] * b.amounts[n * K + k]; }
      if (!(Math.abs(got[m * N + n] - sum) <= gamma(3 * K + 12) * amount)) wrong.push(`[${m}, ${n}] is ${got[m * N + n]}, not ${sum} ± ${gamma(3 * K + 12) * amount}`);
    }
  expect(wrong, what).toEqual([]);
}

const dispose = (...xs: readonly { dispose(): void }[]): void => { for (const x of xs) x.dispose(); };

onEachDevice("matmul", (device, adapter) => {
  const fast = adapter === "swiftshader";

  test("of any two kinds, one row and some", async () => {
    // Each kind once on each side, and on the fast compiler twice.
    const pairs = names.flatMap((x, i) => (!fast ? [4] : i % 2 ? [3] : [3, 9]).map((by) => [x, names[(i * 7 + by) % names.length] ?? "", i] as const)).filter((_, i) => fast || i % 3 === 0);
    for (const [first, second, i] of pairs) {
      const K = [100, 64, 37][i % 3] ?? 1, N = [9, 33, 17, 1][i % 4] ?? 1;
      const w = await kinds[second]?.(device(), N, K, 5 * i + 1) ?? expect.unreachable(), bias = i % 2 ? await tensor(device(), i % 3 ? "f32" : "f16", [N], numbers(N, i)) : undefined;
      for (const M of i % 2 ? [1] : [i % 3 ? 6 : 3]) {
        const x = await kinds[first]?.(device(), M, K, 3 * i + 2) ?? expect.unreachable(), y = await matmul(x, w, { bias });
        await compare(y, x, w, `${first} · ${second}, ${M} × ${N} × ${K}`, bias);
        dispose(x, y);
      }
      dispose(w, ...(bias ? [bias] : []));
    }
  });

  test("integers without scales are exact, in all ways", async () => {
    const sum = (a: ArrayLike<number>, b: ArrayLike<number>, m: number, n: number, K: number): number => {
      let s = 0n;
      for (let k = 0; k < K; k++) s += BigInt(a[m * K + k]) * BigInt(b[n * K + k]);
      return Number(BigInt.asIntN(32, s));
    };
    const cases: readonly (readonly [string, string, Packing | undefined, readonly (MatmulWay | undefined)[]])[] = [
      ["u2", "b3", planes(2), fast ? ["multiply", "fma", "packed", "planes", "table"] : ["planes"]], ["i8", "u8", undefined, [undefined, "packed"]], ...(fast ? [["b8", "i3", planesBlocked(2, 32), [undefined]] as const, ["i32", "u32", undefined, [undefined]] as const] : []),
    ];
    for (const [first, second, packing, ways] of cases) {
      const M = 5, N = 7, K = 96;
      using x = await plain(first, packing)(device(), M, K, 1) as Tensor;
      using w = await plain(second, packing)(device(), N, K, 2) as Tensor;
      using bias = await tensor(device(), "i8", [N], [1, -2, 3, -4, 5, -6, 127]);
      const a = await x.read(), b = await w.read(), add = await bias.read();
      for (const by of ways) {
        using y = await matmul(x, w, { out: "i32", by, bias });
        expect([...(await y.read())], `${first} · ${second} by ${by ?? "the cheapest"}`).toEqual(Array.from({ length: M * N }, (_, i) => (sum(a, b, Math.floor(i / N), i % N, K) + add[i % N]) | 0));
      }
    }
  });

  // Rows are summed once in a block, of long ones a chunk after another, in runs that divide a step; what lies past the end of K counts nothing.
  test("weights with offsets and half zero points, however long rows are, of any x", async () => {
    const halves = (group: number): Make => (device, rows, K, seed) => uploadQuantised(device, asSigned(quantiseValues(numbers(rows * K, seed), [rows, K], { type: "b3", group })));
    const offset = (group: number): Make => quantised({ type: "u4", group, scheme: "offset" }), zeros = quantised({ type: "u5", group: 32, scheme: "minmax" });
    const cases: readonly (readonly [x: Make, w: Make, M: number, N: number, K: number])[] = [
      [plain("f32"), offset(32), 9, 17, 2500], [plain("f16"), halves(32), 1, 40, 700], [plain("f32"), offset(100), 5, 33, 250], [plain("b3"), offset(32), 3, 32, 70], [plain("b3"), offset(96), 8, 8, 128], [plain("b1"), halves(100), 1, 9, 608],
      [zeros, offset(48), 8, 32, 100], [zeros, halves(64), 2, 9, 300], [plain("f32"), offset(7), 2, 5, 37], [zeros, plain("f8e4m3"), 3, 8, 64], [offset(32), offset(16), 4, 12, 90], [plain("u4"), offset(251), 8, 4, 2510], [halves(32), quantised({ type: "u4", scheme: "offset", group: 128, packing: planes(2) }), 1, 33, 118], ...(fast ? [[plain("i8"), offset(64), 6, 33, 4200] as const] : []),
    ];
    for (const [i, [first, second, M, N, K]] of cases.entries()) {
      const x = await first(device(), M, K, i + 1), w = await second(device(), N, K, i + 50), y = await matmul(x, w);
      await compare(y, x, w, `case ${i}: ${M} × ${N} × ${K}`);
      dispose(x, w, y);
    }
  });

  test("empty and small", async () => {
    for (const [M, N, K] of [[0, 3, 5], [2, 0, 5], [2, 3, 0], [1, 1, 1]] as const) {
      using x = await quantise(numbers(M * K, 1), { device: device(), shape: [M, K], type: "i8" });
      using w = await quantise(numbers(N * K, 2), { device: device(), shape: [N, K], type: "u4", scheme: "minmax", group: 4 });
      using bias = await tensor(device(), "f32", [N], numbers(N, 3));
      using y = await matmul(x, w, { bias });
      await compare(y, x, w, `${M} × ${N} × ${K}`, bias);
    }
  });

  test("kernels for few rows of any number, one of them for rows that fill blocks, kept with the device; tuned once", async () => {
    const { pipelines } = device(), count = async (tune: boolean, M: number): Promise<number> => {
      const before = pipelines.size;
      using x = await plain("i4")(device(), M, 32, M) as Tensor;
      using w = await plain("u3")(device(), 33, 32, 1) as Tensor;
      using y = await matmul(x, w, { tune });
      await compare(y, x, w, `${M} rows`);
      return pipelines.size - before;
    };
    expect([await count(false, 3), await count(false, 4), await count(false, 3), await count(false, 4)]).toEqual([1, 1, 0, 0]);
    if (!fast) return;
    // Three cuts more are tried; of the fastest the kernel for rows that fill no blocks may be missing yet.
    const counts = [await count(true, 4), await count(true, 3), await count(false, 4)];
    expect([counts[0], counts[1] <= 1, counts[2]]).toEqual([3, true, 0]);
  });
});

describe("matmul on SwiftShader", () => {
  let device: Device;
  beforeAll(async () => { device = await open({ adapter: "swiftshader" }); });
  afterAll(close);

  test("long rows of integers don't pass i32", async () => {
    const K = 40_000, q = (): ReturnType<typeof quantise> => quantise(new Float32Array(K).fill(255), { device, shape: [1, K], type: "u8", scale: 1 });
    using x = await q();
    using y = await matmul(x, x);
    expect([...(await y.read())]).toEqual([Math.fround(255 * 255 * K)]);
  });

  test("through shared memory", async () => {
    const M = 18, N = 21, K = 100, spec = (x: Factor, group: number): FactorSpec => {
      const q = "codes" in x ? x : undefined, { dtype: type, packing } = "codes" in x ? x.codes : x;
      return { type, packing, planes: packing === bits, group, scales: q?.scales.dtype, zeros: q?.zeros?.dtype, offsets: q?.offsets?.dtype };
    };
    const bits = planes(2);
    for (const [first, g, second, h, shared] of [["f32", K, "u4", 48, 32], ["b2", 64, "b3", 32, 128], ["i8", K, "u4", 48, 128], ["f32", K, "u5", 48, 32], ["i8", K, "u5", 32, 32]] as const) {
      const packing = first === "b2" ? bits : dense(2), make = (type: string, rows: number, group: number): Promise<Factor> =>
        (type === "f32" ? plain(type) : quantised({ type, group, packing, scheme: type === "u4" ? "minmax" : type === "u5" ? "offset" : "absmax" }))(device, rows, K, rows);
      const x = await make(first, M, g), w = await make(second, N, h), named = (name: string, f: Factor): Record<string, Tensor> =>
        ("codes" in f ? { [name]: f.codes, [`${name}_scales`]: f.scales, ...(f.zeros ? { [`${name}_zeros`]: f.zeros } : {}), ...(f.offsets ? { [`${name}_offsets`]: f.offsets } : {}) } : { [name]: f });
      const kernel = kernelOf(productKernel({ K, x: spec(x, g), w: spec(w, h), out: "f32", tiling: { BM: 16, BN: 16, threads: 64, shared } })).specialise({});
      const { y } = await kernel.run({ ...named("x", x), ...named("w", w) });
      await compare(y, x, w, `${first} · ${second}`);
      dispose(x, w, y);
    }
  });

  test("steps lie in one group of both, and their sums within i32", () => {
    const f = (type: string, group: number, scaled = true): FactorSpec => ({ type, packing: dense(2), planes: false, group, scales: scaled ? "f32" : undefined });
    const step = (K: number, x: FactorSpec, w: FactorSpec): number => stepOf({ K, x, w });
    expect([step(4096, f("i8", 4096), f("u4", 128)), step(4096, f("i8", 64), f("u4", 128)), step(100, f("i8", 48), f("u4", 32)), step(100, f("f32", 0, false), f("b3", 100)), step(9, f("i4", 7), f("i4", 3))]).toEqual([128, 64, 16, 100, 1]);
    expect([step(1e6, f("u8", 1e6), f("u8", 0)), step(1e6, f("u8", 1e6), f("u8", 100_000)), step(1e6, f("u8", 0, false), f("u8", 0, false))]).toEqual([33_024, 25_000, 1e6]);
  });

  test("mistakes say what doesn't fit, and the way out", async () => {
    using other = await open({ adapter: "swiftshader" });
    using x = await tensor(device, "f32", [2, 4], numbers(8, 1));
    using u = await tensor(device, "u4", [3, 4], new Uint8Array(12));
    using w = await quantise(numbers(12, 2), { device, shape: [3, 4], type: "i4", group: 2, name: "weights" });
    using wide = await quantise(numbers(12, 2), { device, shape: [4, 3], type: "i4", axis: 0 });
    using far = await tensor(other, "f32", [3, 4], numbers(12, 1));
    using flat = await tensor(device, "f32", [4], numbers(4, 1));
    using truth = await tensor(device, "bool", [3, 4], new Uint8Array(12));
    const gone = await tensor(device, "f32", [2, 4], numbers(8, 1));
    gone.dispose();
    const say = async (f: () => Promise<unknown>): Promise<string> => { try { await f(); } catch (e) { if (e instanceof Diagnostic) return `${e.code}: ${e.data.message} | ${e.data.help ?? ""}`; throw e; } return "fine"; };
    const list = new Float32Array(4) as unknown as Tensor;
    expect(await Promise.all([
      () => matmul(list, w), () => matmul(flat, w), () => matmul(gone, w), () => matmul(x, truth), () => matmul(x, wide), () => matmul(far, w),
      () => matmul(x, { ...w, group: 1 }), async () => { using q = await quantise(numbers(12, 2), { device, shape: [3, 4], type: "u4", group: 2, scheme: "minmax" }); using z = await q.zeros?.repack(planes(2)) ?? expect.unreachable(); return matmul(x, { ...q, zeros: z as NonNullable<typeof q.zeros> }); }, async () => { using t = await tensor(device, "f32", [4, 5], numbers(20, 1)); return matmul(x, t); },
      () => matmul(x, w, { bias: flat }), () => matmul(u, w, { out: "i32" }), () => matmul(x, u, { out: "i32" }), () => matmul(x, u, { by: "planes" }),
      () => matmul(u, u, { by: "planes" }), () => matmul(u, u, { by: "plane" as MatmulWay }), async () => { using b = await tensor(device, "f32", [3], [1, 2, 3]); return matmul(u, u, { out: "i32", bias: b }); },
    ].map(say))).toMatchInlineSnapshot(`
      [
        "H0403: matmul multiplies tensors, found a Float32Array as x | give a Tensor (device.tensor("f32", shape, numbers)), what quantise() gives, or a tensor of a format (formatTensor(device, format, shape, bytes))",
        "H0405: matmul multiplies matrices, x is f32[4] | give x[M, K]: a vector is a matrix of one row, [1, 4]",
        "H0307: x of matmul was disposed: its memory is gone | dispose() after its last use; a \`using\` tensor ends with its block",
        "H0511: matmul can't multiply bool, and w is bool[3, 4] | truth values are numbers as u1, with the same codes",
        "H0512: the groups of w = i4[4, 3] run along axis 0, but matmul sums along K, axis 1 | quantise w with { axis: 1 }; weights lie as [N, K], or with group: "tensor"",
        "H0408: w of matmul lies on the device "SwiftShader driver 5.0.0", x on another one, "SwiftShader driver 5.0.0" | make all tensors of a product on one device",
        "H0512: w = i4[3, 4] in groups of 1 takes scales of shape [3, 4], found [3, 2] | give what quantise() or uploadQuantised() made, whole",
        "H0512: the zeros of w = u4[3, 4] lie in another packing than its scales | repack() one of them; quantise(), uploadQuantised() and prepackWeights() put them alike",
        "H0511: matmul sums over K, which is 4 in x = f32[2, 4] and 5 in w = f32[4, 5] | weights lie as w[N, K], a row for each column of the result: transpose w",
        "H0511: the bias of matmul is f32[4], but w = i4[3, 4] gives 3 columns | give one number for each: [3]",
        "H0513: this product is no i32: w has scales | leave \`out: "i32"\` out, or multiply integer codes, such as \`q.codes\` of a quantised tensor",
        "H0513: this product is no i32: f32[2, 4] holds floats | leave \`out: "i32"\` out, or multiply integer codes, such as \`q.codes\` of a quantised tensor",
        "H0513: \`by: "planes"\` is for products of integers, and f32[2, 4] · u4[3, 4] has floats | leave \`by\` out",
        "H0513: u4[3, 4] · u4[3, 4]: this product can't be made by planes: 'x' does not lie as bit planes along the contracted axis | leave \`by\` out for the cheapest way; codes are made of planes by quantise(…, { packing: planes(2) }) or repack(planes(2))",
        "H0513: there is no way "plane" to multiply | there are multiply, fma, packed, planes, table; leave \`by\` out for the cheapest",
        "H0513: a bias of f32 can't be added to i32 | give integers, or leave \`out: "i32"\` out",
      ]
    `);
  });
});
