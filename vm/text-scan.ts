// Tokens of program text, and a cursor over them that says where and what it expected.
import { Diagnostic, fail, type Span } from "../diagnostic.ts";

/** A token; `text` is what stands there, of a string what it means. */
export interface Token {
  readonly kind: "word" | "value" | "number" | "string" | "mark" | "end";
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Walks over tokens. */
export interface Cursor {
  peek(ahead?: number): Token;
  next(): Token;
  /** Takes the next token if it is this word or mark. */
  take(text: string): boolean;
  /** Takes this word or mark, or fails. */
  expect(text: string): Token;
  /** Takes a token of a kind, or fails saying what it should be. */
  want(kind: Token["kind"], what: string): Token;
  /** Items between commas up to `close`, which is taken too. */
  list<T>(close: string, item: () => T): T[];
  /** Runs `f`; a diagnostic without a place gets the one of what `f` read. */
  located<T>(f: () => T): T;
  /** Runs `f` one level deeper; fails where brackets nest beyond all reason. */
  deeper<T>(f: () => T): T;
  /** Fails at the next token. */
  wrong(want: string): never;
}

const TOKEN = /\s+|\/\/[^\n]*|(?<word>[A-Za-z_]\w*)|(?<value>%\d+)|(?<number>\d+(?:\.\d+)?(?:e[+-]?\d+)?[uf]?(?!\w))|(?<string>"(?:[^"\\\n]|\\.)*")|(?<mark>\+\+|\+:|\.\.|<<|>>|[=!<>]=|[-+*\/%&|^<>=(){}[\],:@~])/uy;

/** Nested brackets beyond this are a mistake (or an attack on the stack). */
const DEPTH = 500;

function tokens(text: string, file: string): Token[] {
  const out: Token[] = [];
  const scan = new RegExp(TOKEN);
  while (scan.lastIndex < text.length) {
    const start = scan.lastIndex, m = scan.exec(text);
    if (!m) {
      fail({ code: "S0101", message: "this is no part of program text", span: { file, start, end: start + 1 }, help: text[start] === '"' ? "close the string on its line" : "remove it" });
    }
    const [kind, found] = Object.entries(m.groups ?? {}).find(([, t]) => t !== undefined) ?? [];
    if (kind === undefined || found === undefined) continue;
    out.push({ kind: kind as Token["kind"], text: kind === "string" ? unquote(found, { file, start, end: scan.lastIndex }) : found, start, end: scan.lastIndex });
  }
  out.push({ kind: "end", text: "", start: text.length, end: text.length });
  return out;
}

function unquote(text: string, span: Span): string {
  try { return JSON.parse(text) as string; } catch { return fail({ code: "S0101", message: "this string has an escape that doesn't exist", span, help: "escape as JSON does: \\n, \\\", \\\\, \\u0041" }); }
}

/** Starts reading. @throws Diagnostic S0101 for characters that begin no token */
export function cursor(text: string, file: string): Cursor {
  const all = tokens(text, file), last = all.length - 1;
  let at = 0, depth = 0;
  const peek = (ahead = 0): Token => all[Math.min(at + ahead, last)] as Token;
  const isWritten = (t: Token) => t.kind === "word" || t.kind === "mark";
  const spanFrom = (from: Token): Span => {
    const to = all[Math.max(all.indexOf(from), at - 1)] as Token;
    return { file, start: from.start, end: to.end };
  };
  const c: Cursor = {
    peek,
    next: () => { const t = peek(); if (at < last) at++; return t; },
    take: (text) => isWritten(peek()) && peek().text === text ? (c.next(), true) : false,
    expect: (text) => isWritten(peek()) && peek().text === text ? c.next() : c.wrong(`'${text}'`),
    want: (kind, what) => peek().kind === kind ? c.next() : c.wrong(what),
    list: <T>(close: string, item: () => T) => {
      const out: T[] = [];
      if (c.take(close)) return out;
      do out.push(item()); while (c.take(","));
      c.expect(close);
      return out;
    },
    located: (f) => {
      const from = peek();
      try { return f(); } catch (e) { throw e instanceof Diagnostic ? e.at(spanFrom(from)) : e; }
    },
    deeper: (f) => {
      if (++depth > DEPTH) fail({ code: "S0106", message: `brackets nest deeper than ${DEPTH}`, span: spanFrom(peek()), help: "write it flatter" });
      try { return f(); } finally { depth--; }
    },
    wrong: (want) => {
      const t = peek();
      return fail({ code: "S0102", message: `expected ${want}, found ${t.kind === "end" ? "the end of the text" : t.kind === "string" ? "a string" : `'${t.text}'`}`, span: { file, start: t.start, end: t.end }, help: "program text is what print() writes; change the program where it comes from" });
    },
  };
  return c;
}
