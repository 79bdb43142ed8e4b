// mma_b1: the binary matrix-multiply-accumulate of tensor cores, lane by lane as PTX has it. Groups of 32 threads multiply tiles of the
// instruction's shape; larger tiles are several of them, by the groups side by side and by each group in turn:
//
//   C[M, N]  outer * fragment c        outer: which group multiplies which tile, and in which order
//   A[M, K]  outer without N, tiles along K in turn * fragment a
//   B[N, K]  outer without M, turned; tiles along K in turn * fragment b
//
// A thread counts with whole rows of A and B, which other lanes of its group hold: `brought` has them handed over.
import { binaryMma, compose, defaultLayout, divide, holdsAll, local, permute, reduceTo, tryDivide, type BinaryMma, type BinaryMmaName, type RegisterLayout } from "../../layout/index.ts";
import { fail } from "../../diagnostic.ts";
import { dtype as dtypeNamed } from "../dtype.ts";
import { define, optional, optionalAttr, reg, word, type LayoutContext, type LayoutRule, type ResultType } from "../instruction.ts";
import { scalarFunction } from "../numeric-ops.ts";
import { tileShape, type Value } from "../program.ts";
import type { Tile } from "../tile.ts";
import { emission } from "./broadcast.ts";
import { knownShape, show } from "./rules.ts";
import { asTile } from "./window.ts";
import { oneBit, wordsOf } from "./words.ts";

const LANES = 32;
const names = Object.keys(binaryMma) as readonly BinaryMmaName[], list = names.join(", ");
/** What PTX has had longest. */
const DEFAULT: BinaryMmaName = "m8n8k128";
const combinations = ["xor", "and"] as const;
type Combination = (typeof combinations)[number];

const isCombination = (name: string): name is Combination => (combinations as readonly string[]).includes(name);
const isName = (name: string): name is BinaryMmaName => Object.hasOwn(binaryMma, name);

/** The instruction of a name. */
function shapeOf(name: string): BinaryMma {
  if (!isName(name)) return fail({ code: "T0228", message: `there is no binary matrix instruction '${name}'`, label: `'shape' is ${name}`, help: `shapes are ${list}` });
  return binaryMma[name];
}

/** Rows and bits of an operand, given by bits or by words. */
function factor(key: "a" | "b", v: Value): { readonly rows: number; readonly bits: number } {
  const form = key === "a" ? "a[M, K]" : "b[N, K], a row for each column of the product,";
  if (!oneBit(v) && v.dtype.name !== "u32")
    fail({ code: "T0219", message: `'mma_b1' multiplies single bits or words of 32, not ${v.dtype.name}`, label: `'${key}' is ${show(v)}`, help: v.dtype.name === "i32" ? `bitcast(${key}, to: u32) keeps the bits` : "take the planes: load(bits_of(x)[i]); products of numbers are dot(a, b)" });
  const shape = knownShape("mma_b1", key, v);
  if (shape.length !== 2) fail({ code: "T0205", message: `'mma_b1' multiplies a[M, K] and b[N, K]`, label: `'${key}' is ${show(v)}`, help: `give ${form} bits or words along the last axis` });
  return { rows: shape[0], bits: v.dtype.name === "u32" ? 32 * shape[1] : shape[1] };
}

/** Sizes of the product in tiles of the instruction. */
function sizes(a: Value, b: Value, acc: Value | undefined, name: string): { readonly M: number; readonly N: number; readonly K: number } {
  const s = shapeOf(name), { rows: M, bits: K } = factor("a", a), { rows: N, bits } = factor("b", b);
  if (K !== bits) fail({ code: "T0205", message: `'mma_b1' combines ${K} bits of 'a' with ${bits} of 'b'`, label: `'a' is ${show(a)}, 'b' is ${show(b)}`, help: "both have the contracted axis last: a[M, K] and b[N, K]; a word counts as 32 bits" });
  for (const [key, what, size, of] of [["a", "rows", M, s.m], ["b", "rows", N, s.n], ["a", "bits", K, s.k]] as const)
    if (size % of !== 0) fail({
      code: "T0227", message: `${name} multiplies ${of} ${what} of '${key}' at a time, but there are ${size}`, label: `'a' is ${show(a)}, 'b' is ${show(b)}`,
      help: key === "a" && what === "bits" ? `load windows of ${of * Math.ceil(size / of)} bits: what lies outside the tensor reads as 0 in both and counts nothing; bmma(a, b) takes any sizes` : `load windows of ${of * Math.ceil(size / of)} rows: results of rows outside the tensor aren't stored; bmma(a, b) takes any sizes`,
    });
  if (acc && (acc.dtype.name !== "i32" || acc.shape.length !== 2 || acc.shape[0] !== M || acc.shape[1] !== N))
    fail({ code: acc.dtype.name === "i32" ? "T0205" : "T0202", message: `'acc' of 'mma_b1' is ${show(acc)}, but the product is i32[${M}, ${N}]`, help: `make it i32[${M}, ${N}]` });
  return { M, N, K };
}

const wordsOfRow = local(1, 32);
const nameOf = (i: LayoutContext): BinaryMmaName => { const name = i.attrs.shape; return typeof name === "string" && isName(name) ? name : DEFAULT; };

/** The fragments of an instruction, by the names that the language has for them. */
const fragmentsOf = (name: BinaryMmaName, before: string): Readonly<Record<string, RegisterLayout>> =>
  Object.fromEntries((["a", "b", "c"] as const).map((part) => [`${before}${part}`, binaryMma[name][part]]));

/** What groups and turns hold of an accumulator; undefined if its layout isn't made of fragments. */
const outerOf = (c: RegisterLayout, s: BinaryMma): RegisterLayout | undefined => tryDivide(c, s.c);

/** The rows of A (B) that a thread needs for its part of C, whole: `words` words each. */
const rowsFor = (c: RegisterLayout, key: "a" | "b", words: number): RegisterLayout =>
  compose(key === "a" ? reduceTo(c, [c.shape[0], 1]) : permute(reduceTo(c, [1, c.shape[1]]), [1, 0]), local(1, words));

/** Where fragments of A (B), as words, belong to a C of this layout. */
function fragmentFor(c: RegisterLayout, key: "a" | "b", s: BinaryMma, words: number): RegisterLayout {
  const outer = outerOf(c, s), inTurn = local(1, (32 * words) / s.k);
  return outer ? compose(rowsFor(outer, key, 1), compose(inTurn, divide(s[key], wordsOfRow))) : rowsFor(c, key, words);
}

const throughFragments: LayoutRule = {
  rank: 2,
  preferred: (i) => {
    const { threads, out } = i, s = binaryMma[nameOf(i)], [M, N] = out ? tileShape(out) : [];
    return compose(defaultLayout(threads / LANES, [M / s.m, N / s.n]), s.c);
  },
  forward: ({ acc }, i) => (acc && outerOf(acc, binaryMma[nameOf(i)]) ? acc : undefined),
  backward: (out, key, i) => (!out || (key !== "a" && key !== "b") ? out : fragmentFor(out, key, binaryMma[nameOf(i)], tileShape(i.operands[key])[1])),
  // What lanes need of A and B is handed over from wherever it lies.
  fits: (key, have, out, { threads }) => key === "a" || key === "b" || !out || holdsAll(have, out, threads),
};

const popcount = scalarFunction("popcount", "u32");

/** acc + popcounts, modulo 2^32. */
function countTile(a: Tile, b: Tile, acc: Tile | undefined, combination: Combination): Tile {
  const [M, words] = a.shape, [N] = b.shape, data = acc ? new Int32Array(acc.data) : new Int32Array(M * N);
  for (let i = 0; i < M; i++)
    for (let j = 0; j < N; j++) {
      let sum = 0;
      for (let w = 0; w < words; w++) {
        const p = a.data[i * words + w], q = b.data[j * words + w];
        sum += popcount(combination === "xor" ? p ^ q : p & q, 0, 0);
      }
      data[i * N + j] += sum;
    }
  return { dtype: dtypeNamed("i32"), shape: [M, N], data };
}

export const mma_b1 = define({
  name: "mma_b1",
  doc: "Binary matrix-multiply-accumulate of tensor cores: acc[i, j] + popcount of row i of a combined with row j of b, modulo 2^32.",
  example: "let d = mma_b1(iota([8, 4], dtype: u32), iota([8, 4], dtype: u32), with: xor)",
  operands: {
    a: { ...reg, apart: "number", doc: "bits u1[M, K], or words of them u32[M, K / 32]" },
    b: { ...reg, apart: "number", doc: "u1[N, K] or u32[N, K / 32], a row for each column of the product" },
    acc: optional({ ...reg, doc: "i32[M, N] that the counts are added to" }),
  },
  attrs: {
    with: { ...word, doc: "how bits are combined: xor or and" },
    shape: optionalAttr({ ...word, doc: `what multiplies at a time: ${DEFAULT} (default), ${names.filter((n) => n !== DEFAULT).join(" or ")}; sizes are multiples of it` }),
  },
  type: ({ a, b, acc }, { with: combination, shape = DEFAULT }): ResultType => {
    if (!isCombination(combination)) fail({ code: "T0228", message: `'mma_b1' has no combination '${combination}'`, help: "bits are combined with: xor, or with: and" });
    const { M, N } = sizes(a, b, acc, shape);
    return { space: "reg", dtype: dtypeNamed("i32"), shape: [M, N] };
  },
  layout: throughFragments,
  group: LANES,
  layouts: { ...fragmentsOf(DEFAULT, ""), ...Object.assign({}, ...names.map((name) => fragmentsOf(name, `${name}.`))) },
  /** Bits become words. */
  lower: (build, { a, b, acc }, attrs) => {
    if (!oneBit(a) && !oneBit(b)) return "keep";
    const words = (x: Value): Value | undefined => (oneBit(x) ? build.inst("words_of", { x }) : x);
    return build.inst("mma_b1", { a: words(a), b: words(b), acc }, attrs);
  },
  run: ({ a, b, acc }, { with: combination }) => {
    const words = (x: Tile): Tile => (oneBit(x) ? wordsOf(x) : x);
    return countTile(words(asTile(a)), words(asTile(b)), acc && asTile(acc), combination as Combination);
  },
  emit: (e, { a, b, acc }, { with: combination }, out) => {
    const words = a.shape[1] as number, l = out?.layout;
    return emission(e, {
      form: "map",
      ...(l ? { brought: { a: rowsFor(l, "a", words), b: rowsFor(l, "b", words) } } : {}),
      at: ([i, j]) => {
        const counts = Array.from({ length: words }, (_, w) => {
          const at = e.constant("i32", w);
          return e.bits("i32", e.op("popcount", e.op(combination as Combination, a.at([i, at]), b.at([j, at]))));
        });
        return [...(acc ? [acc.at([i, j])] : []), ...counts].reduce((x, y) => e.op("add", x, y));
      },
    });
  },
});
