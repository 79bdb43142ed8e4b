// Builds Programs, one checked instruction at a time. The language and the TypeScript door make the same
// calls; every call runs the instruction's type rule, so there is no separate type checker.
import { Bug, Diagnostic, fail, type Span } from "../diagnostic.ts";
import type { Packing, RegisterLayout } from "../layout/index.ts";
import { dtype as dtypeNamed, type DType } from "./dtype.ts";
import type { Attrs, Each, Instruction, Operands, ScalarResult, Values } from "./instruction.ts";
import { instructions, type Isa } from "./isa/index.ts";
import { eachStmt, type AttrValue, type For, type FormatOf, type GridAxis, type Inst, type Jump, type LoopMode, type Param, type Program, type Requirement, type Stmt, type Value } from "./program.ts";
import { constant, eachSymbol, knownScalar, scalarOf, symbol, type Scalar, type ScalarType, type Size } from "./scalar.ts";

/** What may stand for a register operand: a tile, or a number or scalar that is spread over it. */
export type Argument = Value | Scalar | number;

/** Operand arguments of an instruction, by name. */
export type Arguments = Readonly<Record<string, Argument | undefined>>;

/** Attributes as a caller may give them: plain numbers stand for scalars. */
type Given<V> = { readonly [K in keyof V]: V[K] extends readonly Scalar[] ? readonly (Scalar | number)[] : Scalar extends V[K] ? V[K] | number : V[K] };

type Result<I> = I extends { type(...x: never[]): infer R } ? ([R] extends [undefined] ? void : [R] extends [ScalarResult] ? Scalar : Value) : never;
/** The instruction table as typed calls: `b.add({ x, y })`, `b.reduce_max({ x }, { axis: 1 })`. */
export type Calls = {
  readonly [K in keyof Isa]: Isa[K] extends Instruction<infer O extends Operands, infer A extends Attrs, infer _>
    ? {} extends Values<A> ? (o: Each<O, Argument>, a?: Given<Values<A>>) => Result<Isa[K]> : (o: Each<O, Argument>, a: Given<Values<A>>) => Result<Isa[K]>
    : never;
};

/** Builds one Program. Get one from `builder(name)`. */
export interface BuilderCore {
  /** Sets the place that the following calls come from. */
  at(span: Span | undefined): void;
  /** A run-time dimension; the same name gives the same scalar. */
  dim(name: string): Scalar;
  /** A tensor parameter; its value lies in global memory. On devices those of one `buffer` lie in one, in bits that their packings keep apart. `of`: what it is a field of. */
  tensor(name: string, direction: "in" | "out" | "inout", dtype: DType | string, shape: readonly Size[], packing: Packing, buffer?: string, of?: FormatOf): Value;
  /** A scalar parameter. */
  scalarParam(name: string, type: ScalarType): Scalar;
  /** The grid, first axis fastest; gives the block's index on each axis. */
  grid(axes: readonly (readonly [name: string, extent: Size])[]): readonly Scalar[];
  threads(n: number): void;
  /** A condition checked on the host before each launch. Known conditions are checked now. */
  require(condition: Scalar, message?: string): void;
  /** Any instruction by name. Tiles give a Value, scalar results a Scalar, effects nothing. */
  inst(name: string, operands: Arguments, attrs?: Readonly<Record<string, unknown>>): Value | Scalar | undefined;
  /** A loop over `from ≤ i < to`. The body is built once, with the loop variable. */
  loop(name: string, range: { readonly from?: Size; readonly to: Size; readonly step?: number; readonly mode?: LoopMode }, body: (i: Scalar) => void): void;
  when(condition: Scalar, then: () => void, otherwise?: () => void): void;
  /** A loop for as long as `head` gives true; what `head` makes is made anew in each round, and the body sees it. */
  while(head: () => Scalar, body: () => void): void;
  /** The whole block leaves the innermost loop ("break"), goes on to its next round ("continue"), or is done ("return"). Nothing may follow in its list. */
  jump(to: Jump["to"]): void;
  /** A scalar variable of the block. It is no scalar itself: read it with `get`. */
  cell(name: string, init: Scalar): Scalar;
  /** What a scalar variable holds now. */
  get(cell: Scalar): Scalar;
  set(cell: Scalar, value: Scalar): void;
  /** Remembers the user's name of a value or symbol. */
  name<T extends Value | Scalar>(x: T, name: string): T;
  finish(): Program;
}

/** Builds a Program: each instruction is a method of its name, `b.add({ x, y })`, that checks its types when it is called. */
export type Builder = BuilderCore & Calls;

const isValue = (x: Argument): x is Value => typeof x === "object" && "space" in x;

/** A number without a type: an i32 where it is one, else an f32. */
const literal = (x: number): Scalar => constant(x, (x | 0) === x && !Object.is(x, -0) ? "i32" : "f32");

/** Checks and wraps one attribute. */
function attrValue(i: Instruction, key: string, kind: AttrValue["kind"], x: unknown): AttrValue {
  const bad = (want: string): never => fail({ code: "T0102", message: `'${key}' of '${i.name}' must be ${want}`, ...(i.attrs[key]?.doc ? { help: i.attrs[key].doc } : {}) });
  const asScalar = (v: unknown): Scalar => (typeof v === "number" ? literal(v) : typeof v === "boolean" ? constant(v ? 1 : 0, "bool") : typeof v === "object" && v !== null && "kind" in v ? (v as Scalar) : bad("a scalar"));
  const asInt = (v: unknown): number => { const n = typeof v === "object" && v !== null ? knownScalar(v as Scalar) : v; return typeof n === "number" && Number.isInteger(n) ? n : bad("a compile-time integer"); };
  switch (kind) {
    case "int": return { kind, value: asInt(x) };
    case "ints": return { kind, value: Array.isArray(x) ? x.map(asInt) : bad("a list of compile-time integers") };
    case "axes": return { kind, value: Array.isArray(x) ? x.map(asInt) : asInt(x) };
    case "number": { const n = typeof x === "object" && x !== null ? knownScalar(x as Scalar) : x; return typeof n === "number" ? { kind, value: n } : bad("a compile-time number"); }
    case "bool": { const n = typeof x === "object" && x !== null ? knownScalar(x as Scalar) === 1 : x; return typeof n === "boolean" ? { kind, value: n } : bad("true or false"); }
    case "name": return typeof x === "string" ? { kind, value: x } : bad("a name");
    case "dtype": return typeof x === "string" ? { kind, value: dtypeNamed(x) } : typeof x === "object" && x !== null && "bits" in x ? { kind, value: x as DType } : bad("a number type");
    case "layout": return typeof x === "object" && x !== null && "modeShape" in x ? { kind, value: x as RegisterLayout } : bad("a register layout");
    case "packing": return typeof x === "object" && x !== null && "kind" in x ? { kind, value: x as Packing } : bad("a packing");
    case "scalar": return { kind, value: asScalar(x) };
    case "scalars": return { kind, value: Array.isArray(x) ? x.map(asScalar) : bad("a list of scalars") };
    default: return kind satisfies never;
  }
}

/** The type of a number that meets nothing else. */
const typeOfNumber = (x: number | Scalar): ScalarType => (typeof x !== "number" ? x.type : Number.isInteger(x) ? "i32" : "f32");

/** The type that literals take where no tile is: that of a run-time scalar beside them, or f32 if one of them is a float. */
function besides(i: Instruction, operands: Arguments): ScalarType | undefined {
  const numbers = Object.entries(operands).flatMap(([k, o]) => (o === undefined || isValue(o) || i.operands[k]?.apart ? [] : [o]));
  const own = numbers.find((o) => typeof o === "object" && o.kind !== "const");
  return own === undefined ? numbers.map(typeOfNumber).find((t) => t === "f32") : typeOfNumber(own);
}

const plain = new WeakMap<Inst["attrs"], Readonly<Record<string, unknown>>>();
/** The plain values inside attributes; every pass and rule asks for them. */
export function plainAttrs(attrs: Inst["attrs"]): Readonly<Record<string, unknown>> {
  const known = plain.get(attrs);
  if (known) return known;
  const made: Record<string, unknown> = {};
  for (const key in attrs) made[key] = attrs[key].value;
  plain.set(attrs, made);
  return made;
}

/**
 * Starts a Program.
 * @example
 * ```ts
 * const b = builder("twice");
 * const x = b.tensor("x", "in", "f32", [64], dense(1)), y = b.tensor("y", "out", "f32", [64], dense(1));
 * b.grid([["g", 1]]);
 * b.threads(64);
 * const v = b.load({ x });
 * b.store({ to: y, x: b.add({ x: v, y: v }) });
 * b.finish().body.length // => 3
 * ```
 */
export function builder(name: string, doc = ""): Builder {
  let span: Span | undefined, nextId = 0, nextLoop = 0, nextScalar = 0, threads = 0;
  const dims: string[] = [], params: Param[] = [], requires: Requirement[] = [];
  let axes: GridAxis[] = [];
  const names = new Map<number | string, string>();
  const body: Stmt[] = [];
  let into = body;
  const located = <T>(f: () => T): T => {
    try { return f(); } catch (e) { throw e instanceof Diagnostic ? e.at(span) : e; }
  };
  const nest = (f: () => void): Stmt[] => {
    const outer = into, mine: Stmt[] = [];
    into = mine;
    try { f(); } finally { into = outer; }
    return mine;
  };
  /** What variables are known to hold here, so that reading one again makes no new scalar. */
  let current = new Map<Scalar, Scalar>();
  const remember = (cell: Scalar, value: Scalar): void => { if (value.kind === "symbol") current.set(cell, value); else current.delete(cell); };
  /** Builds a list of statements, with what is known in it; afterwards what it overwrites isn't, for it may have run any number of times. */
  const apart = (known: ReadonlyMap<Scalar, Scalar>, f: () => void): Stmt[] => {
    const before = current;
    current = new Map(known);
    const made = nest(f);
    current = before;
    eachStmt(made, (s) => { if (s.kind === "inst" && s.name === "scalar_set" && s.attrs.to?.kind === "scalar") current.delete(s.attrs.to.value); });
    return made;
  };
  const noteDims = (x: Size) => eachSymbol(x, (s) => { if (s.role === "dim" && !dims.includes(s.id)) dims.push(s.id); });

  function spread(x: Argument, i: Instruction, key: string, operands: Arguments, own: unknown): Value {
    if (isValue(x)) return x;
    const apart = i.operands[key]?.apart;
    const models = apart ? [] : Object.entries(operands).flatMap(([k, o]) => (o !== undefined && isValue(o) && !i.operands[k]?.apart ? [o] : []));
    const model = models.find((o) => o.space !== "global") ?? models[0] ?? (own === undefined ? undefined : { dtype: typeof own === "string" ? dtypeNamed(own) : own as DType });
    const value = typeof x === "number" ? constant(x, "f32") : x;
    // A literal takes the type of the tile it meets, or else of the scalar; a run-time scalar has its own.
    const literal = typeof x === "number" || x.kind === "const";
    const dtype = literal && model ? model.dtype : literal && apart === "bool" ? dtypeNamed("bool") : dtypeNamed((literal && !apart && besides(i, operands)) || typeOfNumber(x));
    const tile = core.inst("fill", {}, { value, dtype, shape: [] });
    if (!tile || !isValue(tile)) throw new Bug(`fill gave no tile for '${i.name}'`);
    return tile;
  }

  const core: BuilderCore = {
    at(s) { span = s; },
    dim(id) { const s = symbol("dim", id); noteDims(s); return s; },
    tensor(id, direction, dtype, shape, packing, buffer, of) {
      return located(() => {
        if (params.some((p) => p.name === id)) fail({ code: "N0104", message: `there are two parameters '${id}'`, help: "rename one" });
        const type = typeof dtype === "string" ? dtypeNamed(dtype) : dtype;
        shape.forEach(noteDims);
        const value: Value = Object.freeze({ id: nextId++, space: "global", dtype: type, shape: Object.freeze(shape.map((s) => knownScalar(s) ?? s)) });
        params.push(Object.freeze({ kind: "tensor", name: id, direction, value, packing, ...(buffer === undefined ? {} : { buffer }), ...(of === undefined ? {} : { of }), span }));
        names.set(value.id, id);
        return value;
      });
    },
    scalarParam(id, type) {
      const s = symbol("param", id, type);
      if (s.kind !== "symbol") throw new Bug("symbol");
      params.push(Object.freeze({ kind: "scalar", name: id, type, symbol: s, span }));
      return s;
    },
    grid(list) {
      axes = list.map(([id, extent], n) => {
        noteDims(extent);
        const s = symbol("grid", `g${n}`);
        if (s.kind !== "symbol") throw new Bug("symbol");
        names.set(s.id, id);
        return Object.freeze({ symbol: s, extent: scalarOf(extent) });
      });
      return axes.map((a) => a.symbol);
    },
    threads(n) {
      if (!Number.isInteger(n) || n < 1) located(() => fail({ code: "R0101", message: `a block can't have ${n} threads`, help: "give a positive compile-time integer, at most 256 on every device" }));
      threads = n;
    },
    require(condition, message) {
      const known = knownScalar(condition);
      if (known === 0) located(() => fail({ code: "T0103", message: message ? `requirement not met: ${message}` : "a requirement is not met", label: "this is false here", help: "choose other compile-time parameters" }));
      if (known === undefined) requires.push(Object.freeze({ condition, message: message ?? "a requirement is not met", span }));
    },
    inst(id, operands, attrs = {}) {
      return located(() => {
        const row = instructions.get(id);
        if (!row) throw new Bug(`no instruction '${id}'`);
        const given: Record<string, Value> = {};
        for (const key in row.operands) {
          const spec = row.operands[key];
          const x = operands[key];
          if (x === undefined) {
            if (!spec.optional) fail({ code: "T0101", message: `'${id}' needs '${key}'`, help: spec.doc ? `'${key}' is ${spec.doc}` : `write, for example: ${row.example}` });
            continue;
          }
          const v = spread(x, row, key, operands, attrs["dtype"]);
          if (!spec.spaces.includes(v.space)) fail(misplaced(row, key, v));
          given[key] = v;
        }
        const values: Record<string, AttrValue> = {};
        for (const key in row.attrs) {
          const spec = row.attrs[key];
          const x = attrs[key];
          if (x === undefined) { if (!spec.optional) fail({ code: "T0101", message: `'${id}' needs '${key}:'`, help: spec.doc ? `'${key}' is ${spec.doc}` : `write, for example: ${row.example}` }); continue; }
          values[key] = attrValue(row, key, spec.kind, x);
        }
        const result = row.type(given, plainAttrs(values));
        let out: Value | undefined, scalarResult: Extract<Scalar, { kind: "symbol" }> | undefined;
        if (result?.space === "scalar") {
          const s = symbol(result.mutable ? "var" : "value", `s${nextScalar++}`, result.dtype.compute as ScalarType);
          if (s.kind === "symbol") scalarResult = s;
        } else if (result) {
          out = Object.freeze({ id: nextId++, space: result.space, dtype: result.dtype, shape: Object.freeze([...result.shape]), ...(result.layout ? { layout: result.layout } : {}) });
        }
        into.push(Object.freeze({ kind: "inst", name: id, operands: Object.freeze(given), attrs: Object.freeze(values), out, result: scalarResult, span }));
        return out ?? scalarResult;
      });
    },
    loop(id, { from = 0, to, step = 1, mode = { kind: "plain" } }, build) {
      const s = symbol("loop", `i${nextLoop++}`);
      if (s.kind !== "symbol") throw new Bug("symbol");
      if (!Number.isInteger(step) || step < 1) located(() => fail({ code: "T0104", message: `a loop can't step by ${step}`, help: "use a positive compile-time step" }));
      names.set(s.id, id);
      const mine = span, inner = apart(new Map(), () => build(s));
      const loop: For = { kind: "for", mode, symbol: s, from: scalarOf(from), to: scalarOf(to), step, body: Object.freeze(inner), span: mine };
      into.push(Object.freeze(loop));
    },
    when(condition, then, otherwise) {
      const known = knownScalar(condition), mine = span;
      if (known !== undefined) { if (known) then(); else otherwise?.(); return; }
      const before = new Map(current), yes = apart(before, then), no = otherwise ? apart(before, otherwise) : [];
      into.push(Object.freeze({ kind: "if", condition, then: Object.freeze(yes), otherwise: Object.freeze(no), span: mine }));
    },
    while(makeHead, build) {
      const mine = span;
      let condition = constant(1, "bool"), head: Stmt[] = [];
      // What the head reads, the body knows.
      const inner = apart(new Map(), () => { head = nest(() => { condition = makeHead(); }); if (knownScalar(condition) !== 0) build(); });
      into.push(Object.freeze({ kind: "while", head: Object.freeze(head), condition, body: Object.freeze(inner), span: mine }));
    },
    jump(to) { into.push(Object.freeze({ kind: "jump", to, span })); },
    cell(id, init) {
      const made = core.inst("scalar_var", {}, { init });
      if (!made || isValue(made)) throw new Bug("a variable without a symbol");
      remember(made, init);
      return core.name(made, id);
    },
    get(cell) {
      const known = current.get(cell);
      if (known) return known;
      const made = core.inst("scalar_get", {}, { of: cell });
      if (!made || isValue(made)) throw new Bug("a variable without a value");
      current.set(cell, made);
      if (cell.kind === "symbol") core.name(made, names.get(cell.id) ?? cell.id);
      return made;
    },
    set(cell, value) {
      core.inst("scalar_set", {}, { to: cell, value });
      remember(cell, value);
    },
    name(x, id) {
      if (isValue(x)) { if (!names.has(x.id)) names.set(x.id, id); } else if (typeof x === "object" && x.kind === "symbol" && !names.has(x.id)) names.set(x.id, id);
      return x;
    },
    finish() {
      if (!threads) throw new Bug(`kernel '${name}' was built without threads`);
      if (!axes.length) core.grid([["g", 1]]);
      return Object.freeze({ name, doc, dims: Object.freeze([...dims]), params: Object.freeze([...params]), grid: Object.freeze(axes), threads, requires: Object.freeze([...requires]), body: Object.freeze([...body]), names });
    },
  };
  const made: Record<string, unknown> = {};
  for (const id of instructions.keys()) made[id] = (o: Arguments, a?: Readonly<Record<string, unknown>>) => core.inst(id, o, a);
  return Object.freeze(Object.assign(made, core)) as unknown as Builder;
}

const SPACE = { reg: "a register tile", shared: "a shared tile", global: "a tensor" } as const;

function misplaced(i: Instruction, key: string, v: Value) {
  const want = (i.operands[key]?.spaces ?? []).map((s) => SPACE[s]).join(" or ");
  const help = v.space === "global" && i.operands[key]?.spaces.includes("reg") ? "load it first: load(x[start +: width])"
    : v.space === "shared" && i.operands[key]?.spaces.includes("reg") ? "load it first: load(x)"
    : v.space === "reg" ? "store it to a tensor or a shared tile first" : `give ${want}`;
  return { code: "T0105", message: `'${i.name}' takes ${want} as '${key}', not ${SPACE[v.space]}`, help } as const;
}
