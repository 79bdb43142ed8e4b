// Where weight files come from and go to: every source, models in several files, NumPy's, files of gigabytes in little memory, writing by pieces.
import { closeSync, ftruncateSync, openSync, readFileSync, readdirSync, statSync, writeFileSync, writeSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openNpz, writeNpy, writeNpz, writeSafetensors } from "../../../runtime/index.ts";
import { bytesSource } from "../../../runtime/files/source.ts";
import { openWeights, saveSafetensors, urlSource, type SafetensorsStream, type WeightFile } from "../../../runtime/weights/index.ts";
import { folder } from "../../support/folders.ts";
import { bytesOf, concat, gguf } from "./make.ts";

const shard = (name: string, seed: number) => writeSafetensors({ [name]: { dtype: "U8", shape: [10], bytes: bytesOf(10, seed) } }, { format: "pt" });
const names = (f: WeightFile): string[] => f.tensors.map((t) => t.name);

describe("sources", () => {
  const bytes = gguf({ a: 1 }, [{ name: "w", ne: [100], type: 24, bytes: bytesOf(100) }]), part = bytesOf(100).subarray(20, 30);
  test("memory, Blob and File, a path, a source of one's own", async () => {
    const path = join(folder(), "w.gguf");
    writeFileSync(path, bytes);
    for (const from of [bytes, new Blob([bytes]), new File([bytes], "w.gguf"), path, bytesSource(bytes, "mine")]) {
      const f = await openWeights(from);
      expect(await f.read("w", { offset: 20, length: 10 })).toEqual(part);
      await f.close();
    }
    expect((await openWeights(new File([bytes], "w.gguf"))).name).toBe("w.gguf");
  });

  test("HTTP: only ranges are fetched; servers without ranges, errors and answers that are too short are told", async () => {
    const asked: string[] = [];
    const server = createServer((q, a) => {
      const [, from = "0", to = "0"] = /^bytes=(\d+)-(\d+)$/.exec(q.headers.range ?? "") ?? [];
      asked.push(`${from}-${to}`);
      if (q.url === "/none") { a.writeHead(404).end(); return; }
      if (q.url === "/whole") { a.writeHead(200).end(bytes); return; }
      if (q.url === "/sizeless") { a.writeHead(206).end("x"); return; }
      const last = q.url === "/short" && Number(to) > 0 ? Number(to) - 1 : Math.min(Number(to), bytes.length - 1);
      a.writeHead(206, { "content-range": `bytes ${from}-${last}/${bytes.length}` }).end(bytes.subarray(Number(from), last + 1));
    });
    await new Promise<void>((done) => { server.listen(0, "127.0.0.1", done); });
    const at = (path: string): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
    try {
      const f = await openWeights(await urlSource(at("/w.gguf")));
      asked.length = 0;
      expect(await f.read("w", { offset: 20, length: 10 })).toEqual(part);
      const begin = f.tensor("w").parts[0]?.offset ?? 0;
      expect(asked).toEqual([`${begin + 20}-${begin + 29}`]);
      await expect(urlSource(at("/none"))).rejects.toThrow(/H0208.*answers 404/);
      await expect(urlSource(at("/whole"))).rejects.toThrow(/H0208.*answers 200.*whole files only/);
      await expect(urlSource(at("/sizeless"))).rejects.toThrow(/H0208.*doesn't tell its size/);
      await expect(urlSource("http://127.0.0.1:1/x")).rejects.toThrow(/H0208.*can't reach/);
      await expect(openWeights(await urlSource(at("/short")))).rejects.toThrow(/H0206.*gave \d+ bytes for the \d+/);
    } finally {
      await new Promise((done) => { server.close(done); });
    }
  });

  test("ranges outside of a tensor, and names that are none", async () => {
    const f = await openWeights(bytes);
    for (const range of [{ offset: 99, length: 2 }, { offset: -1 }, { offset: 101 }, { length: 0.5 }]) await expect(f.read("w", range)).rejects.toThrow(/H0206.*lie outside of the 100 of tensor "w"/);
    await expect(f.read("v")).rejects.toThrow(/H0202.*has no tensor "v".*did you mean "w"/);
    await expect(f.read("w", { part: "scales" })).rejects.toThrow(/H0202.*no part "scales"/);
    expect((await f.read("w", { offset: 100 })).length).toBe(0);
  });

  test("what is no weight file", async () => {
    for (const b of [new Uint8Array(0), new TextEncoder().encode("hello"), bytesOf(100)]) await expect(openWeights(b)).rejects.toThrow(/H0223/);
  });
});

describe("models in several files", () => {
  const put = (files: Readonly<Record<string, Uint8Array | string>>): string => { const dir = folder(); for (const [n, b] of Object.entries(files)) writeFileSync(join(dir, n), b); return join(dir, "model.safetensors.index.json"); };
  const index = (map: unknown): string => JSON.stringify({ metadata: { total_size: 20 }, weight_map: map });
  const files = { "one.safetensors": shard("a", 1), "two.safetensors": shard("b", 2) };

  test("all tensors, each from its file", async () => {
    const f = await openWeights(put({ ...files, "model.safetensors.index.json": index({ a: "one.safetensors", b: "two.safetensors" }) }));
    expect(names(f)).toEqual(["a", "b"]);
    expect(await f.read("b")).toEqual(bytesOf(10, 2));
    expect(f.tensor("b").parts[0]?.file).toMatch(/two.safetensors$/);
    await f.close();
  });
  test("arrays of one tensor may lie in several files, and the configuration beside them counts", async () => {
    const words = (name: string, shape: readonly number[], dtype: "I32" | "F16" = "I32") => writeSafetensors({ [name]: { dtype, shape, bytes: bytesOf(shape.reduce((n, d) => n * d, 1) * (dtype === "I32" ? 4 : 2)) } });
    const f = await openWeights(put({
      "1.safetensors": words("l.qweight", [16, 32]), "2.safetensors": words("l.qzeros", [4, 4]), "3.safetensors": words("l.scales", [4, 32], "F16"), "config.json": JSON.stringify({ quantization_config: { bits: 4, checkpoint_format: "gptq_v2" } }),
      "model.safetensors.index.json": index({ "l.qweight": "1.safetensors", "l.qzeros": "2.safetensors", "l.scales": "3.safetensors" }),
    }));
    expect(f.tensor("l")).toMatchObject({ format: "gptq4", options: { zeros: "v2" } });
    expect(await f.read("l", { part: "scales" })).toEqual(bytesOf(256));
    await f.close();
  });
  test.each<readonly [string, Readonly<Record<string, Uint8Array | string>>, RegExp]>([
    ["a tensor that isn't in its file", { "model.safetensors.index.json": index({ a: "two.safetensors", b: "two.safetensors" }) }, /H0224.*tensor "a" should be in "two.safetensors"/],
    ["a file that isn't there", { "model.safetensors.index.json": index({ a: "three.safetensors" }) }, /H0224.*"three.safetensors", which isn't beside it/],
    ["a way out of the folder", { "model.safetensors.index.json": index({ a: "../../secret.safetensors" }) }, /H0224.*no plain name/],
    ["a tensor in two files", { "two.safetensors": shard("a", 3), "model.safetensors.index.json": index({ a: "one.safetensors", b: "two.safetensors" }) }, /H0224.*"a" is both in "one.safetensors" and in "two.safetensors"/],
    ["no JSON", { "model.safetensors.index.json": "{" }, /H0224.*is no JSON/],
    ["JSON without end", { "model.safetensors.index.json": "[".repeat(1e6) }, /H0224/],
    ["no map", { "model.safetensors.index.json": "{}" }, /H0224.*no weight_map/],
    ["a broken configuration", { "config.json": "[1]", "model.safetensors.index.json": index({ a: "one.safetensors", b: "two.safetensors" }) }, /H0224.*config.json is no JSON object/],
    ["a broken file", { "two.safetensors": shard("b", 1).slice(0, 50), "model.safetensors.index.json": index({ a: "one.safetensors", b: "two.safetensors" }) }, /H0201/],
  ])("refused: %s", async (_, more, says) => expect(openWeights(put({ ...files, ...more }))).rejects.toThrow(says));
});

describe("NumPy", () => {
  const x = { dtype: "f4", shape: [2, 3], data: Float32Array.from({ length: 6 }, (_, i) => i) } as const, xBytes = new Uint8Array(x.data.buffer);
  test(".npy, also column-major and big-endian: always row-major and little-endian", async () => {
    const f = await openWeights(writeNpy(x));
    expect(f.tensors.map((t) => [t.name, t.format, t.shape])).toEqual([["data", "f32", [2, 3]]]);
    expect(await f.read("data", { offset: 4, length: 4 })).toEqual(xBytes.subarray(4, 8));
    const other = Buffer.from(Buffer.from(writeNpy(x)).toString("latin1").replace("<f4", ">f4").replace("False", "True "), "latin1"), g = await openWeights(new Uint8Array(other));
    expect(g.tensor("data").parts[0]?.offset).toBeUndefined();
    const swapped = new DataView(xBytes.slice().buffer), columns = [0, 2, 4, 1, 3, 5].map((i) => swapped.getFloat32(i * 4, false));
    expect(await g.read("data")).toEqual(new Uint8Array(Float32Array.from(columns).buffer));
    expect(await g.read("data", { offset: 8, length: 4 })).toEqual(new Uint8Array(Float32Array.of(columns[2] ?? 0).buffer));
  });
  test.each([false, true])(".npz, deflated: %s", async (compress) => {
    const big = { dtype: "u1", shape: [1_000_000], data: bytesOf(1_000_000).map((b) => b & 3) } as const, bytes = await writeNpz({ x, big }, { compress }), f = await openWeights(bytes);
    expect(f.tensors.map((t) => [t.name, t.format, t.shape])).toEqual([["x", "f32", [2, 3]], ["big", "u8", [1_000_000]]]);
    expect(await f.read("x")).toEqual(xBytes);
    expect(await f.read("big", { offset: 500_000, length: 100 })).toEqual(big.data.subarray(500_000, 500_100));
    expect(Buffer.compare((await (await openNpz(bytes)).read("big")).data as Uint8Array, big.data)).toBe(0);
  });
});

describe("memory", () => {
  /** A file whose tensors are holes on the disk: gigabytes that take a block. */
  function sparse(head: Uint8Array, size: number): string {
    const path = join(folder(), "big"), fd = openSync(path, "w");
    writeSync(fd, head);
    ftruncateSync(fd, size);
    closeSync(fd);
    return path;
  }
  const peak = (): number => { const m = process.memoryUsage(); return m.arrayBuffers + m.heapUsed; };

  test("tensors of a file of 5 GB are read by range, at its very end too", async () => {
    const n = 5_000_000_000, json = JSON.stringify({ a: { dtype: "U8", shape: [n - 10], data_offsets: [0, n - 10] }, b: { dtype: "U8", shape: [10], data_offsets: [n - 10, n] } }), length = new Uint8Array(8);
    new DataView(length.buffer).setUint32(0, json.length, true);
    const path = sparse(concat(length, new TextEncoder().encode(json)), 8 + json.length + n), fd = openSync(path, "r+");
    writeSync(fd, bytesOf(10), 0, 10, 8 + json.length + n - 10);
    closeSync(fd);
    const before = peak(), f = await openWeights(path);
    expect(await f.read("b")).toEqual(bytesOf(10));
    expect(await f.read("a", { offset: 4_900_000_000, length: 3 })).toEqual(new Uint8Array(3));
    let most = 0, read = 0;
    for await (const p of f.pieces("a", { offset: 4_700_000_000, size: 1 << 20 })) { read += p.length; most = Math.max(most, peak() - before); }
    expect(read).toBe(299_999_990);
    expect(most).toBeLessThan(100 << 20);
    await f.close();
  });

  test("writing makes and holds one piece at a time; files are those of writeSafetensors", async () => {
    const dir = folder(), path = join(dir, "out.safetensors"), piece = new Uint8Array(1 << 20).fill(7), before = peak();
    let most = 0, alive = 0;
    const many: SafetensorsStream = { dtype: "U8", shape: [100, 1 << 20], async *bytes() { for (let i = 0; i < 100; i++) { alive++; most = Math.max(most, peak() - before); yield piece; } } };
    const told: number[] = [];
    await saveSafetensors(path, { big: many, small: { dtype: "F32", shape: [2], bytes: async () => bytesOf(8) } }, { metadata: { by: "tests" }, progress: (done) => { told.push(done); } });
    expect(alive).toBe(100);
    expect(most).toBeLessThan(60 << 20);
    expect(told.at(-1)).toBe(statSync(path).size);
    expect(Buffer.compare(readFileSync(path), writeSafetensors({ small: { dtype: "F32", shape: [2], bytes: bytesOf(8) }, big: { dtype: "U8", shape: [100, 1 << 20], bytes: new Uint8Array(100 << 20).fill(7) } }, { by: "tests" }))).toBe(0);
    expect(readdirSync(dir)).toEqual(["out.safetensors"]);
  });

  test("what fails on the way leaves the old file, and says what it was", async () => {
    const dir = folder(), path = join(dir, "out.safetensors");
    writeFileSync(path, "old");
    const pieces = (n: number) => async function* () { yield new Uint8Array(n); };
    await expect(saveSafetensors(path, { w: { dtype: "U8", shape: [4], bytes: pieces(3) } })).rejects.toThrow(/H0207.*"w": U8\[4\] takes 4 bytes, 3 were given/);
    await expect(saveSafetensors(path, { w: { dtype: "U8", shape: [4], bytes: pieces(5) } })).rejects.toThrow(/H0207.*takes 4 bytes, more were given/);
    const f = await openWeights(gguf({}, [{ name: "w", ne: [4], type: 24, bytes: bytesOf(4) }]));
    await expect(saveSafetensors(path, { w: { dtype: "U8", shape: [4], bytes: () => f.pieces("v") } })).rejects.toThrow(/H0202/);
    expect([readFileSync(path, "utf8"), readdirSync(dir)]).toEqual(["old", ["out.safetensors"]]);
  });
});
