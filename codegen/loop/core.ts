// The table of expressions: structurally equal ones are one object. Everything that builds expressions
// goes through `intern`, which also attaches the facts (bounds, divisor) that simplification lives on.
import type { Compute } from "../../vm/index.ts";
import { Bug } from "../../diagnostic.ts";
import type { Expr, Node } from "./ir.ts";

/** What is known about an integer value: inclusive bounds, and a number (≥ 1) that it is a multiple of. */
export interface Facts { readonly lo: number; readonly hi: number; readonly divisor: number }

/** Builds nodes as they are given, without simplifying. */
export interface Core {
  intern(type: Compute, node: Node, facts?: Facts): Expr;
  constant(type: Compute, value: number | boolean): Expr;
}

const LIMITS: Readonly<Record<Compute, Facts>> = {
  i32: { lo: -(2 ** 31), hi: 2 ** 31 - 1, divisor: 1 },
  u32: { lo: 0, hi: 2 ** 32 - 1, divisor: 1 },
  bool: { lo: 0, hi: 1, divisor: 1 },
  f32: { lo: -Infinity, hi: Infinity, divisor: 1 },
  f16: { lo: -Infinity, hi: Infinity, divisor: 1 },
};

/** What holds for every value of a type. */
export const limits = (type: Compute): Facts => LIMITS[type];

/** Greatest common divisor of magnitudes; gcd(0, x) = |x|. */
export function gcd(a: number, b: number): number {
  let x = Math.abs(a), y = Math.abs(b);
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}

/** Largest power of two that divides n (n ≠ 0): all that is left of a divisor when a value may wrap. */
export function powerOfTwoPart(n: number): number {
  let p = 1;
  while (p < 2 ** 31 && n % (2 * p) === 0) p *= 2;
  return p;
}

/** Divisor of a value for gcds: 0 for the constant zero, which is a multiple of everything. */
export const multipleOf = (e: Expr): number => (e.node.kind === "const" && e.node.value === 0 ? 0 : e.divisor);

/** |k·d| as a divisor, as long as that is exact in a double. */
export function product(k: number, d: number): number {
  const p = Math.abs(k) * d;
  return p <= Number.MAX_SAFE_INTEGER ? p : Math.abs(k);
}

/** The facts of a result with exact bounds lo..hi that wraps if they leave the type. */
export function wrapped(type: Compute, lo: number, hi: number, divisor: number): Facts {
  const limit = limits(type), d = divisor === 0 ? 1 : divisor;
  return lo >= limit.lo && hi <= limit.hi ? { lo, hi, divisor: d } : { ...limit, divisor: powerOfTwoPart(d) };
}

/** The number of a constant, else undefined. */
export const known = (e: Expr): number | undefined => (e.node.kind === "const" ? e.node.value : undefined);

/** The operands, if `e` is that operation. */
export const argsOf = (e: Expr, op: string): readonly Expr[] | undefined =>
  e.node.kind === "op" && e.node.op === op ? e.node.args : undefined;

function key(n: Node): string {
  switch (n.kind) {
    case "const": return `c${Object.is(n.value, -0) ? "-0" : n.value}`;
    case "var": return `v${n.v.id}`;
    case "op": { let k: string = n.op; for (const a of n.args) k += `,${a.id}`; return k; }
    case "sum": { let k = `s${n.offset}`; for (const t of n.terms) k += `,${t.coefficient}*${t.of.id}`; return k; }
    case "to": return `t${n.arg.id}`;
    case "bits": return `b${n.arg.id}`;
    case "packHalf": return `p${n.arg.id}`;
    case "unpackHalf": return `u${n.arg.id}`;
    case "table": return `T${n.index.id}:${n.values.map((v) => (Object.is(v, -0) ? "-0" : v)).join()}`;
    case "field": return `f${n.word.id},${n.at.id},${n.width}`;
    case "load": return `l${n.buffer.id},${n.index.id},${n.epoch},${n.vector ?? 1}`;
    case "part": return `P${n.of.id},${n.part}`;
    case "call": return `F${n.f.id},${n.arg.id}`;
    case "reg": return `r${n.reg.id},${n.slot.id},${n.epoch}`;
    default: return n satisfies never;
  }
}

/** A fresh table. */
export function core(): Core {
  const table = new Map<string, Expr>();
  const intern = (type: Compute, node: Node, facts: Facts = limits(type)): Expr => {
    const k = `${type} ${key(node)}`;
    const old = table.get(k);
    if (old) return old;
    const e: Expr = Object.freeze({ id: table.size, type, node: Object.freeze(node), lo: facts.lo, hi: facts.hi, divisor: facts.divisor });
    table.set(k, e);
    return e;
  };
  const constant = (type: Compute, value: number | boolean): Expr => {
    const v = Number(value);
    if ((type === "i32" || type === "u32" || type === "bool") && !(Number.isInteger(v) && v >= limits(type).lo && v <= limits(type).hi))
      throw new Bug(`${v} is no ${type}`);
    const x = (type === "i32" || type === "u32" || type === "bool") && v === 0 ? 0 : v; // no integer -0
    const integer = type === "i32" || type === "u32" || type === "bool";
    return intern(type, { kind: "const", value: x }, integer ? { lo: x, hi: x, divisor: Math.abs(x) || 1 } : limits(type));
  };
  return { intern, constant };
}
