// Pictures of packings: one row per u32 word, one cell per bit, bit 31 on the left; what an element's bits have in
// common is their colour. Small tensors only: a picture of a million bits shows nothing.
import { fail } from "../diagnostic.ts";
import { numbers } from "./algebra.ts";
import { address, wordCount } from "./packing-address.ts";
import type { Packing } from "./packing-types.ts";

/** What a drawing shows. */
export interface DrawOptions {
  /** How many words, from `firstWord`; default 32. */
  readonly words?: number;
  /** Default 0. */
  readonly firstWord?: number;
}

/** What a cell holds: an element (row-major number, and its indices) and which bit of it. */
interface Cell { readonly element: number; readonly index: readonly number[]; readonly bit: number }

const LIMIT = 1 << 20;

/** The cells of the words to draw; pad bits are undefined. */
function cells(p: Packing, bits: number, extents: readonly number[], options: DrawOptions): { first: number; rows: (Cell | undefined)[][] } {
  const total = wordCount(p, bits, extents), first = options.firstWord ?? 0, count = Math.max(0, Math.min(total - first, options.words ?? 32));
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
  return { first, rows };
}

/**
 * The words of a packed tensor as text, bit 31 on the left. A cell reads `element index:bit`, pads are dots.
 * @param options which words
 * @throws Diagnostic L0215 past a million bits
 * @example
 * ```ts
 * drawPacking(dense(1), 8, [3], { words: 1 }).split("\n").length // => 2
 * ```
 */
export function drawPacking(p: Packing, bits: number, extents: readonly number[], options: DrawOptions = {}): string {
  const { first, rows } = cells(p, bits, extents, options);
  const text = (c: Cell | undefined): string => (c ? `${c.index.join(",")}${bits > 1 ? `:${c.bit}` : ""}` : "·");
  const all = rows.map((r) => r.map(text).reverse());
  const width = Math.max(2, ...all.flat().map((t) => t.length)), gutter = Math.max(4, String(first + rows.length).length);
  const line = (head: string, xs: readonly string[]): string => `${head.padStart(gutter)} │ ${xs.map((x) => x.padStart(width)).join(" ")}`;
  return [line("word", Array.from({ length: 32 }, (_, i) => String(31 - i))), ...all.map((r, i) => line(String(first + i), r))].join("\n");
}

const escape = (s: string): string => s.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/**
 * The words of a packed tensor as a self-contained SVG: a row per word, a cell per bit, one colour per element
 * (neighbouring elements differ), shades from the lowest to the highest bit.
 * @param options as `drawPacking`, and a `title`
 * @throws Diagnostic L0215 past a million bits
 */
export function drawPackingSvg(p: Packing, bits: number, extents: readonly number[], options: DrawOptions & { readonly title?: string } = {}): string {
  const { first, rows } = cells(p, bits, extents, options);
  const w = 30, h = 22, left = 52, top = options.title ? 44 : 22, width = left + 32 * w + 8, height = top + rows.length * h + 8;
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="ui-monospace, monospace" font-size="9" text-anchor="middle">`,
    `<title>${escape(options.title ?? "packing")}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
  ];
  if (options.title) out.push(`<text x="${width / 2}" y="18" font-size="14">${escape(options.title)}</text>`);
  for (let b = 0; b < 32; b++) out.push(`<text x="${left + (31 - b) * w + w / 2}" y="${top - 6}" fill="#667">${b}</text>`);
  rows.forEach((row, i) => {
    const y = top + i * h;
    out.push(`<text x="${left - 8}" y="${y + h / 2 + 3}" text-anchor="end" fill="#667">${first + i}</text>`);
    row.forEach((c, b) => {
      const x = left + (31 - b) * w;
      // 137.5° apart: neighbours, and their neighbours, are far from each other on the colour wheel.
      const fill = c ? `hsl(${Math.round((c.element * 137.508) % 360)} 65% ${Math.round(84 - (24 * c.bit) / Math.max(1, bits - 1))}%)` : "#f2f2f4";
      const label = c ? `${c.index.join(",")}${bits > 1 ? `:${c.bit}` : ""}` : "";
      out.push(`<g><title>${c ? escape(`element ${c.index.join(", ")}, bit ${c.bit}`) : "pad"}: word ${first + i}, bit ${b}</title><rect x="${x}" y="${y}" width="${w - 1}" height="${h - 1}" fill="${fill}"/>${label ? `<text x="${x + w / 2}" y="${y + h / 2 + 3}"${label.length > 5 ? ` textLength="${w - 4}"` : ""}>${escape(label)}</text>` : ""}</g>`);
    });
  });
  return [...out, "</svg>"].join("\n");
}
