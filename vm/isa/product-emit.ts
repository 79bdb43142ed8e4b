// Matrix products as expressions. Integers can be multiplied in several ways that give the same bits; which of them
// there are depends on how the factors lie in memory, and the code generator takes the cheapest:
//
//   multiply  element by element, in i32 (floats in f32)
//   fma       element by element in f32, added up in i32 before a sum could pass 2^24
//   packed    four bytes at a time (dot4I8Packed, dot4U8Packed)
//   planes    32 single bits at a time: popcount(a & b) or popcount(a ^ b) for each pair of bit planes
//   table     four elements of x at a time: their 16 sums, looked up by four bits of a plane of y
//
// All but the first two write an element as scale · digit + offset (product-sides.ts), so that
//   Σ (x − zx)(y − zy) = sx·sy·Σ p·q + sx·oy·Σ p + sy·ox·Σ q + k·ox·oy        (p, q digits; o the offsets)
// which serves unsigned, two's complement and bipolar factors, with zero points or without, in any mixture.
import { groupedModes } from "../../layout/index.ts";
import type { Emission, Emit, Fold, Source, Way, Words } from "../emit.ts";
import type { Typed } from "../instruction.ts";
import { constant, knownScalar, type Scalar } from "../scalar.ts";
import { emission } from "./broadcast.ts";
import { byteOrder, bytesOf, firstElements, type ByteOrder, type CodeWords } from "./product-bytes.ts";
import { element, elements, fitsSigned, largest, offset, planeForm, planesOf, planeWeights, readWords, remembered, signedBytes, unsignedBytes, type Side } from "./product-sides.ts";
import { productStep, type StepSide } from "./product-step.ts";
import { hasPlanes, isInteger } from "./rules.ts";

/** The ways to multiply integers, as `by:` names them. */
export const productWays = ["multiply", "fma", "packed", "planes", "table"] as const;

/** Multiply-adds in f16, which are only looked at where the device has them faster than those of f32, or where they are asked for. */
export const fasterWays = ["half"] as const;

interface Product<X> {
  readonly x: Side<X>;
  readonly y: Side<X>;
  readonly acc: Source<X> | undefined;
  /** How many contracted elements there are, and how many of them count. */
  readonly K: number;
  readonly valid: number | Scalar;
}

/** How many of the K contracted elements count: a number, or an expression of a run-time scalar. */
const validOf = (K: number, k: Scalar | undefined): number | Scalar => {
  const known = knownScalar(k ?? constant(K));
  return known === undefined && k ? k : Math.max(0, Math.min(K, known ?? K));
};

/** How many elements count, as an i32. */
const total = <X>(e: Emit<X>, { K, valid }: Product<X>): X =>
  (typeof valid === "number" ? e.constant("i32", valid) : e.op("min", e.op("max", e.scalar(valid), e.constant("i32", 0)), e.constant("i32", K)));

/** Steps of `width` elements, and whether the last one holds elements that don't count. */
const stepsOf = <X>(e: Emit<X>, { K, valid }: Product<X>, width: number): X => e.constant("i32", Math.ceil((typeof valid === "number" ? valid : K) / width));
const ragged = <X>({ valid }: Product<X>, width: number): boolean => typeof valid !== "number" || valid % width !== 0;

/** Ones in the low `bits · left` bits of a word, where `left` elements are left from its first. */
function mask<X>(e: Emit<X>, left: X, bits: number): X {
  const u32 = (n: number): X => e.constant("u32", n), per = 32 / bits, some = e.op("max", left, e.constant("i32", 0));
  const low = e.op("sub", e.op("shl", u32(1), e.op("mul", e.bits("u32", some), u32(bits))), u32(1));
  return e.op("select", e.op("ge", left, e.constant("i32", per)), u32(0xffffffff), low);
}

/** a + b, where either may be absent. */
const plus = <X>(e: Emit<X>, a: X | undefined, b: X | undefined): X | undefined => (a === undefined ? b : b === undefined ? a : e.op("add", a, b));

/** What the digits' sums become of a step: `pq`, and the lone sums where the other side has an offset. */
function combined<X>(e: Emit<X>, sx: number, sy: number, pq: X, lone: { readonly x: X | undefined; readonly y: X | undefined; readonly ox: X | undefined; readonly oy: X | undefined }): X {
  const times = (x: X | undefined, k: number, by: X | undefined): X | undefined => (x === undefined || by === undefined ? undefined : e.op("mul", e.op("mul", x, e.constant("i32", k)), by));
  return [times(lone.x, sx, lone.oy), times(lone.y, sy, lone.ox)].reduce<X | undefined>((s, t) => plus(e, s, t), e.op("mul", pq, e.constant("i32", sx * sy))) as X;
}

/** Where a sum starts: at acc and k·ox·oy. */
function start<X>(e: Emit<X>, p: Product<X>, index: readonly X[], ox: X | undefined, oy: X | undefined): X {
  const both = ox !== undefined && oy !== undefined ? e.op("mul", total(e, p), e.op("mul", ox, oy)) : undefined;
  return plus(e, p.acc?.at(index), both) ?? e.constant("i32", 0);
}

// ── one by one ────────────────────────────────────────────────────────────────────────────────────────────

/** A term of a step of n elements that counts, or 0. */
const counted = <X>(e: Emit<X>, p: Product<X>, n: number, j: X, term: X, zero: X): X =>
  (ragged(p, n) ? e.op("select", e.op("lt", j, typeof p.valid === "number" ? e.constant("i32", p.valid) : e.scalar(p.valid)), term, zero) : term);

/** Rows and columns of a product that a thread has, and whether all threads have the same ones. */
interface Block { readonly rows: number; readonly columns: number; readonly sameRows: boolean; readonly sameColumns: boolean }

/** How many elements a step takes at once. */
function together<X>(e: Emit<X>, { x, y, K }: Product<X>, { rows, columns, sameRows, sameColumns }: Block): number {
  const side = (s: Side<X>, lines: number, same: boolean): StepSide => ({ bits: s.source.dtype.bits, neighbours: s.source.neighbours(s.axis), chunk: s.source.chunk(s.axis), lines, lanes: same ? e.lanes : 1 });
  return productStep([side(x, rows, sameRows), side(y, columns, sameColumns)], K, e.accesses, e.lanes).elements;
}

/** The first element of a step of n. */
const firstOf = <X>(e: Emit<X>, k: X, n: number): X => (n === 1 ? k : e.op("mul", k, e.constant("i32", n)));

/** Elements of one line of a factor, which all results that share the line ask for in turn. */
function lines<X>(e: Emit<X>, s: Side<X>, n: number, type: "i32" | "f32", made: (x: X) => X = (x) => x): (line: X, j: X) => readonly X[] {
  let at: X | undefined;
  const kept = new Map<X, readonly X[]>();
  return (line, j) => {
    if (at !== j) { at = j; kept.clear(); }
    let found = kept.get(line);
    if (!found) kept.set(line, (found = elements(e, s, line, j, n, type).map(made)));
    return found;
  };
}

function multiply<X>(e: Emit<X>, p: Product<X>, type: "i32" | "f32", block: Block): Fold<X> {
  const zero = e.constant(type, 0), n = together(e, p, block), xs = lines(e, p.x, n, type), ys = lines(e, p.y, n, type);
  return {
    form: "fold", steps: stepsOf(e, p, n),
    init: (index) => p.acc?.at(index) ?? zero,
    step: ([m, c], k, sum) => {
      const j = firstOf(e, k, n), a = xs(m, j), b = ys(c, j), terms = a.map((x, i) => counted(e, p, n, i === 0 ? j : e.op("add", j, e.constant("i32", i)), e.op("mul", x, b[i]), zero));
      // In fours that don't wait for each other.
      for (let i = 0; i < n; i += 4) sum = e.op("add", sum, terms.slice(i, i + 4).reduce((a, b) => e.op("add", a, b)));
      return sum;
    },
  };
}

/** Integers up to here, and their sums, are exact. */
const EXACT = { f32: 2 ** 24, f16: 2 ** 11 } as const;

function fma<X>(e: Emit<X>, p: Product<X>, block: Block, type: "f32" | "f16"): Fold<X> | string {
  const most = largest(p.x) * largest(p.y), every = Math.floor(EXACT[type] / most);
  if (!(most <= EXACT[type])) return `one product may pass 2^${Math.log2(EXACT[type])}, up to which ${type} is exact`;
  let n = together(e, p, block);
  while (n > every) n /= 2;
  const floats = (s: Side<X>) => (type === "f32" ? lines(e, s, n, type) : lines(e, s, n, "i32", (x) => e.to(type, x))), xs = floats(p.x), ys = floats(p.y), zero = e.constant(type, 0);
  return {
    form: "fold", steps: stepsOf(e, p, n),
    init: (index) => p.acc?.at(index) ?? e.constant("i32", 0),
    step: ([m, c], k, sum) => {
      const j = firstOf(e, k, n), x = xs(m, j), b = ys(c, j);
      return x.reduce((s, a, i) => e.op("fma", counted(e, p, n, i === 0 ? j : e.op("add", j, e.constant("i32", i)), a, zero), b[i], s), sum);
    },
    part: { type, every: Math.floor(every / n), finish: (acc, part) => e.op("add", acc, e.to("i32", part)) },
  };
}

// ── planes ────────────────────────────────────────────────────────────────────────────────────────────────

/** Σ weight · count over pairs of planes: counts of one weight are added before they are shifted. */
function weighted<X>(e: Emit<X>, pairs: readonly { readonly weight: number; readonly count: X }[]): X {
  const groups = new Map<number, X>(), u32 = (n: number): X => e.constant("u32", n);
  for (const { weight, count } of pairs) { const sum = groups.get(weight); groups.set(weight, sum === undefined ? count : e.op("add", sum, count)); }
  const side = (sign: 1 | -1): X | undefined => [...groups].filter(([w]) => Math.sign(w) === sign)
    .map(([w, n]) => e.op("shl", n, u32(Math.log2(Math.abs(w))))).reduce<X | undefined>((a, b) => plus(e, a, b), undefined);
  const more = side(1), less = side(-1), zero = u32(0);
  return e.bits("i32", less === undefined ? more ?? zero : e.op("sub", more ?? zero, less));
}

function planes<X>(e: Emit<X>, p: Product<X>): Fold<X> | string {
  const a = planesOf(p.x), b = planesOf(p.y);
  if (typeof a === "string") return a;
  if (typeof b === "string") return b;
  const dx = p.x.source.dtype, dy = p.y.source.dtype, fx = planeForm(dx), fy = planeForm(dy), wx = planeWeights(dx), wy = planeWeights(dy);
  const bipolar = dx.kind === "bipolar" && dy.kind === "bipolar" && !p.x.zero && !p.y.zero;
  const pairs = (xs: readonly X[], ys: readonly X[], op: "and" | "xor"): X =>
    weighted(e, xs.flatMap((x, i) => ys.map((y, j) => ({ weight: wx[i] * wy[j], count: e.op("popcount", e.op(op, x, y)) }))));
  const sum = (ws: readonly X[], w: readonly number[]): X => weighted(e, ws.map((x, i) => ({ weight: w[i], count: e.op("popcount", x) })));
  const cut = ragged(p, 32), i32 = (n: number): X => e.constant("i32", n);
  /** The planes of both from element 32·k on; bits that don't count are 0 in `x`, and in `y` where it must be. */
  const at = ([m, n]: readonly X[], k: X, both: boolean): readonly [readonly X[], readonly X[]] => {
    const from = e.op("mul", k, i32(32)), ones = cut ? mask(e, e.op("sub", total(e, p), from), 1) : undefined;
    const clear = (ws: readonly X[]): readonly X[] => (ones === undefined ? ws : ws.map((w) => e.op("and", w, ones)));
    const ys = b.at(p.y.at(n, from));
    return [clear(a.at(p.x.at(m, from))), both ? clear(ys) : ys];
  };
  const steps = stepsOf(e, p, 32);
  if (bipolar) {
    // (2^n − 1)(2^m − 1)·k − 2·Σ 2^(i+j)·popcount(a_i ^ b_j): equal bits, also those of pads, cost nothing.
    const whole = e.op("mul", total(e, p), i32(fx.base * fy.base));
    return {
      form: "fold", steps,
      init: (index) => plus(e, p.acc?.at(index), whole) ?? whole,
      step: (index, k, part) => { const [xs, ys] = at(index, k, true); return e.op("add", part, pairs(xs, ys, "xor")); },
      part: { type: "i32", every: Infinity, finish: (acc, part) => e.op("sub", acc, e.op("mul", part, i32(2))) },
    };
  }
  return {
    form: "fold", steps,
    init: (index) => start(e, p, index, offset(e, p.x, index[0], fx.base), offset(e, p.y, index[1], fy.base)),
    step: (index, k, acc) => {
      const ox = offset(e, p.x, index[0], fx.base), oy = offset(e, p.y, index[1], fy.base), [xs, ys] = at(index, k, ox !== undefined);
      return e.op("add", acc, combined(e, fx.scale, fy.scale, pairs(xs, ys, "and"), { ox, oy, x: oy === undefined ? undefined : sum(xs, wx), y: ox === undefined ? undefined : sum(ys, wy) }));
    },
  };
}

// ── packed dot products ───────────────────────────────────────────────────────────────────────────────────

/** Up to here sums of products of bytes stay below 2^31. */
const SAFE = 2 ** 17;

/** Ones in the bytes of a word whose elements are among the `left` that count. */
function countedBytes<X>(e: Emit<X>, left: X, { low, high }: ByteOrder): X {
  if (high === 1) return mask(e, left, 8);
  const u32 = (n: number): X => e.constant("u32", n);
  return [0, 2 ** low, 2 ** high, 2 ** low + 2 ** high].map((at, i) => e.op("select", e.op("gt", left, e.constant("i32", at)), u32((0xff << (8 * i)) >>> 0), u32(0))).reduce((a, b) => e.op("or", a, b));
}

function packed<X>(e: Emit<X>, p: Product<X>, block: Block): Fold<X> | string {
  const sides = [p.x, p.y], wide = sides.find(({ source: { dtype: d } }) => d.bits > 8 || !hasPlanes(d));
  if (wide) return `'${wide.name}' is of ${wide.source.dtype.name}: packed products are of ${wide.source.dtype.bits > 8 ? "types of up to 8 bits" : "integers by their bits"}`;
  const [a, b] = sides.map((s) => s.source.words(s.axis));
  const none = sides.find((s) => !s.source.words(s.axis));
  if (!a || !b) return `'${none?.name}' does not lie in whole words along the contracted axis`;
  const [dx, dy] = sides.map((s) => s.source.dtype), signed = fitsSigned(dx) && fitsSigned(dy);
  const shifted = !p.x.zero && !p.y.zero && p.K < SAFE;
  const [bx, by] = [dx, dy].map((d) => (signed ? signedBytes(d, shifted) : unsignedBytes(d))), left = bx.left + by.left;
  // Words of a step's parts are read together, where they come as vectors.
  const width = Math.max(a.elements, b.elements), parts = a.vectors || b.vectors ? Math.max(1, Math.floor(together(e, p, block) / width)) : 1, cut = ragged(p, parts * width), i32 = (n: number): X => e.constant("i32", n);
  const dot = signed ? "dot4i" : "dot4u", ones = e.constant("u32", 0x01010101);
  const codes = [{ form: a.form, bits: dx.bits, uses: block.columns }, { form: b.form, bits: dy.bits, uses: block.rows }] as const satisfies readonly CodeWords[];
  const { order } = byteOrder(codes, width), firsts = firstElements(width, order);
  const made = [bx, by].map((way, i) => remembered((ws: readonly X[]) => bytesOf(e, codes[i], width, order, ws, way.left).map((c) => way.of(e, c))));
  const bytes = (s: Side<X>, words: Words<X>, line: X, k: X, clear: boolean): readonly X[] => {
    const from = e.op("mul", k, i32(width)), all = made[s === p.x ? 0 : 1](readWords(e, s, words, line, from, width));
    return cut && clear ? all.map((v, q) => e.op("and", v, countedBytes(e, e.op("sub", total(e, p), e.op("add", from, i32(firsts[q]))), order))) : all;
  };
  const sum = (xs: readonly X[], ys: (q: number) => X): X => xs.map((x, q) => e.op(dot, x, ys(q))).reduce((s, t) => e.op("add", s, t));
  return {
    form: "fold", steps: stepsOf(e, p, parts * width),
    init: (index) => start(e, p, index, offset(e, p.x, index[0], bx.base), offset(e, p.y, index[1], by.base)),
    step: ([m, n], k, acc) => {
      const ox = offset(e, p.x, m, bx.base), oy = offset(e, p.y, n, by.base), all = (s: Side<X>, words: Words<X>, line: X, clear: boolean): readonly X[] =>
        Array.from({ length: parts }, (_, i) => bytes(s, words, line, i === 0 ? firstOf(e, k, parts) : e.op("add", firstOf(e, k, parts), i32(i)), clear)).flat();
      const xs = all(p.x, a, m, true), ys = all(p.y, b, n, ox !== undefined);
      const lone = { ox, oy, x: oy === undefined ? undefined : sum(xs, () => ones), y: ox === undefined ? undefined : sum(ys, () => ones) };
      return e.op("add", acc, combined(e, bx.scale, by.scale, sum(xs, (q) => ys[q]), lone));
    },
    part: left === 0 ? undefined : { type: "i32", every: Infinity, finish: (acc, part) => e.op("add", acc, e.op("shr", part, e.constant("u32", left))) },
  };
}

// ── tables ────────────────────────────────────────────────────────────────────────────────────────────────

/** Elements of x in one table, and those of a step. */
const TOGETHER = 4, STEP = 8;

function table<X>(e: Emit<X>, p: Product<X>): Fold<X> | string {
  const b = planesOf(p.y), d = p.y.source.dtype;
  if (typeof b === "string") return b;
  if (d.bits > 4) return `'y' is of ${d.name}: tables are for types of up to 4 bits`;
  const { scale, base } = planeForm(d), weights = planeWeights(d), M = p.x.source.shape[0], i32 = (n: number): X => e.constant("i32", n), u32 = (n: number): X => e.constant("u32", n);
  if (typeof M !== "number") return "'x' has no fixed number of rows";
  const bare = { ...p.x, zero: undefined };
  const groups = 2 * Math.ceil(p.K / STEP), size = 2 ** TOGETHER;
  return {
    form: "fold", steps: stepsOf(e, p, STEP),
    init: (index) => start(e, p, index, p.x.zero && offset(e, p.x, index[0], 0), offset(e, p.y, index[1], base)),
    // Entry c of row m and group g: the sum of the elements 4g + t of x for which bit t of c is one. Zero points are known to those
    // threads only whose results have them: they come in where the table is read.
    table: {
      length: M * groups * size, type: "i32",
      at: (at) => {
        const c = e.bits("u32", e.op("rem", at, i32(size))), line = e.op("div", at, i32(size)), m = e.op("div", line, i32(groups)), g = e.op("rem", line, i32(groups));
        return Array.from({ length: TOGETHER }, (_, t) => {
          const j = e.op("add", e.op("mul", g, i32(TOGETHER)), i32(t)), inside = p.K % STEP === 0 ? j : e.op("min", j, i32(p.K - 1));
          const there = e.op("ne", e.op("and", c, u32(1 << t)), u32(0));
          return e.op("select", ragged(p, STEP) ? e.op("and", there, e.op("lt", j, total(e, p))) : there, element(e, bare, m, inside, "i32"), i32(0));
        }).reduce((s, t) => e.op("add", s, t));
      },
    },
    step: ([m, n], k, acc, entry) => {
      const oy = offset(e, p.y, n, base), from = e.op("mul", k, i32(STEP)), shift = e.op("rem", from, i32(32));
      const ws = b.at(p.y.at(n, e.op("sub", from, shift)));
      let sum = acc;
      if (p.x.zero) {
        const eight = (w: X): X => e.op("and", e.op("shr", w, e.to("u32", shift)), ragged(p, STEP) ? e.op("and", mask(e, e.op("sub", total(e, p), from), 1), u32(2 ** STEP - 1)) : u32(2 ** STEP - 1));
        const digits = weighted(e, ws.map((w, i) => ({ weight: weights[i], count: e.op("popcount", eight(w)) })));
        sum = e.op("add", sum, e.op("mul", e.op("mul", digits, i32(scale)), offset(e, p.x, m, 0) ?? i32(0)));
      }
      for (let t = 0; t < STEP / TOGETHER; t++) {
        const first = e.op("mul", e.op("add", e.op("mul", m, i32(groups)), e.op("add", e.op("mul", k, i32(STEP / TOGETHER)), i32(t))), i32(size));
        ws.forEach((w, i) => {
          const four = e.op("and", e.op("shr", w, e.to("u32", e.op("add", shift, i32(t * TOGETHER)))), u32(size - 1));
          sum = e.op("add", sum, e.op("mul", entry(e.op("add", first, e.bits("i32", four))), i32(scale * weights[i])));
        });
        if (oy !== undefined) sum = e.op("add", sum, e.op("mul", entry(e.op("add", first, i32(size - 1))), oy));
      }
      return sum;
    },
  };
}

// ── the rows ──────────────────────────────────────────────────────────────────────────────────────────────

type Operands<X> = { readonly x: Source<X>; readonly y: Source<X>; readonly acc?: Source<X> | undefined; readonly zx?: Source<X> | undefined; readonly zy?: Source<X> | undefined };

function productOf<X>(e: Emit<X>, { x, y, acc, zx, zy }: Operands<X>, k: Scalar | undefined, axis: 0 | 1): Product<X> {
  const K = x.shape[1] as number, zero = e.constant("i32", 0);
  return {
    x: { name: "x", source: x, axis: 1, at: (m, j) => [m, j], zero: zx, zeroAt: (m) => [m, zero] },
    y: { name: "y", source: y, axis, at: axis === 0 ? (n, j) => [j, n] : (n, j) => [n, j], zero: zy, zeroAt: (n) => [zero, n] },
    acc, K, valid: validOf(K, k),
  };
}

/** What a thread has of a result. */
function blockOf(out: Typed | undefined): Block {
  const l = out?.layout, axes = l ? groupedModes(l) : [], of = (a: number): { readonly size: number; readonly same: boolean } => {
    const modes = axes[a] ?? [], local = modes.filter((i) => l?.localModes.includes(i));
    return { size: local.reduce((n, i) => n * (l?.modeShape[i] ?? 1), 1), same: l !== undefined && local.length === modes.length };
  };
  const rows = of(0), columns = of(1);
  return { rows: rows.size, columns: columns.size, sameRows: rows.same, sameColumns: columns.same };
}

/** dot: f32 if a factor is of floats, else i32 in any of the ways. */
export function foldDot<X>(e: Emit<X>, o: Operands<X>, k: Scalar | undefined, by: string | undefined, out: Typed | undefined): Emission<X> {
  const p = productOf(e, o, k, 0), block = blockOf(out);
  if (!isInteger(o.x.dtype) || !isInteger(o.y.dtype)) return emission(e, multiply(e, p, "f32", block));
  const ways: Readonly<Record<(typeof productWays)[number], () => Fold<X> | string>> = {
    multiply: () => multiply(e, p, "i32", block), fma: () => fma(e, p, block, "f32"), packed: () => packed(e, p, block), planes: () => planes(e, p), table: () => table(e, p),
  };
  const half: readonly Way<X>[] = e.halves || by === "half" ? [{ name: "half", fold: fma(e, p, block, "f16") }] : [];
  return { form: "either", by, ways: [...productWays.map((name): Way<X> => ({ name, fold: ways[name](), last: name === "multiply" })), ...half] };
}

/** bmma: whole words where both factors lie in them, else single bits. */
export function foldBits<X>(e: Emit<X>, o: Operands<X>, k: Scalar | undefined, out: Typed | undefined): Emission<X> {
  const p = productOf(e, o, k, 1), words = planes(e, p);
  return emission(e, typeof words === "string" ? multiply(e, p, "i32", blockOf(out)) : words);
}
