// Large tensors: packed and unpacked by code that is generated for their packing. Pages that forbid generated code, packings whose
// boxes would be too large and small tensors take packing-walk.ts.
import { baseAt, chunks, type Chunks } from "./packing-chunks.ts";
import { packCode, spread, unpackCode, type Mover } from "./packing-code.ts";
import type { Packing } from "./packing-types.ts";
import type { Codes } from "./packing-walk.ts";

/** Makes a function from its parameters and text: `Function`, where the page allows it. */
export type Make = (...parameters: string[]) => unknown;

const allowed: Make = (...parameters) => Function(...parameters);
const movers = new Map<string, Mover>();
/** Makers that the page has refused: it will again. */
const refused = new Set<Make>();

/** The function for a text, made once. Undefined where the page forbids it. */
function mover(text: string, make: Make): Mover | undefined {
  let found = make === allowed ? movers.get(text) : undefined;
  if (!found) {
    try { found = make("w", "o", "from", "to", "e", "at", "bases", "pairs", "spread", text) as Mover; } catch (error) {
      // A content security policy without 'unsafe-eval'.
      if (!(error instanceof EvalError)) throw error;
      return undefined;
    }
    if (movers.size >= 256) movers.clear();
    if (make === allowed) movers.set(text, found);
  }
  return found;
}

/** Elements from which generated code pays. */
const WORTH = 1 << 14;

/** Codes as numbers of 32 bits that hold several each, or as they are where rows don't fill such numbers. */
function lanesOf(codes: Codes, last: number): { readonly lanes: number; readonly array: Int32Array | Uint8Array | Uint16Array } {
  const lanes = 4 / codes.BYTES_PER_ELEMENT;
  return last % lanes === 0 && codes.byteOffset % 4 === 0 ? { lanes, array: new Int32Array(codes.buffer, codes.byteOffset, codes.length / lanes) } : { lanes: 1, array: codes instanceof Uint32Array ? new Int32Array(codes.buffer, codes.byteOffset, codes.length) : codes };
}

/** Moves whole boxes by code, what is left over element by element; false where that can't be done. */
function move(p: Packing, bits: number, shape: readonly number[], words: Uint32Array, codes: Codes, into: "words" | "codes", make: Make): boolean {
  if (refused.has(make)) return false;
  const { lanes, array } = lanesOf(codes, shape[shape.length - 1]), c = chunks(p, bits, shape, lanes);
  if (!c) return false;
  const { along } = c, grid = c.extents.map((n, a) => Math.floor(n / c.box[a])), w = new Int32Array(words.buffer, words.byteOffset, words.length);
  const pairs = codes.byteOffset % 8 === 0 && codes.byteLength % 8 === 0 ? new Float64Array(codes.buffer, codes.byteOffset, codes.byteLength / 8) : undefined;
  const write = into === "words" ? packCode : unpackCode, known = new Map<string, Mover>();
  const tables = c.streams.map(({ base }) => { const own = base[along]; return own.step === undefined ? own.words : undefined; });
  const run = (from: number, to: number, at: readonly number[], element: number): boolean => {
    const residues = at.map((x) => x % 32), key = residues.join();
    let f = known.get(key);
    if (!f) {
      f = mover(write(c, residues, lanes, pairs !== undefined), make);
      if (!f) { if (make === allowed) refused.add(make); return false; }
      known.set(key, f);
    }
    f(w, array, from, to, element / lanes, at.map((x) => Math.floor(x / 32)), tables, pairs, spread);
    return true;
  };
  const at = grid.map(() => 0);
  if (grid.every((n) => n > 0)) for (;;) {
    const base = c.streams.map((s) => at.reduce((sum, x, a) => (a === along ? sum : sum + baseAt(s.base[a], x)), 0));
    const element = at.reduce((sum, x, a) => (a === along ? sum : sum + x * c.box[a] * c.steps[a]), 0);
    if (c.rows) { if (!run(0, grid[along], base, element)) return false; }
    else for (let i = 0; i < grid[along]; i++)
      if (!run(0, 1, c.streams.map((s, n) => base[n] + baseAt(s.base[along], i)), element + i * c.box[along] * c.steps[along])) return false;
    let a = at.length - 1;
    for (; a >= 0 && (a === along || ++at[a] === grid[a]); a--) at[a] = 0;
    if (a < 0) break;
  }
  rest(c, grid, words, codes, into);
  return true;
}

/** The elements that fill no box, one by one. */
function rest(c: Chunks, grid: readonly number[], words: Uint32Array, codes: Codes, into: "words" | "codes"): void {
  c.extents.forEach((n, cut) => {
    const lo = c.extents.map((_, a) => (a === cut ? grid[a] * c.box[a] : 0)), hi = c.extents.map((m, a) => (a < cut ? grid[a] * c.box[a] : m));
    if (lo[cut] >= n || hi.some((x, a) => x <= lo[a])) return;
    const index = [...lo];
    for (;;) {
      const e = index.reduce((sum, x, a) => sum + x * c.steps[a], 0);
      let code = into === "words" ? codes[e] : 0;
      for (let b = 0; b < c.bits; b++) {
        const at = c.address(index, b), word = Math.floor(at / 32), pos = at % 32;
        if (into === "words") words[word] |= ((code >>> b) & 1) << pos;
        else code |= ((words[word] >>> pos) & 1) << b;
      }
      if (into === "codes") codes[e] = code;
      let a = index.length - 1;
      for (; a >= 0 && ++index[a] === hi[a]; a--) index[a] = lo[a];
      if (a < 0) return;
    }
  });
}

/**
 * Packs by generated code into zeroed words.
 * @returns false where that isn't possible or doesn't pay: then no word has changed that `put` would not set again
 */
export const putFast = (p: Packing, bits: number, extents: readonly number[], codes: ArrayLike<number>, out: Uint32Array, make = allowed, worth = WORTH): boolean => {
  if (codes.length < worth || extents.length === 0 || codes.length === 0) return false;
  const typed: Codes = bits <= 8 ? (codes instanceof Uint8Array ? codes : Uint8Array.from(codes)) : bits <= 16 ? (codes instanceof Uint16Array ? codes : Uint16Array.from(codes)) : codes instanceof Uint32Array ? codes : Uint32Array.from(codes);
  return move(p, bits, extents, out, typed, "words", make);
};

/** Unpacks by generated code; false where that isn't possible or doesn't pay. */
export const getFast = (p: Packing, bits: number, extents: readonly number[], words: Uint32Array, out: Codes, make = allowed, worth = WORTH): boolean =>
  out.length >= worth && out.length > 0 && extents.length > 0 && move(p, bits, extents, words, out, "codes", make);
