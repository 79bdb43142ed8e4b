// Number types against other implementations' answers, against first principles, and as a user meets them.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Diagnostic } from "../../diagnostic.ts";
import type { DType, Rounding } from "../../vm/dtype.ts";
import { absmaxScale, codebook, dtype, dtypeAliases, dtypes, isDType, dtypeTable, dtypeText } from "../../vm/dtype.ts";
import { roundToHalf } from "../../vm/half.ts";
import { vectors } from "../support/vectors.ts";

const f32s = (hex: string): Float32Array => new Float32Array(new Uint8Array(Buffer.from(hex, "hex")).buffer);
const codesOf = (t: DType): number[] => Array.from({ length: 2 ** t.bits }, (_, c) => c);
const floatOf = (bits: number): number => new Float32Array(new Uint32Array([bits]).buffer)[0] ?? 0;
const number = (x: number | string): number => (x === "nan" ? NaN : x === "inf" ? Infinity : x === "-inf" ? -Infinity : Number(x));
const message = (f: () => unknown): string => {
  try { f(); } catch (e) { if (e instanceof Diagnostic) return `${e.code} ${e.data.help}`; throw e; }
  return "no error";
};
const small = dtypes().filter((t) => t.bits <= 8);

/** Compares lists with Object.is, so that -0 counts. */
function same(got: ArrayLike<number>, want: ArrayLike<number>, what: string): void {
  const bad: string[] = [];
  for (let i = 0; i < want.length && bad.length < 5; i++) if (!Object.is(got[i], want[i])) bad.push(`[${i}] ${got[i]} instead of ${want[i]}`);
  expect({ what, bad, n: got.length }).toEqual({ what, bad: [], n: want.length });
}

describe("ml_dtypes", () => {
  interface File { inputs_f32: string; types: { name: string; bits: number; decode_f32: string; encode_rtne: string; encode_rtne_saturate: string }[] }
  const file = vectors<File>("formats/small-floats"), inputs = f32s(file.inputs_f32);
  const bits = new Uint32Array(new Uint8Array(Buffer.from(file.inputs_f32, "hex")).buffer);
  it.each(file.types)("$name", (row) => {
    const t = dtype(row.name);
    expect(t.bits).toBe(row.bits);
    same(codesOf(t).map((c) => t.decode(c)), f32s(row.decode_f32), row.name);
    for (const [saturate, hex] of [[true, row.encode_rtne_saturate], [false, row.encode_rtne]] as const) {
      const want = [...Buffer.from(hex, "hex")];
      bits.forEach((b, i) => { if (b === 0xffc00000) want[i] = t.encode(NaN); }); // numbers in JavaScript have one NaN
      same([...inputs].map((x) => t.encode(x, { saturate })), want, `${row.name} ${saturate}`);
    }
  });
});

describe("exact rational splits", () => {
  const { splits } = vectors<{ splits: { sign: number; exp: number; man: number; bits: number; bias: number; convention: string; decode_f32: string }[] }>("formats/exmy-splits");
  it.each(splits)("s$sign e$exp m$man $convention", (s) => {
    const t = dtype(`${s.sign ? "" : "u"}f${s.bits}e${s.exp}m${s.man}_${s.convention}`);
    same(codesOf(t).map((c) => t.decode(c)), f32s(s.decode_f32), t.name);
  });
});

describe("microxcaling", () => {
  const file = vectors<{ input_f32: string; cases: { e: number; m: number; round: "nearest" | "even"; max: number; output_f32: string }[] }>("formats/exmy-quantise");
  const xs = f32s(file.input_f32);
  it.each(file.cases)("e$e m$m $round", ({ e, m, round, max, output_f32 }) => {
    const t = dtype(`f${1 + e + m}e${e}m${m}_finite`);
    expect(t.max).toBe(max);
    const want = f32s(output_f32), got = [...xs].map((x) => t.decode(t.encode(x, { rounding: round === "nearest" ? "away" : "even" })));
    // it gives +0 for everything that rounds to zero
    same(got.map((v) => v + 0), [...want].map((v) => v + 0), t.name);
  });
});

describe("OCP MX", () => {
  // microxcaling's blocks of 32 along the last axis: a shared power of two (e8m0), elements of a small type
  const ELEMENTS: Readonly<Record<string, { type: string; emax: number; unit: number }>> = {
    fp8_e5m2: { type: "f8e5m2", emax: 15, unit: 1 }, fp8_e4m3: { type: "f8e4m3", emax: 8, unit: 1 }, fp6_e3m2: { type: "f6e3m2", emax: 4, unit: 1 },
    fp6_e2m3: { type: "f6e2m3", emax: 2, unit: 1 }, fp4_e2m1: { type: "f4e2m1", emax: 2, unit: 1 }, int8: { type: "i8", emax: 0, unit: 2 ** -6 },
  };
  const ROUNDING = { nearest: "away", even: "even", floor: "zero" } as const;
  const file = vectors<{ input_f32: string; cases: { format: string; round: keyof typeof ROUNDING; block: number; output_f32: string }[] }>("formats/ocp-mx");
  const xs = f32s(file.input_f32), scale = dtype("e8m0");
  it.each(file.cases)("$format, $round", ({ format, round, block, output_f32 }) => {
    const { type, emax, unit } = ELEMENTS[format], t = dtype(type), got = new Float64Array(xs.length);
    for (let i = 0; i < xs.length; i += block) {
      const largest = Math.max(...xs.slice(i, i + block).map(Math.abs));
      const code = scale.encode(2 ** (Math.floor(Math.log2(largest || 2 ** -126)) - emax)), s = scale.decode(code) * unit;
      for (let j = i; j < i + block; j++) {
        got[j] = t.decode(t.encode(xs[j] / s, { rounding: ROUNDING[round] })) * s;
      }
    }
    same([...got].map((v) => v + 0), [...f32s(output_f32)].map((v) => v + 0), format);
  });
});

describe("Tilus", () => {
  type List = (number | string)[];
  const types = vectors<{ types: { short: string; nbits: number; bias: number; table_max?: number; smallest_normal?: number }[]; decode: Record<string, List | number>; f8: Record<string, { reference_decode_ofp8: List }> }>("tilus/float_types");
  it.each(types.types)("$short has its size and largest value", (row) => {
    const t = dtype(row.short);
    expect(t.bits).toBe(row.nbits);
    if (row.table_max !== undefined) expect(t.max).toBe(row.table_max);
  });
  it.each(Object.entries(types.decode).filter(([, v]) => Array.isArray(v)))("%s", (name, list) => {
    if (name === "f6e3m2->bf16") return; // a recorded defect of the original: elements that straddle a byte
    const t = dtype(name.replace(/->.*/, ""));
    same((list as List).map((_, c) => (name.endsWith("f16") && !name.endsWith("bf16") ? roundToHalf(t.decode(c)) : t.decode(c))), (list as List).map(number), name);
  });
  it.each(Object.entries(types.f8))("%s (OFP8)", (name, row) => {
    const t = dtype(name);
    same(codesOf(t).map((c) => t.decode(c)), row.reference_decode_ofp8.map(number), name);
  });
  const { types: encodings } = vectors<{ types: Record<string, { f32_bits: number[]; code: number[]; ideal_rne_saturating: (number | null)[]; differs_from_ideal: number }> }>("tilus/float_encode");
  it.each(Object.entries(encodings))("%s encodes ideally", (name, row) => {
    const t = dtype(name), want = row.ideal_rne_saturating.map((c) => c ?? t.encode(NaN));
    same(row.f32_bits.map((b) => t.encode(floatOf(b))), want, name);
    // The original truncates subnormals and sends NaN and infinity to the same code: the vectors can tell us apart.
    expect(row.code.filter((c, i) => c !== want[i]).length).toBeGreaterThan(0);
  });
  interface Ints { nbits?: number; signed?: boolean; from_i32?: { in: number[]; code: number[] }; from_f32?: { in: number[]; code: number[] } }
  const { types: ints } = vectors<{ types: Record<string, Ints & Record<string, unknown>> }>("tilus/int_types");
  it.each(Object.entries(ints))("%s", (name, row) => {
    if (name === "i1") return expect(message(() => dtype("i1"))).toMatch(/N0110.*'u1'.*'b1'/);
    const t = dtype(name);
    for (const key of ["->i32", "->f32", "->f16", "->bf16"])
      if (Array.isArray(row[key])) same(codesOf(t).map((c) => t.decode(c)), row[key] as number[], name + key);
    // It truncates and wraps, which here are options.
    for (const from of [row.from_i32, row.from_f32])
      if (from) same(from.in.map((x) => t.encode(x, { rounding: "zero", saturate: false })), from.code, name);
    return undefined;
  });
});

describe("bipolar", () => {
  const { n } = vectors<{ n: Record<string, { min: number; max: number; rows: number[][] }> }>("btc/bipolar_encodings");
  it.each(Object.entries(n))("b%s", (bits, row) => {
    const t = dtype(`b${bits}`);
    expect([t.min, t.max, t.hasZero]).toEqual([row.min, row.max, false]);
    same(row.rows.map(([u]) => t.decode(u ?? -1)), row.rows.map(([, v]) => v ?? NaN), t.name);
    same(row.rows.map(([, v]) => t.encode(v ?? NaN)), row.rows.map(([u]) => u ?? -1), t.name);
    if (bits !== "1") { // two's complement beside it
      const i = dtype(`i${bits}`);
      same(row.rows.map(([, , x]) => i.encode(x ?? NaN)), row.rows.map(([, , , code]) => code ?? -1), i.name);
    }
  });
  const q = vectors<{ x: number[]; n: Record<string, { scale: number; codes: number[]; dequant: number[]; twos_complement?: { scale: number; q: number[] } }> }>("btc/bipolar_quantize");
  const absmax = Math.max(...q.x.map(Math.abs));
  it.each(Object.entries(q.n))("quantises to %s bits", (bits, row) => {
    const t = dtype(`b${bits}`), s = absmaxScale(t, absmax);
    expect(s).toBeCloseTo(row.scale, 12);
    same(q.x.map((x) => t.encode(x / s)), row.codes, t.name);
    row.dequant.forEach((d, k) => expect(s * t.decode(row.codes[k] ?? -1)).toBeCloseTo(d, 7));
    if (row.twos_complement) {
      const i = dtype(`i${bits}`), si = absmaxScale(i, absmax);
      expect(si).toBeCloseTo(row.twos_complement.scale, 12);
      same(q.x.map((x) => i.decode(i.encode(x / si))), row.twos_complement.q, i.name);
    }
  });
  it("breaks ties upwards, so that 0 is +1", () => {
    const t = dtype("b2");
    same([-4, -2, 0, -0, 2, 4, 1.99, -0.01, NaN, Infinity, -Infinity].map((x) => t.decode(t.encode(x))), [-3, -1, 1, 1, 3, 3, 1, -1, 1, 3, -3], "b2");
  });
});

describe("codebooks", () => {
  it("bitsandbytes", () => {
    interface File { cases: { type: string; blocksize: number; code_f32: string; input_f32: string; packed_u8: string; absmax_f32: string; dequant_f32: string }[] }
    for (const row of vectors<File>("formats/bitsandbytes").cases) {
      const t = dtype(row.type === "fp4" ? "bnb_fp4" : row.type), xs = f32s(row.input_f32), absmax = f32s(row.absmax_f32);
      same(codesOf(t).map((c) => t.decode(c)), f32s(row.code_f32).map((v) => v + 0), t.name);
      // It multiplies by the reciprocal, in f32; the even element is the high nibble.
      const codes = [...xs].map((x, i) => t.encode(Math.fround(x * Math.fround(1 / (absmax[Math.floor(i / row.blocksize)] || 1)))));
      same(codes, [...Buffer.from(row.packed_u8, "hex")].flatMap((b) => [b >> 4, b & 15]), `${t.name} codes`);
      same(codes.map((c, i) => Math.fround(t.decode(c) * (absmax[Math.floor(i / row.blocksize)] ?? NaN)) + 0), f32s(row.dequant_f32).map((v) => v + 0), `${t.name} values`);
    }
  });
  it("bitsandbytes' FP4 is in twelfths, and no e2m1", () => {
    expect(dtype("bnb_fp4").table).toEqual([0, 0.00520833, 0.66666667, 1, 0.33333333, 0.5, 0.16666667, 0.25, 0, -0.00520833, -0.66666667, -1, -0.33333333, -0.5, -0.16666667, -0.25].map((x) => expect.closeTo(x, 7) as number));
    expect([0, -0, NaN].map((x) => dtype("bnb_fp4").encode(x))).toEqual([0, 0, 0]);
  });
  it("ggml's IQ4_NL", () => {
    interface File { types: { type: string; elems: number; bytes_per_block: number; cases: { kind: string; bytes: string; f32: string }[] }[] }
    const iq4 = vectors<File>("formats/gguf").types.find((r) => r.type === "IQ4_NL"), t = dtype("iq4_nl");
    const decoded = iq4?.cases.filter((c) => c.kind === "decode") ?? [];
    expect(decoded.length).toBeGreaterThan(0);
    for (const c of decoded) {
      const bytes = Buffer.from(c.bytes, "hex"), got: number[] = [];
      for (let b = 0; b < bytes.length; b += 18) {
        const d = dtype("f16").decode(bytes.readUInt16LE(b)), q = bytes.subarray(b + 2, b + 18);
        got.push(...[...q].map((x) => d * t.decode(x & 15)), ...[...q].map((x) => d * t.decode(x >> 4)));
      }
      same(got.map(Math.fround), f32s(c.f32), "IQ4_NL");
    }
    expect([0, 2, NaN, -6, 7].map((x) => t.decode(t.encode(x)))).toEqual([1, 1, 1, -10, 1]); // 7 is as near to 13
  });
  it("rounds to the lower of two, away, toward zero, and by the share of the way", () => {
    const t = dtype("w2star"), values = (rounding: Rounding, xs: number[], random?: number): number[] => xs.map((x) => t.decode(t.encode(x, { rounding, random })));
    expect(values("even", [-9, -1.5, -0.5, 0.5, 1.5, 0.6, Infinity, -Infinity])).toEqual([-2, -2, -1, 0, 1, 1, 2, -2]);
    expect(values("away", [-1.5, -0.5, 0.5, 1.5])).toEqual([-2, -1, 1, 2]);
    expect(values("zero", [-1.9, -0.9, 0.9, 1.9])).toEqual([-1, 0, 0, 1]);
    expect(values("stochastic", [0.25, -0.25], 0.74)).toEqual([0, 0]);
    expect(values("stochastic", [0.25, -0.25], 0.75)).toEqual([1, 0]);
    expect(values("stochastic", [0.25, -0.25], 0.24)).toEqual([0, -1]);
    expect(codesOf(t).map((c) => t.decode(c))).toEqual([-2, -1, 0, 1, 2, 2, 2, 2]);
  });
  it("of one's own are named by what makes them", () => {
    const t = codebook(2, [-1, 0.1, -0, 3e9 - 2e9]);
    expect(t).toMatchObject({ name: "codebook(2, [-1, 0.1, 0, 1000000000])", kind: "codebook", compute: "f32", bits: 2, hasZero: true, zeroCode: 2, min: -1, max: 1e9 });
    expect(Object.isFrozen(t.table)).toBe(true);
    expect([dtype(t.name), codebook(2, [-1, Math.fround(0.1), 0, 1e9])]).toEqual([t, t]);
    expect(dtype(t.name)).toBe(t);
    expect([isDType(t.name), isDType("codebook(2, [1, 0.10])"), isDType("codebook(1, [0, 1, 2])"), isDType("codebook(1, [])")]).toEqual([true, false, false, false]);
    expect(codebook(3, [5, -3]).table).toEqual([5, -3, -3, -3, -3, -3, -3, -3]);
    expect([codebook(1, [7]).encode(-100), codebook(3, [5, -3]).compute, dtypeTable("codebook(1, [0.5, 2])").values]).toEqual([0, "i32", [0.5, 2]]);
    fc.assert(fc.property(fc.integer({ min: 1, max: 8 }), fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -(2 ** 30), max: 2 ** 30 }), { minLength: 1, maxLength: 256 }), (bits, list) => {
      const own = codebook(bits, list.slice(0, 2 ** bits));
      expect(dtype(own.name)).toBe(own);
      for (const v of own.table ?? []) expect(own.decode(own.encode(v))).toBe(v);
    }), { seed: 5, numRuns: 200 });
  });
  it.each([[0, [1], /1 to 8 bits, not 0/], [9, [1], /1 to 8 bits/], [1, [1, 2, 3], /1 to 2 entries, not 3/], [2, [], /not 0/], [2, [NaN], /can't hold NaN/], [2, [0, 2 ** 31], /can't hold 2147483648/]] as const)("refuses codebook(%s, %s)", (bits, list, words) => {
    try { codebook(bits, list); } catch (e) { expect(e).toBeInstanceOf(Diagnostic); expect((e as Diagnostic).code).toBe("T0112"); expect((e as Diagnostic).message).toMatch(words); return; }
    expect.fail("nothing was said");
  });
});

describe("laws", () => {
  it.each(dtypes().map((t) => [t.name, t] as const))("%s", (_, t) => {
    const codes = t.bits <= 16 ? codesOf(t) : [0, 1, 2, 2 ** (t.bits - 1) - 1, 2 ** (t.bits - 1), 2 ** t.bits - 1, 0x123456 % 2 ** t.bits];
    const values = codes.map((c) => t.decode(c)), finite = values.filter(Number.isFinite);
    codes.forEach((c, i) => { if (!Number.isNaN(values[i])) expect(t.encode(values[i] ?? 0, { from: t.compute })).toBe(t.table ? t.table.indexOf(values[i] ?? NaN) : c); });
    if (t.bits <= 16) {
      expect([Math.min(...finite) + 0, Math.max(...finite)]).toEqual([t.min, t.max]);
      expect(new Set(finite.map(String)).size).toBe(new Set(finite).size);
      expect(values.includes(0)).toBe(t.hasZero);
    }
    if (t.hasZero) expect(Object.is(t.decode(t.zeroCode), 0)).toBe(true);
    if (t.kind !== "bool") for (const x of [t.max * 1.0000001 + 1, 1e300, -1e300, -Infinity]) {
      const d = t.decode(t.encode(x, { from: "i32" }));
      if (Number.isFinite(d) && Number.isFinite(x)) expect(d).toBe(x > 0 ? t.max : t.min);
    }
    // More in, never less out.
    let last = -Infinity;
    for (const x of [...finite, ...finite.map((v) => v * 1.2 + 0.3)].sort((a, b) => a - b)) {
      const d = t.decode(t.encode(x, { from: "i32" }));
      if (d < last) expect.fail(`${t.name}: ${x} gives ${d} after ${last}`);
      last = d;
    }
  });
});

describe("nearest, told by searching all codes", () => {
  /** Codes of neighbours and what lies between decides; written without any knowledge of fields. */
  function nearest(t: DType, sorted: readonly { v: number; c: number }[], x: number): number {
    let i = sorted.findIndex((e) => e.v >= x);
    if (i < 0) i = sorted.length - 1;
    const hi = sorted[i], lo = sorted[Math.max(0, i - 1)];
    if (!hi || !lo) return -1;
    if (x >= hi.v || lo === hi) return hi.v;
    const middle = lo.v / 2 + hi.v / 2; // exact
    if (x !== middle) return x < middle ? lo.v : hi.v;
    if (t.kind === "bipolar") return hi.v;
    if (t.kind === "codebook") return lo.v;
    if (/^u?f.*m0/.test(t.name)) return lo.v * hi.v === 0 ? 0 : Math.abs(lo.v) > Math.abs(hi.v) ? lo.v : hi.v;
    return lo.c % 2 === 0 ? lo.v : hi.v;
  }
  it.each(small.filter((t) => t.kind !== "bool").map((t) => [t.name, t] as const))("%s", (_, t) => {
    const sorted = codesOf(t).map((c) => ({ v: t.decode(c) + 0, c })).filter((e) => Number.isFinite(e.v)).sort((a, b) => a.v - b.v).filter((e, i, all) => e.v !== all[i - 1]?.v);
    const bad: string[] = [];
    sorted.forEach(({ v }, i) => {
      const next = sorted[i + 1]?.v ?? v + 1, middle = v / 2 + next / 2, step = (next - v) / 1024;
      for (const x of [v, v + step, middle - step, middle, middle + step, next - step]) {
        const got = t.decode(t.encode(x)) + 0, want = nearest(t, sorted, x);
        if (got !== want) bad.push(`${x}: ${got} instead of ${want}`);
      }
    });
    expect(bad).toEqual([]);
  });
});

describe("rounding modes", () => {
  const values = (name: string, rounding: Rounding, xs: number[], random?: number) => xs.map((x) => dtype(name).decode(dtype(name).encode(x, { rounding, random })));
  it("rounds away, toward zero and at random", () => {
    expect(values("i4", "away", [0.5, 1.5, 2.5, -2.5, 2.4])).toEqual([1, 2, 3, -3, 2]);
    expect(values("i4", "zero", [0.9, 1.5, -2.9, 99]).map((x) => x + 0)).toEqual([0, 1, -2, 7]);
    expect(values("f4e2m1", "zero", [0.49, 5.9, -5.9, 3.9])).toEqual([0, 4, -4, 3]);
    expect(values("b2", "away", [2, -2, 0])).toEqual([3, -3, 1]);
    expect(values("b2", "zero", [2.9, -2.9, 0.5, -0.5])).toEqual([1, -1, 1, -1]);
  });
  it.each(["u4", "i4", "b3", "f4e2m1", "f8e4m3", "e8m0", "f16", "iq4_nl"])("is unbiased at random: %s", (name) => {
    const t = dtype(name), n = 4096;
    for (const x of [1.2, 2.55, 3.9]) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += t.decode(t.encode(x, { rounding: "stochastic", random: (i + 0.5) / n }));
      expect(sum / n).toBeCloseTo(x, 2);
    }
  });
  it("wraps integers and overflows floats where saturation is off", () => {
    expect(dtype("i4").encode(200, { saturate: false })).toBe(8);
    expect(dtype("f8e5m2").encode(1e6, { saturate: false })).toBe(0x7c);
    expect(dtype("f8e4m3").encode(464, { saturate: false })).toBe(0x7e);
    expect(dtype("f8e4m3").encode(464.1, { saturate: false })).toBe(0x7f);
    expect(dtype("f8e4m3").encode(1e9)).toBe(0x7e);
    expect(dtype("f16").encode(1e6)).toBe(0x7bff);
    expect(dtype("f16").encode(1e6, { saturate: false })).toBe(0x7c00);
    expect([0, -1, Infinity].map((x) => dtype("e8m0").encode(x))).toEqual([0, 0, 255]);
  });
  it("stops floats where WGSL's conversion does, integers at the type's end", () => {
    expect(dtype("i32").encode(1e10)).toBe(2147483520);
    expect(dtype("i32").encode(3e9, { from: "u32" })).toBe(2147483647);
    expect(dtype("u32").encode(1e10)).toBe(4294967040);
    expect(dtype("u31").encode(1e10)).toBe(2147483647);
  });
});

describe("names", () => {
  it("lists every type once, every alias leads to one", () => {
    const names = dtypes().map((t) => t.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(["u1", "u32", "i2", "i32", "b1", "b8", "f2e1m0", "f8e7m0", "uf1e1m0", "uf8e7m1", "f8e4m3_ieee", "f8e4m3_b11fnuz", "f8e5m2_fnuz", "e8m0", "bf16", "bool"]));
    for (const [alias, name] of dtypeAliases()) { expect(names, alias).toContain(name); expect(names).not.toContain(alias); expect(dtype(alias)).toBe(dtype(name)); }
    for (const t of dtypes()) { expect(dtype(t.name)).toBe(t); expect(Object.isFrozen(t)).toBe(true); }
    expect([isDType("u3"), isDType("float8_e4m3fn"), isDType("u33"), isDType("constructor")]).toEqual([true, true, false, false]);
  });
  it("says which types are for computing", () => {
    expect(dtypes().filter((t) => !t.storage).map((t) => t.name).sort()).toEqual(["bool", "f16", "f32", "i32", "u32"]);
    for (const [name, compute] of Object.entries({ u31: "i32", u32: "u32", i7: "i32", b3: "i32", f8e4m3: "f32", e8m0: "f32", bf16: "f32", f16: "f16", bool: "bool" }))
      expect(dtype(name).compute, name).toBe(compute);
  });
  it.each([
    ["i1", /'u1'.*'b1'/], ["u33", /1 to 32 bits, not 33/], ["b9", /1 to 8/], ["u0", /1 to 32/], ["f8", /splits/], ["f8e4m4", /make 9 bits: 'f9e4m4'/],
    ["f12e5m6", /up to 8 bits/], ["f8e4m3_fun", /can be 'f8e4m3'.*'f8e4m3_fnuz'/], ["uf8e4m4_fnuz", /can be 'uf8e4m4', 'uf8e4m4_ieee'/], ["bool1", /did you mean 'bool'/], ["bf166", /'bf16'/], ["zzz", /number types are/],
    ["f4e0m3", /1 to 7 exponent/], ["__proto__", /number types/],
  ])("%s", (name, help) => expect(message(() => dtype(name))).toMatch(new RegExp(`^N0110 .*${help.source}`)));
});

describe("tables", () => {
  it("are data", () => {
    expect(dtypeTable("f8e5m2_fnuz").values?.[128]).toBe("nan");
    expect(dtypeTable("float8_e5m2")).toMatchObject({ name: "f8e5m2", bits: 8, kind: "float" });
    expect(dtypeTable("f8e5m2").values?.slice(123, 126)).toEqual([57344, "inf", "nan"]);
    expect(dtypeTable("e8m0").values?.[0]).toBe(2 ** -127);
    expect(dtypeTable("f16").values?.length).toBe(65536);
    expect(message(() => dtypeTable("u17"))).toMatch(/^T0111/);
    expect(message(() => dtypeText("f23"))).toMatch(/^N0110/);
    expect(dtypeText("f2e1m0")).toBe('{"name":"f2e1m0","bits":2,"kind":"float","values":[0,2,-0.0,-2]}');
    for (const name of ["f4e2m1", "i3", "f8e4m3"]) expect(JSON.parse(dtypeText(name))).toEqual(dtypeTable(name));
  });
  it("gives scales", () => {
    expect([absmaxScale(dtype("i2"), 3), absmaxScale(dtype("f4e2m1"), 3), absmaxScale(dtype("i8"), 0)]).toEqual([3, 0.5, 1]);
    expect(message(() => absmaxScale(dtype("bool"), 1))).toMatch(/^T0110/);
  });
});
