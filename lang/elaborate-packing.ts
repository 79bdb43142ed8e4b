// Packings as they are written, `[k / 32, bit, k % 32]`, `planes`, `packed(L)`, `p ++ q`, `p at 0 stride 64 | …`.
// Digits are read from the tree and not evaluated: `k / 8` cuts the axis k, it divides nothing.
import { fail, type Span } from "../diagnostic.ts";
import {
  axis, bit, concatPackings, dense, digit, digits, flat, overlay, packed, pad, planes, planesBlocked, planesTiled, range, reverse,
  type Digit, type Index, type Packing,
} from "../layout/index.ts";
import type { Call, Expr } from "./ast.ts";
import { asInt, asLayout, describe, placed, silent, wrongKind, type AxisNames, type Cx, type Thing } from "./elaborate-values.ts";
import { misspelt } from "./messages.ts";
import { lookup } from "./names.ts";

/** Names that are packings of any tensor. */
export const packingNames: Readonly<Record<string, (rank: number) => Packing>> = {
  dense: (rank) => (rank === 0 ? digits([bit]) : dense(rank)), planes, // a field that a block has once has no axes
};
/** Calls that give packings. */
export const packingCalls: ReadonlySet<string> = new Set(["planes", "packed"]);

const exactly = (cx: Cx): Cx => ({ ...cx, exact: "packing" });
const number = (e: Expr, cx: Cx): number => asInt(cx.state.evaluate(e, exactly(cx)), e.span, cx);

/** The items of a chain `a op b op c`. */
const chain = (e: Expr, op: "++" | "|"): Expr[] => (e.kind === "binary" && e.op === op ? [...chain(e.left, op), e.right] : [e]);

const isPacking = (e: Expr): boolean => e.kind === "list" || e.kind === "placed" || (e.kind === "binary" && (e.op === "++" || e.op === "|"))
  || (e.kind === "call" && e.callee.kind === "name" && packingCalls.has(e.callee.text));

/**
 * Reads a packing of a tensor whose axes have these names.
 * @throws Diagnostic L0402 (no packing), L0403 (no such axis), L02xx of the layout room
 */
export function packing(e: Expr, axes: AxisNames, cx: Cx): Packing {
  return placed(e.span, () => {
    switch (e.kind) {
      case "error": return silent();
      case "list": return digits(e.items.map((x) => (isPacking(x) ? packing(x, axes, cx) : digitOf(x, axes, cx))));
      case "placed": return overlay([piece(e, axes, cx)]);
      case "binary":
        if (e.op === "++") return concatPackings(...chain(e, "++").map((x) => packing(x, axes, cx)));
        if (e.op === "|") return overlay(chain(e, "|").map((x) => piece(x, axes, cx)));
        return other(e, axes, cx);
      case "name": {
        if (lookup(cx.scope, e.text)) return other(e, axes, cx);
        return Object.hasOwn(packingNames, e.text) ? packingNames[e.text](axes.length) : other(e, axes, cx);
      }
      case "call": return e.callee.kind === "name" && packingCalls.has(e.callee.text) && !lookup(cx.scope, e.callee.text) ? called(e, e.callee.text, axes.length, cx) : other(e, axes, cx);
      default: return other(e, axes, cx);
    }
  });
}

function piece(e: Expr, axes: AxisNames, cx: Cx): { of: Packing; at?: number; stride?: number } {
  if (e.kind !== "placed") return { of: packing(e, axes, cx) };
  return { of: packing(e.operand, axes, cx), at: number(e.base, cx), ...(e.stride ? { stride: number(e.stride, cx) } : {}) };
}

function called(e: Call, name: string, rank: number, cx: Cx): Packing {
  const [arg, second] = e.args;
  if (name === "planes" && e.args.length === 2 && !arg.name && !second.name) return planesTiled(rank, number(arg.value, cx), number(second.value, cx));
  if (e.args.length !== 1 || arg.name) fail({ code: "L0402", message: `'${name}' takes ${name === "planes" ? "one or two numbers" : "one argument"}`, span: e.span, help: name === "planes" ? "write planes(32), planes(8, 128), or planes alone" : "write packed(L), with a register layout L" });
  if (name === "planes") return planesBlocked(rank, number(arg.value, cx));
  const layout = asLayout(cx.state.evaluate(arg.value, { ...cx, exact: "layout" }), arg.value.span, cx);
  if (layout.shape.length !== rank)
    fail({ code: "L0216", message: `a layout of ${layout.shape.length} axes can't pack a tensor of ${rank}`, span: arg.value.span, label: `its shape is [${layout.shape.join(", ")}]`, help: "give the layout one axis per axis of the tensor; unsqueeze(L, [0]) adds one of size 1" });
  return packed(layout);
}

/** Whatever else has a packing as its value: parameters and constants. */
function other(e: Expr, axes: AxisNames, cx: Cx): Packing {
  const t: Thing = cx.state.evaluate(e, exactly(cx));
  if (t.kind === "packing") return t.of(axes);
  if (t.kind === "layout") fail({ code: "L0402", message: "what lies in memory has a packing, and this is a register layout", span: e.span, label: `this is ${describe(t)}`, help: "write packed(…) around it to store each thread's elements of a tensor together; a shared tile takes planes or a list of digits" });
  return wrongKind(t, "a packing", e.span, cx, "write dense, planes, packed(L) or a list of digits such as [k, n, bit]");
}

function digitOf(e: Expr, axes: AxisNames, cx: Cx): Digit {
  return placed(e.span, () => {
    if (e.kind === "binary" && (e.op === "/" || e.op === "%"))
      return digit(digitOf(e.left, axes, cx), e.op === "/" ? { div: number(e.right, cx) } : { mod: number(e.right, cx) });
    if (e.kind === "call" && e.callee.kind === "name" && e.callee.text === "pad") {
      const [of, to] = e.args;
      if (e.args.length !== 2) fail({ code: "L0402", message: "'pad' in a packing takes a digit and a number", span: e.span, help: "write pad(k, 32)" });
      return pad(digitOf(of.value, axes, cx), number(to.value, cx));
    }
    return digit(indexOf(e, axes, cx));
  });
}

function indexOf(e: Expr, axes: AxisNames, cx: Cx): Index {
  return placed(e.span, () => {
    switch (e.kind) {
      case "error": return silent();
      case "name": return e.text === "bit" ? bit : axisNamed(e.text, e.span, axes);
      case "flat": return flat(e.items.map((x) => digitOf(x, axes, cx)));
      case "unary": if (e.op === "~") return reverse(indexOf(e.operand, axes, cx)); break;
      case "binary": if (e.op === "/" || e.op === "%") return flat([digitOf(e, axes, cx)]); break;
      case "index": {
        const [s] = e.subscripts;
        if (e.subscripts.length === 1 && s.kind === "window") return range(indexOf(e.operand, axes, cx), number(s.start, cx), number(s.width, cx));
        break;
      }
      default: break;
    }
    return fail({ code: "L0402", message: "this is no digit of a packing", span: e.span, help: "digits are axes and 'bit', cut by / and %: k / 32, k % 32, {k, bit} % 8, bit[0 +: 4], ~k, pad(k, 32)" });
  });
}

function axisNamed(name: string, span: Span, axes: AxisNames): Index {
  const at = axes.indexOf(name);
  if (at >= 0) return axis(at);
  const named = axes.filter((a) => a !== undefined), near = misspelt(name, [...named, "bit"]);
  return fail({
    code: "L0403", message: `no axis is called '${name}'`, span, label: "unknown axis",
    help: near ? `did you mean '${near}'?` : named.length ? `axes are ${named.join(", ")}, and 'bit'` : `name the axes in the type: u3[${axes.map((_, i) => `${"kmnij"[i] ?? `a${i}`}: …`).join(", ")}]`,
  });
}
