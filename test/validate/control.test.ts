// Tint accepts loops, jumps and variables of the block, and finds that all threads meet at the barriers in them; with prints, too.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { baseTarget, compileProgram } from "../../codegen/index.ts";
import { load } from "../../lang/index.ts";
import { close } from "../../runtime/index.ts";
import { targetNames, targets } from "../golden/kernels.ts";
import { code, programOf } from "../vm/control-random.ts";
import { complaints, expectAccepted, nullDevices } from "./tint.ts";

const devices = await nullDevices();
afterAll(close);

test.each(targetNames)("random control flow, %s", (target) => fc.assert(fc.asyncProperty(code, async (c) => {
  const m = compileProgram(programOf(c), targets[target]), device = devices.find(({ features }) => m.features.every((f) => features.has(f)));
  expect(device && `${(await complaints(device, m)).join("\n")}`, m.wgsl).toBe("");
}), { numRuns: 14 }));

const { kernels } = load(readFileSync(new URL("../conformance/control.loom", import.meta.url), "utf8"), { file: "control.loom" });
test.each(kernels.map((k) => [k.name, k] as const))("%s", async (name, k) => {
  const p = k.specialise(name === "ragged" ? { R: 7 } : name === "nested" ? { G: 5 } : {});
  for (const target of targetNames) await expectAccepted(devices, compileProgram(p, targets[target]));
});

test("prints in loops, behind jumps, and on the way out", async () => {
  const [k] = load("kernel k(x: f32[64], n: i32, out y: f32[64]) grid (g in 4) threads 32 { let v = load(x)\nvar i = 0\nif n < 0 { print(\"none\"); return }\nwhile i < n { i += 1; if i % 2 == 0 { continue }; print(\"{} {}\", i, v); if i > 7 { print(\"out\"); break } }\nprint(\"{}\", reduce_max(v, axis: 0) > 3)\nstore(y, v) }", { file: "k.loom" }).kernels;
  for (const target of [baseTarget, ...targetNames.map((t) => targets[t])]) await expectAccepted(devices, compileProgram(k.specialise({}), { ...target, debug: true }));
});
