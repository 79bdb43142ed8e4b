// `bitloom build` and `bitloom/run`: what the command writes runs without compiler, VM and language, on every software adapter.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Diagnostic } from "../../diagnostic.ts";
import { close, fullHost, listAdapters } from "../../runtime/index.ts";
import { createKernel, launchInParts, open, openLibrary, type Device, type Library } from "../../runtime/run.ts";
import { bitloom } from "../cli/support.ts";

const folder = mkdtempSync(join(tmpdir(), "bitloom-build-"));
afterAll(async () => { rmSync(folder, { recursive: true, force: true }); await close(); });
const adapters = (await listAdapters()).filter((a) => a.usable && a.kind !== "gpu").map((a) => a.kind);

const failure = async (work: () => unknown): Promise<Diagnostic> => {
  try { await work(); } catch (error) { if (error instanceof Diagnostic) return error; throw error; }
  throw new Error("nothing was thrown");
};

/** Builds and reads what was written. */
async function build(name: string, ...words: readonly string[]): Promise<Library> {
  const out = join(folder, `${name}.json`), r = await bitloom(["build", ...words, "-o", out]);
  expect([r.code, r.err]).toEqual([0, ""]);
  return JSON.parse(readFileSync(out, "utf8")) as Library;
}

describe("bitloom build", () => {
  test("writes all that a host needs: WGSL, bindings, uniforms, grid, span map", async () => {
    const library = await build("softmax", "examples/softmax/softmax.loom", "--set", "N=100", "--set", "T=f32");
    expect(library).toMatchObject({ format: "bitloom-library", version: 1, kernels: [{ name: "softmax", params: { N: "100", T: "f32" } }] });
    const [module] = library.kernels[0]?.modules ?? [];
    if (module?.format !== "bitloom-module") throw new Error("no module");
    expect(module.tensors.map((t) => [t.name, t.direction, t.dtype, t.binding])).toEqual([["x", "in", "f32", 0], ["y", "out", "f32", 1]]);
    expect(module.uniforms.map((u) => [u.name, u.role])).toEqual([["M", "dim"]]);
    expect(module.spans.length).toBeGreaterThanOrEqual(module.wgsl.trimEnd().split("\n").length);
    expect(module.spans.some((s) => s?.file.endsWith("softmax.loom"))).toBe(true);
    expect(readdirSync(folder).filter((f) => f.includes(".tmp"))).toEqual([]);
  });

  test("goes to standard output without -o; --json sums up", async () => {
    const r = await bitloom(["build", "examples/softmax/softmax.loom", "--set", "N=4"]);
    expect(JSON.parse(r.out)).toMatchObject({ format: "bitloom-library" });
    const told = await bitloom(["build", "--json", "examples/softmax/softmax.loom", "--set", "N=4", "--variant", "BM=1", "--variant", "BM=2", "--out", join(folder, "v.json")]);
    expect(told.json()).toMatchObject({ kernels: [{ kernel: "softmax", params: { N: "4", BM: "1" }, modules: 1 }, { params: { N: "4", BM: "2" } }] });
  });

  test("mistakes", async () => {
    for (const [words, code, help] of [
      [["--set", "N=4", "--set", "M=3"], "H0900", "leave it out: the library works for all sizes"],
      [["--set", "N=4", "--variant", "BX=3"], "H0900", "did you mean 'BM'?"],
      [["--set", "N=4", "--parts", "z"], "H0900", "did you mean 'x'?"],
      [[], "H0602", "give it a value: specialise({ N: … }), or --set N=… on the command line"],
    ] as const) {
      const r = await bitloom(["build", "--json", "examples/softmax/softmax.loom", ...words, "-o", join(folder, "none.json")]), d = r.json() as { error?: { code: string; help: string }; diagnostics?: { code: string; help: string }[] };
      expect([(d.error ?? d.diagnostics?.[0])?.code, (d.error ?? d.diagnostics?.[0])?.help]).toEqual([code, help]);
    }
    expect(readdirSync(folder)).not.toContain("none.json");
  });
});

describe.each(adapters)("bitloom/run on %s", (adapter) => {
  let device: Device;
  beforeAll(async () => {
    device = await open({ adapter });
  });
  afterAll(() => device.destroy());
  test("a variant is chosen by its parameters, a form by the device", async () => {
    const built = openLibrary(await build(`softmax-${adapter}`, "examples/softmax/softmax.loom", "--set", "N=5", "--set", "T=f32", "--variant", "BM=1", "--variant", "BM=2", "--f16"));
    expect((await failure(() => built.specialise({ BM: 8 }))).data.notes).toEqual(["it was built for N=5 T=f32 BM=1", "it was built for N=5 T=f32 BM=2"]);
    const kernel = built.specialise({ BM: 2 });
    expect(built.specialise("softmax", { N: 5, BM: 2 })).toBe(kernel);
    const { y } = await kernel.run({ x: await device.tensor("f32", [2, 5], [0, 0, 0, 0, 0, 1, 1, 1, 1, -1e30]) });
    const got = [...((await y?.read()) ?? [])];
    [0.2, 0.2, 0.2, 0.2, 0.2, 0.25, 0.25, 0.25, 0.25, 0].forEach((want, i) => expect(Math.abs((got[i] ?? NaN) - want)).toBeLessThan(1e-6));
  });

  test("a module that takes NF4 is refused with the way out, and runs on a device that has all of the host", async () => {
    const file = join(folder, `nf4-${adapter}.loom`);
    writeFileSync(file, "kernel decode(w: nf4[N], out y: f32[N]) grid (b in cdiv(N, 32)) threads 32 { store(y[b * 32 +: 32], load(w[b * 32 +: 32]) as f32) }");
    const kernel = openLibrary(await build(`nf4-${adapter}`, file)).specialise(), codes = Array.from({ length: 16 }, (_, i) => i), full = await open({ adapter }, fullHost);
    try {
      const w = await full.tensor("nf4", [16], codes, { as: "codes" }), { y } = await kernel.run({ w }), got = [...((await y?.read()) ?? [])];
      expect([got[0], got[7], got[15]]).toEqual([-1, 0, 1]);
      expect(got.slice(1).every((v, i) => v > got[i])).toBe(true);
      const { data } = await failure(() => device.tensor("nf4", [16], codes, { as: "codes" }));
      expect([data.code, data.help]).toEqual(["N0110", expect.stringContaining("codebooks such as nf4 take open(options, fullHost)")]);
      // A kernel that makes codes of such a type says so, too.
      writeFileSync(file, "kernel encode(x: f32[N], out w: nf4[N]) grid (b in cdiv(N, 32)) threads 32 { store(w[b * 32 +: 32], load(x[b * 32 +: 32]) as nf4) }");
      const encode = openLibrary(await build(`nf4-out-${adapter}`, file)).specialise(), told = await failure(async () => encode.run({ x: await device.tensor("f32", [4], [-1, 0, 0.1, 1]) }));
      expect([told.code, told.data.help]).toEqual(["N0110", expect.stringContaining("open(options, fullHost)")]);
      const { w: made } = await encode.run({ x: await full.tensor("f32", [4], [-1, 0, 0.1, 1]) });
      expect([...((await made?.readCodes()) ?? [])]).toEqual([0, 7, 8, 15]);
    } finally { full.destroy(); }
  });

  test("in parts, where they were built and the application brings what launches them", async () => {
    const small = await open({ adapter, limits: { maxStorageBufferBindingSize: 4096 } }), data = await build(`parts-${adapter}`, "examples/vector_add/vector_add.loom", "--parts", "x,y,z");
    const n = 3000, x = await small.tensor("f32", [n], Array.from({ length: n }, (_, i) => i)), y = await small.tensor("f32", [n], Array.from({ length: n }, (_, i) => 2 * i));
    const { data: told } = await failure(() => openLibrary(data).specialise().run({ x, y }));
    expect([told.code, told.help]).toEqual(["H0304", "build it with --parts and give what launches them: createKernel(module, { parts: launchInParts })"]);
    const { z } = await openLibrary(data, { parts: launchInParts }).specialise().run({ x, y });
    expect([...((await z?.read()) ?? [])].every((v, i) => v === 3 * i)).toBe(true);
    small.destroy();
  });
});

describe("bitloom check --device", () => {
  test("says what it compared, kernel by kernel", async () => {
    const r = await bitloom(["check", "--device", "--adapter", "swiftshader", "test/kernels/rows.loom", "--kernel", "none"]);
    expect([r.code, r.err]).toEqual([2, expect.stringContaining("there is no kernel 'none' in these files")]);
    const told = await bitloom(["check", "--adapter", "swiftshader", "examples/softmax/softmax.loom", "--set", "N=37", "--set", "M=40", "--blocks", "3", "--seed", "9"]);
    expect([told.code, told.err, told.out]).toEqual([0, "", expect.stringMatching(/^softmax on .*: as the interpreter, 111 elements of 3 of 40 blocks\n$/)]);
    const json = await bitloom(["check", "--json", "--device", "--adapter", "swiftshader", "examples/softmax/softmax.loom", "--set", "N=37", "--set", "M=2"]);
    expect(json.json()).toMatchObject({ checks: [{ file: "examples/softmax/softmax.loom", ok: true, kernel: "softmax", blocks: 2, of: 2, elements: 74, differing: 0 }] });
  });

  test("mistakes", async () => {
    expect((await bitloom(["check", "examples/softmax/softmax.loom", "--set", "N=37"])).err).toContain("add --device");
    expect((await bitloom(["check", "--device", "--adapter", "swiftshader", "examples/softmax/softmax.loom", "--set", "N=37", "--blocks", "0"])).err).toContain("'--blocks 0' is no number of at least 1");
    expect((await bitloom(["check", "--device", "--adapter", "swiftshader", "examples/softmax/softmax.loom"])).err).toContain("H0602");
  });
});

test("what is no library", async () => {
  for (const no of [null, 3, {}, { format: "bitloom-library", version: 2 }, { format: "bitloom-module", version: 1 }]) expect((await failure(() => openLibrary(no as never))).code).toBe("H0417");
  expect((await failure(() => createKernel({} as never))).code).toBe("H0417");
  const empty = openLibrary({ format: "bitloom-library", version: 1, kernels: [] });
  expect((await failure(() => empty.specialise())).code).toBe("H0416");
  expect((await failure(() => empty.specialise("x"))).data.help).toBe("it has none");
});
