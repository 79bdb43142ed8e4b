// Loops, jumps and variables of the block: what they mean, that passes and texts keep it, and what the verifier says of them.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { baseTarget, compileProgram } from "../../codegen/index.ts";
import { dense } from "../../layout/index.ts";
import { builder, constant, decompose, dtype, fold, infer, interpret, print, read, scalarOp, tileFromValues, verify, type Builder, type Program, type Scalar, type Value } from "../../vm/index.ts";
import { byEvaluator, byInterpreter } from "../conformance/engines.ts";
import { CELLS, code, programOf, runCode } from "./control-random.ts";

const start = fc.array(fc.integer({ min: -5, max: 12 }), { minLength: CELLS, maxLength: CELLS });
const run = (p: Program, x: readonly number[]): number[] => Array.from(interpret(p, { x: tileFromValues(dtype("i32"), [CELLS], x) }).y.data);

describe("random control flow", () => {
  test("means what a few lines of JavaScript say", () => {
    fc.assert(fc.property(code, start, (c, x) => { expect(run(programOf(c), x)).toEqual(runCode(c, x)); }), { numRuns: 200 });
  });

  test("keeps its meaning through text, passes and the loop form, and has no mistakes", () => {
    fc.assert(fc.property(code, start, (c, x) => {
      const p = programOf(c), want = runCode(c, x);
      expect(errors(p).map((d) => d.message)).toEqual([]);
      expect(print(read(print(p)))).toBe(print(p));
      const folded = fold(p);
      expect(errors(folded).map((d) => d.message)).toEqual([]);
      expect(run(folded, x)).toEqual(want);
      expect(run(infer(decompose(folded)).program, x)).toEqual(want);
      const on = { program: p, inputs: { x: tileFromValues(dtype("i32"), [CELLS], x) }, dims: {} };
      expect(byEvaluator(on, baseTarget).y).toEqual(byInterpreter(on).y);
    }), { numRuns: 60 });
  });
});

/** A kernel of four blocks with a shared tile. */
function kernel(body: (b: Builder, k: { x: Value; s: Value; y: Value; n: Scalar }) => void): Program {
  const b = builder("k"), x = b.tensor("x", "in", "f32", [64], dense(1)), y = b.tensor("y", "out", "f32", [64], dense(1)), n = b.scalarParam("n", "i32");
  b.threads(32);
  const s = b.shared({}, { dtype: dtype("f32"), shape: [64] });
  body(b, { x, s, y, n });
  return b.finish();
}
const errors = (p: Program) => verify(p).filter((d) => d.severity === "error");
const codesOf = (p: Program): string[] => errors(p).map((d) => d.code);
const lt = (x: Scalar, y: Scalar | number): Scalar => scalarOp("lt", x, typeof y === "number" ? constant(y) : y);

describe("races around loops and jumps", () => {
  const round = (more: (b: Builder, k: Parameters<Parameters<typeof kernel>[0]>[1]) => void) => kernel((b, k) => {
    const i = b.cell("i", constant(0));
    b.store({ to: k.s, x: b.load({ x: k.x }) });
    b.barrier({});
    b.while(() => lt(b.get(i), k.n), () => { b.set(i, scalarOp("add", b.get(i), constant(1))); more(b, k); });
  });
  const use = (b: Builder, k: { s: Value }): Scalar => b.scalar({ x: b.reduce_sum({ x: b.load({ x: k.s }) }, { axis: 0 }) });
  test("a round that ends without a barrier meets the next one", () => {
    expect(codesOf(round((b, k) => { use(b, k); b.barrier({}); b.store({ to: k.s, x: b.load({ x: k.x }) }); }))).toEqual(["R0401"]);
    expect(codesOf(round((b, k) => { use(b, k); b.barrier({}); b.store({ to: k.s, x: b.load({ x: k.x }) }); b.barrier({}); }))).toEqual([]);
  });
  test("continue skips a barrier, too", () => {
    expect(codesOf(round((b, k) => { use(b, k); b.barrier({}); b.store({ to: k.s, x: b.load({ x: k.x }) }); b.when(lt(k.n, 3), () => b.jump("continue")); b.barrier({}); }))).toEqual(["R0401"]);
  });
  test("what break leaves behind meets what follows the loop", () => {
    const after = (barrier: boolean): Program => kernel((b, k) => {
      b.store({ to: k.s, x: b.load({ x: k.x }) });
      b.loop("i", { to: k.n }, () => { b.barrier({}); b.store({ to: k.s, x: b.load({ x: k.x }) }); b.when(lt(k.n, 3), () => b.jump("break")); b.barrier({}); });
      if (barrier) b.barrier({});
      use(b, k);
    });
    expect(codesOf(after(false))).toEqual(["R0401"]);
    expect(codesOf(after(true))).toEqual([]);
  });
  test("behind a return nobody meets anybody", () => {
    const p = (jump: boolean): Program => kernel((b, k) => {
      b.store({ to: k.s, x: b.load({ x: k.x }) });
      b.barrier({});
      b.when(lt(k.n, 3), () => { use(b, k); if (jump) b.jump("return"); });
      b.store({ to: k.s, x: b.load({ x: k.x }) });
    });
    expect(codesOf(p(true))).toEqual([]);
    expect(codesOf(p(false))).toEqual(["R0401"]);
  });
});

describe("the form of Programs", () => {
  const text = (body: string): Program => read(`program p\nin %0 x: i32[4] @ dense\nscalar n: i32\nthreads 32\n{\n${body}\n}\n`);
  test.each([
    ["break", ["S0023"]], ["continue", ["S0023"]], ["return", []],
    ["return\nbarrier()", ["S0024"]],
    ["while {\nbreak\n} true {\nbreak\n}", ["S0023"]],
    ["while {\n} true {\nbarrier()\n}", ["R0318"]],
    ["while {\n} true {\nif (n < 3) {\nbreak\n}\n}", []],
    ["while {\n} (n < 3) {\nfor i0 in 0 .. 3 step 1 {\nbreak\n}\n}", ["R0318"]],
    ["s0: i32 = scalar_var(init: 0)\nwhile {\ns1: i32 = scalar_get(of: s0)\n} (s1 < n) {\nbarrier()\n}", ["R0318"]],
    ["s0: i32 = scalar_var(init: 0)\nif (s0 < 3) {\n}", ["T0304"]],
    ["s0: bool = scalar_var(init: true)\nif s0 {\n}", ["T0304"]],
    ["s0: i32 = scalar_var(init: 0)\n%1: i32[] = fill(value: s0, dtype: i32, shape: [])", ["T0304"]],
  ] as const)("%s", (body, codes) => { expect(codesOf(text(body))).toEqual(codes); });
  test("a variable has a type that doesn't change", () => {
    expect(() => text("s0: i32 = scalar_var(init: 0)\nscalar_set(to: s0, value: 0.5f)")).toThrow("the variable is i32, its new value f32");
    expect(() => text("s0: i32 = scalar_get(of: n)")).toThrow("no scalar variable");
  });
});

describe("what folding knows", () => {
  const folded = (body: (b: Builder, n: Scalar) => void): string => { const b = builder("k"), n = b.scalarParam("n", "i32"); b.threads(1); body(b, n); return print(fold(b.finish())); };
  test("after a jump under a condition the condition is false", () => {
    expect(folded((b, n) => { b.when(lt(n, 4), () => b.jump("return")); b.when(lt(n, 3), () => { b.barrier({}); }); })).not.toContain("barrier");
  });
  test("what is assumed", () => {
    const text = folded((b, n) => { b.assume({}, { condition: lt(n, 4), why: "small" }); b.when(lt(n, 9), () => { b.barrier({}); }); });
    expect(text).toContain("  barrier()");
    expect(text).not.toMatch(/if|assume/);
  });
  test("a loop of one round that may be left early stays a loop", () => {
    expect(folded((b, n) => b.loop("i", { to: 1 }, () => { b.when(lt(n, 4), () => b.jump("break")); b.barrier({}); }))).toContain("for i0");
  });
  test("nothing follows a jump that is always taken", () => {
    expect(folded((b) => { b.when(lt(b.get(b.cell("c", constant(1))), 4), () => b.jump("return"), () => b.jump("return")); })).toContain("return");
  });
});

test("the interpreter checks what is assumed", () => {
  const p = kernel((b, k) => { b.assume({}, { condition: lt(k.n, 4), why: "few rows" }); b.store({ to: k.y, x: b.load({ x: k.x }) }); });
  const x = tileFromValues(dtype("f32"), [64], new Array<number>(64).fill(1));
  expect(interpret(p, { x, n: 3 }).y.data[0]).toBe(1);
  expect(() => interpret(p, { x, n: 4 })).toThrow("an assumption doesn't hold: few rows");
  expect(compileProgram(p, baseTarget).wgsl).not.toMatch(/params\.n|if \(/);
});
