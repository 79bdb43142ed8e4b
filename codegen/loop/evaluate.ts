// The evaluator of the loop form: runs the body for one block, every statement for all threads at once.
// Program = loop form = GPU; where two of them differ, this tells on which side the bug is.
import { Bug } from "../../diagnostic.ts";
import { evaluator, type Machine, type Vector } from "./evaluate-expr.ts";
import type { AtomicOp, Body, Buffer, LoopStmt, Reg, Var } from "./ir.ts";
import { raceCheck, type RaceCheck } from "./races.ts";
export { evaluateScalar } from "./evaluate-expr.ts";

type Jump = Extract<LoopStmt, { kind: "jump" }>["to"];

/** What a block is run with. */
export interface EvaluateOptions {
  /** Words of every storage buffer, by name; stores change them. */
  readonly buffers: ReadonlyMap<string, Uint32Array>;
  /** Values of the uniforms, by name. */
  readonly uniforms?: Readonly<Record<string, number>> | undefined;
  /** The block's grid indices, in the order of `body.blocks`. */
  readonly blocks: readonly number[];
  /** Also reports races between threads and reads of register slots that nothing set. */
  readonly check?: boolean | undefined;
  /** Seed of the order in which threads store; without it in the order of their numbers. */
  readonly seed?: number | undefined;
}

const noCheck: RaceCheck = { read: () => undefined, write: () => undefined, barrier: () => undefined };

/**
 * Runs a body for all threads of one block. Throws a `Bug` where a load or store leaves its buffer, where a barrier
 * isn't met by all threads, and with `check` for races and unset slots.
 * @example
 * ```ts
 * const b = builder("twice");
 * const x = b.tensor("x", "in", "f32", [64], dense(1)), y = b.tensor("y", "out", "f32", [64], dense(1));
 * b.threads(64);
 * const v = b.load({ x });
 * b.store({ to: y, x: b.add({ x: v, y: v }) });
 * const { body } = lowerProgram(prepare(b.finish()).program, baseTarget);
 * const buffers = new Map([["x", new Uint32Array(64).fill(0x3f800000)], ["y", new Uint32Array(64)]]); // f32 1, and room
 * evaluateBody(body, { buffers, blocks: [], check: true });
 * buffers.get("y")?.[63]; // => 0x40000000
 * ```
 */
export function evaluate(body: Body, options: EvaluateOptions): void {
  const T = body.threads, all = Int32Array.from({ length: T }, (_, t) => t);
  const vars = new Map<Var, Vector>(), regs = new Map<number, Vector[]>(), shared = new Map<number, Float64Array>();
  const races = options.check ? raceCheck() : noCheck;
  const random = options.seed === undefined ? undefined : generator(options.seed);
  const fill = (v: Var, value: number) => { vars.set(v, new Float64Array(T).fill(value)); };

  vars.set(body.thread, Float64Array.from(all));
  body.blocks.forEach((v, i) => fill(v, options.blocks[i] ?? 0));
  for (const v of body.uniforms) {
    const x = options.uniforms?.[v.name];
    if (x === undefined) throw new Bug(`the uniform ${v.name} has no value`);
    fill(v, x);
  }
  for (const b of body.buffers) if (b.space === "workgroup") shared.set(b.id, new Float64Array(b.length ?? 0));

  const memory = (b: Buffer): Float64Array | Uint32Array => {
    const found = b.space === "storage" ? options.buffers.get(b.name) : shared.get(b.id);
    if (!found) throw new Bug(`the buffer ${b.name} isn't there`);
    return found;
  };
  const inside = (b: Buffer, m: Float64Array | Uint32Array, index: number): number => {
    if (index < 0 || index >= m.length) throw new Bug(`index ${index} is outside ${b.name}, which has ${m.length} elements`);
    return index;
  };
  const missing = (what: string): never => { throw new Bug(`${what} is used before it is made`); };

  const slotOf = (r: Reg, slot: number): Vector => (regs.get(r.id) ?? missing(r.name))[slot] ?? missing(`${r.name}[${slot}]`);

  const m: Machine = {
    threads: T, active: all, count: T, stamp: 0,
    variable: (v) => vars.get(v) ?? missing(v.name),
    load: (b, index, t) => { const a = memory(b); races.read(b, inside(b, a, index), t); return a[index] ?? 0; },
    slot: (r, slot, t) => {
      const x = slotOf(r, slot)[t] ?? 0;
      if (options.check && Number.isNaN(x) && !(r.type === "f32" || r.type === "f16")) throw new Bug(`${r.name}[${slot}] is read before it is set`);
      return x;
    },
  };
  const value = evaluator(m);
  const everyone = (what: string) => { if (m.count !== T) throw new Bug(`${what} is met by ${m.count} of ${T} threads`); };
  const among = (threads: Int32Array, run: () => Jump | undefined): Jump | undefined => {
    const { active, count } = m;
    if (threads.length === 0) return undefined;
    m.active = threads;
    m.count = threads.length;
    const jump = run();
    m.active = active;
    m.count = count;
    return jump;
  };
  const those = (test: (t: number) => boolean): Int32Array => m.active.slice(0, m.count).filter(test);

  const update = (s: Extract<LoopStmt, { kind: "store" | "atomic" }>) => {
    const at = value(s.index), x = value(s.value), a = memory(s.buffer), compare = s.kind === "atomic" && s.compare ? value(s.compare) : x;
    const before = s.kind === "atomic" && s.v ? new Float64Array(T) : undefined;
    for (const t of random ? shuffled(m.active.slice(0, m.count), random) : m.active.subarray(0, m.count)) {
      const i = inside(s.buffer, a, at[t] ?? 0), v = x[t] ?? 0;
      races.write(s.buffer, i, t, v, s.kind === "atomic");
      if (before) before[t] = a[i] ?? 0;
      a[i] = s.kind === "store" ? v : atomic(s, a[i] ?? 0, v, compare[t] ?? 0);
    }
    if (s.kind === "atomic" && s.v && before) vars.set(s.v, before);
  };

  /** Runs statements; gives where a jump goes that all threads came to. */
  const run = (stmts: readonly LoopStmt[]): Jump | undefined => {
    for (const s of stmts) {
      const jump = step(s);
      if (jump) return jump;
    }
    return undefined;
  };
  const step = (s: LoopStmt): Jump | undefined => {
    m.stamp++;
    switch (s.kind) {
      case "loop":
        for (;;) {
          const jump = run(s.body);
          m.stamp++;
          if (jump === "return") return jump;
          if (jump === "break") return undefined;
        }
      case "jump": everyone("a jump"); return s.to;
      case "keep": vars.set(s.v, value(s.value).slice()); return undefined;
      case "for": {
        if (s.step < 1) throw new Bug(`a loop steps by ${s.step}`);
        const i = value(s.from).slice(), to = value(s.to).slice();
        for (;;) {
          const going = those((t) => (i[t] ?? 0) < (to[t] ?? 0));
          if (going.length === 0) break;
          vars.set(s.v, i);
          m.stamp++;
          const jump = among(going, () => run(s.body));
          if (jump === "return") return jump;
          if (jump === "break") break;
          for (const t of going) i[t] = (i[t] ?? 0) + s.step;
        }
        return undefined;
      }
      case "if": {
        const c = value(s.condition), yes = those((t) => c[t] !== 0), no = those((t) => c[t] === 0);
        const first = among(yes, () => run(s.then)), second = among(no, () => run(s.otherwise));
        return first ?? second;
      }
      case "declare": regs.set(s.reg.id, Array.from({ length: s.reg.slots }, () => new Float64Array(T).fill(NaN))); return undefined;
      case "set": {
        const at = value(s.slot), x = value(s.value), lanes = s.lane && value(s.lane), { mask } = s;
        if (mask === undefined && !lanes) { for (const t of m.active.subarray(0, m.count)) slotOf(s.reg, at[t] ?? 0)[t] = x[t] ?? 0; return undefined; }
        everyone("an exchange");
        const size = body.subgroup ?? 0, there = x.slice(), from = (t: number): number => (lanes ? lanes[t] : (t % size) ^ (mask ?? 0));
        for (let t = 0; t < T; t++) {
          const lane = from(t);
          if (!(lane >= 0 && lane < size)) throw new Bug(`an exchange with lane ${lane} leaves the subgroup of ${size}`);
          slotOf(s.reg, at[t] ?? 0)[t] = there[t - (t % size) + lane] ?? 0;
        }
        return undefined;
      }
      case "store": case "atomic": update(s); return undefined;
      case "uniform": {
        everyone("a uniform load");
        races.barrier();
        const at = value(s.index);
        if (at.some((i) => i !== at[0])) throw new Bug(`${s.v.name} is loaded from different places by different threads`);
        fill(s.v, m.load(s.buffer, at[0] ?? 0, 0));
        races.barrier();
        return undefined;
      }
      case "barrier": everyone("a barrier"); races.barrier(); return undefined;
      default: return s satisfies never;
    }
  };
  run(body.stmts);
}

/** Of two numbers of one 32-bit type, and what is compared with. */
const ATOMIC: Readonly<Record<AtomicOp, (a: number, b: number, compare: number) => number>> = {
  store: (_, b) => b, exchange: (_, b) => b, compareExchange: (a, b, compare) => (a === compare ? b : a),
  and: (a, b) => a & b, or: (a, b) => a | b, xor: (a, b) => a ^ b, add: (a, b) => a + b, sub: (a, b) => a - b, min: Math.min, max: Math.max,
};

/** The new element: the memory's elements are words, or numbers of an i32 array; they are combined in the type of the atomic. */
function atomic(s: Extract<LoopStmt, { kind: "atomic" }>, old: number, value: number, compare: number): number {
  if (!s.buffer.atomic) throw new Bug(`${s.buffer.name} isn't atomic`);
  const typed = s.buffer.atomic === "i32" ? (x: number) => x | 0 : (x: number) => x >>> 0;
  const made = ATOMIC[s.op](typed(old), typed(value), typed(compare));
  return s.buffer.space === "workgroup" && s.buffer.elem === "i32" ? made | 0 : made >>> 0;
}

/** Numbers in [0, 1) from a seed (mulberry32). */
function generator(seed: number): () => number {
  let s = seed | 0;
  return () => {
    s = (s + 0x6d2b79f5) | 0;
    let t = Math.imul(s ^ (s >>> 15), 1 | s);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shuffled(a: Int32Array, random: () => number): Int32Array {
  for (let i = a.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1)), x = a[i] ?? 0;
    a[i] = a[j] ?? 0;
    a[j] = x;
  }
  return a;
}
