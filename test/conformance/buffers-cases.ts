// Random kernels on tensors that share a buffer: blocks of fields side by side, as weight files have them. Blocks end inside words.
import fc from "fast-check";
import { axis, bit, digit, digits, flat, overlay, type Digit, type Index } from "../../layout/index.ts";
import { builder, constant, dtype, scalarOf, scalarOp, tileFromCodes, type Builder, type DType, type Tile, type Value } from "../../vm/index.ts";
import type { Case } from "./engines.ts";

type Gen = fc.GeneratorValue;
const pick = <T>(g: Gen, xs: readonly T[]): T => g(fc.constantFrom as (...x: T[]) => fc.Arbitrary<T>, ...xs);

const tile = (v: ReturnType<Builder["inst"]>): Value => {
  if (!v || !("space" in v)) throw new Error("no tile");
  return v;
};

/** What a kernel does with a tensor whose blocks hold a scale, codes and a byte. */
export type Way = "read" | "write" | "change";

/** Orders of the 32 codes of a block. */
const orders: Readonly<Record<string, readonly (Index | Digit)[]>> = {
  "one after the other": [axis(2), bit],
  "halves": [digit(axis(2), { mod: 16 }), digit(axis(2), { div: 16 }), bit],
  "planes": [bit, axis(2)],
};

/** A case: `read` gives values of the fields, `write` makes all of them, `change` makes the byte of each block from the others. */
export function buffersCase(g: Gen, way: Way): Case {
  const bits = pick(g, [1, 2, 3, 4, 5, 8]), threads = pick(g, [1, 8, 32]), rows = pick(g, [1, 2, 3]), blocks = pick(g, [1, 3, 5]), N = pick(g, [rows, 2 * rows + 1]);
  const scale = pick(g, [0, 32 * bits]), codes = scale === 0 ? 16 : 0, byte = 16 + 32 * bits, stride = byte + pick(g, [8, 8, 16, 40]);
  const outer = flat([axis(0), axis(1)]), place = (of: readonly (Index | Digit)[], at: number) => overlay([{ of: digits([outer, ...of]), at, stride }]);
  const b = builder(`fields_${way}`), n = g(fc.boolean) ? N : b.dim("N"), [r] = b.grid([["r", n === N ? Math.ceil(N / rows) : scalarOp("div", scalarOp("add", scalarOf(n), constant(rows - 1)), constant(rows))]]);
  const K = blocks * 32, made = way === "write" ? "out" : "in", last = way === "read" ? "in" : "out";
  const d = b.tensor("w.d", made, "f16", [n, blocks], place([bit], scale), "w"), q = b.tensor("w.q", made, `u${bits}`, [n, blocks, 32], place(orders[pick(g, Object.keys(orders))] ?? [], codes), "w");
  const m = b.tensor("w.m", last, "u8", [n, blocks], place([bit], byte), "w");
  b.threads(threads);
  const at = (v: Value): Value => tile(b.slice({ x: v }, { offsets: v.shape.map((_, i) => (i === 0 ? scalarOp("mul", r, constant(rows)) : constant(0))), sizes: v.shape.map((x, i) => (i === 0 ? rows : Number(x))) }));
  const cast = (x: Value, to: string): Value => tile(b.cast({ x }, { to: dtype(to) })), over = (x: Value): Value => tile(b.reshape({ x }, { shape: [rows, blocks, 1] }));
  const inputs: Record<string, Tile> = {};
  let s = g(fc.integer, { min: 1, max: 2 ** 31 - 2 });
  const next = (): number => (s = (s * 48271) % 2147483647);
  // Finite halves: what NaN becomes is nobody's promise.
  const give = (name: string, t: DType, shape: readonly number[]): void => { inputs[name] = tileFromCodes(t, shape, Array.from({ length: shape.reduce((x, y) => x * y, 1) }, () => (t.name === "f16" ? next() & 0xbbff : next() % 2 ** t.bits))); };
  if (way !== "write") { give("w.d", d.dtype, [N, blocks]); give("w.q", q.dtype, [N, blocks, 32]); }
  if (way === "read") give("w.m", m.dtype, [N, blocks]);
  if (way === "change") {
    const top = tile(b.reduce_max({ x: cast(tile(b.load({ x: at(q) })), "i32") }, { axis: 2, keep: false }));
    const sign = tile(b.select({ condition: b.lt({ x: cast(tile(b.load({ x: at(d) })), "f32"), y: 0 }), x: 128, y: 0 }));
    b.store({ to: at(m), x: cast(tile(b.add({ x: top, y: cast(sign, "i32") })), "u8") });
  } else if (way === "read") {
    const y = b.tensor("y", "out", "f32", [n, blocks, 32], digits([axis(0), axis(1), axis(2), bit]));
    const values = tile(b.mul({ x: cast(tile(b.load({ x: at(q) })), "f32"), y: cast(over(tile(b.load({ x: at(d) }))), "f32") }));
    b.store({ to: at(y), x: b.add({ x: values, y: cast(over(tile(b.load({ x: at(m) }))), "f32") }) });
  } else {
    const x = b.tensor("x", "in", "i32", [n, blocks, 32], digits([axis(0), axis(1), axis(2), bit]));
    inputs.x = tileFromCodes(dtype("i32"), [N, blocks, 32], Array.from({ length: N * K }, () => next() % 2 ** bits));
    const v = tile(b.load({ x: at(x) }));
    b.store({ to: at(q), x: cast(v, `u${bits}`) });
    b.store({ to: at(d), x: cast(tile(b.reduce_max({ x: v }, { axis: 2, keep: false })), "f16") });
    b.store({ to: at(m), x: cast(tile(b.reduce_min({ x: v }, { axis: 2, keep: false })), "u8") });
  }
  return { program: b.finish(), inputs, dims: n === N ? {} : { N } };
}

/** A case by its seed. */
export function buffersCaseOf(way: Way, seed: number): Case {
  const [c] = fc.sample(fc.gen().map((g) => buffersCase(g, way)), { numRuns: 1, seed });
  if (!c) throw new Error("no case");
  return c;
}
