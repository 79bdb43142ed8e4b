// The instruction table. One row per instruction, by topic.
import type { Instruction } from "../instruction.ts";
import { assume, scalar_get, scalar_set, scalar_var } from "./cells.ts";
import { arg_max, arg_min, order_key } from "./arg-reduce.ts";
import * as arithmetic from "./arithmetic.ts";
import * as atomics from "./atomics.ts";
import * as convert from "./convert.ts";
import { assign, fill, shared, variable } from "./declare.ts";
import * as elementwise from "./elementwise.ts";
import { iota } from "./generate.ts";
import { sum_in_order } from "./in-order.ts";
import * as join from "./join.ts";
import { gather, lookup } from "./lookup.ts";
import * as matrix from "./matrix.ts";
import * as memory from "./memory.ts";
import { mma_b1 } from "./mma.ts";
import * as random from "./random.ts";
import { print } from "./print.ts";
import { radix_digits, radix_join } from "./radix.ts";
import * as reduce from "./reduce.ts";
import { regroup } from "./regroup.ts";
import * as shapes from "./shape.ts";
import * as rounds from "./rounds.ts";
import * as scan from "./scan.ts";
import * as sort from "./sort.ts";
import { words_of } from "./words.ts";

/** All rows by name; `Isa` gives the typed calls of the builder. */
export const isa = {
  fill, iota, philox: random.philox, random_bits: random.random_bits, random_uniform: random.random_uniform, random_normal: random.random_normal,
  var: variable, assign, shared, scalar_var, scalar_get, scalar_set, assume, print,
  slice: memory.slice, bits_of: memory.bits_of, transposed: memory.transposed, regroup, load: memory.load, store: memory.store, copy: memory.copy, barrier: memory.barrier,
  atomic_add: atomics.atomic_add, atomic_sub: atomics.atomic_sub, atomic_min: atomics.atomic_min, atomic_max: atomics.atomic_max,
  atomic_and: atomics.atomic_and, atomic_or: atomics.atomic_or, atomic_xor: atomics.atomic_xor,
  atomic_exchange: atomics.atomic_exchange, atomic_compare_exchange: atomics.atomic_compare_exchange,
  scatter: atomics.scatter, scatter_add: atomics.scatter_add, scatter_min: atomics.scatter_min, scatter_max: atomics.scatter_max, histogram: atomics.histogram,
  permute: shapes.permute, transpose: shapes.transpose, reshape: shapes.reshape, squeeze: shapes.squeeze, unsqueeze: shapes.unsqueeze,
  expand: shapes.expand, repeat: shapes.repeat, repeat_interleave: shapes.repeat_interleave, crop: shapes.crop, place: shapes.place, patch: join.patch, concat: join.concat, gather, lookup,
  radix_digits, radix_join,
  convert: convert.convert, view: convert.view, cast: convert.cast,
  add: elementwise.add, sub: elementwise.sub, mul: elementwise.mul, div: elementwise.div, rem: elementwise.rem,
  min: elementwise.min, max: elementwise.max, pow: elementwise.pow,
  and: elementwise.and, or: elementwise.or, xor: elementwise.xor, shl: elementwise.shl, shr: elementwise.shr,
  eq: elementwise.eq, ne: elementwise.ne, lt: elementwise.lt, le: elementwise.le, gt: elementwise.gt, ge: elementwise.ge,
  neg: elementwise.neg, abs: elementwise.abs, sign: elementwise.sign, not: elementwise.not,
  exp: elementwise.exp, exp2: elementwise.exp2, log: elementwise.log, log2: elementwise.log2,
  sqrt: elementwise.sqrt, rsqrt: elementwise.rsqrt, sin: elementwise.sin, cos: elementwise.cos, tanh: elementwise.tanh,
  floor: elementwise.floor, ceil: elementwise.ceil, trunc: elementwise.trunc, round: elementwise.round,
  popcount: elementwise.popcount, clz: elementwise.clz, ctz: elementwise.ctz,
  fma: elementwise.fma, select: elementwise.select,
  erf: arithmetic.erf, clamp: arithmetic.clamp, mul_hi: arithmetic.mul_hi, bitcast: arithmetic.bitcast,
  reduce_sum: reduce.reduce_sum, reduce_prod: reduce.reduce_prod, reduce_max: reduce.reduce_max, reduce_min: reduce.reduce_min,
  reduce_any: reduce.reduce_any, reduce_all: reduce.reduce_all, sum_in_order, arg_max, arg_min, order_key, scalar: reduce.scalar,
  scan_sum: scan.scan_sum, scan_prod: scan.scan_prod, scan_max: scan.scan_max, scan_min: scan.scan_min,
  scan_and: scan.scan_and, scan_or: scan.scan_or, scan_xor: scan.scan_xor,
  butterfly: rounds.butterfly, fwht: rounds.fwht,
  sort: sort.sort, arg_sort: sort.arg_sort, top_k: sort.top_k, arg_top_k: sort.arg_top_k,
  dot: matrix.dot, bmma: matrix.bmma, mma_b1, words_of,
} as const;

/** The type of the table: names, operands and attributes of every row. */
export type Isa = typeof isa;

/**
 * Rows by name, for those who look a name up.
 * @example
 * ```ts
 * instructions.get("rsqrt")?.doc; // => "One over the square root."
 * ```
 */
export const instructions: ReadonlyMap<string, Instruction> = new Map(Object.entries(isa as unknown as Readonly<Record<string, Instruction>>));
