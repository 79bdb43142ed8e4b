// What the snippets of lang/code-examples-host.ts speak of: files of a folder, and what stands before their TypeScript.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeNpy, writeNpz, writeSafetensors, type NpyArray } from "../../runtime/index.ts";

/** The kernel that messages of the driver are about. */
export const add = `kernel add<T: int = 64>(x: f32[N], y: f32[N], out z: f32[N]) grid (b in cdiv(N, 64)) threads T {
  store(z[b * 64 +: 64], load(x[b * 64 +: 64]) + load(y[b * 64 +: 64]))
}`;
const scaled = `kernel scaled(q: u3[N, 64] @ planes, alpha: f32, out y: f32[N, 64]) grid (n in N) threads 64 {
  store(y[n +: 1, :], (load(q[n +: 1, :]) as f32) * alpha)
}`;
const total = `kernel total(x: f32[M, K], out y: f32[M]) grid (m in M) threads 64 {
  require M <= 4, "at most 4 rows"
  var sum: f32[1] = 0
  for k in 0..K step 64 { sum += reduce_sum(load(x[m, k +: 64]), axis: 0) as f32 }
  store(y[m +: 1], sum)
}`;
const wide = "kernel wide<B: int in {32, 64} = 64>(x: f32[N], out y: f32[N]) grid (i in cdiv(N, B)) threads 32 { store(y[i * B +: B], load(x[i * B +: B])) }";
const low = (name: string): string => `kernel ${name}<K: int>(x: f32[K], out y: f32[K]) grid (i in cdiv(K, 64)) threads 64 { store(y[i * 64 +: 64], load(x[i * 64 +: 64])) }`;

/** The statements before a snippet. */
export const before = `
using device = await openNull();
using other = await openNull([]);
const { kernels } = await compile(${JSON.stringify([add, scaled, total, wide].join("\n"))});
const add = kernels.add.specialise({}), scaled = kernels.scaled.specialise({}), total = kernels.total.specialise({});
const x = await device.empty("f32", [100]), m = await device.empty("f32", [3, 5]), codes = await device.empty("u3", [2, 64]);
const finished = compileProgram(load(${JSON.stringify(low("low"))}).kernels[0].specialise({ K: 4 }), baseTarget), half = { ...finished, features: ["shader-f16"] };
const halves = [0, 16].map((at) => overlay([{ of: digits([axis(0), bit]), at, stride: 32 }])), buffer = device.gpu.createBuffer({ size: 16, usage: GPUBufferUsage.STORAGE });
const b = builder("fields"), lows = b.tensor("low", "in", "u16", [4], halves[0], "words"), highs = b.tensor("high", "in", "u16", [4], halves[1], "words");
b.threads(4);
b.store({ to: b.tensor("y", "out", "u16", [4], dense(1)), x: b.select({ condition: b.eq({ x: b.load({ x: lows }), y: 0 }), x: b.load({ x: highs }), y: b.load({ x: lows }) }) });
const fields = createKernel(compileProgram(b.finish(), baseTarget));
const says = "kernel says(x: f32[N]) grid (i in N) threads 1 { print(\\"{}\\", i) }" as string;
const library = openLibrary({ format: "bitloom-library", version: 1, kernels: [{ name: "low", params: { K: "4" }, modules: [finished] }] });
`;

/** Writes the files that command lines name. */
export async function world(dir: string): Promise<void> {
  mkdirSync(dir, { recursive: true });
  const put = (name: string, text: string | Uint8Array): void => writeFileSync(join(dir, name), text);
  const array = (n: number): NpyArray => ({ dtype: "f4", shape: [n], data: Float32Array.from({ length: n }, (_, i) => i) }), x = array(100);
  const tensor = (dtype: "F32" | "F64") => writeSafetensors({ w: { dtype, shape: [100], bytes: new Uint8Array(dtype === "F32" ? 400 : 800) } });
  const page = "<!doctype html><title>404</title>".repeat(9);
  put("add.loom", add);
  put("two.loom", `${low("low")}\n${low("high")}`);
  put("sevens.loom", "kernel sevens(x: f32[N], out y: f32[N]) grid (i in N) threads 1 { require N == 49, \"seven sevens\"; store(y[i +: 1], load(x[i +: 1])) }");
  put("even.loom", "kernel even(x: f32[N], n: i32, out y: f32[N]) grid (i in N) threads 1 { assume(n % 2 == 0, \"n is even\"); store(y[i +: 1], load(x[i +: 1])) }");
  put("steps.loom", `kernel once(x: f32[N], out y: f32[N]) grid (i in cdiv(N, 64)) threads 64 { store(y[i * 64 +: 64], load(x[i * 64 +: 64])) }
sequence endless(x: f32[N], n: i32, out y: f32[N]) { for i in 0..n { once(x, y) } }
sequence late(x: f32[N], n: i32, out y: f32[N]) {
  temp t: f32[N]
  if n > 0 { once(x, t) }
  once(t, y)
}`);
  put("photo.loom", Uint8Array.of(0xff, 0xd8, 0xff, 0xe0));
  put("x.npy", writeNpy(x));
  put("ten.npy", writeNpy(array(10)));
  put("complex.npy", Buffer.from(Buffer.from(writeNpy(x)).toString("latin1").replace("<f4", "<c8"), "latin1"));
  put("w.npz", await writeNpz({ x }));
  put("w.safetensors", tensor("F32"));
  put("odd.safetensors", Buffer.from(Buffer.from(tensor("F32")).toString("latin1").replace('"F32"', '"Q32"'), "latin1"));
  const words = (shape: readonly number[]) => ({ dtype: "I32", shape, bytes: new Uint8Array(4 * shape.reduce((n, d) => n * d, 1)) }) as const;
  put("torn.safetensors", writeSafetensors({ "l.qweight": words([4, 32]), "l.qzeros": words([2, 4]), "l.scales": { dtype: "F16", shape: [3, 32], bytes: new Uint8Array(192) } }));
  put("matrix.safetensors", writeSafetensors({ w: { dtype: "F32", shape: [2, 32], bytes: new Uint8Array(256) } }));
  put("ct.safetensors", writeSafetensors({ "l.weight": { dtype: "I8", shape: [2, 32], bytes: new Uint8Array(64) }, "l.weight_scale": { dtype: "F16", shape: [1], bytes: new Uint8Array(2) }, "l.weight_zero_point": { dtype: "I8", shape: [1], bytes: new Uint8Array(1) } }));
  put("torn.safetensors.index.json", JSON.stringify({ weight_map: { w: "w.safetensors", v: "w.safetensors" } }));
  put("empty.json", '{ "format": "bitloom-atlas", "version": 1, "records": [] }');
  for (const kind of ["json", "npy", "npz", "safetensors", "gguf", "onnx"]) put(`page.${kind}`, page);
}
