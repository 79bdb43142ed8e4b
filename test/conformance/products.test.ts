// Integer products on devices, against exact arithmetic: every pair of codes of every two types of up to four bits; kernels by chance at
// run-time sizes; sums as large as i32 holds, and beyond. BITLOOM_RANDOM=10 takes all pairs each way, and 5,000 launches on each device.
import { expect, test } from "vitest";
import { compileProgram } from "../../codegen/index.ts";
import { createKernel, targetOf, type Device } from "../../runtime/index.ts";
import { chance, dtype, tileFromCodes, type Program } from "../../vm/index.ts";
import { onEachDevice } from "./devices.ts";
import { byInterpreter, byKernel } from "./engines.ts";
import { exists, meaning, product, programOf, randomSizes, randomSpec, sourceOf, typesOf, wrong, type Product, type Spec } from "./products-cases.ts";

/** How many times as much as usual; time limits grow with it. */
const more = Math.max(1, Number(process.env.BITLOOM_RANDOM ?? 1)), all = more >= 10;
const kernelOf = (program: Program, device: Device): ReturnType<typeof createKernel> => createKernel(compileProgram(program, targetOf(device)));
const ways: readonly Spec["by"][] = [undefined, "planes", "packed", "fma", "table"];

/** Every code of x with every code of y, at each of K places in another order. */
function allCodes(s: Spec, program: Program, K: number): Product {
  const [a, b] = [s.x, s.y].map((t) => 2 ** dtype(t).bits), x: number[] = [], y: number[] = [];
  for (let m = 0; m < a; m++) for (let j = 0; j < K; j++) x.push((m * (2 * j + 1) + j * j) % a);
  for (let n = 0; n < b; n++) for (let j = 0; j < K; j++) y.push((n * (4 * j + 1) + 3 * j) % b);
  const want = Int32Array.from({ length: a * b }, (_, i) => {
    let sum = 0n;
    for (let j = 0; j < K; j++) sum += meaning(s.x, x[Math.floor(i / b) * K + j]) * meaning(s.y, y[(i % b) * K + j]);
    return Number(sum);
  });
  return { case: { program, inputs: { x: tileFromCodes(dtype(s.x), [a, K], x), y: tileFromCodes(dtype(s.y), [b, K], y), count: K }, dims: { M: a, N: b, K } }, want };
}

onEachDevice("integer products", (device, name) => {
  const slow = name === "lavapipe";
  /** The long form takes an hour and says how far it is. */
  const say = (at: number, of: number, what: string): void => { if (all && at % 20 === 0) console.log(`${name}: ${at} of ${of} ${what}`); };

  const small = [1, 2, 3, 4].flatMap(typesOf), pairs = small.flatMap((x) => small.map((y) => ({ x, y })));
  test("every pair of codes of types of up to four bits", async () => {
    let made = 0;
    for (const [i, pair] of pairs.entries()) for (const [w, by] of ways.entries()) {
      // One way for each pair, in turn; on lavapipe, which compiles slowly, for one pair of twelve.
      if (!all && (i % ways.length !== w || (slow && i % 12 !== 1))) continue;
      const s: Spec = { ...pair, by, place: (i + w) % 3 ? "tensors" : "shared", packing: "planes", tile: [2, 4, 32], threads: 8 }, program = programOf(s), kernel = kernelOf(program, device());
      for (const K of [1, 5, 37]) {
        const p = allCodes(s, program, K);
        expect(wrong(p, (await byKernel(p.case, kernel, device())).c), `${K} elements\n${sourceOf(s)}`).toBeUndefined();
      }
      made++;
      say(made, pairs.length * ways.length, "kernels of all pairs");
    }
    expect(made).toBe(all ? pairs.length * ways.length : slow ? 10 : pairs.length);
  }, 600_000 * more);

  const pipelines = all ? 100 : slow ? 6 : 30, launches = all ? 50 : slow ? 15 : 20;
  // No rows, single rows and columns, K of nothing and of a few words come often; 5,000 launches of 100 kernels with BITLOOM_RANDOM=10.
  test("kernels by chance at sizes by chance", async () => {
    const next = chance(2026);
    for (let i = 0; i < pipelines;) {
      const s = randomSpec(next);
      if (!exists(s)) continue;
      const program = programOf(s), module = compileProgram(program, targetOf(device()));
      // lavapipe's compile time grows with the square of these; the long form takes all.
      if (slow && !all && module.counts.staticAccesses > 64) continue;
      say(++i, pipelines, "kernels by chance");
      const kernel = createKernel(module);
      for (let j = 0; j < launches; j++) {
        const p = product(s, program, randomSizes(next), i * 1000 + j);
        expect(wrong(p, (await byKernel(p.case, kernel, device())).c), `${JSON.stringify(p.case.dims)}, count ${p.case.inputs.count}\n${sourceOf(s)}`).toBeUndefined();
      }
    }
  }, 600_000 * more);

  const kinds = ["u8", "i8", "b8"].flatMap((x) => ["u8", "i8", "b8"].map((y) => ({ x, y })));
  test("sums as large as i32 holds, at 8 × 8 bits, and what wraps beyond", async () => {
    for (const [i, pair] of kinds.entries()) {
      // Same kinds: 2^15 elements for all; the last length that fits, and the first that wraps.
      const by = (["planes", "packed", undefined, "fma"] as const)[i % 4], s: Spec = { ...pair, by, place: "tensors", packing: "planes", tile: [1, 2, 128], threads: 2 }, program = programOf(s), kernel = kernelOf(program, device());
      for (const k of [2 ** 15, 33_025, 33_026, ...(pair.x === "i8" && pair.y === "i8" ? [2 ** 17 - 1, 2 ** 17] : [])]) {
        const p = product(s, program, { M: 1, N: 2, K: k, k }, 1, true);
        if (i % 4 === 0) expect(wrong(p, byInterpreter(p.case).c)).toBeUndefined();
        expect(wrong(p, (await byKernel(p.case, kernel, device())).c), `${k} elements\n${sourceOf(s)}`).toBeUndefined();
        if (pair.x === "b8" && pair.y === "b8") expect(p.want[0]).toBe(k === 33_026 ? 255 * 255 * k - 2 ** 32 : 255 * 255 * k);
        if (pair.x === "i8" && pair.y === "i8" && k >= 2 ** 17 - 1) expect(p.want[0]).toBe(k === 2 ** 17 ? -(2 ** 31) : 2 ** 14 * k);
      }
    }
  }, 120_000 * more);
});
