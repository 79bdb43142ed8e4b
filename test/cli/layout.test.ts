// `bitloom layout`: JSON shapes, pictures, streaming, and errors with their place.
import { describe, expect, test } from "vitest";
import { vectors } from "../support/vectors.ts";
import { bitloom } from "./support.ts";

test("--json prints tuples, counts and the table", async () => {
  const r = await bitloom(["layout", "--json", "spatial(2,2)*local(2,1)"]);
  expect(r.out).toBe('{"shape":[4,2],"modeShape":[2,2,2],"spatialModes":[0,2],"localModes":[1],"threads":4,"slots":2,' +
    '"table":[[[0,0],[1,0]],[[0,1],[1,1]],[[2,0],[3,0]],[[2,1],[3,1]]]}\n');
});

test("without flags it is drawn", async () => {
  expect((await bitloom(["layout", "column_spatial(2, 2)"])).lines().slice(-2)).toEqual(["0:0  2:0", "1:0  3:0"]);
});

test("--svg is one picture", async () => expect((await bitloom(["layout", "--svg", "spatial(2)*local(3)"])).out).toMatch(/^<svg [\s\S]*<\/svg>\n$/));

test("a mistake is marked in the expression", async () => {
  const r = await bitloom(["layout", "spatial(8, 4) * lcal(2, 1)"]);
  expect(r.code).toBe(1);
  expect(r.err).toContain("│ spatial(8, 4) * lcal(2, 1)");
  expect(r.err).toContain("│                 ^^^^");
  expect(r.err).toContain("did you mean 'local'?");
});

test("what is too large to write out is an error, not a hang", async () => {
  for (const words of [["--json"], []]) {
    const r = await bitloom(["layout", ...words, "spatial(4096, 4096) * local(4096, 4096)"]);
    expect(r.code).toBe(1);
  }
});

describe("- reads lines", () => {
  test("10,000 expressions", async () => {
    const some = ["spatial(8,4)*local(2,1)", "local(", "reduce(spatial(3, 4), dims: [0])", "spatial(3) * local(0)"];
    const r = await bitloom(["layout", "--json", "-"], `${some.join("\n")}\n`.repeat(2500));
    const all = r.lines().map((l) => JSON.parse(l) as { shape?: number[]; error?: { code: string; message: string } });
    expect(all).toHaveLength(10_000);
    expect(all[9_996]?.shape).toEqual([16, 4]);
    expect(all[9_997]?.error?.code).toMatch(/^S/);
    expect(all[9_998]?.shape).toEqual([4]);
    expect(all[9_999]?.error?.code).toMatch(/^L/);
  }, 120_000);
});

test("the raw form agrees with the maps of another implementation", async () => {
  interface Case { readonly shape: number[]; readonly mode_shape: number[]; readonly spatial_modes: number[]; readonly local_modes: number[]; readonly forward: number[][] }
  const some = vectors<{ cases: Case[] }>("tilus/register_random").cases.slice(0, 100), list = (xs: readonly number[]): string => `[${xs.join(", ")}]`;
  const r = await bitloom(["layout", "--json", "-"], some.map((c) => `layout(shape: ${list(c.shape)}, modes: ${list(c.mode_shape)}, spatial: ${list(c.spatial_modes)}, local: ${list(c.local_modes)})\n`).join(""));
  r.lines().forEach((l, i) => {
    const { shape, table } = JSON.parse(l) as { shape: number[]; table: number[][][] };
    expect(table.map((slots) => slots.map((index) => index.reduce((at, x, d) => at * (shape[d] ?? 1) + x, 0)))).toEqual(some[i]?.forward);
  });
});
