// Tensors: what goes in comes out, in every type and packing; every mistake is a Diagnostic with a way out.
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { Diagnostic } from "../../diagnostic.ts";
import { dense, local, pack, packed, planes, planesBlocked, spatial, compose, wordCount, type Packing } from "../../layout/index.ts";
import { codesOf, valuesOf } from "../../runtime/codes.ts";
import { open, openNull, close } from "../../runtime/open.ts";
import { empty, tensor, zeros } from "../../runtime/tensor.ts";
import { dtype, dtypes } from "../../vm/index.ts";

afterAll(() => close());
const device = await open({ adapter: "swiftshader" });

const failure = async (work: () => unknown): Promise<Diagnostic> => {
  try { await work(); } catch (error) { if (error instanceof Diagnostic) return error; throw error; }
  throw new Error("nothing was thrown");
};
const codeOf = async (work: () => unknown): Promise<string> => (await failure(work)).code;

describe("values and codes", () => {
  test("every code of every type of up to 8 bits survives valuesOf and codesOf", () => {
    for (const type of dtypes().filter((t) => t.bits <= 8)) {
      const codes = Uint8Array.from({ length: 2 ** type.bits }, (_, i) => i);
      const values = valuesOf(type, codes);
      const back = codesOf(type, values, "values");
      // Of entries of a codebook that are equal the first code stands for all.
      const same = codes.filter((c) => !Number.isNaN(type.decode(c)) && (type.kind !== "codebook" || codes.findIndex((d) => type.decode(d) === type.decode(c)) === c));
      expect([type.name, same.map((c) => back[c] ?? -1)]).toEqual([type.name, same]);
      expect([...values].every((v, c) => Object.is(v, type.decode(c)))).toBe(true);
    }
  });

  test("wide types keep their ends", () => {
    expect(codesOf(dtype("i32"), [2147483647, -2147483648, -1])).toEqual(new Uint32Array([0x7fffffff, 0x80000000, 0xffffffff]));
    expect(codesOf(dtype("u32"), [4294967295, 0])).toEqual(new Uint32Array([0xffffffff, 0]));
    expect(codesOf(dtype("f32"), [0.1, -0, Infinity])).toEqual(new Uint32Array([0x3dcccccd, 0x80000000, 0x7f800000]));
    expect(codesOf(dtype("f16"), [0.1])).toEqual(new Uint16Array([0x2e66]));
    expect(valuesOf(dtype("i32"), new Uint32Array([0xfffffffe]))).toEqual(new Int32Array([-2]));
  });

  test.each([
    ["u3", new Uint8Array([7]), 7], ["i3", new Uint8Array([7]), -1], ["i3", new Int8Array([-1]), -1], ["b2", new Uint8Array([0]), -3],
    ["f16", new Uint16Array([0x3c00]), 1], ["f32", new Uint32Array([3]), 3], ["i32", new Uint8Array([200]), 200], ["u3", new Float32Array([5]), 5],
    ["bool", [true], 1], ["i32", [-5n], -5], ["bf16", new Uint16Array([0x3f80]), 1],
  ] as const)("%s of %s is %d", (name, given, value) => {
    const type = dtype(name);
    expect([...valuesOf(type, codesOf(type, given))]).toEqual([value]);
  });

  test.each([
    ["u3", [8], "H0305"], ["u3", [-1], "H0305"], ["u3", [1.5], "H0305"], ["u3", [NaN], "H0305"], ["b2", [0], "H0305"], ["b1", [1], "none"], ["bool", [2], "H0305"],
    ["i32", [2 ** 31], "H0305"], ["u3", new Uint8Array([8]), "H0306"], ["f4e2m1", new Uint8Array([16]), "H0306"], ["f4e2m1", [0.3], "none"],
    ["f32", ["1"], "H0305"], ["f32", [[1, 2]], "H0305"], ["f32", [undefined], "H0305"],
  ] as const)("%s of %j: %s", (name, given, code) => {
    let found = "none";
    try { codesOf(dtype(name), given as never); } catch (e) { if (e instanceof Diagnostic) found = e.code; else throw e; }
    expect(found).toBe(code);
  });
});

const tile = compose(spatial(4, 8), local(2, 16));
const packings: readonly (readonly [string, Packing])[] = [["dense", dense(2)], ["planes", planes(2)], ["planes(32)", planesBlocked(2, 32)], ["packed", packed(tile)]];

describe("on the device", () => {
  test("a tensor reads back what was given, and repacks to the words of pack()", async () => {
    const names = ["u3", "i4", "b8", "f6e3m2", "u1", "f16", "i32"];
    await fc.assert(fc.asyncProperty(fc.constantFrom(...names), fc.nat(5), fc.nat(40), fc.constantFrom(...packings), fc.constantFrom(...packings), fc.integer(), async (name, m, n, [, from], [, to], seed) => {
      const type = dtype(name), codes = Array.from({ length: m * n }, (_, i) => (Math.imul(i + 1, seed | 1) >>> 0) % 2 ** Math.min(type.bits, 16));
      using a = await tensor(device, name, [m, n], codes, { packing: from, as: "codes" });
      using b = await a.repack(to);
      expect([...(await b.readCodes())]).toEqual(codes);
      expect(b.bytes).toBe(Math.max(16, Math.ceil(wordCount(to, type.bits, [m, n]) / 4) * 16));
      expect([...(await a.read())]).toEqual(codes.map((c) => type.decode(c)));
    }), { numRuns: 40 });
  });

  test("the buffer holds the packed words, then zeros", async () => {
    const codes = Uint8Array.from({ length: 21 }, (_, i) => i % 8);
    using t = await device.tensor("u3", [3, 7], codes);
    using words = await device.empty("u32", [4]);
    const encoder = device.gpu.createCommandEncoder();
    encoder.copyBufferToBuffer(t.buffer, 0, words.buffer, 0, 16);
    device.gpu.queue.submit([encoder.finish()]);
    expect([...(await words.read())]).toEqual([...pack(dense(2), 3, [3, 7], codes), 0, 0]);
  });

  test("shapes without axes and without elements", async () => {
    using one = await device.tensor("f16", [], [1.5]);
    using none = await device.tensor("u3", [0, 7], []);
    expect([...(await one.read())]).toEqual([1.5]);
    expect([none.size, none.bytes, (await none.read()).length]).toEqual([0, 16, 0]);
  });

  test("zeros and empty", async () => {
    using z = await device.zeros("i4", [5]), e = await device.empty("b2", [3]);
    expect([...(await z.read())]).toEqual([0, 0, 0, 0, 0]);
    expect([...(await e.read())]).toEqual([-3, -3, -3]);
    expect(await codeOf(() => zeros(device, "b2", [3]))).toBe("H0305");
    expect(await codeOf(() => zeros(device, "e8m0", [3]))).toBe("H0305");
  });

  test("aliases get the type's own name", async () => {
    using t = await device.tensor("int4", [2], [-8, 7]);
    expect(t.dtype).toBe("i4");
  });
});

describe("mistakes", () => {
  test("are diagnostics with a way out, and nothing is allocated", async () => {
    const cases: readonly (readonly [string, () => Promise<unknown>])[] = [
      ["N0110", () => tensor(device, "u33", [1], [1])],
      ["H0301", () => tensor(device, "u3", [-1], [])],
      ["H0301", () => tensor(device, "u3", [1.5], [])],
      ["H0301", () => tensor(device, "u3", 4 as never, [1, 2, 3, 4])],
      ["H0302", () => tensor(device, "u3", [2, 2], [1, 2, 3])],
      ["H0303", () => empty(device, "u1", [2 ** 16, 2 ** 15])],
      ["H0304", () => empty(device, "f32", [2 ** 15, 2 ** 15])],
      ["H0310", () => tensor(device, "u3", [1], [1], { as: "code" as never })],
      ["L0216", () => tensor(device, "u3", [4], [1, 2, 3, 4], { packing: dense(2) })],
    ];
    for (const [code, work] of cases) {
      const { data } = await failure(work);
      expect([data.code, data.code.startsWith("H") ? typeof data.help : "string"]).toEqual([code, "string"]);
    }
  });

  test("a disposed tensor", async () => {
    const t = await device.tensor("u3", [1], [1]);
    t.dispose();
    t.dispose();
    expect(t.disposed).toBe(true);
    for (const work of [() => t.read(), () => t.readCodes(), () => t.repack(planes(1))]) expect(await codeOf(work)).toBe("H0307");
  });

  test("a device that is gone, before and during a read", async () => {
    const lost = await openNull();
    const t = await lost.tensor("u3", [4], [1, 2, 3, 4]);
    const reading = failure(() => t.read());
    lost.destroy();
    expect((await reading).code).toBe("H0309");
    expect(await codeOf(() => t.read())).toBe("H0309");
    expect(await codeOf(() => lost.tensor("u3", [1], [1]))).toBe("H0309");
  });
});

test("4096 × 4096 codes of 3 bits are packed and uploaded", async () => {
  const codes = new Uint8Array(4096 * 4096).map((_, i) => (i * 7) & 7);
  using t = await device.tensor("u3", [4096, 4096], codes);
  expect(t.bytes).toBe((4096 * 4096 * 3) / 8);
});
