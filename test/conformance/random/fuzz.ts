// Random Programs for as long as you like; the first that engines disagree on is shrunk, shown and kept to be run again.
//
//   npm run fuzz                                   60 seconds on the loop form
//   npm run fuzz -- --seconds 600 --seed 7 --on all    loop | swiftshader | lavapipe | all
//   npm run fuzz -- --runs 100 --small             so many, of the size that the tests have on devices
//   npm run fuzz -- --replay FILE                  the Program of a file that was kept
import fc from "fast-check";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { close, listAdapters, open } from "../../../runtime/index.ts";
import { onDevice, onLoopForm, refused } from "./check.ts";
import type { Plan } from "./choices.ts";
import { caseOf, plan, smallOptions, smallPlan } from "./programs.ts";

const { values } = parseArgs({ options: { seconds: { type: "string", default: "60" }, seed: { type: "string" }, on: { type: "string", default: "loop" }, replay: { type: "string" }, most: { type: "string", default: "40" }, runs: { type: "string" }, small: { type: "boolean", default: false } } });
const most = Number(values.most), seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed), kept = "node_modules/.cache/bitloom/fuzz.json";

const wanted = values.on === "all" ? ["loop", "swiftshader", "lavapipe"] : [values.on], there = wanted.every((n) => n === "loop") ? [] : (await listAdapters()).filter((a) => a.usable).map((a) => a.kind as string);
const missing = wanted.filter((n) => n !== "loop" && !there.includes(n));
if (missing.length) console.log(`not here: ${missing.join(", ")}`);

/** What is wrong with a plan's Program on one of the engines. */
async function wrong(p: Plan): Promise<string | undefined> {
  const c = caseOf(p, values.small ? smallOptions : { most }), law = refused(c) ?? (wanted.includes("loop") ? onLoopForm(c) : undefined);
  if (law) return law;
  for (const name of wanted) if (there.includes(name)) { const d = await onDevice(c, await open({ adapter: name }), name); if (d) return d; }
  return undefined;
}
const words = (e: unknown): string => (e instanceof Error ? (e.stack ?? e.message) : String(e));
const judged = (p: Plan): Promise<string | undefined> => wrong(p).catch(words);

let failed: Plan | undefined, found: string | undefined, runs = 0;
if (values.replay) {
  failed = JSON.parse(readFileSync(values.replay, "utf8")) as Plan;
  found = await judged(failed);
  runs = 1;
} else {
  const end = values.runs === undefined ? Date.now() + Number(values.seconds) * 1000 : Infinity, wantedRuns = Number(values.runs ?? Infinity);
  const property = fc.asyncProperty(values.small ? smallPlan : plan, async (p) => {
    runs++;
    const why = await judged(p);
    if (why !== undefined) { failed = p; found = why; console.log(`${runs}: ${why.split("\n")[0]}`); }
    return why === undefined;
  });
  // Shrinking may take as long again.
  while (Date.now() < end && runs < wantedRuns && !found) await fc.check(property, { seed: (seed + runs) | 0, numRuns: Math.min(200, wantedRuns - runs), ...(end < Infinity ? { interruptAfterTimeLimit: Math.max(1, end - Date.now()) } : {}) });
}
if (found !== undefined && failed) {
  console.log(found);
  if (!values.replay) {
    mkdirSync(dirname(kept), { recursive: true });
    writeFileSync(kept, JSON.stringify(failed));
    console.log(`again: npm run fuzz -- --on ${values.on} ${values.small ? "--small" : `--most ${most}`} --replay ${kept}`);
  }
}
console.log(`${runs} Programs${values.replay ? "" : ` from seed ${seed}`} on ${wanted.filter((n) => !missing.includes(n)).join(", ")}: ${found === undefined ? "no difference" : "they disagree"}`);
await close();
process.exit(found === undefined ? 0 : 1);
