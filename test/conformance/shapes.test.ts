// Instructions that make, move and look up elements, on devices; functions that are inexact there, alone and within a bound.
import fc from "fast-check";
import { expect, test } from "vitest";
import { dense } from "../../layout/index.ts";
import { builder, constant, dtype, print, tileFromValues } from "../../vm/index.ts";
import { onEachDevice } from "./devices.ts";
import { byDevice, byInterpreter, difference, type Case } from "./engines.ts";
import { kinds, shapesCase } from "./shapes-cases.ts";

const caseOf = (kind: string, seed: number): Case => {
  const [c] = fc.sample(fc.gen().map((g) => shapesCase(g, kind, 40)), { numRuns: 1, seed });
  if (!c) throw new Error("no case");
  return c;
};

const float = new Float32Array(1), bits = new Uint32Array(float.buffer);
const valueOf = (code: number): number => { bits[0] = code; return float[0]; };

onEachDevice("elements made, moved and looked up", (device, name) => {
  // Each kind on both; lavapipe takes long for a kernel, so of the moves, which become alike, a few.
  const few = name === "lavapipe" ? ["transpose", "reshape", "concat", "patch of a variable by itself", "reduce", "arg", "bitcast", "mul_hi", "gather", "lookup", "philox"] : Object.keys(kinds);
  test.each(few)("%s", async (kind) => {
    const c = caseOf(kind, name === "lavapipe" ? 1 : 11);
    expect(difference(c, byInterpreter(c), await byDevice(c, device()), name), print(c.program)).toBeUndefined();
  });

  test("erf and normal numbers", async () => {
    const b = builder("inexact"), n = 256, given = Array.from({ length: n }, (_, i) => Math.fround((i - 128) / 32));
    const x = b.load({ x: b.tensor("x", "in", "f32", [n], dense(1)) });
    b.threads(32);
    b.store({ to: b.tensor("e", "out", "f32", [n], dense(1)), x: b.erf({ x }) });
    b.store({ to: b.tensor("z", "out", "f32", [n], dense(1)), x: b.random_normal({ offset: b.iota({}, { shape: [n] }) }, { seed: constant(5) }) });
    const c: Case = { program: b.finish(), inputs: { x: tileFromValues(dtype("f32"), [n], given) }, dims: {} }, law = byInterpreter(c), got = await byDevice(c, device());
    for (let i = 0; i < n; i++) {
      // 1 ULP of the polynomials; the exponential, of a result below 0.2, may be off by 3 + 2·18 ULP of its own.
      expect(Math.abs(valueOf(got.e[i]) - valueOf(law.e[i])), `erf(${given[i]})`).toBeLessThanOrEqual(2 ** -24 + 39 * 2 ** -26);
      // A cosine may be off by 2^-11, and is multiplied by at most 5.7.
      expect(Math.abs(valueOf(got.z[i]) - valueOf(law.z[i]))).toBeLessThanOrEqual(5.7 * 2 ** -11);
    }
  });
});
