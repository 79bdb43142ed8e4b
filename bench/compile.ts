// How long text takes to become WGSL: every kernel of the examples, warm: the compiler itself is compiled by what it compiles, and that isn't done
// after one kernel, so all of them go through it first, and each is compiled until it gets no faster. The least of its turns counts, for other
// programs and collected memory only add. A kernel of a sequence has all of the sequence's text and parameters to itself.
import { baseTarget, compileProgram, defaultRates, prepare, type Target } from "../codegen/index.ts";
import { load } from "../lang/index.ts";
import { profiles } from "../runtime/index.ts";
import type { Program } from "../vm/index.ts";
import { programsOf, shipped, type Shipped } from "./kernels.ts";
import { progress } from "./options.ts";
import { Wrong } from "./usage.ts";
import { conclusion, shareOf } from "./verdicts.ts";

/** What is compiled for: a GPU without optional features, and lavapipe as it is found. */
const targets: Readonly<Record<string, Target>> = {
  gpu: baseTarget,
  lavapipe: { ...baseTarget, f16: true, packedDot: true, subgroup: 8, rates: defaultRates.lavapipe, staticAccesses: profiles.lavapipe.staticAccesses, unrolls: profiles.lavapipe.unrolls, arrayAligns: true },
};

/** Milliseconds that a kernel may take. */
const GOAL = 30;
/** Rounds over all kernels before anything is measured. */
const WARM = 8;
/** Turns of each kernel that are no faster than those before, and how long all may take. */
const TURNS = 30, PATIENCE = 10_000;

/** Milliseconds that some work takes. */
const took = (work: () => void): number => { const began = performance.now(); work(); return performance.now() - began; };

/** Milliseconds of a kernel. */
interface Row { readonly name: string; readonly on: string; readonly parse: number; readonly elaborate: number; readonly prepare: number; readonly emit: number; readonly all: number }

/** The least of each step of a kernel, by its place in a sequence. */
function measured(s: Shipped, on: string, target: Target, at: number, name: string): Row {
  const least = { parse: Infinity, elaborate: Infinity, prepare: Infinity, emit: Infinity, all: Infinity }, began = performance.now();
  for (let since = 0; since < TURNS && performance.now() - began < PATIENCE; since++) {
    let program: Program | undefined;
    const parse = took(() => { load(s.source, { file: `${s.example}.loom` }); }), text = took(() => { program = programsOf(s)[at]; });
    if (!program) throw new Error(`${name} is no kernel of ${s.name}`);
    const p = program, first = took(() => { prepare(p); }), emit = took(() => { compileProgram(p, target); }), all = text + emit;
    if (all < 0.99 * least.all) since = 0;
    for (const [k, ms] of Object.entries({ parse, elaborate: Math.max(0, text - parse), prepare: first, emit, all })) least[k as keyof typeof least] = Math.min(least[k as keyof typeof least], ms);
  }
  return { name, on, ...least };
}

/** A shipped kernel's name with its parameters; that of a kernel of a sequence stands before the sequence's. */
function nameOf(s: Shipped, kernels: readonly Program[], at: number): string {
  const whole = [s.name, ...Object.entries(s.params).map(([k, v]) => `${k}=${typeof v === "object" ? "…" : String(v)}`)].join(" ");
  const before = kernels.slice(0, at).filter((k) => k.name === kernels[at].name).length;
  return kernels.length === 1 ? whole : `${kernels[at].name}${before > 0 ? `, variant ${before + 1},` : ""} of ${whole}`;
}

/** Prints the table, the slowest first. @param part of an example's name: only these */
export async function compile(part = ""): Promise<void> {
  const all = await shipped(part), rows: Row[] = [], tell = progress("compile");
  if (all.length === 0) throw new Wrong(`no example's name has "${part}" in it`);
  for (let i = 0; i < WARM; i++) for (const s of all) for (const target of Object.values(targets)) { tell(`${s.name}, to get warm`); programsOf(s).forEach((p) => { compileProgram(p, target); }); }
  for (const s of all) {
    const kernels = programsOf(s);
    for (const [on, target] of Object.entries(targets)) for (const i of kernels.keys()) { const name = nameOf(s, kernels, i); tell(`${name} for ${on}`); rows.push(measured(s, on, target, i, name)); }
  }
  tell();
  console.log("Least ms from text to WGSL, warm; emit holds prepare (folding, pipelining, inference of layouts)\n     all   parse elaborate prepare    emit");
  for (const r of rows.sort((a, b) => b.all - a.all))
    console.log(`${[r.all, r.parse, r.elaborate, r.prepare, r.emit].map((ms, i) => ms.toFixed(1).padStart(i === 2 ? 9 : 8)).join("")}  ${r.on}: ${r.name}`);
  console.log(`\n${conclusion(Object.keys(targets).map((on) => { const own = rows.filter((r) => r.on === on); return shareOf(`text to WGSL for ${on} takes less than ${GOAL} ms`, own.filter((r) => r.all < GOAL).length, own.length); }))}`);
}
