// The syntax tree for people and for programs: an indented outline, and JSON.
//
//   kernel copy 1:1
//     params[0]: param a 1:13
//       type: type f32 1:16 …
import type { Node } from "./ast.ts";

/** Whether a value is a node or a piece of one. */
const isRecord = (x: unknown): x is Readonly<Record<string, unknown>> => typeof x === "object" && x !== null && !Array.isArray(x);

/** Fields that the headline of a node shows, in this order. */
const headline = ["dir", "of", "op", "ops", "text", "value", "tuple", "doc"];
const hidden: ReadonlySet<string> = new Set(["kind", "span", "opSpan", "float", ...headline]);

/**
 * The tree as JSON text. Spans become `[start, end]`, absent children are left out, and the numbers that JSON lacks are
 * the strings `"inf"` and `"nan"`.
 *
 * @param indent as in `JSON.stringify`
 */
export function astToJson(node: Node, indent = 2): string {
  return JSON.stringify(node, (key, value: unknown) => {
    if ((key === "span" || key === "opSpan") && isRecord(value)) return [value["start"], value["end"]];
    if (typeof value === "number" && !Number.isFinite(value)) return Number.isNaN(value) ? "nan" : "inf";
    return value;
  }, indent);
}

/**
 * The tree as an outline, one node a line, with line and column if the source is given.
 *
 * @example
 * ```ts
 * import { parseExpression, printAst } from "bitloom/lang";
 * printAst(parseExpression("a + 1", "x").expr) // => "binary +\n  left: name a\n  right: number 1"
 * ```
 */
export function printAst(node: Node, source?: string): string {
  const starts = source === undefined ? undefined : lineStarts(source);
  const lines: string[] = [];
  const visit = (x: Readonly<Record<string, unknown>>, label: string, depth: number): void => {
    lines.push(`${"  ".repeat(depth)}${label}${head(x)}${starts ? ` ${place(x, starts)}` : ""}`.trimEnd());
    for (const [key, value] of Object.entries(x)) {
      if (hidden.has(key) && !isRecord(value)) continue;
      if (key === "span" || key === "opSpan" || isPlainName(key, x)) continue;
      if (isRecord(value)) visit(value, `${key}: `, depth + 1);
      else if (Array.isArray(value)) value.forEach((v: unknown, i) => { if (isRecord(v)) visit(v, `${key}[${i}]: `, depth + 1); });
    }
  };
  if (isRecord(node)) visit(node, "", 0);
  return lines.join("\n");
}

/** A declared name is shown in the headline of what it names and not again below. */
const isPlainName = (key: string, x: Readonly<Record<string, unknown>>): boolean => key === "name" && isRecord(x["name"]) && x["kind"] !== "name";

function head(x: Readonly<Record<string, unknown>>): string {
  const words: string[] = [String(x["kind"] ?? "")];
  const name = x["name"];
  if (isRecord(name)) words.push(String(name["text"]));
  for (const key of headline) {
    const v = x[key];
    if (x["kind"] === "number" && key === "value") continue;
    if (key === "tuple") { if (v === true) words.push("tuple"); continue; }
    if (key === "doc" || x["kind"] === "string") { if (typeof v === "string") words.push(JSON.stringify(v)); continue; }
    if (Array.isArray(v)) { if (v.every((w) => typeof w === "string")) words.push(v.join(" ")); continue; }
    if (typeof v === "string" || typeof v === "boolean") words.push(String(v));
  }
  return words.join(" ");
}

function lineStarts(source: string): number[] {
  const starts = [0];
  for (let i = source.indexOf("\n"); i >= 0; i = source.indexOf("\n", i + 1)) starts.push(i + 1);
  return starts;
}

/** `line:column` of a node, by bisection; `locate` of diagnostic.ts would count lines anew for every node. */
function place(x: Readonly<Record<string, unknown>>, starts: readonly number[]): string {
  const span = x["span"];
  const at = isRecord(span) ? Number(span["start"]) : 0;
  let low = 0, high = starts.length;
  while (high - low > 1) {
    const mid = (low + high) >> 1;
    if (starts[mid] <= at) low = mid; else high = mid;
  }
  return isRecord(span) ? `${low + 1}:${at - starts[low] + 1}` : "";
}
