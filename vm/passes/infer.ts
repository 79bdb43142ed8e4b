// infer: gives every register tile a layout. Known layouts (annotations, matrix accumulators, packed loads)
// spread forwards and backwards along the instructions' layout rules until nothing changes; then the most
// urgent tile without one gets its default, and so on. Where an operand's layout doesn't serve its user, a
// `convert` is inserted: inference never fails.
import { compose, conversion, defaultLayout, equal, holdsAll, local, reduceTo, slotCount, type RegisterLayout } from "../../layout/index.ts";
import { Diagnostic, fail } from "../../diagnostic.ts";
import { plainAttrs } from "../builder.ts";
import type { LayoutContext } from "../instruction.ts";
import { eachStmt, tileShape, withBlocks, type Inst, type Program, type Stmt, type Value } from "../program.ts";
import { unordered } from "../verify-race.ts";
import { follow, rewrite, rowOf } from "./rewrite.ts";

/** A conversion that was inserted: what it costs is told by `conversion` of the layout room. */
export interface Converted {
  readonly value: Value;
  readonly from: RegisterLayout;
  readonly to: RegisterLayout;
  /** The instruction and operand that asked for it first. */
  readonly user: Inst;
  readonly operand: string;
  /** The value in its new layout. */
  readonly made: Value;
}

/** A Program where every register tile has a layout. */
export interface Inferred {
  readonly program: Program;
  /** The conversions that were inserted, in program order. */
  readonly converts: readonly Converted[];
}

const MAX_BYTES = 8192;

/** All instructions in order, inner blocks included. */
function flatten(p: Program): Inst[] {
  const out: Inst[] = [];
  eachStmt(p.body, (s) => { if (s.kind === "inst") out.push(s); });
  return out;
}

/** Cheap to make anywhere: no operands, no memory. */
const remakes = (i: Inst | undefined): boolean => i !== undefined && Object.keys(i.operands).length === 0 && (rowOf(i).effect ?? "pure") === "pure";

/** A layout in which each thread moves whole words, and up to four of them, of neighbouring elements. */
export function transferLayout(threads: number, shape: readonly number[], bits: number): RegisterLayout {
  const last = shape.at(-1) ?? 1, size = shape.reduce((a, b) => a * b, 1);
  if (!shape.length) return defaultLayout(threads, shape);
  let vector = 1;
  for (let v = 1; v <= last && v * bits <= 128; v++)
    if (last % v === 0 && ((v * bits) % 32 === 0 || bits === 32) && (v * bits <= 32 || size / v >= threads)) vector = v;
  const outer = defaultLayout(threads, [...shape.slice(0, -1), last / vector]);
  return vector === 1 ? outer : compose(outer, local(...shape.map((_, d) => (d === shape.length - 1 ? vector : 1))));
}

/** The layout in which a tile of a `packed(L)` tensor was stored, if this load reads whole tiles. */
function packedLayout(i: Inst, definitions: ReadonlyMap<number, Inst>, p: Program): RegisterLayout | undefined {
  let v = i.operands.x;
  if (i.name !== "load" || !v || !i.out) return undefined;
  for (let d = definitions.get(v.id); d?.name === "slice"; d = definitions.get(v.id)) { const of = d.operands.x; if (!of) return undefined; v = of; }
  const id = v.id, param = p.params.find((q) => q.kind === "tensor" && q.value.id === id);
  if (param?.kind !== "tensor" || param.packing.kind !== "packed") return undefined;
  const l = param.packing.layout, shape = tileShape(i.out);
  if (shape.length !== l.shape.length || shape.some((n, d) => n % (l.shape[d] ?? 1) !== 0)) return undefined;
  const outer = shape.map((n, d) => n / (l.shape[d] ?? 1));
  return outer.every((n) => n === 1) ? l : compose(local(...outer), l);
}

/**
 * The pass: gives every register tile a layout, by its rows' wishes from both sides; where they conflict it inserts a `convert` and says so.
 * @example
 * ```ts
 * const b = builder("twice");
 * const x = b.tensor("x", "in", "f32", [64], dense(1)), y = b.tensor("y", "out", "f32", [64], dense(1));
 * b.threads(64);
 * const v = b.load({ x });
 * b.store({ to: y, x: b.add({ x: v, y: v }) });
 * infer(b.finish()).program.body.map((s) => (s.kind === "inst" ? s.out?.layout?.shape : undefined)); // => [[64], [64], undefined]
 * ```
 */
export function infer(p: Program): Inferred {
  const insts = flatten(p), T = p.threads;
  const definitions = new Map<number, Inst>();
  for (const i of insts) if (i.out) definitions.set(i.out.id, i);
  const layouts = new Map<number, RegisterLayout>();
  const told = <T>(i: Inst, f: () => T): T => { try { return f(); } catch (e) { throw e instanceof Diagnostic ? e.at(i.span) : e; } };
  const context = (i: Inst): LayoutContext => ({ threads: T, operands: i.operands, attrs: plainAttrs(i.attrs), out: i.out });
  /** Instructions with a layout rule, and by value those that have it; what learnt nothing is asked again when a value of it gets a layout. */
  const asked = insts.flatMap((i) => { const rule = rowOf(i).layout; return rule ? [{ i, rule, c: context(i), open: true }] : []; }), users = new Map<number, (typeof asked)[number][]>();
  for (const a of asked) for (const v of [...Object.values(a.i.operands), ...(a.i.out ? [a.i.out] : [])]) if (v.space === "reg") { const list = users.get(v.id); if (list) list.push(a); else users.set(v.id, [a]); }
  const isReg = (v: Value | undefined): v is Value => v?.space === "reg";
  const known = (i: Inst): Record<string, RegisterLayout | undefined> => {
    const all: Record<string, RegisterLayout | undefined> = {};
    for (const k in i.operands) all[k] = layouts.get(i.operands[k].id);
    return all;
  };
  const set = (v: Value, l: RegisterLayout | undefined): boolean => {
    if (!l || layouts.has(v.id)) return false;
    layouts.set(v.id, l);
    for (const a of users.get(v.id) ?? []) a.open = true;
    return true;
  };

  for (const i of insts) if (isReg(i.out)) { set(i.out, i.out.layout); set(i.out, packedLayout(i, definitions, p)); }

  /** What it costs to bring the operands that have layouts to where a result of layout `out` needs them. */
  const price = (i: Inst, c: LayoutContext, out: RegisterLayout): number => {
    const rule = rowOf(i).layout;
    return Object.entries(i.operands).reduce((sum, [k, v]) => {
      const have = isReg(v) ? layouts.get(v.id) : undefined;
      if (!have || remakes(definitions.get(v.id)) || (rule?.fits ? rule.fits(k, have, out, c) : holdsAll(have, out, T))) return sum;
      return sum + conversion(have, told(i, () => rule?.backward?.(out, k, c)) ?? reduceTo(out, tileShape(v)), { threads: T }).cost;
    }, 0);
  };

  /** The result's layout from its operands': where they differ, the one that costs least. */
  function forward(i: Inst, c: LayoutContext): RegisterLayout | undefined {
    const all = known(i), rule = rowOf(i).layout, first = rule?.forward?.(all, c);
    if (!first) return undefined;
    if (Object.values(all).filter((l) => l).length < 2) return first;
    const others = Object.entries(all).flatMap(([k, l]) => { const one = l && rule?.forward?.({ [k]: l }, c); return one && !equal(one, first) ? [one] : []; });
    if (!others.length) return first;
    return [first, ...others].map((l) => ({ l, cost: price(i, c, l) })).reduce((a, b) => (b.cost < a.cost ? b : a)).l;
  }

  /** One sweep of the rules; whether something was learnt. */
  const sweep = (): boolean => {
    let learnt = false;
    for (const a of asked) {
      if (!a.open) continue;
      a.open = false;
      const { i, rule, c } = a;
      if (isReg(i.out) && !layouts.has(i.out.id)) learnt = set(i.out, forward(i, c)) || learnt;
      const target = i.out ?? i.operands.to;
      for (const k in i.operands) {
        const v = i.operands[k];
        if (isReg(v) && !layouts.has(v.id)) learnt = set(v, told(i, () => rule.backward?.(isReg(target) && k !== "to" ? layouts.get(target.id) : isReg(i.out) ? layouts.get(i.out.id) : k === "to" && isReg(i.operands.from) ? layouts.get(i.operands.from.id) : undefined, k, c))) || learnt;
      }
    }
    return learnt;
  };

  /** Tiles by urgency: those with a preferred layout, then loads, then the rest, in order; last what can be made anywhere. */
  const byRank = insts.flatMap((i) => (isReg(i.out) ? [{ i, v: i.out, late: remakes(i), rank: rowOf(i).layout?.rank ?? 0 }] : [])).sort((a, b) => Number(a.late) - Number(b.late) || b.rank - a.rank);
  for (const { i, v } of byRank) {
    if (layouts.has(v.id)) continue;
    while (sweep());
    if (!layouts.has(v.id)) set(v, rowOf(i).layout?.preferred?.(context(i)) ?? transferLayout(T, tileShape(v), v.dtype.bits));
  }

  const converts: Converted[] = [];
  const program = rewrite(p, (i, r) => {
    const laid = (v: Value): Value => {
      const l = v.layout ?? layouts.get(v.id);
      return v.space === "reg" && l && v.layout !== l ? Object.freeze({ ...v, layout: l }) : v;
    };
    let inst = i;
    const out = i.out && laid(i.out);
    const rule = rowOf(i).layout, c = context(i);
    const target = out ?? i.operands.to;
    const base = target?.space === "reg" ? target.layout ?? layouts.get(target.id) : undefined;
    for (const [k, v] of Object.entries(i.operands)) {
      if (v.space !== "reg" || k === "to" || !v.layout) continue;
      const fits = rule?.fits ? rule.fits(k, v.layout, base, c) : !base || holdsAll(v.layout, base, T);
      if (fits) continue;
      const want = told(i, () => rule?.backward?.(base, k, c)) ?? (base && reduceTo(base, tileShape(v)));
      if (!want) continue;
      const source = definitions.get(v.id);
      let made: Value | undefined;
      if (source && remakes(source) && source.out) {
        made = Object.freeze({ ...source.out, id: r.fresh(), layout: want });
        r.keep({ ...source, out: made });
      } else {
        made = Object.freeze({ id: r.fresh(), space: "reg", dtype: v.dtype, shape: v.shape, layout: want });
        r.keep({ kind: "inst", name: "convert", operands: { x: v }, attrs: { layout: { kind: "layout", value: want } }, out: made, span: i.span });
        converts.push({ value: v, from: v.layout, to: want, user: i, operand: k, made });
      }
      inst = { ...inst, operands: { ...inst.operands, [k]: made } };
    }
    if (out?.layout) {
      const bytes = Math.ceil((slotCount(out.layout) * out.dtype.bits) / 32) * 4;
      if (bytes > MAX_BYTES)
        fail({ code: "R0201", message: `this tile takes ${bytes} bytes of registers in each thread; ${MAX_BYTES} are the most`, span: i.span, help: "use a smaller tile or more threads" });
      if (i.out) r.replace(i.out, out);
    }
    r.keep(follow({ ...inst, out }, r.now));
  });
  const shared = shareConverts(program, converts, definitions);
  return { ...shared, program: ordered(shared.program) };
}

/**
 * Elements changed in place need no barrier as long as each belongs to one thread. Where layouts have several threads hold one, or it changes hands
 * between its load and its store, a barrier goes before the store.
 */
function ordered(p: Program): Program {
  const late = new Set(unordered(p).map(({ then }) => then.inst));
  if (!late.size) return p;
  const block = (body: readonly Stmt[]): readonly Stmt[] => Object.freeze(body.flatMap((s): readonly Stmt[] =>
    (s.kind !== "inst" ? [withBlocks(s, block)] : late.has(s) ? [Object.freeze({ kind: "inst", name: "barrier", operands: {}, attrs: {}, span: s.span }), s] : [s])));
  return Object.freeze({ ...p, body: block(p.body) });
}

/** Where a tile that doesn't change is converted twice to one layout, the second use takes the first one's result, if it sees it. */
function shareConverts(p: Program, converts: readonly Converted[], definitions: ReadonlyMap<number, Inst>): Inferred {
  const inserted = new Map(converts.filter((c) => definitions.get(c.value.id)?.name !== "var").map((c) => [c.made.id, c]));
  if (inserted.size < 2) return { program: p, converts };
  const instead = new Map<number, Value>();
  const block = (body: readonly Stmt[], outer: readonly Converted[]): readonly Stmt[] => {
    let seen = outer;
    return Object.freeze(body.flatMap((s): readonly Stmt[] => {
      if (s.kind !== "inst") return [withBlocks(s, (inner) => block(inner, seen))];
      const own = s.out && inserted.get(s.out.id), same = own && seen.find((c) => c.value.id === own.value.id && equal(c.to, own.to));
      if (own && same) { instead.set(own.made.id, same.made); return []; }
      if (own) seen = [...seen, own];
      return [follow(s, (v) => instead.get(v.id) ?? v)];
    }));
  };
  const body = block(p.body, []);
  return { program: Object.freeze({ ...p, body }), converts: converts.filter((c) => !instead.has(c.made.id)) };
}
