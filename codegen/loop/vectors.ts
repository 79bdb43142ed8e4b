// Which buffers are read as vectors: those never written whose every index is w·q + c with a constant c, and of whose
// vectors more than one word is used, so that one load of two or four words takes the place of several.
import { gcd, product } from "./core.ts";
import { MADE_OF, type Buffer, type Expr, type LoopStmt, type Node } from "./ir.ts";
import { linearOf } from "./linear.ts";
import { exprsOf, operandsOf } from "./operands.ts";

/** Words of a vector load. */
export type Width = 2 | 4;

/** An index as w·quotient + rest: coefficients of terms that are themselves divided by `by`. */
export interface Divided { readonly terms: readonly { readonly coefficient: number; readonly of: Expr; readonly by: number }[]; readonly offset: number; readonly rest: number }

/**
 * Takes an index of a storage buffer apart; undefined where the rest isn't a constant. An index lies in its buffer, below 2^31,
 * so its sum is the exact integer also where the bounds of its terms alone don't say so.
 */
export function divided(index: Expr, w: Width): Divided | undefined {
  const l = linearOf(index);
  const terms: { coefficient: number; of: Expr; by: number }[] = [];
  for (const { coefficient: k, of } of l.terms) {
    const h = gcd(k, w);
    if (product(k, of.divisor) % w !== 0 || (h !== w && of.lo < 0)) return undefined;
    terms.push({ coefficient: k / h, of, by: w / h });
  }
  const rest = ((l.offset % w) + w) % w;
  return { terms, offset: (l.offset - rest) / w, rest };
}

/** The same quotient, whatever the rest. */
const vectorKey = (d: Divided): string => `${d.offset};${d.terms.map((t) => `${t.coefficient}*${t.of.id}/${t.by}`).join()}`;

/** Whether it reads a buffer that is never written, which may be read as vectors. */
export const isVectorRead = ({ buffer: b }: Extract<Node, { kind: "load" }>): boolean => b.space === "storage" && b.access === "read" && !b.atomic;

/** The indices at which each buffer is read that is never written. */
function loadsOf(stmts: readonly LoopStmt[]): ReadonlyMap<Buffer, ReadonlySet<Expr>> {
  const reads = new Map<Buffer, Set<Expr>>(), seen = new Set<Expr>();
  const visit = (e: Expr): void => {
    if (!(e.from & MADE_OF.memory) || seen.has(e)) return;
    seen.add(e);
    const n = e.node;
    if (n.kind === "load" && isVectorRead(n)) {
      const of = reads.get(n.buffer);
      if (of) of.add(n.index); else reads.set(n.buffer, new Set([n.index]));
    }
    operandsOf(e).forEach(visit);
  };
  const walk = (list: readonly LoopStmt[]): void => list.forEach((s) => {
    exprsOf(s).forEach(visit);
    if (s.kind === "for" || s.kind === "loop") walk(s.body);
    if (s.kind === "if") { walk(s.then); walk(s.otherwise); }
  });
  walk(stmts);
  return reads;
}

/** The width in which a buffer is read at some indices, and how many vectors are used whole; undefined: word by word. */
export function vectorsOf(indices: ReadonlySet<Expr>): { readonly width: Width; readonly full: number } | undefined {
  for (const width of [4, 2] as const) {
    const parts = [...indices].map((i) => divided(i, width)), used = new Map<string, number>();
    for (const d of parts) if (d) used.set(vectorKey(d), (used.get(vectorKey(d)) ?? 0) + 1);
    if (parts.every((d) => d !== undefined) && parts.length >= (width / 2) * used.size && parts.length > used.size) return { width, full: [...used.values()].filter((n) => n === width).length };
  }
  return undefined;
}

/** The width that each buffer is read in; absent: word by word. */
export const vectorWidths = (stmts: readonly LoopStmt[]): ReadonlyMap<Buffer, Width> =>
  new Map([...loadsOf(stmts)].flatMap(([buffer, indices]) => { const v = vectorsOf(indices); return v ? [[buffer, v.width] as const] : []; }));
