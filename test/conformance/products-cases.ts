// Integer products as kernels with run-time sizes, and what they give in exact arithmetic: factors where they may lie, any way, tails,
// zero points, groups. Beyond the contracted elements that count, tensors hold ones: they must not matter.
import { load } from "../../lang/index.ts";
import { chance, dtype, tileFromCodes, type Program, type Tile } from "../../vm/index.ts";
import type { Case } from "./engines.ts";

/** Where the factors lie when they are multiplied. */
export const places = ["shared", "tensors", "registers"] as const;
/** How they lie there, over the axes (l, k). */
export const packings = { planes: "planes", "planes(32)": "planes(32)", flexq: "[k / 128, l / 8, bit, l % 8, k % 128]", dense: "dense" } as const;
export const allWays = ["multiply", "fma", "packed", "planes", "table"] as const;

/** One kernel of a product; sizes come at run time. */
export interface Spec {
  readonly x: string;
  readonly y: string;
  readonly place: (typeof places)[number];
  readonly packing: keyof typeof packings;
  /** Without one the cost model chooses. */
  readonly by?: (typeof allWays)[number] | "half" | undefined;
  /** Types of zero points: one for all, or one a row (column). */
  readonly zx?: { readonly type: string; readonly each: boolean } | undefined;
  readonly zy?: { readonly type: string; readonly each: boolean } | undefined;
  /** Whether each step's sum is multiplied by an integer of its group and column. */
  readonly grouped?: boolean | undefined;
  readonly tile: readonly [m: number, n: number, k: number];
  readonly threads: number;
}

/** Sizes of a launch: of K elements in memory the first k count. */
export interface Sizes { readonly M: number; readonly N: number; readonly K: number; readonly k: number }

/** What a type without zero reads as outside its tensor. */
const outside = (type: string): string => (type.startsWith("b") ? ", pad: 1" : "");

/** A kernel as people write it. */
export function sourceOf({ x, y, place, packing, by, zx, zy, grouped, tile: [m, n, k], threads }: Spec): string {
  const lies = packings[packing], sides = [`x: ${x}[l: M, k: K] @ ${lies}`, `y: ${y}[l: N, k: K] @ ${lies}`];
  const more = [zx && `zx: ${zx.type}[${zx.each ? "M" : 1}, 1]`, zy && `zy: ${zy.type}[1, ${zy.each ? "N" : 1}]`, grouped && `s: i32[G, N]`].filter(Boolean);
  const args = [`k: min(count - k, ${k})`, zx && `zx: load(zx[${zx.each ? `m0 +: ${m}` : "0 +: 1"}, :]${outside(zx.type)})`, zy && `zy: load(zy[:, ${zy.each ? `n0 +: ${n}` : "0 +: 1"}]${outside(zy.type)})`, by && `by: ${by}`].filter(Boolean).join(", ");
  const from = { x: `x[m0 +: ${m}, k +: ${k}]`, y: `y[n0 +: ${n}, k +: ${k}]` };
  const factors = { shared: "sx, transposed(sy)", tensors: `${from.x}, transposed(${from.y})`, registers: `load(${from.x}), load(transposed(${from.y}))` }[place];
  const shared = place === "shared";
  return [
    `kernel product(${[...sides, ...more, "count: i32", "out c: i32[M, N]"].join(", ")})`,
    `  grid (bn in cdiv(N, ${n}), bm in cdiv(M, ${m})) threads ${threads}`, "{",
    ...(shared ? [`  shared sx: ${x}[l: ${m}, k: ${k}] @ ${lies}`, `  shared sy: ${y}[l: ${n}, k: ${k}] @ ${lies}`] : []),
    `  let m0 = bm * ${m}`, `  let n0 = bn * ${n}`, `  var acc: i32[${m}, ${n}] = 0`,
    `  for k in 0..count step ${k} {`,
    ...(shared ? [`    copy(${from.x}, to: sx)`, `    copy(${from.y}, to: sy)`, "    barrier()"] : []),
    `    acc += dot(${factors}, ${args})${grouped ? ` * load(s[k / ${k} +: 1, n0 +: ${n}])` : ""}`,
    ...(shared ? ["    barrier()"] : []),
    "  }", `  store(c[m0 +: ${m}, n0 +: ${n}], acc)`, "}",
  ].join("\n");
}

/** Its Program. */
export function programOf(s: Spec): Program {
  const { kernels: [k], diagnostics: [d] } = load(sourceOf(s), { file: "product.loom" });
  if (!k || d) throw new Error(`${d?.message}\n${sourceOf(s)}`);
  return k.specialise({});
}

/** The value of a code as its kind defines it. */
export function meaning(type: string, code: number): bigint {
  const n = BigInt(type.slice(1)), u = BigInt(code);
  switch (type[0]) {
    case "u": return u;
    case "i": return BigInt.asIntN(Number(n), u);
    default: return 2n * u - (2n ** n - 1n);
  }
}

/** A launch with what it must give. */
export interface Product { readonly case: Case; readonly want: Int32Array }

/** Inputs of a kernel from a seed; `largest` makes every factor the farthest from zero. */
export function product(s: Spec, program: Program, { M, N, K, k }: Sizes, seed: number, largest = false): Product {
  const next = chance(seed), whole = (n: number): number => Math.floor(next() * n);
  const far = (type: string): number => (type[0] === "i" ? 2 ** (dtype(type).bits - 1) : 2 ** dtype(type).bits - 1);
  const factor = (type: string, lines: number): number[] => Array.from({ length: lines * K }, (_, i) => {
    const ones = 2 ** dtype(type).bits - 1;
    return i % K >= k ? ones : largest ? far(type) : whole(ones + 1);
  });
  const codes = (type: string, n: number): number[] => Array.from({ length: n }, () => whole(2 ** Math.min(dtype(type).bits, 8)));
  const x = factor(s.x, M), y = factor(s.y, N), [, , step] = s.tile, groups = Math.max(1, Math.ceil(k / step));
  const zx = s.zx && codes(s.zx.type, s.zx.each ? M : 1), zy = s.zy && codes(s.zy.type, s.zy.each ? N : 1);
  const scales = s.grouped ? Array.from({ length: groups * N }, () => whole(2001) - 1000) : undefined;
  const tile = (type: string, shape: readonly number[], of: readonly number[]): Tile => tileFromCodes(dtype(type), shape, of);
  const inputs = {
    x: tile(s.x, [M, K], x), y: tile(s.y, [N, K], y), count: k,
    ...(s.zx && zx ? { zx: tile(s.zx.type, [zx.length, 1], zx) } : {}), ...(s.zy && zy ? { zy: tile(s.zy.type, [1, zy.length], zy) } : {}),
    ...(scales ? { s: tile("i32", [groups, N], scales.map((v) => v >>> 0)) } : {}),
  };
  const vx = x.map((c) => meaning(s.x, c)), vy = y.map((c) => meaning(s.y, c)), want = new Int32Array(M * N);
  const zero = (z: Spec["zx"], of: readonly number[] | undefined, i: number): bigint => (z && of ? meaning(z.type, of[z.each ? i : 0]) : 0n);
  for (let m = 0; m < M; m++)
    for (let n = 0; n < N; n++) {
      const a = zero(s.zx, zx, m), b = zero(s.zy, zy, n);
      let sum = 0n;
      for (let j = 0; j < k; j++) {
        const term = (vx[m * K + j] - a) * (vy[n * K + j] - b);
        sum += scales ? term * BigInt(scales[Math.floor(j / step) * N + n]) : term;
      }
      want[m * N + n] = Number(BigInt.asIntN(32, sum));
    }
  return { case: { program, inputs, dims: { M, N, K, G: groups } }, want };
}

/** The first element that isn't what it must be, in words. */
export function wrong({ want }: Product, got: ArrayLike<number> | undefined): string | undefined {
  const at = want.findIndex((w, i) => w !== ((got?.[i] ?? NaN) | 0));
  if (got?.length !== want.length) return `${got?.length} elements, not ${want.length}`;
  return at < 0 ? undefined : `element ${at} is ${got[at] | 0}, not ${want[at]}`;
}

/** The kinds' types of n bits: one bit of two's complement is none. */
export const typesOf = (n: number): readonly string[] => ["u", "i", "b"].filter((k) => k !== "i" || n > 1).map((k) => `${k}${n}`);
export const types: readonly string[] = Array.from({ length: 8 }, (_, i) => typesOf(i + 1)).flat();

/** Whether there is such a way, by what it asks of the factors. Sizes are at run time: rows of dense tensors begin in the middle of words. */
export function exists({ x, y, by, place, packing, tile: [, , K] }: Spec): boolean {
  const bits = (t: string): number => dtype(t).bits, whole = (t: string): boolean => (K * bits(t)) % 32 === 0;
  // Steps within a tensor must begin where words do; rows of a shared tile of planes may end within words.
  const words = (t: string): boolean => (packing === "dense" ? place === "shared" && whole(t) : place === "shared" || K % 32 === 0), planar = (t: string): boolean => words(t) && (packing !== "dense" || bits(t) === 1);
  // Registers go through dense tiles, where the elements of a column of y lie rows apart.
  if (place === "registers") return by !== "packed" && by !== "planes" && by !== "table" && by !== "half";
  switch (by) {
    case undefined: case "multiply": case "fma": return true;
    // Without zero points, with which a difference may be larger.
    case "half": return [x, y].map((t) => Math.max(-dtype(t).min, dtype(t).max)).reduce((a, b) => a * b) <= 2 ** 11;
    case "packed": return words(x) && words(y);
    case "planes": return planar(x) && planar(y);
    case "table": return planar(y) && bits(y) <= 4;
    default: by satisfies never; return false;
  }
}

/** A kernel by chance: each of `ways` as often as it exists. */
export function randomSpec(next: () => number, ways: readonly Spec["by"][] = [undefined, ...allWays]): Spec {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(next() * of.length)];
  const zero = (): Spec["zx"] => (next() < 0.35 ? { type: pick(["u8", "i4", "u2", "b3"]), each: next() < 0.6 } : undefined);
  const m = pick([1, 2, 3]), n = pick([2, 4, 5]);
  return {
    x: pick(types), y: pick(types), place: pick([...places, "shared", "tensors"]), packing: pick(Object.keys(packings) as Spec["packing"][]), by: pick(ways),
    zx: zero(), zy: zero(), grouped: next() < 0.3, tile: [m, n, pick([32, 40, 64, 128])], threads: pick([8, 16, 20]),
  };
}

/** Sizes by chance, the awkward ones often. */
export function randomSizes(next: () => number, most: { readonly M: number; readonly N: number; readonly K: number } = { M: 9, N: 20, K: 200 }): Sizes {
  const pick = (of: readonly number[], max: number): number => (next() < 0.5 ? of[Math.floor(next() * of.length)] : 1 + Math.floor(next() * max));
  const k = pick([0, 1, 31, 32, 33, 64, 65], most.K);
  return { M: pick([0, 1, 1, 2, 5], most.M), N: pick([1, 1, 3, 7, 8], most.N), K: Math.max(1, k) + (next() < 0.5 ? Math.floor(next() * 70) : 0), k };
}
