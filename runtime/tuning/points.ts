// The points of a kernel's tuning space, each with its Program and what the model says that it costs.
//
//   <BM: int in {16, 32} = 32, BN: int in {32, 64} = 64>   ──▶   (32, 64), (16, 32), (16, 64), (32, 32)   the default first
//
// A point is one that computes the same from the same tensors: where it can't be built, or takes other tensors, it is none.
import { Diagnostic, fail } from "../../diagnostic.ts";
import { lowerProgram, prepare, seconds, work, type Target } from "../../codegen/index.ts";
import { bindDimensions, evaluate, isSequence, planSequence, print, printScalar, withSizes, type Program, type Sequence } from "../../vm/index.ts";
import { emptiness, type Filled } from "../cores.ts";
import { signatureOfProgram, signatureOfSequence, type Signature } from "../signature.ts";
import { digest } from "../digest.ts";
import { openOf, type Open, type Tunable } from "./open.ts";
import type { TuningChoice } from "./record.ts";

/** A point of a space. */
export interface Point {
  readonly choice: TuningChoice;
  readonly program: Program | Sequence;
}

/** A choice that is no point, and why. */
export interface NoPoint {
  readonly choice: TuningChoice;
  readonly why: string;
}

/** Most choices of a space that are looked at: of more, every so many. */
const MOST = 1024;

/** Choices of values, the default left out; of very many, evenly chosen ones. */
export function choicesOf(open: readonly Open[]): readonly TuningChoice[] {
  const all = open.reduce((n, o) => n * o.values.length, 1), step = Math.max(1, all / MOST), choices: TuningChoice[] = [];
  for (let at = 0; at < all; at += step) {
    let rest = Math.floor(at);
    const choice = [...open].reverse().map(({ name, values }) => { const v = values[rest % values.length]; rest = Math.floor(rest / values.length); return [name, v] as const; });
    if (!open.every((o) => o.initial !== undefined && JSON.stringify(choice.find(([name]) => name === o.name)?.[1]) === JSON.stringify(o.initial))) choices.push(Object.fromEntries(choice.reverse()));
  }
  return choices;
}

/** What a kernel takes, but for where bits lie, as text. */
export const takes = ({ tensors, scalars }: Signature): string =>
  JSON.stringify([tensors.map((t) => [t.name, t.direction, t.dtype, t.shape.map(printScalar), t.of?.format.name ?? ""]), scalars.map((s) => [s.name, s.type])]);

/** The signature of a Program or Sequence. */
export const signatureOf = (p: Program | Sequence): Signature => (isSequence(p) ? signatureOfSequence(p) : signatureOfProgram(p));

/** The first point: what the kernel is where nothing was tuned. @throws Diagnostic of the program */
export function firstPoint(definition: Tunable, given: TuningChoice): Point {
  const choice = Object.fromEntries(openOf(definition.comptime, given).flatMap(({ name, initial }) => (initial === undefined ? [] : [[name, initial] as const])));
  return { choice, program: definition.specialise(given) };
}

/** Tells kernels and their spaces apart. */
export const programKey = (first: Point, open: readonly Open[]): string => digest(`${print(first.program)}\n${JSON.stringify(open)}`);

/**
 * All points, the default first, and the choices that are none.
 * @param going is asked before each choice; false ends the search with what was found
 * @throws Diagnostic of the program at its default
 */
export async function pointsOf(definition: Tunable, given: TuningChoice, going: (done: number, total: number) => Promise<boolean> = async () => true): Promise<{ readonly points: readonly [Point, ...Point[]]; readonly none: readonly NoPoint[] }> {
  const first = firstPoint(definition, given), want = takes(signatureOf(first.program)), points: [Point, ...Point[]] = [first], none: NoPoint[] = [], choices = choicesOf(openOf(definition.comptime, given));
  for (const [i, choice] of choices.entries()) {
    if (!(await going(i, choices.length))) break;
    try {
      const program = definition.specialise({ ...given, ...choice });
      if (takes(signatureOf(program)) === want) points.push({ choice, program }); else none.push({ choice, why: "it takes other tensors or numbers" });
    } catch (error) {
      if (!(error instanceof Diagnostic)) throw error;
      none.push({ choice, why: error.data.message });
    }
  }
  return { points, none };
}

/**
 * Seconds that a launch should take by the device's rates; of a sequence, all its launches.
 * @param env sizes and numbers of the launch
 * @param on what computes
 * @throws Diagnostic of the compiler: the target can't run it
 */
export const predicted = (program: Program | Sequence, env: ReadonlyMap<string, number>, target: Target, on: Filled): number =>
  (isSequence(program) ? ofSequence(program, env, target, on) : ofProgram(program, env, target, on));

function ofProgram(program: Program, env: ReadonlyMap<string, number>, target: Target, on: Filled): number {
  // Sizes are known here: loops over them have so many turns.
  const { body } = lowerProgram(prepare(withSizes(program, env)).program, target), { rates } = target;
  const blocks = program.grid.reduce((n, g) => n * Math.max(0, evaluate(g.extent, env)), 1), threads = blocks * body.threads;
  return blocks === 0 ? 0 : emptiness(blocks, threads, on) * blocks * seconds(work(body.stmts, target.unrolls), rates, body.threads) + (rates.dispatch ?? 0) + (blocks * (body.threads / 64)) / (rates.block ?? Infinity);
}

function ofSequence(q: Sequence, env: ReadonlyMap<string, number>, target: Target, on: Filled): number {
  const shapes = new Map([...q.params, ...q.temporaries].flatMap((t) => (t.kind === "tensor" ? [[t.name, t.value.shape.map((n) => evaluate(n, env))] as const] : []))), prices = new Map<Program, Map<string, number>>();
  return planSequence(q, env).reduce((sum, { kernel, tensors, scalars }) => {
    const slots = signatureOfProgram(kernel).tensors.map((t) => ({ ...t, direction: "inout" as const })), own = prices.get(kernel) ?? new Map<string, number>();
    const sizes = bindDimensions(slots, new Map(slots.map((t) => [t.name, shapes.get(tensors[t.name]) ?? []])), [], kernel.requires), key = JSON.stringify([...sizes]);
    const price = own.get(key) ?? ofProgram(kernel, new Map([...sizes, ...Object.entries(scalars)]), target, on);
    prices.set(kernel, own.set(key, price));
    return sum + price;
  }, 0);
}

/** Complains where nothing is open. @throws Diagnostic H0426 */
export function needOpen(definition: Tunable, open: readonly Open[], given: TuningChoice): void {
  if (open.length) return;
  const spaces = Object.entries(definition.comptime).filter(([, c]) => (c.space?.length ?? 0) > 1).map(([name]) => name), given1 = spaces.filter((name) => given[name] !== undefined);
  fail({
    code: "H0426", message: `there is nothing to tune in '${definition.name}': ${spaces.length ? `${given1.join(", ")} ${given1.length === 1 ? "is" : "are"} given` : "no parameter has a space of values"}`,
    help: spaces.length ? `leave out ${spaces.join(" or ")}` : "a space is written after `in`: <BM: int in {16, 32, 64} = 32>",
  });
}
