// Bugs put into every shipped example by rule: each barrier left out, each window of a store one too far, each layout for another
// tile, shared tiles on top of each other. Verifier, sanitiser or the reading of the text name each, at its line.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { count, type Case } from "../../examples/example.ts";
import { examples } from "../../examples/index.ts";
import { locate, type DiagnosticData } from "../../diagnostic.ts";
import { load } from "../../lang/index.ts";
import { eachStmt, isSequence, kernelsOf, sanitise, verify, type Inputs, type Program, type Sequence, type Stmt } from "../../vm/index.ts";
import { withBlocks } from "../../vm/program.ts";
import { tilesOf } from "../examples/support.ts";

/** A text, what of it is made with which parameters, and perhaps inputs. */
interface Subject { readonly name: string; readonly source: string; readonly of: string; readonly params: readonly Readonly<Record<string, unknown>>[]; readonly cases: readonly Case[] }

const sizeOf = (c: Case): number => Object.values(c.inputs).reduce((n, x) => n + count(x.shape), 0);

const all: readonly Subject[] = (await examples()).map((e) => {
  // Twins may be of other kernels of the text.
  const fits = (p: Readonly<Record<string, unknown>>): boolean => !isList(made(e.source, e.kernel.name, p)), cases = [...e.cases()].filter((c) => fits(c.params)).sort((a, b) => sizeOf(a) - sizeOf(b));
  return { name: e.name, source: e.source, of: e.kernel.name, params: [...cases.map((c) => c.params), ...e.twins.filter(fits)], cases: cases.slice(0, 4) };
});
const text = (name: string): string => readFileSync(`examples/${name}.loom`, "utf8"), more = (name: string, of: string, params: Readonly<Record<string, unknown>>): Subject => ({ name: `${of} of ${name}`, source: text(name), of, params: [params], cases: [] });
/** Kernels with shared tiles that no case runs. */
const others = [
  more("flexq_gemm/flexq_gemm", "grouped_gemm_repack", { N: 256, K: 256 }), more("charlm/model", "attend", { D: 32, G: 2, SCALE: 0.5 }),
  more("charlm/model", "linear", { K: 64, N: 64, W: "u3", ZERO: 4 }),
  more("gemm_w3a3/gemm_w3a3", "gemm_w3a3", { N: 32, K: 200, BK: 128, BM: 16 }),
];

/** Lines (from 1) that something was found at: the marked one and those labelled. */
interface Found { readonly code: string; readonly line: number; readonly labels: readonly number[] }
const told = (source: string, found: readonly DiagnosticData[]): Found[] => found.map((d) => ({
  code: d.code, line: locate(source, d.span?.start ?? 0).line, labels: (d.labels ?? []).map((l) => locate(source, l.span.start).line),
}));

/** The Program for some parameters; if the text gives none, what was said of it. */
function made(source: string, of: string, params: Readonly<Record<string, unknown>>): Program | Sequence | readonly DiagnosticData[] {
  const { kernels, sequences, diagnostics } = load(source, { file: "seeded.loom" }), k = [...sequences, ...kernels].find((x) => x.name === of);
  const { program, diagnostics: own = [] } = k?.elaborate(params) ?? {};
  return program && !diagnostics.length ? program : [...diagnostics, ...own.map((d) => d.data)];
}

function isList(x: Program | Sequence | readonly DiagnosticData[]): x is readonly DiagnosticData[] { return Array.isArray(x); }
const kernels = (p: Program | Sequence): readonly Program[] => (isSequence(p) ? kernelsOf(p.steps) : [p]);

function byVerifier({ of, params }: Subject, source: string): Found[] {
  return params.flatMap((p) => { const m = made(source, of, p); return told(source, isList(m) ? m : kernels(m).flatMap((k) => verify(k))); });
}
function bySanitiser({ of, cases }: Subject, source: string): Found[] {
  return cases.flatMap((c) => { const m = made(source, of, c.params); return told(source, isList(m) ? m : sanitise(m, { ...tilesOf(c), ...c.scalars } satisfies Inputs).found); });
}

/** The name of the function or kernel that a place of a text stands in. */
const around = (source: string, at: number): string | undefined => [...source.slice(0, at).matchAll(/^(?:kernel|fn|sequence) (\w+)/gm)].at(-1)?.[1];
/** The name of a line's function. */
const aroundLine = (source: string, line: number): string | undefined => around(source, source.split("\n").slice(0, line).join("\n").length);

const code = (source: string): string => source.replace(/\/\/.*$/gm, (c) => " ".repeat(c.length));
const replaced = (source: string, at: number, cut: string, put: string): string => source.slice(0, at) + put + source.slice(at + cut.length);

describe("a barrier left out is a race between what stands before and after it", () => {
  const subjects = [...all, ...others], places = [...new Set(subjects.map((s) => s.source))].flatMap((source) => {
    const own = subjects.filter((s) => s.source === source);
    return [...code(source).matchAll(/\bbarrier\(\)/g)].map((m) => [`${own[0].name} ${locate(source, m.index).line}`, source, m.index, own] as const);
  });
  test.each(places)("%s", (_, source, at, own) => {
    const line = locate(source, at).line, bad = replaced(source, at, "barrier()", ""), seen = own.flatMap((s) => byVerifier(s, bad));
    expect(seen.length).toBeGreaterThan(0);
    for (const { code: c, line: here, labels: [there = NaN] } of seen) {
      if (c === "R0306") continue; // a pipeline that doesn't begin as one
      expect(c).toBe("R0401");
      // What a function does that is called happens where it is called.
      if (![there, here].every((l) => aroundLine(bad, l) === around(bad, at))) continue;
      // Around the loop or straight on: from there past the barrier to here.
      expect([there < line && line < here, here <= there && there < line, line < here && here <= there], `${there}, ${line}, ${here}`).toContain(true);
    }
  });
});

describe("a store one too far leaves elements out or meets another block's", () => {
  const outs = (s: Subject): string[] => [...code(s.source).matchAll(/\b(?:in)?out (\w+):/g)].map(([, name]) => name);
  /** The example is a kernel, no sequence of several. */
  const runsAlone = (s: Subject): boolean => new RegExp(`^kernel ${s.of}\\b`, "m").test(s.source);
  /** Of flexq_gemm a sum that the sequence doesn't read, and the kernel of its other sequence. */
  const unseen = ["flexq_gemm 37", "flexq_gemm 80", "flexq_gemm 81"];
  const places = all.flatMap((s) => [...code(s.source).matchAll(/\bstore\((\w+)\[([^\]]*)\]/g)].flatMap((m) => {
    const [, name, windows] = m, from = m.index + m[0].indexOf("[") + 1;
    // A kernel beside the one that the cases run isn't looked at.
    if (!outs(s).includes(name) || (runsAlone(s) && around(s.source, m.index) !== s.of)) return [];
    return [...windows.matchAll(/([^,]+?)( \+: )/g)].map((w) => [`${s.name} ${locate(s.source, from).line}: ${w[1].trim()} + 1`, s, name, from + w.index, w[1]] as const);
  }));
  test.each(places.filter(([what]) => !unseen.some((u) => what.startsWith(`${u}:`))))("%s", (_, s, name, at, start) => {
    const bad = replaced(s.source, at, start, `${start} + 1`), line = locate(s.source, at).line, seen = [...byVerifier(s, bad), ...bySanitiser(s, bad)];
    const marked = seen.filter((f) => [f.line, ...f.labels].some((l) => l === line || bad.split("\n")[l - 1]?.includes(`store(${name}[`)));
    expect([...new Set(seen.map((f) => f.code))].filter((c) => !["R0401", "R0404", "R0405", "R0408", "T0510"].includes(c))).toEqual([]);
    expect(marked, JSON.stringify(seen)).not.toEqual([]);
  });
});

describe("a layout for another tile is refused where it is used", () => {
  const places = all.flatMap((s) => [...code(s.source).matchAll(/\b(?:local|spatial)\(([^(),\n]+)(?=[,)])/g)].map((m) => [`${s.name} ${locate(s.source, m.index).line}: ${m[0]} * 2`, s, m.index, m[0], m[1]] as const));
  /** What is legal as it is: a packing of other tiles, a kernel that the example doesn't run, and branches that its first parameters don't take. */
  const legal = ["gemm_f16_u3 11", "flexq_gemm 78", "gemm_groups 10", "gemm_skinny 9", "gemm_skinny 16"];
  test.each(places.filter(([what]) => !legal.some((l) => what.startsWith(`${l}:`))))("%s", (_, s, at, cut, size) => {
    const bad = replaced(s.source, at, cut, cut.replace(size, `(${size}) * 2`)), line = locate(s.source, at).line, name = /const (\w+) =|^\s*(\w+): layout/.exec(bad.split("\n")[line - 1])?.slice(1).find(Boolean) ?? around(s.source, at);
    // What is made with it has its name, or that of a constant that it is kept in.
    const names = new Set(name === undefined ? [] : [name]);
    for (const [, constant, value] of bad.matchAll(/const (\w+) = (.*)/g)) if ([...names].some((n) => value.includes(n))) names.add(constant);
    const seen = byVerifier({ ...s, params: s.params.slice(0, 1) }, bad);
    expect(seen.map((f) => f.code)).toContain("L0303");
    for (const f of seen) expect(f.line === line || (f.line < line && bad.split("\n").slice(f.line - 1, line - 1).every((l) => l.endsWith("("))) || [...names].some((n) => bad.split("\n")[f.line - 1]?.includes(n)), `${f.code} ${f.line}`).toBe(true);
  });
});

describe("shared tiles on top of each other", () => {
  const piled = (body: readonly Stmt[]): readonly Stmt[] => body.map((s) => (s.kind !== "inst" ? withBlocks(s, piled) : s.name === "shared" ? { ...s, attrs: { ...s.attrs, arena: { kind: "int" as const, value: 0 } } } : s));
  const tiles = (p: Program): number => { let n = 0; eachStmt(p.body, (s) => { if (s.kind === "inst" && s.name === "shared") n++; }); return n; };
  const subjects = [...all, ...others].flatMap((s) => {
    const found = s.params.flatMap((p) => { const m = made(s.source, s.of, p); return isList(m) ? [] : kernels(m).filter((k) => tiles(k) > 1); });
    return [...new Set(found.map((k) => k.name))].map((name) => [`${s.name}: ${name}`, s, found.filter((k) => k.name === name)] as const);
  });
  test("there are such kernels", () => expect(subjects.length).toBeGreaterThan(6));
  test.each(subjects)("%s", (_, s, programs) => {
    const found = programs.flatMap((p) => told(s.source, verify({ ...p, body: piled(p.body) }).filter((d) => d.code === "R0407")));
    expect(found.length).toBeGreaterThan(0);
    for (const f of found) for (const l of [f.line, ...f.labels]) expect(s.source.split("\n")[l - 1]).toMatch(/^\s*shared \w+:/);
  });
});
