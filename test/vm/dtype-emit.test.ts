// What the GPU will compute, held against decode and encode: every code of every type, thousands of values a type.
// Twice: as IEEE machines compute, and as the worst allowed GPU does (denormals flushed, infinities and NaN garbage).
import { describe, expect, it } from "vitest";
import type { DType, EncodeOptions, Rounding } from "../../vm/dtype.ts";
import { codebook, dtype, dtypes } from "../../vm/dtype.ts";
import { emitDecode, emitEncode } from "../../vm/dtype-emit.ts";
import { floatBits, floatValue } from "../../vm/half.ts";
import type { Value } from "../../vm/numeric-ops.ts";
import { numericOps } from "../../vm/numeric-machine.ts";
import { convert } from "../../vm/numeric-ops.ts";
import type { Compute, Ops } from "../../vm/ops.ts";

const isFloat = (x: Value) => x.type === "f32" || x.type === "f16";
const flush = (x: Value): Value =>
  x.type === "f32" && Math.abs(x.value) < 2 ** -126 ? { type: "f32", value: Object.is(x.value, -0) || x.value < 0 ? -0 : 0 } : x;
const garbage = (x: Value): boolean => isFloat(x) && !Number.isFinite(x.value);

/** A GPU that does all that WGSL lets it do. Bits, selects and moves are exact, as they must be. */
const hostile: Ops<Value> = {
  ...numericOps,
  constant: (type, value) => {
    if (type === "f32" && (!Number.isFinite(Number(value)) || (value !== 0 && Math.abs(Number(value)) < 2 ** -126))) throw new Error(`${value} as an f32 constant`);
    return numericOps.constant(type, value);
  },
  op: (name, ...x) => {
    if (name === "select" || !x.some(isFloat)) return numericOps.op(name, ...x);
    if (x.some(garbage)) return { type: numericOps.op(name, ...x).type, value: 1 };
    return flush(numericOps.op(name, ...x.map(flush)));
  },
  to: (type, x) => (garbage(x) && x.type === "f32" && type !== "f16" ? { type, value: 1 } : flush(numericOps.to(type, flush(x)))),
  packHalf: (x) => {
    // WGSL: beyond the range of f16 any value may come out
    if (!(Math.abs(x.value) <= 65504)) return { type: "u32", value: 0x1234 };
    return numericOps.packHalf(flush(x));
  },
};
const machines = [["IEEE", numericOps], ["hostile", hostile]] as const;

let seed = 1;
const random = (): number => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  let z = seed ^ (seed >>> 15);
  z = Math.imul(z, 0x2c1b3c6d);
  return (z ^ (z >>> 12)) >>> 0;
};
const allCodes = (t: DType): number[] =>
  t.bits <= 16 ? Array.from({ length: 2 ** t.bits }, (_, c) => c)
    : [0, 1, 2 ** (t.bits - 1) - 1, 2 ** (t.bits - 1), 2 ** t.bits - 1, 0x7f800000, 0xff800000, 0x7fc00000, ...Array.from({ length: 300 }, random)].map((c) => c % 2 ** t.bits);

const anywhere = [0, 1, 0x007fffff, 0x00800000, 0x00400000, 0x00400001, 0x00600000, 0x00600001, 0x7f7fffff, 0x7f7f8000, 0x7f7f7fff, 0x7f000000, 0x7f400000, 0x7f3fffff, 0x7f800000, 0x33000000, 0x33000001,
  ...[0.5, 1.5, 2.5, 3.5, 1e-20, 0.49999997, 65504, 65519, 65520, 65536, 2 ** 24, 2 ** 31, 2 ** 31 - 128, 2 ** 32, 2 ** 32 - 256, 2 ** 33, 1e30].map(floatBits)];
const randomBits = Array.from({ length: 400 }, random);

/** Floats around every value of a type and every middle between two, each ± one ulp; the corners; random bit patterns. */
function floatsFor(t: DType): number[] {
  const values = t.bits <= 8 ? [...new Set(allCodes(t).map((c) => Math.abs(t.decode(c))))].filter(Number.isFinite).sort((a, b) => a - b)
    : t.bits <= 16 ? Array.from({ length: 500 }, () => Math.abs(t.decode(random() % 2 ** t.bits))).filter(Number.isFinite)
    : [t.max, t.min].filter((x) => Math.abs(x) < 1e30);
  const points = values.flatMap((v, i) => [v, t.kind === "float" && t.bits > 8 ? floatValue(floatBits(v) | (t.name === "bf16" ? 0x8000 : 0x1000)) : v / 2 + (values[i + 1] ?? v * 1.5) / 2]);
  const bits = new Set([...anywhere, ...randomBits]);
  for (const p of points) for (const d of [-1, 0, 1]) bits.add(Math.max(0, floatBits(p) + d));
  return [NaN, ...[...bits].flatMap((b) => [floatValue(b & 0x7fffffff), floatValue((b | 0x80000000) >>> 0)])].filter((x, i) => i === 0 || !Number.isNaN(x));
}
const unsigned = [...new Set([...Array.from({ length: 33 }, (_, i) => [2 ** i - 1, 2 ** i, 2 ** i + 1, 2 ** i + 2 ** Math.max(0, i - 8), 2 ** i + 2 ** Math.max(0, i - 8) + 1, 2 ** i + 3 * 2 ** Math.max(0, i - 8) - 1, 3 * 2 ** Math.max(0, i - 1), 3 * 2 ** Math.max(0, i - 1) + 1]).flat().map((x) => x % 2 ** 32),
  ...Array.from({ length: 300 }, (_, i) => i), ...Array.from({ length: 300 }, random)])];
const inputs = (t: DType): readonly (readonly [Compute, number[]])[] => [
  ["f32", floatsFor(t)],
  ["i32", unsigned.map((x) => x | 0)],
  ["u32", unsigned],
  ["f16", [0, -0, 1.5, -2.5, 65504, -65504, 2 ** -24, -(2 ** -24), 0.25, 100, Infinity, -Infinity]],
  ["bool", [0, 1]],
];

describe("on an IEEE machine and on a hostile one", () => {
  it.each(dtypes().map((t) => [t.name, t] as const))("%s", (_, t) => {
    const bad: string[] = [];
    for (const code of allCodes(t)) {
      const want = t.decode(code);
      for (const [machine, ops] of machines) {
        const got = emitDecode(t, ops, { type: "u32", value: code });
        if (got.type !== t.compute || !Object.is(got.value, want)) bad.push(`${machine}: decode ${code}: ${got.type} ${got.value} instead of ${want}`);
      }
    }
    let tried = 0;
    for (const [from, xs] of inputs(t))
      for (const x of xs) {
        const want = t.encode(x, { from });
        for (const [machine, ops] of machines) {
          if (machine === "hostile" && from === "f16" && !Number.isFinite(x)) continue; // there are no bits of an f16 to look at
          const got = emitEncode(t, ops, { type: from, value: x });
          tried++;
          if (got.type !== "u32" || got.value !== want) bad.push(`${machine}: encode ${from} ${x} (${floatBits(x).toString(16)}): ${got.type} ${got.value} instead of ${want}`);
        }
      }
    expect({ bad: bad.slice(0, 6), n: bad.length }).toEqual({ bad: [], n: 0 });
    expect(tried).toBeGreaterThan(3900);
  });
});

/** Other ways to round, and not saturating: `random` at its ends, and where it decides ties. */
const encodings: readonly (EncodeOptions & { readonly rounding: Rounding; readonly saturate: boolean })[] = (["even", "away", "zero", "stochastic"] as const)
  .flatMap((rounding) => [true, false].flatMap((saturate) => (rounding === "stochastic" ? [0, 0.5, 1 - 2 ** -24, Math.fround(0.3), 2 ** -20, Math.fround(0.49999997)] : [undefined]).map((random) => ({ rounding, saturate, random }))))
  .filter((o) => o.rounding !== "even" || !o.saturate);

describe("encoding options, on both machines", () => {
  const types = [...dtypes().filter((t) => t.kind !== "bool" && t.name !== "f32" && (t.bits <= 8 || t.bits >= 16 || t.bits === 11)), codebook(3, [-1e-40, 0, 1e-40, 3, 2.5, -7, 100.25]), codebook(1, [4]), codebook(2, [2, 1, 5, -1])];
  it.each(types.map((t) => [t.name, t] as const))("%s", (_, t) => {
    const bad: string[] = [], every = t.kind === "float" && t.bits <= 8 ? 37 : 7; // there are 250 of those
    for (const [from, xs] of inputs(t))
      for (const [i, x] of xs.entries()) {
        if ((i + t.bits) % every !== 0) continue;
        for (const o of encodings) {
          if (o.rounding === "stochastic" && from !== "f32" && from !== "f16") continue;
          const want = t.encode(x, { ...o, from });
          for (const [machine, ops] of machines) {
            if (machine === "hostile" && from === "f16" && !Number.isFinite(x)) continue;
            const got = emitEncode(t, ops, { type: from, value: x }, { ...o, random: o.random === undefined ? undefined : ops.constant("f32", o.random) });
            if (got.type !== "u32" || got.value !== want) bad.push(`${machine}: ${o.rounding}${o.saturate ? "" : " wrapping"} ${o.random ?? ""} ${from} ${x} (${floatBits(x).toString(16)}): ${got.type} ${got.value} instead of ${want}`);
          }
        }
      }
    expect({ bad: bad.slice(0, 6), n: bad.length }).toEqual({ bad: [], n: 0 });
  });
});

it("the hostile machine would catch float tricks", () => {
  const x: Value = { type: "f32", value: 2 ** -130 };
  expect(hostile.op("mul", x, { type: "f32", value: 2 ** 10 }).value).toBe(0);
  expect(hostile.op("lt", { type: "f32", value: NaN }, x).value).toBe(1);
});

it("casts of i32 through f32 would not do: one rounding only", () => {
  const x = 2 ** 24 + 2 ** 16 + 1; // just above a tie of bf16; as an f32 it is the tie
  const t = dtype("bf16");
  expect(t.encode(x, { from: "i32" })).not.toBe(t.encode(Math.fround(x)));
  expect(emitEncode(t, numericOps, { type: "i32", value: x }).value).toBe(t.encode(x));
});

it("decoders stay small", () => {
  const count = (t: DType, encode: boolean): number => {
    let n = 0;
    const counting: Ops<Value> = { ...numericOps, op: (...a) => { n++; return numericOps.op(...a); }, to: (...a) => { n++; return convertCounted(...a); }, packHalf: (x) => { n++; return numericOps.packHalf(x); }, unpackHalf: (x) => { n++; return numericOps.unpackHalf(x); } };
    const convertCounted = (type: Compute, x: Value): Value => ({ type, value: convert(type, x.type, x.value) });
    if (encode) emitEncode(t, counting, { type: "f32", value: 1 }); else emitDecode(t, counting, { type: "u32", value: 1 });
    return n;
  };
  const decode = Object.fromEntries(["u4", "i4", "b4", "f4e2m1", "f6e3m2", "f3e1m1", "f8e4m3", "f8e5m2", "f8e4m3_fnuz", "e8m0", "bf16", "f16", "nf4"].map((n) => [n, count(dtype(n), false)]));
  expect(decode).toEqual({ nf4: 0, u4: 0, i4: 2, b4: 2, f4e2m1: 10, f6e3m2: 10, f3e1m1: 8, f8e4m3: 12, f8e5m2: 14, f8e4m3_fnuz: 12, e8m0: 5, bf16: 1, f16: 2 });
  for (const t of dtypes()) expect(count(t, true), t.name).toBeLessThanOrEqual(26);
});
