// The kernels behind matmul: one product y[M, N] = x[M, K] · w[N, K]ᵀ (+ bias), parametric in what the factors are (types, packings,
// groups with scales, zero points, offsets) and in how the work is cut into tiles.
//
//   for each step of K that lies in one group of both factors:   acc += dot(x, wᵀ, zeros) · scales
//
// A factor's number is (code − zero) · scale + offset. Integer codes are multiplied and added exactly, and scaled after the step's sum;
// of offsets the sum is taken apart:  Σ (s·a + o)(t·b + p) = st·Σab + sp·Σa + ot·Σb + op·n.
// A factor of a format is one of these where the format's value says so (vm/format-terms.ts); else its values are made, through shared memory.
import { compose, dense, local, planes, spatial, type Packing, type RegisterLayout } from "../layout/index.ts";
import { aloneDim, builder, cdiv, constant, dtype, elementView, formatForm, formatParam, formatTensors, formatTerms, loadFormat, scalarOp, scalarTo, symbol, type Along, type Builder, type Format, type FormatForm, type FormatParam, type FormatTerms, type KernelDefinition, type Program, type Scalar, type Value } from "../vm/index.ts";
import { acrossProgram } from "./matmul-across.ts";
import { hasRuns, rowSums, type RowSums } from "./matmul-sums.ts";

/** What a factor is: its codes, and what lies beside them. */
export interface FactorSpec {
  readonly type: string;
  readonly packing: Packing;
  /** Its codes lie as bit planes along K. */
  readonly planes: boolean;
  /** Four rows lie together, so many elements of each at a time, and so does what lies beside them (prepackWeights). */
  readonly prepacked?: 8 | 32 | undefined;
  /** Elements along K that share a scale, at most K; 0: one scale for the whole tensor. Of a factor without scales it means nothing. */
  readonly group: number;
  /** How scales, zeros and offsets lie; dense where nothing is said. */
  readonly beside?: Packing | undefined;
  readonly scales?: string | undefined;
  readonly zeros?: string | undefined;
  readonly offsets?: string | undefined;
  /** The factor is of a format; the rest says what its values are in terms of codes. */
  readonly format?: FactorFormat | undefined;
}

/** A factor of a format. */
export interface FactorFormat {
  readonly format: Format;
  /** Its axis that is summed over: 1, or 0 where the format lies as [K, N]. */
  readonly along: Along;
  /** Undefined: its values are no codes times something, and are made before they are multiplied. */
  readonly form: FormatForm | undefined;
  /** How many rows there are, where no field's shape tells it. */
  readonly rows: number | undefined;
}

const forms = new WeakMap<Format, Map<Along, FormatForm | "none">>();

/** Whether a field's shape tells how many rows a matrix of a format has. */
const tellsRows = (f: Format, along: Along, K: number): boolean =>
  formatTensors(f, along === 1 ? [symbol("dim", "N"), K] : [K, symbol("dim", "N")]).some((t) => t.shape.some((n) => aloneDim(n) !== undefined));

/**
 * What a factor of a format is.
 * @param K elements that are summed over
 * @param rows of which there are so many sums
 */
export function formatFactor(format: Format, along: Along, K: number, rows: number): FactorSpec {
  const all = forms.get(format) ?? new Map<Along, FormatForm | "none">(), known = all.get(along) ?? formatForm(format, along) ?? "none";
  forms.set(format, all.set(along, known));
  const form = known === "none" ? undefined : known, plain = { packing: dense(2), planes: false, group: 0 };
  const of: FactorFormat = { format, along, form, rows: tellsRows(format, along, K) ? undefined : rows };
  if (!form) return { ...plain, type: "f32", format: of };
  return {
    ...plain, type: form.code.dtype.name, group: Math.min(form.run, K), format: of,
    scales: form.scaled ? "f32" : undefined, zeros: form.zero === undefined ? undefined : form.zero === "any" ? "f32" : "i32", offsets: form.offset ? "f32" : undefined,
  };
}

/** How the work is cut: rows and columns of a block, its threads, and how much of K goes through shared memory at once (0: tensors are read where they lie). */
export interface Tiling {
  readonly BM: number;
  readonly BN: number;
  readonly threads: number;
  readonly shared: number;
  /** Columns fill whole blocks, which is checked before a launch: none is tested for. */
  readonly whole?: boolean | undefined;
  /** Rows do. */
  readonly wholeRows?: boolean | undefined;
  /** Threads share rows of weights along K (matmul-across.ts). */
  readonly across?: boolean | undefined;
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
/** The largest |code − zero|, by the type: zero points are numbers of it, or are known of a format. */
function reach({ type, zeros, format }: FactorSpec): number {
  const t = dtype(type), zero = format?.form?.zero, [least, most] = typeof zero === "number" ? [zero, zero] : Array.isArray(zero) ? zero as readonly [number, number] : zeros ? [t.min, t.max] : [0, 0];
  return Math.max(t.max - least, most - t.min);
}
/** One scale for all of a row: it may wait until the row is summed. */
const oneScale = (f: FactorSpec, K: number): boolean => f.group === 0 || f.group >= K;
/** Greatest common divisor. */
export const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** What lies outside belongs to rows that aren't stored: it may be any number. */
const padding = (x: Value): { readonly pad?: number } => (x.dtype.hasZero ? {} : { pad: x.dtype.table ? x.dtype.max : 1 });

/** Whether something is added to a factor's numbers after scaling: its offsets, or −zero · scale of half zero points. */
const shifts = (name: "x" | "w", f: FactorSpec, exact: boolean): boolean => f.offsets !== undefined || shiftsZero(name, f, exact);
/**
 * Whether half zero points are taken off sums: no product of integers takes them. Those of weights always are, because there are more weights than rows; whole
 * ones cost nothing where codes are decoded.
 */
const shiftsZero = (name: "x" | "w", f: FactorSpec, exact: boolean): boolean => (exact || name === "w") && f.zeros === "f32";

/**
 * How many elements of K are summed before they are scaled: all of them, or as many as lie in one group of both factors, as long as the
 * sum of integers stays within i32.
 */
export function stepOf({ K, x, w }: Pick<ProductSpec, "K" | "x" | "w">): number {
  const exact = integer(x) && integer(w), scaled = x.scales !== undefined || w.scales !== undefined;
  const inner = [x, w].filter((f) => f.scales !== undefined && !oneScale(f, K)), group = inner.reduce((g, f) => gcd(f.group, g), 0) || K;
  const most = shifts("x", x, exact) || shifts("w", w, exact) ? 256 : exact && scaled ? Math.max(1, Math.floor((2 ** 31 - 1) / (reach(x) * reach(w)))) : Infinity;
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

/** A factor inside a block: its rows from `first` on. As columns of the result, `across` is true and one number for each row lies as [1, rows]. */
interface Side {
  readonly spec: FactorSpec;
  readonly name: "x" | "w";
  readonly first: Scalar;
  readonly rows: number;
  readonly across: boolean;
  /** Its tensors: codes, and what lies beside them; of a format its fields. */
  readonly tensors: Readonly<Record<string, Value>>;
  readonly param: FormatParam | undefined;
  /** Terms of a format by where they hold from. */
  readonly terms: Map<Scalar, FormatTerms>;
}

/** Declares the parameters of a factor: `x`, and `x_scales` and so on, or one of a format. */
function sideOf(b: Builder, name: "x" | "w", f: FactorSpec, extent: Scalar, K: number, at: Pick<Side, "first" | "rows" | "across">): Side {
  const base = { ...at, spec: f, name, terms: new Map<Scalar, FormatTerms>() };
  if (f.format) return { ...base, tensors: {}, param: formatParam(b, name, "in", f.format.format, f.format.along === 1 ? [extent, K] : [K, extent]) };
  const beside = f.group === 0 ? [1, 1] as const : [extent, Math.max(1, Math.ceil(K / f.group))] as const;
  const own = (["scales", "zeros", "offsets"] as const).flatMap((what) => (f[what] === undefined ? [] : [[what, b.tensor(`${name}_${what}`, "in", f[what], beside, f.beside ?? dense(2))] as const]));
  return { ...base, param: undefined, tensors: { codes: b.tensor(name, "in", f.type, [extent, K], f.packing), ...Object.fromEntries(own) } };
}

/** A block at work. */
interface Block {
  readonly b: Builder;
  readonly spec: ProductSpec;
  readonly step: number;
  readonly exact: boolean;
}

const window = (b: Builder, x: Value, first: Scalar, rows: number, k0: Scalar, width: number): Value =>
  b.slice({ x }, { offsets: [first, k0], sizes: [num(rows), num(width)] });
const cast = (b: Builder, x: Value, to: typeof f32): Value => (x.dtype === to ? x : b.cast({ x }, { to }));

/** Values that are made at once, along what is summed over, where tensors are read where they lie otherwise. */
const MADE = 16;

/** Whether a factor is of a format whose values are made before they are multiplied. */
const made = (s: Side): boolean => s.param !== undefined && !s.spec.format?.form;
/** Whether columns of its memory are what is summed over. */
const down = (s: Side): boolean => s.spec.format?.along === 0;

/** A part of a factor's codes as they lie in memory. */
function codesAt({ b }: Block, s: Side, k0: Scalar, width: number): Value {
  const form = s.spec.format?.form, x = s.param && form ? elementView(b, s.param, form.code.name) : s.tensors["codes"];
  return down(s) ? window(b, x, k0, width, s.first, s.rows) : window(b, x, s.first, s.rows, k0, width);
}

/** Codes, or a shared tile of them, as the product takes them: x row by row, w column by column. */
const operand = ({ b }: Block, s: Side, x: Value): Value => (s.across === down(s) ? x : b.transposed({ x }));

/** What a format's values are made of from element `k0` on. */
function termsOf({ b }: Block, s: Side, param: FormatParam, k0: Scalar): FormatTerms {
  const found = s.terms.get(k0);
  if (found) return found;
  const t = formatTerms(b, param, s.spec.format?.along ?? 1, s.first, s.rows, k0);
  const turned = <T extends Value | number | undefined>(v: T): T | Value => (typeof v === "object" && s.across !== down(s) ? b.reshape({ x: v }, { shape: [1, s.rows] }) : v);
  const terms: FormatTerms = { zero: turned(t.zero), scales: t.scales.map(turned), offset: turned(t.offset) };
  s.terms.set(k0, terms);
  return terms;
}

/** The scales (zeros, offsets) that hold from element `k0` on, one for each row, as numbers of a type; undefined for none. */
function beside({ b }: Block, s: Side, what: "scales" | "zeros" | "offsets", k0: Scalar, type = f32): Value | undefined {
  const x = s.tensors[what], { group } = s.spec;
  if (!x) return undefined;
  const at = group === 0 ? window(b, x, num(0), 1, num(0), 1) : window(b, x, s.first, s.rows, scalarOp("div", k0, num(group)), 1);
  return cast(b, b.load({ x: s.across ? b.transposed({ x: at }) : at }, type === f32 && x.dtype.hasZero ? {} : { pad: 1 }), type);
}

/** What sums are multiplied with. */
function scalesOf(c: Block, s: Side, k0: Scalar): readonly (Value | number)[] {
  if (s.param) return s.spec.scales === undefined ? [] : termsOf(c, s, s.param, k0).scales;
  const by = beside(c, s, "scales", k0);
  return by ? [by] : [];
}

const offsetOf = (c: Block, s: Side, k0: Scalar): Value | undefined => (s.param ? (s.spec.offsets === undefined ? undefined : termsOf(c, s, s.param, k0).offset) : beside(c, s, "offsets", k0));

/** What is taken off codes: whole numbers as i32, others as f32. */
const rawZero = (c: Block, s: Side, k0: Scalar): Value | number | undefined => {
  const type = s.spec.zeros !== undefined && dtype(s.spec.zeros).compute !== "f32" ? i32 : f32;
  if (!s.param) return beside(c, s, "zeros", k0, type);
  const zero = s.spec.zeros === undefined ? undefined : termsOf(c, s, s.param, k0).zero;
  return typeof zero === "object" ? cast(c.b, zero, type) : zero;
};

const times = (b: Builder, x: Value, scales: readonly (Value | number)[]): Value => scales.reduce<Value>((v, s) => b.mul({ x: v, y: s }), x);

/** What a factor adds after scaling. */
function shiftOf(c: Block, s: Side, k0: Scalar): Value | undefined {
  const { b } = c, offset = offsetOf(c, s, k0);
  if (!shiftsZero(s.name, s.spec, c.exact)) return offset;
  const zero = rawZero(c, s, k0), shift = zero === undefined ? undefined : times(b, b.neg({ x: zero }), scalesOf(c, s, k0));
  return offset && shift ? b.add({ x: offset, y: shift }) : offset ?? shift;
}

const zeroOf = (c: Block, s: Side, k0: Scalar): Value | number | undefined => (shiftsZero(s.name, s.spec, c.exact) ? undefined : rawZero(c, s, k0));

/** Some of two optional values, put together. */
const both = (f: (x: Value, y: Value) => Value, x: Value | undefined, y: Value | undefined): Value | undefined => (x && y ? f(x, y) : x ?? y);

/** Elements between the rows of a shared tile, so that rows are an odd number of words long: threads that walk down a column meet at different banks. */
function apart(bits: number, columns: number): number {
  const words = (columns * bits) / 32;
  return Number.isInteger(words) && words % 2 === 0 ? 32 / gcd(32, bits) : 0;
}

/** Threads that fill a row of results lie side by side along it, each with all rows and neighbouring columns: what they read of x is the same. */
const layoutOf = ({ BM, BN, threads }: Tiling): { readonly layout?: RegisterLayout } => (BN % threads === 0 ? { layout: compose(compose(local(BM, 1), spatial(1, threads)), local(1, BN / threads)) } : {});

/** The sum of a step: codes less zero points, multiplied where they lie or from shared tiles. */
function product(c: Block, x: Side, w: Side, k0: Scalar, acc?: Value): Value {
  const { b, spec, step, exact } = c, { BM, BN, shared } = spec.tiling, by = spec.by, sides = [x, w] as const;
  const zx = zeroOf(c, x, k0), zy = zeroOf(c, w, k0), left = (k: Scalar, width: number): Scalar => validOf(spec.K, k, width);
  const zeros = { ...(zx !== undefined ? { zx } : {}), ...(zy !== undefined ? { zy } : {}) };
  const staged = (s: Side): boolean => shared > 0 || made(s);
  const type = exact ? i32 : f32, { layout } = layoutOf(spec.tiling), nothing = (): Value | undefined => layout && b.convert({ x: b.fill({}, { value: 0, dtype: type, shape: [BM, BN] }) }, { layout });
  if (!sides.some(staged)) return b.dot({ x: operand(c, x, codesAt(c, x, k0, step)), y: operand(c, w, codesAt(c, w, k0, step)), acc: acc ?? nothing(), ...zeros }, { k: left(k0, step), by });
  const width = Math.min(shared > 0 ? shared : MADE, step), shapeOf = (s: Side): readonly number[] => (down(s) ? [width, s.rows] : [s.rows, width]);
  const tiles = new Map(sides.filter(staged).map((s) => {
    const [rows, columns] = shapeOf(s), tile = b.shared({}, { dtype: dtype(s.spec.type), shape: [rows, columns + (s.spec.planes ? 0 : apart(dtype(s.spec.type).bits, columns))], ...(s.spec.planes ? { packing: planes(2) } : {}) });
    return [s, window(b, tile, num(0), rows, num(0), columns)] as const;
  }));
  const sum = b.var({ init: acc ?? 0 }, { dtype: type, shape: [BM, BN], ...layoutOf(spec.tiling) });
  const part = (at: Scalar, valid: Scalar): void => {
    for (const [s, to] of tiles) {
      if (s.param && made(s)) b.store({ to, x: cast(b, loadFormat(b, s.param, down(s) ? { offsets: [at, s.first], sizes: shapeOf(s) } : { offsets: [s.first, at], sizes: shapeOf(s) }), f32) });
      else b.copy({ from: codesAt(c, s, at, width), to }, { unpadded: true });
    }
    b.barrier({});
    const [a, y] = sides.map((s) => operand(c, s, tiles.get(s) ?? codesAt(c, s, at, width)));
    b.assign({ to: sum, from: b.dot({ x: a, y, acc: sum, ...zeros }, { k: valid, by }) });
    b.barrier({});
  };
  if (width === step) part(k0, left(k0, width));
  else b.loop("kk", { from: 0, to: step, step: width }, (kk) => { const at = scalarOp("add", k0, kk); part(at, step % width === 0 ? left(at, width) : scalarOp("min", scalarOp("sub", num(step), kk), left(at, width))); });
  return sum;
}

/** What is made once in a block: sums of x that weights with offsets are multiplied with, and ones that give other sums. */
interface MadeOnce { readonly sums: RowSums | undefined; readonly ones: Value | undefined }

/** Elements of the rows of x as numbers, 0 past the end of K. */
function numbersOf(c: Block, s: Side, k0: Scalar, width: number, type: typeof f32): Value {
  const { b } = c;
  return cast(b, s.param && made(s) ? loadFormat(b, s.param, { offsets: [s.first, k0], sizes: [s.rows, width] }) : b.load({ x: codesAt(c, s, k0, width) }), type);
}

/** Sums of a step of weights whose values are made, a few at a time. */
function sumsOfMade({ b, step }: Block, w: Side, param: FormatParam, k0: Scalar): Value {
  const width = gcd(step, MADE), sum = b.var({ init: 0 }, { dtype: f32, shape: [1, w.rows] });
  b.loop("kk", { from: 0, to: step, step: width }, (kk) => {
    const at = scalarOp("add", k0, kk), v = cast(b, loadFormat(b, param, down(w) ? { offsets: [at, w.first], sizes: [width, w.rows] } : { offsets: [w.first, at], sizes: [w.rows, width] }), f32);
    b.assign({ to: sum, from: b.add({ x: sum, y: b.reshape({ x: b.reduce_sum({ x: v }, { axis: down(w) ? 0 : 1, keep: false }) }, { shape: [1, w.rows] }) }) });
  });
  return sum;
}

/** What the block needs for offsets. Rows that can't be summed so, as of a type without zero, are multiplied with ones. */
function madeOnce(c: Block, x: Side, w: Side): MadeOnce {
  const { b, step, exact, spec: { K, tiling: { BM, threads } } } = c, type = exact ? i32 : f32, ofW = shifts("w", w.spec, exact), inRuns = made(x) || (dtype(x.spec.type).hasZero && hasRuns(BM, step));
  const sums = ofW && inRuns ? rowSums(b, { rows: BM, threads, K, step, type, read: (k, width) => numbersOf(c, x, k, width, type) }) : undefined;
  const ones = shifts("x", x.spec, exact) || (ofW && !inRuns) ? b.shared({}, { dtype: dtype("u1"), shape: [1, step], packing: planes(2) }) : undefined;
  if (ones) { b.store({ to: ones, x: b.fill({}, { value: 1, dtype: dtype("u1"), shape: [1, step] }) }); b.barrier({}); }
  return { sums, ones };
}

/** What the offsets of a step add: sp·Σa + ot·Σb + op·n. The sums of x are those of the chunk from `from` on. */
function offsetTerms(c: Block, x: Side, w: Side, k0: Scalar, { sums, ones }: MadeOnce, from: Scalar): Value | undefined {
  const { b, spec: { K }, step } = c, k = validOf(K, k0, step), alone = { shape: [1, 1] };
  const ox = shiftOf(c, x, k0), ow = shiftOf(c, w, k0), zx = zeroOf(c, x, k0), zy = zeroOf(c, w, k0), f = (v: Value): Value => cast(b, v, f32);
  const ofX = (own: Value): Value => {
    const { dtype: type } = own, zero = typeof zx === "number" ? b.fill({}, { value: zx, dtype: type, ...alone }) : zx && cast(b, zx, type);
    return zero ? b.sub({ x: own, y: b.mul({ x: zero, y: b.fill({}, { value: scalarTo(type === i32 ? "i32" : "f32", k), dtype: type, ...alone }) }) }) : own;
  };
  const byOnes = (): Value | undefined => ones && b.dot({ x: operand(c, x, codesAt(c, x, k0, step)), y: b.transposed({ x: ones }), ...(zx !== undefined ? { zx } : {}) }, { k });
  const ownX = ow && (sums ? ofX(sums.of(k0, from)) : byOnes()), sumX = ownX && times(b, f(ownX), scalesOf(c, x, k0));
  const ownW = (): Value | undefined => (w.param && made(w) ? sumsOfMade(c, w, w.param, k0) : ones && b.dot({ x: ones, y: operand(c, w, codesAt(c, w, k0, step)), ...(zy !== undefined ? { zy } : {}) }, { k })), own = ox && ownW(), sumW = own && times(b, f(own), scalesOf(c, w, k0));
  const add = (x: Value, y: Value): Value => b.add({ x, y });
  // ow · (Σa + n·ox) + ox · Σb
  const count = ox && ow && b.mul({ x: ox, y: b.fill({}, { value: scalarTo("f32", k), dtype: f32, ...alone }) });
  return both(add, ow && b.mul({ x: both(add, sumX, count) ?? ow, y: ow }), ox && sumW && b.mul({ x: ox, y: sumW }));
}

/** The Program of a product. Its parameters are x, w, what lies beside them, `bias`, and the result y. */
function productProgram(spec: ProductSpec): Program {
  const { K, out, tiling: { BM, BN, threads, whole, wholeRows: full } } = spec, b = builder("matmul", DOC), extent = (name: string, f: FactorSpec): Scalar => (f.format?.rows === undefined ? b.dim(name) : num(f.format.rows)), M = extent("M", spec.x), N = extent("N", spec.w), step = stepOf(spec), exact = integer(spec.x) && integer(spec.w);
  const [bn, bm] = b.grid([["bn", cdiv(N, BN)], ["bm", cdiv(M, BM)]]), m0 = scalarOp("mul", bm, num(BM)), n0 = scalarOp("mul", bn, num(BN));
  const x = sideOf(b, "x", spec.x, M, K, { first: m0, rows: BM, across: false }), w = sideOf(b, "w", spec.w, N, K, { first: n0, rows: BN, across: true });
  const bias = spec.bias && b.tensor("bias", "in", spec.bias.type, [N], spec.bias.packing), y = b.tensor("y", "out", out, [M, N], dense(2));
  b.threads(threads);
  if (whole) b.require(scalarOp("eq", scalarOp("rem", N, num(BN)), num(0)), "the columns of the product fill whole blocks");
  if (full) b.require(scalarOp("eq", scalarOp("rem", M, num(BM)), num(0)), "its rows fill whole blocks");
  const sum = cast(b, sumOf({ b, spec, step, exact }, x, w), dtype(out)), add = bias && b.load({ x: b.slice({ x: bias }, { offsets: [n0], sizes: [num(BN)] }) }, padding(bias));
  b.store({ to: b.slice({ x: y }, { offsets: [m0, n0], sizes: [num(BM), num(BN)] }), x: add ? b.add({ x: sum, y: cast(b, b.reshape({ x: add }, { shape: [1, BN] }), sum.dtype) }) : sum });
  return b.finish();
}

const DOC = "y = x · wᵀ";

/** The kernel of a product. */
export const productKernel = (spec: ProductSpec): KernelDefinition => ({ name: "matmul", doc: DOC, comptime: {}, specialise: () => (spec.tiling.across ? acrossProgram(spec, DOC) : productProgram(spec)) });

/** The scaled sum over all of K. */
function sumOf(c: Block, x: Side, w: Side): Value {
  const { b, spec: { K, tiling: { BM, BN } }, step, exact } = c, zero = num(0);
  const nothing = (dtype: typeof f32): Value => b.fill({}, { value: 0, dtype, shape: [BM, BN] });
  if (K === 0) return nothing(exact && !x.spec.scales && !w.spec.scales ? i32 : f32);
  const shifted = [x, w].some((s) => shifts(s.name, s.spec, exact)), late = shifted ? [] : [x, w].filter((s) => oneScale(s.spec, K)), early = [x, w].filter((s) => !late.includes(s));
  const scaled = (v: Value, sides: readonly Side[], k0: Scalar): Value => sides.reduce((y, s) => { const by = scalesOf(c, s, k0); return by.length ? times(b, cast(b, y, f32), by) : y; }, v);
  if (step >= K && !shifted) return scaled(product(c, x, w, zero), [...early, ...late], zero);
  const once = shifted ? madeOnce(c, x, w) : undefined, chunk = once?.sums?.chunk ?? K, acc = b.var({ init: nothing(f32) }, { dtype: f32, shape: [BM, BN], ...layoutOf(c.spec.tiling) });
  const part = (from: Scalar, to: Scalar): void => {
    once?.sums?.fill(from);
    b.loop("k", { from, to, step }, (k) => {
      const more = scaled(cast(b, product(c, x, w, k), f32), early, k), terms = once && offsetTerms(c, x, w, k, once, from);
      b.assign({ to: acc, from: b.add({ x: acc, y: terms ? b.add({ x: more, y: terms }) : more }) });
    });
  };
  if (chunk >= K) part(zero, num(K));
  else b.loop("chunk", { from: 0, to: K, step: chunk }, (from) => { part(from, K % chunk === 0 ? scalarOp("add", from, num(chunk)) : scalarOp("min", scalarOp("add", from, num(chunk)), num(K))); b.barrier({}); });
  return scaled(acc, late, zero);
}
