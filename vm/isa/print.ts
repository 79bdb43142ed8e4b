// print: what a block says while it runs, in debug builds only.
import { fail } from "../../diagnostic.ts";
import { define, optional, reg, word } from "../instruction.ts";
import { placesIn, printText, recordWords } from "../print.ts";
import { asTile } from "./window.ts";
import { knownShape } from "./rules.ts";

/** Most words of one record. */
const MOST_WORDS = 2048;

const value = optional({ ...reg, apart: "number" as const });
const operands = { a: value, b: value, c: value, d: value, e: value, f: value, g: value, h: value };
type Key = keyof typeof operands;
const keys = Object.keys(operands) as readonly Key[];

/** The values that were given, in order. */
const given = <T extends object>(o: { readonly [K in Key]?: T | undefined }): readonly T[] => keys.flatMap((k) => o[k] ?? []);

export const print = define({
  name: "print",
  doc: "Says a line for each block, with values in the places of `{}`: numbers of the block, or tiles. Only in debug builds (`run --debug`).",
  example: "print(\"block {}: {}\", g, v[0, 0 +: 4])",
  operands,
  attrs: { text: { ...word, doc: "a string" } },
  first: "text",
  effect: "write",
  type: (o, { text }): undefined => {
    const values = given(o), places = placesIn(text);
    if (places !== values.length)
      fail({ code: "T0530", message: `the text has ${places === 1 ? "one place" : `${places} places`} for ${values.length === 1 ? "one value" : `${values.length} values`}`, help: "write {} where a value shall stand; up to 8" });
    const words = recordWords(values.map((v) => ({ shape: knownShape("print", "a value", v) })));
    if (words > MOST_WORDS) fail({ code: "R0319", message: `this would print ${words} numbers at once; ${MOST_WORDS} are the most`, help: "print a part of the tile, or what it comes to: reduce_max(x, axis: 0)" });
  },
  layout: { fits: () => true },
  run: (o, { text }, r) => { r.print?.(printText(text, given(o).map((d) => { const t = asTile(d); return { dtype: t.dtype, shape: t.shape, at: (i: number) => (t.dtype.storage ? t.dtype.decode(t.data[i]) : t.data[i]) }; }))); },
  emit: (_, o, { text }) => ({ form: "say", text, of: keys.filter((k) => o[k] !== undefined) }),
});
