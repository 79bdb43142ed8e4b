// Division of layouts: the f with f * g = h (divide) and the g with f * g = h (leftDivide).
//
//   h = f * g, per dimension:  | modes of f … | … modes of g |     only where they meet may one mode of h hold both:
//                                       └── p ──┘                  p = p/q (of f) · q (of g), or the other way round
import { fail } from "../diagnostic.ts";
import { show } from "./modes.ts";
import { assemble, parts, split, type Mode, type Parts } from "./parts.ts";
import { slotCount, threadCount, type RegisterLayout } from "./register.ts";

type Side = "suffix" | "prefix";

const take = <T>(xs: readonly T[], n: number, side: Side): readonly T[] => (side === "suffix" ? xs.slice(xs.length - n) : xs.slice(0, n));
const leave = <T>(xs: readonly T[], n: number, side: Side): readonly T[] => (side === "suffix" ? xs.slice(0, xs.length - n) : xs.slice(n));

/** h with the mode at the border cut, and which mode of h each mode of the divisor is; undefined if sizes don't match. */
function pair(whole: Parts, divisor: Parts, side: Side): { h: Parts; twin: Map<Mode, Mode> } | undefined {
  let h = whole;
  const twin = new Map<Mode, Mode>();
  for (let k = 0; k < divisor.groups.length; k++) {
    const own = divisor.groups[k], n = own.length;
    if (h.groups[k].length < n) return undefined;
    if (n === 0) continue;
    const border = side === "suffix" ? 0 : n - 1;
    const m = take(h.groups[k], n, side)[border], size = own[border].size;
    if (m.size !== size && m.size % size === 0) {
      const inside: Mode = { size }, outside: Mode = { size: m.size / size };
      h = split(h, m, side === "suffix" ? [outside, inside] : [inside, outside]);
    }
    const matched = take(h.groups[k], n, side);
    for (let i = 0; i < n; i++) {
      if (matched[i].size !== own[i].size) return undefined;
      twin.set(own[i], matched[i]);
    }
  }
  return { h, twin };
}

function quotient(whole: RegisterLayout, divisor: RegisterLayout, side: Side): RegisterLayout | undefined {
  const rank = whole.shape.length;
  if (divisor.shape.length > rank) return undefined;
  const g = parts(divisor, rank);
  if (whole.shape.some((d, k) => d % g.shape[k] !== 0)) return undefined;
  const found = pair(parts(whole), g, side);
  if (!found) return undefined;
  const { h, twin } = found;
  const fits = (hs: readonly (Mode | number)[], gs: readonly (Mode | number)[]) =>
    hs.length >= gs.length && take(hs, gs.length, side).every((m, i) => { const d = gs[i]; return typeof d === "number" ? m === d : m === twin.get(d); });
  if (!fits(h.spatial, g.spatial) || !fits(h.local, g.local)) return undefined;
  return assemble({
    shape: h.shape.map((d, k) => d / g.shape[k]),
    groups: h.groups.map((own, k) => leave(own, g.groups[k].length, side)),
    spatial: leave(h.spatial, g.spatial.length, side),
    local: leave(h.local, g.local.length, side),
  });
}

/** What tells two layouts apart at a glance. */
const said = (l: RegisterLayout): string => `${show(l.shape)} in ${threadCount(l)} ${threadCount(l) === 1 ? "thread" : "threads"} of ${slotCount(l)} ${slotCount(l) === 1 ? "slot" : "slots"}`;

const none = (h: RegisterLayout, g: RegisterLayout, form: string): never =>
  fail({ code: "L0103", message: `the layout of ${said(h)} is no multiple of the layout of ${said(g)}`, help: `no f satisfies ${form}; convert to a layout that is built from it` });

/**
 * The layout f with `f * g = h`, or undefined. Replications must match entry by entry.
 */
export const tryDivide = (h: RegisterLayout, g: RegisterLayout): RegisterLayout | undefined => quotient(h, g, "suffix");
/** The layout g with `f * g = h`, or undefined. Replications must match entry by entry. */
export const tryLeftDivide = (h: RegisterLayout, f: RegisterLayout): RegisterLayout | undefined => quotient(h, f, "prefix");

/**
 * The layout f with `f * g = h`: what is left over an inner tile `g`.
 * @throws Diagnostic L0103 when there is none
 * @example
 * ```ts
 * divide(spatial(2, 12), spatial(1, 3)).shape; // => [2, 4]
 * ```
 */
export const divide = (h: RegisterLayout, g: RegisterLayout): RegisterLayout => tryDivide(h, g) ?? none(h, g, "f * g = h");

/**
 * The layout g with `f * g = h`: what is left under an outer tile `f`.
 * @throws Diagnostic L0103 when there is none
 * @example
 * ```ts
 * leftDivide(spatial(2, 4), spatial(2, 1)).shape; // => [1, 4]
 * ```
 */
export const leftDivide = (h: RegisterLayout, f: RegisterLayout): RegisterLayout => tryLeftDivide(h, f) ?? none(h, f, "g * f = h");
