// GGUF: files made by hand, those that lie, and the same answers as another reader of the format.
import { expect, test, describe } from "vitest";
import { openWeights } from "../../../runtime/weights/index.ts";
import { bytesOf, concat, gguf, u32, u64, type GgufTensor } from "./make.ts";

const q4: GgufTensor = { name: "blk.0.w", ne: [64, 3], type: 2, bytes: bytesOf(108) };
const norm: GgufTensor = { name: "norm", ne: [5], type: 0, bytes: bytesOf(20, 2) };

/** What opening gives: the code and message, or nothing. */
export async function refusal(bytes: Uint8Array, options = {}): Promise<string> {
  try { await (await openWeights(bytes, options)).close(); } catch (e) { return String((e as Error).message); }
  return "";
}

describe("what is read", () => {
  test.each([1, 2, 3] as const)("version %i: metadata, tensors, bytes by range", async (version) => {
    const f = await openWeights(gguf({ "general.architecture": "llama", "general.name": "ü", n: 7, x: 0.5, yes: true, big: 2n ** 63n, tokens: ["a", "", "c"], nested: [[1, 2], [3]] }, [q4, norm], { version }));
    expect(f.kind).toBe("gguf");
    expect(Object.fromEntries(f.metadata)).toEqual({ "general.architecture": "llama", "general.name": "ü", n: 7, x: 0.5, yes: true, big: 2n ** 63n, tokens: ["a", "", "c"], nested: [[1, 2], [3]] });
    expect(f.tensors.map((t) => [t.name, t.format, t.shape, t.length, t.bitsPerWeight])).toEqual([["blk.0.w", "q4_0", [3, 64], 108, 4.5], ["norm", "f32", [5], 20, 32]]);
    expect(await f.read("blk.0.w")).toEqual(q4.bytes);
    expect(await f.read("norm", { offset: 4, length: 8 })).toEqual(norm.bytes.subarray(4, 12));
    const pieces: Uint8Array[] = [];
    for await (const p of f.pieces("blk.0.w", { size: 50 })) pieces.push(p);
    expect(pieces.map((p) => p.length)).toEqual([50, 50, 8]);
    expect(concat(...pieces)).toEqual(q4.bytes);
  });

  test("alignment other than 32, and tensors in another order than their bytes", async () => {
    const f = await openWeights(gguf({ "general.alignment": 64 }, [{ ...q4, offset: 64 }, { ...norm, offset: 0 }], { alignment: 64 }));
    expect(await f.read("norm")).toEqual(norm.bytes);
    expect((f.tensor("blk.0.w").parts[0]?.offset ?? 1) % 64).toBe(0);
  });

  test("every type has the bytes per block of its name", async () => {
    // Bits per weight as the format's authors give them.
    const bpw: Record<number, [string, number, number]> = {
      8: ["q8_0", 32, 8.5], 10: ["q2_k", 256, 2.625], 11: ["q3_k", 256, 3.4375], 12: ["q4_k", 256, 4.5], 13: ["q5_k", 256, 5.5], 14: ["q6_k", 256, 6.5625], 16: ["iq2_xxs", 256, 2.0625], 17: ["iq2_xs", 256, 2.3125], 18: ["iq3_xxs", 256, 3.0625],
      19: ["iq1_s", 256, 1.5625], 20: ["iq4_nl", 32, 4.5], 21: ["iq3_s", 256, 3.4375], 22: ["iq2_s", 256, 2.5625], 23: ["iq4_xs", 256, 4.25], 29: ["iq1_m", 256, 1.75], 34: ["tq1_0", 256, 1.6875], 35: ["tq2_0", 256, 2.0625],
      39: ["mxfp4", 32, 4.25], 40: ["nvfp4", 64, 4.5], 41: ["q1_0", 128, 1.125], 42: ["q2_0", 64, 2.25], 3: ["q4_1", 32, 5], 6: ["q5_0", 32, 5.5], 7: ["q5_1", 32, 6], 30: ["bf16", 1, 16], 1: ["f16", 1, 16], 24: ["i8", 1, 8], 27: ["i64", 1, 64],
    };
    for (const [type, [name, block, bits]] of Object.entries(bpw)) {
      const f = await openWeights(gguf({}, [{ name: "t", ne: [block * 2, 2], type: Number(type), bytes: bytesOf((block * 4 * bits) / 8) }]));
      expect(f.tensors.map((t) => [t.format, t.bitsPerWeight])).toEqual([[name, bits]]);
    }
  });

  test("BitNet's i2_s has its scale behind the elements", async () => {
    const f = await openWeights(gguf({}, [{ name: "t", ne: [128, 2], type: 36, bytes: bytesOf(64 + 32) }]));
    expect(f.tensors[0]).toMatchObject({ format: "i2_s", length: 96 });
  });
});

describe("files that lie are told where", () => {
  const head = (tensors: number | bigint, pairs: number | bigint, ...rest: Uint8Array[]): Uint8Array => concat([...new TextEncoder().encode("GGUF")], u32(3), u64(tensors), u64(pairs), ...rest);
  const text = (t: string): Uint8Array => concat(u64(t.length), new TextEncoder().encode(t));
  test.each<readonly [string, Uint8Array, RegExp]>([
    ["more tensors than bytes", head(10_000_000, 0), /H0220: .*byte 8 says that it has 10000000 tensors/],
    ["2^63 pairs", head(0, 2n ** 63n), /H0220: .*byte 8/],
    ["a cut header gives no tensors without names", head(1, 1, text("a"), u32(4), u32(7)), /H0220: .*byte 8 says that it has 1 tensors and 1 pairs/],
    ["a text of 2^60 bytes", head(0, 1, u64(2n ** 60n), bytesOf(20)), /H0220: .*key 1 of 1 at byte 24 says that it has more than 2\^53 bytes; 20 are the most/],
    ["a text past the end", head(0, 1, u64(21), bytesOf(20)), /key 1 of 1 at byte 24 says that it has 21 bytes; 20 are the most/],
    ["a list of 2^40", head(0, 1, text("a"), u32(9), u32(4), u64(2n ** 40n)), /the value of "a" at byte 37 is a list of 1099511627776 values/],
    ["lists of lists", head(0, 1, text("a"), u32(9), ...Array.from({ length: 9 }, () => concat(u32(9), u64(1))), u32(4), u64(0)), /is a list in more than 4 lists/],
    ["an unknown type of metadata", head(0, 1, text("a"), u32(13), bytesOf(30)), /the value of "a" at byte 37 has the unknown type 13/],
    ["the same key twice", gguf({ a: 1, b: 2 }, []).map((b) => (b === 98 ? 97 : b)), /the key "a" at byte \d+ is there twice/],
    ["big-endian", concat([...new TextEncoder().encode("GGUF")], [0, 0, 0, 3], u64(0), u64(0)), /big-endian/],
    ["version 9", concat([...new TextEncoder().encode("GGUF")], u32(9), u64(0), u64(0)), /version 9 at byte 4/],
    ["a name twice", gguf({}, [norm, norm]), /tensor "norm" is there twice, the second time at byte 60/],
    ["no name", gguf({}, [{ ...norm, name: "" }]), /tensor 1 of 1, whose record begins at byte 24, has no name/],
    ["an unknown type", gguf({}, [{ ...norm, type: 4 }]), /H0203: .*"norm", whose record begins at byte 24, has the unknown type 4/],
    ["half a block", gguf({}, [{ ...q4, ne: [33, 3] }]), /"blk.0.w".*q4_0\[3, 33\]: blocks of 32 elements don't come out even/],
    ["too many elements", gguf({}, [{ ...q4, ne: [2 ** 40, 2 ** 40] }]), /"blk.0.w".*too many elements/],
    ["many axes", gguf({}, [{ ...norm, ne: Array<number>(9).fill(1) }]), /9 axes/],
    ["an overlap", gguf({}, [q4, { ...norm, offset: 64 }]), /tensor "norm" begins at byte 192, inside of tensor "blk.0.w", which ends at byte 236/],
    ["an odd offset", gguf({}, [{ ...norm, offset: 8 }]), /tensor "norm" begins at byte 72, which is no multiple of 32 behind byte 64/],
    ["cut off in the data", gguf({}, [q4]).slice(0, 150), /tensor "blk.0.w" begins at byte 96 and takes 108 bytes, but the file ends at byte 150/],
    ["an alignment of 3", gguf({ "general.alignment": 3 }, []), /general.alignment is 3, no power of two/],
  ])("%s", async (_, bytes, says) => expect(await refusal(bytes, { kind: "gguf" })).toMatch(says));

  test("cut off anywhere in the header: refused, and the byte is named", async () => {
    const whole = gguf({ a: "text", l: [1, 2, 3] }, [q4, norm]);
    for (let n = 0; n < 200; n++) expect(await refusal(whole.slice(0, n), { kind: "gguf" }), `${n} bytes`).toMatch(/^H0220: .*byte \d+/);
  });
});
