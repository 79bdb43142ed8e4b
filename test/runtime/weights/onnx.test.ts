// ONNX: initialisers in every form that the format has, constants of nodes, MatMulNBits as one tensor, data outside, and models that lie.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openWeights, type WeightFile, type WeightsOptions } from "../../../runtime/weights/index.ts";
import { folder } from "../../support/folders.ts";
import { vectors } from "../../support/vectors.ts";
import { bytesOf, concat, field, node, onnx, outside, tensorProto, varint } from "./make.ts";

const open = (bytes: Uint8Array, options: WeightsOptions = {}): Promise<WeightFile> => openWeights(bytes, { kind: "onnx", ...options });
const packed = (number: number, ...xs: readonly (number | bigint)[]): Uint8Array => field(number, concat(...xs.map(varint)));
const floats = (...xs: readonly number[]): Uint8Array => new Uint8Array(Float32Array.from(xs).buffer);
const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));
const FLOAT = 1, U8 = 2, I32 = 6, I64 = 7, TEXT = 8, F16 = 10, U4 = 21;

describe("what is read", () => {
  test("every place of a tensor's numbers gives the same bytes", async () => {
    const raw = bytesOf(24), f = await open(onnx([], [
      tensorProto("raw", FLOAT, [2, 3], raw),
      tensorProto("floats", FLOAT, [3], { fields: field(4, floats(1, -2, 0.5)) }),
      tensorProto("single floats", FLOAT, [2], { fields: concat(varint(4 * 8 + 5), floats(3), varint(4 * 8 + 5), floats(4)) }),
      tensorProto("ints", I32, [3], { fields: packed(5, 1, -1, 70000) }),
      tensorProto("single ints", I32, [2], { fields: concat(field(5, 9), field(5, -9)) }),
      tensorProto("halves", F16, [2], { fields: packed(5, 0x3c00, 0xbc00) }),
      tensorProto("longs", I64, [2], { fields: packed(7, -2n, 2n ** 40n) }),
      tensorProto("nibbles", U4, [3], { fields: packed(5, 0x21, 0x03) }),
      tensorProto("empty", FLOAT, [0, 4], new Uint8Array(0)),
      tensorProto("text", TEXT, [1], { fields: field(6, "hello") }),
    ]));
    expect(f.tensors.map((t) => [t.name, t.format, t.shape, t.length])).toEqual([
      ["raw", "f32", [2, 3], 24], ["floats", "f32", [3], 12], ["single floats", "f32", [2], 8], ["ints", "i32", [3], 12], ["single ints", "i32", [2], 8], ["halves", "f16", [2], 4], ["longs", "i64", [2], 16], ["nibbles", "u4", [3], 2],
      ["empty", "f32", [0, 4], 0],
    ]);
    expect(await f.read("raw", { offset: 5, length: 7 })).toEqual(raw.subarray(5, 12));
    expect(await f.read("floats")).toEqual(floats(1, -2, 0.5));
    expect(await f.read("single floats")).toEqual(floats(3, 4));
    expect(await f.read("ints")).toEqual(new Uint8Array(Int32Array.of(1, -1, 70000).buffer));
    expect(await f.read("single ints", { offset: 4 })).toEqual(new Uint8Array(Int32Array.of(-9).buffer));
    expect(await f.read("halves")).toEqual(Uint8Array.of(0, 0x3c, 0, 0xbc));
    expect(await f.read("longs")).toEqual(new Uint8Array(BigInt64Array.of(-2n, 2n ** 40n).buffer));
    expect(await f.read("nibbles")).toEqual(Uint8Array.of(0x21, 0x03));
    expect(f.metadata.get("producer_name")).toBe("bitloom tests");
  });

  test("constants, also those of graphs in nodes, by the name of their output", async () => {
    const constant = concat(field(2, "c"), field(5, concat(field(1, "value"), field(5, tensorProto("", FLOAT, [1], floats(7))))), field(4, "Constant"));
    const branch = concat(field(4, "If"), field(5, concat(field(1, "then_branch"), field(6, concat(field(1, constant), field(5, tensorProto("inner", U8, [2], Uint8Array.of(1, 2))))))));
    const f = await open(onnx([branch], []));
    expect(f.tensors.map((t) => t.name)).toEqual(["c", "inner"]);
    expect(await f.read("c")).toEqual(floats(7));
  });

  test("data in files beside the model, and no others", async () => {
    const dir = folder(), data = bytesOf(100), path = join(dir, "m.onnx");
    writeFileSync(join(dir, "m.data"), data);
    writeFileSync(path, onnx([], [tensorProto("w", FLOAT, [4], outside("m.data", 16, 16)), tensorProto("v", U8, [84], outside("./m.data", 16, 84))]));
    const f = await openWeights(path);
    expect(await f.read("w", { offset: 4, length: 4 })).toEqual(data.subarray(20, 24));
    expect(await f.read("v")).toEqual(data.subarray(16));
    expect(f.tensor("w").parts[0]).toMatchObject({ offset: 16, file: join(dir, "m.data") });
    await f.close();
    mkdirSync(join(dir, "sub"));
    for (const [name, offset, says] of [["../m.data", 0, /no plain name/], ["/etc/passwd", 0, /no plain name/], ["C:\\x", 0, /no plain name/], ["n.data", 0, /isn't beside it/], ["sub", 0, /isn't beside it/], ["m.data", 96, /bytes 96 to 112 lie behind the end of .*m.data, which has 100/]] as const) {
      writeFileSync(path, onnx([], [tensorProto("w", FLOAT, [4], outside(name, offset, 16))]));
      await expect(openWeights(path)).rejects.toThrow(says);
    }
    await expect(open(onnx([], [tensorProto("w", FLOAT, [4], outside("m.data", 0, 16))]))).rejects.toThrow(/H0221.*isn't beside it.*option `beside`/);
    const given = await open(onnx([], [tensorProto("w", FLOAT, [4], outside("m.data", 0, 16))]), { beside: async (name) => (name === "m.data" ? data : undefined) });
    expect(await given.read("w")).toEqual(data.subarray(0, 16));
  });
});

/** A model with one MatMulNBits. */
const nbits = (n: number, k: number, bits: number, block: number, b: Uint8Array, scales: Uint8Array, zeros?: Uint8Array, dims = [n, Math.ceil(k / block), (block * bits) / 8]): Uint8Array => onnx(
  [node("MatMulNBits", ["A", "B", "S", ...(zeros ? ["Z"] : [])], { N: n, K: k, bits, block_size: block })],
  [tensorProto("B", U8, dims, b), tensorProto("S", FLOAT, [n * Math.ceil(k / block)], scales), ...(zeros ? [tensorProto("Z", U8, [zeros.length], zeros)] : []), tensorProto("other", U8, [1], Uint8Array.of(1))]);

describe("MatMulNBits", () => {
  test("public vectors become one tensor each", async () => {
    for (const c of vectors<{ readonly cases: readonly { bits: number; block: number; K: number; N: number; B_u8: string; scales_f32: string; Z_u8?: string }[] }>("formats/onnx-matmulnbits").cases) {
      const zeros = c.Z_u8, f = await open(nbits(c.N, c.K, c.bits, c.block, hex(c.B_u8), hex(c.scales_f32), zeros === undefined ? undefined : hex(zeros)));
      expect(f.tensors.map((t) => [t.name, t.format, t.shape, t.options])).toEqual([["B", `matmulnbits${c.bits}`, [c.N, c.K], { bits: c.bits, block: c.block }], ["other", "u8", [1], {}]]);
      expect(await f.read("B", { part: "B" })).toEqual(hex(c.B_u8));
      expect(await f.read("B", { part: "scales" })).toEqual(hex(c.scales_f32));
      if (zeros !== undefined) expect(await f.read("B", { part: "zero_points" })).toEqual(hex(zeros));
    }
  });
  test("zero points, tails of K, every width, and blobs in two dimensions", async () => {
    for (const bits of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const n = 3, k = 40, block = 16, blocks = 3, f = await open(nbits(n, k, bits, block, bytesOf(n * blocks * 2 * bits), bytesOf(n * blocks * 4), bytesOf(n * Math.ceil((blocks * bits) / 8)), [n, blocks * 2 * bits]));
      expect(f.tensor("B")).toMatchObject({ format: `matmulnbits${bits}`, shape: [n, k] });
      expect(f.tensor("B").parts.map((p) => p.name)).toEqual(["B", "scales", "zero_points"]);
    }
  });
  test("weights that are no initialisers stay what they are", async () => {
    const f = await open(onnx([node("MatMulNBits", ["A", "made elsewhere", "S"], { N: 2, K: 16, bits: 4, block_size: 16 })], [tensorProto("S", FLOAT, [2], floats(1, 2))]));
    expect(f.tensors.map((t) => t.name)).toEqual(["S"]);
  });
  test("MatMulBnb4", async () => {
    const f = await open(onnx([node("MatMulBnb4", ["A", "B", "M"], { N: 4, K: 32, block_size: 16, quant_type: 1 })], [tensorProto("B", U8, [64], bytesOf(64)), tensorProto("M", FLOAT, [8], bytesOf(32))]));
    expect(f.tensors.map((t) => [t.name, t.format, t.shape])).toEqual([["B", "matmulbnb4_nf4", [4, 32]]]);
  });
  test.each<readonly [string, Uint8Array, RegExp]>([
    ["bytes of B", nbits(2, 32, 4, 16, bytesOf(31), bytesOf(16), undefined, [31]), /H0222: .*"B" at byte \d+, u8\[31\], should have 2·2·8 bytes for N = 2, K = 32, blocks of 16 and 4 bits, as the node at byte \d+ says/],
    ["scales", nbits(2, 32, 4, 16, bytesOf(32), bytesOf(12)), /H0221: .*raw_data/],
    ["zero points", nbits(2, 32, 4, 16, bytesOf(32), bytesOf(16), bytesOf(3)), /"Z" at byte \d+, u8\[3\], should have 2 bytes, 2 zeros of 4 bits in a row of whole bytes/],
    ["no N", onnx([node("MatMulNBits", ["A", "B", "S"], { K: 16, block_size: 16 })], []), /the MatMulNBits at byte \d+ has no N/],
    ["bits of 9", onnx([node("MatMulNBits", ["A", "B", "S"], { N: 1, K: 16, block_size: 16, bits: 9 })], [tensorProto("B", U8, [1], bytesOf(1)), tensorProto("S", U8, [1], bytesOf(1))]), /impossible bits 9/],
  ])("refused: %s", async (_, bytes, says) => expect(open(bytes)).rejects.toThrow(says));
});

describe("models that lie", () => {
  const graph = (...parts: readonly Uint8Array[]): Uint8Array => concat(field(1, 10), field(7, concat(...parts)));
  test.each<readonly [string, Uint8Array, RegExp]>([
    ["nothing", new Uint8Array(0), /H0221: .*no graph/],
    ["two graphs", concat(graph(), graph()), /2 graphs/],
    ["a field past the end", concat(field(1, 10), varint(58), varint(2n ** 62n), bytesOf(9)), /field 7 of the model at byte 2 takes 46116860184273\d+ bytes, but 9 are left/],
    ["a number of eleven bytes", new Uint8Array(30).fill(255), /the number at byte 0, a tag of the model, has more than ten bytes/],
    ["a number that is cut off", Uint8Array.of(8, 128), /the number at byte 1.* is cut off/],
    ["an unknown wire type", Uint8Array.of(11, 0), /the tag at byte 0 of the model has the unknown wire type 3/],
    ["field 0", Uint8Array.of(2, 0), /has the field number 0/],
    ["a tensor without a name", graph(field(5, tensorProto("", FLOAT, [1], floats(1)))), /the tensor at byte \d+ has no name/],
    ["a tensor twice", graph(field(5, tensorProto("a", FLOAT, [1], floats(1))), field(5, tensorProto("a", FLOAT, [1], floats(1)))), /tensor "a" is there twice, the second time with its bytes at \d+/],
    ["a wrong size", graph(field(5, tensorProto("a", FLOAT, [2], floats(1)))), /tensor "a" at byte \d+: f32\[2\] takes 8 bytes, and its raw_data at byte \d+ has 4/],
    ["a negative size", graph(field(5, tensorProto("a", FLOAT, [-1], floats(1)))), /a size of .* is -1/],
    ["a huge size", graph(field(5, tensorProto("a", FLOAT, [2 ** 40, 2 ** 40], floats(1)))), /"a" at byte \d+ has the sizes \[1099511627776, 1099511627776\], too many/],
    ["huge sizes without numbers", graph(field(5, tensorProto("a", I32, [2 ** 40], { fields: packed(5, 1, 2) }))), /more elements than the 2 numbers that the file can hold/],
    ["many axes", graph(field(5, tensorProto("a", FLOAT, Array<number>(65).fill(1), floats(1)))), /there are more than 64/],
    ["an unknown type", graph(field(5, tensorProto("a", 99, [1], floats(1)))), /H0203: .*tensor "a" at byte \d+ has the unknown type 99/],
    ["an offset that is no number", graph(field(5, tensorProto("a", FLOAT, [1], { fields: concat(field(14, 1), field(13, concat(field(1, "location"), field(2, "x"))), field(13, concat(field(1, "offset"), field(2, "-4")))) }))), /isn't beside it|no number of bytes/],
  ])("%s", async (_, bytes, says) => expect(open(bytes)).rejects.toThrow(says));

  test("graphs in graphs without end", async () => {
    let inner: Uint8Array = field(2, "deep");
    for (let i = 0; i < 200; i++) inner = field(1, concat(field(4, "If"), field(5, field(6, inner))));
    await expect(open(graph(inner))).rejects.toThrow(/the graph at byte \d+ lies in more than 32 others/);
  });
  test("more or fewer numbers than the sizes say are told when they are read", async () => {
    for (const xs of [[1, 2, 3], [1, 2, 300, 4]]) {
      const f = await open(graph(field(5, tensorProto("a", I32, [2], { fields: packed(5, ...xs) }))));
      await expect(f.read("a")).rejects.toThrow(/H0221: .*tensor "a".*more numbers than its sizes say/);
    }
    const few = await open(graph(field(5, tensorProto("a", I32, [3], { fields: packed(5, 1, 300) }))));
    await expect(few.read("a")).rejects.toThrow(/8 bytes of numbers, and its sizes take 12/);
  });
});
