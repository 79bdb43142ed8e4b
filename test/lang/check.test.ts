// `check` on whatever a keyboard can produce: it ends, it throws nothing, and every diagnostic has a code that is known
// and a place in the text.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { render } from "../../diagnostic.ts";
import { check, codes } from "../../lang/index.ts";

const samples = ["gemm_f16_u3", "gemm_w3a3", "softmax"].map((name) => readFileSync(new URL(`./fixtures/${name}.loom`, import.meta.url), "utf8"));

/** A small generator of random numbers with a seed (mulberry32). */
function random(seed: number): () => number {
  let s = seed;
  return () => {
    s = (s + 0x6d2b79f5) | 0;
    let t = Math.imul(s ^ (s >>> 15), 1 | s);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const tokens = (text: string): string[] => text.match(/[A-Za-z_]\w*|\d+|\s+|[^\sA-Za-z_0-9]/g) ?? [];
const words = samples.flatMap(tokens).filter((t) => t.trim() !== "");
const odd = ["0", "-1", "1000000", "4294967296", "1e30", "9007199254740992", "spatial(3, 3)", "f8e4m3", "b3", "unroll for", "{", "}", "(", "]", "\0", "é", "\"", "///", "@", "fn", "M", "K", "inf", "1 / 0", "x[0]", "dot(sa, sb)"];

/** One to three edits: a token lost, replaced, added, doubled, swapped, or the rest of the file lost. */
function mutate(source: string, next: () => number): string {
  const t = [...tokens(source)], below = (n: number): number => Math.floor(next() * n), pick = (xs: readonly string[]): string => xs[below(xs.length)] ?? "";
  for (let edits = 1 + below(3); edits > 0; edits--) {
    const at = below(t.length), kind = next();
    if (kind < 0.2) t.splice(at, 1);
    else if (kind < 0.45) t[at] = pick(words);
    else if (kind < 0.6) t.splice(at, 0, pick(words));
    else if (kind < 0.7) t.splice(at, 0, ...t.slice(at, at + 8));
    else if (kind < 0.73) t.length = at;
    else if (kind < 0.8) { const other = below(t.length), x = t[at] ?? ""; t[at] = t[other] ?? ""; t[other] = x; }
    else t[at] = pick(odd);
  }
  return t.join("");
}

function sound(source: string): number {
  const found = check(source, "m.loom");
  for (const d of found) {
    if (!codes[d.code] || !d.message) throw new Error(`${d.code} ${d.message} isn't a known diagnostic, from\n${source}`);
    if (d.span && (d.span.start < 0 || d.span.end > source.length || d.span.start > d.span.end)) throw new Error(`${d.code} has no place in\n${source}`);
  }
  return found.length;
}

test("the samples have nothing wrong with them", () => {
  for (const s of samples) expect(check(s, "s.loom").map((d) => `${d.code} ${d.message}`)).toEqual([]);
});

test("2,000 mutations of the samples: no crash, no hang", { timeout: 60_000 }, () => {
  const next = random(2024);
  let clean = 0;
  for (let i = 0; i < 2000; i++) {
    const source = mutate(samples[i % samples.length] ?? "", next);
    if (sound(source) === 0) clean++;
  }
  expect(clean).toBeGreaterThan(20); // some edits leave a right program
  expect(clean).toBeLessThan(1000);
});

test("messages stay readable, however long names and lines are", () => {
  const source = `kernel k(x: f32[8]) grid (g in 1) threads 8 { ${"let a = 1; ".repeat(40)}let v = ${"n".repeat(5000)} }`, found = check(source, "k.loom");
  const last = found.at(-1);
  expect(last?.code).toBe("N0101");
  for (const line of last ? render(last, source).split("\n") : []) expect(line.length).toBeLessThan(1000);
  expect(last && render(last, source).split("\n")[3].trimStart()).toMatch(/^│ +\^+ unknown name$/);
});

describe("texts that multiply work are refused in time", () => {
  const body = (text: string, before = ""): string => `${before}\nkernel k(x: f32[64], out y: f32[64]) grid (g in 1) threads 64 {\n  let v = load(x)\n${text}\n}`;
  const doubling = Array.from({ length: 40 }, (_, i) => `fn f${i + 1}(a) = f${i}(a) + f${i}(a)`).join("\n");
  test.each<[string, string, string]>([
    ["a function that calls itself", body("let a = f(v)", "fn f(a) = f(a)"), "N0117"],
    ["two that call each other twice", body("let a = f(v)", "fn f(a) = g(a) + g(a)\nfn g(a) = f(a) * f(a)"), "N0117"],
    ["doubling in a short chain", body("let a = f20(1)", `fn f0(a) = a\n${doubling.split("\n").slice(0, 20).join("\n")}`), "R0301"],
    ["nested unrolled loops", body("unroll for i in 0..1000 { unroll for j in 0..1000 { unroll for k in 0..1000 { let a = i } } }"), "R0301"],
    ["a long unrolled loop", body("unroll for i in 0..1000000000 { }"), "R0303"],
    ["a huge tile", body("let a: f32[100000, 100000] = 0"), "R0304"],
    ["a long chain of operators", body(`let a = v${" + v".repeat(900)} + nothing`), "N0101"],
    ["an error in every round of unrolled loops", body("unroll for i in 0..4000 { unroll for j in 0..40 { let a = v * nothing\nstore(y, a) } }"), "N0101"],
    ["a name of 70,000 letters", body(`let a: ${"f".repeat(70_000)}[64] = v`), "N0110"],
    ["constants in a circle", body("let a = A", "const A = B\nconst B = A"), "N0106"],
  ])("%s", (_, source, code) => {
    // What isn't refused in time runs into the test's time limit.
    expect(check(source, "k.loom").map((d) => d.code)).toContain(code);
  });
});

describe("parameters without default", () => {
  const kernel = (comptime: string, body: string, shape = "N"): string => `kernel k<${comptime}>(x: f32[${shape}], out y: f32[${shape}]) grid (g in 1) threads 32 {\n${body}\n}`;
  test.each<[string, string, string[]]>([
    ["get a size that meets the requirements", kernel("N: int", "require N % 96 == 0\nstore(y, load(x))"), []],
    ["get a size that makes divisions exact", kernel("N: int, G: int = 24", "shared s: f32[N / G]\nrequire N > 32"), []],
    ["stay silent where only the guesses are wrong", kernel("N: int", "require N == 77777777, \"odd\""), []],
    ["are still checked", kernel("N: int", "store(y, laod(x))"), ["N0103"]],
    ["are still checked where all values fail", kernel("N: int", "store(y, load(x) as f16)"), ["T0202"]],
    ["get a type", kernel("T: dtype", "let a = load(x) as T", "32"), []],
    ["leave open what hangs on a layout", kernel("L: layout", "let a: f32[32] @ L = load(x)\nstore(y, a)\nlaod(y)", "32"), ["N0103"]],
    ["get a packing and a flag", "kernel k<P: packing, B: bool>(x: u3[64, 64] @ P, out y: f32[64, 64]) grid (g in 1) threads 32 { if B { store(y, load(x) as f32) } }", []],
  ])("%s", (_, source, expected) => { expect(check(source, "k.loom").map((d) => d.code)).toEqual(expected); });
});

test("errors of several statements and of the text come together, in order of place", () => {
  const source = "kernel k(x: f32[64], out y: f32[64]) grid (g in 1) threads 64 {\n  let a = laod(x)\n  let b = = 3\n  let c = b + a + d\n  stor(y, 0)\n}";
  expect(check(source, "k.loom").map((d) => d.code)).toEqual(["N0103", "S0002", "N0103"]);
});
