// Element-wise rows against arithmetic written down anew (BigInt for integers, one rounding for floats), over shapes
// that broadcast; and what they emit against what they run.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dtype, isa, roundToHalf, supports, type Compute, type Op } from "../../vm/index.ts";
import { broadcastAt, broadcastPair, elements, emitted, indices, randomTile, run, seeded } from "./isa-support.ts";

const wrap = (t: string, x: bigint): number => Number(t === "i32" ? BigInt.asIntN(32, x) : BigInt.asUintN(32, x));
type Integers = (x: bigint, y: bigint, t: string) => bigint;
const integers: Readonly<Record<string, Integers>> = {
  add: (x, y) => x + y, sub: (x, y) => x - y, mul: (x, y) => x * y,
  div: (x, y) => (y === 0n ? x : x / y), rem: (x, y) => (y === 0n ? 0n : x % y),
  min: (x, y) => (x < y ? x : y), max: (x, y) => (x > y ? x : y),
  and: (x, y) => x & y, or: (x, y) => x | y, xor: (x, y) => x ^ y,
  shl: (x, y) => x << (y & 31n), shr: (x, y) => x >> (y & 31n),
  neg: (x) => -x, abs: (x) => (x < 0n ? -x : x), sign: (x) => (x > 0n ? 1n : x < 0n ? -1n : 0n), not: (x) => ~x,
  popcount: (x) => BigInt([...BigInt.asUintN(32, x).toString(2)].filter((c) => c === "1").length),
  clz: (x) => BigInt(BigInt.asUintN(32, x).toString(2).padStart(32, "0").replace(/1.*/, "").length),
  ctz: (x) => BigInt(BigInt.asUintN(32, x).toString(2).padStart(32, "0").replace(/.*1/, "").length),
};
const floats: Readonly<Record<string, (x: number, y: number) => number>> = {
  add: (x, y) => x + y, sub: (x, y) => x - y, mul: (x, y) => x * y, div: (x, y) => x / y, rem: (x, y) => x % y,
  min: (x, y) => Math.min(x, y), max: (x, y) => Math.max(x, y), pow: (x, y) => x ** y,
  neg: (x) => -x, abs: Math.abs, sign: Math.sign, exp: Math.exp, exp2: (x) => 2 ** x, log: Math.log, log2: Math.log2, sqrt: Math.sqrt,
  rsqrt: (x) => 1 / Math.sqrt(x), sin: Math.sin, cos: Math.cos, tanh: Math.tanh, floor: Math.floor, ceil: Math.ceil, trunc: Math.trunc,
  round: (x) => { const f = Math.floor(Math.abs(x)), d = Math.abs(x) - f; return (x < 0 || Object.is(x, -0) ? -1 : 1) * (d > 0.5 || (d === 0.5 && f % 2 === 1) ? f + 1 : f); },
};
const comparisons: Readonly<Record<string, (x: number, y: number) => boolean>> = {
  eq: (x, y) => x === y, ne: (x, y) => x !== y, lt: (x, y) => x < y, le: (x, y) => x <= y, gt: (x, y) => x > y, ge: (x, y) => x >= y,
};
const truth: Readonly<Record<string, (x: boolean, y: boolean) => boolean>> = { and: (x, y) => x && y, or: (x, y) => x || y, xor: (x, y) => x !== y, not: (x) => !x, eq: (x, y) => x === y, ne: (x, y) => x !== y };

const rows = Object.values(isa).filter((row) => Object.keys(row.operands).every((k) => ["x", "y"].includes(k)) && supportsAny(row.name));
function supportsAny(name: string): boolean { return (["u32", "i32", "f32", "f16", "bool"] as const).some((t) => supports(name as Op, t)); }

function expected(name: string, t: Compute, x: number, y: number): number {
  if (t === "bool") return Number(truth[name](x !== 0, y !== 0));
  if (name in comparisons) return Number(comparisons[name](x, y));
  if (t === "i32" || t === "u32") return wrap(t, integers[name](BigInt(x), BigInt(y), t));
  return (t === "f16" ? roundToHalf : Math.fround)(floats[name](x, y));
}

describe("element-wise rows", () => {
  for (const t of ["i32", "u32", "f32", "f16", "bool"] as const)
    it(`compute on ${t} what arithmetic says, and emit the same`, () => {
      const names = rows.map((r) => r.name).filter((n) => supports(n as Op, t));
      expect(names.length).toBeGreaterThan(t === "bool" ? 5 : 18);
      for (const name of names)
        fc.assert(fc.property(broadcastPair, fc.nat(), fc.boolean(), ({ full, narrow }, seed, swap) => {
          const random = seeded(seed), two = "y" in rows.find((r) => r.name === name)!.operands;
          const a = randomTile(t, full, random), b = randomTile(name.startsWith("sh") ? "u32" : t, narrow, random);
          // Integers meet small and equal ones too.
          for (const d of [a.data, b.data]) for (let i = 0; i < d.length; i++) if (t !== "bool" && random() < 0.3) d[i] = Math.floor(random() * 3);
          const [x, y] = swap && two && !name.startsWith("sh") ? [b, a] : [a, b];
          const operands = two ? { x, y } : { x }, got = run(name, operands), shape = two ? full : x.shape;
          expect(got.shape).toEqual(shape);
          expect(elements(got)).toEqual(indices(shape).map((i) => expected(name, t, broadcastAt(x, i), two ? broadcastAt(y, i) : 0)));
          expect(elements(emitted(name, operands))).toEqual(elements(got));
        }), { numRuns: 12 });
    });

  it("know the corners of integers", () => {
    const i = (...x: number[]) => ({ dtype: dtype("i32"), shape: [x.length], data: Int32Array.from(x) });
    expect(elements(run("div", { x: i(-(2 ** 31), 7, -7), y: i(-1, 0, 2) }))).toEqual([-(2 ** 31), 7, -3]);
    expect(elements(run("rem", { x: i(-(2 ** 31), 7, -7), y: i(-1, 0, 2) }))).toEqual([0, 0, -1]);
    for (const go of [run, emitted]) expect(elements(go("shl", { x: i(1, 1), y: i(33, -1) }))).toEqual([2, -(2 ** 31)]);
  });

  it("fma rounds once", () => {
    const f = (x: number) => ({ dtype: dtype("f32"), shape: [], data: Float32Array.of(x) });
    const operands = { x: f(1 + 2 ** -12), y: f(1 - 2 ** -12), z: f(-1) };
    expect(elements(run("fma", operands))).toEqual([-(2 ** -24)]);
    expect(elements(emitted("fma", operands))).toEqual([-(2 ** -24)]);
  });
});

describe("rows that storage types share", () => {
  const types = ["u1", "u3", "i5", "b1", "b4", "f4e2m1", "f8e4m3", "f8e5m2", "f8e4m3_fnuz", "uf4e2m2", "uf4e2m2_ieee", "bf16", "e8m0", "i32", "f16", "f32", "bool"];
  for (const name of types)
    it(`compare and choose ${name} by value`, () => {
      const t = dtype(name), random = seeded(types.indexOf(name) + 1);
      const codes = t.bits <= 5 ? Array.from({ length: 2 ** t.bits }, (_, c) => c) : [0, 1, 2 ** (t.bits - 1), 2 ** (t.bits - 1) + 1, 2 ** t.bits - 1, 2 ** (t.bits - 1) - 1, ...[NaN, -NaN, Infinity, 1, -1].map((x) => t.encode(x)), ...Array.from({ length: 15 }, () => Math.floor(random() * 2 ** t.bits))];
      const all = randomTile(name, [codes.length], random);
      const of = (list: number[]) => ({ ...all, shape: [list.length], data: all.data.slice() });
      const x = of(codes), raw = codes.map((c) => (t.storage ? c : t.decode(c)));
      x.data.set(raw);
      const column = { ...x, shape: [codes.length, 1] };
      const values = codes.map((c) => t.decode(c));
      for (const row of ["eq", "ne"]) {
        const want = values.flatMap((a) => values.map((b) => Number((a === b) === (row === "eq"))));
        expect(elements(run(row, { x: column, y: x }))).toEqual(want);
        expect(elements(emitted(row, { x: column, y: x }))).toEqual(want);
      }
      const condition = { dtype: dtype("bool"), shape: [codes.length, 1], data: Uint8Array.from(codes, (_, i) => i % 2) };
      const chosen = codes.flatMap((_, i) => codes.map((_c, j) => x.data[i % 2 ? i : j]));
      expect(elements(run("select", { condition, x: column, y: x }))).toEqual(chosen);
      expect(elements(emitted("select", { condition, x: column, y: x }))).toEqual(chosen);
    });
});
