// What lowering knows while it walks a Program: expressions, buffers, what stands for each value, and which
// reads are still current. One Context serves one attempt; what an attempt learns too late (a shared tile can't be
// dense) is kept in Hints for the next one.
import { Bug, fail, type Span } from "../../diagnostic.ts";
import type { Packing, RegisterLayout } from "../../layout/index.ts";
import { buffersOf, eachStmt, instructions, printsAny, tileShape, type Compute, type DType, type Inst, type Program, type Scalar, type Size, type Value } from "../../vm/index.ts";
import type { Work } from "../cost.ts";
import { defaultRates, type Rates } from "../rates.ts";
import type { DecoderChoice } from "../decode.ts";
import { expressions, type Exprs } from "../loop/expr.ts";
import type { Buffer, Expr, LoopStmt, Reg, Var } from "../loop/ir.ts";
import { noAccesses, type Accesses } from "./accesses.ts";
import type { PricedProduct } from "./fold.ts";
import type { Printing } from "./print.ts";

/** What the code generator must know of a device. Plain data: also a device that isn't there can be a target. */
export interface Target {
  /** f16 arithmetic in WGSL. */
  readonly f16: boolean;
  /** WGSL has `dot4I8Packed` and `dot4U8Packed`: the language feature "packed_4x8_integer_dot_product". */
  readonly packedDot: boolean;
  /** The one size of all subgroups, where it is known and WGSL has `subgroup_id`; absent: no exchange between lanes. */
  readonly subgroup?: number | undefined;
  /** Static memory accesses that the driver compiles in reasonable time (a device profile's budget). */
  readonly staticAccesses: number;
  /** Loops of up to so many constant turns are written out by the driver's compiler whatever they hold; absent: it weighs that by itself. */
  readonly unrolls?: number | undefined;
  /**
   * The driver's compiler aligns the vectors that it keeps in memory only where an array lies beside them. On lavapipe they are 32 bytes at multiples of 16
   * otherwise: every other one crosses lines of a cache, or none, as it happens, and a loop that keeps many takes up to twice as long.
   */
  readonly arrayAligns?: boolean | undefined;
  /** `unpack2x16float` is known to keep subnormals, which WGSL leaves to the driver. */
  readonly halfSubnormals?: boolean | undefined;
  /** What the device is fast at, for choices between ways. */
  readonly rates: Rates;
  /** Bytes of workgroup memory. */
  readonly workgroupBytes: number;
  /** Most threads of a block. */
  readonly maxThreads: number;
  /** Whether `print` says anything. */
  readonly debug?: boolean | undefined;
  /** Most storage buffers of a kernel. */
  readonly maxStorageBuffers: number;
}

/** The target that every WebGPU device is at least. */
export const baseTarget: Target = Object.freeze({ f16: false, packedDot: false, rates: defaultRates.gpu, staticAccesses: 512, workgroupBytes: 16384, maxThreads: 256, maxStorageBuffers: 8 });

/** What earlier attempts found out. */
export interface Hints {
  /** Shared tiles (value ids) that need a word for each element. */
  readonly wide: Set<number>;
  /** The shared tiles take too much memory where each has its own. */
  tight: boolean;
  /** What ways to a product do, by the instruction and their names: the same in all attempts of the same tiles. */
  readonly work: Map<Inst, Map<string, Work>>;
}

/** A tensor or shared tile. */
export interface Memory {
  readonly id: number;
  readonly buffer: Buffer;
  readonly dtype: DType;
  readonly extents: readonly Expr[];
  /** How elements lie in u32 words; absent where each element is one array element. */
  readonly packing: Packing | undefined;
  /** The packing is the user's. */
  readonly asked?: boolean | undefined;
  /** Other tensors lie in the same buffer: of its words only the bits of elements are this one's. */
  readonly woven?: boolean | undefined;
  /** Written in this kernel: reads before and after a write differ. */
  readonly mutable: boolean;
}

/** Elements of memory as they lie, with a pad (absent: anything) where they lie outside. */
export interface Moves { readonly view: Extract<Binding, { kind: "view" }>; readonly pad: Expr | undefined }

/** What stands for a Value. */
export type Binding =
  /** In registers. */
  | { readonly kind: "reg"; readonly reg: Reg; readonly layout: RegisterLayout; readonly dtype: DType; readonly shape: readonly number[] }
  /** Computed where it is used. `reads`: registers and mutable memories that must not change before that. */
  | { readonly kind: "lazy"; readonly at: (index: readonly Expr[]) => Expr; readonly layout: RegisterLayout; readonly dtype: DType; readonly shape: readonly number[]; readonly reads: ReadonlySet<Reg | Memory>; readonly free: boolean; readonly moves?: Moves | undefined }
  | { readonly kind: "view"; readonly memory: Memory; readonly dtype: DType; readonly shape: readonly (number | Expr)[]; readonly map: (index: readonly Expr[]) => { readonly index: readonly Expr[]; readonly bit?: Expr | undefined } };

/** An array that tiles of an arena take turns in: as long as the longest, of elements that all have or of words. */
export interface Arena { readonly buffer: Buffer; readonly names: string[]; length: number }

/** What changes when something is written: of tiles in one array, the array. */
const storeOf = (of: Reg | Memory | Buffer): Reg | Buffer => ("buffer" in of ? of.buffer : of);

/** Where a slot loop stands: the slot of a layout and the element it holds. */
export interface Cursor { readonly layout: RegisterLayout; readonly slot: Expr; readonly index: readonly Expr[] }

/**
 * How much there is of an attempt already. Once it surely has more memory accesses than the target takes, one that is for counting its loops goes on
 * with as little as that needs, and one that is for fitting ends.
 */
export interface AttemptSize extends Accesses { readonly goal: "count" | "fit" | "all"; over: boolean }

/** What was asked of a layout: the elements of its slots, and the slots that hold elements, by an index as it is given and by its expressions. */
export interface Asked { readonly elements: Map<number, readonly Expr[]>; readonly slots: Map<readonly Expr[], Expr>; readonly alike: Map<string, Expr> }

export interface Context {
  readonly e: Exprs;
  readonly program: Program;
  readonly target: Target;
  readonly hints: Hints;
  readonly thread: Var;
  readonly bindings: Map<number, Binding>;
  readonly symbols: Map<string, Expr>;
  /** Scalar variables by symbol. */
  readonly cells: Map<string, Reg>;
  readonly blocks: Var[];
  /** Extents of grid axes by the index along them, which is always below. */
  readonly extents: Map<Expr, Expr>;
  readonly uniforms: Var[];
  readonly buffers: Buffer[];
  /** Most memory accesses of one unrolled slot loop; longer ones are rolled around a shorter body. */
  readonly allowance: number;
  /** The same outside of products, whose accesses are worth more than what brings and stores their tiles. */
  turn: number;
  /** Arrays that several shared tiles lie in, by arena. */
  readonly arenas: Map<number, Arena>;
  /** Shared tiles (value ids) that have an array element for each of theirs, because threads may meet in it. */
  readonly updated: ReadonlySet<number>;
  /** Buffers (their ids) in whose words threads may meet, and the type of the atomics on them. */
  readonly atomic: Map<number, "u32" | "i32">;
  /** Threads exchange values within subgroups. */
  exchanges: boolean;
  /** All ways to products are priced, also those that can't be taken. */
  readonly prices: boolean;
  /** Products that can be made in several ways, as they were met. */
  readonly products: PricedProduct[];
  /** How codes become f32 values, by type, as they were met. */
  readonly decoders: Set<DecoderChoice>;
  /** What was asked of layouts, which instructions share. */
  readonly asked: Map<RegisterLayout, Asked>;
  /** Where index maps lead, by their names and what they were given. */
  readonly mapped: Map<string, Map<readonly Expr[], readonly Expr[]>>;
  /** Slot loops that were made. */
  loops: number;
  /** Loops that were written out where others aren't, by their statements: the first stands for the loop as it would be else, the others for nothing. */
  readonly rolled: Map<LoopStmt, readonly LoopStmt[]>;
  /** What is known of the attempt's size while it is made. */
  readonly size: AttemptSize;
  /** Something was learnt that asks for another attempt. */
  retry: boolean;
  /** Lazy values that nobody has used yet, in order. */
  readonly pending: Map<number, Value>;
  cursor: Cursor | undefined;
  /** Threads may still be reading the scratch words. */
  scratchBusy: boolean;
  /** Where prints go, in debug builds. */
  printing: Printing | undefined;
  /** Scratch workgroup words of cross-thread traffic. */
  scratch(words: number): Buffer;
  /** Bytes of the user's shared tiles. */
  sharedBytes(): number;
  scalar(s: Size): Expr;
  epoch(of: Reg | Memory | Buffer): number;
  /** Reads of `of` from here on differ from those before. */
  written(of: Reg | Memory | Buffer): void;
  /** All reads of registers and mutable memory from here on differ (loop and branch borders). */
  border(): void;
  reg(name: string, type: Compute, slots: number): Reg;
  loop(name: string, trips: number): Var;
  nameOf(v: Value, fallback: string): string;
  /** A number for a value that the Program doesn't have. */
  fresh(): number;
  /** Statements being built. */
  out: LoopStmt[];
  span: Span | undefined;
}

/** Accesses that a loop may come to with all its turns for a driver to write it out that does so with every short loop. */
export const writtenOut = ({ staticAccesses }: Pick<Target, "staticAccesses">): number => Math.floor(staticAccesses / 9);

/** Type that a tile's elements have in expressions: the code of storage types, else the value. */
export const slotType = (d: DType): Compute => (d.storage ? "u32" : d.compute);

/** Shared tiles (value ids) that updates change: they have an array element for each of theirs. */
function updatedTiles(p: Program): ReadonlySet<number> {
  const root = new Map<number, number>(), found = new Set<number>();
  eachStmt(p.body, (s) => {
    if (s.kind !== "inst") return;
    const { x, to } = s.operands, row = instructions.get(s.name);
    if (row?.effect === "view" && s.out && x) root.set(s.out.id, root.get(x.id) ?? x.id);
    if (to && (row?.atomic || row?.scatters)) found.add(root.get(to.id) ?? to.id);
  });
  return found;
}

const DIM_MAX = 2 ** 30;

/** Divisors of dimensions that the requirements state: `M % 32 == 0`. */
function divisors(p: Program): Map<string, number> {
  const found = new Map<string, number>();
  const learn = (s: Scalar): void => {
    if (s.kind !== "op") return;
    if (s.op === "and") s.args.forEach(learn);
    const [a, b] = s.args;
    if (s.op === "eq" && a?.kind === "op" && a.op === "rem" && b?.kind === "const" && b.value === 0) {
      const [x, n] = a.args;
      if (x?.kind === "symbol" && n?.kind === "const" && n.value > 0) found.set(x.id, Math.max(found.get(x.id) ?? 1, n.value));
    }
  };
  for (const r of p.requires) learn(r.condition);
  return found;
}

/** The largest number of a Program's values. */
function largestValue(p: Program): number {
  let most = Math.max(-1, ...p.params.map((q) => (q.kind === "tensor" ? q.value.id : -1)));
  eachStmt(p.body, (s) => { if (s.kind === "inst" && s.out) most = Math.max(most, s.out.id); });
  return most;
}

/** A fresh context for one attempt. */
export function createContext(program: Program, target: Target, hints: Hints, allowance: number, goal: AttemptSize["goal"], prices = false): Context {
  const e = expressions();
  const epochs = new Map<object, number>();
  let base = 0, regId = 0, nextValue = 1 + largestValue(program);
  const divisor = divisors(program);
  const symbols = new Map<string, Expr>();
  const uniforms: Var[] = [], buffers: Buffer[] = [];
  const thread = e.variable({ name: "t", type: "i32", role: "thread", lo: 0, hi: program.threads - 1, divisor: 1 });
  for (const d of program.dims) {
    const v = e.variable({ name: d, type: "i32", role: "uniform", lo: 0, hi: DIM_MAX, divisor: divisor.get(d) ?? 1 });
    uniforms.push(v);
    symbols.set(d, e.use(v));
  }
  for (const p of program.params)
    if (p.kind === "scalar") {
      // Booleans travel as 0 and 1.
      const v = e.variable({ name: p.name, type: p.type === "bool" ? "u32" : p.type, role: "uniform", lo: p.type === "u32" || p.type === "bool" ? 0 : -Infinity, hi: Infinity, divisor: 1 });
      uniforms.push(v);
      symbols.set(p.symbol.id, p.type === "bool" ? e.op("ne", e.use(v), e.constant("u32", 0)) : e.use(v));
    }
  let scratch: Buffer | undefined, scratchWords = 0;
  // The scratch buffer grows with need: its length is read when the body is finished.
  const growing = (): Buffer => {
    const b = { id: -1, name: "scratch", space: "workgroup" as const, access: "read_write" as const, elem: "u32" as const, atomic: false as const, get length() { return scratchWords; } };
    buffers.push(b);
    return b;
  };
  const scalar = (s: Size): Expr => {
    if (typeof s === "number") return e.of(s);
    switch (s.kind) {
      case "const": return e.constant(s.type, s.type === "bool" ? s.value !== 0 : s.value);
      case "symbol": {
        const x = symbols.get(s.id);
        if (!x) throw new Bug(`scalar ${s.id} is not known here`);
        return x;
      }
      case "to": return e.to(s.type, scalar(s.arg));
      case "op": {
        const args = s.args.map(scalar), [a, b] = args;
        if (a && b && s.type === "i32" && (s.op === "div" || s.op === "rem") && a.lo >= 0 && b.lo > 0) return s.op === "div" ? e.fdiv(a, b) : e.fmod(a, b);
        return e.op(s.op, ...args);
      }
      default: return s satisfies never;
    }
  };
  const c: Context = {
    e, program, target, hints, thread, symbols, uniforms, buffers, bindings: new Map(), cells: new Map(), printing: undefined, blocks: [], extents: new Map(), allowance, turn: target.unrolls ? writtenOut(target) : Infinity, arenas: new Map(), updated: updatedTiles(program), atomic: new Map(), exchanges: false, prices, products: [], decoders: new Set(), asked: new Map(), mapped: new Map(), loops: 0, rolled: new Map(), size: { ...noAccesses(), goal, over: false }, retry: false, pending: new Map(), cursor: undefined, scratchBusy: false, out: [], span: undefined, scalar,
    scratch(words) { scratchWords = Math.max(scratchWords, words); return (scratch ??= growing()); },
    sharedBytes: () => buffers.reduce((n, b) => n + (b.space === "workgroup" && b.id >= 0 ? (b.length ?? 0) * (b.elem === "f16" && target.f16 ? 2 : 4) : 0), 0),
    epoch: (of) => (epochs.get(storeOf(of)) ?? 0) + base,
    written(of) { epochs.set(storeOf(of), (epochs.get(storeOf(of)) ?? 0) + 1); },
    border() { base += 1_000; },
    reg: (name, type, slots) => Object.freeze({ id: regId++, name, type, slots }),
    loop: (name, trips) => e.variable({ name, type: "i32", role: "loop", lo: 0, hi: trips - 1, divisor: 1 }),
    nameOf: (v, fallback) => program.names.get(v.id) ?? fallback,
    fresh: () => nextValue++,
  };
  program.grid.forEach((axis) => {
    const extent = scalar(axis.extent);
    const v = e.variable({ name: program.names.get(axis.symbol.id) ?? axis.symbol.id, type: "i32", role: "block", lo: 0, hi: Number.isFinite(extent.hi) ? Math.max(0, extent.hi - 1) : DIM_MAX, divisor: 1 });
    c.blocks.push(v);
    c.extents.set(e.use(v), extent);
    symbols.set(axis.symbol.id, e.use(v));
  });
  bindParams(c);
  return c;
}

function bindParams(c: Context): void {
  const stored = new Set<number>(), root = new Map<number, number>();
  eachStmt(c.program.body, (s) => {
    if (s.kind !== "inst") return;
    const of = s.operands.x;
    if (s.out && s.out.space !== "reg" && of) root.set(s.out.id, root.get(of.id) ?? of.id);
    if (s.name === "store" && s.operands.to) stored.add(root.get(s.operands.to.id) ?? s.operands.to.id);
  });
  let binding = 0;
  const buffers = buffersOf(c.program.params.filter((p) => p.kind === "tensor"));
  const said = c.target.debug && printsAny(c.program) ? 1 : 0;
  if (buffers.size + said > c.target.maxStorageBuffers)
    fail({ code: "R0202", message: `the kernel has ${buffers.size} tensors${said ? " and prints" : ""}; this device binds at most ${c.target.maxStorageBuffers} storage buffers`, help: "join small tensors into one, or split the kernel" });
  for (const [name, tensors] of buffers) {
    const { id } = tensors[0].value, woven = tensors.length > 1, mutable = tensors.some((p) => p.direction !== "in" || stored.has(p.value.id));
    // Whether a store shares words is found out on the way; everybody who asks later is told.
    const buffer: Buffer = Object.freeze({ id, name, space: "storage", access: mutable ? "read_write" : "read", elem: "u32", woven, get atomic() { return c.atomic.get(id) ?? false; }, binding: binding++ });
    c.buffers.push(buffer);
    for (const p of tensors) {
      const extents = p.value.shape.map(c.scalar);
      const memory: Memory = { id: p.value.id, buffer, dtype: p.value.dtype, extents, packing: p.packing, woven, mutable };
      c.bindings.set(p.value.id, { kind: "view", memory, dtype: p.value.dtype, shape: p.value.shape.map((n, d) => (typeof n === "number" ? n : (extents[d] ?? c.e.of(0)))), map: (index) => ({ index }) });
    }
  }
}

/** Binding of a value; a Bug if it was never made. */
export function bound(c: Context, v: Value): Binding {
  const b = c.bindings.get(v.id);
  if (!b) throw new Bug(`value %${v.id} is used before it is made`);
  return b;
}

export function boundView(c: Context, v: Value): Extract<Binding, { kind: "view" }> {
  const b = bound(c, v);
  if (b.kind !== "view") throw new Bug(`value %${v.id} is no memory`);
  return b;
}

/** The layout of a register value; inference must have given one. */
export function layoutOf(v: Value): RegisterLayout {
  if (!v.layout) throw new Bug(`value %${v.id} ${v.dtype.name}[${tileShape(v).join(", ")}] has no layout`);
  return v.layout;
}
