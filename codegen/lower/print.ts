// Records of `print` in a buffer that all blocks share: one thread takes words by an atomic cursor and tells the others where,
// then each thread writes the elements that it owns. What finds no room gives its words back and is counted.
import { slotCount } from "../../layout/index.ts";
import { printLayout, recordWords, tileShape, type PrintSite, type Value } from "../../vm/index.ts";
import type { Buffer, Expr, Reg } from "../loop/ir.ts";
import { flatIndex, toCode } from "./access.ts";
import { layoutOf, type Context } from "./context.ts";
import { freeScratch, guarded } from "./scratch.ts";
import { nested, owns, read, settle, settlePending, slotLoop } from "./tiles.ts";

/** What prints share. */
export interface Printing {
  readonly buffer: Buffer;
  /** Lines that the block printed so far. */
  readonly count: Reg;
  readonly sites: PrintSite[];
}

/** Makes room for prints, before all statements. */
export function startPrinting(c: Context, binding: number): Printing {
  const buffer: Buffer = Object.freeze({ id: -2, name: "prints", space: "storage", access: "read_write", elem: "u32", atomic: "u32", binding });
  const count = c.reg("printed", "u32", 1);
  c.buffers.push(buffer);
  c.out.push({ kind: "declare", reg: count }, { kind: "set", reg: count, slot: c.e.of(0), value: c.e.constant("u32", 0) });
  return { buffer, count, sites: [] };
}

/** The number of this block, the first axis of the grid fastest. */
const blockNumber = (c: Context): Expr => [...c.blocks].reverse().reduce<Expr>((n, v) => c.e.add(c.e.mul(n, c.extents.get(c.e.use(v)) ?? c.e.of(1)), c.e.use(v)), c.e.of(0));

/** A `print` of these values. */
export function lowerPrint(c: Context, { buffer, count, sites }: Printing, text: string, values: readonly Value[]): void {
  const { e, span } = c, zero = e.of(0), u32 = (n: number): Expr => e.constant("u32", n);
  sites.push({ text, values: values.map((v) => ({ dtype: v.dtype.name, shape: tileShape(v) })), ...(span ? { span } : {}) });
  for (const v of values) settle(c, v);
  settlePending(c, (b) => !b.free);
  const length = recordWords(values.map((v) => ({ shape: tileShape(v) }))), first = e.op("eq", e.use(c.thread), zero), shared = freeScratch(c, 1);
  const variable = (name: string) => e.variable({ name, type: "u32", role: "value", lo: 0, hi: 2 ** 32 - 1, divisor: 1 });
  const taken = variable("taken"), at = variable("at");
  const put = (index: Expr, value: Expr): void => { c.out.push({ kind: "atomic", op: "store", buffer, index, value, span }); };
  guarded(c, first, () => c.out.push(
    { kind: "atomic", op: "add", buffer, index: e.of(printLayout.used), value: u32(length), v: taken, span },
    { kind: "store", buffer: shared, index: zero, value: e.use(taken), span },
  ));
  c.out.push({ kind: "uniform", v: at, buffer: shared, index: zero, span });
  c.scratchBusy = false;
  c.border();
  const then = nested(c, () => {
    const record = e.add(e.to("i32", e.use(at)), e.of(printLayout.first));
    guarded(c, first, () => [u32(sites.length), e.to("u32", blockNumber(c)), e.slot(count, zero, c.epoch(count))].forEach((x, i) => put(e.add(record, e.of(i)), x)));
    let from = printLayout.header;
    for (const v of values) {
      const l = layoutOf(v), shape = tileShape(v), place = e.add(record, e.of(from)), extents = shape.map((n) => e.of(n));
      guarded(c, owns(c, l), () => slotLoop(c, l, (_, index) => put(e.add(place, flatIndex(c, extents, index)), toCode(c, v.dtype, read(c, v, index))), slotCount(l) === 1));
      from += shape.reduce((a, b) => a * b, 1);
    }
  });
  const otherwise = nested(c, () => guarded(c, first, () => c.out.push(
    { kind: "atomic", op: "sub", buffer, index: e.of(printLayout.used), value: u32(length), span },
    { kind: "atomic", op: "add", buffer, index: e.of(printLayout.lost), value: u32(1), span },
  )));
  c.out.push({ kind: "if", condition: e.op("le", e.use(at), u32(printLayout.words - printLayout.first - length)), then, otherwise, span });
  c.out.push({ kind: "set", reg: count, slot: zero, value: e.op("add", e.slot(count, zero, c.epoch(count)), u32(1)), span });
  c.written(count);
}
