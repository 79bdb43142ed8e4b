// Pictures of packings: one row per u32 word, one cell per bit, bit 31 on the left; what an element's bits have in
// common is their colour. Small tensors only: a picture of a million bits shows nothing.
import { fail } from "../diagnostic.ts";
import { numbers } from "./algebra.ts";
import { address, wordCount } from "./packing-address.ts";
import type { Packing } from "./packing-types.ts";
import { cell, frame, hue, more, text } from "./svg.ts";

/** What a drawing of a packing shows. */
export interface DrawOptions {
  /** Shown above the words; any text. By default none as text, "packing" as the SVG's name. */
  readonly title?: string;
  /** How many words, from `firstWord`; default 32. */
  readonly words?: number;
  /** Default 0. */
  readonly firstWord?: number;
}

/** What a cell holds: an element (row-major number, and its indices) and which bit of it. */
interface Cell { readonly element: number; readonly index: readonly number[]; readonly bit: number }

const LIMIT = 1 << 18;

/** The cells of the words to draw; pad bits are undefined. */
function cells(p: Packing, bits: number, extents: readonly number[], options: DrawOptions): { first: number; rows: (Cell | undefined)[][]; left: number } {
  const total = wordCount(p, bits, extents), first = Math.max(0, Math.min(total, options.firstWord ?? 0)), count = Math.max(0, Math.min(total - first, options.words ?? 32));
  const n = extents.reduce((a, b) => a * b, 1);
  if (n * bits > LIMIT) fail({ code: "L0215", message: `a drawing of ${n} elements of ${bits} bits is too large`, help: "draw a smaller tensor: the order repeats" });
  const rows = Array.from({ length: count }, () => new Array<Cell | undefined>(32).fill(undefined));
  for (let e = 0; e < n; e++) {
    const index: number[] = [];
    for (let a = extents.length - 1, rest = e; a >= 0; a--) { const s = extents[a] ?? 1; index.unshift(rest % s); rest = Math.floor(rest / s); }
    for (let b = 0; b < bits; b++) {
      const at = address(p, bits, numbers, extents, index, b), row = rows[at.word - first];
      if (row) row[at.bit] = { element: e, index, bit: b };
    }
  }
  return { first, rows, left: total - first - count };
}

/** What stands in a cell: the element's index, and which bit of it. */
const label = (c: Cell | undefined, bits: number): string => (c ? `${c.index.join(",")}${bits > 1 ? `:${c.bit}` : ""}` : "·");

/**
 * The words of a packed tensor as text, bit 31 on the left. A cell reads `element index:bit`, pads are dots.
 * @param options which words, and a title
 * @throws Diagnostic L0215 past 262,144 bits
 * @example
 * ```ts
 * drawPacking(dense(1), 8, [3], { words: 1 }).split("\n").length; // => 2
 * ```
 */
export function drawPacking(p: Packing, bits: number, extents: readonly number[], options: DrawOptions = {}): string {
  const { first, rows, left } = cells(p, bits, extents, options);
  const all = rows.map((r) => r.map((c) => label(c, bits)).reverse());
  const width = Math.max(2, ...all.flat().map((t) => t.length)), gutter = Math.max(4, String(first + rows.length).length);
  const line = (head: string, xs: readonly string[]): string => `${head.padStart(gutter)} │ ${xs.map((x) => x.padStart(width)).join(" ")}`;
  return [
    ...(options.title === undefined ? [] : [options.title]),
    line("word", Array.from({ length: 32 }, (_, i) => String(31 - i))),
    ...all.map((r, i) => line(String(first + i), r)),
    ...(left > 0 ? [`… ${more(left, "word")}`] : []),
  ].join("\n");
}

/**
 * The words of a packed tensor as a self-contained SVG: a row per word, a cell per bit, one colour per element
 * (neighbouring elements differ), shades from the lowest to the highest bit.
 * @param options which words, and a title
 * @throws Diagnostic L0215 past 262,144 bits
 */
export function drawPackingSvg(p: Packing, bits: number, extents: readonly number[], options: DrawOptions = {}): string {
  const { first, rows, left } = cells(p, bits, extents, options);
  const longest = Math.max(...rows.flat().map((c) => label(c, bits).length), 2);
  const w = Math.max(24, Math.ceil(5.6 * longest) + 6), h = 22, side = 52, top = options.title ? 44 : 22, width = side + 32 * w + 8, height = top + rows.length * h + (left > 0 ? 26 : 8);
  const out = options.title ? [text(width / 2, 18, options.title, 'text-anchor="middle" font-size="14"')] : [];
  for (let b = 0; b < 32; b++) out.push(text(side + (31 - b) * w + w / 2, top - 6, String(b)));
  rows.forEach((row, i) => {
    const y = top + i * h;
    out.push(text(side - 8, y + h / 2 + 3, String(first + i), 'text-anchor="end"'));
    row.forEach((c, b) => {
      const x = side + (31 - b) * w, s = c ? label(c, bits) : "";
      const fill = c ? `hsl(${hue(c.element)} 65% ${Math.round(90 - (20 * c.bit) / Math.max(1, bits - 1))}%)` : "#f2f2f4";
      out.push(cell(`${c ? `element ${c.index.join(", ")}, bit ${c.bit}` : "pad"}: word ${first + i}, bit ${b}`, x, y, w, h, fill,
        s ? [text(x + w / 2, y + h / 2 + 3, s)] : []));
    });
  });
  if (left > 0) out.push(text(side, height - 8, `… ${more(left, "word")}`, ""));
  return frame(width, height, options.title ?? "packing", 9, out);
}
