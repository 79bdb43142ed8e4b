// The one table of number types that are made by rule: what exists, under which convention, and what others call it.
// With the codebooks it is all of them: dtype-find.ts.
import { fail } from "../diagnostic.ts";
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

/** Their names, without aliases, in the order of the table. */
export const ruleNames: readonly string[] = Object.freeze([...rows.keys()]);

/** Other names by which a type is found. */
export const typeAliases: ReadonlyMap<string, string> = aliases;

/** Finds or makes a row; undefined for other names. */
export function typeByRule(name: string): DType | undefined {
  const known = made.get(name);
  if (known) return known;
  const canonical = aliases.get(name) ?? name, make = rows.get(canonical);
  if (!make) return undefined;
  const row = made.get(canonical) ?? make();
  made.set(canonical, row).set(name, row);
  return row;
}

/**
 * `dtype` without codebooks, and without guesses at what a wrong name might have meant: for pages that must weigh little.
 * @throws Diagnostic N0110
 * @example
 * ```ts
 * plainDtype("int4") === dtype("i4"); // => true
 * plainDtype("nf4"); // throws N0110
 * ```
 */
export const plainDtype = (name: string): DType => typeByRule(name) ?? fail({
  code: "N0110", message: `there is no number type '${name}' here`,
  help: "u4, i8, b2, f16 and f6e3m2 are some; codebooks such as nf4 take open(options, fullHost)",
});
