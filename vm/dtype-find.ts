// All number types by name: those made by rule and the codebooks; and what to say to a name that is none.
import { didYouMean, fail } from "../diagnostic.ts";
import { codebookName, codebookType, codebooks, readCodebook } from "./dtype-codebook.ts";
import { ruleNames, typeAliases, typeByRule } from "./dtype-names.ts";
import type { DType } from "./dtype-type.ts";

/** Codebooks that were asked for. */
const made = new Map<string, DType>();

/** Names of all types, without aliases, in the order of the table. */
export const typeNames: readonly string[] = Object.freeze([...ruleNames, ...Object.keys(codebooks)]);

/** What to say to a name that is nearly one. */
function advice(name: string): string {
  const digits = /^([a-z]+?)(\d+)$/.exec(name), [, letter = "", number = ""] = digits ?? [], n = Number(number);
  if (name === "i1" || name === "int1") return "one bit of two's complement could only be 0 or -1: write 'u1' (0, 1) or 'b1' (-1, 1)";
  if (letter === "u" || letter === "i") return `'${letter}' takes ${letter === "u" ? 1 : 2} to 32 bits, not ${n}`;
  if (letter === "b") return `bipolar types have 1 to 8 bits, not ${n}`;
  if (letter === "f") return "floats are f16, bf16, f32 and, up to 8 bits, splits of sign, exponent and mantissa such as f6e3m2";
  const split = /^(u?)f(\d+)e(\d+)m(\d+)(?:_(\w+))?$/.exec(name);
  if (split) {
    const sign = split[1] ? 0 : 1, bits = Number(split[2]), x = Number(split[3]), y = Number(split[4]), total = sign + x + y;
    if (bits !== total) return `${sign ? "a sign, " : ""}${x} exponent and ${y} mantissa bits make ${total} bits: '${split[1] ?? ""}f${total}e${x}m${y}'?`;
    if (bits > 8) return "splits go up to 8 bits; wider floats are f16, bf16 and f32";
    if (x < 1 || x > 7) return "a split has 1 to 7 exponent bits; eight of them without mantissa are 'e8m0'";
    return `'${split[1] ?? ""}f${bits}e${x}m${y}' can be ${ruleNames.filter((k) => k.replace(/_.*/, "") === `${split[1] ?? ""}f${bits}e${x}m${y}`).map((k) => `'${k}'`).join(", ")}`;
  }
  const near = didYouMean(name, [...typeNames, ...typeAliases.keys()]);
  return near ? `did you mean '${near}'?` : "number types are u1…u32, i2…i32, b1…b8, bool, f16, bf16, f32, e8m0, float splits such as f6e3m2, and codebooks such as nf4 or codebook(2, [-1, -0.25, 0.25, 1])";
}

/** Whether a name (or alias) is a number type. */
export const isTypeName = (name: string): boolean => typeNames.includes(name) || typeAliases.has(name) || readCodebook(name) !== undefined;

/** The row of a codebook, made once. */
function rowOf(name: string, bits: number, values: readonly number[]): DType {
  const row = made.get(name) ?? codebookType(name, bits, values);
  made.set(name, row);
  return row;
}

/** A codebook of one's own; `codebook` of dtype.ts. */
export const codebookOf = (bits: number, values: readonly number[]): DType => rowOf(codebookName(bits, values), bits, values);

/** Finds or makes a row; `dtype` of dtype.ts. */
export function lookup(name: string): DType {
  const known = typeByRule(name) ?? made.get(name);
  if (known) return known;
  const own = readCodebook(name), [bits, values] = Object.hasOwn(codebooks, name) ? codebooks[name] : [own?.bits, own?.values];
  return bits !== undefined && values ? rowOf(name, bits, values) : fail({ code: "N0110", message: `there is no number type '${name}'`, help: advice(name) });
}
