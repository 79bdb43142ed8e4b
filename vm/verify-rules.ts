// What a sound Program is, as a list of small rules. Each walks the Program and yields what it finds.
import { Diagnostic, type DiagnosticInit } from "../diagnostic.ts";
import { slotCount, threadCount } from "../layout/index.ts";
import { plainAttrs } from "./builder.ts";
import type { Instruction } from "./instruction.ts";
import { instructions } from "./isa/index.ts";
import { blocksOf, buffersOf, eachStmt, jumpsOut, type Inst, type Program, type Stmt, type Value } from "./program.ts";
import { eachSymbol, knownScalar, type Scalar, type Size } from "./scalar.ts";
import { instText, layoutText, scalarText, typeText } from "./text-print.ts";
import { plan, sharedBytes as plannedBytes } from "./passes/plan.ts";
import { definitionsOf } from "./verify-race.ts";
import { regionOf } from "./verify-region.ts";

/** What a device allows; what isn't given isn't checked. */
export interface VerifyOptions {
  /** Bytes of workgroup memory. */
  readonly sharedBytes?: number | undefined;
  /** Threads of a block. */
  readonly threads?: number | undefined;
  /** Tensors that a kernel may bind. */
  readonly storageBuffers?: number | undefined;
}

/** A rule: yields what is wrong with a Program. */
export type Rule = (p: Program, o: VerifyOptions) => Iterable<DiagnosticInit>;

/** Registers a thread may take for one tile. */
export const MAX_REGISTER_BYTES = 8192;

const REBUILD = "build Programs with builder(), read() or rewrite(), which keep this right";
const at = (i: Inst): Pick<DiagnosticInit, "span" | "notes"> => (i.span ? { span: i.span } : { notes: [`in ${instText(i)}`] });

const listed = new WeakMap<Program, readonly Inst[]>();
/** All instructions, inner blocks included. */
function insts(p: Program): readonly Inst[] {
  const known = listed.get(p), out: Inst[] = [];
  if (known) return known;
  eachStmt(p.body, (s) => { if (s.kind === "inst") out.push(s); });
  listed.set(p, out);
  return out;
}

/** Whether two types read the same, told without writing them down where they are plainly alike. */
function sameType(a: Typed, b: Typed): boolean {
  return a === b || (a.space === b.space && a.dtype.name === b.dtype.name && a.layout === b.layout && a.shape.length === b.shape.length && a.shape.every((n, d) => n === b.shape[d])) || typeText(a) === typeText(b);
}
type Typed = Pick<Value, "space" | "dtype" | "shape" | "layout">;

/** Values and symbols are made once, before they are used, in a block around the use; a use has the type of what was made. */
function* scopes(p: Program): Generator<DiagnosticInit> {
  const made = new Set<number | string>(), found: DiagnosticInit[] = [];
  const claim = (id: number | string, where: Partial<DiagnosticInit>) => {
    if (made.has(id)) found.push({ code: "N0122", message: `${typeof id === "number" ? `%${id}` : `'${id}'`} is made twice`, ...where, help: REBUILD });
    made.add(id);
  };
  const uses = (x: Size, symbols: ReadonlySet<string>, where: Partial<DiagnosticInit>) =>
    eachSymbol(x, (s) => {
      if (!symbols.has(s.id)) found.push({ code: "N0121", message: `the scalar '${p.names.get(s.id) ?? s.id}' isn't known here`, ...where, help: REBUILD });
      else if (s.role === "var" && x !== s) variable(s, where);
    });
  const variable = (s: { readonly id: string }, where: Partial<DiagnosticInit>) => found.push({ code: "T0304", message: `'${p.names.get(s.id) ?? s.id}' is a variable and no value`, ...where, help: "read it with scalar_get" });
  const values = new Map<number, Value>(), symbols = new Set<string>();
  for (const d of p.dims) { claim(d, {}); symbols.add(d); }
  for (const q of p.params) if (q.kind === "scalar") { claim(q.symbol.id, { span: q.span }); symbols.add(q.symbol.id); }
  for (const q of p.params) if (q.kind === "tensor") { claim(q.value.id, { span: q.span }); values.set(q.value.id, q.value); for (const s of q.value.shape) uses(s, symbols, { span: q.span }); }
  for (const a of p.grid) uses(a.extent, symbols, {});
  for (const r of p.requires) uses(r.condition, symbols, { span: r.span });
  for (const a of p.grid) { claim(a.symbol.id, {}); symbols.add(a.symbol.id); }

  const inst = (i: Inst, vs: Map<number, Value>, ss: Set<string>) => {
    for (const v of Object.values(i.operands)) {
      const d = vs.get(v.id);
      if (!d) found.push({ code: "N0123", message: `'${p.names.get(v.id) ?? `%${v.id}`}' isn't known here`, ...at(i), help: REBUILD });
      else if (!sameType(d, v)) found.push({ code: "T0401", message: `%${v.id} is ${typeText(d)}, but is used as ${typeText(v)}`, ...at(i), help: REBUILD });
    }
    for (const [key, a] of Object.entries(i.attrs)) {
      if (a.kind === "scalar") uses(a.value, ss, at(i));
      if (a.kind === "scalar" && a.value.kind === "symbol" && a.value.role === "var" && !(i.name === "scalar_get" && key === "of") && !(i.name === "scalar_set" && key === "to")) variable(a.value, at(i));
      if (a.kind === "scalars") for (const s of a.value) uses(s, ss, at(i));
    }
    for (const s of i.out?.shape ?? []) uses(s, ss, at(i));
    if (i.out) { claim(i.out.id, at(i)); vs.set(i.out.id, i.out); }
    if (i.result) { claim(i.result.id, at(i)); ss.add(i.result.id); }
  };
  const plain = (x: Scalar, symbols: ReadonlySet<string>, where: Partial<DiagnosticInit>) => { uses(x, symbols, where); if (x.kind === "symbol" && x.role === "var") variable(x, where); };
  const block = (body: readonly Stmt[], outerValues: ReadonlyMap<number, Value>, outerSymbols: ReadonlySet<string>) => {
    const vs = new Map(outerValues), ss = new Set(outerSymbols);
    for (const s of body) {
      const where = { span: s.span };
      switch (s.kind) {
        case "inst": inst(s, vs, ss); break;
        case "if": plain(s.condition, ss, where); block(s.then, vs, ss); block(s.otherwise, vs, ss); break;
        case "while": { const head = block(s.head, vs, ss); plain(s.condition, head.ss, where); block(s.body, head.vs, head.ss); break; }
        case "for":
          plain(s.from, ss, where);
          plain(s.to, ss, where);
          claim(s.symbol.id, where);
          block(s.body, vs, new Set([...ss, s.symbol.id]));
          break;
        case "jump": break;
        default: s satisfies never;
      }
    }
    return { vs, ss };
  };
  block(p.body, values, symbols);
  yield* found;
}

/** Whether an instruction has what its row has, and nothing else. */
function fits(i: Inst, { operands, attrs }: Instruction): boolean {
  for (const k in operands) if (i.operands[k] ? !operands[k].spaces.includes(i.operands[k].space) : !operands[k].optional) return false;
  for (const k in attrs) if (i.attrs[k] ? i.attrs[k].kind !== attrs[k].kind : !attrs[k].optional) return false;
  for (const k in i.operands) if (!Object.hasOwn(operands, k)) return false;
  for (const k in i.attrs) if (!Object.hasOwn(attrs, k)) return false;
  return true;
}

/** Operands and attributes are those of the row, and the result is what its type rule gives. */
function* rows(p: Program): Generator<DiagnosticInit> {
  for (const i of insts(p)) {
    const row = instructions.get(i.name);
    if (!row) { yield { code: "N0125", message: `there is no instruction '${i.name}'`, ...at(i), help: REBUILD }; continue; }
    const wrong = fits(i, row) ? [] : [
      ...Object.entries(row.operands).flatMap(([k, o]) => (i.operands[k] ? (o.spaces.includes(i.operands[k].space) ? [] : [`'${k}' can't be ${typeText(i.operands[k])}`]) : o.optional ? [] : [`'${k}' is missing`])),
      ...Object.entries(row.attrs).flatMap(([k, a]) => (i.attrs[k] ? (i.attrs[k].kind === a.kind ? [] : [`'${k}' is ${i.attrs[k].kind}, not ${a.kind}`]) : a.optional ? [] : [`'${k}' is missing`])),
      ...[...Object.keys(i.operands).filter((k) => !Object.hasOwn(row.operands, k)), ...Object.keys(i.attrs).filter((k) => !Object.hasOwn(row.attrs, k))].map((k) => `it has no '${k}'`),
    ];
    if (wrong.length) { yield { code: "T0101", message: `'${i.name}': ${wrong.join("; ")}`, ...at(i), help: REBUILD }; continue; }
    let want: string | undefined;
    try {
      const t = row.type(i.operands, plainAttrs(i.attrs)), made: Typed | undefined = t && t.space !== "scalar" ? { space: t.space, dtype: t.dtype, shape: t.shape, layout: t.layout ?? i.out?.layout } : undefined;
      if (made && i.out && !i.result && sameType(made, i.out)) continue;
      want = t?.space === "scalar" ? t.dtype.compute : made && typeText(made);
    } catch (e) {
      if (!(e instanceof Diagnostic)) throw e;
      yield e.at(i.span).data;
      continue;
    }
    const has = i.result ? i.result.type : i.out && typeText(i.out);
    if (has !== want) yield { code: "T0401", message: `'${i.name}' gives ${want ?? "nothing"}, not ${has ?? "nothing"}`, ...at(i), help: REBUILD };
  }
}

/** Conditions are bool, bounds and extents i32, steps positive. */
function* statements(p: Program): Generator<DiagnosticInit> {
  const found: DiagnosticInit[] = [];
  const typed = (x: Scalar, type: Scalar["type"], what: string, where: Partial<DiagnosticInit>) => {
    if (x.type !== type) found.push({ code: "T0303", message: `${what} is ${type}, not ${x.type}: ${scalarText(x)}`, ...where, help: "convert it with 'as', or compare" });
  };
  for (const a of p.grid) typed(a.extent, "i32", "a grid's extent", {});
  for (const r of p.requires) typed(r.condition, "bool", "a requirement", { span: r.span });
  eachStmt(p.body, (s) => {
    if (s.kind === "if" || s.kind === "while") typed(s.condition, "bool", "a condition", { span: s.span });
    if (s.kind !== "for") return;
    typed(s.from, "i32", "a loop bound", { span: s.span });
    typed(s.to, "i32", "a loop bound", { span: s.span });
    if (!Number.isInteger(s.step) || s.step < 1) found.push({ code: "T0104", message: `a loop can't step by ${s.step}`, span: s.span, help: "use a positive compile-time step" });
    if (s.mode.kind === "pipeline" && !(Number.isInteger(s.mode.stages) && s.mode.stages >= 1)) found.push({ code: "R0305", message: `a pipeline can't have ${s.mode.stages} stages`, span: s.span, help: "use 2 or 3" });
  });
  yield* found;
}

/** What breaks off a loop stands in one, and is the last of its list. */
function* jumps(p: Program): Generator<DiagnosticInit> {
  const found: DiagnosticInit[] = [];
  const walk = (body: readonly Stmt[], inLoop: boolean): void => body.forEach((s, i) => {
    const where = { span: s.span };
    if (s.kind === "jump" && s.to !== "return" && !inLoop) found.push({ code: "S0023", message: `'${s.to}' stands in no loop`, ...where, help: "remove it, or put it into the body of a loop" });
    if (s.kind === "jump" && i + 1 < body.length) found.push({ code: "S0024", message: `nothing after '${s.to}' is ever reached`, span: body[i + 1].span, help: `remove it, or put '${s.to}' into an 'if'` });
    if (s.kind === "while") { walk(s.head, false); walk(s.body, true); } else for (const inner of blocksOf(s)) walk(inner, s.kind === "for" || inLoop);
  });
  walk(p.body, false);
  yield* found;
}

/** A loop whose condition nothing can change, and that nothing leaves, never ends. */
function* endless(p: Program): Generator<DiagnosticInit> {
  const found: DiagnosticInit[] = [];
  eachStmt(p.body, (s) => {
    if (s.kind !== "while" || knownScalar(s.condition) === 0 || jumpsOut(s.body, "break")) return;
    const set = new Set<string>();
    let ends = false;
    eachStmt(s.body, (t) => {
      if (t.kind === "jump" && t.to === "return") ends = true;
      if (t.kind === "inst" && t.name === "scalar_set" && t.attrs.to?.kind === "scalar" && t.attrs.to.value.kind === "symbol") set.add(t.attrs.to.value.id);
    });
    const changes = s.head.some((t) => t.kind !== "inst" || t.name !== "scalar_get" || (t.attrs.of?.kind === "scalar" && t.attrs.of.value.kind === "symbol" && set.has(t.attrs.of.value.id)));
    if (!ends && !changes)
      found.push({ code: "R0318", message: "this loop never ends", span: s.span, label: knownScalar(s.condition) ? "always true" : "nothing in the loop changes this", help: "assign to a variable that the condition speaks of, or leave the loop with 'break'" });
  });
  yield* found;
}

/** Layouts hold their tile, in the threads that there are. */
function* layouts(p: Program): Generator<DiagnosticInit> {
  for (const i of insts(p)) {
    const v = i.out, l = v?.layout;
    if (!v || !l) continue;
    if (l.shape.join() !== v.shape.join())
      yield { code: "L0303", message: `a layout of shape [${l.shape.join(", ")}] can't hold ${typeText({ ...v, layout: undefined })}`, ...at(i), help: `use a layout of shape [${v.shape.map(scalarText).join(", ")}]` };
    if (threadCount(l) > p.threads)
      yield { code: "L0305", message: `this layout is for ${threadCount(l)} threads, the block has ${p.threads}`, ...at(i), help: `use fewer threads in ${layoutText(l)}, or 'threads ${threadCount(l)}'` };
  }
}

/** What groups of threads carry out finds whole ones. */
function* groups(p: Program): Generator<DiagnosticInit> {
  for (const i of insts(p)) {
    const n = instructions.get(i.name)?.group;
    if (n !== undefined && p.threads % n !== 0)
      yield { code: "L0306", message: `'${i.name}' is carried out by groups of ${n} threads; a block of ${p.threads} isn't made of them`, ...at(i), help: `give the kernel a multiple of ${n} threads` };
  }
}

/** A view of a tile without a layout: there is one with the same bits in each thread. */
function* views(p: Program): Generator<DiagnosticInit> {
  for (const i of insts(p)) {
    const row = instructions.get(i.name);
    if (i.name !== "view" || i.operands.x.layout) continue;
    try { row?.layout?.backward?.(undefined, "x", { threads: p.threads, operands: i.operands, attrs: plainAttrs(i.attrs), out: i.out }); } catch (e) {
      if (!(e instanceof Diagnostic)) throw e;
      yield e.at(i.span).data;
    }
  }
}

/** A thread's part of a tile fits its registers. Without a layout, the least it could be. */
function* registers(p: Program): Generator<DiagnosticInit> {
  for (const i of insts(p)) {
    const v = i.out;
    if (v?.space !== "reg") continue;
    const slots = v.layout ? slotCount(v.layout) : Math.ceil(v.shape.reduce<number>((n, s) => n * (typeof s === "number" ? s : 1), 1) / p.threads);
    const bytes = Math.ceil((slots * v.dtype.bits) / 32) * 4;
    if (bytes > MAX_REGISTER_BYTES)
      yield { code: "R0201", message: `this tile takes ${bytes} bytes of registers in each thread; ${MAX_REGISTER_BYTES} are the most`, ...at(i), help: "use a smaller tile or more threads" };
  }
}

/** Only variables are assigned to. */
function* assigns(p: Program): Generator<DiagnosticInit> {
  const definitions = definitionsOf(p);
  for (const i of insts(p)) {
    const to = i.operands.to;
    if (to?.space === "reg" && definitions.get(to.id)?.name !== "var")
      yield { code: "T0304", message: `'${p.names.get(to.id) ?? `%${to.id}`}' is no variable`, ...at(i), label: "can't be assigned to", help: "declare it with 'var', or give the new value a new name with 'let'" };
  }
}

/** Inputs stay as they are. */
function* stores(p: Program): Generator<DiagnosticInit> {
  const definitions = definitionsOf(p);
  const inputs = new Map(p.params.flatMap((q) => (q.kind === "tensor" && q.direction === "in" ? [[q.value.id, q.name] as const] : [])));
  for (const i of insts(p)) {
    const to = i.operands.to, name = to && to.space !== "reg" ? inputs.get(regionOf(to, definitions).root.id) : undefined;
    if (name !== undefined) yield { code: "R0402", message: `'${name}' is an input and can't be written`, ...at(i), help: `declare it 'out ${name}: …' or 'inout ${name}: …'` };
  }
}

/** The block fits the device. */
function* limits(p: Program, { sharedBytes, threads, storageBuffers }: VerifyOptions): Generator<DiagnosticInit> {
  if (threads !== undefined && p.threads > threads)
    yield { code: "R0101", message: `a block of ${p.threads} threads is too large: this device takes ${threads}`, help: "use fewer threads and more elements in each" };
  const buffers = [...buffersOf(p.params.filter((q) => q.kind === "tensor")).values()];
  if (storageBuffers !== undefined && buffers.length > storageBuffers)
    yield { code: "R0202", message: `the kernel has ${buffers.length} tensors; this device binds at most ${storageBuffers} storage buffers`, span: buffers[storageBuffers]?.[0].span, help: "join small tensors into one, or split the kernel" };
  if (sharedBytes === undefined) return;
  const tiles = insts(p).filter((i) => i.name === "shared" && i.out);
  const bytes = tiles.map((i) => Math.ceil(((i.out?.shape ?? []).reduce<number>((n, s) => n * (typeof s === "number" ? s : 1), 1) * (i.out?.dtype.bits ?? 0)) / 32) * 4);
  const total = bytes.reduce((a, b) => a + b, 0);
  if (total > sharedBytes && plannedBytes(plan(p, "tight")) > sharedBytes)
    yield { code: "R0203", message: `the shared tiles take ${total} bytes; this device has ${sharedBytes}`, span: tiles.at(-1)?.span, notes: tiles.map((i, n) => `${p.names.get(i.out?.id ?? -1) ?? `%${i.out?.id}`}: ${bytes[n]} bytes`), help: "use smaller tiles" };
}

/** Rules about form: where one fails, the others may not make sense. */
export const formRules: readonly Rule[] = [scopes, rows, statements, jumps];
/** Rules about meaning and resources. */
export const meaningRules: readonly Rule[] = [endless, layouts, groups, views, registers, assigns, stores, limits];
