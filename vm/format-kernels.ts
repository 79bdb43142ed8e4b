// Kernels that every format has: values out of its fields, and fields out of numbers. They are ordinary Programs on a matrix (a tensor
// of more axes is one of rows), so that the interpreter runs them on the host and the compiler for devices.
import { dense } from "../layout/index.ts";
import { builder, type Builder } from "./builder.ts";
import { formatParam, loadFormat, type FormatParam, type FormatWindow } from "./format-access.ts";
import { storeFormat } from "./format-store.ts";
import { blockAlong } from "./format-tensors.ts";
import type { Format } from "./format.ts";
import type { Program, Value } from "./program.ts";
import { constant, scalarOp, type Scalar } from "./scalar.ts";

/** How the work is cut: elements of a tile along each axis, rounded to whole blocks, and threads of a block. */
export interface FormatTiling {
  readonly rows: number;
  readonly columns: number;
  readonly threads: number;
}

/** For devices: a row of blocks per workgroup and few memory accesses in each thread. */
export const deviceTiling: FormatTiling = Object.freeze({ rows: 1, columns: 256, threads: 64 });
/** For the interpreter, which takes few large tiles. */
export const hostTiling: FormatTiling = Object.freeze({ rows: 64, columns: 1024, threads: 1 });

/** Whether some field is one for all of a row or column, so that it is made of whole ones only. */
const spans = (f: Format, axis: number): boolean => f.fields.some((g) => g.at === undefined && g.axes.length > 0 && !g.axes.some((a) => a.axis === axis));

/** A Program over a matrix of a format, cut into windows. The sizes are known, so that no window that stays inside is guarded. */
function overWindows(name: string, f: Format, [n, k]: readonly [number, number], direction: FormatParam["direction"], t: FormatTiling, other: "in" | "out", body: (b: Builder, w: FormatParam, at: FormatWindow, of: Value) => void): Program {
  const along = blockAlong(f, 2), makes = other === "in", first = f.axes.length - 2;
  const width = (size: number, wanted: number, by: number, whole: boolean): number => (makes && whole ? size : Math.max(by, Math.floor(Math.min(wanted, size) / by) * by));
  const rows = width(n, t.rows, along[0], first === 0 && spans(f, 0)), columns = width(k, t.columns, along[1], spans(f, f.axes.length - 1));
  const b = builder(name), w = formatParam(b, "w", direction, f, [n, k]), x = b.tensor("x", other, "f32", [n, k], dense(2));
  const [column, row] = b.grid([["column", Math.ceil(k / columns)], ["row", Math.ceil(n / rows)]]);
  b.threads(t.threads);
  const start = (i: Scalar, by: number): Scalar => scalarOp("mul", i, constant(by));
  const window: FormatWindow = { offsets: [start(row, rows), start(column, columns)], sizes: [rows, columns] };
  body(b, w, window, b.slice({ x }, { offsets: window.offsets, sizes: window.sizes.map((s) => constant(s)) }));
  return b.finish();
}

/**
 * The values of a matrix `w` of a format as numbers `x`, f32.
 * @param shape rows and columns, whole blocks
 * @example
 * ```ts
 * dequantiseProgram(q8, [4, 64]).params.map((p) => p.name); // => ["w.d", "w.q", "x"]
 * ```
 */
export const dequantiseProgram = (f: Format, shape: readonly [number, number], tiling: FormatTiling = deviceTiling): Program =>
  overWindows("dequantise", f, shape, "in", tiling, "out", (b, w, window, x) => {
    const value = loadFormat(b, w, window);
    b.store({ to: x, x: value.dtype.name === "f32" ? value : b.cast({ x: value }, { to: x.dtype }) });
  });

/**
 * Numbers `x`, f32, as a matrix `w` of a format.
 * @param shape rows and columns, whole blocks
 * @throws Diagnostic T0708 if the format has no encoding
 */
export const quantiseProgram = (f: Format, shape: readonly [number, number], tiling: FormatTiling = deviceTiling): Program =>
  overWindows("quantise", f, shape, "inout", tiling, "in", (b, w, window, x) => storeFormat(b, w, window, b.load({ x })));
