// Layouts, packings and number types from text of their own, as the command line and tools take them.
import { Diagnostic, fail, type DiagnosticInit, type Span } from "../diagnostic.ts";
import { slotCount, table, threadCount, type Packing, type RegisterLayout } from "../layout/index.ts";
import { knownScalar, type DType } from "../vm/index.ts";
import type { Expr } from "./ast.ts";
import { numberType } from "./elaborate-expressions.ts";
import { newState } from "./elaborate-kernel.ts";
import { packing } from "./elaborate-packing.ts";
import { axisNames, paramType } from "./elaborate-types.ts";
import { asLayout, placed, type AxisNames, type Cx } from "./elaborate-values.ts";
import { child } from "./names.ts";
import { parse, parseExpression } from "./parser.ts";

/** Reads text as one expression and evaluates it with nothing but the language's own names in sight. */
function evaluateText<T>(text: string, what: string, exact: string, use: (e: Expr, cx: Cx) => T): T {
  const { expr, diagnostics: [first] } = parseExpression(text, what);
  if (first) throw new Diagnostic(first);
  const cx: Cx = { b: undefined, scope: child(), exact, state: newState([]) };
  try { return placed(expr.span, () => use(expr, cx)); } catch (x) {
    if (!(x instanceof RangeError)) throw x;
    return fail({ code: "R0302", message: "this expression is nested too deep", span: expr.span, help: "write it in smaller steps" });
  }
}

/**
 * The register layout that an expression stands for: `spatial(8, 4) * local(2, 1)`, `reduce(…, dims: [0])`, …
 * @throws Diagnostic with the place in `text` (file "layout")
 * @example
 * ```ts
 * evaluateLayout("spatial(8, 4) * local(2, 1)").shape; // => [16, 4]
 * ```
 */
export const evaluateLayout = (text: string): RegisterLayout => evaluateText(text, "layout", "layout", (e, cx) => asLayout(cx.state.evaluate(e, cx), e.span, cx));

/**
 * The packing that an expression stands for, for a tensor with these axes.
 * @param axes a name per axis, undefined for axes that the expression doesn't name
 * @throws Diagnostic with the place in `text` (file "packing")
 * @example
 * ```ts
 * evaluatePacking("[k / 32, bit, k % 32]", ["k"]).kind; // => "digits"
 * ```
 */
export const evaluatePacking = (text: string, axes: AxisNames): Packing => evaluateText(text, "packing", "packing", (e, cx) => packing(e, axes, cx));

/**
 * The number type that a text names.
 * @throws Diagnostic N0110 with the place in `text` (file "dtype")
 * @example
 * ```ts
 * evaluateDtype("f6e3m2").bits; // => 6
 * ```
 */
export const evaluateDtype = (text: string): DType => evaluateText(text, "dtype", "dtype", (e, cx) => (
  e.kind === "name" ? numberType(e, cx) : fail({ code: "T0402", message: "a number type is one word", span: e.span, help: "number types are f16, u3, b1, f6e3m2, …" })));

/** A tensor type with its sizes. */
export interface TensorText {
  readonly dtype: DType;
  readonly extents: readonly number[];
  readonly axes: AxisNames;
  readonly packing: Packing;
}

/**
 * The tensor that a type stands for: number type, sizes, packing (`dense` if left out).
 * @throws Diagnostic with the place in `text` (file "packing")
 * @example
 * ```ts
 * evaluateTensor("u4[k: 8, n: 8] @ [k, n / 8, n % 2, (n / 2) % 4, bit]").extents; // => [8, 8]
 * ```
 */
export function evaluateTensor(text: string): TensorText {
  // A type stands in a kernel's head only: it is read as one's parameter, and places are counted from the type's start.
  const before = "kernel k(x: ", move = (s: Span): Span => ({ file: "packing", start: Math.max(0, Math.min(text.length, s.start - before.length)), end: Math.max(0, Math.min(text.length, s.end - before.length)) });
  const here = (d: DiagnosticInit): Diagnostic => new Diagnostic({ ...d, ...(d.span ? { span: move(d.span) } : {}), ...(d.labels ? { labels: d.labels.map((l) => ({ ...l, span: move(l.span) })) } : {}) });
  const { ast, diagnostics: [first] } = parse(`${before}${text}) grid (g in 1) threads 1 { }`, "packing");
  if (first) throw here(first);
  const [k] = ast.items, [p] = k?.kind === "kernel" ? k.params : [];
  if (ast.items.length !== 1 || k?.kind !== "kernel" || k.params.length !== 1 || !p) return fail({ code: "T0514", message: "this is no single tensor type", span: { file: "packing", start: 0, end: text.length }, help: "write type, sizes and packing: u4[k: 8, n: 8] @ [n, k, bit]" });
  const cx: Cx = { b: undefined, scope: child(), exact: "packing", state: newState([]) };
  try {
    const t = paramType(p, cx);
    if (t.kind === "format") return fail({ code: "T0514", message: `'${p.type.dtype.text}' is a format, whose fields have packings of their own`, span: p.type.span, help: "draw a field's type: u4[i: 32] @ [i % 16, i / 16, bit]" });
    if (t.kind === "scalar") return fail({ code: "T0514", message: "a scalar has no packing", span: p.type.span, help: `give it a shape: ${p.type.dtype.text}[n: 32]` });
    return { dtype: t.dtype, extents: t.shape.map((s) => knownScalar(s) ?? 0), axes: axisNames(p.type), packing: t.packing };
  } catch (x) { throw x instanceof Diagnostic ? here(x.data) : x; }
}

/** What `bitloom layout --json` prints. */
export interface LayoutJson {
  readonly shape: readonly number[];
  readonly modeShape: readonly number[];
  readonly spatialModes: readonly number[];
  readonly localModes: readonly number[];
  readonly threads: number;
  readonly slots: number;
  /** `table[thread][slot]` is the index of the element. */
  readonly table: readonly (readonly (readonly number[])[])[];
}

/** Entries of the largest table that is written out. */
const LARGEST = 2 ** 20;

/**
 * A layout with its whole map.
 * @throws Diagnostic L0109 when the table would have more than 2^20 entries
 * @example
 * ```ts
 * layoutJson(evaluateLayout("spatial(2) * local(2)")).table; // => [[[0], [1]], [[2], [3]]]
 * ```
 */
export function layoutJson(l: RegisterLayout): LayoutJson {
  const threads = threadCount(l), slots = slotCount(l);
  if (threads * slots > LARGEST) fail({ code: "L0109", message: `a table of ${threads} threads × ${slots} slots is too large to write out`, help: `up to ${LARGEST} entries are written: use a smaller layout` });
  return { shape: l.shape, modeShape: l.modeShape, spatialModes: l.spatialModes, localModes: l.localModes, threads, slots, table: table(l) };
}
