// Pictures of register layouts: a grid of elements, each with the threads that hold it and its slot.
//
//     0:0  0:1  1:0  1:1        thread:slot of element (row, column)
//     0:2  0:3  1:2  1:3
//
// Beyond 32 rows or columns a picture is cut and says so: what comes next repeats.
import { numbers } from "./algebra.ts";
import { slotAt, threadsHolding } from "./map.ts";
import { product, unravel } from "./modes.ts";
import { sizeOf, slotCount, threadCount, type RegisterLayout } from "./register.ts";
import { cell, frame, hue, more, text } from "./svg.ts";

/** What a picture of a layout shows. */
export interface DrawOptions {
  /** Shown above the grid; any text. By default a drawing as text has none, an SVG names shape, threads and slots. */
  readonly title?: string;
  /** Most rows to draw; default 32. */
  readonly rows?: number;
  /** Most columns to draw; default 32. */
  readonly columns?: number;
}

interface Cell { readonly threads: readonly number[]; readonly slot: number; readonly index: readonly number[] }
interface Grid { readonly cells: readonly (readonly Cell[])[]; readonly moreRows: number; readonly moreColumns: number }

/** The last dimension goes across; all others, flattened, go down. */
function grid(l: RegisterLayout, options: DrawOptions): Grid {
  const across = l.shape[l.shape.length - 1] ?? 1, down = product(l.shape.slice(0, -1));
  const rows = Math.min(down, Math.max(1, options.rows ?? 32)), columns = Math.min(across, Math.max(1, options.columns ?? 32));
  const cells = Array.from({ length: rows }, (_, r) => Array.from({ length: columns }, (_, c): Cell => {
    const index = unravel(r * across + c, l.shape);
    return { threads: threadsHolding(l, index), slot: slotAt(l, numbers, index), index };
  }));
  return { cells, moreRows: down - rows, moreColumns: across - columns };
}

/** A set of threads; a long one by its ends. */
const set = (threads: readonly number[], most: number): string =>
  threads.length === 1 ? String(threads[0]) : threads.length <= most ? `{${threads.join(",")}}` : `{${threads[0]},${threads[1]},…${threads[threads.length - 1]}}`;

const rest = (g: Grid): string => [g.moreRows > 0 ? more(g.moreRows, "row") : "", g.moreColumns > 0 ? more(g.moreColumns, "column") : ""].filter(Boolean).join(", ");

/**
 * The layout as text: one cell `thread:slot` per element, `{threads}:slot` where several threads hold it; the last dimension across, the others down.
 * @example
 * ```ts
 * drawText(columnSpatial(2, 2)); // => "0:0  2:0\n1:0  3:0"
 * ```
 */
export function drawText(l: RegisterLayout, options: DrawOptions = {}): string {
  const g = grid(l, options), rows = g.cells.map((row) => row.map((c) => `${set(c.threads, 8)}:${c.slot}`));
  const width = Math.max(...rows.flat().map((s) => s.length));
  const lines = rows.map((row) => row.map((s) => s.padStart(width)).join("  ") + (g.moreColumns > 0 ? "  …" : ""));
  return [...(options.title === undefined ? [] : [options.title]), ...lines, ...(rest(g) ? [`… ${rest(g)}`] : [])].join("\n");
}

/**
 * The layout as a self-contained SVG: one cell per element, coloured by (the first) thread that holds it, with threads above and slot below;
 * a tooltip has them whole.
 * @example
 * ```ts
 * drawSvg(local(2, 2)).match(/<rect/g)?.length; // => 5
 * ```
 */
export function drawSvg(l: RegisterLayout, options: DrawOptions = {}): string {
  const g = grid(l, options), wide = Math.max(...g.cells.flat().map((c) => set(c.threads, 3).length));
  const w = Math.max(34, 7 * wide + 10), h = 34, margin = 8, head = 22, foot = rest(g) ? 18 : 0;
  const title = options.title ?? `${l.shape.join("×")}: ${sizeOf(l)} elements in ${threadCount(l)} threads × ${slotCount(l)} slots`;
  const width = 2 * margin + Math.max(w * g.cells[0].length, Math.ceil(7.5 * title.length)), height = head + margin + h * g.cells.length + foot;
  const body = g.cells.flatMap((row, r) => row.map((c, i) => {
    const x = margin + i * w, y = head + r * h;
    return cell(`[${c.index.join(", ")}] → thread ${c.threads.length > 64 ? set(c.threads, 64) : c.threads.join(", ")}, slot ${c.slot}`, x, y, w, h, `hsl(${hue(c.threads[0])} 70% 82%)`,
      [text(x + w / 2, y + 15, set(c.threads, 3)), text(x + w / 2, y + 28, String(c.slot), 'text-anchor="middle" fill="#555" font-size="10"')]);
  }));
  return frame(width, height, title, 12, [text(margin, 15, title, ""), ...body, ...(foot ? [text(margin, height - 8, `… ${rest(g)}`, "")] : [])]);
}
