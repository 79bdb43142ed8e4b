// A kernel for given compile-time parameters: header, then body, into a builder. The tree is walked once; checking is
// the type rules of the instructions, run as they are built.
import { Diagnostic, fail } from "../diagnostic.ts";
import { builder, formatParam, type Scalar, type Size } from "../vm/index.ts";
import type { GridAxis, Kernel, Name, Param } from "./ast.ts";
import { bindComptime, knowsAll } from "./comptime.ts";
import { evaluate } from "./elaborate-expressions.ts";
import { rangeOf } from "./elaborate-ranges.ts";
import { block, functionBlock } from "./elaborate-statements.ts";
import { bindDimensions, paramType } from "./elaborate-types.ts";
import { judgeUnpadded } from "./elaborate-unpadded.ts";
import { asInt, placed, POISON, SILENT, tile, wrongKind, type Cx, type Elaborated, type State } from "./elaborate-values.ts";
import { bind, child, type How, type Scope } from "./names.ts";

/** Work that one kernel may take; ordinary kernels take a few thousand steps. */
export const MAX_STEPS = 100_000;
/** Most threads of a block that WebGPU devices offer. */
const MAX_THREADS = 1024;
/** Errors after which a kernel's further ones aren't collected. */
const MAX_ERRORS = 100;

/** Steps that an error takes which was told already: throwing it again is slow, and more of the same helps nobody. */
const REPEATED = 50;

/** The state of one elaboration. Diagnostics go to `out`, each once. */
export function newState(out: Diagnostic[], lost: ReadonlySet<string> = new Set()): State {
  const seen = new Set<string>();
  return {
    steps: MAX_STEPS, calls: [], levels: 0, threads: undefined, vars: new Set(), tensors: new Map(), roots: new Map(), outside: new Set(), symbols: new Map(), unpadded: [], lost,
    evaluate, block: functionBlock,
    report(d) {
      const key = `${d.code} ${d.data.span?.file} ${d.data.span?.start} ${d.data.span?.end} ${d.message}`;
      if (out.length >= MAX_ERRORS || d.code === SILENT) return;
      if (seen.has(key)) { this.steps = Math.max(0, this.steps - REPEATED); return; }
      seen.add(key);
      out.push(d);
      if (out.length === MAX_ERRORS) this.steps = -1; // the rest is silent
    },
  };
}

/**
 * Elaborates a kernel. Never throws a Diagnostic: all are in the result, and there is a program only without errors.
 * @param given compile-time parameters by name: numbers, booleans, type names, layouts, packings, or text to be read as one
 */
export function elaborateKernel(k: Kernel, file: Scope, given: Readonly<Record<string, unknown>>, lost: ReadonlySet<string> = new Set()): Elaborated {
  const out: Diagnostic[] = [], state = newState(out, lost);
  const b = builder(k.name.text, k.doc ?? "");
  const cx: Cx = { b, scope: child(file), exact: undefined, state };
  try {
    attempt(cx, () => knowsAll(k, given));
    for (const c of k.comptime) attempt(cx, () => bindComptime(k, c, Object.hasOwn(given, c.name.text) ? given[c.name.text] : undefined, { ...cx, b: undefined }), c.name, "comptime");
    attempt(cx, () => bindDimensions(k.params, cx));
    for (const p of k.params) attempt(cx, () => parameter(p, cx), p.name, "param");
    grid(k.grid, cx);
    attempt(cx, () => threads(k, cx));
    block(k.body, cx);
    if (state.threads !== undefined) { // text that couldn't be read leaves it open without an error of ours
      const program = b.finish();
      judgeUnpadded(program, state.unpadded).forEach((d) => state.report(d));
      if (!out.length) return { program, diagnostics: [], steps: MAX_STEPS - state.steps };
    }
  } catch (x) {
    if (!(x instanceof RangeError)) throw x;
    out.push(new Diagnostic({ code: "R0302", message: "this kernel is nested too deep for this machine's stack", span: k.name.span, help: "give inner parts names with 'let', and call fewer functions from functions" }));
  }
  return { program: undefined, diagnostics: out, steps: MAX_STEPS - state.steps };
}

/** Runs one part of the header; if it is wrong, its name is poison. */
export function attempt(cx: Cx, f: () => void, name?: Name, how?: How): void {
  try { f(); } catch (x) {
    if (!(x instanceof Diagnostic)) throw x;
    cx.state.report(x);
    if (name && how && !cx.scope.own.has(name.text)) bind(cx.scope, name, how, POISON);
  }
}

/** Declares a parameter. */
export function parameter(p: Param, cx: Cx): void {
  const b = cx.b ?? fail({ code: "T0501", message: "no kernel is being built", help: "elaborate a kernel" });
  if (cx.scope.own.has(p.name.text)) bind(cx.scope, p.name, "param", POISON); // says that it is there already
  const type = paramType(p, cx);
  b.at(p.span);
  if (type.kind === "scalar") return bind(cx.scope, p.name, "param", { kind: "scalar", value: b.scalarParam(p.name.text, type.dtype.name as Scalar["type"]) });
  if (type.kind === "format") {
    const param = placed(p.type.span, () => formatParam(b, p.name.text, p.dir, type.format, type.shape));
    for (const { value, of } of param.tensors.values()) cx.state.tensors.set(value.id, { name: `${p.name.text}.${of.field.name}`, dir: p.dir, span: p.span });
    return bind(cx.scope, p.name, "param", { kind: "weights", param, window: undefined, span: p.span });
  }
  const value = b.tensor(p.name.text, p.dir, type.dtype, type.shape, type.packing);
  cx.state.tensors.set(value.id, { name: p.name.text, dir: p.dir, span: p.span });
  bind(cx.scope, p.name, "param", tile(value));
}

function grid(axes: readonly GridAxis[], cx: Cx): void {
  if (axes.length > 3) cx.state.report(new Diagnostic({ code: "R0307", message: `a grid has at most 3 axes, not ${axes.length}`, span: axes[3].span, help: "join axes: block % n and block / n take them apart" }));
  const sizes = axes.map((a): Size => {
    let n: Size = 1;
    attempt(cx, () => { n = extent(a, cx); });
    return n;
  });
  const symbols = cx.b?.grid(axes.slice(0, 3).map((a, i) => [a.name.text, sizes[i]] as const)) ?? [];
  axes.slice(0, 3).forEach((a, i) => {
    const s = symbols[i], top = rangeOf(sizes[i], cx.state);
    if (s?.kind === "symbol") cx.state.symbols.set(s.id, { name: a.name.text, span: a.name.span, range: top && { lo: 0, hi: Math.max(0, top.hi - 1) } });
    attempt(cx, () => bind(cx.scope, a.name, "grid", { kind: "scalar", value: s }), a.name, "grid");
  });
}

function extent(a: GridAxis, cx: Cx): Size {
  const t = cx.state.evaluate(a.extent, { ...cx, exact: "grid" });
  if (t.kind === "int" && t.value >= 0) return t.value;
  if (t.kind === "int") fail({ code: "T0519", message: `a grid can't have ${t.value} blocks`, span: a.extent.span, help: "extents are 0 or more" });
  if (t.kind === "scalar" && t.value.type === "i32") return t.value;
  return wrongKind(t, "a number of blocks", a.extent.span, cx, "extents are integers: cdiv(M, BM)");
}

function threads(k: Kernel, cx: Cx): void {
  const n = asInt(cx.state.evaluate(k.threads, cx), k.threads.span, cx);
  if (n < 1 || n > MAX_THREADS) fail({ code: "R0101", message: `a block can't have ${n} threads`, span: k.threads.span, help: "give a positive compile-time integer, at most 256 on every device" });
  cx.b?.threads(n);
  cx.state.threads = n;
}
