// A random Program before it is one: a list of statements, each with small numbers that decide whatever it asks. Dropping a statement
// leaves the others' decisions alone, and 0 always takes the first, simplest alternative, so fast-check shrinks well.
import fc from "fast-check";

/** Answers to what a maker asks. When the numbers are used up, every answer is the first alternative. */
export interface Choices {
  /** One of a list; the simplest stands first. */
  pick<T>(xs: readonly T[]): T;
  /** Whether to do the less simple thing. */
  chance(percent: number): boolean;
  between(least: number, most: number): number;
}

export function choices(numbers: readonly number[]): Choices {
  let i = 0;
  const next = (): number => numbers[i++] ?? 0;
  const pick = <T>(xs: readonly T[]): T => {
    const x = xs[next() % xs.length];
    if (xs.length === 0) throw new Error("nothing to choose from");
    return x;
  };
  return { pick, chance: (percent) => next() % 100 >= 100 - percent, between: (least, most) => least + (next() % (most - least + 1)) };
}

/** A statement: the maker's name, its decisions, and what lies inside it. */
export interface Statement {
  readonly name: string;
  readonly choices: readonly number[];
  readonly body: readonly Statement[];
}

/** A Program to be. */
export interface Plan {
  /** Threads, grid, sizes, and how results are stored. */
  readonly setup: readonly number[];
  readonly body: readonly Statement[];
}

const numbers = (n: number): fc.Arbitrary<number[]> => fc.array(fc.noBias(fc.nat(9999)), { minLength: n, maxLength: n });
/** How many numbers a statement gets. */
export const DECISIONS = 40;
/** Numbers for one thing to ask of. */
export const decisions = numbers(DECISIONS);

/** Plans of up to so many statements with these names; those in `nesting` have a body. */
export function plans(names: readonly string[], nesting: readonly string[], most = 6): fc.Arbitrary<Plan> {
  const list = (depth: number, n: number): fc.Arbitrary<Statement[]> => {
    const plain = fc.record({ name: fc.noBias(fc.constantFrom(...names)), choices: decisions, body: fc.constant<Statement[]>([]) });
    const one: fc.Arbitrary<Statement> = depth === 0 ? plain : fc.oneof(
      { weight: 9, arbitrary: plain }, { weight: 1, arbitrary: fc.record({ name: fc.constantFrom(...nesting), choices: decisions, body: list(depth - 1, 3) }) });
    return fc.array(one, { minLength: 1, maxLength: n, size: "max" });
  };
  return fc.record({ setup: numbers(20), body: list(2, most) });
}

/** Numbers drawn on the way, for generators that ask fast-check themselves. */
export const drawn = (g: fc.GeneratorValue): Choices => choices(g(() => decisions));
