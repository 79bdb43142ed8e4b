// Random kernels of one instruction that goes in rounds: types, shapes whose sizes don't divide the threads, any axis, layouts that
// are spread, local, replicated. Floats hold small integers, so that sums are exact.
import fc from "fast-check";
import { dense } from "../../layout/index.ts";
import { builder, dtype, tileFromCodes, type DType, type Tile } from "../../vm/index.ts";
import { randomLayout } from "./programs.ts";
import type { Case } from "./engines.ts";

type Gen = fc.GeneratorValue;
const pick = <T>(g: Gen, xs: readonly T[]): T => g(fc.constantFrom as (...x: T[]) => fc.Arbitrary<T>, ...xs);

/** An instruction, the types it takes, and whether its axis must be a power of two. */
interface Kind { readonly name: string; readonly types: readonly string[]; readonly power?: true; readonly attrs?: (g: Gen, n: number) => Readonly<Record<string, unknown>>; readonly most?: number }

const wide = ["i32", "u32", "f32", "f16"], way = (g: Gen): Readonly<Record<string, boolean>> => ({ exclusive: g(fc.boolean), reverse: g(fc.boolean) });
export const kinds: readonly Kind[] = [
  { name: "scan_sum", types: wide, attrs: way }, { name: "scan_prod", types: ["i32", "u32"], attrs: way },
  { name: "scan_max", types: wide, attrs: way }, { name: "scan_min", types: wide, attrs: way },
  ...["scan_and", "scan_or", "scan_xor"].map((name) => ({ name, types: ["i32", "u32", "bool"], attrs: way })),
  { name: "fwht", types: wide, power: true },
  { name: "butterfly", types: [...wide, "u3", "f8e4m3", "bool"], power: true, attrs: (g, n) => ({ distance: g(fc.integer, { min: 0, max: n - 1 }) }) },
];

/** A value's code: small integers of wide types, any code of narrow ones. */
function tile(g: Gen, d: DType, shape: readonly number[]): Tile {
  const size = shape.reduce((a, b) => a * b, 1);
  let s = g(fc.integer, { min: 1, max: 2 ** 31 - 2 });
  const next = (): number => (s = (s * 48271) % 2147483647);
  return tileFromCodes(d, shape, Array.from({ length: size }, () => (d.kind === "float" && d.bits > 8 ? d.encode((next() % 9) - 4) : d.bits === 32 && next() % 3 ? next() % 5 : next() % 2 ** Math.min(d.bits, 31))));
}

/** A random kernel of one of `of`. */
export function roundsCase(g: Gen, of: readonly Kind[] = kinds): Case {
  const kind = pick(g, of), d = dtype(pick(g, kind.types)), rank = pick(g, [1, 2, 2, 3]);
  const at = g(fc.integer, { min: 0, max: rank - 1 }), n = pick(g, kind.power ? [1, 2, 4, 8, 16, 32] : [1, 2, 3, 5, 6, 7, 8, 16, 37]);
  const shape = Array.from({ length: rank }, (_, k) => (k === at ? n : pick(g, [1, 2, 3, 5])));
  const threads = pick(g, [1, 4, 7, 16, 24]), b = builder("rounds"), inputs = { x: tile(g, d, shape) };
  const x = b.tensor("x", "in", d, shape, dense(rank));
  b.grid([["g", 1]]);
  b.threads(threads);
  const v = b.load({ x }), own = g(fc.boolean) ? b.convert({ x: v }, { layout: randomLayout(g, threads, shape) }) : v;
  const r = b.inst(kind.name, { x: own }, { axis: pick(g, [at, at - rank]), ...kind.attrs?.(g, n) });
  if (!r || !("space" in r)) throw new Error("no tile");
  const out = g(fc.boolean) ? b.convert({ x: r }, { layout: randomLayout(g, threads, r.shape.map(Number)) }) : r;
  b.store({ to: b.tensor("y", "out", r.dtype, r.shape, dense(rank)), x: out });
  return { program: b.finish(), inputs, dims: {} };
}
