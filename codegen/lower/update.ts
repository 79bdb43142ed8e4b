// Updates of memory in which threads may meet: atomics, scatters. One change for each slot, of one array element or one
// word of storage; what was there before goes to registers if somebody asks.
import { Bug, fail } from "../../diagnostic.ts";
import type { Emission, Inst, Value } from "../../vm/index.ts";
import type { Expr } from "../loop/ir.ts";
import { flatIndex, fromCode, fromElement, placesOf, toCode, toElement } from "./access.ts";
import { boundView, layoutOf, type Binding, type Context, type Memory } from "./context.ts";
import { exchanged, guarded } from "./scratch.ts";
import { target } from "./store.ts";
import { beforeWrite, bindReg, collect, declare, owns, read, readsOf, setAll, settle, slotLoop, touches } from "./tiles.ts";

type Update = Extract<Emission<Expr>, { form: "update" }>;
type View = Extract<Binding, { kind: "view" }>;

/** The type that atomics on a memory have: signed where order matters, or where the array has it. */
function markAtomic(c: Context, m: Memory, op: Update["op"]): void {
  const signed = m.buffer.space === "workgroup" ? m.buffer.elem === "i32" : (op === "min" || op === "max") && m.dtype.name === "i32";
  if (signed || !c.atomic.has(m.buffer.id)) c.atomic.set(m.buffer.id, signed ? "i32" : "u32");
}

/** The place of an element in its buffer, where it is one word or array element. */
function wordOf(c: Context, m: Memory, index: readonly Expr[]): Expr {
  if (!m.packing) return flatIndex(c, m.extents, index);
  const [p, ...more] = placesOf(c, m, index);
  if (!p || more.length || p.width !== 32 || c.e.known(p.at) !== 0)
    fail({ code: "T0242", message: `atomics and scatters need elements that are whole words; those of '${m.buffer.name}' are spread over several`, span: c.span, help: "leave out its packing" });
  return p.word;
}

/** Whether a place lies in the view itself, which may be a window. */
function within(c: Context, view: View, at: readonly Expr[], own: readonly Expr[]): Expr {
  const { e } = c;
  return at.reduce((yes, x, d) => {
    if (x === own[d]) return yes;
    const n = view.shape[d];
    return e.op("and", yes, e.op("and", e.op("ge", x, e.of(0)), e.op("lt", x, typeof n === "number" ? e.of(n) : n)));
  }, e.constant("bool", true));
}

/** Makes the changes of an instruction. `old`: somebody uses its result. */
export function updateTile(c: Context, i: Inst, form: Update, old: boolean): void {
  const { e } = c, to = i.operands[form.to], over: Value | undefined = form.over === "out" ? i.out : i.operands[form.over];
  if (!to || !over) throw new Bug(`'${i.name}' without operands`);
  const view = boundView(c, to), m = view.memory, l = layoutOf(over), out = old ? i.out : undefined;
  for (const v of Object.values(i.operands)) if (v.space === "reg" && touches(readsOf(c, v), m)) settle(c, v);
  beforeWrite(c, m);
  markAtomic(c, m, form.op);
  const element = m.packing ? (x: Expr) => toCode(c, m.dtype, x) : (x: Expr) => toElement(c, m, x);
  const reg = out && declare(c, c.nameOf(out, `v${out.id}`), out, l), zero = reg && (reg.type === "bool" ? e.constant("bool", false) : e.constant(reg.type, 0));
  const all = owns(c, l), mine = collect(c, () => slotLoop(c, l, (slot, index) => {
    const at = form.place(index), { condition, index: safe } = target(c, m, view.map(at).index), yes = e.op("and", within(c, view, at, index), condition);
    const type = m.packing ? "u32" : m.buffer.elem;
    const v = reg && e.variable({ name: "old", type, role: "value", lo: -Infinity, hi: Infinity, divisor: 1 });
    if (reg && zero && e.known(yes) !== 1) c.out.push({ kind: "set", reg, slot, value: zero, span: c.span });
    guarded(c, yes, () => {
      c.out.push({ kind: "atomic", op: form.op, buffer: m.buffer, index: wordOf(c, m, safe), value: element(form.value(index)), compare: form.compare && element(form.compare(index)), v, span: c.span });
      if (reg && v) c.out.push({ kind: "set", reg, slot, value: m.packing ? fromCode(c, m.dtype, e.use(v)) : fromElement(c, m, e.use(v)), span: c.span });
    });
  }));
  guarded(c, all, () => c.out.push(...mine));
  c.written(m);
  for (const v of Object.values(i.operands)) c.pending.delete(v.id);
  if (!out || !reg) return;
  c.written(reg);
  bindReg(c, out, reg, l);
  if (e.known(all) === 1) return;
  // One thread of those that hold an element has made the change; it tells the others what was there.
  const get = exchanged(c, l, (index) => toCode(c, out.dtype, read(c, out, index)));
  setAll(c, reg, l, (index) => fromCode(c, out.dtype, get(index)));
}
