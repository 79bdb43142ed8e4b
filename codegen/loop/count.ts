// Exact counts over the loop form: what the written text contains, and what one thread does when it runs.
// Numbers for budgets, cost models and goals that timings are too rough for.
import type { Body, Expr } from "./ir.ts";
import { exprsOf, operandsOf } from "./operands.ts";
import { place, type PlacedStmt } from "./place.ts";

/** What one thread does in one run of the body. Of the two branches of an `if` the dearer one counts. */
export interface ThreadCounts {
  /** u32 words of storage. */
  readonly storageLoads: number;
  readonly storageStores: number;
  /** Elements of workgroup arrays. */
  readonly workgroupLoads: number;
  readonly workgroupStores: number;
  readonly atomics: number;
  readonly barriers: number;
  /** Additions, multiplications, … of f32 and f16; `fma` counts 2. */
  readonly flops: number;
  /** Operations of integers and booleans, conversions and bit fields. */
  readonly intops: number;
}

/** Plain data. `thread` is null where the trip count of a loop isn't a constant. */
export interface Counts {
  /** Memory accesses in the text: loads after sharing, stores, atomics; storage and workgroup. What drivers' compile times grow with. */
  readonly staticAccesses: number;
  readonly statements: number;
  readonly thread: ThreadCounts | null;
}

type Sums = { -readonly [K in keyof ThreadCounts]: number };
const KEYS = ["storageLoads", "storageStores", "workgroupLoads", "workgroupStores", "atomics", "barriers", "flops", "intops"] as const;
const none = (): Sums => ({ storageLoads: 0, storageStores: 0, workgroupLoads: 0, workgroupStores: 0, atomics: 0, barriers: 0, flops: 0, intops: 0 });
const added = (a: Sums, b: Sums, times = 1): Sums => { const out = none(); for (const k of KEYS) out[k] = a[k] + b[k] * times; return out; };
const total = (s: Sums): number => KEYS.reduce((n, k) => n + s[k], 0);

/** How often a loop runs, if that is one number. */
function trips(from: Expr, to: Expr, step: number): number | undefined {
  const most = Math.ceil((to.hi - from.lo) / step), least = Math.ceil((to.lo - from.hi) / step);
  return most === least && Number.isFinite(most) ? Math.max(0, most) : undefined;
}

/** What one node does by itself. */
function own(e: Expr, s: Sums): void {
  const n = e.node, float = (x: Expr | undefined) => x?.type === "f32" || x?.type === "f16";
  switch (n.kind) {
    case "const": case "var": case "reg": case "part": return;
    case "load": s[n.buffer.space === "storage" ? "storageLoads" : "workgroupLoads"] += n.vector ?? 1; return;
    case "op": s[float(n.args.at(-1)) ? "flops" : "intops"] += n.op === "fma" ? 2 : 1; return;
    case "sum": s.intops += n.terms.length - 1 + n.terms.filter((t) => Math.abs(t.coefficient) !== 1).length + (n.offset === 0 ? 0 : 1); return;
    case "call": ownAll(n.f.body, s, new Set()); return;
    case "field": s.intops += n.at.node.kind === "const" && (n.at.node.value === 0 || n.at.node.value + n.width === 32) ? 1 : 2; return;
    case "to": case "bits": case "packHalf": case "unpackHalf": case "table": s.intops++; return;
    default: n satisfies never;
  }
}

/** What a function does: each of its values once. */
function ownAll(e: Expr, s: Sums, seen: Set<Expr>): void {
  if (seen.has(e)) return;
  seen.add(e);
  own(e, s);
  for (const x of operandsOf(e)) ownAll(x, s, seen);
}

/** Counts of a body as it will be written; `placed` is `place(body)`, where it is at hand. */
export function counts(body: Body, placed: readonly PlacedStmt[] = place(body)): Counts {
  let staticAccesses = 0, statements = 0, exact = true;
  const evaluate = (e: Expr, bound: ReadonlySet<Expr>, s: Sums): void => {
    if (bound.has(e)) return;
    own(e, s);
    if (e.node.kind === "load") staticAccesses++;
    for (const x of operandsOf(e)) evaluate(x, bound, s);
  };
  const walk = (stmts: readonly PlacedStmt[], outer: ReadonlySet<Expr>): Sums => {
    const bound = new Set(outer);
    let sums = none();
    for (const st of stmts) {
      statements++;
      if (st.kind === "let") { evaluate(st.expr, bound, sums); bound.add(st.expr); continue; }
      for (const e of exprsOf(st)) evaluate(e, bound, sums);
      switch (st.kind) {
        case "for": {
          const n = trips(st.from, st.to, st.step), inner = walk(st.body, bound);
          if (n === undefined) exact &&= total(inner) === 0;
          else sums = added(sums, inner, n);
          break;
        }
        case "loop": exact &&= total(walk(st.body, bound)) === 0; break;
        // How often what follows it runs is known by nobody.
        case "jump": exact = false; break;
        case "if": {
          const yes = walk(st.then, bound), no = walk(st.otherwise, bound);
          sums = added(sums, total(yes) >= total(no) ? yes : no);
          break;
        }
        case "store": staticAccesses++; sums[st.buffer.space === "storage" ? "storageStores" : "workgroupStores"]++; break;
        case "atomic": staticAccesses++; sums.atomics++; break;
        case "uniform": staticAccesses++; sums.workgroupLoads++; sums.barriers += 2; break;
        case "barrier": sums.barriers++; break;
        case "declare": case "set": case "keep": break;
        default: st satisfies never;
      }
    }
    return sums;
  };
  const thread = walk(placed, new Set());
  return { staticAccesses, statements, thread: exact ? thread : null };
}
