// Random kernels of one instruction that goes in rounds: types, shapes whose sizes don't divide the threads, any axis, layouts that
// are spread, local, replicated. Floats hold small integers, so that sums are exact.
import fc from "fast-check";
import { compose, dense, local, replicated, spatial, threadCount, type RegisterLayout } from "../../layout/index.ts";
import { builder, dtype, tileFromCodes, type DType, type Tile } from "../../vm/index.ts";
import { drawn } from "./random/choices.ts";
import { randomLayout } from "./random/parts.ts";
import type { Case } from "./engines.ts";

type Gen = fc.GeneratorValue;
const pick = <T>(g: Gen, xs: readonly T[]): T => g(fc.constantFrom as (...x: T[]) => fc.Arbitrary<T>, ...xs);

/** An instruction, the types it takes, and whether its axis must be a power of two. */
interface Kind { readonly name: string; readonly types: readonly string[]; readonly power?: true; /** Nothing is computed: infinities, NaN and the rest may come. */ readonly moves?: true; readonly attrs?: (g: Gen, n: number) => Readonly<Record<string, unknown>> }

const wide = ["i32", "u32", "f32", "f16"], sorted = [...wide, "u3", "i5", "b2", "f8e4m3", "f6e3m2", "e8m0", "bf16", "i13", "bool"], way = (g: Gen): Readonly<Record<string, boolean>> => ({ exclusive: g(fc.boolean), reverse: g(fc.boolean) });
export const kinds: readonly Kind[] = [
  { name: "scan_sum", types: wide, attrs: way }, { name: "scan_prod", types: ["i32", "u32"], attrs: way },
  { name: "scan_max", types: wide, attrs: way }, { name: "scan_min", types: wide, attrs: way },
  ...["scan_and", "scan_or", "scan_xor"].map((name) => ({ name, types: ["i32", "u32", "bool"], attrs: way })),
  { name: "fwht", types: wide, power: true },
  { name: "butterfly", types: [...wide, "u3", "f8e4m3", "bool"], power: true, moves: true, attrs: (g, n) => ({ distance: g(fc.integer, { min: 0, max: n - 1 }) }) },
  ...["sort", "arg_sort"].map((name): Kind => ({ name, types: sorted, moves: true, attrs: (g) => ({ descending: g(fc.boolean) }) })),
  ...["top_k", "arg_top_k"].map((name): Kind => ({ name, types: sorted, moves: true, attrs: (g, n) => ({ k: g(fc.integer, { min: 1, max: n }), smallest: g(fc.boolean) }) })),
];

const special = [0, -0, Infinity, -Infinity, NaN, 1.5, -1.5, 2 ** -20, -(2 ** -20), 65504, -65504];

/** Elements: small integers where they are computed with, else any codes, equal ones among them. */
function tile(g: Gen, d: DType, shape: readonly number[], moves: boolean): Tile {
  const size = shape.reduce((a, b) => a * b, 1), wideFloat = d.kind === "float" && d.bits > 8;
  let s = g(fc.integer, { min: 1, max: 2 ** 31 - 2 });
  const next = (): number => (s = (s * 48271) % 2147483647), some = (): number => (moves && next() % 3 === 0 ? special[next() % special.length] : (next() % 9) - 4);
  const integer = (): number => (next() % 3 ? next() % 5 : next() * 2 + (next() % 2));
  return tileFromCodes(d, shape, Array.from({ length: size }, () => (wideFloat ? d.encode(some(), { saturate: false }) : integer() % 2 ** d.bits)));
}

/** A random kernel of one of `of`. */
export function roundsCase(g: Gen, of: readonly Kind[] = kinds): Case {
  const kind = pick(g, of), d = dtype(pick(g, kind.types)), rank = pick(g, [1, 2, 2, 3]);
  const at = g(fc.integer, { min: 0, max: rank - 1 }), n = pick(g, kind.power ? [1, 2, 4, 8, 16, 32] : [1, 2, 3, 5, 6, 7, 8, 16, 37]);
  const shape = Array.from({ length: rank }, (_, k) => (k === at ? n : pick(g, [1, 2, 3, 5])));
  const threads = pick(g, [1, 4, 7, 16, 24]), b = builder("rounds"), inputs = { x: tile(g, d, shape, kind.moves === true) };
  const x = b.tensor("x", "in", d, shape, dense(rank));
  b.grid([["g", 1]]);
  b.threads(threads);
  const v = b.load({ x }, d.hasZero ? {} : { pad: 1 }), own = g(fc.boolean) ? b.convert({ x: v }, { layout: randomLayout(drawn(g), threads, shape) }) : v;
  const r = b.inst(kind.name, { x: own }, { axis: pick(g, [at, at - rank]), ...kind.attrs?.(g, n) });
  if (!r || !("space" in r)) throw new Error("no tile");
  const out = g(fc.boolean) ? b.convert({ x: r }, { layout: randomLayout(drawn(g), threads, r.shape.map(Number)) }) : r;
  b.store({ to: b.tensor("y", "out", r.dtype, r.shape, dense(rank)), x: out });
  return { program: b.finish(), inputs, dims: {} };
}

/** A random tile brought from one layout into another of the same subgroups: each has its own part of the tile, spread in it in two ways. */
export function shuffleCase(g: Gen, size: number): Case {
  const groups = pick(g, [1, 2, 3]), d = dtype(pick(g, [...wide, "u3", "b2", "bool", "f8e4m3"]));
  const part = pick(g, [[size, 1], [2, size], [size / 2, 4], [3, size], [1, size / 2], [2, 2]]), threads = groups * size, shape = [part[0] * groups, part[1]];
  const whole = (): RegisterLayout => {
    const l = randomLayout(drawn(g), size, part), spare = size / threadCount(l), own = Number.isInteger(spare) ? compose(l, replicated([1, 1], spare)) : compose(local(...part.map(() => 1)), local(...part));
    return compose(spatial(groups, 1), threadCount(own) === size ? own : replicated(part, size));
  };
  const b = builder("shuffled"), x = b.tensor("x", "in", d, shape, dense(2));
  b.grid([["g", 1]]);
  b.threads(threads);
  // A sum of two windows can't be read anew in another layout: it is in registers.
  const v = b.convert({ x: b.load({ x }, d.hasZero ? {} : { pad: 1 }) }, { layout: whole() });
  b.store({ to: b.tensor("y", "out", d, shape, dense(2)), x: b.convert({ x: b.select({ condition: b.eq({ x: v, y: v }), x: v, y: v }) }, { layout: whole() }) });
  return { program: b.finish(), inputs: { x: tile(g, d, shape, false) }, dims: {} };
}
