// The examples that multiply integers, on published products: factors, scales of 1 and no bias in, the published integer out.
import { expect, test } from "vitest";
import { example as abq } from "../../examples/abq_gemm/abq_gemm.ts";
import { example as apt } from "../../examples/apt_gemm/apt_gemm.ts";
import { example as orders } from "../../examples/tile_of_planes/tile_of_planes.ts";
import type { Example } from "../../examples/example.ts";
import { dtype, interpret, tileFromCodes, type Tile } from "../../vm/index.ts";
import { vectors } from "../support/vectors.ts";

interface Published { n: number; m: number; K: number; a: number[]; b: number[]; unsigned: number; bipolar: number; twos_complement: number; unsigned_a_x_bipolar_b: number; twos_a_x_bipolar_b: number; za: number; zb: number; zero_point: number }
const { cases } = vectors<{ cases: Published[] }>("btc/dot_products");

const floats = (shape: readonly number[], value: number): Tile => ({ dtype: dtype("f32"), shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value) });
const codes = (type: string, shape: readonly number[], of: readonly number[]): Tile => tileFromCodes(dtype(type), shape, of);

/** The one element of the only output. */
function answer(e: Example, params: Record<string, unknown>, inputs: Record<string, Tile>): number {
  const [out] = Object.values(interpret(e.kernel.specialise(params), inputs));
  return out?.data[0] ?? NaN;
}

/** What each kind of factors gives; a two's complement number has two bits or more. */
const kinds = (c: Published): readonly (readonly [a: string, b: string, want: number])[] =>
  ([["u", "u", c.unsigned], ["b", "b", c.bipolar], ["i", "i", c.twos_complement], ["u", "b", c.unsigned_a_x_bipolar_b], ["i", "b", c.twos_a_x_bipolar_b]] as const)
    .filter(([a, b]) => !(a === "i" && c.n === 1) && !(b === "i" && c.m === 1)).map(([a, b, want]) => [`${a}${c.n}`, `${b}${c.m}`, want]);

test.each(cases.map((c) => [`${c.n} × ${c.m} bits, K = ${c.K}`, c] as const))("%s", (_, c) => {
  const { K } = c, shape = [1, K];
  for (const [A, W, want] of kinds(c)) {
    const x = codes(A, shape, c.a), w = codes(W, shape, c.b);
    for (const OUTSIDE of [0, 1, 2]) expect(answer(orders, { K, A, W, OUTSIDE }, { x, w }), `${A} × ${W}, ${OUTSIDE} outside`).toBe(want);
    for (const G of [K, 32]) {
      const ones = floats([1, Math.ceil(K / G)], 1);
      expect(answer(apt, { K, A, W, G, BM: 1 }, { x, w, sx: ones, sw: ones, bias: floats([1], 0) }), `${A} × ${W}, groups of ${G}`).toBe(want);
    }
  }
  const A = `u${c.n}`, W = `u${c.m}`, one = floats([1, 1], 1), given = { x: codes(A, shape, c.a), w: codes(W, shape, c.b), sx: one, sw: one, bias: floats([1], 0) };
  expect(answer(abq, { K, A, W }, { ...given, zx: codes(A, [1, 1], [c.za]), zw: codes(W, [1, 1], [c.zb]) })).toBe(c.zero_point);
  expect(answer(abq, { K, A, W }, { ...given, zx: codes(A, [1, 1], [0]), zw: codes(W, [1, 1], [0]) })).toBe(c.unsigned);
});
