// A kernel in parts: where every block looks at its own rows of the tensors, some blocks can be run on some of the rows.
// That is how tensors are used that a device can't bind at once (SEMANTICS §8).
//
//     x[b * 64 +: 64], grid (b in cdiv(N, 64))    blocks 100 … 199  ≡  blocks 0 … 99 on x from row 6400 on
//
// The Program that comes out is the same kernel with some things left open: the rows of each such tensor, the blocks along the
// cut axis of the grid, and the first of them. They are run-time dimensions, which whoever launches the parts gives.
import { affine, fromAffine, plusScaled } from "./affine.ts";
import { factOf, insideLoop, type Facts } from "./facts.ts";
import { blocksOf, type AttrValue, type Inst, type Program, type Stmt, type TensorParam, type Value } from "./program.ts";
import { constant, eachSymbol, knownScalar, scalarOp, substitute, symbol, type Scalar, type Size } from "./scalar.ts";

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
  /** The dimensions that stand for the blocks along it, and for the first of them in the whole grid. */
  readonly blocks: string;
  readonly first: string;
  readonly tensors: readonly PartTensor[];
}

/** A use of the block's index that ties a tensor to it. */
interface Window { readonly axis: number; readonly step: number; readonly reach: number }

const speaks = (x: Size, id: string): boolean => {
  let found = false;
  eachSymbol(x, (s) => { found ||= s.id === id; });
  return found;
};

/** The window of a slice that goes along with the block's index; in words why it is none. */
function windowOf(i: Inst, id: string, facts: Facts): Window | string {
  const offsets = i.attrs.offsets?.kind === "scalars" ? i.attrs.offsets.value : [], sizes = i.attrs.sizes?.kind === "scalars" ? i.attrs.sizes.value : [];
  const axes = offsets.flatMap((o, d) => (speaks(o, id) ? [d] : []));
  const [axis] = axes, at = axis === undefined ? undefined : offsets[axis];
  if (axis === undefined || at === undefined) return "is also looked at in rows that don't go along with the block";
  if (axes.length !== 1 || sizes.some((n) => speaks(n, id))) return "is looked at along two axes at once";
  const sum = affine(at), step = sum.terms.get(id)?.by ?? 0;
  const rest = plusScaled(sum, { offset: 0, terms: new Map([[id, { atom: symbol("grid", id), by: 1 }]]) }, -step);
  const size = knownScalar(sizes[axis] ?? 1), fact = factOf(fromAffine(rest), facts);
  if (step < 1 || speaks(fromAffine(rest), id) || size === undefined) return "is not looked at in even steps of rows";
  if (!fact || fact.low < 0 || fact.high >= 2 ** 30) return "is looked at in rows that aren't known beforehand";
  return { axis, step, reach: fact.high + size };
}

/** The windows of the tensors asked for, by value id; in words why one of them can't be cut. */
function windowsOf(p: Program, id: string, needed: ReadonlyMap<number, TensorParam>): ReadonlyMap<number, Window> | string {
  const found = new Map<number, Window>(), text = (q: TensorParam, why: string): string => `'${q.name}' ${why}`;
  function visit(body: readonly Stmt[], facts: Facts): string | undefined {
    for (const s of body) {
      if (s.kind === "inst") for (const v of Object.values(s.operands)) {
        const q = needed.get(v.id);
        if (!q) continue;
        const w = s.name === "slice" ? windowOf(s, id, facts) : "is also used whole", before = found.get(v.id);
        if (typeof w === "string") return text(q, w);
        if (before && (before.axis !== w.axis || before.step !== w.step)) return text(q, "is looked at in two ways");
        found.set(v.id, { ...w, reach: Math.max(w.reach, before?.reach ?? 0) });
      }
      const inner = s.kind === "for" ? insideLoop(facts, s.symbol, s.from, s.to, s.step) : facts;
      for (const b of blocksOf(s)) { const why = visit(b, inner); if (why) return why; }
    }
    return undefined;
  }
  const why = visit(p.body, new Map());
  if (why) return why;
  for (const [value, q] of needed) {
    const w = found.get(value);
    if (!w) return text(q, "is not looked at at all");
    if (q.direction !== "in" && w.reach > w.step) return text(q, "is written in rows that blocks share");
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
 * @param needed names of the tensors that are cut
 * @example
 * ```ts
 * const b = builder("twice"), N = b.dim("N"), [g] = b.grid([["g", cdiv(N, 64)]]);
 * const x = b.tensor("x", "in", "f32", [N], dense(1)), y = b.tensor("y", "out", "f32", [N], dense(1));
 * b.threads(64);
 * const at = { offsets: [scalarOp("mul", g, constant(64))], sizes: [64] }, v = b.load({ x: b.slice({ x }, at) });
 * b.store({ to: b.slice({ x: y }, at), x: b.add({ x: v, y: v }) });
 * const parts = inParts(b.finish(), 0, ["x", "y"]);
 * typeof parts === "string" ? parts : parts.tensors.map((t) => [t.name, t.step, t.reach]); // => [["x", 64, 64], ["y", 64, 64]]
 * ```
 */
export function inParts(p: Program, axis: number, needed: readonly string[]): ProgramParts | string {
  const cut = p.grid[axis], wanted = new Map(p.params.flatMap((q) => (q.kind === "tensor" && needed.includes(q.name) ? [[q.value.id, q] as const] : [])));
  if (!cut) return "the grid has no such axis";
  const id = cut.symbol.id, windows = windowsOf(p, id, wanted);
  if (typeof windows === "string") return windows;
  const woven = [...wanted.values()].find((q) => q.buffer !== undefined && p.params.some((o) => o !== q && o.kind === "tensor" && o.buffer === q.buffer));
  if (woven) return `'${woven.name}' lies in one buffer with others`;
  const taken = new Set([...p.dims, ...p.params.map((q) => q.name), ...p.names.values()]), blocks = fresh("part_blocks", taken), first = fresh("part_first", taken);
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
  // Everywhere else the block is the one it would have been.
  const moved = scalarOp("add", cut.symbol, symbol("dim", first)), move = (x: Scalar): Scalar => substitute(x, (y) => (y === id ? moved : undefined));
  const body = (list: readonly Stmt[]): readonly Stmt[] => list.map((s): Stmt => partStmt(s, values, move, body));
  const program: Program = Object.freeze({
    ...p, dims: Object.freeze([...p.dims, blocks, first, ...tensors.map((t) => t.rows)]), params: Object.freeze(params), requires: Object.freeze(requires), body: Object.freeze(body(p.body)),
    grid: Object.freeze(p.grid.map((g, d) => (d === axis ? Object.freeze({ ...g, extent: symbol("dim", blocks) }) : g))),
  });
  return { program, axis, blocks, first, tensors: Object.freeze(tensors) };
}

/** A statement on parts: windows of cut tensors count from the part's start, all else from the grid's. */
function partStmt(s: Stmt, values: ReadonlyMap<number, Value>, move: (x: Scalar) => Scalar, body: (list: readonly Stmt[]) => readonly Stmt[]): Stmt {
  switch (s.kind) {
    case "inst": {
      const operands = Object.freeze(Object.fromEntries(Object.entries(s.operands).map(([k, v]) => [k, values.get(v.id) ?? v])));
      if (Object.values(s.operands).some((v) => values.has(v.id))) return Object.freeze({ ...s, operands });
      const attr = (a: AttrValue): AttrValue => (a.kind === "scalar" ? { ...a, value: move(a.value) } : a.kind === "scalars" ? { ...a, value: a.value.map(move) } : a);
      return Object.freeze({ ...s, operands, attrs: Object.freeze(Object.fromEntries(Object.entries(s.attrs).map(([k, a]) => [k, attr(a)]))) });
    }
    case "for": return Object.freeze({ ...s, from: move(s.from), to: move(s.to), body: body(s.body) });
    case "if": return Object.freeze({ ...s, condition: move(s.condition), then: body(s.then), otherwise: body(s.otherwise) });
    case "while": return Object.freeze({ ...s, head: body(s.head), condition: move(s.condition), body: body(s.body) });
    case "jump": return s;
    default: return s satisfies never;
  }
}
