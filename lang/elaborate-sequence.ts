// A sequence for given compile-time parameters. Its statements are those of kernels, elaborated the same way into a builder of
// steps: loops and conditions become the host's, a call of a kernel becomes a launch, and nothing else is computed.
import { comptimeValue } from "./elaborate-comptime.ts";
import { Diagnostic, didYouMean, fail, type Span } from "../diagnostic.ts";
import { instructions, kernelCache, sequenceBuilder, type Builder, type BuilderCore, type Program, type Scalar, type Sequence, type SequenceBuilder, type SequenceTensor, type StepArgument } from "../vm/index.ts";
import { bindArguments } from "./arguments.ts";
import type { Arg, Kernel, Name, Sequence as Ast, Temp } from "./ast.ts";
import { bindComptime, knowsAll } from "./comptime.ts";
import { attempt, MAX_STEPS, newState, parameter } from "./elaborate-kernel.ts";
import { toScalar } from "./elaborate-operators.ts";
import { block } from "./elaborate-statements.ts";
import { bindDimensions, paramType } from "./elaborate-types.ts";
import { INSTRUCTION, silent, SILENT, step, tile, wrongKind, type Cx, type Elaborated, type State } from "./elaborate-values.ts";
import { bind, child, inSight, lookup, unknownName, type Scope } from "./names.ts";

/** What a sequence must know of a kernel that it runs. */
export interface Runnable {
  readonly ast: Kernel;
  elaborate(params: Readonly<Record<string, unknown>>): Elaborated;
}

/**
 * Elaborates a sequence. Never throws a Diagnostic: all are in the result, and there is a sequence only without errors.
 * @param kernels the kernels of the file, and those it imports
 * @param given compile-time parameters by name, as for a kernel
 */
export function elaborateSequence(q: Ast, file: Scope, kernels: ReadonlyMap<string, Runnable>, given: Readonly<Record<string, unknown>>, lost: ReadonlySet<string>): Elaborated<Sequence> {
  const out: Diagnostic[] = [], steps = sequenceBuilder(q.name.text, q.doc ?? ""), tensors = new Map<number, SequenceTensor>();
  const at: Making = { steps, tensors, kernels, programOf: kernelCache(), name: q.name.text };
  const state: State = { ...newState(out, lost), sequence: { launch: (...a) => launch(at, ...a), temp: (s, cx) => temporary(at, s, cx) } };
  const cx: Cx = { b: hostBuilder(steps, tensors), scope: child(file), exact: undefined, state };
  try {
    attempt(cx, () => knowsAll(q, given));
    for (const c of q.comptime) attempt(cx, () => bindComptime(q, c, Object.hasOwn(given, c.name.text) ? given[c.name.text] : undefined, { ...cx, b: undefined }), c.name, "comptime");
    attempt(cx, () => bindDimensions(q.params, cx));
    for (const p of q.params) attempt(cx, () => parameter(p, cx), p.name, "param");
    block(q.body, cx);
    if (!out.length && !isTorn(q.body)) {
      let made: Sequence | undefined;
      attempt(cx, () => { made = steps.finish(); });
      if (made) return { program: made, diagnostics: [], steps: MAX_STEPS - state.steps };
    }
  } catch (x) {
    if (!(x instanceof RangeError)) throw x;
    out.push(new Diagnostic({ code: "R0302", message: "this sequence is nested too deep for this machine's stack", span: q.name.span, help: "give inner parts names with 'let', and call fewer functions from functions" }));
  }
  return { program: undefined, diagnostics: out, steps: MAX_STEPS - state.steps };
}

/** Whether a part of the tree couldn't be read: then nobody knows what its steps would have written. */
const isTorn = (x: unknown): boolean => typeof x === "object" && x !== null && (("kind" in x && x.kind === "error") || Object.values(x).some(isTorn));

/** What the statements of one sequence share. */
interface Making {
  readonly name: string;
  readonly steps: SequenceBuilder;
  /** Tensors of the sequence by the ids of their values. */
  readonly tensors: Map<number, SequenceTensor>;
  readonly kernels: ReadonlyMap<string, Runnable>;
  readonly programOf: ReturnType<typeof kernelCache>;
}

const refuse = (): never => fail({ code: "T0606", message: "a sequence computes nothing itself", help: "write a kernel for it and run that as a step; numbers may be computed of dimensions, parameters and loop variables" });

const refuseWindow = (): never => fail({ code: "T0606", message: "a step takes whole tensors, not a window of one", help: "give the tensor whole, and to the kernel an i32 parameter `at` that says where: it loads x[at +: n]" });

/** The builder that a sequence's statements are elaborated into: what the host can do, and nothing else. */
function hostBuilder(steps: SequenceBuilder, tensors: Map<number, SequenceTensor>): Builder {
  const core: BuilderCore = {
    at: steps.at, dim: steps.dim, scalarParam: steps.scalarParam, require: steps.require, when: steps.when,
    tensor(...a) { const t = steps.tensor(...a); tensors.set(t.value.id, t); return t.value; },
    loop(_name, { from = 0, to, step: by = 1, mode }, body) {
      if (mode?.kind === "pipeline") fail({ code: "T0606", message: "the steps of a sequence aren't pipelined", help: "write a plain 'for': launches follow one another" });
      steps.loop({ from, to, step: by }, body);
    },
    name: (x) => x,
    grid: refuse, threads: refuse, inst: refuse, while: refuse, jump: refuse, cell: refuse, get: refuse, set: refuse, finish: refuse,
  };
  return Object.freeze({ ...refusals, ...core }) as Builder;
}

/** No instruction is a step. */
const refusals: object = Object.freeze(Object.fromEntries([...instructions.keys()].map((id) => [id, id === "slice" ? refuseWindow : refuse])));

/** `temp name: type`. */
function temporary({ steps, tensors }: Making, s: Temp, cx: Cx): void {
  const type = paramType({ kind: "param", doc: undefined, dir: "in", name: s.name, type: s.type, span: s.span }, cx);
  if (type.kind === "scalar") return fail({ code: "T0512", message: `'${s.name.text}' needs a shape`, span: s.type.span, label: "sizes are missing", help: `write ${s.type.dtype.text}[N]` });
  if (type.kind === "format") return fail({ code: "T0710", message: "temporaries have number types", span: s.type.dtype.span, label: `${type.format.name} is a format`, help: "pass a tensor of the format as a parameter, or keep its fields in temporaries of their own" });
  steps.at(s.span);
  const t = steps.temp(s.name.text, type.dtype, type.shape, type.packing);
  tensors.set(t.value.id, t);
  bind(cx.scope, s.name, "temp", tile(t.value));
}

/** `kernel<…>(…)`: a step. */
function launch(at: Making, callee: Name, comptime: readonly Arg[], args: readonly Arg[], span: Span, cx: Cx): void {
  step(cx.state, span, INSTRUCTION);
  const kernel = kernelNamed(at, callee, cx), program = specialised(at, kernel, comptime, span, cx);
  const bound = bindArguments(kernel.ast.name.text, kernel.ast.params.map((p) => ({ name: p.name.text })), args);
  const given: Record<string, StepArgument> = {}, spans: Record<string, Span> = {};
  for (const [name, [arg]] of bound) {
    if (!arg) continue;
    const p = program.params.find((x) => x.name === name), fields = p ? [] : program.params.flatMap((x) => (x.name.startsWith(`${name}.`) ? [x.name.slice(name.length + 1)] : []));
    for (const field of p ? [undefined] : fields) {
      const slot = field === undefined ? name : `${name}.${field}`;
      spans[slot] = arg.value.span;
      given[slot] = field === undefined ? argument(at, p?.kind === "scalar" ? p.type : undefined, arg, cx) : fieldArgument(at, field, arg, cx);
    }
  }
  at.steps.at(span);
  at.steps.run(program, given, spans);
}

function kernelNamed({ kernels }: Making, callee: Name, cx: Cx): Runnable {
  const own = lookup(cx.scope, callee.text);
  if (!own) {
    const near = didYouMean(callee.text, inSight(cx.scope).filter((n) => lookup(cx.scope, n)?.how === "kernel"));
    return near ? fail({ code: "N0101", message: `nothing is called '${callee.text}' here`, span: callee.span, label: "unknown name", help: `did you mean '${near}'?` }) : unknownName(cx.scope, callee, [], cx.state.lost);
  }
  const t = own.thing(), kernel = t.kind === "kernel" ? kernels.get(callee.text) ?? kernels.get(t.name) : undefined;
  if (t.kind === "sequence") fail({ code: "T0607", message: `'${callee.text}' is a sequence itself`, span: callee.span, label: "steps are kernels", help: "write its steps here; a 'fn' can hold steps that several sequences share" });
  return kernel ?? wrongKind(t, "a kernel", callee.span, cx, "a step runs a kernel of this file, or one that it imports");
}

/** The kernel for the arguments in `<…>`; what is wrong in it is told with the place of the step. */
function specialised(at: Making, { ast, elaborate }: Runnable, comptime: readonly Arg[], span: Span, cx: Cx): Program {
  const bound = bindArguments(ast.name.text, ast.comptime.map((c) => ({ name: c.name.text })), comptime), params: Record<string, unknown> = {};
  for (const c of ast.comptime) {
    const [arg] = bound.get(c.name.text) ?? [];
    if (arg) params[c.name.text] = comptimeValue(c.of, arg, cx);
    else if (!c.init) fail({ code: "H0602", message: `kernel '${ast.name.text}' needs the compile-time parameter '${c.name.text}'`, span, labels: [{ span: c.span, message: "no default" }], help: `give it a value: ${ast.name.text}<${c.name.text}: …>(…)` });
  }
  return at.programOf({
    specialise(p) {
      const { program, diagnostics } = elaborate(p);
      if (program) return program;
      for (const d of diagnostics) if (d.code !== SILENT) cx.state.report(new Diagnostic({ ...d.data, labels: [...(d.data.labels ?? []), { span, message: `in this step, which runs '${ast.name.text}'` }] }));
      return silent();
    },
  }, params, ast);
}

/** A field of an argument that is a tensor of a format. */
function fieldArgument({ tensors }: Making, field: string, { value: e }: Arg, cx: Cx): StepArgument {
  const t = cx.state.evaluate(e, cx), own = t.kind === "weights" && !t.window ? t.param.tensors.get(field) : undefined;
  const tensor = own && tensors.get(own.value.id);
  return tensor ?? wrongKind(t, "a whole tensor of that format", e.span, cx, "give a parameter of the sequence that has the format of the kernel's");
}

/** An argument of a launch: a tensor of the sequence, or a number. */
function argument({ tensors }: Making, type: Scalar["type"] | undefined, { value: e }: Arg, cx: Cx): StepArgument {
  const t = cx.state.evaluate(e, cx);
  if (t.kind === "tile") return tensors.get(t.value.id) ?? refuse();
  return toScalar(t, type, e.span, cx, type === undefined ? "a tensor of the sequence" : "a number");
}
