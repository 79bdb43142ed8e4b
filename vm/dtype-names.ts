// The one table of number types by name: what exists, under which convention, and what others call it.
import { fail, didYouMean } from "../diagnostic.ts";
import { codebookName, codebookType, codebooks, readCodebook } from "./dtype-codebook.ts";
import { bfloatType, floatType, halfType, smallFloat } from "./dtype-float.ts";
import { bipolarType, boolType, signedType, unsignedType } from "./dtype-int.ts";
import { scaleType } from "./dtype-scale.ts";
import type { Convention, DType } from "./dtype-type.ts";

/** How to make a row; rows are made when first asked for. */
type Make = () => DType;

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Conventions of a split: the one its plain name means comes first. */
function conventions(sign: 0 | 1, exponent: number, mantissa: number): Convention[] {
  const bits = sign + exponent + mantissa;
  const all: Convention[] = ["finite"];
  if (exponent + mantissa >= 2) all.push("ieee"); // e1m0 would be left with nothing but zero
  if (sign) all.push("fnuz");
  if (sign && bits === 8 && exponent === 4) return ["fn", ...all, "b11fnuz"];
  if (sign && bits === 8 && exponent === 5) return ["ieee", "finite", "fnuz"];
  return all;
}

function rowsAndAliases(): { rows: Map<string, Make>; aliases: Map<string, string> } {
  const rows = new Map<string, Make>(), aliases = new Map<string, string>();
  for (const n of range(1, 32)) { rows.set(`u${n}`, () => unsignedType(n)); aliases.set(`uint${n}`, `u${n}`); }
  for (const n of range(2, 32)) { rows.set(`i${n}`, () => signedType(n)); aliases.set(`int${n}`, `i${n}`); }
  for (const n of range(1, 8)) rows.set(`b${n}`, () => bipolarType(n));
  for (const sign of [1, 0] as const)
    for (const bits of range(1 + sign, 8))
      for (const exponent of range(1, Math.min(7, bits - sign))) {
        const mantissa = bits - sign - exponent;
        const split = `${bits}e${exponent}m${mantissa}`, plain = `${sign ? "f" : "uf"}${split}`;
        conventions(sign, exponent, mantissa).forEach((convention, i) => {
          const name = i === 0 ? plain : `${plain}_${convention}`;
          rows.set(name, () => smallFloat({ name, sign, exponent, mantissa, convention }));
          if (i === 0) aliases.set(`${plain}_${convention}`, plain);
          if (convention !== "finite" && convention !== "ieee") aliases.set(`${plain}${convention}`, name);
          if (sign && bits < 8 && i === 0) aliases.set(`float${split.replace("e", "_e")}`, name);
        });
      }
  rows.set("e8m0", scaleType).set("f16", halfType).set("bf16", bfloatType).set("f32", floatType).set("bool", () => boolType);
  for (const [name, [bits, values]] of Object.entries(codebooks)) rows.set(name, () => codebookType(name, bits, values));
  const others = { // what ml_dtypes, PyTorch and numpy call them
    float8_e3m4: "f8e3m4_ieee", float8_e4m3: "f8e4m3_ieee", float8_e4m3fn: "f8e4m3", float8_e4m3fnuz: "f8e4m3_fnuz",
    float8_e4m3b11fnuz: "f8e4m3_b11fnuz", float8_e5m2: "f8e5m2", float8_e5m2fnuz: "f8e5m2_fnuz", float8_e8m0fnu: "e8m0",
    float4_e2m1fn: "f4e2m1", float6_e2m3fn: "f6e2m3", float6_e3m2fn: "f6e3m2", uf8e8m0: "e8m0", f8e8m0: "e8m0",
    half: "f16", float16: "f16", bfloat16: "bf16", float32: "f32",
  };
  for (const [alias, name] of Object.entries(others)) aliases.set(alias, name);
  return { rows, aliases };
}

const { rows, aliases } = rowsAndAliases();
const made = new Map<string, DType>();

/** Names of all types, without aliases, in the order of the table. */
export const typeNames: readonly string[] = Object.freeze([...rows.keys()]);

/** Other names by which a type is found. */
export const typeAliases: ReadonlyMap<string, string> = aliases;

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
    return `'${split[1] ?? ""}f${bits}e${x}m${y}' can be ${[...rows.keys()].filter((k) => k.replace(/_.*/, "") === `${split[1] ?? ""}f${bits}e${x}m${y}`).map((k) => `'${k}'`).join(", ")}`;
  }
  const near = didYouMean(name, [...rows.keys(), ...aliases.keys()]);
  return near ? `did you mean '${near}'?` : "number types are u1…u32, i2…i32, b1…b8, bool, f16, bf16, f32, e8m0, float splits such as f6e3m2, and codebooks such as nf4 or codebook(2, [-1, -0.25, 0.25, 1])";
}

/** Whether a name (or alias) is a number type. */
export const isTypeName = (name: string): boolean => rows.has(name) || aliases.has(name) || readCodebook(name) !== undefined;

/** A codebook of one's own; `codebook` of dtype.ts. */
export function codebookOf(bits: number, values: readonly number[]): DType {
  const name = codebookName(bits, values), row = made.get(name) ?? codebookType(name, bits, values);
  made.set(name, row);
  return row;
}

/** Finds or makes a row; `dtype` of dtype.ts. */
export function lookup(name: string): DType {
  const known = made.get(name);
  if (known) return known;
  const canonical = aliases.get(name) ?? name, make = rows.get(canonical);
  const own = make ? undefined : readCodebook(name);
  if (own) return codebookOf(own.bits, own.values);
  if (!make) return fail({ code: "N0110", message: `there is no number type '${name}'`, help: advice(name) });
  const row = made.get(canonical) ?? make();
  made.set(canonical, row).set(name, row);
  return row;
}
