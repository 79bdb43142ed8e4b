// Formats: a declaration with its compile-time parameters becomes a Format of the VM. Its `value` and `encode` are elaborated anew wherever a
// tensor of the format is loaded or stored, as functions are, in a scope where fields and axes are names.
import { Diagnostic, fail, type Span } from "../diagnostic.ts";
import { builder, constant, defineFormat, dtype as dtypeNamed, formatParam, loadFormat, storeFormat, type Builder, type FieldSpec, type Format, type FormatAxis, type FormatEncoding, type FormatParam, type FormatWindow } from "../vm/index.ts";
import type { FormatEncode, FormatItem, FormatMember, FormatValue } from "./ast.ts";
import { bindComptime, knowsAll } from "./comptime.ts";
import { fieldsIn, headOf, valueIn } from "./elaborate-format-body.ts";
import { axisOf, fieldOf } from "./elaborate-format-fields.ts";
import { asBool, POISON, silent, SILENT, type Cx, type Elaborated, type FormatTemplate, type State } from "./elaborate-values.ts";
import { bind, child, type Scope } from "./names.ts";

/** Makes the state of one elaboration; errors that are reported and not thrown go to the list. */
export type NewState = (errors: Diagnostic[]) => State;

/** What the elaboration of a format needs of its surroundings. */
interface Making {
  readonly item: FormatItem;
  readonly state: NewState;
  /** Takes every error, where all are wanted and not only the one that is thrown. */
  readonly all?: Diagnostic[] | undefined;
  /** Steps that were taken. */
  steps: number;
}

/** Work that is left for the formats of a kernel, by its builder: a load in an unrolled loop elaborates the value each time. */
const left = new WeakMap<Builder, number>();

/** Elaborates apart from the kernel around: the first error is thrown. */
function apart<T>(m: Making, scope: Scope, b: Builder | undefined, f: (cx: Cx) => T): T {
  const errors: Diagnostic[] = [], state = m.state(errors), most = (b && left.get(b)) ?? state.steps;
  const own: Cx = { b, scope, exact: undefined, mixed: true, around: { function: true, loop: undefined, choice: false, running: false }, state };
  state.steps = most;
  try {
    const made = f(own);
    if (!errors.length) return made;
  } catch (x) {
    if (!(x instanceof Diagnostic)) throw x;
    state.report(x);
    if (!errors.length) throw x;
  } finally {
    m.steps += most - state.steps;
    if (b) left.set(b, state.steps);
  }
  m.all?.push(...errors);
  throw errors[0];
}

/**
 * A declared format; parameters are given as to `specialise`. Formats for the same parameters are one.
 * @param unread what the parser couldn't read of it
 */
export function formatTemplate(item: FormatItem, file: Scope, state: NewState, unread: readonly Diagnostic[]): FormatTemplate {
  const made = new Map<string, Format | "working">();
  return Object.freeze({
    item,
    make(given: Readonly<Record<string, unknown>>): Format {
      if (unread.length) throw unread[0];
      const plain = Object.values(given).every((x) => typeof x !== "function" && typeof x !== "object"), key = plain ? JSON.stringify(given) : "";
      const known = made.get(key);
      if (known === "working") return fail({ code: "N0106", message: `the format '${item.name.text}' depends on itself`, span: item.name.span, help: "break the circle" });
      if (known) return known;
      made.set(key, "working");
      try {
        const m: Making = { item, state, steps: 0 }, f = apart(m, child(file), undefined, (cx) => make(m, given, cx));
        if (plain) made.set(key, f);
        return f;
      } finally { if (made.get(key) === "working") made.delete(key); }
    },
    elaborate(given: Readonly<Record<string, unknown>>): Elaborated<Format> {
      const all = [...unread], m: Making = { item, state, all, steps: 0 };
      let f: Format | undefined;
      if (!unread.length) {
        f = collected(m, item.name.span, () => apart(m, child(file), undefined, (cx) => make(m, given, cx)));
        if (f) collected(m, item.name.span, () => onSample(f as Format, "in", (b, w, at) => { loadFormat(b, w, at); }));
        if (f?.encode) collected(m, encodeOf(item), () => onSample(f as Format, "inout", (b, w, at) => { storeFormat(b, w, at, b.fill({}, { value: 0, dtype: dtypeNamed("f32"), shape: at.sizes })); }));
      }
      return { program: all.length ? undefined : f, diagnostics: all, steps: m.steps };
    },
  });
}

const encodeOf = (item: FormatItem): Span => item.members.flatMap((x) => (x.kind === "encode" ? [headOf(x)] : []))[0] ?? item.name.span;

/** Runs a part of a format whose errors are all wanted. */
function collected<T>({ all }: Making, at: Span, f: () => T): T | undefined {
  try { return f(); } catch (x) {
    const d = x instanceof RangeError ? new Diagnostic({ code: "R0302", message: "this format is nested too deep for this machine's stack", help: "give inner parts names with 'let'" }) : x;
    if (!(d instanceof Diagnostic)) throw x;
    if (d.code !== SILENT && !all?.includes(d)) all?.push(d.at(at));
    return undefined;
  }
}

/** Builds a kernel's body on a tensor of a few blocks, to see whether it can be. */
function onSample(f: Format, direction: FormatParam["direction"], body: (b: Builder, w: FormatParam, at: FormatWindow) => void): void {
  const part = (axis: number): number => f.fields.reduce((n, g) => g.axes.reduce((m, a) => (a.axis === axis && n * a.div <= 2 ** 12 && m % a.div !== 0 ? m * a.div : m), n), 1);
  const shape = [...(f.axes.length === 1 ? [3] : []), ...f.axes.map((a, i) => 2 * (a.block ?? part(i)))], b = builder(f.name);
  body(b, formatParam(b, "w", direction, f, shape), { offsets: shape.map(() => constant(0)), sizes: shape });
}

// ── the declaration ──

function make(m: Making, given: Readonly<Record<string, unknown>>, cx: Cx): Format {
  const { item } = m, fields: FieldSpec[] = [], bodies: { value?: FormatValue; encode?: FormatEncode } = {};
  knowsAll(item, given);
  for (const c of item.comptime) bindComptime(item, c, Object.hasOwn(given, c.name.text) ? given[c.name.text] : undefined, cx);
  const axes = item.axes.map((d) => axisOf(d, cx));
  if (!axes.length) fail({ code: "T0703", message: "a format has at least one axis", span: item.name.span, help: `name it: format ${item.name.text}[k], or [k: 32] for blocks of 32` });
  axes.forEach((a, i) => { if (axes.findIndex((x) => x.name === a.name) < i) fail({ code: "N0102", message: `two axes are called '${a.name}'`, span: item.axes[i].span, help: "give every axis its own name" }); });
  let wrong = false;
  for (const x of item.members)
    try { member(x, axes, fields, bodies, cx); } catch (d) { // the other members may have mistakes of their own
      if (!(d instanceof Diagnostic)) throw d;
      wrong = true;
      cx.state.report(d);
      if (x.kind === "const" && !cx.scope.own.has(x.name.text)) bind(cx.scope, x.name, "const", POISON);
    }
  if (wrong) return silent();
  const { value, encode } = bodies, { scope } = cx;
  if (!value) return fail({ code: "T0702", message: `format '${item.name.text}' has no value`, span: item.name.span, help: "say what an element is: value = (q - 8) * d" });
  try {
    return defineFormat({
      name: item.name.text, doc: item.doc ?? "", axes, fields,
      value: (r) => apart(m, child(scope), r.b, (inner) => valueIn(value, r, item, axes, fields, inner)),
      ...(encode ? { encode: (e: FormatEncoding) => apart(m, child(scope), e.b, (inner) => fieldsIn(encode, e, fields, item, inner)) } : {}),
    });
  } catch (x) { throw x instanceof Diagnostic ? x.at(item.name.span) : x; }
}

function member(m: FormatMember, axes: readonly FormatAxis[], fields: FieldSpec[], bodies: { value?: FormatValue; encode?: FormatEncode }, cx: Cx): void {
  switch (m.kind) {
    case "const": return bind(cx.scope, m.name, "const", cx.state.evaluate(m.init, cx));
    case "require":
      if (!asBool(cx.state.evaluate(m.cond, cx), m.cond.span, cx)) fail({ code: "T0103", message: m.message ? `requirement not met: ${m.message.value}` : "a requirement is not met", span: m.cond.span, label: "this is false here", help: "choose other compile-time parameters" });
      return;
    case "field": fields.push(fieldOf(m, axes, cx)); return;
    case "value": bodies.value = onlyOne(m, bodies.value); return;
    case "encode": bodies.encode = onlyOne(m, bodies.encode); return;
    case "error": return silent();
    default: return m satisfies never;
  }
}

const onlyOne = <T extends FormatValue | FormatEncode>(m: T, before: T | undefined): T =>
  (before ? fail({ code: "T0702", message: `a format has one '${m.kind}'`, span: m.span, labels: [{ span: before.span, message: "the first one" }], help: "remove one" }) : m);
