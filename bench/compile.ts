// How long text takes to become WGSL: every kernel of the examples, warm: the compiler itself is compiled by what it compiles, and that isn't done
// after one kernel, so all of them go through it first. Then the least of many turns counts, for other programs and collected memory only add.
import { baseTarget, compileProgram, defaultRates, prepare, type Target } from "../codegen/index.ts";
import { load } from "../lang/index.ts";
import { profiles } from "../runtime/index.ts";
import { programsOf, shipped, type Shipped } from "./kernels.ts";
import { progress } from "./options.ts";
import { Wrong } from "./usage.ts";
import { conclusion, shareOf } from "./verdicts.ts";

/** What is compiled for: a GPU without optional features, and lavapipe as it is found. */
const targets: Readonly<Record<string, Target>> = {
  gpu: baseTarget,
  lavapipe: { ...baseTarget, f16: true, packedDot: true, subgroup: 8, rates: defaultRates.lavapipe, staticAccesses: profiles.lavapipe.staticAccesses, unrolls: profiles.lavapipe.unrolls },
};

/** Milliseconds that a kernel may take. */
const GOAL = 30;
/** Rounds over all kernels before anything is measured. */
const WARM = 2;
/** Turns of each kernel, and how long they may take in all; three are made in any case. */
const TURNS = 25, PATIENCE = 4000;

/** Milliseconds that some work takes. */
const took = (work: () => void): number => { const began = performance.now(); work(); return performance.now() - began; };

/** Milliseconds of an example, whose kernels may be several. */
interface Row { readonly name: string; readonly on: string; readonly kernels: number; readonly parse: number; readonly elaborate: number; readonly prepare: number; readonly emit: number; readonly all: number }

function measured(s: Shipped, on: string, target: Target): Row {
  const turns: Row[] = [], began = performance.now(), name = [s.name, ...Object.entries(s.params).map(([k, v]) => `${k}=${typeof v === "object" ? "…" : String(v)}`)].join(" ");
  for (let i = 0; i < TURNS && (i < 3 || performance.now() - began < PATIENCE); i++) {
    let programs: ReturnType<typeof programsOf> = [];
    const parse = took(() => { load(s.source, { file: `${s.example}.loom` }); }), text = took(() => { programs = programsOf(s); });
    const first = took(() => { programs.forEach((p) => prepare(p)); }), emit = took(() => { programs.forEach((p) => compileProgram(p, target)); });
    turns.push({ name, on, kernels: programs.length, parse, elaborate: Math.max(0, text - parse), prepare: first, emit, all: text + emit });
  }
  const least = (k: "parse" | "elaborate" | "prepare" | "emit" | "all"): number => Math.min(...turns.map((t) => t[k]));
  return { name, on, kernels: turns[0].kernels, parse: least("parse"), elaborate: least("elaborate"), prepare: least("prepare"), emit: least("emit"), all: least("all") };
}

/** Prints the table, the slowest first. @param part of an example's name: only these */
export async function compile(part = ""): Promise<void> {
  const all = await shipped(part), rows: Row[] = [], tell = progress("compile");
  if (all.length === 0) throw new Wrong(`no example's name has "${part}" in it`);
  for (let i = 0; i < WARM; i++) for (const s of all) for (const target of Object.values(targets)) { tell(`${s.name}, to get warm`); programsOf(s).forEach((p) => { compileProgram(p, target); }); }
  for (const s of all) for (const [on, target] of Object.entries(targets)) { tell(`${s.name} for ${on}`); rows.push(measured(s, on, target)); }
  tell();
  console.log("Least ms from text to WGSL, warm; emit holds prepare (folding, pipelining, inference of layouts)\n     all   parse elaborate prepare    emit");
  for (const r of rows.sort((a, b) => b.all - a.all))
    console.log(`${[r.all, r.parse, r.elaborate, r.prepare, r.emit].map((ms, i) => ms.toFixed(1).padStart(i === 2 ? 9 : 8)).join("")}  ${r.on}: ${r.name}${r.kernels > 1 ? ` (${r.kernels} kernels)` : ""}`);
  console.log(`\n${conclusion(Object.keys(targets).map((on) => { const own = rows.filter((r) => r.on === on); return shareOf(`text to WGSL for ${on} takes less than ${GOAL} ms`, own.filter((r) => r.all < GOAL).length, own.length); }))}`);
}
