// mma_b1 on the interpreter and in the loop form: the samples of the lane tables, bit for bit; random tiles; what goes through
// shuffles and what through memory.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { baseTarget, compileProgram } from "../../codegen/index.ts";
import { binaryMma, dense } from "../../layout/index.ts";
import { builder, dtype, interpret, tileFromCodes } from "../../vm/index.ts";
import { byEvaluator, byInterpreter, difference } from "../conformance/engines.ts";
import { combinations, laneCase, samples, shapes, tilesCase } from "../conformance/mma-cases.ts";

const targets = [["memory", { ...baseTarget, subgroup: undefined }], ["subgroups of 32", { ...baseTarget, subgroup: 32 }], ["subgroups of 64", { ...baseTarget, subgroup: 64 }]] as const;
const all = shapes.flatMap((name) => combinations.flatMap((c) => (["bits", "words"] as const).map((as) => [name, c, as] as const)));

test.each(all)("%s %s of %s: registers of lanes as on hardware", (name, combination, as) => {
  const { sample } = samples[name], c = laneCase(name, combination, as, sample), { regs } = sample.D[combination];
  const want = Array.from({ length: 32 * regs.length }, (_, i) => regs[i % regs.length][Math.floor(i / regs.length)] >>> 0);
  expect([...Array.from(byInterpreter(c).d)]).toEqual(want);
  for (const [who, target] of targets) {
    // Threads beyond 32 hold what the first have.
    const wide = laneCase(name, combination, as, sample, target.subgroup ?? 32);
    expect(difference(wide, { d: want }, byEvaluator(wide, target), who)).toBeUndefined();
  }
});

describe.each(targets)("through %s", (who, target) => {
  test("random tiles", () => {
    fc.assert(fc.property(fc.gen(), (g) => {
      const c = tilesCase(g);
      expect(difference(c, byInterpreter(c), byEvaluator(c, target), who)).toBeUndefined();
    }), { numRuns: 8, seed: 7 });
  });
});

test("lanes hand each other words by shuffles in whole subgroups, through memory behind one barrier elsewhere", () => {
  const { program } = laneCase("m16n8k256", "xor", "words", samples.m16n8k256.sample);
  const text = (subgroup?: number): string => compileProgram(program, { ...baseTarget, ...(subgroup ? { subgroup } : {}) }).wgsl;
  const barriers = (s: string): number => s.match(/workgroupBarrier/g)?.length ?? 0, shuffles = (s: string): number => s.match(/subgroupShuffle\(/g)?.length ?? 0;
  expect([barriers(text(32)), shuffles(text(32))]).toEqual([0, 32]);
  expect([barriers(text()), shuffles(text())]).toEqual([1, 0]);
});

/** One product of words by the builder, with the interpreter. */
function product(shape: (typeof shapes)[number], combination: (typeof combinations)[number] | "bmma", bits: number, a: readonly number[], b: readonly number[], acc: readonly number[]): number[] {
  const { m, n } = binaryMma[shape], k = builder("law"), W = bits / 32, type = combination === "bmma" ? "b1" : "u32", K = combination === "bmma" ? bits : W;
  const bitsOf = (words: readonly number[]): number[] => words.flatMap((w) => Array.from({ length: 32 }, (_, i) => (w >>> i) & 1));
  const given = (rows: number, words: readonly number[]) => tileFromCodes(dtype(type), [rows, K], combination === "bmma" ? bitsOf(words) : words);
  const load = (name: string, rows: number) => k.load({ x: k.tensor(name, "in", type, [rows, K], dense(2)) }, type === "b1" ? { pad: 1 } : {});
  k.grid([["g", 1]]);
  k.threads(32);
  const x = load("a", m), y = load("b", n), c = k.load({ x: k.tensor("c", "in", "i32", [m, n], dense(2)) });
  k.store({ to: k.tensor("d", "out", "i32", [m, n], dense(2)), x: combination === "bmma" ? k.bmma({ x, y, acc: c }) : k.mma_b1({ a: x, b: y, acc: c }, { with: combination, shape }) });
  return Array.from(interpret(k.finish(), { a: given(m, a), b: given(n, b), c: tileFromCodes(dtype("i32"), [m, n], acc.map((v) => v >>> 0)) }).d.data);
}

const words = (n: number): fc.Arbitrary<number[]> => fc.array(fc.nat(2 ** 32 - 1), { minLength: n, maxLength: n });
const part = (xs: readonly number[], half: 0 | 1): number[] => xs.filter((_, i) => (i >> 2) % 2 === half);

test("m16n8k256 is two of m16n8k128, one after the other; sums wrap at both ends", () => {
  fc.assert(fc.property(words(16 * 8), words(8 * 8), fc.constantFrom(...combinations), fc.constantFrom(0, 2 ** 31 - 1, -(2 ** 31), -1), (a, b, op, start) => {
    const acc = new Array<number>(128).fill(start), whole = product("m16n8k256", op, 256, a, b, acc);
    expect(product("m16n8k128", op, 128, part(a, 1), part(b, 1), product("m16n8k128", op, 128, part(a, 0), part(b, 0), acc))).toEqual(whole);
    const [one] = whole, count = Array.from({ length: 8 }, (_, w) => ((op === "xor" ? a[w] ^ b[w] : a[w] & b[w]) >>> 0).toString(2).replaceAll("0", "").length).reduce((x, y) => x + y, 0);
    expect(one).toBe((start + count) | 0);
  }), { numRuns: 30 });
});

test("bmma of b1 is K − 2 · xor", () => {
  fc.assert(fc.property(words(32), words(32), (a, b) => {
    const none = new Array<number>(64).fill(0);
    expect(product("m8n8k128", "bmma", 128, a, b, none)).toEqual(product("m8n8k128", "xor", 128, a, b, none).map((n) => 128 - 2 * n));
  }), { numRuns: 20 });
});
