// What statements of a random Program are made in: tiles so far with what is known of their values, tensors, shared tiles.
// Floats appear only where every result is exact (SEMANTICS §10): a tile's numbers are multiples of `grain` of at most `most`.
import { compose, local, spatial, type Packing, type RegisterLayout } from "../../../layout/index.ts";
import { constant, dtype, knownScalar, scalarOp, tileFromCodes, type Builder, type DType, type Scalar, type Tile, type Value } from "../../../vm/index.ts";
import type { Choices, Statement } from "./choices.ts";
import { layoutClasses, packingClasses, product, shapeClasses, type LayoutClass, type PackingClass, type ShapeClass } from "./parts.ts";

/** Number types that have something in common. */
export const typeClasses = {
  i32: ["i32"], u32: ["u32"], f32: ["f32"], f16: ["f16"], bool: ["bool"],
  unsigned: ["u4", "u1", "u2", "u3", "u5", "u6", "u7", "u8"], signed: ["i4", "i2", "i3", "i5", "i6", "i7", "i8"], bipolar: ["b2", "b1", "b3", "b4", "b5", "b6", "b7", "b8"],
  "small float": ["f4e2m1", "f6e2m3", "f6e3m2", "f8e4m3", "f8e5m2", "e8m0"], medium: ["u11", "i13", "u16", "bf16"],
  codebook: ["w2star", "nf4", "iq4_nl", "bnb_fp4", "codebook(2, [3, -1, 0, 1])"],
} as const;
export type TypeClass = keyof typeof typeClasses;

const all = Object.values(typeClasses).flat();
/** Types by what rows take. */
export const types = {
  all, wide: ["i32", "u32", "f32", "f16"], whole32: ["i32", "u32"], floats: ["f32", "f16"],
  integers: [...typeClasses.u32, ...typeClasses.i32, ...typeClasses.unsigned, ...typeClasses.signed, ...typeClasses.bipolar, "u11", "i13", "u16"],
  /** Those whose every code is a number that f32 holds. */
  finite: [...typeClasses.i32, ...typeClasses.f32, ...typeClasses.u32, ...typeClasses.f16, ...typeClasses.bool, ...typeClasses.unsigned, ...typeClasses.signed, ...typeClasses.bipolar, "f4e2m1", "f6e2m3", "f6e3m2", "u11", "i13", "w2star", "iq4_nl", "codebook(2, [3, -1, 0, 1])"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

const fine: Readonly<Record<string, number>> = { f4e2m1: 0.5, f6e2m3: 0.125, f6e3m2: 0.0625 };
/** What all numbers of a type are multiples of; 0 where some have no exact sums or are none. */
const grainOf = (d: DType): number => (d.compute !== "f32" && d.compute !== "f16" ? 1 : (fine[d.name] ?? 0));

/** What is known of a tile: whether its bits are certain (-0 may be 0 after arithmetic), its largest magnitude, its grain. */
export interface Facts { readonly most: number; readonly grain: number; readonly clean: boolean }
export interface Item extends Facts { readonly v: Value }

/** Whether numbers of these magnitudes are exact in a type. */
export const fits = (d: DType, most: number, grain: number): boolean => d.kind !== "float" || d.storage || most / grain <= (d.name === "f16" ? 2 ** 11 : 2 ** 24);
export const shapeOf = (v: Value): number[] => v.shape.map((n) => knownScalar(n) ?? 1);

/** What a pairwise test fixes. */
export interface Forced { readonly types?: readonly string[]; readonly layout?: LayoutClass; readonly packing?: PackingClass; readonly shape?: ShapeClass }
/** A combination that doesn't exist: the row takes no such type, the class no such tile. */
export class NotLegal extends Error {}

/** What a maker wants of an operand. */
export interface Want { readonly types?: readonly string[]; readonly rank?: number; readonly least?: number; readonly shape?: readonly number[]; /** Numbers with exact arithmetic. */ readonly exact?: true; readonly clean?: true; readonly most?: number }

export interface World {
  readonly b: Builder;
  /** Decisions of the statement that is made. */
  g: Choices;
  readonly threads: number;
  /** Elements that a tile has at most. */
  readonly most: number;
  /** Bits that a tile has at most where each lies in another word: every one is an access then. */
  readonly apart: number;
  readonly inputs: Record<string, Tile>;
  readonly dims: Record<string, number>;
  /** The block's number, and how many there are. */
  readonly block: Scalar;
  readonly blocks: number;
  readonly forced: Forced;
  items: Item[];
  readonly tensors: Value[];
  /** Tensors that may still be made. */
  free: number;
  nest(body: readonly Statement[]): void;
}

export const call = (w: World, name: string, operands: Parameters<Builder["inst"]>[1], attrs: Readonly<Record<string, unknown>> = {}): Value => {
  const v = w.b.inst(name, operands, attrs);
  if (!v || !("space" in v)) throw new Error(`${name} gave no tile`);
  return v;
};

/** Remembers a result. */
export function keep(w: World, v: Value, facts: { readonly [K in keyof Facts]?: Facts[K] | undefined } = {}): void {
  const d = v.dtype, float = d.kind === "float" && !d.storage, bound = d.storage || d.kind === "bool" ? Math.max(d.max, -d.min) : Infinity;
  w.items.push({ v, most: Math.min(facts.most ?? bound, bound), grain: facts.grain ?? grainOf(d), clean: !float || facts.clean === true });
}
/** Remembers elements of a tile in another place. */
export const moved = (w: World, v: Value, from: Item): void => keep(w, v, from);

/** The tile, perhaps in another layout. */
export function laid(w: World, v: Value): Value {
  const shape = shapeOf(v), name = w.forced.layout ?? (w.g.chance(40) ? w.g.pick<LayoutClass>(["mixed", "spread", "column", "replicated", "local"]) : "inferred");
  const layout: RegisterLayout | undefined = layoutClasses[name](w.g, w.threads, shape);
  return layout && shape.length ? w.b.convert({ x: v }, { layout }) : v;
}

/** Packings in which bits of an element lie in several words. */
export const bitsApart: ReadonlySet<PackingClass> = new Set(["planes", "planes(32)", "split"]);
export function packingOf(w: World, rank: number, d: DType): ReturnType<(typeof packingClasses)["dense"]> {
  const drawn = w.forced.packing ?? w.g.pick<PackingClass>(["dense", "dense", "planes", "planes(32)", "turned", "padded", "interleaved", "split", "packed"]);
  const name = !w.forced.packing && bitsApart.has(drawn) && d.bits * w.most > w.apart ? "turned" : drawn, p = packingClasses[name](w.g, rank, d.bits, w.threads);
  if (!p && w.forced.packing) throw new NotLegal(`${name} of ${d.name}`);
  return p ?? packingClasses.dense(w.g, rank);
}

/** A shape of about as many elements as tiles may have. */
export function someShape(w: World, want: Want = {}): number[] {
  if (want.shape) return [...want.shape];
  const rank = want.rank ?? Math.max(want.least ?? 1, w.g.pick([2, 1, 2, 3])), shape: number[] = shapeClasses[w.forced.shape ?? w.g.pick<ShapeClass>(["even", "odd", "ones", "odd"])](w.g, rank);
  for (let d = 0; product(shape) > w.most && d < rank; d++) shape[d] = Math.min(shape[d], w.forced.shape === "even" ? 2 : 3);
  return shape;
}

/** Codes of elements: any of narrow types, small whole numbers of floats, small or any ones of wide integers. */
export function codesFor(w: World, d: DType, n: number, below?: number): { readonly codes: number[]; readonly most: number } {
  let s = w.g.between(1, 9999) * 214013 + 1;
  const next = (): number => (s = (s * 48271) % 2147483647), wide = !d.storage && d.kind !== "bool", least = d.name === "u32" ? 0 : -4;
  if (below !== undefined) return { codes: Array.from({ length: n }, () => next() % below), most: below };
  if (d.kind === "float" && wide) return { codes: Array.from({ length: n }, () => ((x) => (d.name === "f32" ? new Uint32Array(Float32Array.of(x).buffer)[0] : d.encode(x)))((next() % 9) - 4)), most: 4 };
  if (wide && !w.g.chance(30)) return { codes: Array.from({ length: n }, () => ((next() % 9) + least) >>> 0), most: 8 };
  return { codes: Array.from({ length: n }, () => (next() * 2 + (next() & 1)) % (d.kind === "bool" ? 2 : 2 ** d.bits)), most: wide ? 2 ** 32 : Math.max(d.max, -d.min) };
}

const bounds = new WeakMap<Value, number>();
/** An input of codes, at most `most` in magnitude; undefined where there are too many tensors. */
export function tensor(w: World, d: DType, shape: readonly number[], direction: "in" | "inout" = "in", dynamic = false, packing = packingOf(w, shape.length, d)): Value | undefined {
  if (w.free === 0) return undefined;
  w.free--;
  const name = `x${Object.keys(w.inputs).length}`, { codes, most } = codesFor(w, d, product(shape));
  w.inputs[name] = tileFromCodes(d, shape, codes);
  if (dynamic) w.dims[`N${name}`] = shape[0];
  const v = w.b.tensor(name, direction, d, dynamic ? [w.b.dim(`N${name}`), ...shape.slice(1)] : shape, packing);
  bounds.set(v, most);
  if (direction === "in") w.tensors.push(v);
  return v;
}

/** A window of a tensor of this type and shape; it may stick out, move with the block, belong to a tensor that was there before. */
export function windowOf(w: World, d: DType, shape: readonly number[]): Value | undefined {
  const old = w.forced.types ? [] : w.tensors.filter((t) => t.dtype === d && t.shape.length === shape.length);
  const axis = w.g.between(0, shape.length - 1), moves = w.blocks > 1 && w.g.chance(60), short = w.g.pick([0, 0, 1, 3]);
  const x = old.length && (w.free === 0 || w.g.chance(50)) ? w.g.pick(old) : tensor(w, d, shape.map((n, k) => Math.max(1, (k === axis && moves ? n * w.blocks : n) - (k === axis ? short : 0))), "in", w.g.chance(25)) ?? old[0];
  if (!x) return undefined;
  const shift = w.g.pick([0, 0, 0, 1, -1]);
  return w.b.slice({ x }, {
    offsets: shape.map((n, k) => { const base = k === axis && moves ? scalarOp("mul", w.block, constant(n)) : constant(0); return k === axis && shift ? scalarOp("add", base, constant(shift)) : base; }),
    sizes: shape.map((n) => constant(n)),
  });
}
/** What a window's tensor may hold. */
const boundOf = (w: World, d: DType): number => (d.storage || d.kind === "bool" ? Math.max(d.max, -d.min) : Math.max(...w.tensors.filter((t) => t.dtype === d).map((t) => bounds.get(t) ?? Infinity)));
export const padding = (w: World, d: DType): { pad?: number } => (!d.hasZero ? { pad: 1 } : w.g.chance(20) ? { pad: 1 } : {});

/** A tile that no other statement made. */
export function fresh(w: World, type: string, shape: readonly number[]): Item {
  const d = dtype(type), from = shape.length ? windowOf(w, d, shape) : undefined, add = (v: Value, facts: Parameters<typeof keep>[2]): Item => { keep(w, laid(w, v), facts); return w.items[w.items.length - 1]; };
  if (from) return add(w.b.load({ x: from }, padding(w, d)), { most: boundOf(w, d), grain: d.storage ? undefined : 1, clean: true });
  if (!shape.length) return add(w.b.fill({}, { value: constant(1), dtype: d, shape: [] }), { most: 1, grain: 1, clean: true });
  return add(w.b.iota({}, { shape, dtype: d, axis: w.g.between(0, shape.length - 1) }), { most: Math.max(...shape), grain: d.storage ? undefined : 1, clean: true });
}

/** An operand that is as wanted: one from before, or a fresh one. */
export function operand(w: World, want: Want = {}): Item {
  const list = want.types ?? types.all, allowed = w.forced.types ? list.filter((t) => w.forced.types?.includes(t)) : list;
  if (allowed.length === 0) throw new NotLegal("no such type here");
  const good = (i: Item): boolean => allowed.includes(i.v.dtype.name) && (want.rank === undefined || i.v.shape.length === want.rank) && i.v.shape.length >= (want.least ?? 0)
    && (!want.shape || (want.shape.length === i.v.shape.length && want.shape.every((n, d) => n === i.v.shape[d])))
    && (!want.exact || i.grain > 0) && (!want.clean || i.clean) && i.most <= (want.most ?? Infinity);
  const old = w.forced.types ? [] : w.items.filter(good).reverse();
  if (old.length && w.g.chance(75)) return w.g.pick(old);
  const shape = someShape(w, want), pick = (): Item => fresh(w, w.g.pick(allowed), shape);
  for (let i = 0; i < 4; i++) { const made = pick(); if (good(made)) return made; }
  if (w.forced.types) throw new NotLegal("no such values");
  // One of the few values that fit everywhere.
  keep(w, w.b.fill({}, { value: constant(1), dtype: dtype(allowed[0]), shape }), { most: 1, grain: 1, clean: true });
  return w.items[w.items.length - 1];
}

/** A second operand of the same type whose shape broadcasts with the first one's. */
export function beside(w: World, x: Item): Item {
  const shape = shapeOf(x.v), same = w.items.filter((i) => i.v.dtype === x.v.dtype && i.v.shape.length <= shape.length && i.v.shape.every((n, d) => n === 1 || n === shape[d + shape.length - i.v.shape.length]));
  if (!w.forced.types && w.g.chance(70)) return w.g.pick(same.reverse());
  return fresh(w, x.v.dtype.name, shape.map((n) => (w.g.chance(25) ? 1 : n)));
}

/** A shared tile that holds what the operand holds, packed as it comes or as is said. */
export function sharedWith(w: World, v: Value, packing?: Packing): Value {
  const s = w.b.shared({}, { dtype: v.dtype, shape: shapeOf(v), ...(packing && { packing }) });
  w.b.store({ to: s, x: v });
  w.b.barrier({});
  return s;
}

/** A layout of one axis in which each of some threads holds so many elements. */
export const linear = (threads: number, slots: number): RegisterLayout => compose(spatial(threads), local(slots));
