// Random kernels of one instruction that makes, moves or looks up elements: any type, odd sizes, layouts that are spread, local,
// replicated. Where arithmetic comes in, floats hold small integers.
import fc from "fast-check";
import { dense } from "../../layout/index.ts";
import { builder, constant, dtype, tileFromCodes, verify, type Builder, type DType, type Tile, type Value } from "../../vm/index.ts";
import { drawn } from "./random/choices.ts";
import { randomLayout } from "./random/parts.ts";
import type { Case } from "./engines.ts";

type Gen = fc.GeneratorValue;
export const pick = <T>(g: Gen, xs: readonly T[]): T => g(fc.constantFrom as (...x: T[]) => fc.Arbitrary<T>, ...xs);
const whole = (g: Gen, lo: number, hi: number): number => g(fc.integer, { min: lo, max: hi });

/** What a kernel is made of: its builder and inputs, and tiles with random contents and layouts. */
interface Made {
  readonly g: Gen;
  readonly b: Builder;
  readonly threads: number;
  /** About how many elements a tile may have. */
  readonly most: number;
  /** A tensor of random codes below `below`; floats lie between its negative and it. */
  tensor(d: DType, shape: readonly number[], below?: number): Value;
  /** One of those loaded, perhaps in a layout of its own. */
  tile(d: DType, shape: readonly number[], below?: number): Value;
  /** The tile, perhaps in another layout. */
  laid(v: Value): Value;
}

const moved = ["u1", "u3", "b2", "i5", "u8", "f4e2m1", "f8e5m2", "u11", "f16", "bf16", "i32", "u32", "f32", "bool"], wide = ["i32", "u32", "f32", "f16"];
const sizes = [1, 2, 3, 5, 6, 7, 8, 16, 37];
const someShape = ({ g, most }: Made, least = 1): number[] => {
  let room = most;
  return Array.from({ length: whole(g, least, 3) }, () => {
    const drawn = pick(g, sizes), n = drawn <= Math.max(room, 3) ? drawn : pick(g, [1, 2, 3]);
    room /= n;
    return n;
  });
};
const shuffled = (g: Gen, n: number): number[] => { const xs = Array.from({ length: n }, (_, i) => i), out: number[] = []; while (xs.length) out.push(...xs.splice(whole(g, 0, xs.length - 1), 1)); return out; };

const call = (b: Builder, name: string, operands: Parameters<Builder["inst"]>[1], attrs: Record<string, unknown> = {}): Value => {
  const v = b.inst(name, operands, attrs);
  if (!v || !("space" in v)) throw new Error(`${name} gave no tile`);
  return v;
};
const any = (m: Made, shape = someShape(m)): Value => m.tile(dtype(pick(m.g, moved)), shape);
/** A window of a shape. */
function cut(g: Gen, shape: readonly number[]): { offsets: number[]; sizes: number[]; drop?: number[] } {
  const widths = shape.map((n) => whole(g, 1, n)), drop = widths.flatMap((n, d) => (n === 1 && d > 0 && g(fc.boolean) ? [d] : []));
  return { offsets: shape.map((n, d) => whole(g, 0, n - widths[d])), sizes: widths, ...(drop.length ? { drop } : {}) };
}
const divisors = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0);

/** A table in registers, in shared memory, or in a tensor of which it is a window. */
function tableOf(m: Made, d: DType, shape: readonly number[]): Value {
  const where = pick(m.g, ["reg", "shared", "global", "window"]);
  if (where === "reg") return m.tile(d, shape);
  if (where === "global") return m.tensor(d, shape);
  if (where === "window") return m.b.slice({ x: m.tensor(d, shape.map((n) => n + 1)) }, { offsets: shape.map(() => pick(m.g, [0, 1, 2])), sizes: [...shape] });
  const s = call(m.b, "shared", {}, { dtype: d, shape });
  m.b.store({ to: s, x: m.tile(d, shape) });
  m.b.barrier({});
  return s;
}

/** Each gives the tile that is stored. */
export const kinds: Readonly<Record<string, (m: Made) => Value>> = {
  permute: (m) => { const x = any(m); return call(m.b, "permute", { x }, { axes: shuffled(m.g, x.shape.length) }); },
  transpose: (m) => call(m.b, "transpose", { x: any(m, someShape(m, 2)) }),
  reshape: (m) => { const x = any(m), n = x.shape.map(Number).reduce((a, b) => a * b, 1), a = pick(m.g, divisors(n)); return call(m.b, "reshape", { x }, { shape: pick(m.g, [[a, -1], [n], [-1, 1, a]]) }); },
  squeeze: (m) => call(m.b, "squeeze", { x: call(m.b, "unsqueeze", { x: any(m) }, { axes: [0, -1] }) }, { axes: pick(m.g, [0, [-1]]) }),
  expand: (m) => { const s = someShape(m), x = any(m, s.map((n) => (m.g(fc.boolean) ? 1 : n))); return call(m.b, "expand", { x }, { shape: m.g(fc.boolean) ? [2, ...s] : s }); },
  repeat: (m) => {
    const x = any(m);
    let room = 6; // three times along each of three axes, a few hundred elements become ten thousand, and the compiler takes seconds
    return call(m.b, "repeat", { x }, { counts: x.shape.map(() => { const n = whole(m.g, 1, Math.min(3, room)); room = Math.floor(room / n); return n; }) });
  },
  repeat_interleave: (m) => { const x = any(m); return call(m.b, "repeat_interleave", { x }, { count: whole(m.g, 1, 4), axis: whole(m.g, 0, x.shape.length - 1) }); },
  crop: (m) => { const x = any(m); return call(m.b, "crop", { x }, cut(m.g, x.shape.map(Number))); },
  concat: (m) => {
    const x = any(m), axis = whole(m.g, 0, x.shape.length - 1), others = x.shape.reduce<number>((n, k, d) => (d === axis ? n : n * Number(k)), 1);
    return call(m.b, "concat", { x, y: m.tile(x.dtype, x.shape.map((n, d) => (d === axis ? pick(m.g, sizes.filter((k) => k <= 3 || k * others <= m.most)) : Number(n)))) }, { axis });
  },
  patch: (m) => {
    const x = any(m), c = cut(m.g, x.shape.map(Number));
    return call(m.b, "patch", { x, by: m.tile(x.dtype, c.sizes.filter((_, d) => !c.drop?.includes(d)).map((n) => (whole(m.g, 0, 3) ? n : 1))) }, { ...c });
  },
  "patch of a variable by itself": (m) => {
    const x = any(m), v = m.b.var({ init: x }, { dtype: x.dtype, shape: x.shape.map(Number) }), c = cut(m.g, x.shape.map(Number));
    m.b.assign({ to: v, from: call(m.b, "patch", { x: v, by: call(m.b, "crop", { x: v }, { ...c, offsets: x.shape.map((n, d) => whole(m.g, 0, Number(n) - c.sizes[d])) }) }, { ...c }) });
    return call(m.b, "repeat", { x: v }, { counts: x.shape.map(() => 1) });
  },
  iota: (m) => { const shape = someShape(m); return m.laid(call(m.b, "iota", {}, { shape, axis: whole(m.g, 0, shape.length - 1), dtype: dtype(pick(m.g, moved.filter((t) => t !== "bool"))) })); },
  "moves of moves": (m) => {
    const x = any(m, [pick(m.g, [2, 3, 8]), pick(m.g, [4, 5, 16])]), [r, c] = x.shape.map(Number);
    const t = call(m.b, "transpose", { x: m.laid(call(m.b, "repeat", { x }, { counts: [1, 2] })) });
    return call(m.b, "crop", { x: call(m.b, "reshape", { x: t }, { shape: [2, c, r] }) }, { offsets: [1, 0, 0], sizes: [1, c, r], drop: [0] });
  },
  reduce: (m) => {
    const x = m.tile(dtype(pick(m.g, wide)), someShape(m), 5), n = x.shape.length, axes = shuffled(m.g, n).slice(0, whole(m.g, 0, n));
    return call(m.b, pick(m.g, ["reduce_sum", "reduce_max", "reduce_min"]), { x }, { ...(m.g(fc.boolean) ? { axis: axes } : {}), keep: true });
  },
  arg: (m) => { const x = m.tile(dtype(pick(m.g, wide)), someShape(m), pick(m.g, [4, 2 ** 32])); return call(m.b, pick(m.g, ["arg_max", "arg_min"]), { x }, { axis: whole(m.g, 0, x.shape.length - 1), keep: true }); },
  bitcast: (m) => {
    const [from, to] = pick(m.g, [["u8", "f8e4m3"], ["i4", "u4"], ["b3", "i3"], ["f32", "u32"], ["i32", "f32"], ["u32", "i32"], ["f16", "u16"], ["i16", "f16"], ["bool", "b1"], ["u1", "bool"], ["bf16", "f16"]]);
    return call(m.b, "bitcast", { x: m.tile(dtype(from), someShape(m), 0x3c00) }, { to: dtype(to) });
  },
  mul_hi: (m) => { const d = dtype(pick(m.g, ["i32", "u32"])), s = someShape(m); return call(m.b, "mul_hi", { x: m.tile(d, s), y: m.tile(d, s.map((n) => (m.g(fc.boolean) ? 1 : n))) }); },
  clamp: (m) => { const d = dtype(pick(m.g, wide)), s = someShape(m); return call(m.b, "clamp", { x: m.tile(d, s, 9), lo: m.tile(d, [s.at(-1) ?? 1], 9), hi: 3 }); },
  gather: (m) => {
    const d = dtype(pick(m.g, moved)), s = someShape(m, 1), axis = whole(m.g, 0, s.length - 1), n = s[axis], table = tableOf(m, d, s.map((k, i) => (i === axis || m.g(fc.boolean) ? k : 1)));
    const index = m.tile(dtype("i32"), s.map((k, i) => (i === axis ? pick(m.g, [1, 3, 8]) : m.g(fc.boolean) || table.shape[i] === 1 ? k : 1)), n + 2);
    return call(m.b, "gather", { table, index: m.b.sub({ x: index, y: 1 }) }, { axis, ...(d.hasZero && m.g(fc.boolean) ? {} : { pad: 1 }) });
  },
  lookup: (m) => {
    const d = dtype(pick(m.g, moved)), table = tableOf(m, d, [pick(m.g, [1, 2, 7, 16, 37])]);
    return call(m.b, "lookup", { table, codes: m.tile(dtype(pick(m.g, ["u1", "u2", "u3", "u4", "u5", "u8", "u32"])), someShape(m), 50) }, d.hasZero && m.g(fc.boolean) ? {} : { pad: 1 });
  },
  philox: (m) => call(m.b, pick(m.g, ["philox", "random_bits", "random_uniform"]), { offset: m.tile(dtype(pick(m.g, ["i32", "u32"])), someShape(m).slice(0, 2)) }, { seed: constant(whole(m.g, 0, 2 ** 31 - 1)), ...(m.g(fc.boolean) ? { seed_hi: constant(whole(m.g, 0, 9), "u32") } : {}) }),
};

/** A random kernel of a kind. */
export function shapesCase(g: Gen, kind: string, most = 300): Case {
  const threads = pick(g, [1, 4, 7, 16, 24]), b = builder(kind.replace(/\W/g, "_")), inputs: Record<string, Tile> = {};
  b.grid([["g", 1]]);
  b.threads(threads);
  let s = whole(g, 1, 2 ** 31 - 2);
  const next = (): number => (s = (s * 48271) % 2147483647);
  const code = (d: DType, below: number): number =>
    d.kind === "float" && d.bits > 8 && below < 100 ? (d.name === "f32" ? new Uint32Array(Float32Array.of((next() % (2 * below)) - below).buffer)[0] : d.encode((next() % (2 * below)) - below)) : (next() * 2 + (next() & 1)) % Math.min(below, 2 ** d.bits);
  /** Codes of numbers only: which NaN comes out isn't anybody's promise. */
  const number = (d: DType, below: number): number => { for (;;) { const c = code(d, below); if (d.storage || d.kind !== "float" || Number.isFinite(d.name === "f32" ? new Float32Array(Uint32Array.of(c).buffer)[0] : d.decode(c))) return c; } };
  const laid = (v: Value): Value => (g(fc.boolean) ? b.convert({ x: v }, { layout: randomLayout(drawn(g), threads, v.shape.map(Number)) }) : v);
  const tensor = (d: DType, shape: readonly number[], below = 2 ** 32): Value => {
    const name = `x${Object.keys(inputs).length}`;
    inputs[name] = tileFromCodes(d, shape, Array.from({ length: shape.reduce((p, q) => p * q, 1) }, () => number(d, below)));
    return b.tensor(name, "in", d, shape, dense(shape.length));
  };
  const m: Made = { g, b, threads, most, laid, tensor, tile: (d, shape, below) => laid(b.load({ x: tensor(d, shape, below) }, d.hasZero ? {} : { pad: 1 })) };
  const r = laid(kinds[kind](m));
  b.store({ to: b.tensor("y", "out", r.dtype, r.shape, dense(r.shape.length)), x: r });
  const program = b.finish();
  // What no thread's registers hold is no kernel: another one, of smaller tiles.
  return verify(program).some((d) => d.code === "R0201") ? shapesCase(g, kind, Math.ceil(most / 4)) : { program, inputs, dims: {} };
}
