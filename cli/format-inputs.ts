// Inputs of format type for `run`: a tensor of a weight file as it is stored, or numbers that the format encodes.
//
//   --in w=model.gguf:blk.0.attn_q.weight   ──▶   w.d, w.q
import { fail } from "../diagnostic.ts";
import { equalPacking } from "../layout/index.ts";
import { openWeights, weightFormat, weightValues, type TensorSlot } from "../runtime/index.ts";
import { chance, formatTensors, printScalar, quantiseFormat, randomTile, unpackFormat, type Format, type FormatOf, type FormatTile, type Tile } from "../vm/index.ts";
import { everywhere, isWeights, readNumbers, splitSource, type Numbers } from "./arrays.ts";
import { usage } from "./command.ts";
import type { Io } from "./io.ts";

/** A parameter of format type. */
export interface FormatInput {
  readonly name: string;
  readonly of: FormatOf;
}

/** The parameters of format type among some slots. */
export const formatInputs = (slots: readonly TensorSlot[]): readonly FormatInput[] =>
  [...new Map(slots.flatMap(({ name, of }) => (of ? [[name.slice(0, name.indexOf(".")), of] as const] : []))).entries()].map(([name, of]) => ({ name, of }));

/** `q4_0[N, K]`, as messages write it. */
const text = ({ of }: FormatInput): string => `${of.format.name}[${of.shape.map(printScalar).join(", ")}]`;

/** What was given: fields, numbers, or a rule for both, whose shape follows from the kernel. */
export type FormatSource = { readonly kind: "fields"; readonly shape: readonly number[]; readonly tile: FormatTile; readonly name: string } | { readonly kind: "numbers"; readonly shape: readonly number[]; readonly numbers: Numbers } | { readonly kind: "rule"; readonly source: string };

/** Reads what is given for a parameter. @throws Diagnostic of the file */
export async function readFormat(source: string, io: Pick<Io, "err" | "terminal" | "used">): Promise<FormatSource> {
  if (source.startsWith("random:") || everywhere(source) !== undefined) return { kind: "rule", source };
  const [file, tensor] = splitSource(source);
  if (tensor === undefined || !(isWeights(file) || file.endsWith(".safetensors"))) { const numbers = await readNumbers(source, io); return { kind: "numbers", shape: numbers.shape, numbers }; }
  io.used?.(file);
  const f = await openWeights(file);
  try {
    const t = f.tensor(tensor), plain = ["f32", "f16", "bf16", "f64"].includes(t.format);
    if (plain) return { kind: "numbers", shape: t.shape, numbers: { shape: t.shape, values: await weightValues(f, tensor), name: source } };
    const w = await weightFormat(f, tensor);
    return { kind: "fields", shape: w.shape, tile: unpackFormat(w.format, w.shape, w.bytes), name: source };
  } finally {
    await f.close();
  }
}

/** Whether tensors of two formats have the same fields, in the same bits. */
function sameFields(a: Format, b: Format, shape: readonly number[]): boolean {
  const [x, y] = [a, b].map((f) => formatTensors(f, shape));
  return x.length === y.length && x.every((t, i) => t.field.name === y[i].field.name && t.dtype === y[i].dtype && equalPacking(t.packing, y[i].packing));
}

/** Numbers in the format, by its own encoding. */
function encoded(p: FormatInput, shape: readonly number[], values: ArrayLike<number>): FormatTile {
  const { format } = p.of;
  if (!format.encode) fail({ code: "T0708", message: `'${p.name}' is ${text(p)}, a format that is only read: it isn't made of numbers`, help: `give a tensor of a weight file, --in ${p.name}=model.gguf:NAME, or random:1` });
  return quantiseFormat(format, shape, Float32Array.from(values));
}

/**
 * The fields of a parameter.
 * @param shape its sizes, from the kernel
 * @param parameter name of the compile-time parameter that chooses the format, if there is one
 */
export function formatTiles(p: FormatInput, source: FormatSource, shape: readonly number[], parameter: string | undefined): ReadonlyMap<string, Tile> {
  const named = (w: FormatTile): ReadonlyMap<string, Tile> => new Map(Object.entries(w.fields).map(([field, t]) => [`${p.name}.${field}`, t]));
  if (source.kind !== "rule" && source.shape.join() !== shape.join())
    fail({ code: "H0406", message: `'${p.name}' is ${text(p)}, here [${shape.join(", ")}], but ${source.kind === "fields" ? source.name : source.numbers.name} has the shape [${source.shape.join(", ")}]`, help: "give tensors whose sizes agree, or other --set values" });
  if (source.kind === "fields") {
    const { tile, name } = source;
    if (!sameFields(tile.format, p.of.format, shape))
      fail({ code: "H0703", message: `'${p.name}' is ${text(p)}, but ${name} is ${tile.format.name}[${tile.shape.join(", ")}]`, help: parameter ? `import that format in the file, and choose it: --set ${parameter}=${tile.format.name}` : "bitloom repack writes it in the kernel's format" });
    return named(tile);
  }
  const n = shape.reduce((a, b) => a * b, 1);
  if (source.kind === "numbers") return named(encoded(p, shape, source.numbers.values));
  const all = everywhere(source.source), seed = /^random:(\d{1,10})$/.exec(source.source)?.[1];
  if (all !== undefined) return named(encoded(p, shape, new Float32Array(n).fill(all)));
  if (seed === undefined) return usage(`'${source.source}' has no seed`, `write --in ${p.name}=random:1`);
  if (!p.of.format.encode) return new Map(formatTensors(p.of.format, shape).map((t, i) => [`${p.name}.${t.field.name}`, randomTile(t.dtype, t.shape.map(Number), Number(seed) + i)]));
  const next = chance(Number(seed));
  return named(encoded(p, shape, Float32Array.from({ length: n }, () => next() * 2 - 1)));
}
