// Races between blocks. Blocks run in any order, perhaps at the same time, so no two may touch an element that one of them writes.
// What a block touches hangs on numbers: the rule takes sizes that the requirements allow, follows some neighbouring blocks through
// the kernel as far as their way is known, and holds the boxes that they surely touch against each other. What it finds is an example.
import type { DiagnosticInit } from "../diagnostic.ts";
import { instructions } from "./isa/index.ts";
import { blocksOf, eachStmt, type Inst, type Param, type Program, type Stmt, type TensorParam } from "./program.ts";
import { eachSymbol, evaluate, type Scalar, type Size } from "./scalar.ts";
import { instText } from "./text-print.ts";
import { accesses, definitionsOf } from "./verify-race.ts";
import { regionOf, type Region } from "./verify-region.ts";

/** Sizes that are tried for run-time dimensions. */
const SIZES: readonly number[] = [64, 256, 1024, 4096, 100, 37, 8, 2, 1];
/** Rounds of a loop, and instructions of a block, that are followed. */
const MAX_ROUNDS = 3, MAX_STEPS = 2000;

/** Elements [low, high) of each axis. */
interface Box { readonly inst: Inst; readonly tensor: TensorParam; readonly write: boolean; readonly low: readonly number[]; readonly high: readonly number[] }

/** Made-up numbers that tell how large a tensor is where an element lies; the first one is there whatever they are. */
function sizesFor(a: Box, b: Box, guessed: ReadonlySet<string>): string[] {
  const out: string[] = [];
  a.tensor.value.shape.forEach((n, d) => { if (Math.max(a.low[d], b.low[d]) > 0) eachSymbol(n, (s) => { if (guessed.has(s.id)) out.push(s.id); }); });
  return out;
}

/** The numbers of a launch; whether any of them was made up. */
interface Launch { readonly env: ReadonlyMap<string, number>; readonly extents: readonly number[]; readonly guessed: ReadonlySet<string> }

/** The first launches of `most` that the requirements allow, with several blocks. */
function launches(p: Program, most: number): Launch[] {
  const out: Launch[] = [], open = p.dims.length > 0 || p.params.some((q: Param) => q.kind === "scalar");
  for (const n of open ? SIZES : [0]) {
    if (out.length === most) break;
    const env = new Map<string, number>(p.dims.map((d) => [d, n]));
    for (const q of p.params) if (q.kind === "scalar") env.set(q.symbol.id, q.type === "bool" || q.type === "f32" ? 1 : n);
    if (!p.requires.every((r) => evaluate(r.condition, env))) continue;
    const sizes = p.params.flatMap((q) => (q.kind === "tensor" ? q.value.shape.map((s) => evaluate(s, env)) : []));
    const extents = p.grid.map((a) => evaluate(a.extent, env));
    if (sizes.every((s) => s >= 0 && s < 2 ** 31) && extents.every((e) => e >= 1) && extents.some((e) => e > 1)) out.push({ env, extents, guessed: new Set(open ? env.keys() : []) });
  }
  return out;
}

/** Thrown where a block's way is not known any further. */
const LOST = Symbol("lost");

/** A touch of a tensor that is written. */
interface Touch { readonly tensor: TensorParam; readonly write: boolean; readonly region: Region }

/** What instructions touch of tensors that are written. Those that pick elements aren't followed. */
function touchesOf(p: Program): ReadonlyMap<Inst, readonly Touch[]> {
  const definitions = definitionsOf(p), out = new Map<Inst, readonly Touch[]>();
  const tensors = new Map(p.params.flatMap((q) => (q.kind === "tensor" && q.direction !== "in" ? [[q.value.id, q] as const] : [])));
  eachStmt(p.body, (i) => {
    if (i.kind !== "inst" || (i.name !== "load" && i.name !== "store" && i.name !== "copy")) return;
    const mine = accesses(i).flatMap(({ value, write }): Touch[] => { const region = regionOf(value, definitions), tensor = tensors.get(region.root.id); return tensor ? [{ tensor, write, region }] : []; });
    if (mine.length) out.set(i, mine);
  });
  return out;
}

/** The symbols of a scalar, each once. */
function symbolsOf(x: Scalar): readonly string[] {
  const known = symbols.get(x);
  if (known) return known;
  const ids = new Set<string>();
  eachSymbol(x, (s) => ids.add(s.id));
  const list = [...ids];
  symbols.set(x, list);
  return list;
}
const symbols = new WeakMap<Scalar, readonly string[]>();

/** What a block surely touches of tensors that are written. `used` collects the made-up numbers that it hangs on. */
function followed(p: Program, touches: ReadonlyMap<Inst, readonly Touch[]>, launch: Launch, block: readonly number[], used: Set<string>): Box[] {
  const env = new Map(launch.env), boxes: Box[] = [];
  let steps = 0;
  p.grid.forEach((a, d) => env.set(a.symbol.id, block[d]));
  const known = (x: Size, noted = true): number | undefined => {
    if (typeof x === "number") return x;
    const ids = symbolsOf(x);
    for (const id of ids) if (!env.has(id)) return undefined;
    if (noted) for (const id of ids) if (launch.guessed.has(id)) used.add(id);
    return evaluate(x, env);
  };

  function touch(i: Inst): void {
    if (++steps > MAX_STEPS) throw LOST;
    if (i.result) env.delete(i.result.id);
    for (const { tensor, write, region: { root, box } } of touches.get(i) ?? []) {
      const low = box.map((b) => known(b.offset)), size = box.map((b) => known(b.size, false)), shape = root.shape.map((n) => known(n, false));
      const from = low.map((l, d) => Math.max(0, l ?? NaN)), to = low.map((l, d) => Math.min((l ?? NaN) + (size[d] ?? NaN), shape[d] ?? NaN));
      if (from.every((l, d) => l < to[d])) boxes.push({ inst: i, tensor, write, low: from, high: to });
    }
  }

  /** Whether the block goes on behind these statements, in this list. */
  function run(body: readonly Stmt[]): "on" | "break" | "continue" | "return" {
    for (const s of body) {
      switch (s.kind) {
        case "inst": touch(s); break;
        case "jump": return s.to;
        case "if": {
          const c = known(s.condition);
          if (c === undefined) { if (jumps(s)) throw LOST; break; }
          const way = run(c ? s.then : s.otherwise);
          if (way !== "on") return way;
          break;
        }
        case "for": {
          const from = known(s.from), to = known(s.to);
          if (from === undefined || to === undefined) { if (jumps(s)) throw LOST; break; }
          for (let i = from, n = 0; i < to && n < MAX_ROUNDS; i += s.step, n++) {
            env.set(s.symbol.id, i);
            const way = run(s.body);
            if (way === "return") return way;
            if (way === "break") break;
          }
          env.delete(s.symbol.id);
          break;
        }
        case "while": if (jumps(s)) throw LOST; break;
        default: s satisfies never;
      }
    }
    return "on";
  }

  try { run(p.body); } catch (e) { if (e !== LOST) throw e; }
  return boxes;
}

/** Whether a statement may end the block. */
const jumps = (s: Stmt): boolean => (s.kind === "jump" ? s.to === "return" || s.to === "break" || s.to === "continue" : blocksOf(s).some((b) => b.some(jumps)));

const meets = (a: Box, b: Box): boolean => a.tensor === b.tensor && (a.write || b.write) && a.low.every((l, d) => l < b.high[d] && b.low[d] < a.high[d]);

const rangeText = (name: string, a: Box, b: Box): string => `${name}[${a.low.map((l, d) => {
  const from = Math.max(l, b.low[d]), to = Math.min(a.high[d], b.high[d]);
  return to - from === 1 ? String(from) : `${from} to ${to - 1}`;
}).join(", ")}]`;

const dependsOn = (x: Scalar, id: string): boolean => { let yes = false; eachSymbol(x, (s) => { yes ||= s.id === id; }); return yes; };

/** The rule. */
export function* gridRaces(p: Program): Generator<DiagnosticInit> {
  const definitions = definitionsOf(p), told = new Set<string>(), touches = touchesOf(p);
  if (![...touches.values()].some((list) => list.some((t) => t.write))) return;
  for (const launch of launches(p, 3)) {
    const base = new Set<string>(), first = launch.extents.map(() => 0), mine = followed(p, touches, launch, first, base);
    for (const [axis, extent] of launch.extents.entries()) {
      if (extent < 2) continue;
      const used = new Set([...symbolsOf(p.grid[axis].extent).filter((id) => launch.guessed.has(id)), ...base]), second = first.map((_, d) => (d === axis ? 1 : 0));
      const theirs = followed(p, touches, launch, second, used);
      for (const a of mine)
        for (const b of theirs) {
          if (!meets(a, b) || (instructions.get(a.inst.name)?.atomic && instructions.get(b.inst.name)?.atomic)) continue;
          const write = a.write ? a : b, other = a.write ? b : a;
          const key = `${write.inst.span?.start ?? instText(write.inst)} ${write.tensor.name}`;
          if (told.has(key)) continue;
          told.add(key);
          const { name } = write.tensor, symbol = p.grid[axis].symbol.id, called = p.names.get(symbol) ?? symbol;
          const { box } = regionOf(write.inst.operands.to, definitions), apart = box.some((x) => dependsOn(x.offset, symbol));
          const blocks = [first, second].map((x) => `(${x.join(", ")})`), hangs = [...new Set([...used, ...sizesFor(a, b, launch.guessed)])], sizes = hangs.map((id) => `${p.names.get(id) ?? id} = ${launch.env.get(id)}`);
          const does = other.write ? `both write ${rangeText(name, a, b)}` : `${blocks[a.write ? 0 : 1]} writes and ${blocks[a.write ? 1 : 0]} reads ${rangeText(name, a, b)}`;
          yield {
            code: "R0405", severity: hangs.length || !other.write ? "warning" : "error",
            message: `two blocks meet in '${name}': blocks ${blocks.join(" and ")} ${other.write ? does : `aren't ordered, but ${does}`}`,
            span: write.inst.span, label: "written here",
            ...(other.inst !== write.inst && other.inst.span ? { labels: [{ span: other.inst.span, message: `${other.write ? "written" : "read"} here by another block` }] } : {}),
            notes: [...(sizes.length ? [`for ${sizes.join(", ")}`] : []), ...(write.inst.span ? [] : [`in ${instText(write.inst)}`])],
            help: apart ? `let the windows of neighbouring blocks along '${called}' begin further apart, at least as far as they are wide` : `let what is written depend on '${called}', or write 'if ${called} == 0 { … }' around it`,
          };
        }
    }
  }
}
