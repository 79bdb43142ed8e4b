// Loops whose number of turns drivers aren't told: they compute what they did, and registers stay registers.
import { expect, test } from "vitest";
import { baseTarget, type Target } from "../../codegen/index.ts";
import { load } from "../../lang/index.ts";
import { dtype, tileFromValues, type Program } from "../../vm/index.ts";
import { byEvaluator, byInterpreter, difference, wgslOf, type Case } from "../conformance/engines.ts";

const told: Target = { ...baseTarget, staticAccesses: 56 }, hidden: Target = { ...told, unrolls: 32 };

function programOf(source: string): Program {
  const { kernels: [kernel], diagnostics } = load(source, { file: "turns.loom" });
  expect(diagnostics).toEqual([]);
  return kernel.specialise({});
}

const numbers = (shape: readonly number[]) => tileFromValues(dtype("f32"), shape, Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => ((i * 7) % 23) - 11));
const agrees = (c: Case, target: Target): void => { expect(difference(c, byInterpreter(c), byEvaluator(c, target), "the loop form")).toBeUndefined(); };

const product = programOf(`kernel product(a: f32[M, K], b: f32[K, N], out c: f32[M, N]) grid (bn in cdiv(N, 16), bm in cdiv(M, 16)) threads 16 {
  shared sa: f32[16, 16]
  shared sb: f32[16, 16]
  var acc: f32[16, 16] = 0
  for k in 0..K step 16 {
    copy(a[bm * 16 +: 16, k +: 16], to: sa)
    copy(b[k +: 16, bn * 16 +: 16], to: sb)
    barrier()
    acc += dot(sa, sb)
    barrier()
  }
  store(c[bm * 16 +: 16, bn * 16 +: 16], acc)
}`);

test("loops with many accesses end where no driver can tell, and compute the same", () => {
  const c: Case = { program: product, inputs: { a: numbers([19, 33]), b: numbers([33, 21]) }, dims: { M: 19, K: 33, N: 21 } };
  for (const target of [told, hidden, { ...hidden, staticAccesses: 8 }]) agrees(c, target);
  const text = wgslOf(product, hidden);
  expect(text).toContain("let none = i32(groups.x >> 31u);");
  expect(text).toMatch(/for \(var k_1 = 0; k_1 < 16 \+ none; k_1\+\+\)/);
  // What brings a tile does so in turns of few accesses.
  expect(text).toMatch(/for \(var s = 0; s < \d+ \+ none; s\+\+\) {\n[^}]*sa\[/);
  expect(wgslOf(product, told)).not.toContain("none");
});

test("a tile that is stored in such a loop is copied for that: the sum itself stays in registers", () => {
  const text = wgslOf(product, hidden), copied = text.indexOf("acc[0] = acc_0;");
  expect(text).toMatch(/acc_0 [+]=|acc_0 = fma/);
  expect(copied).toBeGreaterThan(text.lastIndexOf("workgroupBarrier"));
  expect(text.slice(0, copied)).not.toMatch(/acc\[(?!0\] = acc_0)/);
});

test("short loops, and loops that no driver writes out, say how many turns they have", () => {
  const few = programOf("kernel few(x: f32[8, 64], out y: f32[8, 64]) grid (b in 1) threads 64 { for i in 0..2 { store(y[i +: 1, :], load(x[i +: 1, :])) } }");
  expect(wgslOf(few, hidden)).toMatch(/< 2; i/);
  const many = programOf("kernel many(x: f32[64, 64], out y: f32[64, 64]) grid (b in 1) threads 64 { for i in 0..64 { store(y[i +: 1, :], load(x[i +: 1, :])) } }");
  expect(wgslOf(many, hidden)).toMatch(/< 64; i/);
});

test("a name of the user's is not taken for the end of a loop", () => {
  const p = programOf(`kernel sums(x: f32[8, 64], out y: f32[64]) grid (b in 1) threads 64 {
  var sum: f32[64] = 0
  for i in 0..8 {
    let none = load(x[i +: 1, :])
    sum += reshape(none * none, [64])
    barrier()
  }
  store(y, sum)
}`);
  agrees({ program: p, inputs: { x: numbers([8, 64]) }, dims: {} }, hidden);
  expect(wgslOf(p, hidden)).toMatch(/i < 8 \+ none;/);
  expect(wgslOf(p, hidden).match(/let none\b/g)).toHaveLength(1);
});

test("where an array aligns what else the driver keeps, kernels with loops have one, which no driver knows to be 0", () => {
  const aligned: Target = { ...hidden, arrayAligns: true }, text = wgslOf(product, aligned), blocks = text.match(/let b[mn] = .*/g);
  expect(text).toContain("var frame = array<i32, 2>(i32(block >> 31u), 0);");
  expect(blocks?.map((line) => line.includes("frame[groups.x >> 31u]"))).toEqual([true, false]);
  const one = programOf("kernel one(x: f32[8, 64], out y: f32[8, 64]) grid (b in 8) threads 64 { for i in 0..64 { store(y[b +: 1, i +: 1], load(x[b +: 1, i +: 1])) } }");
  expect(wgslOf(one, aligned)).toMatch(/@builtin\(num_workgroups\) groups[^]*var frame = array<i32, 2>\(i32\(group\.x >> 31u\), 0\);.*\n *let b = i32\(group\.x\) \+ frame\[groups\.x >> 31u\];/);
  const straight = programOf("kernel straight(x: f32[8, 64], out y: f32[8, 64]) grid (b in 8) threads 64 { store(y[b +: 1, :], load(x[b +: 1, :])) }");
  for (const without of [wgslOf(straight, aligned), wgslOf(product, hidden)]) expect(without).not.toContain("frame");
});
