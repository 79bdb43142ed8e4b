// Loops, jumps, numbers of the block, functions and tuples: which of it happens while the kernel is elaborated, and what is built.
import { describe, expect, test } from "vitest";
import { check } from "../../lang/index.ts";
import { elaborate, made, wrong } from "./support.ts";

describe("numbers of the block", () => {
  test.each<[string, readonly string[]]>([
    ["var i: i32 = 0", ["s0 = scalar_var(init: 0)"]],
    ["var f: f32 = 2", ["s0 = scalar_var(init: f32(2))"]],
    ["var u: u32 = 7", ["s0 = scalar_var(init: u32(7))"]],
    ["var b = n > 3", ["s0 = scalar_var(init: (n > 3))"]],
    ["let d: i32 = n * 2; var i = d", ["s0 = scalar_var(init: (n * 2))"]],
    ["var i = 0; i += n; i = i * i", ["s0 = scalar_var(init: 0)", "s1 = scalar_get(of: i)", "scalar_set(to: i, value: (i + n))", "s2 = scalar_get(of: i)", "scalar_set(to: i, value: (i * i))"]],
  ])("%s", (body, expected) => { expect(made(body)).toEqual(expected); });

  test("a let keeps what one holds; reading it again makes no second scalar", () => {
    expect(made("var i = 0; let a = i; let b = i; i = 5; let c = a + b; store(r[i +: 1], fill(c, dtype: i32, shape: [1]))").filter((s) => s.includes("scalar"))).toEqual([
      "s0 = scalar_var(init: 0)", "s1 = scalar_get(of: i)", "scalar_set(to: i, value: 5)", "s2 = scalar_get(of: i)",
    ]);
  });
});

describe("loops and jumps", () => {
  test("while evaluates its condition in every round", () => {
    expect(made("var i = 0\nwhile 0 <= i < n { if i == 7 { break }; i += 1 }")).toEqual([
      "s0 = scalar_var(init: 0)",
      "while", "  s1 = scalar_get(of: i)", "so long as ((0 <= i) & (i < n))",
      "  if (i == 7)", "    break", "  scalar_set(to: i, value: (i + 1))",
    ]);
  });
  test.each<[string, readonly string[]]>([
    ["if n > 3 { return }", ["if (n > 3)", "  return"]],
    ["for i in 0..n { if i == 3 { continue } else { break } }", ["for i in 0..n step 1 plain", "  if (i == 3)", "    continue", "  else", "    break"]],
    ["while false { nonsense() }", ["while", "so long as false"]],
    ["unroll for i in 0..9 { if i == 2 { continue }; if i == 4 { break }; count += i }", [0, 1, 3].flatMap((i) => [`%${17 + 2 * [0, 1, 3].indexOf(i)} = fill(value: f32(${i}), dtype: i32, shape: [])`, `%${18 + 2 * [0, 1, 3].indexOf(i)} = add(x: count, y: %${17 + 2 * [0, 1, 3].indexOf(i)})`, `assign(to: count, from: %${18 + 2 * [0, 1, 3].indexOf(i)})`])],
    ["unroll for i in 0..4 { if i == 1 { return }; barrier() }", ["barrier()", "return"]],
    ["for w in [f16, u3, f32] { if is_float(w) { barrier() } }", ["barrier()", "barrier()"]],
  ])("%s", (body, expected) => { expect(made(body)).toEqual(expected); });
  test.each<[string, readonly string[]]>([
    ["break", ["S0023 break"]], ["for i in 0..n { fill(0, dtype: f32, shape: [1]); break; barrier() }", ["S0024 barrier()"]],
    ["unroll for i in 0..2 { if n > i { continue } }", ["R0314 continue"]],
    ["for w in 7 { }", ["T0402 7"]], ["pipeline(2) for w in [1, 2] { }", ["R0306 pipeline(2)"]], ["for w in [1, 2] step 2 { }", ["T0104 2"]],
    ["return 3", ["T0522 3"]], ["while v { }", ["R0313 v"]], ["while 3 { }", ["T0402 3"]],
    ["var i = 0; i = v", ["R0316 v"]], ["var b = true; b = 1", ["T0515 1"]], ["var i: i32", ["T0521 var i: i32"]], ["var i: u3 = 1", ["T0512 u3"]],
    ["if true { return }; nonsense()", []],
  ])("%s", (body, expected) => { expect(wrong(body)).toEqual(expected); });
});

/** Mistakes of a kernel after some functions. */
const withFunctions = (functions: string, body: string) => elaborate(`${functions}\nkernel t(x: f32[64], n: i32, out y: f32[64]) grid (g in 4) threads 64 {\n  let v = load(x)\n${body}\n}`);

describe("functions", () => {
  test("a return in an arm that is known ends the function", () => {
    const { program, diagnostics } = withFunctions("fn pick(v, k) { if k == 0 { return v }\nunroll for i in 1..4 { if i == k { return v * i } }\nreturn nonsense(v) }", "store(y, pick(v, 0) + pick(v, 3))");
    expect(diagnostics).toEqual([]);
    expect(program?.body.flatMap((s) => (s.kind === "inst" ? [s.name] : []))).toEqual(["load", "fill", "mul", "add", "store"]);
  });
  test("several results go through tuples, with compile-time values among them", () => {
    const { program, diagnostics } = withFunctions("fn both(v, k) = (v * k, k, [k, f16])", "let (a, k, rest) = both(v, 2)\nrequire k == 2 && rest[1] == f16\nlet pair = (a, v)\nlet (b, c) = pair\nstore(y, b + c)");
    expect(diagnostics).toEqual([]);
    expect([...(program?.names.values() ?? [])]).toContain("a");
  });
  test("a tuple keeps what a variable holds, as let does", () => {
    const { program } = withFunctions("", "var a = v\nlet (b, c) = (a, n)\na = a * 2\nstore(y, b * (c as f32))");
    expect(program?.body.flatMap((s) => (s.kind === "inst" ? [s.name] : []))).toContain("cast");
  });
  test("an error inside says where the calls are", () => {
    const { diagnostics: [d] } = withFunctions("fn inner(v) { let a = v + nothing\nreturn a }\nfn outer(v) = inner(v) * 2", "let a = outer(v)");
    expect([d.code, ...(d.labels ?? []).map((l) => l.message)]).toEqual(["N0101", "in this call of 'inner'", "in this call of 'outer'"]);
  });
  test("no recursion", () => {
    expect(withFunctions("fn f(k) { if k == 0 { return 1 }\nreturn f(k - 1) }", "let a = f(3)").diagnostics.map((d) => d.message)).toEqual(["'f' calls itself"]);
    expect(withFunctions("fn f(k) = g(k)\nfn g(k) = f(k)", "let a = f(3)").diagnostics.map((d) => d.message)).toEqual(["'f' calls itself: f → g → f"]);
  });
  test("jumps belong to the loop they stand in, not to one around the call", () => {
    expect(withFunctions("fn leave(v) { for i in 0..3 { break }\nreturn v }", "for i in 0..n { store(y, leave(v)) }").diagnostics).toEqual([]);
    expect(withFunctions("fn leave(v) { break }", "for i in 0..n { leave(v) }").diagnostics.map((d) => d.code)).toEqual(["S0023"]);
  });
});

test("assume is a fact from there on, and false ones are told", () => {
  expect(made("assume(n < 4, \"few\")")).toEqual(["assume(condition: (n < 4), why: few)"]);
  expect(wrong("assume(1 > 2, \"never\")")).toEqual(["T0103 assume(1 > 2, \"never\")"]);
  expect(wrong("assume(v > 2)")).toEqual(["T0402 v > 2"]);
  expect(check("kernel k(x: f32[N], out y: f32[N]) grid (g in 1) threads 64 { assume(N == 64); store(y[0 +: 64], load(x[0 +: 64])) }", "k.loom")).toEqual([]);
});
