// A file of kernels: its constants and functions, what it imports, and its kernels ready to be specialised.
import { Bug, Diagnostic, fail, type DiagnosticData } from "../diagnostic.ts";
import type { Format, KernelDefinition, Program, Sequence as SequenceProgram, SequenceDefinition } from "../vm/index.ts";
import type { Const, FormatItem, Import, Item, Kernel, Module, Name, Sequence } from "./ast.ts";
import { describeComptime, type LoomComptime } from "./comptime.ts";
import { elaborateKernel, newState } from "./elaborate-kernel.ts";
import { elaborateSequence } from "./elaborate-sequence.ts";
import { formatTemplate } from "./elaborate-format.ts";
import { POISON, SILENT, type Cx, type Elaborated, type FormatTemplate, type Thing } from "./elaborate-values.ts";
import { bind, child, lookup, type Scope } from "./names.ts";
import { library } from "./library.ts";
import { misspelt } from "./messages.ts";
import { parse } from "./parser.ts";

/** A sequence of a .loom file. */
export interface LoomSequence extends SequenceDefinition {
  readonly comptime: Readonly<Record<string, LoomComptime>>;
  readonly ast: Sequence;
  /** Builds the Sequence for given compile-time parameters, as a kernel's `specialise`. @throws Diagnostic the first error */
  specialise(params: Readonly<Record<string, unknown>>): SequenceProgram;
  /** As `specialise`, with every error instead of the first. */
  elaborate(params: Readonly<Record<string, unknown>>): Elaborated<SequenceProgram>;
}

/** A kernel of a .loom file. */
export interface LoomKernel extends KernelDefinition {
  readonly comptime: Readonly<Record<string, LoomComptime>>;
  readonly ast: Kernel;
  /**
   * Builds the Program for given compile-time parameters; defaults are filled in. Values are plain, or text as the language
   * writes them; an int may be "dynamic" and then travels in a uniform.
   * @throws Diagnostic the first error; `elaborate` gives them all
   */
  specialise(params: Readonly<Record<string, unknown>>): Program;
  /** As `specialise`, with every error instead of the first. */
  elaborate(params: Readonly<Record<string, unknown>>): Elaborated;
}

/** A format of a .loom file. */
export interface LoomFormat {
  readonly name: string;
  /** What its `///` lines say. */
  readonly doc: string;
  readonly comptime: Readonly<Record<string, LoomComptime>>;
  readonly ast: FormatItem;
  /** Makes the Format for given compile-time parameters, as a kernel's `specialise`. @throws Diagnostic the first error */
  make(params: Readonly<Record<string, unknown>>): Format;
  /** As `make`, with every error instead of the first, those of `value` and `encode` too. */
  elaborate(params: Readonly<Record<string, unknown>>): Elaborated<Format>;
}

/** Finds an imported file: `path` as written in `from`. Undefined if there is none. */
export type Importer = (path: string, from: string) => { readonly source: string; readonly file: string } | undefined;

/** What `load` may be told. */
export interface LoadOptions {
  /** The name of the file, for messages; default `source.loom`. */
  readonly file?: string | undefined;
  /** Without it nothing can be imported. */
  readonly importer?: Importer | undefined;
}

/** A loaded file. */
export interface Loaded {
  readonly kernels: readonly LoomKernel[];
  readonly sequences: readonly LoomSequence[];
  readonly formats: readonly LoomFormat[];
  /** What is wrong with the text, its constants and its imports. Errors inside kernels and formats are found when they are specialised. */
  readonly diagnostics: readonly DiagnosticData[];
}

/** One file of a program. */
export interface Unit {
  readonly ast: Module;
  readonly scope: Scope;
  readonly source: string;
  /** Words of text that couldn't be read. */
  readonly lost: ReadonlySet<string>;
  readonly kernels: ReadonlyMap<string, LoomKernel>;
  readonly sequences: ReadonlyMap<string, LoomSequence>;
  readonly formats: ReadonlyMap<string, LoomFormat>;
}

/**
 * Reads a file of kernels, whose `specialise` gives the Programs that the interpreter of the VM runs; mistakes of the text are in `diagnostics`.
 * @example
 * ```ts
 * const { kernels } = load("kernel k(x: f32[N], out y: f32[N]) grid (b in cdiv(N, 64)) threads 64 { store(y[b * 64 +: 64], load(x[b * 64 +: 64])) }");
 * kernels[0].specialise({}).threads // => 64
 * ```
 */
export function load(source: string, options: LoadOptions = {}): Loaded {
  const out: DiagnosticData[] = [];
  const unit = loadUnit(source, options, out);
  return Object.freeze({ kernels: Object.freeze([...unit.kernels.values()]), sequences: Object.freeze([...unit.sequences.values()]), formats: Object.freeze([...unit.formats.values()]), diagnostics: Object.freeze(out) });
}

/** Reads a file into its parts; what is wrong goes to `out`. */
export function loadUnit(source: string, { file = "source.loom", importer }: LoadOptions, out: DiagnosticData[]): Unit {
  return readUnit(source, file, importer, out, new Map());
}

function readUnit(source: string, file: string, importer: Importer | undefined, out: DiagnosticData[], units: Map<string, Unit | "reading">): Unit {
  units.set(file, "reading");
  const { ast, diagnostics } = parse(source, file);
  out.push(...diagnostics);
  const scope = child(), lost = lostWords(source, ast, diagnostics), errors: Diagnostic[] = [];
  const cx: Cx = { b: undefined, scope, exact: undefined, state: newState(errors, lost) };
  const kernels = new Map<string, LoomKernel>(), sequences = new Map<string, LoomSequence>(), formats = new Map<string, LoomFormat>(), unit: Unit = { ast, scope, source, lost, kernels, sequences, formats };
  for (const item of ast.items) collect(item, { unit, cx, importer, out, units, kernels, sequences, formats }, diagnostics);
  for (const item of ast.items) if (item.kind === "const") lookup(scope, item.name.text)?.thing();
  out.push(...errors.map((d) => d.data));
  units.set(file, unit);
  return unit;
}

interface Reading {
  readonly unit: Unit;
  readonly cx: Cx;
  readonly importer: Importer | undefined;
  readonly out: DiagnosticData[];
  readonly units: Map<string, Unit | "reading">;
  readonly kernels: Map<string, LoomKernel>;
  readonly sequences: Map<string, LoomSequence>;
  readonly formats: Map<string, LoomFormat>;
}

function collect(item: Item, r: Reading, syntax: readonly DiagnosticData[]): void {
  const { cx, unit, kernels, sequences, formats } = r;
  try {
    switch (item.kind) {
      case "const": return bind(cx.scope, item.name, "const", constant(item, cx));
      case "fn": return bind(cx.scope, item.name, "fn", { kind: "fn", value: item, scope: cx.scope });
      case "format": {
        if (!item.name.text) return;
        const template = formatTemplate(item, unit.scope, (errors) => newState(errors, unit.lost), within(item, syntax).map((d) => new Diagnostic(d)));
        bind(cx.scope, item.name, "format", { kind: "format", name: item.name.text, value: () => template.make({}), template });
        formats.set(item.name.text, formatDefinition(template, unit));
        return;
      }
      case "import": return imports(item, r);
      case "kernel": case "sequence": {
        const own = within(item, syntax), name = item.name.text;
        if (!name) return;
        bind(cx.scope, item.name, item.kind, { kind: item.kind, name });
        if (item.kind === "kernel") kernels.set(name, definition(item, unit, own, (given) => elaborateKernel(item, unit.scope, given, unit.lost)));
        else sequences.set(name, definition(item, unit, own, (given) => elaborateSequence(item, unit.scope, unit.kernels, given, unit.lost)));
        return;
      }
      case "error": return;
      default: return item satisfies never;
    }
  } catch (x) {
    if (!(x instanceof Diagnostic)) throw x;
    cx.state.report(x);
  }
}

/** The errors that lie in an item. */
const within = ({ span }: Item, list: readonly DiagnosticData[]): DiagnosticData[] => list.filter((d) => d.severity === "error" && d.span && d.span.start >= span.start && d.span.end <= span.end);

/** A constant is evaluated when it is first used, so that they may stand in any order. */
function constant(c: Const, cx: Cx): () => Thing {
  let value: Thing | "working" | undefined;
  return () => {
    if (value === "working") {
      value = POISON;
      cx.state.report(new Diagnostic({ code: "N0106", message: `the constant '${c.name.text}' depends on itself`, span: c.init.span, help: "break the circle" }));
    }
    if (value) return value;
    value = "working";
    let made: Thing = POISON;
    try { made = cx.state.evaluate(c.init, cx); } catch (x) {
      if (!(x instanceof Diagnostic)) throw x;
      if (x.code !== SILENT) cx.state.report(x);
    }
    return value = value === "working" ? made : POISON;
  };
}

function imports(item: Import, r: Reading): void {
  const poison = (names: readonly Name[]): void => names.forEach((n) => { if (!r.cx.scope.own.has(n.text)) bind(r.cx.scope, n, "import", POISON); });
  let from: Unit;
  try { from = imported(item, r); } catch (x) { poison(item.names); throw x; }
  for (const name of item.names) {
    const found = from.scope.own.get(name.text), kernel = from.kernels.get(name.text), sequence = from.sequences.get(name.text), format = from.formats.get(name.text);
    if (!found) {
      poison([name]);
      const near = misspelt(name.text, [...from.scope.own.keys()]);
      r.cx.state.report(new Diagnostic({ code: "N0115", message: `"${item.from.value}" has no '${name.text}'`, span: name.span, help: near ? `did you mean '${near}'?` : `it has ${[...from.scope.own.keys()].join(", ") || "nothing"}` }));
      continue;
    }
    bind(r.cx.scope, name, found.how, found.thing);
    if (kernel) r.kernels.set(name.text, kernel);
    if (sequence) r.sequences.set(name.text, sequence);
    if (format) r.formats.set(name.text, format);
  }
}

function imported(item: Import, { importer, units, out }: Reading): Unit {
  const path = item.from.value, { span } = item.from;
  const found = Object.hasOwn(library, path) ? { source: library[path], file: path } : importer?.(path, span.file);
  if (!found && !importer) fail({ code: "N0114", message: "nothing can be imported here", span, help: "put what you need into this file" });
  if (!found) return fail({ code: "N0114", message: `there is no file "${path}"`, span, help: "paths are relative to the importing file" });
  const known = units.get(found.file);
  if (known === "reading") return fail({ code: "N0116", message: `"${path}" is being read already: the files import each other in a circle`, span, help: "move what both need into a third file" });
  return known ?? readUnit(found.source, found.file, importer, out, units);
}

/** Parameters as tools see them. */
const comptimeOf = (ast: Kernel | Sequence | FormatItem, unit: Unit): Readonly<Record<string, LoomComptime>> =>
  describeComptime(ast, unit.source, { b: undefined, scope: child(unit.scope), exact: undefined, state: newState([], unit.lost) }, unit.scope);

const formatDefinition = ({ item, make, elaborate }: FormatTemplate, unit: Unit): LoomFormat =>
  withComptime({ name: item.name.text, doc: item.doc ?? "", ast: item, make, elaborate }, unit);

/** With its parameters, which are looked at when somebody asks: most kernels of a file and of what it imports are never specialised. */
function withComptime<D extends { readonly ast: Kernel | Sequence | FormatItem }>(d: D, unit: Unit): D & { readonly comptime: Readonly<Record<string, LoomComptime>> } {
  let known: Readonly<Record<string, LoomComptime>> | undefined;
  return Object.freeze(Object.defineProperty(d, "comptime", { get: () => (known ??= comptimeOf(d.ast, unit)), enumerable: true })) as D & { readonly comptime: Readonly<Record<string, LoomComptime>> };
}

/** A kernel or sequence ready to be specialised; `make` elaborates it. */
function definition<A extends Kernel | Sequence, P>(ast: A, unit: Unit, syntax: readonly DiagnosticData[], make: (given: Readonly<Record<string, unknown>>) => Elaborated<P>) {
  const unread = syntax.map((d) => new Diagnostic(d));
  // Statements that couldn't be read leave the others as they are; without its header a kernel makes no sense.
  const headless = syntax.some((d) => d.span && d.span.start < ast.body.span.start);
  const elaborate = (params: Readonly<Record<string, unknown>>): Elaborated<P> => {
    const made = headless ? { program: undefined, diagnostics: [], steps: 0 } : make(params);
    return unread.length ? { ...made, program: undefined, diagnostics: [...unread, ...made.diagnostics] } : made;
  };
  return withComptime({
    name: ast.name.text, doc: ast.doc ?? "", ast, elaborate,
    specialise(params: Readonly<Record<string, unknown>>): P {
      const { program, diagnostics } = elaborate(params);
      if (program) return program;
      // What a kernel says of itself explains more than what follows from it.
      throw diagnostics.find((d) => d.code === "T0103") ?? diagnostics[0] ?? new Bug(`${ast.kind} '${ast.name.text}' gave neither a program nor an error`);
    },
  }, unit);
}

/** The words on lines that have a syntax error: names defined there aren't known, and that was said already. */
function lostWords(source: string, ast: Module, diagnostics: readonly DiagnosticData[]): ReadonlySet<string> {
  const words = new Set<string>();
  for (const { span } of diagnostics) {
    if (!span) continue;
    const from = source.lastIndexOf("\n", Math.max(0, span.start - 1)) + 1, to = source.indexOf("\n", Math.max(span.start, span.end - 1));
    for (const w of source.slice(from, to < 0 ? source.length : to).match(/[A-Za-z_]\w*/g) ?? []) words.add(w);
  }
  for (const item of ast.items) if (item.kind === "error") for (const w of source.slice(item.span.start, item.span.end).match(/[A-Za-z_]\w*/g) ?? []) words.add(w);
  return words;
}
