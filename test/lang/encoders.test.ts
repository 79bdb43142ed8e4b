// Encodings of other libraries' formats against their formulas, written here in plain numbers; and what comes back is within half a step.
import { describe, expect, test } from "vitest";
import { formatNamed, load } from "../../lang/index.ts";
import { chance, dtype, formatError, formatValues, quantiseFormat, tileFromValues, tileValues, type FormatTile } from "../../vm/index.ts";

/** A matrix: normal numbers of several magnitudes, a group of zeros, one of one sign. */
const matrix = (rows: number, columns: number, seed = 3): Float32Array => {
  const next = chance(seed);
  return Float32Array.from({ length: rows * columns }, (_, i) => {
    const column = i % columns, row = Math.floor(i / columns), x = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()) * 2 ** ((column % 5) - 3);
    return row < 16 && column === 1 ? 0 : column === 2 ? Math.abs(x) : x;
  });
};
const to = (type: string, x: number): number => dtype(type).decode(dtype(type).encode(x));
const even = (x: number): number => { const r = Math.round(x); return Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : r; };
const clamp = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);
const f = Math.fround;
const field = (w: FormatTile, name: string): number[] => [...tileValues(w.fields[name])];

/** What a tool makes of a group: the scale, the zero point as it counts, and the numbers. */
interface Made { readonly scale: number; readonly zero: number; readonly q: readonly number[] }
const range = (xs: readonly number[]): readonly [number, number] => [Math.min(0, ...xs), Math.max(0, ...xs)];
const inverse = (s: number): number => (s === 0 ? 0 : f(1 / s));

const rules: Readonly<Record<string, (xs: readonly number[], bits: number) => Made>> = {
  /** AutoGPTQ's Quantizer with sym=True: range around 0, zero point (2^bits) / 2. */
  gptq(xs, bits) {
    const [low, high] = range(xs), most = low === high ? 1 : Math.max(high, -low), top = 2 ** bits - 1, scale = to("f16", f(f(most * 2) / top)), zero = (top + 1) / 2;
    return { scale, zero, q: xs.map((x) => clamp(even(f(x * inverse(scale))) + zero, 0, top)) };
  },
  /** With sym=False: from the smallest to the largest, 0 among them. */
  gptq_asym(xs, bits) {
    const [low, high] = range(xs), flat = low === high, least = flat ? -1 : low, top = 2 ** bits - 1, scale = to("f16", f(f((flat ? 1 : high) - least) / top)), zero = clamp(even(f(-least / scale)), 0, top);
    return { scale, zero, q: xs.map((x) => clamp(even(f(x * inverse(scale))) + zero, 0, top)) };
  },
  /** AutoAWQ's pseudo_quantize_tensor with zero points, where the range has 0 in it. */
  awq(xs) {
    const [low, high] = range(xs), scale = to("f16", f(f(high - low) / 15)), zero = clamp(even(f(-low * inverse(scale))), 0, 15);
    return { scale, zero, q: xs.map((x) => clamp(even(f(x * inverse(scale))) + zero, 0, 15)) };
  },
  /** HQQ without its optimiser: float zero points, whole ones of 4 bits. */
  hqq(xs, bits) {
    const low = Math.min(...xs), span = f(Math.max(...xs) - low), top = 2 ** bits - 1, per = Math.min(f(top / (span === 0 ? f(1e-9) : span)), 20000), zero = bits === 4 ? even(f(-low * per)) : f(-low * per);
    return { scale: f(1 / per), zero, q: xs.map((x) => clamp(even(f(f(x * per) + zero)), 0, top)) };
  },
  /** onnxruntime's block quantiser, symmetric: the largest magnitude, with its sign, is -2^(bits - 1). */
  matmulnbits(xs, bits) {
    const most = xs.reduce((m, x) => (Math.abs(x) > Math.abs(m) ? x : m), 0), zero = 2 ** (bits - 1), scale = f(most / -zero);
    return { scale, zero, q: xs.map((x) => clamp(Math.trunc(f(f(f(x * inverse(scale)) + zero) + 0.5)), 0, 2 * zero - 1)) };
  },
  matmulnbits_zero(xs, bits) {
    const [low, high] = range(xs), top = 2 ** bits - 1, scale = f(f(high - low) / top), zero = clamp(even(f(-low * inverse(scale))), 0, top);
    return { scale, zero, q: xs.map((x) => clamp(Math.trunc(f(f(f(x * inverse(scale)) + zero) + 0.5)), 0, top)) };
  },
  /** compressed-tensors: absmax over half the range of numbers. */
  ct(xs, bits) {
    const top = 2 ** bits - 1, zero = 2 ** (bits - 1), scale = to("bf16", f(f(Math.max(...xs.map(Math.abs)) * 2) / top));
    return { scale, zero, q: xs.map((x) => clamp(even(f(x * inverse(scale))) + zero, 0, top)) };
  },
  ct_zero(xs, bits) {
    const [low, high] = range(xs), top = 2 ** bits - 1, scale = to("bf16", f(f(high - low) / top)), zero = clamp(even(f(-low * inverse(scale))), 0, top);
    return { scale, zero, q: xs.map((x) => clamp(even(f(x * inverse(scale))) + zero, 0, top)) };
  },
  /** MLC's group quantisation: the largest magnitude is 2^(bits - 1) - 1. */
  mlc(xs, bits) {
    const zero = 2 ** (bits - 1) - 1, scale = to("f16", f(Math.max(...xs.map(Math.abs)) / zero));
    return { scale, zero, q: xs.map((x) => clamp(even(f(x * inverse(scale))) + zero, 0, 2 * zero)) };
  },
};

interface Case { readonly format: string; readonly rule: string; readonly bits: number; readonly shape: readonly [number, number]; readonly axis: 0 | 1; readonly group: number; readonly q: string; readonly scale: string; readonly zero?: string; readonly stored?: number }
const cases: readonly Case[] = [
  ...[2, 3, 4, 8].map((bits): Case => ({ format: `gptq(Q: u${bits}, group: 32)`, rule: "gptq", bits, shape: [96, 8], axis: 0, group: 32, q: "qweight", scale: "scales", zero: "qzeros", stored: 1 })),
  { format: "gptq(Q: u4, group: 16, zero: 0, sym: false)", rule: "gptq_asym", bits: 4, shape: [64, 16], axis: 0, group: 16, q: "qweight", scale: "scales", zero: "qzeros" },
  { format: "awq(group: 16)", rule: "awq", bits: 4, shape: [48, 16], axis: 0, group: 16, q: "qweight", scale: "scales", zero: "qzeros" },
  ...[1, 2, 3, 4, 8].map((bits): Case => ({ format: `hqq(Q: u${bits}, rows: 10, S: f32)`, rule: "hqq", bits, shape: [10, 12], axis: 1, group: 12, q: "W_q", scale: "scale", zero: "zero" })),
  { format: "matmulnbits(Q: u4, block: 16)", rule: "matmulnbits", bits: 4, shape: [5, 64], axis: 1, group: 16, q: "B", scale: "scales" },
  { format: "matmulnbits(Q: u2, block: 32)", rule: "matmulnbits", bits: 2, shape: [5, 64], axis: 1, group: 32, q: "B", scale: "scales" },
  { format: "matmulnbits(Q: u5, block: 16)", rule: "matmulnbits", bits: 5, shape: [3, 40], axis: 1, group: 16, q: "B", scale: "scales" },
  { format: "matmulnbits_zero(Q: u4, block: 16)", rule: "matmulnbits_zero", bits: 4, shape: [5, 48], axis: 1, group: 16, q: "B", scale: "scales", zero: "zero_points" },
  { format: "matmulnbits_zero(Q: u8, block: 16)", rule: "matmulnbits_zero", bits: 8, shape: [3, 40], axis: 1, group: 16, q: "B", scale: "scales", zero: "zero_points" },
  { format: "ct(group: 32)", rule: "ct", bits: 4, shape: [5, 64], axis: 1, group: 32, q: "weight_packed", scale: "weight_scale" },
  { format: "ct_zero(group: 32)", rule: "ct_zero", bits: 4, shape: [9, 64], axis: 1, group: 32, q: "weight_packed", scale: "weight_scale", zero: "weight_zero_point" },
  { format: "hqq_columns(rows: 16, S: f32)", rule: "hqq", bits: 4, shape: [16, 6], axis: 0, group: 16, q: "W_q", scale: "scale", zero: "zero" },
  { format: "mlc(Q: u4, group: 32)", rule: "mlc", bits: 4, shape: [5, 96], axis: 1, group: 32, q: "q_weight", scale: "q_scale" },
  { format: "mlc(Q: u3, group: 40)", rule: "mlc", bits: 3, shape: [5, 80], axis: 1, group: 40, q: "q_weight", scale: "q_scale" },
  { format: "mlc_kn(Q: u3, group: 40)", rule: "mlc", bits: 3, shape: [80, 6], axis: 0, group: 40, q: "q_weight", scale: "q_scale" },
];

describe("scales, zero points and numbers are the tool's, and values come back within half a step", () => {
  test.each(cases.map((c) => [`${c.format} of [${c.shape.join(", ")}]`, c] as const))("%s", (_, { format, rule, bits, shape, axis, group, q, scale, zero, stored = 0 }) => {
    const x = matrix(...shape), w = quantiseFormat(formatNamed(format), shape, x), values = formatValues(w), [rows, columns] = shape;
    const codes = field(w, q), scales = field(w, scale), zeros = zero === undefined ? [] : field(w, zero), across = axis === 0 ? columns : rows, along = shape[axis], groups = Math.ceil(along / group);
    let seen = 0;
    for (let line = 0; line < across; line++)
      for (let g = 0; g < groups; g++) {
        const at = Array.from({ length: Math.min(group, along - g * group) }, (_, i) => (axis === 0 ? (g * group + i) * columns + line : line * columns + g * group + i)), xs = at.map((i) => x[i]);
        // Short groups are filled with zeros.
        const made = rules[rule]([...xs, ...new Array<number>(rule === "hqq" ? 0 : group - xs.length).fill(0)], bits), j = groups === 1 ? line : axis === 0 ? g * columns + line : line * groups + g;
        expect(scales[j]).toBe(made.scale);
        if (zero !== undefined) expect(zeros[j]).toBe(rule === "hqq" ? made.zero : (made.zero - stored) & (2 ** bits - 1));
        expect(at.map((i) => codes[i])).toEqual(made.q.slice(0, at.length));
        // The largest of a range around 0 may fall half a step beyond the last number; a scale of f16 or bf16, with 11 or 8 bits, adds a little.
        for (const i of at) expect(Math.abs(values[i] - x[i])).toBeLessThanOrEqual(Math.abs(made.scale) * (beyond(rule) + 2 ** (bits - (rule.startsWith("ct") ? 8 : 11))));
        seen++;
      }
    expect(seen).toBe(across * groups);
  });
});

/** Steps that a number may be off: a range whose positive end has no number of its own is cut by up to one. */
const beyond = (rule: string): number => (rule === "matmulnbits" ? 1 : 0.5);

test("MatMulNBits with zero points that are floats: the smallest number and 0 are kept", () => {
  const x = matrix(3, 40), w = quantiseFormat(formatNamed("matmulnbits_float(Q: u3, block: 16)"), [3, 40], x), scales = field(w, "scales"), values = formatValues(w);
  expect(scales.every((s) => s > 0)).toBe(true);
  values.forEach((v, i) => expect(Math.abs(v - x[i])).toBeLessThanOrEqual(scales[Math.floor(i / 40) * 3 + Math.floor((i % 40) / 16)] * (0.5 + 2 ** -20)));
});

test("FP6-LLM: the largest magnitude of a row is the largest number", () => {
  for (const type of ["f6e3m2", "f5e2m2"]) {
    const x = matrix(4, 24), w = quantiseFormat(formatNamed(`fp6_llm(Q: ${type})`), [4, 24], x), scales = field(w, "scale"), d = dtype(type);
    for (let n = 0; n < 4; n++) {
      const row = [...x.subarray(24 * n, 24 * n + 24)], scale = to("f16", f(Math.max(...row.map(Math.abs)) / d.max));
      expect(scales[n]).toBe(scale);
      expect(field(w, "weight").slice(24 * n, 24 * n + 24)).toEqual(row.map((v) => to(type, f(v * inverse(scale)))));
    }
  }
});

test("BitNet I2_S: the scale is given, numbers of -scale, 0 and scale are kept", () => {
  const scale = 0.37, x = Float32Array.from({ length: 256 }, (_, i) => [-scale, 0, scale][(i * 7) % 3]), given = { scale: tileFromValues(dtype("f32"), [1], [scale]) };
  const w = quantiseFormat(formatNamed("i2_s"), [2, 128], x, given);
  expect([...formatValues(w)]).toEqual([...x]);
  expect(() => quantiseFormat(formatNamed("i2_s"), [2, 128], x)).toThrow(/H0702: 'scale' of format i2_s/);
});

test("windows that end beyond the tensor make the same of what is inside", () => {
  const whole = quantiseFormat(formatNamed("gptq(group: 16)"), [160, 8], matrix(160, 8)), first = quantiseFormat(formatNamed("gptq(group: 16)"), [32, 8], matrix(160, 8).subarray(0, 256));
  expect(field(first, "qweight")).toEqual(field(whole, "qweight").slice(0, 256));
  expect(field(first, "scales")).toEqual(field(whole, "scales").slice(0, 16));
});

test("the rules can be imported: a searched scale has less error than that of the largest magnitude", () => {
  const { formats, diagnostics } = load(`
    import { absmax, inverse, mse_scale, mse_affine, nearest } from "bitloom/formats/rules.loom"
    const LEVELS = codebook(3, [-4, -2, -1, 0, 1, 2, 4])
    format seven<search: bool = true>[i: 32] {
      d: f16
      q: LEVELS @ [i, bit]
      value = q * d
      encode(x) {
        let g = reshape(x, [-1, 32])
        let (scale, per) = mse_scale(g, g * g, LEVELS, 4 * inverse(absmax(g)), 4.0, 0.25, 8, true)
        let d = cast(where(search, scale, absmax(g) / 4), f16)
        let q = nearest(g * inverse(d as f32), LEVELS, true)
      }
    }
    format from_low[i: 16] {
      d: f32
      m: f32
      q: u2[i]
      value = q * d + m
      encode(x) {
        let g = reshape(x, [-1, 16])
        let (d, m, q) = mse_affine(g, g * 0 + 1, 3, -0.5, 0.1, 15, false)
      }
    }`);
  expect(diagnostics).toEqual([]);
  const [seven, low] = formats, x = matrix(8, 64), rms = (f: typeof seven, given: Readonly<Record<string, unknown>>): number => formatError(x, formatValues(quantiseFormat(f.make(given), [8, 64], x))).rms;
  expect(rms(seven, {})).toBeLessThan(0.97 * rms(seven, { search: false }));
  // The plain way: from the smallest number to the largest.
  const plain = Float32Array.from({ length: x.length }, (_, i) => { const g = x.subarray(i - (i % 16), i - (i % 16) + 16), least = Math.min(0, ...g), step = (Math.max(...g) - least) / 3; return step === 0 ? least : Math.round((x[i] - least) / step) * step + least; });
  expect(rms(low, {})).toBeLessThan(0.97 * formatError(x, plain).rms);
});
