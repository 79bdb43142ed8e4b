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
const program = (X: string, W: string, BM: number, BN: number) => {
  const [k] = load(source, {}).kernels.values();
  if (!k) throw new Error("no kernel");
  return k.specialise({ K: 96, X, W, V: planes(2), BM, BN });
};
const taken = (X: string, W: string, target: Target, BM = 4, BN = 8): string | undefined => lowerProgram(prepare(program(X, W, BM, BN)).program, target).products[0]?.taken;

test("the way follows from the widths and from what the device is fast at", () => {
  const on = (rates: Target["rates"]): Target => ({ ...baseTarget, packedDot: true, rates });
  expect(taken("b1", "b1", on(defaultRates.nvidia))).toBe("planes");
  // Bytes are made of planes once for all elements of a thread that need them.
  expect(taken("b8", "i8", on(defaultRates.nvidia))).toBe("planes");
  expect(taken("b8", "i8", on(defaultRates.nvidia), 16, 32)).toBe("packed");
  expect(taken("b8", "i8", on({ ...defaultRates.nvidia, packedDot: 1e6, popcount: 1e6, sharedLoad: 1e6 }))).toBe("fma");
});

test("a way that was tried and not taken leaves no memory, no statement and no uniform behind", () => {
  const { wgsl, workgroupBytes } = compileProgram(program("b1", "b1", 4, 8), baseTarget);
  expect(workgroupBytes).toBe(0);
  expect(wgsl).not.toMatch(/workgroup>|tried/);
});
