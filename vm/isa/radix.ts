// Digits of a small base in codes, taken out and put in: what packs 3- and 5-level weights into fewer bits than whole ones.
import { fail } from "../../diagnostic.ts";
import { compose, holdsAll, local, reduce, squeeze, tryDivide, unsqueeze, type RegisterLayout } from "../../layout/index.ts";
import { dtype as dtypeNamed, type DType } from "../dtype.ts";
import { define, dtypeAttr, int, optionalAttr, reg, word, type ResultType } from "../instruction.ts";
import type { Ops } from "../ops.ts";
import { codeOfDigits, digitBits, digitOf, radixOf, reciprocal, type Radix } from "../radix.ts";
import type { Value } from "../program.ts";
import { makeData } from "../tile.ts";
import { highWordExpr } from "./arithmetic.ts";
import { emission } from "./broadcast.ts";
import { knownShape, show } from "./rules.ts";
import { asTile } from "./window.ts";

const form = optionalAttr({ ...word, doc: "plain (default): the first digit is the lowest; fraction: digits come from the top by multiplying, as in ggml's TQ1_0" });
const base = { ...int, doc: "2 to 256" } as const;

/** A thread's digits: all of a code. */
const own = (rank: number, count: number): RegisterLayout => local(...Array.from({ length: rank }, (_, d) => (d === rank - 1 ? count : 1)));

/** Checks that a tile holds codes, or digits. */
function unsigned(name: string, x: Value): void {
  if (x.dtype.kind !== "uint") fail({ code: "T0260", message: `'${name}' takes numbers without a sign, not ${x.dtype.name}`, label: `'x' is ${show(x)}`, help: "bitcast(x, to: u8) reads the bits as a number" });
}

/** ⌊x / base^(n + first)⌋ of a code, n from 0 to count: by multiplying where that is exact for all codes, else by dividing. */
function quotient<X>(e: Ops<X>, x: X, n: X, first: number, { base: b, bits, count }: Radix): X {
  const most = 2 ** bits - 1, powers = Array.from({ length: count + 1 }, (_, i) => b ** i), at = (values: readonly number[]): X => e.table("u32", values.slice(first, first + count), n);
  const narrow = powers.map((d) => reciprocal(d, most, 0));
  if (narrow.every((r) => r.factor * most < 2 ** 32 && r.shift < 32)) return e.op("shr", e.op("mul", x, at(narrow.map((r) => r.factor))), at(narrow.map((r) => r.shift)));
  // The first power is 1; behind the last there may be nothing left.
  const wide = powers.map((d) => (d === 1 ? { factor: 0, shift: 32 } : reciprocal(d, most, 32)));
  if (!wide.every((r) => r.factor < 2 ** 32 && r.shift < 64)) return e.op("div", x, at(powers));
  const high = e.op("shr", highWordExpr(e, x, at(wide.map((r) => r.factor))), at(wide.map((r) => r.shift - 32)));
  return first > 0 ? high : e.op("select", e.op("eq", n, e.constant("u32", 0)), x, high);
}

/** Digit n of a code. */
function digitExpr<X>(e: Ops<X>, x: X, n: X, r: Radix): X {
  const c = (v: number): X => e.constant("u32", v);
  if (r.form === "plain") return e.op("sub", quotient(e, x, n, 0, r), e.op("mul", quotient(e, x, n, 1, r), c(r.base)));
  const power = e.table("u32", Array.from({ length: r.count }, (_, i) => Number(BigInt(r.base) ** BigInt(i) % 2n ** BigInt(r.bits))), n);
  return e.op("shr", e.op("mul", e.op("and", e.op("mul", x, power), c(2 ** r.bits - 1)), c(r.base)), c(r.bits));
}

export const radix_digits = define({
  name: "radix_digits",
  doc: "The digits of codes along a new last axis: digit n of a code is ⌊code / base^n⌋ mod base.",
  example: "let d = radix_digits(load(q) as u32, base: 5, count: 13)",
  operands: { x: { ...reg, doc: "codes, u1 … u32" } },
  attrs: { base, count: optionalAttr({ ...int, doc: "digits of a code; by default as many as its bits hold" }), form },
  type: ({ x }, { base, count, form }): ResultType => {
    unsigned("radix_digits", x);
    const r = radixOf({ base, count, bits: x.dtype.bits, form });
    return { space: "reg", dtype: dtypeNamed(`u${digitBits(base)}`), shape: [...knownShape("radix_digits", "x", x), r.count] };
  },
  // A thread takes all digits of its codes.
  layout: {
    forward: ({ x }, { out }) => x && out && compose(unsqueeze(x, [out.shape.length - 1]), own(out.shape.length, out.shape.at(-1) as number)),
    backward: (out) => out && reduce(out, [out.shape.length - 1]),
    fits: (_, have, out, { threads }) => !out || holdsAll(have, reduce(out, [out.shape.length - 1]), threads),
  },
  run: ({ x }, { base, count, form }, { out }) => {
    const t = asTile(x), r = radixOf({ base, count, bits: t.dtype.bits, form }), dtype = out?.dtype ?? dtypeNamed(`u${digitBits(base)}`), data = makeData(dtype, t.data.length * r.count);
    for (let i = 0; i < t.data.length; i++) for (let n = 0; n < r.count; n++) data[i * r.count + n] = digitOf(t.data[i], n, r);
    return { dtype, shape: [...t.shape, r.count], data };
  },
  emit: (e, { x }, { base, count, form }) => {
    const r = radixOf({ base, count, bits: x.dtype.bits, form });
    return emission(e, { form: "map", at: (index) => digitExpr(e, x.at(index.slice(0, -1)), e.bits("u32", index[index.length - 1]), r) });
  },
});

/** The radix of digits that are joined. */
function joined(x: Pick<Value, "shape" | "dtype">, base: number, to: DType, form: string | undefined): Radix {
  if (to.kind !== "uint") fail({ code: "T0260", message: `digits are joined to numbers without a sign, not to ${to.name}`, help: "write to: u8, for example; bitcast reads the bits as another type" });
  return radixOf({ base, count: knownShape("radix_join", "x", x).at(-1) ?? 0, bits: to.bits, form });
}

export const radix_join = define({
  name: "radix_join",
  doc: "The codes whose digits stand along the last axis: the sum of digit n · base^n. Digits are below the base.",
  example: "let c = radix_join(radix_digits(load(q), base: 2), base: 2, to: u3)",
  operands: { x: { ...reg, doc: "digits, u1 … u32" } },
  attrs: { base, to: { ...dtypeAttr, doc: "the type of the codes, u1 … u32" }, form },
  type: ({ x }, { base, to, form }): ResultType => {
    unsigned("radix_join", x);
    joined(x, base, to, form);
    return { space: "reg", dtype: to, shape: knownShape("radix_join", "x", x).slice(0, -1) };
  },
  layout: {
    forward: ({ x }) => { const codes = x && tryDivide(x, own(x.shape.length, x.shape.at(-1) ?? 1)); return codes && squeeze(codes, [codes.shape.length - 1]); },
    backward: (out, _, { operands: { x } }) => out && compose(unsqueeze(out, [out.shape.length]), own(x.shape.length, x.shape.at(-1) as number)),
    fits: (_, have, out, { threads }) => !out || holdsAll(have, compose(unsqueeze(out, [out.shape.length]), own(have.shape.length, have.shape.at(-1) ?? 1)), threads),
  },
  run: ({ x }, { base, to, form }) => {
    const t = asTile(x), r = joined(t, base, to, form), data = makeData(to, t.data.length / r.count), last = 2 ** r.bits;
    for (let i = 0; i < data.length; i++) data[i] = codeOfDigits((n) => t.data[i * r.count + n], r) % last;
    return { dtype: to, shape: t.shape.slice(0, -1), data };
  },
  emit: (e, { x }, { base, to, form }) => {
    const r = joined({ dtype: x.dtype, shape: x.shape as readonly number[] }, base, to, form), c = (v: number): Parameters<typeof e.op>[1] => e.constant("u32", v);
    const place = (n: number): number => base ** (r.form === "plain" ? n : r.count - 1 - n), mask = (v: ReturnType<typeof c>) => (r.bits === 32 ? v : e.op("and", v, c(2 ** r.bits - 1)));
    return emission(e, {
      form: "map",
      at: (index) => {
        const sum = Array.from({ length: r.count }, (_, n) => e.op("mul", x.at([...index, e.constant("i32", n)]), c(place(n)))).reduce((a, b) => e.op("add", a, b));
        return mask(r.form === "plain" ? sum : e.op("div", e.op("add", e.op("mul", sum, c(2 ** r.bits)), c(base ** r.count - 1)), c(base ** r.count)));
      },
    });
  },
});
