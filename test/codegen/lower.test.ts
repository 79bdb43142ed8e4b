// Lowering under the microscope: small Programs that once went wrong or easily could, on the loop form against the interpreter.
import { expect, test } from "vitest";
import { baseTarget } from "../../codegen/index.ts";
import { axis, bit, columnLocal, compose, dense, digits, local, packed, planes, spatial, type Packing, type RegisterLayout } from "../../layout/index.ts";
import { builder, constant, dtype, tileFromCodes, tileFromValues, type Builder, type Value } from "../../vm/index.ts";
import { byEvaluator, byInterpreter, difference, wgslOf, type Case } from "../conformance/engines.ts";

const agrees = (c: Case, target = baseTarget): void => { expect(difference(c, byInterpreter(c), byEvaluator(c, target), "the loop form")).toBeUndefined(); };
const shared = (b: Builder, type: string, shape: readonly number[]): Value => {
  const s = b.inst("shared", {}, { dtype: dtype(type), shape });
  if (!s || !("space" in s)) throw new Error("no tile");
  return s;
};
const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => (i * 7) % 23);

test("a converted tile keeps its values when the memory it came from is overwritten", () => {
  const b = builder("kept"), x = b.tensor("x", "in", "i32", [8, 4], dense(2)), y = b.tensor("y", "out", "i32", [16, 4], dense(2));
  b.grid([["g", 1]]);
  b.threads(8);
  const s = shared(b, "i32", [8, 4]);
  b.store({ to: s, x: b.load({ x }) });
  b.barrier({});
  const c = b.convert({ x: b.load({ x: s }) }, { layout: compose(spatial(8, 1), columnLocal(1, 4)) });
  const rows = (at: number) => b.slice({ x: y }, { offsets: [constant(at), constant(0)], sizes: [constant(8), constant(4)] });
  b.store({ to: rows(0), x: b.add({ x: c, y: 1 }) });
  b.barrier({});
  b.store({ to: s, x: b.fill({}, { value: constant(99), dtype: dtype("i32"), shape: [8, 4] }) });
  b.barrier({});
  b.store({ to: rows(8), x: b.add({ x: c, y: 2 }) });
  agrees({ program: b.finish(), inputs: { x: tileFromValues(dtype("i32"), [8, 4], numbers(32)) }, dims: {} });
});

test("a variable that reads its own other slots is read whole before it is written", () => {
  const l = local(1, 4), b = builder("turned"), x = b.tensor("x", "in", "i32", [1, 4], dense(2)), y = b.tensor("y", "out", "i32", [1, 4], dense(2));
  b.grid([["g", 1]]);
  b.threads(1);
  const v = b.inst("var", { init: b.load({ x }) }, { dtype: dtype("i32"), shape: [1, 4], layout: l });
  if (!v || !("space" in v)) throw new Error("no tile");
  // The same slots, as [2, 2] the other way round: slot 1 becomes slot 2.
  const words = b.view({ x: b.convert({ x: v }, { layout: l }) }, { dtype: dtype("i32"), layout: columnLocal(2, 2) });
  const turned = b.view({ x: b.convert({ x: words }, { layout: local(2, 2) }) }, { dtype: dtype("i32"), layout: l });
  b.assign({ to: v, from: turned });
  b.store({ to: y, x: b.add({ x: v, y: 0 }) });
  agrees({ program: b.finish(), inputs: { x: tileFromValues(dtype("i32"), [1, 4], [1, 2, 3, 4]) }, dims: {} });
});

test("reads past a padded axis take the pads, whose fields lie at other places than the tensor's own", () => {
  // Once addresses were made for 3 columns and asked for 8: 6-bit fields of columns 5 and on straddle words.
  const b = builder("pads"), x = b.tensor("x", "in", "u6", [4, 3], planes(2)), y = b.tensor("y", "out", "i32", [4, 8], dense(2));
  b.grid([["g", 1]]);
  b.threads(4);
  const window = b.slice({ x }, { offsets: [constant(-1), constant(0)], sizes: [constant(4), constant(8)] });
  b.store({ to: y, x: b.cast({ x: b.load({ x: window }) }, { to: dtype("i32") }) });
  agrees({ program: b.finish(), inputs: { x: tileFromCodes(dtype("u6"), [4, 3], numbers(12)) }, dims: {} });
});

test("the tail of a plane is moved as whole words", () => {
  const b = builder("tail"), x = b.tensor("x", "in", "u3", [2, 200], planes(2)), y = b.tensor("y", "out", "i32", [2, 256], dense(2));
  b.grid([["g", 1]]);
  b.threads(16);
  const s = shared(b, "u1", [3, 2, 256]);
  b.copy({ from: b.slice({ x: b.bits_of({ x }) }, { offsets: [0, 0, 0].map((n) => constant(n)), sizes: [3, 2, 256].map((n) => constant(n)) }), to: s });
  b.barrier({});
  b.store({ to: y, x: b.cast({ x: b.load({ x: b.slice({ x: s }, { offsets: [2, 0, 0].map((n) => constant(n)), sizes: [1, 2, 256].map((n) => constant(n)), drop: [0] }) }) }, { to: dtype("i32") }) });
  const c: Case = { program: b.finish(), inputs: { x: tileFromCodes(dtype("u3"), [2, 200], numbers(400).map((n) => n % 8)) }, dims: {} };
  agrees(c);
  expect(wgslOf(c.program, baseTarget).split("\n").length).toBeLessThan(120);
});

test("a reduction over lanes and the rest of the block", () => {
  for (const subgroup of [undefined, 4, 8, 16]) {
    const b = builder("sum"), x = b.tensor("x", "in", "i32", [3, 48], dense(2)), y = b.tensor("y", "out", "i32", [3, 1], dense(2));
    b.grid([["g", 1]]);
    b.threads(48);
    b.store({ to: y, x: b.reduce_sum({ x: b.load({ x }) }, { axis: 1 }) });
    agrees({ program: b.finish(), inputs: { x: tileFromValues(dtype("i32"), [3, 48], numbers(144)) }, dims: {} }, { ...baseTarget, ...(subgroup ? { subgroup } : {}) });
  }
});

test("threads that share words exchange elements, and then own them; where no layout gives whole words it is atomics", () => {
  const write = (type: string, shape: readonly [number, number], threads: number, layout: RegisterLayout, packing: Packing, held = true): Case => {
    const b = builder("narrow"), x = b.tensor("x", "in", type, shape, dense(2)), y = b.tensor("y", "out", type, shape, packing);
    b.grid([["g", 1]]);
    b.threads(threads);
    // Held in registers; what is made of memory alone any thread can make that owns the word.
    const d = dtype(type), v = b.convert({ x: b.load({ x }, { pad: 1 }) }, { layout });
    b.store({ to: y, x: held ? b.var({ init: v }, { dtype: d, shape: [...shape] }) : v });
    return { program: b.finish(), inputs: { x: tileFromCodes(d, shape, numbers(shape[0] * shape[1]).map((n) => n % 2 ** d.bits)) }, dims: {} };
  };
  const cyclic8 = compose(local(2, 8), spatial(2, 4));
  const cyclic = compose(local(2, 4), spatial(2, 8)), L = compose(spatial(2, 8), local(2, 4));
  for (const [c, atomics] of [
    [write("u4", [4, 32], 16, cyclic, dense(2)), false], // words of eight neighbours
    [write("u3", [4, 32], 16, cyclic, dense(2)), false], // three words of a row
    [write("b1", [4, 32], 16, cyclic, planes(2)), false],
    [write("u4", [4, 32], 16, cyclic, packed(L)), false], // the layout that the packing was made for
    [write("u8", [4, 3], 6, compose(local(2, 1), spatial(2, 3)), digits([axis(1), axis(0), bit])), false], // columns
    [write("u3", [4, 32], 8, cyclic8, dense(2), false), false], // read anew by the threads that own the words, without any room
    [write("u4", [3, 5], 15, spatial(3, 5), dense(2)), true], // seven and a half words, no row of them whole
  ] as const) {
    agrees(c);
    agrees(c, { ...baseTarget, staticAccesses: 4 });
    expect(wgslOf(c.program, baseTarget).includes("atomic")).toBe(atomics);
    if (c.program.threads === 8) expect(wgslOf(c.program, { ...baseTarget, workgroupBytes: 64 })).not.toMatch(/atomic|workgroup>/);
    // Without room to exchange there are atomics again.
    if (c.program.threads === 16) expect(wgslOf(c.program, { ...baseTarget, workgroupBytes: 64 }).includes("atomic")).toBe(true);
  }
});
