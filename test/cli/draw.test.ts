// `bitloom draw`: text, picture and JSON of a packed tensor, and mistakes marked in its type.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { wellFormed } from "../support/xml.ts";
import { bitloom } from "./support.ts";

const awq = "u4[k: 1, n: 8] @ [k, n / 8, n % 2, (n / 2) % 4, bit]";
const cells = (line: string): string[] => line.split("│").slice(1, -1).map((x) => x.trim());

test("AWQ's nibbles and GPTQ's stream", async () => {
  expect(cells((await bitloom(["draw", awq])).lines()[2])).toEqual(["0,7", "0,5", "0,3", "0,1", "0,6", "0,4", "0,2", "0,0"]);
  const gptq = (await bitloom(["draw", "u3[k: 32, n: 1] @ [k / 32, {k % 32, bit} / 32, n, {k % 32, bit} % 32]"])).lines();
  expect([cells(gptq[2])[0], cells(gptq[3]).at(-1), cells(gptq[3])[0], cells(gptq[4]).at(-1)]).toEqual(["10,0:1-0", "10,0:2", "21,0:0", "21,0:2-1"]);
});

test("--svg writes one picture, --json who has each bit", async () => {
  const dir = mkdtempSync(join(tmpdir(), "bitloom-draw-"));
  try {
    const r = await bitloom(["draw", awq, "--svg", join(dir, "awq.svg")]);
    expect([r.code, r.out, readdirSync(dir)]).toEqual([0, "", ["awq.svg"]]);
    expect(wellFormed(readFileSync(join(dir, "awq.svg"), "utf8")).get("g")).toBe(8);
  } finally { rmSync(dir, { recursive: true, force: true }); }
  const { words } = (await bitloom(["draw", "--json", "u2[8] @ planes"])).json() as { words: ({ element: number; bit: number } | null)[][] };
  expect(words.map((w) => w.map((b) => b && [b.element, b.bit]).slice(6, 9))).toEqual([[[6, 0], [7, 0], null], [[6, 1], [7, 1], null]]);
});

test("mistakes are marked in the type", async () => {
  const r = await bitloom(["draw", "u4[k: 8, n: 8] @ [k, m, bit]"]);
  expect([r.code, r.err.split("\n")[0]]).toEqual([1, "error[L0403]: no axis is called 'm'"]);
  expect(r.err).toContain("│ u4[k: 8, n: 8] @ [k, m, bit]\n │                      ^");
  for (const [text, code] of [["u4[N] @ dense", "N0101"], ["u4", "T0514"], ["u4[8] @ [", "S"], ["u4[8], y: u3[4]", "T0514"], ["u4[k: 8] @ [k / 2, bit]", "L0212"], ["u8[100000]", "L0215"]] as const)
    expect([text, (await bitloom(["draw", text])).err.split(":")[0]]).toEqual([text, expect.stringContaining(code)]);
  expect((await bitloom(["draw", awq, "--words", "x"])).code).toBe(2);
});

test("a format is drawn field by field, each buffer by itself", async () => {
  const block = await bitloom(["draw", "q4_0"]), beside = await bitloom(["draw", "awq(group: 8)", "--json"]), typed = await bitloom(["draw", "iq4_nl"]);
  expect([block.code, block.err, block.out.split("\n")[4]]).toEqual([0, "", "   0 │   q 17│    q 1│   q 16│    q 0│                              d│"]);
  expect(beside.out.trim().split("\n").map((line) => (JSON.parse(line) as { title: string }).title)).toEqual(["awq: beside, qweight: u4[k, n]", "awq: beside, qzeros: u4[k / 8, n]", "awq: beside, scales: f16[k / 8, n]"]);
  expect(typed.out).toContain("iq4_nl: a block of 32 in 18 bytes");
  expect((await bitloom(["draw", "q4_o"])).err).toContain("did you mean 'q4_0'?");
});
