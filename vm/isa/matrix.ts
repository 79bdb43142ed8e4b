// Matrix products: dot on any two number types, bmma on single bits.
import { fail } from "../../diagnostic.ts";
import { dtype as dtypeNamed } from "../dtype.ts";
import { define, optional, optionalAttr, reg, scalar, word, type ResultType } from "../instruction.ts";
import type { Value } from "../program.ts";
import { fasterWays, foldBits, foldDot, productWays } from "./product-emit.ts";
import { throughProduct } from "./product-layout.ts";
import { bmmaTiles, dotTiles, factors } from "./product.ts";
import { fitsShape, isInteger, knownShape, show } from "./rules.ts";

/** An operand that threads share: in registers it goes through shared memory before the product, in a tensor it is read where it lies. */
const matrix = { spaces: ["reg", "shared", "global"], staged: true } as const;

/** Of a tensor's elements outside, those along the contracted axis read as 0; types without it need `k`. */
function checkOutside(name: string, operands: readonly (readonly [string, Value])[], k: unknown): void {
  for (const [key, v] of operands)
    if (v.space === "global" && !v.dtype.hasZero && k === undefined)
      fail({ code: "T0208", message: `what lies outside a tensor of ${v.dtype.name} has no value`, label: `'${key}' of '${name}' is ${show(v)}`, help: "say how many elements count: k: min(K - k0, BK)" });
}
const tail = optionalAttr({ ...scalar, doc: "how many of the contracted elements are valid; the others contribute nothing" });

/** What to write where a factor hasn't two axes: a vector is a matrix of one row or column, and the product keeps that axis. */
function twoAxes(x: Value, y: Value, rx: number, ry: number, side: 0 | 1): string {
  const tile = (v: Value, as: string): string => (v.space === "reg" ? as : `load(${as})`);
  if (rx === 2 && ry === 1) return `a vector is a matrix of one column: unsqueeze(${tile(y, "y")}, ${1 - side}), and squeeze(…, 1) of the product`;
  if (rx === 1 && ry === 2) return `a vector is a matrix of one row: unsqueeze(${tile(x, "x")}, 0), and squeeze(…, 0) of the product`;
  if (rx === 1 && ry === 1 && side === 0) return "the product of two vectors is reduce_sum(x * y, axis: 0), in a type that can be computed with";
  return "give tiles of two axes; x[i] drops an axis";
}

/** The rows and columns of a product and what is contracted. `side` is the axis of y that is contracted. */
export function sizes(name: string, x: Value, y: Value, side: 0 | 1): { readonly M: number; readonly N: number; readonly K: number } {
  const a = knownShape(name, "x", x), b = knownShape(name, "y", y);
  const form = side === 0 ? "x[M, K] and y[K, N]" : "x[M, K] and y[N, K]";
  if (a.length !== 2 || b.length !== 2)
    fail({ code: "T0205", message: `'${name}' multiplies ${form}`, label: `'x' is ${show(x)}, 'y' is ${show(y)}`, help: twoAxes(x, y, a.length, b.length, side) });
  if (a[1] !== b[side])
    fail({ code: "T0205", message: `'${name}' contracts ${a[1]} elements of 'x' with ${b[side]} of 'y'`, label: `'x' is ${show(x)}, 'y' is ${show(y)}`, help: `the shapes must be ${form}` });
  return { M: a[0], N: b[1 - side], K: a[1] };
}

function checkAcc(name: string, acc: Value | undefined, type: string, M: number, N: number): void {
  if (!acc) return;
  if (acc.dtype.name !== type)
    fail({ code: "T0202", message: `'${name}' gives ${type}, but 'acc' is ${show(acc)}`, help: `accumulate in ${type} and cast the sum` });
  if (acc.shape.length !== 2 || acc.shape[0] !== M || acc.shape[1] !== N)
    fail({ code: "T0205", message: `'acc' of '${name}' is ${show(acc)}, but the product is [${M}, ${N}]`, help: `make it ${type}[${M}, ${N}]` });
}

function checkK(name: string, k: { readonly type: string } | undefined): void {
  if (k && k.type !== "i32") fail({ code: "T0301", message: `'k' of '${name}' must be i32, not ${k.type}`, help: "convert it: … as i32" });
}

function checkWay(by: string, integer: boolean): void {
  const ways: readonly string[] = [...productWays, ...fasterWays];
  if (!ways.includes(by))
    fail({ code: "T0250", message: `there is no way '${by}' to multiply`, help: `the ways are ${ways.join(", ")}; leave 'by' out for the cheapest` });
  if (!integer) fail({ code: "T0250", message: `'by: ${by}' is for products of integers`, help: "leave 'by' out: as soon as a factor is of floats, elements are multiplied one by one" });
}

export const dot = define({
  name: "dot",
  doc: "Matrix product: exact i32 of two integer tiles, f32 as soon as one is of floats.",
  example: "acc += dot(v, v)",
  operands: {
    x: { ...matrix, contracted: 1 }, y: { ...matrix, contracted: 0 },
    acc: optional({ ...reg, doc: "what the product is added to" }),
    zx: optional({ ...reg, apart: "number", doc: "zero point of x: one, or one per row; of float products exact up to 2^23" }),
    zy: optional({ ...reg, apart: "number", doc: "zero point of y: one, or one per column; of float products exact up to 2^23" }),
  },
  attrs: { k: tail, by: optionalAttr({ ...word, doc: "how to multiply integers: multiply, fma, packed, planes, table or half; left out: the cheapest; half only where f16 is faster than f32" }) },
  type: ({ x, y, acc, zx, zy }, { k, by }): ResultType => {
    const { M, N } = sizes("dot", x, y, 0);
    for (const [key, v] of [["x", x], ["y", y], ["zx", zx], ["zy", zy]] as const)
      if (v?.dtype.kind === "bool") fail({ code: "T0219", message: "'dot' can't multiply bool", label: `'${key}' is ${show(v)}`, help: `cast it: ${key} as i32` });
    const integer = isInteger(x.dtype) && isInteger(y.dtype);
    for (const [key, z, shape] of [["zx", zx, [M, 1]], ["zy", zy, [1, N]]] as const) {
      if (!z) continue;
      if (integer && !isInteger(z.dtype))
        fail({ code: "T0220", message: `'${key}' is ${show(z)}, but a product of integers needs integer zero points`, help: "round it to i32 first, or cast x and y to f32" });
      fitsShape("dot", key, z, shape, key === "zx" ? "one per row," : "one per column,");
    }
    checkK("dot", k);
    checkOutside("dot", [["x", x], ["y", y]], k);
    if (by !== undefined) checkWay(by, integer);
    const type = integer ? "i32" : "f32";
    checkAcc("dot", acc, type, M, N);
    return { space: "reg", dtype: dtypeNamed(type), shape: [M, N] };
  },
  layout: throughProduct,
  run: (o, { k }, { scalar: valueOf }) => dotTiles(factors(o, k && valueOf(k)), o.zx, o.zy),
  emit: (e, o, { k, by }, out) => foldDot(e, o, k, by, out),
});

const oneBit = (v: Value): boolean => v.dtype.name === "b1" || v.dtype.name === "u1";

export const bmma = define({
  name: "bmma",
  doc: "Matrix product of single bits, both operands with the contracted axis last: b1 bits count ±1, u1 bits 0 and 1.",
  example: "count = bmma(p, p, acc: count)",
  operands: { x: { ...matrix, contracted: 1 }, y: { ...matrix, contracted: 1 }, acc: optional({ ...reg, doc: "i32 tile that the product is added to" }) },
  attrs: { k: tail },
  type: ({ x, y, acc }, { k }): ResultType => {
    for (const [key, v] of [["x", x], ["y", y]] as const)
      if (!oneBit(v)) fail({ code: "T0219", message: `'bmma' multiplies tiles of one bit, not ${v.dtype.name}`, label: `'${key}' is ${show(v)}`, help: "take the planes: bits_of(x)[i], or use dot" });
    const { M, N } = sizes("bmma", x, y, 1);
    checkK("bmma", k);
    checkOutside("bmma", [["x", x], ["y", y]], k);
    checkAcc("bmma", acc, "i32", M, N);
    return { space: "reg", dtype: dtypeNamed("i32"), shape: [M, N] };
  },
  layout: throughProduct,
  run: (o, { k }, { scalar: valueOf }) => bmmaTiles(factors(o, k && valueOf(k))),
  emit: (e, o, { k }, out) => foldBits(e, o, k, out),
});
