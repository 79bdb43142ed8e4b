// Products of floats with narrow weights that lie in rows: a step takes the elements of whole words, or of parts of words that begin
// anywhere, and must give what the interpreter gives; and each word of memory is read once in it.
import { describe, expect, test } from "vitest";
import { baseTarget, compileProgram, type Target } from "../../codegen/index.ts";
import { counts } from "../../codegen/loop/count.ts";
import { load } from "../../lang/index.ts";
import { chance, dtype, tileFromCodes, tileFromValues, type Program } from "../../vm/index.ts";
import { byInterpreter, byLowered, lowered } from "../conformance/engines.ts";

const source = (type: string, K: number, step: number, tail: boolean, first = ""): string => `kernel runs(x: f32[M, ${K}], w: ${type}[N, ${K}], out c: f32[M, N])
  grid (bn in cdiv(N, 8), bm in cdiv(M, 2))
  threads 4
{
  ${first}
  var acc: f32[2, 8] = 0
  for k in 0..${K} step ${step} {
    acc += dot(x[bm * 2 +: 2, k +: ${step}], transposed(w[bn * 8 +: 8, k +: ${step}])${tail ? `, k: min(${K} - k, ${step})` : ""})
  }
  store(c[bm * 2 +: 2, bn * 8 +: 8], acc)
}
`;

function programOf(text: string): Program {
  const { kernels: [k], diagnostics: [d] } = load(text, { file: "runs.loom" });
  if (!k || d) throw new Error(`${d?.message}\n${text}`);
  return k.specialise({});
}

const gpu: Target = { ...baseTarget, staticAccesses: 512 }, lavapipe: Target = { ...baseTarget, staticAccesses: 32 }, few: Target = { ...baseTarget, staticAccesses: 12 };
const types = ["u1", "u2", "u3", "u4", "u5", "u6", "u7", "u8", "i2", "i3", "i4", "i5", "i7", "i8", "b1", "b3", "b4", "b5", "f4e2m1", "f6e3m2", "f5e2m2"];

describe("steps over whole words", () => {
  // Integers and small fractions: every sum is exact in f32, so all orders agree.
  test.each(types.map((type, i) => [type, i] as const))("%s: what the interpreter gives", (type, i) => {
    const d = dtype(type);
    for (const [K, step, target] of [[96, 96, gpu], [64, 32, i % 2 ? lavapipe : few], [40, 16, lavapipe]] as const) {
      const program = programOf(source(type, K, step, !d.hasZero || K % step !== 0)), next = chance(31 * K + i), M = 3, N = 11;
      const x = tileFromValues(dtype("f32"), [M, K], Array.from({ length: M * K }, () => Math.floor(next() * 9) - 4));
      const w = tileFromCodes(d, [N, K], Array.from({ length: N * K }, () => Math.floor(next() * 2 ** d.bits)));
      const c = { program, inputs: { x, w }, dims: { M, N } };
      expect(byLowered(c, lowered(program, target)).c, `${K} in steps of ${step}`).toEqual(byInterpreter(c).c);
    }
  });

  /** Words of storage that one thread loads in all its steps, and accesses in the text. */
  const reads = (type: string, target: Target): readonly [number, number] => {
    const { lowered: { body } } = lowered(programOf(source(type, 1024, 1024, false)), target), n = counts(body);
    return [n.thread?.storageLoads ?? NaN, n.staticAccesses];
  };
  // Two rows of x and two columns of w for each thread: 2 · 1024 floats, 2 · 1024 · bits / 32 words.
  test.each(["u1", "u2", "u4", "i8", "f4e2m1"])("%s: each word is read once", (type) => {
    expect(reads(type, gpu)[0]).toBe(2 * 1024 + (2 * 1024 * dtype(type).bits) / 32);
  });
  test.each(["u3", "u5", "i7"])("%s: where the allowance is small, words that two steps share are read twice", (type) => {
    const all = 2 * 1024 + (2 * 1024 * dtype(type).bits) / 32, [n, accesses] = reads(type, lavapipe);
    expect(n).toBeLessThan(1.25 * all);
    expect(accesses).toBeLessThanOrEqual(32);
  });

  test("where columns and rows fill whole blocks nothing is tested", () => {
    const text = (first: string): string => compileProgram(programOf(source("u4", 64, 32, false, first)), gpu).wgsl.split("let bm")[1] ?? "";
    expect(text("")).toMatch(/select|if \(/);
    const whole = text('require N % 8 == 0 && M % 2 == 0, "whole blocks"');
    expect(whole).not.toMatch(/select|if \(|min\(/);
    expect(whole).toContain("acc_0");
  });
});
