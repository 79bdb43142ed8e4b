// Matrix products of every width beside other people's, on one adapter, in the same rounds:
//
//   npm run bench -- matmul --quick
//
// Each is called as its users call it, and found right. What is timed is what a call makes the device do; ONNX Runtime, which has a device of
// its own, is called, and what a call costs beside the work is measured in the same rounds, on a product of 32 × 32, and taken off. The
// roofline is the time that the adapter's measured ceilings allow.
//
//   matmul ──task──▶ part: a process of its own ──▶ ceilings, shapes one by one ──▶ matmul prints and writes them
//     └── again with what is left, where that one ended: without whom it ended by, or where its memory was full
import { writeFileSync } from "node:fs";
import { apart } from "./apart.ts";
import { ceilingsText } from "./ceilings.ts";
import { minutesOf } from "./forecast.ts";
import { sizesText, type Sizes } from "./numbers.ts";
import { progress, type Options } from "./options.ts";
import { budgetOf, listOf, makersOf, roundsOf, type About, type Task, type Told } from "./part.ts";
import { INSTALL, installed } from "./peers.ts";
import { ms, picture, print, verdictsOf } from "./report.ts";
import type { Ceilings } from "./roofline.ts";
import type { Growth, Shape } from "./shape.ts";
import { conclusion, type Verdict } from "./verdicts.ts";

/** Minutes after which no shape is begun, where nothing else is said. */
const MINUTES = 180;
/** Milliseconds in which nobody says anything before that is taken for the end: compiling one kernel takes a minute at worst. */
const SILENCE = 10 * 60_000;

const minutesText = (n: number): string => (n < 90 ? `${n < 1.5 ? n.toFixed(1) : Math.round(n)} minutes` : `${(n / 60).toFixed(1)} hours`);

/** What was found, and by whom processes ended. */
interface Found { about?: About; known?: Ceilings; growth?: Growth; at: string | undefined; refused?: number; readonly shapes: Shape[]; readonly without: Record<string, string> }

function growthVerdict({ exponent, ms: times }: Growth): Verdict {
  return { goal: "time of a GEMV of i4 without the launch, from 256² to 4096², grows with N·K to the power of 1 ± 0.1", found: `${exponent.toFixed(2)} (ms ${Object.values(times).map(ms).join(", ")})`, passes: Math.abs(exponent - 1) <= 0.1 };
}

/** Runs the bench, prints its tables, and writes what it is told to after every shape. */
export async function matmul(o: Options): Promise<void> {
  const makers = makersOf(o), rounds = roundsOf(o), began = Date.now(), bound = o.minutes ?? MINUTES, until = began + 60_000 * bound, found: Found = { at: undefined, shapes: [], without: {} }, stop = new AbortController();
  const left = (): readonly Sizes[] => listOf(o, found.about?.software ?? false).slice(found.shapes.length), minutes = (): number => (Date.now() - began) / 60_000;
  // What is left takes as much longer than is thought as what was measured did: on a busy machine several times as long.
  const forecast = (known: Ceilings): string => {
    const { shapes } = found, of = (list: readonly Sizes[]): number => minutesOf(list, { makers, known, rounds, budget: budgetOf(o), before: shapes });
    return minutesText(of(left()) * Math.max(1, shapes.length ? minutes() / of(shapes.map((s) => s.sizes)) : 1));
  };
  const report = (more: object = {}): void => {
    const { about, known, shapes } = found;
    if (!about || !known) return;
    const { software: _, ...device } = about;
    if (o.json !== undefined) writeFileSync(o.json, `${JSON.stringify({ device, ceilings: known, rounds, shapes, ...more }, null, 1)}\n`);
    if (o.svg !== undefined && shapes.length) writeFileSync(o.svg, picture(about.name, shapes, known));
  };
  const opened = (about: About, known: Ceilings): void => {
    if (found.about) return;
    Object.assign(found, { about, known });
    console.log(`matrix products on ${about.name} (${about.profile}${about.toggles?.length ? `, ${about.toggles.join(", ")}` : ""}); medians of ${rounds} rounds, ms${about.software ? " of all cores" : ""}\nceilings\n${ceilingsText(known)}`);
    if (o.peers && !installed()) console.log(`no peers are here; to time others as well: ${INSTALL}`);
    console.log(`shapes: ${left().length}, in about ${forecast(known)} where nothing else runs; none is begun after ${minutesText(bound)}`);
  };
  const heard = (t: Told): void => {
    if (t.is === "at") found.at = t.name;
    else if (t.is === "open") opened(t.about, t.known);
    else if (t.is === "growth") found.growth = t.growth;
    else if (t.is === "refused") found.refused = t.code;
    else {
      found.shapes.push(t.shape);
      print(t.shape, rounds);
      report();
      if (found.known && left().length) progress("shapes")(`${found.shapes.length} done in ${minutesText(minutes())}, ${left().length} left for about ${forecast(found.known)}`);
    }
  };
  const interrupted = (): void => stop.abort();
  process.on("SIGINT", interrupted).on("SIGTERM", interrupted);
  try {
    // A process ends by itself when all is measured, time is over or its memory is full. One that ends otherwise does so by somebody, whom the next one leaves out.
    for (;;) {
      const had = found.shapes.length, { known, shapes: before, without } = found, task: Task = { options: o, before, known, without, until };
      found.at = undefined;
      const how = await apart<Told>(process.argv[1], { words: ["matmul", "--part"], task, heard, silence: SILENCE, stop: stop.signal });
      if (stop.signal.aborted || found.refused !== undefined) break;
      if (how !== undefined) {
        if (found.at === undefined || found.at in without) throw new Error(`the process that measures did not end by itself: ${how}`);
        without[found.at] = `${how} at ${sizesText(left()[0] ?? { M: 1, N: 4096, K: 4096 })}`;
        console.error(`${found.at} ends the process that measures (${how}); it goes on without`);
      } else if (found.shapes.length === had) break;
      if (left().length === 0 || Date.now() >= until) break;
    }
  } finally { process.off("SIGINT", interrupted).off("SIGTERM", interrupted); }
  process.exitCode = found.refused ?? (stop.signal.aborted ? 130 : 0);
  if (!found.about) return;
  if (left().length) console.log(`\n${left().length} of ${left().length + found.shapes.length} shapes were not run${stop.signal.aborted ? "" : `, for ${minutesText(bound)} are over`}: --shapes ${left().map((x) => sizesText(x).replaceAll("×", "x")).join(",")} goes on`);
  const verdicts = [...verdictsOf(found.shapes, makers), ...(found.growth ? [growthVerdict(found.growth)] : [])];
  report({ verdicts, ...(found.growth ? { growth: found.growth } : {}) });
  console.log(`\n${conclusion(verdicts)}\n${minutes().toFixed(1)} minutes`);
}
