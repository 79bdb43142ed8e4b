// What the pictures of this room share: colours, escaping and the frame of an SVG.

/** Text that may stand anywhere in an SVG. Control characters, which XML can't hold, become spaces. */
export const escape = (s: string): string => s.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, " ").replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** Neighbouring numbers get distant hues: steps of the golden angle. */
export const hue = (n: number): number => Math.round((n * 137.508) % 360);

/** A self-contained picture with a white ground; `title` is its accessible name. */
export const frame = (width: number, height: number, title: string, size: number, body: readonly string[]): string => [
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(title)}" font-family="ui-monospace, monospace" font-size="${size}" fill="#223">`,
  `<title>${escape(title)}</title>`,
  `<rect width="${width}" height="${height}" fill="#fff"/>`,
  ...body,
  "</svg>",
].join("\n");

/** One cell: a tooltip, a coloured rectangle, and what is written in it (each with its own attributes). */
export const cell = (tip: string, x: number, y: number, w: number, h: number, fill: string, texts: readonly string[]): string =>
  `<g><title>${escape(tip)}</title><rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${fill}" stroke="#667" stroke-width="0.5"/>${texts.join("")}</g>`;

/** Written text, centred at x unless `more` says otherwise. */
export const text = (x: number, y: number, s: string, more = 'text-anchor="middle"'): string => `<text x="${x}" y="${y}" ${more}>${escape(s)}</text>`;

/** "1 more row", "3 more rows". */
export const more = (n: number, what: string): string => `${n} more ${what}${n === 1 ? "" : "s"}`;
