// Files that import functions, constants and kernels from others run on every engine, and mistakes are drawn where they stand.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { close, listAdapters, loadNpy, saveNpy } from "../../runtime/index.ts";
import { bitloom, folder } from "./support.ts";

const dir = folder(), at = (name: string): string => join(dir, name);

const files: Readonly<Record<string, string>> = {
  "main.loom": `import { WIDTH, curve } from "lib/maths.loom"
import { halved } from "lib/kernels.loom"

/// y = curve(x / 2)
kernel curved(x: f32[N], out y: f32[N])
  grid (b in cdiv(N, WIDTH))
  threads WIDTH
{
  store(y[b * WIDTH +: WIDTH], curve(load(x[b * WIDTH +: WIDTH])))
}

sequence both(x: f32[N], out y: f32[N]) {
  temp t: f32[N]
  halved(x, t)
  curved(t, y)
}
`,
  // The constant OFFSET isn't imported by main.loom: curve sees the file that it stands in.
  "lib/maths.loom": `import { OFFSET } from "../constants.loom"
const WIDTH = 32
fn square(v) = v * v
fn curve(v) = square(v) + OFFSET
`,
  "lib/kernels.loom": `import { WIDTH } from "maths.loom"
kernel halved<BY: int = 2>(x: f32[N], out y: f32[N]) grid (b in cdiv(N, WIDTH)) threads WIDTH {
  store(y[b * WIDTH +: WIDTH], load(x[b * WIDTH +: WIDTH]) / (BY as f32))
}
`,
  "constants.loom": "const OFFSET = 0.25\n",
  "wrong.loom": "import { crooked } from \"lib/wrong.loom\"\nkernel k(x: f32[4], out y: f32[4]) grid (b in 1) threads 4 { store(y, crooked(load(x))) }\n",
  "lib/wrong.loom": "fn crooked(v) = v + (v as u3)\n",
};

const adapters = (await listAdapters()).filter((a) => a.usable && a.kind !== "gpu").map((a) => a.kind), x = Float32Array.from({ length: 45 }, (_, i) => i - 20);

beforeAll(async () => {
  mkdirSync(at("lib"));
  for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text);
  await saveNpy(at("x.npy"), { dtype: "f4", shape: [x.length], data: x });
});
afterAll(close);

describe.each([["interpreter"], ["swiftshader"], ["lavapipe"]])("on %s", (engine) => {
  test.for([
    ["functions and constants, of a file that imports its own", "main.loom", "curved", (v: number) => v * v + 0.25],
    ["a kernel of another file, by its own name", "main.loom", "halved", (v: number) => v / 2],
    ["both, in a sequence", "main.loom", "both", (v: number) => (v / 2) ** 2 + 0.25],
  ] as const)("%s", async ([, file, kernel, want], { skip }) => {
    const here = engine === "interpreter" || adapters.includes(engine as "lavapipe");
    if (!here) skip(`there is no ${engine} on this machine`);
    const on = engine === "interpreter" ? ["--on", "interpreter"] : ["--adapter", engine];
    const ran = await bitloom(["run", at(file), "--kernel", kernel, "--in", `x=${at("x.npy")}`, "--out", `y=${at("y.npy")}`, ...on]);
    expect([ran.code, ran.err]).toEqual([0, ""]);
    expect((await loadNpy(at("y.npy"))).data).toEqual(x.map(want));
  });
});

test("a mistake in what is imported is drawn there, with the place that it was called from", async () => {
  const ran = await bitloom(["run", at("wrong.loom"), "--in", "x=1", "--on", "interpreter"]);
  expect(ran.code).toBe(1);
  expect(ran.err).toContain(`${at("lib/wrong.loom")}:1:`);
  expect(ran.err).toContain("1│ fn crooked(v) = v + (v as u3)");
  expect(ran.err).toContain(`${at("wrong.loom")}:2:`);
});

test("the page of inspect, and check, read them too", async () => {
  expect((await bitloom(["inspect", at("main.loom"), "--kernel", "curved", "--wgsl", "--lines"])).out).toContain("store(y[b * WIDTH +: WIDTH]");
  expect((await bitloom(["check", at("main.loom")])).code).toBe(0);
  const built = await bitloom(["build", at("main.loom"), "--kernel", "both"]);
  expect(built.json()).toMatchObject({ format: "bitloom-library", kernels: [{ name: "both" }] });
});
