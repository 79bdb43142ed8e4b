// Which way from codes to values a device is given: the cheapest by its rates, never one that is wrong or that it can't be trusted with.
import { expect, test } from "vitest";
import { baseTarget, chooseDecoder, compileProgram, defaultRates, type Expr, type Rates } from "../../codegen/index.ts";
import { expressions } from "../../codegen/loop/expr.ts";
import { dense } from "../../layout/index.ts";
import { load } from "../../lang/index.ts";
import { builder, dtype, halfDecoders, isSound } from "../../vm/index.ts";
import { byEvaluator, byInterpreter, difference, type Case } from "../conformance/engines.ts";

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

test("less a zero point, ways that take a number off anyway are cheaper by that much", () => {
  const names = (less: boolean): readonly string[] => chooseDecoder(dtype("u4"), { rates: rates({ convert: 5e8 }) }, less).ways.map((w) => w.name);
  expect([names(false)[0], names(true)[0]]).toEqual(["shift, mask, convert", "into a mantissa in place"]);
  const price = (less: boolean, name: string): number => chooseDecoder(dtype("i4"), { rates: rates({}) }, less).ways.find((w) => w.name === name)?.seconds ?? NaN;
  expect(price(true, "into a mantissa in place")).toBe(price(false, "into a mantissa in place"));
  expect(price(true, "sign by two shifts, convert")).toBeCloseTo(price(false, "sign by two shifts, convert") + 1e-9, 15);
});

test("bytes are taken where a device has them for nothing, as AMD's conversions do", () => {
  expect(["u2", "u4", "i8"].map((t) => chooseDecoder(dtype(t), { rates: defaultRates.amd }).decoder.name)).toEqual(Array.from({ length: 3 }, () => "bytes of a word"));
  expect(chooseDecoder(dtype("u4"), { rates: rates({ unpackHalf: 1e12 }) }).ways.filter((w) => w.seconds === Infinity).map((w) => w.name)).toEqual(["bytes of a word", "table"]);
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

/** The WGSL of a few statements that make `v` of w. */
const textOf = (type: string, make: string, rates: Rates): string =>
  compileProgram(load(`kernel k(w: ${type}[32], z: u4[32], out y: f32[32])\n  grid (b in 1)\n  threads 1\n{\n  let q = load(w[0 +: 32])\n  store(y[0 +: 32], ${make})\n}\n`, { file: "k.loom" }).kernels[0].specialise({}), { ...baseTarget, rates }).wgsl;

test("what is taken off a code goes into the number that its way takes off anyway", () => {
  for (const make of ["(q as i32 - 8) as f32", "q as f32 - 8"]) {
    const text = textOf("u4", make, defaultRates.nvidia);
    expect(text, make).toContain("^ 0x4b000000u) - 8388616f");
    expect(text.match(/f\)?;/g)?.length, make).toBe(text.match(/ - /g)?.length);
    expect(text.match(/ - /g)?.length, make).toBe(text.match(/ \^ /g)?.length);
    expect(text).not.toContain("f32(");
  }
  expect(textOf("i4", "(q as i32) as f32", defaultRates.nvidia)).toContain("^ 0x4b000008u) - 8388616f");
});

test("where a driver may merge what a way takes off with something else, codes are converted", () => {
  const converted = (make: string): boolean => { const text = textOf("u4", make, defaultRates.nvidia); return text.includes("f32(i32(") || !text.includes("bitcast<f32>((") ; };
  const z = "(load(z[0 +: 32]) as f32 * 0.3)";
  // No multiple of a step of 2^23 is 0.1: merged, it would be rounded to none. A sum's common factor may be taken out, and leave 8388608 − 0.1.
  for (const make of ["q as f32 - 0.1", "1.5 - q as f32", "abs(q as f32 * 0.3 + 0.1)", `(q as f32 + ${z}) * ${z}`, `${z} * (q as f32) + ${z} * 0.1`, `min(q as f32, ${z}) - 0.1`, `fma(${z}, ${z}, q as f32)`]) expect(converted(make), make).toBe(true);
  for (const make of ["q as f32", "q as f32 * 0.3", `q as f32 * ${z}`, `fma(q as f32, ${z}, ${z})`, "min(q as f32, 7)", "(q as f32 - 8) * 0.3", `q as f32 * ${z} + 0.1`]) expect(converted(make), make).toBe(false);
});

test("small integers become floats by additions where conversions are dear", () => {
  const make = "(q as i32 - load(z[0 +: 32]) as i32) as f32";
  expect(textOf("u4", make, defaultRates.nvidia)).toContain("bitcast<f32>(i32(t0.x & 15u) - i32(t1.x & 15u) + 1262485504) - 12582912f");
  expect(textOf("u4", make, defaultRates.amd)).not.toContain("12582912f");
});

test("pairs of f16 take one subtraction for two codes", () => {
  const e = expressions(), word = e.use(e.variable({ name: "w", type: "u32", role: "value", lo: 0, hi: 2 ** 32 - 1, divisor: 1 }));
  for (const [name, subtractions] of [["u1", 16], ["u2", 8], ["i4", 4], ["u8", 2], ["u3", 6], ["i5", 4], ["i6", 3], ["u7", 4], ["b2", 8], ["b4", 4]] as const) {
    const t = dtype(name), pairs = halfDecoders(t)[1].values<Expr>(e, Array.from({ length: Math.floor(32 / t.bits) }, (_, i) => ({ word, at: i * t.bits }))).map((x) => x.operands[0]);
    expect(new Set(pairs).size, name).toBe(subtractions);
  }
});

test("numbers that the text makes itself keep all their bits when they are converted after all", () => {
  for (const type of ["f16", "f32"]) for (const [name, n, times] of [["u4", 11, 1], ["i4", 6, 1], ["u8", 201, 1], ["u8", 40, 5], ["u8", 20, 12]] as const) {
    const b = builder("made"), number = b.mul({ x: b.iota({}, { shape: [n], axis: 0 }), y: times }), made = b.cast({ x: b.cast({ x: number }, { to: dtype(name) }) }, { to: dtype(type) });
    b.threads(32);
    b.store({ to: b.tensor("y", "out", type, [n], dense(1)), x: b.sub({ x: made, y: 0.25 }) });
    const c: Case = { program: b.finish(), inputs: {}, dims: {} };
    expect(difference(c, byInterpreter(c), byEvaluator(c, { ...baseTarget, f16: true, rates: defaultRates.nvidia }), name)).toBeUndefined();
  }
});
