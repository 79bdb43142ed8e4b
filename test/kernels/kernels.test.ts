// The kernels of this folder: interpreter against plain loops, SwiftShader and lavapipe against the interpreter.
// Integers and exact float sums must be equal, the rest within the case's bound.
import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { baseTarget, compileProgram } from "../../codegen/index.ts";
import { check } from "../../lang/index.ts";
import { onEachDevice } from "../conformance/devices.ts";
import { cases } from "./cases.ts";
import { byDevice, byInterpreter, difference, kernelNamed, nameOf, ready } from "./support.ts";

const files = readdirSync(new URL("./", import.meta.url)).filter((f) => f.endsWith(".loom"));
/** Cases of one kernel that run on a device: each has a pipeline of its own, which costs up to a second. */
const enough: Readonly<Record<string, number>> = { swiftshader: 4, lavapipe: 2 };
const seeded = cases.map((c, i) => ({ name: nameOf(c), c, seed: i + 1, nth: cases.slice(0, i).filter((o) => o.kernel === c.kernel).length }));

test.each(files)("%s has no mistakes", (file) => {
  expect(check(readFileSync(new URL(`./${file}`, import.meta.url), "utf8"), file).map((d) => `${d.code} ${d.message}`)).toEqual([]);
});

test.each([["types", "logic"], ["types", "halves"]] as const)("%s: %s writes whole words, whatever its sizes", (file, kernel) => {
  const program = kernelNamed(file, kernel).specialise(cases.find((c) => c.kernel === kernel)?.params ?? {});
  expect(compileProgram(program, baseTarget).counts?.thread?.atomics).toBe(0);
});

test("operands from registers take turns in workgroup memory, however often a product is unrolled", () => {
  const { wgsl } = compileProgram(kernelNamed("products", "by_planes").specialise({ A: "u8", B: "i8" }), baseTarget);
  expect(wgsl.match(/var<workgroup>/g)?.length).toBe(2);
});

describe("interpreter against plain loops", () => {
  test.each(seeded.filter(({ c }) => c.want))("$name", ({ c, seed }) => {
    const r = ready(c, seed);
    expect(difference(byInterpreter(r, c), c.want?.(r.values, c.dims) ?? {}, c.bound?.(r.values, c.dims) ?? 0)).toBeUndefined();
  });
});

onEachDevice("kernels as users write them", (device, adapter) => {
  test.each(seeded.filter(({ c, nth }) => nth < (c.file !== "odd" ? enough[adapter] : adapter === "lavapipe" ? Number(!c.slow) : 2)))("$name", async ({ c, seed }) => {
    const r = ready(c, seed), law = byInterpreter(r, c);
    expect(difference(await byDevice(r, c, device()), law, c.bound?.(r.values, c.dims) ?? 0)).toBeUndefined();
  });
});
