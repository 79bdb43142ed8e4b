// Pictures of packings: one row per u32 word, bit 31 on the left. The bits of an element that lie side by side are one cell, as wide as
// they are many; what an element's bits have in common is their colour. Several fields of one buffer, as a format's block has, are drawn
// together and told apart by their outlines. Small tensors only: a picture of a million bits shows nothing.
import { fail } from "../diagnostic.ts";
import { numbers } from "./algebra.ts";
import { unravel } from "./modes.ts";
import { addresser, bitCount } from "./packing-address.ts";
import type { Packing } from "./packing-types.ts";
import { escape, frame, hue, more, text } from "./svg.ts";

/** Something that a drawing shows: elements of a packing, from bit `at` of the buffer on. */
export interface DrawnField {
  readonly name: string;
  /** Its type in words: "u4". */
  readonly type?: string;
  /** Bits of an element, 1 … 32. */
  readonly bits: number;
  readonly packing: Packing;
  readonly extents: readonly number[];
  /** First bit of the buffer that is the field's; default 0. */
  readonly at?: number;
}

/** What a drawing of packings shows. */
export interface DrawOptions {
  /** Shown above the words; any text. By default none as text, the fields' names in an SVG. */
  readonly title?: string;
  /** How many words, from `firstWord`; default 32. */
  readonly words?: number;
  /** Default 0. */
  readonly firstWord?: number;
  /** Paints a text in the colour of hue `degrees`, where a terminal shows colours. */
  readonly paint?: (text: string, degrees: number) => string;
}

/** A bit that is drawn: of which field, which element (row-major number and index), which bit of it. */
export interface DrawnBit { readonly field: number; readonly element: number; readonly index: readonly number[]; readonly bit: number }

/** Bits of an element side by side: `low` is the position of the lowest in its word. Without a bit: nobody's. */
interface Run { readonly first: DrawnBit | undefined; readonly low: number; readonly width: number }

/** The words that are drawn. */
interface Drawing { readonly first: number; readonly rows: readonly (readonly (DrawnBit | undefined)[])[]; readonly left: number; readonly end: number }

const LIMIT = 1 << 18;

/**
 * Who has each bit of the words of a buffer; nobody's bits are undefined. Where fields share a bit, the later one has it.
 * @throws Diagnostic L0215 past 262,144 bits
 * @example
 * ```ts
 * drawnBits([{ name: "x", bits: 4, packing: dense(1), extents: [3] }]).rows[0][5]; // => { field: 0, element: 1, index: [1], bit: 1 }
 * ```
 */
export function drawnBits(fields: readonly DrawnField[], options: DrawOptions = {}): Drawing {
  const end = Math.max(0, ...fields.map((f) => (f.at ?? 0) + bitCount(f.packing, f.bits, f.extents))), total = Math.ceil(end / 32);
  const first = Math.max(0, Math.min(total, options.firstWord ?? 0)), count = Math.max(0, Math.min(total - first, options.words ?? 32));
  const rows = Array.from({ length: count }, () => new Array<DrawnBit | undefined>(32).fill(undefined));
  fields.forEach((f, field) => {
    const n = f.extents.reduce((a, b) => a * b, 1), locate = addresser(f.packing, f.bits, numbers, f.extents);
    if (n * f.bits > LIMIT) fail({ code: "L0215", message: `a drawing of ${n} elements of ${f.bits} bits is too large`, help: "draw a smaller tensor: the order repeats" });
    for (let element = 0; element < n; element++) {
      const index = unravel(element, f.extents);
      for (let bit = 0; bit < f.bits; bit++) {
        const at = locate(index, bit), here = at.bit + (f.at ?? 0), row = rows[at.word + Math.floor(here / 32) - first];
        // Of elements that share their bits the first is shown.
        if (row && !(row[here % 32]?.field === field && (row[here % 32]?.element ?? 0) < element)) row[here % 32] = { field, element, index, bit };
      }
    }
  });
  return { first, rows, left: total - first - count, end };
}

/** Bits side by side, from bit 31 down. */
function runsOf(row: readonly (DrawnBit | undefined)[]): Run[] {
  const runs: Run[] = [];
  for (let low = 0; low < 32;) {
    const first = row[low];
    let width = 1;
    for (; low + width < 32; width++) {
      const next = row[low + width];
      if (next?.field !== first?.field || next?.element !== first?.element || (next && first && next.bit !== first.bit + width)) break;
    }
    runs.unshift({ first, low, width });
    low += width;
  }
  return runs;
}

/** What stands in a cell: field (where there are several), element, and which of its bits if not all. */
function label({ first: b, width }: Run, fields: readonly DrawnField[]): string {
  if (!b) return "";
  const { bits, name } = fields[b.field], which = width === bits ? "" : width === 1 ? `:${b.bit}` : `:${b.bit + width - 1}-${b.bit}`;
  return `${fields.length > 1 ? `${name}${b.index.length ? " " : ""}` : ""}${b.index.join(",")}${which}`;
}

/** Elements of one field have hues far apart; another field's begin elsewhere. */
const hueOf = (b: DrawnBit): number => hue(b.element + 5 * b.field);

const described = (f: DrawnField): string => `${f.name}: ${f.type ?? `${f.bits} ${f.bits === 1 ? "bit" : "bits"}`}${f.extents.length ? `[${f.extents.join(", ")}]` : ""}`;

/**
 * The words of a buffer as text, bit 31 on the left: a cell per run of bits of one element, `index`, or `index:high-low` where it holds
 * not all of them.
 * @param fields what lies in the buffer
 * @param options which words, a title, colours
 * @throws Diagnostic L0215 past 262,144 bits
 * @example
 * ```ts
 * drawFields([{ name: "x", bits: 8, packing: dense(1), extents: [4] }]).split("\n")[1]; // => "   0 │      3│      2│      1│      0│"
 * ```
 */
export function drawFields(fields: readonly DrawnField[], options: DrawOptions = {}): string {
  const { first, rows, left } = drawnBits(fields, options), lines = rows.map(runsOf), paint = options.paint ?? ((s: string) => s);
  // Characters of one bit, the border of its cell included; the scale above needs two.
  const unit = Math.max(1, ...lines.flat().map((r) => Math.ceil((label(r, fields).length + 1) / r.width))), gutter = Math.max(4, String(first + rows.length).length);
  const every = unit >= 3 ? 1 : unit === 2 ? 2 : 4;
  const scale = Array.from({ length: 32 }, (_, i) => ((31 - i) % every === 0 ? String(31 - i) : "").padStart(unit - 1) + " ").join("");
  const ruler = every === 1 ? scale : Array.from({ length: 32 / every }, (_, i) => `${String(32 - (i + 1) * every).padStart(every * unit - 1)} `).join("");
  return [
    ...(options.title === undefined ? [] : [options.title]),
    ...(fields.length > 1 ? fields.map(described) : []),
    `${"word".padStart(gutter)} │${ruler}`.trimEnd(),
    ...lines.map((runs, i) => `${String(first + i).padStart(gutter)} │${runs.map((r) => {
      const s = (r.first ? label(r, fields) : "·").padStart(r.width * unit - 1);
      return `${r.first ? paint(s, hueOf(r.first)) : s}│`;
    }).join("")}`),
    ...(left > 0 ? [`… ${more(left, "word")}`] : []),
  ].join("\n");
}

/** Outlines of fields: dashes and widths. */
const outlines = ["", 'stroke-dasharray="4 2"', 'stroke-dasharray="1 2"', 'stroke-width="2.5"', 'stroke-dasharray="6 2 1 2"', 'stroke-width="2.5" stroke-dasharray="3 2"'];

/**
 * The words of a buffer as a self-contained SVG on a ground of its own, readable on dark and light pages: a row per word, a cell per run of
 * bits of one element with the numbers of its bits, a colour per element, an outline per field, a legend; every cell has a tooltip.
 * @param fields what lies in the buffer
 * @param options which words, and a title
 * @throws Diagnostic L0215 past 262,144 bits
 */
export function drawFieldsSvg(fields: readonly DrawnField[], options: DrawOptions = {}): string {
  const { first, rows, left, end } = drawnBits(fields, options), lines = rows.map(runsOf);
  const w = Math.max(17, ...lines.flat().map((r) => Math.ceil((6 * label(r, fields).length + 6) / r.width))), h = 32, side = 52;
  const title = options.title ?? fields.map((f) => f.name).join(", "), legend = fields.length > 1 ? 20 * Math.ceil(fields.length / 3) : 0, top = 46 + legend;
  const width = side + 32 * w + 10, height = top + rows.length * h + (left > 0 ? 26 : 10);
  const out = [
    `<desc>${escape(`${rows.length} words of 32 bits, bit 31 on the left. ${fields.map(described).join("; ")}.`)}</desc>`,
    text(side, 18, title, 'font-size="14"'),
  ];
  if (legend) fields.forEach((f, i) => {
    const x = side + (i % 3) * Math.floor((32 * w) / 3), y = 28 + 20 * Math.floor(i / 3);
    out.push(`<rect x="${x}" y="${y}" width="22" height="13" fill="hsl(${hue(5 * i)} 65% 80%)" stroke="#223" ${outlines[i % outlines.length]}/>`, text(x + 28, y + 10, described(f), ""));
  });
  for (let b = 0; b < 32; b++) out.push(text(side + (31 - b) * w + w / 2, top - 6, String(b), 'text-anchor="middle" fill="#667"'));
  lines.forEach((runs, i) => {
    const y = top + i * h;
    out.push(text(side - 8, y + h / 2 + 3, String(first + i), 'text-anchor="end"'));
    for (const r of runs) {
      const { first: b, low, width } = r, x = side + (32 - low - width) * w, wide = width * w;
      if (!b && (first + i) * 32 + low >= end) continue; // behind the last bit
      const place = `word ${first + i}, ${width === 1 ? `bit ${low}` : `bits ${low} to ${low + width - 1}`}`;
      const tip = b ? `${fields[b.field].name} ${b.index.join(", ")}, ${width === 1 ? `bit ${b.bit}` : `bits ${b.bit} to ${b.bit + width - 1}`}: ${place}` : `pad: ${place}`;
      const outline = b ? outlines[b.field % outlines.length] : 'stroke-opacity="0.3"';
      out.push(`<g><title>${escape(tip)}</title><rect x="${x + 1}" y="${y + 1}" width="${wide - 2}" height="${h - 2}" fill="${b ? `hsl(${hueOf(b)} 65% 80%)` : "#f2f2f4"}" stroke="#445" ${outline}/>${
        b ? text(x + wide / 2, y + 14, label(r, fields)) + Array.from({ length: width }, (_, j) => text(x + wide - (j + 0.5) * w, y + 26, String(b.bit + j), 'text-anchor="middle" fill="#556" font-size="7"')).join("") : ""}</g>`);
    }
  });
  if (left > 0) out.push(text(side, height - 8, `… ${more(left, "word")}`, ""));
  return frame(width, height, title, 10, out);
}
