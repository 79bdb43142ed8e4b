// Atomics, scatters and histograms on the interpreter against plain loops; what they refuse, and what the verifier and the
// text of a kernel say about threads that meet.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { baseTarget, compileProgram } from "../../codegen/index.ts";
import { dense, planes } from "../../layout/index.ts";
import { Diagnostic } from "../../diagnostic.ts";
import { builder, constant, dtype, makeTile, read, print, tileFromValues, verify, type Builder, type Datum, type Program, type Tile, type Value, type View } from "../../vm/index.ts";
import { elements, indices, rowNamed, run } from "./isa-support.ts";

const OPS: Readonly<Record<string, (a: number, b: number) => number>> = {
  atomic_add: (a, b) => a + b, atomic_sub: (a, b) => a - b, atomic_min: Math.min, atomic_max: Math.max,
  atomic_and: (a, b) => a & b, atomic_or: (a, b) => a | b, atomic_xor: (a, b) => a ^ b, atomic_exchange: (_, b) => b,
};
const wrap = (type: string, x: number): number => (type === "i32" ? x | 0 : x >>> 0);
const any = { i32: fc.oneof(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })), u32: fc.oneof(fc.nat(9), fc.integer({ min: 0, max: 2 ** 32 - 1 })) };
const view = (memory: Tile, origin: readonly number[], shape: readonly number[]): View => ({ memory, dtype: memory.dtype, shape, axes: shape.map((_, d) => d), origin });
const effect = (name: string, operands: Readonly<Record<string, Datum>>, attrs: object = {}): void =>
  void rowNamed(name).run?.(operands as never, attrs as never, { scalar: () => NaN, threads: 1, layouts: {}, out: undefined });

describe("atomics", () => {
  it.each(Object.keys(OPS).flatMap((name) => (["i32", "u32"] as const).map((t) => [name, t] as const)))("%s on %s changes what lies inside and tells what was there", (name, type) => {
    const m = any[type], whole = (x: number) => wrap(type, x);
    fc.assert(fc.property(fc.array(m, { minLength: 15, maxLength: 15 }), fc.array(m, { minLength: 12, maxLength: 12 }), fc.integer({ min: -4, max: 4 }), fc.integer({ min: -3, max: 6 }), fc.boolean(), (a, x, r, c, one) => {
      const memory = tileFromValues(dtype(type), [3, 5], a), xs = tileFromValues(dtype(type), one ? [1, 4] : [3, 4], one ? x.slice(0, 4) : x);
      const got = run(name, { to: view(memory, [r, c], [3, 4]), x: xs }), want = a.map(whole), old: number[] = [];
      for (const [i, j] of indices([3, 4])) {
        const at = (r + i) * 5 + c + j, inside = r + i >= 0 && r + i < 3 && c + j >= 0 && c + j < 5;
        old.push(inside ? want[at] : 0);
        if (inside) want[at] = whole(OPS[name](want[at], xs.data[(one ? 0 : i) * 4 + j]));
      }
      expect([elements(got), elements(memory)]).toEqual([old, want]);
    }), { numRuns: 60 });
  });

  it("compare and exchange replaces what it expects only", () => {
    const memory = tileFromValues(dtype("i32"), [6], [0, 1, 0, -1, 7, 0]);
    const old = run("atomic_compare_exchange", { to: view(memory, [1], [5]), compare: tileFromValues(dtype("i32"), [5], [1, 1, -1, 7, 0]), x: tileFromValues(dtype("i32"), [], [9]) });
    expect([elements(old), elements(memory)]).toEqual([[1, 0, -1, 7, 0], [0, 9, 0, 9, 9, 9]]);
  });
});

describe("scatters", () => {
  const axis = fc.constantFrom(0, 1);
  it.each(["scatter", "scatter_add", "scatter_min", "scatter_max"])("%s takes elements in row-major order and drops what is outside", (name) => {
    fc.assert(fc.property(axis, fc.array(fc.integer({ min: -2, max: 5 }), { minLength: 12, maxLength: 12 }), fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 12, maxLength: 12 }), fc.boolean(), (d, index, x, negative) => {
      const size = d === 0 ? [4, 3] : [3, 4], to = d === 0 ? [3, 3] : [3, 3], memory = tileFromValues(dtype("i32"), [4, 5], Array.from({ length: 20 }, (_, i) => i)), want = [...memory.data];
      const f = { scatter: (_: number, b: number) => b, scatter_add: (a: number, b: number) => a + b, scatter_min: Math.min, scatter_max: Math.max }[name] as (a: number, b: number) => number;
      const old: number[] = [];
      indices(size).forEach((i, n) => {
        const there = i.map((own, k) => (k === d ? index[n] : own)), inside = index[n] >= 0 && index[n] < to[d], at = (there[0] + 1) * 5 + there[1] + 2;
        old.push(inside ? want[at] : 0);
        if (inside) want[at] = f(want[at], x[n]);
      });
      const operands = { to: view(memory, [1, 2], to), index: tileFromValues(dtype("i32"), size, index), x: tileFromValues(dtype("i32"), size, x) }, attrs = { axis: negative ? d - 2 : d };
      if (name === "scatter") effect(name, operands, attrs); else expect(elements(run(name, operands, attrs))).toEqual(old);
      expect(elements(memory)).toEqual(want);
    }), { numRuns: 100 });
  });

  it("a histogram counts codes by their values", () => {
    const counts = makeTile(dtype("u32"), [5]);
    effect("histogram", { to: view(counts, [0], [4]), x: tileFromValues(dtype("b3"), [2, 4], [-7, -1, 1, 1, 3, 3, 3, 5]) });
    expect(elements(counts)).toEqual([0, 2, 0, 3, 0]);
  });
});

// ── refusals ──

const value = (space: Value["space"], type: string, shape: readonly number[]): Value => ({ id: 0, space, dtype: dtype(type), shape });
const refusal = (name: string, operands: Readonly<Record<string, Value>>, attrs: object = {}): string => {
  try { rowNamed(name).type(operands as never, attrs as never); } catch (e) { if (e instanceof Diagnostic) return `${e.data.code} ${e.data.help}`; throw e; }
  return "accepted";
};

describe("refused", () => {
  const x = (type: string, shape = [4]) => value("reg", type, shape);
  it.each([
    ["atomic_add", { to: value("global", "f32", [4]), x: x("f32") }, /^T0240 .*fixed point.*reduce the parts/],
    ["atomic_min", { to: value("shared", "f16", [4]), x: x("f16") }, /^T0240 .*fixed point/],
    ["atomic_or", { to: value("shared", "u3", [4]), x: x("u3") }, /^T0240 .*x as u32/],
    ["atomic_max", { to: value("shared", "i5", [4]), x: x("i5") }, /^T0240 .*x as i32/],
    ["atomic_add", { to: value("shared", "i32", [4]), x: x("u32") }, /^T0202/],
    ["atomic_add", { to: value("shared", "i32", [4]), x: x("i32", [3]) }, /^T0210/],
    ["scatter", { to: value("global", "u8", [4]), index: x("i32"), x: x("u8") }, /^T0240 .*shared s: u8/],
    ["scatter", { to: value("global", "f16", [4]), index: x("i32"), x: x("f16") }, /^T0240/],
    ["scatter", { to: value("shared", "u8", [4]), index: x("i32"), x: x("u8") }, /^accepted/],
    ["scatter", { to: value("global", "f32", [4]), index: x("f32"), x: x("f32") }, /^T0241 .*index as i32/],
    ["scatter", { to: value("global", "f32", [4, 2]), index: x("i32", [9, 3]), x: x("f32", [9, 3]) }, /^T0241/],
    ["scatter", { to: value("global", "f32", [4, 2]), index: x("i32", [9, 2]), x: x("f32", [1, 2]) }, /^accepted/],
    ["scatter_add", { to: value("global", "f32", [4]), index: x("i32"), x: x("f32") }, /^T0240/],
    ["histogram", { to: value("global", "u32", [4, 4]), x: x("u4") }, /^T0241 .*one row/],
    ["histogram", { to: value("global", "u32", [4]), x: x("f16") }, /^T0241 .*as i32/],
  ] as const)("%s, case %#", (name, operands, says) => expect(refusal(name, operands as never)).toMatch(says));

  it("an axis that isn't there", () => expect(refusal("scatter", { to: value("global", "f32", [4]), index: x("i32"), x: x("f32") }, { axis: 1 })).toMatch(/^T0206/));
});

// ── whole Programs ──

function program(body: (b: Builder, y: Value, s: Value, at: Value, v: Value) => void, packing = dense(1)): Program {
  const b = builder("k"), x = b.tensor("x", "in", "i32", [64], dense(1)), y = b.tensor("y", "inout", "i32", [64], packing);
  b.grid([["g", 1]]);
  b.threads(32);
  const s = b.shared({}, { dtype: dtype("i32"), shape: [64] }), v = b.load({ x });
  b.store({ to: s, x: v });
  b.barrier({});
  body(b, y, s, v, v);
  return b.finish();
}
const codes = (p: Program) => verify(p).filter((d) => d.code !== "R0403").map((d) => d.code);

describe("the verifier", () => {
  it.each<readonly [string, (b: Builder, y: Value, s: Value, at: Value, v: Value) => void, readonly string[]]>([
    ["atomics meet atomics", (b, _, s, at, v) => { b.atomic_add({ to: s, x: v }); b.scatter_add({ to: s, index: at, x: v }); b.histogram({ to: s, x: at }); b.atomic_min({ to: s, x: v }); }, []],
    ["a read of what was added up needs a barrier", (b, y, s, at, v) => { b.scatter_add({ to: s, index: at, x: v }); b.store({ to: y, x: b.load({ x: s }) }); }, ["R0401"]],
    ["with it all is well", (b, y, s, at, v) => { b.scatter_add({ to: s, index: at, x: v }); b.barrier({}); b.store({ to: y, x: b.load({ x: s }) }); }, []],
    ["a store before an atomic needs one", (b, _, s, __, v) => { b.store({ to: b.slice({ x: s }, { offsets: [constant(0)], sizes: [constant(8)] }), x: 0 }); b.atomic_add({ to: s, x: v }); }, ["R0401"]],
    ["two scatters may meet: which of them wins, nobody knows", (b, _, s, at, v) => { b.scatter({ to: s, index: at, x: v }); b.scatter({ to: s, index: at, x: v }); }, ["R0401"]],
    ["a scatter meets itself the next time round", (b, _, s, at, v) => b.loop("i", { to: 4 }, () => b.scatter({ to: s, index: at, x: v })), ["R0401"]],
    ["one after a barrier doesn't", (b, _, s, at, v) => b.loop("i", { to: 4 }, () => { b.scatter({ to: s, index: at, x: v }); b.barrier({}); }), []],
    ["planes are no elements", (b, y) => { b.scatter({ to: b.slice({ x: b.bits_of({ x: b.shared({}, { dtype: dtype("u4"), shape: [8] }) }) }, { offsets: [constant(0), constant(0)], sizes: [constant(1), constant(8)], drop: [0] }), index: b.fill({}, { value: constant(0), dtype: dtype("i32"), shape: [8] }), x: b.fill({}, { value: constant(0), dtype: dtype("u1"), shape: [8] }) }); b.store({ to: y, x: 0 }); }, ["T0242"]],
  ])("%s", (_, body, want) => expect(codes(program(body))).toEqual(want));

  it("elements that a packing spreads over words can't be changed in one step", () => {
    const p = program((b, y, _, __, v) => { b.atomic_add({ to: y, x: v }); }, planes(1));
    expect(codes(p)).toEqual(["T0242"]);
  });
});

describe("the text", () => {
  const text = (body: Parameters<typeof program>[0]): string => compileProgram(program(body), baseTarget).wgsl;
  it("keeps no result that nobody uses", () => expect(text((b, y, _, __, v) => { b.atomic_add({ to: y, x: v }); })).toMatch(/^ *atomicAdd\(&y/m));
  it("is signed where order matters", () => {
    expect(text((b, y, _, __, v) => { b.atomic_max({ to: y, x: v }); })).toMatch(/y: array<atomic<i32>>[\s\S]*atomicMax\(&y\[t \* 2\], v3_0\);/);
    expect(text((b, y, _, __, v) => { b.atomic_add({ to: y, x: v }); })).toContain("y: array<atomic<u32>>");
  });
  it("tries an exchange until it succeeds or finds another value", () => expect(text((b, y, s, _, v) => { b.store({ to: y, x: b.atomic_compare_exchange({ to: s, compare: v, x: 1 }) }); })).toMatch(/loop \{\n.*atomicCompareExchangeWeak[\s\S]*exchanged \|\| .*break/));
  it("reads back", () => { const p = program((b, y, s, at, v) => { b.scatter({ to: s, index: at, x: v }, { axis: 0 }); b.barrier({}); b.store({ to: y, x: b.scatter_max({ to: s, index: at, x: v }) }); }); expect(print(read(print(p)))).toBe(print(p)); });
});
