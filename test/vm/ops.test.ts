// The reference evaluator: each operation against what WGSL says of it, at the corners where machines differ.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Bug } from "../../diagnostic.ts";
import { bfloatBits, bfloatValue, floatBits, floatValue, halfBits, halfValue, roundToBfloat, roundToHalf } from "../../vm/half.ts";
import type { Value } from "../../vm/numeric-ops.ts";
import { bitcast, numericOps } from "../../vm/numeric-machine.ts";
import { applyOp, arity, convert, convertValue, resultType, scalarFunction, supports } from "../../vm/numeric-ops.ts";
import type { Compute, Op } from "../../vm/ops.ts";

const v = (type: Compute) => (value: number): Value => ({ type, value });
const run = (name: Op, type: Compute, ...xs: number[]): number =>
  applyOp(name, xs.map((x, i) => ({ type: (name === "shl" || name === "shr") && i === 1 ? "u32" : type, value: x }))).value;
const MIN = -2147483648, MAX = 2147483647, UMAX = 4294967295;
const i32 = fc.integer({ min: MIN, max: MAX }), u32 = fc.integer({ min: 0, max: UMAX });
const f32 = fc.float({ noNaN: true });

describe("integers", () => {
  it.each<[Op, Compute, number[], number]>([
    ["add", "i32", [MAX, 1], MIN], ["sub", "i32", [MIN, 1], MAX], ["mul", "i32", [65537, 65537], 131073], ["mul", "u32", [UMAX, UMAX], 1],
    ["add", "u32", [UMAX, 1], 0], ["sub", "u32", [0, 1], UMAX], ["neg", "i32", [MIN], MIN], ["abs", "i32", [MIN], MIN], ["abs", "i32", [-5], 5], ["sign", "i32", [-5], -1],
    ["div", "i32", [-7, 2], -3], ["div", "i32", [7, 0], 7], ["div", "i32", [MIN, -1], MIN], ["div", "u32", [UMAX, 2], MAX], ["div", "i32", [-1, 2], 0],
    ["rem", "i32", [-7, 2], -1], ["rem", "i32", [7, 0], 0], ["rem", "i32", [MIN, -1], 0], ["rem", "u32", [UMAX, 10], 5], ["rem", "i32", [-4, 2], 0],
    ["shl", "i32", [1, 31], MIN], ["shl", "u32", [1, 33], 2], ["shr", "i32", [-8, 1], -4], ["shr", "u32", [0xfffffff8, 1], 0x7ffffffc], ["shr", "u32", [UMAX, 32], UMAX],
    ["and", "u32", [0xff00ff00, 0xf0f0f0f0], 0xf000f000], ["or", "u32", [0x80000000, 1], 0x80000001], ["xor", "i32", [-1, 5], -6], ["not", "u32", [0], UMAX], ["not", "i32", [0], -1],
    ["popcount", "u32", [UMAX], 32], ["popcount", "i32", [-2], 31], ["popcount", "u32", [0x80000001], 2], ["clz", "u32", [0], 32], ["clz", "i32", [-1], 0], ["ctz", "u32", [0], 32],
    ["ctz", "u32", [0x80000000], 31], ["ctz", "i32", [-8], 3], ["reverse", "u32", [1], 0x80000000], ["reverse", "i32", [1], MIN],
    ["dot4i", "u32", [0x80ff017f, 0x7f01ff02], -16384 + 128 - 1 - 1 + 254], ["dot4i", "u32", [0x80808080, 0x80808080], 65536], ["dot4u", "u32", [UMAX, UMAX], 260100], ["dot4u", "u32", [0x01020304, 0x05060708], 5 + 12 + 21 + 32],
    ["min", "u32", [0x80000000, 1], 1], ["min", "i32", [MIN, 1], MIN], ["max", "i32", [-3, -2], -2], ["lt", "u32", [1, 0x80000000], 1], ["lt", "i32", [1, MIN], 0],
  ])("%s on %s of %j is %d", (name, type, xs, want) => expect(Object.is(run(name, type, ...xs), want)).toBe(true));

  it("wrap like 64-bit integers cut to 32 bits", () => {
    const big: Partial<Record<Op, (a: bigint, b: bigint) => bigint>> = {
      add: (a, b) => a + b, sub: (a, b) => a - b, mul: (a, b) => a * b, div: (a, b) => (b === 0n ? a : a / b), rem: (a, b) => (b === 0n ? 0n : a % b),
      and: (a, b) => a & b, or: (a, b) => a | b, xor: (a, b) => a ^ b,
    };
    for (const [name, f] of Object.entries(big) as [Op, (a: bigint, b: bigint) => bigint][]) {
      fc.assert(fc.property(i32, i32, (a, b) => run(name, "i32", a, b) === Number(BigInt.asIntN(32, f(BigInt(a), BigInt(b))))));
      fc.assert(fc.property(u32, u32, (a, b) => run(name, "u32", a, b) === Number(BigInt.asUintN(32, f(BigInt(a), BigInt(b))))));
    }
  });
  it("count bits like their binary text", () => fc.assert(fc.property(u32, (x) => {
    const text = x.toString(2).padStart(32, "0");
    return run("popcount", "u32", x) === text.replaceAll("0", "").length && run("clz", "u32", x) === text.indexOf("1") + (x ? 0 : 33)
      && run("ctz", "u32", x) === (x ? 31 - text.lastIndexOf("1") : 32) && run("reverse", "u32", x) === parseInt([...text].reverse().join(""), 2)
      && run("popcount", "i32", x | 0) === run("popcount", "u32", x) && run("ctz", "i32", x | 0) === run("ctz", "u32", x);
  })));
});

describe("floats", () => {
  it.each<[Op, Compute, number[], number]>([
    ["add", "f32", [16777216, 1], 16777216], ["div", "f32", [1, 3], Math.fround(1 / 3)], ["div", "f32", [1, 0], Infinity], ["rem", "f32", [-7.5, 2], -1.5],
    ["round", "f32", [2.5], 2], ["round", "f32", [3.5], 4], ["round", "f32", [-2.5], -2], ["round", "f32", [-0.5], -0], ["round", "f32", [0.5], 0], ["round", "f32", [-1.5], -2], ["round", "f32", [8388609], 8388609],
    ["floor", "f32", [-0.5], -1], ["trunc", "f32", [-1.7], -1], ["ceil", "f32", [1.2], 2], ["neg", "f32", [0], -0], ["abs", "f32", [-0], 0], ["sign", "f32", [-2], -1],
    ["add", "f16", [2048, 1], 2048], ["add", "f16", [2048, 3], 2052], ["mul", "f16", [256, 256], Infinity], ["sqrt", "f32", [2], Math.fround(Math.SQRT2)], ["rsqrt", "f32", [4], 0.5],
    ["exp2", "f32", [10], 1024], ["log2", "f32", [8], 3], ["pow", "f32", [2, 0.5], Math.fround(Math.SQRT2)], ["min", "f32", [-0, 0], -0], ["lt", "f32", [NaN, 1], 0], ["ne", "f32", [NaN, NaN], 1],
    ["fma", "f32", [1 + 2 ** -12, 1 - 2 ** -12, -1], -(2 ** -24)], ["fma", "f32", [1 + 2 ** -12, 1 + 2 ** -12, 2 ** -80], Math.fround(1 + 2 ** -11 + 2 ** -23)],
  ])("%s on %s of %j is %d", (name, type, xs, want) => expect(run(name, type, ...xs)).toBe(want));

  it("fma rounds once", () => {
    const a = 1 + 2 ** -23, b = 1 + 2 ** -1; // product 1.5 + 1.5·2^-23: half way between two f32; a double can't hold the addend that decides
    expect(run("fma", "f32", a, b, 2 ** -100)).toBe(1.5 + 2 ** -22);
    expect(run("fma", "f32", a, b, -(2 ** -100))).toBe(1.5 + 2 ** -23);
    expect(run("fma", "f32", -a, b, 2 ** -100)).toBe(-(1.5 + 2 ** -23));
    expect(run("fma", "f32", -a, b, -(2 ** -100))).toBe(-(1.5 + 2 ** -22));
  });
  it("stay in their type", () => {
    for (const name of ["add", "sub", "mul", "div", "exp", "tanh", "floor", "fma"] as Op[])
      fc.assert(fc.property(f32, f32, f32, (a, b, c) => {
        const y = run(name, "f32", ...[a, b, c].slice(0, arity(name)));
        const h = run(name, "f16", ...[a, b, c].map(roundToHalf).slice(0, arity(name)));
        return Object.is(Math.fround(y), y) && Object.is(roundToHalf(h), h);
      }));
  });
});

describe("conversions", () => {
  it.each<[Compute, Compute, number, number]>([
    ["i32", "f32", 3e9, 2147483520], ["i32", "f32", -3e9, MIN], ["i32", "f32", NaN, 0], ["i32", "f32", -2.9, -2], ["i32", "f32", -0.5, 0], ["i32", "f32", Infinity, 2147483520],
    ["u32", "f32", -1, 0], ["u32", "f32", 1e20, 4294967040], ["u32", "f32", NaN, 0], ["u32", "f32", 3e9, 3e9], ["u32", "i32", -1, UMAX], ["i32", "u32", UMAX, -1],
    ["f32", "i32", 16777217, 16777216], ["f32", "u32", UMAX, 4294967296], ["f16", "i32", 2049, 2048], ["f16", "f32", 65520, Infinity], ["f16", "f32", 65519, 65504],
    ["bool", "f32", NaN, 1], ["bool", "f32", -0, 0], ["bool", "i32", -3, 1], ["f32", "bool", 1, 1], ["i32", "f16", -Infinity, MIN],
  ])("to %s from %s: %d is %d", (to, from, x, want) => expect(Object.is(convert(to, from, x), want)).toBe(true));
  it("keep bits", () => {
    fc.assert(fc.property(u32, (x) => {
      const f = bitcast("f32", "u32", x);
      return Number.isNaN(f) || (bitcast("u32", "f32", f) === x && bitcast("i32", "u32", x) === (x | 0) && bitcast("f32", "i32", x | 0) === f);
    }));
    expect(bitcast("u32", "f32", NaN)).toBe(0x7fc00000);
    expect(() => bitcast("u32", "f16", 1)).toThrow(Bug);
  });
});

describe("halves", () => {
  it("give every f16 back", () => {
    for (let code = 0; code < 65536; code++) {
      const x = halfValue(code);
      if (Number.isNaN(x)) { if ((code & 0x7c00) !== 0x7c00) expect.fail(`${code}`); continue; }
      if (halfBits(x) !== code || !Object.is(roundToHalf(x), x)) expect.fail(`f16 ${code.toString(16)}: ${x} ${halfBits(x)}`);
    }
    expect([halfBits(NaN), halfValue(0x7c01), halfValue(0x8000), halfBits(-1e-9)]).toEqual([0x7e00, NaN, -0, 0x8000]);
  });
  it("round every middle of two f16 to the even one, and what is beside it away", () => {
    for (let code = 0; code < 0x7c00; code++) {
      const low = halfValue(code), high = code === 0x7bff ? 65536 : halfValue(code + 1), middle = (low + high) / 2;
      const even = code % 2 === 0 ? code : code + 1;
      const got = [middle, middle * (1 + 2 ** -40), middle * (1 - 2 ** -40), -middle].map(halfBits);
      if (got.join() !== [even, code + 1, code, even + 0x8000].join()) expect.fail(`${code}: ${got}`);
    }
  });
  it("agree with the top of f32 for bf16", () => {
    for (let code = 0; code < 65536; code++) {
      const x = bfloatValue(code);
      if (Number.isNaN(x)) continue;
      if (!Object.is(x, floatValue(code * 65536)) || bfloatBits(x) !== code || !Object.is(roundToBfloat(x), x)) expect.fail(`bf16 ${code}`);
      if (Number.isFinite(x) && code < 0x7f7f) {
        const middle = (x + bfloatValue(code + 1)) / 2, even = code + (code % 2);
        const got = [middle, middle * (1 + 2 ** -40), middle * (1 - 2 ** -40)].map(bfloatBits);
        if (got.join() !== [even, code + 1, code].join()) expect.fail(`bf16 ${code}: ${got}`);
      }
    }
    expect([bfloatBits(1e39), bfloatBits(-Infinity), bfloatBits(NaN), bfloatBits(-0), floatBits(NaN)]).toEqual([0x7f80, 0xff80, 0x7fc0, 0x8000, 0x7fc00000]);
  });
});

describe("types", () => {
  it("are checked", () => {
    for (const [name, types] of [["add", ["i32", "u32"]], ["add", ["bool", "bool"]], ["select", ["i32", "i32", "i32"]], ["select", ["bool", "i32", "f32"]], ["shl", ["i32", "i32"]], ["popcount", ["f32"]], ["exp", ["i32"]], ["lt", ["bool", "bool"]], ["neg", ["f32", "f32"]], ["shr", ["f32", "u32"]]] as [Op, Compute[]][])
      expect(() => resultType(name, types), `${name}(${types})`).toThrow(Bug);
    expect(resultType("lt", ["f16", "f16"])).toBe("bool");
    expect(resultType("select", ["bool", "f16", "f16"])).toBe("f16");
    expect(resultType("shr", ["i32", "u32"])).toBe("i32");
    expect([supports("and", "bool"), supports("and", "f32"), supports("fma", "f16")]).toEqual([true, false, true]);
  });
  it("of the Ops object", () => {
    const o = numericOps;
    expect(o.op("select", v("bool")(0), v("f32")(1), v("f32")(2))).toEqual(v("f32")(2));
    expect(o.table("i32", [5, -6], v("u32")(1))).toEqual(v("i32")(-6));
    expect(() => o.table("i32", [5], v("u32")(1))).toThrow(Bug);
    expect(() => o.constant("u32", -1)).toThrow(Bug);
    expect(() => o.packHalf(v("u32")(1))).toThrow(Bug);
    expect(o.constant("f32", 0.1).value).toBe(Math.fround(0.1));
    expect(o.constant("bool", true)).toEqual(v("bool")(1));
    expect(o.unpackHalf(o.packHalf(v("f32")(0.1))).value).toBe(roundToHalf(0.1));
    expect(o.typeOf(o.to("f16", v("i32")(3)))).toBe("f16");
    expect(convertValue("i32", v("f32")(-1.5))).toEqual(v("i32")(-1));
    expect(scalarFunction("add", "u32")(UMAX, 1, 0)).toBe(0);
  });
});
