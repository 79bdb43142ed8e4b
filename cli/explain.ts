// `bitloom explain CODE|NAME`: what a message means and what to do about it; what an instruction or a function does.
import { didYouMean, fail } from "../diagnostic.ts";
import { builtins, codeExamples, codes, driverExamples, hostExamples, keywords, type CodeExample } from "../lang/index.ts";
import { instructions, namesOf } from "../vm/index.ts";
import type { Args } from "./command.ts";
import { jsonLine, type Io } from "./io.ts";

/** Breaks a text into lines of at most `width` characters. */
const wrap = (text: string, width = 96): string => text.replace(new RegExp(`(.{1,${width}})(\\s+|$)`, "g"), "$1\n").trimEnd();

interface About {
  readonly name: string;
  readonly doc: string;
  readonly arguments: readonly { readonly name: string; readonly optional: boolean; readonly doc?: string | undefined }[];
  readonly example: string;
}

/** What an instruction, or a function of compile-time values, does. */
function about(name: string): About | undefined {
  const i = instructions.get(name), b = Object.hasOwn(builtins, name) ? builtins[name] : undefined;
  if (i) return { name, doc: i.doc, arguments: namesOf(i).map((key) => { const a = i.operands[key] ?? i.attrs[key]; return { name: key, optional: a.optional === true, doc: a.doc }; }), example: i.example };
  return b && { name, doc: b.doc, arguments: b.slots.map((a) => ({ name: a.name, optional: b.optional?.includes(a.name) === true })), example: b.example };
}

const aboutText = (a: About): string => [
  `${a.name}(${a.arguments.map((x) => `${x.name}${x.optional ? "?" : ""}`).join(", ")})\n\n${wrap(a.doc)}\n`,
  ...a.arguments.flatMap((x) => (x.doc ? [`  ${x.name.padEnd(12)} ${x.doc}\n`] : [])),
  `\nexample\n    ${a.example}\n`,
].join("");

/** A wrong snippet and a right one, or what the driver says. */
function exampleOf(code: string): CodeExample | string | undefined {
  const table = [codeExamples, hostExamples, driverExamples].find((t) => Object.hasOwn(t, code));
  return table?.[code];
}

const shown = (text: string): string => text.split("\n").map((line) => `    ${line}\n`).join("");
const exampleText = (e: CodeExample | string): string => (typeof e === "string" ? `the message\n${shown(e)}` : `wrong\n${shown(e.wrong)}right\n${shown(e.right)}`);

export async function runExplain(args: Args, io: Io): Promise<number> {
  const word = args.words[0] ?? "", named = about(word);
  if (named) {
    await io.out(args.on("json") ? jsonLine(named) : aboutText(named));
    return 0;
  }
  // What is copied from a message, `error[T0201]:`, will do; so will the number without its zeros.
  const code = word.toUpperCase().replace(/^\w+\[(.*?)\]:?$/, "$1").replace(/^([A-Z])(\d{1,3})$/, (_, f: string, n: string) => f + n.padStart(4, "0"));
  const row = Object.hasOwn(codes, code) ? codes[code] : undefined;
  if (!row) {
    // A number is near to any other; of the right family, the next ones are what was meant, if anything.
    const all = Object.keys(codes), family = all.filter((c) => c[0] === code[0]), next = family.find((c) => c > code) ?? family.at(-1);
    const near = /^[A-Z]\d{4}$/.test(code) ? undefined : (didYouMean(code, all) ?? didYouMean(word, [...instructions.keys(), ...Object.keys(builtins)]));
    const said = keywords.includes(word) ? "it is a word of the language: docs/language.md#statements" : undefined;
    const help = said ? said : near ? `did you mean '${near}'?` : next && /^\w\d{4}$/.test(code) ? `the next is ${next}: ${codes[next]?.title ?? ""}` : "codes are a letter, S N T L R H or W, and four digits, such as L0203; names are those of instructions and functions, such as scan_sum";
    return fail({ code: "H0905", message: `there is no message '${word}'`, help });
  }
  const example = exampleOf(code);
  await io.out(args.on("json") ? jsonLine({ code, title: row.title, explain: row.explain, ...(example ? { example } : {}) })
    : `${code}: ${row.title}\n\n${wrap(row.explain)}\n${example ? `\n${exampleText(example)}` : ""}`);
  return 0;
}
