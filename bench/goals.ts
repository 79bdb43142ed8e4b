// What is aimed at, as a table: for which shapes, what is compared with what, and how many times faster it must be. The ratio is of the
// rounds' times, call overheads taken off; a goal passes when the interval of its ratio reaches it and fails when all of it is below.
import type { About } from "./entrants.ts";
import type { Sizes } from "./numbers.ts";
import type { Parts, Roof } from "./roofline.ts";
import { interval, median, ratio, verdict, type Ratio } from "./timing.ts";

/** One entrant's times on a shape. */
export interface Timed extends Pick<About, "name" | "library" | "family" | "on" | "kind">, Pick<Roof, "bound" | "parts"> {
  /** Milliseconds of each round without the call's overhead. */
  readonly net: readonly number[];
  /** The same at the speed that the machine had when its ceilings were measured. */
  readonly paced: readonly number[];
  /** The least time that is possible by the adapter's ceilings. */
  readonly roof: number;
  /** Milliseconds by the cost model's counts of its kernel; of others' nobody knows. */
  readonly predicted?: number;
}

/** A comparison: `of` must be `least` times as fast as `over`; where that is a number, of its own time in ms. */
interface Pair { readonly of: Timed; readonly over: Timed | number; readonly least: number }

interface Goal {
  readonly name: string;
  readonly adapter?: "lavapipe" | "swiftshader";
  readonly when: (s: Sizes) => boolean;
  readonly pairs: (all: readonly Timed[], s: Sizes) => readonly Pair[];
}

/** What the adapter allows in a comparison: the ratio that the roofline would reach, whether that is what is aimed at, and what takes its time. */
export interface Limit { readonly allows: number; readonly within: boolean; readonly bound: keyof Parts; readonly shares: Readonly<Partial<Record<keyof Parts, number>>> }
/** How a comparison came out; of one that fails also what limits it. */
export interface Outcome { readonly goal: string; readonly of: string; readonly over: string; readonly least: number; readonly ratio: Ratio; readonly verdict: "passes" | "fails"; readonly limit?: Limit }

/** Our library's name. */
export const OURS = "Bitloom";
const own = (all: readonly Timed[], family: string): readonly Timed[] => all.filter((t) => t.library === OURS && t.family === family);
/** The fastest of some. */
const best = (some: readonly Timed[]): Timed | undefined => some.reduce<Timed | undefined>((a, b) => (a && median(a.net) <= median(b.net) ? a : b), undefined);
const ort = (all: readonly Timed[], bits: number): readonly Timed[] => all.filter((t) => t.library === "ONNX Runtime" && t.on === "adapter" && t.kind.w === bits);
const wgsl = (all: readonly Timed[]): readonly Timed[] => all.filter((t) => t.library.startsWith("WGSL"));
/** Others' shaders of the number of bits that is nearest, the fastest. */
const nearest = (all: readonly Timed[], bits: number): Timed | undefined => {
  const near = wgsl(all).filter((t) => t.kind.w <= 10), least = Math.min(...near.map((t) => Math.abs(t.kind.w - bits)));
  return best(near.filter((t) => Math.abs(t.kind.w - bits) === least));
};
const f32s = (all: readonly Timed[], ofOthers = false): Timed | undefined => best(all.filter((t) => t.on === "adapter" && t.kind.x === 32 && t.kind.w === 32 && !(ofOthers && t.library === OURS)));
const some = (of: Timed | undefined, over: Timed | number | undefined, least: number): readonly Pair[] => (of && over !== undefined ? [{ of, over, least }] : []);
const width = (all: readonly Timed[], bits: number): Timed | undefined => own(all, "int").find((t) => t.kind.w === bits);
const ourF32 = (all: readonly Timed[]): Timed | undefined => own(all, "float").find((t) => t.kind.x === 32 && t.kind.w === 32);
/** Differences nearer than this are judged on exact counts instead (SEMANTICS §12 of the design). */
const NOISE = 1.25;

const gemv = (s: Sizes): boolean => s.M === 1, gemm = (s: Sizes): boolean => (s.M === 16 || s.M === 64) && Math.max(s.N, s.K) <= 2048;

/** The table. */
export const goals: readonly Goal[] = [
  { name: "GEMV of 2, 4, 8 bits: the best of ONNX Runtime and others' WGSL", adapter: "lavapipe", when: gemv, pairs: (a, s) => [2, 4, 8].flatMap((b) => some(width(a, b), best([...ort(a, b), ...wgsl(a).filter((t) => Math.abs(t.kind.w - b) < 1)]), Math.max(s.N, s.K) < 4096 ? 3 : 2)) },
  { name: "GEMV of 1, 3, 5, 6, 7 bits: no slower than our next width", when: gemv, pairs: (a) => [1, 3, 5, 6, 7].flatMap((b) => some(width(a, b), width(a, b + 1), 1 / NOISE)) },
  { name: "GEMV of 1, 3, 5, 6, 7 bits: others' WGSL of the nearest type", when: gemv, pairs: (a) => [1, 3, 5, 6, 7].flatMap((b) => some(width(a, b), nearest(a, b), 5)) },
  { name: "GEMM of 4, 8 bits: ONNX Runtime", adapter: "lavapipe", when: gemm, pairs: (a) => [4, 8].flatMap((b) => some(width(a, b), best(ort(a, b)), 1.5)) },
  { name: "GEMM of 2 bits: ONNX Runtime", adapter: "lavapipe", when: gemm, pairs: (a) => some(width(a, 2), best(ort(a, 2)), 4) },
  { name: "GEMM of other widths: our 4 bits", when: gemm, pairs: (a) => [1, 3, 5, 6, 7].flatMap((b) => some(width(a, b), width(a, 4), 1 / NOISE)) },
  // As much faster as the cost model says of both, less what is within the noise; where it says slower, nothing is asked.
  { name: "int × int: our f32, as the cost model says", when: () => true, pairs: (a) => own(a, "int × int").flatMap((t) => { const f32 = ourF32(a), can = f32?.predicted !== undefined && t.predicted !== undefined ? f32.predicted / t.predicted : 0; return can > 1 ? some(t, f32, Math.max(1, can / NOISE)) : []; }) },
  { name: "W1A1: the best f32", when: () => true, pairs: (a) => some(own(a, "int × int").find((t) => t.kind.w === 1), f32s(a), 6) },
  { name: "W2A2: the best f32", when: () => true, pairs: (a) => some(own(a, "int × int").find((t) => t.kind.w === 2), f32s(a), 2) },
  { name: "f32: the best f32 of others", when: () => true, pairs: (a) => some(ourF32(a), f32s(a, true), 1.5) },
  { name: "GEMV on SwiftShader: ONNX Runtime", adapter: "swiftshader", when: (s) => gemv(s) && s.N === 1024 && s.K === 1024, pairs: (a) => [2, 4, 8].flatMap((b) => some(width(a, b), best(ort(a, b)), 8)) },
  { name: "GEMM on SwiftShader: ONNX Runtime", adapter: "swiftshader", when: (s) => gemm(s) && s.N === 1024 && s.K === 1024, pairs: (a) => [2, 4, 8].flatMap((b) => some(width(a, b), best(ort(a, b)), 1.5)) },
  { name: "GEMV: share of its roofline", when: gemv, pairs: (a) => own(a, "int").flatMap((t) => some(t, t.roof, 0.6)) },
  { name: "GEMM: share of its roofline", when: (s) => s.M >= 16, pairs: (a) => own(a, "int").flatMap((t) => some(t, t.roof, 0.5)) },
];

/** What limits one against another that takes `over` ms. Its roofline is of measured ceilings: no kernel of that kind comes below. */
function limitOf({ roof, bound, parts }: Timed, over: number, least: number): Limit {
  const sum = Object.values(parts).reduce((a, b) => a + b), shares = (Object.entries(parts) as [keyof Parts, number][]).flatMap(([name, t]) => (t >= 0.05 * sum ? [[name, t / sum] as const] : []));
  return { allows: over / roof, within: over / roof >= least, bound, shares: Object.fromEntries(shares.sort(([, a], [, b]) => b - a)) };
}

/** What limits it, for people. */
export const limitText = ({ allows, within, shares }: Limit): string =>
  `the roofline allows ${allows.toFixed(allows < 10 ? 2 : 1)} × (${Object.entries(shares).map(([name, share]) => `${name} ${(100 * share).toFixed(0)} %`).join(", ")}): ${within ? "within reach" : "out of reach here"}`;

/** How all goals that a shape on an adapter has come out. */
export const outcomes = (adapter: string, s: Sizes, all: readonly Timed[]): readonly Outcome[] =>
  goals.filter((g) => (g.adapter === undefined || g.adapter === adapter) && g.when(s)).flatMap((g) => g.pairs(all, s).map(({ of, over, least }): Outcome => {
    const own = typeof over === "number", r = own ? interval(of.paced.map((t) => over / t)) : ratio({ ms: [...over.net] }, { ms: [...of.net] }), v = verdict(r, least);
    return { goal: g.name, of: of.name, over: own ? "roofline" : over.name, least, ratio: r, verdict: v, ...(v === "fails" ? { limit: limitOf(of, own ? of.roof : median(over.paced), least) } : {}) };
  }));
