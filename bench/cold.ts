// Cold start: what the first run of a kernel takes on lavapipe, which compiles at the first dispatch, with its disk cache off. Each in a process of
// its own, in CPU time over all cores: from the call to the result, with all that compiles on the way; of that, what it takes to WGSL and what the
// driver makes of it; and the next run, which has only its work.
import { spawnSync } from "node:child_process";
import { dataOf } from "../examples/example.ts";
import { exampleNames } from "../examples/index.ts";
import { dtype, makeTile } from "../vm/index.ts";
import { close, kernelOf, matmul, open, tensor, uploadQuantised, type Device, type Tensor } from "../runtime/index.ts";
import { caseOf } from "./kernels.ts";
import { activations, codesOf, scalesOf } from "./numbers.ts";
import { progress } from "./options.ts";
import { Wrong } from "./usage.ts";
import { conclusion, shareOf } from "./verdicts.ts";

/** Seconds that a first run may take. */
const GOAL = 1.5;

/** Products of matmul: weights of a type with a scale for each 32, times f32; floats; whole numbers. */
const products = [1, 16].flatMap((M) => ["f32", "f16", "i2", "i3", "i4", "i5", "i8", "b1", "f4e2m1", "f8e4m3", "W8A8"].map((type) => `matmul ${type} ${M}×1024×1024`));

/** A run that can be repeated, once its tensors lie on the device. */
type Run = () => Promise<unknown>;

async function productOf(device: Device, type: string, M: number): Promise<Run> {
  const N = 1024, K = 1024;
  if (type === "W8A8") {
    const [x, w] = await Promise.all([M, N].map((rows) => tensor(device, "i8", [rows, K], codesOf("i8", rows * K), { as: "codes" })));
    return async () => (await matmul(x, w, { out: "i32" })).read();
  }
  if (dtype(type).bits > 8) {
    const [x, w] = await Promise.all([M, N].map((rows) => tensor(device, type, [rows, K], activations({ M: rows, K }))));
    return async () => (await matmul(x, w)).read();
  }
  const w = await uploadQuantised(device, { type, shape: [N, K], codes: codesOf(type, N * K), axis: 1, group: 32, scaleShape: [N, K / 32], scaleType: "f32", scales: scalesOf((N * K) / 32) });
  const x = await tensor(device, "f32", [M, K], activations({ M, K }));
  return async () => (await matmul(x, w)).read();
}

async function exampleOf(device: Device, name: string): Promise<Run | undefined> {
  const found = await caseOf(name);
  if (!found) return undefined;
  const { kernel, run } = found, k = kernelOf(kernel).specialise(run.params), inputs: Record<string, Tensor> = {};
  for (const [id, t] of Object.entries(run.inputs)) {
    const type = dtype(t.dtype), { data } = makeTile(type, t.shape), packing = k.signature.tensors.find((s) => s.name === id)?.packing;
    inputs[id] = await tensor(device, t.dtype, t.shape, dataOf(t, data), { packing, as: type.storage ? "codes" : "values" });
  }
  // What is changed in place is read too: until then the driver need not have begun.
  const changed = k.signature.tensors.flatMap((t) => { const x = inputs[t.name]; return t.direction === "inout" && x ? [x] : []; });
  return async () => { for (const out of [...Object.values(await k.run({ ...inputs, ...run.scalars })), ...changed]) await out.read(); };
}

/** Seconds of CPU that something takes: until WGSL is first given to the driver, and in all. */
async function cpu({ gpu }: Device, work: Run): Promise<Times> {
  const before = process.cpuUsage(), make = gpu.createShaderModule.bind(gpu), since = (): number => { const { user, system } = process.cpuUsage(before); return (user + system) / 1e6; };
  let own: number | undefined;
  gpu.createShaderModule = (text) => { own ??= since(); return make(text); };
  await work();
  gpu.createShaderModule = make;
  const all = since();
  return { own: own ?? 0, all };
}

/** Seconds until the driver first has WGSL, and in all. */
interface Times { readonly own: number; readonly all: number }

/** In a process of its own: seconds of the first run and of the next, as JSON; null where an example has no case for devices. */
async function one(name: string): Promise<void> {
  const device = await open({ adapter: "lavapipe" }), [, type, M] = /^matmul (\w+) (\d+)/.exec(name) ?? [];
  const run = await (type ? productOf(device, type, Number(M)) : exampleOf(device, name));
  console.log(JSON.stringify(run ? [await cpu(device, run), await cpu(device, run)] : null));
  await close();
}

/** Prints the table as it is made, and what passes the goal. @param words `--one NAME`, or a part of names: only these */
export async function cold(words: readonly string[]): Promise<void> {
  const [flag = "", name] = words;
  if (flag === "--one" && name !== undefined) return one(name);
  const names = [...exampleNames("examples"), ...products].filter((x) => x.includes(flag)), rows: { readonly name: string; readonly first: number }[] = [], tell = progress("cold");
  if (names.length === 0) throw new Wrong(`no example's or product's name has "${flag}" in it`);
  console.log("CPU s on lavapipe without its disk cache\n     all     own  driver    next");
  for (const n of names) {
    tell(n);
    const { stdout, stderr, status } = spawnSync(process.execPath, [process.argv[1], "cold", "--one", n], { encoding: "utf8", env: { ...process.env, MESA_SHADER_CACHE_DISABLE: "true" } });
    tell();
    if (status !== 0) { console.log(`${n} does not run here: ${stderr.trim().split("\n").slice(0, 3).join(" ")}`); continue; }
    const times = JSON.parse(stdout) as readonly [Times, Times] | null;
    if (!times) continue;
    const [first, { all: next }] = times;
    rows.push({ name: n, first: first.all });
    console.log(`${[first.all, first.own, first.all - first.own - next, next].map((s) => s.toFixed(2).padStart(8)).join("")}  ${n}`);
  }
  const slow = rows.filter((r) => r.first >= GOAL).sort((a, b) => b.first - a.first);
  if (slow.length) console.log(`\nlongest: ${slow.map((r) => `${r.name} ${r.first.toFixed(1)}`).join(", ")}`);
  console.log(`\n${conclusion([shareOf(`first runs on lavapipe without its disk cache take less than ${GOAL} s`, rows.length - slow.length, rows.length)])}`);
}
