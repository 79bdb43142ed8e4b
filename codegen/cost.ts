// What statements cost a thread on a device: operations by kind, counted from the loop form as it is written down (what has a
// name is done once, where it stands; words that lie together are one load), over the device's rates.
import { MADE_OF, type Expr, type Func, type LoopStmt, type Reg, type Var } from "./loop/ir.ts";
import { exprsOf, operandsOf } from "./loop/operands.ts";
import { placeStmts, type PlacedStmt } from "./loop/place.ts";
import type { Rates } from "./rates.ts";

/** Operations of one thread, by the kinds that a device's rates tell apart. Stores count as loads. */
export interface Work {
  readonly integer: number;
  readonly imul: number;
  /** Fused multiply-adds of f32. */
  readonly fma: number;
  /** All else that is done with f32. */
  readonly float: number;
  readonly f16fma: number;
  readonly popcount: number;
  readonly packedDot: number;
  readonly packedDotUnsigned: number;
  readonly convert: number;
  readonly sharedLoad: number;
  /** Loads of workgroup memory at an index that was loaded itself: each thread has its own. */
  readonly tableLoad: number;
  /** Reads of register tiles at a place that the text doesn't tell, as in loops that stay loops: such tiles lie in memory. */
  readonly privateLoad: number;
  /** Writes of such. */
  readonly privateStore: number;
  /** Loads of single words. */
  readonly storageLoad: number;
  /** Loads of four words; of two, half of one. */
  readonly storageLoad4: number;
  /**
   * Loads, stores, dots and counts of bits, of those above, in loops whose code a CPU that plays a GPU doesn't keep decoded; as loads of four words, by how much
   * code they are. Of loops nearly as long as ten such loads a part.
   */
  readonly longLoad: number;
  /** Those in loops as long as twenty such loads; of loops as long as ten to twenty a part. */
  readonly longerLoad: number;
  readonly trip: number;
  readonly barrier: number;
}

type Sums = { -readonly [K in keyof Work]: number };
const none = (): Sums => ({ integer: 0, imul: 0, fma: 0, float: 0, f16fma: 0, popcount: 0, packedDot: 0, packedDotUnsigned: 0, convert: 0, sharedLoad: 0, tableLoad: 0, privateLoad: 0, privateStore: 0, storageLoad: 0, storageLoad4: 0, longLoad: 0, longerLoad: 0, trip: 0, barrier: 0 });
const KINDS = Object.keys(none()) as readonly (keyof Work)[];

const isPower = (n: number): boolean => Number.isInteger(Math.log2(Math.abs(n)));

/** Whether something is loaded for a value. */
const loads = (x: Expr): boolean => (x.from & MADE_OF.memory) !== 0;

const add = (to: Sums, w: Work, times: number): void => { for (const k of KINDS) to[k] += w[k] * times; };

const functions = new WeakMap<Func, Work>();
/** What a call of a function does. */
function inside(f: Func): Work {
  const known = functions.get(f), sums = none();
  if (known) return known;
  visitor(sums, new Set(), { written: new Set(), arrays: new Set() })(f.body);
  functions.set(f, sums);
  return sums;
}

/** Variables of loops around statements that the driver writes out, and register tiles that were found to lie in memory so far. */
interface Place { readonly written: ReadonlySet<Var>; readonly arrays: Set<Reg> }

/** Whether a register tile lies in memory, by this access or another. */
function inMemory(reg: Reg, slot: Expr, { written, arrays }: Place): boolean {
  if (!told(slot, written)) arrays.add(reg);
  return arrays.has(reg);
}

/** Whether a subscript is a number for the driver: constants, and variables of loops that it writes out. */
const told = (x: Expr, written: ReadonlySet<Var>): boolean => x.node.kind === "const" || (x.node.kind === "var" ? written.has(x.node.v) : x.from === 0 && operandsOf(x).every((y) => told(y, written)));

/** Adds what expressions do that weren't seen before. */
function visitor(sums: Sums, seen: Set<Expr>, at: Place): (x: Expr) => void {
  const visit = (x: Expr): void => {
    if (seen.has(x)) return;
    seen.add(x);
    own(x, sums, at);
    operandsOf(x).forEach(visit);
  };
  return visit;
}

/** Operations that it takes to read and to write a register tile in memory at a place that the text tells: of a CPU all lanes at once; taken for a GPU's as well. */
const MEMORY = { read: 2, write: 4 } as const;

/** What one expression does by itself. */
function own(x: Expr, s: Sums, at: Place): void {
  const n = x.node, float = x.type === "f32" || x.type === "f16";
  switch (n.kind) {
    case "const": case "var": case "part": return;
    case "reg": if (inMemory(n.reg, n.slot, at)) { if (told(n.slot, at.written)) s.integer += MEMORY.read; else s.privateLoad++; } return;
    case "load":
      if (n.vector) s.storageLoad4 += n.vector / 4;
      else s[n.buffer.space === "storage" ? "storageLoad" : loads(n.index) ? "tableLoad" : "sharedLoad"]++;
      return;
    case "op":
      if (n.op === "popcount") s.popcount++;
      else if (n.op === "dot4i") s.packedDot++;
      else if (n.op === "dot4u") s.packedDotUnsigned++;
      else if (n.op === "lowHalf" || n.op === "highHalf") return;
      else if (float) s[x.type === "f16" ? "f16fma" : n.op === "fma" ? "fma" : "float"]++;
      else if (n.op === "mul" || n.op === "div" || n.op === "rem") s.imul++;
      else s.integer++;
      return;
    case "sum":
      s.integer += n.terms.length - 1 + (n.offset === 0 ? 0 : 1);
      for (const { coefficient: k } of n.terms) if (Math.abs(k) !== 1) s[isPower(k) ? "integer" : "imul"]++;
      return;
    case "field": s.integer += n.at.node.kind === "const" && (n.at.node.value === 0 || n.at.node.value + n.width === 32) ? 1 : 2; return;
    case "to": if (float || n.arg.type === "f32" || n.arg.type === "f16") s.convert++; return;
    case "bits": return;
    case "packHalf": case "unpackHalf": case "table": s.integer += 2; return;
    case "call": add(s, inside(n.f), 1); return;
    default: n satisfies never;
  }
}

/** How far `to` is from `from` at most: also where both move with an outer loop, as of a chunk that ends at first + 256 or before. */
function distance(to: Expr, from: Expr): number {
  const a = to.node, b = from.node, plain = to.hi - from.lo, more = a.kind === "op" && a.op === "add" ? a.args[1]?.node : undefined;
  if (a.kind === "op" && a.op === "min") return Math.min(plain, ...a.args.map((x) => distance(x, from)));
  if (a.kind === "op" && more?.kind === "const") return Math.min(plain, distance(a.args[0], from) + more.value);
  const alike = a.kind === "sum" && b.kind === "sum" && a.terms.length === b.terms.length && a.terms.every((t, i) => t.of === b.terms[i].of && t.coefficient === b.terms[i].coefficient);
  return to === from ? 0 : alike ? a.offset - b.offset : plain;
}

/** How often a loop runs at most; 1 where nobody knows. */
function trips(s: Extract<PlacedStmt, { kind: "for" }>): number {
  const most = Math.ceil(distance(s.to, s.from) / s.step);
  return Number.isFinite(most) && most < 2 ** 24 ? Math.max(0, most) : 1;
}

/**
 * The work of statements for one thread; what several of a list use is done once. Of the branches of an `if` both count.
 * @param unrolls turns of loops that the driver writes out at most, as a target tells: subscripts in them are constants, and what they tell apart registers
 * @example
 * ```ts
 * const b = builder("twice"), x = b.tensor("x", "in", "f32", [64], dense(1)), y = b.tensor("y", "out", "f32", [64], dense(1));
 * b.threads(32);
 * const v = b.load({ x });
 * b.store({ to: y, x: b.add({ x: v, y: v }) });
 * const { storageLoad, float } = work(lowerProgram(prepare(b.finish()).program, baseTarget).body.stmts);
 * [storageLoad, float]; // => [2, 2]
 * ```
 */
export function work(stmts: readonly LoopStmt[], unrolls = 0): Work {
  const placed = placeStmts(stmts), at: Around = { named: new Set(), written: new Set(), arrays: new Set(), unrolls }, found = workOf(placed, at);
  const all = at.arrays.size ? workOf(placed, at) : found; // which lie in memory is known only at the end
  // Around all is one more loop, over the subgroups of a block.
  const { longLoad, longerLoad } = longOf(all);
  return { ...all.done, longLoad: Math.round(all.done.longLoad + longLoad), longerLoad: Math.round(all.done.longerLoad + longerLoad) };
}

/** The work of a part of a kernel, for one thread: how long the code will be that it lies in, nobody knows there. */
export const workOfPart = (stmts: readonly LoopStmt[]): Work => ({ ...work(stmts), longLoad: 0, longerLoad: 0 });

/**
 * Instructions of what a CPU that plays a GPU writes out, lane by lane or because it has nothing like it: counted in lavapipe's code for 8 lanes (with AVX-512
 * it is two thirds); of dots and counts of bits by how much longer they take than `integer`.
 */
const CODE = { sharedLoad: 110, tableLoad: 110, privateLoad: 80, privateStore: 80, storageLoad: 150, storageLoad4: 500, popcount: 13, packedDot: 14, packedDotUnsigned: 12 } as const satisfies Partial<Record<keyof Work, number>>;
const WRITTEN_OUT = Object.keys(CODE) as readonly (keyof typeof CODE)[];
/** Instructions of each operation else: itself, and about one that moves what doesn't fit into registers. */
const MOVED = 2;

/** Operations that all turns of a loop but one come to at most for a driver to write it out: Mesa's limit, 26 · 32, less what each loop has around them. */
const OPERATIONS = 790;
/** What each counts for there: by then drivers have taken dots apart. */
const COUNTED = { integer: 1, imul: 1, fma: 1, float: 1, f16fma: 1, popcount: 1, convert: 1, packedDot: CODE.packedDot, packedDotUnsigned: CODE.packedDotUnsigned };
/** Whether a driver writes out a loop of so many turns, which does so with loops of up to `unrolls`. */
export const writesOut = (turns: number, turn: Partial<Work>, unrolls: number): boolean =>
  turns <= unrolls && (turns - 1) * Object.entries(COUNTED).reduce((n, [kind, by]) => n + by * (turn[kind as keyof typeof COUNTED] ?? 0), 0) <= OPERATIONS;

/**
 * Instructions of a loop that a CPU keeps decoded, and of loops of ten and of twenty loads of four words, of which devices have rates: how much it keeps of those
 * differs. What it doesn't keep is decoded in each turn: vectors of arithmetic wait for nothing else but their operands and take as long as before, but lanes one
 * by one, several instructions in a clock, two to three times as long. Dots and counts of bits are taken for alike: alone in a long loop they take a quarter
 * longer at most, but products of 16 rows with W4A4 and W4A8 took 1.6 to 1.9 times what was counted without.
 */
const DECODED = 3600, LONG = 10 * CODE.storageLoad4, LONGER = 20 * CODE.storageLoad4;
/** How far a number is on the way from one to another, 0 to 1. */
const between = (n: number, from: number, to: number): number => Math.min(1, Math.max(0, (n - from) / (to - from)));
/** What counts as `longLoad` and `longerLoad` of a loop's turn. */
const longOf = ({ code, writtenOut }: Pick<Counted, "code" | "writtenOut">): Pick<Work, "longLoad" | "longerLoad"> => {
  const loads = writtenOut / CODE.storageLoad4;
  return { longLoad: loads * between(code, DECODED, LONG), longerLoad: loads * between(code, LONG, LONGER) };
};
/** Instructions of what is done without a loop, and those among them that are written out. */
function codeOf(done: Partial<Work>): Pick<Counted, "code" | "writtenOut"> {
  const of = (kinds: readonly (keyof Work)[], by: (k: keyof Work) => number): number => kinds.reduce((n, k) => n + (done[k] ?? 0) * by(k), 0), writtenOut = of(WRITTEN_OUT, (k) => CODE[k as keyof typeof CODE]);
  return { code: writtenOut + of(KINDS.filter((k) => !Object.hasOwn(CODE, k)), () => MOVED), writtenOut };
}
/** What counts as `longLoad` and `longerLoad` of a turn that does so much without a loop in it. */
export const longLoads = (turn: Partial<Work>): Pick<Work, "longLoad" | "longerLoad"> => longOf(codeOf(turn));

/** What has a name where statements stand, too. */
interface Around extends Place { readonly named: ReadonlySet<Expr>; readonly unrolls: number }

/** What statements do, the instructions that they are, and those among them that are written out and that no inner loop counts as long. */
interface Counted { readonly done: Work; readonly code: number; readonly writtenOut: number }

function workOf(stmts: readonly PlacedStmt[], at: Around): Counted {
  const own = none(), sums = none(), code = { all: 0, writtenOut: 0 }, { unrolls, written } = at, names = new Set(at.named), visit = visitor(own, new Set(names), at);
  const within = (list: readonly PlacedStmt[], v?: Var): Counted => workOf(list, { ...at, named: names, written: v ? new Set(written).add(v) : written });
  /** Statements that stand here so often. */
  const here = (c: Counted, times = 1): void => { add(sums, c.done, times); code.all += times * c.code; code.writtenOut += times * c.writtenOut; };
  /** A loop of so many turns. */
  const loop = (c: Counted, turns: number): void => {
    const { longLoad, longerLoad } = longOf(c);
    add(sums, c.done, turns);
    sums.trip += turns;
    sums.longLoad += turns * longLoad;
    sums.longerLoad += turns * longerLoad;
    code.all += c.code;
    code.writtenOut += c.writtenOut - CODE.storageLoad4 * longLoad;
  };
  for (const s of stmts) {
    if (s.kind === "let") { visit(s.expr); names.add(s.expr); continue; }
    exprsOf(s).forEach(visit);
    // Another lane's value takes about two operations.
    if (s.kind === "set" && (s.lane || s.mask !== undefined)) own.integer += 2;
    if (s.kind === "set" && inMemory(s.reg, s.slot, at)) { if (told(s.slot, written)) own.integer += MEMORY.write; else own.privateStore++; }
    if (s.kind === "store") own[s.buffer.space === "storage" ? "storageLoad" : "sharedLoad"]++;
    if (s.kind === "for") {
      const n = trips(s), out = !s.hidden && n <= unrolls && s.from.lo === s.from.hi && s.to.lo === s.to.hi ? within(s.body, s.v) : undefined;
      if (out && writesOut(n, out.done, unrolls)) here(out, n); else loop(within(s.body), n);
    }
    else if (s.kind === "loop") loop(within(s.body), 1);
    else if (s.kind === "if") { here(within(s.then)); here(within(s.otherwise)); }
    else if (s.kind === "barrier") own.barrier++;
  }
  add(sums, own, 1);
  const alone = codeOf(own);
  return { done: sums, code: code.all + alone.code, writtenOut: code.writtenOut + alone.writtenOut };
}

/** Writes of register tiles in memory take so many times as long as reads: on lavapipe 8.6 ns of 8 lanes, reads 5.3. */
const WRITES = 1.6;

/**
 * Seconds that `threads` threads take for it, side by side with all others of a full device. What the device can't do takes forever.
 * @param r rates of the device: operations in a second
 * @example
 * ```ts
 * const b = builder("twice"), x = b.tensor("x", "in", "f32", [64], dense(1)), y = b.tensor("y", "out", "f32", [64], dense(1));
 * b.threads(32);
 * const v = b.load({ x });
 * b.store({ to: y, x: b.add({ x: v, y: v }) });
 * const { stmts } = lowerProgram(prepare(b.finish()).program, baseTarget).body;
 * seconds(work(stmts), defaultRates.swiftshader, 32) > seconds(work(stmts), defaultRates.nvidia, 32); // => true
 * ```
 */
export function seconds(some: Partial<Work>, r: Rates, threads = 1): number {
  const w: Work = { ...none(), ...some };
  const each = (n: number, rate: number | undefined, beside = 0): number => (n === 0 ? 0 : n * Math.max(0, 1 / (rate ?? 0) - beside));
  // Where loads are done lane by lane, memory beyond the caches hides behind that.
  const vectors = Math.max(r.storageRead ?? 0, r.storageReadShort ?? 0);
  /** What loads of four words take longer than at another rate. */
  const beyond = (n: number, rate: number | undefined, other: number | undefined): number => (rate === undefined || other === undefined ? 0 : each(16 * n, rate, 1 / other));
  // Some rates are of a chain with other operations in it, which are counted by themselves here.
  const op = 1 / (r.integer ?? Infinity);
  return threads * (
    each(w.integer, r.integer) + each(w.imul, r.imul, op) + each(w.fma, r.fma) + each(w.float, r.float ?? r.fma) + each(w.f16fma, r.f16fma) + each(w.popcount, r.popcount, 2 * op) + each(w.packedDot, r.packedDot, op) + each(w.packedDotUnsigned, r.packedDotUnsigned, op)
    + each(w.convert, r.convert, op) + each(w.sharedLoad, r.sharedLoad, op) + each(w.tableLoad, r.tableLoad, 2 * op)
    + (r.privateLoad === undefined ? (w.privateLoad + w.privateStore) * op : each(w.privateLoad + WRITES * w.privateStore, r.privateLoad, 2 * op))
    + each(4 * w.storageLoad, r.storageReadScalar) + each(16 * w.storageLoad4, vectors) + beyond(w.longLoad, r.storageReadLong, vectors) + beyond(w.longerLoad, r.storageReadLonger, r.storageReadLong)
    // A trip counts, compares and jumps.
    + (r.trip === undefined ? 3 * w.trip * op : each(w.trip, r.trip, 3 * op))
  ) + each(w.barrier, r.barrier);
}
