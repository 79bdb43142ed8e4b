// The sanitising interpreter: runs a Program and keeps a shadow of every element it touches. What depends on data (windows that the
// block computes, indices of gathers and scatters, how far a loop goes) the verifier can't know; here it is seen when it happens.
import { Diagnostic, type DiagnosticData, type Label } from "../diagnostic.ts";
import type { Inputs } from "./interpret-bind.ts";
import { interpret, type Watch } from "./interpret.ts";
import { rowOf } from "./passes/rewrite.ts";
import { eachStmt, type Inst, type Program, type Value } from "./program.ts";
import { NOTHING, OUTSIDE, shadowOf, touch, WRITTEN, type Event, type Shadow } from "./sanitise-shadow.ts";
import { eachTouched, marked, touches, type Touch } from "./sanitise-touch.ts";
import type { Sequence } from "./sequence.ts";
import { instText } from "./text-print.ts";
import { sizeOf, type Tile, type TileData } from "./tile.ts";
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

/** Elements of a tile that nobody gave a value, and the load that left them so. */
interface Loose { readonly flags: Uint8Array; readonly origin: Inst }

/** What the elements of a tensor hold, and the instruction that wrote the first of them. It outlives launches: the steps of a sequence see each other's. */
interface Held { readonly holds: Uint8Array; first: Inst | undefined }

/**
 * Interprets a Program, or each kernel of a Sequence, and watches every element: races between threads of a block (R0401), reads of what nobody wrote (R0404), blocks that
 * meet (R0405), uses of elements outside of a tensor that were promised not to be used (R0406), and as a warning elements of outputs that nobody wrote (R0408).
 * @throws Diagnostic as `interpret` does
 * @example
 * ```ts
 * const b = builder("k"), s = b.shared({}, { dtype: dtype("f32"), shape: [4] }), y = b.tensor("y", "out", "f32", [4], dense(1));
 * b.threads(4);
 * b.store({ to: y, x: b.load({ x: s }) });
 * sanitise(b.finish(), {}).found.map((d) => d.code); // => ["R0404"]
 * ```
 */
export function sanitise(p: Program | Sequence, inputs: Inputs): Sanitised {
  const found: DiagnosticData[] = [], told = new Set<string>(), tensors = new Map<TileData, Held>();
  const outs = interpret(p, inputs, { launch: (kernel) => watcher(kernel, found, told, tensors) });
  for (const q of p.params) {
    const out = outs[q.name], held = q.kind === "tensor" && q.direction === "out" ? tensors.get(out.data) : undefined;
    if (held?.first && found.length < MOST) found.push(...gaps(q.name, out.shape, held.holds, held.first));
  }
  return { outs, found };
}

/** Elements of an output that were left out, though others were written. */
function gaps(name: string, shape: readonly number[], holds: Uint8Array, first: Inst): readonly DiagnosticData[] {
  const left = holds.reduce((n, h) => n + (h === NOTHING ? 1 : 0), 0), at = holds.indexOf(NOTHING);
  return left === 0 ? [] : [new Diagnostic({
    code: "R0408", severity: "warning", message: `nobody writes ${elementText(name, shape, at)}${left > 1 ? ` and ${left - 1} more of its ${holds.length} elements` : ""}`, span: first.span, label: "writes others",
    notes: first.span ? [] : [instText(first)], help: "look at where windows begin and end; or make it 'inout', whose elements have values already",
  }).data];
}

const elementText = (name: string, shape: readonly number[], at: number): string => `${name}[${shape.map((n, d) => Math.floor(at / shape.slice(d + 1).reduce((x, y) => x * y, 1)) % n).join(", ")}]`;

/** Watches one launch of a kernel; adds to what was found and to what is known of tensors. */
function watcher(p: Program, found: DiagnosticData[], told: Set<string>, tensors: Map<TileData, Held>): Watch {
  const definitions = definitionsOf(p), rootOf = (v: Value): Value => regionOf(v, definitions).root;
  const directions = new Map(p.params.flatMap((q) => (q.kind === "tensor" ? [[q.value.id, q.direction] as const] : [])));
  const counted = counters(p, rootOf);
  const shadows = new Map<number, Shadow>(), events: Event[] = [];
  /** Register tiles with loose elements, loads that left some in shared tiles; variables that hold nothing at all. */
  const loose = new Map<number, Loose>(), origins = new Map<number, Inst>(), empty = new Set<number>();
  const own = (a: Inst, b: Inst): boolean => updates(a, b, definitions, p.threads);
  let block = -1, blockAt = "", phase = 0;

  const nameOf = (v: Value): string => p.names.get(v.id) ?? `%${v.id}`;
  function tell(d: ConstructorParameters<typeof Diagnostic>[0], here: Inst, there?: Inst): void {
    const place = (i: Inst): string => (i.span ? `${i.span.file} ${i.span.start} ${i.span.end}` : instText(i)), key = `${d.code} ${place(here)} ${there ? place(there) : ""}`;
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

  /** What a tensor holds: as an earlier launch left it; else outputs hold nothing and others what they were given. */
  function held({ data }: Tile, root: Value): Held {
    let t = tensors.get(data);
    if (!t) tensors.set(data, t = { holds: new Uint8Array(data.length).fill(directions.get(root.id) !== "out" || counted.has(root.id) ? WRITTEN : NOTHING), first: undefined });
    return t;
  }

  function shadow(root: Value, memory: Tile): Shadow {
    let s = shadows.get(root.id);
    if (!s) shadows.set(root.id, s = shadowOf(root.space === "global" ? held(memory, root).holds : new Uint8Array(memory.data.length).fill(NOTHING)));
    return s;
  }

  /** Where others of a tensor's elements were written. */
  const others = ({ data }: Tile): readonly Label[] => { const span = tensors.get(data)?.first?.span; return span ? [{ span, message: "others are written here" }] : []; };

  const element = (root: Value, view: Touch["view"], at: number): string => elementText(nameOf(root), view.memory.shape, at);

  /** Follows one operand in memory; `from` is what is loose of what is written. Gives what is loose of what was read. */
  function follow(t: Touch, i: Inst, from: Loose | undefined): Loose | undefined {
    const root = rootOf(i.operands[t.key]), s = shadow(root, t.view.memory), atomic = rowOf(i).atomic === true;
    const now = events.push({ inst: i, write: t.write, atomic, block, phase }) - 1, flags = new Uint8Array(sizeOf(t.view.shape));
    let origin: Inst | undefined;
    if (t.write && root.space === "global") held(t.view.memory, root).first ??= i;
    eachTouched(t, (at, n, by) => {
      if (at < 0) { if (!t.write && i.attrs.unpadded) { flags[n] = 1; origin = i; } return; }
      const clash = touch(s, at, now, by, events, own);
      if (clash) met(clash.how, clash.with, events[now], element(root, t.view, at));
      // Told once: from here on it is as if the barrier stood before this instruction.
      if (clash?.how === "race") events[now] = { ...events[now], phase: ++phase };
      if ((!t.write || (atomic && root.space === "shared")) && s.holds[at] === NOTHING)
        tell({ code: "R0404", message: `${element(root, t.view, at)} is read before anything was written to it`, label: "holds anything here", labels: others(t.view.memory), help: root.space === "global" ? "store to it first: look at where windows begin and end" : "store to it first, and put barrier() between" }, i);
      if (!t.write && s.holds[at] === OUTSIDE) { flags[n] = 1; origin ??= origins.get(root.id); }
      if (!t.write) return;
      const undefinedOne = from?.flags[from.flags.length === 1 ? 0 : n] === 1;
      s.holds[at] = undefinedOne ? OUTSIDE : WRITTEN;
      if (undefinedOne && from) { origins.set(root.id, from.origin); if (root.space === "global") leaked(i, from.origin, element(root, t.view, at)); }
    });
    return origin && { flags, origin };
  }

  function leaked(i: Inst, origin: Inst, where: string): void {
    tell({
      code: "R0406", message: `${where} hangs on elements from outside of a tensor, which the load left undefined`, label: "used here", labels: origin.span ? [{ span: origin.span, message: "left undefined here" }] : [],
      help: "say what they read as, pad: …; or cut the product with k:",
    }, i, origin);
  }

  return (i, result, at, { operands: data, scalar }) => {
    if (block < 0 || at.join(", ") !== blockAt) {
      block++;
      blockAt = at.join(", ");
      phase = 0;
      for (const id of [...shadows.keys()]) if (!directions.has(id)) shadows.delete(id); // each block has shared tiles of its own
    }
    const row = rowOf(i), target = row.effect === "write" && i.operands.to?.space === "reg" ? i.operands.to : undefined;
    if (row.effect === "barrier") { phase++; return; }
    const marks = new Map<string, Uint8Array>();
    let origin: Inst | undefined;
    for (const [key, v] of Object.entries(i.operands)) {
      if (v.space !== "reg" || (v === target && key === "to")) continue;
      if (empty.has(v.id)) tell({ code: "R0404", message: `'${nameOf(v)}' is read before anything was assigned to it`, label: "holds anything here", help: `give it a first value: var ${nameOf(v)}: … = 0` }, i);
      const l = loose.get(v.id);
      if (l) { marks.set(key, l.flags); origin ??= l.origin; }
    }
    const stored = loose.get(i.operands.x?.id ?? -1);
    for (const t of touches(i, data, scalar)) {
      const out = follow(t, i, stored ?? (origin && marks.has("from") ? { flags: marks.get("from") ?? new Uint8Array(0), origin } : undefined));
      if (out) { marks.set(t.key, out.flags); origin ??= out.origin; }
    }
    if (origin && typeof result === "number") leaked(i, origin, "a scalar");
    const flags = origin && (i.out ?? target) ? marked(i, data, scalar, marks) : undefined, made = i.out ?? target;
    if (made) { if (flags && origin) loose.set(made.id, { flags, origin }); else loose.delete(made.id); }
    if (target) empty.delete(target.id);
    if (i.name === "var" && i.out && !i.operands.init) empty.add(i.out.id);
    if (i.out?.space === "shared" && row.effect === "declare") shadows.get(i.out.id)?.holds.fill(NOTHING);
  };
}

/** Outputs that atomics count in: they begin as zeros. */
function counters(p: Program, rootOf: (v: Value) => Value): ReadonlySet<number> {
  const out = new Set<number>();
  eachStmt(p.body, (s) => { if (s.kind === "inst" && rowOf(s).atomic && s.operands.to) out.add(rootOf(s.operands.to).id); });
  return out;
}
