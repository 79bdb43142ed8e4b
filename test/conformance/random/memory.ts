// Makers of statements that go through memory, that threads meet in, and of control flow.
import { dense } from "../../../layout/index.ts";
import { constant, dtype, scalarOp, type Scalar, type Value } from "../../../vm/index.ts";
import type { Statement } from "./choices.ts";
import { product } from "./parts.ts";
import { beside, call, fresh, keep, laid, moved, operand, padding, shapeOf, sharedWith, tensor, types, windowOf, type Item, type World } from "./world.ts";

const at = (offsets: readonly (Scalar | number)[], sizes: readonly number[]) => ({ offsets: offsets.map((o) => (typeof o === "number" ? constant(o) : o)), sizes: sizes.map((n) => constant(n)) });

/** A window of a shared tile that holds an operand, read again; all threads are done with it after that. */
function reread(w: World, s: Value, from: Item): void {
  const shape = shapeOf(s), shift = shape[0] > 1 ? w.g.pick([0, 0, 1]) : 0;
  const v = w.b.load({ x: shift ? w.b.slice({ x: s }, at(shape.map((_, d) => (d === 0 ? shift : 0)), shape)) : s }, padding(w, s.dtype));
  keep(w, laid(w, v), { ...from, most: Math.max(from.most, 1) });
  w.b.barrier({});
}

/** Memory of 32-bit integers, each a word of its own, that the block may change as it likes: shared, or its own part of a tensor; with what there is. */
function target(w: World, type: string, shape: readonly number[]): { readonly to: Value; readonly done: () => void } {
  const d = dtype(type), mine = w.g.chance(40) ? tensor(w, d, [w.blocks, ...shape], "inout", false, dense(shape.length + 1)) : undefined;
  if (mine) return { to: w.b.slice({ x: mine }, { ...at([w.block, ...shape.map(() => 0)], [1, ...shape]), drop: [0] }), done: () => { w.b.barrier({}); } };
  const s = sharedWith(w, fresh(w, type, shape).v);
  return { to: s, done: () => { w.b.barrier({}); keep(w, laid(w, w.b.load({ x: s }))); w.b.barrier({}); } };
}
const updates = ["atomic_add", "atomic_sub", "atomic_min", "atomic_max", "atomic_and", "atomic_or", "atomic_xor", "atomic_exchange"] as const;
const scatters = ["scatter_add", "scatter_min", "scatter_max"] as const;

/** Places along an axis: reversed and perhaps shifted, so that some are outside; `meet` lets several have one place. Unsigned ones can't lie before the first. */
function places(w: World, shape: readonly number[], axis: number, meet: boolean): Value {
  const unsigned = w.g.chance(30), shift = w.g.pick(unsigned && !meet ? [0, -1] : [0, 0, 1, -1]);
  const i = w.b.iota({}, { shape: [...shape], axis }), back = w.b.sub({ x: shape[axis] - 1 - shift, y: i }), v = laid(w, meet ? w.b.div({ x: back, y: 2 }) : back);
  return unsigned ? w.b.cast({ x: meet ? w.b.max({ x: v, y: 0 }) : v }, { to: dtype("u16") }) : v;
}

/** Reads what was kept inside a body, and forgets it: it isn't there outside. */
function inside(w: World, body: readonly Statement[]): Item[] {
  const before = w.items.length;
  w.nest(body);
  return w.items.splice(before);
}

/** A variable like an operand, and how it gets other values: the last ones made that have its type and shape. */
function variable(w: World): { readonly acc: Value; readonly update: (made: readonly Item[]) => void; readonly done: () => void } {
  const x = operand(w, { least: 1 }), acc = w.b.var({ init: x.v }, { dtype: x.v.dtype, shape: shapeOf(x.v) });
  let facts: Item = x;
  return {
    acc,
    update: (made) => {
      const s = shapeOf(acc), y = [...made].reverse().find((i) => i.v.dtype === acc.dtype && i.v.shape.length <= s.length && i.v.shape.every((n, d) => n === 1 || n === s[d + s.length - i.v.shape.length])) ?? x;
      facts = { ...facts, most: Math.max(facts.most, y.most), grain: Math.min(facts.grain, y.grain), clean: facts.clean && y.clean };
      const integer = acc.dtype.name === "i32" || acc.dtype.name === "u32";
      if (integer) facts = { ...facts, most: Infinity };
      w.b.assign({ to: acc, from: integer ? w.b.add({ x: acc, y: y.v }) : y.v });
    },
    // A copy: a variable is no value of one moment.
    done: () => { moved(w, laid(w, call(w, "repeat", { x: acc }, { counts: shapeOf(acc).map(() => 1) })), facts); },
  };
}

/** A condition of the block. */
function condition(w: World): Scalar {
  if (w.g.chance(50)) return scalarOp("eq", scalarOp("rem", w.block, constant(2)), constant(0));
  const x = operand(w.forced.types ? { ...w, forced: {} } : w, { types: types.whole32 });
  return scalarOp("gt", w.b.scalar({ x: w.b.reduce_max({ x: x.v }) }), constant(2, x.v.dtype.name === "u32" ? "u32" : "i32"));
}

export const memory: Readonly<Record<string, (w: World) => void>> = {
  load: (w) => { fresh(w, w.g.pick(w.forced.types ?? types.all), [...shapeOf(operand(w, { least: 1 }).v)]); },
  // A tensor whose axes are digits of the view's: a window of the view, which may stick out before and behind.
  regroup: (w) => {
    const s = shapeOf(operand(w, { least: 1 }).v), d = dtype(w.g.pick(w.forced.types ?? types.all)), whole = s.map((n) => n + w.g.between(0, 3));
    const digits = s.flatMap((_, axis) => {
      const c = w.g.pick([2, 1, 3, 4]), high = { axis, div: c, mod: 0 }, low = { axis, div: 1, mod: c };
      return w.g.pick([[high, low], [high], [low], [low, high], [{ axis, div: 2, mod: c }]]);
    }).slice(0, 4);
    const x = tensor(w, d, digits.map(({ axis, div, mod }) => Math.max(1, (mod || Math.ceil(whole[axis] / div)) - w.g.pick([0, 0, 0, 1]))));
    if (!x) return;
    const view = w.b.regroup({ x }, { shape: whole.map((n) => constant(n)), axes: digits.map((g) => g.axis), divs: digits.map((g) => g.div), mods: digits.map((g) => g.mod) });
    const offsets = s.map((_, a) => { const shift = constant(w.g.pick([0, 0, 1, -1, -2])); return a === 0 && w.g.chance(50) ? scalarOp("add", w.block, shift) : shift; });
    keep(w, laid(w, w.b.load({ x: w.b.slice({ x: view }, at(offsets, s)) }, padding(w, d))), { most: d.storage || d.kind === "bool" ? Math.max(d.max, -d.min, 1) : Infinity, grain: d.storage ? undefined : 1, clean: true });
  },
  shared: (w) => { const x = operand(w, { least: 1 }); reread(w, sharedWith(w, x.v), x); },
  copy: (w) => {
    const x = operand(w, { least: 1 }), s = shapeOf(x.v), from = windowOf(w, x.v.dtype, s);
    if (!from) return;
    const to = w.b.shared({}, { dtype: x.v.dtype, shape: s });
    w.b.copy({ from, to }, padding(w, x.v.dtype));
    w.b.barrier({});
    reread(w, to, { ...x, most: x.v.dtype.kind === "float" ? x.most : Infinity });
  },
  bits_of: (w) => {
    const x = operand(w, { types: types.integers, least: 1 }), s = shapeOf(x.v), global = w.g.chance(50) ? windowOf(w, x.v.dtype, s) : undefined, from = global ?? sharedWith(w, x.v), n = x.v.dtype.bits;
    const planes = w.b.bits_of({ x: from }), first = w.g.between(0, n - 1), count = n * product(s) > w.most ? 1 : w.g.between(1, n - first);
    keep(w, laid(w, w.b.load({ x: w.b.slice({ x: planes }, { ...at([first, ...s.map(() => 0)], [count, ...s]), ...(count === 1 && w.g.chance(50) ? { drop: [0] } : {}) }) }, x.v.dtype.kind === "bipolar" ? { pad: 1 } : {})));
    if (!global) w.b.barrier({});
  },
  transposed: (w) => {
    const x = operand(w, { least: 2 }), s = shapeOf(x.v), global = w.g.chance(50) ? windowOf(w, x.v.dtype, s) : undefined, from = w.b.transposed({ x: global ?? sharedWith(w, x.v) }), t = shapeOf(from);
    // A slice of the view: its first row or all.
    const cut = t[0] > 1 && w.g.chance(30) ? w.b.slice({ x: from }, at(t.map(() => 0), [1, ...t.slice(1)])) : from;
    keep(w, laid(w, w.b.load({ x: cut }, padding(w, x.v.dtype))));
    if (!global) w.b.barrier({});
  },
  ...Object.fromEntries(updates.map((op) => [op, (w: World) => {
    const x = operand(w, { types: types.whole32, least: 1 }), { to, done } = target(w, x.v.dtype.name, shapeOf(x.v));
    keep(w, laid(w, w.b[op]({ to, x: x.v })));
    done();
  }])),
  atomic_compare_exchange: (w) => {
    const x = operand(w, { types: types.whole32, least: 1 }), { to, done } = target(w, x.v.dtype.name, shapeOf(x.v));
    keep(w, laid(w, w.b.atomic_compare_exchange({ to, compare: beside(w, x).v, x: x.v })));
    done();
  },
  scatter: (w) => {
    const x = operand(w, { least: 1 }), s = shapeOf(x.v), axis = w.g.between(0, s.length - 1), to = sharedWith(w, fresh(w, x.v.dtype.name, s).v);
    w.b.scatter({ to, index: places(w, s, axis, false), x: x.v }, { axis });
    w.b.barrier({});
    reread(w, to, { ...x, most: Math.max(x.most, 2 ** 32 * Number(x.v.dtype.kind !== "float"), 4) });
  },
  ...Object.fromEntries(scatters.map((op) => [op, (w: World) => {
    const x = operand(w, { types: types.whole32, least: 1 }), s = shapeOf(x.v), axis = w.g.between(0, s.length - 1), meet = w.g.chance(60), { to, done } = target(w, x.v.dtype.name, s);
    const old = w.b[op]({ to, index: places(w, s, axis, true), x: x.v }, { axis });
    // Where several meet, what was there before hangs on the order.
    if (!meet && s[axis] === 1) keep(w, old);
    done();
  }])),
  histogram: (w) => {
    const x = operand(w, { types: types.integers }), { to, done } = target(w, w.g.pick(["u32", "i32"]), [w.g.pick([4, 1, 3, 7, 16])]);
    w.b.histogram({ to, x: x.v });
    done();
  },
  scalar: (w) => {
    const x = operand(w, { types: ["i32", "u32", "f32"], exact: true }), s = w.b.scalar({ x: w.b.reduce_max({ x: x.v }) });
    keep(w, w.b.fill({}, { value: s, dtype: x.v.dtype, shape: shapeOf(x.v) }), x);
  },
  scalar_var: (w) => {
    const x = operand(w, { types: types.whole32, least: 1 }), cell = w.b.cell("c", w.b.scalar({ x: w.b.reduce_min({ x: x.v }) }));
    w.b.set(cell, scalarOp("add", w.b.get(cell), constant(3, x.v.dtype.name === "u32" ? "u32" : "i32")));
    keep(w, w.b.add({ x: x.v, y: w.b.get(cell) }));
  },
  assume: (w) => { w.b.assume({}, { condition: scalarOp("lt", w.block, constant(w.blocks)), why: "the grid ends there" }); },
  print: (w) => { w.b.print({ a: operand(w, { least: 1 }).v }, { text: "it is {}" }); },
};

/** Statements with statements inside. */
export const control: Readonly<Record<string, (w: World, body: readonly Statement[]) => void>> = {
  for: (w, body) => {
    const { update, done } = variable(w), to = w.g.between(1, 4), leaves = w.g.chance(40) ? w.g.between(0, to) : undefined, kind = w.g.pick(["plain", "unroll"] as const), jump = w.g.pick(["break", "continue"] as const);
    w.b.loop("i", { to, mode: { kind: leaves === undefined ? kind : "plain" } }, (i) => {
      if (leaves !== undefined) w.b.when(scalarOp("eq", i, constant(leaves)), () => w.b.jump(jump));
      update(inside(w, body));
    });
    done();
  },
  if: (w, body) => {
    const when = condition(w), { update, done } = variable(w), both = w.g.chance(50);
    w.b.when(when, () => update(inside(w, body)), both ? () => update([]) : undefined);
    done();
  },
  while: (w, body) => {
    const { update, done } = variable(w), most = w.g.between(1, 4), round = w.b.cell("round", constant(0)), stop = w.g.chance(40) ? condition(w) : undefined;
    w.b.while(() => scalarOp("lt", w.b.get(round), constant(most)), () => {
      w.b.set(round, scalarOp("add", w.b.get(round), constant(1)));
      update(inside(w, body));
      if (stop) w.b.when(stop, () => w.b.jump("break"));
    });
    done();
  },
};
