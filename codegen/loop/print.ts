// The loop form as text, for people: what one thread does. An expression that is used more than once has a name, `e3`, and is
// written where it first occurs; the name stands for it everywhere after.
import type { Body, Expr, LoopStmt, Reg } from "./ir.ts";
import { exprsOf, operandsOf } from "./operands.ts";

interface Page {
  readonly lines: string[];
  /** Expressions with a name; the text is there once it is written. */
  readonly names: Map<Expr, string | undefined>;
}

/** Expressions that several others, or several statements, are made of. */
function shared(body: Body): Map<Expr, string | undefined> {
  const uses = new Map<Expr, number>();
  const use = (e: Expr): void => {
    const n = uses.get(e) ?? 0;
    uses.set(e, n + 1);
    if (n === 0) for (const o of operandsOf(e)) use(o);
  };
  const walk = (list: readonly LoopStmt[]): void => {
    for (const s of list) {
      for (const e of exprsOf(s)) use(e);
      if (s.kind === "for" || s.kind === "loop") walk(s.body);
      else if (s.kind === "if") { walk(s.then); walk(s.otherwise); }
    }
  };
  walk(body.stmts);
  return new Map([...uses].filter(([e, n]) => n > 1 && operandsOf(e).length > 0 && e.node.kind !== "reg").map(([e]) => [e, undefined]));
}

const slotOf = (r: Reg, slot: string): string => (r.slots === 1 ? r.name : `${r.name}[${slot}]`);

/** The text of an expression's own node over those of its operands. */
function node(e: Expr, of: readonly string[]): string {
  const n = e.node, [first = ""] = of;
  switch (n.kind) {
    case "const": return e.type === "bool" ? String(n.value !== 0) : e.type === "u32" ? `${n.value}u` : e.type === "i32" ? String(n.value) : `${n.value}${e.type === "f16" ? "h" : "f"}`;
    case "var": return n.v.name;
    case "op": return `${n.op}(${of.join(", ")})`;
    case "sum": return `(${n.terms.map((t, i) => `${t.coefficient === 1 ? "" : `${t.coefficient}*`}${of[i] ?? ""}`).concat(n.offset === 0 && n.terms.length ? [] : [String(n.offset)]).join(" + ")})`;
    case "to": return `${e.type}(${first})`;
    case "bits": return `bits<${e.type}>(${first})`;
    case "packHalf": case "unpackHalf": return `${n.kind}(${first})`;
    case "table": return `[${n.values.slice(0, 8).join(", ")}${n.values.length > 8 ? ", …" : ""}][${first}]`;
    case "field": return `${first}.bits[${of[1] ?? ""} +: ${n.width}]`;
    case "load": return `${n.buffer.name}[${first}]${n.vector ? `.x${n.vector}` : ""}`;
    case "part": return `${first}.${n.part}`;
    case "reg": return slotOf(n.reg, first);
    case "call": return `f${n.f.id}(${first})`;
    default: return n satisfies never;
  }
}

/** The text of an expression, after lines for what it shares with others. */
function text(e: Expr, page: Page, indent: string): string {
  const named = page.names.get(e);
  if (named !== undefined) return named;
  const made = node(e, operandsOf(e).map((o) => text(o, page, indent)));
  if (!page.names.has(e)) return made;
  const name = `e${e.id}`;
  page.names.set(e, name);
  page.lines.push(`${indent}${name}: ${e.type} = ${made}`);
  return name;
}

function statement(s: LoopStmt, page: Page, indent: string): void {
  const [a = "", b = "", c = ""] = exprsOf(s).map((e) => text(e, page, indent));
  const put = (line: string): void => { page.lines.push(`${indent}${line}`); };
  const nested = (list: readonly LoopStmt[]): void => { for (const x of list) statement(x, page, `${indent}  `); };
  switch (s.kind) {
    case "for": put(`for ${s.v.name} in ${a}..${b} step ${s.step}${s.hidden ? " hidden" : ""} {`); nested(s.body); return put("}");
    case "if":
      put(`if ${a} {`);
      nested(s.then);
      if (s.otherwise.length) { put("} else {"); nested(s.otherwise); }
      return put("}");
    case "loop": put("loop {"); nested(s.body); return put("}");
    case "jump": return put(s.to);
    case "keep": return put(`${s.v.name}: ${s.v.type} = ${a}`);
    case "declare": return put(`reg ${s.reg.name}: ${s.reg.type}${s.reg.slots === 1 ? "" : `[${s.reg.slots}]`}`);
    case "set": return put(`${slotOf(s.reg, a)} = ${b}${s.mask === undefined ? "" : ` of thread ^ ${s.mask}`}${s.lane ? ` of lane ${c}` : ""}`);
    case "store": return put(`${s.buffer.name}[${a}] = ${b}`);
    case "atomic": return put(`${s.v ? `${s.v.name} = ` : ""}atomic ${s.op} ${s.buffer.name}[${a}], ${b}${s.compare ? ` if ${c}` : ""}`);
    case "uniform": return put(`${s.v.name}: ${s.v.type} = uniform ${s.buffer.name}[${a}]`);
    case "barrier": return put("barrier");
    default: return s satisfies never;
  }
}

/**
 * The loop form as text: memory, then what one thread of a block does.
 * @example
 * ```ts
 * const b = builder("twice");
 * const x = b.tensor("x", "in", "f32", [64], dense(1)), y = b.tensor("y", "out", "f32", [64], dense(1));
 * b.threads(64);
 * const v = b.load({ x });
 * b.store({ to: y, x: b.add({ x: v, y: v }) });
 * printBody(lowerProgram(prepare(b.finish()).program, baseTarget).body).split("\n")[0]; // => "64 threads"
 * ```
 */
export function printBody(body: Body): string {
  const page: Page = { lines: [`${body.threads} threads${body.subgroup === undefined ? "" : `, subgroups of ${body.subgroup}`}`], names: shared(body) };
  if (body.blocks.length) page.lines.push(`block ${body.blocks.map((v) => v.name).join(", ")}`);
  for (const v of body.uniforms) page.lines.push(`uniform ${v.name}: ${v.type}`);
  for (const m of body.buffers) page.lines.push(`${m.space} ${m.name}: ${m.atomic ? `atomic ${m.atomic}` : m.elem}${m.length === undefined ? "" : `[${m.length}]`} ${m.access}`);
  page.lines.push("");
  for (const s of body.stmts) statement(s, page, "");
  return `${page.lines.join("\n")}\n`;
}
