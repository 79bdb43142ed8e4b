// Packings as the language writes them.
import type { RegisterLayout } from "./register.ts";
import { dense, equalPacking, nested, planes, planesBlocked, planesTiled, type Digit, type Index, type Packing } from "./packing-types.ts";

/** A layout as its four tuples, where nobody gives it a better name. */
const tuples = (l: RegisterLayout): string =>
  `layout([${l.shape.join(", ")}], [${l.modeShape.join(", ")}], [${l.spatialModes.join(", ")}], [${l.localModes.join(", ")}])`;

/** `dense`, `planes`, `planes(n)` or `planes(rows, n)`, if the packing is one of them. */
function shortName(p: Packing, rank: number): string | undefined {
  if (rank < 1 || p.kind !== "digits") return undefined;
  if (equalPacking(p, dense(rank))) return "dense";
  if (equalPacking(p, planes(rank))) return "planes";
  const [rows, block] = [-2, -1].map((i) => { const d = p.digits.at(i); return d?.kind === "cut" ? d.mod : undefined; });
  if (!block) return undefined;
  if (equalPacking(p, planesBlocked(rank, block))) return `planes(${block})`;
  return rows && rank > 1 && equalPacking(p, planesTiled(rank, rows, block)) ? `planes(${rows}, ${block})` : undefined;
}

/**
 * The packing as the language writes it; short names where it has one.
 * @param axisNames one name per axis
 * @param layoutText how to write the layout of `packed(L)`; without it its four tuples are written
 * @example
 * ```ts
 * const k = axis(0), n = axis(1), f = flat([digit(k, { mod: 32 }), bit]);
 * printPacking(digits([digit(k, { div: 32 }), digit(f, { div: 32 }), n, digit(f, { mod: 32 })]), ["k", "n"]);
 * // => "[k / 32, {k % 32, bit} / 32, n, {k % 32, bit} % 32]"
 * ```
 */
export function printPacking(p: Packing, axisNames: readonly string[], layoutText: (l: RegisterLayout) => string = tuples): string {
  const name = (i: number): string => axisNames[i] ?? `axis${i}`;
  const index = (i: Index): string => {
    switch (i.kind) {
      case "axis": return name(i.axis);
      case "bit": return "bit";
      case "flat": return `{${i.digits.map(digit).join(", ")}}`;
      case "reverse": return `~${index(i.of)}`;
      case "range": return `${index(i.of)}[${i.lo} +: ${i.size}]`;
      default: return i satisfies never;
    }
  };
  const digit = (d: Digit): string => {
    if (d.kind === "pad") return `pad(${digit(d.digit)}, ${d.multiple})`;
    const divided = d.div > 1 ? `${index(d.index)} / ${d.div}` : index(d.index);
    return d.mod === undefined ? divided : `${d.div > 1 ? `(${divided})` : divided} % ${d.mod}`;
  };
  const print = (p: Packing): string => {
    switch (p.kind) {
      case "digits": return `[${p.digits.map((d) => (nested(d) ? print(d) : digit(d))).join(", ")}]`;
      case "concat": return p.parts.map((x) => (x.kind === "concat" || x.kind === "overlay" ? `(${print(x)})` : print(x))).join(" ++ ");
      case "overlay":
        return p.pieces.map((x) => `${x.of.kind === "concat" || x.of.kind === "overlay" ? `(${print(x.of)})` : print(x.of)} at ${x.at}${x.stride === undefined ? "" : ` stride ${x.stride}`}`).join(" | ");
      case "packed": return `packed(${layoutText(p.layout)})`;
      default: return p satisfies never;
    }
  };
  return shortName(p, axisNames.length) ?? print(p);
}
