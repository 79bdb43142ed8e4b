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

/** Where a code lies that is put together of the end of a word and the begin of the next one. */
function passing({ node: n }: Expr, bits: number): Lying<Expr> | undefined {
  const [low, high] = n.kind === "op" && n.op === "or" ? n.args.map((x) => x.node) : [];
  if (low?.kind !== "field" || low.at.node.kind !== "const" || high?.kind !== "op" || high.op !== "shl") return undefined;
  const [rest, by] = high.args.map((x) => x.node), at = low.at.node.value;
  return rest.kind === "field" && rest.at.node.kind === "const" && rest.at.node.value === 0 && by.kind === "const" && by.value === low.width && at + low.width === 32 && low.width + rest.width === bits
    ? { word: low.word, at, next: rest.word } : undefined;
}

/** Where a code lies. A field that has lost bits of zero is a word of its own, unless those were the word's last. */
export function lying(code: Expr, bits: number): Lying<Expr> {
  const passes = passing(code, bits);
  if (passes) return passes;
  const n = code.node, at = n.kind === "field" && n.at.node.kind === "const" ? n.at.node.value : 0;
  return n.kind === "field" && n.at.node.kind === "const" && (n.width === bits || n.word.hi < 2 ** (at + n.width)) && at + bits <= 32 ? { word: n.word, at } : { word: code, at: 0 };
}
