// What statements become: the instructions and scalars that the builder is called with.
import { describe, expect, test } from "vitest";
import { printScalar } from "../../vm/index.ts";
import { load } from "../../lang/index.ts";
import { around, elaborate, instructionsOf, made, program, wrong } from "./support.ts";

describe("statements", () => {
  test.each<[string, string[]]>([
    ["acc += dot(v, v)", ["%17 = dot(x: v, y: v, acc: acc)", "assign(to: acc, from: %17)"]],
    ["acc += dot(v, v, k: n)", ["%17 = dot(x: v, y: v, acc: acc, k: n)", "assign(to: acc, from: %17)"]],
    ["acc = acc + dot(v, v)", ["%17 = dot(x: v, y: v)", "%18 = add(x: acc, y: %17)", "assign(to: acc, from: %18)"]],
    ["count += bmma(p, p, k: n) << n", ["%17 = bmma(x: p, y: p, k: n)", "%18 = fill(value: n, dtype: i32, shape: [])", "%19 = shl(x: %17, y: %18)", "%20 = add(x: count, y: %19)", "assign(to: count, from: %20)"]],
    ["acc *= alpha", ["%17 = fill(value: alpha, dtype: f32, shape: [])", "%18 = mul(x: acc, y: %17)", "assign(to: acc, from: %18)"]],
    ["let t: f32[64, 64] @ spatial(8, 8) * local(8, 8) = v", ["t = convert(x: v, layout: L[64, 64])"]],
    ["let c: f16[4] = 1.5", ["c = fill(value: f32(1.5), dtype: f16, shape: [4])"]],
    ["let c: f32[2, 2] = n as f32", ["c = fill(value: f32(n), dtype: f32, shape: [2, 2])"]],
    ["var a: f16[4] = 0", ["%17 = fill(value: f32(0), dtype: f16, shape: [])", "a = var(init: %17, dtype: f16, shape: [4])"]],
    ["var a = n", ["s0 = scalar_var(init: n)"]],
    ["var a: i32[] = n", ["%17 = fill(value: n, dtype: i32, shape: [])", "a = var(init: %17, dtype: i32, shape: [])"]],
    ["var a: b3[4]", ["a = var(dtype: b3, shape: [4])"]],
    ["shared u: b1[3, 32]", ["u = shared(dtype: b1, shape: [3, 32])"]],
    ["copy(x, to: s)", ["copy(from: x, to: s)"]],
    ["store(y[g * 16 +: 16, :], 0)", ["%17 = slice(x: y, offsets: [(g * 16), 0], sizes: [16, 64])", "%18 = fill(value: f32(0), dtype: f32, shape: [])", "store(to: %17, x: %18)"]],
    ["let a = load(x[n])", ["%17 = slice(x: x, offsets: [n, 0], sizes: [1, 64], drop: [0])", "a = load(x: %17)"]],
    ["let a = load(x[:, :], pad: -inf)", ["a = load(x: x, pad: -Infinity)"]],
    ["let a = load(x[:, 2 * 8 +: 32 / 2])", ["%17 = slice(x: x, offsets: [0, 16], sizes: [64, 16])", "a = load(x: %17)"]],
    ["let c = 0 < v < 1", ["%17 = fill(value: f32(0), dtype: f32, shape: [])", "%18 = lt(x: %17, y: v)", "%19 = fill(value: f32(1), dtype: f32, shape: [])", "%20 = lt(x: v, y: %19)", "c = and(x: %18, y: %20)"]],
    ["let c = v as u3 as f32", ["%17 = cast(x: v, to: u3)", "c = cast(x: %17, to: f32)"]],
    ["let c = select(v > 0, 1.0, 2)", ["%17 = fill(value: f32(0), dtype: f32, shape: [])", "%18 = gt(x: v, y: %17)", "%19 = fill(value: f32(1), dtype: f32, shape: [])", "%20 = fill(value: f32(2), dtype: f32, shape: [])", "c = select(condition: %18, x: %19, y: %20)"]],
    ["let c = select(v > 0, alpha, 2)", ["%17 = fill(value: f32(0), dtype: f32, shape: [])", "%18 = gt(x: v, y: %17)", "%19 = fill(value: alpha, dtype: f32, shape: [])", "%20 = fill(value: f32(2), dtype: f32, shape: [])", "c = select(condition: %18, x: %19, y: %20)"]],
    ["let c = cast(v, to: u3, rounding: away)", ["c = cast(x: v, to: u3, rounding: away)"]],
    ["let c = v * (alpha as f16 as f32)", ["%17 = fill(value: alpha, dtype: f32, shape: [])", "%18 = cast(x: %17, to: f16)", "%19 = cast(x: %18, to: f32)", "c = mul(x: v, y: %19)"]],
  ])("%s", (body, expected) => { expect(made(body)).toEqual(expected); });

  test("a let keeps what a variable holds when it is made", () => {
    expect(made("let old = acc\nacc = acc * 2\nstore(y, old)")).toEqual([
      "old = cast(x: acc, to: f32)", "%18 = fill(value: f32(2), dtype: f32, shape: [])", "%19 = mul(x: acc, y: %18)", "assign(to: acc, from: %19)", "store(to: y, x: old)"]);
  });
  test("loops stay loops, unrolled ones are copies, conditions known now choose now", () => {
    expect(made("for k in 0..M step 32 { if k < n && k > 3 { acc = v } else if n == 7 { barrier() } else { acc = 0 } }")).toEqual([
      "for k in 0..M step 32 plain", "  if ((k < n) & (k > 3))", "    assign(to: acc, from: v)", "  else", "    if (n == 7)", "      barrier()", "    else",
      "      %17 = fill(value: f32(0), dtype: f32, shape: [])", "      assign(to: acc, from: %17)"]);
    expect(made("unroll for i in 0..3 step 2 { let t = fill(i, dtype: f32, shape: [i + 1]) }")).toEqual(["t = fill(value: 0, dtype: f32, shape: [1])", "t = fill(value: 2, dtype: f32, shape: [3])"]);
    expect(made("if 2 > 1 && !(3 == 4) { barrier() } else { undefined_name() }")).toEqual(["barrier()"]);
    expect(made("pipeline(2) for k in 0..4 { copy(x, to: s)\nbarrier()\nacc += dot(s, s)\nbarrier() }")[0]).toBe("for k in 0..4 step 1 pipeline");
  });
  test("scalar(…) gives a scalar that steers", () => {
    expect(made("let t = scalar(reduce_max(reduce_max(v, axis: 1), axis: 0))\nif t > 0 { barrier() }").slice(2)).toEqual(["s0 = scalar(x: %18)", "if (t > f32(0))", "  barrier()"]);
  });
  test("inner names hide outer ones, and end with their block", () => {
    expect(made("if true { let v = 2\nstore(y, v) }\nstore(y, v)").at(-1)).toBe("store(to: y, x: v)");
    expect(wrong("if true { let inner = 2 }\nstore(y, inner)")).toEqual(["N0101 inner"]);
  });
});

describe("compile-time numbers and scalars", () => {
  /** The value that a constant expression has, asked of `require`. */
  const holds = (condition: string): boolean => wrong(`require ${condition}`).length === 0;
  test.each([
    "7 / 2 == 3 && -7 / 2 == -3 && 7 % 4 == 3 && -7 % 4 == -3", "1 << 40 == 1099511627776", "~5 == -6 && (5 & 3) == 1 && (5 | 3) == 7 && (5 ^ 3) == 6", "9007199254740991 - 1 == 9007199254740990",
    "0.5 + 1 == 1.5 && 7 / 2.0 == 3.5", "cdiv(10, 4) == 3 && cdiv(8, 4) == 2", "min(3, 4) == 3 && max(3, 4.5) == 4.5 && abs(-3) == 3", "pow(2, 10) == 1024 && sqrt(16) == 4.0 && exp2(3) == 8",
    "floor(2.7) == 2 && ceil(2.1) == 3 && round(2.5) == 2 && trunc(-2.7) == -2", "2.6 as i32 == 3 && -1 as u32 == 0 && 300 as u8 == 255 && 0 as b1 == 1", "bits(u3) == 3 && bits(q) == 3 && bits(v) == 32",
    "plane_weight(i4, 3) == -8 && plane_weight(u4, 3) == 8 && plane_weight(b2, 1) == 2", "has_zero(u3) && !has_zero(b3) && is_float(f8e4m3)", "threads == 64", "[5, 6, 7][1] == 6", "f16 == f16 && f16 != f32",
    "true || nonsense", "!(false && nonsense)", "select(1 < 2, 3, 4) == 3", "1 < 2 < 3 && !(3 > 2 > 2)", "popcount(7) == 3 && clz(1) == 31 && ctz(8) == 3",
  ])("%s", (condition) => { expect(holds(condition)).toBe(true); });

  test.each<[string, string]>([
    ["n + 0 * n - 1", "(n - 1)"], ["min(n, 64)", "min(n, 64)"], ["n as f32 * 0.5", "(f32(n) * f32(0.5))"], ["(alpha + 1) as i32", "i32(round((alpha + f32(1))))"], ["n << 2", "(n << u32(2))"],
    ["select(n > 0, n, 1)", "select((n > 0), n, 1)"], ["cdiv(n, 4)", "((n + 3) / 4)"], ["-n", "neg(n)"], ["~n", "not(n)"], ["n / 4 % 3", "((n / 4) % 3)"],
  ])("%s is the scalar %s", (text, expected) => {
    const p = program(`if (${text}) == (${text}) && n > 7 { barrier() }`);
    const [branch] = p.body.slice(-1);
    if (branch?.kind !== "if" || branch.condition.kind !== "op") throw new Error("no branch");
    const [first] = branch.condition.args;
    expect(first?.kind === "op" && first.args[0] ? printScalar(first.args[0]) : "").toBe(expected);
  });
});

describe("parameters", () => {
  test("dimensions that nothing defines are run-time ones; expressions of them stay", () => {
    const { program: p } = elaborate("kernel t<K: int, G: int = 4>(a: f32[M, K], s: f16[M / 2, K / G], out c: f32[M + 1]) grid (i in cdiv(M, 8), j in K / 2) threads 32 {}", { K: 16 });
    expect(p?.dims).toEqual(["M"]);
    expect(p?.params.map((q) => (q.kind === "tensor" ? q.value.shape.map((s) => printScalar(s)) : []))).toEqual([["M", "16"], ["(M / 2)", "4"], ["(M + 1)"]]);
    expect(p?.grid.map((g) => printScalar(g.extent))).toEqual(["((M + 7) / 8)", "8"]);
  });
  test("an int may be dynamic", () => {
    const source = "kernel t<N: int = 8>(a: f32[N], out c: f32[N]) grid (i in cdiv(N, 8)) threads 32 { store(c[i * 8 +: 8], load(a[i * 8 +: 8])) }";
    expect(elaborate(source, { N: "dynamic" }).program?.dims).toEqual(["N"]);
    expect(elaborate(source.replace("+: 8", "+: N").replace("+: 8", "+: N"), { N: "dynamic" }).diagnostics.map((d) => d.code)).toEqual(["T0207"]);
  });
  test("values and text are taken for every kind", () => {
    const source = "kernel t<N: int, F: float, B: bool, T: dtype, L: layout, P: packing>(a: T[k: N, n: 4] @ P, out c: f32[N, 4]) grid (i in 1) threads 32 { if B { store(c, load(a) as f32 * F) } }";
    const given = { N: 8, F: 2, B: true, T: "u3", L: "spatial(8, 4)", P: "[n, k, bit]" };
    const { program: p, diagnostics } = elaborate(source, given);
    expect(diagnostics).toEqual([]);
    expect(p && instructionsOf(p, "fill").map((i) => i.attrs["value"])).toMatchObject([{ value: { value: 2 } }]);
    expect(p?.params[0]).toMatchObject({ value: { dtype: { name: "u3" } }, packing: { kind: "digits", digits: [{ index: { axis: 1 } }, { index: { axis: 0 } }, { index: { kind: "bit" } }] } });
    expect(elaborate(source, { ...given, N: "8", F: "2.0", B: "true" }).diagnostics).toEqual([]);
    expect(elaborate(source, { ...given, N: 8.5 }).diagnostics.map((d) => d.code)).toEqual(["H0603"]);
    expect(elaborate(source, { ...given, T: "3" }).diagnostics.map((d) => d.code)).toEqual(["H0603"]);
    expect(elaborate(source, { ...given, T: "u99" }).diagnostics.map((d) => d.code)).toEqual(["N0110"]);
    expect(elaborate(source, { ...given, Q: 1 }).diagnostics.map((d) => d.code)).toEqual(["H0601"]);
    expect(elaborate(source, { N: 8 }).diagnostics.map((d) => d.code)).toContain("H0602");
  });
  test("defaults depend on earlier parameters, and tools see which are fixed", () => {
    const { kernels: [k] } = load("const BASE = 16\nkernel t<BM: int in {16, 32} = BASE * 2, L: layout = spatial(BM / 8, 8), T: dtype = f16, N: int>(a: T[BM, N], out c: f32[4, 8]) grid (i in 1) threads 32 { }", { file: "t" });
    expect(k?.comptime).toMatchObject({ BM: { kind: "int", default: 32, space: [16, 32], required: false }, L: { kind: "layout", default: undefined, text: "spatial(BM / 8, 8)", required: false }, T: { default: "f16" }, N: { required: true } });
    expect(() => k?.specialise({ BM: 20, N: 4 })).toThrow(/L0401/);
    expect(k?.specialise({ BM: 16, N: 4 }).params[0]).toMatchObject({ value: { shape: [16, 4] } });
  });
  test("a run-time requirement is kept, one that is known is checked", () => {
    expect(program("require M % 4 == 0 && 3 > 2, \"fours\"").requires.map((r) => `${printScalar(r.condition)} ${r.message}`)).toEqual(["((M % 4) == 0) fours"]);
    expect(wrong("require 64 % 3 == 0, \"why\"")).toEqual(["T0103 64 % 3 == 0"]);
  });
});

describe("functions, constants and imports", () => {
  test("functions are inlined, with one expression or a block that returns", () => {
    const lib = "fn half(a) = a * HALF\nfn both(a, b) {\n  let s = a + b\n  return half(b: s)\n}\nconst HALF = 1 / 2.0\n".replace("half(b: s)", "half(s)");
    const source = `${lib}${around("store(y, both(v, b: v))")}`;
    const { program: p, diagnostics } = elaborate(source);
    expect(diagnostics).toEqual([]);
    expect(p?.body.slice(-5).map((s) => s.kind === "inst" && s.name)).toEqual(["var", "add", "fill", "mul", "store"]);
  });
  test("an error in a function shows the call", () => {
    const { diagnostics } = elaborate(`fn bad(a) = a + nothing\n${around("store(y, bad(v))")}`);
    expect(diagnostics.map((d) => [d.code, d.labels?.at(-1)?.message])).toEqual([["N0101", "in this call of 'bad'"]]);
  });
  test("imports bring constants, functions and kernels; circles and holes are told", () => {
    const files: Record<string, string> = {
      "lib.loom": "import {B} from \"base.loom\"\nconst A = B * 2\nfn twice(a) = a * A\nkernel other(out y: f32[4]) grid (i in 1) threads 4 { store(y, twice(1)) }",
      "base.loom": "const B = 21", "loop.loom": "import {x} from \"t.loom\"\nconst z = 1", "t.loom": "import {z} from \"loop.loom\"\nconst x = 1",
    };
    const importer = (path: string): { source: string; file: string } | undefined => (files[path] ? { source: files[path], file: path } : undefined);
    const ok = load("import {A, twice, other} from \"lib.loom\"\nkernel t(out y: f32[4]) grid (i in 1) threads 4 { require A == 42\nstore(y, twice(3)) }", { file: "t.loom", importer });
    expect(ok.diagnostics).toEqual([]);
    expect(ok.kernels.map((k) => [k.name, k.specialise({}).body.length])).toEqual([["other", 2], ["t", 2]]);
    const codes = (source: string): string[] => load(source, { file: "t.loom", importer }).diagnostics.map((d) => d.code);
    expect(codes("import {AA} from \"lib.loom\"")).toEqual(["N0115"]);
    expect(codes("import {A} from \"none.loom\"")).toEqual(["N0114"]);
    expect(codes(files["t.loom"] ?? "")).toEqual(["N0116"]);
  });
});

describe("types without zero", () => {
  test("are loaded without pad where nothing outside is read, or only products that count look", () => {
    expect(program("let c = load(w[0 +: 64, 0 +: 64])\nacc += dot(v, c as f32, k: n)").body.length).toBeGreaterThan(0);
    expect(program("copy(bits_of(w)[0, 0 +: 64, 0 +: 64], to: bits1)\nbarrier()\ncount += bmma(bits1, bits1, k: min(K, 64))").body.length).toBeGreaterThan(0);
    expect(instructionsOf(program("let c = load(w[0 +: 64, 0 +: 64], pad: 1) as f32"), "load").at(-1)?.attrs).toEqual({ pad: { kind: "number", value: 1 } });
  });
  test("elsewhere need one", () => {
    expect(wrong("let c = load(w[0 +: 64, 0 +: 64])\nacc += dot(v, c as f32)")).toEqual(["T0208 load(w[0 +: 64, 0 +: 64])"]);
    expect(wrong("copy(bits_of(w)[0, 0 +: 64, 0 +: 64], to: bits1)\nlet u = load(bits1)\nlet e2 = u == 1")).toEqual(["T0208 copy(bits_of(w)[0, 0 +: 64, 0 +: 64], to: bits1)"]);
    const inside = (at: string): string => `kernel t(w: b3[64, 64], out y: f32[32, 64]) grid (g in 2) threads 32 { for i in 0..32 step 16 { store(y[i +: 16, :], load(w[${at}, :]) as f32) } }`;
    expect(elaborate(inside("g * 32 + i +: 16")).diagnostics).toEqual([]);
    expect(elaborate(inside("min(g, 1) * 32 + i +: 16")).diagnostics).toEqual([]);
    expect(elaborate(inside("g * 32 + i + 1 +: 16")).diagnostics.map((d) => d.code)).toEqual(["T0208"]);
  });
});

describe("the samples", () => {
  const sample = async (name: string): Promise<string> => (await import("node:fs")).readFileSync(new URL(`./fixtures/${name}.loom`, import.meta.url), "utf8");
  test.each<[string, Record<string, unknown>, string[], number]>([
    ["gemm_f16_u3", { N: 128, K: 128 }, ["M"], 64], ["gemm_f16_u3", { N: 64, K: 64, BM: 16, BN: 32, BK: 64 }, ["M"], 64], ["gemm_w3a3", { N: 128, K: 200 }, ["M"], 64], ["gemm_w3a3", { N: 128, K: 128, A: "b2", W: "b5", BK: 128 }, ["M"], 64],
    ["softmax", { N: 100 }, ["M"], 128], ["softmax", { N: 128, T: "f32", BM: 2 }, ["M"], 128],
  ])("%s %o", async (name, params, dims, threads) => {
    const { program: p, diagnostics } = elaborate(await sample(name), params);
    expect(diagnostics.map((d) => `${d.code} ${d.message}`)).toEqual([]);
    expect(p).toMatchObject({ name, dims, threads });
  });
  test("say what their requirements are", async () => {
    expect(elaborate(await sample("gemm_f16_u3"), { N: 128, K: 100 }).diagnostics.map((d) => [d.code, d.message])).toContainEqual(["T0103", "requirement not met: pad B to whole tiles with prepack()"]);
  });
});
