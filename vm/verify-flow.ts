// What holds where: one walk over a Program's statements that carries a state through branches, loops and jumps. A rule says what an
// instruction does to its state, how two states join, and what a loop makes of it.
import { difference } from "./affine.ts";
import { factOf, highOf, insideGrid, insideLoop, learn, lowOf, type Facts } from "./facts.ts";
import type { For, If, Inst, Program, Stmt, While } from "./program.ts";
import { knownScalar } from "./scalar.ts";

/** A loop of the block. */
export type Loop = For | While;

/** A state, or undefined where the block never comes. */
export type Reached<S> = S | undefined;

/** How often a loop runs. */
export interface Rounds {
  /** Whether it surely runs. */
  readonly runs: boolean;
  /** Whether it may run twice. */
  readonly again: boolean;
}

/** What a rule does with states; a state is never changed, but replaced. */
export interface Flow<S> {
  inst(i: Inst, s: S): S;
  join(a: S, b: S): S;
  /**
   * The state after a loop that may run. `round` walks one round and gives the state at its end (or at `continue`), where the loop is left by
   * `break`, and where its condition is found false.
   */
  loop(l: Loop, before: S, rounds: Rounds, round: (entry: S) => Round<S>): Reached<S>;
}

/** How a round of a loop ends. */
export interface Round<S> {
  readonly end: Reached<S>;
  readonly left: Reached<S>;
  /** Where the condition was asked: after the head of a `while`, at the start of a `for`. */
  readonly asked: Reached<S>;
}

const found = new WeakMap<Program, Facts>();
/** What is known of a Program's symbols everywhere: its requirements and its grid. */
export function factsOf(p: Program): Facts {
  const known = found.get(p);
  if (known) return known;
  let facts: Facts = new Map();
  for (const r of p.requires) facts = learn(facts, r.condition);
  for (const a of p.grid) facts = insideGrid(facts, a.symbol, a.extent);
  found.set(p, facts);
  return facts;
}

/** How often a `for` runs, by what is known. */
export function roundsOf(s: For, facts: Facts): Rounds & { readonly never: boolean } {
  const length = difference(s.from, s.to), exact = factOf(s.from, facts) && factOf(s.to, facts);
  const least = exact ? lowOf(length, facts) : -Infinity, most = exact ? highOf(length, facts) : Infinity;
  return { runs: least > 0, again: most > s.step, never: most <= 0 };
}

/** Walks a body; gives the state at its end, undefined where that is never reached. */
export function flow<S>(p: Program, start: S, f: Flow<S>): Reached<S> {
  const joined = (a: Reached<S>, b: Reached<S>): Reached<S> => (a === undefined ? b : b === undefined || a === b ? a : f.join(a, b));

  /** Where the loops around this place are left or go on early. */
  interface Exits { left: Reached<S>; next: Reached<S> }

  function round(l: Loop, entry: S, facts: Facts): Round<S> {
    const exits: Exits = { left: undefined, next: undefined };
    const asked = l.kind === "while" ? block(l.head, entry, facts, exits) : entry;
    const inner = l.kind === "for" ? insideLoop(facts, l.symbol, l.from, l.to, l.step) : learn(facts, l.condition);
    const end = block(l.body, asked, inner, exits);
    return { end: joined(end, exits.next), left: exits.left, asked };
  }

  function loop(l: Loop, before: S, facts: Facts): Reached<S> {
    if (l.kind === "while") {
      const known = knownScalar(l.condition);
      return f.loop(l, before, { runs: known !== undefined && known !== 0, again: known !== 0 }, (entry) => round(l, entry, facts));
    }
    const { never, ...rounds } = roundsOf(l, facts);
    return never ? before : f.loop(l, before, rounds, (entry) => round(l, entry, facts));
  }

  function branch(s: If, before: S, facts: Facts, exits: Exits): Reached<S> {
    const known = knownScalar(s.condition);
    if (known !== undefined) return block(known ? s.then : s.otherwise, before, facts, exits);
    return joined(block(s.then, before, learn(facts, s.condition), exits), block(s.otherwise, before, learn(facts, s.condition, false), exits));
  }

  function block(body: readonly Stmt[], before: Reached<S>, facts: Facts, exits: Exits): Reached<S> {
    let s = before;
    for (const x of body) {
      if (s === undefined) return undefined;
      switch (x.kind) {
        case "inst": s = f.inst(x, s); break;
        case "for": case "while": s = loop(x, s, facts); break;
        case "if": s = branch(x, s, facts, exits); break;
        case "jump":
          if (x.to === "break") exits.left = joined(exits.left, s);
          if (x.to === "continue") exits.next = joined(exits.next, s);
          s = undefined;
          break;
        default: x satisfies never;
      }
    }
    return s;
  }

  return block(p.body, start, factsOf(p), { left: undefined, next: undefined });
}
