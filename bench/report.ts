// What was measured, as tables, a picture and verdicts.
import type { Counts, Row, Shape } from "./shape.ts";
import type { Maker } from "./entrants.ts";
import { limitText, OURS } from "./goals.ts";
import { sizesText } from "./numbers.ts";
import { plot, type Panel } from "./plot.ts";
import { roof, type Ceilings } from "./roofline.ts";
import { interval, median, ratioText, spearman } from "./timing.ts";
import { shareOf, type Verdict } from "./verdicts.ts";

/** Milliseconds for people. */
export const ms = (t: number): string => t.toFixed(t < 1 ? 3 : t < 100 ? 2 : 0);

/** Prints a shape's table, and how its goals come out. */
export function print({ sizes, rows, overhead, goals, notes, load, pace }: Shape, rounds: number): void {
  // What bounds it, and how much of the least time that is.
  const bound = ({ bound: b, parts }: Row): string => `${b} ${((100 * parts[b]) / Object.values(parts).reduce((x, y) => x + y)).toFixed(0)} %`;
  const most = ({ kinds, ms: all }: Counts): string => Object.entries(kinds).sort(([, x], [, y]) => y - x).slice(0, 2).map(([k, t]) => `${k} ${((100 * t) / all).toFixed(0)} %`).join(", ");
  const wide = Math.max(24, ...rows.map((r) => r.name.length)), line = (cells: readonly string[]): string => cells.map((c, i) => (i === 0 ? c.padEnd(wide) : c.padStart([0, 10, 26, 10, 7, 16, 10, 26][i] ?? 0))).join(" ");
  console.log(`\n${sizesText(sizes)}   (load ${load.toFixed(1)}, ${pace.toFixed(2)} × as slow as when the ceilings were measured)\n${line(["", "ms", "95 %", "roofline", "share", "bound", "counted", "most of that"])}`);
  for (const r of rows) {
    const { median: m, low, high } = interval(r.net);
    console.log(line([r.name, ms(m), r.slow ? "once: too slow" : `${r.ms.length < rounds ? `${r.ms.length} times, ` : ""}${ms(low)} to ${ms(high)}`, ...(r.on === "cpu" ? ["", "", "CPU"] : [ms(r.roof), `${(100 * r.share).toFixed(0)} %`, bound(r), ...(r.counted ? [ms(r.counted.ms), most(r.counted)] : [])])]));
  }
  if (Object.keys(overhead).length) console.log(`  taken off for a call: ${Object.entries(overhead).map(([l, t]) => `${l} ${ms(t)}`).join(", ")}`);
  for (const n of notes) console.log(`  ${n}`);
  const made = [...new Set(rows.map((r) => r.library))].map((l) => [l, rows.reduce((sum, r) => sum + (r.library === l ? r.made : 0), 0)] as const), counts = new Map(rows.map((r) => [r.name, r.counted]));
  console.log(`  s to compile and check: ${made.map(([l, t]) => `${l} ${(t / 1e3).toFixed(1)}`).join(", ")}`);
  for (const goal of new Set(goals.map((g) => g.goal))) {
    const own = goals.filter((g) => g.goal === goal);
    console.log(`  ${own.every((g) => g.verdict === "passes") ? "+" : "-"} ${goal}, ${own.filter((g) => g.verdict === "passes").length} of ${own.length}`);
    for (const g of own) {
      const self = g.over === "roofline", counted = counts.get(g.of);
      console.log(`      ${g.verdict} ${g.of}: ${ratioText(g.ratio)} ${self ? "of the roofline" : `against ${g.over}`}, aim ${Number(g.least.toFixed(2))}`);
      if (g.limit && !self) console.log(`          ${limitText(g.limit)}`);
      if (g.limit && self && counted) console.log(`          what it does counts as ${ms(counted.ms)} ms: ${most(counted)}`);
    }
  }
}

/** Time against bits, a panel for each shape. */
export function picture(name: string, shapes: readonly Shape[], known: Ceilings): string {
  const panels = shapes.map(({ sizes, rows }): Panel => {
    const here = rows.filter((r) => r.on === "adapter"), line = (exact: boolean, bits: readonly number[]) => ({ line: true, name: `roofline, ${exact ? "int × int" : "weights × f32"}`, points: bits.map((b) => [b, roof(sizes, { x: exact ? b : 32, w: b, group: exact || b > 8 ? 0 : 32, exact }, known).ms] as const) });
    const called = ({ library, family }: Row): string => (library === OURS ? `${OURS}, ${family}` : family);
    const series = [...new Set(here.map(called))].map((of) => ({ name: of, points: here.filter((r) => called(r) === of).map((r) => [r.kind.w, median(r.net)] as const) }));
    return { title: `M×N×K = ${sizesText(sizes)}`, series: [...series, line(false, [1, 2, 4, 8, 16, 32]), line(true, [1, 2, 4, 8])] };
  });
  return plot({ title: `matrix products on ${name}`, x: "bits of a weight", y: "ms", ticks: [1, 2, 4, 8, 16, 32], columns: Math.min(3, panels.length), panels });
}

/** The goals of all shapes together, and how counts and measurements agree over all products. */
export function verdictsOf(shapes: readonly Shape[], makers: readonly Pick<Maker, "name" | "library">[]): readonly Verdict[] {
  const all = shapes.flatMap((s) => s.goals), counted = shapes.flatMap((s) => s.rows.flatMap((r) => (r.counted ? [[r.counted.ms, median(r.paced)] as const] : [])));
  const verdicts = [...new Set(all.map((g) => g.goal))].map((goal) => {
    const own = all.filter((g) => g.goal === goal), beyond = own.filter((g) => g.limit && !g.limit.within).length;
    return shareOf(goal, own.filter((g) => g.verdict === "passes").length, own.length, 1, beyond ? `; ${beyond} out of reach by the roofline` : "");
  });
  const asked = makers.filter((m) => m.library === OURS).length * shapes.length;
  if (asked) verdicts.unshift(shareOf("all products of Bitloom run and are right", shapes.flatMap((s) => s.rows.filter((r) => r.library === OURS)).length, asked));
  // The order of a few says nothing.
  if (counted.length < 10) return verdicts;
  const order = spearman(counted);
  return [
    ...verdicts, { goal: "products in the order of their counts, 0.9 alike (Spearman)", found: order.toFixed(2), passes: order >= 0.9 },
    shareOf("80 % of products within 1.5 × of their counts", counted.filter(([a, b]) => Math.max(a / b, b / a) <= 1.5).length, counted.length, 0.8),
  ];
}
