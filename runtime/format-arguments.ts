// Tensors of formats as arguments and results: a kernel binds their fields, people speak of the whole.
//
//   run({ w })  ──takes──▶  { "w.d": …, "w.q": … }  ──▶ launch ──▶  { "v.d": …, "v.q": … }  ──gives──▶  { v }
import { fail } from "../diagnostic.ts";
import { equalPacking } from "../layout/index.ts";
import { checkNames, evaluate, kindOf, missingArgument, sizeText, tensorText } from "../vm/index.ts";
import type { Call, Inputs } from "./bind.ts";
import { formatTensorOf, formatText, isFormatTensor, type FormatTensor } from "./format-tensor.ts";
import type { Outputs } from "./kernel.ts";
import type { Signature, TensorSlot } from "./signature.ts";
import { isTensor, needTensor, type Tensor } from "./tensor.ts";

/** A parameter of format type: the slots of its fields. */
interface FormatSlot {
  readonly name: string;
  readonly slots: readonly TensorSlot[];
}

const fieldName = (t: TensorSlot): string => t.name.slice(t.name.indexOf(".") + 1);

/** The parameters of format type, by name. */
function formatSlots(s: Signature): ReadonlyMap<string, FormatSlot> {
  const found = new Map<string, TensorSlot[]>();
  for (const t of s.tensors) {
    const dot = t.buffer === undefined ? -1 : t.name.indexOf("."), name = t.name.slice(0, dot);
    if (dot > 0) found.set(name, [...(found.get(name) ?? []), t]);
  }
  return new Map([...found].map(([name, slots]) => [name, { name, slots }] as const));
}

/** What the parameter takes, in words: `q4_0[N, K]`, or its fields where nobody knows the format. */
function wanted({ slots }: FormatSlot): string {
  const of = slots[0]?.of;
  return of ? `${of.format.name}[${of.shape.map(sizeText).join(", ")}]` : `a tensor of a format with the fields ${slots.map((t) => `${fieldName(t)}: ${tensorText(t)}`).join(", ")}`;
}

const giveIt = ({ name, slots }: FormatSlot): string => `give it to run: { ${name}: await formatTensor(device, ${slots[0]?.of?.format.name ?? "format"}, shape, bytes) }`;

/** The fields of what is given for a parameter, by the names of its slots. @throws Diagnostic H0307, H0403, H0703 */
function fieldsFor(s: Signature, p: FormatSlot, x: unknown): Record<string, Tensor> {
  if (!isFormatTensor(x))
    return fail({ code: "H0403", message: `'${p.name}' of kernel '${s.name}' is ${wanted(p)}, found ${isTensor(x) ? `the tensor ${tensorText(x)}` : kindOf(x)}`, help: x instanceof Promise ? "await it first" : `quantise(x, { format }) and formatTensor(…) make one` });
  needTensor(x, `'${p.name}'`);
  const rank = (t: TensorSlot): string => `${t.dtype} ${t.shape.length}`, same = (t: TensorSlot): boolean => {
    const f = x.fields[fieldName(t)];
    return f !== undefined && rank(f as never) === rank(t) && equalPacking(f.packing, t.packing);
  };
  if (Object.keys(x.fields).length !== p.slots.length || !p.slots.every(same))
    fail({ code: "H0703", message: `'${p.name}' is ${formatText(x)}, the kernel takes ${wanted(p)}`, help: "give a tensor of that format, or specialise the kernel for this one" });
  return Object.fromEntries(p.slots.map((t) => [t.name, x.fields[fieldName(t)]]));
}

/**
 * The arguments of a call with the fields of formats in place of the whole. Fields may also be given one by one.
 * @throws Diagnostic H0307, H0401 to H0403, H0703
 */
export function takeFormats(s: Signature, inputs: Inputs): Inputs {
  const all = formatSlots(s), out: Record<string, Inputs[string]> = {};
  if (typeof inputs !== "object" || inputs === null) return inputs;
  for (const [name, x] of Object.entries(inputs)) {
    const p = all.get(name), plain = s.tensors.find((t) => t.name === name);
    if (p && x !== undefined) Object.assign(out, fieldsFor(s, p, x));
    else if (plain && isFormatTensor(x))
      fail({ code: "H0403", message: `'${name}' of kernel '${s.name}' is a tensor ${tensorText(plain)}, found one of a format, ${formatText(x)}`, help: `dequantise(${name}) gives its values as f32` });
    else if (!p) out[name] = x;
  }
  if (all.size > 0) checkNames(s.name, [...s.tensors, ...s.scalars].map((t) => t.name).concat([...all.keys()]), Object.keys(out));
  for (const p of all.values())
    if (p.slots.every((t) => out[t.name] === undefined && t.direction !== "out")) missingArgument(s.name, p.name, wanted(p), giveIt(p));
  return out;
}

/** The results of a call with tensors of formats in place of their fields: the caller's own where it gave one. */
export function giveFormats(s: Signature, outs: Outputs, inputs: Inputs, { env }: Pick<Call, "env">): Outputs {
  const made: Record<string, unknown> = { ...outs };
  for (const { name, slots } of formatSlots(s).values()) {
    const given: unknown = inputs[name], of = slots[0]?.of;
    if (!slots.every((t) => t.direction === "out") || (!isFormatTensor(given) && !of)) continue;
    const fields = Object.fromEntries(slots.flatMap((t) => { const x = outs[t.name]; return x ? [[fieldName(t), x] as const] : []; }));
    made[name] = isFormatTensor(given) || !of ? given : formatTensorOf(of.format, of.shape.map((n) => evaluate(n, env)), fields);
    for (const t of slots) delete made[t.name];
  }
  return made as Outputs;
}

/** Arguments or results with the fields of formats in place of the whole. */
export const fieldByField = <T>(x: Readonly<Record<string, T>>): Record<string, Exclude<T, FormatTensor> | Tensor> =>
  Object.fromEntries(Object.entries(x).flatMap(([name, t]): (readonly [string, Exclude<T, FormatTensor> | Tensor])[] =>
    (isFormatTensor(t) ? Object.entries(t.fields).map(([f, own]) => [`${name}.${f}`, own] as const) : [[name, t as Exclude<T, FormatTensor>]])));
