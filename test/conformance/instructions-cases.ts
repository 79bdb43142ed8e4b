// Programs of every row of the instruction table that computes, of every number type, packing and width, and what a device may give for
// them: integers, decoders and encoders are exact; inexact functions within the error that WGSL allows them, stated here.
import {
  axis, bit, compose, concatPackings, dense, digits, local, packed, planes, planesBlocked, range, spatial, type Packing,
} from "../../layout/index.ts";
import {
  arity, builder, constant, dtype, dtypes, instructions, opNames, scalarOp, tileFromCodes, tileFromValues, type Builder, type DType, type Op, type Tile, type Value,
} from "../../vm/index.ts";
import type { Case, Codes } from "./engines.ts";

const window = (r: number, c: number, h: number, w: number) => ({ offsets: [constant(r), constant(c)], sizes: [constant(h), constant(w)] });

// ── element-wise rows ──────────────────────────────────────────────────────────────────────────────────────

/** Rows whose result may differ from the interpreter's: the largest |difference| that WGSL's accuracy allows, in the type's own ULP of the result. */
const f32ulp = (x: number): number => 2 ** (Math.max(-126, Math.floor(Math.log2(Math.abs(x) || 1e-45))) - 23);
const inexact: Readonly<Record<string, (result: number, x: number, y: number) => number>> = {
  div: (r) => 2.5 * f32ulp(r),
  // The division inside may be off by 2.5 ULP of x / y, of which y times arrive.
  rem: (_, x, y) => 2.5 * f32ulp(x / y) * Math.abs(y) + f32ulp(x),
  pow: (r, x, y) => (Math.abs(y) * (3 * f32ulp(Math.log2(x)) + 2 ** -21) * Math.LN2 + (3 + 2 * Math.abs(y * Math.log2(x))) * 2 ** -23) * r + f32ulp(r),
  exp: (r, x) => (3 + 2 * Math.abs(x)) * f32ulp(r), exp2: (r, x) => (3 + 2 * Math.abs(x)) * f32ulp(r),
  log: (r) => Math.max(3 * f32ulp(r), 2 ** -21), log2: (r) => Math.max(3 * f32ulp(r), 2 ** -21),
  sqrt: (r) => 3 * f32ulp(r), rsqrt: (r) => 2 * f32ulp(r),
  sin: () => 2 ** -11, cos: () => 2 ** -11,
  // (e^x − e^−x) / (e^x + e^−x): two exponentials of 3 + 2|x| ULP each in numerator and denominator.
  tanh: (r, x) => 4 * (3 + 2 * Math.abs(x)) * 2 ** -23 + 2.5 * f32ulp(r),
  fma: (r, x, y) => f32ulp(x * y) + f32ulp(r),
};
const positive: ReadonlySet<string> = new Set(["log", "log2", "sqrt", "rsqrt", "pow"]);
/** The rows that are scalar operations done element by element. */
export const rows: readonly Op[] = [...opNames].filter((op) => instructions.has(op));

const H = 4, W = 16;
/** Operands of a type: its borders, small numbers of both signs, fractions of floats. */
function operands(d: DType, seed: number): Tile {
  let s = seed;
  const next = () => (s = (s * 48271) % 2147483647);
  const edge = d.name === "i32" ? [-2147483648, 2147483647, -1, 0, 1] : d.name === "u32" ? [0, 1, 4294967295, 2147483648] : [];
  return tileFromValues(d, [H, W], Array.from({ length: H * W }, (_, i) => {
    if (d.kind === "bool") return next() % 2;
    if (i < edge.length) return edge[(i + seed) % edge.length] ?? 0;
    if (d.kind === "float") return ((next() % 64) - 32) / 8 || 0.5;
    return d.kind === "int" ? (next() % 2001) - 1000 : next() % 2000;
  }));
}

export function elementwise(d: DType, ops: readonly Op[]): Case {
  const b: Builder = builder("rows");
  const inputs: Record<string, Tile> = { x: operands(d, 11), y: operands(d, 23), z: operands(d, 37) };
  const [x, y, z] = ["x", "y", "z"].map((name) => b.load({ x: b.tensor(name, "in", d, [H, W], dense(2)) }));
  const out = b.tensor("out", "out", d, [ops.length * H, W], dense(2));
  b.grid([["g", 1]]);
  b.threads(16);
  ops.forEach((op, i) => {
    const n = arity(op), first = positive.has(op) ? b.add({ x: b.abs({ x }), y: fill(b, d, 0.25) }) : x;
    const count = op === "shl" || op === "shr" ? b.cast({ x: y }, { to: dtype("u32") }) : y;
    const v = b.inst(op, n === 1 ? { x: first } : n === 2 ? { x: first, y: count } : { x: first, y, z });
    if (!v || !("space" in v)) throw new Error("no tile");
    const same = v.dtype === d ? v : b.cast({ x: v }, { to: d });
    b.store({ to: b.slice({ x: out }, window(i * H, 0, H, W)), x: same });
  });
  return { program: b.finish(), inputs, dims: {} };
}
const fill = (b: Builder, d: DType, n: number): Value => b.fill({}, { value: constant(n, "f32"), dtype: d, shape: [] });

const float = new DataView(new ArrayBuffer(4));
const valueOf = (d: DType, code: number): number => { if (d.name !== "f32") return d.decode(code); float.setUint32(0, code); return float.getFloat32(0); };

/** Element by element: exact, or within the row's allowance; what isn't. */
export function wrongRows(c: Case, d: DType, ops: readonly Op[], law: Codes, got: Codes): readonly string[] {
  const wrong: string[] = [], x = c.inputs.x as Tile, y = c.inputs.y as Tile, want = law.out ?? [], have = got.out ?? [];
  ops.forEach((op, r) => {
    for (let i = 0; i < H * W; i++) {
      const a = valueOf(d, want[r * H * W + i]), b = valueOf(d, have[r * H * W + i]);
      if (Object.is(a, b) || a === b || (Number.isNaN(a) && Number.isNaN(b))) continue;
      const first = positive.has(op) ? Math.abs(x.data[i]) + 0.25 : x.data[i];
      const scale = d.name === "f16" ? 2 ** 13 : 1; // an ULP of f16 is 2^13 of f32
      const allowed = d.kind === "float" ? (inexact[op]?.(a, first, y.data[i]) ?? 0) * scale : 0;
      if (!(Math.abs(a - b) <= allowed)) wrong.push(`${op}(${first}, ${y.data[i]}) on ${d.name}: ${a} ≠ ${b}, ${allowed} allowed`);
    }
  });
  return wrong;
}

export const computeTypes = ["i32", "u32", "f32", "f16", "bool"].map(dtype);

// ── number types ───────────────────────────────────────────────────────────────────────────────────────────

export const small = dtypes().filter((d) => d.bits <= 8 && d.storage);
const probes: readonly number[] = [0, 0.125, 0.25, 0.3, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4.5, 5, 6, 7, 7.5, 8.5, 13, 15.5, 16, 20, 28, 30, 57, 61, 100.5, 127.5, 128, 200, 240, 255.5, 256, 448, 464, 480, 1000, 57344, 61440, 65504, 98304, 1e6, 1e-3, 2 ** -6, 2 ** -7, 2 ** -9, 2 ** -10, 3 * 2 ** -10, 2 ** -16, 2 ** -17].flatMap((x) => [x, -x]);

/** Every code of a type decoded, and many numbers encoded. Of many threads, for what one has is written out for each element. */
export function conversions(d: DType): Case {
  const b = builder("types"), inputs: Record<string, Tile> = { p: tileFromValues(dtype("f32"), [1, probes.length], probes.map(Math.fround)) };
  const p = b.load({ x: b.tensor("p", "in", "f32", [1, probes.length], dense(2)) });
  b.grid([["g", 1]]);
  b.threads(128);
  const n = 2 ** d.bits, codes = b.tensor("c", "in", d, [1, n], dense(2));
  inputs.c = tileFromCodes(d, [1, n], Array.from({ length: n }, (_, k) => k));
  b.store({ to: b.tensor("d", "out", "f32", [1, n], dense(2)), x: b.cast({ x: b.load({ x: codes }, { pad: d.hasZero ? 0 : 1 }) }, { to: dtype("f32") }) });
  b.store({ to: b.tensor("e", "out", d, [1, probes.length], planesBlocked(2, 32)), x: b.cast({ x: p }, { to: d }) });
  return { program: b.finish(), inputs, dims: {} };
}

// ── packings and widths ────────────────────────────────────────────────────────────────────────────────────

export const packings: readonly (readonly [string, (bits: number) => Packing | undefined])[] = [
  ["dense", () => dense(2)], ["planes", () => planes(2)], ["planes(32)", () => planesBlocked(2, 32)],
  ["transposed", () => digits([axis(1), axis(0), bit])],
  ["split", (n) => (n < 2 ? undefined : concatPackings(digits([axis(0), axis(1), range(bit, 0, n >> 1)]), digits([axis(0), axis(1), range(bit, n >> 1, n - (n >> 1))])))],
  ["packed", (n) => packed(compose(spatial(4, 2), local(1, n % 4 === 0 ? 8 : n % 2 === 0 ? 16 : 32)))],
];

/** A tensor read in one packing and written in another, 5 × 37, by windows that stick out. */
export function moved(d: DType, from: Packing, to: Packing): Case {
  const b = builder("moved"), R = 5, C = 37;
  const codes = Array.from({ length: R * C }, (_, i) => (i * 2654435761) % 2 ** d.bits);
  const x = b.tensor("x", "in", d, [R, C], from), y = b.tensor("y", "out", d, [R, C], to);
  const [c, r] = b.grid([["c", 2], ["r", 2]]);
  b.threads(d.bits > 4 ? 32 : 16); // a word or less for each thread
  const at = { offsets: [scalarOp("mul", r, constant(4)), scalarOp("mul", c, constant(32))], sizes: [constant(4), constant(32)] };
  b.store({ to: b.slice({ x: y }, at), x: b.load({ x: b.slice({ x }, at) }, d.hasZero ? {} : { pad: 1 }) });
  return { program: b.finish(), inputs: { x: tileFromCodes(d, [R, C], codes) }, dims: {} };
}

// ── products ───────────────────────────────────────────────────────────────────────────────────────────────

/** dot of two types from shared tiles, K = 37, with zero points and a tail. */
export function product(dx: DType, dy: DType): Case {
  const b = builder("product"), M = 3, K = 37, N = 5, integer = dx.kind !== "float" && dy.kind !== "float";
  const codes = (d: DType, n: number, step: number) => Array.from({ length: n }, (_, i) => (i * step) % 2 ** d.bits);
  const x = b.load({ x: b.tensor("x", "in", dx, [M, K], dense(2)) }, dx.hasZero ? {} : { pad: 1 });
  const y = b.load({ x: b.tensor("y", "in", dy, [K, N], planes(2)) }, dy.hasZero ? {} : { pad: 1 });
  const out = b.tensor("out", "out", integer ? "i32" : "f32", [M, N], dense(2));
  b.grid([["g", 1]]);
  b.threads(8);
  b.store({ to: out, x: b.dot({ x, y, ...(integer ? { zx: 3, zy: -2 } : {}) }, { k: constant(33) }) });
  return { program: b.finish(), inputs: { x: tileFromCodes(dx, [M, K], codes(dx, M * K, 7)), y: tileFromCodes(dy, [K, N], codes(dy, K * N, 5)) }, dims: {} };
}
export const kinds = ["u3", "i4", "b2", "u8", "f4e2m1", "f6e2m3"].map(dtype);
