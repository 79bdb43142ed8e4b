// A kernel in parts: where every block looks at its own rows of the tensors, some blocks can be run on some of the rows.
// That is how tensors are used that a device can't bind at once (SEMANTICS §8).
//
//     x[b * 64 +: 64], grid (b in cdiv(N, 64))    blocks 100 … 199  ≡  blocks 0 … 99 on x from row 6400 on
//
// The Program that comes out is the same kernel with two things left open: the rows of each such tensor and the blocks along
// the cut axis of the grid. Both are run-time dimensions, which whoever launches the parts gives.
import { affine, fromAffine, plusScaled } from "./affine.ts";
import { factOf, insideLoop, type Facts } from "./facts.ts";
import { blocksOf, withBlocks, type Inst, type Program, type Stmt, type TensorParam, type Value } from "./program.ts";
import { constant, eachSymbol, knownScalar, scalarOp, symbol, type Scalar, type Size } from "./scalar.ts";

/** A tensor of which a part of the blocks needs a part. */
export interface PartTensor {
  readonly name: string;
  /** The axis that is cut. */
  readonly axis: number;
  /** Rows along it from one block to the next. */
  readonly step: number;
  /** Rows from the first that a block may touch to the end of the last. */
  readonly reach: number;
  /** The dimension that stands for its extent in the Program of a part. */
  readonly rows: string;
}

/** A kernel on a part of its blocks along one axis of the grid. */
export interface ProgramParts {
  readonly program: Program;
  /** The axis of the grid that is cut. */
  readonly axis: number;
  /** The dimension that stands for the blocks along it. */
  readonly blocks: string;
  readonly tensors: readonly PartTensor[];
}

/** A use of the block's index that ties a tensor to it. */
interface Window { readonly axis: number; readonly step: number; readonly reach: number }

const speaks = (x: Size, id: string): boolean => {
  let found = false;
  eachSymbol(x, (s) => { found ||= s.id === id; });
  return found;
};

/** The scalars of a statement, without those of statements inside it. */
function scalarsOf(s: Stmt): readonly Scalar[] {
  switch (s.kind) {
    case "inst": return Object.values(s.attrs).flatMap((a) => (a.kind === "scalar" ? [a.value] : a.kind === "scalars" ? a.value : []));
    case "for": return [s.from, s.to];
    case "if": case "while": return [s.condition];
    case "jump": return [];
    default: return s satisfies never;
  }
}

/** The window of a slice that goes along with the block's index; in words why it is none. */
function windowOf(i: Inst, id: string, facts: Facts): Window | string {
  const offsets = i.attrs.offsets?.kind === "scalars" ? i.attrs.offsets.value : [], sizes = i.attrs.sizes?.kind === "scalars" ? i.attrs.sizes.value : [];
  const axes = offsets.flatMap((o, d) => (speaks(o, id) ? [d] : []));
  const [axis] = axes, at = axis === undefined ? undefined : offsets[axis];
  if (axis === undefined || at === undefined || axes.length !== 1 || sizes.some((n) => speaks(n, id))) return "is looked at along two axes at once";
  const sum = affine(at), step = sum.terms.get(id)?.by ?? 0;
  const rest = plusScaled(sum, { offset: 0, terms: new Map([[id, { atom: symbol("grid", id), by: 1 }]]) }, -step);
  const size = knownScalar(sizes[axis] ?? 1), fact = factOf(fromAffine(rest), facts);
  if (step < 1 || speaks(fromAffine(rest), id) || size === undefined) return "is not looked at in even steps of rows";
  if (!fact || fact.low < 0 || fact.high >= 2 ** 30) return "is looked at in rows that aren't known beforehand";
  return { axis, step, reach: fact.high + size };
}

/** All windows by tensor (value id), or in words why the blocks aren't independent of where they start. */
function windowsOf(p: Program, id: string): ReadonlyMap<number, Window> | string {
  const params = new Map(p.params.flatMap((q) => (q.kind === "tensor" ? [[q.value.id, q] as const] : [])));
  const found = new Map<number, Window>(), whole = new Map<number, TensorParam>();
  const text = (name: string, why: string): string => `'${name}' ${why}`;
  function visit(body: readonly Stmt[], facts: Facts): string | undefined {
    for (const s of body) {
      const window = s.kind === "inst" && s.name === "slice" ? params.get(s.operands.x?.id ?? -1) : undefined;
      const tied = scalarsOf(s).some((x) => speaks(x, id));
      if (window && tied && s.kind === "inst") {
        const w = windowOf(s, id, facts), before = found.get(window.value.id);
        if (typeof w === "string") return text(window.name, w);
        if (before && (before.axis !== w.axis || before.step !== w.step)) return text(window.name, "is looked at in two ways");
        found.set(window.value.id, { ...w, reach: Math.max(w.reach, before?.reach ?? 0) });
      } else if (tied) return "the block's index does more than place windows of tensors";
      else if (s.kind === "inst") for (const v of Object.values(s.operands) as readonly Value[]) { const q = params.get(v.id); if (q) whole.set(v.id, q); }
      const inner = s.kind === "for" ? insideLoop(facts, s.symbol, s.from, s.to, s.step) : facts;
      for (const b of blocksOf(s)) { const why = visit(b, inner); if (why) return why; }
    }
    return undefined;
  }
  const why = visit(p.body, new Map());
  if (why) return why;
  for (const [value, w] of found) {
    const q = params.get(value), both = whole.get(value);
    if (both) return text(both.name, "is also looked at in rows that don't go along with the block");
    if (q && q.direction !== "in" && w.reach > w.step) return text(q.name, "is written in rows that blocks share");
  }
  return found;
}

/** A name that is none of the kernel's. */
function fresh(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let n = 2; taken.has(name); n++) name = `${wanted}${n}`;
  taken.add(name);
  return name;
}

/**
 * The kernel on a part of its blocks along an axis of the grid; or, in words, why its blocks can't be parted so.
 * @param axis number of the grid's axis
 * @example
 * ```ts
 * const b = builder("twice"), N = b.dim("N"), [g] = b.grid([["g", cdiv(N, 64)]]);
 * const x = b.tensor("x", "in", "f32", [N], dense(1)), y = b.tensor("y", "out", "f32", [N], dense(1));
 * b.threads(64);
 * const at = { offsets: [scalarOp("mul", g, constant(64))], sizes: [64] }, v = b.load({ x: b.slice({ x }, at) });
 * b.store({ to: b.slice({ x: y }, at), x: b.add({ x: v, y: v }) });
 * const parts = inParts(b.finish(), 0);
 * typeof parts === "string" ? parts : parts.tensors.map((t) => [t.name, t.step, t.reach]); // => [["x", 64, 64], ["y", 64, 64]]
 * ```
 */
export function inParts(p: Program, axis: number): ProgramParts | string {
  const cut = p.grid[axis];
  if (!cut) return "the grid has no such axis";
  const windows = windowsOf(p, cut.symbol.id);
  if (typeof windows === "string") return windows;
  const taken = new Set([...p.dims, ...p.params.map((q) => q.name), ...p.names.values()]), blocks = fresh("part_blocks", taken);
  const requires = [...p.requires], tensors: PartTensor[] = [], values = new Map<number, Value>();
  const params = p.params.map((q) => {
    const w = q.kind === "tensor" ? windows.get(q.value.id) : undefined;
    if (q.kind !== "tensor" || !w) return q;
    const rows = fresh(`part_${q.name}`, taken), extent = q.value.shape[w.axis], symbolOf = symbol("dim", rows);
    // What is known of the whole extent holds of each part: only the last may end within a block.
    if (typeof extent === "number" && extent % w.step === 0)
      requires.push({ condition: scalarOp("eq", scalarOp("rem", symbolOf, constant(w.step)), constant(0)), message: "parts are whole blocks" });
    tensors.push({ name: q.name, ...w, rows });
    const value = Object.freeze({ ...q.value, shape: Object.freeze(q.value.shape.map((n, d) => (d === w.axis ? symbolOf : n))) });
    values.set(value.id, value);
    return Object.freeze({ ...q, value });
  });
  const body = (list: readonly Stmt[]): readonly Stmt[] => list.map((s): Stmt => {
    if (s.kind !== "inst") return withBlocks(s, body);
    return Object.freeze({ ...s, operands: Object.freeze(Object.fromEntries(Object.entries(s.operands).map(([k, v]) => [k, values.get(v.id) ?? v]))) });
  });
  const program: Program = Object.freeze({
    ...p, dims: Object.freeze([...p.dims, blocks, ...tensors.map((t) => t.rows)]), params: Object.freeze(params), requires: Object.freeze(requires), body: Object.freeze(body(p.body)),
    grid: Object.freeze(p.grid.map((g, d) => (d === axis ? Object.freeze({ ...g, extent: symbol("dim", blocks) }) : g))),
  });
  return { program, axis, blocks, tensors: Object.freeze(tensors) };
}
