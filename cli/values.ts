// `--set NAME=VALUE`: what the words mean for a kernel. Its compile-time parameters are set before it is built, its
// run-time dimensions and scalars after.
import { didYouMean } from "../diagnostic.ts";
import type { TuningChoice } from "../runtime/index.ts";
import type { Comptimes, Program, ScalarType } from "../vm/index.ts";
import { usage } from "./command.ts";

/** Splits `NAME=VALUE` words of a flag. */
export function assignments(words: readonly string[], flag: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const word of words) {
    const at = word.indexOf("=");
    if (at < 1) usage(`'--${flag} ${word}' has no '='`, `write --${flag} NAME=…`);
    const name = word.slice(0, at).trim();
    if (found.has(name)) usage(`'--${flag} ${name}=…' is given twice`, "leave one out");
    found.set(name, word.slice(at + 1).trim());
  }
  return found;
}

/** A choice as `--set` takes it. */
export const choiceText = (c: TuningChoice): string => Object.entries(c).map(([name, v]) => `${name}=${typeof v === "object" ? JSON.stringify(v) : String(v)}`).join(" ") || "as it stands";

const words: Readonly<Record<string, number>> = { inf: Infinity, "-inf": -Infinity, nan: NaN, true: 1, false: 0 };

/** The number of a word; `wanted` is what it must be. */
function number(name: string, text: string, wanted: ScalarType): number {
  const integer = wanted === "i32" || wanted === "u32";
  const x = !integer && Object.hasOwn(words, text) ? words[text] ?? 0 : /^[-+]?(\d|\.\d|0x)/i.test(text) ? Number(text) : NaN;
  const good = integer ? Number.isSafeInteger(x) : wanted === "bool" ? x === 0 || x === 1 : !Number.isNaN(x) || text === "nan";
  return good ? x : usage(`'--set ${name}=${text}' is ${integer ? "no integer" : wanted === "bool" ? "neither true nor false" : "no number"}`, `write --set ${name}=${integer ? "64" : wanted === "bool" ? "true" : "0.5"}`);
}

/** The compile-time parameters among the words: text, which the language reads as it reads defaults. */
export const comptimeOf = (kernel: { readonly comptime: Comptimes }, set: ReadonlyMap<string, string>): Record<string, string> =>
  Object.fromEntries([...set].filter(([name]) => Object.hasOwn(kernel.comptime, name)));

/** The rest of the words: run-time dimensions and scalar parameters of the Program. */
export function runtimeOf(kernel: { readonly name: string; readonly comptime: Comptimes }, program: Pick<Program, "dims" | "params">, set: ReadonlyMap<string, string>): { readonly dims: Map<string, number>; readonly scalars: Map<string, number> } {
  const dims = new Map<string, number>(), scalars = new Map<string, number>();
  for (const [name, text] of set) {
    if (Object.hasOwn(kernel.comptime, name)) continue;
    const scalar = program.params.find((p) => p.kind === "scalar" && p.name === name);
    if (scalar?.kind === "scalar") scalars.set(name, number(name, text, scalar.type));
    else if (program.dims.includes(name)) {
      const n = number(name, text, "i32");
      if (n < 0 || n >= 2 ** 31) usage(`'--set ${name}=${text}': a dimension is at least 0 and less than 2^31`, `write --set ${name}=64`);
      dims.set(name, n);
    }
    else {
      const names = [...Object.keys(kernel.comptime), ...program.dims, ...program.params.flatMap((p) => (p.kind === "scalar" ? [p.name] : []))], near = didYouMean(name, names);
      usage(`kernel '${kernel.name}' has no '${name}' to set`, near ? `did you mean '${near}'?` : `it has ${names.join(", ") || "none"}`);
    }
  }
  return { dims, scalars };
}
