// Functions of the language that are no instructions: they give layouts and numbers and run while the kernel is elaborated.
// One row each; completion, reference and the evaluator read the same table.
import { fail, type Span } from "../diagnostic.ts";
import {
  autoLocalSpatial, canonical, columnLocal, columnSpatial, concat, expand, flatten, leftDivide, local, localRanked, permute, reduce, reduceTo, registerLayout,
  replicated, reshape, spatial, spatialRanked, squeeze, unsqueeze, type RegisterLayout,
} from "../layout/index.ts";
import { cdiv, codebook, type DType } from "../vm/index.ts";
import type { Bound, Slot } from "./arguments.ts";
import { toScalar } from "./elaborate-operators.ts";
import { asBool, asDtype, asInt, asInts, asLayout, boolean, fromScalar, int, silent, wrongKind, type Cx, type Thing } from "./elaborate-values.ts";

/** The arguments of one call, evaluated when asked for. */
export interface Given {
  readonly span: Span;
  readonly cx: Cx;
  has(name: string): boolean;
  thing(name: string): Thing;
  int(name: string): number;
  /** A list of numbers. */
  numbers(name: string): number[];
  /** `[a, b]`, or the arguments `a, b` of a slot that takes any number. */
  ints(name: string): number[];
  bool(name: string, otherwise: boolean): boolean;
  layout(name: string): RegisterLayout;
  dtype(name: string): DType;
}

/** A function of the language. */
export interface Builtin {
  /** One sentence. */
  readonly doc: string;
  /** A call, or a call and its value: `bits(u3) == 3`. */
  readonly example: string;
  readonly slots: readonly Slot[];
  /** Slots that may be left out. */
  readonly optional?: readonly string[];
  /** "layout": a compile-time `/` in the arguments must be exact. */
  readonly exact?: "layout";
  run(given: Given): Thing;
}

const layout = (value: RegisterLayout): Thing => ({ kind: "layout", value });
const slots = (...names: string[]): Slot[] => names.map((n) => (n.endsWith("…") ? { name: n.slice(0, -1), rest: true } : { name: n }));

/** A layout from extents, in an order that `ranks:` may change. */
const primitive = (doc: string, example: string, plain: (...shape: number[]) => RegisterLayout, ranked: (shape: readonly number[], ranks: readonly number[]) => RegisterLayout): Builtin => ({
  doc, example, slots: slots("shape…", "ranks"), optional: ["ranks"], exact: "layout",
  run: (g) => layout(g.has("ranks") ? ranked(g.ints("shape"), g.ints("ranks")) : plain(...g.ints("shape"))),
});

/** A layout from a layout and lists of integers. */
const onLayout = (doc: string, example: string, rest: readonly string[], optional: readonly string[], run: (a: RegisterLayout, g: Given) => RegisterLayout): Builtin => ({
  doc, example, slots: slots("a", ...rest), optional, exact: "layout", run: (g) => layout(run(g.layout("a"), g)),
});

/** Cuts modes as Tilus does; where that finds nothing although an answer exists, joins them first. */
function reshaped(a: RegisterLayout, shape: readonly number[]): RegisterLayout {
  try { return reshape(a, shape); } catch { return reshape(a, shape, { join: true }); }
}

/**
 * Functions by name.
 * @example
 * ```ts
 * builtins["cdiv"]?.example; // => "cdiv(10, 4) == 3"
 * ```
 */
export const builtins: Readonly<Record<string, Builtin>> = Object.freeze({
  spatial: primitive("One thread per element, row-major: neighbours along the last dimension are neighbouring threads.", "spatial(2, 3)", spatial, spatialRanked),
  local: primitive("All elements in one thread, row-major: neighbours along the last dimension are neighbouring slots.", "local(2, 3)", local, localRanked),
  column_spatial: primitive("One thread per element, the first dimension fastest.", "column_spatial(2, 3)", columnSpatial, spatialRanked),
  column_local: primitive("All elements in one thread, the first dimension fastest.", "column_local(2, 3)", columnLocal, localRanked),
  replicated: {
    doc: "Every one of `workers` threads holds the whole tile.", example: "replicated(2, 2, workers: 4)", slots: slots("shape…", "workers"), exact: "layout",
    run: (g) => layout(replicated(g.ints("shape"), g.int("workers"))),
  },
  auto: {
    doc: "A tile of this shape spread evenly over exactly this many threads.", example: "auto(32, [4, 16])", slots: slots("threads", "shape"), exact: "layout",
    run: (g) => layout(autoLocalSpatial(g.int("threads"), g.ints("shape"))),
  },
  layout: {
    doc: "A layout from its four tuples; a spatial entry -r stands for r replicas.", example: "layout(shape: [4, 2], modes: [2, 2, 2], spatial: [0, 1], local: [2])",
    slots: slots("shape", "modes", "spatial", "local"), exact: "layout",
    run: (g) => layout(registerLayout(g.ints("shape"), g.ints("modes"), g.ints("spatial"), g.ints("local"))),
  },
  left_divide: {
    doc: "The layout c with a = b * c.", example: "left_divide(spatial(2, 4), spatial(2, 1))", slots: slots("a", "b"), exact: "layout",
    run: (g) => layout(leftDivide(g.layout("a"), g.layout("b"))),
  },
  reduce: onLayout("The layout of what is left when dimensions are reduced: threads along them hold the same.", "reduce(spatial(3, 4), dims: [0])", ["dims", "keepdims"], ["keepdims"],
    (a, g) => reduce(a, g.ints("dims"), g.bool("keepdims", false))),
  reduce_to: onLayout("Reduces to a shape that broadcasts back to the layout's.", "reduce_to(spatial(3, 4), [1, 4])", ["shape"], [], (a, g) => reduceTo(a, g.ints("shape"))),
  permute: onLayout("The same with its dimensions in another order.", "permute(spatial(2, 3), [1, 0])", ["dims"], [], (a, g) => permute(a, g.ints("dims"))),
  reshape: onLayout("The same elements, counted row-major, under another shape.", "reshape(spatial(4, 8), [8, 4])", ["shape"], [], (a, g) => reshaped(a, g.ints("shape"))),
  flatten: onLayout("Makes the dimensions from `start` to `end`, both included, one.", "flatten(spatial(2, 3))", ["start", "end"], ["start", "end"],
    (a, g) => flatten(a, g.has("start") ? g.int("start") : 0, g.has("end") ? g.int("end") : -1)),
  squeeze: onLayout("Without these dimensions of extent 1.", "squeeze(spatial(1, 4), [0])", ["dims"], [], (a, g) => squeeze(a, g.ints("dims"))),
  unsqueeze: onLayout("With dimensions of extent 1 at these places.", "unsqueeze(spatial(4), [0])", ["dims"], [], (a, g) => unsqueeze(a, g.ints("dims"))),
  expand: onLayout("Repeats a dimension of extent 1 in slots of the same thread.", "expand(spatial(4, 1), 1, 2)", ["dim", "n"], [], (a, g) => expand(a, g.int("dim"), g.int("n"))),
  concat: onLayout("The dimensions of a, then those of b; threads and slots of a are slower.", "concat(spatial(2), local(3))", ["b"], [], (a, g) => concat(a, g.layout("b"))),
  canonical: onLayout("The one way to write a layout: no modes of size 1, neighbours joined.", "canonical(spatial(1, 4))", [], [], (a) => canonical(a)),
  cdiv: {
    doc: "a / b rounded up.", example: "cdiv(10, 4) == 3", slots: slots("a", "b"),
    run: (g) => {
      const a = g.thing("a"), b = g.thing("b");
      if (a.kind === "int" && b.kind === "int") {
        if (b.value === 0) fail({ code: "T0504", message: "division by zero", span: g.span, label: "the divisor is 0", help: "check it first: require it to be positive" });
        return int(Math.ceil(a.value / b.value) || 0);
      }
      return fromScalar(cdiv(toScalar(a, "i32", g.span, g.cx), toScalar(b, "i32", g.span, g.cx)));
    },
  },
  bits: {
    doc: "How many bits an element of a number type or of a tile has.", example: "bits(u3) == 3", slots: slots("of"),
    run: (g) => { const t = g.thing("of"); return int(t.kind === "tile" ? t.value.dtype.bits : g.dtype("of").bits); },
  },
  plane_weight: {
    doc: "What bit plane i of an integer type counts: 2^i, and -2^i for the top plane of a signed type.", example: "plane_weight(i4, 3) == -8", slots: slots("of", "i"),
    run: (g) => {
      const t = g.dtype("of"), i = g.int("i");
      if (t.kind !== "uint" && t.kind !== "int" && t.kind !== "bipolar") fail({ code: "T0214", message: `${t.name} has no bit planes`, span: g.span, help: "planes are for integers: u1…u32, i2…i32 and b1…b8" });
      if (i < 0 || i >= t.bits) fail({ code: "T0510", message: `${t.name} has no plane ${i}`, span: g.span, help: `planes are 0 to ${t.bits - 1}` });
      return int(t.kind === "int" && i === t.bits - 1 ? -(2 ** i) : 2 ** i);
    },
  },
  codebook: {
    doc: "A number type of your own: codes of so many bits are numbers of entries in a list of numbers.", example: "codebook(2, [-1, -0.25, 0.25, 1])", slots: slots("bits", "values"),
    run: (g) => ({ kind: "dtype", value: codebook(g.int("bits"), g.numbers("values")) }),
  },
  largest: {
    doc: "The largest finite number of a number type.", example: "largest(i4) == 7", slots: slots("of"),
    run: (g) => { const { max } = g.dtype("of"); return Number.isInteger(max) && max < 2 ** 31 ? int(max) : { kind: "float", value: max }; },
  },
  is_float: { doc: "Whether a number type is computed with in floats.", example: "is_float(f8e4m3) == true", slots: slots("of"), run: (g) => boolean(["float", "codebook"].includes(g.dtype("of").kind) && g.dtype("of").compute !== "i32") },
  has_zero: { doc: "Whether a number type can hold 0; bipolar types can't.", example: "has_zero(b3) == false", slots: slots("of"), run: (g) => boolean(g.dtype("of").hasZero) },
} satisfies Record<string, Builtin>);

/** Runs a function of the table on bound arguments, the first of which may be evaluated already. */
export function runBuiltin(name: string, row: Builtin, bound: Bound, span: Span, cx: Cx, first?: Thing): Thing {
  const inner = row.exact ? { ...cx, exact: row.exact } : cx;
  const seen = new Map<string, Thing[]>(first ? [[row.slots[0].name, [first]]] : []);
  const things = (key: string): Thing[] => {
    const known = seen.get(key);
    if (known) return known;
    const made = (bound.get(key) ?? []).map((a) => cx.state.evaluate(a.value, inner));
    seen.set(key, made);
    return made;
  };
  const place = (key: string): Span => bound.get(key)?.[0].value.span ?? span;
  const one = (key: string): Thing => things(key)[0] ?? fail({ code: "T0101", message: `'${name}' needs '${key}'`, span, help: `write ${row.example.split(" == ")[0]}, for example` });
  for (const s of row.slots) if (!s.rest && !bound.has(s.name) && !row.optional?.includes(s.name)) one(s.name);
  return row.run({
    span, cx,
    has: (key) => bound.has(key),
    thing: (key) => { const t = one(key); return t.kind === "poison" ? silent() : t; },
    int: (key) => asInt(one(key), place(key), cx),
    numbers: (key) => {
      const t = one(key);
      return (t.kind === "list" ? t.items : wrongKind(t, "a list of compile-time numbers", place(key), cx, "write [-1, 0.5, 1]")).map((x) => (x.kind === "int" || x.kind === "float" ? x.value : wrongKind(x, "a compile-time number", place(key), cx)));
    },
    ints: (key) => {
      const all = things(key), [first] = all;
      return all.length === 1 && first.kind === "list" ? asInts(first, place(key), cx)
        : row.slots.some((s) => s.rest && s.name === key) ? all.map((t, i) => asInt(t, bound.get(key)?.[i].value.span ?? span, cx)) : asInts(one(key), place(key), cx);
    },
    bool: (key, otherwise) => (bound.has(key) ? asBool(one(key), place(key), cx) : otherwise),
    layout: (key) => asLayout(one(key), place(key), cx),
    dtype: (key) => asDtype(one(key), place(key), cx),
  });
}
