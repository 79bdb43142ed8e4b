// Rebuilding a Program statement by statement: values keep their numbers unless an instruction is replaced,
// new ones get fresh numbers, and every use follows the replacement.
import { Bug, Diagnostic, type Span } from "../../diagnostic.ts";
import { plainAttrs } from "../builder.ts";
import type { Instruction } from "../instruction.ts";
import { instructions } from "../isa/index.ts";
import type { AttrValue, Inst, Program, Stmt, Value } from "../program.ts";
import { eachStmt, withBlocks } from "../program.ts";
import { constant, type Scalar } from "../scalar.ts";

/** What a rewriting function may do at one instruction. */
export interface Rewriter {
  /** Appends an instruction at this place and gives its result. Attributes are plain values. */
  inst(name: string, operands: Readonly<Record<string, Value | undefined>>, attrs?: Readonly<Record<string, unknown>>): Value | undefined;
  /** Appends an instruction as it is. */
  keep(i: Inst): void;
  /** The value that now stands for `v`. */
  now(v: Value): Value;
  /** From here on, `by` stands for `v`. */
  replace(v: Value, by: Value): void;
  /** A fresh value number. */
  fresh(): number;
}

/** The row of an instruction. */
export function rowOf(i: Pick<Inst, "name">): Instruction {
  const row = instructions.get(i.name);
  if (!row) throw new Bug(`no instruction '${i.name}'`);
  return row;
}

const asAttr = (kind: AttrValue["kind"], x: unknown): AttrValue =>
  (kind === "scalar" && typeof x === "number" ? { kind, value: constant(x) }
    : kind === "scalars" ? { kind, value: (x as readonly (Scalar | number)[]).map((s) => (typeof s === "number" ? constant(s) : s)) }
    : { kind, value: x }) as AttrValue;

/** The instruction with operands followed through replacements; itself where none was replaced. */
export function follow(i: Inst, now: (v: Value) => Value): Inst {
  let operands: Record<string, Value> | undefined;
  for (const k in i.operands) {
    const v = i.operands[k], by = now(v);
    if (v !== by) (operands ??= { ...i.operands })[k] = by;
  }
  return operands ? Object.freeze({ ...i, operands: Object.freeze(operands) }) : i;
}

/** Applies `step` to every instruction; `step` appends what stands in its place. */
export function rewrite(p: Program, step: (i: Inst, r: Rewriter) => void): Program {
  let next = 0;
  for (const q of p.params) if (q.kind === "tensor") next = Math.max(next, q.value.id + 1);
  eachStmt(p.body, (s) => { if (s.kind === "inst" && s.out) next = Math.max(next, s.out.id + 1); });
  const replaced = new Map<number, Value>();
  const now = (v: Value): Value => {
    let x = v;
    for (let by = replaced.get(x.id); by && by !== x; by = replaced.get(x.id)) x = by;
    return x;
  };
  function block(body: readonly Stmt[]): readonly Stmt[] {
    const out: Stmt[] = [];
    let span: Span | undefined;
    const here: Rewriter = {
      now, fresh: () => next++,
      keep: (i) => { out.push(Object.freeze(i)); },
      replace: (v, by) => { if (v !== by) replaced.set(v.id, by); },
      inst(name, operands, attrs = {}) {
        const row = rowOf({ name });
        const given = Object.fromEntries(Object.entries(operands).filter((e): e is [string, Value] => e[1] !== undefined));
        const values = Object.fromEntries(Object.entries(attrs).filter(([, x]) => x !== undefined).map(([k, x]) => [k, asAttr(row.attrs[k]?.kind ?? "number", x)]));
        try {
          const t = row.type(given, plainAttrs(values));
          if (t?.space === "scalar") throw new Bug(`a pass can't make '${name}'`);
          const result: Value | undefined = t && Object.freeze({ id: next++, space: t.space, dtype: t.dtype, shape: t.shape, ...(t.layout ? { layout: t.layout } : {}) });
          out.push(Object.freeze({ kind: "inst", name, operands: Object.freeze(given), attrs: Object.freeze(values), out: result, span }));
          return result;
        } catch (e) { throw e instanceof Diagnostic ? e.at(span) : e; }
      },
    };
    for (const s of body) {
      if (s.kind !== "inst") { out.push(withBlocks(s, block)); continue; }
      span = s.span;
      step(follow(s, now), here);
    }
    return Object.freeze(out);
  }
  return Object.freeze({ ...p, body: block(p.body) });
}
