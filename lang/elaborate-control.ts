// Loops and branches. A plain `for` stays a loop whose variable is a scalar; `unroll for` is its body, once for each number.
import { fail } from "../diagnostic.ts";
import { type LoopMode, type Scalar } from "../vm/index.ts";
import type { Block, Expr, For, If, Stmt } from "./ast.ts";
import { toScalar } from "./elaborate-operators.ts";
import { counterRange } from "./elaborate-ranges.ts";
import { asInt, building, describe, int, silent, step, wrongKind, type Cx } from "./elaborate-values.ts";
import { bind, child } from "./names.ts";

/** Most copies of one unrolled body. */
const MAX_COPIES = 4096;

type RunBlock = (b: Block, cx: Cx) => void;

/** Runs a `for` statement. */
export function loop(s: For, cx: Cx, block: RunBlock): void {
  const by = s.step ? asInt(cx.state.evaluate(s.step, cx), s.step.span, cx, "steps are compile-time integers") : 1;
  if (by < 1) fail({ code: "T0104", message: `a loop can't step by ${by}`, span: s.step?.span ?? s.span, help: "use a positive step; to count down, compute n - 1 - i in the body" });
  if (s.mode.kind === "unroll") return unrolled(s, by, cx, block);
  const b = building(cx, s.span), from = bound(s.from, cx), to = bound(s.to, cx), mode = modeOf(s, cx);
  b.at({ ...s.span, end: s.to.span.end });
  b.loop(s.name.text, { from, to, step: by, mode }, (i) => {
    if (i.kind === "symbol") cx.state.symbols.set(i.id, { name: s.name.text, span: s.name.span, range: counterRange(from, to, by, cx.state) });
    const scope = child(cx.scope);
    bind(scope, s.name, "loop", { kind: "scalar", value: i });
    block(s.body, { ...cx, scope });
  });
}

/** A loop bound: an i32 that is the same in the whole block. */
function bound(e: Expr, cx: Cx): Scalar {
  const t = cx.state.evaluate(e, cx);
  if (t.kind === "tile")
    fail({ code: "R0312", message: "all threads of a block take the same turns of a loop, but this bound differs from element to element", span: e.span, label: `this is ${describe(t)}`, help: "loop over the most and use select(…), or make it a number of the block with scalar(x)" });
  const s = toScalar(t, "i32", e.span, cx, "a bound");
  return s.type === "i32" ? s : fail({ code: "T0518", message: `a loop counts in i32, not ${s.type}`, span: e.span, help: "convert it: … as i32" });
}

function unrolled(s: For, by: number, cx: Cx, block: RunBlock): void {
  const ends = [s.from, s.to].map((e) => asInt(cx.state.evaluate(e, cx), e.span, cx, "an unrolled loop has compile-time bounds; without 'unroll' they may be run-time values"));
  const [from, to] = ends, copies = Math.ceil((to - from) / by);
  if (copies > MAX_COPIES) fail({ code: "R0303", message: `this loop would be unrolled ${copies} times`, span: { ...s.span, end: s.to.span.end }, label: `at most ${MAX_COPIES} copies`, help: "leave 'unroll' out, or unroll an inner part" });
  for (let i = from; i < to; i += by) {
    step(cx.state, s.span);
    const scope = child(cx.scope);
    bind(scope, s.name, "loop", int(i));
    block(s.body, { ...cx, scope });
  }
}

function modeOf(s: For, cx: Cx): LoopMode {
  if (s.mode.kind !== "pipeline") return { kind: "plain" };
  const stages = asInt(cx.state.evaluate(s.mode.depth, cx), s.mode.depth.span, cx);
  if (stages < 1 || stages > 16) fail({ code: "R0305", message: `a pipeline can't have ${stages} stages`, span: s.mode.depth.span, help: "use 2, or up to 16" });
  if (!startsWithCopies(s.body.body))
    fail({ code: "R0306", message: "a pipelined body starts with copies and a barrier", span: s.mode.span, label: "what is copied ahead must be known", help: "begin the body with copy(…) to shared tiles and barrier(), or write a plain 'for'" });
  return { kind: "pipeline", stages };
}

/** Names may be defined before and between the copies. */
function startsWithCopies(body: readonly Stmt[]): boolean {
  let copies = 0;
  for (const s of body) {
    if (s.kind === "error") return true;
    if (s.kind === "let" || s.kind === "const") continue;
    const name = s.kind === "do" && s.call.callee.kind === "name" ? s.call.callee.text : undefined;
    if (name === "copy") copies++;
    else return name === "barrier" && copies > 0;
  }
  return false;
}

/** Runs an `if` statement: known conditions choose now and the other arm isn't looked at. */
export function branch(s: If, cx: Cx, block: RunBlock, at = 0): void {
  const arm = s.arms[at];
  const rest = (): void => {
    if (at + 1 < s.arms.length) branch(s, cx, block, at + 1);
    else if (s.otherwise) block(s.otherwise, cx);
  };
  if (!arm) return rest();
  const t = cx.state.evaluate(arm.cond, cx);
  if (t.kind === "poison") return silent();
  if (t.kind === "bool") return t.value ? block(arm.body, cx) : rest();
  if (t.kind === "tile")
    fail({ code: "R0313", message: "all threads of a block go the same way, but this condition differs from element to element", span: arm.cond.span, label: `this is ${describe(t)}`, help: "write select(condition, x, y), or make it one truth value: scalar(reduce_any(…))" });
  if (t.kind !== "scalar" || t.value.type !== "bool") return wrongKind(t, "a condition", arm.cond.span, cx, "compare something: if k < K { … }");
  const b = building(cx, arm.span);
  b.at(arm.cond.span);
  b.when(t.value, () => block(arm.body, cx), at + 1 < s.arms.length || s.otherwise ? rest : undefined);
}

