// The scalar operations that instructions and number types are written in. An `Ops<X>` builds values of
// type X: plain numbers (evaluator, tests) or expressions of the loop form (code generator). Number types
// give `decode`/`encode` and instructions give `emit` once, against this interface.

/** Types that arithmetic is done in. f16 values are rounded to f16 after every operation, everywhere. */
export type Compute = "u32" | "i32" | "f32" | "f16" | "bool";

/**
 * Names of operations. Operands of a binary operation have one type (shifts: the count is u32).
 * i32/u32 wrap; `div`/`rem` truncate with x/0 = x and x%0 = 0; shift counts are taken mod 32; `shr` is arithmetic on i32.
 * Comparisons give bool; `min max` work on u32, i32, f32, f16; `and or xor not` on u32, i32 and bool.
 * `dot4i` and `dot4u` take two u32 of four bytes each, signed or unsigned, and give the sum of the four products as an i32.
 */
export type Op =
  | "add" | "sub" | "mul" | "div" | "rem" | "min" | "max" | "neg" | "abs" | "sign"
  | "and" | "or" | "xor" | "not" | "shl" | "shr"
  | "eq" | "ne" | "lt" | "le" | "gt" | "ge"
  | "popcount" | "clz" | "ctz" | "reverse" | "dot4i" | "dot4u"
  | "exp" | "exp2" | "log" | "log2" | "sin" | "cos" | "tanh" | "sqrt" | "rsqrt" | "pow"
  | "floor" | "ceil" | "trunc" | "round" | "fma"
  | "select"; // select(condition, ifTrue, ifFalse)

/** Builds typed values. */
export interface Ops<X> {
  /** A constant of a compute type. For f32/f16, any number incl. ±Infinity, NaN and -0. */
  constant(type: Compute, value: number | boolean): X;
  op(name: Op, ...x: X[]): X;
  /** Conversion by value. float → int truncates toward zero and saturates (NaN → 0); int → float rounds to nearest even; → bool is ≠ 0. */
  to(type: Compute, x: X): X;
  /** Same 32 bits under another type: u32, i32, f32. */
  bits(type: "u32" | "i32" | "f32", x: X): X;
  /** f32 → 16 bits of its f16 rounding (nearest even), in a u32. */
  packHalf(x: X): X;
  /** Low 16 bits of a u32, read as f16 → f32 (exact, subnormals kept). */
  unpackHalf(x: X): X;
  /** Byte `at` of a u32, 0 the lowest, as a u32: by `unpack4xU8`. */
  byteOf(x: X, at: number): X;
  /** The two differences of two u32 of two f16 each. */
  lessHalves(a: X, b: X): X;
  /** One of the two f16 of a u32. */
  halfOf(x: X, which: "low" | "high"): X;
  /** Entry `index` (u32, must be in range) of a constant table; the table's type is given. */
  table(type: "u32" | "i32" | "f32", values: readonly number[], index: X): X;
  typeOf(x: X): Compute;
}
