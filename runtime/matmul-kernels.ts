// The kernels behind matmul: one product y[M, N] = x[M, K] · w[N, K]ᵀ (+ bias), parametric in what the factors are (types, packings,
// groups with scales, zero points, offsets) and in how the work is cut into tiles.
//
//   for each step of K that lies in one group of both factors:   acc += dot(x, wᵀ, zeros) · scales
//
// A factor's number is (code − zero) · scale + offset. Integer codes are multiplied and added exactly, and scaled after the step's sum;
// of offsets the sum is taken apart:  Σ (s·a + o)(t·b + p) = st·Σab + sp·Σa + ot·Σb + op·n.
import { dense, planes, type Packing } from "../layout/index.ts";
import { cdiv, constant, dim, dtype, input, kernel, output, scalarOp, scalarTo, type Builder, type KernelDefinition, type Scalar, type TensorSpec, type Value } from "../vm/index.ts";

/** What a factor is: its codes, and what lies beside them. */
export interface FactorSpec {
  readonly type: string;
  readonly packing: Packing;
  /** Its codes lie as bit planes along K. */
  readonly planes: boolean;
  /** Elements along K that share a scale, at most K; 0: one scale for the whole tensor. Of a factor without scales it means nothing. */
  readonly group: number;
  readonly scales?: string | undefined;
  readonly zeros?: string | undefined;
  readonly offsets?: string | undefined;
}

/** How the work is cut: rows and columns of a block, its threads, and how much of K goes through shared memory at once (0: tensors are read where they lie). */
export interface Tiling {
  readonly BM: number;
  readonly BN: number;
  readonly threads: number;
  readonly shared: number;
}

/** One kernel. */
export interface ProductSpec {
  readonly K: number;
  readonly x: FactorSpec;
  readonly w: FactorSpec;
  readonly bias?: { readonly type: string; readonly packing: Packing } | undefined;
  readonly out: "f32" | "i32";
  readonly by?: string | undefined;
  readonly tiling: Tiling;
}

const integer = (f: FactorSpec): boolean => dtype(f.type).compute === "i32" || dtype(f.type).compute === "u32";
/** The largest |code − zero|, by the type: zero points are numbers of it. */
const reach = ({ type, zeros }: FactorSpec): number => { const t = dtype(type); return zeros ? t.max - t.min : Math.max(t.max, -t.min); };
/** One scale for all of a row: it may wait until the row is summed. */
const wholeRows = (f: FactorSpec, K: number): boolean => f.group === 0 || f.group >= K;
const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** What lies outside belongs to rows that aren't stored: it may be any number. */
const padding = (x: Value): { readonly pad?: number } => (x.dtype.hasZero ? {} : { pad: x.dtype.table ? x.dtype.max : 1 });

/** What is added to a factor's numbers after scaling: its offsets, and of half zero points, which no integer product can take, −zero · scale. */
const shifts = (f: FactorSpec, exact: boolean): boolean => f.offsets !== undefined || (exact && f.zeros === "f32");

/**
 * How many elements of K are summed before they are scaled: all of them, or as many as lie in one group of both factors, as long as the
 * sum of integers stays within i32.
 */
export function stepOf({ K, x, w }: Pick<ProductSpec, "K" | "x" | "w">): number {
  const exact = integer(x) && integer(w), scaled = x.scales !== undefined || w.scales !== undefined;
  const inner = [x, w].filter((f) => f.scales !== undefined && !wholeRows(f, K)), group = inner.reduce((g, f) => gcd(f.group, g), 0) || K;
  const most = shifts(x, exact) || shifts(w, exact) ? 256 : exact && scaled ? Math.max(1, Math.floor((2 ** 31 - 1) / (reach(x) * reach(w)))) : Infinity;
  if (group <= most) return group;
  if (inner.length === 0) return most < 32 ? most : most - (most % 32);
  let step = most;
  while (group % step !== 0) step--;
  return step;
}

const f32 = dtype("f32"), i32 = dtype("i32");
/** How many of `width` elements from `k` on, a multiple of it, there are. */
const validOf = (K: number, k: Scalar, width: number): Scalar => (K % width === 0 ? num(width) : scalarOp("min", scalarOp("sub", num(K), k), num(width)));
const num = (n: number): Scalar => constant(n);

/** The parameters of a factor, by name: `x`, and `x_scales` and so on. */
function slots(name: "x" | "w", f: FactorSpec, rows: Scalar, K: number): Readonly<Record<string, TensorSpec>> {
  const beside = f.group === 0 ? [num(1), 1] as const : [rows, Math.max(1, Math.ceil(K / f.group))] as const;
  const own = (["scales", "zeros", "offsets"] as const).flatMap((what) => (f[what] === undefined ? [] : [[`${name}_${what}`, input(f[what], beside)] as const]));
  return { [name]: input(f.type, [rows, K], f.packing), ...Object.fromEntries(own) };
}

/** A factor inside a block: its rows from `first` on. As columns of the result, `across` is true and one number for each row lies as [1, rows]. */
interface Side {
  readonly spec: FactorSpec;
  readonly name: "x" | "w";
  readonly first: Scalar;
  readonly rows: number;
  readonly across: boolean;
}

/** A block at work. */
interface Block {
  readonly b: Builder;
  readonly p: Readonly<Record<string, Value>>;
  readonly spec: ProductSpec;
  readonly step: number;
  readonly exact: boolean;
}

const window = (b: Builder, x: Value, first: Scalar, rows: number, k0: Scalar, width: number): Value =>
  b.slice({ x }, { offsets: [first, k0], sizes: [num(rows), num(width)] });
const cast = (b: Builder, x: Value, to: typeof f32): Value => (x.dtype === to ? x : b.cast({ x }, { to }));

/** The scales (zeros, offsets) that hold from element `k0` on, one for each row, as numbers of a type; undefined for none. */
function beside({ b, p }: Block, s: Side, what: "scales" | "zeros" | "offsets", k0: Scalar, type = f32): Value | undefined {
  const x = p[`${s.name}_${what}`], { group } = s.spec;
  if (!x) return undefined;
  const at = group === 0 ? window(b, x, num(0), 1, num(0), 1) : window(b, x, s.first, s.rows, scalarOp("div", k0, num(group)), 1);
  return cast(b, b.load({ x: s.across ? b.transposed({ x: at }) : at }, type === f32 && x.dtype.hasZero ? {} : { pad: 1 }), type);
}

/** What a factor adds after scaling. */
function shiftOf(c: Block, s: Side, k0: Scalar): Value | undefined {
  const { b } = c, offset = beside(c, s, "offsets", k0);
  if (!(c.exact && s.spec.zeros === "f32")) return offset;
  const zero = beside(c, s, "zeros", k0), scale = beside(c, s, "scales", k0);
  const shift = zero && b.neg({ x: scale ? b.mul({ x: zero, y: scale }) : zero });
  return offset && shift ? b.add({ x: offset, y: shift }) : offset ?? shift;
}

const zeroOf = (c: Block, s: Side, k0: Scalar): Value | undefined => (c.exact && s.spec.zeros === "f32" ? undefined : beside(c, s, "zeros", k0, c.exact ? i32 : f32));

/** Some of two optional values, put together. */
const both = (f: (x: Value, y: Value) => Value, x: Value | undefined, y: Value | undefined): Value | undefined => (x && y ? f(x, y) : x ?? y);

/** The sum of a step: codes less zero points, multiplied where they lie or from shared tiles. */
function product(c: Block, x: Side, w: Side, k0: Scalar, acc?: Value): Value {
  const { b, p, spec, step, exact } = c, { BM, BN, shared } = spec.tiling, by = spec.by;
  const zx = zeroOf(c, x, k0), zy = zeroOf(c, w, k0), left = (k: Scalar, width: number): Scalar => validOf(spec.K, k, width);
  const zeros = { ...(zx ? { zx } : {}), ...(zy ? { zy } : {}) };
  if (shared === 0) {
    const y = b.transposed({ x: window(b, p.w, w.first, BN, k0, step) });
    return b.dot({ x: window(b, p.x, x.first, BM, k0, step), y, acc, ...zeros }, { k: left(k0, step), by });
  }
  const width = Math.min(shared, step);
  const [sx, sw] = [x, w].map((s) => b.shared({}, { dtype: dtype(s.spec.type), shape: [s.rows, width], ...(s.spec.planes ? { packing: planes(2) } : {}) }));
  const sum = b.var({ init: acc ?? 0 }, { dtype: exact ? i32 : f32, shape: [BM, BN] });
  const part = (at: Scalar, valid: Scalar): void => {
    for (const [s, to] of [[x, sx], [w, sw]] as const) b.copy({ from: window(b, p[s.name], s.first, s.rows, at, width), to }, { unpadded: true });
    b.barrier({});
    b.assign({ to: sum, from: b.dot({ x: sx, y: b.transposed({ x: sw }), acc: sum, ...zeros }, { k: valid, by }) });
    b.barrier({});
  };
  if (width === step) part(k0, left(k0, width));
  else b.loop("kk", { from: 0, to: step, step: width }, (kk) => { const at = scalarOp("add", k0, kk); part(at, step % width === 0 ? left(at, width) : scalarOp("min", scalarOp("sub", num(step), kk), left(at, width))); });
  return sum;
}

/** What the offsets of a step add: sp·Σa + ot·Σb + op·n. */
function offsetTerms(c: Block, x: Side, w: Side, k0: Scalar, ones: Value): Value | undefined {
  const { b, p, spec: { K }, step } = c, k = validOf(K, k0, step);
  const ox = shiftOf(c, x, k0), ow = shiftOf(c, w, k0), zx = zeroOf(c, x, k0), zy = zeroOf(c, w, k0), f = (v: Value): Value => cast(b, v, f32);
  const times = (a: Value, s: Value | undefined): Value => (s ? b.mul({ x: a, y: s }) : a);
  const sumX = ow && times(f(b.dot({ x: window(b, p.x, x.first, x.rows, k0, step), y: b.transposed({ x: ones }), ...(zx ? { zx } : {}) }, { k })), beside(c, x, "scales", k0));
  const sumW = ox && times(f(b.dot({ x: ones, y: b.transposed({ x: window(b, p.w, w.first, w.rows, k0, step) }), ...(zy ? { zy } : {}) }, { k })), beside(c, w, "scales", k0));
  const add = (x: Value, y: Value): Value => b.add({ x, y });
  // ow · (Σa + n·ox) + ox · Σb
  const count = ox && ow && b.mul({ x: ox, y: b.fill({}, { value: scalarTo("f32", k), dtype: f32, shape: [1, 1] }) });
  return both(add, ow && b.mul({ x: both(add, sumX, count) ?? ow, y: ow }), ox && sumW && b.mul({ x: ox, y: sumW }));
}

/** The kernel of a product. Its parameters are x, w, what lies beside them, `bias`, and the result y. */
export const productKernel = (spec: ProductSpec): KernelDefinition => kernel("matmul", {}, () => {
  const { K, out, tiling: { BM, BN, threads } } = spec, M = dim("M"), N = dim("N"), step = stepOf(spec), exact = integer(spec.x) && integer(spec.w);
  return {
    params: { ...slots("x", spec.x, M, K), ...slots("w", spec.w, N, K), ...(spec.bias === undefined ? {} : { bias: input(spec.bias.type, [N], spec.bias.packing) }), y: output(out, [M, N], dense(2)) },
    grid: { bn: cdiv(N, BN), bm: cdiv(M, BM) },
    threads,
    body(b, p, g) {
      const c: Block = { b, p, spec, step, exact }, m0 = scalarOp("mul", g.bm, num(BM)), n0 = scalarOp("mul", g.bn, num(BN));
      const x: Side = { spec: spec.x, name: "x", first: m0, rows: BM, across: false }, w: Side = { spec: spec.w, name: "w", first: n0, rows: BN, across: true };
      const y = cast(b, sumOf(c, x, w), dtype(out)), bias = p.bias && b.load({ x: b.slice({ x: p.bias }, { offsets: [n0], sizes: [num(BN)] }) }, padding(p.bias));
      b.store({ to: b.slice({ x: p.y }, { offsets: [m0, n0], sizes: [num(BM), num(BN)] }), x: bias ? b.add({ x: y, y: cast(b, b.reshape({ x: bias }, { shape: [1, BN] }), y.dtype) }) : y });
    },
  };
}, "y = x · wᵀ");

/** The scaled sum over all of K. */
function sumOf(c: Block, x: Side, w: Side): Value {
  const { b, spec: { K, tiling: { BM, BN } }, step, exact } = c, zero = num(0);
  const nothing = (dtype: typeof f32): Value => b.fill({}, { value: 0, dtype, shape: [BM, BN] });
  if (K === 0) return nothing(exact && !x.spec.scales && !w.spec.scales ? i32 : f32);
  const shifted = shifts(x.spec, exact) || shifts(w.spec, exact), late = shifted ? [] : [x, w].filter((s) => wholeRows(s.spec, K)), early = [x, w].filter((s) => !late.includes(s));
  const scaled = (v: Value, sides: readonly Side[], k0: Scalar): Value => sides.reduce((y, s) => { const by = beside(c, s, "scales", k0); return by ? b.mul({ x: cast(b, y, f32), y: by }) : y; }, v);
  if (step >= K && !shifted) return scaled(product(c, x, w, zero), [...early, ...late], zero);
  const ones = shifted ? b.shared({}, { dtype: dtype("u1"), shape: [1, step], packing: planes(2) }) : undefined;
  if (ones) { b.store({ to: ones, x: b.fill({}, { value: 1, dtype: dtype("u1"), shape: [1, step] }) }); b.barrier({}); }
  const acc = b.var({ init: nothing(f32) }, { dtype: f32, shape: [BM, BN] });
  b.loop("k", { from: 0, to: K, step }, (k) => {
    const more = scaled(cast(b, product(c, x, w, k), f32), early, k), terms = ones && offsetTerms(c, x, w, k, ones);
    b.assign({ to: acc, from: b.add({ x: acc, y: terms ? b.add({ x: more, y: terms }) : more }) });
  });
  return scaled(acc, late, zero);
}
