// Random bodies with registers, loops, branches, shared memory, barriers and atomics, free of races by construction:
// a thread writes its own cells, and reads those of others only between a barrier and the next.
import fc from "fast-check";
import { expressions } from "../../codegen/loop/expr.ts";
import type { Body, Buffer, Expr, LoopStmt, Reg, Var } from "../../codegen/loop/ir.ts";
import type { Compute } from "../../vm/index.ts";
import { THREADS } from "./bodies.ts";
import { build, trees, type Tree } from "./trees.ts";

/** What a statement shall be; which variables its trees see depends on where it comes to stand. */
export type Plan =
  | { k: "set"; slot: number; value: Tree }
  | { k: "put"; at: Tree; value: Tree }
  | { k: "share"; cell: number; value: Tree }
  | { k: "local"; slots: 1 | 2; value: Tree }
  | { k: "phase" } | { k: "uniform"; cell: number }
  | { k: "atomic"; op: "and" | "or" | "xor" | "add"; word: number; value: Tree }
  | { k: "if"; condition: Tree; then: Plan[]; otherwise: Plan[] }
  | { k: "for"; to: number; step: number; dynamic: boolean; body: Plan[] };

const i32 = trees("i32", { floats: "none", depth: 3 }), u32 = trees("u32", { floats: "none", depth: 3 }), bool = trees("bool", { floats: "none", depth: 2 });

const plans = (depth: number): fc.Arbitrary<Plan[]> => {
  const list: fc.Arbitrary<Plan>[] = [
    fc.tuple(fc.integer({ min: 0, max: 3 }), i32).map(([slot, value]): Plan => ({ k: "set", slot, value })),
    fc.tuple(u32, u32).map(([at, value]): Plan => ({ k: "put", at, value })),
    fc.tuple(fc.constantFrom(1 as const, 2 as const), u32).map(([slots, value]): Plan => ({ k: "local", slots, value })),
    fc.tuple(fc.integer({ min: 0, max: 3 }), u32).map(([cell, value]): Plan => ({ k: "share", cell, value })),
    fc.tuple(fc.constantFrom("and" as const, "or" as const, "xor" as const, "add" as const), fc.integer({ min: 0, max: 3 }), u32).map(([op, word, value]): Plan => ({ k: "atomic", op, word: word + 4 * ["and", "or", "xor", "add"].indexOf(op), value })),
  ];
  if (depth === 2) list.push(fc.constant<Plan>({ k: "phase" }), fc.integer({ min: 0, max: 127 }).map((cell): Plan => ({ k: "uniform", cell })));
  if (depth > 0) list.push(
    fc.tuple(bool, plans(depth - 1), plans(depth - 1)).map(([condition, then, otherwise]): Plan => ({ k: "if", condition, then, otherwise })),
    fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 1, max: 2 }), fc.boolean(), plans(depth - 1)).map(([to, step, dynamic, body]): Plan => ({ k: "for", to, step, dynamic, body })));
  return fc.array(fc.oneof(...list), { minLength: depth === 2 ? 4 : 1, maxLength: depth === 2 ? 12 : 3 });
};
export const programs = plans(2);

const CELLS = 4;

/** The body of a plan. Buffers: `input` (128 words), `acc` (16 words, atomic), `out` (8 words a thread). */
export function bodyOfPlan(plan: readonly Plan[]): Body {
  const e = expressions();
  const storage = (id: number, name: string, access: "read" | "read_write", atomic: Buffer["atomic"] = false): Buffer => ({ id, name, space: "storage", access, elem: "u32", atomic, binding: id });
  const input = storage(0, "input", "read"), acc = storage(1, "acc", "read_write", "u32"), out = storage(2, "out", "read_write");
  const shared: Buffer = { id: 3, name: "shared", space: "workgroup", access: "read_write", elem: "u32", atomic: false, length: CELLS * THREADS };
  const thread = e.variable({ name: "thread", type: "i32", role: "thread", lo: 0, hi: THREADS - 1, divisor: 1 });
  const n = e.variable({ name: "n", type: "i32", role: "uniform", lo: 0, hi: 3, divisor: 1 });
  const r: Reg = { id: 0, name: "r", type: "i32", slots: 4 }, q: Reg = { id: 1, name: "q", type: "u32", slots: 4 };
  const t = e.use(thread), epochs = new Map<object, number>();
  let regs = 2, base = 0, reading = false, out_: LoopStmt[] = [];
  const loops: Var[] = [];
  const epoch = (x: object) => (epochs.get(x) ?? 0) + base;
  const bump = (x: object) => { epochs.set(x, (epochs.get(x) ?? 0) + 1); };
  const own = (cell: number) => e.add(e.mul(t, e.of(CELLS)), e.of(cell));
  const below = (x: Expr, m: number) => e.to("i32", e.op("rem", x, e.constant("u32", m)));
  const variable = (type: Compute, i: number): Expr => {
    const loop = loops.at(-1);
    if (type === "i32") return i === 0 ? t : i === 1 ? (loop ? e.use(loop) : e.use(n)) : i === 2 ? e.slot(r, e.of(1), epoch(r)) : e.slot(r, loop ? e.of(3) : e.of(2), epoch(r));
    if (type === "bool") return e.op("lt", i === 0 ? t : e.slot(r, e.of(0), epoch(r)), e.of(9));
    if (i === 0) return e.load(input, e.fmod(e.add(t, loop ? e.mul(e.use(loop), e.of(5)) : e.of(64)), e.of(128)), 0);
    if (i === 1) return e.load(shared, reading ? below(e.slot(q, e.of(2), epoch(q)), CELLS * THREADS) : own(1), epoch(shared));
    return e.slot(q, e.op("and", t, e.of(3)), epoch(q));
  };
  const value = (x: Tree) => build(e, e, variable, x);
  const nested = (list: readonly Plan[]): LoopStmt[] => {
    const outer = out_;
    out_ = [];
    base += 1000;
    list.forEach(make);
    base += 1000;
    const made = out_;
    out_ = outer;
    return made;
  };
  const make = (p: Plan): void => {
    switch (p.k) {
      case "set": out_.push({ kind: "set", reg: r, slot: e.of(p.slot), value: value(p.value) }); bump(r); return;
      case "put": out_.push({ kind: "set", reg: q, slot: below(value(p.at), 4), value: value(p.value) }); bump(q); return;
      case "share": if (!reading) { out_.push({ kind: "store", buffer: shared, index: own(p.cell), value: value(p.value) }); bump(shared); } return;
      case "local": { // a variable of the block it stands in: zero in every round
        const l: Reg = { id: regs++, name: "sum", type: "u32", slots: p.slots }, at = (i: number) => e.of(p.slots === 1 ? 0 : i);
        out_.push({ kind: "declare", reg: l });
        for (let i = 0; i < p.slots; i++) out_.push({ kind: "set", reg: l, slot: e.of(i), value: e.constant("u32", 0) });
        const slot = p.slots === 1 ? e.of(0) : e.fmod(t, e.of(2));
        out_.push({ kind: "set", reg: l, slot, value: e.op("add", e.slot(l, slot, base + 1), value(p.value)) });
        out_.push({ kind: "set", reg: r, slot: e.of(0), value: e.to("i32", e.op("xor", e.slot(l, at(0), base + 2), e.op("reverse", e.slot(l, at(1), base + 2)))) });
        bump(r);
        return;
      }
      case "phase": reading = !reading; out_.push({ kind: "barrier" }); base += 1000; return;
      case "uniform": {
        const v = e.variable({ name: "u", type: "u32", role: "value", lo: 0, hi: Infinity, divisor: 1 });
        out_.push({ kind: "uniform", v, buffer: shared, index: e.of(p.cell) });
        base += 1000;
        out_.push({ kind: "set", reg: r, slot: e.of(0), value: e.op("xor", e.to("i32", e.use(v)), t) });
        bump(r);
        return;
      }
      case "atomic": out_.push({ kind: "atomic", op: p.op, buffer: acc, index: e.of(p.word), value: value(p.value) }); return;
      case "if": { const condition = value(p.condition); out_.push({ kind: "if", condition, then: nested(p.then), otherwise: nested(p.otherwise) }); return; }
      case "for": {
        const v = e.variable({ name: "i", type: "i32", role: "loop", lo: 0, hi: Math.max(0, p.to - 1), divisor: p.step });
        const to = p.dynamic ? e.op("min", e.op("and", t, e.of(7)), e.of(p.to)) : e.of(p.to);
        loops.push(v);
        const body = nested(p.body);
        loops.pop();
        out_.push({ kind: "for", v, from: e.of(0), to, step: p.step, body });
        return;
      }
    }
  };
  out_.push({ kind: "declare", reg: r }, { kind: "declare", reg: q });
  for (let i = 0; i < 4; i++) out_.push({ kind: "set", reg: r, slot: e.of(i), value: e.add(t, e.of(i)) }, { kind: "set", reg: q, slot: e.of(i), value: e.load(input, e.add(t, e.of(32 * i)), 0) });
  bump(r); bump(q);
  plan.forEach(make);
  for (let i = 0; i < 4; i++) out_.push({ kind: "store", buffer: out, index: e.add(e.mul(t, e.of(8)), e.of(i)), value: e.to("u32", e.slot(r, e.of(i), epoch(r))) }, { kind: "store", buffer: out, index: e.add(e.mul(t, e.of(8)), e.of(i + 4)), value: e.slot(q, e.of(i), epoch(q)) });
  return { threads: THREADS, thread, blocks: [], uniforms: [n], buffers: [input, acc, out, shared], stmts: out_ };
}
