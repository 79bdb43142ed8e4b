// A file with a sequence on the command line: it is what is run and inspected; its kernels can still be chosen.
import { describe, expect, test } from "vitest";
import { bitloom } from "./support.ts";

const file = "examples/sort/sort.loom";

describe("a file with one sequence", () => {
  test("is run", async () => {
    const r = await bitloom(["run", file, "--set", "N=300", "--set", "B=128", "--in", "x=random:1", "--on", "interpreter", "--json"]);
    const { kernel, outputs } = JSON.parse(r.out) as { kernel: string; outputs: { y: { values: number[] } } };
    expect([kernel, outputs.y.values.length]).toEqual(["sort", 300]);
    expect(outputs.y.values).toEqual([...outputs.y.values].sort((a, b) => a - b));
  });
  test("is shown, its kernels behind it", async () => {
    const { out, code } = await bitloom(["inspect", file]);
    expect(code).toBe(0);
    expect(out.split("\n")[0]).toBe("sequence sort");
    expect(out.match(/^p\d = program \w+$/gm)).toEqual(["p0 = program tiles", "p1 = program fold", "p2 = program exchange", "p3 = program settle"]);
    const module = JSON.parse((await bitloom(["inspect", file, "--wgsl", "--json"])).out) as { format: string; modules: { name: string }[] };
    expect([module.format, module.modules.map((m) => m.name)]).toEqual(["bitloom-sequence", ["tiles", "fold", "exchange", "settle"]]);
  });
  test("has kernels with a way of their own", async () => {
    const refused = await bitloom(["inspect", file, "--passes"]);
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining("choose with --kernel: tiles, fold, exchange, settle")]);
    const one = await bitloom(["inspect", file, "--kernel", "tiles", "--set", "B=128", "--set", "TOP=9.0", "--pass", "fold"]);
    expect(one.out).toContain("program tiles");
    const watched = await bitloom(["run", file, "--set", "N=3", "--in", "x=random:1", "--on", "interpreter", "--sanitise"]);
    expect([watched.code, watched.err]).toEqual([0, ""]);
  });
});
