// `inspect --layouts`: every tile's layout, and each conversion with its price and both sides.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { layoutsOf, priceText } from "../../cli/inspect-layouts.ts";
import { program } from "../lang/support.ts";
import { bitloom, folder } from "./support.ts";

const source = `kernel c(x: f32[4, 4], z: f32[4, 4], out y: f32[4, 4]) grid (g in 1) threads 16 {
  let a: f32[4, 4] @ spatial(4, 4) = load(x) * 2
  let b: f32[4, 4] @ column_spatial(4, 4) = load(z)
  store(y, a + b)
}
`;
const file = join(folder(), "c.loom");
writeFileSync(file, source);

describe("inspect --layouts", () => {
  test("prints layouts, conversions with their prices, and draws both sides", async () => {
    const { out, code } = await bitloom(["inspect", file, "--layouts"]);
    expect(code).toBe(0);
    expect(out.slice(out.indexOf("conversions that"))).toMatchInlineSnapshot(`
      "conversions that were inserted

        b for y of add, line 4: 64 bytes through workgroup memory, 2 barriers
          from: 16 threads × 1 slots   │   to: 16 threads × 1 slots
           0:0   4:0   8:0  12:0       │    0:0   1:0   2:0   3:0
           1:0   5:0   9:0  13:0       │    4:0   5:0   6:0   7:0
           2:0   6:0  10:0  14:0       │    8:0   9:0  10:0  11:0
           3:0   7:0  11:0  15:0       │   12:0  13:0  14:0  15:0

      conversions that are written

        a for the layout written for it, line 2: costs nothing: both layouts are one
          from: 16 threads × 1 slots   │   to: 16 threads × 1 slots
           0:0   1:0   2:0   3:0       │    0:0   1:0   2:0   3:0
           4:0   5:0   6:0   7:0       │    4:0   5:0   6:0   7:0
           8:0   9:0  10:0  11:0       │    8:0   9:0  10:0  11:0
          12:0  13:0  14:0  15:0       │   12:0  13:0  14:0  15:0

        b for the layout written for it, line 3: no traffic: its elements are read from the tensor in the new layout
          from: 16 threads × 1 slots   │   to: 16 threads × 1 slots
           0:0   1:0   2:0   3:0       │    0:0   4:0   8:0  12:0
           4:0   5:0   6:0   7:0       │    1:0   5:0   9:0  13:0
           8:0   9:0  10:0  11:0       │    2:0   6:0  10:0  14:0
          12:0  13:0  14:0  15:0       │    3:0   7:0  11:0  15:0

      3 conversions, 1 of them through workgroup memory (64 bytes in all)
      "
    `);
  });
  test("as data", async () => {
    const { conversions } = (await bitloom(["inspect", file, "--layouts", "--json"])).json() as { conversions: Record<string, unknown>[] };
    expect(conversions.map(({ name, written, user, kind, bytes, barriers }) => ({ name, written, user, kind, bytes, barriers }))).toEqual([
      { name: "a", written: true, user: "the layout written for it", kind: "none", bytes: 0, barriers: 0 },
      { name: "b", written: true, user: "the layout written for it", kind: "again", bytes: 0, barriers: 0 },
      { name: "b", written: false, user: "y of add", kind: "shared", bytes: 64, barriers: 2 },
    ]);
  });
});

describe("prices", () => {
  const kinds = (body: string, subgroup?: number): string[] => layoutsOf(program(body), subgroup).conversions.map((c) => priceText(c.price));
  test.each([
    ["spatial(8, 8) * local(8, 8)", "spatial(8, 8) * column_local(8, 8)", undefined, "within each thread, about 64 moves"],
    ["spatial(8, 8) * local(8, 8)", "column_spatial(8, 8) * local(8, 8)", undefined, "16384 bytes through workgroup memory, 2 barriers"],
    ["spatial(64, 1) * local(1, 64)", "spatial(32, 2) * local(2, 32)", 32, "128 shuffles within subgroups, no barrier"],
  ] as const)("%s to %s", (from, to, subgroup, price) => {
    expect(kinds(`let a: f32[64, 64] @ ${from} = v * 2\nstore(y, a)\nlet b: f32[64, 64] @ ${to} = a\nstore(y, b)`, subgroup).at(-1)).toBe(price);
  });
});
