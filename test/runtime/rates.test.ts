// Rates of a device: measured once, kept, and only believed where they are sound and of this very device. Samples here are as
// short as can be: whether rates are right is for benchmarks, that there are any is for tests.
import { readdirSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { defaultRates, rateTable, type RateName } from "../../codegen/index.ts";
import { ratesText } from "../../cli/devices.ts";
import { fileStore } from "../../runtime/host-node.ts";
import { close, compile, listAdapters, memoryStore, open, rates, targetOf, type Device, type Store } from "../../runtime/index.ts";
import { ratesKey, recall } from "../../runtime/rates.ts";
import { bitloom } from "../cli/support.ts";
import { folder } from "../support/folders.ts";

const there = (await listAdapters()).some((a) => a.kind === "swiftshader" && a.usable);
const quick = { sampleMs: 1, samples: 1 };
afterAll(close);

/** The same device as another object, which knows nothing yet; what its GPU is asked for is written down, or refused. */
function another(device: Device, refuses = false): { readonly device: Device; readonly asked: string[] } {
  const asked: string[] = [];
  const gpu = new Proxy(device.gpu, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]): unknown => { asked.push(String(key)); if (refuses) throw new Error("nothing is measured here"); return Reflect.apply(value, target, args); };
    },
  });
  return { device: { ...device, gpu, measured: {} }, asked };
}

describe.skipIf(!there)("on SwiftShader", async () => {
  const device = there ? await open({ adapter: "swiftshader" }) : (undefined as never);
  afterAll(() => device?.destroy());
  const store = memoryStore();
  const heard: number[] = [];
  const first = there ? await rates(device, { ...quick, store, progress: (done, total) => heard.push(done / total) }) : (undefined as never);

  test("every operation that the device has gets a rate, and the target takes them", () => {
    const lacks = (name: RateName): boolean => (name.startsWith("f16") && !device.features.has("shader-f16")) || (name.startsWith("packedDot") && !device.languages.has("packed_4x8_integer_dot_product"));
    for (const name of Object.keys(rateTable) as RateName[])
      if (lacks(name)) expect(first).not.toHaveProperty(name); else expect(first[name], name).toBeGreaterThan(0);
    expect(first).toMatchObject({ of: device.info.name, source: "measured" });
    expect(Object.isFrozen(first)).toBe(true);
    expect(targetOf(device).rates).toBe(first);
    expect(heard.at(-1)).toBe(1);
    expect([...heard].sort((a, b) => a - b)).toEqual(heard);
  });
  test("what is known is not measured again: on this object, by calls side by side, and from the store", async () => {
    expect(await rates(device, { store: null })).toBe(first);
    const { device: next, asked } = another(device, true), progress = (): void => { throw new Error("progress of nothing"); };
    const [a, b] = await Promise.all([rates(next, { store, progress }), rates(next, { store, progress })]);
    expect(a).toEqual(first);
    expect(b).toBe(a);
    expect(asked).toEqual([]);
  });
  test("fresh ones are measured, whatever is known", async () => {
    const { device: next } = another(device, true);
    expect(await rates(next, { store })).toEqual(first);
    await expect(rates(next, { ...quick, store, fresh: true })).rejects.toThrow("nothing is measured here");
    expect(await rates(next, { store })).toEqual(first);
  });
  test("a damaged entry, one of another device or of nonsense is measured anew and replaced; what failed is tried again", async () => {
    const key = ratesKey(device), good = { key, rates: { fma: 1e9, popcount: 1e9 } };
    const wrong: readonly unknown[] = [{}, null, [], { key }, { rates: good.rates }, { ...good, key: "another" }, { key, rates: {} }, { key, rates: null }, { key, rates: { fma: 0 } }, { key, rates: { fma: -1 } }, { key, rates: { fma: "1" } }, { key, rates: { fma: 1e999 } }, { key, rates: { speed: 1 } }];
    const keeps = (text: string): Store => { let kept = text; return { read: async () => kept, write: async (_, t) => { kept = t; } }; };
    expect(await rates(another(device, true).device, { store: keeps(JSON.stringify(good)) })).toMatchObject(good.rates);
    for (const text of ["", "{", ...wrong.map((w) => JSON.stringify(w))])
      await expect(rates(another(device, true).device, { ...quick, store: keeps(text) }), text).rejects.toThrow("nothing is measured here");
    const damaged = keeps('{"key": "cut o'), { device: next, asked } = another(device), made = await rates(next, { ...quick, store: damaged }), { of: _, source: __, ...numbers } = made;
    expect(asked).toContain("createComputePipelineAsync");
    expect(JSON.parse((await damaged.read("")) ?? "")).toEqual({ key, rates: numbers });
    expect(await rates(another(device, true).device, { store: damaged })).toEqual(made);
    const refused = another(device, true).device;
    await expect(rates(refused, { store: null })).rejects.toThrow("nothing is measured here");
    await expect(rates(refused, { store: null })).rejects.toThrow("nothing is measured here");
    expect(refused.measured).toEqual({});
    expect(await rates(refused, { store: damaged })).toEqual(made);
  });
  test("the key is the adapter's, its driver's, and of how it was opened", () => {
    const of = (more: Partial<Device>): string => ratesKey({ ...device, ...more }), key = of({});
    const info = (more: object): Device["gpu"] => ({ adapterInfo: { device: "d", description: "driver 1", ...more } }) as unknown as GPUDevice;
    const others = [
      of({ info: { ...device.info, name: "another" } }), of({ info: { ...device.info, vendor: "another" } }), of({ info: { ...device.info, architecture: "another" } }), of({ info: { ...device.info, toggles: ["+skip_validation"] } }),
      of({ gpu: info({}) }), of({ gpu: info({ description: "driver 2" }) }), of({ gpu: info({ device: "e" }) }),
      of({ features: new Set([...device.features, "shader-f16"]) }), of({ languages: new Set() }), of({ subgroup: { min: 32, max: 32 } }),
    ];
    expect(new Set([key, ...others]).size).toBe(1 + others.length);
    expect(of({ features: new Set([...device.features].reverse()), languages: new Set([...device.languages].reverse()) })).toBe(key);
  });
  test("files keep them for the next process, and the command line prints them", async () => {
    const cache = folder(), files = fileStore([`${cache}/bitloom`]), known = another(device).device;
    await files.write(ratesKey(device), (await store.read(ratesKey(device))) ?? "");
    expect(readdirSync(`${cache}/bitloom`)).toEqual([expect.stringMatching(/^rates-[0-9a-f]{16}\.json$/)]);
    const kept = await rates(known, { store: files }), before = process.env["XDG_CACHE_HOME"];
    process.env["XDG_CACHE_HOME"] = cache;
    try {
      const ran = await bitloom(["devices", "--rates", "--adapter", "swiftshader", "--json"]);
      expect(ran).toMatchObject({ code: 0, err: "" });
      expect(ran.json()).toEqual({ rates: { ...kept } });
      expect((await bitloom(["devices", "--rates", "--adapter", "swiftshader"])).out).toBe(ratesText(kept));
    } finally {
      if (before === undefined) delete process.env["XDG_CACHE_HOME"]; else process.env["XDG_CACHE_HOME"] = before;
    }
  });
  test("open goes by what was kept before, and measures only where it is asked to", async () => {
    const cache = folder(), files = fileStore([`${cache}/bitloom`]), { XDG_CACHE_HOME: before, HOME: home, BITLOOM_RATES: wish } = process.env, source = async (options?: object): Promise<unknown> => {
      const d = await open({ adapter: "swiftshader", ...options });
      try { return [targetOf(d).rates.source, targetOf(d).rates.popcount]; } finally { d.destroy(); }
    };
    // What this machine's user has measured lies in the cache folder of the home, where it is looked for too.
    process.env["XDG_CACHE_HOME"] = process.env["HOME"] = cache;
    try {
      const assumed = ["assumed", defaultRates.swiftshader.popcount], kept = ["measured", first.popcount];
      delete process.env["BITLOOM_RATES"];
      expect(await source()).toEqual(assumed); // there is nothing yet, and nothing is measured
      expect(readdirSync(cache, { recursive: true }).filter((f) => String(f).includes("rates-"))).toEqual([]);
      await files.write(ratesKey(device), (await store.read(ratesKey(device))) ?? "");
      expect(await source()).toEqual(kept);
      expect(await source({ rates: "kept" })).toEqual(kept);
      expect(await source({ rates: "measured" })).toEqual(kept);
      expect(await source({ rates: "assumed" })).toEqual(assumed);
      process.env["BITLOOM_RATES"] = "assumed";
      expect(await source()).toEqual(assumed);
      expect(await source({ rates: "kept" })).toEqual(kept);
      process.env["BITLOOM_RATES"] = "keep";
      await expect(source()).rejects.toMatchObject({ code: "H0412", message: expect.stringMatching(/BITLOOM_RATES is one of kept, measured, assumed, not "keep"/) as string, data: { help: 'leave it out for "kept"' } });
      await expect(source({ rates: "asumed" })).rejects.toMatchObject({ code: "H0412", message: expect.stringMatching(/`rates` of open\(\)/) as string, data: { help: 'did you mean "assumed"?' } });
    } finally {
      for (const [name, value] of [["XDG_CACHE_HOME", before], ["HOME", home], ["BITLOOM_RATES", wish]] as const) if (value === undefined) delete process.env[name]; else process.env[name] = value;
    }
  });
  test("a kernel that is compiled after takes the way that the kept rates make the cheapest", async () => {
    const made = async (rates: object): Promise<string> => {
      const own = another(device).device;
      await recall(own, { read: async () => JSON.stringify({ key: ratesKey(own), rates }), write: async () => undefined });
      const { kernels: { product } } = await compile("kernel product<K: int>(x: u2[M, K] @ planes, w: u2[N, K] @ planes, out c: i32[M, N]) grid (n in cdiv(N, 32), m in M) threads 32 { store(c[m +: 1, n * 32 +: 32], dot(x[m +: 1, 0 +: K], transposed(w[n * 32 +: 32, 0 +: K]))) }");
      return JSON.stringify(await product.specialise({ K: 256 }).module(own));
    };
    const { of: _, source: __, ...numbers } = first;
    expect(await made({ ...numbers, popcount: 1e15, packedDot: 1, packedDotUnsigned: 1, fma: 1 })).toMatch(/countOneBits/);
    expect(await made({ ...numbers, popcount: 1 })).not.toMatch(/countOneBits/);
  });
  test("a device that is gone is told", async () => {
    const gone = await open({ adapter: "swiftshader" });
    gone.destroy();
    await expect(rates(gone, { store: null })).rejects.toMatchObject({ code: "H0309" });
  });
});

describe("the table", () => {
  test("has units, prefixes of three digits, ratios to multiply-adds, and none where there is none", () => {
    const lines = ratesText({ of: "a device", source: "measured", fma: 2e9, integer: 1.2345e12, popcount: 5e8, packedDot: 999, storageRead: 2.5e9, dispatch: 27e-6, block: 1e6 }).trimEnd().split("\n");
    expect(lines[0]).toBe("a device, measured");
    expect(lines).toHaveLength(2 + Object.keys(rateTable).length);
    const row = (name: string): string | undefined => lines.find((l) => l.trim().split(/\s+/)[0] === name)?.replace(/\s{2,}/g, " | ").trim();
    expect(row("fma")).toBe("| fma | 2 Gfma/s | 1.0 | multiply-adds of f32 (two FLOP each)".trim());
    expect(row("integer")).toMatch(/^\| integer \| 1\.23 Tops\/s \| 620 \| /);
    expect(row("popcount")).toMatch(/^\| popcount \| 500 Mwords\/s \| 0\.25 \| /);
    expect(row("packedDot")).toMatch(/^\| packedDot \| 999 words\/s \| 5e-7 \| /);
    expect(row("imul")).toBe("| imul | none | multiply-adds of i32");
    expect(row("storageRead")).toMatch(/^\| storageRead \| 2\.5 Gbytes\/s \| reads/);
    expect(row("dispatch")).toMatch(/^\| dispatch \| 27 µs \| seconds/);
    const doc = Object.values(rateTable).map((r, i) => lines[i + 2].indexOf(r.doc.replaceAll("`", "")));
    expect(doc[0]).toBeGreaterThan(0);
    expect(new Set(doc).size).toBe(1);
  });
  test("flags of measuring say nothing without it", async () => {
    for (const flags of [["--fresh"], ["--adapter", "swiftshader"]]) expect(await bitloom(["devices", ...flags])).toMatchObject({ code: 2, err: expect.stringContaining("--rates") as string });
  });
  test("what is assumed of a device says so, and claims nothing that is not written down", () => {
    for (const r of Object.values(defaultRates)) { expect(r.source).toBe("assumed"); expect(r.of).toMatch(/assumed|unverified|on 2 CPU cores/); }
  });
});
