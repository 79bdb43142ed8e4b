// Whole Programs on the interpreter against plain loops, control flow, odd and empty sizes, and what a caller is told.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compose, dense, local, planes, spatial } from "../../layout/index.ts";
import {
  bindDimensions, builder, cdiv, constant, decompose, dtype, infer, interpret, scalarOp, symbol, tileCodes, tileFromCodes, tileFromValues, tileValues,
  type Builder, type Program, type Scalar, type Tile, type Value,
} from "../../vm/index.ts";
import { elements, randomTile, seeded } from "./isa-support.ts";

const f32 = dtype("f32"), i32 = dtype("i32");
const times = (a: Scalar, n: number) => scalarOp("mul", a, constant(n));
const window = (b: Builder, x: Value, offsets: readonly (Scalar | number)[], sizes: readonly (Scalar | number)[], drop?: readonly number[]): Value =>
  b.slice({ x }, { offsets: offsets as readonly Scalar[], sizes: sizes as readonly Scalar[], ...(drop ? { drop } : {}) });

/** C[M, N] = A[M, K] · B[K, N] in tiles of 16 × 8 × 12 through shared memory; M, N and K known at run time only. */
function gemm(a: string, w: string, bare = false): Program {
  const b = builder("gemm"), M = b.dim("M"), K = b.dim("K"), N = b.dim("N");
  const x = b.tensor("a", "in", a, [M, K], dense(2)), y = b.tensor("b", "in", w, [K, N], planes(2));
  const integer = dtype(a).kind !== "float" && dtype(w).kind !== "float", type = integer ? i32 : f32;
  const c = b.tensor("c", "out", type, [M, N], dense(2));
  const [bn, bm] = b.grid([["bn", cdiv(N, 8)], ["bm", cdiv(M, 16)]]);
  b.threads(64);
  const pad = (t: string) => (dtype(t).hasZero ? {} : { unpadded: true });
  const sa = b.shared({}, { dtype: dtype(a), shape: [16, 12] }), sb = b.shared({}, { dtype: dtype(w), shape: [12, 8] });
  const acc = b.var({ init: b.fill({}, { value: constant(0, integer ? "i32" : "f32"), dtype: type, shape: [] }) }, { dtype: type, shape: [16, 8] });
  b.loop("k", { to: K, step: 12, mode: { kind: "pipeline", stages: 2 } }, (k) => {
    if (!bare) {
      b.copy({ from: window(b, x, [times(bm, 16), k], [16, 12]), to: sa }, pad(a));
      b.store({ to: sb, x: b.load({ x: window(b, y, [k, times(bn, 8)], [12, 8]) }, pad(w)) });
      b.barrier({});
    }
    b.assign({ to: acc, from: b.dot({ x: sa, y: sb, acc }, { k: scalarOp("sub", K, k) }) });
    b.barrier({});
  });
  b.store({ to: window(b, c, [times(bm, 16), times(bn, 8)], [16, 8]), x: acc });
  return b.finish();
}

function product(a: Tile, b: Tile): number[] {
  const [M, K] = a.shape, N = b.shape[1], x = tileValues(a), y = tileValues(b);
  return Array.from({ length: M * N }, (_, i) => Array.from({ length: K }, (_, k) => x[Math.floor(i / N) * K + k] * y[k * N + (i % N)]).reduce((p, q) => p + q, 0));
}

/** Each row of x[R, C] made positive with sum 1, 32 columns at most; the greatest of a row is found first. */
function softmax(): Program {
  const b = builder("softmax"), R = b.dim("R"), C = b.dim("C");
  const x = b.tensor("x", "in", "f32", [R, C], dense(2)), y = b.tensor("y", "out", "f32", [R, C], dense(2));
  const [g] = b.grid([["rows", cdiv(R, 4)]]);
  b.threads(32);
  b.require(scalarOp("le", C, constant(32)), "a row has at most 32 columns");
  const at = [times(g, 4), 0], v = b.load({ x: window(b, x, at, [4, 32]) }, { pad: -Infinity });
  const e = b.exp({ x: b.sub({ x: v, y: b.reduce_max({ x: v }, { axis: 1 }) }) });
  b.store({ to: window(b, y, at, [4, 32]), x: b.div({ x: e, y: b.reduce_sum({ x: e }, { axis: 1 }) }) });
  return b.finish();
}

describe("a tiled product", () => {
  it("of any sizes and types is the product, also decomposed and laid out", () => {
    fc.assert(fc.property(fc.constantFrom("u3", "b2", "i4", "f4e2m1", "f32"), fc.constantFrom("u1", "b3", "i8", "u5"), fc.constantFrom(1, 16, 17, 37), fc.constantFrom(1, 12, 13, 37), fc.constantFrom(1, 8, 9), fc.nat(), (a, w, M, K, N, seed) => {
      const random = seeded(seed), x = randomTile(a, [M, K], random), y = randomTile(w, [K, N], random), p = gemm(a, w);
      if (a === "f32") x.data.forEach((v, i) => { x.data[i] = Math.round(v * 4); }); // sums of small whole numbers are exact
      const want = product(x, y), lowered = decompose(p);
      for (const q of [p, lowered, infer(lowered).program]) expect([...tileValues(interpret(q, { a: x, b: y }).c)]).toEqual(want.map((v) => v + 0));
    }), { numRuns: 40 });
  });

  it("of nothing is nothing; over no elements it is zero", () => {
    const empty = (t: string, shape: number[]) => tileFromCodes(dtype(t), shape, []);
    const p = gemm("u3", "i4");
    expect(interpret(p, { a: empty("u3", [0, 5]), b: randomTile("i4", [5, 3], seeded(1)) }).c.shape).toEqual([0, 3]);
    expect(elements(interpret(p, { a: empty("u3", [2, 0]), b: empty("i4", [0, 3]) }).c)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("shows what was never written to shared memory", () => {
    const x = tileFromValues(f32, [16, 12], new Array(192).fill(1)), y = tileFromValues(dtype("u5"), [12, 8], new Array(96).fill(1));
    expect(elements(interpret(gemm("f32", "u5", true), { a: x, b: y }).c).every(Number.isNaN)).toBe(true);
  });
});

describe("softmax", () => {
  it("is that of plain numbers, within the roundings it makes", () => {
    // u = 2^-24. Differences below 8 are off by 4 u at most, which exp makes relative: 4 u + 1 u each; their sum as much and 1 u; the quotient 1 u.
    const bound = (5 + 6 + 1) * 2 ** -24 * (1 + 2 ** -20);
    for (const [R, C] of [[1, 1], [5, 32], [4, 7], [37, 3]]) {
      const x = randomTile("f32", [R, C], seeded(R * C)), { y } = interpret(softmax(), { x });
      for (let r = 0; r < R; r++) {
        const row = [...x.data.slice(r * C, r * C + C)], top = Math.max(...row), e = row.map((v) => Math.exp(v - top)), sum = e.reduce((a, b) => a + b, 0);
        e.forEach((v, c) => expect(Math.abs(y.data[r * C + c] - v / sum)).toBeLessThanOrEqual(bound * (v / sum)));
      }
    }
  });
  it("checks its requirement", () => {
    expect(() => interpret(softmax(), { x: randomTile("f32", [2, 33], seeded(1)) })).toThrow(/H0411.*a row has at most 32 columns/s);
  });
});

describe("control flow", () => {
  it("loops, branches and scalars of tiles steer the block", () => {
    const b = builder("flow"), n = b.scalarParam("n", "i32"), odd = b.scalarParam("odd", "bool");
    const x = b.tensor("x", "in", "i32", [8], dense(1)), y = b.tensor("y", "inout", "i32", [8], dense(1)), s = b.tensor("s", "out", "i32", [3], dense(1));
    const [g] = b.grid([["g", 3]]);
    b.threads(8);
    const v = b.load({ x }), acc = b.var({ init: v }, { dtype: i32, shape: [8] });
    b.loop("i", { from: 1, to: n, step: 2, mode: { kind: "unroll" } }, (i) => b.assign({ to: acc, from: b.add({ x: acc, y: i }) }));
    const total = b.scalar({ x: b.reduce_sum({ x: acc }, { axis: 0 }) });
    b.when(odd, () => b.store({ to: y, x: b.add({ x: b.load({ x: y }), y: acc }) }), () => b.store({ to: y, x: b.fill({}, { value: constant(7), dtype: i32, shape: [] }) }));
    b.when(scalarOp("gt", total, constant(100)), () => b.store({ to: window(b, s, [g], [1]), x: b.add({ x: b.load({ x: window(b, x, [g], [1]) }), y: total }) }));
    const p = b.finish(), given = Tile8(1, 2, 3, 4, 5, 6, 7, 8), before = Tile8(0, 0, 0, 0, 0, 0, 0, 0);
    const r = interpret(p, { x: given, y: before, n: 8, odd: true });
    const acc0 = [17, 18, 19, 20, 21, 22, 23, 24], sum = acc0.reduce((a, c) => a + c, 0);
    expect(elements(r.y)).toEqual(acc0.map((a) => 3 * a)); // every block adds once, one after the other
    expect(elements(r.s)).toEqual([1 + sum, 2 + sum, 3 + sum]);
    expect([elements(given), elements(before)]).toEqual([[1, 2, 3, 4, 5, 6, 7, 8], [0, 0, 0, 0, 0, 0, 0, 0]]);
    const none = interpret(p, { x: given, y: before, n: 1, odd: false });
    expect([elements(none.y), elements(none.s)]).toEqual([new Array(8).fill(7), [0, 0, 0]]);
  });
  const Tile8 = (...x: number[]): Tile => ({ dtype: i32, shape: [8], data: Int32Array.from(x) });

  it("runs blocks with the first grid axis fastest and tells a watcher", () => {
    const b = builder("grid"), o = b.tensor("o", "out", "i32", [2, 3], dense(2));
    const [x, y] = b.grid([["x", 3], ["y", 2]]);
    b.threads(1);
    b.store({ to: window(b, o, [y, x], [1, 1]), x: b.fill({}, { value: scalarOp("add", times(y, 10), x), dtype: i32, shape: [] }) });
    const seen: string[] = [];
    const r = interpret(b.finish(), {}, { watch: (i, _, block) => { if (i.name === "store") seen.push(block.join()); } });
    expect(elements(r.o)).toEqual([0, 1, 2, 10, 11, 12]);
    expect(seen).toEqual(["0,0", "1,0", "2,0", "0,1", "1,1", "2,1"]);
  });

  it("makes shared tiles anew for each block and keeps variables apart", () => {
    const b = builder("anew"), o = b.tensor("o", "out", "i32", [2], dense(1)), [g] = b.grid([["g", 2]]);
    b.threads(1);
    const s = b.shared({}, { dtype: i32, shape: [1] }), before = b.load({ x: s });
    b.store({ to: s, x: b.fill({}, { value: constant(5), dtype: i32, shape: [] }) });
    const v = b.var({ init: before }, { dtype: i32, shape: [1] }), copy = b.convert({ x: v }, { layout: spatial(1) });
    b.assign({ to: v, from: b.load({ x: s }) });
    b.store({ to: window(b, o, [g], [1]), x: b.add({ x: times10(b, copy), y: v }) });
    expect(elements(interpret(b.finish(), {}).o)).toEqual([-5, -5]);
  });
  const times10 = (b: Builder, x: Value) => b.mul({ x, y: 10 });
});

describe("views", () => {
  it("read bits through the layouts that inference gives", () => {
    const b = builder("pack"), x = b.tensor("x", "in", "u8", [64], dense(1)), o = b.tensor("o", "out", "u32", [16], dense(1));
    b.threads(32);
    b.store({ to: o, x: b.view({ x: b.load({ x }) }, { dtype: dtype("u32"), layout: spatial(16) }) });
    const given = randomTile("u8", [64], seeded(5));
    expect([...tileCodes(interpret(b.finish(), { x: given }).o)]).toEqual([...new Uint32Array(Uint8Array.from(given.data).buffer)]);
  });
  it("of tiles with given layouts follow them", () => {
    const b = builder("planes"), x = b.tensor("x", "in", "u4", [16], dense(1)), o = b.tensor("o", "out", "u8", [8], dense(1));
    b.threads(8);
    const v = b.convert({ x: b.load({ x }) }, { layout: compose(local(2), spatial(8)) });
    b.store({ to: o, x: b.view({ x: v }, { dtype: dtype("u8"), layout: spatial(8) }) });
    const given = tileFromCodes(dtype("u4"), [16], Array.from({ length: 16 }, (_, i) => i));
    expect(elements(interpret(b.finish(), { x: given }).o)).toEqual(Array.from({ length: 8 }, (_, i) => i + 16 * (i + 8)));
  });
});

describe("what a caller gives", () => {
  const twice = (): Program => {
    const b = builder("twice"), N = b.dim("N");
    const x = b.tensor("x", "in", "u3", [N, 4], dense(2)), z = b.tensor("z", "in", "u3", [scalarOp("mul", N, constant(2))], dense(1)), y = b.tensor("y", "out", "u3", [N, 4], dense(2));
    b.scalarParam("n", "u32");
    b.threads(1);
    b.store({ to: window(b, y, [0, 0], [1, 4]), x: b.load({ x: window(b, x, [0, 0], [1, 4]) }) });
    void z;
    return b.finish();
  };
  const good = { x: randomTile("u3", [3, 4], seeded(1)), z: randomTile("u3", [6], seeded(1)), n: 1 };
  it.each([
    ["H0402", { ...good, q: 1 }, "takes no 'q'"], ["H0402", { ...good, y: good.x }, "is an output"], ["H0401", { x: good.x, z: good.z }, "needs 'n': a whole number"],
    ["H0401", { z: good.z, n: 1 }, "needs 'x': u3[N, 4]"], ["H0403", { ...good, x: 3 }, "is a tensor u3[N, 4], found the number 3"],
    ["H0404", { ...good, x: randomTile("u4", [3, 4], seeded(1)) }, "'x' holds u4, the kernel takes u3[N, 4]"], ["H0414", { ...good, n: -1 }, "found the number -1"],
    ["H0403", { ...good, n: good.x }, "found a tile of u3[3, 4]"], ["H0405", { ...good, x: randomTile("u3", [3], seeded(1)) }, "'x' is u3[3] with 1 axis, the kernel takes u3[N, 4]"],
    ["H0406", { ...good, x: randomTile("u3", [3, 5], seeded(1)) }, "axis 1 has 5 instead of 4"], ["H0406", { ...good, z: randomTile("u3", [7], seeded(1)) }, "'z' is u3[7], the kernel takes u3[N * 2]: axis 0 has 7 instead of 6"],
    ["H0302", { ...good, x: { ...good.x, shape: [2, 4] } }, "12 elements for a shape of [2, 4]"],
  ])("%s", (code, inputs, message) => {
    try { interpret(twice(), inputs as never); } catch (e) {
      expect(e).toMatchObject({ code });
      expect((e as Error).message).toContain(message);
      expect((e as { data: { help?: string } }).data.help).toBeTruthy();
      return;
    }
    throw new Error("nothing was thrown");
  });
  it("no size comes out negative", () => {
    const b = builder("shorter"), N = b.dim("N"), x = b.tensor("x", "in", "f32", [N], dense(1)), y = b.tensor("y", "out", "f32", [scalarOp("sub", N, constant(2))], dense(1));
    b.threads(1);
    b.store({ to: window(b, y, [0], [1]), x: b.load({ x: window(b, x, [0], [1]) }) });
    const p = b.finish(), of = (n: number) => interpret(p, { x: randomTile("f32", [n], seeded(1)) }).y.shape;
    expect([of(2), of(5)]).toEqual([[0], [3]]);
    expect(() => of(1)).toThrow(/H0301.*'y' is f32\[N - 2\], and N - 2 is -1 here/);
  });
  it("a dimension is bound by the first input where it stands alone", () => {
    const N = symbol("dim", "N"), half = scalarOp("div", N, constant(2));
    const tensors = [{ name: "a", direction: "in", dtype: "f32", shape: [half] }, { name: "o", direction: "out", dtype: "f32", shape: [N] }, { name: "b", direction: "inout", dtype: "f32", shape: [N] }] as const;
    const bound = (n: number, from: number = tensors.length): number | undefined => bindDimensions(tensors.slice(0, from), new Map([["a", [n]], ["b", [9]]]), ["N"]).get("N");
    expect(bound(4)).toBe(9);
    expect(() => bound(5)).toThrow("H0406");
    expect(() => bound(4, 2)).toThrow(/H0413.*no input tells how large N is/);
    // Where N has to be even, its half tells: else it could be 8 or 9.
    const even = { condition: scalarOp("eq", scalarOp("rem", N, constant(2)), constant(0)), message: "even" };
    expect(bindDimensions(tensors.slice(0, 2), new Map([["a", [4]]]), ["N"], [even]).get("N")).toBe(8);
  });
});
