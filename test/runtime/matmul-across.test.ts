// Few rows times weights whose rows neighbouring threads share: numbers as the interpreter has them and as the usual kernel makes them, and
// words read side by side, each once. Without a device, and once on SwiftShader as if it were a GPU.
import { afterAll, describe, expect, test } from "vitest";
import { baseTarget, blockTraffic, lowerProgram, prepare } from "../../codegen/index.ts";
import { dense } from "../../layout/index.ts";
import { close, kernelOf, open } from "../../runtime/index.ts";
import { lanesOf } from "../../runtime/matmul-across.ts";
import { productKernel, type FactorSpec, type ProductSpec } from "../../runtime/matmul-kernels.ts";
import { chance, dtype, floatValue, tileFromCodes, tileFromValues, type Tile } from "../../vm/index.ts";
import { byDevice, byInterpreter, byLowered, lowered, type Case } from "../conformance/engines.ts";

const factor = (type: string, more: Partial<FactorSpec> = {}): FactorSpec => ({ type, packing: dense(2), planes: false, group: 0, ...more });
const spec = (type: string, K: number, group: number, BM = 1, more: Partial<FactorSpec> = {}, whole = false): ProductSpec => {
  const s = { K, x: factor("f32"), w: factor(type, { group, scales: "f32", ...more }), out: "f32" as const }, { lanes = 1 } = lanesOf(s) ?? {}, R = Math.max(1, 64 / lanes);
  return { ...s, tiling: { BM, BN: 4 * R, threads: R * lanes, shared: 0, whole, across: true } };
};
const usual = (s: ProductSpec): ProductSpec => ({ ...s, tiling: { BM: 1, BN: 32, threads: 32, shared: 0 } });

/** Small whole numbers and scales of powers of two: all sums are exact. */
function caseOf(s: ProductSpec, M: number, N: number, seed = 1): Case {
  const next = chance(seed), { K, w } = s, d = dtype(w.type), rows = w.group === 0 ? 1 : N, groups = w.group === 0 ? 1 : Math.ceil(K / w.group);
  const values = (type: string, shape: readonly number[], of: () => number): Tile => tileFromValues(dtype(type), shape, Array.from({ length: shape.reduce((a, b) => a * b) }, of));
  return {
    program: productKernel(s).specialise({}) as Case["program"], dims: { M, N },
    inputs: {
      x: values("f32", [M, K], () => Math.floor(next() * 5) - 2), w: tileFromCodes(d, [N, K], Array.from({ length: N * K }, () => Math.floor(next() * 2 ** d.bits))),
      w_scales: values("f32", [rows, groups], () => 2 ** Math.floor(next() * 3)),
      ...(w.zeros ? { w_zeros: values("i32", [rows, groups], () => Math.floor(next() * 4)) } : {}), ...(s.bias ? { bias: values(s.bias.type, [N], () => Math.floor(next() * 9)) } : {}),
    },
  };
}

describe("numbers", () => {
  test.each<readonly [string, ProductSpec, number, number]>([
    ["u4, zero points", spec("u4", 256, 32, 1, { zeros: "i32" }, true), 2, 64], ["i3, two rows", spec("i3", 96, 32, 2), 3, 131],
    ["b5, one scale", spec("b5", 64, 0), 1, 5], ["u2, a scale for a row, no whole step", spec("u2", 200, 200, 1, { zeros: "i32" }), 2, 21],
    ["f4e2m1 of 16", spec("f4e2m1", 64, 16), 1, 40], ["i8, four rows, bias", { ...spec("i8", 128, 16, 4), bias: { type: "i32", packing: dense(1) } }, 5, 33],
  ])("%s", (_, s, M, N) => {
    const c = caseOf(s, M, N), law = byInterpreter(c).y;
    expect(byLowered(c, lowered(c.program, baseTarget)).y).toEqual(law);
    expect(Array.from(law ?? [], floatValue)).toEqual(Array.from(byInterpreter(caseOf(usual(s), M, N)).y ?? [], floatValue));
  });
  test("on a device", async () => {
    using device = await open({ adapter: "swiftshader" });
    const c = caseOf(spec("u4", 256, 32), 1, 37);
    expect(Array.from((await byDevice(c, device)).y ?? [], floatValue)).toEqual(Array.from(byInterpreter(c).y ?? [], floatValue));
  });
  afterAll(close);
});

test("what it isn't for", () => {
  for (const s of [{ K: 64, x: factor("i8"), w: factor("i4") }, { K: 64, x: factor("f32", { scales: "f32" }), w: factor("i4") }, { K: 0, x: factor("f32"), w: factor("i4") }, { K: 70, x: factor("f32"), w: factor("i4", { group: 7, scales: "f32" }) }])
    expect(lanesOf(s)).toBeUndefined();
  expect(() => kernelOf(productKernel(spec("u4", 64, 32))).specialise({})).not.toThrow();
});

describe("memory", () => {
  test.each(["u1", "u2", "u3", "u4", "b5", "u6", "i7", "u8", "f4e2m1", "f8e4m3"])("%s: weights are read once, x by each block", (type) => {
    const { body } = lowerProgram(prepare(productKernel(spec(type, 2048, 32, 1, {}, true)).specialise({}) as Case["program"]).program, baseTarget), traffic = blockTraffic(body)?.traffic ?? [];
    const of = (name: string) => traffic.find((t) => t.name === name && t.kind === "load"), w = of("w"), bits = dtype(type).bits;
    expect(w?.needed).toBe((8 * 2048 * bits) / 8);
    expect(w?.moved).toBeLessThanOrEqual(1.05 * (w?.needed ?? 0));
    expect(of("x")?.needed).toBe(4 * 2048);
    // Of widths that divide a vector, every sector that a request fetches is used up by it.
    if (32 % bits === 0) expect((w?.asked ?? 0) / (32 * (w?.sectors ?? 1))).toBeGreaterThanOrEqual(0.95);
  });

  test.each([["i4", "f32", 32], ["u3", "f32", 32], ["i8", "i8", 128]])("%s × %s through shared tiles: no thread waits at a bank to read, whole sectors of x", (type, x, shared) => {
    const s: ProductSpec = { K: 256, x: factor(x), w: factor(type, { group: 128, scales: "f32" }), out: "f32", tiling: { BM: 32, BN: 32, threads: 64, shared, whole: true } };
    const { body } = lowerProgram(prepare(productKernel(s).specialise({}) as Case["program"]).program, baseTarget), traffic = blockTraffic(body)?.traffic ?? [], tiles = traffic.filter((t) => t.space === "workgroup");
    expect(tiles.filter((t) => t.kind === "load").map((t) => t.conflicts)).toEqual([0, 0]);
    expect(tiles.filter((t) => t.kind === "store").reduce((n, t) => n + t.conflicts / t.requests, 0)).toBeLessThanOrEqual(1);
    for (const name of ["x", "w"]) { const t = traffic.find((u) => u.name === name); expect(t?.moved, name).toBeLessThanOrEqual(1.05 * (t?.needed ?? 0)); }
    const t = traffic.find((u) => u.name === "x");
    expect((t?.asked ?? 0) / (32 * (t?.sectors ?? 1))).toBeGreaterThanOrEqual(0.95);
  });
});
