// Which way from codes to values a device is given: the cheapest by its rates, never one that is wrong or that it can't be trusted with.
import { expect, test } from "vitest";
import { baseTarget, chooseDecoder, compileProgram, defaultRates, type Rates } from "../../codegen/index.ts";
import { dense } from "../../layout/index.ts";
import { builder, dtype, isSound } from "../../vm/index.ts";

const types = ["u1", "b1", "i2", "b2", "i3", "u4", "i4", "b4", "i5", "i6", "i7", "i8", "f2e1m0", "f3e1m1", "f4e2m1", "f5e2m2", "f6e3m2", "f7e3m3", "f8e4m3", "f8e5m2", "f8e4m3_fnuz"];
const rates = (more: Partial<Rates>): Rates => ({ of: "a device", source: "measured", integer: 1e9, fma: 1e9, convert: 1e9, imul: 1e9, ...more });

test("ways are in the order of their prices, and the first that can be trusted is taken", () => {
  for (const [i, of] of Object.values(defaultRates).entries()) for (const name of types.filter((_, j) => (i + j) % 3 === 0)) {
    const t = dtype(name), { decoder, ways } = chooseDecoder(t, { rates: of }), prices = ways.map((w) => w.seconds);
    expect(prices, name).toEqual([...prices].sort((a, b) => a - b));
    expect([decoder.name, isSound(decoder, t)]).toEqual([ways[0].name, true]);
    expect(prices[0], name).toBeLessThan(Infinity);
  }
});

test("what a device is fast at decides", () => {
  const way = (type: string, more: Partial<Rates>): string => chooseDecoder(dtype(type), { rates: rates(more), halfSubnormals: true }).decoder.name;
  expect(way("i4", { convert: 4e8 })).toBe("into a mantissa in place");
  // Conversions that cost nothing against additions of floats.
  expect(way("u4", { convert: 1e12, float: 1e7 })).toBe("shift, mask, convert");
  expect(way("f6e3m2", { unpackHalf: 1e12 })).toBe("through f16");
  expect(way("f4e2m1", { unpackHalf: 1e12 })).toBe("through pairs of f16");
  expect(way("f4e2m1", { unpackHalf: 1e6 })).toBe("the lesser of two floats");
  expect(way("f4e2m1", { unpackHalf: 1e6, privateLoad: 1e12 })).toBe("table");
});

test("a device whose f16 may lose subnormals isn't asked for them, and no table is read at a speed nobody measured", () => {
  const fast = { unpackHalf: 1e12, privateLoad: 1e12 };
  expect(chooseDecoder(dtype("f4e2m1"), { rates: { ...rates(fast), source: "assumed" } }).decoder.name).toBe("the lesser of two floats");
});

test("a decode is found once for a device", () => {
  const own = rates({});
  expect(chooseDecoder(dtype("i3"), { rates: own })).toBe(chooseDecoder(dtype("i3"), { rates: own }));
});

test("codes that pass the end of a word lie between its half and the next one's, which takes no masks to put together", () => {
  for (const name of ["u3", "i5", "u6", "i7"]) {
    const b = builder("values"), n = dtype(name).bits, x = b.tensor("x", "in", name, [32], dense(1)), y = b.tensor("y", "out", "f32", [32], dense(1));
    b.threads(1);
    b.store({ to: y, x: b.cast({ x: b.load({ x }) }, { to: dtype("f32") }) });
    const text = compileProgram(b.finish(), { ...baseTarget, rates: defaultRates.lavapipe }).wgsl, passing = Array.from({ length: 32 }, (_, i) => (i * n) % 32).filter((at) => at + n > 32);
    expect(text.match(/>> 16u\) \^ \(t\d+\S* << 16u\)/g)?.length, name).toBe(passing.length);
    expect(text).not.toContain(" | ");
  }
});
