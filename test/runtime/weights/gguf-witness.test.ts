// Another reader of GGUF, that of Hugging Face, finds the same in the same files; and where it stops looking, ours goes on.
import { gguf as theirs } from "@huggingface/gguf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ggmlTypes } from "../../../runtime/weights/gguf.ts";
import { openWeights } from "../../../runtime/weights/index.ts";
import { bytesOf, gguf, type GgufTensor, type GgufValue } from "./make.ts";

/** Asks the other reader, which takes addresses, by a server that is none. */
const ask = (bytes: Uint8Array) => theirs("http://nowhere/", { fetch: (async (_: unknown, init?: { readonly headers?: Readonly<Record<string, string>> }) => {
  const [, from = "0", to = "0"] = /bytes=(\d+)-(\d+)/.exec(init?.headers?.["Range"] ?? "") ?? [];
  return new Response(bytes.slice(Number(from), Number(to) + 1), { headers: { "content-range": `bytes ${from}-${to}/${bytes.length}` } });
}) as typeof fetch });

const value: fc.Arbitrary<GgufValue> = fc.oneof(fc.string(), fc.nat(), fc.boolean(), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.array(fc.string(), { minLength: 1, maxLength: 5 }), fc.array(fc.nat(), { minLength: 1, maxLength: 5 }));
const names = (most: number) => fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20 }).filter((n) => n !== "__proto__" && n !== "general.alignment"), { maxLength: most });
// Types whose blocks are 1, 32 and 256 elements.
const tensor = (name: string): fc.Arbitrary<GgufTensor> => fc.record({ kind: fc.constantFrom([0, 1, 4], [1, 1, 2], [2, 32, 18], [8, 32, 34], [14, 256, 210], [30, 1, 2]), ne: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 }) })
  .map(({ kind: [type = 0, block = 1, bytes = 1], ne }) => ({ name, type, ne: [(ne[0] ?? 1) * block, ...ne.slice(1)], bytes: bytesOf(ne.reduce((n, d) => n * d, bytes)) }));
const file = fc.tuple(names(6), names(6), fc.constantFrom(1 as const, 2 as const, 3 as const)).chain(([keys, tensors, version]) => fc.record({ pairs: fc.tuple(...keys.map((k) => fc.tuple(fc.constant(k), value))), tensors: fc.tuple(...tensors.map(tensor)), version: fc.constant(version) }));

test("300 random files: the same metadata, names, types, sizes and places", async () => {
  await fc.assert(fc.asyncProperty(file, async ({ pairs, tensors, version }) => {
    const bytes = gguf(Object.fromEntries(pairs), tensors, { version }), ours = await openWeights(bytes), other = await ask(bytes);
    const { version: theirVersion, tensor_count: count, kv_count: kv, ...metadata } = other.metadata as unknown as Record<string, unknown>;
    expect([theirVersion, count, kv]).toEqual([version, BigInt(tensors.length), BigInt(Object.keys(Object.fromEntries(pairs)).length)]);
    expect(Object.fromEntries(ours.metadata)).toEqual(metadata);
    expect(ours.tensors.map((t) => [t.name, t.format, [...t.shape].reverse(), t.parts[0]?.offset]))
      .toEqual(other.tensorInfos.map((t) => [t.name, ggmlTypes.get(t.dtype), t.shape.map(Number), Number(other.tensorDataOffset + t.offset)]));
    for (const t of tensors) expect(Buffer.compare(await ours.read(t.name), t.bytes)).toBe(0);
  }), { numRuns: 300, seed: 5 });
}, 120_000);

test("a header that is cut off: the other reader goes on in zeros, ours says where it ends", async () => {
  const whole = gguf({ a: 7 }, [{ name: "first.weight", ne: [32], type: 0, bytes: bytesOf(128) }, { name: "second.weight", ne: [32], type: 0, bytes: bytesOf(128) }]), cut = whole.slice(0, 41 + 60);
  expect((await ask(cut)).tensorInfos).toHaveLength(2);
  await expect(openWeights(cut)).rejects.toThrow(/H0220: .*tensor 2 of 2.* at byte \d+ .*(are left|can have)/);
});
