// The WGSL of a body: bindings, helpers, the entry function. Small and readable, because people read it: user's names,
// one statement to a line, no more brackets than the grammar takes.
import { Bug, type Span } from "../../diagnostic.ts";
import type { Body, Buffer, Expr, Var } from "../loop/ir.ts";
import { place, type PlacedStmt } from "../loop/place.ts";
import { asComment, names as freshNames } from "./names.ts";
import { helperLines } from "./helpers.ts";
import { typeName } from "./text.ts";
import { writer, type Line, type Writer } from "./write.ts";

/** How a body is written. */
export interface WriteOptions {
  /** Name of the kernel; the entry function is called so if it may. */
  readonly name: string;
  /** Whether the target has f16. Without it f16 values live in f32, rounded after every operation. */
  readonly f16: boolean;
  /** Extents of the grid, first axis first, over uniforms. */
  readonly grid: readonly Expr[];
  /** The driver aligns what it keeps in memory only where an array lies beside it: kernels with loops and blocks get one (`Target.arrayAligns`). */
  readonly arrayAligns?: boolean | undefined;
  /** Named in a comment on the first line. */
  readonly sourceName?: string | undefined;
}

/** The text and what a host must know of it. */
export interface Written {
  readonly wgsl: string;
  readonly entry: string;
  /** WebGPU features that the text enables. */
  readonly features: readonly string[];
  readonly workgroupBytes: number;
  /** Binding of the uniform buffer; absent without uniforms. */
  readonly uniformBinding: number | undefined;
  /** For every line, from 0, where in the source it comes from. */
  readonly spans: readonly (Span | null)[];
}

/** Most workgroups along one axis that every device takes: larger grids are folded by the host. */
const MOST_GROUPS = 65535;

/** Writes a body as a WGSL module; `placed` is `place(body)`, where it is at hand. */
export function writeWgsl(body: Body, o: WriteOptions, placed: readonly PlacedStmt[] = place(body)): Written {
  const w = writer(body, placed, o.f16), { names, globals, needs } = w;
  const entry = names.global(o.name), fields = freshNames();
  const params = body.uniforms.length > 0 ? names.global("params") : "";
  for (const v of body.uniforms) globals.set(v, `${params}.${fields.take(v.name)}`);
  const local = names.take("local"), group = names.take("group"), groups = names.take("groups"), block = names.take("block");
  for (const v of [body.thread, ...body.blocks]) globals.set(v, names.take(v.name));
  w.stmts(placed);
  const main = w.lines.splice(0);
  w.functions();
  const functions = w.lines.splice(0);

  const parameters: string[] = [], first: string[] = [], folded = maybeFolded(o.grid), used = body.blocks.filter((v) => needs.vars.has(v)), array = o.arrayAligns === true && used.length > 0 && loops(placed) ? names.take("frame") : undefined;
  if (needs.vars.has(body.thread)) {
    if (body.subgroup === undefined) {
      parameters.push(`@builtin(local_invocation_index) ${local}: u32`);
      first.push(`let ${globals.get(body.thread)} = i32(${local});`);
    } else {
      const subgroup = names.take("subgroup"), lane = names.take("lane");
      parameters.push(`@builtin(subgroup_id) ${subgroup}: u32`, `@builtin(subgroup_invocation_id) ${lane}: u32`);
      first.push(`let ${globals.get(body.thread)} = i32(${subgroup} * ${body.subgroup}u + ${lane});`);
    }
  }
  if (folded || used.length > 0) parameters.push(`@builtin(workgroup_id) ${group}: vec3<u32>`);
  if (folded || needs.hidden || array !== undefined) parameters.push(`@builtin(num_workgroups) ${groups}: vec3<u32>`);
  if (needs.hidden) first.push(`let ${needs.none} = i32(${groups}.x >> 31u); // 0, which no driver knows: it would write loops out`);
  first.push(...blockIndices(w, body, o.grid, used, folded, { group, groups, block, array }));

  const uniformBinding = body.uniforms.length > 0 ? Math.max(-1, ...body.buffers.map((b) => b.binding ?? -1)) + 1 : undefined;
  const half = o.f16 && needs.half, features = [...(half ? ["shader-f16"] : []), ...(body.subgroup === undefined ? [] : ["subgroups"])];
  const head: string[] = [
    ...(o.sourceName === undefined ? [] : [`// ${asComment(o.name)}, from ${asComment(o.sourceName)}`]),
    ...(half ? ["enable f16;"] : []), ...(body.subgroup === undefined ? [] : ["enable subgroups;"]), ...(features.length ? [""] : []),
    ...bindings(w, body, o.f16, uniformBinding, params),
    ...[...needs.tables.values()].map((t) => t.line),
    ...[...needs.opaque].map(([bits, name]) => `var<private> ${name} = 0x${bits.toString(16)}u;`),
    "",
    ...helperLines(w),
    `@compute @workgroup_size(${body.threads})`,
    ...signature(entry, parameters),
  ];
  const plain = (text: string): Line => ({ text, span: null });
  const all: Line[] = [...head.map(plain), ...first.map((x) => plain(`  ${x}`)), ...main, plain("}"), ...functions];
  return {
    wgsl: `${all.map((l) => l.text).join("\n")}\n`, entry, features,
    workgroupBytes: body.buffers.reduce((n, b) => n + (needs.buffers.has(b) ? bytesOf(b, o.f16) : 0), 0),
    uniformBinding, spans: all.map((l) => l.span),
  };
}

/** Whether there is a loop among statements. */
const loops = (list: readonly PlacedStmt[]): boolean => list.some((s) => s.kind === "for" || s.kind === "loop" || (s.kind === "if" && (loops(s.then) || loops(s.otherwise))));

/** One line, or one for each parameter if that were long. */
function signature(name: string, parameters: readonly string[]): string[] {
  const line = `fn ${name}(${parameters.join(", ")}) {`;
  return line.length <= 100 ? [line] : [`fn ${name}(`, ...parameters.map((p) => `  ${p},`), ") {"];
}

const bytesOf = (b: Buffer, f16: boolean): number => (b.space === "workgroup" ? Math.ceil(((b.length ?? 0) * (b.elem === "f16" && f16 ? 2 : 4)) / 4) * 4 : 0);

/** Whether the grid may have more blocks than one axis of a launch takes. */
const maybeFolded = (grid: readonly Expr[]): boolean => grid.reduce((n, e) => n * e.hi, 1) > MOST_GROUPS;

function bindings(w: Writer, body: Body, f16: boolean, uniformBinding: number | undefined, params: string): string[] {
  const out: string[] = [];
  if (uniformBinding !== undefined) {
    const struct = w.names.global("Params");
    out.push(`struct ${struct} {`, ...body.uniforms.map((v) => `  ${fieldOf(w, v)}: ${v.type === "bool" ? "u32" : v.type},`), "}", "",
      `@group(0) @binding(${uniformBinding}) var<uniform> ${params}: ${struct};`);
  }
  for (const b of body.buffers) {
    const name = w.globals.get(b) ?? b.name, vector = w.needs.vectors.get(b);
    if (b.space === "storage") {
      if (b.binding === undefined) throw new Bug(`storage buffer ${b.name} has no binding`);
      out.push(`@group(0) @binding(${b.binding}) var<storage, ${b.access}> ${name}: array<${b.atomic ? `atomic<${b.atomic}>` : vector ? `vec${vector}<u32>` : "u32"}>;`);
    } else if (w.needs.buffers.has(b)) {
      const elem = typeName(b.elem, f16);
      out.push(`var<workgroup> ${name}: array<${b.atomic ? `atomic<${b.atomic}>` : elem}, ${b.length ?? 0}>;`);
    }
  }
  return out;
}

const fieldOf = (w: Writer, v: Var): string => (w.globals.get(v) ?? v.name).replace(/^[^.]*\./, "");

/** The thread block's grid indices from its number; surplus blocks of a folded launch return. */
function blockIndices(w: Writer, body: Body, grid: readonly Expr[], used: readonly Var[], folded: boolean, n: { group: string; groups: string; block: string; array: string | undefined }): string[] {
  const size = (e: Expr): string => (e.node.kind === "const" ? `${e.node.value}u` : `u32(${w.scalar(e).text})`);
  const out: string[] = [];
  if (folded) {
    out.push(`let ${n.block} = ${n.group}.x + ${n.groups}.x * (${n.group}.y + ${n.groups}.y * ${n.group}.z);`);
    const extents = grid.filter((e) => !(e.node.kind === "const" && e.node.value === 1));
    out.push(`if (${n.block} >= ${extents.map(size).join(" * ")}) { return; }`);
  }
  const linear = folded ? n.block : `${n.group}.x`, nothing = n.array && ` + ${n.array}[${n.groups}.x >> 31u]`;
  if (n.array) out.push(`var ${n.array} = array<i32, 2>(i32(${linear} >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it`);
  body.blocks.forEach((v, i) => {
    if (!used.includes(v)) return;
    const before = grid.slice(0, i).filter((e) => !(e.node.kind === "const" && e.node.value === 1)), extent = grid[i];
    const last = grid.slice(i + 1).every((e) => e.node.kind === "const" && e.node.value === 1);
    const divided = before.length === 0 ? linear : before.length === 1 ? `${linear} / ${before.map(size).join()}` : `${linear} / (${before.map(size).join(" * ")})`;
    out.push(`let ${w.globals.get(v)} = i32(${divided}${last || !extent ? "" : ` % ${size(extent)}`})${v === used[0] ? nothing ?? "" : ""};`);
  });
  return out;
}

