// The values of literals: numbers with their range, strings with their escapes.
import type { NumberLiteral, Span, StringLiteral } from "./ast.ts";
import type { Sink } from "./messages.ts";

/** Reads a number token. An integer above 2^53 − 1 and a float beyond the range of f64 are S0011. */
export function readNumber(text: string, span: Span, out: Sink | undefined): NumberLiteral {
  const plain = text.replaceAll("_", "");
  const float = !/^0[xb]/.test(plain) && /[.eE]/.test(plain);
  const value = Number(plain);
  if (!float && !Number.isSafeInteger(value))
    out?.report({ code: "S0011", message: "this integer is too large", span, help: "integers go up to 2^53 − 1 = 9_007_199_254_740_991" });
  if (float && !Number.isFinite(value))
    out?.report({ code: "S0011", message: "this float is too large", span, help: "write `inf` if infinity is meant" });
  return { kind: "number", value, float, text, span };
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", "\"": "\"", "\\": "\\" };

/** Reads a string token with its quotes. An unknown escape is S0020 and stays as it is. */
export function readString(text: string, span: Span, out: Sink | undefined): StringLiteral {
  const value = text.slice(1, -1).replace(/\\([^])/g, (all, c: string, at: number) => {
    const known = Object.hasOwn(escapes, c) ? escapes[c] : undefined;
    if (known === undefined) {
      const start = span.start + 1 + at;
      out?.report({ code: "S0020", message: `unknown escape \`\\${c}\``, span: { ...span, start, end: start + 2 }, help: "known are `\\\"`, `\\\\`, `\\n` and `\\t`" });
    }
    return known ?? all;
  });
  return { kind: "string", value, span };
}
