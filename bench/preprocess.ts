// The few directives of C's preprocessor that WGSL templates use: include, define, undef, if with defined(), ifdef, ifndef, elif, else, endif.
// Macros are names without arguments.
const NAME = /[A-Za-z_]\w*/y, SPACE = /\s*/y, NUMBER = /\d+/y, SIGN = /&&|\|\||[=!<>]=|[-+*/%<>!()]/y;

/** Macros by name; a value may be empty. */
export type Macros = ReadonlyMap<string, string>;

/** A line with all macros replaced, and those in their values. @throws Error for one that means itself */
export function expanded(line: string, macros: Macros, within: readonly string[] = []): string {
  return line.replace(/\b[A-Za-z_]\w*/g, (name) => {
    const value = macros.get(name);
    if (value === undefined) return name;
    if (within.includes(name)) throw new Error(`macro ${name} means itself`);
    return expanded(value, macros, [...within, name]);
  });
}

// Binary operators, the loosest first.
const levels: readonly Readonly<Record<string, (a: number, b: number) => number>>[] = [
  { "||": (a, b) => Number(a !== 0 || b !== 0) }, { "&&": (a, b) => Number(a !== 0 && b !== 0) }, { "==": (a, b) => Number(a === b), "!=": (a, b) => Number(a !== b) },
  { "<=": (a, b) => Number(a <= b), ">=": (a, b) => Number(a >= b), "<": (a, b) => Number(a < b), ">": (a, b) => Number(a > b) },
  { "+": (a, b) => a + b, "-": (a, b) => a - b }, { "*": (a, b) => a * b, "/": (a, b) => Math.trunc(a / b), "%": (a, b) => a % b },
];

/** What a condition gives: a name is its macro's number, 1 where that is empty and 0 where there is none. @throws Error with the text that can't be read */
export function condition(written: string, macros: Macros, within: readonly string[] = []): number {
  const text = written.replace(/\/\/.*$/, "").trim(), state = { at: 0 };
  const take = (what: RegExp): string | undefined => {
    SPACE.lastIndex = state.at;
    what.lastIndex = state.at + (SPACE.exec(text)?.[0].length ?? 0);
    const found = what.exec(text)?.[0];
    if (found !== undefined) state.at = what.lastIndex;
    return found;
  };
  const need = (sign: string): void => { if (take(SIGN) !== sign) throw new Error(`"${text}" lacks "${sign}"`); };
  const one = (): number => {
    const number = take(NUMBER);
    if (number !== undefined) return Number(number);
    const name = take(NAME);
    if (name === "defined") {
      const before = state.at, open = take(SIGN) === "(";
      if (!open) state.at = before;
      const asked = take(NAME) ?? "";
      if (open) need(")");
      return Number(macros.has(asked));
    }
    if (name !== undefined) {
      if (within.includes(name)) throw new Error(`macro ${name} means itself`);
      const value = macros.get(name);
      return value === undefined ? 0 : value === "" ? 1 : condition(value, macros, [...within, name]);
    }
    const sign = take(SIGN);
    if (sign === "(") { const inner = level(0); need(")"); return inner; }
    if (sign === "!") return Number(one() === 0);
    if (sign === "-") return -one();
    throw new Error(`"${text}" can't be read as a condition`);
  };
  const level = (depth: number): number => {
    if (depth === levels.length) return one();
    for (let left = level(depth + 1); ;) {
      const before = state.at, sign = take(SIGN), by = sign !== undefined && Object.hasOwn(levels[depth], sign) ? levels[depth][sign] : undefined;
      if (!by) { state.at = before; return left; }
      left = by(left, level(depth + 1));
    }
  };
  const found = level(0);
  if (text.slice(state.at).trim()) throw new Error(`"${text}" has "${text.slice(state.at).trim()}" left over`);
  return found;
}

/**
 * A file with its directives done. Macros that are given stay as they are, whatever the file defines.
 * @param include gives the text of an included file
 * @throws Error that names what is wrong, and the line
 */
export function preprocess(text: string, given: Macros, include: (name: string) => string): string {
  const macros = new Map(given), out: string[] = [];
  const run = (source: string): void => {
    const open: { readonly outer: boolean; active: boolean; taken: boolean }[] = [], active = (): boolean => open.at(-1)?.active ?? true;
    const enter = (met: () => boolean): void => { const outer = active(), now = outer && met(); open.push({ outer, active: now, taken: now }); };
    for (const [i, line] of source.replace(/\\\n/g, " ").split("\n").entries()) {
      const directive = /^\s*#\s*(\w+)\s*(.*?)\s*$/.exec(line);
      if (!directive) { if (active()) out.push(expanded(line, macros)); continue; }
      const [, word, rest] = directive, [, name = "", value = ""] = /^(\w+)\s*(.*)$/.exec(rest.replace(/\/\/.*$/, "").trim()) ?? [], last = open.at(-1);
      const wrong = (why: string): never => { throw new Error(`line ${i + 1}, ${line.trim()}: ${why}`); };
      if (word === "if") enter(() => condition(rest, macros) !== 0);
      else if (word === "ifdef") enter(() => macros.has(name));
      else if (word === "ifndef") enter(() => !macros.has(name));
      else if (word === "elif" || word === "else") {
        if (!last) { wrong("there is no #if before it"); continue; }
        last.active = last.outer && !last.taken && (word === "else" || condition(rest, macros) !== 0);
        last.taken ||= last.active;
      } else if (word === "endif") { if (!open.pop()) wrong("there is no #if before it"); }
      else if (!active()) continue;
      else if (word === "include") run(include(rest.replace(/^"|"$/g, "")));
      else if (word === "define") { if (!given.has(name)) macros.set(name, value); }
      else if (word === "undef") { if (!given.has(name)) macros.delete(name); }
      else wrong("nobody knows this directive");
    }
    if (open.length) throw new Error("an #if has no #endif");
  };
  run(text);
  return out.join("\n");
}
