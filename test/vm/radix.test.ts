// Digits in codes: on the host, as instructions, and the multiplications that stand for divisions, over all codes.
import fc from "fast-check";
import { expect, describe, it } from "vitest";
import { Diagnostic } from "../../diagnostic.ts";
import { dtype, radixPack, radixUnpack, tileFromCodes, type RadixForm, type Tile } from "../../vm/index.ts";
import { reciprocal } from "../../vm/radix.ts";
import { vectors } from "../support/vectors.ts";
import { emitted, run } from "./isa-support.ts";

const RADIXES: readonly { readonly base: number; readonly bits: number; readonly count: number; readonly form: RadixForm }[] = [
  { base: 3, bits: 8, count: 5, form: "plain" }, { base: 3, bits: 8, count: 5, form: "fraction" }, { base: 3, bits: 8, count: 4, form: "fraction" },
  { base: 5, bits: 7, count: 3, form: "plain" }, { base: 5, bits: 7, count: 3, form: "fraction" }, { base: 2, bits: 6, count: 6, form: "plain" }, { base: 10, bits: 11, count: 3, form: "plain" },
  { base: 7, bits: 16, count: 5, form: "fraction" }, { base: 256, bits: 8, count: 1, form: "plain" },
];
const digitsOf = (value: number, base: number, count: number): number[] => Array.from({ length: count }, (_, n) => Math.floor(value / base ** n) % base);
const message = (f: () => unknown): string => { try { f(); } catch (e) { if (e instanceof Diagnostic) return `${e.code} ${e.message}`; throw e; } return "nothing"; };

describe.each(RADIXES)("base $base in $bits bits, $count digits, $form", (r) => {
  it("every list of digits comes back", () => {
    const all = Array.from({ length: r.base ** r.count }, (_, v) => digitsOf(v, r.base, r.count)), codes = radixPack(all.flat(), r);
    expect(Math.max(...codes)).toBeLessThan(2 ** r.bits);
    expect(new Set(codes).size).toBe(all.length);
    expect([...radixUnpack(codes, r)]).toEqual(all.flat());
  });
  it("the instructions do the same, by run and by emission, for every code", () => {
    const { base, bits, count, form } = r, codes = tileFromCodes(dtype(`u${bits}`), [2 ** bits], Array.from({ length: 2 ** bits }, (_, c) => c));
    const want = [...radixUnpack(codes.data, r)], attrs = { base, count, form }, step = bits > 11 ? 97 : 1;
    expect([...run("radix_digits", { x: codes }, attrs).data]).toEqual(want);
    const some: Tile = tileFromCodes(codes.dtype, [Math.ceil(2 ** bits / step)], [...codes.data].filter((_, i) => i % step === 0));
    expect([...emitted("radix_digits", { x: some }, attrs).data]).toEqual([...radixUnpack(some.data, r)]);
    const lists = Array.from({ length: Math.min(300, base ** count) }, (_, v) => digitsOf((v * 7919) % base ** count, base, count)), digits = tileFromCodes(dtype(`u${Math.ceil(Math.log2(base))}`), [lists.length, count], lists.flat());
    for (const go of [run, emitted]) expect([...go("radix_join", { x: digits }, { base, to: dtype(`u${bits}`), form }).data]).toEqual([...radixPack(lists.flat(), r)]);
  });
});

describe("words", () => {
  it.each([[5, 13], [3, 20], [7, 11], [10, 9], [2, 32], [6, undefined]] as const)("of base %s", (base, count) => {
    fc.assert(fc.property(fc.array(fc.nat({ max: 2 ** 32 - 1 }), { minLength: 1, maxLength: 8 }), (words) => {
      const x = tileFromCodes(dtype("u32"), [words.length], words), attrs = count === undefined ? { base } : { base, count }, want = words.flatMap((w) => digitsOf(w, base, count ?? 12));
      expect([...run("radix_digits", { x }, attrs).data]).toEqual(want);
      expect([...emitted("radix_digits", { x }, attrs).data]).toEqual(want);
    }), { seed: 3, numRuns: 40, examples: [[[0, 1, 2 ** 32 - 1, 5 ** 13 - 1, 5 ** 13, 2 ** 31]]] });
  });
  it("thirteen base-5 digits come back", () => {
    fc.assert(fc.property(fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 60 }), (digits) => {
      expect([...radixUnpack(radixPack(digits, { base: 5, bits: 32 }), { base: 5, bits: 32 })].slice(0, digits.length)).toEqual(digits);
    }), { seed: 4, numRuns: 200 });
    expect([...radixPack(new Array<number>(13).fill(4), { base: 5, bits: 32 })]).toEqual([5 ** 13 - 1]);
  });
});

it("TQ1_0 of ggml: five trits a byte from the top", () => {
  interface File { types: { type: string; cases: { kind: string; bytes: string; f32: string }[] }[] }
  const cases = vectors<File>("formats/gguf").types.find((t) => t.type === "TQ1_0")?.cases.filter((c) => c.kind === "decode") ?? [];
  expect(cases.length).toBeGreaterThan(0);
  for (const c of cases) {
    const bytes = Buffer.from(c.bytes, "hex"), values = new Float32Array(new Uint8Array(Buffer.from(c.f32, "hex")).buffer), got: number[] = [];
    for (let b = 0; b < bytes.length; b += 54) {
      // Trit n of 32 bytes, then of 16, then four trits of 4: planes, not runs.
      const d = dtype("f16").decode(bytes.readUInt16LE(b + 52));
      for (const [at, size, count] of [[0, 32, 5], [32, 16, 5], [48, 4, 4]] as const) {
        const trits = radixUnpack(bytes.subarray(b + at, b + at + size), { base: 3, bits: 8, count: 5, form: "fraction" });
        for (let n = 0; n < count; n++) for (let i = 0; i < size; i++) got.push(Math.fround((trits[i * 5 + n] - 1) * d));
      }
    }
    expect(got.map((v) => v + 0)).toEqual([...values].map((v) => v + 0));
  }
});

it("a reciprocal divides every number up to its most", () => {
  for (const [d, most] of [[3, 255], [243, 255], [5, 127], [125, 127], [7, 65535], [10, 2047]] as const) {
    const { factor, shift } = reciprocal(d, most, 0);
    for (let x = 0; x <= most; x++) expect(Math.floor((x * factor) / 2 ** shift), `${x} / ${d}`).toBe(Math.floor(x / d));
  }
});

it.each([[{ base: 1, bits: 8 }, /T0260.*2 to 256, not 1/], [{ base: 3, bits: 1 }, /hold no digit/], [{ base: 3, bits: 8, count: 6 }, /1 to 5 digits/], [{ base: 3, bits: 17, form: "fraction" as const }, /up to 16 bits/]] as const)("refuses %s", (r, words) => {
  expect(message(() => radixPack([0], r))).toMatch(words);
});
it("refuses digits that are none", () => expect(message(() => radixPack([0, 3], { base: 3, bits: 8 }))).toMatch(/H0306: digit 1 is 3/));
