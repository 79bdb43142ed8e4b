// Pictures, as the worked examples print them.
import { expect, test } from "vitest";
import {
  autoLocalSpatial, axis, bit, chain, columnLocal, columnSpatial, concat, dense, digit, digits, drawFields, drawFieldsSvg, drawSvg, drawText, local, permute, planes, reduce, registerLayout, replicated, spatial,
  type DrawnField, type Packing, type RegisterLayout,
} from "../../layout/index.ts";
import { wellFormed } from "../support/xml.ts";

/** Without the common indentation. */
const grid = (text: string): string => {
  const lines = text.split("\n").filter((l) => l.trim());
  const indent = Math.min(...lines.map((l) => l.length - l.trimStart().length));
  return lines.map((l) => l.slice(indent)).join("\n");
};
const flush = (text: string): string => grid(text);

const examples: [string, RegisterLayout, string][] = [
  ["E1", local(2, 3), "0:0  0:1  0:2\n0:3  0:4  0:5"],
  ["E2", spatial(2, 3), "0:0  1:0  2:0\n3:0  4:0  5:0"],
  ["E3", columnSpatial(2, 3), "0:0  2:0  4:0\n1:0  3:0  5:0"],
  ["E4", columnLocal(2, 3), "0:0  0:2  0:4\n0:1  0:3  0:5"],
  ["E5", chain(spatial(2, 2), local(2, 2)), "0:0  0:1  1:0  1:1\n0:2  0:3  1:2  1:3\n2:0  2:1  3:0  3:1\n2:2  2:3  3:2  3:3"],
  ["E6", chain(local(2, 2), spatial(2, 2)), "0:0  1:0  0:1  1:1\n2:0  3:0  2:1  3:1\n0:2  1:2  0:3  1:3\n2:2  3:2  2:3  3:3"],
  ["E7", chain(columnLocal(2, 2), columnSpatial(2, 1), local(1, 2)), "0:0  0:1  0:4  0:5\n1:0  1:1  1:4  1:5\n0:2  0:3  0:6  0:7\n1:2  1:3  1:6  1:7"],
  ["E11", reduce(spatial(3, 4), [0]), "{0,4,8}:0   {1,5,9}:0  {2,6,10}:0  {3,7,11}:0"],
  ["E12", reduce(chain(spatial(2, 2), local(1, 2)), [1], true), "{0,1}:0\n{2,3}:0"],
  ["E13", replicated([2, 2], 4), "{0,1,2,3}:0  {0,1,2,3}:1\n{0,1,2,3}:2  {0,1,2,3}:3"],
  ["E15", autoLocalSpatial(8, [2, 2]), "{0,4}:0  {1,5}:0\n{2,6}:0  {3,7}:0"],
  ["E16", registerLayout([8], [2, 2, 2], [2, -3, 0], [1]), "{0,2,4}:0  {6,8,10}:0   {0,2,4}:1  {6,8,10}:1   {1,3,5}:0  {7,9,11}:0   {1,3,5}:1  {7,9,11}:1"],
  ["E17", concat(spatial(2, 2), local(3)), "0:0  0:1  0:2\n1:0  1:1  1:2\n2:0  2:1  2:2\n3:0  3:1  3:2"],
  ["E18", permute(chain(spatial(2, 3), local(2, 1)), [1, 0]), "0:0  0:1  3:0  3:1\n1:0  1:1  4:0  4:1\n2:0  2:1  5:0  5:1"],
];

test.each(examples)("%s", (_, l, text) => expect(flush(drawText(l))).toBe(text));

test("columns are as wide as the widest cell (E10, E14)", () => {
  const rows = drawText(chain(local(2, 1), columnSpatial(4, 8), local(2, 1))).split("\n");
  expect(rows).toHaveLength(16);
  expect(rows[0]).toBe(" 0:0   4:0   8:0  12:0  16:0  20:0  24:0  28:0");
  expect(rows[9]).toBe(" 0:3   4:3   8:3  12:3  16:3  20:3  24:3  28:3");
  expect(drawText(autoLocalSpatial(32, [4, 16])).split("\n")[3]).toBe("16:1  17:1  18:1  19:1  20:1  21:1  22:1  23:1  24:1  25:1  26:1  27:1  28:1  29:1  30:1  31:1");
  expect(drawText(chain(columnLocal(2, 2), spatial(8, 4), local(1, 2))).split("\n")[15].trim().split(/\s+/).slice(-3)).toEqual(["30:7", "31:6", "31:7"]);
  expect(drawText(spatial())).toBe("0:0");
});

test("32 rows and columns at most, and the rest is counted", () => {
  const big = chain(spatial(5, 10), local(7, 4)), lines = drawText(big, { title: "big" }).split("\n");
  expect(lines).toHaveLength(34);
  expect(lines[0]).toBe("big");
  expect(lines[1].split(/ +/).filter(Boolean)).toHaveLength(33); // 32 cells and …
  expect(lines[33]).toBe("… 3 more rows, 8 more columns");
  expect(drawText(local(3, 2), { rows: 2, columns: 1 })).toBe("0:0  …\n0:2  …\n… 1 more row, 1 more column");
  expect(drawText(local(33), { rows: 9 }).split("\n")[1]).toBe("… 1 more column");
  // Long sets of threads by their ends.
  expect(drawText(replicated([2], 8))).toBe("{0,1,2,3,4,5,6,7}:0  {0,1,2,3,4,5,6,7}:1");
  expect(drawText(replicated([2], 9))).toBe("{0,1,…8}:0  {0,1,…8}:1");
});

/** Text of the elements `tag` of an SVG that is known to be well-formed. */
const texts = (svg: string, tag: string): string[] => [...svg.matchAll(new RegExp(`<${tag}[^>]*>([^<]*)</${tag}>`, "g"))].map((m) => m[1]);

test("SVG: one cell per element, colours by thread, foreign text escaped, nothing from outside", () => {
  const svg = drawSvg(chain(spatial(2, 2), local(1, 2)), { title: `<script>"&'\u0001` });
  const counts = wellFormed(svg);
  expect([counts.get("svg"), counts.get("g"), counts.get("rect"), counts.get("text")]).toEqual([1, 8, 9, 17]);
  expect(new Set([...svg.matchAll(/fill="(hsl[^"]*)"/g)].map((m) => m[1])).size).toBe(4);
  expect(svg).toContain("&#60;script&#62;&#34;&#38;&#39; ");
  expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(/href|url\(|http|<script/);
  expect(texts(svg, "title")[2]).toBe("[0, 1] → thread 0, slot 1");
  expect(texts(drawSvg(replicated([1], 64)), "text")).toContain("{0,1,…63}");
});

test("SVG: beyond 32 × 32 the rest is counted; every cell lies in the picture", () => {
  const svg = drawSvg(chain(spatial(8, 8), local(8, 8))), counts = wellFormed(svg);
  expect(counts.get("g")).toBe(32 * 32);
  expect(texts(svg, "text").at(-1)).toBe("… 32 more rows, 32 more columns");
  expect(texts(svg, "text")[0]).toBe("64×64: 4096 elements in 64 threads × 64 slots");
  const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg) ?? [];
  for (const [, x, y, w, h] of svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="(\d+)" height="(\d+)"/g)) {
    expect(Number(x) + Number(w)).toBeLessThanOrEqual(Number(width));
    expect(Number(y) + Number(h)).toBeLessThanOrEqual(Number(height));
  }
});

test("packings: words as rows, bit 31 on the left, a cell per run of an element's bits, pads as dots, the rest counted", () => {
  const one = (packing: Packing, bits: number, extents: readonly number[]): DrawnField[] => [{ name: "x", type: `u${bits}`, bits, packing, extents }];
  expect(drawFields(one(planes(1), 2, [3]), { title: "two planes" })).toBe([
    "two planes",
    `word │${Array.from({ length: 32 }, (_, i) => `${String(31 - i).padStart(3)} `).join("")}`.trimEnd(),
    `   0 │${"·".padStart(29 * 4 - 1)}│2:0│1:0│0:0│`,
    `   1 │${"·".padStart(29 * 4 - 1)}│2:1│1:1│0:1│`,
  ].join("\n"));
  expect(drawFields(one(dense(1), 8, [160]), { words: 2, firstWord: 1 }).split("\n").slice(1)).toEqual(["   1 │      7│      6│      5│      4│", "   2 │     11│     10│      9│      8│", "… 37 more words"]);
  // A cell is as wide as its bits: element 10 passes from word 0 to word 1.
  const straddling = drawFields(one(dense(1), 3, [12])).split("\n").slice(1).map((l) => l.split("│").slice(1, -1));
  expect(straddling.map((l) => l.map((c) => c.trim()))).toEqual([["10:1-0", "9", "8", "7", "6", "5", "4", "3", "2", "1", "0"], ["·", "11", "10:2"]]);
  expect(straddling[0].map((c) => c.length + 1).every((n, i) => n === (i === 0 ? 2 : 3) * ((straddling[0][0].length + 1) / 2))).toBe(true);
  expect(() => drawFields(one(dense(1), 8, [1 << 16]))).toThrow(/L0215/);
});

test("pictures of packings: a cell per run, every bit numbered, fields of one buffer with a legend; nothing behind the last bit", () => {
  const q4: DrawnField[] = [
    { name: "d", type: "f16", bits: 16, packing: digits([bit]), extents: [] },
    { name: "q", type: "u4", bits: 4, packing: digits([digit(axis(0), { mod: 16 }), digit(axis(0), { div: 16 }), bit]), extents: [32], at: 16 },
  ];
  const svg = drawFieldsSvg(q4, { title: "<q4_0> & \"x\"" }), counts = wellFormed(svg);
  expect([counts.get("g"), counts.get("desc")]).toEqual([33, 1]);
  expect(texts(svg, "title").slice(0, 3)).toEqual(["&#60;q4_0&#62; &#38; &#34;x&#34;", "q 17, bits 0 to 3: word 0, bits 28 to 31", "q 1, bits 0 to 3: word 0, bits 24 to 27"]);
  expect(texts(svg, "desc")[0]).toBe("5 words of 32 bits, bit 31 on the left. d: f16; q: u4[32].");
  expect(drawFieldsSvg(q4)).toBe(drawFieldsSvg(q4));
  const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg) ?? [];
  for (const [, x, y, w, h] of svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="(\d+)" height="(\d+)"/g)) {
    expect(Number(x) + Number(w)).toBeLessThanOrEqual(Number(width));
    expect(Number(y) + Number(h)).toBeLessThanOrEqual(Number(height));
  }
  expect(drawFields(q4, { words: 1 }).split("\n").slice(0, 2)).toEqual(["d: f16", "q: u4[32]"]);
  expect(drawFields(q4, { words: 1 }).split("\n")[3]).toMatch(/^ {3}0 │ *q 17│ *q 1│ *q 16│ *q 0│ *d│$/);
});
