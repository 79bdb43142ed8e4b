// Kernels that every format has: values out of its fields, and fields out of numbers. They are ordinary Programs on a matrix (a tensor
// of more axes is one of rows), so that the interpreter runs them on the host and the compiler for devices.
import { fail } from "../diagnostic.ts";
import { dense } from "../layout/index.ts";
import { builder, type Builder } from "./builder.ts";
import { formatParam, loadFormat, type FormatWindow } from "./format-access.ts";
import { storeFormat } from "./format-store.ts";
import { blockAlong, lcm, madeAlong } from "./format-tensors.ts";
import type { Format } from "./format.ts";
import { eachStmt, type Program, type Value } from "./program.ts";
import { constant, scalarOp, type Scalar } from "./scalar.ts";

/** How the work is cut: elements of a tile along each axis, rounded to whole blocks, and threads of a block. */
export interface FormatTiling {
  readonly rows: number;
  readonly columns: number;
  readonly threads: number;
  /** Elements of a tile where a format makes its rows more than `rows`; left out, as many as there are. */
  readonly most?: number;
}

/** For devices: a row of blocks per workgroup and few memory accesses in each thread. */
export const deviceTiling: FormatTiling = Object.freeze({ rows: 1, columns: 256, threads: 64, most: 4096 });
/** For the interpreter, which takes few large tiles. */
export const hostTiling: FormatTiling = Object.freeze({ rows: 64, columns: 1024, threads: 1 });

/** Whether some field is one for all of a row or column, so that it is made of whole ones only. */
const spans = (f: Format, axis: number): boolean => f.fields.some((g) => g.at === undefined && g.axes.length > 0 && !g.axes.some((a) => a.axis === axis));

/**
 * A Program over a matrix, cut into windows of whole blocks. The sizes are known, so that no window that stays inside is guarded.
 * @param formats whose blocks windows are made of
 * @param made a format that is encoded: rows and columns that share a field are in one window
 * @param params declares the parameters, and gives what is done with each window
 */
export function inWindows(name: string, formats: readonly Format[], made: Format | undefined, [n, k]: readonly [number, number], t: FormatTiling, params: (b: Builder) => (at: FormatWindow) => void): Program {
  const along = [0, 1].map((e) => formats.map((f) => (f === made ? madeAlong : blockAlong)(f, 2)[e]).reduce(lcm, 1));
  const whole = (e: number): boolean => made !== undefined && e - 2 + made.axes.length >= 0 && spans(made, e - 2 + made.axes.length);
  const fitted = (size: number, wanted: number, e: number): number => (whole(e) ? size : Math.max(along[e], Math.floor(Math.min(wanted, size) / along[e]) * along[e]));
  const rows = fitted(n, t.rows, 0), columns = fitted(k, rows > t.rows ? Math.min(t.columns, (t.most ?? Infinity) / rows) : t.columns, 1);
  const b = builder(name), body = params(b);
  const [column, row] = b.grid([["column", Math.ceil(k / columns)], ["row", Math.ceil(n / rows)]]);
  b.threads(t.threads);
  const start = (i: Scalar, by: number): Scalar => scalarOp("mul", i, constant(by));
  body({ offsets: [start(row, rows), start(column, columns)], sizes: [rows, columns] });
  return b.finish();
}

/** The part of a tensor that a window is. */
const partOf = (b: Builder, x: Value, { offsets, sizes }: FormatWindow): Value => b.slice({ x }, { offsets, sizes: sizes.map((s) => constant(s)) });

/**
 * The values of a matrix `w` of a format as numbers `x`, f32.
 * @param shape rows and columns, whole blocks
 * @example
 * ```ts
 * import { formatNamed } from "bitloom/lang";
 * const q8 = formatNamed("q8_0");
 * dequantiseProgram(q8, [4, 64]).params.map((p) => p.name); // => ["w.d", "w.q", "x"]
 * ```
 */
export const dequantiseProgram = (f: Format, shape: readonly [number, number], tiling: FormatTiling = deviceTiling): Program =>
  inWindows("dequantise", [f], undefined, shape, tiling, (b) => {
    const w = formatParam(b, "w", "in", f, shape), x = b.tensor("x", "out", "f32", shape, dense(2));
    return (at) => {
      const value = loadFormat(b, w, at);
      b.store({ to: partOf(b, x, at), x: value.dtype.name === "f32" ? value : b.cast({ x: value }, { to: x.dtype }) });
    };
  });

/**
 * Numbers `x`, f32, as a matrix `w` of a format.
 * @param shape rows and columns, whole blocks
 * @throws Diagnostic T0708 if the format has no encoding
 */
export const quantiseProgram = (f: Format, shape: readonly [number, number], tiling: FormatTiling = deviceTiling): Program =>
  inWindows("quantise", [f], f, shape, tiling, (b) => {
    const w = formatParam(b, "w", "inout", f, shape), x = b.tensor("x", "in", "f32", shape, dense(2));
    return (at) => storeFormat(b, w, at, b.load({ x: partOf(b, x, at) }));
  });

/**
 * Fields that an encoding reads and doesn't make: they are there once for a tensor, and are given beforehand.
 * @param w a Program of `quantiseProgram`
 */
export function fieldsGiven(f: Format, w: Program): readonly string[] {
  const root = new Map<number, number>(), stored = new Set<number>();
  eachStmt(w.body, (s) => {
    if (s.kind !== "inst") return;
    const { x, to } = s.operands;
    if (s.out && s.out.space === "global" && x) root.set(s.out.id, root.get(x.id) ?? x.id);
    if (to) stored.add(root.get(to.id) ?? to.id);
  });
  const values = new Map(w.params.flatMap((q) => (q.kind === "tensor" ? [[q.name, q.value.id] as const] : [])));
  return f.fields.map((g) => g.name).filter((name) => !stored.has(values.get(`w.${name}`) ?? -1));
}

/** Refuses to encode where a field that has to be given isn't. @throws Diagnostic H0702 */
export function needGiven(f: Format, w: Program, given: Readonly<Record<string, unknown>>): void {
  const missing = fieldsGiven(f, w).find((name) => given[name] === undefined);
  if (missing !== undefined) fail({ code: "H0702", message: `'${missing}' of format ${f.name} is one for the whole tensor, and its encoding reads it`, help: `give it beforehand: { ${missing}: … }` });
}
