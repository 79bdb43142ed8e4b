// The choice of a space that a device should take before anybody tuned it there: the recorded one, else what the model finds cheapest.
//
//   a record? ─▶ its choice          else prices of some points, once for these sizes ─▶ the cheapest          else as written
//
// `specialise` doesn't ask the model: the text says what a kernel is by default, the same on every device, and prices of a space
// take a second or two, which no launch should wait for.
import { Diagnostic } from "../../diagnostic.ts";
import { coresOf } from "../cores.ts";
import type { Device } from "../device.ts";
import type { Kernel } from "../kernel.ts";
import { targetOf } from "../target.ts";
import type { Following } from "./follow.ts";
import { launchOf } from "./inputs.ts";
import { look } from "./look.ts";
import { openOf } from "./open.ts";
import { choicesOf, predicted, signatureOf, takes } from "./points.ts";
import { sameChoice, type TuningChoice } from "./record.ts";
import { knownOf, recordFor, tunedKernel } from "./tuned.ts";

/** A kernel for a device, and what chose it. */
export interface Chosen<K = Kernel> {
  readonly kernel: K;
  /** Values of the parameters that nobody gave. */
  readonly choice: TuningChoice;
  /** "record": it was tuned; "model": the cost model finds it cheapest; "written": it is what the kernel's text says, since there is nothing else to choose. */
  readonly by: "record" | "model" | "written";
}

/** Points that the model looks at, at most: the number bounds the time, and not a clock, so that the same is chosen in every run. */
const MOST = 24;

const chosen = new WeakMap<Following, Map<string, Promise<Chosen>>>();

/**
 * The kernel of the recorded choice, else of the one that the model finds cheapest.
 * @param sizes of the launch, by name
 * @throws Diagnostic H0427 (sizes that nobody tells), those of the kernel at its default
 */
export async function choose(f: Following, device: Device, sizes: Readonly<Record<string, number>>): Promise<Chosen> {
  const { first } = knownOf(f), written: Chosen = { kernel: f.make({}), choice: first.choice, by: "written" };
  if (openOf(f.definition.comptime, f.given).length === 0) return written;
  const { env } = launchOf(signatureOf(first.program), {}, sizes), record = await recordFor(f, device, env);
  if (record && sameChoice(record.choice, first.choice)) return { ...written, by: "record" };
  const tuned = record && (await tunedKernel(f, device, env, true));
  if (tuned) return { kernel: tuned, choice: record.choice, by: "record" };
  const known = chosen.get(f) ?? new Map<string, Promise<Chosen>>(), key = JSON.stringify([[...env], targetOf(device)]), found = known.get(key) ?? byModel(f, device, env, written);
  chosen.set(f, known.set(key, found));
  found.catch(() => known.delete(key));
  return found;
}

/** What the model finds cheapest. Between two prices others have their turn. */
async function byModel(f: Following, device: Device, env: ReadonlyMap<string, number>, written: Chosen): Promise<Chosen> {
  const { definition, given } = f, { first } = knownOf(f), want = takes(signatureOf(first.program)), choices = [first.choice, ...choicesOf(openOf(definition.comptime, given))], target = targetOf(device), on = await coresOf(device);
  const price = (i: number): number => {
    try {
      const program = i === 0 ? first.program : definition.specialise({ ...given, ...choices[i] });
      return takes(signatureOf(program)) === want ? predicted(program, env, target, on) : Infinity;
    } catch (error) {
      if (!(error instanceof Diagnostic)) throw error;
      return Infinity;
    }
  };
  let left = MOST;
  const prices = await look(choices, price, async () => { await new Promise((turn) => { setTimeout(turn); }); return left-- > 0; });
  const [cheapest] = prices.flatMap((seconds, i) => (seconds !== undefined && Number.isFinite(seconds) ? [{ seconds, i }] : [])).sort((a, b) => a.seconds - b.seconds);
  if (!cheapest) return written;
  if (cheapest.i === 0) return { ...written, by: "model" };
  try {
    const choice = choices[cheapest.i], kernel = f.make(choice);
    await kernel.module(device);
    return { kernel, choice, by: "model" };
  } catch (error) {
    if (!(error instanceof Diagnostic)) throw error;
    return written;
  }
}
