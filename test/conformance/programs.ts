// Random Programs whose results are exact: integers, and floats that hold small integers. They draw on every mechanism that
// moves elements: packings, windows that stick out, layouts, conversions, views, reductions, shared tiles, loops, products.
import fc from "fast-check";
import {
  axis, bit, columnLocal, columnSpatial, compose, dense, digit, digits, local, packed, pad, planes, planesBlocked, range, concatPackings, slotCount, spatial, threadCount, type Packing, type RegisterLayout,
} from "../../layout/index.ts";
import { builder, constant, dtype, isDType, makeTile, scalarOp, type DType, type Scalar, type Tile, type Value } from "../../vm/index.ts";
import type { Case } from "./engines.ts";

type Gen = fc.GeneratorValue;

const storage = ["u1", "u2", "u3", "u4", "u5", "u6", "u7", "u8", "i2", "i3", "i4", "i5", "i6", "i7", "i8", "b1", "b2", "b3", "b4", "b5", "b6", "b7", "b8", "u11", "i13", "u16"];
const wide = ["i32", "u32", "f32", "f16"];

const pick = <T>(g: Gen, xs: readonly T[]): T => g(fc.constantFrom as (...x: T[]) => fc.Arbitrary<T>, ...xs);
const chance = (g: Gen, percent: number): boolean => g(fc.integer, { min: 0, max: 99 }) < percent;
const whole = (g: Gen, min: number, max: number): number => g(fc.integer, { min, max });

/** A register layout of a shape, for at most `threads` threads. */
export function randomLayout(g: Gen, threads: number, shape: readonly number[]): RegisterLayout {
  let left = threads;
  const layers: RegisterLayout[] = [];
  let rest = [...shape];
  for (let i = 0; i < 3 && rest.some((n) => n > 1); i++) {
    const across = g(fc.boolean);
    const part = rest.map((n) => pick(g, divisors(n).filter((d) => !across || d <= left)));
    const size = part.reduce((a, b) => a * b, 1);
    if (across) { if (size > left || left % size !== 0) continue; left /= size; }
    const column = g(fc.boolean);
    layers.push(across ? (column ? columnSpatial : spatial)(...part) : (column ? columnLocal : local)(...part));
    rest = rest.map((n, d) => n / part[d]);
  }
  layers.push(local(...rest));
  return layers.reduceRight((inner, outer) => compose(inner, outer));
}

const divisors = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0);

/** A packing of a rank-2 tensor. */
function randomPacking(g: Gen, bits: number, threads: number): Packing {
  const r = axis(0), c = axis(1);
  const choices: (() => Packing)[] = [
    () => dense(2), () => dense(2), () => planes(2), () => planesBlocked(2, 32),
    () => digits([c, r, bit]),
    () => digits([r, pad(c, 8), bit]),
    () => digits([digit(r, { div: 4 }), c, digit(r, { mod: 4 }), bit]),
  ];
  if (bits >= 2) choices.push(() => { const k = whole(g, 1, bits - 1); return concatPackings(digits([r, pad(c, 32), range(bit, 0, k)]), digits([r, pad(c, 32), range(bit, k, bits - k)])); });
  choices.push(() => {
    const l = randomLayout(g, threads, [pick(g, [1, 4, 8]), pick(g, [8, 16, 32])]);
    return (slotCount(l) * bits) % 32 === 0 ? packed(l) : dense(2);
  });
  return pick(g, choices)();
}

/** A tensor's elements: any codes of narrow types, small integers of wide ones. */
function randomTile(g: Gen, d: DType, shape: readonly number[]): Tile {
  const t = makeTile(d, shape);
  let state = whole(g, 1, 2 ** 31 - 2);
  const next = () => (state = (state * 48271) % 2147483647);
  for (let i = 0; i < t.data.length; i++) t.data[i] = d.storage ? next() % 2 ** d.bits : d.name === "u32" ? next() % 9 : (next() % 17) - 8;
  return t;
}

/** A tile under construction, with a bound of its magnitude. */
interface Item { readonly v: Value; readonly most: number }

const LIMIT = 2 ** 20;
const at = (offsets: readonly (Scalar | number)[], widths: readonly number[]) => ({ offsets: offsets.map((o) => (typeof o === "number" ? constant(o) : o)), sizes: widths.map((w) => constant(w)) });

/** A random Program with inputs. */
export function randomCase(g: Gen): Case {
  const threads = pick(g, [1, 4, 8, 16, 24, 32, 64]);
  const b = builder("random");
  const inputs: Record<string, Tile> = {}, dims: Record<string, number> = {};
  const h = pick(g, [1, 2, 3, 4, 8, 16]), w = pick(g, [1, 3, 4, 8, 16, 32]);
  const gridR = whole(g, 1, 2), gridC = whole(g, 1, 2);
  // Sizes around the grid's reach, so that windows end before, at and past the border.
  const rows = Math.max(1, gridR * h - pick(g, [0, 0, 1, 3])), cols = Math.max(1, gridC * w - pick(g, [0, 0, 1, 5]));
  const R = g(fc.boolean) ? b.dim("R") : rows;
  if (typeof R !== "number") dims.R = rows;
  const sources = Array.from({ length: whole(g, 1, 3) }, (_, i) => {
    const d = dtype(pick(g, chance(g, 70) ? storage : wide)), packing = randomPacking(g, d.bits, threads);
    inputs[`x${i}`] = randomTile(g, d, [rows, cols]);
    return b.tensor(`x${i}`, "in", d, [R, cols], packing);
  });
  const [gc, gr] = b.grid([["gc", gridC], ["gr", gridR]]);
  b.threads(threads);
  const r0 = scalarOp("mul", gr, constant(h)), c0 = scalarOp("mul", gc, constant(w));
  const items: Item[] = [];

  const compute = (v: Value): Item => {
    const most = v.dtype.bits >= 32 || v.dtype.name === "f16" ? 16 : 2 ** v.dtype.bits;
    const to = most > 1024 ? pick(g, ["i32", "f32"]) : pick(g, ["i32", "f32", "f16"]);
    return v.dtype.storage ? { v: b.cast({ x: v }, { to: dtype(to) }), most } : { v, most };
  };
  const load = (): void => {
    const x = pick(g, sources), shift = pick(g, [0, 0, 0, 1, -1]);
    const window = b.slice({ x }, at([shift ? scalarOp("add", r0, constant(shift)) : r0, c0], [h, w]));
    const padded = !x.dtype.hasZero ? { pad: 1 } : chance(g, 20) ? { pad: 1 } : {};
    items.push(compute(maybeConvert(b.load({ x: window }, padded))));
  };
  const maybeConvert = (v: Value): Value => (chance(g, 25) ? b.convert({ x: v }, { layout: randomLayout(g, threads, v.shape.map(Number)) }) : v);
  const someItem = (): Item => pick(g, items);
  const like = (v: Value): Item => {
    const same = items.filter((i) => i.v.dtype === v.dtype);
    return pick(g, same);
  };
  /** The row sums of a product, spread over the tile. */
  const addRows = (p: Value, most: number): void => {
    const r = b.cast({ x: b.reduce_sum({ x: maybeConvert(p) }, { axis: 1, keep: true }) }, { to: dtype("i32") });
    const y = items.find((i) => i.v.dtype.name === "i32" && i.most + most < 2 ** 30);
    if (y) items.push({ v: b.add({ x: r, y: y.v }), most: y.most + most });
    else items.push({ v: b.add({ x: r, y: b.fill({}, { value: constant(0), dtype: dtype("i32"), shape: [h, w] }) }), most });
  };
  load();
  const actions: (() => void)[] = [
    load,
    () => { // arithmetic
      const x = someItem(), y = like(x.v), op = pick(g, ["add", "sub", "mul", "min", "max"] as const);
      const most = op === "mul" ? x.most * y.most : op === "min" || op === "max" ? Math.max(x.most, y.most) : x.most + y.most;
      if (most > (x.v.dtype.name === "f16" ? 1024 : LIMIT) || (x.v.dtype.name === "u32" && op === "sub")) return;
      items.push({ v: maybeConvert(b[op]({ x: x.v, y: y.v })), most });
    },
    () => { // bits
      const x = someItem();
      if (x.v.dtype.name !== "i32" && x.v.dtype.name !== "u32") return;
      items.push({ v: b[pick(g, ["and", "or", "xor"] as const)]({ x: x.v, y: like(x.v).v }), most: x.v.dtype.name === "i32" ? Infinity : 2 ** 32 });
    },
    () => { const x = someItem(); items.push({ v: b.select({ condition: b.gt({ x: x.v, y: 1 }), x: x.v, y: 3 }), most: Math.max(3, x.most) }); },
    () => { // through a narrow type and back
      const x = someItem(), to = pick(g, storage.filter((s) => isDType(s)));
      items.push(compute(maybeConvert(b.cast({ x: x.v }, { to: dtype(to) }))));
    },
    () => { // another number type
      const x = someItem(), to = pick(g, x.most > 1024 ? ["i32"] : ["i32", "f32", "f16"]);
      if (x.v.dtype.name === "f16" && x.most > 2048) return;
      items.push({ v: b.cast({ x: x.v }, { to: dtype(to) }), most: x.most });
    },
    () => { // reduction along an axis, spread again by arithmetic
      const x = someItem(), axisOf = whole(g, 0, 1), n = Number(x.v.shape[axisOf]), op = pick(g, ["reduce_sum", "reduce_max", "reduce_min"] as const);
      const most = op === "reduce_sum" ? x.most * n : x.most;
      if (most > (x.v.dtype.name === "f16" ? 1024 : LIMIT)) return;
      const r = b[op]({ x: x.v }, { axis: axisOf, keep: true }), y = like(x.v);
      if (most + y.most > (x.v.dtype.name === "f16" ? 1024 : LIMIT)) return;
      items.push({ v: b.add({ x: r, y: y.v }), most: most + y.most });
    },
    () => { // through a shared tile, perhaps turned by a window
      const x = someItem(), s = b.inst("shared", {}, { dtype: x.v.dtype, shape: [h, w] });
      if (!s || !("space" in s)) return;
      b.store({ to: s, x: maybeConvert(x.v) });
      b.barrier({});
      items.push({ v: b.load({ x: s }), most: x.most });
      b.barrier({});
    },
    () => { // narrow codes in shared memory
      const x = pick(g, sources);
      const s = b.inst("shared", {}, { dtype: x.dtype, shape: [h, w] });
      if (!s || !("space" in s)) return;
      b.copy({ from: b.slice({ x }, at([r0, c0], [h, w])), to: s }, x.dtype.hasZero ? {} : { pad: 1 });
      b.barrier({});
      items.push(compute(b.load({ x: s }, x.dtype.hasZero ? {} : { pad: 1 })));
      b.barrier({});
    },
    () => { // the bits of a tile under another type
      const l = randomLayout(g, threads, [h, w]), n = slotCount(l), x = someItem();
      if (!["i32", "f32", "u32"].includes(x.v.dtype.name)) return;
      const word = b.convert({ x: x.v }, { layout: l }), inner = b.view({ x: word }, { dtype: dtype("u8"), layout: compose(spatial(threadCount(l)), local(n * 4)) });
      items.push({ v: b.view({ x: inner }, { dtype: x.v.dtype, layout: l }), most: x.most });
    },
    () => { // a variable summed up in a loop
      const x = someItem(), trips = whole(g, 1, 4);
      if (x.most * trips > 1024 || x.v.dtype.name === "u32") return;
      const acc = b.inst("var", { init: 0 }, { dtype: x.v.dtype, shape: [h, w] });
      if (!acc || !("space" in acc)) return;
      b.loop("i", { to: trips, mode: { kind: pick(g, ["plain", "unroll"] as const) } }, () => { b.assign({ to: acc, from: b.add({ x: acc, y: x.v }) }); });
      items.push({ v: b.mul({ x: acc, y: 1 }), most: x.most * trips });
    },
    () => { // the same in a loop that a number of the block ends, with a round that is left early or skipped
      const x = someItem(), trips = whole(g, 1, 4), odd = whole(g, 0, 4), jump = pick(g, ["break", "continue"] as const);
      if (x.most * trips > 1024 || x.v.dtype.name === "u32") return;
      const acc = b.inst("var", { init: 0 }, { dtype: x.v.dtype, shape: [h, w] }), round = b.cell("round", constant(0)), one = constant(1);
      if (!acc || !("space" in acc)) return;
      b.while(() => scalarOp("lt", b.get(round), constant(trips)), () => {
        b.set(round, scalarOp("add", b.get(round), one));
        b.when(scalarOp("eq", b.get(round), constant(odd)), () => b.jump(jump));
        b.assign({ to: acc, from: b.add({ x: acc, y: x.v }) });
      });
      items.push({ v: b.mul({ x: acc, y: 1 }), most: x.most * trips });
    },
    () => { // a matrix product with another window, some with zero points or a tail
      const x = someItem(), source = pick(g, sources), n = pick(g, [1, 3, 8]);
      const y = b.load({ x: b.slice({ x: source }, at([0, 0], [w, n])) }, source.dtype.hasZero ? {} : { pad: 1 });
      const code = source.dtype.storage ? 2 ** source.dtype.bits : 16, most = (x.most + 3) * (code + 3) * w;
      if (most > LIMIT || x.v.dtype.name === "u32" || source.dtype.name === "u32") return;
      const p = b.dot({ x: x.v, y, ...(chance(g, 30) ? { zx: 2 } : {}), ...(chance(g, 30) ? { zy: 3 } : {}) }, chance(g, 30) ? { k: constant(whole(g, 0, w)) } : {});
      addRows(p, most * n);
    },
    () => { // planes of a tensor against each other, by binary products
      const x = pick(g, sources);
      if (x.dtype.kind !== "uint" && x.dtype.kind !== "int" && x.dtype.kind !== "bipolar" || x.dtype.bits > 8) return;
      const P = Math.min(2, x.dtype.bits), planesOf = b.bits_of({ x });
      const s = b.inst("shared", {}, { dtype: planesOf.dtype, shape: [P, h, w] });
      if (!s || !("space" in s)) return;
      const window = b.slice({ x: planesOf }, at([0, r0, c0], [P, h, w])), sign = x.dtype.kind === "bipolar";
      b.copy({ from: window, to: s }, sign ? { pad: 1 } : {});
      b.barrier({});
      const plane = (i: number) => b.slice({ x: s }, { ...at([i, 0, 0], [1, h, w]), drop: [0] });
      const p = b.bmma({ x: plane(0), y: plane(P - 1) }, chance(g, 40) ? { k: constant(whole(g, 0, w)) } : {});
      b.barrier({});
      addRows(p, w * h);
    },
  ];
  const count = whole(g, 1, 6);
  for (let i = 0; i < count; i++) pick(g, actions)();
  const outs = whole(g, 1, 2);
  for (let i = 0; i < outs; i++) {
    const x = i === 0 ? items[items.length - 1] : someItem();
    const narrow = chance(g, 50), d = narrow ? dtype(pick(g, storage)) : x.v.dtype;
    const y = b.tensor(`y${i}`, "out", d, [R, cols], randomPacking(g, d.bits, threads));
    const v = narrow ? b.cast({ x: x.v }, { to: d }) : x.v;
    b.store({ to: b.slice({ x: y }, at([r0, c0], [h, w])), x: maybeConvert(v) });
  }
  return { program: b.finish(), inputs, dims };
}
