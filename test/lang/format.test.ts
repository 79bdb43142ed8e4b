// Laws of the formatter: twice is once; meaning, comments and tokens stay; and the shapes it gives.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { format, parse } from "../../lang/index.ts";
import { meaningOf } from "../../lang/format.ts";
import { scan } from "../../lang/scan.ts";
import { sink } from "../../lang/messages.ts";
import { instructions } from "../../vm/index.ts";
import { root } from "../support/sources.ts";
import { inBlock } from "./support.ts";

const files = ["examples", "lang", "test"].flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".loom")).map((f) => join(folder, f)));
const fine = (source: string): boolean => parse(source, "x").diagnostics.length === 0;
const sources = [
  ...files.map((f) => readFileSync(join(root, f), "utf8")),
  ...[...instructions.values()].map((i) => inBlock(i.example)),
  "import { a, b } from \"lib.loom\"\nconst A = (1, 2,)\nfn f(x) { if x > -1 { return -x } else if !true { return x - 1 }; return x }\nfn g(a, b) = a[:, 0 +: 4, ~i] ++ {a, b}[0 +: 2] at 3 stride 4\n",
].filter(fine);

/** Everything that a source says, blanks and line ends aside; `;` parts statements as a line end does. */
const words = (source: string): string[] => scan(source, "x", sink()).tokens.map((t) => t.image).filter((t) => t !== ";");
const comments = (source: string): string[] => parse(source, "x").ast.comments.map((c) => c.text);

function lawful(source: string, width: number): void {
  const { text } = format(source, "x.loom", width);
  if (text === undefined) throw new Error("not formatted");
  expect(words(text)).toEqual(words(source));
  expect(comments(text)).toEqual(comments(source));
  expect(meaningOf(parse(text, "x").ast)).toBe(meaningOf(parse(source, "x").ast));
  expect(format(text, "x.loom", width).text).toBe(text);
  expect(text).not.toMatch(/[ \t]\n|\n\n\n|^\n|\n\n$/);
}

const of = (source: string, width = 120): string | undefined => format(source, "x.loom", width).text;

describe("laws", () => {
  test("of every source here, at all widths", () => {
    expect(sources.length).toBeGreaterThan(60);
    for (const s of sources) for (const width of [120, 40, 12]) lawful(s, width);
  });

  /** The tokens of a source with other blanks, line ends and comments between them. */
  const rewritten = (source: string, blanks: readonly string[]): string => {
    const { tokens } = scan(source, "x", sink());
    let out = "", at = 0;
    tokens.forEach((t, i) => {
      const between = source.slice(at, t.startOffset), by = blanks[i % blanks.length];
      out += (by === "" || (between === "" && by === "=") ? between : by === "=" ? between : between.includes("\n") && !by.includes("\n") ? `${by}${between}` : `${between.includes("\n") ? "\n" : ""}${by}`) + t.image;
      at = t.startOffset + t.image.length;
    });
    return out;
  };
  const blank = fc.oneof({ weight: 6, arbitrary: fc.constant("=") }, { weight: 4, arbitrary: fc.constantFrom(" ", "   ", "\t", "\n", "\r\n", "\n\n\n", " // why?\n", "\n// own line\n", "\n\n  /// doc\n\n", " ; ", ";\n") });

  test("of sources with other blanks, line ends, semicolons and comments", () => {
    let valid = 0;
    fc.assert(fc.property(fc.constantFrom(...sources), fc.array(blank, { minLength: 1, maxLength: 60 }), fc.integer({ min: 8, max: 140 }), (source, blanks, width) => {
      const text = rewritten(source, blanks);
      if (!fine(text)) return;
      valid++;
      lawful(text, width);
    }), { numRuns: 900 });
    expect(valid).toBeGreaterThan(90);
  }, 60_000);

  test("of sources with other tokens", () => {
    const token = fc.constantFrom("(", ")", "[", "]", "{", "}", ",", ":", ";", "\n", "-", "*", "a", "7", "..", "+:", "at", "stride", "for", "if", "else", "return", "@", ".", "~", "let x = 1", "// c\n", "threads", "<", ">", "in", "as f16");
    let valid = 0;
    fc.assert(fc.property(fc.constantFrom(...sources), fc.array(fc.tuple(fc.nat(), fc.nat(1), token), { minLength: 1, maxLength: 2 }), (source, edits) => {
      let text = source;
      for (const [at, remove, by] of edits) {
        const { tokens } = scan(text, "x", sink()), t = tokens[at % tokens.length], end = tokens[Math.min(tokens.length - 1, (at % tokens.length) + remove)];
        text = `${text.slice(0, t.startOffset)} ${by} ${text.slice(end.startOffset)}`;
      }
      if (!fine(text)) return;
      valid++;
      lawful(text, 60);
    }), { numRuns: 900 });
    expect(valid).toBeGreaterThan(30);
  }, 60_000);
});

const shown = files.filter((f) => f.startsWith("examples"));
test("there are files to show", () => expect(shown.length).toBeGreaterThanOrEqual(18));
test.each(shown)("%s has its usual form", (f) => { const source = readFileSync(join(root, f), "utf8"); expect(of(source)).toBe(source); });

test("a source with syntax errors isn't touched; the errors are told", () => {
  const r = format("kernel k(", "x.loom");
  expect(r.text).toBeUndefined();
  expect(r.diagnostics.map((d) => d.code)).toContain("S0003");
});

describe("shapes", () => {
  test.each([
    ["", ""],
    ["  // only a comment  ", "// only a comment\n"],
    ["const  A=1;const B = - 2", "const A = 1\nconst B = -2\n"],
    ["fn f( a ,b ) = a*b+a/b- -a", "fn f(a, b) = a*b + a/b - -a\n"],
    ["import {a,b} from \"x\"", "import { a, b } from \"x\"\n"],
    ["const P = [k/8, {n , bit}%32]++[ ~k[0+:2] ] | [n] at 4 stride (8)", "const P = [k/8, {n, bit}%32] ++ [~k[0 +: 2]] | [n] at 4 stride (8)\n"],
    ["const A = (1,)\n\n\n\nconst B = ()\n", "const A = (1,)\n\nconst B = ()\n"],
    ["const A = f(\n1, 2)", "const A = f(\n  1, 2\n)\n"],
    ["const A = f(1,\n2)", "const A = f(1, 2)\n"],
    ["const A = f(1, // one\n2)", "const A = f(\n  1,  // one\n  2\n)\n"],
    ["const A = a\n+ b\n  * c", "const A = a\n  + b\n  * c\n"],
    ["const A = 1 // a\nconst BCD = 2 // b\n\nconst C = 3 // c", "const A = 1    // a\nconst BCD = 2  // b\n\nconst C = 3  // c\n"],
    ["const A = 1    // a\nconst B = 2    // b", "const A = 1    // a\nconst B = 2    // b\n"],
    ["fn f(x) {return x}", "fn f(x) { return x }\n"],
    ["fn f(x) {if x {return 1}\nelse\n{return 2}}", "fn f(x) {\n  if x { return 1 } else { return 2 }\n}\n"],
    ["fn f(x) {\n\n// c\n\n\n// d\nreturn x\n// e\n\n}", "fn f(x) {\n  // c\n\n  // d\n  return x\n  // e\n}\n"],
    ["kernel k(x: f32[4],) grid(i in 1)threads 4{\nlet y : f32[4]@spatial( 4 )=load( x[ : ] )}", "kernel k(x: f32[4],) grid (i in 1) threads 4 {\n  let y: f32[4] @ spatial(4) = load(x[:])\n}\n"],
    ["kernel k(x: f32[4])\ngrid(i in 1)\n threads 4 {\nbarrier() }", "kernel k(x: f32[4])\n  grid (i in 1)\n  threads 4\n{\n  barrier()\n}\n"],
    ["fn f(x) { unroll  for i in 0 .. -1 step 2 { a[i,]+=1; g(for: 2) } }", "fn f(x) { unroll for i in 0..-1 step 2 { a[i,] += 1; g(for: 2) } }\n"],
  ])("%j", (source, want) => expect(of(source)).toBe(want));

  test("what is too long is broken, the outermost first", () => {
    expect(of("kernel k<N: int, M: int>(x: f32[N, M], out y: f32[N, M]) grid (i in N) threads 64 { store(y, load(x)) }", 40)).toBe(
      "kernel k<N: int, M: int>(\n  x: f32[N, M], out y: f32[N, M]\n)\n  grid (i in N)\n  threads 64\n{\n  store(y, load(x))\n}\n");
    expect(of("const A = one(1, 2, 3, 4, 5) + two(6, 7, 8, 9, 10)", 40)).toBe("const A = one(1, 2, 3, 4, 5) + two(\n  6, 7, 8, 9, 10\n)\n");
    expect(of("const A = alpha + beta * gamma + delta", 20)).toBe("const A = alpha\n  + beta * gamma\n  + delta\n");
    expect(of("const A = f(alpha, beta, gamma(delta, epsilon, zeta))", 24)).toBe("const A = f(\n  alpha,\n  beta,\n  gamma(\n    delta, epsilon, zeta\n  )\n)\n");
  });
});

test("a large file, deep and long at once", () => {
  const long = `fn f(x) = [${"g(1, 2 + 3), ".repeat(8000)}${"(".repeat(100)}x${")".repeat(100)}]\n`;
  expect(of(long)?.split("\n").length).toBeGreaterThan(8000);
}, 60_000);
