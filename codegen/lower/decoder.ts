// Codes on their way to values in a kernel: which way its device takes, and where codes lie.
import type { Decoder, DType, Lying } from "../../vm/index.ts";
import { chooseDecoder } from "../decode.ts";
import type { Expr } from "../loop/ir.ts";
import type { Context } from "./context.ts";

/** The cheapest way to f32 values of a type; a choice is noted. */
export function decoderOf(c: Context, t: DType): Decoder {
  const found = c.decoders.get(t) ?? chooseDecoder(t, c.target);
  if (found.ways.length > 1) c.decoders.set(t, found);
  return found.decoder;
}

/** Where a code lies. A field that has lost bits of zero is a word of its own, unless those were the word's last. */
export function lying(code: Expr, bits: number): Lying<Expr> {
  const n = code.node, at = n.kind === "field" && n.at.node.kind === "const" ? n.at.node.value : 0;
  return n.kind === "field" && n.at.node.kind === "const" && (n.width === bits || n.word.hi < 2 ** (at + n.width)) && at + bits <= 32 ? { word: n.word, at } : { word: code, at: 0 };
}
