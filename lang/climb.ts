// From a flat list `a + b * c < d` to a tree, by the table of precedences, without recursion (a list may be long).
import type { BinaryOp, CompareOp, Expr, Span } from "./ast.ts";
import { precedence } from "./tokens.ts";

/** An operand and its extent, which is wider than its node where it stood in round brackets. */
export interface Operand { readonly expr: Expr; readonly start: number; readonly end: number }
/** An operator and its place. */
export interface Operator { readonly text: string; readonly start: number; readonly end: number }

interface Entry {
  readonly start: number;
  end: number;
  readonly expr: Expr | undefined;
  /** A comparison that may still grow; it becomes a node when something else takes it. */
  readonly chain: { readonly operands: Expr[]; readonly ops: CompareOp[] } | undefined;
}

const compareOps: ReadonlySet<string> = new Set(["==", "!=", "<", ">", "<=", ">="]);
const isCompare = (text: string): text is CompareOp => compareOps.has(text);
const isBinary = (text: string): text is BinaryOp => Object.hasOwn(precedence, text) && !isCompare(text);

/** The tree of `operands[0] operators[0] operands[1] …`; all operators are left-associative, comparisons form one node. */
export function climb(file: string, operands: readonly Operand[], operators: readonly Operator[]): Expr {
  const span = (start: number, end: number): Span => ({ file, start, end });
  const node = (e: Entry): Expr =>
    e.chain ? { kind: "compare", ...e.chain, span: span(e.start, e.end) } : e.expr ?? { kind: "error", span: span(e.start, e.end) };
  const values: Entry[] = [], pending: Operator[] = [];
  const push = (o: Operand): void => { values.push({ start: o.start, end: o.end, expr: o.expr, chain: undefined }); };

  const reduce = (o: Operator): void => {
    const right = values.pop(), left = values.pop();
    if (!left || !right) return;
    if (isCompare(o.text)) {
      // The left side of a comparison is a chain only if it was written without brackets.
      const chain = left.chain ?? { operands: [node(left)], ops: [] };
      chain.operands.push(node(right));
      chain.ops.push(o.text);
      values.push({ start: left.start, end: right.end, expr: undefined, chain });
    } else if (isBinary(o.text)) {
      const expr: Expr = { kind: "binary", op: o.text, left: node(left), right: node(right), opSpan: span(o.start, o.end), span: span(left.start, right.end) };
      values.push({ start: left.start, end: right.end, expr, chain: undefined });
    }
  };

  push(operands[0]);
  operators.forEach((o, i) => {
    const level = precedence[o.text];
    for (let top = pending.at(-1); top && precedence[top.text] >= level; top = pending.at(-1)) {
      pending.pop();
      reduce(top);
    }
    pending.push(o);
    push(operands[i + 1]);
  });
  for (let top = pending.pop(); top; top = pending.pop()) reduce(top);
  return node(values[0]);
}

