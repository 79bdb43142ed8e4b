// Floats that are a large number less a large constant, as codes in a mantissa are: exact as they stand, but drivers reassociate, and what
// is merged with that constant is rounded to its steps:
//
//   bits(code ^ 0x4b000000) − 8388608 − 0.1   ──▶   bits(…) − 8388608.1 = bits(…) − 8388608
//
// Where such a number is only multiplied, nothing can be merged. Everywhere else the code is converted.
import { known, pairs } from "../loop/core.ts";
import type { Expr, LoopStmt } from "../loop/ir.ts";
import { magicOf } from "../loop/mantissa.ts";
import { exprsOf } from "../loop/operands.ts";
import { mapStmt } from "../loop/rebuild.ts";
import type { Context } from "./context.ts";

/** Who uses values, and what is put into registers. */
interface Uses {
  readonly of: Map<Expr, Expr[]>;
  /** Registers that values are put into, and what is read of registers. */
  readonly put: Map<Expr, Set<number>>;
  readonly read: Map<number, Expr[]>;
  /** Values of the block's scalars and of what isn't followed further. */
  readonly kept: Set<Expr>;
  readonly magic: Expr[];
}

const isFloat = (x: Expr): boolean => x.type === "f32" || x.type === "f16";
const push = <K, V>(m: Map<K, V[]>, k: K, v: V): void => { const list = m.get(k); if (list) list.push(v); else m.set(k, [v]); };

function usesIn(stmts: readonly LoopStmt[]): Uses {
  const uses: Uses = { of: new Map(), put: new Map(), read: new Map(), kept: new Set(), magic: [] }, seen = new Set<Expr>();
  const visit = (x: Expr): void => {
    if (seen.has(x)) return;
    seen.add(x);
    if (isFloat(x)) {
      if (magicOf(x)) uses.magic.push(x);
      if (x.node.kind === "reg") push(uses.read, x.node.reg.id, x);
    }
    for (const o of x.operands) {
      if (isFloat(o)) push(uses.of, o, x);
      visit(o);
    }
  };
  const walk = (list: readonly LoopStmt[]): void => {
    for (const s of list) {
      exprsOf(s).forEach(visit);
      if (s.kind === "set" && isFloat(s.value)) uses.put.set(s.value, (uses.put.get(s.value) ?? new Set()).add(s.reg.id));
      if (s.kind === "keep") uses.kept.add(s.value);
      if (s.kind === "for" || s.kind === "loop") walk(s.body);
      if (s.kind === "if") { walk(s.then); walk(s.otherwise); }
    }
  };
  walk(stmts);
  return uses;
}

/** The largest |x| of a float that is surely a whole number: a constant, or an integer that was converted or is a code itself. */
function wholeUpTo(x: Expr): number | undefined {
  const k = known(x), n = x.node, magic = magicOf(x);
  if (k !== undefined) return Number.isInteger(k) ? Math.abs(k) : undefined;
  if (magic) return Math.max(Math.abs(magic.lo), Math.abs(magic.hi));
  return n.kind === "to" && (n.arg.type === "i32" || n.arg.type === "u32") ? Math.max(Math.abs(n.arg.lo), Math.abs(n.arg.hi)) : undefined;
}

const SUMS: ReadonlySet<string> = new Set(["add", "sub", "neg"]);
const opOf = (x: Expr): string | undefined => (isFloat(x) && x.node.kind === "op" ? x.node.op : undefined);

/** Whether all that becomes of such numbers keeps them as they are. */
function tester(uses: Uses): (x: Expr) => boolean {
  const roots = new Map<Expr, Expr>(), factors = pairs<number>(); // by the numbers of a sum and a factor
  /** The sum that a product ends in. */
  const rootOf = (x: Expr): Expr => {
    let found = roots.get(x);
    if (found) return found;
    const next = (uses.of.get(x) ?? []).find((y) => SUMS.has(opOf(y) ?? "") || (opOf(y) === "fma" && y.operands[2] === x));
    roots.set(x, (found = next ? rootOf(next) : x));
    return found;
  };
  // How many products of a sum have a factor: a · b + a · c may become a · (b + c).
  for (const [x, list] of uses.of) list.forEach((y, i) => {
    const op = y === list[i - 1] ? undefined : opOf(y); // what uses a value twice stands there twice, side by side
    if (op !== "mul" && !(op === "fma" && (y.operands[0] === x || y.operands[1] === x))) return;
    const root = rootOf(y).id;
    factors.set(root, x.id, (factors.get(root, x.id) ?? 0) + 1);
  });
  const alone = (product: Expr, factor: Expr): boolean => (factors.get(rootOf(product).id, factor.id) ?? 0) <= 1;

  // Numbers of one power become the same sums: what was found of one isn't looked through for the next.
  const sure = new Map<number, Set<Expr>>();
  return (magic) => {
    const power = magicOf(magic)?.power ?? 0, before = sure.get(power) ?? new Set<Expr>(), seen = new Set<Expr>();
    const good = (x: Expr): boolean => {
      if (before.has(x) || seen.has(x)) return true;
      seen.add(x);
      if (uses.kept.has(x)) return false;
      for (const r of uses.put.get(x) ?? []) if (!(uses.read.get(r) ?? []).every(good)) return false;
      return (uses.of.get(x) ?? []).every((y) => within(x, y));
    };
    const within = (x: Expr, y: Expr): boolean => {
      const n = y.node;
      if (n.kind !== "op") return true;
      const [a, b, c] = n.args, other = a === x ? b : a;
      switch (n.op) {
        case "neg": case "abs": return good(y);
        case "min": case "max": return good(y);
        case "select": return a === x || good(y);
        case "mul": case "div": return known(other) !== undefined ? good(y) : a !== b && alone(y, other);
        case "fma": return c !== x && known(other) === undefined && a !== b && alone(y, other);
        case "add": case "sub": {
          const most = wholeUpTo(other);
          // Of two such numbers the second is converted.
          return a !== b && most !== undefined && most <= power / 2 && (magicOf(other) === undefined || a === x) && good(y);
        }
        case "eq": case "ne": case "lt": case "le": case "gt": case "ge": return (wholeUpTo(other) ?? Infinity) <= power / 2 && magicOf(other) === undefined;
        default: return true;
      }
    };
    if (!good(magic)) return false;
    for (const x of seen) before.add(x);
    sure.set(power, before);
    return true;
  };
}

/** Statements in which such numbers are only where nothing can be merged with what is taken off them. */
export function uncancelled(c: Context, stmts: readonly LoopStmt[]): readonly LoopStmt[] {
  const uses = usesIn(stmts);
  if (uses.magic.length === 0) return stmts;
  const safe = tester(uses), others = new Map<Expr, Expr>();
  for (const x of uses.magic) if (!safe(x)) { const plain = magicOf(x)?.converted(c.e); if (plain) others.set(x, plain); }
  if (others.size === 0) return stmts;
  const made = new Map<Expr, Expr>();
  const other = (x: Expr): Expr => {
    let found = made.get(x);
    if (!found) {
      const operands = x.operands.map(other);
      made.set(x, (found = others.get(x) ?? (operands.every((o, i) => o === x.operands[i]) ? x : c.e.rebuilt(x, operands))));
    }
    return found;
  };
  return stmts.map((s) => mapStmt(s, other));
}
