// fold: what can be known before launch is known. Scalars are simplified by what the kernel requires, by its grid, by the loops
// and conditions around them; conditions that are known choose their branch, loops that don't run vanish and loops that run once
// are their body.
import { plainAttrs } from "../builder.ts";
import { difference } from "../affine.ts";
import { factOf, highOf, insideGrid, insideLoop, learn, lowOf, type Facts } from "../facts.ts";
import { convert as convertNumber } from "../numeric-ops.ts";
import { jumpsOut, type AttrValue, type For, type If, type Inst, type Program, type Stmt, type Value, type While } from "../program.ts";
import { constant, knownScalar, substitute, type Scalar } from "../scalar.ts";
import { simplify } from "../simplify.ts";
import { follow, rowOf } from "./rewrite.ts";

/** Whether nothing after a statement is ever reached. */
function ends(s: Stmt | undefined): boolean {
  switch (s?.kind) {
    case "jump": return true;
    case "if": return ends(s.then.at(-1)) && ends(s.otherwise.at(-1));
    case "while": return knownScalar(s.condition) === 1 && !jumpsOut(s.body, "break");
    default: return false;
  }
}

/** What is known at a place, and what stands for symbols that are gone. */
interface Here { readonly facts: Facts; readonly gone: ReadonlyMap<string, Scalar> }

/**
 * The pass. Parameters, grid axes and requirements stay, so that the host still checks and launches the same.
 * @example
 * ```ts
 * const b = builder("k"), N = b.dim("N");
 * b.tensor("x", "in", "f32", [N], dense(1));
 * b.threads(1);
 * b.require(scalarOp("eq", scalarOp("rem", N, constant(64)), constant(0)), "whole tiles");
 * b.when(scalarOp("lt", N, constant(0)), () => { b.barrier({}); });
 * fold(b.finish()).body.length; // => 0
 * ```
 */
export function fold(p: Program): Program {
  const values = new Map<number, Value>(), made = new Map<number, Inst>();
  const now = (v: Value): Value => values.get(v.id) ?? v;
  const scalar = (x: Scalar, { facts, gone }: Here): Scalar => simplify(gone.size ? substitute(x, (id) => gone.get(id)) : x, facts);

  function attr(a: AttrValue, here: Here): AttrValue {
    if (a.kind === "scalar") { const value = scalar(a.value, here); return value === a.value ? a : { kind: "scalar", value }; }
    if (a.kind !== "scalars") return a;
    const value = a.value.map((s) => scalar(s, here));
    return value.every((s, n) => s === a.value[n]) ? a : { kind: "scalars", value };
  }

  /** The instruction with simpler attributes; a window whose width became known has that in its type. */
  function inst(i: Inst, here: Here): Inst {
    let attrs = i.attrs;
    for (const k in i.attrs) { const a = attr(i.attrs[k], here); if (a !== i.attrs[k]) attrs = { ...attrs, [k]: a }; }
    const moved = follow(attrs === i.attrs ? i : { ...i, attrs: Object.freeze(attrs) }, now);
    if (!i.out || i.out.space === "reg") return moved;
    if (moved === i) return i;
    const type = rowOf(i).type(moved.operands, plainAttrs(attrs));
    if (!type || type.space === "scalar") return moved;
    const out: Value = Object.freeze({ ...i.out, shape: Object.freeze([...type.shape]) });
    values.set(out.id, out);
    return Object.freeze({ ...moved, out });
  }

  /** The number that `scalar(fill(n))` is. */
  function knownResult(i: Inst): Scalar | undefined {
    const source = i.result && i.operands.x && made.get(i.operands.x.id);
    const n = source?.name === "fill" && source.attrs.value?.kind === "scalar" ? source.attrs.value.value : undefined;
    const known = n && knownScalar(n);
    return i.result && n && known !== undefined ? constant(convertNumber(i.result.type, n.type, known), i.result.type) : undefined;
  }

  function loop(s: For, here: Here): readonly Stmt[] {
    const from = scalar(s.from, here), to = scalar(s.to, here), length = difference(from, to);
    const exact = factOf(from, here.facts) && factOf(to, here.facts), most = exact ? highOf(length, here.facts) : Infinity;
    if (most <= 0) return [];
    if (most <= s.step && lowOf(length, here.facts) > 0 && !jumpsOut(s.body)) return block(s.body, { ...here, gone: new Map(here.gone).set(s.symbol.id, from) });
    const body = block(s.body, { ...here, facts: insideLoop(here.facts, s.symbol, from, to, s.step) });
    return body.length ? [Object.freeze({ ...s, from, to, body })] : [];
  }

  function branch(s: If, here: Here): readonly Stmt[] {
    const condition = scalar(s.condition, here), known = knownScalar(condition);
    if (known !== undefined) return block(known ? s.then : s.otherwise, here);
    const then = block(s.then, { ...here, facts: learn(here.facts, condition) }), otherwise = block(s.otherwise, { ...here, facts: learn(here.facts, condition, false) });
    return then.length || otherwise.length ? [Object.freeze({ ...s, condition, then, otherwise })] : [];
  }

  /** The head belongs to each round, the first and the last included: what is known after it holds in the body. */
  function repeated(s: While, outer: Here): readonly Stmt[] {
    const { list: head, here } = statements(s.head, outer);
    const condition = scalar(s.condition, here);
    if (knownScalar(condition) === 0) return head;
    return [Object.freeze({ ...s, head, condition, body: block(s.body, { ...here, facts: learn(here.facts, condition) }) })];
  }

  /** Simpler statements, and what is known after them. Nothing follows a jump. */
  function statements(body: readonly Stmt[], outer: Here): { readonly list: readonly Stmt[]; readonly here: Here } {
    let here = outer;
    const list: Stmt[] = [];
    for (const s of body) {
      if (s.kind !== "inst") {
        const made = s.kind === "for" ? loop(s, here) : s.kind === "if" ? branch(s, here) : s.kind === "while" ? repeated(s, here) : [s];
        list.push(...made);
        if (ends(made.at(-1))) break;
        const [left] = made;
        if (left?.kind === "if") here = { ...here, facts: left.then.at(-1)?.kind === "jump" ? learn(here.facts, left.condition, false) : left.otherwise.at(-1)?.kind === "jump" ? learn(here.facts, left.condition) : here.facts };
        continue;
      }
      const i = inst(s, here), known = knownResult(i), assumed = i.name === "assume" ? i.attrs.condition : undefined;
      if (i.out) made.set(i.out.id, i);
      if (assumed?.kind === "scalar") here = { ...here, facts: learn(here.facts, assumed.value) };
      else if (known && i.result) here = { ...here, gone: new Map(here.gone).set(i.result.id, known) };
      else list.push(i);
    }
    return { list: Object.freeze(list), here };
  }

  const block = (body: readonly Stmt[], outer: Here): readonly Stmt[] => statements(body, outer).list;

  let facts: Facts = new Map();
  for (const r of p.requires) facts = learn(facts, r.condition);
  const grid = p.grid.map((a) => Object.freeze({ ...a, extent: simplify(a.extent, facts) }));
  for (const a of grid) facts = insideGrid(facts, a.symbol, a.extent);
  return Object.freeze({ ...p, grid: Object.freeze(grid), body: block(p.body, { facts, gone: new Map() }) });
}
