// Files that somebody damaged on purpose: whatever stands in them, reading gives sound arrays or a message with a way out, soon, and
// holds no more than the file can mean. BITLOOM_HOSTILE=10000 tries so many of each kind.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Diagnostic } from "../../diagnostic.ts";
import { openNpz, openSafetensors, readNpy, writeNpy, writeNpz, writeSafetensors, type NpyArray } from "../../runtime/index.ts";

const RUNS = Number(process.env["BITLOOM_HOSTILE"] ?? 1500);

const f4: NpyArray = { dtype: "f4", shape: [3, 5], data: Float32Array.from({ length: 15 }, (_, i) => i / 3) }, u1: NpyArray = { dtype: "u1", shape: [40], data: new Uint8Array(40) };
const header = (json: string): Uint8Array => {
  const text = new TextEncoder().encode(json), out = new Uint8Array(8 + text.length);
  new DataView(out.buffer).setUint32(0, text.length, true);
  out.set(text, 8);
  return out;
};

/** Bytes that bring a reader to what it isn't ready for: signs of the headers, ends of ranges, marks of archives. */
const words = ["[", "{", "(", "\"", "'", ":", "-1", "0", "9999999999999999", "1e309", "__proto__", "data_offsets", "shape", "PK\u0001\u0002", "PK\u0005\u0006", "\u0000\u0000\u0000\u0000", "\u00ff\u00ff\u00ff\u00ff", "\u00ff\u00ff\u00ff\u007f"]
  .map((w) => Uint8Array.from(w, (c) => c.charCodeAt(0)));

/** One way to damage bytes; places are parts of the whole, so that they shrink with it. */
type Damage = (bytes: Uint8Array) => Uint8Array;
const place = fc.double({ min: 0, max: 1, noNaN: true }), joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((p) => [...p]));
const at = (bytes: Uint8Array, where: number): number => Math.min(bytes.length, Math.floor(where * (bytes.length + 1)));
const damage: fc.Arbitrary<Damage> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(place, fc.nat(255)).map(([w, x]): Damage => (b) => { const out = b.slice(), i = at(b, w); if (i < out.length) out[i] = x; return out; }) },
  { weight: 4, arbitrary: fc.tuple(place, fc.constantFrom(...words), fc.boolean()).map(([w, x, over]): Damage => (b) => joined(b.subarray(0, at(b, w)), x, b.subarray(Math.min(b.length, at(b, w) + (over ? x.length : 0))))) },
  { weight: 2, arbitrary: fc.tuple(place, place).map(([v, w]): Damage => (b) => joined(b.subarray(0, at(b, v)), b.subarray(at(b, Math.max(v, w))))) },
  { weight: 2, arbitrary: fc.tuple(place, place, place).map(([v, w, to]): Damage => (b) => joined(b.subarray(0, at(b, to)), b.subarray(at(b, Math.min(v, w)), at(b, Math.max(v, w))), b.subarray(at(b, to)))) },
  { weight: 1, arbitrary: place.map((w): Damage => (b) => b.slice(0, at(b, w))) },
  // A number of a header becomes another one.
  { weight: 3, arbitrary: fc.tuple(fc.nat(30), fc.constantFrom("0", "1", "-1", "18446744073709551616", "4294967295", "2147483648", "1.5", "1e9")).map(([n, x]): Damage => (b) => {
    const text = Buffer.from(b).toString("latin1"), found = [...text.matchAll(/\d+/g)], m = found[n % Math.max(1, found.length)];
    return m ? Uint8Array.from(text.slice(0, m.index) + x + text.slice(m.index + m[0].length), (c) => c.charCodeAt(0)) : b;
  }) },
);

interface Kind { readonly good: readonly Uint8Array[]; readonly read: (bytes: Uint8Array) => Promise<readonly { readonly shape: readonly number[]; readonly bytes: number; readonly each?: number }[]> }

const sizeOf = (shape: readonly number[]): number => (shape.includes(0) ? 0 : shape.reduce((n, d) => n * d, 1));
const sum = (a: NpyArray) => ({ shape: a.shape, bytes: a.data.byteLength, each: a.data.BYTES_PER_ELEMENT });

const kinds: Readonly<Record<string, Kind>> = {
  npy: { good: [writeNpy(f4), writeNpy(u1)], read: async (bytes) => [sum(readNpy(bytes))] },
  npz: {
    good: [await writeNpz({ x: f4, y: u1 }), await writeNpz({ x: u1, "a/b": f4 }, { compress: true })],
    async read(bytes) {
      const file = await openNpz(bytes), found = [];
      for (const name of file.names) found.push(sum(await file.read(name)));
      return found;
    },
  },
  safetensors: {
    good: [
      writeSafetensors({ w: { dtype: "F32", shape: [2, 3], bytes: new Uint8Array(24) }, b: { dtype: "U8", shape: [3], bytes: new Uint8Array(3) } }, { format: "pt" }),
      header("{\"a\":{\"dtype\":\"F16\",\"shape\":[0],\"data_offsets\":[0,0]}}"),
    ],
    async read(bytes) {
      const file = await openSafetensors(bytes), found = [];
      for (const [name, e] of file.tensors) found.push({ shape: e.shape, bytes: (await file.read(name)).length });
      return found;
    },
  },
};

describe.each(Object.entries(kinds))("%s", (name, { good, read }) => {
  test(`${RUNS} damaged files are refused in words or read soundly, soon and within 8 MiB each`, async () => {
    let refused = 0, slowest = 0;
    await fc.assert(fc.asyncProperty(fc.constantFrom(...good), fc.array(damage, { minLength: 1, maxLength: 4 }), async (from, ways) => {
      const bytes = ways.reduce((b, d) => d(b), from), before = process.memoryUsage().arrayBuffers, start = process.cpuUsage();
      try {
        for (const a of await read(bytes)) {
          if (a.each) expect(a.bytes).toBe(sizeOf(a.shape) * a.each);
          expect(a.bytes).toBeLessThanOrEqual(bytes.length * 1032);
        }
      } catch (e) {
        if (!(e instanceof Diagnostic)) throw e;
        refused++;
        expect([e.code.slice(0, 3), e.data.help !== undefined]).toEqual(["H02", true]);
        expect(e.message.length).toBeLessThan(2000);
      }
      const { user } = process.cpuUsage(start);
      slowest = Math.max(slowest, user / 1000);
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 2 ** 20);
    }), { numRuns: RUNS, seed: 20, interruptAfterTimeLimit: 150_000, markInterruptAsFailure: true });
    if (process.env["BITLOOM_HOSTILE"]) console.log(`${name}: ${refused} of ${RUNS} refused, the slowest took ${slowest.toFixed(1)} ms`);
    expect(refused).toBeGreaterThan(RUNS / 3);
    expect(RUNS - refused).toBeGreaterThan(RUNS / 100);
    expect(slowest).toBeLessThan(2000); // a collection of garbage may fall in between
  }, 170_000);
});

describe("headers of safetensors that are made to stall or break a parser", () => {
  const entry = "{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}";
  const outcome = async (bytes: Uint8Array): Promise<string> => openSafetensors(bytes).then((f) => `${f.tensors.size} tensors`, (e: unknown) => { if (!(e instanceof Diagnostic)) throw e; return e.message; });
  test.each([
    ["a name of 12 million letters", `{"${"a".repeat(12e6)}":${entry}}`, /^1 tensors/],
    ["a name of a million escapes", `{"${"\\n".repeat(1e6)}":${entry}}`, /^1 tensors/],
    ["a million backslashes before a quote", `{"${"\\\\".repeat(1e6)}\\"":${entry}}`, /^1 tensors/],
    ["metadata of 12 million letters", `{"__metadata__":{"a":"${"x".repeat(12e6)}"}}`, /^0 tensors/],
    ["lists in lists, a million deep", `{"a":${"[".repeat(1e6)}${"]".repeat(1e6)}}`, /nests more than 64 levels deep/],
    ["objects in objects", "{\"a\":".repeat(1e6), /nests more than 64 levels deep/],
    ["a million closing brackets", "]".repeat(1e6), /its header is no JSON/],
    ["a name twice, once as escapes", `{"ab":${entry},"\\u0061b":${entry}}`, /has "ab" twice/],
    ["brackets and colons inside of names", `{"a[{:\\"":${entry},"]}":${entry}}`, /^2 tensors/],
    ["a string without end", "{\"a", /its header is no JSON/],
  ])("%s", async (_, json, want) => {
    const start = performance.now();
    expect(await outcome(header(json))).toMatch(want);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
