// pipeline: `pipeline(n) for` means the sequential loop, whose body begins by filling shared tiles and a barrier. Here the
// tiles get n stages, and while a round works on one, what the next round needs is read from memory:
//
//   fill stage 0
//   for i …                       t = round
//     barrier()
//     r = loads of round t + 1    into registers, early
//     rest of the body            reads stage t % n
//     stage (t + 1) % n = f(r)    late
//
// The round after the last reads what the last one read: nobody looks at it, and no test is needed.
import type { DiagnosticInit } from "../../diagnostic.ts";
import { Bug, fail } from "../../diagnostic.ts";
import { stacked, type RegisterLayout } from "../../layout/index.ts";
import { blocksOf, eachStmt, jumpsOut, withBlocks, type AttrValue, type For, type Inst, type Program, type Stmt, type Value } from "../program.ts";
import { constant, scalarOp, substitute, type Scalar, type Size } from "../scalar.ts";
import { definitionsOf, races } from "../verify-race.ts";
import { regionOf } from "../verify-region.ts";
import { rowOf } from "./rewrite.ts";

/** A loop taken apart. */
interface Parts {
  /** What fills the tiles. */
  readonly head: readonly Inst[];
  readonly barrier: Inst;
  readonly rest: readonly Stmt[];
  /** The tiles that are filled, by id. */
  readonly tiles: ReadonlyMap<number, Value>;
}

type Refusal = Pick<DiagnosticInit, "message" | "help" | "span" | "labels">;

const isBarrier = (s: Stmt | undefined): s is Inst => s?.kind === "inst" && rowOf(s).effect === "barrier";
const isRefusal = (x: Parts | Refusal): x is Refusal => "message" in x;

/** Takes a pipelined loop apart, or says why it can't run ahead. */
function partsOf(p: Program, loop: For): Parts | Refusal {
  const at = loop.body.findIndex((s) => isBarrier(s)), barrier = loop.body[at], head = loop.body.slice(0, Math.max(0, at)), rest = loop.body.slice(at + 1);
  const definitions = definitionsOf(p), rootOf = (v: Value): Value => regionOf(v, definitions).root, tiles = new Map<number, Value>();
  const plain = "or write a plain 'for'";
  const refuse = (s: Stmt, message: string, help: string): Refusal => ({ message, help: `${help}, ${plain}`, span: s.span ?? loop.span });
  if (!isBarrier(barrier)) return refuse(loop, "a pipelined body starts with copies and a barrier", "begin the body with copy(…) to shared tiles and barrier()");
  const written = new Set<number>();
  const roots = (i: Inst): Value[] => Object.values(i.operands).filter((v) => v.space !== "reg").map(rootOf);
  eachStmt(loop.body, (s) => { if (s.kind === "inst" && rowOf(s).effect === "write" && s.operands.to && s.operands.to.space !== "reg") written.add(rootOf(s.operands.to).id); });
  for (const s of head) {
    if (s.kind !== "inst") return refuse(s, "what a pipeline copies ahead can't hang on a loop or a choice", "put it behind the barrier");
    const row = rowOf(s), effect = row.effect ?? "pure", { to } = s.operands;
    const fills = (s.name === "copy" || s.name === "store") && to?.space === "shared";
    if (s.result || !(fills || effect === "view" || effect === "pure" || s.name === "load")) return refuse(s, `'${s.name}' can't run ahead`, "let the body begin with loads, copies and stores to shared tiles");
    if (fills) { const tile = rootOf(to); tiles.set(tile.id, tile); }
    for (const [key, v] of Object.entries(s.operands))
      if (effect !== "view" && v.space !== "reg" && key !== "to" && written.has(rootOf(v).id))
        return refuse(s, "what is read ahead of its turn is written in the loop", "read it behind the barrier");
  }
  if (!tiles.size) return refuse(loop, "a pipelined body starts with copies and a barrier", "begin the body with copy(…) to shared tiles and barrier()");
  const named = (v: Value): string => p.names.get(v.id) ?? `%${v.id}`;
  let found: Refusal | undefined;
  const inLoop = new Set<Stmt>();
  eachStmt(loop.body, (s) => inLoop.add(s));
  eachStmt(p.body, (s) => {
    if (s.kind !== "inst" || found) return;
    const mine = roots(s).find((v) => tiles.has(v.id));
    if (mine && !inLoop.has(s)) found = refuse(s, `'${named(mine)}' is filled ahead in the loop, so nothing else can use it`, "use another shared tile here");
    if (s.out && tiles.has(s.out.id) && inLoop.has(s)) found = refuse(s, `'${named(s.out)}' has to be there before the loop`, "declare it before");
  });
  eachStmt(rest, (s) => {
    const to = s.kind === "inst" && rowOf(s).effect === "write" ? s.operands.to : undefined;
    if (to && tiles.has(rootOf(to).id)) found ??= refuse(s, `'${named(rootOf(to))}' holds what was copied ahead and can't be written here`, "use another shared tile");
  });
  if (jumpsOut(rest)) found ??= refuse(loop, "a pipeline can't be left early: what was copied ahead would be lost", "let the loop run to its end");
  return found ?? { head: head as readonly Inst[], barrier, rest, tiles };
}

/** Loops that are to be pipelines. */
function pipelined(p: Program): For[] {
  const out: For[] = [];
  eachStmt(p.body, (s) => { if (s.kind === "for" && s.mode.kind === "pipeline") out.push(s); });
  return out;
}

/** The verifier's rule: pipelines that can't be. */
export function* pipelines(p: Program): Generator<DiagnosticInit> {
  for (const loop of pipelined(p)) {
    const parts = partsOf(p, loop);
    if (isRefusal(parts)) yield { code: "R0306", ...parts };
  }
}

// ── the pass ──

const intsOf = (x: readonly number[]): AttrValue => ({ kind: "ints", value: x });


/** Makes copies of instructions: values in `to` stand for others, and `i` for the loop variable. */
function copier(fresh: () => number, symbol: string, i: Scalar, to: Map<number, Value>) {
  const scalar = (x: Scalar): Scalar => substitute(x, (id) => (id === symbol ? i : undefined));
  const attr = (a: AttrValue): AttrValue => (a.kind === "scalar" ? { kind: "scalar", value: scalar(a.value) } : a.kind === "scalars" ? { kind: "scalars", value: a.value.map(scalar) } : a);
  const size = (n: Size): Size => (typeof n === "number" ? n : scalar(n));
  return (inst: Inst): Inst => {
    const out = inst.out && Object.freeze({ ...inst.out, id: fresh(), shape: Object.freeze(inst.out.shape.map(size)) });
    if (inst.out && out) to.set(inst.out.id, out);
    return Object.freeze({
      ...inst, out,
      operands: Object.freeze(Object.fromEntries(Object.entries(inst.operands).map(([k, v]) => [k, to.get(v.id) ?? v]))),
      attrs: Object.freeze(Object.fromEntries(Object.entries(inst.attrs).map(([k, a]) => [k, attr(a)]))),
    });
  };
}

/** Instructions of the head that the rest of the body needs, too. */
function needed(head: readonly Inst[], rest: readonly Stmt[]): Inst[] {
  const used = new Set<number>();
  const use = (i: Inst): void => { for (const v of Object.values(i.operands)) used.add(v.id); };
  eachStmt(rest, (s) => { if (s.kind === "inst") use(s); });
  return [...head].reverse().filter((i) => { const keep = i.out !== undefined && used.has(i.out.id); if (keep) use(i); return keep; }).reverse();
}

/** The loop as a pipeline; `barriers` says where one is put beside that at the start of a round. */
function staged(p: Program, loop: For, { head, barrier, rest, tiles }: Parts, stages: number, barriers: "none" | "after" | "each round"): Program {
  let next = 0;
  for (const q of p.params) if (q.kind === "tensor") next = Math.max(next, q.value.id + 1);
  const asked = new Set<number>();
  eachStmt(p.body, (s) => { if (s.kind === "inst" && s.out) { next = Math.max(next, s.out.id + 1); if (s.attrs.packing) asked.add(s.out.id); } });
  const definitions = definitionsOf(p), fresh = (): number => next++, names = new Map(p.names), i = loop.symbol, one = constant(1), step = constant(loop.step), many = constant(stages);
  const inst = (name: string, operands: Inst["operands"], attrs: Inst["attrs"], out?: Value, span = loop.span): Inst => Object.freeze({ kind: "inst", name, operands: Object.freeze(operands), attrs: Object.freeze(attrs), out: out && Object.freeze(out), span });

  const wide = new Map([...tiles].map(([id, v]) => [id, Object.freeze({ ...v, shape: Object.freeze([stages, ...v.shape]) })] as const));
  /** Views of one stage of every tile, which stand for the tiles in `to`. */
  const stage = (n: Scalar, to: Map<number, Value>): Inst[] => [...wide].map(([id, tile]) => {
    const sizes = tile.shape.map((m, d) => constant(d === 0 ? 1 : m as number));
    const out: Value = Object.freeze({ id: fresh(), space: "shared", dtype: tile.dtype, shape: tile.shape.slice(1) });
    to.set(id, out);
    return inst("slice", { x: tile }, { offsets: { kind: "scalars", value: [n, ...sizes.slice(1).map(() => constant(0))] }, sizes: { kind: "scalars", value: sizes }, drop: intsOf([0]) }, out);
  });
  /** The head with `at` for the loop variable, filling stage `n`: what reads memory, and what comes of it. `hold` keeps what was read in registers meanwhile. */
  const filled = (at: Scalar, n: Scalar, hold: boolean): { readonly early: readonly Inst[]; readonly late: readonly Inst[] } => {
    const to = new Map<number, Value>(), copy = copier(fresh, i.id, at, to), early: Inst[] = [], late: Inst[] = stage(n, to);
    const read = (load: Inst, of: Value, name: string | undefined, hold: boolean): void => {
      const v = load.out, layout = layoutFor(head, of);
      if (!v) throw new Bug("a load without a result");
      early.push(load);
      to.set(of.id, v);
      if (!hold) return;
      const held = inst("var", { init: v }, { dtype: { kind: "dtype", value: v.dtype }, shape: intsOf(v.shape.map((m) => m as number)), ...(layout ? { layout: { kind: "layout" as const, value: layout } } : {}) }, { id: fresh(), space: "reg", dtype: v.dtype, shape: v.shape, ...(layout ? { layout } : {}) }, load.span);
      early.push(held);
      if (held.out) to.set(of.id, held.out);
      if (held.out && name !== undefined) names.set(held.out.id, `next_${name}`);
    };
    for (const s of head) {
      const { from, to: target } = s.operands;
      if (s.name === "copy" && from && target) {
        // What lies in whole words is moved as words: registers would hold it element by element, so it is read when it is stored.
        const { pad, unpadded } = s.attrs, root = regionOf(target, definitions).root.id, held = hold && !asked.has(root), out: Value = { id: fresh(), space: "reg", dtype: from.dtype, shape: from.shape };
        read(inst("load", { x: to.get(from.id) ?? from }, { ...(pad ? { pad } : {}), ...(unpadded ? { unpadded } : {}) }, out, s.span), out, p.names.get(root), held);
        late.push(inst("store", { to: to.get(target.id) ?? target, x: to.get(out.id) ?? out }, {}, undefined, s.span));
      } else if (s.name === "load" && s.out) read(copy(s), s.out, p.names.get(s.out.id), hold);
      else (rowOf(s).effect === "view" && !viewsTile(s, to, tiles) ? early : late).push(copy(s));
    }
    return { early, late };
  };

  const round = scalarOp("div", scalarOp("sub", i, loop.from), step);
  const last = scalarOp("add", loop.from, scalarOp("mul", scalarOp("div", scalarOp("sub", scalarOp("sub", loop.to, one), loop.from), step), step));
  const first = filled(loop.from, constant(0), false), ahead = filled(scalarOp("min", scalarOp("add", i, step), last), scalarOp("rem", scalarOp("add", round, one), many), true);
  const now = new Map<number, Value>(), views = stage(scalarOp("rem", round, many), now), here = copier(fresh, i.id, i, now);
  const kept = needed(head, rest).map(here);
  const inStage = (list: readonly Stmt[]): readonly Stmt[] => list.map((s) => (s.kind !== "inst" ? withBlocks(s, inStage) : Object.freeze({ ...s, operands: Object.freeze(Object.fromEntries(Object.entries(s.operands).map(([k, v]) => [k, now.get(v.id) ?? v]))) })));
  const trailing = isBarrier(rest.at(-1)), work = inStage(trailing ? rest.slice(0, -1) : rest);
  const body: Stmt[] = [barrier, ...views, ...kept, ...ahead.early, ...work, ...ahead.late, ...(barriers === "each round" ? [barrier] : [])];
  const replaced = (list: readonly Stmt[]): readonly Stmt[] => Object.freeze(list.flatMap((s): readonly Stmt[] => {
    if (s === loop) return [...first.early, ...first.late, Object.freeze({ ...loop, mode: { kind: "plain" as const }, body: Object.freeze(body) }), ...(barriers === "after" ? [barrier] : [])];
    const tile = s.kind === "inst" && s.out && wide.get(s.out.id);
    if (s.kind === "inst" && tile) return [Object.freeze({ ...s, out: tile, attrs: Object.freeze({ ...s.attrs, ...(s.attrs.packing?.kind === "packing" ? { packing: { kind: "packing" as const, value: stacked(s.attrs.packing.value) } } : {}), shape: intsOf(tile.shape.map((m) => m as number)) }) })];
    return [blocksOf(s).length ? withBlocks(s, replaced) : s];
  }));
  return Object.freeze({ ...p, body: replaced(p.body), names });
}

/** The layout that a tile is asked for first, in which it waits. */
const layoutFor = (head: readonly Inst[], v: Value): RegisterLayout | undefined =>
  head.find((s) => s.name === "convert" && s.operands.x?.id === v.id)?.out?.layout;

/** Whether a view is one of a tile that has stages. */
const viewsTile = (s: Inst, to: ReadonlyMap<number, Value>, tiles: ReadonlyMap<number, Value>): boolean => {
  const x = s.operands.x;
  return x?.space === "shared" && (tiles.has(x.id) || to.has(x.id));
};

/**
 * The pass: pipelines of two stages and more read ahead; every `for` that comes out is a plain one. A barrier at the end of the body goes,
 * and comes back behind the loop where something there needs it.
 * @throws Diagnostic R0306 where the rule `pipelines` was not asked and a loop can't be one
 * @example
 * ```ts
 * pipeline(read("program p\nthreads 32\n{\n  barrier()\n}\n")).body.length; // => 1
 * ```
 */
export function pipeline(p: Program): Program {
  const [loop] = pipelined(p);
  if (loop?.mode.kind !== "pipeline") return p;
  const { stages } = loop.mode, parts = stages > 1 ? partsOf(p, loop) : undefined;
  if (!parts) return pipeline(plain(p, loop));
  if (isRefusal(parts)) return fail({ code: "R0306", ...parts });
  const sound = (q: Program): boolean => [...races(q)].every((d) => d.severity === "warning");
  for (const barriers of ["none", "after"] as const) { const made = staged(p, loop, parts, stages, barriers); if (sound(made)) return pipeline(made); }
  return pipeline(staged(p, loop, parts, stages, "each round"));
}

/** The Program with a loop that runs in order. */
function plain(p: Program, loop: For): Program {
  const go = (list: readonly Stmt[]): readonly Stmt[] => Object.freeze(list.map((s): Stmt => {
    const inner = blocksOf(s).length ? withBlocks(s, go) : s;
    return s === loop && inner.kind === "for" ? Object.freeze({ ...inner, mode: { kind: "plain" as const } }) : inner;
  }));
  return Object.freeze({ ...p, body: go(p.body) });
}
