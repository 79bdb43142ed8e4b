// Straight-line JavaScript that packs or unpacks one box of a tensor.
//
// Elements of up to 8 bits are moved four at a time, those of up to 16 two: neighbours are the lanes of one 32-bit number. All bits
// that go from one word to one such number by the same shift take one mask, so that half-block nibbles are `(w >>> 4) & 0x0f0f0f0f`.
import type { Chunks } from "./packing-chunks.ts";

/**
 * Moves boxes `from` … `to` − 1 of a row. `at`, `bases` per stream: word of the row (of the only box where they begin at different bits),
 * and what each box adds where no step says it.
 */
export type Mover = (words: Int32Array, codes: Int32Array | Uint8Array | Uint16Array, from: number, to: number, element: number, at: readonly number[], bases: readonly (Int32Array | undefined)[], pairs: Float64Array | undefined, spread: Float64Array) => void;

/**
 * The eight bits of every byte as eight bytes, in a number that is moved with one store. As bits of a double they are none of a NaN, so
 * that they are kept.
 */
export const spread = new Float64Array(Uint8Array.from({ length: 256 * 8 }, (_, i) => ((i >>> 3) >>> (i & 7)) & 1).buffer);

/** Whether two neighbouring groups can be addressed as one number of 64 bits. */
const paired = (c: Chunks, lanes: number): boolean => lanes === 4 && c.box.every((n, a) => (n * c.steps[a]) % 8 === 0 || n === c.extents[a]);

/** A bit of a lane group: which group, which bit of its 32, and where it is stored. */
interface Place { readonly group: number; readonly lane: number; readonly stream: number; readonly word: number; readonly pos: number; readonly bit: number }

/** Every bit of a box, by group; groups are numbered by their element in the tensor, divided by the lanes. */
function places(c: Chunks, residues: readonly number[], lanes: number): Place[][] {
  const size = c.box.reduce((x, y) => x * y, 1), width = 32 / lanes, t = c.box.map(() => 0), groups = new Map<number, Place[]>();
  for (let e = 0; e < size; e++) {
    const element = t.reduce((sum, x, a) => sum + x * c.steps[a], 0), group = Math.floor(element / lanes);
    let own = groups.get(group);
    if (!own) groups.set(group, (own = []));
    for (let bit = 0; bit < c.bits; bit++) {
      const { stream, at } = c.place(t, bit), here = at + residues[stream];
      own.push({ group, lane: (element % lanes) * width + bit, stream, word: Math.floor(here / 32), pos: here % 32, bit });
    }
    for (let a = t.length - 1; a >= 0 && ++t[a] === c.box[a]; a--) t[a] = 0;
  }
  return [...groups.values()];
}

const by = <T, K>(xs: readonly T[], key: (x: T) => K): Map<K, T[]> => {
  const m = new Map<K, T[]>();
  for (const x of xs) { const k = key(x), own = m.get(k); if (own) own.push(x); else m.set(k, [x]); }
  return m;
};

const hex = (x: number): string => `0x${(x >>> 0).toString(16)}`;
const plus = (name: string, n: number): string => (n === 0 ? name : n < 0 ? `${name} - ${-n}` : `${name} + ${n}`);
/** `x` shifted so that bit `from` comes to `to`; only the bits in `mask` of the result. */
function moved(x: string, by: number, mask: number): string {
  const shifted = by === 0 ? x : by > 0 ? `${x} << ${by}` : `${x} >>> ${-by}`;
  const rest = by >= 0 ? (0xffffffff << by) >>> 0 : 0xffffffff >>> -by;
  return mask >>> 0 === rest ? `(${shifted})` : `(${by === 0 ? x : `(${shifted})`} & ${hex(mask)})`;
}
const maskOf = (xs: readonly number[]): number => xs.reduce((m, b) => m | (1 << b), 0);

/** Whether these are a bit of four bytes and lie side by side in a word: then one multiplication spreads or gathers them. */
const sideBySide = (xs: readonly Place[]): boolean => xs.length === 4 && xs.every((x, i) => x.lane === 8 * i + x.bit && x.word === xs[0].word && x.stream === xs[0].stream && x.pos === xs[0].pos + i);

/** Parts a group's bits (of one word) into such runs of four, and the rest by how far they are shifted. */
function terms(xs: readonly Place[], lanes: number): { readonly runs: Place[][]; readonly shifts: Map<number, Place[]> } {
  const shifts = by(xs, (x) => x.lane - x.pos), runs: Place[][] = [];
  if (lanes === 4) for (const four of by(xs, (x) => x.bit).values()) if (sideBySide(four) && four.every((x) => shifts.get(x.lane - x.pos)?.length === 1)) {
    runs.push(four);
    for (const x of four) shifts.delete(x.lane - x.pos);
  }
  return { runs, shifts };
}

function loop(c: Chunks, lanes: number, body: readonly string[]): string {
  const step = (c.box[c.along] * c.steps[c.along]) / lanes;
  const bases = c.streams.map(({ base }, s) => { const own = base[c.along]; return { start: `at[${s}]`, next: !c.rows ? `a${s}` : own.step !== undefined ? `a${s} + i * ${own.step / 32}` : `a${s} + t${s}[i]`, table: `bases[${s}]` }; });
  return [
    "\"use strict\";", ...bases.map((b, s) => `const a${s} = ${b.start}, t${s} = ${b.table};`),
    `for (let i = from; i < to; i++, e += ${step}) {`, ...bases.map((b, s) => `const b${s} = ${b.next};`), ...body, "}",
  ].join("\n");
}

/** The word and its first bit if groups `g` and the next are eight of its bits, one an element. */
function eightBits(g: readonly Place[], next: readonly Place[] | undefined): Place | undefined {
  const xs = [...g, ...(next ?? [])], [first] = xs;
  const fits = next !== undefined && first.group % 2 === 0 && next[0].group === first.group + 1 && xs.length === 8
    && xs.every((x, i) => x.bit === 0 && x.lane === 8 * (i % 4) && x.word === first.word && x.stream === first.stream && x.pos === first.pos + i);
  return fits ? first : undefined;
}

/** Code that reads boxes whose streams begin at these bits of a word; a group is one entry of `codes`, two are one of `pairs` where there are such. */
export function unpackCode(c: Chunks, residues: readonly number[], lanes: number, pairs: boolean): string {
  const lines: string[] = [], known = new Set<string>(), groups = places(c, residues, lanes), two = pairs && paired(c, lanes);
  const word = (x: Place): string => {
    const name = `w${x.stream}_${x.word}`;
    if (!known.has(name)) { known.add(name); lines.push(`const ${name} = w[${plus(`b${x.stream}`, x.word)}];`); }
    return name;
  };
  for (let g = 0; g < groups.length; g++) {
    const group = groups[g], byte = two ? eightBits(group, groups[g + 1]) : undefined;
    if (byte) {
      lines.push(`pairs[${plus("(e >> 1)", byte.group / 2)}] = spread[${moved(word(byte), -byte.pos, 255)}];`);
      g++;
      continue;
    }
    const parts: string[] = [];
    for (const xs of by(group, (x) => `${x.stream}_${x.word}`).values()) {
      const name = word(xs[0]), { runs, shifts } = terms(xs, lanes);
      for (const [x] of runs) parts.push(`((Math.imul((${name} >>> ${x.pos}) & 15, 0x204081) & 0x1010101) << ${x.bit})`);
      for (const [shift, ys] of shifts) parts.push(moved(name, shift, maskOf(ys.map((y) => y.lane))));
    }
    lines.push(`o[${plus("e", group[0].group)}] = ${parts.join(" | ") || "0"};`);
  }
  return loop(c, lanes, lines);
}

/** Code that writes boxes into words that are zero where nobody has written. */
export function packCode(c: Chunks, residues: readonly number[], lanes: number): string {
  const lines: string[] = [], known = new Set<string>();
  const once = (name: string, text: () => string): string => {
    if (!known.has(name)) { const value = text(); known.add(name); lines.push(`const ${name} = ${value};`); }
    return name;
  };
  const code = (group: number): string => once(`c${group}`, () => `o[${plus("e", group)}]`);
  /** Bits 0 … 3, or 4 … 7, of two groups: the second's beside the first's. */
  const both = (g: number, h: number, high: boolean): string => once(`p${g}_${h}${high ? "h" : ""}`, () => high
    ? `${moved(code(g), -4, 0x0f0f0f0f)} | (${code(h)} & 0xf0f0f0f0)` : `(${code(g)} & 0x0f0f0f0f) | ${moved(code(h), 4, 0xf0f0f0f0)}`);
  const all = places(c, residues, lanes).flat();
  for (const xs of by(all, (x) => `${x.stream}_${x.word}`).values()) {
    const [{ stream, word }] = xs, parts: string[] = [], place = `w[${plus(`b${stream}`, word)}]`;
    const fours: Place[] = [];
    for (const [group, ys] of by(xs, (x) => x.group)) {
      const name = code(group), { runs, shifts } = terms(ys, lanes);
      for (const [x] of runs) fours.push(x);
      for (const [shift, zs] of shifts) parts.push(moved(name, -shift, maskOf(zs.map((z) => z.pos))));
    }
    // Two fours side by side are gathered by one multiplication.
    for (let rest = fours.sort((x, y) => x.pos - y.pos); rest.length;) {
      const [x, ...others] = rest, y = others.find((z) => z.pos === x.pos + 4 && z.bit === x.bit);
      parts.push(y ? `((Math.imul((${both(x.group, y.group, x.bit >= 4)} >>> ${x.bit % 4}) & 0x11111111, 0x1020408) >>> 24) << ${x.pos})`
        : `((Math.imul((${code(x.group)} >>> ${x.bit}) & 0x1010101, 0x10204080) >>> 28) << ${x.pos})`);
      rest = y ? others.filter((z) => z !== y) : others;
    }
    // A word that is this box's alone need not be read first.
    lines.push(`${place} ${maskOf(xs.map((x) => x.pos)) === -1 ? "=" : "|="} ${parts.join(" | ")};`);
  }
  return loop(c, lanes, lines);
}
