// Random typed expression trees as plain data, built through any `Ops`: by numbers at once, or as expressions.
import fc from "fast-check";
import type { Compute, Op, Ops } from "../../vm/index.ts";

export type Tree =
  | { k: "var"; type: Compute; i: number }
  | { k: "const"; type: Compute; value: number }
  | { k: "op"; op: Op; args: Tree[] }
  | { k: "to"; type: Compute; arg: Tree }
  | { k: "bits"; type: "u32" | "i32" | "f32"; arg: Tree }
  | { k: "packHalf" | "unpackHalf"; arg: Tree }
  | { k: "table"; type: "u32" | "i32" | "f32"; values: number[]; arg: Tree }
  | { k: "field"; word: Tree; at: Tree; width: number }
  | { k: "byte"; arg: Tree; at: number }
  | { k: "floor"; op: "fdiv" | "fmod"; a: Tree; b: Tree };

/** What only expressions have, in other terms for plain numbers. */
export interface Extra<X> { fdiv(a: X, b: X): X; fmod(a: X, b: X): X; field(word: X, at: X, width: number): X }

export const plainExtra = <X>(o: Ops<X>): Extra<X> => ({
  fdiv: (a, b) => o.op("div", a, b), fmod: (a, b) => o.op("rem", a, b),
  field: (w, at, width) => o.op("and", o.op("shr", w, o.to("u32", at)), o.constant("u32", width === 32 ? 0xffffffff : 2 ** width - 1)),
});

export function build<X>(o: Ops<X>, extra: Extra<X>, variable: (type: Compute, i: number) => X, t: Tree): X {
  const go = (x: Tree): X => build(o, extra, variable, x);
  switch (t.k) {
    case "var": return variable(t.type, t.i);
    case "const": return o.constant(t.type, t.value);
    case "op": return o.op(t.op, ...t.args.map(go));
    case "to": return o.to(t.type, go(t.arg));
    case "bits": return o.bits(t.type, go(t.arg));
    case "packHalf": return o.packHalf(go(t.arg));
    case "unpackHalf": return o.unpackHalf(go(t.arg));
    case "byte": return o.byteOf(go(t.arg), t.at);
    case "table": return o.table(t.type, t.values, o.op("rem", go(t.arg), o.constant("u32", t.values.length)));
    case "field": return extra.field(go(t.word), o.to("i32", o.op("rem", go(t.at), o.constant("u32", 33 - t.width))), t.width);
    case "floor": return extra[t.op](o.op("and", go(t.a), o.constant("i32", 0x7fffffff)), o.op("max", go(t.b), o.constant("i32", 1)));
  }
}

/** Variables of each type, with bounds that simplifiers can use. */
export const VARIABLES: Readonly<Record<Compute, readonly { lo: number; hi: number; divisor: number }[]>> = {
  i32: [{ lo: 0, hi: 31, divisor: 1 }, { lo: 0, hi: 4096, divisor: 32 }, { lo: -Infinity, hi: Infinity, divisor: 1 }, { lo: -5, hi: 100, divisor: 1 }],
  u32: [{ lo: 0, hi: 4294967295, divisor: 1 }, { lo: 0, hi: 15, divisor: 1 }, { lo: 0, hi: 4294967295, divisor: 1 }],
  f32: [{ lo: -Infinity, hi: Infinity, divisor: 1 }, { lo: -Infinity, hi: Infinity, divisor: 1 }],
  f16: [{ lo: -Infinity, hi: Infinity, divisor: 1 }, { lo: -Infinity, hi: Infinity, divisor: 1 }],
  bool: [{ lo: 0, hi: 1, divisor: 1 }, { lo: 0, hi: 1, divisor: 1 }],
};

export interface TreeOptions {
  /** Floats: every operation, only those exact on small integers (and no special values), or none. */
  readonly floats: "all" | "exact" | "none";
  readonly depth: number;
  readonly half?: boolean;
}

const INTEGER_OPS: readonly Op[] = ["add", "sub", "mul", "div", "rem", "min", "max", "and", "or", "xor"];
const INTEGER_UNARY: readonly Op[] = ["neg", "abs", "sign", "not", "popcount", "clz", "ctz", "reverse"];
const COMPARE: readonly Op[] = ["eq", "ne", "lt", "le", "gt", "ge"];
// min and max of zeros of both signs may give either: devices differ.
const FLOAT_OPS = { all: ["add", "sub", "mul", "div", "rem", "min", "max"], exact: ["add", "sub"], none: [] } satisfies Record<string, Op[]>;
const FLOAT_UNARY = { all: ["neg", "abs", "sign", "floor", "ceil", "trunc", "round", "sqrt", "exp2"], exact: ["neg", "abs", "floor", "ceil", "trunc", "round"], none: [] } satisfies Record<string, Op[]>;

const small = fc.integer({ min: -8, max: 70 });
const powers = fc.integer({ min: 0, max: 31 }).map((n) => 2 ** n);
const CONSTANTS = {
  i32: fc.oneof(small, powers.map((n) => n | 0), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  u32: fc.oneof(small.map((n) => n >>> 0), powers, powers.map((n) => n - 1), fc.integer({ min: 0, max: 2 ** 32 - 1 })),
  bool: fc.integer({ min: 0, max: 1 }),
} as const;
const specialFloat = fc.constantFrom(0, -0, 1, -1, 0.5, 2, 1.5, 1e10, 3e-39, Infinity, -Infinity, NaN);
const exactFloat = fc.integer({ min: -9, max: 9 }).map((n) => n / 2);

/** Random trees of a type. */
export function trees(type: Compute, o: TreeOptions): fc.Arbitrary<Tree> {
  const memo = new Map<string, fc.Arbitrary<Tree>>();
  const types: Compute[] = o.floats === "none" ? ["i32", "u32", "bool"] : o.half === false ? ["i32", "u32", "bool", "f32"] : ["i32", "u32", "bool", "f32", "f16"];
  const leaf = (t: Compute): fc.Arbitrary<Tree> => {
    const value: fc.Arbitrary<number> = t === "f32" || t === "f16" ? (o.floats === "all" ? fc.oneof(exactFloat, specialFloat) : exactFloat) : CONSTANTS[t];
    return fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: VARIABLES[t].length - 1 }).map((i): Tree => ({ k: "var", type: t, i })) },
      { weight: 2, arbitrary: value.map((v): Tree => ({ k: "const", type: t, value: v })) });
  };
  const of = (t: Compute, d: number): fc.Arbitrary<Tree> => {
    if (d <= 0) return leaf(t);
    const key = `${t}${d}`, old = memo.get(key);
    if (old) return old;
    const sub = (u: Compute) => of(u, d - 1);
    const n = (ops: readonly Op[], ...args: fc.Arbitrary<Tree>[]) => (ops.length === 0 ? leaf(t) : fc.tuple(fc.constantFrom(...ops), fc.tuple(...args)).map(([op, a]): Tree => ({ k: "op", op, args: a })));
    const anyTo = fc.constantFrom(...types.filter((u) => o.floats === "all" || u !== "f32" && u !== "f16" || t === "bool")).chain((u) => sub(u)).map((arg): Tree => ({ k: "to", type: t, arg }));
    const list: fc.Arbitrary<Tree>[] = [leaf(t), n(["select"], sub("bool"), sub(t), sub(t))];
    if (t === "bool") list.push(n(["and", "or", "xor", "eq", "ne"], sub("bool"), sub("bool")), n(["not"], sub("bool")), ...types.filter((u) => u !== "bool").map((u) => n(COMPARE, sub(u), sub(u))), anyTo);
    else if (t === "i32" || t === "u32") {
      list.push(n(INTEGER_OPS, sub(t), sub(t)), n(INTEGER_OPS, sub(t), sub(t)), n(INTEGER_UNARY, sub(t)), n(["shl", "shr"], sub(t), sub("u32")), anyTo);
      list.push(fc.tuple(fc.constantFrom(3, 4), fc.array(CONSTANTS[t], { minLength: 4, maxLength: 4 }), sub("u32")).map(([len, v, arg]): Tree => ({ k: "table", type: t, values: v.slice(0, len), arg })));
      if (t === "i32") list.push(fc.tuple(fc.constantFrom("fdiv" as const, "fmod" as const), sub("i32"), sub("i32")).map(([op, a, b]): Tree => ({ k: "floor", op, a, b })), fc.tuple(fc.constantFrom("fdiv" as const, "fmod" as const), sub("i32"), fc.constantFrom(2, 3, 4, 12, 32)).map(([op, a, b]): Tree => ({ k: "floor", op, a, b: { k: "const", type: "i32", value: b } })));
      else list.push(fc.tuple(sub("u32"), sub("u32"), fc.integer({ min: 1, max: 32 })).map(([word, at, width]): Tree => ({ k: "field", word, at, width })), fc.tuple(sub("u32"), fc.integer({ min: 0, max: 3 })).map(([arg, at]): Tree => ({ k: "byte", arg, at })));
      if (o.floats !== "none") {
        list.push(sub("i32").map((arg): Tree => ({ k: "bits", type: t, arg: { k: "to", type: "f32", arg } }))); // of no NaN: its payload has no meaning
        // The sign of a zero that was computed differs between devices: its bits are not looked at.
        if (t === "u32" && o.half !== false) list.push((o.floats === "all" ? sub("f32") : sub("i32").map((arg): Tree => ({ k: "to", type: "f32", arg }))).map((arg): Tree => ({ k: "packHalf", arg })));
      }
    } else {
      list.push(n(FLOAT_OPS[o.floats], sub(t), sub(t)), n(FLOAT_UNARY[o.floats], sub(t)), anyTo.filter(() => true));
      if (t === "f32" && o.floats === "all") list.push(sub("u32").map((arg): Tree => ({ k: "bits", type: "f32", arg })), sub("u32").map((arg): Tree => ({ k: "unpackHalf", arg })));
      if (o.floats === "exact") list.push(sub("bool").map((arg): Tree => ({ k: "to", type: t, arg })), fc.integer({ min: 0, max: 1 }).chain((i) => (i ? leaf("i32") : leaf("u32"))).map((arg): Tree => ({ k: "to", type: t, arg: { k: "op", op: "rem", args: [arg, { k: "const", type: arg.k === "var" || arg.k === "const" ? arg.type : "i32", value: 16 }] } })));
    }
    const made = fc.oneof(...list);
    memo.set(key, made);
    return made;
  };
  return of(type, o.depth);
}

/** Values for the variables, chosen by a seed. */
export function valueOf(type: Compute, i: number, seed: number, exact = false): number {
  const v = VARIABLES[type][i] ?? { lo: 0, hi: 0, divisor: 1 };
  let h = Math.imul(seed * 7 + i * 131 + type.length * 17 + type.charCodeAt(0), 0x9e3779b1) >>> 0;
  h = (Math.imul(h ^ (h >>> 15), 0x85ebca6b) ^ seed) >>> 0;
  switch (type) {
    case "bool": return (h >>> 7) & 1;
    case "f16": case "f32": {
      const special = [0, -0, 1, -1, 0.5, 65504, -3.5, Infinity, -Infinity, NaN, 2 ** -20, 2 ** -14, 100, 2047];
      return exact ? ((h >>> 5) % 17) - 8 : special[h % special.length] ?? 0;
    }
    case "i32": {
      if (!Number.isFinite(v.hi)) return [0, 1, -1, 2 ** 31 - 1, -(2 ** 31), h | 0, (h & 63) | 0][seed % 7] ?? 0;
      return v.lo + Math.floor((h % (v.hi - v.lo + 1)) / v.divisor) * v.divisor;
    }
    case "u32": return v.hi > 100 ? [h, 0, 0xffffffff, h >>> 20, 1][(seed + i) % 5] ?? 0 : h % (v.hi + 1);
  }
}
