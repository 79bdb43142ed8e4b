// .npz archives: fixtures that NumPy 2.4 wrote, round trips, and archives that lie.
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Diagnostic } from "../../diagnostic.ts";
import type { NpyArray } from "../../runtime/files/npy.ts";
import { openNpz, writeNpz } from "../../runtime/files/npz.ts";
import { crc32, writeZip } from "../../runtime/files/zip.ts";
import { folder } from "../support/folders.ts";

const numpy = {
  savez: "UEsDBC0AAAAAAAAAIQBP6QAq//////////8FABQAeC5ucHkBABAAmAAAAAAAAACYAAAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzogJzxmNCcsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgyLCAzKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAAAAAAAAgD8AAABAAABAQAAAgEAAAKBAUEsDBC0AAAgAAAAAIQCa+/Uj//////////8IABQAdy/DvC5ucHkBABAAkAAAAAAAAACQAAAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzogJzxpOCcsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgyLCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAQAAAAAAAAD+/////////1BLAQItAy0AAAAAAAAAIQBP6QAqmAAAAJgAAAAFAAAAAAAAAAAAAACAAQAAAAB4Lm5weVBLAQItAy0AAAgAAAAAIQCa+/UjkAAAAJAAAAAIAAAAAAAAAAAAAACAAc8AAAB3L8O8Lm5weVBLBQYAAAAAAgACAGkAAACZAQAAAAA=",
  savez_compressed: "UEsDBC0AAAAIAAAAIQBP6QAq//////////8FABQAeC5ucHkBABAAmAAAAAAAAABVAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6CsaaOgq1CmQDLgYwaLAHEg5ABMQNQLzAAQBQSwMELQAACAgAAAAhAJr79SP//////////wgAFAB3L8O8Lm5weQEAEACQAAAAAAAAAEsAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgbpNpoa6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaRjqaOgq1ChQALkYGCPj3HwIAUEsBAi0DLQAAAAgAAAAhAE/pACpVAAAAmAAAAAUAAAAAAAAAAAAAAIABAAAAAHgubnB5UEsBAi0DLQAACAgAAAAhAJr79SNLAAAAkAAAAAgAAAAAAAAAAAAAAIABjAAAAHcvw7wubnB5UEsFBgAAAAACAAIAaQAAABEBAAAAAA==",
} as const;

const x: NpyArray = { dtype: "f4", shape: [2, 3], data: new Float32Array([0, 1, 2, 3, 4, 5]) }, w: NpyArray = { dtype: "i8", shape: [2], data: new BigInt64Array([1n, -2n]) };

/** Every array of a file, or the code of what is wrong. */
async function outcome(bytes: Uint8Array): Promise<Record<string, NpyArray> | string> {
  try {
    const file = await openNpz(bytes), found: Record<string, NpyArray> = {};
    for (const name of file.names) found[name] = await file.read(name);
    await file.close();
    return found;
  } catch (error) {
    if (!(error instanceof Diagnostic)) throw error;
    return `${error.code}: ${error.data.message}`;
  }
}

describe("files of NumPy", () => {
  test.each(["savez", "savez_compressed"] as const)("%s", async (name) => {
    expect(await outcome(new Uint8Array(Buffer.from(numpy[name], "base64")))).toEqual({ x, "w/ü": w });
  });
  test("from a Blob, and from a path", async () => {
    const bytes = new Uint8Array(Buffer.from(numpy.savez_compressed, "base64")), path = join(folder(), "a.npz");
    writeFileSync(path, bytes);
    for (const from of [new Blob([bytes]), path]) {
      const file = await openNpz(from);
      expect(await file.read("x")).toEqual(x);
      await file.close();
    }
  });
  test("an unknown name", async () => {
    await expect((await openNpz(await writeNpz({ weight: x }))).read("wieght")).rejects.toMatchObject({ code: "H0202", data: { help: "did you mean \"weight\"?" } });
  });
});

test("the checksum is that of the format", () => expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926));

test("read(write(arrays)) = arrays, stored and deflated, the same bytes each time", async () => {
  const names = fc.uniqueArray(fc.string({ unit: "grapheme", maxLength: 8 }), { maxLength: 4 });
  await fc.assert(fc.asyncProperty(names, fc.uint8Array({ maxLength: 300 }), fc.boolean(), async (keys, data, compress) => {
    const arrays = new Map(keys.map((k) => [k, { dtype: "u1", shape: [data.length], data } as NpyArray])), bytes = await writeNpz(arrays, { compress });
    expect(await writeNpz(arrays, { compress })).toEqual(bytes);
    const file = await openNpz(bytes);
    expect(file.names).toEqual(keys);
    for (const k of keys) expect(await file.read(k)).toEqual({ dtype: "u1", shape: [data.length], data: new Uint8Array(data) });
  }), { numRuns: 60 });
});

/** An archive with one changed field: `at` is counted from its last `mark`. */
function changed(bytes: Uint8Array, mark: number, at: number, size: 2 | 4, value: number, nth = -1): Uint8Array {
  const out = new Uint8Array(bytes), v = new DataView(out.buffer), found: number[] = [];
  for (let i = 0; i + 4 <= out.length; i++) if (v.getUint32(i, true) === mark) found.push(i);
  const from = found.at(nth) ?? 0;
  if (size === 2) v.setUint16(from + at, value, true); else v.setUint32(from + at, value, true);
  return out;
}
const END = 0x06054b50, CENTRAL = 0x02014b50, LOCAL = 0x04034b50;

describe("archives that lie", async () => {
  const good = await writeNpz({ a: x, b: w }), small = await writeNpz({ a: { dtype: "u1", shape: [5000], data: new Uint8Array(5000) } }, { compress: true });
  test.each([
    ["nothing", new Uint8Array(0), "has 0 bytes"],
    ["cut off", good.subarray(0, good.length - 30), "its end record is missing"],
    ["its middle is missing", new Uint8Array([...good.subarray(0, 100), ...good.subarray(200)]), "its directory should be"],
    ["a directory behind the file", changed(good, END, 16, 4, 0x7fffffff), "its directory should be the bytes"],
    ["more entries than there are", changed(good, END, 10, 2, 60_000), "can't hold 60000 entries"],
    ["an entry too many", changed(good, END, 10, 2, 3), "can't hold 3 entries"],
    ["an encrypted entry", changed(good, CENTRAL, 8, 2, 0x801), "is encrypted"],
    ["another method", changed(good, CENTRAL, 10, 2, 12), "by method 12"],
    ["a stored entry of two sizes", changed(good, CENTRAL, 24, 4, 5), "claims 5 bytes out of"],
    ["a stored entry as large as the world", changed(changed(good, CENTRAL, 24, 4, 0xfffffff0), CENTRAL, 20, 4, 0xfffffff0), "behind its directory"],
    ["an entry inside another", changed(good, CENTRAL, 42, 4, 4), "inside the entry before it"],
    ["an entry elsewhere", changed(good, CENTRAL, 42, 4, 1, 0), "there is no entry \"a.npy\" at byte 1"],
    ["another name where it lies", changed(good, LOCAL, 30, 2, 0x2e2e, 0), "is called"],
    ["a wrong checksum", changed(good, CENTRAL, 16, 4, 7, 0), "checksum"],
    ["a bomb", changed(small, CENTRAL, 24, 4, 0x7fffffff), "claims 2147483647 bytes out of"],
    ["an entry that unpacks to more", changed(small, CENTRAL, 24, 4, 100), "unpacks to more than the 100 bytes"],
    ["an entry that unpacks to less", changed(small, CENTRAL, 24, 4, 6000), "unpacks to fewer than the 6000 bytes"],
    ["damaged data", (() => { const c = new Uint8Array(small); c.fill(0xff, 40, 50); return c; })(), "is damaged"],
    ["a size of 64 bits that is missing", changed(small, CENTRAL, 24, 4, 0xffffffff), "claims 4294967295"],
  ])("%s", async (_, bytes, message) => {
    expect(await outcome(bytes)).toMatch(new RegExp(`^H0209: .*${message.replace(/[.[\]]/g, "\\$&")}`));
  });
  test("two entries of one name", async () => {
    const bytes = changed(changed(await writeZip(new Map([["a.npy", new Uint8Array(3)], ["b.npy", new Uint8Array(3)]]), false), CENTRAL, 46, 2, 0x2e61), LOCAL, 30, 2, 0x2e61);
    expect(await outcome(bytes)).toContain("has \"a.npy\" twice");
  });
  test("names that are no UTF-8 where they say so, and letters of old machines", async () => {
    const one = changed(changed(await writeNpz({ abcd: x }), CENTRAL, 46, 2, 0x8281), LOCAL, 30, 2, 0x8281);
    expect(await outcome(one)).toContain("no UTF-8");
    expect(Object.keys(await outcome(changed(changed(one, CENTRAL, 8, 2, 0), LOCAL, 6, 2, 0)) as object)).toEqual(["\u0081\u0082cd"]);
  });
  test("names that climb out of a folder are names and nothing more", async () => {
    const dir = folder();
    const file = await openNpz(await writeNpz({ [`${dir}/../../evil`]: x, "../../../evil": x }));
    for (const name of file.names) expect(await file.read(name)).toEqual(x);
    expect(readdirSync(dir)).toEqual([]);
  });
  test("an array whose header wants more than the entry holds costs nothing", async () => {
    const header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000, 1000000), }\n", npy = new Uint8Array([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, header.length, 0, ...new TextEncoder().encode(header)]);
    expect(await outcome(await writeZip(new Map([["a.npy", npy]]), true))).toMatch(/^H0204: .*takes 8000000000000 bytes/);
  });
  test("1,500 damaged files give a Diagnostic or sound arrays, never anything else", async () => {
    await fc.assert(fc.asyncProperty(fc.constantFrom(good, small), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }), fc.nat(40), async (from, edits, cut) => {
      const bytes = new Uint8Array(from.subarray(0, from.length - (cut > 30 ? cut - 30 : 0)));
      for (const [at, value] of edits) bytes[bytes.length - 1 - (at % bytes.length)] = value;
      const r = await outcome(bytes);
      if (typeof r === "string") expect(r).toMatch(/^H02/);
    }), { numRuns: 1500 });
  }, 120_000);
});
