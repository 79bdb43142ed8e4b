// Ways from codes to floats on devices: whatever rates make a device take, each code is exactly its number, subnormals of f16 included. A
// product with the identity gives every weight back, alone in its sum.
import { expect, test } from "vitest";
import { chooseDecoder, chooseHalfDecoder, compileProgram, type Rates } from "../../codegen/index.ts";
import { load } from "../../lang/index.ts";
import { targetOf } from "../../runtime/index.ts";
import { dtype, tileFromCodes, tileFromValues } from "../../vm/index.ts";
import { onEachDevice } from "./devices.ts";
import { byDevice, byInterpreter, difference, type Case } from "./engines.ts";

const source = (type: string): string => `kernel back(x: f32[32, 32], w: ${type}[8, 32], out y: f32[32, 8], out z: f32[8, 32])
  grid (b in 1)
  threads 32
{
  store(y[:, :], dot(x[:, :], transposed(w[:, :])))
  store(z[:, :], load(w[:, :]) as f32)
}
`;

/** All codes of a type that are numbers, again and again. */
function caseOf(type: string): Case {
  const t = dtype(type), codes = Array.from({ length: 256 }, (_, i) => i % 2 ** t.bits).map((c) => (Number.isFinite(t.decode(c)) ? c : 0));
  return {
    program: load(source(type), { file: "back.loom" }).kernels[0].specialise({}), dims: {},
    inputs: { x: tileFromValues(dtype("f32"), [32, 32], Array.from({ length: 1024 }, (_, i) => (i % 33 === 0 ? 1 : 0))), w: tileFromCodes(t, [8, 32], codes) },
  };
}

/** Rates that make a way the cheapest. */
const rates = (more: Partial<Rates>): Rates => ({ of: "a device", source: "measured", integer: 1e9, fma: 1e9, float: 1e9, convert: 4e8, ...more });
const ways: readonly (readonly [string, Rates, readonly string[]])[] = [
  ["through f16", rates({ unpackHalf: 1e12 }), ["f6e3m2", "f7e4m2", "f8e5m2"]],
  ["through pairs of f16", rates({ unpackHalf: 1e12, shift: 5e8 }), ["f4e2m1"]],
  ["the lesser of two floats", rates({}), ["f4e2m1", "f6e3m2", "f8e4m3", "f8e4m3_fnuz", "f8e3m4"]],
  ["into a mantissa in place", rates({}), ["u2", "i4", "i5", "i7"]],
  ["steps in a mantissa", rates({}), ["f3e1m1"]],
  ["bytes of a word", rates({ unpackByte: 1e12, convert: 1e12 }), ["u2", "i4", "u8"]],
  ["in pairs of f16", rates({ unpackHalf: 1e12 }), ["i2", "i4"]],
];

onEachDevice("decoding", (device) => {
  test.each(ways)("%s", async (name, of, types) => {
    for (const type of types) {
      const c = caseOf(type), target = { ...targetOf(device()), rates: of, subgroup: undefined };
      expect(chooseDecoder(dtype(type), target).decoder.name, type).toBe(name);
      expect(difference(c, byInterpreter(c), await byDevice(c, device(), target), type)).toBeUndefined();
    }
  }, 60_000);

  // Codes less zero points and constants, in integers and in floats: drivers merge constants, and none may be merged with a way's own.
  test("what is taken off codes", async () => {
    for (const type of ["u4", "i7", "u8"]) {
      const kernel = `kernel less(w: ${type}[8, 32], z: u3[8, 32], out y: f32[7, 8, 32])
  grid (b in 1)
  threads 32
{
  let q = load(w[:, :])
  store(y[0, :, :], (q as i32 - 8) as f32)
  store(y[1, :, :], q as f32 - 8)
  store(y[2, :, :], (q as i32 - load(z[:, :]) as i32 + 3) as f32)
  store(y[3, :, :], q as f32 + 1000 - 0.1)
  store(y[4, :, :], 1.1 - q as f32)
  store(y[5, :, :], 0.3 - (-(q as f32)))
  store(y[6, :, :], abs(q as f32 - 3.3))
}
`;
      const t = dtype(type), zeros = Array.from({ length: 256 }, (_, i) => (i * 5 + (i >> 3)) % 8);
      const c: Case = { program: load(kernel, { file: "less.loom" }).kernels[0].specialise({}), dims: {}, inputs: { w: tileFromCodes(t, [8, 32], Array.from({ length: 256 }, (_, i) => i % 2 ** t.bits)), z: tileFromCodes(dtype("u3"), [8, 32], zeros) } };
      for (const of of [rates({}), rates({ convert: 1e12 })]) expect(difference(c, byInterpreter(c), await byDevice(c, device(), { ...targetOf(device()), rates: of, subgroup: undefined }), type)).toBeUndefined();
    }
  }, 60_000);

  test("pairs of f16", async () => {
    const pairs = ["q", "q - 8"], converted = ["q * 3 - 0.1", "(q - 0.3) * q"];
    for (const [type, makes] of [["u1", pairs], ["i4", pairs], ["u5", pairs], ["i7", pairs], ["u8", pairs], ["b3", pairs], ["u3", converted]] as const) {
      const t = dtype(type), stores = makes.map((make, i) => `  store(y[${i}, :, :], ${make})\n`).join("");
      const kernel = `kernel pairs(w: ${type}[8, 32], out y: f16[2, 8, 32])\n  grid (b in 1)\n  threads 32\n{\n  let q = load(w[:, :]) as f16\n${stores}}\n`;
      const c: Case = { program: load(kernel, { file: "pairs.loom" }).kernels[0].specialise({}), dims: {}, inputs: { w: tileFromCodes(t, [8, 32], Array.from({ length: 256 }, (_, i) => i % 2 ** t.bits)) } };
      const of = rates({ f16pair: 1e12 }), target = { ...targetOf(device()), rates: of, subgroup: undefined };
      expect(chooseHalfDecoder(t, of).decoder.name).toBe("pairs of f16");
      expect(compileProgram(c.program, target).wgsl.includes("vec2<f16>"), type).toBe(target.f16 && makes === pairs);
      expect(difference(c, byInterpreter(c), await byDevice(c, device(), target), type)).toBeUndefined();
    }
  }, 60_000);
});
