// Random Programs over the whole instruction table, with inputs: an arbitrary of plans, and what a plan comes to.
import fc from "fast-check";
import { builder, constant, dtype, scalarOp, type DType, type Value } from "../../../vm/index.ts";
import type { Case } from "../engines.ts";
import { choices, plans, type Plan, type Statement } from "./choices.ts";
import { maths } from "./maths.ts";
import { control, memory } from "./memory.ts";
import { moves } from "./moves.ts";
import { fits, fresh, laid, packingOf, shapeOf, types, type Forced, type Item, type World } from "./world.ts";

/** Makers of statements by name; all but a few names are those of rows. */
export const makers: Readonly<Record<string, (w: World) => void>> = { ...moves, ...maths, ...memory };
/** Plans of whole Programs. */
export const plan: fc.Arbitrary<Plan> = plans(Object.keys(makers), Object.keys(control));

/** Rows that don't come in random Programs, and why. */
export const left: Readonly<Record<string, string>> = {
  ...Object.fromEntries(["exp", "exp2", "log", "log2", "sqrt", "rsqrt", "sin", "cos", "tanh", "pow", "erf", "random_normal"].map((n) => [n, "inexact on devices: tested alone, within a bound"])),
};

/** Programs for devices: compiling one is most of the time there, and takes lavapipe time quadratic in static memory accesses. */
export const smallPlan: fc.Arbitrary<Plan> = plans(Object.keys(makers), Object.keys(control), 3);

export interface Options { /** Elements of a tile, about. */ readonly most?: number; /** Bits of a tile in packings where each lies in another word. */ readonly apart?: number; readonly forced?: Forced; /** Thread counts to take one of. */ readonly threads?: readonly number[] }

/** Stores a tile so that each block has its own place: stacked along a new axis, or side by side along one. */
function store(w: World, name: string, v: Value): void {
  const s = shapeOf(v), side = s.length > 0 && w.g.chance(60), axis = side ? w.g.between(0, s.length - 1) : 0, short = side ? w.g.pick([0, 0, 1, 3]) : 0;
  const shape = side ? s.map((n, d) => (d === axis ? Math.max(1, n * w.blocks - short) : n)) : [w.blocks, ...s], y = w.b.tensor(name, "out", v.dtype, shape, packingOf(w, shape.length, v.dtype));
  const to = side ? w.b.slice({ x: y }, { offsets: s.map((n, d) => (d === axis ? scalarOp("mul", w.block, constant(n)) : constant(0))), sizes: s.map((n) => constant(n)) })
    : w.b.slice({ x: y }, { offsets: [w.block, ...s.map(() => constant(0))], sizes: [constant(1), ...s.map((n) => constant(n))], drop: [0] });
  w.b.store({ to, x: laid(w, v) });
}

/** Another type for a result, where its numbers are exact in it. */
function narrowed(w: World, x: Item): Value {
  if (w.forced.types || x.grain === 0 || !w.g.chance(40)) return x.v;
  const d: DType = dtype(w.g.pick(types.all));
  return fits(d, x.most, x.grain) ? w.b.cast({ x: x.v }, { to: d }) : x.v;
}

/** With `smallPlan`: tiles of few elements, and none of wide numbers whose bits lie apart. */
export const smallOptions: Options = { most: 6, apart: 48, threads: [8, 4, 7, 16, 1, 32] };

/** The Program of a plan, with inputs. */
export function caseOf(p: Plan, { most = 200, apart = Infinity, forced = {}, threads: some = [8, 1, 4, 7, 16, 24, 32, 64] }: Options = {}): Case {
  const g = choices(p.setup), b = builder("random"), threads = g.pick(some), columns = g.pick([1, 2, 3]), rows = g.pick([1, 1, 2]);
  const [c, r] = b.grid([["c", columns], ["r", rows]]), block = scalarOp("add", scalarOp("mul", r, constant(columns)), c);
  b.threads(threads);
  const w: World = { b, g, threads, most, apart, inputs: {}, dims: {}, block, blocks: columns * rows, forced, items: [], tensors: [], free: 5, nest };
  function nest(body: readonly Statement[]): void {
    for (const s of body) {
      const before = w.g, make = makers[s.name];
      w.g = choices(s.choices);
      if (make) make(w); else control[s.name](w, s.body);
      w.g = before;
    }
  }
  nest(p.body);
  const last = w.items.at(-1) ?? fresh(w, "i32", [4]);
  store(w, "y0", narrowed(w, last));
  if (w.items.length > 1 && g.chance(60)) store(w, "y1", narrowed(w, g.pick(w.items)));
  return { program: b.finish(), inputs: w.inputs, dims: w.dims };
}

/** Random Programs of all rows. */
export const cases = (o: Options = {}): fc.Arbitrary<Case> => plan.map((p) => caseOf(p, o));
