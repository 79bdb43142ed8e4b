// The writer against a compiler and a device: Tint takes every text, and SwiftShader computes what the evaluator does.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { counts } from "../../codegen/loop/count.ts";
import { evaluate } from "../../codegen/loop/evaluate.ts";
import { close, open, openNull, type Device } from "../../runtime/index.ts";
import { bodyOf, complaints, forests, inputWords, INPUTS, runOn, THREADS, write } from "./bodies.ts";
import { bodyOfPlan, programs } from "./programs.ts";

let half: Device, plain: Device, gpu: Device;
beforeAll(async () => {
  half = await openNull(["shader-f16"]);
  plain = await openNull([]);
  gpu = await open({ adapter: "swiftshader" });
}, 30_000);
afterAll(close);

describe("Tint takes random texts", () => {
  for (const f16 of [true, false])
    test(f16 ? "with f16" : "without f16", async () => {
      await fc.assert(fc.asyncProperty(forests({ floats: "all", depth: 4 }, 12), async (list) => {
        const w = write(bodyOf(list, false), f16);
        expect({ complaints: await complaints((f16 ? half : plain).gpu, w), wgsl: w.wgsl }).toEqual({ complaints: [], wgsl: w.wgsl });
      }), { numRuns: 60 });
    }, 30_000);
});

describe("SwiftShader = evaluator", () => {
  const compare = (name: string, floats: "exact" | "none", runs: number) => test(name, async () => {
    await fc.assert(fc.asyncProperty(forests({ floats, depth: 4 }, 16), fc.integer(), async (list, seed) => {
      const body = bodyOf(list, true), w = write(body, false);
      const words = () => new Map([["input", inputWords(THREADS * INPUTS, seed)], ["out", new Uint32Array(THREADS * list.length)]]);
      const want = words(), got = words(), uniforms = { n: 32 * ((seed >>> 3) % 129) };
      evaluate(body, { buffers: want, uniforms, blocks: [], check: true });
      await runOn(gpu.gpu, body, w, got, uniforms);
      const a = want.get("out") ?? [], b = got.get("out") ?? [];
      const wrong = list.flatMap((x, i) => Array.from({ length: THREADS }, (_, t) => t).filter((t) => a[t * list.length + i] !== b[t * list.length + i]).slice(0, 1)
        .map((t) => ({ i, t, tree: x, want: a[t * list.length + i], got: b[t * list.length + i] })));
      expect(wrong, w.wgsl).toEqual([]);
    }), { numRuns: runs });
  }, 60_000);
  compare("integers, bits, booleans", "none", 40);
  compare("with exact floats", "exact", 40);

  test("registers, loops, branches, shared memory, barriers, atomics", async () => {
    await fc.assert(fc.asyncProperty(programs, fc.integer(), async (plan, seed) => {
      const body = bodyOfPlan(plan), w = write(body, false), uniforms = { n: (seed >>> 3) % 4 };
      const words = () => new Map([["input", inputWords(128, seed)], ["acc", inputWords(16, seed + 1)], ["out", new Uint32Array(THREADS * 8)]]);
      const want = words(), got = words();
      evaluate(body, { buffers: want, uniforms, blocks: [], check: true, seed });
      expect(await complaints(half.gpu, w), w.wgsl).toEqual([]);
      const text = w.wgsl.slice(w.wgsl.indexOf("@compute"));
      expect(text.match(/\b(input|shared_1|acc|out)\[/g)?.length, w.wgsl).toBe(counts(body).staticAccesses);
      await runOn(gpu.gpu, body, w, got, uniforms);
      for (const name of ["acc", "out"]) expect([...(got.get(name) ?? [])], w.wgsl).toEqual([...(want.get(name) ?? [])]);
    }), { numRuns: 60 });
  }, 60_000);
});
