// Damaged weight files of every kind, by fixed seeds: opening and reading them gives a Diagnostic or sound tensors, in bounded time and memory.
// DAMAGED=10000 npx vitest run test/runtime/weights/damage tries as many of each kind; without it a few hundred are tried.
import { describe, expect, test } from "vitest";
import { Diagnostic } from "../../../diagnostic.ts";
import { writeNpy, writeNpz, writeSafetensors } from "../../../runtime/index.ts";
import { openWeights, type WeightsOptions } from "../../../runtime/weights/index.ts";
import { bytesOf, concat, field, gguf, node, onnx, tensorProto, varint } from "./make.ts";

const many = Number(process.env["DAMAGED"] ?? 300);

/** Numbers from 0 to 1 by a seed (mulberry32). */
function chance(seed: number): () => number {
  let s = seed >>> 0;
  return () => { s = (s + 0x6d2b79f5) >>> 0; let t = Math.imul(s ^ (s >>> 15), 1 | s); t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t; return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32; };
}

/** Bytes that lengths, sizes and texts are made of get further into a reader than others. */
const telling = [0, 1, 2, 4, 8, 9, 18, 26, 42, 58, 74, 127, 128, 255, ...new TextEncoder().encode("0123456789,:'\"(){}[]<>= fFiI_.")];
const huge = [[255, 255, 255, 255], [255, 255, 255, 255, 255, 255, 255, 255], [0, 0, 0, 0, 0, 0, 0, 128], [255, 255, 255, 127], [0, 0, 0, 64, 0, 0, 0, 0], [255, 255, 255, 255, 255, 255, 255, 255, 255, 1], [0, 0, 0, 0]];

/** One damaged form of a file: bits turned, bytes changed, lengths blown up, pieces cut out, doubled or moved, the end cut off. */
function damaged(good: Uint8Array, seed: number): Uint8Array {
  const r = chance(seed), at = (n: number): number => Math.floor(r() * n), pick = <T>(list: readonly T[]): T => list[at(list.length)] as T;
  let b = good.slice();
  // Headers come first, and half of all damage goes there.
  const place = (): number => at(r() < 0.5 ? Math.min(b.length, 300) : b.length);
  for (let i = 0, n = 1 + at(4); i < n && b.length > 0; i++) {
    const p = place();
    switch (at(7)) {
      case 0: b[p] = (b[p] ?? 0) ^ (1 << at(8)); break;
      case 1: b[p] = pick(telling); break;
      case 2: b.set(pick(huge).slice(0, b.length - p), p); break;
      case 3: b = b.slice(0, p); break;
      case 4: b = concat(b.subarray(0, p), b.subarray(Math.min(b.length, p + 1 + at(40)))); break;
      case 5: b = concat(b.subarray(0, p), b.subarray(p, p + 1 + at(200)), b.subarray(p)); break;
      default: b = concat(b.subarray(0, p), bytesOf(at(30), seed), b.subarray(p));
    }
  }
  return b;
}

const words = (shape: readonly number[]) => ({ dtype: "I32", shape, bytes: bytesOf(shape.reduce((n, d) => n * d, 4)) }) as const, halves = (shape: readonly number[]) => ({ dtype: "F16", shape, bytes: bytesOf(shape.reduce((n, d) => n * d, 2)) }) as const;
const state = new TextEncoder().encode(JSON.stringify({ quant_type: "nf4", blocksize: 64, shape: [8, 64], dtype: "bfloat16" }));
const plain = writeSafetensors({ "model.w": halves([3, 5]), q: { dtype: "U8", shape: [7], bytes: bytesOf(7) }, e: { dtype: "F6_E2M3", shape: [8], bytes: bytesOf(6) } }, { format: "bitloom" });
const quantised = writeSafetensors({
  "a.qweight": words([16, 32]), "a.qzeros": words([4, 4]), "a.scales": halves([4, 32]), "a.g_idx": words([128]),
  "b.weight_packed": words([8, 8]), "b.weight_scale": halves([8, 2]), "b.weight_shape": { dtype: "I64", shape: [2], bytes: new Uint8Array(BigInt64Array.of(8n, 64n).buffer) },
  "c.weight": { dtype: "U8", shape: [256, 1], bytes: bytesOf(256) }, "c.weight.absmax": { dtype: "F32", shape: [8], bytes: bytesOf(32) }, "c.weight.quant_map": { dtype: "F32", shape: [16], bytes: bytesOf(64) },
  "c.weight.quant_state.bitsandbytes__nf4": { dtype: "U8", shape: [state.length], bytes: state },
  "d.W_q": words([4, 16]), "d.scale": halves([32, 1]), "d.zero": halves([32, 1]), "d.nbits": { dtype: "I32", shape: [], bytes: Uint8Array.of(3, 0, 0, 0) }, "d.group_size": { dtype: "I32", shape: [], bytes: Uint8Array.of(16, 0, 0, 0) },
  "d.shape": { dtype: "I64", shape: [2], bytes: new Uint8Array(BigInt64Array.of(8n, 64n).buffer) },
});
const x = { dtype: "f4", shape: [5, 7], data: Float32Array.from({ length: 35 }, (_, i) => i) } as const, y = { dtype: "i8", shape: [3], data: BigInt64Array.of(1n, 2n, 3n) } as const;
const index = new TextEncoder().encode(JSON.stringify({ metadata: { total_size: 43 }, weight_map: { "model.w": "one", q: "one", e: "one" } }));

const kinds: Readonly<Record<string, readonly [good: Uint8Array, options: WeightsOptions]>> = {
  safetensors: [plain, { kind: "safetensors" }], "quantised arrays": [quantised, { kind: "safetensors" }], index: [index, { kind: "index", beside: async (name) => (name === "one" ? plain : undefined) }],
  gguf: [gguf({ "general.architecture": "llama", "general.alignment": 32, list: ["a", "bc"], numbers: [1, 2, 3], deep: [[1], [2, 3]], yes: true }, [{ name: "blk.0.w", ne: [64, 3], type: 2, bytes: bytesOf(108) }, { name: "norm", ne: [5], type: 0, bytes: bytesOf(20) }]), { kind: "gguf" }],
  onnx: [onnx([node("MatMulNBits", ["A", "B", "S", "Z"], { N: 2, K: 32, bits: 4, block_size: 16 }), concat(field(4, "If"), field(5, concat(field(1, "b"), field(6, field(5, tensorProto("in", 2, [2], bytesOf(2)))))))],
    [tensorProto("B", 2, [2, 2, 8], bytesOf(32)), tensorProto("S", 1, [4], bytesOf(16)), tensorProto("Z", 2, [2], bytesOf(2)), tensorProto("v", 6, [3], { fields: field(5, concat(varint(1), varint(300), varint(-1))) }), tensorProto("w", 1, [3], { fields: field(4, bytesOf(12)) })]), { kind: "onnx" }],
  npy: [writeNpy(x), { kind: "npy" }], npz: [await writeNpz({ x, y }), { kind: "npz" }], "npz, deflated": [await writeNpz({ x, y }, { compress: true }), { kind: "npz" }],
};

/** What a damaged file gives: a code, or that its tensors are sound. */
async function tried(bytes: Uint8Array, options: WeightsOptions): Promise<string> {
  try {
    const f = await openWeights(bytes, options);
    for (const t of f.tensors) {
      expect(t.length).toBe(t.parts.reduce((n, p) => n + p.length, 0));
      for (const p of t.parts) {
        const got = await f.read(t.name, { part: p.name }).catch((e: unknown) => { if (e instanceof Diagnostic) return undefined; throw e; });
        if (got && got.length !== p.length) throw new Error(`${t.name}: ${got.length} bytes for ${p.length}`);
      }
    }
    return "sound";
  } catch (e) {
    if (e instanceof Diagnostic) return e.code;
    throw e;
  }
}

describe.each(Object.entries(kinds))("%s", (kind, [good, options]) => {
  test("as it is, it is sound", async () => expect(await tried(good, options)).toBe("sound"));
  test(`damaged ${many} times, it is refused in words or sound`, async () => {
    const seen = new Map<string, number>();
    let slowest = 0, most = 0;
    for (let seed = 1; seed <= many; seed++) {
      const bytes = damaged(good, seed), begin = performance.now();
      const what = await tried(bytes, options).catch((e: unknown) => { throw new Error(`seed ${seed}: ${e instanceof Error ? e.stack ?? e.message : String(e)}`); });
      slowest = Math.max(slowest, performance.now() - begin);
      most = Math.max(most, process.memoryUsage().arrayBuffers);
      seen.set(what, (seen.get(what) ?? 0) + 1);
    }
    if (process.env["DAMAGED"]) console.log(kind, Object.fromEntries([...seen].sort()), `slowest ${slowest.toFixed(0)} ms, at most ${(most / 2 ** 20).toFixed(0)} MiB of bytes`);
    expect([...seen].filter(([code]) => code !== "sound").reduce((n, [, c]) => n + c, 0)).toBeGreaterThan(many / 4);
    expect(slowest).toBeLessThan(5000);
    expect(most).toBeLessThan(200 << 20);
  });
});
