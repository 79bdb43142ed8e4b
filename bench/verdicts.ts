// What a bench ends with, whichever it is: a line for each goal that it measures, and how many of them pass.

/** A goal, what was found of it, and whether that reaches it. */
export interface Verdict { readonly goal: string; readonly found: string; readonly passes: boolean }

/** A verdict by a count: of all, so large a share at least. */
export const shareOf = (goal: string, reached: number, all: number, least = 1, more = ""): Verdict =>
  ({ goal, found: `${reached} of ${all}${more}`, passes: all > 0 && reached >= least * all });

/** The last lines of a bench. */
export const conclusion = (all: readonly Verdict[]): string =>
  ["goals", ...all.map(({ goal, found, passes }) => `  ${passes ? "passes" : "fails "} ${goal}: ${found}`), `${all.filter((v) => v.passes).length} of ${all.length} pass`].join("\n");
