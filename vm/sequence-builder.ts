// Builds Sequences, one checked step at a time; the language and the TypeScript door make the same calls. A kernel's
// dimensions get their sizes from the tensors it is given, here in symbols and before each launch in numbers.
import { Bug, Diagnostic, didYouMean, fail, type Span } from "../diagnostic.ts";
import { dense, equalPacking, type Packing } from "../layout/index.ts";
import { aloneDim, sizeText, tensorText } from "./arguments.ts";
import { dtype as dtypeNamed, type DType } from "./dtype.ts";
import type { FormatOf, Param, Program, Requirement, TensorParam, Value } from "./program.ts";
import { constant, eachSymbol, knownScalar, scalarOf, substitute, symbol, type Scalar, type ScalarType, type Size } from "./scalar.ts";
import { checkOrder } from "./sequence-order.ts";
import type { RunStep, Sequence, SequenceStep, Temporary } from "./sequence.ts";

/** A tensor of a sequence: a parameter or a temporary. */
export type SequenceTensor = TensorParam | Temporary;

/** What a step may give a kernel: a tensor of the sequence, or a number for a scalar parameter. */
export type StepArgument = SequenceTensor | Scalar | number | boolean;

/** Builds one Sequence. Get one from `sequenceBuilder(name)`. */
export interface SequenceBuilder {
  /** Sets the place that the following calls come from. */
  at(span: Span | undefined): void;
  /** A run-time dimension; the same name gives the same scalar. */
  dim(name: string): Scalar;
  /** A tensor parameter of the sequence; `buffer` and `of` as of a kernel's. */
  tensor(name: string, direction: "in" | "out" | "inout", dtype: DType | string, shape: readonly Size[], packing?: Packing, buffer?: string, of?: FormatOf): SequenceTensor;
  /** A scalar parameter of the sequence. */
  scalarParam(name: string, type: ScalarType): Scalar;
  /** A condition checked on the host before each run. Known conditions are checked now. */
  require(condition: Scalar, message?: string): void;
  /** A temporary tensor; its packing is `dense` if none is given. A name that is taken gets a number. */
  temp(name: string, dtype: DType | string, shape: readonly Size[], packing?: Packing, buffer?: string): SequenceTensor;
  /**
   * A launch of a kernel with its arguments by name.
   * @param spans places of the arguments, for messages
   * @throws Diagnostic T0101, T0303, T0402, T0601, T0602, H0413, N0112, R0402
   */
  run(kernel: Program, args: Readonly<Record<string, StepArgument | undefined>>, spans?: Readonly<Record<string, Span>>): void;
  /** Steps repeated by the host over `from ≤ i < to`. The body is built once, with the loop variable. */
  loop(range: { readonly from?: Size; readonly to: Size; readonly step?: number }, body: (i: Scalar) => void): void;
  /** A choice by the host. A known condition chooses now. */
  when(condition: Scalar, then: () => void, otherwise?: () => void): void;
  /** The tensors so far. */
  tensors(): readonly SequenceTensor[];
  /** @throws Diagnostic T0603 (read before it is written), T0605 (an output is never written) */
  finish(): Sequence;
}

type SymbolScalar = Extract<Scalar, { kind: "symbol" }>;

/** A symbol, as what it is. */
function made(role: SymbolScalar["role"], id: string, type?: ScalarType): SymbolScalar {
  const s = symbol(role, id, type);
  return s.kind === "symbol" ? s : (() => { throw new Bug("symbol"); })();
}

/** A tensor as `tensorText` takes it. */
const shown = (t: SequenceTensor): string => tensorText({ dtype: t.value.dtype.name, shape: t.value.shape });

/**
 * Starts a Sequence.
 * @example
 * ```ts
 * const k = builder("twice"), N = k.dim("N"), x = k.tensor("x", "in", "f32", [N], dense(1)), y = k.tensor("y", "out", "f32", [N], dense(1)), [g] = k.grid([["g", N]]);
 * k.threads(1);
 * const at = { offsets: [g], sizes: [1] }, v = k.load({ x: k.slice({ x }, at) });
 * k.store({ to: k.slice({ x: y }, at), x: k.add({ x: v, y: v }) });
 * const twice = k.finish(), s = sequenceBuilder("four_times"), M = s.dim("M");
 * const a = s.tensor("a", "in", "f32", [M]), b = s.tensor("b", "out", "f32", [M]), t = s.temp("t", "f32", [M]);
 * s.run(twice, { x: a, y: t });
 * s.run(twice, { x: t, y: b });
 * interpret(s.finish(), { a: tileFromValues(dtype("f32"), [2], [1, 3]) }).b.data; // => new Float32Array([4, 12])
 * ```
 */
export function sequenceBuilder(name: string, doc = ""): SequenceBuilder {
  let span: Span | undefined, nextId = 0, nextLoop = 0;
  const dims: string[] = [], params: Param[] = [], temporaries: Temporary[] = [], requires: Requirement[] = [];
  const steps: SequenceStep[] = [];
  let into = steps;
  const located = <T>(f: () => T): T => { try { return f(); } catch (e) { throw e instanceof Diagnostic ? e.at(span) : e; } };
  const noteDims = (x: Size): void => eachSymbol(x, (s) => { if (s.role === "dim" && !dims.includes(s.id)) dims.push(s.id); });
  const tensors = (): SequenceTensor[] => [...params.flatMap((p) => (p.kind === "tensor" ? [p] : [])), ...temporaries];
  const taken = (id: string): boolean => params.some((p) => p.name === id) || temporaries.some((t) => t.name === id);
  const valueOf = (dtype: DType | string, shape: readonly Size[]): Value =>
    Object.freeze({ id: nextId++, space: "global", dtype: typeof dtype === "string" ? dtypeNamed(dtype) : dtype, shape: Object.freeze(shape.map((s) => knownScalar(s) ?? s)) });
  const nest = (f: () => void): readonly SequenceStep[] => {
    const outer = into, mine: SequenceStep[] = [];
    into = mine;
    try { f(); } finally { into = outer; }
    return Object.freeze(mine);
  };
  const unique = (id: string): void => { if (taken(id)) fail({ code: "N0104", message: `there are two parameters '${id}'`, help: "rename one" }); };
  return Object.freeze<SequenceBuilder>({
    at(s) { span = s; },
    dim(id) { const s = symbol("dim", id); noteDims(s); return s; },
    tensor: (id, direction, dtype, shape, packing, buffer, of) => located(() => {
      unique(id);
      shape.forEach(noteDims);
      const t: TensorParam = Object.freeze({ kind: "tensor", name: id, direction, value: valueOf(dtype, shape), packing: packing ?? dense(shape.length), ...(buffer === undefined ? {} : { buffer }), ...(of === undefined ? {} : { of }), span });
      params.push(t);
      return t;
    }),
    scalarParam: (id, type) => located(() => {
      unique(id);
      const s = made("param", id, type);
      params.push(Object.freeze({ kind: "scalar", name: id, type, symbol: s, span }));
      return s;
    }),
    require(condition, message = "a requirement is not met") {
      const known = knownScalar(condition);
      if (known === 0) located(() => fail({ code: "T0103", message: `requirement not met: ${message}`, label: "this is false here", help: "choose other compile-time parameters" }));
      if (known === undefined) requires.push(Object.freeze({ condition, message, span }));
    },
    temp: (id, dtype, shape, packing, buffer) => located(() => {
      shape.forEach(noteDims);
      for (const x of shape) eachSymbol(x, (s) => {
        if (s.role === "loop") fail({ code: "T0604", message: `the temporary '${id}' would have another size in each turn of a loop`, help: "give it the largest size, before the loop, or write 'unroll for'" });
      });
      let own = id;
      for (let n = 2; taken(own); n++) own = `${id}_${n}`;
      const t: Temporary = Object.freeze({ kind: "tensor", name: own, direction: "temp", value: valueOf(dtype, shape), packing: packing ?? dense(shape.length), ...(buffer === undefined ? {} : { buffer: buffer + own.slice(id.length) }), span });
      temporaries.push(t);
      return t;
    }),
    run(kernel, args, spans = {}) { into.push(located(() => runStep(kernel, args, span, (name, f) => { try { return f(); } catch (e) { throw e instanceof Diagnostic ? e.at(spans[name]) : e; } }))); },
    loop({ from = 0, to, step = 1 }, build) {
      if (!Number.isInteger(step) || step < 1) located(() => fail({ code: "T0104", message: `a loop can't step by ${step}`, help: "use a positive compile-time step" }));
      const s = made("loop", `i${nextLoop++}`), mine = span, body = nest(() => build(s));
      into.push(Object.freeze({ kind: "for", symbol: s, from: scalarOf(from), to: scalarOf(to), step, body, span: mine }));
    },
    when(condition, then, otherwise) {
      const known = knownScalar(condition), mine = span;
      if (known !== undefined) { if (known) then(); else otherwise?.(); return; }
      into.push(Object.freeze({ kind: "if", condition, then: nest(then), otherwise: otherwise ? nest(otherwise) : [], span: mine }));
    },
    tensors,
    finish() {
      const made: Sequence = Object.freeze({
        kind: "sequence", name, doc, dims: Object.freeze([...dims]), params: Object.freeze([...params]), temporaries: Object.freeze([...temporaries]),
        requires: Object.freeze([...requires]), steps: Object.freeze([...steps]),
      });
      checkOrder(made);
      return made;
    },
  });
}

/** Whether an argument is a tensor of a sequence. */
const isTensor = (x: unknown): x is SequenceTensor => typeof x === "object" && x !== null && "direction" in x;

/** Runs a check of one argument; what it throws gets the argument's place. */
type Placed = <T>(name: string, check: () => T) => T;

/** A launch, held against the kernel's parameters. */
function runStep(kernel: Program, args: Readonly<Record<string, StepArgument | undefined>>, span: Span | undefined, placed: Placed): RunStep<Program> {
  if ("steps" in kernel) fail({ code: "T0607", message: `'${kernel.name}' is a sequence itself`, label: "steps are kernels", help: "run its steps here; a function can hold steps that several sequences share" });
  const names = kernel.params.map((p) => p.name), odd = Object.keys(args).find((n) => !names.includes(n));
  if (odd !== undefined) {
    const near = didYouMean(odd, names);
    fail({ code: "N0112", message: `'${kernel.name}' takes no argument called '${odd}'`, label: "unknown argument", help: near ? `did you mean '${near}'?` : `it takes ${names.join(", ") || "nothing"}` });
  }
  const tensors: Record<string, SequenceTensor> = {}, scalars: Record<string, Scalar> = {};
  for (const p of kernel.params) {
    const x = args[p.name];
    if (x === undefined) return fail({ code: "T0101", message: `'${kernel.name}' needs '${p.name}'`, help: `in a sequence every parameter of a kernel is given, outputs too: '${p.name}' is ${p.kind === "tensor" ? tensorText({ dtype: p.value.dtype.name, shape: p.value.shape }) : p.type}` });
    if (p.kind === "scalar") scalars[p.name] = placed(p.name, () => scalarFor(kernel, p, x));
    else if (isTensor(x)) tensors[p.name] = x;
    else placed(p.name, () => fail({ code: "T0402", message: `'${p.name}' of kernel '${kernel.name}' is a tensor, not a number`, help: "give a parameter of the sequence or a temporary" }));
  }
  const slots = kernel.params.flatMap((p) => (p.kind === "tensor" ? [p] : []));
  for (const p of slots) { const t = tensors[p.name]; if (t) placed(p.name, () => fits(kernel, p, t)); }
  bindSizes(kernel, slots, tensors, placed);
  slots.forEach((p, i) => placed(p.name, () => { apart(kernel, p, slots.slice(0, i), tensors); together(kernel, p, slots.slice(0, i), tensors); }));
  return Object.freeze({ kind: "run", kernel, tensors: Object.freeze(Object.fromEntries(slots.map((p) => [p.name, tensors[p.name]?.name ?? ""]))), scalars: Object.freeze(scalars), span });
}

function scalarFor(kernel: Program, p: { readonly name: string; readonly type: ScalarType }, x: StepArgument): Scalar {
  const what = `'${p.name}' of kernel '${kernel.name}' is ${p.type}`;
  if (isTensor(x)) return fail({ code: "T0402", message: `${what}, not the tensor '${x.name}'`, help: "give a number" });
  if (typeof x === "boolean") return p.type === "bool" ? constant(x ? 1 : 0, "bool") : fail({ code: "T0303", message: `${what}, not true or false`, help: "give a number" });
  if (typeof x === "number") {
    const fits = p.type === "f32" || (p.type === "i32" ? (x | 0) === x : p.type === "u32" && x >>> 0 === x);
    return fits ? constant(p.type === "f32" ? Math.fround(x) : x, p.type) : fail({ code: "T0303", message: `${what}, and ${x} is none`, help: p.type === "bool" ? "give true or false" : "give a number of that type" });
  }
  return x.type === p.type ? x : fail({ code: "T0303", message: `${what}, not ${x.type}`, help: `convert it: … as ${p.type}` });
}

/** A tensor against the parameter of the kernel: type, axes, packing, direction. */
function fits(kernel: Program, p: TensorParam, t: SequenceTensor): void {
  const want = `kernel '${kernel.name}' takes '${p.name}' as ${tensorText({ dtype: p.value.dtype.name, shape: p.value.shape })}`;
  if (t.value.dtype.name !== p.value.dtype.name)
    fail({ code: "T0601", message: `'${t.name}' is ${shown(t)}; ${want}`, label: `'${t.name}' holds ${t.value.dtype.name}`, help: `make it of ${p.value.dtype.name}, or specialise the kernel for ${t.value.dtype.name}` });
  if (t.value.shape.length !== p.value.shape.length)
    fail({ code: "T0601", message: `'${t.name}' is ${shown(t)}; ${want}`, label: `'${t.name}' has ${t.value.shape.length} axes`, help: "an axis of size 1 has to be written, too" });
  if (!equalPacking(t.packing, p.packing))
    fail({ code: "T0601", message: `'${t.name}' is stored in another packing than kernel '${kernel.name}' takes '${p.name}' in`, label: "another packing", help: "declare both with the same '@ …'" });
  if (t.direction === "in" && p.direction !== "in")
    fail({ code: "R0402", message: `kernel '${kernel.name}' can't write to '${t.name}', which is an input of the sequence`, label: "read only", help: `declare it 'inout ${t.name}: …', or write to a temporary` });
}

/** Gives the kernel's dimensions their sizes in terms of the sequence, and compares all others that are known. */
function bindSizes(kernel: Program, slots: readonly TensorParam[], tensors: Readonly<Record<string, SequenceTensor>>, placed: Placed): void {
  const sizes = new Map<string, { readonly size: Size; readonly by: SequenceTensor }>();
  for (const p of slots) p.value.shape.forEach((n, i) => {
    const dim = aloneDim(n), size = tensors[p.name]?.value.shape[i], by = tensors[p.name];
    if (dim !== undefined && size !== undefined && by && !sizes.has(dim)) sizes.set(dim, { size, by });
  });
  const lost = kernel.dims.find((id) => !sizes.has(id));
  if (lost !== undefined) fail({ code: "H0413", message: `no tensor tells kernel '${kernel.name}' how large ${lost} is`, help: `let ${lost} stand alone in the shape of one of its tensors, or list it in <…>` });
  for (const p of slots) p.value.shape.forEach((n, i) => {
    const t = tensors[p.name], has = t?.value.shape[i];
    const want = knownScalar(typeof n === "number" ? n : substitute(n, (id) => { const s = sizes.get(id); return s && scalarOf(s.size); }));
    const known = has === undefined ? undefined : knownScalar(has);
    if (!t || known === undefined || want === undefined || known === want) return;
    const dim = aloneDim(n), by = dim === undefined ? undefined : sizes.get(dim)?.by;
    placed(p.name, () => fail({
      code: "T0601", message: `'${t.name}' is ${shown(t)}; kernel '${kernel.name}' takes '${p.name}' as ${tensorText({ dtype: p.value.dtype.name, shape: p.value.shape })}: axis ${i} has ${known} instead of ${want}`,
      label: `axis ${i} has ${known}`, ...(by ? { notes: [`${dim} = ${sizeText(want)} comes from '${by.name}', which is ${shown(by)}`] } : {}), help: "give tensors whose sizes agree",
    }));
  });
}

/** What a kernel writes may be bound once only: no block may see another's half-done work. */
function apart(kernel: Program, p: TensorParam, before: readonly TensorParam[], tensors: Readonly<Record<string, SequenceTensor>>): void {
  const t = tensors[p.name], shares = (q: TensorParam): boolean => tensors[q.name] === t || (q.buffer !== p.buffer && t?.buffer !== undefined && tensors[q.name]?.buffer === t.buffer);
  const other = before.find((q) => shares(q) && (q.direction !== "in" || p.direction !== "in"));
  if (other) fail({
    code: "T0602", message: `${[...new Set([tensors[other.name]?.name, t?.name])].map((n) => `'${n ?? ""}'`).join(" and ")}${tensors[other.name] === t ? " is" : ", which lie in one buffer, are"} given to kernel '${kernel.name}' as '${other.name}' and as '${p.name}', and the kernel writes '${p.direction === "in" ? other.name : p.name}'`,
    label: "one tensor, twice", help: "write to a temporary: temp t: …",
  });
}

/** What a kernel has in one buffer lies in one in the sequence, too. */
function together(kernel: Program, p: TensorParam, before: readonly TensorParam[], tensors: Readonly<Record<string, SequenceTensor>>): void {
  const other = p.buffer === undefined ? undefined : before.find((q) => q.buffer === p.buffer), [a, b] = [other, p].map((q) => tensors[q?.name ?? ""]);
  if (other && a && b && (a.buffer === undefined || a.buffer !== b.buffer)) fail({
    code: "T0601", message: `kernel '${kernel.name}' takes '${other.name}' and '${p.name}' in one buffer, but '${a.name}' and '${b.name}' lie apart`,
    label: "another buffer", help: "give the fields of one tensor",
  });
}
