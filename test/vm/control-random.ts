// Random control flow over a few numbers of the block, as plain data: what a Program is built from, and what a few lines of
// JavaScript say that it comes to.
import fc from "fast-check";
import { dense } from "../../layout/index.ts";
import { builder, constant, evaluate, scalarOp, type Builder, type Op, type Program, type Scalar } from "../../vm/index.ts";

/** An expression over variables (by number) and constants. */
export type Term = { readonly kind: "cell"; readonly at: number } | { readonly kind: "const"; readonly value: number } | { readonly kind: "op"; readonly op: Op; readonly x: Term; readonly y: Term };
/** A condition x op y. */
export interface Test { readonly op: "lt" | "eq" | "ge"; readonly x: Term; readonly y: Term }

/** Control flow. Loops end because each counts its rounds. */
export type Code =
  | { readonly kind: "set"; readonly at: number; readonly to: Term }
  | { readonly kind: "if"; readonly test: Test; readonly then: readonly Code[]; readonly otherwise: readonly Code[] }
  | { readonly kind: "while"; readonly rounds: number; readonly test: Test; readonly body: readonly Code[] }
  | { readonly kind: "for"; readonly to: Term; readonly body: readonly Code[] }
  | { readonly kind: "jump"; readonly to: "break" | "continue" | "return" };

export const CELLS = 3;

const term: fc.Arbitrary<Term> = fc.letrec<{ term: Term }>((tie) => ({
  term: fc.oneof(
    { maxDepth: 2 },
    fc.record({ kind: fc.constant("cell" as const), at: fc.nat(CELLS - 1) }),
    fc.record({ kind: fc.constant("const" as const), value: fc.integer({ min: -4, max: 9 }) }),
    fc.record({ kind: fc.constant("op" as const), op: fc.constantFrom<Op>("add", "sub", "mul", "rem", "min", "xor"), x: tie("term"), y: tie("term") }),
  ),
})).term;
const test: fc.Arbitrary<Test> = fc.record({ op: fc.constantFrom("lt", "eq", "ge"), x: term, y: term });

/** Statements; `inLoop` allows break and continue. A jump stands last in its list. */
const list = (depth: number, inLoop: boolean): fc.Arbitrary<readonly Code[]> => {
  const inner = Math.max(0, depth - 1), set = fc.record({ kind: fc.constant("set" as const), at: fc.nat(CELLS - 1), to: term });
  const one: fc.Arbitrary<Code> = depth === 0 ? set : fc.oneof(
    { weight: 3, arbitrary: set },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("if" as const), test, then: list(inner, inLoop), otherwise: fc.oneof(fc.constant([]), list(inner, inLoop)) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("while" as const), rounds: fc.integer({ min: 1, max: 5 }), test, body: list(inner, true) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("for" as const), to: term, body: list(inner, true) }) },
  );
  const jump = fc.record({ kind: fc.constant("jump" as const), to: inLoop ? fc.constantFrom("break" as const, "continue" as const, "return" as const) : fc.constant("return" as const) });
  return fc.tuple(fc.array(one, { minLength: 1, maxLength: 3 }), fc.option(jump, { freq: 3 })).map(([some, end]) => (end ? [...some, end] : some));
};

export const code: fc.Arbitrary<readonly Code[]> = list(3, false).map((l) => l.filter((c, i) => c.kind !== "jump" || i < l.length - 1));

/** Loops over a term go round at most so often. */
const MOST = 4;

/** What the variables come to. */
export function runCode(c: readonly Code[], start: readonly number[]): number[] {
  const cells = [...start];
  const valueOf = (t: Term): number => (t.kind === "cell" ? cells[t.at] : t.kind === "const" ? t.value : evaluate(scalarOp(t.op, constant(valueOf(t.x)), constant(valueOf(t.y))), new Map()));
  const holds = ({ op, x, y }: Test): boolean => { const a = valueOf(x), b = valueOf(y); return op === "lt" ? a < b : op === "eq" ? a === b : a >= b; };
  const run = (body: readonly Code[]): "break" | "continue" | "return" | undefined => {
    for (const s of body) {
      if (s.kind === "set") cells[s.at] = valueOf(s.to);
      else if (s.kind === "jump") return s.to;
      else if (s.kind === "if") { const j = run(holds(s.test) ? s.then : s.otherwise); if (j) return j; }
      else {
        const most = s.kind === "for" ? Math.min(MOST, valueOf(s.to)) : s.rounds;
        for (let i = 0; i < most && (s.kind === "for" || holds(s.test)); i++) {
          const j = run(s.body);
          if (j === "return") return j;
          if (j === "break") break;
        }
      }
    }
    return undefined;
  };
  run(c);
  return cells;
}

/** The Program: variables start with the elements of x; every `set` is stored, so that what an early return leaves is seen. */
export function programOf(c: readonly Code[]): Program {
  const b: Builder = builder("control"), x = b.tensor("x", "in", "i32", [CELLS], dense(1)), y = b.tensor("y", "out", "i32", [CELLS], dense(1));
  b.threads(5);
  const at = (i: number) => ({ offsets: [i], sizes: [1] });
  const cells = Array.from({ length: CELLS }, (_, i) => b.cell(`c${i}`, b.scalar({ x: b.load({ x: b.slice({ x }, at(i)) }) })));
  const save = (i: number): void => { b.store({ to: b.slice({ x: y }, at(i)), x: b.fill({}, { value: b.get(cells[i]), dtype: x.dtype, shape: [1] }) }); b.barrier({}); };
  const value = (t: Term): Scalar => (t.kind === "cell" ? b.get(cells[t.at]) : t.kind === "const" ? constant(t.value) : scalarOp(t.op, value(t.x), value(t.y)));
  const holds = (t: Test): Scalar => scalarOp(t.op, value(t.x), value(t.y));
  const build = (body: readonly Code[]): void => body.forEach((s) => {
    switch (s.kind) {
      case "set": b.set(cells[s.at], value(s.to)); save(s.at); break;
      case "jump": b.jump(s.to); break;
      case "if": {
        const when = holds(s.test);
        // A condition that is known has no branch, and what follows a jump in it would never be reached.
        const v = b.get(cells[0]);
        b.when(when.kind === "const" ? scalarOp(when.value ? "eq" : "ne", v, v) : when, () => build(s.then), () => build(s.otherwise));
        break;
      }
      case "while": {
        const round = b.cell("round", constant(0));
        b.while(() => scalarOp("and", scalarOp("lt", b.get(round), constant(s.rounds)), holds(s.test)), () => { b.set(round, scalarOp("add", b.get(round), constant(1))); build(s.body); });
        break;
      }
      case "for": b.loop("i", { to: scalarOp("min", constant(MOST), value(s.to)) }, () => build(s.body)); break;
      default: s satisfies never;
    }
  });
  cells.forEach((_, i) => save(i));
  build(c);
  return b.finish();
}
