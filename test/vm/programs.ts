// Programs to test text, verifier and passes with: hand-made ones of every shape, and random ones.
import fc from "fast-check";
import { axis, bit, concatPackings, dense, digit, digits, flat, local, overlay, packed, pad, planes, planesBlocked, planesTiled, range, registerLayout, reverse, spatial, compose, type Packing } from "../../layout/index.ts";
import { builder, cdiv, constant, dtype, scalarOp, scalarTo, type Builder, type Op, type Program, type Scalar, type Value } from "../../vm/index.ts";

const times = (a: Scalar, n: number) => scalarOp("mul", a, constant(n));
export const plus = (a: Scalar, b: Scalar | number) => scalarOp("add", a, typeof b === "number" ? constant(b) : b);
/** A window of a memory. */
export const window = (b: Builder, x: Value, offsets: readonly (Scalar | number)[], sizes: readonly number[], drop?: readonly number[]): Value =>
  b.slice({ x }, { offsets: offsets.map((o) => (typeof o === "number" ? constant(o) : o)), sizes: sizes.map((n) => constant(n)), ...(drop ? { drop } : {}) });

/** Where a gemm has its barriers. */
export interface Barriers { readonly afterCopies?: boolean; readonly afterDot?: boolean; readonly pipeline?: boolean }

/** C = A·dequant(B), tiled through shared memory. */
export function gemm({ afterCopies = true, afterDot = true, pipeline = false }: Barriers = {}): Program {
  const b = builder("gemm", "C = A · \"B\"\nin tiles");
  const M = b.dim("M"), K = 256, N = 128;
  const W = compose(compose(local(2, 1), spatial(8, 8)), local(2, 4));
  const a = b.tensor("a", "in", "f16", [M, K], dense(2)), w = b.tensor("b", "in", "u4", [K, N], packed(W));
  const scale = b.tensor("scale", "in", "f16", [K / 64, N], dense(2)), c = b.tensor("c", "out", "f32", [M, N], dense(2));
  const [bn, bm] = b.grid([["bn", 4], ["bm", cdiv(M, 32)]]);
  b.threads(64);
  b.require(scalarOp("eq", scalarOp("rem", M, constant(8)), constant(0)), "whole \"octets\"");
  const sa = b.name(b.shared({}, { dtype: dtype("f16"), shape: [32, 32] }), "sa"), sb = b.name(b.shared({}, { dtype: dtype("f16"), shape: [32, 32] }), "sb");
  const acc = b.name(b.var({ init: b.fill({}, { value: constant(0, "f32"), dtype: dtype("f32"), shape: [] }) }, { dtype: dtype("f32"), shape: [32, 32] }), "acc");
  b.loop("k", { to: K, step: 32, mode: pipeline ? { kind: "pipeline", stages: 2 } : { kind: "plain" } }, (k) => {
    b.copy({ from: window(b, a, [times(bm, 32), k], [32, 32]), to: sa });
    const q = b.load({ x: window(b, w, [k, times(bn, 32)], [32, 32]) });
    const s = b.load({ x: window(b, scale, [scalarOp("div", k, constant(64)), times(bn, 32)], [1, 32]) });
    b.store({ to: sb, x: b.mul({ x: b.cast({ x: q }, { to: dtype("f16") }), y: s }) });
    if (afterCopies) b.barrier({});
    b.assign({ to: acc, from: b.dot({ x: sa, y: sb, acc }, { k: scalarOp("min", constant(32), scalarOp("sub", constant(K), k)) }) });
    if (afterDot) b.barrier({});
  });
  b.store({ to: window(b, c, [times(bm, 32), times(bn, 32)], [32, 32]), x: acc });
  return b.finish();
}

/** Every kind of attribute, statement, parameter and packing at least once. */
export function everything(): Program {
  const b = builder("every thing");
  const N = b.dim("N"), M = b.dim("größe");
  const x = b.tensor("x", "in", "u3", [N, 64], planes(2)), y = b.tensor("y", "inout", "f32", [64, 64], dense(2));
  const p = b.tensor("p", "in", "b3", [64, M], planesBlocked(2, 32)), z = b.tensor("z", "out", "i32", [], digits([bit]));
  const alpha = b.scalarParam("alpha", "f32"), mask = b.scalarParam("true", "u32"), flag = b.scalarParam("flag", "bool");
  const [g] = b.grid([["block", N]]);
  b.threads(64);
  const L = compose(spatial(8, 8), local(8, 8));
  const v = b.load({ x: window(b, y, [0, 0], [64, 64]) }, { pad: -Infinity });
  const c = b.convert({ x: v }, { layout: L });
  b.view({ x: c }, { dtype: dtype("u32"), layout: registerLayout([64, 64], [64, 64], [0], [1]) });
  const q = b.load({ x: window(b, x, [g, 0], [1, 64], [0]) }, { pad: 3 });
  b.cast({ x: b.cast({ x: q }, { to: dtype("f32") }) }, { to: dtype("i4"), rounding: "away" });
  b.load({ x: window(b, b.bits_of({ x: p }), [1, 0, 0], [1, 64, 32], [0]) }, { unpadded: true });
  const r = b.reduce_max({ x: b.add({ x: v, y: b.fill({}, { value: alpha, dtype: dtype("f32"), shape: [] }) }) }, { axis: -1, keep: false });
  const s = b.scalar({ x: b.reduce_sum({ x: r }, { axis: 0 }) });
  for (const f of [NaN, Infinity, -Infinity, -0, 1e-30, 16777217]) b.fill({}, { value: constant(f, "f32"), dtype: dtype("f32"), shape: [2] });
  b.when(scalarOp("or", scalarOp("lt", s, constant(-0.5, "f32")), flag), () => {
    b.loop("i", { from: plus(g, -1), to: scalarTo("i32", mask), step: 3, mode: { kind: "unroll" } }, (i) => {
      b.when(scalarOp("eq", scalarOp("and", mask, constant(4294967295, "u32")), scalarTo("u32", i)), () => { b.barrier({}); });
    });
  }, () => {
    b.loop("i", { to: 4, mode: { kind: "pipeline", stages: 3 } }, () => { b.store({ to: window(b, y, [0, 0], [64, 64]), x: v }); });
  });
  b.store({ to: z, x: b.fill({}, { value: constant(-7), dtype: dtype("i32"), shape: [] }) });
  return b.finish();
}

const small = fc.integer({ min: 1, max: 9 });
/** Packings of two axes, as data; most of them would collide, which text doesn't mind. */
export const packings: fc.Arbitrary<Packing> = fc.letrec<{ index: ReturnType<typeof axis>; digit: ReturnType<typeof digit>; packing: Packing }>((tie) => ({
  index: fc.oneof({ depthSize: "small" },
    fc.constantFrom(axis(0), axis(1), bit),
    fc.tuple(fc.constantFrom(axis(0), bit), fc.nat(9), small).map(([i, lo, n]) => range(i, lo, n)),
    tie("index").map(reverse), fc.array(tie("digit"), { minLength: 1, maxLength: 3 }).map(flat)),
  digit: fc.oneof({ depthSize: "small" },
    fc.tuple(tie("index"), fc.option(small, { nil: undefined }), fc.option(small, { nil: undefined })).map(([i, div, mod]) => digit(i, { ...(div ? { div } : {}), ...(mod ? { mod } : {}) })),
    fc.tuple(tie("digit"), small).map(([d, n]) => pad(d, n))),
  packing: fc.oneof({ depthSize: "small" },
    fc.constantFrom(dense(2), planes(2), planesBlocked(2, 32), planesTiled(2, 4, 32), packed(compose(spatial(4, 8), local(2, 16)))),
    fc.array(fc.oneof({ depthSize: "small" }, tie("digit"), tie("packing")), { maxLength: 4 }).map(digits),
    fc.array(tie("packing"), { minLength: 2, maxLength: 3 }).map((ps) => concatPackings(...ps)),
    fc.array(fc.record({ of: tie("packing"), at: fc.nat(64), stride: fc.option(small, { nil: undefined }) }), { minLength: 1, maxLength: 3 })
      .map((ps) => overlay(ps.map(({ of, at, stride }) => ({ of, at, ...(stride ? { stride } : {}) }))))),
})).packing;

/** i32 scalars over given symbols; small, so that nothing wraps. */
export const indices = (symbols: readonly Scalar[]): fc.Arbitrary<Scalar> => fc.letrec<{ s: Scalar }>((tie) => ({
  s: fc.oneof({ depthSize: "small", withCrossShrink: true },
    fc.constantFrom(...symbols), fc.integer({ min: -4, max: 40 }).map((n) => constant(n)),
    fc.tuple(fc.constantFrom<Op>("add", "sub", "mul", "min", "max"), tie("s"), tie("s")).map(([op, x, y]) => scalarOp(op, x, y)),
    fc.tuple(fc.constantFrom<Op>("div", "rem"), tie("s"), fc.constantFrom(1, 2, 3, 8, 32)).map(([op, x, n]) => scalarOp(op, x, constant(n)))),
})).s;
