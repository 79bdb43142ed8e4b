// What Bitloom itself costs, measured: npm run bench -- NAME; bench/usage.ts has the names. interpreter, compile, packing and start need no device.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { Diagnostic, didYouMean, render } from "../diagnostic.ts";
import type { Options, ProductBench } from "./options.ts";
import { benches, usage, usageOf, Wrong, type BenchName } from "./usage.ts";
import { dtype, input, intParam, interpret, kernel, makeTile, output, type Program, type Tile } from "../vm/index.ts";

const median = (xs: readonly number[]): number => [...xs].sort((a, b) => a - b)[xs.length >> 1] ?? NaN;

/** Median time of `work` in ms over `times` runs, after `warm` runs that don't count. */
function time(work: () => void, times = 15, warm = 3): number {
  const all: number[] = [];
  for (let i = 0; i < warm + times; i++) {
    const start = performance.now();
    work();
    if (i >= warm) all.push(performance.now() - start);
  }
  return median(all);
}

const filled = (type: string, shape: readonly number[]): Tile => {
  const t = makeTile(dtype(type), shape), n = 2 ** Math.min(dtype(type).bits, 8);
  for (let i = 0; i < t.data.length; i++) t.data[i] = (i * 7919) % n;
  return t;
};

const side = 256;
/** One block that multiplies [side, side] tiles of these types. */
const product = (x: string, y: string): Program => kernel("product", { N: intParam(side) }, ({ N }) => ({
  params: { x: input(x, [N, N]), y: input(y, [N, N]), z: output(dtype(x).kind === "float" || dtype(y).kind === "float" ? "f32" : "i32", [N, N]) },
  grid: { g: 1 }, threads: 64,
  body(b, p) { b.store({ to: p.z, x: b.dot({ x: b.load({ x: p.x }), y: b.load({ x: p.y }) }) }); },
})).specialise({});

const elements = 1 << 18, operations = 8;
/** One block with `operations` operations on each of `elements` elements. */
const chain = (): Program => kernel("chain", { N: intParam(elements) }, ({ N }) => ({
  params: { x: input("f32", [N]), z: output("f32", [N]) },
  grid: { g: 1 }, threads: 64,
  body(b, p) {
    let v = b.load({ x: p.x });
    for (let i = 0; i < operations; i++) v = i % 2 ? b.mul({ x: v, y: v }) : b.add({ x: v, y: v });
    b.store({ to: p.z, x: v });
  },
})).specialise({});

function interpreter(): void {
  for (const [x, y] of [["f32", "f32"], ["f16", "u3"], ["i8", "i8"], ["u4", "i4"]] as const) {
    const p = product(x, y), inputs = { x: filled(x, [side, side]), y: filled(y, [side, side]) };
    const ms = time(() => { interpret(p, inputs); });
    console.log(`dot ${x} × ${y}: ${(side ** 3 / ms / 1000).toFixed(0)} M multiply-adds/s (${side}³, ${ms.toFixed(1)} ms)`);
  }
  const p = chain(), inputs = { x: filled("f32", [elements]) }, ms = time(() => { interpret(p, inputs); });
  console.log(`element-wise f32: ${((elements * operations) / ms / 1000).toFixed(0)} M element operations/s (${operations} on ${elements} elements, ${ms.toFixed(1)} ms)`);
}

/** Every kernel of the examples from text to WGSL: bench/compile.ts. */
const compile = async (): Promise<void> => (await import("./compile.ts")).compile(process.argv[3]);
/** The first run of each on lavapipe, without its disk cache: bench/cold.ts. */
const cold = async (): Promise<void> => (await import("./cold.ts")).cold(process.argv.slice(3));

/** Packing and unpacking on the host: bench/packing.ts. */
const packing = async (): Promise<void> => (await import("./packing.ts")).packing(process.argv[3]);

/** How long the bundled command line takes from start to end. */
function start(): void {
  if (!existsSync("dist/cli.js")) throw new Wrong("there is no dist/cli.js; npm run build makes it");
  for (const words of [["--help"], ["--version"], ["dtype", "--json", "f6e3m2"], ["layout", "--json", "spatial(8,4)*local(2,1)"], ["check", "examples/softmax/softmax.loom"]]) {
    const ms = time(() => { spawnSync(process.execPath, ["dist/cli.js", ...words], { stdio: "ignore" }); }, 9, 1);
    console.log(`bitloom ${words.join(" ")}: ${ms.toFixed(0)} ms`);
  }
  console.log(`node -e 0: ${time(() => { spawnSync(process.execPath, ["-e", "0"]); }, 9, 1).toFixed(0)} ms of these are Node's own`);
}

/** The words after a bench's name. */
const words = async (bench: ProductBench): Promise<Options> => (await import("./options.ts")).options(process.argv.slice(3), bench);
/** Integer products on a device by each way to multiply: bench/int.ts. */
const int = async (): Promise<void> => { const o = await words("int"); await (await import("./int.ts")).int(o); };
/** Products of every width beside other people's: bench/matmul.ts. */
const matmul = async (): Promise<void> => {
  if (process.send && process.argv[3] === "--part") return (await import("./part.ts")).part();
  const o = await words("matmul");
  await (await import("./matmul.ts")).matmul(o);
};

/** How well prices tell how fast the cuts of a product are: bench/cuts.ts. */
const cuts = async (): Promise<void> => { const o = await words("cuts"); await (await import("./cuts.ts")).cuts(o); };

/** The shaders of a checkout of llama.cpp, as a folder for `matmul --wgsl`: bench/llama.ts. */
const llama = async (): Promise<void> => {
  const { expandLlama } = await import("./llama.ts");
  // Shaders of another time than the script are the checkout's mistake.
  try { expandLlama(process.argv.slice(3)); } catch (error) { throw new Wrong(error instanceof Error ? error.message : String(error)); }
};

const all: Readonly<Record<BenchName, () => void | Promise<void>>> = { interpreter, compile, packing, start, cold, int, matmul, cuts, llama };
const [name = "", ...rest] = process.argv.slice(2), asks = (word: string): boolean => word === "--help" || word === "-h", known = (n: string): n is BenchName => Object.hasOwn(all, n);
if (asks(name) || (known(name) && rest.some(asks))) console.log(known(name) ? usageOf(name) : usage());
else if (!known(name)) {
  const near = didYouMean(name, Object.keys(benches));
  console.error(`${name === "" ? "" : `there is no bench "${name}"${near === undefined ? "" : `; did you mean ${near}?`}\n`}${usage()}`);
  process.exitCode = 2;
} else {
  try { await all[name](); } catch (error) {
    // What the caller can mend is told in a line; all else is ours and comes with its trace.
    if (!(error instanceof Wrong || error instanceof Diagnostic)) throw error;
    console.error(error instanceof Wrong ? `${error.message}\nnpm run bench -- ${name} --help tells more` : render(error.data));
    process.exitCode = error instanceof Wrong ? 2 : 1;
  }
}
