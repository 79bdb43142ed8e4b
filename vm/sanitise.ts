// The sanitising interpreter: runs a Program and keeps a shadow of every element it touches. What depends on data (windows that the
// block computes, indices of gathers and scatters, how far a loop goes) the verifier can't know; here it is seen when it happens.
import { Diagnostic, type DiagnosticData } from "../diagnostic.ts";
import type { Datum } from "./instruction.ts";
import type { Inputs } from "./interpret-bind.ts";
import { interpret, type Watched } from "./interpret.ts";
import { rowOf } from "./passes/rewrite.ts";
import { eachStmt, type Inst, type Program, type Value } from "./program.ts";
import { NOTHING, OUTSIDE, shadowOf, touch, WRITTEN, type Event, type Shadow } from "./sanitise-shadow.ts";
import { eachTouched, touches, type Touch } from "./sanitise-touch.ts";
import { instText } from "./text-print.ts";
import { sizeOf, type Tile } from "./tile.ts";
import { definitionsOf, updates } from "./verify-race.ts";
import { regionOf } from "./verify-region.ts";

/** What a sanitised run gives. */
export interface Sanitised {
  /** The `out` and `inout` tensors by name, as `interpret` gives them; void where something was found. */
  readonly outs: Readonly<Record<string, Tile>>;
  /** What went wrong, each pair of places once, in the order in which it happened. */
  readonly found: readonly DiagnosticData[];
}

/** Findings that are kept; who has more mends these first. */
const MOST = 20;

/** Instructions that hand on elements as they are, so that nobody has looked at them yet. */
const PASSES_ON: ReadonlySet<string> = new Set(["cast", "convert", "assign", "var", "store", "copy"]);

/**
 * Interprets a Program and watches every element: races between threads of a block (R0401), reads of what nobody wrote (R0404), blocks that
 * meet (R0405), and uses of elements outside of a tensor that were promised not to be used (R0406).
 * @throws Diagnostic as `interpret` does
 * @example
 * ```ts
 * const b = builder("k"), s = b.shared({}, { dtype: dtype("f32"), shape: [4] }), y = b.tensor("y", "out", "f32", [4], dense(1));
 * b.threads(4);
 * b.store({ to: y, x: b.load({ x: s }) });
 * sanitise(b.finish(), {}).found.map((d) => d.code); // => ["R0404"]
 * ```
 */
export function sanitise(p: Program, inputs: Inputs): Sanitised {
  const definitions = definitionsOf(p), rootOf = (v: Value): Value => regionOf(v, definitions).root;
  const directions = new Map(p.params.flatMap((q) => (q.kind === "tensor" ? [[q.value.id, q.direction] as const] : [])));
  const counted = counters(p, rootOf);
  const shadows = new Map<number, Shadow>(), events: Event[] = [], found: DiagnosticData[] = [], told = new Set<string>();
  /** Register tiles that hold something undefined, element by element; variables that hold nothing at all. */
  const loose = new Map<number, Uint8Array>(), empty = new Set<number>();
  const own = (a: Inst, b: Inst): boolean => updates(a, b, definitions);
  let block = -1, blockAt = "", phase = 0;

  const nameOf = (v: Value): string => p.names.get(v.id) ?? `%${v.id}`;
  function tell(d: ConstructorParameters<typeof Diagnostic>[0], here: Inst, there?: Inst): void {
    const place = (i: Inst): string => (i.span ? `${i.span.start} ${i.span.end}` : instText(i)), key = `${d.code} ${place(here)} ${there ? place(there) : ""}`;
    if (told.has(key) || found.length >= MOST) return;
    told.add(key);
    found.push(new Diagnostic({ ...d, span: here.span, notes: [...(d.notes ?? []), `in block (${blockAt})`, ...(here.span ? [] : [instText(here)])] }).data);
  }

  function met(how: "race" | "blocks", a: Event, b: Event, at: string): void {
    const verb = (e: Event): string => (e.write ? "written" : "read"), labels = a.inst.span ? [{ span: a.inst.span, message: `${verb(a)} here${how === "blocks" ? " by another block" : ""}` }] : [];
    const pair = `${at} is ${verb(a)} by one ${how === "race" ? "thread" : "block"} and ${verb(b)} by another`, label = `${verb(b)} here`;
    if (how === "race") tell({ code: "R0401", message: `two threads meet: ${pair}, with no barrier between`, label, labels, help: "put barrier() between them" }, b.inst, a.inst);
    else tell({ code: "R0405", message: `two blocks meet: ${pair}, and blocks come in any order`, label, labels, help: "let each block have elements of its own, or count with atomics" }, b.inst, a.inst);
  }

  function shadow(root: Value, size: number): Shadow {
    let s = shadows.get(root.id);
    if (!s) shadows.set(root.id, s = shadowOf(size, root.space === "global" && (directions.get(root.id) !== "out" || counted.has(root.id)) ? WRITTEN : NOTHING));
    return s;
  }

  const element = (root: Value, view: Touch["view"], at: number): string => {
    const { shape } = view.memory;
    return `${nameOf(root)}[${shape.map((n, d) => Math.floor(at / shape.slice(d + 1).reduce((x, y) => x * y, 1)) % n).join(", ")}]`;
  };

  /** Follows one operand in memory; gives what is loose of what was read. */
  function follow(t: Touch, i: Inst, from: Uint8Array | undefined): Uint8Array | undefined {
    const root = rootOf(i.operands[t.key]), s = shadow(root, t.view.memory.data.length), atomic = rowOf(i).atomic === true;
    const now = events.push({ inst: i, write: t.write, atomic, block, phase }) - 1;
    let out: Uint8Array | undefined;
    eachTouched(t, (at, n, by) => {
      if (at < 0) { if (!t.write && i.attrs.unpadded) (out ??= new Uint8Array(sizeOf(t.view.shape)))[n] = OUTSIDE; return; }
      const clash = touch(s, at, now, by, events, own);
      if (clash) met(clash.how, clash.with, events[now], element(root, t.view, at));
      // Told once: from here on it is as if the barrier stood before this instruction.
      if (clash?.how === "race") events[now] = { ...events[now], phase: ++phase };
      if ((!t.write || atomic) && s.holds[at] === NOTHING && !(atomic && root.space === "global"))
        tell({ code: "R0404", message: `${element(root, t.view, at)} is read before anything was written to it`, label: "holds anything here", help: "store to it first, and put barrier() between" }, i);
      if (!t.write && s.holds[at] === OUTSIDE) (out ??= new Uint8Array(sizeOf(t.view.shape)))[n] = OUTSIDE;
      if (t.write) s.holds[at] = from?.[from.length === 1 ? 0 : n] === OUTSIDE ? OUTSIDE : WRITTEN;
    });
    return out;
  }

  function used(i: Inst, by: string): void {
    tell({ code: "R0406", message: `'${by}' has elements from outside of a tensor, which are used here although the load left them undefined`, help: "say what they read as, pad: …; or cut the product with k:" }, i);
  }

  /** The operands in registers: variables that hold nothing, tiles with loose elements. */
  function registers(i: Inst, data: Readonly<Record<string, Datum>>, scalar: Watched["scalar"]): Uint8Array | undefined {
    const keys = new Set(Object.keys(data).filter((k) => i.operands[k].space === "reg" && loose.has(i.operands[k].id)));
    for (const [key, v] of Object.entries(i.operands))
      if (empty.has(v.id) && !(key === "to" && rowOf(i).effect === "write"))
        tell({ code: "R0404", message: `'${nameOf(v)}' is read before anything was assigned to it`, label: "holds anything here", help: `give it a first value: var ${nameOf(v)}: … = 0` }, i);
    if (PASSES_ON.has(i.name)) return loose.get((i.operands.x ?? i.operands.from ?? i.operands.init)?.id ?? -1);
    if (keys.size)
      for (const t of touches(i, data, scalar, keys)) {
        const undefinedOnes = loose.get(i.operands[t.key].id);
        if (undefinedOnes && keys.has(t.key)) eachTouched(t, (_, n) => { if (undefinedOnes[n]) used(i, nameOf(i.operands[t.key])); });
      }
    return undefined;
  }

  const watch = (i: Inst, _: unknown, at: readonly number[], { operands: data, scalar }: Watched): void => {
    if (block < 0 || at.join(", ") !== blockAt) {
      block++;
      blockAt = at.join(", ");
      phase = 0;
      for (const id of [...shadows.keys()]) if (!directions.has(id)) shadows.delete(id); // each block has shared tiles of its own
    }
    const row = rowOf(i);
    if (row.effect === "barrier") { phase++; return; }
    const undefinedOnes = registers(i, data, scalar);
    let read: Uint8Array | undefined;
    for (const t of touches(i, data, scalar)) {
      const out = follow(t, i, read ?? undefinedOnes);
      if (!t.write && (i.name === "load" || i.name === "copy")) read = out;
      else if (out) used(i, nameOf(rootOf(i.operands[t.key])));
    }
    const to = i.operands.to;
    if (to?.space === "reg" && row.effect === "write") { empty.delete(to.id); mark(to, undefinedOnes); }
    if (!i.out) return;
    if (i.out.space === "shared" && row.effect === "declare") shadows.get(i.out.id)?.holds.fill(NOTHING);
    if (i.name === "var" && !i.operands.init) empty.add(i.out.id);
    if (i.out.space === "reg") mark(i.out, read ?? undefinedOnes);
  };
  const mark = (v: Value, of: Uint8Array | undefined): void => { if (of) loose.set(v.id, of); else loose.delete(v.id); };

  return { outs: interpret(p, inputs, { watch }), found };
}

/** Outputs that atomics count in: they begin as zeros. */
function counters(p: Program, rootOf: (v: Value) => Value): ReadonlySet<number> {
  const out = new Set<number>();
  eachStmt(p.body, (s) => { if (s.kind === "inst" && rowOf(s).atomic && s.operands.to) out.add(rootOf(s.operands.to).id); });
  return out;
}
