// Tensors of a format in safetensors, as Bitloom writes them: blocks are one array NAME of bytes, fields beside each other arrays NAME.FIELD,
// and the file's metadata says under `bitloom.format.NAME` what they make:
//
//   {"format":"grouped(Q: i3, group: 64)","shape":[512,512],"parts":["q","scale"]}
import { fail } from "../../diagnostic.ts";
import { storedTensor, type StoredPart, type StoredTensor } from "./file.ts";
import { count, show } from "./storage.ts";

const PREFIX = "bitloom.format.";

/** The key of a tensor in a file's metadata. */
export const declaredKey = (name: string): string => PREFIX + name;

/** Whether a key of metadata is one of these. */
export const isDeclared = (key: string): boolean => key.startsWith(PREFIX);

/** Name of the array that holds a part. */
export const declaredArray = (name: string, part: string): string => (part === "data" ? name : `${name}.${part}`);

/** What the metadata says of a tensor. */
export interface Declared {
  /** Text of the format, for `formatNamed`. */
  readonly format: string;
  readonly shape: readonly number[];
  /** "data" for the blocks, fields beside by their names. */
  readonly parts: readonly string[];
}

const isSize = (x: unknown): x is number => Number.isSafeInteger(x) && (x as number) >= 0;
const isText = (x: unknown): x is string => typeof x === "string" && x !== "" && x.length <= 1000;

function read(text: string): Declared | undefined {
  try {
    const { format, shape, parts } = JSON.parse(text) as Record<string, unknown>;
    if (isText(format) && Array.isArray(shape) && shape.length <= 8 && shape.every(isSize) && count(shape) !== undefined && Array.isArray(parts) && parts.length > 0 && parts.length <= 64 && parts.every(isText) && new Set(parts).size === parts.length)
      return { format, shape, parts };
  } catch {
    // told by the caller, as all that is no record
  }
  return undefined;
}

/**
 * Puts the arrays that the metadata speaks of together.
 * @returns these tensors, and the arrays that are left
 * @throws Diagnostic H0222 where metadata and arrays contradict each other
 */
export function declared(file: string, list: readonly StoredTensor[], metadata: ReadonlyMap<string, string>): { readonly made: readonly StoredTensor[]; readonly rest: readonly StoredTensor[] } {
  const arrays = new Map(list.flatMap((t) => t.parts.map((p) => [t.name, p] as const))), used = new Set<string>();
  const made = [...metadata].filter(([key]) => isDeclared(key)).map(([key, text]) => {
    const name = key.slice(PREFIX.length), wrong = (message: string): never => fail({ code: "H0222", message: `${file}: the metadata ${show(key)} ${message}`, help: "the file is damaged or was changed by hand: quantise the model again" });
    const d = read(text) ?? wrong("is no record of format, shape and parts");
    const parts = d.parts.map((part): StoredPart => {
      const array = declaredArray(name, part), p = arrays.get(array) ?? wrong(`speaks of the array ${show(array)}, which the file lacks`);
      if (used.has(array)) wrong(`takes the array ${show(array)}, which another tensor has`);
      used.add(array);
      return Object.freeze({ ...p, name: part });
    });
    return storedTensor(name, d.format, d.shape, parts);
  });
  return { made, rest: list.filter((t) => !used.has(t.name)) };
}
