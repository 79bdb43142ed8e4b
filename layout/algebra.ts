// The index algebra: everything that layouts and packings compute with is +, ×, ÷ and mod on
// non-negative integers. Written once against this interface, a formula serves the host (numbers),
// the interpreter (numbers) and the code generator (expressions).

/** Arithmetic on non-negative integers; `div` and `mod` are the floor versions, by a positive divisor. */
export interface Algebra<T> {
  of(n: number): T;
  add(a: T, b: T): T;
  mul(a: T, b: T): T;
  div(a: T, b: T): T;
  mod(a: T, b: T): T;
  /** The number, if `a` is known at compile time. */
  known(a: T): number | undefined;
}

/** The algebra of plain numbers. Exact below 2^53. */
export const numbers: Algebra<number> = {
  of: (n) => n,
  add: (a, b) => a + b,
  mul: (a, b) => a * b,
  div: (a, b) => Math.floor(a / b),
  mod: (a, b) => a % b,
  known: (a) => a,
};
