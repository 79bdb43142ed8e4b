// Bounds of scalars, from what is known of grid and loop variables: enough to see that a window stays inside or never can.
import { knownScalar, type Scalar, type Size } from "../vm/index.ts";
import type { Range, State } from "./elaborate-values.ts";

/** The values a scalar can take, or undefined where nothing is known. */
export function rangeOf(x: Size, state: State): Range | undefined {
  const known = knownScalar(x);
  if (known !== undefined) return { lo: known, hi: known };
  if (typeof x === "number" || x.kind === "const" || x.kind === "to") return undefined;
  return x.kind === "symbol" ? state.symbols.get(x.id)?.range : ofOperation(x, state);
}

function ofOperation(x: Extract<Scalar, { kind: "op" }>, state: State): Range | undefined {
  if (x.args.length !== 2 || x.type !== "i32") return undefined;
  const a = rangeOf(x.args[0], state), b = rangeOf(x.args[1], state);
  if (!a || !b) return undefined;
  switch (x.op) {
    case "add": return { lo: a.lo + b.lo, hi: a.hi + b.hi };
    case "sub": return { lo: a.lo - b.hi, hi: a.hi - b.lo };
    case "mul": { const corners = [a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi]; return { lo: Math.min(...corners), hi: Math.max(...corners) }; }
    case "div": return b.lo > 0 && a.lo >= 0 ? { lo: Math.floor(a.lo / b.hi), hi: Math.floor(a.hi / b.lo) } : undefined;
    case "rem": return b.lo > 0 && a.lo >= 0 ? { lo: 0, hi: Math.min(a.hi, b.hi - 1) } : undefined;
    case "min": return { lo: Math.min(a.lo, b.lo), hi: Math.min(a.hi, b.hi) };
    case "max": return { lo: Math.max(a.lo, b.lo), hi: Math.max(a.hi, b.hi) };
    default: return undefined;
  }
}

/** The values of a counter `from ≤ i < to` in steps. */
export function counterRange(from: Size, to: Size, step: number, state: State): Range | undefined {
  const a = rangeOf(from, state), b = rangeOf(to, state);
  if (!a || !b) return undefined;
  const last = a.lo === a.hi ? a.lo + Math.max(0, Math.ceil((b.hi - a.lo) / step) - 1) * step : b.hi - 1;
  return { lo: a.lo, hi: Math.max(a.lo, last) };
}
