// Choosing a way to multiply: what it depends on, and that the ways not taken leave nothing behind.
import { expect, test } from "vitest";
import { baseTarget, compileProgram, defaultRates, lowerProgram, prepare, type Target } from "../../codegen/index.ts";
import { load } from "../../lang/index.ts";
import { planes } from "../../layout/index.ts";

const source = `
kernel product<K: int, X: dtype, W: dtype, V: packing, BM: int, BN: int>(x: X[M, K] @ V, w: W[N, K] @ V, out c: i32[M, N])
  grid (bn in cdiv(N, BN), bm in cdiv(M, BM))
  threads 32
{
  store(c[bm * BM +: BM, bn * BN +: BN], dot(x[bm * BM +: BM, 0 +: K], transposed(w[bn * BN +: BN, 0 +: K]), k: K))
}`;
const program = (X: string, W: string, BM: number, BN: number, K = 96) => {
  const [k] = load(source, {}).kernels.values();
  if (!k) throw new Error("no kernel");
  return k.specialise({ K, X, W, V: planes(2), BM, BN });
};
const taken = (X: string, W: string, target: Target, BM = 4, BN = 8): string | undefined => lowerProgram(prepare(program(X, W, BM, BN)).program, target).products[0]?.taken;

test("the way follows from the widths and from what the device is fast at", () => {
  const on = (rates: Target["rates"]): Target => ({ ...baseTarget, packedDot: true, rates });
  expect(taken("b1", "b1", on(defaultRates.nvidia))).toBe("planes");
  // Bytes are made of planes once for all elements of a thread that need them.
  expect(taken("b3", "i3", on(defaultRates.nvidia))).toBe("planes");
  expect(taken("b3", "i3", on(defaultRates.nvidia), 16, 32)).toBe("packed");
  expect(taken("b8", "i8", on({ ...defaultRates.nvidia, packedDot: 1e6, packedDotUnsigned: 1e6, popcount: 1e6, tableLoad: 1e6 }))).toBe("fma");
});

test("sums in f16 are a way where f16 is faster than f32, and exact", () => {
  const on = (f16: boolean, f16fma: number): Target => ({ ...baseTarget, f16, rates: { ...defaultRates.nvidia, fma: 1e6, f16fma, integer: 1e15, popcount: 1, imul: 1, convert: 1e15, tableLoad: 1 } });
  expect(taken("u3", "u3", on(true, 1e9))).toBe("half");
  // Slower than f32, or not there: nobody looks at it. A product of two bytes may pass what f16 holds exactly.
  const ways = (X: string, target: Target): readonly string[] => lowerProgram(prepare(program(X, X, 4, 8)).program, target).products[0]?.ways.flatMap((w) => (w.why === undefined ? [w.name] : [])) ?? [];
  expect(ways("u3", on(true, 1e5))).not.toContain("half");
  expect(ways("u3", on(false, 1e9))).not.toContain("half");
  expect(ways("u8", on(true, 1e9))).not.toContain("half");
});

const workOf = (name: string, X: string, W: string, target: Target, K?: number) => lowerProgram(prepare(program(X, W, 16, 32, K)).program, target, true).products[0]?.ways.find((w) => w.name === name)?.work;

test("loops over slots that are rolled for a small budget of accesses cost what they do unrolled", () => {
  const few = { ...baseTarget, packedDot: true, staticAccesses: 32 }, many = { ...baseTarget, packedDot: true };
  for (const [X, W] of [["u4", "u4"], ["b3", "u8"]]) {
    for (const way of ["planes", "packed"]) expect(workOf(way, X, W, few), `${way} of ${X} × ${W}`).toEqual(workOf(way, X, W, many));
    // Steps are shorter, too: what a word holds is read in parts. What is computed with it is the same.
    const [a, b] = [few, many].map((target) => workOf("fma", X, W, target));
    expect({ fma: a?.fma, convert: a?.convert }, `fma of ${X} × ${W}`).toEqual({ fma: b?.fma, convert: b?.convert });
    expect(a?.storageLoad).toBeLessThanOrEqual(4 * (b?.storageLoad ?? 0));
  }
});
test("the chunks of a sum that f32 can't hold at once are counted as long as they are", () => {
  const short = workOf("fma", "u8", "u8", baseTarget, 256)?.fma ?? 0;
  expect(short).toBeGreaterThan(0);
  expect(workOf("fma", "u8", "u8", baseTarget, 1024)?.fma).toBeLessThan(5 * short);
});
test("packed products are counted by their sign, reads of a table as those of a table", () => {
  const target = { ...baseTarget, packedDot: true };
  expect(workOf("packed", "i4", "u3", target)).toMatchObject({ packedDotUnsigned: 0, packedDot: expect.any(Number) as number });
  expect(workOf("packed", "u8", "u8", target)).toMatchObject({ packedDot: 0 });
  expect(workOf("packed", "u8", "u8", target)?.packedDotUnsigned).toBeGreaterThan(0);
  expect(lowerProgram(prepare(program("i8", "b2", 1, 32)).program, target, true).products[0]?.ways.find((w) => w.name === "table")?.work?.tableLoad).toBeGreaterThan(0);
});

test("only ways that may be taken are priced where nobody asks, and the same one is taken", () => {
  const few = { ...baseTarget, packedDot: true, staticAccesses: 32 };
  for (const [X, W, BM] of [["b1", "b1", 4], ["b8", "i8", 16], ["u3", "b2", 1], ["i8", "u3", 4]] as const) {
    const p = prepare(program(X, W, BM, 32)).program, [quick, whole] = [false, true].map((prices) => lowerProgram(p, few, prices).products[0]);
    expect(quick?.taken, `${X} × ${W}`).toBe(whole?.taken);
    const priced = (of: typeof quick): readonly string[] => of?.ways.flatMap((w) => (w.seconds === undefined ? [] : [w.name])) ?? [];
    const open = priced(whole), free = open.filter((w) => w !== "multiply");
    expect(priced(quick)).toEqual(free.length > 1 ? free : []);
    expect(open.length).toBe(whole?.ways.filter((w) => w.why === undefined).length ?? 0);
  }
});

test("a way that was tried and not taken leaves no memory, no statement and no uniform behind", () => {
  const { wgsl, workgroupBytes } = compileProgram(program("b1", "b1", 4, 8), baseTarget);
  expect(workgroupBytes).toBe(0);
  expect(wgsl).not.toMatch(/workgroup>|tried/);
});

test("values that wait are made before the barrier of the way that is taken, not of one that is only priced", () => {
  const [k] = load(`kernel d(x: u1[1, 32] @ planes, w: u4[32, 32] @ planes, f: i32[1, 32], out y: i32[1, 32])
  grid (b in 1)
  threads 32
{
  shared s: i32[1, 32]
  store(s[:, :], load(f[:, :]))
  barrier()
  let v = load(s[:, :]) * 3
  let q = dot(x[:, :], transposed(w[:, :]), k: 32)
  store(y[:, :], q + v)
}`, {}).kernels.values();
  expect(compileProgram(k.specialise({}), baseTarget).wgsl).toMatch(/ \* 3/);
});
