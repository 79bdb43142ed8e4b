// Layouts are few, never change and are asked the same things again and again, in one kernel and in the next: answers are kept.

/**
 * The function, which computes a thing once for an object and what else it is asked with.
 * @param key tells apart what is asked of one object
 * @example
 * ```ts
 * const asked: number[] = [], f = kept((x: { n: number }, by: number) => { asked.push(by); return x.n * by; }, (by) => by), x = { n: 2 };
 * [f(x, 3), f(x, 3), f(x, 4), asked.length]; // => [6, 6, 8, 2]
 * ```
 */
export function kept<A extends object, B extends readonly unknown[], R>(f: (a: A, ...b: B) => R, key: (...b: B) => unknown): (a: A, ...b: B) => R {
  const all = new WeakMap<A, Map<unknown, { readonly is: R }>>();
  return (a, ...b) => {
    let own = all.get(a);
    if (!own) all.set(a, (own = new Map()));
    const k = key(...b), known = own.get(k);
    if (known) return known.is;
    const is = f(a, ...b);
    own.set(k, { is });
    return is;
  };
}

/** What passed, by its key; so many at most. */
const MOST = 1024;

/**
 * A check that isn't made again for what has passed it. What fails fails each time.
 * @param key all that the check looks at, as text
 * @example
 * ```ts
 * const asked: number[] = [], even = once((n: number) => { asked.push(n); if (n % 2) throw new RangeError("odd"); }, String);
 * even(2); even(2); even(4);
 * asked; // => [2, 4]
 * ```
 */
export function once<B extends readonly unknown[]>(check: (...b: B) => void, key: (...b: B) => string): (...b: B) => void {
  const passed = new Set<string>();
  return (...b) => {
    const k = key(...b);
    if (passed.has(k)) return;
    check(...b);
    if (passed.size >= MOST) passed.clear();
    passed.add(k);
  };
}

/** {@link kept} for functions of two objects. */
export function keptPairs<A extends object, B extends object, C extends readonly unknown[], R>(f: (a: A, b: B, ...c: C) => R, key: (...c: C) => unknown): (a: A, b: B, ...c: C) => R {
  const of = kept((a: A) => kept((b: B, ...c: C) => f(a, b, ...c), key), () => 0);
  return (a, b, ...c) => of(a)(b, ...c);
}
