// What a command of the command line is, and how its words are read. One row per command in commands.ts; help,
// did-you-mean and checks are derived from the rows.
import { parseArgs } from "node:util";
import { didYouMean, fail } from "../diagnostic.ts";
import type { Io } from "./io.ts";

/** What a shell offers for a word. */
export type Takes = "sources" | "arrays" | "weights" | "pages" | "files" | "types" | "codes" | "adapters" | "places" | "passes" | "targets" | "commands" | "shells";

/** The targets that `--target` names. */
export const targetNames = ["base", "lavapipe", "swiftshader", "nvidia", "amd", "apple"] as const;

/** A flag. `value` is the placeholder in the help; without it the flag is a switch. */
export interface Flag {
  readonly value?: string;
  readonly many?: true;
  /** One letter that stands for it. */
  readonly short?: string;
  readonly takes?: Takes;
  /** What people write for it who know it by another name. */
  readonly also?: readonly string[];
  readonly doc: string;
}

/** A command: what the help says and what is called. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Words after the name, as the help shows them. */
  readonly usage: string;
  /** How many words it takes. */
  readonly words: readonly [least: number, most: number];
  readonly takes?: Takes;
  readonly flags: Readonly<Record<string, Flag>>;
  /** Command lines (without `bitloom`) and what they do. */
  readonly examples: readonly (readonly [line: string, does: string])[];
  run(args: Args, io: Io): Promise<number>;
}

/** The words and flags of one call. */
export interface Args {
  readonly words: readonly string[];
  /** The last value of a flag. */
  value(flag: string): string | undefined;
  values(flag: string): readonly string[];
  on(flag: string): boolean;
}

/** Flags that every command has. */
export const common: Readonly<Record<string, Flag>> = {
  json: { doc: "print JSON for programs instead of text for people" },
  help: { doc: "print this help" },
};

/** The code of all mistakes in the words of a command line; they end with exit code 2. */
export const USAGE = "H0900";

/** A wrong command line. */
export const usage = (message: string, help: string): never => fail({ code: USAGE, message, help });

/**
 * Reads the words after a command's name.
 * @throws Diagnostic H0900 for unknown flags, missing values and too many or too few words
 */
export function parse(command: Command, argv: readonly string[]): Args {
  const flags: Readonly<Record<string, Flag>> = { ...command.flags, ...common };
  const more = `bitloom ${command.name} --help`;
  const options = Object.fromEntries(Object.entries(flags).map(([k, f]) => [k, { type: f.value ? "string" as const : "boolean" as const, multiple: true, ...(f.short ? { short: f.short } : {}) }]));
  const { tokens } = parseArgs({ args: [...argv], options: { ...options, h: { type: "boolean", multiple: true } }, strict: false, allowPositionals: true, tokens: true });
  const words: string[] = [], given = new Map<string, string[]>();
  for (const t of tokens) {
    if (t.kind === "positional") words.push(t.value);
    if (t.kind !== "option") continue;
    const name = t.name === "h" ? "help" : t.name, flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
    if (!flag) {
      const near = Object.keys(flags).find((f) => flags[f].also?.includes(name)) ?? didYouMean(name, Object.keys(flags));
      return usage(`'${command.name}' has no flag '${t.rawName}'`, near ? `did you mean '--${near}'?` : flags.set?.many && /^[A-Za-z_]\w*$/.test(name) ? `a parameter or size of the kernel is given as --set ${name}=${t.value ?? "…"}; see ${more}` : `see ${more}`);
    }
    if (!flag.value && t.value !== undefined) usage(`'--${name}' takes no value`, `write --${name} alone`);
    // A word that begins with a dash is the next flag, unless it was joined by "=" or is a lone "-".
    if (flag.value && (t.value === undefined || (!t.inlineValue && /^-./.test(t.value) && !/^-[\d.]/.test(t.value))))
      usage(`'--${name}' needs a value`, `write --${name} ${flag.value}`);
    const list = given.get(name) ?? [];
    if (list.length > 0 && flag.value && !flag.many) usage(`'--${name}' is given twice`, "leave one out");
    given.set(name, [...list, t.value ?? ""]);
  }
  const [least, most] = command.words;
  if (!given.has("help")) {
    if (words.length < least) usage(`'${command.name}' needs ${command.usage.split(" ")[0] ?? "more"}`, `bitloom ${command.name} ${command.usage}`);
    if (words.length > most) usage(`'${command.name}' can't use '${words[most] ?? ""}'`, `bitloom ${command.name} ${command.usage}${flags.kernel?.value ? `; a kernel of the file is chosen by --kernel ${words[most] ?? ""}` : ""}`);
  }
  return {
    words,
    value: (flag) => given.get(flag)?.at(-1),
    values: (flag) => given.get(flag) ?? [],
    on: (flag) => given.has(flag),
  };
}

const columns = (rows: readonly (readonly [string, string])[]): string[] => {
  const width = Math.max(0, ...rows.map(([a]) => a.length));
  return rows.map(([a, b]) => `  ${a.padEnd(width)}  ${b}`);
};

const flagRows = (flags: Readonly<Record<string, Flag>>): (readonly [string, string])[] =>
  Object.entries(flags).map(([k, f]) => [`${f.short ? `-${f.short}, ` : ""}--${k}${f.value ? ` ${f.value}` : ""}`, `${f.doc}${f.many ? " (as often as needed)" : ""}`]);

/** Help of one command. */
export function helpOf(c: Command): string {
  return [
    c.summary, "", `usage: bitloom ${c.name} ${c.usage}`.trimEnd(), "",
    ...columns(flagRows({ ...c.flags, ...common })), "", "examples:",
    ...c.examples.flatMap(([line, does]) => [`  bitloom ${line}`, `      ${does}`]),
  ].join("\n");
}

/** Help of the whole. */
export function overview(commands: readonly Command[]): string {
  return [
    "Bitloom: a language and a virtual machine for GPU kernels on numbers of any bit width.", "",
    "usage: bitloom COMMAND …", "", ...columns(commands.map((c) => [c.name, c.summary])), "",
    "bitloom COMMAND --help shows flags and examples; bitloom --version the version.",
    "Exit codes: 0 fine, 1 a mistake was found or something isn't possible, 2 a wrong command line, 70 a mistake of Bitloom's own.", "",
    "examples:", ...commands.flatMap((c) => c.examples.slice(0, 1)).map(([line]) => `  bitloom ${line}`),
  ].join("\n");
}
