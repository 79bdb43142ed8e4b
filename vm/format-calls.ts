// What the instructions that move memory mean for a tensor of a format: loading gives its values, storing makes its fields. The language
// asks here, by the instruction's name, when it meets such a tensor.
import { fail } from "../diagnostic.ts";
import type { Argument, Builder } from "./builder.ts";
import { dtype } from "./dtype.ts";
import { loadFormat, type FormatParam, type FormatWindow } from "./format-access.ts";
import { storeFormat } from "./format-store.ts";
import type { Value } from "./program.ts";

/** A call with a tensor of a format in place of a tensor. */
export interface FormatCall {
  /** The operand that it stands for. */
  readonly operand: string;
  /** Whether it is written. */
  readonly writes: boolean;
  /** Builds it. `others` are the other operands and attributes, as the instruction takes them. */
  build(b: Builder, w: FormatParam, window: FormatWindow, drop: readonly number[], others: Readonly<Record<string, unknown>>): Value | undefined;
}

const f32Type = dtype("f32");

const tile = (x: unknown): Value => (typeof x === "object" && x !== null && "space" in x ? (x as Value)
  : fail({ code: "T0710", message: "a tensor of a format is copied to a shared tile or a tensor of numbers", help: "copy(w[…], to: s)" }));

/** What lies outside a tensor of a format is 0. */
const noPad = (others: Readonly<Record<string, unknown>>): void => {
  if (others["pad"] !== undefined && others["pad"] !== 0) fail({ code: "T0710", message: "values outside a tensor of a format are 0", help: "leave 'pad:' out; where(…) puts other numbers in their place" });
};

/** Instructions by name. */
export const formatCalls: ReadonlyMap<string, FormatCall> = new Map<string, FormatCall>([
  ["load", { operand: "x", writes: false, build: (b, w, window, drop, others) => { noPad(others); return loadFormat(b, w, window, drop); } }],
  ["copy", { operand: "from", writes: false, build: (b, w, window, drop, others) => {
    noPad(others);
    const to = tile(others["to"]), x = loadFormat(b, w, window, drop);
    b.store({ to, x: x.dtype.name === to.dtype.name ? x : b.cast({ x }, { to: to.dtype }) });
    return undefined;
  } }],
  ["store", { operand: "to", writes: true, build: (b, w, window, drop, others) => {
    const x = others["x"] as Argument, sizes = [...window.sizes], kept = sizes.filter((_, e) => !drop.includes(e));
    const whole = typeof x === "object" && "space" in x ? x : b.fill({}, { value: x, dtype: f32Type, shape: kept });
    const f32 = whole.dtype.name === "f32" ? whole : b.cast({ x: whole }, { to: f32Type });
    const same = f32.shape.length === kept.length && f32.shape.every((n, d) => n === kept[d]);
    storeFormat(b, w, window, b.reshape({ x: same ? f32 : b.expand({ x: f32 }, { shape: kept }) }, { shape: sizes }));
    return undefined;
  } }],
]);
