// Codes on their way to values in a kernel: which way its device takes, and where codes lie.
import { decodersOf, dtype, type Compute, type Decoder, type DType, type Lying } from "../../vm/index.ts";
import { chooseDecoder, chooseHalfDecoder, conversionsAreDear, type DecoderChoice } from "../decode.ts";
import { argsOf, known } from "../loop/core.ts";
import { MADE_OF, type Expr } from "../loop/ir.ts";
import { MIDDLE } from "../loop/mantissa.ts";
import type { Context } from "./context.ts";

/** The cheapest way to f32 values of a type, or to values less a whole number; a choice is noted. */
export function decoderOf(c: Context, t: DType, less = false): Decoder {
  const found = chooseDecoder(t, c.target, less);
  if (found.ways.length > 1) c.decoders.add(found);
  return found.decoder;
}

const halfNotes = new WeakMap<Context, Map<DType, DecoderChoice>>();

/** The cheapest way to f16 values of a type; a choice is noted. */
export function halfDecoderOf(c: Context, t: DType): Decoder {
  const notes = halfNotes.get(c) ?? new Map<DType, DecoderChoice>(), found = chooseHalfDecoder(t, c.target.rates);
  halfNotes.set(c, notes.set(t, found));
  return found.decoder;
}

/** What was noted. */
export const halfChoices = (c: Context): readonly DecoderChoice[] => [...halfNotes.get(c)?.values() ?? []];

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

/** The u32 whose number an i32 is, or whose bits it has. */
const unsigned = ({ node: n }: Expr): Expr | undefined => (n.kind === "to" && n.arg.type === "u32" ? n.arg : undefined);

/** The word moved up, and by how much. */
const movedUp = (x: Expr): readonly [Expr, number] => { const [word, by] = argsOf(x, "shl") ?? [x], k = by && known(by); return k === undefined ? [x, 0] : [word, k]; };

/** Whether an integer is a code of up to 8 bits: of which type, and where it lies. */
function codeIn(x: Expr): { readonly type: DType; readonly at: Lying<Expr> } | undefined {
  const [top, by] = x.type === "i32" ? argsOf(x, "shr") ?? [] : [], down = by && known(by), signed = top && unsigned(top);
  if (signed && down !== undefined && down >= 24 && down < 31) {
    const [word, up] = movedUp(signed);
    return up <= down ? { type: dtype(`i${32 - down}`), at: { word, at: down - up } } : undefined;
  }
  const code = x.type === "u32" ? x : unsigned(x), bits = code ? 32 - Math.clz32(code.hi) : 0;
  return code && bits > 0 && bits <= 8 ? { type: dtype(`u${bits}`), at: lying(code, bits) } : undefined;
}

/** A code that comes from memory as f32 by the way that is the cheapest; undefined where that is to convert it. */
function codeAsFloat(c: Context, x: Expr): Expr | undefined {
  const code = (x.from & MADE_OF.memory) === 0 ? undefined : codeIn(x), decoder = code && chooseDecoder(code.type, c.target).decoder;
  return !decoder || decoder === decodersOf(code.type)[0] ? undefined : decoder.values(c.e, [code.at])[0];
}

/**
 * A conversion by value. Of small integers from memory it may be dearer than what makes floats of codes, as with formats whose integer
 * parts are added before they are scaled: a code less a constant is the code as f32, less both what its way takes off and the constant.
 */
export function conversion(c: Context): (type: Compute, x: Expr) => Expr {
  const { e } = c, dear = conversionsAreDear(c.target.rates);
  return (type, x) => {
    if (type !== "f32" || (x.type !== "i32" && x.type !== "u32") || !(x.from & MADE_OF.memory)) return e.to(type, x);
    const { node: n } = x, [of, more] = n.kind === "sum" && n.terms.length === 1 && n.terms[0].coefficient === 1 && Math.abs(n.offset) <= MIDDLE.most ? [n.terms[0].of, n.offset] : [x, 0];
    const code = codeAsFloat(c, of), small = x.lo >= -MIDDLE.most && x.hi <= MIDDLE.most;
    if (code) return more === 0 ? code : e.op("add", code, e.constant("f32", more));
    return dear && small ? e.op("sub", e.bits("f32", e.add(e.bits("i32", x), e.of(MIDDLE.bits))), e.constant("f32", MIDDLE.value)) : e.to(type, x);
  };
}
