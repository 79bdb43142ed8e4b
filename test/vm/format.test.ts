// Laws of formats, on random ones: packing loses nothing, sizes are what is packed, and a value is the same on the host, in the Program that
// devices run, in its loop form, and in plain numbers.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { baseTarget } from "../../codegen/index.ts";
import { load } from "../../lang/index.ts";
import { dequantiseProgram, formatSizes, formatTensors, formatValues, packFormat, randomTile, tileValues, unpackFormat, type Format, type FormatTile } from "../../vm/index.ts";
import { byEvaluator, byInterpreter, type Case } from "../conformance/engines.ts";

/** A declaration, and what its value is in plain numbers: fields by name, each the number of the element at i. */
interface Declared { readonly text: string; readonly block: number; readonly value: (field: (name: string, div: number, mod: number) => number) => number }

const axes = (div: number): string => (div === 1 ? "i" : `i / ${div}`);
/** Packings of a field of `n` entries in a block, over its axis i. */
const packings = (n: number): readonly string[] => ["[i, bit]", "[bit, i]", "[i, ~bit]", "[~i, bit]", ...(n % 2 === 0 ? [`[i % ${n / 2}, i / ${n / 2}, bit]`, "[i / 2, ~{i % 2}, bit]"] : []), ...(n % 4 === 0 ? ["[i / 4, bit, i % 4]"] : [])];

/** Random formats: a number for each element, in the block or beside; a scale and perhaps a zero point for each few; a number for the tensor. */
const declared: fc.Arbitrary<Declared> = fc.record({
  block: fc.constantFrom(4, 6, 12, 16, 32, 48), code: fc.constantFrom("u1", "u2", "u3", "u5", "u7", "i2", "i4", "i6", "b1", "b3", "f4e2m1", "f6e3m2", "f8e4m3", "nf4", "iq4_nl", "w2star", "u11"),
  scale: fc.constantFrom("f16", "bf16", "f32", "f8e5m2", "uf7e4m3", "u6"), zero: fc.option(fc.constantFrom("u4", "i3", "f16"), { nil: undefined }),
  packing: fc.nat(), share: fc.nat(), beside: fc.boolean(), zeroBeside: fc.boolean(), scaleFirst: fc.boolean(), gap: fc.constantFrom(0, 0, 3, 8), tensorWide: fc.boolean(),
}).map((r): Declared => {
  const divisors = Array.from({ length: r.block }, (_, d) => d + 1).filter((d) => r.block % d === 0), div = divisors[r.share % divisors.length], ways = packings(r.block);
  const q = r.beside ? `  beside q: ${r.code}[i]` : `  q: ${r.code} @ ${ways[r.packing % ways.length]}`, d = `  d: ${r.scale}[s: ${axes(div)}] @ [s, bit]`;
  const z = r.zero === undefined ? [] : [r.zeroBeside ? `  beside z: ${r.zero}[${axes(div)}]` : `  z: ${r.zero}[g: ${axes(div)}] @ [bit, g]`], fields = r.scaleFirst ? [d, q] : [q, d];
  // The first field of the block begins behind a gap that belongs to nobody.
  const first = fields.findIndex((t) => !t.includes("beside")), placed = fields.map((t, n) => (n === first && r.gap ? `${t} at ${r.gap}` : t));
  const part = r.zero === undefined ? "q" : "(q - z)", wide = r.tensorWide ? ["  beside t: f32"] : [];
  return {
    block: r.block, text: [`format random[i: ${r.block}] {`, ...placed, ...z, ...wide, `  value = ${part} * d${r.tensorWide ? " * t" : ""}`, "}"].join("\n"),
    value: (field) => {
      const f = Math.fround, code = field("q", 1, 0), scale = field("d", div, 0), zero = r.zero === undefined ? 0 : field("z", div, 0);
      const difference = r.zero === undefined ? code : f(code - zero), product = f(difference * scale);
      return r.tensorWide ? f(product * field("t", 0, 0)) : product;
    },
  };
});

function made({ text }: Declared): Format {
  const { formats: [f], diagnostics } = load(text);
  expect([text, diagnostics.map((d) => d.message)]).toEqual([text, []]);
  return f.make({});
}
const random = (f: Format, shape: readonly number[], seed: number): FormatTile => ({ format: f, shape, fields: Object.fromEntries(formatTensors(f, shape).map((t, i) => [t.field.name, randomTile(t.dtype, t.shape.map(Number), seed + i)])) });

describe("random formats", () => {
  test("fields are packed and unpacked without loss, into as many bytes as are said", () => {
    fc.assert(fc.property(declared, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), fc.nat(1e6), (d, rows, blocks, seed) => {
      const f = made(d), shape = [rows, blocks * d.block], w = random(f, shape, seed), bytes = packFormat(w);
      expect(Object.fromEntries(Object.entries(bytes).map(([k, b]) => [k, b.length]))).toEqual(formatSizes(f, shape));
      expect(bytes[""]?.length ?? 0).toBe((f.blockBits / 8) * rows * blocks);
      const back = unpackFormat(f, shape, bytes);
      for (const { field: { name } } of formatTensors(f, shape)) expect([name, ...back.fields[name].data]).toEqual([name, ...w.fields[name].data]);
      expect(packFormat(back)).toEqual(bytes);
    }), { numRuns: 60, seed: 1 });
  });

  test("values are the same on the host, in the Program for devices, in its loop form and in plain numbers", () => {
    fc.assert(fc.property(declared, fc.nat(1e6), (d, seed) => {
      const f = made(d), shape = [2, 2 * d.block] as const, w = random(f, shape, seed), host = formatValues(w), tensors = new Map(formatTensors(f, shape).map((t) => [t.field.name, t]));
      const plain = Float32Array.from({ length: host.length }, (_, e) => {
        const row = Math.floor(e / shape[1]), column = e % shape[1], at = column % d.block, block = Math.floor(column / d.block);
        return d.value((name, div) => {
          const t = tensors.get(name), values = tileValues(w.fields[name]);
          if (!t || div === 0) return values[0];
          const per = d.block / div; // entries of a block
          return values[(row * 2 + block) * per + Math.floor(at / div)];
        });
      });
      const wrong = [...host.keys()].filter((i) => host[i] !== plain[i]);
      expect([d.text, wrong.slice(0, 3).map((i) => [i, host[i], plain[i]])]).toEqual([d.text, []]);
      const c: Case = { program: dequantiseProgram(f, shape, { rows: 1, columns: d.block, threads: 8 }), inputs: Object.fromEntries([...tensors.keys()].map((name) => [`w.${name}`, w.fields[name]])), dims: {} };
      const bits = [...new Uint32Array(plain.map((x) => x + 0).buffer)], same = (codes: ArrayLike<number>): number[] => Array.from(codes, (x) => (x === 0x80000000 ? 0 : x));
      expect(same(byInterpreter(c).x)).toEqual(bits);
      expect(same(byEvaluator(c, baseTarget).x)).toEqual(bits);
    }), { numRuns: 40, seed: 2 });
  });
});
