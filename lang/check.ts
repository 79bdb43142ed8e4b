// Checking a file without anybody saying what its parameters are: defaults where there are, else a few likely values until
// the kernel's own conditions hold. What is wrong for all of them is reported once.
import type { DiagnosticData } from "../diagnostic.ts";
import { defineFormat, dtype, isSequence, kernelsOf, verify } from "../vm/index.ts";
import type { ComptimeParam } from "./ast.ts";
import { POISON } from "./elaborate-values.ts";
import { loadUnit, type Importer, type LoomFormat, type LoomKernel, type LoomSequence } from "./load.ts";

/** Sizes that kernels are often written for. */
const SIZES: readonly number[] = [64, 128, 256, 1024, 32, 1, 4096, 3];
const TYPES: readonly string[] = ["f32", "u3", "f16", "b1", "i32"];
/** Elaborations of one kernel. */
const MAX_TRIES = 12;
/** Work for one file, in steps of the elaborator; a kernel may take 100,000. */
const MAX_WORK = 400_000;
const LARGEST = 2 ** 20;

/** A format that goes with any window, for kernels that take one of the caller's. */
const sample = defineFormat({
  name: "sample", axes: [{ name: "i", block: undefined }], fields: [{ name: "q", dtype: dtype("i8"), axes: [{ name: "i", axis: 0, div: 1, mod: 0 }], beside: true }],
  value: (r) => r.b.cast({ x: r.field("q") }, { to: dtype("f32") }), encode: ({ x }) => ({ q: x }),
});

/**
 * Everything that is wrong with a file: its text, and each of its kernels and formats for its defaults or for representative values.
 * Never throws; the work is bounded whatever the text.
 * @example
 * ```ts
 * check("kernel k(out y: f32[64]) grid (b in 1) threads 64 { stor(y, 0) }", "k.loom").map((d) => d.code); // => ["N0103"]
 * ```
 */
export function check(source: string, file: string, importer?: Importer): readonly DiagnosticData[] {
  const out: DiagnosticData[] = [];
  const unit = loadUnit(source, { file, importer }, out);
  const work: Work = { left: MAX_WORK };
  const constants = unit.ast.items.filter((i) => i.kind === "const").map((c) => source.slice(c.span.start, c.span.end)).join("\n");
  const formats: string[] = []; // those that kernels can be tried with
  for (const k of [...unit.formats.values(), ...unit.kernels.values(), ...unit.sequences.values()]) {
    const found = checkKernel(k, source, constants, formats, work);
    if (k.ast.kind === "format" && !found.length && k.ast.comptime.every((c) => c.init)) formats.push(k.name);
    if (k.ast.span.file === file) out.push(...found);
  }
  const at = (d: DiagnosticData): number => (d.code === "S0017" ? Infinity : d.span?.start ?? 0);
  const seen = new Set<string>();
  return out.sort((a, b) => at(a) - at(b)).filter((d) => {
    const key = keyOf(d);
    return !seen.has(key) && seen.add(key);
  });
}

const keyOf = (d: DiagnosticData): string => `${d.code} ${d.span?.file} ${d.span?.start} ${d.span?.end}`;

interface Work { left: number }
type Checked = LoomKernel | LoomSequence | LoomFormat;

function checkKernel(k: Checked, source: string, constants: string, formats: readonly string[], work: Work): readonly DiagnosticData[] {
  if (work.left <= 0) return [{ code: "R0301", severity: "warning", message: `${k.ast.kind} '${k.name}' wasn't checked: this file takes too much work`, span: k.ast.name.span, help: "unroll less, or split the file" }];
  const open = k.ast.comptime.filter((c) => c.init === undefined);
  if (!open.length) return attempt(k, {}, work);
  const tries = attempts(open, formats, numbersIn(source.slice(k.ast.span.start, k.ast.span.end) + constants));
  let common: readonly DiagnosticData[] | undefined, same = 0;
  for (const given of tries) {
    if (common && work.left <= MAX_WORK / 2) break;
    const found = attempt(k, given, work);
    if (!found.length) return [];
    const keys = new Set(found.map(keyOf)), before = common?.length;
    common = common ? common.filter((d) => keys.has(keyOf(d))) : found;
    same = common.length === before ? same + 1 : 0;
    // Words and names don't hang on values; nor, most likely, does what several values agree on.
    if (common.length && (common.every((d) => d.code[0] === "S" || d.code[0] === "N") || same >= 4)) break;
  }
  // A requirement that none of our guesses meets says more about the guesses than about the kernel; so do fields and blocks that none of our formats has.
  const guessed = open.some((c) => c.of === "format") ? /^T0(103|70\d)/ : /^T0103/;
  return (common ?? []).filter((d) => !guessed.test(d.code));
}

/** What is wrong with a kernel for these parameters: the elaborator's errors, else what the verifier finds. */
function attempt(k: Checked, given: Readonly<Record<string, unknown>>, work: Work): readonly DiagnosticData[] {
  const { program, diagnostics, steps } = k.elaborate(given);
  work.left -= steps;
  if (!program) return diagnostics.map((d) => d.data);
  return "fields" in program ? [] : (isSequence(program) ? kernelsOf(program.steps) : [program]).flatMap((p) => verify(p));
}

/** Values for the parameters without default, the likeliest first. */
function attempts(open: readonly ComptimeParam[], formats: readonly string[], numbers: readonly number[]): Readonly<Record<string, unknown>>[] {
  const sizes = [...new Set([...SIZES.slice(0, 2), ...numbers.slice(0, 1), ...SIZES.slice(2), ...numbers.slice(1)])];
  return sizes.slice(0, MAX_TRIES).map((n, i) => Object.fromEntries(open.map((c) => [c.name.text, valueFor(c, n, formats, i)])));
}

function valueFor(c: ComptimeParam, size: number, formats: readonly string[], turn: number): unknown {
  switch (c.of) {
    case "int": return size;
    case "float": return 1.5;
    case "bool": return turn % 2 === 0;
    case "dtype": return TYPES[turn % TYPES.length];
    case "packing": return "dense";
    // No layout fits shapes that we don't know: what hangs on it isn't checked.
    case "layout": return POISON;
    case "format": return formats[turn % (formats.length + 1)] ?? sample;
    default: return c.of satisfies never;
  }
}

/** Numbers that the text speaks of, as candidates: first one that all of them divide. */
function numbersIn(text: string): number[] {
  const found = [...new Set((text.replace(/\/\/[^\n]*/g, "").match(/\b\d{1,6}\b/g) ?? []).map(Number))].filter((n) => n > 1).slice(0, 32);
  const all = found.reduce((l, n) => { const m = l * (n / gcd(l, n)); return m <= LARGEST ? m : l; }, 1);
  return [...(all > 1 ? [all] : []), ...found];
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
