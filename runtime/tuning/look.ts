// Which points of a space the model looks at. A price takes a tenth of a second, for the kernel is lowered; of large spaces only some are
// priced: the default, some all over the space, then again and again the neighbours of the cheapest, which differ in one parameter.
import type { TuningChoice } from "./record.ts";

/** Spaces of no more points are priced whole. */
const WHOLE = 32;
/** Points all over a larger space that are priced first. */
const SPREAD = 8;
/** So many of the cheapest must have had all their neighbours priced. */
const KEEN = 3;

const texts = (c: TuningChoice): ReadonlyMap<string, string> => new Map(Object.entries(c).map(([name, v]) => [name, JSON.stringify(v)]));

/**
 * Prices the points of a space that may be among the cheapest, the first in any case.
 * @param price of the point at an index; Infinity: it can't be
 * @param going is asked before each price; false ends the search with what was found
 * @returns prices by index; undefined: it wasn't looked at
 */
export async function look(choices: readonly TuningChoice[], price: (i: number) => number, going: () => Promise<boolean>): Promise<readonly (number | undefined)[]> {
  const prices = choices.map((): number | undefined => undefined), named = choices.map(texts), expanded = new Set<number>();
  const priced = async (some: readonly number[]): Promise<boolean> => {
    for (const i of some) { if (prices[i] !== undefined) continue; if (!(await going())) return false; prices[i] = price(i); }
    return true;
  };
  const whole = choices.length <= WHOLE, every = whole ? 1 : choices.length / SPREAD;
  if (!(await priced([0, ...Array.from({ length: whole ? choices.length : SPREAD }, (_, i) => Math.floor((i + (whole ? 0 : 0.5)) * every))])) || whole) return prices;
  for (;;) {
    const cheapest = prices.flatMap((p, i) => (p === undefined ? [] : [[p, i] as const])).sort(([a], [b]) => (a === b ? 0 : a - b)).slice(0, KEEN), next = cheapest.find(([, i]) => !expanded.has(i));
    if (!next) return prices;
    const [, at] = next, here = named[at];
    expanded.add(at);
    if (!(await priced(named.flatMap((c, i) => ([...c].filter(([name, v]) => here.get(name) !== v).length === 1 ? [i] : []))))) return prices;
  }
}
