// prepackWeights: where codes and what lies beside them come to lie, that products are the same, copies, mistakes. What is read of them: matmul-schedules.test.ts.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Diagnostic } from "../../diagnostic.ts";
import { digits, planes, axis, bit, digit } from "../../layout/index.ts";
import { formatNamed } from "../../lang/index.ts";
import { close, formatTensor, matmul, open, prepackWeights, profiles, quantise, targetOf, tensor, type Device, type Quantised, type Tensor } from "../../runtime/index.ts";
import { dtype, type QuantiseOptions } from "../../vm/index.ts";
import { onEachDevice } from "../conformance/devices.ts";

const numbers = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => ((i * 37) % 23) - 11);
type Packed = { readonly packing?: ReturnType<typeof planes> };
const kinds: readonly (readonly [string, QuantiseOptions & { readonly type: string } & Packed])[] = [
  ["i3 in groups", { type: "i3", group: 32 }], ["u4 with zero points", { type: "u4", group: 64, scheme: "minmax" }], ["b3 as planes", { type: "b3", group: 32, packing: planes(2) }],
  ["u2 with offsets", { type: "u2", group: 32, scheme: "offset" }], ["i5 by row", { type: "i5" }], ["i7, one scale", { type: "i7", group: "tensor" }], ["f6e3m2 with scales of f16", { type: "f6e3m2", group: 32, scaleType: "f16" }],
];

/** Has a device's rates say that vectors of words come so many times faster than words, while `work` goes on. */
async function withVectors<T>(device: Device, gain: number, work: () => Promise<T>): Promise<T> {
  const { measured } = device, { known } = measured, { rates } = targetOf(device), { storageReadShort: _, storageReadScalar = 0, ...others } = rates;
  measured.known = { ...others, storageReadScalar, storageRead: gain * storageReadScalar };
  try { return await work(); } finally { if (known) measured.known = known; else delete measured.known; }
}

onEachDevice("prepackWeights", (device, adapter) => {
  test("a product is the same: rows that fill no block, groups of any size, K of no whole words, one row and several", async () => {
    for (const [i, [name, options]] of kinds.entries()) {
      if (adapter !== "swiftshader" && i % 2) continue;
      const [N, K] = ([[40, 96], [33, 70], [64, 64]] as const)[i % 3];
      using plain = await quantise(numbers(N * K), { device: device(), shape: [N, K], ...options });
      using w = await withVectors(device(), 2, () => prepackWeights(plain));
      expect([w.codes.packing !== plain.codes.packing, await w.read(), w.error, w.bytes >= plain.bytes], name).toEqual([true, await plain.read(), plain.error, true]);
      for (const M of i % 2 ? [6] : i ? [1] : [1, 6]) {
        // Small whole numbers: sums of a group are exact, and scaled and added in the same order.
        using x = await tensor(device(), "f32", [M, K], numbers(M * K));
        using y = await matmul(x, w);
        using same = await matmul(x, plain);
        const [got, want] = [await y.read(), await same.read()], large = Math.max(...want.map(Math.abs));
        // One scale for all is applied at the end, of whole numbers; offsets and floats are sums of f32 in another order, of K terms.
        const wrong = [...got].flatMap((v, j) => (Math.abs(v - want[j]) <= 2 * K * 2 ** -24 * large ? [] : [`[${j}] ${v}, not ${want[j]}`]));
        expect(wrong, `${name}, ${M} rows`).toEqual([]);
        expect(large).toBeGreaterThan(0);
      }
    }
  });
  test("whole numbers without scales, as codes and as planes, are exact", async () => {
    for (const [type, packing] of [["i4", undefined], ["b2", planes(2)]] as const) {
      const [M, N, K] = [3, 37, 96], codes = Uint8Array.from({ length: N * K }, (_, i) => (i * 7) % 2 ** dtype(type).bits);
      using x = await tensor(device(), type === "i4" ? "i8" : "b2", [M, K], codes.subarray(0, M * K), { as: "codes", packing });
      using plain = await tensor(device(), type, [N, K], codes, { as: "codes", packing });
      using w = await withVectors(device(), 2, () => prepackWeights(plain, { x: x.dtype }));
      using y = await matmul(x, w, { out: "i32" });
      using same = await matmul(x, plain, { out: "i32" });
      expect([...(await y.read())], type).toEqual([...(await same.read())]);
    }
  });
});

describe("where they lie", () => {
  let device: Device;
  beforeAll(async () => { device = await open({ adapter: "swiftshader" }); });
  const moved = <W extends Quantised>(w: W, x?: string): Promise<W> => withVectors(device, 2, () => prepackWeights(w, { x }));
  afterAll(close);

  test("8 codes of each of four rows follow each other, then their next 8, then those of the next four rows; scales of 32 rows", async () => {
    const [N, K] = [64, 64], n = axis(0), k = axis(1);
    using plain = await quantise(numbers(N * K), { device, shape: [N, K], type: "u8", group: 32, scheme: "minmax" });
    using w = await moved(plain);
    const rows = [digit(n, { div: 4, mod: 8 }), digit(n, { mod: 4 })], of = (...ds: Parameters<typeof digits>[0]) => digits([digit(n, { div: 32 }), ...ds]);
    expect([w.codes.packing, w.scales.packing, w.zeros?.packing]).toEqual([of(digit(k, { div: 32 }), rows[0], digit(k, { div: 8, mod: 4 }), rows[1], digit(k, { mod: 8 }), bit), of(k, ...rows, bit), of(k, ...rows, bit)]);
    const bytes = new Uint8Array((await words(w.codes)).buffer), want = await plain.codes.readCodes(), scales = await words(w.scales), as = await plain.scales.read();
    // Row 5, element 43: of the first 32 rows the second block of K (1024 codes further), its second thread (128), there the second eight (32), of the second row (8) the fourth.
    expect([bytes[1024 + 128 + 32 + 8 + 3], new Float32Array(scales.buffer)[32 + 5], new Float32Array(scales.buffer)[64 + 32 + 1]]).toEqual([want[5 * K + 43], as[5 * 2 + 1], as[33 * 2 + 1]]);
  });
  test("what multiplies whole numbers finds whole words of a row; numbers of other types don't matter", async () => {
    using plain = await quantise(numbers(64 * 64), { device, shape: [64, 64], type: "i3", group: 32 });
    using w = await moved(plain, "i8");
    using same = await moved(plain, "f16");
    using x = await tensor(device, "i8", [2, 64], numbers(128));
    using y = await matmul(x, w);
    using z = await matmul(x, same);
    using want = await matmul(x, plain);
    expect([w.codes.packing === same.codes.packing, [...(await y.read())], [...(await z.read())]]).toEqual([false, [...(await want.read())], [...(await want.read())]]);
    await expect(prepackWeights(plain, { x: "q9" })).rejects.toMatchObject({ code: "N0110" });
    for (const x of ["bool", 7, null]) await expect(prepackWeights(plain, { x: x as string })).rejects.toMatchObject({ code: "H0511" });
  });
  test("codes stay where vectors gain little, but planes don't; a GPU's rows stay", async () => {
    using codes = await quantise(numbers(64 * 64), { device, shape: [64, 64], type: "i3", group: 32 });
    using bits = await codes.codes.repack(planes(2));
    const gpu = { ...device, profile: profiles.gpu }, lies = async (gain: number): Promise<readonly boolean[]> => Promise.all([codes.codes, bits].map(async (t) => { using w = await withVectors(device, gain, () => prepackWeights(t)); return w.packing === t.packing; }));
    expect([await lies(1.2), await lies(1.6)]).toEqual([[true, false], [false, false]]);
    for (const [group, same] of [[16, true], [48, true], [32, false], [64, false], ["tensor", false]] as const) {
      using grouped = await quantise(numbers(64 * 64), { device, shape: [64, 64], type: "i3", group });
      using w = await moved(grouped);
      expect(w.codes.packing === grouped.codes.packing, `groups of ${group}`).toBe(same);
    }
    using x = await tensor(gpu, "i3", [64, 64], new Int8Array(64 * 64));
    using w = await withVectors(gpu, 2, () => prepackWeights(x));
    expect(w.packing).toBe(x.packing);
  });
  test("a copy, also of what stays as it is: numbers of more than 8 bits", async () => {
    const plain = await tensor(device, "f16", [4, 32], numbers(128)), q = await quantise(numbers(128), { device, shape: [4, 32], type: "i4", group: 32 });
    using same = await prepackWeights(plain);
    using w = await prepackWeights(q);
    plain.dispose();
    q.dispose();
    expect([same.packing, [...(await same.read())], w.disposed, q.disposed, w.type, w.group, w.axis]).toEqual([plain.packing, [...numbers(128)], false, true, "i4", 32, 1]);
    w.dispose();
    expect([w.disposed, w.scales.disposed]).toEqual([true, true]);
  });
  test("mistakes", async () => {
    const gone = await tensor(device, "i4", [2, 4], new Int8Array(8));
    gone.dispose();
    using flat = await tensor(device, "i4", [4], [1, 2, 3, 4]);
    using across = await quantise(numbers(12), { device, shape: [4, 3], type: "i4", axis: 0 });
    using format = await formatTensor(device, formatNamed("q8_0"), [1, 32], new Uint8Array(34));
    const say = async (w: unknown): Promise<string> => { try { (await prepackWeights(w as Tensor)).dispose(); } catch (e) { if (e instanceof Diagnostic) return `${e.code}: ${e.data.message} | ${e.data.help ?? ""}`; throw e; } return "fine"; };
    expect([await say(gone), await say(flat), await say(across), await say(format), await say([1, 2])]).toMatchInlineSnapshot(`
      [
        "H0307: w of matmul was disposed: its memory is gone | dispose() after its last use; a \`using\` tensor ends with its block",
        "H0405: matmul multiplies matrices, w is i4[4] | give w[N, K]: a vector is a matrix of one row, [1, 4]",
        "H0512: the groups of w = i4[4, 3] run along axis 0, but matmul sums along K, axis 1 | quantise w with { axis: 1 }; weights lie as [N, K], or with group: "tensor"",
        "H0511: q8_0[1, 32] lies as its format says, and can't be prepacked | matmul multiplies it as it is; what quantise() makes and tensors of codes can be prepacked",
        "H0403: matmul multiplies tensors, found a Array as w | give a Tensor (device.tensor("f32", shape, numbers)), what quantise() gives, or a tensor of a format (formatTensor(device, format, shape, bytes))",
      ]
    `);
  });
});

/** The words of a tensor as they lie. */
async function words(t: Tensor): Promise<Uint32Array> {
  const { gpu } = t.device, to = gpu.createBuffer({ size: t.buffer.size, usage: 1 | 8 }), encoder = gpu.createCommandEncoder();
  encoder.copyBufferToBuffer(t.buffer, 0, to, 0, t.buffer.size);
  gpu.queue.submit([encoder.finish()]);
  await to.mapAsync(1);
  const found = new Uint32Array(to.getMappedRange().slice(0));
  to.destroy();
  return found;
}
