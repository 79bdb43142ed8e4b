// Register tiles of other shapes in the language: subscripts, assignment to parts, functions that layouts have too.
import { describe, expect, test } from "vitest";
import { dtype, interpret, tileFromValues } from "../../vm/index.ts";
import { elaborate, made, wrong } from "./support.ts";

describe("register tiles", () => {
  test("are subscripted", () => {
    expect(made("let a = v[0, :]\nlet b = v[2 +: 4, 8 +: 8]\nlet c = v[3]\nlet d = v[:, :]")).toEqual([
      "a = crop(x: v, offsets: [0, 0], sizes: [1, 64], drop: [0])", "b = crop(x: v, offsets: [2, 8], sizes: [4, 8])", "c = crop(x: v, offsets: [3, 0], sizes: [1, 64], drop: [0])",
    ]);
    expect(made("unroll for i in 0..2 { acc += v[i, 32 * i +: 1] }").filter((s) => s.includes("crop"))).toHaveLength(2);
  });
  test("are changed in part", () => {
    expect(made("acc[0, :] = v[1]\nacc[2 +: 2] = 5\nacc[:, 0] *= 2")).toEqual([
      "%6 = crop(x: v, offsets: [1, 0], sizes: [1, 64], drop: [0])", "%7 = patch(x: acc, by: %6, offsets: [0, 0], sizes: [1, 64], drop: [0])", "assign(to: acc, from: %7)",
      "%8 = fill(value: f32(5), dtype: f32, shape: [])", "%9 = patch(x: acc, by: %8, offsets: [2, 0], sizes: [2, 64])", "assign(to: acc, from: %9)",
      "%10 = crop(x: acc, offsets: [0, 0], sizes: [64, 1], drop: [1])", "%11 = fill(value: f32(2), dtype: f32, shape: [])", "%12 = mul(x: %10, y: %11)", "%13 = patch(x: acc, by: %12, offsets: [0, 0], sizes: [64, 1], drop: [1])", "assign(to: acc, from: %13)",
    ].map((s) => expect.stringMatching(new RegExp(`^${s.replace(/[[\](){}+*.?^$|]/g, "\\$&").replace(/%\d+/g, "%\\d+")}$`))));
    expect(wrong("v[0] = 1")).toEqual(["N0105 v"]);
    expect(wrong("acc[n] = 1")).toEqual(["T0509 n"]);
    expect(wrong("s[0] = 1")).toEqual(["T0517 s[0]"]);
  });
  test("and layouts share functions: the first argument tells", () => {
    expect(made("let a = permute(v, [1, 0])\nlet t: f32[64, 64] @ permute(spatial(8, 8) * local(8, 8), [1, 0]) = v").map((s) => s.replace(/%\d+/g, "%"))).toEqual(["a = permute(x: v, axes: [1, 0])", "t = convert(x: v, layout: L[64, 64])"]);
    expect(made("let a = reshape(expand(v[0], shape: [2, -1]), [128])").at(-1)).toMatch(/^a = reshape\(x: %\d+, shape: \[128\]\)$/);
    expect(wrong("let a = permute(v, dims: [1, 0])")).toEqual(["N0112 dims"]);
    expect(wrong("let a = reshape(3, [3])")).toEqual(["T0402 3"]);
  });
  test("are joined, as many as there are", () => {
    expect(made("let a = concat(v, v, acc, axis: 1)").map((s) => s.replace(/%\d+/g, "%"))).toEqual(["% = concat(x: v, y: v, axis: 1)", "a = concat(x: %, y: acc, axis: 1)"]);
  });
  test("take where for select", () => {
    expect(made("let a = where(v > 0, v, -v)").at(-1)).toMatch(/^a = select\(condition: %\d+, x: v, y: %\d+\)$/);
  });
});

test("what it all comes to", () => {
  const { program, diagnostics } = elaborate(`
kernel t(x: i32[4, 6], table: i32[8], out y: i32[4, 6], out z: i32[8], out m: i32[6]) grid (g in 1) threads 8 {
  let v = load(x)
  var a = transpose(v)
  a[0] = a[5] + 100
  a[1 +: 2, 3] += 1000
  store(y, transpose(a))
  let parts = concat(v[0, 0 +: 2], v[3, 4 +: 2], where(v[1, 0 +: 4] > 7, 1, 0), axis: 0)
  store(z, lookup(table, clamp(parts, 0, 7)) + repeat(iota([2]), [4]))
  store(m, arg_max(v % 5, axis: 0, keep: false) * 10 + squeeze(reduce_sum(v, axis: [0])))
}`);
  if (!program) throw new Error(JSON.stringify(diagnostics));
  const i32 = (shape: number[], f: (i: number) => number) => tileFromValues(dtype("i32"), shape, Array.from({ length: shape.reduce((p, q) => p * q) }, (_, i) => f(i)));
  const out = interpret(program, { x: i32([4, 6], (i) => i), table: i32([8], (i) => i * i) });
  const at = (r: number, c: number): number => 6 * r + c;
  expect([...out.y.data]).toEqual([0, 1, 2, 3].flatMap((r) => [0, 1, 2, 3, 4, 5].map((c) => (c === 0 ? at(r, 5) + 100 : at(r, c) + (r === 3 && (c === 1 || c === 2) ? 1000 : 0)))));
  expect([...out.z.data]).toEqual([0, 1, 7, 7, 0, 0, 1, 1].map((c, i) => c * c + (i % 2)));
  expect([...out.m.data]).toEqual([0, 1, 2, 3, 4, 5].map((c) => {
    const column = [0, 1, 2, 3].map((r) => at(r, c) % 5);
    return column.indexOf(Math.max(...column)) * 10 + [0, 1, 2, 3].reduce((p, r) => p + at(r, c), 0);
  }));
});
