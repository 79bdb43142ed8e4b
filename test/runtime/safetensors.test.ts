// safetensors files: a file assembled by hand, round trips, ranged reads, and headers that lie.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Diagnostic } from "../../diagnostic.ts";
import { writeFileAtomic } from "../../runtime/files/atomic.ts";
import { openSafetensors, safetensorsBits, writeSafetensors, type SafetensorsDtype, type SafetensorsInput } from "../../runtime/files/safetensors.ts";
import { bytesSource } from "../../runtime/files/source.ts";

/** A file of this header text and so many data bytes (0, 1, 2, …), made without the writer under test. */
function file(header: string, data = 0, length?: bigint): Uint8Array {
  const text = new TextEncoder().encode(header);
  const out = new Uint8Array(8 + text.length + data);
  new DataView(out.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  out.set(text, 8);
  for (let i = 0; i < data; i++) out[8 + text.length + i] = i;
  return out;
}

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try { await work(); } catch (error) { if (error instanceof Diagnostic) return error.code; throw error; }
  return "none";
}

test("a file assembled by hand", async () => {
  const f = await openSafetensors(file(
    '{"__metadata__":{"format":"pt"},"b":{"dtype":"F4","shape":[2,3],"data_offsets":[8,11]},"a":{"dtype":"F16","shape":[2,2],"data_offsets":[0,8]}}   ', 11));
  expect([...f.tensors.keys()]).toEqual(["a", "b"]);
  expect(f.metadata).toEqual(new Map([["format", "pt"]]));
  expect(await f.read("b")).toEqual(new Uint8Array([8, 9, 10]));
  expect(await f.read("a")).toEqual(new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7]));
  await expect(f.read("c")).rejects.toMatchObject({ code: "H0202" });
});

const dtypes = Object.keys(safetensorsBits) as SafetensorsDtype[];
const tensor: fc.Arbitrary<SafetensorsInput> = fc
  .record({ dtype: fc.constantFrom(...dtypes), shape: fc.array(fc.nat(4), { maxLength: 3 }), last: fc.constantFrom(0, 4, 8) })
  .chain(({ dtype, shape, last }) => {
    const whole = [...shape, last]; // a multiple of 4 elements is a whole number of bytes in each dtype
    const n = (whole.reduce((a, b) => a * b, 1) * safetensorsBits[dtype]) / 8;
    return fc.uint8Array({ minLength: n, maxLength: n }).map((bytes) => ({ dtype, shape: whole, bytes }));
  });
const sets = fc.uniqueArray(fc.tuple(fc.oneof(fc.string(), fc.constantFrom("1", "__proto__", "ü.weight", "constructor")), tensor), { selector: ([n]) => n, maxLength: 5 })
  .map((list) => new Map(list.filter(([n]) => n !== "__metadata__")));

test("read(write(x)) = x, each tensor aligned to its elements, the same bytes whatever the order", async () => {
  await fc.assert(fc.asyncProperty(sets, fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }), async (set, metadata) => {
    const bytes = writeSafetensors(set, metadata);
    expect(writeSafetensors(new Map([...set].reverse()), metadata)).toEqual(bytes);
    const f = await openSafetensors(bytes);
    expect([...f.tensors.keys()].sort()).toEqual([...set.keys()].sort());
    expect(f.metadata).toEqual(new Map(Object.entries(metadata)));
    for (const [name, t] of set) {
      const e = f.tensors.get(name);
      expect(e).toMatchObject({ dtype: t.dtype, shape: t.shape });
      if (safetensorsBits[t.dtype] >= 8) expect((e?.begin ?? 0) % (safetensorsBits[t.dtype] / 8)).toBe(0);
      expect(await f.read(name)).toEqual(t.bytes);
    }
  }));
});

test("only what is wanted is read", async () => {
  const bytes = writeSafetensors({ big: { dtype: "U8", shape: [100_000], bytes: new Uint8Array(100_000) }, small: { dtype: "U8", shape: [3], bytes: new Uint8Array([1, 2, 3]) } });
  const memory = bytesSource(bytes);
  let read = 0, closed = 0;
  const f = await openSafetensors({ ...memory, read: (o, n) => { read += n; return memory.read(o, n); }, close: async () => { closed++; } });
  expect(await f.read("small")).toEqual(new Uint8Array([1, 2, 3]));
  expect(read).toBeLessThan(300);
  await f.close();
  expect(closed).toBe(1);
});

test("from a Blob and from a file, which is closed when its header is bad", async () => {
  const bytes = writeSafetensors({ w: { dtype: "I32", shape: [2], bytes: new Uint8Array([1, 0, 0, 0, 2, 0, 0, 0]) } });
  expect(await (await openSafetensors(new Blob([bytes]))).read("w")).toEqual(bytes.slice(-8));
  const folder = await mkdtemp(join(tmpdir(), "bitloom-st-"));
  try {
    const path = join(folder, "w.safetensors");
    await writeFileAtomic(path, bytes);
    const f = await openSafetensors(path);
    expect(await f.read("w")).toEqual(bytes.slice(-8));
    await f.close();
    await writeFileAtomic(path, bytes.subarray(0, 20));
    expect(await codeOf(() => openSafetensors(path))).toBe("H0201");
    expect(await codeOf(() => openSafetensors(join(folder, "none")))).toBe("H0208");
  } finally {
    await rm(folder, { recursive: true });
  }
});

// Bytes that a header is made of get further into the reader than any byte.
const damage = fc.oneof(fc.nat(255), fc.constantFrom(...new TextEncoder().encode("0123456789,:'\"(){}[]<>|= fFTiu")));

describe("headers that lie", () => {
  const one = (t: string) => `{"a":${t}}`;
  test.each([
    ["nothing", new Uint8Array(), "H0201"],
    ["seven bytes", new Uint8Array(7), "H0201"],
    ["a header of 2^63 bytes", file("{}", 0, 2n ** 63n), "H0201"],
    ["a header of 90 MB in 10 bytes", file("{}", 0, 90_000_000n), "H0201"],
    ["no JSON", file("{,}"), "H0201"],
    ["a list", file("[]"), "H0201"],
    ["not UTF-8", (() => { const f = file('{"a":1}'); f[10] = 0xff; return f; })(), "H0201"],
    ["deep nesting", file(`{"a":${"[".repeat(100_000)}`), "H0201"],
    ["unknown dtype", file(one('{"dtype":"Q4","shape":[2],"data_offsets":[0,1]}'), 1), "H0203"],
    ["a dtype of Object", file(one('{"dtype":"constructor","shape":[2],"data_offsets":[0,1]}'), 1), "H0203"],
    ["negative shape", file(one('{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}'), 1), "H0201"],
    ["fractional shape", file(one('{"dtype":"U8","shape":[0.5],"data_offsets":[0,1]}'), 1), "H0201"],
    ["shape past 2^53", file(one('{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,1]}'), 1), "H0201"],
    ["shape and bytes differ", file(one('{"dtype":"F32","shape":[2],"data_offsets":[0,7]}'), 7), "H0201"],
    ["half a byte", file(one('{"dtype":"F4","shape":[3],"data_offsets":[0,1]}'), 1), "H0201"],
    ["end before begin", file(one('{"dtype":"U8","shape":[1],"data_offsets":[1,0]}'), 1), "H0201"],
    ["cut off", file(one('{"dtype":"U8","shape":[9],"data_offsets":[0,9]}'), 8), "H0201"],
    ["a rest", file(one('{"dtype":"U8","shape":[1],"data_offsets":[0,1]}'), 2), "H0201"],
    ["a hole", file('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}', 3), "H0201"],
    ["an overlap", file('{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}', 3), "H0201"],
    ["a name twice, hiding bytes", file('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}', 2), "H0201"],
    ["a name twice, of the same bytes", file('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\\u0061":{"dtype":"I8","shape":[1],"data_offsets":[0,1]}}', 1), "H0201"],
    ["metadata that is no text", file('{"__metadata__":{"a":1}}'), "H0201"],
  ])("%s", async (_, bytes, code) => expect(await codeOf(() => openSafetensors(bytes))).toBe(code));

  test("the message names the tensor and the byte", async () => {
    await expect(openSafetensors(file('{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}', 3)))
      .rejects.toThrow(/tensor "b" begins at byte 114, inside/);
  });

  test("2,000 damaged files give a Diagnostic or sound tensors, never anything else", async () => {
    const good = writeSafetensors({
      "model.w": { dtype: "F16", shape: [3, 5], bytes: new Uint8Array(30) }, q: { dtype: "U8", shape: [7], bytes: new Uint8Array(7) },
    }, { format: "bitloom" });
    let refused = 0, accepted = 0;
    await fc.assert(fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(good.length - 1), damage), { minLength: 1, maxLength: 3 }), fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat(good.length) }),
      async (edits, cut) => {
        const bytes = good.slice(0, cut);
        for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
        try {
          const f = await openSafetensors(bytes);
          accepted++;
          for (const e of f.tensors.values()) expect((await f.read(e.name)).length * 8).toBe(e.shape.reduce((a, b) => a * b, 1) * safetensorsBits[e.dtype]);
        } catch (error) {
          if (!(error instanceof Diagnostic)) throw error;
          refused++;
        }
      }), { numRuns: 2000 });
    expect(refused).toBeGreaterThan(500);
    expect(accepted).toBeGreaterThan(20);
  });
});

test("the writer refuses what does not fit", async () => {
  expect(await codeOf(async () => writeSafetensors({ a: { dtype: "F32", shape: [2], bytes: new Uint8Array(7) } }))).toBe("H0207");
  expect(await codeOf(async () => writeSafetensors({ __metadata__: { dtype: "U8", shape: [0], bytes: new Uint8Array() } }))).toBe("H0207");
});
