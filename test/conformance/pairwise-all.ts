// The whole product of instruction × type class × layout class × packing × shape class: every Program is right for the verifier, the loop
// form says what the interpreter says, and Tint takes the WGSL. Hours of one core, hence no part of `npm test`, which tries a covering
// array of the same combinations (test/codegen/pairwise.test.ts).
//
//   npm run pairwise                     all of it
//   npm run pairwise -- --part 1/2       every second combination, for one of two processes
//   npm run pairwise -- --step 100       each hundredth, for a look
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { close } from "../../runtime/index.ts";
import { nullDevices } from "../validate/tint.ts";
import { caseFor, everyCombination, nameOf, type Combination } from "./pairwise-cases.ts";
import { everywhere, targets } from "./random/check.ts";

const { values } = parseArgs({ options: { part: { type: "string", default: "1/1" }, step: { type: "string", default: "1" } } });
const [part, of] = values.part.split("/").map(Number), step = Number(values.step), folder = "node_modules/.cache/bitloom/pairwise", log = `${folder}/part-${part}-of-${of}.txt`;
mkdirSync(folder, { recursive: true });
writeFileSync(log, "");
const say = (line: string): void => { appendFileSync(log, `${line}\n`); console.log(line); };

const devices = await nullDevices(), start = Date.now();
/** What is wrong with a combination; null where there is no such. */
async function wrong(c: Combination, target: (typeof targets)[number]): Promise<string | undefined | null> {
  try {
    const made = caseFor(c);
    return made ? await everywhere(made, target, devices) : null;
  } catch (e) { return e instanceof Error ? (e.stack ?? e.message) : String(e); }
}

let tried = 0, none = 0, bad = 0, n = 0;
for (const c of everyCombination()) {
  if (n++ % (of * step) !== part - 1) continue;
  const target = targets[tried % targets.length], why = await wrong(c, target);
  if (why === null) { none++; continue; }
  tried++;
  if (why !== undefined) { bad++; say(`${nameOf(c)}, for ${target[0]}\n${why}`); }
  if (tried % 500 === 0) say(`${tried} tried, ${none} are none, ${bad} wrong, ${Math.round((Date.now() - start) / 1000)} s, at ${nameOf(c)}`);
}
say(`part ${part} of ${of}: ${tried} combinations tried, ${none} are none, ${bad} wrong, ${Math.round((Date.now() - start) / 1000)} s, ${Math.round(process.cpuUsage().user / 1e6)} s of one core`);
await close();
process.exit(bad === 0 ? 0 : 1);
