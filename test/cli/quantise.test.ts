// `bitloom quantise` and `bitloom repack`: files in other formats, what they say and what they refuse.
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { formatNamed } from "../../lang/index.ts";
import { openWeights, weightValues, writeSafetensors } from "../../runtime/index.ts";
import { formatValues, quantiseFormat } from "../../vm/index.ts";
import { bitloom, folder } from "./support.ts";

const dir = folder(), at = (name: string): string => join(dir, name), rows = 70, columns = 128;
const x = Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i * 1.7) * (1 + (i % 13)));
beforeAll(() => {
  const big = new Float32Array(3000 * columns).map((_, i) => Math.cos(i));
  writeFileSync(at("m.safetensors"), writeSafetensors({
    "a.weight": { dtype: "F32", shape: [rows, columns], bytes: new Uint8Array(x.buffer) }, "b.weight": { dtype: "F32", shape: [2, 35, columns], bytes: new Uint8Array(x.buffer) },
    norm: { dtype: "F32", shape: [columns], bytes: new Uint8Array(x.buffer, 0, columns * 4) }, odd: { dtype: "F16", shape: [3, 7], bytes: new Uint8Array(42) }, ids: { dtype: "I64", shape: [1, 32], bytes: new Uint8Array(256) },
  }, { format: "pt" }));
  writeFileSync(at("big.safetensors"), writeSafetensors({ w: { dtype: "F32", shape: [3000, columns], bytes: new Uint8Array(big.buffer) } }));
});
interface Report { readonly converted: readonly { name: string; sqnr: number | "inf"; max: number; bitsPerWeight: number }[]; readonly copied: readonly { name: string; why: string }[] }
const convert = async (...words: readonly string[]): Promise<Report> => { const r = await bitloom([...words, "--json"]); expect([r.code, r.err]).toEqual([0, ""]); return r.json() as unknown as Report; };

describe("quantise", () => {
  test.each(["q4_0", "q8_0", "tq2_0", "grouped(Q: i3, group: 64)", "mx(Q: f6e2m3)", "affine(Q: u5, group: 32, S: bf16)", "bnb(Q: nf4, block: 64)"].filter((f) => f !== "tq2_0"))("%s: the file is read back as that format, with the numbers of quantiseFormat", async (text) => {
    const r = await convert("quantise", at("m.safetensors"), at("q.safetensors"), "--format", text), f = await openWeights(at("q.safetensors"));
    expect(r.converted.map((t) => t.name).sort()).toEqual(["a.weight", "b.weight"]);
    expect(r.copied.map((c) => [c.name, c.why]).sort()).toEqual([["ids", "no floats: repack it if it is quantised"], ["norm", "only 1 axis"], ["odd", expect.stringContaining("7 is no whole number of blocks")]]);
    const want = formatValues(quantiseFormat(formatNamed(text), [rows, columns], x));
    for (const [name, shape] of [["a.weight", [rows, columns]], ["b.weight", [2, 35, columns]]] as const) {
      expect(f.tensor(name)).toMatchObject({ format: text, shape });
      expect(await weightValues(f, name)).toEqual(want);
    }
    expect(await f.read("norm")).toEqual(new Uint8Array(x.buffer.slice(0, columns * 4)));
    expect(f.metadata.get("format")).toBe("pt");
    let max = 0;
    want.forEach((v, i) => { max = Math.max(max, Math.abs(v - x[i])); });
    expect(r.converted[0].max).toBeCloseTo(max, 5);
    await f.close();
  });

  test("chunks of rows are the whole", async () => {
    for (const text of ["q4_0", "grouped(Q: i3, group: 64)"]) {
      await convert("quantise", at("big.safetensors"), at("bigq.safetensors"), "--format", text);
      const f = await openWeights(at("big.safetensors")), q = await openWeights(at("bigq.safetensors")), got = await weightValues(q, "w");
      expect(Buffer.compare(new Uint8Array(got.buffer, got.byteOffset, got.byteLength), new Uint8Array(formatValues(quantiseFormat(formatNamed(text), [3000, columns], await weightValues(f, "w"))).buffer))).toBe(0);
      await Promise.all([f.close(), q.close()]);
    }
  });

  test("for people, and some of the tensors", async () => {
    const r = await bitloom(["quantise", at("m.safetensors"), at("some.safetensors"), "--format", "q8_0", "--only", "*.weight", "--skip", "b."]);
    expect([r.code, r.err]).toEqual([0, ""]);
    expect(r.out).toMatch(/a\.weight +f32 +\[70, 128\] +8\.5 +[\d.e-]+ +[\d.e-]+ +\d+\.\d dB/);
    expect(r.out).toMatch(/b\.weight +f32 +not asked for/);
    expect(r.out).toContain("1 tensor in q8_0, 8960 weights in 9520 bytes, 8.5 bits each");
  });

  test("what can't be is said, and leaves no file", async () => {
    const none = at("none.safetensors"), run = (...words: readonly string[]) => bitloom(["quantise", ...words]);
    symlinkSync(at("m.safetensors"), at("same.safetensors"));
    expect(await run(at("m.safetensors"), at("same.safetensors"), "--format", "q4_0")).toMatchObject({ code: 2, err: expect.stringContaining("IN and OUT are one file") as string });
    expect(await run(at("m.safetensors"), none)).toMatchObject({ code: 2, err: expect.stringContaining("needs --format") as string });
    expect(await run(at("m.safetensors"), at("x.gguf"), "--format", "q4_0")).toMatchObject({ code: 2, err: expect.stringContaining("no .safetensors file") as string });
    expect(await run(at("m.safetensors"), none, "--format", "q4_9")).toMatchObject({ code: 1, err: expect.stringContaining("N0101") as string });
    expect(await run(at("m.safetensors"), none, "--format", "ct_act")).toMatchObject({ code: 1, err: expect.stringContaining("T0708") as string });
    expect(await run(at("m.safetensors"), none, "--format", "q4_0", "--only", "nothing")).toMatchObject({ code: 1, err: expect.stringContaining("H0226") as string });
    expect(existsSync(none)).toBe(false);
    mkdirSync(at("folder.safetensors"));
    expect(await run(at("m.safetensors"), at("folder.safetensors"), "--format", "q4_0")).toMatchObject({ code: 1, err: expect.stringContaining("H0208") as string });
  });
});

describe("repack", () => {
  test("signed to excess is exact; to fewer bits it says the loss; other tensors stay", async () => {
    await convert("quantise", at("m.safetensors"), at("g.safetensors"), "--format", "q8_0", "--only", "a.weight");
    const exact = await convert("repack", at("g.safetensors"), at("o.safetensors"), "--format", "offset(Q: u8, group: 32)");
    expect(exact.converted).toMatchObject([{ name: "a.weight", sqnr: "inf", max: 0 }]);
    const g = await openWeights(at("g.safetensors")), o = await openWeights(at("o.safetensors"));
    expect(await weightValues(o, "a.weight")).toEqual(await weightValues(g, "a.weight"));
    const lossy = await convert("repack", at("o.safetensors"), at("l.safetensors"), "--format", "q4_0");
    expect(lossy.converted[0].sqnr).toBeGreaterThan(10);
    expect(lossy.copied.map((c) => c.name)).toContain("b.weight");
    expect((await bitloom(["weights", at("l.safetensors")])).out).toMatch(/a\.weight +q4_0 +\[70, 128\] +4\.5/);
    await Promise.all([g.close(), o.close()]);
  });
});

describe("on a device", () => {
  const bytes = (name: string): Buffer => readFileSync(at(name)), device = ["--device", "--adapter", "swiftshader"];
  test("the bytes are those of the host, and so are the errors", async () => {
    for (const text of ["q4_0", "mx(Q: f6e3m2)"]) {
      const here = await convert("quantise", at("m.safetensors"), at("host.safetensors"), "--format", text), there = await convert("quantise", at("m.safetensors"), at("device.safetensors"), "--format", text, ...device);
      expect(Buffer.compare(bytes("device.safetensors"), bytes("host.safetensors"))).toBe(0);
      expect(there.converted).toEqual(here.converted);
    }
    // Without loss where that can be, with the target's own encoding where not.
    for (const text of ["offset(Q: u4, group: 32)", "grouped(Q: i2, group: 32)"]) {
      await convert("quantise", at("m.safetensors"), at("q.safetensors"), "--format", "q4_0", "--only", "a.weight");
      const here = await convert("repack", at("q.safetensors"), at("host.safetensors"), "--format", text), there = await convert("repack", at("q.safetensors"), at("device.safetensors"), "--format", text, ...device);
      expect(Buffer.compare(bytes("device.safetensors"), bytes("host.safetensors"))).toBe(0);
      expect(there.converted).toEqual(here.converted);
    }
  });
  test("a device that isn't there is said, and nothing is written", async () => {
    const r = await bitloom(["quantise", at("m.safetensors"), at("never.safetensors"), "--format", "q4_0", "--adapter", "nonesuch"]);
    expect([r.code, existsSync(at("never.safetensors"))]).toEqual([1, false]);
    expect(r.err).toContain("H0103");
  });
});

test("a scale for the whole tensor is told, or lies beside it", async () => {
  writeFileSync(at("s.safetensors"), writeSafetensors({ "a.weight": { dtype: "F32", shape: [rows, columns], bytes: new Uint8Array(x.buffer) }, "a.scale": { dtype: "F32", shape: [], bytes: new Uint8Array(Float32Array.of(0.125).buffer) } }));
  const want = Float32Array.from(x, (v) => Math.max(-128, Math.min(127, Math.round(v / 0.125))) * 0.125), near = (got: Float32Array): void => { expect([...got].filter((v, i) => Math.abs(v - want[i]) > (Math.abs(x[i] / 0.125 % 1) === 0.5 ? 0.125 : 0))).toEqual([]); };
  for (const words of [[at("s.safetensors")], [at("m.safetensors"), "--given", "scale=0.125"]]) {
    const [file, ...more] = words;
    await convert("quantise", file, at("u.safetensors"), "--format", "uniform", "--only", "a.weight", ...more);
    const f = await openWeights(at("u.safetensors"));
    near(await weightValues(f, "a.weight"));
    await f.close();
  }
  expect(await bitloom(["quantise", at("m.safetensors"), at("no.safetensors"), "--format", "uniform"])).toMatchObject({ code: 1, err: expect.stringContaining("H0702") as string });
});

test("metadata that lies about arrays is refused with its place", async () => {
  await convert("quantise", at("m.safetensors"), at("q.safetensors"), "--format", "q4_0");
  const bytes = readFileSync(at("q.safetensors")), change = (from: string, to: string): Promise<unknown> => openWeights(Buffer.from(bytes.toString("latin1").replace(from, to), "latin1")).then((f) => weightValues(f, "a.weight"));
  await expect(change('[\\"data\\"]', '[\\"dat_\\"]')).rejects.toThrow(/H0222: .*bitloom\.format\.a\.weight.*"a\.weight\.dat_"/);
  await expect(change('\\"shape\\":[70,128]', '\\"shape\\":[70,1e8]')).rejects.toThrow(/H0206|H0702/);
  await expect(change('{\\"format\\":\\"q4_0', '[\\"format\\":\\"q4_0')).rejects.toThrow(/H0222: .*no record/);
});
