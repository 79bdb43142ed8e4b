// The table of support: what tests tried, counted as they went, and the page that is made of it.
//
//   npm run support     writes docs/support.md from what the last runs of the tests left in node_modules/.cache/bitloom/support
import { mkdirSync, readFileSync, writeFileSync, existsSync } from "node:fs";
import { factors, type Combination } from "./pairwise-cases.ts";
import { left } from "./random/programs.ts";

const folder = "node_modules/.cache/bitloom/support", engines = ["loop", "tint", "swiftshader", "lavapipe"] as const;
export type Engine = (typeof engines)[number];
/** For each `instruction/type class`: how many combinations agreed and how many didn't. */
type Counts = Record<string, { right: number; wrong: number }>;

const file = (engine: Engine, part: string): string => `${folder}/${engine}-${part}.json`;

/** Counts the combinations of one part of the tests; `done` writes them down. */
export function counting(engine: Engine, part: string): { count(c: Combination, right: boolean): void; done(): void } {
  const counts: Counts = {};
  return {
    count: (c, right) => { const n = (counts[`${c.row}/${c.type}`] ??= { right: 0, wrong: 0 }); if (right) n.right++; else n.wrong++; },
    done: () => { mkdirSync(folder, { recursive: true }); writeFileSync(file(engine, part), JSON.stringify(counts)); },
  };
}

const eighths = Array.from({ length: 8 }, (_, i) => `pairs-${i}`);
/** The parts that tests of an engine are run in. */
export const parts: Readonly<Record<Engine, readonly string[]>> = {
  loop: [...eighths, "types"], tint: eighths, swiftshader: ["0", "1", "2", "3"], lavapipe: ["0", "1", "2", "3"],
};

function total(engine: Engine): Counts | undefined {
  const sum: Counts = {}, there = parts[engine].filter((p) => existsSync(file(engine, p)));
  for (const p of there) for (const [k, n] of Object.entries(JSON.parse(readFileSync(file(engine, p), "utf8")) as Counts)) { const s = (sum[k] ??= { right: 0, wrong: 0 }); s.right += n.right; s.wrong += n.wrong; }
  return there.length === parts[engine].length ? sum : undefined;
}

/** The page, from counts by engine; an engine whose tests weren't all run has none. */
export function page(counts: Readonly<Partial<Record<Engine, Counts | undefined>>>): string {
  const tried = engines.filter((e) => counts[e]), missing = engines.filter((e) => !counts[e]);
  const cell = (row: string, type: string): string => {
    const each = tried.map((e) => counts[e]?.[`${row}/${type}`]);
    if (each.every((n) => n === undefined)) return "";
    return each.map((n) => (n === undefined ? "–" : n.wrong ? `**${n.wrong} wrong**` : String(n.right))).join(" · ");
  };
  const sum = (e: Engine): string => { const n = Object.values(counts[e] ?? {}); return `${n.reduce((a, x) => a + x.right, 0)} right, ${n.reduce((a, x) => a + x.wrong, 0)} wrong on ${e}`; };
  return [
    "# What is supported, as measured", "",
    "Made by `npm run support` from what the tests counted. Each number is of kernels with one instruction on operands of a class of types, in layouts, packings and shapes that",
    `differ, whose results were equal bit by bit to the interpreter's (tint: whose WGSL was accepted): ${tried.join(" · ") || "nothing was run"}. An empty cell is a combination that the type rule refuses; – was not tried there.`, "",
    "They are all tried on the loop form, those in which two classes first meet also in Tint; a third of them on SwiftShader, each eleventh on lavapipe. Besides, a run of",
    "the tests makes random Programs of several instructions, always the same ones: 400 on the loop form and in Tint; smaller ones on the loop form and devices, 2,000 on SwiftShader, 300 on lavapipe (40 in subgroups",
    "of 8, 240 of 4, 20 of 16). `npm run fuzz` makes new ones.", "",
    ...tried.map((e) => `- ${sum(e)}`), ...(missing.length ? [`- not run here: ${missing.join(", ")}`] : []), "",
    `| | ${factors.type.join(" | ")} |`, `|---|${factors.type.map(() => "---").join("|")}|`,
    ...factors.row.map((row) => `| \`${row}\` | ${factors.type.map((t) => cell(row, t)).join(" | ")} |`), "",
    "Not in the table, with reasons:", "", ...Object.entries(left).map(([row, why]) => `- \`${row}\`: ${why}`), "",
  ].join("\n");
}

/** The page of the last runs. */
export const measured = (): string => page(Object.fromEntries(engines.map((e) => [e, total(e)])));
