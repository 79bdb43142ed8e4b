// One run of a compiled sequence: the host carries out its loops and conditions; what is left are launches, one after the other.
import { Bug, fail } from "../diagnostic.ts";
import type { Module, ModuleSequence } from "../codegen/index.ts";
import { inStep, planSteps, shapeIn, type Planned } from "../vm/index.ts";
import { bindStep, type Call } from "./bind.ts";
import { kernelFrom, makeEmpty, type Kernel, type Start } from "./kernel.ts";
import { needCapable, tooLarge, wholeCall, type Dispatch } from "./launch.ts";
import { launchInParts } from "./parts.ts";
import { pipelineOf, type Pipeline } from "./pipeline.ts";
import { signatureOfModule, slotsOf } from "./signature.ts";
import { needTensor, type Tensor } from "./tensor.ts";

/**
 * Everything a run needs that can be made before its outs are: the plan, and the pipelines of the kernels in it.
 * @returns the launches on all tensors of the sequence, by name
 * @throws Diagnostic H0415, H0418, H0419, W of the pipelines
 */
export async function readySequence(q: ModuleSequence, call: Call): Promise<Start> {
  const plan = planSteps({
    name: q.name, steps: q.steps, given: q.tensors.flatMap((t) => (t.direction === "out" ? [] : [t.name])), directions: (k) => moduleAt(q, k).tensors,
  }, call.env);
  const used = [...new Set(plan.map((s) => s.kernel))];
  for (const k of used) needCapable(moduleAt(q, k), call.device);
  const pipelines = new Map(await Promise.all(used.map(async (k) => [k, await pipelineOf(call.device, moduleAt(q, k))] as const)));
  return async (tensors) => {
    const temporaries = await temporariesOf(q, call);
    // What was submitted keeps their memory until it is done.
    const end = (): void => { for (const t of temporaries.values()) t.dispose(); };
    try {
      const all = new Map([...tensors, ...temporaries]);
      return { dispatches: plan.flatMap((s) => stepDispatch(q, s, pipelines, all, call)), end };
    } catch (error) {
      end();
      throw error;
    }
  };
}

const moduleAt = (q: ModuleSequence, k: number): Module => q.modules[k] ?? fail({ code: "H0417", message: `sequence '${q.name}' has no module ${k}`, help: "build it again" });

/** The temporaries of a run, all code 0. */
const temporariesOf = async (q: ModuleSequence, call: Call): Promise<ReadonlyMap<string, Tensor>> =>
  makeEmpty(call.device, q.temporaries.map((t) => ({ ...t, shape: shapeIn(t, call.env) })), "the temporary ");

/** A planned step on its tensors; nothing where its grid is empty. */
function stepDispatch(q: ModuleSequence, s: Planned<number>, pipelines: ReadonlyMap<number, Pipeline>, all: ReadonlyMap<string, Tensor>, { device }: Call): readonly Dispatch[] {
  const module = moduleAt(q, s.kernel), pipeline = pipelines.get(s.kernel);
  if (!pipeline) throw new Bug(`sequence ${q.name} has no pipeline for step ${s.kernel}`);
  const tensors = new Map(Object.entries(s.tensors).map(([param, name]) => {
    const t = all.get(name);
    if (!t) throw new Bug(`sequence ${q.name} runs without ${name}`);
    needTensor(t, `'${name}'`); // it may have gone while pipelines were made
    return [param, t] as const;
  }));
  const call = inStep(q.name, s.span, () => bindStep(slotsOf(module), tensors, s.scalars, device));
  const large = tooLarge(device, [...tensors].map(([name, t]) => ({ name, bytes: t.bytes })));
  if (large.length > 0) launchInParts([], ["a step of a sequence is launched whole"], slotsOf(module), call, large);
  return call.blocks > 0 ? [{ module, pipeline, piece: wholeCall(call), tensors }] : [];
}

/**
 * The kernel of a finished sequence: it is run like any other.
 * @throws Diagnostic H0413, H0417 (not a sequence)
 */
export const createSequence = (q: ModuleSequence): Kernel => kernelFrom(signatureOfModule(q), { module: async () => q, ready: (call) => readySequence(q, call) });
