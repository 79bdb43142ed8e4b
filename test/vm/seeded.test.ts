// Bugs put into good kernels, one at a time: the verifier or the sanitising interpreter finds each, and marks the line it comes from.
import { describe, expect, test } from "vitest";
import { examples } from "../../examples/index.ts";
import { locate, type DiagnosticData } from "../../diagnostic.ts";
import { load } from "../../lang/index.ts";
import { evaluate, makeTile, sanitise, verify, type Program, type Tile } from "../../vm/index.ts";
import { cases } from "../kernels/cases.ts";
import { ready } from "../kernels/support.ts";
import { tilesOf } from "../examples/support.ts";

const all = await examples();

/** The only kernel of a text, or what is wrong with it. */
function made(source: string, params: Readonly<Record<string, unknown>>): { readonly program: Program | undefined; readonly found: readonly DiagnosticData[] } {
  const { kernels: [k], diagnostics } = load(source, { file: "seeded.loom" });
  if (!k) return { program: undefined, found: diagnostics };
  const { program, diagnostics: more } = k.elaborate(params);
  return { program, found: [...diagnostics, ...more.map((d) => d.data)] };
}

/** Inputs full of small numbers; a kernel's run-time sizes are all `n`. */
function inputs(p: Program, n: number): Record<string, Tile> {
  const env = new Map(p.dims.map((d) => [d, n]));
  return Object.fromEntries(p.params.flatMap((q) => {
    if (q.kind !== "tensor" || q.direction === "out") return [];
    const t = makeTile(q.value.dtype, q.value.shape.map((s) => evaluate(s, env)));
    return [[q.name, { ...t, data: t.data.map((_, i) => i % 2) }]];
  }));
}

const told = (found: readonly DiagnosticData[], source: string): string[] => found.map((d) => {
  const { text } = locate(source, d.span?.start ?? 0);
  return `${d.code} ${text.trim().replace(/\s*\/\/.*$/, "")}`;
});

/** What verifier and sanitiser say about a text: code and marked line. */
function verdicts(source: string, params: Readonly<Record<string, unknown>>, n: number): { readonly text: string[]; readonly verifier: string[]; readonly sanitiser: string[] } {
  const { program, found } = made(source, params);
  if (!program) return { text: told(found, source), verifier: [], sanitiser: [] };
  return { text: [], verifier: told(verify(program), source), sanitiser: told(sanitise(program, inputs(program, n)).found, source) };
}

const texts = new Map(all.map((e) => [e.name, e.source]));
const sourceOf = (name: string): string => texts.get(name) ?? name;
const sizes = { N: 128, K: 96 }, planes = { N: 32, K: 200, BK: 128, BM: 16 };

describe("without the bug there is nothing to find", () => {
  test.each([["gemm_f16_u3", sizes, 5], ["gemm_w3a3", planes, 5], ["softmax", { N: 300 }, 3]] as const)("%s", (name, params, n) => {
    expect(verdicts(sourceOf(name), params, n)).toEqual({ text: [], verifier: [], sanitiser: [] });
  });
});

interface Seed { readonly what: string; readonly of: string; readonly params: Readonly<Record<string, unknown>>; readonly n: number; readonly cut: string; readonly put: string; readonly verifier?: string; readonly sanitiser?: string; readonly text?: string }

const seeds: readonly Seed[] = [
  { what: "no barrier before the product", of: "gemm_f16_u3", params: sizes, n: 33, cut: "    barrier()\n    acc +=", put: "    acc +=", verifier: "R0401 acc += dot(sa, sb)", sanitiser: "R0401 acc += dot(sa, sb)" },
  { what: "no barrier after the product", of: "gemm_f16_u3", params: sizes, n: 33, cut: "acc += dot(sa, sb)\n    barrier()", put: "acc += dot(sa, sb)", verifier: "R0401 copy(a[m0 +: BM, k +: BK], to: sa)", sanitiser: "R0401 copy(a[m0 +: BM, k +: BK], to: sa)" },
  { what: "no barrier before binary products", of: "gemm_w3a3", params: planes, n: 5, cut: "    barrier()\n    for i", put: "    for i", verifier: "R0401 acc += bmma(xa[i], xw[j], k: min(K - k, BK)) << (i + j)", sanitiser: "R0401 acc += bmma(xa[i], xw[j], k: min(K - k, BK)) << (i + j)" },
  { what: "no barrier after binary products", of: "gemm_w3a3", params: planes, n: 5, cut: "    }\n    barrier()", put: "    }", verifier: "R0401 copy(bits_of(a)[:, m0 +: BM, k +: BK], to: xa)", sanitiser: "R0401 copy(bits_of(a)[:, m0 +: BM, k +: BK], to: xa)" },
  { what: "windows of neighbouring blocks overlap", of: "gemm_f16_u3", params: sizes, n: 33, cut: "let n0 = bn * BN", put: "let n0 = bn * (BN / 2)", verifier: "R0405 store(c[m0 +: BM, n0 +: BN], acc as T)", sanitiser: "R0405 store(c[m0 +: BM, n0 +: BN], acc as T)" },
  { what: "every block stores the same rows", of: "gemm_f16_u3", params: sizes, n: 33, cut: "let m0 = bm * BM", put: "let m0 = 0", verifier: "R0405 store(c[m0 +: BM, n0 +: BN], acc as T)", sanitiser: "R0405 store(c[m0 +: BM, n0 +: BN], acc as T)" },
  { what: "rows of softmax that two blocks share", of: "softmax", params: { N: 300, BM: 2 }, n: 5, cut: "let m = b * BM", put: "let m = b", verifier: "R0405 store(y[m +: BM, n +: BN], (e * scale) as T)", sanitiser: "R0405 store(y[m +: BM, n +: BN], (e * scale) as T)" },
  { what: "a sum without its zero", of: "gemm_f16_u3", params: sizes, n: 33, cut: "var acc: f32[BM, BN] = 0", put: "var acc: f32[BM, BN]", verifier: "R0404 acc += dot(sa, sb)", sanitiser: "R0404 acc += dot(sa, sb)" },
  { what: "a tile that nobody fills", of: "gemm_f16_u3", params: sizes, n: 33, cut: "copy(a[m0 +: BM, k +: BK], to: sa)", put: "", verifier: "R0404 acc += dot(sa, sb)", sanitiser: "R0404 acc += dot(sa, sb)" },
  { what: "a tile of which half is filled", of: "gemm_f16_u3", params: sizes, n: 33, cut: "copy(a[m0 +: BM, k +: BK], to: sa)", put: "copy(a[m0 +: BM / 2, k +: BK], to: sa[0 +: BM / 2, :])", sanitiser: "R0404 acc += dot(sa, sb)" },
  { what: "a layout for another tile", of: "gemm_w3a3", params: planes, n: 5, cut: "local(BM/8, BN/8),", put: "local(BM/8, BN/4),", text: "L0303 var acc: i32[BM, BN] @ Acc = 0" },
  { what: "a packing that isn't whole words", of: "gemm_f16_u3", params: sizes, n: 33, cut: "local(BK/16, BN/32) * spatial(8, 8) * local(2, 4)", put: "local(BK/16, BN/64) * spatial(8, 16) * local(2, 4)", text: "L0203 b: W[K, N] @ packed(L)," },
  {
    what: "a view of more bits than there are", n: 1, params: {}, cut: "local(4), dtype", put: "local(2), dtype", text: "L0302 let w = view(v, layout: spatial(16) * local(2), dtype: u16)",
    of: "kernel k(x: u8[128], out y: u16[64]) grid (g in 1) threads 16 {\n  let v: u8[128] @ spatial(16) * local(8) = load(x)\n  let w = view(v, layout: spatial(16) * local(4), dtype: u16)\n  store(y, w)\n}",
  },
  {
    what: "a window that the data choose", n: 1, params: {}, cut: "x[g +: 1]", put: "x[0 +: 1]", sanitiser: "R0405 store(y[n * 8 +: 8], fill(1, dtype: f32, shape: [8]))",
    of: "kernel k(x: i32[2], out y: f32[16]) grid (g in 2) threads 8 {\n  let n = scalar(load(x[g +: 1]))\n  store(y[n * 8 +: 8], fill(1, dtype: f32, shape: [8]))\n}",
  },
  {
    what: "shared rows at places that the data choose", n: 1, params: {}, cut: "  barrier()\n  store(s[n", put: "  store(s[n", verifier: "R0401 store(s[n +: 1, :], load(z[1 +: 1, :]))", sanitiser: "R0401 store(s[n +: 1, :], load(z[1 +: 1, :]))",
    of: "kernel k(x: i32[1], z: f32[2, 8], out y: f32[2, 8]) grid (g in 1) threads 8 {\n  shared s: f32[2, 8]\n  let n = scalar(load(x))\n  store(s, load(z))\n  barrier()\n  store(s[n +: 1, :], load(z[1 +: 1, :]))\n  barrier()\n  store(y, load(s))\n}",
  },
];

describe("a seeded bug is found", () => {
  test.each(seeds)("$what", (s) => {
    const source = sourceOf(s.of), bad = source.replace(s.cut, s.put);
    expect(bad).not.toBe(source);
    expect(verdicts(source, s.params, s.n)).toEqual({ text: [], verifier: [], sanitiser: [] });
    const found = verdicts(bad, s.params, s.n);
    for (const by of ["text", "verifier", "sanitiser"] as const) {
      if (s[by]) expect(found[by], by).toContain(s[by]);
      else if (by !== "text") expect(found[by], by).toEqual([]);
    }
  });
});

describe("kernels as users write them are sound to the sanitiser", () => {
  const one = cases.filter((c, i) => cases.findIndex((d) => d.kernel === c.kernel) === i);
  test.each(one.map((c) => [c.kernel, c] as const))("%s", (_, c) => {
    const { program, tiles } = ready(c, 1);
    expect(sanitise(program, { ...tiles, ...c.scalars }).found.filter((d) => !(c.partial && d.code === "R0408")).map((d) => `${d.code} ${d.message}`)).toEqual([]);
  });
  test.each(all.map((e) => [e.name, e] as const))("%s", (_, e) => {
    const [c] = [...e.cases()].sort((a, b) => size(a.inputs) - size(b.inputs));
    expect(sanitise(e.kernel.specialise(c.params), { ...tilesOf(c), ...c.scalars }).found.map((d) => `${d.code} ${d.message}`)).toEqual([]);
  });
});

const size = (inputs: Readonly<Record<string, { readonly values: { readonly length: number } }>>): number => Object.values(inputs).reduce((n, x) => n + x.values.length, 0);
