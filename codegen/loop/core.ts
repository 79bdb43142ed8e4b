// The table of expressions: structurally equal ones are one object. Everything that builds expressions
// goes through `intern`, which also attaches the facts (bounds, divisor) that simplification lives on.
import type { Compute } from "../../vm/index.ts";
import { Bug } from "../../diagnostic.ts";
import { MADE_OF, type Expr, type Node } from "./ir.ts";
import { operandsIn } from "./operands.ts";

/** What is known about an integer value: inclusive bounds, and a number (≥ 1) that it is a multiple of. */
export interface Facts { readonly lo: number; readonly hi: number; readonly divisor: number }

/** Builds nodes as they are given, without simplifying. */
export interface Core {
  /** All expressions by their numbers: operands come before what they are used in. */
  readonly all: readonly Expr[];
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
export const multipleOf = (e: Expr): number => (e.constant === 0 ? 0 : e.divisor);

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
export const known = (e: Expr): number | undefined => e.constant;

/** The operands, if `e` is that operation. */
export const argsOf = (e: Expr, op: string): readonly Expr[] | undefined =>
  e.node.kind === "op" && e.node.op === op ? e.node.args : undefined;

/** The half of a word that a field is, but for bits that are 0 anyway. */
export function halfIn({ node: n }: Expr): { readonly word: Expr; readonly at: 0 | 16 } | undefined {
  const at = n.kind === "field" ? known(n.at) : undefined;
  return n.kind !== "field" ? undefined : at === 0 && n.width === 16 ? { word: n.word, at } : at === 16 && n.word.hi < 2 ** (16 + n.width) ? { word: n.word, at } : undefined;
}

const SEEDS: Readonly<Record<Node["kind"], number>> = { const: 1, var: 2, op: 3, sum: 4, to: 5, bits: 6, packHalf: 7, unpackHalf: 8, table: 9, field: 10, load: 11, part: 12, call: 13, reg: 14 };
const TYPES: Readonly<Record<Compute, number>> = { i32: 1, u32: 2, f32: 3, f16: 4, bool: 5 };
const names = new Map<string, number>();

/** A number of an operation's name, the same each time. */
function nameHash(name: string): number {
  let h = names.get(name);
  if (h === undefined) {
    h = 0;
    for (let i = 0; i < name.length; i++) h = mix(h, name.charCodeAt(i));
    names.set(name, h);
  }
  return h;
}

const mix = (h: number, n: number): number => { const x = Math.imul(h ^ n, 0x85ebca6b); return x ^ (x >>> 15); };
/** Numbers that are the same object in `Object.is` have the same hash. */
const numberHash = (n: number): number => (n === (n | 0) ? n | 0 : mix((n * 65536) | 0, (n / 65536) | 0));

/** A hash of a node: equal ones have equal hashes. */
function hashOf(type: Compute, n: Node): number {
  let h = Math.imul(16 * SEEDS[n.kind] + TYPES[type], 0x9e3779b1);
  switch (n.kind) {
    case "const": return mix(h, numberHash(n.value));
    case "var": return mix(h, n.v.id);
    case "op": h = mix(h, nameHash(n.op)); for (const a of n.args) h = mix(h, a.id); return h;
    case "sum": h = mix(h, n.offset); for (const t of n.terms) h = mix(mix(h, t.coefficient), t.of.id); return h;
    case "to": case "bits": case "packHalf": case "unpackHalf": return mix(h, n.arg.id);
    case "table": h = mix(h, n.index.id); for (const v of n.values) h = mix(h, numberHash(v)); return h;
    case "field": return mix(mix(mix(h, n.word.id), n.at.id), n.width);
    case "load": return mix(mix(mix(mix(h, n.buffer.id), n.index.id), n.epoch), n.vector ?? 1);
    case "part": return mix(mix(h, n.of.id), n.part);
    case "call": return mix(mix(h, n.f.id), n.arg.id);
    case "reg": return mix(mix(mix(h, n.reg.id), n.slot.id), n.epoch);
    default: return n satisfies never;
  }
}

const all = <T>(a: readonly T[], b: readonly T[], same: (x: T, y: T) => boolean): boolean => {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!same(a[i], b[i])) return false;
  return true;
};
const identical = (x: unknown, y: unknown): boolean => x === y;

/** Whether two nodes are structurally equal; memory, registers and variables are known by their numbers. */
function sameNode(a: Node, b: Node): boolean {
  switch (a.kind) {
    case "const": return b.kind === a.kind && Object.is(a.value, b.value);
    case "var": return b.kind === a.kind && a.v.id === b.v.id;
    case "op": return b.kind === a.kind && a.op === b.op && all(a.args, b.args, identical);
    case "sum": return b.kind === a.kind && a.offset === b.offset && all(a.terms, b.terms, (x, y) => x.of === y.of && x.coefficient === y.coefficient);
    case "to": case "bits": case "packHalf": case "unpackHalf": return b.kind === a.kind && a.arg === b.arg;
    case "table": return b.kind === a.kind && a.index === b.index && all(a.values, b.values, Object.is);
    case "field": return b.kind === a.kind && a.word === b.word && a.at === b.at && a.width === b.width;
    case "load": return b.kind === a.kind && a.buffer.id === b.buffer.id && a.index === b.index && a.epoch === b.epoch && (a.vector ?? 1) === (b.vector ?? 1);
    case "part": return b.kind === a.kind && a.of === b.of && a.part === b.part;
    case "call": return b.kind === a.kind && a.f.id === b.f.id && a.arg === b.arg;
    case "reg": return b.kind === a.kind && a.reg.id === b.reg.id && a.slot === b.slot && a.epoch === b.epoch;
    default: return a satisfies never;
  }
}

/** What a node with these operands is made of. */
function madeOf(n: Node, operands: readonly Expr[]): number {
  let from = n.kind === "load" ? MADE_OF.memory : n.kind === "reg" ? MADE_OF.registers : n.kind === "var" && (n.v.role === "thread" || n.v.role === "value") ? MADE_OF.threads : 0;
  for (let i = 0; i < operands.length; i++) from |= operands[i].from;
  return from;
}

/** Makes room in a list for something of each expression up to a number: what is written far beyond its end becomes a slow table. */
export function room(list: unknown[], to: number): void { while (list.length <= to) list.push(undefined); }

/** What the expressions of a table come to, by their numbers, where it is made of what their operands come to: of those it is known by then. */
export function byAge<T>(all: readonly Expr[], f: (e: Expr, known: readonly T[]) => T): readonly T[] {
  const made: T[] = [];
  for (const e of all) made.push(f(e, made));
  return made;
}

/** What is found by two numbers. */
export interface Pairs<T> { get(a: number, b: number): T | undefined; set(a: number, b: number, value: T): void }

/** An empty table of what is found by two numbers: open addressing, because maps of maps take longer to make than to look through. */
export function pairs<T>(): Pairs<T> {
  const first: number[] = [], second: number[] = [], values: T[] = [], held = { places: new Int32Array(64) };
  /** Where a pair is, or is to be. */
  const find = (a: number, b: number): number => {
    const { places } = held, last = places.length - 1;
    let at = mix(Math.imul(a, 0x9e3779b1), b) & last;
    for (let i = places[at]; i !== 0 && (first[i - 1] !== a || second[i - 1] !== b); i = places[at]) at = (at + 1) & last;
    return at;
  };
  return {
    get: (a, b) => { const i = held.places[find(a, b)]; return i === 0 ? undefined : values[i - 1]; },
    set: (a, b, value) => {
      if (2 * values.length >= held.places.length) {
        held.places = new Int32Array(4 * held.places.length);
        for (let i = 0; i < values.length; i++) held.places[find(first[i], second[i])] = i + 1;
      }
      const at = find(a, b), i = held.places[at];
      if (i !== 0) { values[i - 1] = value; return; }
      first.push(a);
      second.push(b);
      held.places[at] = values.push(value);
    },
  };
}

/** A function of two expressions that depends on nothing else, each result made once. */
export function memo2(f: (a: Expr, b: Expr) => Expr): (a: Expr, b: Expr) => Expr {
  const known = pairs<Expr>();
  return (a, b) => {
    const old = known.get(a.id, b.id);
    if (old) return old;
    const made = f(a, b);
    known.set(a.id, b.id, made);
    return made;
  };
}

/** A fresh table. */
export function core(): Core {
  // Open addressing over numbers only, for this is what lowering does most: expressions by age, their hashes, and by hash their number plus one. A full half doubles.
  const all: Expr[] = [], hashes: number[] = [];
  const held = { places: new Int32Array(512) };
  const grow = (): void => {
    const places = new Int32Array(2 * held.places.length), last = places.length - 1;
    for (let id = 0; id < all.length; id++) {
      let at = hashes[id] & last;
      while (places[at] !== 0) at = (at + 1) & last;
      places[at] = id + 1;
    }
    held.places = places;
  };
  const intern = (type: Compute, node: Node, facts: Facts = LIMITS[type]): Expr => {
    const h = hashOf(type, node), places = held.places, last = places.length - 1;
    let at = h & last;
    for (let id = places[at]; id !== 0; id = places[at]) {
      const x = all[id - 1];
      if (hashes[id - 1] === h && x.type === type && sameNode(x.node, node)) return x;
      at = (at + 1) & last;
    }
    // Not frozen: freezing takes longer than all else here, and types say that nobody changes it.
    const operands = operandsIn(node), e: Expr = { id: all.length, type, node, lo: facts.lo, hi: facts.hi, divisor: facts.divisor, from: madeOf(node, operands), operands, constant: node.kind === "const" ? node.value : undefined };
    places[at] = all.push(e);
    hashes.push(h);
    if (2 * all.length > places.length) grow();
    return e;
  };
  const constants: Readonly<Record<Compute, Map<number, Expr>>> = { i32: new Map(), u32: new Map(), bool: new Map(), f32: new Map(), f16: new Map() };
  const made = (type: Compute, v: number): Expr => {
    const integer = type === "i32" || type === "u32" || type === "bool", known = integer || v !== 0 ? constants[type] : undefined; // 0 and -0 are one key, but two floats
    const old = known?.get(v);
    if (old) return old;
    if (integer && !(Number.isInteger(v) && v >= limits(type).lo && v <= limits(type).hi)) throw new Bug(`${v} is no ${type}`);
    const x = integer && v === 0 ? 0 : v; // no integer -0
    const e = intern(type, { kind: "const", value: x }, integer ? { lo: x, hi: x, divisor: Math.abs(x) || 1 } : limits(type));
    known?.set(v, e);
    return e;
  };
  // Small numbers of indices are asked for more often than all other expressions together.
  const small: (Expr | undefined)[] = new Array<Expr | undefined>(256).fill(undefined);
  const constant = (type: Compute, value: number | boolean): Expr => {
    const v = Number(value);
    return type === "i32" && v >= 0 && v < 256 && v === (v | 0) ? (small[v] ??= made(type, v)) : made(type, v);
  };
  return { all, intern, constant };
}
