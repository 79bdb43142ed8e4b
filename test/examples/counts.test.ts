// What the shipped schedules ask of a GPU's memory, counted access by access from the text as it is written: whole sectors, each byte
// of the weights once, no waits at the banks.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { baseTarget, blockTraffic, defaultRates, lowerProgram, prepare, type Target } from "../../codegen/index.ts";
import { load } from "../../lang/index.ts";
import { dtype, evaluate } from "../../vm/index.ts";

const SECTOR = 32, N = 1024;
const plain: Target = { ...baseTarget, packedDot: true, rates: defaultRates.nvidia }, f16: Target = { ...plain, f16: true };
const targets = { plain, f16, "subgroups of 32": { ...f16, subgroup: 32 } } satisfies Readonly<Record<string, Target>>;

/** A kernel at its defaults, which are for GPUs, but for these parameters. */
interface Schedule { readonly file: string; readonly kernel: string; readonly params: Readonly<Record<string, unknown>>; readonly M: number; readonly K: number }
const gemv: Schedule = { file: "gemv", kernel: "gemv", params: {}, M: 1, K: 2048 };
const others: readonly Schedule[] = [
  { ...gemv, params: { BM: 4 }, M: 4 }, { ...gemv, params: { T: "f32", LANES: 16 } }, { ...gemv, kernel: "gemv_zeros", params: { G: 128, ROWS: 8 } }, { ...gemv, kernel: "partial", params: { SPLIT: 4 } },
];
type Tried = readonly [name: string, schedule: Schedule, W: string, target: keyof typeof targets];
const named = (s: Schedule, W: string, target: keyof typeof targets): Tried => [`${s.kernel} ${JSON.stringify(s.params)}, ${W}, ${target}`, s, W, target];
const tried: readonly Tried[] = [
  ...["u1", "i2", "u3", "u4", "f5e2m2", "i6", "b7", "u8"].map((W) => named(gemv, W, "f16")),
  ...(["plain", "subgroups of 32"] as const).map((t) => named(gemv, "u3", t)),
  ...others.flatMap((s) => [named(s, "i3", "f16"), named(s, "u8", "plain")]),
];

/** Where f16 is computed in f32, halves of x lie apart in workgroup memory and its threads wait; not so x in f32. */
const gemm: Schedule = { file: "gemm_groups", kernel: "gemm_groups", params: {}, M: 32, K: 512 }, skinny: Schedule = { file: "gemm_skinny", kernel: "gemm_skinny", params: {}, M: 8, K: 512 };
const gemms: readonly Tried[] = [
  ...["u1", "u3", "i6"].map((W) => named(gemm, W, "f16")), named({ ...gemm, params: { T: "f32" } }, "b5", "plain"), named({ ...gemm, kernel: "gemm_zeros", params: { BK: 32, BN: 32 }, K: 1024 }, "u8", "f16"),
  ...["u2", "f4e2m1", "b7"].map((W) => named(skinny, W, "f16")), named({ ...skinny, params: { BM: 4 }, M: 4 }, "i3", "plain"),
];

test.each([...tried, ...gemms])("%s", (_, { file, kernel: name, params, M, K }, W, on) => {
  const kernel = load(readFileSync(`examples/${file}/${file}.loom`, "utf8"), { file: `${file}.loom` }).kernels.find((k) => k.name === name);
  const zero = kernel?.comptime["ZERO"] ? { ZERO: dtype(W).kind === "uint" ? 2 ** (dtype(W).bits - 1) : 0 } : {}, target = targets[on];
  const program = prepare(kernel?.specialise({ N, K, W, ...zero, ...params }) ?? expect.fail(`no kernel ${name}`)).program;
  const { traffic, dims } = blockTraffic(lowerProgram(program, target).body, { M }, target.f16) ?? expect.fail("nobody can count it");
  for (const t of traffic) {
    const what = `${t.name} ${t.kind}`;
    expect(t.guessed, what).toBe(false);
    expect(t.conflicts, `waits: ${what}`).toBe(0);
    if (t.space !== "storage") continue;
    expect(t.asked / (SECTOR * t.sectors), `share of the sectors: ${what}`).toBeGreaterThanOrEqual(0.95);
    expect(t.moved / t.needed, `moved: ${what}`).toBeLessThanOrEqual(1.05);
  }
  // All blocks together read the matrix once, and nothing but it.
  const w = traffic.find((t) => t.name === "w"), blocks = program.grid.reduce((n, g) => n * evaluate(g.extent, new Map(Object.entries(dims))), 1);
  expect(((w?.asked ?? NaN) * blocks) / ((N * K * dtype(W).bits) / 8)).toBeLessThanOrEqual(1.05);
});
