// packed(L): a tensor as tiles of a register layout, stored the way the threads hold them.
//
//     word = ((tile·(W/v) + ⌊p/32⌋ div v)·T + thread)·v + ⌊p/32⌋ mod v,  bit p mod 32,   p = slot·bits + bit
//
// It is no primitive: it is a digit list over the tile's modes, written out here.
import { fail } from "../diagnostic.ts";
import type { RegisterLayout } from "./register.ts";
import { gcd, group, product, show } from "./modes.ts";
import { axis, bit, digit, digits, flat, type Digit, type Packing } from "./packing-types.ts";

/** What a thread moves of one tile. */
export interface PackedInfo {
  /** u32 words a thread holds of a tile. */
  readonly words: number;
  /** Words that lie together, so that a thread reads vectors of this many: 1, 2 or 4. */
  readonly vector: number;
  /** Threads that own words (replicas are stored once). */
  readonly threads: number;
  /** Elements a thread holds of a tile. */
  readonly slots: number;
  /** u32 words of a tile. */
  readonly tileWords: number;
}

const size = (layout: RegisterLayout, mode: number): number => layout.modeShape[mode] ?? 1;
const owners = (layout: RegisterLayout): readonly number[] => layout.spatialModes.filter((m) => m >= 0);

/**
 * How the tiles of `packed(layout)` are cut into words and vectors.
 * @param bits bits of an element, 1 … 32
 * @throws Diagnostic L0203 if a thread's bits are not whole words
 */
export function packedInfo(layout: RegisterLayout, bits: number): PackedInfo {
  const slots = product(layout.localModes.map((m) => size(layout, m)));
  const threads = product(owners(layout).map((m) => size(layout, m)));
  if ((slots * bits) % 32 !== 0) {
    const step = 32 / gcd(bits, 32);
    fail({
      code: "L0203",
      message: "this tile can't be moved as whole words",
      label: `each thread holds ${slots} × ${bits} ${bits === 1 ? "bit" : "bits"} = ${slots * bits} bits; a load moves 32-bit words`,
      help: `with ${bits} ${bits === 1 ? "bit" : "bits"}, \`packed(L)\` needs a multiple of ${step} elements per thread: a larger tile, fewer threads, or \`@ dense\``,
    });
  }
  const words = (slots * bits) / 32;
  return { words, vector: gcd(words, 4), threads, slots, tileWords: words * threads };
}

/** The digit list that `packed(layout)` stands for, for elements of `bits` bits. @throws Diagnostic L0203 */
export function packedDigits(layout: RegisterLayout, bits: number): Packing {
  const { words, vector } = packedInfo(layout, bits);
  const groups = group(layout.shape, layout.modeShape)
    ?? fail({ code: "L0101", message: `modes ${show(layout.modeShape)} don't refine shape ${show(layout.shape)}`, help: "cut each extent, from the first, into factors whose product is the extent" });
  const modes: Digit[] = [];
  groups.forEach((own, k) => own.forEach((m, i) => { modes[m] = digit(axis(k), { div: product(own.slice(i + 1).map((j) => size(layout, j))), mod: size(layout, m) }); }));
  const of = (ms: readonly number[]): Digit[] => ms.flatMap((m) => modes[m] ?? []);
  const own = flat([...of(layout.localModes), bit]); // the thread's bit string
  return digits([
    ...layout.shape.map((s, k) => digit(axis(k), { div: s })),
    ...(words > vector ? [digit(own, { div: 32 * vector })] : []),
    ...of(owners(layout)),
    ...(vector > 1 ? [digit(own, { div: 32, mod: vector })] : []),
    digit(own, { mod: 32 }),
  ]);
}
