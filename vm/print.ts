// What `print` says: text with values in the places of `{}`. A device writes records of words, which are read here; the
// interpreter says the same lines at once.
import type { Span } from "../diagnostic.ts";
import { dtype, type DType } from "./dtype.ts";

/** A line that a block printed. */
export interface PrintLine {
  /** The block's index, first axis of the grid first. */
  readonly block: readonly number[];
  /** How many lines the block printed before. */
  readonly sequence: number;
  readonly text: string;
  /** The statement. */
  readonly span?: Span | undefined;
}

/** A `print` of a compiled kernel: its text, and the values that stand in its records. */
export interface PrintSite {
  readonly text: string;
  readonly values: readonly { readonly dtype: string; readonly shape: readonly number[] }[];
  readonly span?: Span | undefined;
}

/**
 * How the words of a print buffer lie: [0] words in use, [1] records that found no room, then records: number of the site from 1,
 * block, sequence, and the code of each element. A word 0 between records is skipped.
 */
export const printLayout = Object.freeze({ used: 0, lost: 1, first: 2, header: 3, words: 2 ** 16 });

/** Places for values in a text. */
export const placesIn = (text: string): number => text.split("{}").length - 1;

/** The shortest number that is this f32. */
function short(x: number): string {
  if (!Number.isFinite(x) || Number.isInteger(x)) return Object.is(x, -0) ? "-0" : String(x);
  for (let digits = 1; digits < 9; digits++) { const s = Number(x.toPrecision(digits)); if (Math.fround(s) === Math.fround(x)) return String(s); }
  return String(x);
}

const one = (d: DType, x: number): string => (d.kind === "bool" ? String(x !== 0) : short(x));

/** A tile as text: `3`, `[1, 2]`, `[[1, 2], [3, 4]]`. `at` gives the value of an element, row-major. */
function tileText(d: DType, shape: readonly number[], at: (i: number) => number): string {
  let next = 0;
  const axis = (n: number): string => (n === shape.length ? one(d, at(next++)) : `[${Array.from({ length: shape[n] }, () => axis(n + 1)).join(", ")}]`);
  return axis(0);
}

/**
 * The text with values in its places.
 * @example
 * ```ts
 * printText("{} of {}", [{ dtype: dtype("i32"), shape: [], at: () => 3 }, { dtype: dtype("f32"), shape: [2], at: (i) => i / 2 }]); // => "3 of [0, 0.5]"
 * ```
 */
export function printText(text: string, values: readonly { readonly dtype: DType; readonly shape: readonly number[]; readonly at: (i: number) => number }[]): string {
  return text.split("{}").map((part, i) => (i === 0 ? part : `${values[i - 1] ? tileText(values[i - 1].dtype, values[i - 1].shape, values[i - 1].at) : "{}"}${part}`)).join("");
}

const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Words of a record. */
export const recordWords = (values: readonly { readonly shape: readonly number[] }[]): number => values.reduce<number>((n, v) => n + count(v.shape), printLayout.header);

/** Where a block lies in a grid of these extents, from its number. */
function blockOf(number: number, extents: readonly number[]): number[] {
  let rest = number;
  return extents.map((n) => { const i = rest % Math.max(1, n); rest = Math.floor(rest / Math.max(1, n)); return i; });
}

/**
 * Reads a print buffer: its lines in the order of blocks and of what each block did, and how many found no room.
 * @param extents of the grid that was launched
 */
export function readPrints(words: Uint32Array, sites: readonly PrintSite[], extents: readonly number[]): { readonly lines: readonly PrintLine[]; readonly lost: number } {
  const found: { readonly block: number; readonly line: PrintLine }[] = [], end = Math.min(words.length, words[printLayout.used] + printLayout.first);
  for (let i: number = printLayout.first; i < end;) {
    const site = sites[words[i] - 1];
    if (!site) { i++; continue; }
    const [, block, sequence] = words.subarray(i, i + printLayout.header);
    let at = i + printLayout.header;
    const values = site.values.map((v) => { const d = dtype(v.dtype), from = at; at += count(v.shape); return { dtype: d, shape: v.shape, at: (n: number) => d.decode(words[from + n]) }; });
    found.push({ block, line: { block: blockOf(block, extents), sequence, text: printText(site.text, values), span: site.span } });
    i = at;
  }
  found.sort((a, b) => a.block - b.block || a.line.sequence - b.line.sequence);
  return { lines: found.map((f) => f.line), lost: words[printLayout.lost] };
}
