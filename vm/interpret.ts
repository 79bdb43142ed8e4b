// The interpreter: what a Program means. Blocks run one after the other, each instruction on whole tiles by its own
// `run`; nothing here knows what any instruction does.
import { Bug, Diagnostic } from "../diagnostic.ts";
import type { RegisterLayout } from "../layout/index.ts";
import { plainAttrs } from "./builder.ts";
import type { Datum, Instruction, Run } from "./instruction.ts";
import { shapeIn } from "./arguments.ts";
import { bindInputs, bindStep, shaped, type Inputs, type Launch } from "./interpret-bind.ts";
import { decompose, infer, rowOf } from "./passes/index.ts";
import type { PrintLine } from "./print.ts";
import { eachStmt, tileShape, withBlocks, type Inst, type Jump, type Program, type Stmt, type Value } from "./program.ts";
import { evaluate, type Scalar } from "./scalar.ts";
import { inStep, isSequence, kernelsOf, planSequence, type Sequence } from "./sequence.ts";
import { makeTile, whole, type Tile } from "./tile.ts";

/** Called after an instruction. */
export type Watch = (i: Inst, result: Datum | number | undefined, block: readonly number[], on: Watched) => void;

/** How to interpret. */
export interface InterpretOptions {
  /** Called after every instruction with its result (a tile, a view, a scalar, or nothing), the block's index, first axis first, and what it worked on. */
  readonly watch?: Watch | undefined;
  /** Called before each launch of a kernel (a sequence has several); gives who watches it. */
  readonly launch?: ((p: Program) => Watch) | undefined;
  /** Called before that with each tile that an instruction gives; the tile it returns goes on in its place. */
  readonly adjust?: ((i: Inst, tile: Tile) => Tile) | undefined;
  /** Told each line that a block prints. */
  readonly print?: ((line: PrintLine) => void) | undefined;
  /** Only these blocks of a Program, numbered along the grid with the first axis fastest. Default: all of them, in order. */
  readonly blocks?: readonly number[] | undefined;
}

/** What an instruction worked on: its operands by name (memory as it is now) and the values of scalars. */
export interface Watched {
  readonly operands: Readonly<Record<string, Datum>>;
  readonly scalar: (s: Scalar) => number;
}

/** An instruction made ready: what doesn't change from block to block. */
interface Step {
  readonly inst: Inst;
  readonly run: NonNullable<Instruction["run"]>;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly operands: readonly (readonly [key: string, of: Value])[];
  readonly services: Run;
  /** The register variable that the instruction overwrites. */
  readonly target: Value | undefined;
  /** The scalar that the instruction gives or overwrites. */
  readonly symbol: string | undefined;
}

/** A loop that goes round more often won't end: devices give up long before. */
const MOST_ROUNDS = 100_000_000;

/** What a block knows. */
interface Frame {
  readonly steps: ReadonlyMap<Inst, Step>;
  readonly env: Map<string, number>;
  readonly values: Map<number, Datum>;
  readonly block: readonly number[];
  readonly options: InterpretOptions;
}

function prepare(p: Program, env: Map<string, number>, say: (text: string, i: Inst) => void): ReadonlyMap<Inst, Step> {
  const steps = new Map<Inst, Step>();
  eachStmt(p.body, (s) => {
    if (s.kind !== "inst") return;
    const { run, effect } = rowOf(s), operands = Object.entries(s.operands);
    if (!run) throw new Bug(`'${s.name}' has no meaning to the interpreter`);
    const layouts = Object.fromEntries([...operands.map(([key, v]) => [key, v.layout] as const), ["out", s.out?.layout] as const]);
    const services: Run = { scalar: (x) => evaluate(x, env), print: (text) => say(text, s), threads: p.threads, layouts, out: s.out && { dtype: s.out.dtype, shape: tileShape(s.out) } };
    const { to } = s.operands, cell = s.attrs.to?.kind === "scalar" ? s.attrs.to.value : undefined;
    const symbol = s.result?.id ?? (effect === "write" && cell?.kind === "symbol" ? cell.id : undefined);
    steps.set(s, { inst: s, run, attrs: plainAttrs(s.attrs), operands, services, target: effect === "write" && to?.space === "reg" ? to : undefined, symbol });
  });
  return steps;
}

function runInst({ inst, run, attrs, operands, services, target, symbol }: Step, f: Frame): void {
  const data: Record<string, Datum> = {};
  for (const [key, v] of operands) {
    const d = f.values.get(v.id);
    if (!d) throw new Bug(`value %${v.id} is used before it is made`);
    data[key] = d;
  }
  let result: Datum | number | undefined;
  try { result = run(data, attrs, services) ?? undefined; } catch (e) { throw e instanceof Diagnostic ? e.at(inst.span) : e; }
  if (typeof result === "number") { if (symbol !== undefined) f.env.set(symbol, result); }
  else if (result !== undefined) {
    const v = inst.out ?? target;
    if (f.options.adjust && !("memory" in result)) result = f.options.adjust(inst, result);
    if (v) f.values.set(v.id, result);
  }
  f.options.watch?.(inst, result, f.block, { operands: data, scalar: services.scalar });
}

/** Runs statements; gives where a jump goes that they came to. */
function runBody(body: readonly Stmt[], f: Frame): Jump["to"] | undefined {
  for (const s of body)
    switch (s.kind) {
      case "inst": {
        const step = f.steps.get(s);
        if (!step) throw new Bug(`'${s.name}' wasn't prepared`);
        runInst(step, f);
        break;
      }
      case "for": {
        const from = evaluate(s.from, f.env), to = evaluate(s.to, f.env);
        // unroll and pipeline say how, not what
        for (let i = from; i < to; i += s.step) {
          f.env.set(s.symbol.id, i);
          const jump = runBody(s.body, f);
          if (jump === "return") return jump;
          if (jump === "break") break;
        }
        break;
      }
      case "if": {
        const jump = runBody(evaluate(s.condition, f.env) ? s.then : s.otherwise, f);
        if (jump) return jump;
        break;
      }
      case "while":
        for (let round = 0; ; round++) {
          if (round === MOST_ROUNDS) throw new Diagnostic({ code: "R0318", message: `this loop went round ${MOST_ROUNDS} times`, span: s.span, help: "something in the body must make its condition false: a device would hang" });
          if (runBody(s.head, f)) return "return";
          if (!evaluate(s.condition, f.env)) break;
          const jump = runBody(s.body, f);
          if (jump === "return") return jump;
          if (jump === "break") break;
        }
        break;
      case "jump": return s.to;
      default: s satisfies never;
    }
  return undefined;
}

/** Views read a thread's bits: their operands need layouts, the same as the code generator gives them. */
function laidOut(p: Program): Program {
  let missing = false;
  eachStmt(p.body, (s) => { if (s.kind === "inst" && s.name === "view" && !s.operands.x?.layout) missing = true; });
  if (!missing) return p;
  const layouts = new Map<number, RegisterLayout>();
  eachStmt(infer(decompose(p)).program.body, (s) => { if (s.kind === "inst" && s.name === "view" && s.out && s.operands.x.layout) layouts.set(s.out.id, s.operands.x.layout); });
  const block = (body: readonly Stmt[]): readonly Stmt[] => body.map((s) => {
    if (s.kind !== "inst") return withBlocks(s, block);
    const layout = s.name === "view" && s.out && layouts.get(s.out.id);
    return layout ? { ...s, operands: { ...s.operands, x: { ...s.operands.x, layout } } } : s;
  });
  return { ...p, body: block(p.body) };
}

/**
 * Runs a Program or a Sequence on tiles. Gives the `out` and `inout` tensors by name; inputs are never changed.
 * Throws a Diagnostic (H0401 to H0406, H0411, H0413, H0414) if the inputs don't fit the Program or a requirement doesn't hold.
 * @example
 * ```ts
 * const b = builder("twice");
 * const x = b.tensor("x", "in", "f32", [3], dense(1)), y = b.tensor("y", "out", "f32", [3], dense(1));
 * b.threads(32);
 * const v = b.load({ x });
 * b.store({ to: y, x: b.add({ x: v, y: v }) });
 * interpret(b.finish(), { x: tileFromValues(dtype("f32"), [3], [1, 2, 3]) }).y.data; // => new Float32Array([2, 4, 6])
 * ```
 */
export function interpret(program: Program | Sequence, inputs: Inputs, options: InterpretOptions = {}): Record<string, Tile> {
  const launch = bindInputs(program, inputs);
  const memories = isSequence(program) ? runSteps(program, launch, options) : launch.memories;
  if (!isSequence(program)) runGrid(laidOut(program), launch, options);
  return Object.fromEntries(program.params.flatMap((q) => (q.kind === "tensor" && q.direction !== "in" ? [[q.name, named(memories, q.name)]] : [])));
}

function named(memories: ReadonlyMap<string, Tile>, name: string): Tile {
  const t = memories.get(name);
  if (!t) throw new Bug(`tensor '${name}' wasn't bound`);
  return t;
}

/** Runs every block of the grid. */
function runGrid(p: Program, { memories, env }: Launch, given: InterpretOptions): void {
  const options = given.launch ? { ...given, watch: given.launch(p) } : given;
  const extents = p.grid.map((g) => Math.max(0, evaluate(g.extent, env)));
  let block: readonly number[] = [], sequence = 0;
  const steps = prepare(p, env, (text, i) => options.print?.({ block, sequence: sequence++, text, span: i.span })), blocks = extents.reduce((a, b) => a * b, 1);
  const chosen = options.blocks, count = chosen ? chosen.length : blocks;
  for (let b = 0; b < count; b++) {
    let rest = chosen ? chosen[b] : b;
    if (rest >= blocks) continue;
    block = extents.map((n) => { const i = rest % n; rest = Math.floor(rest / n); return i; });
    sequence = 0;
    p.grid.forEach((g, d) => env.set(g.symbol.id, block[d]));
    const values = new Map<number, Datum>();
    for (const q of p.params) if (q.kind === "tensor") values.set(q.value.id, whole(named(memories, q.name)));
    runBody(p.body, { steps, env, values, block, options });
  }
}

/** Runs the steps of a sequence one after the other; gives all its tensors. */
function runSteps(q: Sequence, { memories, env }: Launch, options: InterpretOptions): ReadonlyMap<string, Tile> {
  const all = new Map(memories), ready = new Map(kernelsOf(q.steps).map((k) => [k, laidOut(k)] as const));
  for (const t of q.temporaries) all.set(t.name, makeTile(t.value.dtype, shapeIn(shaped(t), env)));
  for (const s of planSequence(q, env))
    inStep(q.name, s.span, () => {
      const own = new Map(Object.entries(s.tensors).map(([param, tensor]) => [param, named(all, tensor)] as const));
      runGrid(ready.get(s.kernel) ?? laidOut(s.kernel), bindStep(s.kernel, own, s.scalars), options);
    });
  return all;
}
