// What is wrong and what is right, for the codes of host calls; and what messages of the driver look like.
// A snippet is a command line, or TypeScript. A test runs both: the first gives the code, the second nothing. Its world:
//
// TypeScript speaks of two open devices, device and other; of tensors on device, x: f32[100], m: f32[3, 5], codes: u3[2, 64]; and of the
// kernels add(x: f32[N], y: f32[N], out z: f32[N]), scaled(q: u3[N, 64] @ planes, alpha: f32, out y: f32[N, 64]) and
// total(x: f32[M, K], out y: f32[M]), which requires M <= 4, and wide<B: int in {32, 64} = 64>(x: f32[N], out y: f32[N]); of library, which holds low for K = 4, and two modules, finished and half,
// which needs f16, and other hasn't got it; of fields, a kernel that has low: u16[4] and high: u16[4] in one buffer, the halves of its words,
// with their packings, halves, and a buffer; of says, the source of a kernel that prints. Command lines speak of add.loom, which holds add, of two.loom, which holds
// low<K: int>(x: f32[K], out y: f32[K]) and high<…>(…), and of the arrays x.npy and w.safetensors:w, f32[100], and odd ones beside them.
import { pair, type CodeExample } from "./messages.ts";

/** Examples of host calls by code; codes that only the machine can raise have none. */
export const hostExamples: Readonly<Record<string, CodeExample>> = Object.freeze({
  H0103: pair("bitloom run add.loom --in x=x.npy --in y=1 --adapter gtx1080", "bitloom devices"),
  H0104: pair("await open({ require: [\"shader-f64\"] })", "const able = (await listAdapters()).filter((a) => a.features.includes(\"shader-f16\"))"),
  H0107: pair("await open({ limits: { maxBufferSize: 0 } })", "await open({ limits: { maxBufferSize: 2 ** 28 } })"),
  H0201: pair("bitloom run add.loom --in x=page.safetensors:w --in y=1", "bitloom run add.loom --in x=w.safetensors:w --in y=1"),
  H0202: pair("bitloom run add.loom --in x=w.safetensors:weight --in y=1", "bitloom run add.loom --in x=w.safetensors:w --in y=1"),
  H0203: pair("bitloom run add.loom --in x=odd.safetensors:w --in y=1", "bitloom run add.loom --in x=w.safetensors:w --in y=1"),
  H0204: pair("bitloom run add.loom --in x=page.npy --in y=1", "bitloom run add.loom --in x=x.npy --in y=1"),
  H0205: pair("bitloom run add.loom --in x=complex.npy --in y=1", "bitloom run add.loom --in x=x.npy --in y=1"),
  H0207: pair("writeNpy({ dtype: \"f4\", shape: [2, 3], data: new Float32Array(5) })", "writeNpy({ dtype: \"f4\", shape: [2, 3], data: new Float32Array(6) })"),
  H0208: pair("bitloom check adds.loom", "bitloom check add.loom"),
  H0209: pair("bitloom run add.loom --in x=page.npz:x --in y=1", "bitloom run add.loom --in x=w.npz:x --in y=1"),
  H0210: pair("pack(dense(1), 3, [8], Uint8Array.of(1, 2, 3))", "pack(dense(1), 3, [8], Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 0))"),
  H0211: pair("unpack(dense(1), 3, [100], new Uint32Array(9))", "unpack(dense(1), 3, [100], new Uint32Array(12))"),
  H0220: pair("bitloom weights page.gguf", "bitloom weights w.safetensors"),
  H0221: pair("bitloom weights page.onnx", "bitloom weights w.safetensors"),
  H0222: pair("bitloom weights torn.safetensors", "bitloom weights w.safetensors"),
  H0223: pair("bitloom weights add.loom", "bitloom weights w.npz"),
  H0224: pair("bitloom weights torn.safetensors.index.json", "bitloom weights w.safetensors"),
  H0225: pair("bitloom repack ct.safetensors q.safetensors --format q8_0", "bitloom weights ct.safetensors"),
  H0226: pair("bitloom quantise w.safetensors q.safetensors --format q8_0", "bitloom quantise matrix.safetensors q.safetensors --format q8_0"),

  H0301: pair("await device.tensor(\"f32\", [-1], [1, 2])", "await device.tensor(\"f32\", [2], [1, 2])"),
  H0302: pair("await device.tensor(\"f32\", [2, 2], [1, 2, 3])", "await device.tensor(\"f32\", [2, 2], [1, 2, 3, 4])"),
  H0303: pair("await device.empty(\"u1\", [2 ** 16, 2 ** 15])", "await device.empty(\"u1\", [2 ** 15, 2 ** 15])"),
  H0304: pair("await device.empty(\"f32\", [2 ** 15, 2 ** 15])", "await device.empty(\"f32\", [2 ** 10, 2 ** 15])"),
  H0305: pair("await device.tensor(\"u3\", [2], [0.5, -1])", "await device.tensor(\"u3\", [2], [0, 7])"),
  H0306: pair("await device.tensor(\"u3\", [2], Uint8Array.of(7, 8))", "await device.tensor(\"u3\", [2], Uint8Array.of(7, 0))"),
  H0307: pair("const y = await device.empty(\"f32\", [4])\ny.dispose()\nawait y.read()", "const y = await device.empty(\"f32\", [4])\nawait y.read()\ny.dispose()"),
  H0309: pair("other.destroy()\nawait other.empty(\"f32\", [4])", "other.destroy()\nusing fresh = await openNull()\nawait fresh.empty(\"f32\", [4])"),
  H0310: pair("await device.tensor(\"u3\", [1], [5], { as: \"bits\" })", "await device.tensor(\"u3\", [1], [5], { as: \"codes\" })"),
  H0311: pair("const buffer = device.gpu.createBuffer({ size: 8, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC })\nawait Tensor.from(device, buffer, \"f32\", [4])",
    "const buffer = device.gpu.createBuffer({ size: 16, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC })\nawait Tensor.from(device, buffer, \"f32\", [4])"),
  H0312: pair("const buffer = device.gpu.createBuffer({ size: 16, usage: GPUBufferUsage.COPY_DST })\nawait Tensor.from(device, buffer, \"f32\", [4])",
    "const buffer = device.gpu.createBuffer({ size: 16, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC })\nawait Tensor.from(device, buffer, \"f32\", [4])"),

  H0401: pair("await add.run({ x })", "await add.run({ x, y: x })"),
  H0402: pair("await add.run({ x, w: x })", "await add.run({ x, y: x })"),
  H0403: pair("await add.run({ x, y: [1, 2, 3] })", "await add.run({ x, y: await device.tensor(\"f32\", [100], new Float32Array(100)) })"),
  H0404: pair("await add.run({ x, y: await device.empty(\"f16\", [100]) })", "await add.run({ x, y: await device.empty(\"f32\", [100]) })"),
  H0405: pair("await total.run({ x })", "await total.run({ x: await device.tensor(\"f32\", [1, 100], await x.read()) })"),
  H0406: pair("await add.run({ x, y: await device.empty(\"f32\", [99]) })", "await add.run({ x, y: await device.empty(\"f32\", [100]) })"),
  H0407: pair("await scaled.run({ q: codes, alpha: 2 })", "await scaled.run({ q: await scaled.prepack(\"q\", codes), alpha: 2 })"),
  H0408: pair("await add.run({ x, y: await other.empty(\"f32\", [100]) })", "await add.run({ x, y: await device.empty(\"f32\", [100]) })"),
  H0409: pair("await add.run({ x, y: x, z: x })", "await add.run({ x, y: x })"),
  H0410: pair("const { kernels } = await compile(\"kernel fill(x: f32[N], out y: f32[N]) grid (i in N * 1000000, j in 1000000) threads 1 { store(y[0 +: 1], 1) }\")\nawait kernels.fill.specialise({}).run({ x })",
    "const { kernels } = await compile(\"kernel fill(x: f32[N], out y: f32[N]) grid (i in N) threads 1 { store(y[i +: 1], 1) }\")\nawait kernels.fill.specialise({}).run({ x })"),
  H0411: pair("await total.run({ x: await device.empty(\"f32\", [5, 3]) })", "await total.run({ x: m })"),
  H0412: pair("await quantise([0.5, -1, 3], { type: \"i3\" })", "await quantise([0.5, -1, 3], { type: \"i3\", device })"),
  H0413: pair("await compile(\"kernel k(x: f32[2 * N], out y: f32[N]) grid (i in N) threads 1 { store(y[i +: 1], load(x[2 * i +: 1])) }\").then(({ kernels }) => kernels.k.specialise({}).run({ x }))",
    "await compile(\"kernel k<N: int>(x: f32[2 * N], out y: f32[N]) grid (i in N) threads 1 { store(y[i +: 1], load(x[2 * i +: 1])) }\").then(({ kernels }) => kernels.k.specialise({ N: 50 }).run({ x }))"),
  H0414: pair("await scaled.run({ q: await scaled.prepack(\"q\", codes), alpha: \"2\" })", "await scaled.run({ q: await scaled.prepack(\"q\", codes), alpha: 2 })"),
  H0415: pair("await createKernel(half).run({ x: await other.empty(\"f32\", [4]) })", "await createKernel(half).run({ x: await device.empty(\"f32\", [4]) })"),
  H0416: pair("library.specialise(\"high\", { K: 4 })", "library.specialise(\"low\", { K: 4 })"),
  H0417: pair("openLibrary({ format: \"bitloom-library\", version: 99, kernels: [] })", "openLibrary({ format: \"bitloom-library\", version: 1, kernels: [] })"),
  H0418: pair("bitloom run steps.loom --kernel endless --set n=70000 --in x=x.npy --on interpreter", "bitloom run steps.loom --kernel endless --set n=70 --in x=x.npy --on interpreter"),
  H0419: pair("bitloom run steps.loom --kernel late --set n=0 --in x=x.npy --on interpreter", "bitloom run steps.loom --kernel late --set n=1 --in x=x.npy --on interpreter"),
  H0420: pair("bitloom run even.loom --in x=ten.npy --set n=3 --on interpreter", "bitloom run even.loom --in x=ten.npy --set n=4 --on interpreter"),
  H0421: pair("await createKernel(finished).check({}, { device })", "await add.check({}, { device })"),
  H0422: pair("bitloom check --device sevens.loom", "bitloom check --device sevens.loom --set N=49"),
  H0423: pair("library.specialise({ K: 8 })", "library.specialise({ K: 4 })"),
  H0424: pair("const { kernels } = await compile(says, { debug: true })\nawait kernels.says.specialise({}).record(device.gpu.createCommandEncoder(), { x })",
    "const { kernels } = await compile(says)\nawait kernels.says.specialise({}).record(device.gpu.createCommandEncoder(), { x })"),
  H0425: pair("const [low, high] = await Promise.all(halves.map((packing) => device.empty(\"u16\", [4], { packing })))\nawait fields.run({ low, high })",
    "const [low, high] = await Promise.all(halves.map((packing) => device.adopt(buffer, \"u16\", [4], { packing })))\nawait fields.run({ low, high })"),
  H0426: pair("await kernels.add.tune({ T: 64 }, { x, y: x })", "await kernels.wide.tune({}, { x })"),
  H0427: pair("await kernels.wide.tune({}, {}, { device })", "await kernels.wide.tune({}, {}, { device, sizes: { N: 100 } })"),
  H0428: pair("bitloom tune --merge page.json --atlas atlas.json", "bitloom tune --merge empty.json --atlas atlas.json"),

  H0501: pair("quantiseValues([1, 2], [2], { type: \"f32\" })", "quantiseValues([1, 2], [2], { type: \"i4\" })"),
  H0502: pair("quantiseValues([1, 2], [2], { type: \"i4\", axis: 1 })", "quantiseValues([1, 2], [2], { type: \"i4\", axis: 0 })"),
  H0503: pair("quantiseValues([1, NaN], [2], { type: \"i4\" })", "quantiseValues([1, 0], [2], { type: \"i4\" })"),
  H0504: pair("quantiseValues([1e9, 0], [2], { type: \"i4\", scaleType: \"f16\" })", "quantiseValues([1e9, 0], [2], { type: \"i4\", scaleType: \"f32\" })"),
  H0505: pair("quantiseValues([1, 2], [2], { type: \"i4\", scale: -1 })", "quantiseValues([1, 2], [2], { type: \"i4\", scale: 0.5 })"),
  H0511: pair("await matmul(m, await device.empty(\"f32\", [5, 7]))", "await matmul(m, await device.empty(\"f32\", [7, 5]))"),
  H0512: pair("await matmul(m, await quantise(new Float32Array(35), { device, shape: [7, 5], type: \"i4\", axis: 0 }))", "await matmul(m, await quantise(new Float32Array(35), { device, shape: [7, 5], type: \"i4\", axis: 1 }))"),
  H0513: pair("await matmul(m, await device.empty(\"i4\", [7, 5]), { out: \"i32\" })", "await matmul(m, await device.empty(\"i4\", [7, 5]))"),
  H0601: pair("kernels.add.specialise({ U: 32 })", "kernels.add.specialise({ T: 32 })"),
  H0602: pair("bitloom check --device two.loom --kernel low", "bitloom check --device two.loom --kernel low --set K=100"),
  H0603: pair("bitloom run two.loom --kernel low --set K=u3 --in x=x.npy", "bitloom run two.loom --kernel low --set K=100 --in x=x.npy"),
  H0701: pair("formatSizes(formatNamed(\"q8_0\"), [2, 60])", "formatSizes(formatNamed(\"q8_0\"), [2, 64])"),
  H0702: pair("unpackFormat(formatNamed(\"q8_0\"), [1, 64], { \"\": new Uint8Array(34) })", "unpackFormat(formatNamed(\"q8_0\"), [1, 64], { \"\": new Uint8Array(68) })"),
  H0703: pair("formatTensorOf(formatNamed(\"q8_0\"), [1, 32], { d: x })", "await formatTensor(device, formatNamed(\"q8_0\"), [1, 32], new Uint8Array(34))"),

  H0900: pair("bitloom check add.loom --silent", "bitloom check add.loom"),
  H0902: pair("bitloom check photo.loom", "bitloom check add.loom"),
  H0905: pair("bitloom explain L0999", "bitloom explain L0203"),
  H0907: pair("bitloom demo x.npy", "bitloom demo"),
});

const place = (rest: string): string => ` ┌─ add.loom:2:3
2│   store(z[b * 64 +: 64], load(x[b * 64 +: 64]) + load(y[b * 64 +: 64]))
 │   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
${rest}`;

/** Messages of the driver as they are drawn, by code: what it says is quoted, at the line of the source that it is about. */
export const driverExamples: Readonly<Record<string, string>> = Object.freeze({
  W0101: `error[W0101]: the driver rejects the WGSL of kernel 'add': unresolved value 'w'
${place(`  = note: WGSL 25:5: unresolved value 'w': w[t0] = bitcast<u32>(t3);
  = help: the generated code is at fault, not the kernel: please report it with the WGSL; meanwhile another adapter may take it`)}`,
  W0102: `error[W0102]: "Dawn null backend" can't make a pipeline of kernel 'add'
${place(`  = note: Entry-point uses workgroup_size(4096, 1, 1) that exceeds the maximum allowed (256, 256, 64).
  = note: - While initializing [ComputePipeline "add"]
  = help: a smaller tile or fewer threads may fit; or open another adapter`)}`,
  W0103: `error[W0103]: the driver refuses to launch kernel 'add'
${place(`  = note: [Buffer "f32[100]"] used in submit while destroyed.
  = note: add: grid 2, x: f32[100] of 400 bytes, y: f32[100] of 400 bytes, z: f32[100] of 400 bytes
  = help: if the buffers are yours, keep them until the launch is done; else please report it with these notes: meanwhile another adapter may take it`)}`,
});
