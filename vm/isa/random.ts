// Random numbers without state: Philox 4×32-10 makes four words of a counter and a key, so an element's numbers depend on its
// offset and the seed alone, whatever thread makes them. Counter (offset, 0, 0, 0), key (seed, seed_hi).
import { fail } from "../../diagnostic.ts";
import { dtype as dtypeNamed } from "../dtype.ts";
import type { Emit, Source } from "../emit.ts";
import { define, optionalAttr, reg, scalar as scalarAttr, type Datum, type ResultType, type Run } from "../instruction.ts";
import type { Ops } from "../ops.ts";
import { constant, type Scalar } from "../scalar.ts";
import type { Value } from "../program.ts";
import type { Tile } from "../tile.ts";
import { compose, holdsAll, local, reduce, unsqueeze } from "../../layout/index.ts";
import { highWord, highWordExpr } from "./arithmetic.ts";
import { emission, throughElements } from "./broadcast.ts";
import { tileOf } from "./data.ts";
import { asTile } from "./window.ts";
import { knownShape, show } from "./rules.ts";

const ROUNDS = 10;
/** Multipliers of the first and third word of the counter, and what the key grows by in each round. */
const [M0, M1] = [0xd2511f53, 0xcd9e8d57], [W0, W1] = [0x9e3779b9, 0xbb67ae85];

/** The four words of an offset. */
function words(offset: number, seed: number, high: number): readonly [number, number, number, number] {
  let [a, b, c, d] = [offset >>> 0, 0, 0, 0], [k, l] = [seed >>> 0, high >>> 0];
  for (let r = 0; r < ROUNDS; r++) {
    [a, b, c, d] = [(highWord(c, M1) ^ b ^ k) >>> 0, Math.imul(c, M1) >>> 0, (highWord(a, M0) ^ d ^ l) >>> 0, Math.imul(a, M0) >>> 0];
    [k, l] = [(k + W0) >>> 0, (l + W1) >>> 0];
  }
  return [a, b, c, d];
}

/** The same as expressions. */
function wordExprs<X>(e: Ops<X>, offset: X, seed: X, high: X): readonly X[] {
  const u = (x: number): X => e.constant("u32", x >>> 0), xor = (...xs: readonly X[]): X => xs.reduce((p, q) => e.op("xor", p, q));
  let [a, b, c, d] = [offset, u(0), u(0), u(0)];
  for (let r = 0; r < ROUNDS; r++) {
    const k = e.op("add", seed, u(Math.imul(r, W0))), l = e.op("add", high, u(Math.imul(r, W1)));
    [a, b, c, d] = [xor(highWordExpr(e, c, u(M1)), b, k), e.op("mul", c, u(M1)), xor(highWordExpr(e, a, u(M0)), d, l), e.op("mul", a, u(M0))];
  }
  return [a, b, c, d];
}

/** Just below 2^-31, so that the largest word gives a number below 1. */
const STEP = Math.fround(4.6566127342e-10);
/** A word as a number in [0, 1): its 31 bits after folding the sign. */
const uniform = (word: number): number => { const x = word | 0; return Math.fround(Math.fround(x < 0 ? ~x : x) * STEP); };
function uniformExpr<X>(e: Ops<X>, word: X): X {
  const x = e.bits("i32", word);
  return e.op("mul", e.to("f32", e.op("select", e.op("lt", x, e.constant("i32", 0)), e.op("not", x), x)), e.constant("f32", STEP));
}

/** Two uniform numbers as a normal one (Box and Muller). The angle is taken between -π and π, where cosines are good. */
const LEAST = Math.fround(1e-7), TURN = Math.fround(2 * Math.PI);
const normal = (p: number, q: number): number => Math.fround(Math.sqrt(-2 * Math.log(Math.max(p, LEAST))) * Math.cos(2 * Math.PI * q));
function normalExpr<X>(e: Ops<X>, p: X, q: X): X {
  const c = (x: number): X => e.constant("f32", x), turn = e.op("sub", q, e.op("select", e.op("ge", q, c(0.5)), c(1), c(0)));
  return e.op("mul", e.op("sqrt", e.op("mul", c(-2), e.op("log", e.op("max", p, c(LEAST))))), e.op("cos", e.op("mul", c(TURN), turn)));
}

const attrs = {
  seed: { ...scalarAttr, doc: "the low word of the key, i32 or u32" },
  seed_hi: optionalAttr({ ...scalarAttr, doc: "its high word, by default 0" }),
} as const;
interface Key { readonly seed: Scalar; readonly seed_hi?: Scalar | undefined }

/** Checks the counter and the key; gives the counter's shape. */
function counted(name: string, offset: Value, { seed, seed_hi = constant(0) }: Key): readonly number[] {
  if (offset.dtype.name !== "u32" && offset.dtype.name !== "i32")
    fail({ code: "T0223", message: `'${name}' counts in u32 or i32`, label: `'offset' is ${show(offset)}`, help: "give every element a number of its own: iota([32, 64]) + 64 * iota([32, 1], axis: 0)" });
  for (const s of [seed, seed_hi])
    if (s.type !== "i32" && s.type !== "u32") fail({ code: "T0223", message: `a seed is i32 or u32, not ${s.type}`, help: "give a number below 2^31, or a u32 parameter; 64 bits are seed: and seed_hi:" });
  return knownShape(name, "offset", offset);
}

const unsigned = <X>(e: Ops<X>, x: X): X => (e.typeOf(x) === "u32" ? x : e.bits("u32", x));
const at = <X>(e: Emit<X>, offset: Source<X>, { seed, seed_hi = constant(0) }: Key, index: readonly X[]): readonly X[] =>
  wordExprs(e, unsigned(e, offset.at(index)), unsigned(e, e.scalar(seed)), unsigned(e, e.scalar(seed_hi)));

/** The words of every element of a counter. */
function each(x: Datum, { seed, seed_hi = constant(0) }: Key, r: Run): { readonly of: Tile; readonly words: readonly (readonly [number, number, number, number])[] } {
  const of = asTile(x), low = r.scalar(seed), high = r.scalar(seed_hi);
  return { of, words: Array.from(of.data, (n) => words(n, low, high)) };
}

export const philox = define({
  name: "philox",
  doc: "Four random u32 words for each offset, along a new first axis: Philox 4x32-10 with counter (offset, 0, 0, 0) and key (seed, seed_hi).",
  example: "let r = philox(iota([64]), seed: 42)",
  operands: { offset: { ...reg, doc: "a number for each element, i32 or u32: equal ones get equal words" } },
  attrs,
  type: ({ offset }, key): ResultType => ({ space: "reg", dtype: dtypeNamed("u32"), shape: [4, ...counted("philox", offset, key)] }),
  layout: {
    // A thread makes all four words at once.
    forward: ({ offset }) => offset && compose(local(4, ...offset.shape.map(() => 1)), unsqueeze(offset, [0])),
    backward: (out) => out && reduce(out, [0]),
    fits: (_, have, out, { threads }) => !out || holdsAll(have, reduce(out, [0]), threads),
  },
  run: ({ offset }, key, r) => { const { of, words: w } = each(offset, key, r); return tileOf(dtypeNamed("u32"), [4, ...of.shape], [0, 1, 2, 3].flatMap((k) => w.map((x) => x[k]))); },
  emit: (e, { offset }, key) => emission(e, {
    form: "map",
    at: ([word, ...index]) => at(e, offset, key, index).reduce((others, x, k) => (k === 0 ? x : e.op("select", e.op("eq", word, e.constant("i32", k)), x, others))),
  }),
});

/** A number for each offset from its words. */
const random = (name: string, doc: string, type: "u32" | "f32", pick: (w: readonly number[]) => number, pickExpr: <X>(e: Ops<X>, w: readonly X[]) => X) => define({
  name, doc,
  example: `let r = ${name}(iota([32, 32]), seed: 42)`,
  operands: { offset: { ...reg, doc: "a number for each element, i32 or u32: equal ones get equal numbers" } },
  attrs,
  type: ({ offset }, key): ResultType => ({ space: "reg", dtype: dtypeNamed(type), shape: counted(name, offset, key) }),
  layout: throughElements,
  run: ({ offset }, key, r) => { const { of, words: w } = each(offset, key, r); return tileOf(dtypeNamed(type), of.shape, w.map(pick)); },
  emit: (e, { offset }, key) => emission(e, { form: "map", at: (index) => pickExpr(e, at(e, offset, key, index)) }),
});

export const random_bits = random("random_bits", "A random u32 for each offset: the first word of `philox`.", "u32", ([w]) => w, (_, [w]) => w);
export const random_uniform = random("random_uniform", "A random f32 in [0, 1) for each offset, from the first word of `philox`.", "f32", ([w]) => uniform(w), (e, [w]) => uniformExpr(e, w));
export const random_normal = random("random_normal", "A random f32 of mean 0 and variance 1 for each offset, from the first two words of `philox`; devices may differ in the last digits.", "f32",
  ([p, q]) => normal(uniform(p), uniform(q)), (e, [p, q]) => normalExpr(e, uniformExpr(e, p), uniformExpr(e, q)));
