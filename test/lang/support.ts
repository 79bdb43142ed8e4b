// Kernels in a line, for tests of what statements mean.
import type { DiagnosticData } from "../../diagnostic.ts";
import { load } from "../../lang/index.ts";
import { eachStmt, printScalar, type Inst, type Program, type Stmt } from "../../vm/index.ts";

/** Elaborates the first kernel of a text. */
export function elaborate(source: string, params: Readonly<Record<string, unknown>> = {}): { program: Program | undefined; diagnostics: readonly DiagnosticData[] } {
  const { kernels: [k], diagnostics } = load(source, { file: "t.loom" });
  if (!k) return { program: undefined, diagnostics };
  const { program, diagnostics: found } = k.elaborate(params);
  return { program, diagnostics: [...diagnostics, ...found.map((d) => d.data)] };
}

/** A kernel with the usual tensors around some statements. */
export const around = (body: string, header = ""): string => `kernel t${header}(x: f32[64, 64], z: f32[64, 64], h: f16[M, 64], q: u3[64, 64], w: b3[M, K], alpha: f32, n: i32, out y: f32[64, 64], out r: i32[64])
  grid (g in 4, e in M) threads 64 {
  shared s: f32[64, 64]
  shared bits1: b1[64, 64]
  let v = load(x)
  let p = load(bits_of(q)[0])
  var acc: f32[64, 64] = 0
  var count: i32[64, 64] = 0
${body}
}`;

/** The program of some statements; fails the test with the errors if there are any. */
export function program(body: string, params: Readonly<Record<string, unknown>> = {}, header = ""): Program {
  const { program: p, diagnostics } = elaborate(around(body, header), params);
  if (!p) throw new Error(diagnostics.map((d) => `${d.code}: ${d.message} ${d.label ?? ""}`).join("\n"));
  return p;
}

/** Codes of what is wrong with some statements, and the text that is marked. */
export function wrong(body: string, params: Readonly<Record<string, unknown>> = {}, header = ""): string[] {
  const source = around(body, header);
  return elaborate(source, params).diagnostics.map((d) => `${d.code} ${source.slice(d.span?.start ?? 0, d.span?.end ?? 0)}`);
}

/** Statements that the surroundings make by themselves. */
const given = (): number => program("").body.length;

/** The statements that `body` adds, as text such as `add(x: v3, y: v4)`. */
export function made(body: string, params: Readonly<Record<string, unknown>> = {}, header = ""): string[] {
  const p = program(body, params, header);
  return p.body.slice(given()).flatMap((s) => show(s, p));
}

function show(s: Stmt, p: Program, indent = ""): string[] {
  const scalar = (x: Parameters<typeof printScalar>[0]): string => printScalar(x).replace(/\b[gis]\d+\b/g, (id) => p.names.get(id) ?? id);
  if (s.kind === "for") return [`${indent}for ${p.names.get(s.symbol.id)} in ${scalar(s.from)}..${scalar(s.to)} step ${s.step} ${s.mode.kind}`, ...s.body.flatMap((x) => show(x, p, `${indent}  `))];
  if (s.kind === "if") return [`${indent}if ${scalar(s.condition)}`, ...s.then.flatMap((x) => show(x, p, `${indent}  `)), ...(s.otherwise.length ? [`${indent}else`, ...s.otherwise.flatMap((x) => show(x, p, `${indent}  `))] : [])];
  if (s.kind === "while") return [`${indent}while`, ...s.head.flatMap((x) => show(x, p, `${indent}  `)), `${indent}so long as ${scalar(s.condition)}`, ...s.body.flatMap((x) => show(x, p, `${indent}  `))];
  if (s.kind === "jump") return [`${indent}${s.to}`];
  const name = (id: number): string => p.names.get(id) ?? `%${id}`;
  const attr = (v: Inst["attrs"][string]): string => {
    switch (v.kind) {
      case "dtype": return v.value.name;
      case "layout": return `L[${v.value.shape.join(", ")}]`;
      case "scalar": return scalar(v.value);
      case "scalars": return `[${v.value.map(scalar).join(", ")}]`;
      case "ints": return `[${v.value.join(", ")}]`;
      default: return String(v.value);
    }
  };
  const args = [...Object.entries(s.operands).map(([k, v]) => `${k}: ${name(v.id)}`), ...Object.entries(s.attrs).map(([k, v]) => `${k}: ${attr(v)}`)];
  return [`${indent}${s.out ? `${name(s.out.id)} = ` : s.result ? `${s.result.id} = ` : ""}${s.name}(${args.join(", ")})`];
}

/** All instructions of a program by name. */
export function instructionsOf(p: Program, name: string): Inst[] {
  const found: Inst[] = [];
  eachStmt(p.body, (s) => { if (s.kind === "inst" && s.name === name) found.push(s); });
  return found;
}

/** An instruction's example in a kernel. Examples speak of v, x, y, s, q, p, w, acc and count; they stand in a block, so they may define names again. */
export const inBlock = (statement: string): string => `format halves[i: 32] { d: f16; q: i8[i]; value = q * d }
kernel t(x: f32[32, 32], q: u3[32, 32], w: halves[32, 64], out y: f32[32, 32], out hits: i32[32, 32]) grid (g in 1) threads 64 {
  shared s: f32[32, 32]
  let v = load(x)
  let p = load(bits_of(q)[0])
  var acc: f32[32, 32] = 0
  var count: i32[32, 32] = 0
  if true {
    ${statement}
  }
}`;
