// Results as a figure: what is measured against the bits of a weight, a line for each form. SVG, the same text for the same numbers.
import type { Result } from "./measured.ts";
import { formsOf } from "./table.ts";
import type { Task } from "./task.ts";

const WIDTH = 640, HEIGHT = 400, LEFT = 64, RIGHT = 16, TOP = 24, BOTTOM = 48;
/** Colours that people tell apart whatever colours they see (Okabe and Ito). */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

const escaped = (text: string): string => text.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`);
const at = (x: number): string => x.toFixed(1).replace(/\.0$/, "");

/** About six round numbers from low to high. */
function ticks(low: number, high: number): readonly number[] {
  const rough = (high - low) / 6, unit = 10 ** Math.floor(Math.log10(rough)), step = unit * ([1, 2, 5, 10].find((n) => n * unit >= rough) ?? 10);
  return Array.from({ length: Math.floor(high / step + 1e-9) - Math.ceil(low / step - 1e-9) + 1 }, (_, i) => Number(((Math.ceil(low / step - 1e-9) + i) * step).toPrecision(6)));
}

/** The figure. Lines leave it where numbers leave the task's range. */
export function figureOf({ name, measure, better, range: [low, high] }: Pick<Task, "name" | "measure" | "better" | "range">, results: readonly Result[]): string {
  const most = Math.max(8, ...results.map((r) => r.scheme?.bits ?? 0));
  const x = (bits: number): number => LEFT + ((bits - 0.75) / (most - 0.5)) * (WIDTH - LEFT - RIGHT), y = (v: number): number => TOP + ((high - v) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const text = (px: number, py: number, what: string, more = ""): string => `<text x="${at(px)}" y="${at(py)}"${more}>${escaped(what)}</text>`;
  const line = (x1: number, y1: number, x2: number, y2: number, stroke: string, more = ""): string => `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" stroke="${stroke}"${more}/>`;
  const smaller = better === "less", left = LEFT, right = WIDTH - RIGHT, floor = HEIGHT - BOTTOM, given = results.find((r) => !r.scheme);
  const parts = [
    ...ticks(low, high).flatMap((v) => [line(left, y(v), right, y(v), "#ddd"), text(left - 8, y(v) + 4, String(v), ' text-anchor="end"')]),
    ...Array.from({ length: Math.floor(most) }, (_, i) => text(x(i + 1), floor + 18, String(i + 1), ' text-anchor="middle"')),
    line(left, floor, right, floor, "#555"),
    text((left + right) / 2, HEIGHT - 10, "bits of a weight's code", ' text-anchor="middle"'),
    text(left, 14, `${name}: ${measure}`, ' font-weight="bold"'),
    ...(given ? [line(left, y(given.value), right, y(given.value), "#555", ' stroke-dasharray="4 4"')] : []),
  ];
  const lines = formsOf(results).flatMap((form, i) => {
    const mine = results.flatMap((r) => (r.scheme?.form === form ? [{ bits: r.scheme.bits, value: r.value, label: r.scheme.label }] : [])), colour = COLOURS[i % COLOURS.length];
    // Of several of one width the best is on the line.
    const widths = [...new Set(mine.map((p) => p.bits))].sort((a, b) => a - b), best = (n: number): number => mine.flatMap((p) => (p.bits === n ? [p.value] : [])).reduce((a, b) => (smaller ? Math.min(a, b) : Math.max(a, b)));
    // Far outside is as good as just outside, and keeps numbers short.
    const point = (n: number, v: number): string => `${at(x(n))},${at(Math.max(-HEIGHT, Math.min(2 * HEIGHT, y(v))))}`;
    return [
      `<polyline points="${widths.map((n) => point(n, best(n))).join(" ")}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      ...mine.filter((p) => p.value >= low && p.value <= high).map((p) => `<circle cx="${at(x(p.bits))}" cy="${at(y(p.value))}" r="3.5" fill="${colour}"><title>${escaped(`${form} ${p.bits}${p.label && ` ${p.label}`}: ${p.value.toFixed(4)}`)}</title></circle>`),
    ];
  });
  const legend = formsOf(results).flatMap((form, i) => {
    const ly = (smaller ? TOP + 14 : floor - 14 - 18 * (formsOf(results).length - 1)) + 18 * i;
    return [line(right - 130, ly - 4, right - 106, ly - 4, COLOURS[i % COLOURS.length], ' stroke-width="2"'), text(right - 100, ly, form)];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#222">`,
    `<clipPath id="area"><rect x="${left}" y="${TOP}" width="${right - left}" height="${floor - TOP}"/></clipPath>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    ...parts, `<g clip-path="url(#area)">`, ...lines, "</g>", ...legend, "</svg>", "",
  ].join("\n");
}
