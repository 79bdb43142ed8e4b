// What is given to matmul: tensors, quantised ones, tensors of formats; each looked at, and refused where it is no matrix of numbers.
import { fail } from "../diagnostic.ts";
import { axis, bit, digit, digits, equalPacking, planes, planesBlocked, type Packing } from "../layout/index.ts";
import { dtype as dtypeNamed, tensorText } from "../vm/index.ts";
import type { Device } from "./device.ts";
import { formatText, isFormatTensor, type FormatTensor } from "./format-tensor.ts";
import type { FactorSpec } from "./matmul-kernels.ts";
import type { Quantised } from "./quantise.ts";
import { isTensor, needTensor, type Tensor } from "./tensor.ts";

/** A matrix of numbers: a tensor of any type but bool, a quantised one, or one of a format. */
export type MatmulFactor = Tensor | Quantised | FormatTensor;

/** A factor, looked at. */
export interface Factor {
  readonly name: "x" | "w";
  /** As messages write it. */
  readonly text: string;
  readonly device: Device;
  readonly rows: number;
  readonly K: number;
  readonly spec: FactorSpec;
  /** All its tensors by the kernel's names. */
  readonly tensors: Readonly<Record<string, Tensor | FormatTensor>>;
}

const parts = ["scales", "zeros", "offsets"] as const;

const isQuantised = (x: unknown): x is Quantised => typeof x === "object" && x !== null && isTensor((x as Partial<Quantised>).codes) && isTensor((x as Partial<Quantised>).scales);

/** What was given, in words. */
export const foundText = (x: unknown): string => (x === null || x === undefined ? String(x) : typeof x === "object" ? `a ${x.constructor?.name || "object"}` : `a ${typeof x}`);

const formOf = (name: "x" | "w"): string => (name === "x" ? "x[M, K]" : "w[N, K]");

/** Refuses what isn't a matrix. */
const matrixOnly = (name: "x" | "w", text: string, shape: readonly number[]): void => {
  if (shape.length !== 2) fail({ code: "H0405", message: `matmul multiplies matrices, ${name} is ${text}`, help: `give ${formOf(name)}: a vector is a matrix of one row, [1, ${shape.at(-1) ?? 1}]` });
};

/** A factor of a format. Those of two axes whose first is `k` lie as [K, N]: GPTQ, AWQ, MLC's layout 0. */
async function formatFactorOf(x: FormatTensor, name: "x" | "w"): Promise<Factor> {
  const { format, shape, device } = x, text = formatText(x), down = format.axes.length === 2 && format.axes[0].name === "k";
  for (const t of Object.values(x.fields)) needTensor(t, `${name} of matmul`);
  matrixOnly(name, text, shape);
  if (down && name === "x") fail({ code: "H0511", message: `x of matmul is ${text}, a format of weights [K, N]`, help: "give it as w; activations x[M, K] are tensors, or quantised along their rows" });
  const { formatFactor } = await import("./matmul-kernels.ts"), [rows = 0, K = 0] = down ? [shape[1], shape[0]] : shape;
  return { name, text, device, rows, K, tensors: { [name]: x }, spec: formatFactor(format, down ? 0 : 1, K, rows) };
}

const n = axis(0), k = axis(1), of32 = digit(n, { div: 32 }), fours = digit(n, { div: 4, mod: 8 }), row = digit(n, { mod: 4 }), by32 = (...codes: Parameters<typeof digits>[0]): Packing => digits([of32, digit(k, { div: 32 }), fours, ...codes]);
/**
 * How prepacked weights lie: 32 elements of four rows, which a thread with four columns of the result reads as whole vectors, then those of the next of eight
 * threads. Of four rows 8 elements each lie together, so that steps of 8 find them at the same places of words; or all 32, as what multiplies whole words wants
 * it; or the planes of each row. What lies beside codes lies by four rows, too.
 */
export const prepacked = {
  codes: by32(digit(k, { div: 8, mod: 4 }), row, digit(k, { mod: 8 }), bit), words: by32(row, digit(k, { mod: 32 }), bit), planes: by32(row, bit, digit(k, { mod: 32 })),
  beside: digits([of32, k, fours, row, bit]),
} as const;

/** Packings whose words are bits of neighbours along K. */
const byPlanes = [planes(2), planesBlocked(2, 32), prepacked.planes];

/** Looks at a factor, at once unless it is of a format. @throws Diagnostic H0307, H0403, H0405, H0502, H0511, H0512 */
export function factorOf(x: unknown, name: "x" | "w"): Factor | Promise<Factor> {
  if (isFormatTensor(x)) return formatFactorOf(x, name);
  if (!isTensor(x) && !isQuantised(x))
    return fail({ code: "H0403", message: `matmul multiplies tensors, found ${foundText(x)} as ${name}`, help: "give a Tensor (device.tensor(\"f32\", shape, numbers)), what quantise() gives, or a tensor of a format (formatTensor(device, format, shape, bytes))" });
  const q = isTensor(x) ? undefined : x, codes = q ? q.codes : x as Tensor, beside = parts.flatMap((what) => { const t = q?.[what]; return t ? [[what, t] as const] : []; });
  needTensor(codes, `${name} of matmul`);
  for (const [what, t] of beside) needTensor(t, `the ${what} of ${name} of matmul`);
  const text = tensorText(codes), [rows = 0, K = 0] = codes.shape, type = dtypeNamed(codes.dtype);
  matrixOnly(name, text, codes.shape);
  if (type.kind === "bool") fail({ code: "H0511", message: `matmul can't multiply bool, and ${name} is ${text}`, help: "truth values are numbers as u1, with the same codes" });
  if (q) checkGroups(q, name, text);
  const lies = q?.scales.packing;
  for (const what of ["zeros", "offsets"] as const) { const t = q?.[what]; if (t && lies && !equalPacking(t.packing, lies)) fail({ code: "H0512", message: `the ${what} of ${name} = ${text} lie in another packing than its scales`, help: "repack() one of them; quantise(), uploadQuantised() and prepackWeights() put them alike" }); }
  const some = K === 0 ? [] : beside, has = new Map(some), group = !q || q.group === "tensor" ? 0 : Math.min(q.group, Math.max(1, K));
  return {
    name, text, device: codes.device, rows, K, tensors: Object.fromEntries([[name, codes] as const, ...some.map(([what, t]) => [`${name}_${what}`, t] as const)]),
    spec: {
      type: codes.dtype, packing: codes.packing, planes: type.bits <= 8 && byPlanes.some((p) => equalPacking(p, codes.packing)), group,
      prepacked: equalPacking(codes.packing, prepacked.codes) ? 8 : [prepacked.words, prepacked.planes].some((p) => equalPacking(p, codes.packing)) ? 32 : undefined, beside: has.get("scales")?.packing,
      scales: has.get("scales")?.dtype, zeros: has.get("zeros")?.dtype, offsets: has.get("offsets")?.dtype,
    },
  };
}

/** Groups must run along K, and what lies beside the codes must be of their number. */
function checkGroups(q: Quantised, name: "x" | "w", text: string): void {
  const [rows = 0, K = 0] = q.codes.shape, { group, axis } = q;
  if (group !== "tensor" && axis !== 1)
    fail({ code: "H0512", message: `the groups of ${name} = ${text} run along axis ${axis}, but matmul sums along K, axis 1`, help: `quantise ${name} with { axis: 1 }${name === "w" ? "; weights lie as [N, K]" : ""}, or with group: "tensor"` });
  if (group !== "tensor" && !(Number.isInteger(group) && group > 0)) fail({ code: "H0502", message: `a group can't have ${String(group)} elements`, help: "give a whole number of at least 1" });
  const want = group === "tensor" ? [1, 1] : [rows, Math.ceil(K / group)];
  for (const what of parts) {
    const t = q[what];
    if (t && t.shape.join() !== want.join())
      fail({ code: "H0512", message: `${name} = ${text} in groups of ${group === "tensor" ? "all" : group} takes ${what} of shape [${want.join(", ")}], found [${t.shape.join(", ")}]`, help: "give what quantise() or uploadQuantised() made, whole" });
  }
}
