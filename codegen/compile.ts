// compileProgram: the passes in order, then lowering until the kernel fits the target's budget, then text.
import { failFirst } from "../diagnostic.ts";
import { buffersOf, decompose, fold, infer, pipeline, plan, quiet, verify, type Inferred, type Program } from "../vm/index.ts";
import { counts } from "./loop/count.ts";
import { place } from "./loop/place.ts";
import { memoryAccesses, shareOf } from "./lower/accesses.ts";
import { lower, type Lowered } from "./lower/program.ts";
import type { Hints, Target } from "./lower/context.ts";
import type { Module, ModuleTensor, ModuleUniform } from "./module.ts";
import { writeWgsl } from "./wgsl/index.ts";

/** The Program as code is generated from it: folded, pipelines laid out, decomposed, every register tile with a layout. */
export const prepare = (p: Program): Inferred => infer(decompose(pipeline(fold(p))));

/**
 * The loop form of a prepared Program for a target. Slot loops are unrolled as far as the target's budget of static memory
 * accesses allows, and rolled beyond it.
 * @param prices products tell the prices of all ways, also where there is nothing to choose: for reports, because it takes long
 * @example
 * ```ts
 * const b = builder("twice");
 * const x = b.tensor("x", "in", "f32", [64], dense(1)), y = b.tensor("y", "out", "f32", [64], dense(1));
 * b.threads(64);
 * const v = b.load({ x });
 * b.store({ to: y, x: b.add({ x: v, y: v }) });
 * const { body } = lowerProgram(prepare(b.finish()).program, baseTarget);
 * body.buffers.map((m) => m.name); // => ["x", "y"]
 * ```
 */
export function lowerProgram(prepared: Program, target: Target, prices = false): Lowered {
  const hints: Hints = { wide: new Set(), tight: false, work: new Map() };
  const free = plan(prepared);
  let tight: Program | undefined;
  const attempt = (allowance: number, goal: "count" | "fit" | "all"): Lowered => {
    // Each try that fails has widened a shared tile or found too little memory, so this ends.
    for (;; hints.work.clear()) { const made = lower(hints.tight ? (tight ??= plan(prepared, "tight")) : free, target, hints, allowance, goal, prices); if (made) return made; }
  };
  const fits = (l: Lowered): boolean => !l.over && memoryAccesses(l.body.stmts) <= target.staticAccesses;
  const first = attempt(target.staticAccesses, "count");
  if (fits(first)) return first;
  // With short tiles brought by loops it may fit after all.
  const shorter = first.shorter?.();
  if (shorter && fits(shorter)) return shorter;
  const share = shareOf(target, first.loops), shared = attempt(share, share === 1 ? "all" : "fit");
  return share === 1 || fits(shared) ? shared : attempt(1, "all");
}

/**
 * Compiles a Program.
 * @param target what the device can do; `baseTarget` runs everywhere
 * @throws Diagnostic of `verify` (R0401 for a missing barrier …), R0101, R0201 to R0203 where the device's limits are passed
 * @example
 * ```ts
 * const b = builder("twice");
 * const x = b.tensor("x", "in", "f32", [64], dense(1)), y = b.tensor("y", "out", "f32", [64], dense(1));
 * b.threads(64);
 * const v = b.load({ x });
 * b.store({ to: y, x: b.add({ x: v, y: v }) });
 * const module = compileProgram(b.finish(), baseTarget);
 * [module.threads, module.tensors.map((t) => t.binding), module.features]; // => [64, [0, 1], []]
 * ```
 */
export function compileProgram(p: Program, target: Target): Module {
  failFirst(verify(p, { sharedBytes: target.workgroupBytes, threads: target.maxThreads, storageBuffers: target.maxStorageBuffers }));
  const prepared = prepare(target.debug ? p : quiet(p)).program;
  return writeModule(p, prepared, lowerProgram(prepared, target), target);
}

/**
 * The Module of a loop form: compileProgram's last step, for those who look at the loop form too and would lower twice.
 * @param p the Program as it was written, whose grid the host computes
 * @param prepared what became of it and was lowered for the target
 * @example
 * ```ts
 * const b = builder("twice");
 * const x = b.tensor("x", "in", "f32", [64], dense(1)), y = b.tensor("y", "out", "f32", [64], dense(1));
 * b.threads(64);
 * const v = b.load({ x });
 * b.store({ to: y, x: b.add({ x: v, y: v }) });
 * const p = b.finish(), prepared = prepare(p).program;
 * writeModule(p, prepared, lowerProgram(prepared, baseTarget), baseTarget).name; // => "twice"
 * ```
 */
export function writeModule(p: Program, prepared: Program, lowered: Lowered, target: Target): Module {
  const placed = place(lowered.body), text = writeWgsl(lowered.body, { name: p.name, f16: target.f16, arrayAligns: target.arrayAligns, grid: lowered.grid }, placed);
  const bindings = new Map(lowered.body.buffers.flatMap((b) => (b.binding === undefined ? [] : [[b.id, b.binding] as const])));
  const first = buffersOf(prepared.params.filter((q) => q.kind === "tensor"));
  const tensors = prepared.params.flatMap((q): ModuleTensor[] => (q.kind !== "tensor" ? [] : [{
    name: q.name, direction: q.direction, dtype: q.value.dtype.name, shape: q.value.shape, packing: q.packing, ...(q.buffer === undefined ? {} : { buffer: q.buffer }), binding: bindings.get(first.get(q.buffer ?? q.name)?.[0].value.id ?? -1) ?? 0,
  }]));
  const types = new Map(prepared.params.flatMap((q) => (q.kind === "scalar" ? [[q.name, q.type] as const] : [])));
  const uniforms = lowered.body.uniforms.map((v): ModuleUniform => {
    const type = types.get(v.name);
    return type ? { name: v.name, type, role: "param" } : { name: v.name, type: "i32", role: "dim" };
  });
  return {
    format: "bitloom-module", version: 1, name: p.name, doc: p.doc, wgsl: text.wgsl, entry: text.entry, threads: p.threads, features: text.features,
    ...(lowered.body.subgroup === undefined ? {} : { subgroup: lowered.body.subgroup }),
    tensors, uniforms, uniformBinding: uniforms.length ? text.uniformBinding : undefined,
    grid: p.grid.map((g) => g.extent), requires: p.requires.map(({ condition, message }) => ({ condition, message })),
    workgroupBytes: text.workgroupBytes, counts: counts(lowered.body, placed), spans: text.spans, ...(lowered.prints ? { prints: lowered.prints } : {}),
  };
}
