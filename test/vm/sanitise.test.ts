// The sanitising interpreter, rule by rule: what hangs on data, which touches are ordered, and what is let pass.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { dense } from "../../layout/index.ts";
import { builder, constant, dtype, interpret, sanitise, tileFromCodes, tileFromValues, type Inputs, type Program, type Tile } from "../../vm/index.ts";
import { load } from "../../lang/index.ts";
import { bitloom, folder } from "../cli/support.ts";
import { elaborate } from "../lang/support.ts";
import { window } from "./programs.ts";

const numbers = (type: string, shape: readonly number[], f: (i: number) => number): Tile =>
  tileFromValues(dtype(type), shape, Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => f(i)));

/** A kernel of sixteen threads around some statements; x is 0, 1, 2, … and at says where. */
function found(body: string, { at = [0, 0], grid = 1 }: { readonly at?: readonly number[]; readonly grid?: number } = {}): string[] {
  const source = `kernel k(x: f32[16], at: i32[2], out y: f32[16], inout z: f32[16], out hits: i32[16]) grid (g in ${grid}) threads 16 {\n  shared s: f32[16]\n  shared t: i32[16]\n  let v = load(x)\n  let n = scalar(load(at[0 +: 1]))\n  let m = scalar(load(at[1 +: 1]))\n${body}\n}`;
  const { program, diagnostics } = elaborate(source);
  if (!program) throw new Error(diagnostics.map((d) => `${d.code} ${d.message}`).join("\n"));
  const inputs: Inputs = { x: numbers("f32", [16], (i) => i), at: numbers("i32", [2], (i) => at[i] ?? 0), z: numbers("f32", [16], (i) => -i) };
  const { outs, found } = sanitise(program, inputs);
  expect(outs).toEqual(interpret(program, inputs));
  return found.map((d) => `${d.code} ${d.message.split(":")[1]?.trim() ?? d.message} | ${source.slice(d.span?.start, d.span?.end)}`);
}

describe("threads of a block", () => {
  it.each<[string, string, readonly number[], readonly string[]]>([
    ["windows that the data put apart", "store(s[n +: 4], v[0 +: 4])\nstore(s[m +: 4], v[4 +: 4])", [0, 4], []],
    ["windows that the data put together", "store(s[n +: 4], v[0 +: 4])\nstore(s[m +: 4], v[4 +: 4])", [0, 3],
      ["R0401 s[3] is written by one thread and written by another, with no barrier between | store(s[m +: 4], v[4 +: 4])"]],
    ["a barrier in a branch that is taken", "store(s, v)\nif n == 0 { barrier() }\nlet w = load(s)", [0, 0], []],
    ["a barrier in a branch that isn't", "store(s, v)\nif n == 0 { barrier() }\nlet w = load(s)", [1, 0], ["R0401 s[0] is written by one thread and read by another, with no barrier between | load(s)"]],
    ["an update in place", "store(s, v)\nbarrier()\nstore(s, load(s) * 2 + load(x))", [0, 0], []],
    ["an update that looks at a neighbour", "store(s, v)\nbarrier()\nstore(s[1 +: 15], load(s[0 +: 15]))", [0, 0], ["R0401 s[1] is read by one thread and written by another, with no barrier between | store(s[1 +: 15], load(s[0 +: 15]))"]],
    ["readers, then a writer", "store(s, v)\nbarrier()\nlet a = load(s)\nlet b = load(s)\nstore(s, a + b)", [0, 0], ["R0401 s[0] is read by one thread and written by another, with no barrier between | store(s, a + b)"]],
    ["the same store in each round", "for i in 0..3 { store(s, v + 1) }", [0, 0], []],
    ["a store that walks into itself", "for i in 0..2 { store(s[i +: 4], v[0 +: 4]) }", [0, 0], ["R0401 s[1] is written by one thread and written by another, with no barrier between | store(s[i +: 4], v[0 +: 4])"]],
    ["a scatter and a load", "store(s, v)\nbarrier()\nscatter(s, v as i32, v)\nlet w = load(s[3 +: 1])", [0, 0], ["R0401 s[3] is written by one thread and read by another, with no barrier between | load(s[3 +: 1])"]],
    ["a scatter beside a load", "store(s, v)\nbarrier()\nscatter(s, v[0 +: 4] as i32, v[0 +: 4])\nlet w = load(s[n +: 1])", [9, 0], []],
    ["atomics among themselves", "store(t, 0)\nbarrier()\nhistogram(t, v as i32)\nhistogram(t, v as i32)", [0, 0], []],
    ["an atomic and a load", "store(t, 0)\nbarrier()\nhistogram(t, v as i32)\nlet w = load(t)", [0, 0], ["R0401 t[0] is written by one thread and read by another, with no barrier between | load(t)"]],
  ])("%s", (_, body, at, want) => { expect(found(body, { at })).toEqual(want); });
});

describe("what was never written", () => {
  it.each<[string, string, readonly number[], readonly string[]]>([
    ["half a tile", "store(s[0 +: 8], v[0 +: 8])\nbarrier()\nlet w = load(s[n +: 8])", [1, 0], ["R0404 s[8] is read before anything was written to it | load(s[n +: 8])"]],
    ["the half that was written", "store(s[0 +: 8], v[0 +: 8])\nbarrier()\nlet w = load(s[n +: 8])", [0, 0], []],
    ["a tile of an earlier round", "for i in 0..2 {\n  shared u: f32[16]\n  if i == 0 { store(u, v) }\n  barrier()\n  let w = load(u)\n  barrier()\n}", [0, 0], ["R0404 u[0] is read before anything was written to it | load(u)"]],
    ["a variable of a branch that isn't taken", "var w: f32[16]\nif n == 0 { w = v }\nstore(y, w)", [1, 0], ["R0404 'w' is read before anything was assigned to it | store(y, w)"]],
    ["one of a branch that is", "var w: f32[16]\nif n == 0 { w = v }\nstore(y, w)", [0, 0], []],
    ["an output", "store(y, load(y) + v)", [0, 0], ["R0404 y[0] is read before anything was written to it | load(y)"]],
    ["counts in an output, which begin as zeros", "histogram(hits, v as i32)", [0, 0], []],
    ["counts in a shared tile, which don't", "histogram(t, v as i32)", [0, 0], ["R0404 t[0] is read before anything was written to it | histogram(t, v as i32)"]],
  ])("%s", (_, body, at, want) => { expect(found(body, { at })).toEqual(want); });
});

describe("blocks", () => {
  it.each<[string, string, readonly string[]]>([
    ["elements of their own", "store(z[g * 8 +: 8], load(z[g * 8 +: 8]) + 1)", []],
    ["one element", "store(z[n +: 1], v[0 +: 1])", ["R0405 z[0] is written by one block and written by another, and blocks come in any order | store(z[n +: 1], v[0 +: 1])"]],
    ["what another block reads", "let w = load(z[8 - g * 8 +: 8])\nbarrier()\nstore(z[g * 8 +: 8], w)", ["R0405 z[8] is read by one block and written by another, and blocks come in any order | store(z[g * 8 +: 8], w)", "R0405 z[0] is written by one block and read by another, and blocks come in any order | load(z[8 - g * 8 +: 8])"]],
    ["a count", "let c = atomic_add(hits[n +: 1], 1)", []],
    ["a shared tile each", "store(s, v)\nbarrier()\nstore(z[g * 8 +: 8], load(s[g * 8 +: 8]))", []],
  ])("%s", (_, body, want) => { expect([...found(body, { grid: 2 })].sort()).toEqual([...want].sort()); });
});

describe("elements from outside that a load leaves undefined", () => {
  /** x[0 +: 8] of a tensor of five, without a pad, through `use` into the first `width` elements of y. */
  const outside = (width: number, k: number | undefined, through: "register" | "shared"): Program => {
    const b = builder("outside"), x = b.tensor("x", "in", "b2", [4, 5], dense(2)), w = b.tensor("w", "in", "b2", [8, 4], dense(2)), y = b.tensor("y", "out", "i32", [4, width], dense(2));
    b.threads(16);
    let v = b.load({ x: window(b, x, [0, 0], [4, 8]) }, { unpadded: true });
    if (through === "shared") {
      const s = b.shared({}, { dtype: dtype("b2"), shape: [4, 8] });
      b.store({ to: s, x: v });
      b.barrier({});
      v = b.load({ x: s }, { pad: 1 });
    }
    const product = b.dot({ x: v, y: b.load({ x: w }, { pad: 1 }) }, k === undefined ? {} : { k: constant(k) });
    b.store({ to: window(b, y, [0, 0], [4, 4]), x: product });
    return b.finish();
  };
  const inputs: Inputs = { x: tileFromCodes(dtype("b2"), [4, 5], new Array<number>(20).fill(1)), w: tileFromCodes(dtype("b2"), [8, 4], new Array<number>(32).fill(2)) };
  it.each(["register", "shared"] as const)("in a product, through a %s tile", (through) => {
    const codes = (k: number | undefined): string[] => sanitise(outside(4, k, through), inputs).found.map((d) => `${d.code} ${d.message.split(" ")[0]}`);
    expect([codes(5), codes(3), codes(6), codes(undefined)]).toEqual([[], [], ["R0406 y[0,"], ["R0406 y[0,"]]);
  });
});

describe("what nobody writes", () => {
  it.each<[string, string, readonly string[]]>([
    ["nothing of an output", "", []],
    ["all but one element", "store(y[1 +: 16], v)", ["R0408 nobody writes y[0] | store(y[1 +: 16], v)"]],
    ["half of one, in two stores", "store(y[0 +: 4], v[0 +: 4])\nstore(y[8 +: 4], v[0 +: 4])", ["R0408 nobody writes y[4] and 7 more of its 16 elements | store(y[0 +: 4], v[0 +: 4])"]],
    ["what has values already", "store(z[1 +: 16], v)", []],
    ["counts, which begin as zeros", "histogram(hits, 3 * (v as i32))", []],
    ["a scatter to all", "scatter(y, v as i32, v)", []],
    ["a scatter to some", "scatter(y, (v as i32) / 2, v)", ["R0408 nobody writes y[8] and 7 more of its 16 elements | scatter(y, (v as i32) / 2, v)"]],
  ])("%s", (_, body, want) => { expect(found(body).filter((f) => !f.startsWith("R0405"))).toEqual(want); });

  const steps = (first: string, second: string): string => `kernel one(x: f32[N], out y: f32[N]) grid (g in 1) threads 16 { ${first} }
kernel two(x: f32[N], out y: f32[N]) grid (g in 1) threads 16 { ${second} }
sequence both(x: f32[N], out y: f32[N]) {
  temp t: f32[N]
  one(x, t)
  two(t, y)
}`;
  it.each<[string, string, readonly string[]]>([
    ["all is written and read", steps("store(y[0 +: 16], load(x[0 +: 16]))", "store(y[0 +: 16], load(x[0 +: 16]))"), []],
    ["a step reads more than the one before wrote", steps("store(y[2 +: 16], load(x[0 +: 16]))", "store(y[0 +: 16], load(x[0 +: 16]))"), ["R0404 load(x[0 +: 16]) store(y[2 +: 16], load(x[0 +: 16]))"]],
    ["it reads just what was written", steps("store(y[2 +: 14], load(x[2 +: 14]))", "store(y[0 +: 2], 0)\nstore(y[2 +: 14], load(x[2 +: 14]))"), []],
    ["the last step leaves some out", steps("store(y[0 +: 16], load(x[0 +: 16]))", "store(y[2 +: 14], load(x[2 +: 14]))"), ["R0408 store(y[2 +: 14], load(x[2 +: 14]))"]],
  ])("in a sequence: %s", (_, source, want) => {
    const { sequences: [q], diagnostics } = load(source, { file: "s.loom" });
    expect(diagnostics).toEqual([]);
    const text = (span: { readonly start: number; readonly end: number } | undefined): string => source.slice(span?.start, span?.end);
    expect(sanitise(q.specialise({}), { x: numbers("f32", [16], (i) => i) }).found.map((d) => [d.code, text(d.span), ...(d.labels ?? []).map((l) => text(l.span))].join(" "))).toEqual(want);
  });
});

it("the command line draws both places and fails", async () => {
  const file = join(folder(), "s.loom");
  writeFileSync(file, "kernel k(x: f32[16], at: u2[1], out y: f32[16]) grid (g in 2) threads 16 {\n  let n = scalar(load(at) as i32)\n  store(y[n +: 16], load(x))\n}\n");
  const run = await bitloom(["run", file, "--sanitise", "--in", "x=random:1", "--in", "at=random:2"]);
  expect(run).toMatchObject({ code: 1, out: "" });
  expect(run.err).toMatch(/error\[R0405\].*\n.*s\.loom:3:3/);
  expect(run.err).toContain("store(y[n +: 16], load(x))");
  writeFileSync(file, "kernel k(x: f32[16], out y: f32[16]) grid (g in 1) threads 16 { store(y[1 +: 16], load(x)) }\n");
  const warned = await bitloom(["run", file, "--sanitise", "--in", "x=random:1"]);
  expect([warned.code, /warning\[R0408\]: nobody writes y\[0\]\n.*s\.loom:1:\d+/.test(warned.err)]).toEqual([0, true]);
  expect((await bitloom(["run", file, "--sanitise", "--on", "webgpu", "--in", "x=random:1", "--in", "at=random:2"])).code).toBe(2);
});
