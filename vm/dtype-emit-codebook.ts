// Codebooks as expressions: an entry is read from a constant table; the entry nearest to a value is found by halving.
import { Bug } from "../diagnostic.ts";
import { levelsOf } from "./dtype-codebook.ts";
import { reachesExpr, u32, widened, type Encoding } from "./dtype-emit-ops.ts";
import type { DType, Rounding } from "./dtype-type.ts";
import { floatBits, floatValue } from "./half.ts";
import type { Ops } from "./ops.ts";

const tableOf = (t: DType): readonly number[] => { if (!t.table) throw new Bug(`${t.name} has no table`); return t.table; };
const computes = (t: DType): "i32" | "f32" => (t.compute === "i32" ? "i32" : "f32");

/** The entry of a code. */
export const decodeEntry = <X>(ops: Ops<X>, code: X, t: DType): X => ops.table(computes(t), tableOf(t), code);

/** A number that grows with an f32 and needs no float comparison: denormals and infinities count. -0 lies right below 0. */
const keyOf = (x: number): number => { const b = floatBits(x) | 0; return b < 0 ? b ^ 0x7fffffff : b; };
const keyExpr = <X>(ops: Ops<X>, x: X): X => {
  const b = ops.bits("i32", x);
  return ops.op("xor", b, ops.op("and", ops.op("shr", b, u32(ops, 31)), ops.constant("i32", 0x7fffffff)));
};

/** The largest f32 that is not above x. */
function floorOf(x: number): number {
  const r = Math.fround(x);
  if (r <= x) return r;
  const k = keyOf(r) - 1;
  return floatValue((k < 0 ? k ^ 0x7fffffff : k) >>> 0);
}

/** A point between two levels: what lies above it (`with` the point itself, or not) belongs to the upper one. */
interface Border { readonly at: number; readonly with: boolean }

/** The border of two neighbours, as `goesUp` of dtype-codebook.ts has it; "stochastic": where the upper one begins. */
function border(low: number, high: number, rounding: Rounding): Border {
  const at = low / 2 + high / 2;
  switch (rounding) {
    case "even": return { at, with: false };
    case "away": return { at, with: at > 0 };
    case "zero": return low >= 0 ? { at: high, with: true } : high <= 0 ? { at: low, with: false } : { at, with: false };
    case "stochastic": return { at: high, with: true };
    default: return rounding satisfies never;
  }
}

/** A border as the largest key, or integer, that is still below. */
function below({ at, with: own }: Border, float: boolean): number {
  if (!float) return Math.floor(at) - (own && Number.isInteger(at) ? 1 : 0);
  const low = floorOf(at) + 0; // no -0: it isn't above 0
  return own && low === at ? keyOf(low === 0 ? -0 : low) - 1 : keyOf(low);
}

/** How many of the borders, which grow, lie below the key: a bit at a time from the highest, each with a table of its own. */
function count<X>(ops: Ops<X>, key: X, borders: readonly number[]): X {
  const { op } = ops, depth = Math.ceil(Math.log2(borders.length + 1));
  let node: X | undefined;
  for (let level = 0; level < depth; level++) {
    const width = 2 ** (depth - level), mine = Array.from({ length: 2 ** level }, (_, i) => borders[i * width + width / 2 - 1] ?? 0x7fffffff);
    const at = node === undefined ? ops.constant("i32", mine[0]) : ops.table("i32", mine, node), bit = ops.to("u32", op("gt", key, at));
    node = node === undefined ? bit : op("or", op("shl", node, u32(ops, 1)), bit);
  }
  return node ?? u32(ops, 0);
}

/** The code of a value in a codebook. */
export function encodeEntry<X>(ops: Ops<X>, value: X, t: DType, how: Encoding<X>): X {
  const { values, codes } = levelsOf(tableOf(t)), last = values.length - 1;
  if (last === 0) return u32(ops, codes[0]);
  const x = widened(ops, value), type = ops.typeOf(x), float = type === "f32", pick = (i: X): X => ops.table("u32", codes, i);
  const borders = values.slice(1).map((high, i) => below(border(values[i], high, how.rounding), float));
  const key = float ? keyExpr(ops, x) : type === "u32" ? ops.bits("i32", ops.op("min", x, u32(ops, 2 ** 31 - 1))) : x;
  const at = count(ops, key, borders), code = pick(how.rounding === "stochastic" && float ? chosen(ops, x, at, values, how) : at);
  return float ? ops.op("select", ops.op("gt", ops.op("and", ops.bits("u32", x), u32(ops, 0x7fffffff)), u32(ops, 0x7f800000)), u32(ops, t.encode(0)), code) : code;
}

/** The level of a value at or above level `at`, or the next one by chance. */
function chosen<X>(ops: Ops<X>, x: X, at: X, values: readonly number[], how: Encoding<X>): X {
  const { op } = ops, f = (v: number): X => ops.constant("f32", v), last = values.length - 1;
  // From the ends on there is no share; and none of an infinity.
  const steps = values.map((v, i) => (i === last ? 0 : Math.fround(1 / Math.fround(values[i + 1] - v))));
  const inside = op("max", op("min", ops.bits("f32", cut(ops, x)), f(values[last])), f(values[0]));
  const share = op("mul", op("sub", inside, ops.table("f32", values, at)), ops.table("f32", steps, at));
  return op("add", at, ops.to("u32", reachesExpr(ops, share, how.random ?? f(0.5), f(1), f(0.5))));
}

/** Bits of a float without infinities and NaN. */
function cut<X>(ops: Ops<X>, x: X): X {
  const { op } = ops, b = ops.bits("u32", x);
  return op("or", op("min", op("and", b, u32(ops, 0x7fffffff)), u32(ops, floatBits(2 ** 31))), op("and", b, u32(ops, 0x80000000)));
}
