// Kernels of mma_b1: the samples of the lane tables, register by register, and random ones of tiles that are multiples of a shape.
import fc from "fast-check";
import { binaryMma, compose, dense, divide, local, slotCount, spatial, type BinaryMmaName, type RegisterLayout } from "../../layout/index.ts";
import { builder, dtype, constant, tileFromCodes, type Tile, type Value } from "../../vm/index.ts";
import { vectors } from "../support/vectors.ts";
import type { Case } from "./engines.ts";
import { drawn } from "./random/choices.ts";
import { randomLayout } from "./random/parts.ts";

export const shapes = Object.keys(binaryMma) as readonly BinaryMmaName[];
export const combinations = ["xor", "and"] as const;
export type Combination = (typeof combinations)[number];

/** [register][lane]. */
type Registers = readonly (readonly number[])[];
interface Sample {
  readonly A_rows_u32: readonly (readonly number[])[];
  readonly B_cols_u32: readonly (readonly number[])[];
  readonly C_in: readonly (readonly number[])[];
  readonly areg: Registers;
  readonly breg: Registers;
  readonly creg: Registers;
  readonly D: Readonly<Record<Combination, { readonly matrix: readonly (readonly number[])[]; readonly regs: Registers }>>;
}
export const samples = vectors<{ readonly shapes: Readonly<Record<BinaryMmaName, { readonly sample: Sample }>> }>("btc/btc_fragments").shapes;

const words = local(1, 32);
/** Registers of lanes, as a tile: lane by register. */
const byLane = (type: string, regs: Registers): Tile => tileFromCodes(dtype(type), [32, regs.length], Array.from({ length: 32 * regs.length }, (_, i) => regs[i % regs.length][Math.floor(i / regs.length)] >>> 0));

/** What lanes hold, as they say it: each lane has its registers, which are then seen as fragments, of bits or of words. */
export function laneCase(name: BinaryMmaName, combination: Combination, as: "bits" | "words", { areg, breg, creg }: Pick<Sample, "areg" | "breg" | "creg">, threads = 32): Case {
  const b = builder("lanes"), s = binaryMma[name], inputs = { a: byLane("u32", areg), b: byLane("u32", breg), c: byLane("i32", creg) };
  const registers = (l: RegisterLayout): RegisterLayout => compose(spatial(32, 1), local(1, slotCount(l)));
  const held = (key: "a" | "b" | "c", type: string, seen: string, l: RegisterLayout): Value => {
    const own = registers(key === "c" ? l : divide(s[key], words));
    return b.view({ x: b.convert({ x: b.load({ x: b.tensor(key, "in", type, own.shape, dense(2)) }) }, { layout: own }) }, { dtype: dtype(seen), layout: l });
  };
  b.grid([["g", 1]]);
  b.threads(threads);
  const [x, y] = (["a", "b"] as const).map((key) => (as === "bits" ? held(key, "u32", "u1", s[key]) : held(key, "u32", "u32", divide(s[key], words))));
  const d = b.mma_b1({ a: x, b: y, acc: held("c", "i32", "i32", s.c) }, { with: combination, shape: name });
  const out = registers(s.c);
  b.store({ to: b.tensor("d", "out", "i32", out.shape, dense(2)), x: b.view({ x: d }, { dtype: dtype("i32"), layout: out }) });
  return { program: b.finish(), inputs, dims: {} };
}

type Gen = fc.GeneratorValue;
const pick = <T>(g: Gen, xs: readonly T[]): T => g(fc.constantFrom as (...x: T[]) => fc.Arbitrary<T>, ...xs);

/** Random tiles of several shapes' size, held as words or bits, in fragments or in any layouts, by one or more groups of lanes. */
export function tilesCase(g: Gen): Case {
  const name = pick(g, shapes), s = binaryMma[name], [m, n, k] = pick(g, [[1, 1, 1], [1, 1, 2], [2, 1, 1], [1, 2, 1], [1, 3, 1], [2, 2, 1]]), threads = pick(g, [32, 64, 96, 128]);
  const M = m * s.m, N = n * s.n, K = k * s.k, b = builder("tiles"), inputs: Record<string, Tile> = {};
  let seed = g(fc.integer, { min: 1, max: 2 ** 31 - 2 });
  const next = (): number => (seed = (seed * 48271) % 2147483647);
  b.grid([["g", 1]]);
  b.threads(threads);
  /** A factor; some rows lie outside its tensor. */
  const factor = (key: "a" | "b", rows: number): Value => {
    const type = pick(g, ["u32", "u32", "u1", "b1"]), wide = type === "u32", own = wide ? K / 32 : K, there = rows - pick(g, [0, 0, 3]), d = dtype(type);
    inputs[key] = tileFromCodes(d, [there, own], Array.from({ length: there * own }, () => (wide ? (next() * 2 + (next() & 1)) >>> 0 : next() & 1)));
    const v = b.load({ x: b.slice({ x: b.tensor(key, "in", d, [there, own], dense(2)) }, { offsets: [constant(0), constant(0)], sizes: [constant(rows), constant(own)] }) }, { pad: d.hasZero ? 0 : -1 });
    switch (pick(g, ["inferred", "fragment", "any"])) {
      case "fragment": return b.convert({ x: v }, { layout: compose(local(rows / (key === "a" ? s.m : s.n), k), wide ? divide(s[key], words) : s[key]) });
      case "any": return b.convert({ x: v }, { layout: randomLayout(drawn(g), threads, v.shape.map(Number)) });
      default: return v;
    }
  };
  const a = factor("a", M), y = factor("b", N);
  inputs.c = tileFromCodes(dtype("i32"), [M, N], Array.from({ length: M * N }, () => pick(g, [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1])));
  const c = b.load({ x: b.tensor("c", "in", "i32", [M, N], dense(2)) });
  const acc = pick(g, ["none", "plain", "any", "groups"]), groups = pick(g, [spatial, local])(m, n);
  const held = acc === "any" ? b.convert({ x: c }, { layout: randomLayout(drawn(g), threads, [M, N]) }) : acc === "groups" && (groups.localModes.length || 32 * m * n <= threads) ? b.convert({ x: c }, { layout: compose(groups, s.c) }) : c;
  const d = b.mma_b1({ a, b: y, ...(acc === "none" ? {} : { acc: held }) }, { with: pick(g, combinations), ...(name === "m8n8k128" ? {} : { shape: name }) });
  b.store({ to: b.tensor("d", "out", "i32", [M, N], dense(2)), x: d });
  return { program: b.finish(), inputs, dims: {} };
}
