// A register tile's bits under another type and layout: slot s of n bits is bits [s·n, s·n + n) of its thread.
import { elementAt, slotCount } from "../../layout/index.ts";
import type { Value } from "../../vm/index.ts";
import type { Expr } from "../loop/ir.ts";
import { fromCode, toCode } from "./access.ts";
import { bound, layoutOf, type Context } from "./context.ts";
import { bindReg, declare, read, settle, threadIn } from "./tiles.ts";

/** Binds `out` to the bits of `x`. All slots are unrolled: where a bit lies must be known. */
export function reinterpretTile(c: Context, out: Value, x: Value): void {
  const { e } = c, from = layoutOf(x), to = layoutOf(out), n = x.dtype.bits, m = out.dtype.bits;
  const source = bound(c, x);
  if (source.kind === "lazy" && !source.free) settle(c, x);
  const now = bound(c, x);
  const codes = Array.from({ length: slotCount(from) }, (_, s) =>
    toCode(c, x.dtype, now.kind === "reg" ? e.slot(now.reg, e.of(s), c.epoch(now.reg)) : read(c, x, elementAt(from, e, threadIn(c, from), e.of(s)))));
  const reg = declare(c, c.nameOf(out, `v${out.id}`), out, to);
  for (let s = 0; s < slotCount(to); s++) {
    let code: Expr = e.constant("u32", 0);
    for (let bit = s * m; bit < (s + 1) * m; ) {
      const slot = Math.floor(bit / n), at = bit % n, width = Math.min(n - at, (s + 1) * m - bit);
      const part = width === 32 ? codes[slot] : e.field(codes[slot], e.of(at), width);
      code = e.op("or", code, e.op("shl", part, e.constant("u32", bit - s * m)));
      bit += width;
    }
    c.out.push({ kind: "set", reg, slot: e.of(s), value: fromCode(c, out.dtype, code), span: c.span });
  }
  c.written(reg);
  bindReg(c, out, reg, to);
}
