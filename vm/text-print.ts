// Program → text. One line per statement, types on the left, everything exact:
//
//   %4: f32[32, 64] = load(x: %3)
//
// Values print as their numbers and symbols as their ids; the user's names are no part of it.
import { Bug } from "../diagnostic.ts";
import { printPacking, rankOf, type RegisterLayout } from "../layout/index.ts";
import { instructions } from "./isa/index.ts";
import type { AttrValue, For, Inst, LoopMode, Param, Program, Stmt, TensorParam, Value } from "./program.ts";
import { infixOf, type Scalar, type Size } from "./scalar.ts";

/** Words that mean constants where a symbol could stand. */
export const constants: ReadonlyMap<string, number> = new Map([["true", 1], ["false", 0], ["inf", Infinity], ["nan", NaN]]);

/** Names of axes in packings of program text. */
export const axisName = (i: number): string => `d${i}`;

/** A name as it is, or quoted where it would be read as something else. */
export const printName = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) && !constants.has(name) ? name : JSON.stringify(name));

/** A number that reads back as the same one. */
export const printNumber = (x: number): string =>
  Number.isNaN(x) ? "nan" : Math.abs(x) === Infinity ? (x < 0 ? "-inf" : "inf") : Object.is(x, -0) ? "-0" : String(x);

const list = (xs: readonly string[]): string => `[${xs.join(", ")}]`;
const numbers = (xs: readonly number[]): string => list(xs.map(printNumber));

/** A layout as its four tuples. */
export const layoutText = (l: RegisterLayout): string =>
  `layout(shape: ${numbers(l.shape)}, modes: ${numbers(l.modeShape)}, spatial: ${numbers(l.spatialModes)}, local: ${numbers(l.localModes)})`;

/** A scalar, fully bracketed; constants carry their type as a suffix: `5`, `5u`, `0.5f`, `true`. */
export function scalarText(x: Size): string {
  if (typeof x === "number") return printNumber(x);
  switch (x.kind) {
    case "const": return constantText(x);
    case "symbol": return printName(x.id);
    case "to": return `${x.type}(${scalarText(x.arg)})`;
    case "op": {
      const sign = infixOf(x.op), args = x.args.map(scalarText);
      return sign ? `(${args.join(` ${sign} `)})` : `${x.op}(${args.join(", ")})`;
    }
    default: return x satisfies never;
  }
}

function constantText({ type, value }: Extract<Scalar, { kind: "const" }>): string {
  switch (type) {
    case "bool": return value ? "true" : "false";
    case "i32": return printNumber(value);
    case "u32": return `${printNumber(value)}u`;
    case "f32": return Number.isFinite(value) ? `${printNumber(value)}f` : printNumber(value);
    default: return type satisfies never;
  }
}

/** `shared f16[32, 32] @ layout(…)`; registers go without saying. */
export const typeText = (v: Pick<Value, "space" | "dtype" | "shape" | "layout">): string =>
  `${v.space === "reg" ? "" : `${v.space} `}${v.dtype.name}${list(v.shape.map(scalarText))}${v.layout ? ` @ ${layoutText(v.layout)}` : ""}`;

function attrText(a: AttrValue): string {
  switch (a.kind) {
    case "int": case "number": return printNumber(a.value);
    case "ints": return numbers(a.value);
    case "axes": return typeof a.value === "number" ? printNumber(a.value) : numbers(a.value);
    case "bool": return String(a.value);
    case "name": return printName(a.value);
    case "dtype": return a.value.name;
    case "layout": return layoutText(a.value);
    case "packing": return printPacking(a.value, Array.from({ length: rankOf(a.value) }, (_, d) => axisName(d)), layoutText);
    case "scalar": return scalarText(a.value);
    case "scalars": return list(a.value.map(scalarText));
    default: return a satisfies never;
  }
}

/** One instruction on a line. Operands and attributes stand in the order of the table's row. */
export function instText(i: Inst): string {
  const row = instructions.get(i.name) ?? { operands: i.operands, attrs: i.attrs };
  const args = [
    ...Object.keys(row.operands).flatMap((k) => (i.operands[k] ? [`${k}: %${i.operands[k].id}`] : [])),
    ...Object.keys(row.attrs).flatMap((k) => (i.attrs[k] ? [`${k}: ${attrText(i.attrs[k])}`] : [])),
  ];
  const result = i.out ? `%${i.out.id}: ${typeText(i.out)} = ` : i.result ? `${printName(i.result.id)}: ${i.result.type} = ` : "";
  return `${result}${i.name}(${args.join(", ")})`;
}

const modeText = (m: LoopMode): string => (m.kind === "plain" ? "" : m.kind === "unroll" ? "unroll " : `pipeline(${m.stages}) `);

/** The first line of a loop. */
export const forText = (s: For): string =>
  `${modeText(s.mode)}for ${printName(s.symbol.id)} in ${scalarText(s.from)} .. ${scalarText(s.to)} step ${s.step} {`;

function* blockText(body: readonly Stmt[], indent: string): Generator<string> {
  for (const s of body) {
    switch (s.kind) {
      case "inst": yield indent + instText(s); break;
      case "for":
        yield indent + forText(s);
        yield* blockText(s.body, `${indent}  `);
        yield `${indent}}`;
        break;
      case "if":
        yield `${indent}if ${scalarText(s.condition)} {`;
        yield* blockText(s.then, `${indent}  `);
        if (s.otherwise.length) { yield `${indent}} else {`; yield* blockText(s.otherwise, `${indent}  `); }
        yield `${indent}}`;
        break;
      case "while":
        yield `${indent}while {`;
        yield* blockText(s.head, `${indent}  `);
        yield `${indent}} ${scalarText(s.condition)} {`;
        yield* blockText(s.body, `${indent}  `);
        yield `${indent}}`;
        break;
      case "jump": yield indent + s.to; break;
      default: throw new Bug(`no text for a statement ${s satisfies never}`);
    }
  }
}

/** `x: f32[N] @ dense`; of a tensor that shares a buffer `… buffer b`. */
export const tensorLine = (t: Pick<TensorParam, "name" | "value" | "packing" | "buffer">): string =>
  `${printName(t.name)}: ${t.value.dtype.name}${list(t.value.shape.map(scalarText))} @ ${printPacking(t.packing, t.value.shape.map((_, i) => axisName(i)), layoutText)}${t.buffer === undefined ? "" : ` buffer ${printName(t.buffer)}`}`;

const paramText = (p: Param): string =>
  p.kind === "scalar" ? `scalar ${printName(p.name)}: ${p.type}` : `${p.direction} %${p.value.id} ${tensorLine(p)}`;

/** The text of one Program. */
export function programText(p: Program): string {
  const lines = [
    `program ${printName(p.name)}`,
    ...(p.doc ? [`doc ${JSON.stringify(p.doc)}`] : []),
    ...(p.dims.length ? [`dims ${p.dims.map(printName).join(", ")}`] : []),
    ...p.params.map(paramText),
    ...(p.grid.length ? [`grid ${p.grid.map((a) => `${printName(a.symbol.id)} < ${scalarText(a.extent)}`).join(", ")}`] : []),
    `threads ${p.threads}`,
    ...p.requires.map((r) => `require ${scalarText(r.condition)}, ${JSON.stringify(r.message)}`),
    "{", ...blockText(p.body, "  "), "}",
  ];
  return `${lines.join("\n")}\n`;
}
