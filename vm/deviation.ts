// How far a device may lie from the interpreter. Integers, bits and moved numbers must be the same; float arithmetic may not
// (WGSL rounds as it likes, sums in any order, contracts a·b + c). How much that matters is found by trying: the Program is
// interpreted again with every float a few units in the last place off, and what comes out tells how sensitive each
// element is. A result that no inexact instruction reaches has no bound: it is exact.
//
//     bound = 16 · (farthest of four runs) + one step of the result's type
//
// An estimate, on the generous side: a wrong index, bit or layout is off by far more, a driver's rounding by less.
import type { Inputs } from "./interpret-bind.ts";
import { interpret, type InterpretOptions } from "./interpret.ts";
import { rowOf } from "./passes/index.ts";
import { chance } from "./random-tile.ts";
import { eachStmt, type Inst, type Program, type Value } from "./program.ts";
import { isSequence, kernelsOf, type Sequence } from "./sequence.ts";
import { eachSymbol } from "./scalar.ts";
import { walk, type Tile } from "./tile.ts";

/** Instructions whose floats are those of their operands, or are rounded exactly: all others may deviate. */
const EXACT: ReadonlySet<string> = new Set([
  "fill", "iota", "load", "store", "copy", "convert", "view", "cast", "bitcast", "var", "assign", "shared", "scalar", "select", "min", "max", "clamp", "neg", "abs", "sign",
  "floor", "ceil", "trunc", "round", "permute", "transpose", "reshape", "squeeze", "unsqueeze", "expand", "repeat", "repeat_interleave", "part", "place", "patch", "concat",
  "reduce_min", "reduce_max", "scan_min", "scan_max", "sort", "top_k",
]);

/** Instructions that write all of the window they are given. */
const WHOLE: ReadonlySet<string> = new Set(["store", "copy"]);

const isFloat = (v: Pick<Value, "dtype">): boolean => v.dtype.compute === "f32" || v.dtype.compute === "f16";

/** Value ids (and tensors' ids) that some inexact float reaches, by data or by a condition. */
function tainted(p: Program): ReadonlySet<number> {
  const bad = new Set<number>(), symbols = new Set<string>(), root = new Map<number, number>();
  const rootOf = (v: Value): number => root.get(v.id) ?? v.id;
  let all = false, size = -1;
  // Loops feed values back, so the walk is repeated until nothing new is found.
  while (size !== bad.size + symbols.size) {
    size = bad.size + symbols.size;
    eachStmt(p.body, (s) => {
      const uses = s.kind === "for" ? [s.from, s.to] : s.kind === "if" || s.kind === "while" ? [s.condition] : [];
      for (const x of uses) eachSymbol(x, (y) => { all ||= symbols.has(y.id); });
      if (s.kind !== "inst") return;
      const operands = Object.values(s.operands), { effect } = rowOf(s), { x, to } = s.operands;
      if (effect === "view" && s.out && x) root.set(s.out.id, rootOf(x));
      const attrs = Object.values(s.attrs).flatMap((a) => (a.kind === "scalar" ? [a.value] : a.kind === "scalars" ? a.value : []));
      let hit = operands.some((v) => bad.has(rootOf(v)));
      for (const a of attrs) eachSymbol(a, (y) => { hit ||= symbols.has(y.id); });
      const made = s.out ?? to;
      hit ||= !EXACT.has(s.name) && made !== undefined && isFloat(made) && effect !== "view" && effect !== "declare";
      if (!hit) return;
      if (s.out) bad.add(effect === "view" ? rootOf(s.out) : s.out.id);
      if (s.result) symbols.add(s.result.id);
      if (to) bad.add(rootOf(to));
      for (const a of attrs) if (s.name === "scalar_set") eachSymbol(a, (y) => symbols.add(y.id));
    });
  }
  if (all) for (const q of p.params) if (q.kind === "tensor") bad.add(q.value.id);
  return bad;
}

/** The values in registers and shared memory that an inexact float reaches. */
function deviantsOf(kernels: readonly Program[]): ReadonlySet<Value> {
  const found = new Set<Value>();
  for (const k of kernels) {
    const ids = tainted(k);
    eachStmt(k.body, (s) => { if (s.kind === "inst" && s.out && ids.has(s.out.id)) found.add(s.out); });
  }
  return found;
}

/** Whether each block writes whole windows only, so that a few blocks tell what they write by themselves. */
export function blocksStandAlone(p: Program): boolean {
  let alone = true;
  eachStmt(p.body, (s) => {
    if (s.kind !== "inst") return;
    const { effect } = rowOf(s), { to } = s.operands;
    if (effect === "write" && to?.space === "global" && !WHOLE.has(s.name)) alone = false;
  });
  return alone;
}

/** What WGSL allows beyond a few units in the last place, relative to the result (in units of 2^-24) and absolute. */
function slack(name: string, result: number): { readonly relative: number; readonly absolute: number } {
  switch (name) {
    case "exp": case "exp2": case "pow": return { relative: 4 + 2 * Math.abs(Math.log2(Math.abs(result) || 1)), absolute: 0 };
    case "sin": case "cos": return { relative: 4, absolute: 2 ** -14 };
    case "log": case "log2": return { relative: 4, absolute: 2 ** -22 };
    case "tanh": case "erf": return { relative: 4, absolute: 2 ** -20 };
    default: return { relative: 4, absolute: 0 };
  }
}

/**
 * The tile with every float a little off. `inexact`: it was computed, so its rounding to f16 may have gone the other way; what only moves is
 * moved too, by units of f32, since that is what the order of a sum costs.
 */
function shaken(i: Inst, tile: Tile, inexact: boolean, next: () => number): Tile {
  const { compute, storage } = tile.dtype;
  if (storage || (compute !== "f32" && compute !== "f16") || !(tile.data instanceof Float32Array)) return tile;
  const half = compute === "f16" && inexact && (!EXACT.has(i.name) || i.name === "cast"), unit = half ? HALF_UNIT : 2 ** -24, data = new Float32Array(tile.data.length);
  tile.data.forEach((x, k) => {
    const { relative, absolute } = slack(i.name, x), by = 2 * next() - 1;
    data[k] = Number.isFinite(x) ? x + by * (relative * unit * Math.abs(x) + absolute) : x;
  });
  return { ...tile, data };
}

/** An output as it must be, and how far off it may be. */
export interface Expected {
  readonly tile: Tile;
  /** 1 where the chosen blocks wrote; absent: everywhere. */
  readonly written?: Uint8Array | undefined;
  /** How far each element's value may lie from the tile's; absent: not at all. */
  readonly bound?: Float64Array | undefined;
}

/** How to look. */
export interface ExpectOptions {
  /** The blocks to interpret, as `InterpretOptions.blocks`; default all. */
  readonly blocks?: readonly number[] | undefined;
  /** Seed of the deviations; default 1. */
  readonly seed?: number | undefined;
}

/** Runs that are tried, and what the farthest of them is taken for. */
const RUNS = 4, FACTOR = 16;

/** What is multiplied by 4 units here and by `FACTOR` in the end is two units in the last place of an f16. */
const HALF_UNIT = 2 ** -10 / (4 * FACTOR);

/**
 * What a Program or Sequence gives, and how far a device may lie from it.
 * @throws as `interpret`
 * @example
 * ```ts
 * const b = builder("third");
 * const x = b.tensor("x", "in", "f32", [3], dense(1)), y = b.tensor("y", "out", "f32", [3], dense(1)), z = b.tensor("z", "out", "f32", [3], dense(1));
 * b.threads(3);
 * const v = b.load({ x });
 * b.store({ to: y, x: b.div({ x: v, y: 3 }) });
 * b.store({ to: z, x: v });
 * const { y: third, z: same } = expected(b.finish(), { x: tileFromValues(dtype("f32"), [3], [1, 2, 3]) });
 * [third.bound?.every((e) => e > 0 && e < 1e-5), same.bound]; // => [true, undefined]
 * ```
 */
export function expected(p: Program | Sequence, inputs: Inputs, { blocks, seed = 1 }: ExpectOptions = {}): Readonly<Record<string, Expected>> {
  const marks = new Map<Tile, Uint8Array>();
  const mark: InterpretOptions["watch"] = (i, _, __, { operands }) => {
    const { to } = operands;
    if (!to || !WHOLE.has(i.name) || i.operands.to?.space !== "global" || !("memory" in to)) return;
    let own = marks.get(to.memory);
    if (!own) marks.set(to.memory, (own = new Uint8Array(to.memory.data.length)));
    const set = own;
    walk(to, (_i, at) => { if (at >= 0) set[at] = 1; });
  };
  const law = interpret(p, inputs, { blocks, ...(blocks ? { watch: mark } : {}) });
  const deviant = deviantsOf(isSequence(p) ? kernelsOf(p.steps) : [p]);
  // Through which steps a tensor of a sequence goes is not followed: if one is inexact, all are.
  const inexact = !isSequence(p) ? tainted(p) : new Set(deviant.size > 0 ? p.params.flatMap((q) => (q.kind === "tensor" ? [q.value.id] : [])) : []);
  const outs = p.params.filter((q) => q.kind === "tensor" && q.direction !== "in"), any = outs.some((q) => q.kind === "tensor" && inexact.has(q.value.id));
  const tries = any ? Array.from({ length: RUNS }, (_, run) => {
    const next = chance(seed * 1000 + run);
    return interpret(p, inputs, { blocks, adjust: (i, tile) => shaken(i, tile, i.out !== undefined && deviant.has(i.out), next) });
  }) : [];
  return Object.fromEntries(outs.flatMap((q): [string, Expected][] => {
    const tile = law[q.name];
    if (q.kind !== "tensor" || !tile) return [];
    const written = blocks ? marks.get(tile) ?? new Uint8Array(tile.data.length) : undefined;
    return [[q.name, { tile, written, bound: inexact.has(q.value.id) ? boundsOf(tile, tries.flatMap((t) => t[q.name] ?? [])) : undefined }]];
  }));
}

/** The value of an element of a tile. */
export const valueAt = ({ dtype, data }: Tile, i: number): number => (dtype.storage ? dtype.decode(data[i] ?? 0) : data[i] ?? 0);

function boundsOf(tile: Tile, tries: readonly Tile[]): Float64Array {
  const { dtype } = tile;
  return Float64Array.from(tile.data, (_, i) => {
    const x = valueAt(tile, i);
    if (!Number.isFinite(x)) return 0;
    let far = 0;
    for (const t of tries) { const d = Math.abs(valueAt(t, i) - x); far = Math.max(far, Number.isNaN(d) ? Infinity : d); }
    return FACTOR * far + stepAt(dtype, x);
  });
}

/** The distance of a value to its neighbours in its type; what GPUs flush to zero counts as a step. */
function stepAt(t: Tile["dtype"], x: number): number {
  if (t.kind === "uint" || t.kind === "int" || t.kind === "bool") return 1;
  if (t.kind === "bipolar") return 2;
  if (t.table) { const sorted = [...t.table].sort((a, b) => a - b); return Math.max(...sorted.map((v, i) => v - (sorted[i - 1] ?? v))); }
  const code = t.encode(x), end = 2 ** t.bits;
  const near = [code - 1, code + 1].filter((c) => c >= 0 && c < end).map((c) => Math.abs(t.decode(c) - x)).filter((d) => Number.isFinite(d) && d < Math.abs(x) + 1);
  return Math.max(2 ** -126, ...near);
}
