// Names in the text. A user's name stays as it is if it is ASCII, unreserved and unique, else it gets a number.
import { reserved } from "./reserved.ts";

/** Names that are taken in a scope and those around it. */
export interface Names {
  /** A name like `wanted` that nothing visible here has, taken from now on. */
  take(wanted: string): string;
  /** A name of the whole module, also for functions that are written later. */
  global(wanted: string): string;
  /** The next free temporary: t0, t1, … */
  temporary(): string;
  /** A scope inside this one: what it takes is free again after it. */
  inner(): Names;
  /** The scope of another function: it sees the module's names only. */
  body(): Names;
}

/** What is left of a text as a name: ASCII letters, digits and single underscores. */
export function asName(text: string): string {
  const kept = text.replace(/[^A-Za-z0-9_]+/g, "_").replace(/_{2,}/g, "_").replace(/^_+|_+$/g, "").slice(0, 40);
  return /^[A-Za-z]/.test(kept) ? kept : `v${kept}`;
}

/** A fresh scope without a surrounding one. */
export function names(): Names {
  const module = new Set<string>();
  /** `taken`: by this scope and those around it, which take nothing more while this one is in use. */
  const scope = (outside: (name: string) => boolean, count: { temporaries: number }): Names => {
    const own = new Set<string>(), taken = (name: string): boolean => own.has(name) || outside(name);
    const put = (base: string, changed: boolean): string => {
      let name = base;
      for (let n = 1; reserved.has(name) || taken(name) || (n === 1 && changed); n++) name = `${base}_${n}`;
      own.add(name);
      return name;
    };
    const take = (wanted: string): string => { const base = asName(wanted); return put(base, base !== wanted); };
    return {
      take, temporary: () => put(`t${count.temporaries++}`, false), inner: () => scope(taken, count),
      body: () => { const before = new Set(module); return scope((name) => before.has(name), { temporaries: 0 }); },
      global: (wanted) => { const name = take(wanted); module.add(name); return name; },
    };
  };
  return scope(() => false, { temporaries: 0 });
}

/** A text that is safe in a line comment: printable ASCII, at most 100 characters. */
export const asComment = (text: string): string => text.replace(/[^\x20-\x7e]+/g, "?").slice(0, 100);
