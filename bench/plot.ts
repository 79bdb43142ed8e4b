// Pictures of measured times as SVG: panels in rows, both axes logarithmic, a mark for each point and a line for each roof.
const escape = (s: string): string => s.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** Points of one kind. */
export interface Series { readonly name: string; readonly points: readonly (readonly [x: number, y: number])[]; readonly line?: boolean }
/** One pair of axes. */
export interface Panel { readonly title: string; readonly series: readonly Series[] }
/** A picture. */
export interface Plot { readonly title: string; readonly x: string; readonly y: string; readonly ticks: readonly number[]; readonly panels: readonly Panel[]; readonly columns: number }

const WIDTH = 360, HEIGHT = 260, LEFT = 56, BOTTOM = 36, TOP = 24, RIGHT = 10, LEGEND = 180;
const colours = ["#0b62c4", "#c2410c", "#15803d", "#7e22ce", "#be123c", "#0f766e", "#854d0e", "#475569", "#db2777", "#4d7c0f", "#1e3a8a", "#9f1239", "#000"];
/** Shapes around [0, 0]. */
const marks = ["M-3,-3h6v6h-6z", "M0,-4l4,7h-8z", "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0z", "M0,-4l4,4l-4,4l-4,-4z", "M-4,-1h3v-3h2v3h3v2h-3v3h-2v-3h-3z", "M0,4l4,-7h-8z"];
const at = (n: number): string => n.toFixed(1);

/** 1, 2, 5, 10, 20, 50 … from the one below the least to the one above the largest. */
function steps(ys: readonly number[]): readonly number[] {
  const [least, most] = [Math.min(...ys), Math.max(...ys)], from = Math.floor(Math.log10(least)), to = Math.max(from + 1, Math.ceil(Math.log10(most)));
  const all = Array.from({ length: to - from + 1 }, (_, i) => [1, 2, 5].map((n) => Number(`${n}e${from + i}`))).flat(), low = all.findLastIndex((n) => n <= least), high = all.findIndex((n) => n >= most);
  return all.slice(Math.max(0, low), Math.max(high, low + 1) + 1);
}

function panel({ title, series }: Panel, { x: xName, y: yName, ticks }: Plot, names: readonly string[]): string {
  const shown = series.map((s) => ({ ...s, points: s.points.filter((p) => p.every((v) => Number.isFinite(v) && v > 0)) })), ys = shown.flatMap((s) => s.points.map((p) => p[1])), levels = steps(ys.length ? ys : [1]);
  const scale = (v: number, from: number, to: number, start: number, end: number): number => start + ((Math.log(v) - Math.log(from)) / (Math.log(to) - Math.log(from))) * (end - start);
  const x = (v: number): number => scale(v, ticks[0] * 0.85, ticks[ticks.length - 1] * 1.15, LEFT, WIDTH - RIGHT), y = (v: number): number => scale(v, levels[0], levels[levels.length - 1], HEIGHT - BOTTOM, TOP);
  const grid = [
    ...ticks.map((t) => `<line x1="${at(x(t))}" y1="${TOP}" x2="${at(x(t))}" y2="${HEIGHT - BOTTOM}" stroke="#e2e4ea"/><text x="${at(x(t))}" y="${HEIGHT - BOTTOM + 13}" text-anchor="middle">${t}</text>`),
    ...levels.map((t) => `<line x1="${LEFT}" y1="${at(y(t))}" x2="${WIDTH - RIGHT}" y2="${at(y(t))}" stroke="#e2e4ea"/><text x="${LEFT - 5}" y="${at(y(t) + 3)}" text-anchor="end">${t}</text>`),
  ];
  // Marks of one x lie a little apart, those of a series all by the same.
  const marked = shown.filter((s) => !s.line), apart = (s: Series): number => Math.min(3, 14 / marked.length) * (marked.findIndex((t) => t.name === s.name) - (marked.length - 1) / 2);
  const drawn = shown.map((s) => {
    const i = names.indexOf(s.name), colour = colours[i % colours.length];
    return s.line
      ? `<polyline points="${[...s.points].sort((a, b) => a[0] - b[0]).map((p) => `${at(x(p[0]))},${at(y(p[1]))}`).join(" ")}" fill="none" stroke="${colour}" stroke-dasharray="4 3"><title>${escape(s.name)}</title></polyline>`
      : s.points.map((p) => `<path d="${marks[i % marks.length]}" transform="translate(${at(x(p[0]) + apart(s))},${at(y(p[1]))})" fill="${colour}" fill-opacity="0.85" stroke="#fff" stroke-width="0.6"><title>${escape(`${s.name}: ${p[1].toPrecision(3)} at ${p[0]}`)}</title></path>`).join("");
  });
  return `<text x="${LEFT}" y="14" font-weight="bold">${escape(title)}</text>${grid.join("")}<text x="${(LEFT + WIDTH) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${escape(xName)}</text><text transform="translate(12,${HEIGHT / 2}) rotate(-90)" text-anchor="middle">${escape(yName)}</text>${drawn.join("")}`;
}

/** The picture as SVG. Values that are no positive numbers have no mark. */
export function plot(p: Plot): string {
  const names = [...new Set(p.panels.flatMap((q) => q.series.map((s) => s.name)))], columns = Math.max(1, Math.min(p.columns, p.panels.length)), rows = Math.ceil(p.panels.length / columns), lined = new Set(p.panels.flatMap((q) => q.series.filter((s) => s.line).map((s) => s.name)));
  const perRow = Math.max(1, Math.floor((columns * WIDTH) / LEGEND)), width = Math.max(columns * WIDTH, Math.ceil(7.4 * p.title.length) + 24), legendAt = 24 + rows * HEIGHT, height = legendAt + 16 * Math.ceil(names.length / perRow) + 8;
  const legend = names.map((name, i) => {
    const [cx, cy] = [12 + LEGEND * (i % perRow), legendAt + 12 + 16 * Math.floor(i / perRow)], colour = colours[i % colours.length];
    return `<g transform="translate(${cx},${cy})">${lined.has(name) ? `<line x1="-6" x2="6" stroke="${colour}" stroke-dasharray="4 3"/>` : `<path d="${marks[i % marks.length]}" fill="${colour}"/>`}<text x="10" y="3">${escape(name)}</text></g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(p.title)}" font-family="ui-monospace, monospace" font-size="10" fill="#223">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`, `<text x="12" y="16" font-size="12" font-weight="bold">${escape(p.title)}</text>`,
    ...p.panels.map((q, i) => `<g transform="translate(${WIDTH * (i % columns)},${24 + HEIGHT * Math.floor(i / columns)})">${panel(q, p, names)}</g>`), ...legend, "</svg>", "",
  ].join("\n");
}
