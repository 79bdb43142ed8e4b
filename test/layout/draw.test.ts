// Pictures, as the worked examples print them.
import { expect, test } from "vitest";
import { autoLocalSpatial, chain, columnLocal, columnSpatial, concat, drawSvg, drawText, local, permute, reduce, registerLayout, replicated, spatial, type RegisterLayout } from "../../layout/index.ts";

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

test("SVG: one cell per element, colours by thread, foreign text escaped, nothing from outside", () => {
  const svg = drawSvg(chain(spatial(2, 2), local(1, 2)), { title: `<script>"&'` });
  expect(svg.startsWith("<svg xmlns=")).toBe(true);
  expect(svg.match(/<g>/g)).toHaveLength(8);
  expect(new Set([...svg.matchAll(/fill="(hsl[^"]*)"/g)].map((m) => m[1])).size).toBe(4);
  expect(svg).not.toContain("<script>");
  expect(svg).toContain("&#60;script&#62;&#34;&#38;&#39;");
  expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(/href|url\(|http/);
  expect(drawSvg(replicated([1], 64))).toContain("{0,1,…63}");
});
