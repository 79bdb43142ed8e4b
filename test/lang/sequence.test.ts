// Sequences in the language: what their statements become, and that they are what the builder makes of the same words.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { check, load, parse } from "../../lang/index.ts";
import { dtype, interpret, kernelsOf, planSequence, print, readSequence, tileFromValues, type Sequence } from "../../vm/index.ts";

const kernels = `
kernel scale<B: int = 4>(x: f32[N], factor: f32, out y: f32[N]) grid (b in cdiv(N, B)) threads 32 {
  store(y[b * B +: B], load(x[b * B +: B]) * factor)
}
kernel cast_to<T: dtype, P: packing = dense>(x: f32[N], out y: T[N] @ P) grid (b in cdiv(N, 32)) threads 32 {
  store(y[b * 32 +: 32], load(x[b * 32 +: 32]) as T)
}
`;
const f32 = (values: readonly number[]) => tileFromValues(dtype("f32"), [values.length], [...values]);

/** The only sequence of a text with the kernels above, specialised. */
function built(text: string, params: Readonly<Record<string, unknown>> = {}): Sequence {
  const { sequences: [q], diagnostics } = load(kernels + text, { file: "s.loom" });
  expect(diagnostics).toEqual([]);
  if (!q) throw new Error("no sequence");
  return q.specialise(params);
}
const codes = (text: string): string[] => check(kernels + text, "s.loom").map((d) => d.code);
/** The lines between the braces. */
const steps = (q: Sequence): string[] => print(q).split("\n}\n")[0]?.split("\n{\n")[1]?.split("\n").map((l) => l.trim()) ?? [];

describe("steps", () => {
  test("arguments by place and by name; kernels by their parameters, each once", () => {
    const q = built("sequence s(x: f32[M], out y: f32[M]) { temp t: f32[M]; scale(x, 2, t); scale<B: 4>(y: y, x: t, factor: 3.5); scale<8>(t, 1, y) }");
    expect(steps(q)).toEqual(["run p0(x: x, factor: 2f, y: t)", "run p1(x: t, factor: 3.5f, y: y)", "run p2(x: t, factor: 1f, y: y)"]);
    expect(kernelsOf(q.steps)).toHaveLength(3); // the default and B: 4 are two, as two callers of specialise would get
    expect([...(interpret(q, { x: f32([1, 2, 3, 4, 5]) }).y?.data ?? [])]).toEqual([2, 4, 6, 8, 10]);
  });

  test("number types, packings and layouts pass through", () => {
    const q = built("sequence s<T: dtype = u3, P: packing = planes>(x: f32[N], out y: T[N] @ P) { cast_to<T, P: P>(x, y) }");
    expect(print(q)).toContain("out y: u3[N] @ planes");
    expect([...(interpret(q, { x: f32([1, 9, -3]) }).y?.data ?? [])]).toEqual([1, 7, 0]);
    expect([...(interpret(built("sequence s<T: dtype = u3>(x: f32[N], out y: T[N]) { cast_to<T>(x, y) }", { T: "i4" }), { x: f32([1, 9, -3]) }).y?.data ?? [])]).toEqual([1, 7, 13]);
  });

  test("functions hold steps, and are told where they are called", () => {
    expect(steps(built("fn two(a, b, k) { scale(a, k, b); scale(b, k, a) }\nsequence s(x: f32[N], out y: f32[N]) { temp a: f32[N]; temp b: f32[N]; scale(x, 1, a); two(a, b, 2); scale(a, 1, y) }"))).toHaveLength(4);
    const [d] = check(`${kernels}fn bad(a) { scale(a, 1, a) }\nsequence s(x: f32[N], out y: f32[N]) { scale(x, 1, y); bad(y) }`, "s.loom");
    expect([d?.code, d?.labels?.some((l) => l.message.includes("'bad'"))]).toEqual(["T0602", true]);
  });
});

describe("loops and conditions", () => {
  const text = `sequence s<FINE: bool = false>(x: f32[N], turns: i32, out y: f32[N]) {
    const K = 3
    let last = turns - 1
    require turns > 0, "a turn"
    temp a: f32[N]
    temp b: f32[N]
    scale(x, 1, a)
    for i in 0..turns {
      if i % 2 == 0 { scale(a, K * (i + 1) as f32, b) } else { scale(b, 2, a) }
    }
    if FINE { scale(a, 0, b) }
    if last % 2 == 0 { scale(b, 1, y) } else if turns > 0 { scale(a, 1, y) } else { scale(x, 1, y) }
  }`;
  test("run-time ones are the host's, compile-time ones are settled", () => {
    const q = built(text);
    expect(steps(q)[1]).toBe("for i0 in 0 .. turns step 1 {");
    expect(steps(q).join()).not.toContain("factor: 0f");
    expect(steps(built(text, { FINE: true })).join()).toContain("factor: 0f");
    expect(print(readSequence(print(q)))).toBe(print(q));
    fc.assert(fc.property(fc.integer({ min: 1, max: 9 }), (turns) => {
      let v = 1;
      for (let i = 0; i < turns; i++) v *= i % 2 === 0 ? 3 * (i + 1) : 2;
      expect([...(interpret(q, { x: f32([1, -1]), turns }).y?.data ?? [])]).toEqual([v, -v]);
    }), { numRuns: 9 });
  });
  test("unrolled loops know their numbers, and make temporaries of their own", () => {
    const q = built("sequence s(x: f32[N], out y: f32[N]) { unroll for i in 1..4 step 2 { temp t: f32[N]; scale<i>(x, i, t); scale(t, 1, y) } }");
    expect(q.temporaries.map((t) => t.name)).toEqual(["t", "t_2"]);
    expect(kernelsOf(q.steps).map((k) => k.grid.map((g) => print({ ...k, body: [], grid: [g] }).match(/g0 < (.*)/)?.[1]))).toHaveLength(3);
    expect(planSequence(q, new Map([["N", 5]])).map((s) => s.scalars.factor)).toEqual([1, 1, 3, 1]);
  });
});

describe("mistakes", () => {
  test("what is wrong in a kernel for these parameters names the step", () => {
    const text = "kernel picky<B: int>(x: f32[N], out y: f32[N]) grid (b in 1) threads 32 { require B % 4 == 0, \"whole vectors\"\n store(y[0 +: B], load(x[0 +: B])) }\nsequence s(x: f32[N], out y: f32[N]) {\n  picky<6>(x, y)\n}";
    const { sequences: [q] } = load(text, { file: "s.loom" }), [d] = q?.elaborate({}).diagnostics ?? [];
    expect(d?.code).toBe("T0103");
    expect(d?.data.labels?.map((l) => [text.slice(l.span.start, l.span.end), l.message])).toEqual([["picky<6>(x, y)", "in this step, which runs 'picky'"]]);
  });
  test.each([
    ["sequence s(x: f32[N], out y: f32[N]) { scale<2>(x, 1, y) }", []],
    ["sequence s(x: f32[N], out y: f32[N]) scale(x, 1, y)", ["S0002"]],
    ["sequence s(x: f32[N], out y: f32[N]) {\n scale<2>(x, 1, y\n scale(x, 1, y) }", ["S0003", "S0002"]],
    ["sequence s(x: f32[N], out y: f32[N]) {\n scale<2, (x, 1, y)\n scale(x, 1, y) }", ["S0002"]],
    ["sequence s(x: f32[N], out y: f32[N]) {\n temp t\n scale(x, 1, y) }", ["S0002"]],
    ["sequence s(x: f32[N], out y: f32[N]) {\n temp t: f32\n scale(x, 1, y) }", ["T0512"]],
    ["sequence s(x: f32[N], out y: f32[N]) {\n temp x: f32[N]\n scale(x, 1, y) }", []], // hides the parameter: a block of its own
    ["sequence s(x: f32[N], out y: f32[N]) { scale(x, 1, y)\n while true { } }", ["T0606"]],
    ["sequence s(x: f32[N], out y: f32[N]) { scale(x, 1, y)\n var t = 0 }", ["T0606"]],
    ["sequence s(x: f32[N], out y: f32[N]) { scale(x, true, y) }", ["T0303"]],
    ["sequence s(x: f32[N], k: i32, out y: f32[N]) { scale(x, k, y) }", ["T0303"]],
    ["sequence scale(x: f32[N], out y: f32[N]) { }", ["N0102"]],
  ])("%s", (text, want) => expect([...new Set(codes(text))]).toEqual(text.includes("temp x") ? ["T0603"] : want));

  test("a bad word in a sequence costs no other", () => {
    expect(codes("sequence s(x: f32[N], out y: f32[N]) {\n  scale(x, 1, yy)\n  scale(zz, 1, y)\n}")).toEqual(["N0101", "N0101"]);
  });
  test("temp and sequence: one is a name elsewhere, one is not", () => {
    expect(codes("kernel k(x: f32[N], out y: f32[N]) grid (b in 1) threads 32 { let temp = load(x[0 +: 4])\n store(y[0 +: 4], temp) }")).toEqual([]);
    expect(parse("const sequence = 1", "s.loom").diagnostics.map((d) => d.code)).toEqual(["S0008"]);
  });
});

test("sequences and kernels of another file", () => {
  const importer = (path: string) => (path === "other.loom" ? { source: `${kernels}sequence whole(x: f32[N], out y: f32[N]) { scale(x, 5, y) }`, file: "other.loom" } : undefined);
  const { sequences, diagnostics } = load("import {scale, whole} from \"other.loom\"\nsequence s(x: f32[N], out y: f32[N]) { scale<2>(x, 4, y) }", { file: "s.loom", importer });
  expect(diagnostics).toEqual([]);
  expect(sequences.map((q) => [q.name, ...(interpret(q.specialise({}), { x: f32([1]) }).y?.data ?? [])])).toEqual([["whole", 5], ["s", 4]]);
});
