// Kernels that every format has: values out of its fields, and fields out of numbers. They are ordinary Programs on a matrix (a tensor
// of more axes is one of rows), so that the interpreter runs them on the host and the compiler for devices.
import { dense } from "../layout/index.ts";
import { builder, type Builder } from "./builder.ts";
import { formatParam, loadFormat, type FormatParam, type FormatWindow } from "./format-access.ts";
import { storeFormat } from "./format-store.ts";
import { blockAlong } from "./format-tensors.ts";
import type { Format } from "./format.ts";
import type { Program, Value } from "./program.ts";
import { cdiv, constant, scalarOp, type Scalar, type Size } from "./scalar.ts";

/** How the work is cut: elements of a tile along each axis, rounded up to whole blocks, and threads of a block. */
export interface FormatTiling {
  readonly rows: number;
  readonly columns: number;
  readonly threads: number;
  /** Columns of the matrix where they must be known: fields that a whole row has once. */
  readonly width?: number | undefined;
}

/** For devices: a row of blocks per workgroup and few memory accesses in each thread. */
export const deviceTiling: FormatTiling = Object.freeze({ rows: 1, columns: 256, threads: 64 });
/** For the interpreter, which takes few large tiles. */
export const hostTiling: FormatTiling = Object.freeze({ rows: 64, columns: 1024, threads: 1 });

const roundUp = (n: number, by: number): number => Math.ceil(n / by) * by;

/** A Program over a matrix of a format, cut into windows. */
function overWindows(name: string, f: Format, direction: FormatParam["direction"], t: FormatTiling, other: "in" | "out", type: string, body: (b: Builder, w: FormatParam, at: FormatWindow, of: Value) => void): Program {
  const [blockRows, blockColumns] = blockAlong(f, 2);
  const rows = roundUp(t.rows, blockRows), columns = t.width ?? roundUp(t.columns, blockColumns);
  const b = builder(name), n = b.dim("N"), k: Size = t.width ?? b.dim("K");
  const w = formatParam(b, "w", direction, f, [n, k]), x = b.tensor("x", other, type, [n, k], dense(2));
  const [column, row] = b.grid([["column", cdiv(k, columns)], ["row", cdiv(n, rows)]]);
  b.threads(t.threads);
  const start = (i: Scalar, by: number): Scalar => scalarOp("mul", i, constant(by));
  const window: FormatWindow = { offsets: [start(row, rows), start(column, columns)], sizes: [rows, columns] };
  body(b, w, window, b.slice({ x }, { offsets: window.offsets, sizes: window.sizes.map((s) => constant(s)) }));
  return b.finish();
}

/**
 * The values of a matrix `w` of a format as numbers `x[N, K]`, f32.
 * @example
 * ```ts
 * dequantiseProgram(q8).params.map((p) => p.name); // => ["w.d", "w.q", "x"]
 * ```
 */
export const dequantiseProgram = (f: Format, tiling: FormatTiling = deviceTiling): Program =>
  overWindows("dequantise", f, "in", tiling, "out", "f32", (b, w, window, x) => {
    const value = loadFormat(b, w, window);
    b.store({ to: x, x: value.dtype.name === "f32" ? value : b.cast({ x: value }, { to: x.dtype }) });
  });

/**
 * Numbers `x[N, K]`, f32, as a matrix `w` of a format.
 * @throws Diagnostic T0708 if the format has no encoding, T0709 if it needs whole rows: give the `width`
 */
export const quantiseProgram = (f: Format, tiling: FormatTiling = deviceTiling): Program =>
  overWindows("quantise", f, "inout", tiling, "in", "f32", (b, w, window, x) => storeFormat(b, w, window, b.load({ x })));
