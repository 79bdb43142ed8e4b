// What the parser makes of every construct: shapes of the tree, exact spans, precedence, docs and lines.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Expr, Item, Kernel, Node, Stmt } from "../../lang/ast.ts";
import { parse, parseExpression } from "../../lang/parser.ts";
import { astToJson, printAst } from "../../lang/print-ast.ts";

const fixture = (name: string): string => readFileSync(new URL(`./fixtures/${name}.loom`, import.meta.url), "utf8");

/** Parses without mistakes. */
function ok(source: string): readonly Item[] {
  const { ast, diagnostics } = parse(source, "t.loom");
  expect(diagnostics).toEqual([]);
  return ast.items;
}
function kernelOf(source: string): Kernel {
  const k = ok(source).find((i) => i.kind === "kernel");
  if (k?.kind !== "kernel") throw new Error("no kernel");
  return k;
}
const head = "kernel t(a: f32[N]) grid (i in N) threads 64 {\n";
const stmts = (body: string): readonly Stmt[] => kernelOf(`${head}${body}\n}`).body.body;
function expr(source: string): Expr {
  const { expr: e, diagnostics } = parseExpression(source, "e");
  expect(diagnostics, source).toEqual([]);
  return e;
}
/** An expression with all its brackets written out. */
function show(e: Expr): string {
  switch (e.kind) {
    case "number": return e.text;
    case "bool": return String(e.value);
    case "string": return JSON.stringify(e.value);
    case "name": return e.text;
    case "unary": return `(${e.op}${show(e.operand)})`;
    case "binary": return `(${show(e.left)} ${e.op} ${show(e.right)})`;
    case "compare": return `<${e.operands.map((o, i) => (i ? `${e.ops[i - 1]} ` : "") + show(o)).join(" ")}>`;
    case "cast": return `(${show(e.operand)} as ${e.to.text})`;
    case "call": return `${show(e.callee)}(${e.args.map((a) => (a.name ? `${a.name.text}: ` : "") + show(a.value)).join(", ")})`;
    case "index": return `${show(e.operand)}[${e.subscripts.map((s) => (s.kind === "whole" ? ":" : s.kind === "at" ? show(s.index) : `${show(s.start)} +: ${show(s.width)}`)).join(", ")}]`;
    case "member": return `${show(e.operand)}.${e.name.text}`;
    case "list": return `[${e.items.map(show).join(", ")}]`;
    case "tuple": return `tuple(${e.items.map(show).join(", ")})`;
    case "flat": return `{${e.items.map(show).join(", ")}}`;
    case "placed": return `(${show(e.operand)} at ${show(e.base)}${e.stride ? ` stride ${show(e.stride)}` : ""})`;
    case "error": return "?";
  }
}
const shown = (source: string): string => show(expr(source));

/** Every node with its text. */
function texts(source: string, root: Node): { kind: string; text: string }[] {
  const found: { kind: string; text: string }[] = [];
  const visit = (x: unknown): void => {
    if (Array.isArray(x)) x.forEach(visit);
    else if (typeof x === "object" && x !== null) {
      if ("kind" in x && "span" in x) {
        const { start, end } = x.span as { start: number; end: number };
        found.push({ kind: String(x.kind), text: source.slice(start, end) });
      }
      Object.values(x).forEach(visit);
    }
  };
  visit(root);
  return found;
}
const textOf = (source: string, kind: string): string[] => texts(source, parse(source, "t").ast).filter((t) => t.kind === kind).map((t) => t.text);

describe("the samples", () => {
  test("parse without a diagnostic", () => {
    for (const name of ["gemm_f16_u3", "gemm_w3a3", "softmax"]) expect(ok(fixture(name)).map((i) => i.kind)).toEqual(["kernel"]);
  });
  test("gemm_f16_u3 in detail", () => {
    const k = kernelOf(fixture("gemm_f16_u3"));
    expect(k.doc).toBe("C = A · dequant(B): f16 activations, 3-bit weights, one f16 scale per G rows of B.");
    expect(k.comptime.map((c) => c.name.text)).toEqual(["N", "K", "G", "BM", "BN", "BK", "ZERO", "W"]);
    expect(k.comptime.map((c) => c.of)).toEqual(["int", "int", "int", "int", "int", "int", "int", "layout"]);
    expect(k.comptime[4]?.space?.map(show)).toEqual(["32", "64", "128"]);
    expect(k.comptime[0]?.space).toBeUndefined();
    const w = k.comptime[7]?.init;
    expect(w && show(w)).toBe("((local((BK / 16), (BN / 32)) * spatial(8, 8)) * local(2, 4))");
    expect(k.params.map((p) => [p.dir, p.name.text, p.type.dtype.text])).toEqual([["in", "a", "f16"], ["in", "b", "u3"], ["in", "scale", "f16"], ["out", "c", "f16"]]);
    expect(k.params[1]?.type.layout && show(k.params[1].type.layout)).toBe("packed(W)");
    expect(k.grid.map((g) => [g.name.text, show(g.extent)])).toEqual([["bn", "(N / BN)"], ["bm", "cdiv(M, BM)"]]);
    expect(show(k.threads)).toBe("64");
    expect(k.body.body.map((s) => s.kind)).toEqual(["require", "require", "let", "let", "shared", "shared", "var", "for", "do"]);
    const loop = k.body.body[7];
    if (loop?.kind !== "for") throw new Error("no loop");
    expect(loop.step && show(loop.step)).toBe("BK");
    expect(loop.body.body.map((s) => s.kind)).toEqual(["do", "let", "let", "do", "do", "assign", "do"]);
  });
  test("comments are kept with their places", () => {
    const source = fixture("gemm_f16_u3");
    const { comments } = parse(source, "t").ast;
    expect(comments).toHaveLength(source.match(/\/\//g)?.length ?? -1);
    for (const c of comments) expect(source.slice(c.span.start, c.span.end)).toBe(c.text);
  });
});

describe("expressions", () => {
  test.each([
    ["1 + 2 * 3", "(1 + (2 * 3))"], ["1 * 2 + 3", "((1 * 2) + 3)"], ["a - b - c", "((a - b) - c)"], ["a / b % c", "((a / b) % c)"],
    ["a << b + c", "(a << (b + c))"], ["a & b << c", "(a & (b << c))"], ["a & b == c", "<(a & b) == c>"], ["a == b & c", "<a == (b & c)>"],
    ["a | b ^ c & d", "(a | (b ^ (c & d)))"], ["a & b | c ^ d", "((a & b) | (c ^ d))"], ["a || b && c", "(a || (b && c))"], ["a && b == c || d", "((a && <b == c>) || d)"],
    ["p ++ q | r", "((p ++ q) | r)"], ["a ++ b << c", "(a ++ (b << c))"], ["a * (b + c)", "(a * (b + c))"],
    ["-a * b", "((-a) * b)"], ["!a && b", "((!a) && b)"], ["- - a", "(-(-a))"], ["~a[0]", "(~a[0])"], ["-f(x).y", "(-f(x).y)"],
    ["a as f32 * b", "((a as f32) * b)"], ["-a as f32", "((-a) as f32)"], ["a as u8 as f32", "((a as u8) as f32)"], ["a + b as f32", "(a + (b as f32))"],
    ["a < b", "<a < b>"], ["a < b <= c", "<a < b <= c>"], ["(a < b) < c", "<<a < b> < c>"], ["a < (b < c)", "<a < <b < c>>"], ["a < b & c < d", "<a < (b & c) < d>"],
    ["a < b && c < d", "(<a < b> && <c < d>)"], ["a == b != c >= d", "<a == b != c >= d>"],
  ])("%s", (source, tree) => { expect(shown(source)).toBe(tree); });

  test.each([
    ["load(x[m +: BM, n +: BN], pad: -inf)", "load(x[m +: BM, n +: BN], pad: (-inf))"],
    ["bits_of(a)[:, m0 +: BM, k]", "bits_of(a)[:, m0 +: BM, k]"], ["f(out: x, in: y, step: 2)", "f(out: x, in: y, step: 2)"],
    ["f()()", "f()()"], ["w.q[i].in", "w.q[i].in"], ["f(a, b,)", "f(a, b)"], ["[a, [b, c],]", "[a, [b, c]]"], ["[]", "[]"],
    ["(a)", "a"], ["((a))", "a"], ["(a, b)", "tuple(a, b)"], ["(a,)", "tuple(a)"], ["()", "tuple()"],
    ["layout(shape: [4, 8], modes: [2, 2, 8], spatial: [0, 2], local: [1])", "layout(shape: [4, 8], modes: [2, 2, 8], spatial: [0, 2], local: [1])"],
    ["at + stride * step - from / format", "((at + (stride * step)) - (from / format))"], ["\"a\\n\\\"b\\\\\"", "\"a\\n\\\"b\\\\\""],
    ["a\n- b\n(c)", "(a - b(c))"],
  ])("%s", (source, tree) => { expect(shown(source)).toBe(tree); });

  test.each([
    ["[k / 32, {k % 32, bit} / 32, n, {k % 32, bit} % 32]", "[(k / 32), ({(k % 32), bit} / 32), n, ({(k % 32), bit} % 32)]"],
    ["[k, n / 8, n % 2, (n / 2) % 4, bit]", "[k, (n / 8), (n % 2), ((n / 2) % 4), bit]"],
    ["[n, k / 32, [k % 32, bit[0 +: 4]] ++ [k % 32, bit[4 +: 2]]]", "[n, (k / 32), ([(k % 32), bit[0 +: 4]] ++ [(k % 32), bit[4 +: 2]])]"],
    ["[~k, pad(n, 32), bit]", "[(~k), pad(n, 32), bit]"], ["planes(32)", "planes(32)"],
    ["[i, bit] at 0 stride 128 | [j, bit] at 16 + 4 * 4 stride 2 * W | rest at 7", "((([i, bit] at 0 stride 128) | ([j, bit] at (16 + (4 * 4)) stride (2 * W))) | (rest at 7))"],
    ["{\n k,\n {a, b}\n} / 2".replace(/^/, "[") + "]", "[({k, {a, b}} / 2)]"],
  ])("packing %s", (source, tree) => { expect(shown(source)).toBe(tree); });

  test.each<[string, number, boolean]>([
    ["0", 0, false], ["1_000", 1000, false], ["0x1F", 31, false], ["0xff_ff", 65535, false], ["0b1011", 11, false], ["9007199254740991", 2 ** 53 - 1, false],
    ["1.5", 1.5, true], ["1e3", 1000, true], ["2.5e-3", 0.0025, true], ["1E+2", 100, true], ["0xe1", 225, false], ["inf", Infinity, true], ["nan", NaN, true],
  ])("number %s", (source, value, float) => { expect(expr(source)).toMatchObject({ kind: "number", value, float, text: source }); });

  test("a range is no float", () => {
    const [loop] = stmts("for i in 0..10 { f() }");
    expect(loop).toMatchObject({ kind: "for", from: { value: 0 }, to: { value: 10 }, step: undefined, mode: { kind: "plain" } });
  });
});

describe("statements", () => {
  test("const, let, var, shared, require", () => {
    const s = stmts(`const P = bits(A)
let x = 1
let (a, b) = f()
var v: f32[4, 4] @ local(4, 4) = 0
var w: f32[2]
var u = 3
shared t: f16[BM, BK]
require a < b
require a < b, "why"`);
    expect(s.map((x) => x.kind)).toEqual(["const", "let", "let", "var", "var", "var", "shared", "require", "require"]);
    expect(s[2]).toMatchObject({ tuple: true, names: [{ text: "a" }, { text: "b" }] });
    expect(s[1]).toMatchObject({ tuple: false, names: [{ text: "x" }] });
    expect(s[3]).toMatchObject({ type: { dtype: { text: "f32" }, layout: { kind: "call" } }, init: { value: 0 } });
    expect(s[4]).toMatchObject({ init: undefined });
    expect(s[5]).toMatchObject({ type: undefined, init: { value: 3 } });
    expect(s[7]).toMatchObject({ message: undefined });
    expect(s[8]).toMatchObject({ message: { value: "why" } });
  });
  test("loops and their modes", () => {
    const s = stmts("unroll for i in 0..4 { f(i) }\npipeline(2) for k in a + 1..b * 2 step c / 2 { break; continue }\nwhile a < b { f() }");
    expect(s[0]).toMatchObject({ kind: "for", mode: { kind: "unroll" } });
    expect(s[1]).toMatchObject({ kind: "for", mode: { kind: "pipeline", depth: { value: 2 } }, body: { body: [{ kind: "break" }, { kind: "continue" }] } });
    expect(s[2]).toMatchObject({ kind: "while", cond: { kind: "compare" } });
  });
  test("if, else if, else", () => {
    const [s] = stmts("if a { f() } else if b { g() }\nelse if c { }\nelse { h(); k() }");
    if (s?.kind !== "if") throw new Error("no if");
    expect(s.arms.map((a) => show(a.cond))).toEqual(["a", "b", "c"]);
    expect(s.otherwise?.body).toHaveLength(2);
  });
  test.each(["=", "+=", "-=", "*=", "/=", "%=", "|=", "&=", "^=", "<<=", ">>="])("x %s y", (op) => {
    expect(stmts(`x ${op} y\nt[i, 0 +: 4] ${op} y\nt.q ${op} 1`).map((s) => s.kind === "assign" && [s.op, s.target.kind])).toEqual([[op, "name"], [op, "index"], [op, "member"]]);
  });
  test("functions, imports, constants", () => {
    const items = ok(`import {a, b_2,} from "lib/x.loom"
/// Half.
fn half(x) = x / 2
fn both(x, y) {
  let z = x + y
  if z { return }
  return z
}
/// Three
/// lines.
/// Really.
const C = 3`);
    expect(items.map((i) => i.kind)).toEqual(["import", "fn", "fn", "const"]);
    expect(items[0]).toMatchObject({ names: [{ text: "a" }, { text: "b_2" }], from: { value: "lib/x.loom" } });
    expect(items[1]).toMatchObject({ doc: "Half.", body: { kind: "binary" } });
    expect(items[2]).toMatchObject({ doc: undefined, params: [{ text: "x" }, { text: "y" }], body: { kind: "block", body: [{ kind: "let" }, { kind: "if", arms: [{ body: { body: [{ kind: "return", value: undefined }] } }] }, { kind: "return", value: { text: "z" } }] } });
    expect(items[3]).toMatchObject({ doc: "Three\nlines.\nReally." });
  });
  test("every kind of compile-time parameter, with docs above and behind", () => {
    const k = kernelOf(`kernel t<
  /// rows
  N: int = -1, B: bool = A == 2 && C,   /// a switch
  T: dtype in {f16, f32} = f16,
  L: layout = spatial(8, 8) * local(2, 4), P: packing = [k, n, bit] ++ [k, n, bit] | dense at 0,
  F: float = 1.5, W: format = q4_0
>(inout x: T[n: N, K] @ [n, bit], /// the data
  /// a scalar
  s: f32) grid (i in N, j in 2) threads N * 2 {}`);
    expect(k.comptime.map((c) => c.of)).toEqual(["int", "bool", "dtype", "layout", "packing", "float", "format"]);
    expect(k.comptime.map((c) => c.doc)).toEqual(["rows", "a switch", undefined, undefined, undefined, undefined, undefined]);
    expect(k.params.map((p) => [p.dir, p.doc])).toEqual([["inout", "the data"], ["in", "a scalar"]]);
    expect(k.params[0]?.type.shape).toMatchObject([{ axis: { text: "n" }, size: { text: "N" } }, { axis: undefined }]);
    expect(k.params[1]?.type).toMatchObject({ shape: undefined, layout: undefined });
  });
  test("`>` closes the list, also after a default; inside brackets it compares", () => {
    expect(kernelOf("kernel t<A: bool = (B > C), D: bool = B < C>(a: f32) grid (i in 1) threads 1 {}").comptime.map((c) => c.init?.kind)).toEqual(["compare", "compare"]);
  });
});

describe("lines", () => {
  test("`(` and `[` on a new line begin a statement, other operators continue", () => {
    const { ast, diagnostics } = parse(`${head}f(x)\n(y)\n}`, "t");
    expect(diagnostics.map((d) => d.code)).toEqual(["S0004"]);
    expect(ast.items[0]).toMatchObject({ body: { body: [{ kind: "do" }, { kind: "error" }] } });
    expect(stmts("let a = b\n  + c\n  && d\nlet e = f +\n  g").map((s) => s.kind === "let" && show(s.init))).toEqual(["((b + c) && d)", "(f + g)"]);
  });
  test("inside brackets lines mean nothing", () => {
    expect(stmts("f(a\n- b\n(c)\n[d], [x,\n\ny])").map((s) => s.kind === "do" && show(s.call))).toEqual(["f((a - b(c)[d]), [x, y])"]);
  });
  test("`;` parts statements", () => { expect(stmts("f(); g(); ; h()\n;k();")).toHaveLength(4); });
  test("\\r\\n and a byte order mark are blanks", () => {
    expect(ok("\ufeff" + fixture("softmax").replaceAll("\n", "\r\n"))).toHaveLength(1);
    expect(ok("/// doc\r\nconst A = 1\r\n")[0]).toMatchObject({ doc: "doc" });
  });
  test("`return` takes a value from its own line only", () => {
    expect(stmts("return\nf()").map((s) => s.kind)).toEqual(["return", "do"]);
  });
});

describe("spans", () => {
  const source = `/// Doc.
kernel k<N: int in {1, 2} = 1>(a: u3[k: K, N] @ [k, {n, bit} / 32], out b: f32)
  grid (x in N/4) threads 64 {
  let q = (a + b) * c   // note
  unroll for i in 0..N { acc[i, 0 +: 4] += f(x, pad: -1)[:] as f32 }
  if (a) < b { break } else { return (c) }
}
fn g(z) = z  `;
  test.each<[string, string[]]>([
    ["kernel", [source.slice(9, source.indexOf("\nfn"))]], ["fn", ["fn g(z) = z"]], ["module", [source]],
    ["comptime", ["N: int in {1, 2} = 1"]], ["param", ["a: u3[k: K, N] @ [k, {n, bit} / 32]", "out b: f32"]], ["type", ["u3[k: K, N] @ [k, {n, bit} / 32]", "f32"]],
    ["dim", ["k: K", "N"]], ["flat", ["{n, bit}"]], ["axis", ["x in N/4"]], ["list", ["[k, {n, bit} / 32]"]],
    ["let", ["let q = (a + b) * c"]], ["for", ["unroll for i in 0..N { acc[i, 0 +: 4] += f(x, pad: -1)[:] as f32 }"]], ["unroll", ["unroll"]],
    ["binary", ["{n, bit} / 32", "N/4", "(a + b) * c", "a + b"]], ["assign", ["acc[i, 0 +: 4] += f(x, pad: -1)[:] as f32"]], ["cast", ["f(x, pad: -1)[:] as f32"]],
    ["index", ["acc[i, 0 +: 4]", "f(x, pad: -1)[:]"]], ["window", ["0 +: 4"]], ["whole", [":"]], ["at", ["i"]], ["call", ["f(x, pad: -1)"]], ["arg", ["x", "pad: -1"]], ["unary", ["-1"]],
    ["arm", ["if (a) < b { break }"]], ["compare", ["(a) < b"]], ["return", ["return (c)"]], ["break", ["break"]], ["comment", ["/// Doc.", "// note"]],
    ["block", [source.slice(source.indexOf("64 {") + 3, source.indexOf("\nfn")), "{ acc[i, 0 +: 4] += f(x, pad: -1)[:] as f32 }", "{ break }", "{ return (c) }"]],
  ])("%s", (kind, expected) => {
    expect(parse(source, "t").diagnostics).toEqual([]);
    expect(textOf(source, kind).sort()).toEqual([...expected].sort());
  });
  test("operators have places", () => {
    const s = "a + (b) << c";
    const e = expr(s);
    expect(e.kind === "binary" && s.slice(e.opSpan.start, e.opSpan.end)).toBe("<<");
  });
  test("a child lies inside its parent, and siblings don't overlap the wrong way", () => {
    const visit = (x: unknown, lo: number, hi: number): void => {
      if (Array.isArray(x)) { for (const c of x) visit(c, lo, hi); return; }
      if (typeof x !== "object" || x === null) return;
      const span = "span" in x ? (x.span as { start: number; end: number }) : undefined;
      if (span) {
        expect(span.start).toBeGreaterThanOrEqual(lo);
        expect(span.end).toBeLessThanOrEqual(hi);
        expect(span.end).toBeGreaterThan(span.start);
      }
      for (const [key, v] of Object.entries(x)) if (key !== "span") visit(v, span?.start ?? lo, span?.end ?? hi);
    };
    for (const name of ["gemm_f16_u3", "gemm_w3a3", "softmax"]) visit(parse(fixture(name), "t").ast, 0, Infinity);
  });
});

describe("the tree", () => {
  test("is frozen to its leaves", () => {
    const visit = (x: unknown): void => {
      if (typeof x !== "object" || x === null) return;
      expect(Object.isFrozen(x)).toBe(true);
      Object.values(x).forEach(visit);
    };
    visit(parse(fixture("softmax"), "t"). ast);
    visit(parse("kernel ((", "t"));
  });
  test("prints as JSON that parses, with inf as text", () => {
    const json = JSON.parse(astToJson(parse(fixture("softmax"), "t").ast)) as { items: { kind: string }[] };
    expect(json.items[0]?.kind).toBe("kernel");
    expect(astToJson(expr("-inf"), 0)).toBe("{\"kind\":\"unary\",\"op\":\"-\",\"operand\":{\"kind\":\"number\",\"value\":\"inf\",\"float\":true,\"text\":\"inf\",\"span\":[1,4]},\"span\":[0,4]}");
  });
  test("prints as an outline", () => {
    expect(printAst(expr("a + f(1, k: x)[:] as f32"))).toBe(`binary +
  left: name a
  right: cast
    operand: index
      operand: call
        callee: name f
        args[0]: arg
          value: number 1
        args[1]: arg k
          value: name x
      subscripts[0]: whole
    to: name f32`);
    const source = "const A = 1\nfn f(x) = x";
    expect(printAst(parse(source, "t").ast, source)).toBe("module 1:1\n  items[0]: const A 1:1\n    init: number 1 1:11\n  items[1]: fn f 2:1\n    params[0]: name x 2:6\n    body: name x 2:11");
  });
});
