// Finished modules and sequences through the large door, where nothing has to be left out.
import type { Module, ModuleSequence } from "../codegen/index.ts";
import { giveFormats, takeFormats } from "./format-arguments.ts";
import { kernelFrom, readyModule, type Kernel } from "./kernel.ts";
import { launchInParts } from "./parts.ts";
import { createSequence } from "./sequence.ts";
import { signatureOfModule } from "./signature.ts";

/**
 * The kernel of a compiled module, or a compiled sequence: no compiler is needed to run it.
 * @throws Diagnostic H0413 (a size is known only when it is too late), H0417 (not a module)
 * @example
 * ```ts
 * const b = builder("twice"), N = b.dim("N"), [g] = b.grid([["g", N]]);
 * const x = b.tensor("x", "in", "f32", [N], dense(1)), y = b.tensor("y", "out", "f32", [N], dense(1));
 * b.threads(1);
 * const at = { offsets: [g], sizes: [constant(1)] }, v = b.load({ x: b.slice({ x }, at) });
 * b.store({ to: b.slice({ x: y }, at), x: b.add({ x: v, y: v }) });
 * const module = JSON.stringify(compileProgram(b.finish(), baseTarget)); // what a build step writes to a file
 *
 * using device = await open({ adapter: "swiftshader" });
 * const outs = await createKernel(JSON.parse(module)).run({ x: await tensor(device, "f32", [3], [1, 2, 3]) });
 * await outs.y.read(); // => new Float32Array([2, 4, 6])
 * ```
 */
export function createKernel(module: Module | ModuleSequence): Kernel {
  if (module.format === "bitloom-sequence") return createSequence(module);
  const s = signatureOfModule(module);
  return kernelFrom(s, {
    takes: (inputs) => takeFormats(s, inputs), gives: (outs, inputs, call) => giveFormats(s, outs, inputs, call),
    module: async () => module, prints: () => import("./prints.ts"),
    ready: (call) => readyModule(module, s, call, async (large) => launchInParts(module.parts ?? [], [], s, call, large)),
  });
}
