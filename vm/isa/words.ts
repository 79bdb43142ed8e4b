// Bits as words: 32 neighbours of a tile of one bit make a u32.
import { compose, holdsAll, local, tryDivide, type RegisterLayout } from "../../layout/index.ts";
import { fail } from "../../diagnostic.ts";
import { dtype as dtypeNamed } from "../dtype.ts";
import { define, reg, type ResultType } from "../instruction.ts";
import type { Value } from "../program.ts";
import type { Tile } from "../tile.ts";
import { emission } from "./broadcast.ts";
import { knownShape, show } from "./rules.ts";
import { asTile } from "./window.ts";

/** Whether elements are single bits. */
export const oneBit = (v: Pick<Value, "dtype">): boolean => v.dtype.name === "b1" || v.dtype.name === "u1";

/** What a thread holds of a word's bits: all of them, in a run. */
const word = (rank: number): RegisterLayout => local(...Array.from({ length: rank }, (_, d) => (d === rank - 1 ? 32 : 1)));

/** Bit j of word i is element 32·i + j. */
export function wordsOf(x: Tile): Tile {
  const data = new Uint32Array(x.data.length / 32);
  for (let i = 0; i < x.data.length; i++) data[i >>> 5] |= x.data[i] << (i & 31);
  return { dtype: dtypeNamed("u32"), shape: x.shape.map((n, d) => (d === x.shape.length - 1 ? n / 32 : n)), data };
}

export const words_of = define({
  name: "words_of",
  doc: "A tile of one-bit elements as words of 32 along the last axis: bit j of word w is element 32·w + j.",
  example: "let w = words_of(p)",
  operands: { x: { ...reg, doc: "u1 or b1, the last axis a multiple of 32" } },
  type: ({ x }): ResultType => {
    const shape = knownShape("words_of", "x", x), n = shape.at(-1) ?? 1;
    if (!oneBit(x)) fail({ code: "T0219", message: `'words_of' packs single bits, not ${x.dtype.name}`, label: `'x' is ${show(x)}`, help: "take the planes: load(bits_of(x)[i]), or cast to u1" });
    if (n % 32 !== 0) fail({ code: "T0227", message: `'words_of' packs 32 elements of the last axis into a word, but ${show(x)} has ${n}`, help: `load a window of ${32 * Math.ceil(n / 32)}: what lies outside reads as 0` });
    return { space: "reg", dtype: dtypeNamed("u32"), shape: [...shape.slice(0, -1), n / 32] };
  },
  // Each thread makes words of its own bits.
  layout: {
    forward: ({ x }) => x && tryDivide(x, word(x.shape.length)),
    backward: (out, _, { operands: { x } }) => out && compose(out, word(x.shape.length)),
    fits: (_, have, out, { threads }) => !out || holdsAll(have, compose(out, word(have.shape.length)), threads),
  },
  run: ({ x }) => wordsOf(asTile(x)),
  emit: (e, { x }) => emission(e, {
    form: "map",
    at: (index) => {
      const before = index.slice(0, -1), first = e.op("mul", index[index.length - 1], e.constant("i32", 32));
      return Array.from({ length: 32 }, (_, j) => e.op("shl", x.at([...before, e.op("add", first, e.constant("i32", j))]), e.constant("u32", j))).reduce((a, b) => e.op("or", a, b));
    },
  }),
});
