// Elements picked by number while the kernel runs: along an axis of a table, or of a list by codes. An index outside the table picks
// what `pad:` says, on every device: it is replaced before memory is read.
import { fail } from "../../diagnostic.ts";
import { reduceTo } from "../../layout/index.ts";
import type { DType } from "../dtype.ts";
import type { Emit, Source } from "../emit.ts";
import { define, int, num, optionalAttr, reg, type Datum, type ResultType } from "../instruction.ts";
import { tileShape, type Value } from "../program.ts";
import { makeData, sizeOf, stridesOf, type Tile } from "../tile.ts";
import { elementOf, emission, spreadTile } from "./broadcast.ts";
import { constantOf } from "./casting.ts";
import { roundTo } from "./data.ts";
import { asTile, asView, readView } from "./window.ts";
import { axisOf, broadcast, checkConstant, knownShape, show } from "./rules.ts";

const table = { spaces: ["reg", "shared", "global"], staged: true, doc: "a tile, a shared tile or a tensor" } as const;
const pad = optionalAttr({ ...num, doc: "what an index outside picks; 0 if the type has one" });

/** What stands for elements outside, as a number. Types without zero must say it. */
function padOf(name: string, t: DType, given: number | undefined): number {
  if (given !== undefined) { checkConstant(name, "pad", given, t); return given; }
  return t.hasZero ? 0 : fail({ code: "T0208", message: `${t.name} has no zero to stand for elements outside the table`, help: `say what they read as: ${name}(…, pad: 1)` });
}

/** A table's element at an index whose place along `axis` may lie anywhere. */
function picked<X>(e: Emit<X>, from: Source<X>, index: readonly X[], axis: number, outside: X): X {
  const zero = e.constant("i32", 0), size = from.shape[axis], n = typeof size === "number" ? e.constant("i32", size) : size, at = index[axis];
  const inside = e.op("and", e.op("ge", at, zero), e.op("lt", at, n));
  const safe = e.op("max", e.op("min", at, e.op("sub", n, e.constant("i32", 1))), zero);
  return e.op("select", inside, from.at(index.map((x, d) => (d === axis ? safe : x)), outside), outside);
}

/** An index as an i32: beyond its range it is outside any table. */
const asIndex = <X>(e: Emit<X>, t: DType, x: X): X => (t.name === "i32" ? x : e.bits("i32", t.name === "u32" ? e.op("min", x, e.constant("u32", 2 ** 31 - 1)) : x));

/** The elements of a table in memory or registers; outside a tensor they are the pad. */
const elementsOf = (t: Datum, outside: number): Tile => ("memory" in t ? readView(asView(t), roundTo(t.dtype)(outside)) : asTile(t));

/** What `gather` gives: the index's shape along the axis, both shapes broadcast elsewhere. */
function gathered(from: Value, index: Value, axis: number): readonly number[] {
  const p = knownShape("gather", "index", index), rank = from.shape.length, at = axisOf("gather", axis, rank);
  if (p.length !== rank) fail({ code: "T0226", message: `'gather' needs an index with as many axes as the table: ${rank}, not ${p.length}`, label: `'table' is ${show(from)}, 'index' is ${show(index)}`, help: "add axes of size 1: unsqueeze(index, -1); lookup(table, codes) takes codes of any shape" });
  const others = from.shape.map((n, d) => (d === at ? 1 : n)), known = knownShape("gather", "table", { shape: others, dtype: from.dtype });
  const shape = broadcast([known, p.map((n, d) => (d === at ? 1 : n))]);
  return shape ? shape.map((n, d) => (d === at ? p[d] : n)) : fail({ code: "T0203", message: "the shapes of 'gather' don't broadcast", label: `'table' is ${show(from)}, 'index' is ${show(index)}`, help: `along all axes but ${at} sizes must be equal or 1` });
}

export const gather = define({
  name: "gather",
  doc: "Element […, index[…, j, …], …] of a table for each [… j …]: the index counts along one axis, along the others both broadcast.",
  example: "let c = gather(v, iota([32, 1], axis: 0), axis: 1)",
  operands: { table, index: { ...reg, apart: "number", doc: "places along the axis, i32 or u32, with as many axes as the table" } },
  effect: "read",
  attrs: { axis: { ...int, doc: "the axis that the index counts along, from the end if negative" }, pad },
  type: ({ table: from, index }, { axis, pad: given }): ResultType => {
    if (index.dtype.name !== "i32" && index.dtype.name !== "u32") fail({ code: "T0226", message: "'gather' counts in i32 or u32", label: `'index' is ${show(index)}`, help: "cast it: index as i32" });
    padOf("gather", from.dtype, given);
    return { space: "reg", dtype: from.dtype, shape: gathered(from, index, axis) };
  },
  layout: {
    forward: ({ index: known }, { operands: { index }, out }) => (known && out && index.shape.every((n, d) => n === out.shape[d]) ? known : undefined),
    backward: (out, key, { operands: { index } }) => (key === "index" && out ? reduceTo(out, tileShape(index)) : undefined),
  },
  run: ({ table: from, index }, { axis, pad: given }, { out }) => {
    const shape = out?.shape ?? [], at = axisOf("gather", axis, shape.length), outside = padOf("gather", from.dtype, given);
    const t = elementsOf(from, outside), i = spreadTile(asTile(index), shape), data = makeData(t.dtype, sizeOf(shape)), strides = stridesOf(t.shape), n = t.shape[at], own = stridesOf(shape);
    for (let k = 0; k < data.length; k++) {
      const place = i.data[k];
      const flat = shape.reduce((sum, m, d) => sum + (d === at ? place : t.shape[d] === 1 ? 0 : Math.floor(k / own[d]) % m) * strides[d], 0);
      data[k] = place >= 0 && place < n ? t.data[flat] : roundTo(t.dtype)(outside);
    }
    return { dtype: t.dtype, shape, data };
  },
  emit: (e, { table: from, index }, { axis, pad: given }) => {
    const at = axisOf("gather", axis, from.shape.length), outside = constantOf(e, from.dtype, padOf("gather", from.dtype, given)), zero = e.constant("i32", 0);
    return emission(e, { form: "map", at: (i) => picked(e, from, i.map((x, d) => (d === at ? asIndex(e, index.dtype, elementOf(e, index, i)) : from.shape[d] === 1 ? zero : x)), at, outside) });
  },
});

export const lookup = define({
  name: "lookup",
  doc: "The entry of a list for each code of a tile: a codebook.",
  example: "let c = lookup(load(x[0, 0 +: 8]), load(q))",
  operands: { table: { ...table, doc: "a tile, a shared tile or a tensor of one axis" }, codes: { ...reg, apart: "number", doc: "numbers of entries: u1 … u32 or i32" } },
  effect: "read",
  attrs: { pad },
  type: ({ table: from, codes }, { pad: given }): ResultType => {
    if (codes.dtype.kind !== "uint" && codes.dtype.name !== "i32") fail({ code: "T0226", message: "'lookup' takes codes without a sign", label: `'codes' is ${show(codes)}`, help: "bitcast(codes, to: u4) reads the bits of another type as a number of an entry" });
    if (from.shape.length !== 1) fail({ code: "T0226", message: "'lookup' takes a list: a table of one axis", label: `'table' is ${show(from)}`, help: "gather(table, index, axis: …) picks along an axis of any table; reshape(x, [-1]) makes a list of a tile" });
    padOf("lookup", from.dtype, given);
    return { space: "reg", dtype: from.dtype, shape: knownShape("lookup", "codes", codes) };
  },
  layout: { forward: ({ codes }) => codes, backward: (out, key) => (key === "codes" ? out : undefined) },
  run: ({ table: from, codes }, { pad: given }) => {
    const outside = padOf("lookup", from.dtype, given), t = elementsOf(from, outside), c = asTile(codes), data = makeData(t.dtype, c.data.length), none = roundTo(t.dtype)(outside);
    for (let k = 0; k < data.length; k++) data[k] = c.data[k] >= 0 && c.data[k] < t.data.length ? t.data[c.data[k]] : none;
    return { dtype: t.dtype, shape: c.shape, data };
  },
  emit: (e, { table: from, codes }, { pad: given }) => {
    const outside = constantOf(e, from.dtype, padOf("lookup", from.dtype, given));
    return emission(e, { form: "map", at: (i) => picked(e, from, [asIndex(e, codes.dtype, codes.at(i))], 0, outside) });
  },
});
