// Multi-functions: index ↦ a set of numbers. Take the digits of the (row-major) index over the mode shape, select some in
// order, leave others free. The threads that hold an element are such a function, and "may this operand be broadcast" is cover.
import { fail } from "../diagnostic.ts";
import { dimensions, extents, frozen, product, ravel, show, unravel } from "./modes.ts";
import type { RegisterLayout } from "./register.ts";

/** A multi-function as plain data. */
export interface MultiFunction {
  /** Extents of the argument. */
  readonly shape: readonly number[];
  /** Sizes of the digits of the argument's row-major number, slowest first; their product is the argument's size. */
  readonly modeShape: readonly number[];
  /** Digits of the image, slowest first: a mode number, or −r for a free digit of r values. */
  readonly modes: readonly number[];
}

const bad = (message: string, help: string): never => fail({ code: "L0107", message, help });

/** Makes a multi-function. @throws Diagnostic L0107 when the modes don't make up the shape, or one is selected twice or doesn't exist */
export function multiFunction(shape: readonly number[], modeShape: readonly number[], modes: readonly number[]): MultiFunction {
  extents(shape, "the argument's shape");
  extents(modeShape, "the mode shape");
  if (product(modeShape) !== product(shape)) bad(`modes ${show(modeShape)} don't make up shape ${show(shape)}`, "their products must be the same");
  const real = modes.filter((m) => m >= 0);
  if (modes.some((m) => !Number.isInteger(m) || m >= modeShape.length) || new Set(real).size !== real.length)
    bad(`modes ${show(modes)} select a mode twice or one that doesn't exist`, `there are ${modeShape.length}, each may be selected once`);
  return Object.freeze({ shape: frozen(shape), modeShape: frozen(modeShape), modes: frozen(modes) });
}

/** Maps every index to its row-major number. */
export const identity = (shape: readonly number[]): MultiFunction => multiFunction(shape, shape, shape.map((_, k) => k));

/** Which threads hold an element. */
export const threadsOf = (l: RegisterLayout): MultiFunction => multiFunction(l.shape, l.modeShape, l.spatialModes);

/** Sizes of the digits of the image. */
export const imageShape = (f: MultiFunction): number[] => f.modes.map((m) => (m < 0 ? -m : f.modeShape[m]));
/** One more than the largest number the image can have. */
export const imageSize = (f: MultiFunction): number => product(imageShape(f));

/** The image of the row-major number `x`, ascending. */
export function image(f: MultiFunction, x: number): number[] {
  const digits = unravel(x, f.modeShape);
  let found = [0];
  for (const m of f.modes)
    found = m >= 0 ? found.map((y) => y * f.modeShape[m] + digits[m]) : found.flatMap((y) => Array.from({ length: -m }, (_, r) => y * -m + r));
  return found.sort((a, b) => a - b);
}

/** The images of all arguments in row-major order. */
export const images = (f: MultiFunction): number[][] => Array.from({ length: product(f.shape) }, (_, x) => image(f, x));

/** The coarsest digits that both lists are made of, from the fastest; undefined if they don't fit (2·3 against 3·2). */
function refinement(a: readonly number[], b: readonly number[]): number[] | undefined {
  const xs = a.filter((n) => n > 1), ys = b.filter((n) => n > 1), out: number[] = [];
  while (xs.length && ys.length) {
    const x = xs.pop() ?? 1, y = ys.pop() ?? 1, least = Math.min(x, y);
    if (x % least !== 0 || y % least !== 0) return undefined;
    out.unshift(least);
    if (x > least) xs.push(x / least);
    if (y > least) ys.push(y / least);
  }
  return xs.length || ys.length ? undefined : out;
}

/** Cuts a list of sizes into the runs of `pieces` that make them up (sizes of 1 get none). */
function runs(sizes: readonly number[], pieces: readonly number[]): number[][] {
  let p = 0;
  return sizes.map((size) => {
    const own: number[] = [];
    for (let left = size; left > 1; left /= pieces[p], p++) own.push(p);
    return own;
  });
}

/** The same function over finer digits. */
function refined(f: MultiFunction, modeShape: readonly number[]): MultiFunction {
  const own = runs(f.modeShape, modeShape);
  return multiFunction(f.shape, modeShape, f.modes.flatMap((m) => (m < 0 ? [m] : own[m])));
}

/**
 * Forgets dimensions: indices that differ only there get the same image, made of what is left.
 * @throws Diagnostic L0102 for bad dimensions, L0107 when a mode straddles a dimension's border without fitting it
 */
export function collapse(f: MultiFunction, dims: readonly number[]): MultiFunction {
  const gone = dimensions(dims, f.shape.length, "collapse");
  const fine = refinement(f.modeShape, f.shape) ?? bad(`modes ${show(f.modeShape)} straddle the dimensions of ${show(f.shape)}`, "cut them at the borders of the dimensions");
  const dropped = new Set(gone.flatMap((d) => runs(f.shape, fine)[d]));
  const g = refined(f, fine);
  return multiFunction(g.shape, g.modeShape, g.modes.filter((m) => m < 0 || !dropped.has(m)));
}

/**
 * Forgets the dimensions that broadcasting repeats: where `shape`, aligned at the right, is missing or 1.
 * @throws Diagnostic L0102 when `shape` doesn't broadcast to the argument's shape
 */
export function collapseByShape(f: MultiFunction, shape: readonly number[]): MultiFunction {
  const extra = f.shape.length - shape.length;
  if (extra < 0 || shape.some((d, k) => d !== 1 && d !== f.shape[k + extra]))
    fail({ code: "L0102", message: `${show(shape)} doesn't broadcast to ${show(f.shape)}`, help: "from the right, each extent must be the same or 1" });
  return collapse(f, f.shape.flatMap((d, k) => (k < extra || (shape[k - extra] === 1 && d !== 1) ? [k] : [])));
}

/**
 * g after f: x ↦ the union of g(y) over all y in f(x).
 * @throws Diagnostic L0107 when f's image isn't g's domain, or their digits don't fit each other (4·3 against 3·4)
 */
export function multiply(f: MultiFunction, g: MultiFunction): MultiFunction {
  if (imageSize(f) !== product(g.shape)) bad(`an image of ${imageSize(f)} numbers can't feed a domain of ${product(g.shape)}`, "the sizes must be the same");
  const fine = refinement(imageShape(f), g.modeShape) ?? bad(`digits ${show(imageShape(f))} can't be cut to fit ${show(g.modeShape)}`, "one must be built of the other's factors, in order");
  const pieces = runs(imageShape(f), fine); // per digit of f's image
  const cut = f.modeShape.map((size, m) => { const i = f.modes.indexOf(m); return i < 0 ? [size] : pieces[i].map((p) => fine[p]); });
  const first = cut.map((_, m) => cut.slice(0, m).reduce((n, c) => n + c.length, 0));
  // What each fine digit is: a mode of the result or a free digit.
  const source = f.modes.flatMap((m, i) => pieces[i].map((p, j) => (m < 0 ? -fine[p] : first[m] + j)));
  const fed = runs(g.modeShape, fine);
  return multiFunction(f.shape, cut.flat(), g.modes.flatMap((m) => (m < 0 ? [m] : fed[m].map((p) => source[p]))));
}

/** Whether `y` is in the image of `x` under `f`. */
function contains(f: MultiFunction, x: readonly number[], y: number): boolean {
  if (y >= imageSize(f)) return false;
  const sizes = imageShape(f), digits = unravel(y, sizes), own = unravel(ravel(x, f.shape), f.modeShape);
  return f.modes.every((m, i) => m < 0 || own[m] === digits[i]);
}

/**
 * Whether `a` covers `b`: b(x) ⊆ a(x) for every x. Exact, by looking at every x; functions of different domains never cover.
 */
export function cover(a: MultiFunction, b: MultiFunction): boolean {
  const n = product(b.shape);
  if (product(a.shape) !== n) return false;
  for (let x = 0; x < n; x++) {
    const index = unravel(x, a.shape);
    if (!image(b, x).every((y) => contains(a, index, y))) return false;
  }
  return true;
}
