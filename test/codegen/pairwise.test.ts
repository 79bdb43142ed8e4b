// Instruction × type class × layout class × packing × shape class: the loop form says what the interpreter says and Tint takes the WGSL
// wherever two classes meet, and the loop form for every instruction with every class of types. BITLOOM_PAIRWISE=all tries the whole
// product (an hour).
import { afterAll, describe, expect, test } from "vitest";
import { close } from "../../runtime/index.ts";
import { everyCombination, everyType, nameOf, caseFor, pairs, type Combination } from "../conformance/pairwise-cases.ts";
import { counting, type Engine } from "../conformance/support-table.ts";
import { pairwise } from "../conformance/pairwise.ts";
import { everywhere, onLoopForm, refused, targets, type Case } from "../conformance/random/check.ts";
import { nullDevices } from "../validate/tint.ts";

const devices = await nullDevices();
afterAll(close);

type Target = (typeof targets)[number];
const loopForm = (c: Case, target: Target): string | undefined => refused(c) ?? onLoopForm(c, [target]);
const withTint = (c: Case, target: Target): Promise<string | undefined> => everywhere(c, target, devices);

/** What is wrong with some combinations on some engines; each is tried for one of the targets in turn. */
async function wrong(list: Iterable<Combination>, part: string, engines: readonly Engine[], judge: (c: Case, target: Target) => Promise<string | undefined> | string | undefined): Promise<{ readonly tried: number; readonly wrong: string[] }> {
  const found: string[] = [], tallies = engines.map((e) => counting(e, part));
  let n = 0;
  for (const c of list) {
    const made = caseFor(c);
    if (!made) continue;
    const why = await judge(made, targets[n++ % targets.length]);
    for (const t of tallies) t.count(c, why === undefined);
    if (why) found.push(`${nameOf(c)}\n${why}`);
  }
  for (const t of tallies) t.done();
  return { tried: n, wrong: found };
}

describe("pairs of classes on the loop form and in Tint", () => {
  const list = pairs(), size = Math.ceil(list.length / 8);
  test.each(Array.from({ length: 8 }, (_, i) => i))("part %i of 8", async (part) => expect((await wrong(list.slice(part * size, (part + 1) * size), `pairs-${part}`, ["loop", "tint"], withTint)).wrong).toEqual([]), 900_000);
  test("there are enough and not too many", () => { expect(list.length).toBeGreaterThan(700); expect(list.length).toBeLessThanOrEqual(1500); });
});

test("every instruction with every class of types", async () => {
  const { tried, wrong: found } = await wrong(everyType(), "types", ["loop"], loopForm);
  expect(found).toEqual([]);
  expect(tried).toBeGreaterThan(480);
}, 900_000);

test.runIf(process.env.BITLOOM_PAIRWISE === "all")("the whole product", async () => expect((await wrong(everyCombination(), "all", ["loop", "tint"], withTint)).wrong).toEqual([]), 7_200_000);

test("a covering array has every legal pair, and none that isn't", () => {
  const sizes = [4, 3, 3, 2], legal = (r: readonly number[]): boolean => r[0] !== 3 || r[1] === 0, rows = pairwise(sizes, legal);
  expect(rows.every(legal)).toBe(true);
  expect(rows.length).toBeLessThanOrEqual(16);
  sizes.forEach((n, f) => sizes.forEach((m, g) => {
    if (f < g) for (let a = 0; a < n; a++) for (let b = 0; b < m; b++) expect(rows.some((r) => r[f] === a && r[g] === b), `${f}:${a} with ${g}:${b}`).toBe(!(f === 0 && g === 1 && a === 3 && b !== 0));
  }));
});
