// Pictures of register layouts: a grid of elements, each with the threads that hold it and its slot.
import { numbers } from "./algebra.ts";
import { slotAt, threadsHolding } from "./map.ts";
import { product, unravel } from "./modes.ts";
import { sizeOf, slotCount, threadCount, type RegisterLayout } from "./register.ts";

/** The last dimension goes across; all others, flattened, go down. */
function cells(l: RegisterLayout): { threads: number[]; slot: number; index: number[] }[][] {
  const across = l.shape[l.shape.length - 1] ?? 1, down = product(l.shape.slice(0, -1));
  return Array.from({ length: down }, (_, r) => Array.from({ length: across }, (_, c) => {
    const index = unravel(r * across + c, l.shape);
    return { threads: threadsHolding(l, index), slot: slotAt(l, numbers, index), index };
  }));
}

const label = (threads: readonly number[], slot: number): string => `${threads.length === 1 ? threads[0] : `{${threads.join(",")}}`}:${slot}`;

/**
 * The layout as text: one cell `thread:slot` per element, `{threads}:slot` where several threads hold it; the last dimension across, the others down.
 * @example
 * ```ts
 * drawText(columnSpatial(2, 2)); // => "0:0  2:0\n1:0  3:0"
 * ```
 */
export function drawText(l: RegisterLayout): string {
  const rows = cells(l).map((row) => row.map((c) => label(c.threads, c.slot)));
  const width = Math.max(...rows.flat().map((s) => s.length));
  return rows.map((row) => row.map((s) => s.padStart(width)).join("  ")).join("\n");
}

/** What a picture says beside the cells. */
export interface DrawOptions {
  /** Shown above the grid and as the picture's name; any text. */
  readonly title?: string;
}

const escape = (s: string): string => s.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
/** Neighbouring threads get distant hues: steps of the golden angle. */
const colour = (thread: number): string => `hsl(${Math.round((thread * 137.508) % 360)} 70% 82%)`;
/** Long sets are cut; the tooltip has them whole. */
const brief = (threads: readonly number[]): string =>
  threads.length === 1 ? String(threads[0]) : threads.length <= 3 ? `{${threads.join(",")}}` : `{${threads[0]},${threads[1]},…${threads[threads.length - 1]}}`;

/**
 * The layout as a self-contained SVG: one cell per element, coloured by (the first) thread that holds it, with threads above and slot below.
 * @throws nothing; draw layouts of a few thousand elements at most, a picture has one rectangle for each
 */
export function drawSvg(l: RegisterLayout, options: DrawOptions = {}): string {
  const grid = cells(l);
  const wide = Math.max(...grid.flat().map((c) => brief(c.threads).length));
  const w = Math.max(34, 7 * wide + 10), h = 34, margin = 8, head = 22;
  const title = options.title ?? `${l.shape.join("×")}: ${sizeOf(l)} elements in ${threadCount(l)} threads × ${slotCount(l)} slots`;
  const width = Math.max(2 * margin + w * grid[0].length, 2 * margin + 7 * title.length), height = head + margin + h * grid.length;
  const body = grid.flatMap((row, r) => row.map((c, i) => {
    const x = margin + i * w, y = head + r * h;
    return `<g><title>${escape(`[${c.index.join(", ")}] → thread ${c.threads.join(", ")}, slot ${c.slot}`)}</title>` +
      `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${colour(c.threads[0])}" stroke="#667"/>` +
      `<text x="${x + w / 2}" y="${y + 15}" text-anchor="middle">${escape(brief(c.threads))}</text>` +
      `<text x="${x + w / 2}" y="${y + 28}" text-anchor="middle" fill="#555" font-size="10">${c.slot}</text></g>`;
  }));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(title)}" font-family="ui-monospace, monospace" font-size="12" fill="#223">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${margin}" y="15">${escape(title)}</text>`,
    ...body,
    `</svg>`,
  ].join("\n");
}
