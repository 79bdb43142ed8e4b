// matmul with weights of formats: every format of the library against its own values in doubles, on the interpreter; representatives of
// each form on devices; tails, bias, whole numbers as activations, mistakes.
import { describe, expect, test } from "vitest";
import { Diagnostic } from "../../diagnostic.ts";
import { formatNamed, libraryFormats } from "../../lang/index.ts";
import { dense } from "../../layout/index.ts";
import { formatTensor, matmul, quantise, tensor, type MatmulFactor } from "../../runtime/index.ts";
import { formatFactor, productKernel, type FactorSpec } from "../../runtime/matmul-kernels.ts";
import { dtype, formatForm, formatTensors, formatValues, interpret, randomTile, tileFromValues, type Format, type FormatTile } from "../../vm/index.ts";
import { onEachDevice } from "../conformance/devices.ts";

/** Numbers in [-1, 1), the same every time. */
function random(seed: number): () => number {
  let s = seed >>> 0;
  return () => { s = (Math.imul(s, 1664525) + 1013904223) >>> 0; return s / 2 ** 31 - 1; };
}
const numbers = (n: number, seed: number): Float32Array => Float32Array.from({ length: n }, random(seed));

/** Whether a format lies as [K, N]. */
const down = (f: Format): boolean => f.axes.length === 2 && f.axes[0].name === "k";

/** A matrix of a format with random codes, scales of bearable size and groups that exist. */
function matrix(f: Format, shape: readonly number[], seed: number): FormatTile {
  const fields = Object.fromEntries(formatTensors(f, shape).map((t, i) => {
    const { dtype: type, field } = t, sizes = t.shape.map(Number), tile = randomTile(type, sizes, seed + i), r = random(seed + 7 * i);
    if (type.bits >= 16 && type.kind === "float") tile.data.forEach((_, j) => { const code = type.encode(r()); tile.data[j] = type.storage ? code : type.decode(code); });
    else if (type.kind === "scale" || field.name === "e") tile.data.forEach((_, j) => { tile.data[j] = 122 + (j % 5); });
    else if (type.name.includes("e4m3")) tile.data.forEach((_, j) => { tile.data[j] = 40 + (j % 16); });
    else if (field.name.endsWith("g_idx")) tile.data.forEach((_, j) => { tile.data[j] = (j * 7) % 2; });
    return [field.name, tile];
  }));
  return { format: f, shape, fields };
}

/** Every term passes at most K roundings of sums, two for each of K groups at worst, and a dozen of scales, offsets and bias: γ_n. */
const gamma = (n: number): number => (n * 2 ** -24) / (1 - n * 2 ** -24);

/** Holds y = x · wᵀ + bias against doubles. */
function compare(y: ArrayLike<number>, x: ArrayLike<number>, w: FormatTile, M: number, bias?: ArrayLike<number>): void {
  const v = formatValues(w), kn = down(w.format), [N, K] = kn ? [w.shape[1], w.shape[0]] : [w.shape[0], w.shape[1]], wrong: string[] = [];
  // Fields are random, so that four times the largest value is more than any code times its scale, zero point times it, or offset.
  const most = 4 * v.reduce((m, z) => Math.max(m, Math.abs(z)), 0);
  expect(most).toBeGreaterThan(0);
  expect(y.length).toBe(M * N);
  for (let m = 0; m < M; m++)
    for (let n = 0; n < N; n++) {
      let sum = bias?.[n] ?? 0, amount = Math.abs(sum);
      for (let k = 0; k < K; k++) { const a = x[m * K + k]; sum += a * v[kn ? k * N + n : n * K + k]; amount += Math.abs(a) * most; }
      if (!(Math.abs(y[m * N + n] - sum) <= gamma(3 * K + 12) * amount)) wrong.push(`[${m}, ${n}] is ${y[m * N + n]}, not ${sum} ± ${gamma(3 * K + 12) * amount}`);
    }
  expect(wrong.slice(0, 3)).toEqual([]);
}

const f32Factor: FactorSpec = { type: "f32", packing: dense(2), planes: false, group: 0 };

/** Formats with arguments that fit small matrices, and what they are: a code times something, or values that are made. */
const all = [...libraryFormats().values()].flat();
const small: Readonly<Record<string, string>> = { gptq: "gptq(group: 64)", gptq_act: "gptq_act(group: 64)", awq: "awq(group: 64)", hqq: "hqq(rows: 3)", hqq_columns: "hqq_columns(rows: 3)",
  ct: "ct(group: 64)", ct_zero: "ct_zero(group: 64)", ct_act: "ct_act(group: 64)", ct_act_zero: "ct_act_zero(group: 64)", matmulnbits_act: "matmulnbits_act(block: 64)", matmulnbits_act_zero: "matmulnbits_act_zero(block: 64)" };

describe("on the interpreter", () => {
  test.each([...new Set(all)].map((name) => small[name] ?? name).concat("gptq(Q: u3, group: 32, zero: 0)", "affine(Q: u2, group: 16)", "mx(Q: f6e3m2)"))("%s", (name) => {
    const f = formatNamed(name), along = down(f) ? 0 : 1, K = Math.max(128, f.axes.at(-1)?.block ?? 1), N = down(f) ? 16 : 3, M = 2;
    const w = matrix(f, down(f) ? [K, N] : [N, K], 3), x = numbers(M * K, 5);
    for (const shared of [0, 32]) {
      const p = productKernel({ K, x: f32Factor, w: formatFactor(f, along, K, N), out: "f32", tiling: { BM: 2, BN: 8, threads: 16, shared } }).specialise({});
      const { y } = interpret(p, { x: tileFromValues(dtype("f32"), [M, K], x), ...Object.fromEntries(Object.entries(w.fields).map(([n, t]) => [`w.${n}`, t])) });
      compare(y.data, x, w, M);
    }
  });

  test("what has the form of codes times something is taken as that", () => {
    const of = (name: string): string => { const f = formatNamed(name), t = formatForm(f, down(f) ? 0 : 1); return t ? `${t.code.name} ${String(t.zero)} ${t.scaled ? "scaled" : ""} ${t.offset ? "offset" : ""} ${t.run}` : "values"; };
    expect(["q4_0", "q4_k", "q6_k", "mxfp4", "gptq", "hqq", "bnb_int8", "tq1_0", "gptq_act", "fp6_llm"].map(of)).toEqual([
      "q 8 scaled  32", "q undefined scaled offset 32", "q 32 scaled  16", "q undefined scaled  32", "qweight 0,15 scaled  128", "W_q any scaled  Infinity", "weight undefined scaled  Infinity", "values", "values", "values"]);
  });
});

onEachDevice("matmul of formats", (device, adapter) => {
  const fast = adapter === "swiftshader";

  // A block of codes; with offsets; codes beside, down columns; codebooks; values that are made. K and rows with tails.
  test.each<readonly [string, number, number, number]>([
    ["q4_0", 1, 3, 64], ...(fast ? [["mlc_kn", 1, 33, 64], ["gptq(Q: u3, group: 32)", 3, 32, 160], ["q4_k", 1, 33, 256], ["matmulnbits_zero(Q: u2, block: 16)", 1, 5, 40], ["iq4_nl", 5, 3, 64]] as const : []),
  ])("%s, %i × %i × %i", async (name, M, N, K) => {
    const f = formatNamed(name), w = matrix(f, down(f) ? [K, N] : [N, K], 11), x = numbers(M * K, 12), add = numbers(N, 13);
    using wt = await formatTensor(device(), f, w.shape, w);
    using xt = await tensor(device(), "f32", [M, K], x);
    using bias = await tensor(device(), "f32", [N], add);
    using y = await matmul(xt, wt, { bias });
    expect([y.dtype, y.shape]).toEqual(["f32", [M, N]]);
    compare(await y.read(), x, w, M, add);
  });

  if (fast) test("whole numbers as activations are multiplied with codes exactly, group by group", async () => {
    const M = 2, K = 128, x = numbers(M * K, 21);
    for (const name of ["q4_0", "awq(group: 64)"]) {
      const f = formatNamed(name), N = down(f) ? 8 : 5, w = matrix(f, down(f) ? [K, N] : [N, K], 22);
      using wt = await formatTensor(device(), f, w.shape, w);
      using q = await quantise(x, { device: device(), shape: [M, K], type: "i8", group: 32 });
      using y = await matmul(q, wt);
      const codes = await q.codes.read(), scales = await q.scales.read();
      compare(await y.read(), Float64Array.from(codes, (c, i) => c * scales[Math.floor(i / 32)]), w, M);
    }
  });

  if (fast) test("activations with offsets times weights whose values are made, and made ones times weights with offsets", async () => {
    const M = 3;
    for (const [name, K] of [["tq1_0", 256], ["mlc_kn", 64]] as const) {
      const f = formatNamed(name), N = down(f) ? 32 : 5, w = matrix(f, down(f) ? [K, N] : [N, K], 31);
      using wt = await formatTensor(device(), f, w.shape, w);
      using q = await quantise(numbers(M * K, 32), { device: device(), shape: [M, K], type: "u4", group: 32, scheme: "offset" });
      using y = await matmul(q, wt);
      const codes = await q.codes.read(), scales = await q.scales.read(), offsets = await q.offsets?.read();
      compare(await y.read(), Float64Array.from(codes, (c, i) => c * scales[Math.floor(i / 32)] + (offsets?.[Math.floor(i / 32)] ?? NaN)), w, M);
    }
    const f = formatNamed("q4_1"), w = matrix(f, [5, 256], 33), x = matrix(formatNamed("tq1_0"), [M, 256], 34);
    using wt = await formatTensor(device(), f, w.shape, w);
    using xt = await formatTensor(device(), formatNamed("tq1_0"), x.shape, x);
    using y = await matmul(xt, wt);
    compare(await y.read(), Float64Array.from(formatValues(x)), w, M);
  });

  if (fast) {
    test("nothing times nothing, formats on the left, and a kernel that is tuned and kept", async () => {
      const f = formatNamed("q8_0"), w = matrix(f, [3, 64], 1);
      using wt = await formatTensor(device(), f, [3, 64], w);
      using none = await tensor(device(), "f32", [0, 64], []);
      using empty = await matmul(none, wt);
      expect([empty.shape, [...(await empty.read())]]).toEqual([[0, 3], []]);
      using eye = await tensor(device(), "f32", [2, 64], Float32Array.from({ length: 128 }, (_, i) => (i === 1 || i === 64 + 40 ? 1 : 0)));
      const v = formatValues(w);
      using turned = await matmul(wt, eye);
      expect([...(await turned.read())]).toEqual([0, 1, 2].flatMap((n) => [v[n * 64 + 1], v[n * 64 + 40]]));
      using first = await matmul(eye, wt, { tune: true });
      const { size } = device().pipelines;
      using again = await matmul(eye, wt);
      expect(device().pipelines.size).toBe(size);
      expect(await again.read()).toEqual(await first.read());
    });

    test("what doesn't fit is said", async () => {
      const told = async (x: unknown, w: unknown, o?: object): Promise<readonly [string, string]> => {
        try { await matmul(x as MatmulFactor, w as MatmulFactor, o as {}); } catch (e) { if (e instanceof Diagnostic) { expect(e.data.help).toBeTruthy(); return [e.code, e.data.message]; } throw e; }
        throw new Error("nothing was thrown");
      };
      const q4 = formatNamed("q4_0"), awq = formatNamed("awq(group: 64)");
      using x = await tensor(device(), "f32", [1, 32], new Float32Array(32));
      using w = await formatTensor(device(), q4, [2, 64], new Uint8Array(72)), cube = await formatTensor(device(), q4, [1, 2, 64], new Uint8Array(72));
      using kn = await formatTensor(device(), awq, [64, 8], matrix(awq, [64, 8], 1));
      expect(await told(x, w)).toEqual(["H0511", "matmul sums over K, which is 32 in x = f32[1, 32] and 64 in w = q4_0[2, 64]"]);
      expect(await told(x, cube)).toEqual(["H0405", "matmul multiplies matrices, w is q4_0[1, 2, 64]"]);
      expect(await told(kn, w)).toEqual(["H0511", "x of matmul is awq[64, 8], a format of weights [K, N]"]);
      expect((await told(w, w, { out: "i32" }))[1]).toBe("this product is no i32: x has scales");
      expect((await told(x, q4))[0]).toBe("H0403");
      w.dispose();
      expect((await told(x, w))[0]).toBe("H0307");
    });
  }
});
