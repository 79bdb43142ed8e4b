// Loops, branches and jumps. A plain `for` or `while` stays a loop of the running kernel; `unroll for` is its body, once for each
// number, and so is a loop over a list. Jumps are built, or followed right here, as what they leave is built or elaborated.
import { fail } from "../diagnostic.ts";
import { constant, type LoopMode, type Scalar } from "../vm/index.ts";
import type { Block, Break, Continue, Expr, For, If, Return, Stmt, While } from "./ast.ts";
import { toScalar } from "./elaborate-operators.ts";
import { counterRange } from "./elaborate-ranges.ts";
import { asInt, building, describe, int, NOTHING, silent, step, wrongKind, type Around, type Cx, type Flow, type Thing } from "./elaborate-values.ts";
import { bind, child } from "./names.ts";

/** Most copies of one unrolled body. */
const MAX_COPIES = 4096;

type RunBlock = (b: Block, cx: Cx) => Flow;

/** What stands around the statements of a kernel. */
const KERNEL: Around = Object.freeze({ function: false, loop: undefined, choice: false, running: false });

const aroundOf = (cx: Cx): Around => cx.around ?? KERNEL;

/** Inside a loop of the running kernel. */
const running = (cx: Cx): Around => ({ ...aroundOf(cx), loop: "running", choice: false, running: true });

/** Runs a `for` statement. */
export function loop(s: For, cx: Cx, block: RunBlock): Flow {
  if (!s.to) return each(s, cx, block);
  const by = s.step ? asInt(cx.state.evaluate(s.step, cx), s.step.span, cx, "steps are compile-time integers") : 1;
  if (by < 1) fail({ code: "T0104", message: `a loop can't step by ${by}`, span: s.step?.span ?? s.span, help: "use a positive step; to count down, compute n - 1 - i in the body" });
  if (s.mode.kind === "unroll") return unrolled(s, s.to, by, cx, block);
  const b = building(cx, s.span), from = bound(s.from, cx), to = bound(s.to, cx), mode = modeOf(s, cx);
  b.at({ ...s.span, end: s.to.span.end });
  b.loop(s.name.text, { from, to, step: by, mode }, (i) => {
    if (i.kind === "symbol") cx.state.symbols.set(i.id, { name: s.name.text, span: s.name.span, range: counterRange(from, to, by, cx.state) });
    const scope = child(cx.scope);
    bind(scope, s.name, "loop", { kind: "scalar", value: i });
    block(s.body, { ...cx, scope, around: running(cx) });
  });
  return undefined;
}

/** A loop bound: an i32 that is the same in the whole block. */
function bound(e: Expr, cx: Cx): Scalar {
  const t = cx.state.evaluate(e, cx);
  if (t.kind === "tile")
    fail({ code: "R0312", message: "all threads of a block take the same turns of a loop, but this bound differs from element to element", span: e.span, label: `this is ${describe(t)}`, help: "loop over the most and use select(…), or make it a number of the block with scalar(x)" });
  const s = toScalar(t, "i32", e.span, cx, "a bound");
  return s.type === "i32" ? s : fail({ code: "T0518", message: `a loop counts in i32, not ${s.type}`, span: e.span, help: "convert it: … as i32" });
}

function unrolled(s: For, end: Expr, by: number, cx: Cx, block: RunBlock): Flow {
  const ends = [s.from, end].map((e) => asInt(cx.state.evaluate(e, cx), e.span, cx, "an unrolled loop has compile-time bounds; without 'unroll' they may be run-time values"));
  const [from, to] = ends, copies = Math.ceil((to - from) / by);
  if (copies > MAX_COPIES) fail({ code: "R0303", message: `this loop would be unrolled ${copies} times`, span: { ...s.span, end: end.span.end }, label: `at most ${MAX_COPIES} copies`, help: "leave 'unroll' out, or unroll an inner part" });
  for (let i = from; i < to; i += by) {
    const flow = copy(s, int(i), cx, block);
    if (flow?.kind === "break") break;
    if (flow) return flow;
  }
  return undefined;
}

/** One copy of a body that is unrolled. */
function copy(s: For, value: Thing, cx: Cx, block: RunBlock): Flow {
  step(cx.state, s.span);
  const scope = child(cx.scope);
  bind(scope, s.name, "loop", value);
  const flow = block(s.body, { ...cx, scope, around: { ...aroundOf(cx), loop: "unrolled", choice: false } });
  return flow?.kind === "continue" ? undefined : flow;
}

/** A `for` over a list: a copy of the body for each entry. */
function each(s: For, cx: Cx, block: RunBlock): Flow {
  const t = cx.state.evaluate(s.from, cx);
  if (t.kind !== "list") return wrongKind(t, "a range or a list", s.from.span, cx, "write 0..n, or [16, 32]");
  if (s.mode.kind === "pipeline") fail({ code: "R0306", message: "a loop over a list is copies of its body and can't be a pipeline", span: s.mode.span, help: "write a plain 'for'" });
  if (s.step) fail({ code: "T0104", message: "a loop over a list takes its entries one by one", span: s.step.span, help: "remove 'step'" });
  if (t.items.length > MAX_COPIES) fail({ code: "R0303", message: `this loop would be unrolled ${t.items.length} times`, span: s.from.span, label: `at most ${MAX_COPIES} copies`, help: "use a range" });
  for (const item of t.items) {
    const flow = copy(s, item, cx, block);
    if (flow?.kind === "break") break;
    if (flow) return flow;
  }
  return undefined;
}

function modeOf(s: For, cx: Cx): LoopMode {
  if (s.mode.kind !== "pipeline") return { kind: "plain" };
  const stages = asInt(cx.state.evaluate(s.mode.depth, cx), s.mode.depth.span, cx);
  if (stages < 1 || stages > 16) fail({ code: "R0305", message: `a pipeline can't have ${stages} stages`, span: s.mode.depth.span, help: "use 2, or up to 16" });
  if (!startsWithCopies(s.body.body))
    fail({ code: "R0306", message: "a pipelined body starts with copies and a barrier", span: s.mode.span, label: "what is copied ahead must be known", help: "begin the body with copy(…) to shared tiles and barrier(), or write a plain 'for'" });
  return { kind: "pipeline", stages };
}

/** Names may be defined before and between the copies; the verifier looks closer. */
function startsWithCopies(body: readonly Stmt[]): boolean {
  let copies = 0;
  for (const s of body) {
    if (s.kind === "error") return true;
    if (s.kind === "let" || s.kind === "const") continue;
    const name = s.kind === "do" && s.call.callee.kind === "name" ? s.call.callee.text : undefined;
    if (name === "copy" || name === "store") copies++;
    else return name === "barrier" && copies > 0;
  }
  return false;
}

/** A condition that all threads share. */
function condition(e: Expr, cx: Cx): boolean | Scalar {
  const t = cx.state.evaluate(e, cx);
  if (t.kind === "poison") return silent();
  if (t.kind === "bool") return t.value;
  if (t.kind === "tile")
    fail({ code: "R0313", message: "all threads of a block go the same way, but this condition differs from element to element", span: e.span, label: `this is ${describe(t)}`, help: "write select(condition, x, y), or make it one truth value: scalar(reduce_any(…))" });
  return t.kind === "scalar" && t.value.type === "bool" ? t.value : wrongKind(t, "a condition", e.span, cx, "compare something: if k < K { … }");
}

/** Runs an `if` statement: known conditions choose now and the other arm isn't looked at. */
export function branch(s: If, cx: Cx, block: RunBlock, at = 0): Flow {
  const arm = s.arms[at];
  const rest = (inner: Cx): Flow => (at + 1 < s.arms.length ? branch(s, inner, block, at + 1) : s.otherwise && block(s.otherwise, inner));
  if (!arm) return rest(cx);
  const when = condition(arm.cond, cx);
  if (typeof when === "boolean") return when ? block(arm.body, cx) : rest(cx);
  const b = building(cx, arm.span), inner: Cx = { ...cx, around: { ...aroundOf(cx), choice: true, running: true } };
  b.at(arm.cond.span);
  let yes: Flow, no: Flow;
  b.when(when, () => { yes = block(arm.body, inner); }, at + 1 < s.arms.length || s.otherwise ? () => { no = rest(inner); } : undefined);
  return yes && no;
}

/** Runs a `while` statement: its condition is evaluated in each round. */
export function repeated(s: While, cx: Cx, block: RunBlock): Flow {
  const b = building(cx, s.span), inner: Cx = { ...cx, around: running(cx) };
  b.at({ ...s.span, end: s.cond.span.end });
  b.while(() => { const when = condition(s.cond, inner); return typeof when === "boolean" ? constant(Number(when), "bool") : when; }, () => { block(s.body, inner); });
  return undefined;
}

/** `break` and `continue`. */
export function jump(s: Break | Continue, cx: Cx): Flow {
  const { loop, choice } = aroundOf(cx);
  if (!loop) return fail({ code: "S0023", message: `'${s.kind}' stands in no loop`, span: s.span, help: aroundOf(cx).function ? "a function can't leave the loop that it is called in: return something, and let the caller decide" : "to end the kernel, write 'return'" });
  if (loop === "unrolled") {
    if (choice) fail({ code: "R0314", message: `the copies of an unrolled loop are made now, but whether this '${s.kind}' is reached is known only when the kernel runs`, span: s.span, help: "leave 'unroll' out, or put what it would skip into the 'if'" });
    return { kind: s.kind };
  }
  const b = building(cx, s.span);
  b.at(s.span);
  b.jump(s.kind);
  return { kind: "left" };
}

/** `return`: the value of a function, or the end of the kernel. */
export function returned(s: Return, cx: Cx): Flow {
  const { function: inFunction, running } = aroundOf(cx);
  if (inFunction) {
    if (running) fail({ code: "R0315", message: "a function is written out where it is called, so it can't return from inside an 'if' or a loop of the running kernel", span: s.span, help: "assign the result to a 'var' and return that at the end; between tiles, select(condition, x, y) chooses" });
    return { kind: "return", value: s.value ? cx.state.evaluate(s.value, cx) : NOTHING };
  }
  if (s.value) fail({ code: "T0522", message: "a kernel returns nothing", span: s.value.span, help: "store results to an 'out' tensor; a plain 'return' ends the block" });
  const b = building(cx, s.span);
  b.at(s.span);
  b.jump("return");
  return { kind: "left" };
}
