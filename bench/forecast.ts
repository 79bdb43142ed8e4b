// How long what is still to be measured will take, by what was measured before.
import type { Maker } from "./entrants.ts";
import type { Sizes } from "./numbers.ts";
import type { Ceilings } from "./roofline.ts";
import { SAMPLE, type Shape } from "./shape.ts";
import { median } from "./timing.ts";

const products = ({ M, N, K }: Sizes): number => M * N * K;

/** Milliseconds that one time of an entrant takes, by the shape before that is nearest in its number of rows, and largest of those; undefined where there is none. */
export function expected(name: string, sizes: Sizes, before: readonly Shape[]): number | undefined {
  const seen = before.flatMap((s) => s.rows.filter((r) => r.name === name).map((r) => ({ ms: median(r.ms), sizes: s.sizes })));
  const apart = (s: Sizes): number => Math.abs(Math.log(s.M / sizes.M)), [near] = seen.sort((a, b) => apart(a.sizes) - apart(b.sizes) || products(b.sizes) - products(a.sizes));
  return near && near.ms * (products(sizes) / products(near.sizes));
}

/** Why an entrant isn't made for a shape: a time of it would take longer than all its rounds may. */
export function tooSlow(name: string, sizes: Sizes, before: readonly Shape[], budget: number): string | undefined {
  const ms = expected(name, sizes, before);
  return ms !== undefined && ms > budget ? `by what it took for other shapes, each time would take ${(ms / 1e3).toFixed(0)} s` : undefined;
}

/** What a forecast goes by. */
export interface Known { readonly makers: readonly Maker[]; readonly known: Ceilings; readonly rounds: number; readonly budget: number; readonly before: readonly Shape[] }

/** Milliseconds of compiling and checking, of something that nothing is known of. */
const MAKING = 1500;
/** Times that everything is done before its rounds. */
const WARM = 3;

/** Minutes that some shapes take on a machine that does nothing else. */
export function minutesOf(list: readonly Sizes[], { makers, known, rounds, budget, before }: Known): number {
  const made = (name: string): number => { const all = before.flatMap((s) => s.rows.filter((r) => r.name === name).map((r) => r.made)); return all.length ? median(all) : MAKING; };
  const one = (name: string, sizes: Sizes): number => {
    const ms = expected(name, sizes, before) ?? (4e3 * products(sizes)) / (known.fma ?? 1e10);
    if (ms > budget) return 0;
    const each = Math.max(SAMPLE, ms);
    return made(name) + WARM * ms + each * Math.min(rounds, budget / each);
  };
  return list.reduce((sum, sizes) => sum + makers.reduce((ms, m) => ms + one(m.name, sizes), 0), 0) / 60_000;
}
