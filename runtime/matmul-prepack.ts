// prepackWeights: weights in the order in which the threads of `matmul` read them (matmul-factors.ts has the packings).
import { fail } from "../diagnostic.ts";
import type { Rates } from "../codegen/index.ts";
import { dtype } from "../vm/index.ts";
import { formatText, isFormatTensor } from "./format-tensor.ts";
import { factorOf, foundText, prepacked } from "./matmul-factors.ts";
import type { FactorSpec } from "./matmul-kernels.ts";
import { quantisedOf, type Quantised } from "./quantise.ts";
import { targetOf } from "./target.ts";
import { isTensor, type Tensor } from "./tensor.ts";

/** How many times faster bytes must come as vectors of words than as single words. */
const GAIN = 1.4;
/** Whether vectors of words are worth having: on SwiftShader, where they gain a fifth, fields at other places cost more. */
const vectorsGain = ({ storageRead = 0, storageReadShort = 0, storageReadScalar = Infinity }: Rates): boolean => Math.max(storageRead, storageReadShort) >= GAIN * storageReadScalar;
/** Whether scales hold for whole blocks of 32 elements: steps of fewer find them no sooner than where rows lie as they are. */
const inBlocks = ({ scales, group }: FactorSpec, K: number): boolean => scales === undefined || group === 0 || group >= K || group % 32 === 0;
const isInteger = (type: string): boolean => ["i32", "u32"].includes(dtype(type).compute);

/** What weights are prepacked for. */
export interface PrepackWeightsOptions {
  /** The number type of what they are multiplied with; whole numbers are multiplied as words where weights are whole numbers, too. Default "f32". */
  readonly x?: string | undefined;
}

/**
 * A copy of weights in the order in which the threads of `matmul` read them, which is made once. Where a CPU plays the GPU and its rates say that a vector of four
 * words costs less than three words (lavapipe), codes of four rows lie together, and so do their scales, zero points and offsets: weights of any width come as
 * vectors then, not only those of 4 and 8 bits. Planes stay planes, of four rows on all CPUs. Numbers of more than 8 bits are vectors anyway, groups that are no
 * multiple of 32 gain nothing, and a GPU, whose neighbouring threads read what lies side by side, reads rows as they are: then it is a copy as they lie. The numbers
 * are the same, and so are results but for the order in which floats are summed. N and K take memory to the next multiple of 32. Free what was given when it is no
 * longer needed.
 * @param w weights [N, K], as `matmul` takes them
 * @param options what they are multiplied with; others may be, too, but more slowly
 * @throws Diagnostic N0110 (no such type), H0307 (disposed), H0403 (no tensor), H0405 (not two axes), H0511 (bool, or a format; no number type as `x`), H0512 (groups across K), H0304, H0308, H0309 (memory, device)
 * @example
 * ```ts
 * using device = await open({ adapter: "swiftshader" });
 * using plain = await quantise([3, -1, 2, -3, 0, 1], { device, shape: [2, 3], type: "i3" });
 * using w = await prepackWeights(plain);
 * plain.dispose();
 * using x = await device.tensor("f32", [1, 3], [2, 0, 1]);
 * using y = await matmul(x, w);
 * [...(await y.read())]; // => [8, -5]
 * ```
 */
export async function prepackWeights<W extends Tensor | Quantised>(w: W, { x = "f32" }: PrepackWeightsOptions = {}): Promise<W> {
  if (isFormatTensor(w)) fail({ code: "H0511", message: `${formatText(w)} lies as its format says, and can't be prepacked`, help: "matmul multiplies it as it is; what quantise() makes and tensors of codes can be prepacked" });
  if (typeof x !== "string" || dtype(x).kind === "bool") fail({ code: "H0511", message: `weights can't be prepacked for ${typeof x === "string" ? x : foundText(x)}`, help: 'give the number type of what they are multiplied with: { x: "i8" }; default "f32"' });
  const { device, spec, K } = await factorOf(w, "w"), moved = device.profile.software && dtype(spec.type).bits <= 8 && inBlocks(spec, K) && (spec.planes || vectorsGain(targetOf(device).rates)), made: Tensor[] = [];
  const copy = async <T extends Tensor | undefined>(t: T, packing: Tensor["packing"]): Promise<T> => {
    if (!t) return t;
    const to = await t.repack(moved ? packing : t.packing);
    made.push(to);
    return to as T;
  };
  // Of one or two bits a step's elements are few words as they are.
  const whole = dtype(spec.type).bits <= 2 || (isInteger(x) && isInteger(spec.type)), codes = spec.planes ? prepacked.planes : whole ? prepacked.words : prepacked.codes;
  if (isTensor(w)) return await copy<Tensor>(w, codes) as W;
  try {
    const beside = w.group === "tensor" ? w.scales.packing : prepacked.beside;
    return quantisedOf(w, { codes: await copy(w.codes, codes), scales: await copy(w.scales, beside), zeros: await copy(w.zeros, beside), offsets: await copy(w.offsets, beside) }, w.error) as Quantised as W;
  } catch (e) {
    for (const t of made) t.dispose();
    throw e;
  }
}
