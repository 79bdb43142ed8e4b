// .npy files: fixtures that NumPy 2.4 wrote, round trips, and headers that lie.

import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Diagnostic } from "../../diagnostic.ts";
import { loadNpy, parseNpyHeader, readNpy, saveNpy, writeNpy, type NpyArray } from "../../runtime/files/npy.ts";

// Written by numpy.lib.format.write_array, the version named where it is not 1.
const numpy = {
  f4Fortran: "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAABAQAAAgD8AAIBAAAAAQAAAoEA=",
  i2BigEndianV3: "k05VTVBZAwB0AAAAeydkZXNjcic6ICc+aTInLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMywpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAf/+ASw=",
  f2V2: "k05VTVBZAgB0AAAAeydkZXNjcic6ICc8ZjInLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMywpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAPAC4/3s=",
  b1: "k05VTVBZAQB2AHsnZGVzY3InOiAnfGIxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDEpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAA==",
  i8Scalar: "k05VTVBZAQB2AHsnZGVzY3InOiAnPGk4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAr7/////////w==",
  u1Fortran3: "k05VTVBZAQB2AHsnZGVzY3InOiAnfHUxJywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMywgNCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoADAQQCBQBDQURCRUCDgYSChYDDwcTCxc=",
  f8Empty: "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDAsIDcpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAo=",
  record: "k05VTVBZAQB2AHsnZGVzY3InOiBbKCdhJywgJzxmNCcpXSwgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAAA==",
} as const;
const fixture = (name: keyof typeof numpy): Uint8Array => new Uint8Array(Buffer.from(numpy[name], "base64"));

const codeOf = (work: () => unknown): string => {
  try { work(); } catch (error) { if (error instanceof Diagnostic) return error.code; throw error; }
  return "none";
};

/** A version 1 file with this header text and so many bytes of data. */
const file = (header: string, data = 0): Uint8Array => {
  const text = new TextEncoder().encode(header);
  const out = new Uint8Array(10 + text.length + data);
  out.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length & 255, text.length >> 8]);
  out.set(text, 10);
  return out;
};

describe("files of NumPy", () => {
  test.each([
    ["f4Fortran", { dtype: "f4", shape: [2, 3], data: new Float32Array([0, 1, 2, 3, 4, 5]) }],
    ["i2BigEndianV3", { dtype: "i2", shape: [3], data: new Int16Array([1, -2, 300]) }],
    ["f2V2", { dtype: "f2", shape: [3], data: new Uint16Array([0x3c00, 0xb800, 0x7bff]) }],
    ["b1", { dtype: "b1", shape: [2, 1], data: new Uint8Array([1, 0]) }],
    ["i8Scalar", { dtype: "i8", shape: [], data: new BigInt64Array([-5n]) }],
    ["u1Fortran3", { dtype: "u1", shape: [2, 3, 4], data: Uint8Array.from({ length: 24 }, (_, i) => i) }],
    ["f8Empty", { dtype: "f8", shape: [0, 7], data: new Float64Array() }],
  ] as const)("%s", (name, want) => {
    expect(readNpy(fixture(name))).toEqual(want);
  });

  test("a record is refused with the way out", () => expect(codeOf(() => readNpy(fixture("record")))).toBe("H0205"));

  test("the writer's bytes are NumPy's", () => {
    expect(writeNpy({ dtype: "b1", shape: [2, 1], data: new Uint8Array([1, 0]) })).toEqual(fixture("b1"));
    expect(writeNpy({ dtype: "i8", shape: [], data: new BigInt64Array([-5n]) })).toEqual(fixture("i8Scalar"));
    expect(writeNpy({ dtype: "f8", shape: [0, 7], data: new Float64Array() })).toEqual(fixture("f8Empty"));
  });
});

const shapes = fc.array(fc.nat(5), { maxLength: 4 });
const sizeOf = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);
const arrays: fc.Arbitrary<NpyArray> = shapes.chain((shape) => {
  const n = sizeOf(shape), ints = (min: number, max: number) => fc.array(fc.integer({ min, max }), { minLength: n, maxLength: n });
  return fc.oneof(
    ints(0, 1).map((v): NpyArray => ({ dtype: "b1", shape, data: Uint8Array.from(v) })),
    ints(-128, 127).map((v): NpyArray => ({ dtype: "i1", shape, data: Int8Array.from(v) })),
    ints(0, 65535).map((v): NpyArray => ({ dtype: "f2", shape, data: Uint16Array.from(v) })),
    ints(-(2 ** 31), 2 ** 31 - 1).map((v): NpyArray => ({ dtype: "f4", shape, data: Float32Array.from(v) })),
    ints(0, 2 ** 31 - 1).map((v): NpyArray => ({ dtype: "u8", shape, data: BigUint64Array.from(v, BigInt) })),
  );
});

// Bytes that a header is made of get further into the reader than any byte.
const damage = fc.oneof(fc.nat(255), fc.constantFrom(...new TextEncoder().encode("0123456789,:'\"(){}[]<>|= fFTiu")));

describe("laws", () => {
  test("read(write(x)) = x, data aligned to 64, also from an unaligned view", () => {
    fc.assert(fc.property(arrays, fc.nat(7), (array, shift) => {
      const bytes = writeNpy(array);
      const moved = new Uint8Array(bytes.length + shift).subarray(shift);
      moved.set(bytes);
      expect(readNpy(moved)).toEqual(array);
      expect(parseNpyHeader(bytes).begin % 64).toBe(0);
    }));
  });

  test("2,000 damaged files give a Diagnostic or an array of the right size, never anything else", () => {
    const good = Object.keys(numpy).map((k) => fixture(k as keyof typeof numpy));
    let refused = 0, accepted = 0;
    fc.assert(fc.property(
      fc.constantFrom(...good), fc.array(fc.tuple(fc.nat(140), damage), { minLength: 1, maxLength: 3 }), fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat(160) }),
      (base, edits, cut) => {
        const bytes = base.slice(0, cut);
        for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
        try {
          const array = readNpy(bytes);
          accepted++;
          expect(array.data.length).toBe(sizeOf(array.shape));
          expect(array.data.byteLength).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          if (!(error instanceof Diagnostic)) throw error;
          refused++;
        }
      }), { numRuns: 2000 });
    expect(refused).toBeGreaterThan(300);
    expect(accepted).toBeGreaterThan(20);
  });
});

describe("hostile headers", () => {
  const head = (shape: string, descr = "'<f4'", more = "") => `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, ${more}}`;
  test.each([
    ["a terabyte in 100 bytes", file(head("(1000000000000,)")), "H0204"],
    ["a product past 2^53", file(head("(4294967296, 4294967296)")), "H0204"],
    ["an overflow hidden by a zero is just empty", file(head("(4294967296, 4294967296, 0)")), "none"],
    ["a negative size", file(head("(-1,)")), "H0204"],
    ["a size of many digits", file(head(`(${"9".repeat(400)},)`)), "H0204"],
    ["deep nesting", file(head("(".repeat(5000))), "H0204"],
    ["a call", file(head("__import__('os')")), "H0204"],
    ["a key twice", file(head("(1,)", "'<f4'", "'shape': (1,), "), 4), "H0204"],
    ["a foreign key", file(head("(1,)", "'<f4'", "'evil': 1, "), 4), "H0204"],
    ["text after the end", file(`${head("(1,)")} x`, 4), "H0204"],
    ["pickled objects", file(head("(1,)", "'|O8'"), 8), "H0205"],
    ["a method of Object as the type", file(head("(1,)", "'|constructor'"), 8), "H0205"],
    ["one byte short", file(head("(1,)"), 3), "H0204"],
    ["a bool of 2", (() => { const f = file(head("(1,)", "'|b1'"), 1); f[f.length - 1] = 2; return f; })(), "H0204"],
    ["nothing", new Uint8Array(), "H0204"],
  ])("%s", (_, bytes, code) => expect(codeOf(() => readNpy(bytes))).toBe(code));
});

test("save and load, atomically", async () => {
  const folder = await mkdtemp(join(tmpdir(), "bitloom-npy-"));
  try {
    const array: NpyArray = { dtype: "u4", shape: [2, 2], data: new Uint32Array([1, 2, 3, 2 ** 32 - 1]) };
    const path = join(folder, "deep", "a.npy");
    await Promise.all([1, 2, 3].map(() => saveNpy(path, array)));
    expect(await loadNpy(path)).toEqual(array);
    expect(await readdir(join(folder, "deep"))).toEqual(["a.npy"]); // no temporary file stays
    await expect(loadNpy(join(folder, "none.npy"))).rejects.toMatchObject({ code: "H0208" });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("the writer refuses data that does not fit", () => {
  expect(codeOf(() => writeNpy({ dtype: "f4", shape: [3], data: new Float32Array(2) }))).toBe("H0207");
  expect(codeOf(() => writeNpy({ dtype: "f4", shape: [2], data: new Int32Array(2) }))).toBe("H0207");
});
