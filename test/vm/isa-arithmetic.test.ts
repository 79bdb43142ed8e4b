// erf, clamp, mul_hi and bitcast against answers that were made otherwise.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dtype, dtypes, tileFromCodes, tileFromValues, tileCodes } from "../../vm/index.ts";
import { broadcastAt, broadcastPair, elements, emitted, indices, randomTile, run, seeded } from "./isa-support.ts";

const f32 = (values: readonly number[]) => tileFromValues(dtype("f32"), [values.length], values);
const ulp = (x: number): number => 2 ** (Math.max(-126, Math.floor(Math.log2(Math.abs(x) || 1e-45))) - 23);

/** ∫ of the definition by Simpson's rule, in doubles. */
function integral(x: number): number {
  const n = 2000, h = x / n, f = (t: number) => Math.exp(-t * t);
  let sum = f(0) + f(x);
  for (let i = 1; i < n; i++) sum += f(i * h) * (i % 2 ? 4 : 2);
  return (sum * h) / 3 * (2 / Math.sqrt(Math.PI));
}

describe("erf", () => {
  const xs = Array.from({ length: 801 }, (_, i) => Math.fround((i - 400) / 80));
  it("is the integral, rounded once", () => {
    const got = elements(run("erf", { x: f32(xs) }));
    xs.forEach((x, i) => expect(Math.abs(got[i] - integral(x))).toBeLessThanOrEqual(0.51 * ulp(got[i]) + 1e-13));
    expect(elements(run("erf", { x: f32([0.5, 1, 2, 3, Infinity, -Infinity, NaN, -0]) })))
      .toEqual([...[0.5204998778130465, 0.8427007929497149, 0.9953222650189527, 0.9999779095030014].map(Math.fround), 1, -1, NaN, -0]);
  });
  it("is emitted within 2 ULP of it, where the operations are exact", () => {
    const fine = Array.from({ length: 4001 }, (_, i) => Math.fround((i - 2000) / 400)).concat(1e-30, -1e-38, 0.927734375, 0.92773443, 10, -1e30);
    const want = elements(run("erf", { x: f32(fine) })), got = elements(emitted("erf", { x: f32(fine) }));
    fine.forEach((x, i) => expect(Math.abs(got[i] - want[i]), `erf(${x})`).toBeLessThanOrEqual(2 * ulp(want[i])));
    const half = tileFromValues(dtype("f16"), [xs.length], xs), a = elements(run("erf", { x: half })), b = elements(emitted("erf", { x: half }));
    a.forEach((x, i) => expect(Math.abs(x - b[i])).toBeLessThanOrEqual(2 ** 13 * ulp(x)));
  });
});

describe("clamp", () => {
  it("keeps what lies between and is hi where lo > hi", () => {
    for (const t of ["i32", "u32", "f32", "f16"])
      fc.assert(fc.property(broadcastPair, fc.nat(), ({ full, narrow }, seed) => {
        const random = seeded(seed), operands = { x: randomTile(t, full, random), lo: randomTile(t, narrow, random), hi: randomTile(t, narrow, random) };
        const want = indices(full).map((i) => { const [x, lo, hi] = [operands.x, operands.lo, operands.hi].map((o) => broadcastAt(o, i)); return lo > hi ? hi : x < lo ? lo : x > hi ? hi : x; });
        expect(elements(run("clamp", operands))).toEqual(want);
        expect(elements(emitted("clamp", operands))).toEqual(want);
      }), { numRuns: 15 });
  });
});

describe("mul_hi", () => {
  it("is the high word of the exact product", () => {
    const edges = [0, 1, -1, 2, -(2 ** 31), 2 ** 31 - 1, 65535, 65536, -65536, 0x12345678, -0x7edcba99];
    for (const t of ["i32", "u32"]) {
      const wrap = (x: number) => (t === "i32" ? x | 0 : x >>> 0), random = seeded(3), all = [...edges.map(wrap), ...Array.from({ length: 40 }, () => wrap(Math.floor(random() * 2 ** 32)))];
      const tile = (shape: number[]) => tileFromCodes(dtype(t), shape, all.map((x) => x >>> 0));
      const operands = { x: tile([all.length, 1]), y: tile([all.length]) }, want = all.flatMap((a) => all.map((b) => wrap(Number((BigInt(a) * BigInt(b)) >> 32n))));
      expect(elements(run("mul_hi", operands))).toEqual(want);
      expect(elements(emitted("mul_hi", operands))).toEqual(want);
    }
    expect(() => run("mul_hi", { x: f32([1]), y: f32([1]) })).toThrow("T0204");
  });
});

describe("bitcast", () => {
  const types = dtypes(), nan = (d: ReturnType<typeof dtype>, code: number): boolean => !d.storage && Number.isNaN(d.name === "f32" ? new Float32Array(Uint32Array.of(code).buffer)[0] : d.decode(code));
  it("keeps the code of every element, between any two types of one width", () => {
    for (const from of types)
      for (const to of types.filter((d) => d.bits === from.bits)) {
        const random = seeded(from.bits), codes = Array.from({ length: from.bits <= 6 ? 2 ** from.bits : 64 }, (_, i) => (from.bits <= 6 ? i : Math.floor(random() * 2 ** from.bits)))
          .filter((c) => !nan(from, c) && !nan(to, c));
        const x = tileFromCodes(from, [codes.length], codes);
        expect([...tileCodes(run("bitcast", { x }, { to }))], `${from.name} ${to.name}`).toEqual(codes);
        expect([...tileCodes(emitted("bitcast", { x }, { to }))], `${from.name} ${to.name}`).toEqual(codes);
      }
  });
  it("refuses another width", () => { expect(() => run("bitcast", { x: f32([1]) }, { to: dtype("f16") })).toThrow("T0222"); });
});
