// The ways to multiply integers all give what dot means: each pair of narrow types, as planes and as fields, with zero
// points, accumulators and tails; every pair of codes up to 4 × 4 bits; the published products.
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { constant, dtype, instructions, numericOps, symbol, tileFromCodes, type Tile } from "../../vm/index.ts";
import { byteOrder, bytesOf, firstElements } from "../../vm/isa/product-bytes.ts";
import { signedBytes } from "../../vm/isa/product-sides.ts";
import { vectors } from "../support/vectors.ts";
import { elements, emit, emitted, env, randomTile, run, seeded, sourceOf, type Operands } from "./isa-support.ts";

const kinds = ["u", "i", "b"], name = (kind: string, bits: number) => (kind === "i" && bits === 1 ? "u1" : `${kind}${bits}`);

/** The ways that there are for operands whose words lie so, with the reason for those that there aren't. */
function ways(o: Operands, words: "planes" | "fields"): Map<string, string | undefined> {
  const sources = Object.fromEntries(Object.entries(o).map(([k, d]) => [k, sourceOf(d, words)]));
  const form = instructions.get("dot")?.emit?.(emit, sources as never, {} as never, undefined);
  if (form?.form !== "either") throw new Error("dot of integers has ways");
  return new Map(form.ways.map((w) => [w.name, typeof w.fold === "string" ? w.fold : undefined]));
}

/** Every way there is, for both forms of words, gives what the interpreter gives. */
function allAgree(o: Operands, attrs: Record<string, unknown> = {}): string[] {
  const want = elements(run("dot", o, attrs)), tried: string[] = [];
  for (const words of ["planes", "fields"] as const)
    for (const [way, why] of ways(o, words)) {
      if (why !== undefined) continue;
      tried.push(`${way} of ${words}`);
      expect(elements(emitted("dot", o, attrs, { words, way })), `${way} of ${words}`).toEqual(want);
    }
  return tried;
}

describe("ways to multiply", () => {
  const width = fc.integer({ min: 1, max: 8 }), kind = fc.constantFrom(...kinds);
  it("agree for any kinds and widths, zero points, accumulators and tails", () => {
    fc.assert(fc.property(kind, width, kind, width, fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), fc.constantFrom(1, 4, 7, 31, 32, 33, 40, 64, 70)), fc.nat(), fc.nat(31), fc.integer({ min: -1, max: 71 }), (kx, n, ky, m, [M, N, K], seed, which, k) => {
      const random = seeded(seed), x = randomTile(name(kx, n), [M, K], random), y = randomTile(name(ky, m), [K, N], random);
      const zx = randomTile(which & 16 ? "u8" : "i4", [[M, 1], [1, 1], [1], []][seed % 4], random), zy = randomTile("u8", [[1, N], [N], [1, 1], []][seed % 4], random), acc = randomTile("i32", [M, N], random);
      const o = { x, y, ...(which & 1 ? { zx } : {}), ...(which & 2 ? { zy } : {}), ...(which & 4 ? { acc } : {}) };
      env.set("k", k);
      const tried = allAgree(o, which & 8 ? { k: seed & 1 ? constant(k) : symbol("loop", "k") } : {});
      expect(tried).toEqual(expect.arrayContaining(["multiply of planes", "fma of fields", "packed of planes", "packed of fields", "planes of planes"]));
      expect(tried.includes("table of planes")).toBe(m <= 4);
    }), { numRuns: 400, seed: 4 });
  });

  const small = kinds.flatMap((k) => [1, 2, 3, 4].filter((n) => k !== "i" || n > 1).map((n) => `${k}${n}`));
  it.each(small.flatMap((x) => small.map((y) => [x, y] as const)))("agree on every pair of codes of %s and %s", (tx, ty) => {
    const all = (t: string, shape: (n: number) => number[]): Tile => { const n = 2 ** dtype(t).bits; return tileFromCodes(dtype(t), shape(n), Array.from({ length: n }, (_, c) => c)); };
    allAgree({ x: all(tx, (n) => [n, 1]), y: all(ty, (n) => [1, n]) });
  });

  it("stay exact where all products are the largest, for K = 2^10 at 8 × 8 bits, and wrap together beyond 2^31", () => {
    for (const [kx, ky] of [["u", "u"], ["i", "i"], ["b", "b"], ["i", "u"], ["b", "i"]] as const) {
      const most = (t: string, shape: number[]) => tileFromCodes(dtype(t), shape, Array.from({ length: 1024 }, () => (dtype(t).kind === "int" ? 128 : 255)));
      const o = { x: most(`${kx}8`, [1, 1024]), y: most(`${ky}8`, [1024, 1]) };
      allAgree(o);
      allAgree({ ...o, acc: { dtype: dtype("i32"), shape: [1, 1], data: Int32Array.of(2 ** 31 - 5) } });
    }
  });

  it("say why they aren't there", () => {
    const random = seeded(1), tile = (t: string, shape: number[]) => randomTile(t, shape, random);
    expect(ways({ x: tile("i8", [2, 8]), y: tile("i8", [8, 2]) }, "fields").get("planes")).toBe("'x' does not lie as bit planes along the contracted axis");
    expect(ways({ x: tile("i8", [2, 8]), y: tile("b5", [8, 2]) }, "planes").get("table")).toBe("'y' is of b5: tables are for types of up to 4 bits");
    expect(ways({ x: tile("i32", [2, 8]), y: tile("b5", [8, 2]) }, "planes").get("packed")).toBe("'x' is of i32: packed products are of types of up to 8 bits");
    expect(ways({ x: tile("i32", [2, 8]), y: tile("b5", [8, 2]) }, "planes").get("fma")).toBe("one product may pass 2^24, up to which f32 is exact");
  });
});

interface Published { n: number; m: number; K: number; a: number[]; b: number[]; unsigned: number; bipolar: number; twos_complement: number; unsigned_a_x_bipolar_b: number; twos_a_x_bipolar_b: number; za: number; zb: number; zero_point: number }
test("published products, by every way", () => {
  for (const c of vectors<{ cases: Published[] }>("btc/dot_products").cases) {
    const one = (ka: string, kb: string, want: number, zeros: Record<string, Tile> = {}) => {
      if ((ka === "i" && c.n === 1) || (kb === "i" && c.m === 1)) return;
      const o = { x: tileFromCodes(dtype(`${ka}${c.n}`), [1, c.K], c.a), y: tileFromCodes(dtype(`${kb}${c.m}`), [c.K, 1], c.b), ...zeros };
      expect(elements(run("dot", o))).toEqual([want]);
      allAgree(o);
    };
    const z = (v: number) => ({ dtype: dtype("i32"), shape: [], data: Int32Array.of(v) });
    one("u", "u", c.unsigned); one("b", "b", c.bipolar); one("i", "i", c.twos_complement); one("u", "b", c.unsigned_a_x_bipolar_b); one("i", "b", c.twos_a_x_bipolar_b);
    one("u", "u", c.zero_point, { zx: z(c.za), zy: z(c.zb) });
  }
});

interface Nibbles { word: string; nibbles_unsigned: number[]; nibbles_signed: number[]; times16_trick: Record<string, string>; swar_sign_extend: { lo: string; hi: string } }
test("published ways from nibbles to bytes", () => {
  const { word, nibbles_unsigned, nibbles_signed, times16_trick, swar_sign_extend } = vectors<Nibbles>("btc/int4_int8"), i4 = dtype("i4"), w = Number(word);
  expect(nibbles_unsigned.map(i4.decode)).toEqual(nibbles_signed);
  // Even nibbles, then odd ones; sixteen times the value without a sign to extend, and the value itself.
  const bytes = (shifted: boolean): string[] => {
    const { of, left } = signedBytes(i4, shifted);
    expect(left).toBe(shifted ? 4 : 0);
    return bytesOf(numericOps, { form: "fields", bits: 4 }, 8, { low: 1, high: 2 }, [numericOps.constant("u32", w)], left).map((c) => `0x${(Number(of(emit, c).value) >>> 0).toString(16).padStart(8, "0")}`);
  };
  expect(bytes(true)).toEqual([times16_trick["lo=(w<<4)&0xF0F0F0F0"], times16_trick["hi=w&0xF0F0F0F0"]]);
  expect(bytes(false)).toEqual([swar_sign_extend.lo, swar_sign_extend.hi]);
});

describe("words as bytes", () => {
  const words = (form: "planes" | "fields", bits: number, codes: readonly number[]): number[] => {
    const made = Array.from({ length: (codes.length * bits) / 32 }, () => 0);
    codes.forEach((c, i) => { for (let b = 0; b < bits; b++) { const at = form === "planes" ? 32 * b + i : bits * i + b; made[at >> 5] = (made[at >> 5] | (((c >> b) & 1) << (at & 31))) >>> 0; } });
    return made;
  };
  const orders = Array.from({ length: 5 }, (_, high) => Array.from({ length: high }, (_, low) => ({ low, high }))).flat();

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("hold the codes of %i bits in every order, wherever they stand in a byte", (bits) => {
    const random = seeded(bits), codes = Array.from({ length: 32 }, () => Math.floor(random() * 2 ** bits));
    for (const form of bits === 1 ? ["planes"] as const : ["planes", "fields"] as const) for (const order of form === "fields" && ![2, 4, 8].includes(bits) ? orders.slice(0, 1) : orders) for (let left = 0; left <= 8 - bits; left++) {
      const made = bytesOf(numericOps, { form, bits }, 32, order, words(form, bits, codes).map((w) => numericOps.constant("u32", w)), left);
      const want = firstElements(32, order).map((first) => [0, 2 ** order.low, 2 ** order.high, 2 ** order.low + 2 ** order.high].reduce((w, at, i) => (w | (codes[first + at] << (8 * i + left))) >>> 0, 0));
      expect(made.map((x) => x.value), `${form}, bytes by bits ${order.low} and ${order.high}, ${left} to the left`).toEqual(want);
    }
  });

  it("take no more operations than were counted", () => {
    for (const form of ["planes", "fields"] as const) for (const a of [1, 2, 3, 4, 6, 8]) for (const b of [1, 2, 4, 8]) {
      if (form === "fields" && ![2, 4, 8].includes(a)) continue;
      const sides = [{ form, bits: a, uses: 1 }, { form: b === 1 ? "planes" : "fields", bits: b, uses: 4 }] as const, { order, operations } = byteOrder(sides, 32);
      sides.forEach(({ form: f, bits }, i) => {
        let made = 0;
        const counting = { ...numericOps, op: (...args: Parameters<typeof numericOps.op>) => { made++; return numericOps.op(...args); } };
        bytesOf(counting, { form: f, bits }, 32, order, Array.from({ length: bits }, () => numericOps.constant("u32", 0)), 0);
        expect(made).toBeLessThanOrEqual(operations[i]);
      });
    }
  });
});
