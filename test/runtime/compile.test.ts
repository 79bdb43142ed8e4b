// From text or a TypeScript definition to a result: the compiler's part of the runtime's door.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defaultRates } from "../../codegen/index.ts";
import { Diagnostic } from "../../diagnostic.ts";
import { close, compile, kernelOf, open, targetOf, type Device } from "../../runtime/index.ts";
import { cdiv, constant, dim, input, intParam, kernel, output, scalarOp } from "../../vm/index.ts";

afterAll(() => close());

const failure = async (work: () => unknown): Promise<Diagnostic> => {
  try { await work(); } catch (error) { if (error instanceof Diagnostic) return error; throw error; }
  throw new Error("nothing was thrown");
};

/** Weights of any type times one number, and the same twice. */
const SOURCE = `
/// y = alpha · w
kernel scaled<T: dtype = u3, BN: int = 64>(w: T[N], alpha: f32, out y: f32[N])
  grid (b in cdiv(N, BN)) threads 32
{
  store(y[b * BN +: BN], (load(w[b * BN +: BN], pad: 1) as f32) * alpha)
}
kernel twice(x: f32[N], out y: f32[N])
  grid (b in cdiv(N, 64)) threads 32
{
  let v = load(x[b * 64 +: 64])
  store(y[b * 64 +: 64], v + v)
}`;

const twice = kernel("twice", { BN: intParam(64) }, ({ BN }) => ({
  params: { x: input("f32", [dim("N")]), y: output("f32", [dim("N")]) },
  grid: { n: cdiv(dim("N"), BN) }, threads: 32,
  body(b, { x, y }, { n }) {
    const at = { offsets: [scalarOp("mul", n ?? constant(0), constant(BN))], sizes: [constant(BN)] };
    const v = b.load({ x: b.slice({ x }, at) });
    b.store({ to: b.slice({ x: y }, at), x: b.add({ x: v, y: v }) });
  },
}));

describe("on SwiftShader", () => {
  let device: Device;
  beforeAll(async () => { device = await open({ adapter: "swiftshader" }); });
  afterAll(() => device.destroy());

  test("kernels of a source, by name, at run-time sizes", async () => {
    const { kernels } = await compile(SOURCE);
    expect(Object.keys(kernels)).toEqual(["scaled", "twice"]);
    const scaled = kernels.scaled.specialise({ T: "i3" });
    for (const n of [1, 37, 100]) {
      using w = await device.tensor("i3", [n], Array.from({ length: n }, (_, i) => (i % 8) - 4));
      const { y } = await scaled.run({ w, alpha: 0.5 });
      expect([...(await y.read())]).toEqual(Array.from({ length: n }, (_, i) => ((i % 8) - 4) / 2));
      y.dispose();
    }
  });

  test("a TypeScript kernel gives what its text gives, and each is compiled once", async () => {
    const text = (await compile(SOURCE)).specialise("twice", {}), built = kernelOf(twice);
    using x = await device.tensor("f32", [70], Array.from({ length: 70 }, (_, i) => i / 4));
    const { y } = await text.run({ x });
    const outs = await built.specialise({}).run({ x });
    expect(await outs.y?.read()).toEqual(await y.read());
    expect([...(await y.read())]).toEqual(Array.from({ length: 70 }, (_, i) => i / 2));
    expect(built.specialise({ BN: 64 })).toBe(built.specialise({ BN: 64 }));
    expect(built.specialise({ BN: 32 })).not.toBe(built.specialise({ BN: 64 }));
    expect(await text.module(device)).toBe(await text.module(device));
  });
});

describe("mistakes", () => {
  test("of the text: the first error with its place, the others in its notes", async () => {
    const { data } = await failure(() => compile("kernel k(x: f32[N] grid", { file: "k.loom" }));
    expect([data.code[0], data.span?.file]).toEqual(["S", "k.loom"]);
  });

  test("of the specialisation", async () => {
    const { kernels } = await compile(SOURCE);
    expect((await failure(() => kernels.scaled.specialise({ T: "u33" }))).code[0]).toBe("N");
    expect((await failure(() => kernels.scaled.specialise({ TT: "u3" } as never))).data.help).toContain("T");
  });

  test("which kernel is meant", async () => {
    const two = await compile(SOURCE), none = await compile("const A = 1" as string);
    expect((await failure(() => two.specialise("scled" as never, {}))).data).toMatchObject({ code: "H0416", help: "did you mean 'scaled'?" });
    expect((await failure(() => (two.specialise as unknown as (p: object) => unknown)({}))).data).toMatchObject({ code: "H0416", message: "source.loom has 2 kernels" });
    expect((await failure(() => none.specialise({}))).data).toMatchObject({ code: "H0416", message: "source.loom has no kernel" });
  });
});

test("a target is plain data of the device", () => {
  const limits = { maxComputeWorkgroupStorageSize: 32768, maxComputeInvocationsPerWorkgroup: 1024, maxComputeWorkgroupSizeX: 512, maxStorageBuffersPerShaderStage: 10 } as GPUSupportedLimits;
  const profile = { name: "lavapipe", staticAccesses: 56, unrolls: 32, arrayAligns: true, compilesAtDispatch: true, software: true } as const, plain = { f16: true, halfSubnormals: true, packedDot: false, rates: defaultRates.lavapipe, staticAccesses: 56, unrolls: 32, arrayAligns: true, workgroupBytes: 32768, maxThreads: 512, maxStorageBuffers: 10 };
  const target = (features: string[], languages: string[], min: number, max: number) =>
    targetOf({ features: new Set(features), languages: new Set(languages), subgroup: { min, max }, limits, profile, info: { name: "", vendor: "", architecture: "" } });
  expect(target(["shader-f16"], ["subgroup_id"], 8, 8)).toEqual(plain);
  // Exchanges need one known size and `subgroup_id`.
  expect(target(["shader-f16", "subgroups"], ["subgroup_id"], 8, 8)).toEqual({ ...plain, subgroup: 8 });
  expect(target(["shader-f16", "subgroups"], ["subgroup_id"], 8, 32)).toEqual(plain);
  expect(target(["shader-f16", "subgroups"], [], 8, 8)).toEqual(plain);
  expect(target(["shader-f16"], ["packed_4x8_integer_dot_product"], 8, 8)).toEqual({ ...plain, packedDot: true });
});
