// `bitloom explain CODE`: what a message means and what to do about it.
import { didYouMean, fail } from "../diagnostic.ts";
import { codeExamples, codes } from "../lang/index.ts";
import type { Args } from "./command.ts";
import { jsonLine, type Io } from "./io.ts";

/** Breaks a text into lines of at most `width` characters. */
const wrap = (text: string, width = 96): string => text.replace(new RegExp(`(.{1,${width}})(\\s+|$)`, "g"), "$1\n").trimEnd();

export async function runExplain(args: Args, io: Io): Promise<number> {
  // What is copied from a message, `error[T0201]:`, will do; so will the number without its zeros.
  const code = (args.words[0] ?? "").toUpperCase().replace(/^\w+\[(.*?)\]:?$/, "$1").replace(/^([A-Z])(\d{1,3})$/, (_, f: string, n: string) => f + n.padStart(4, "0"));
  const row = Object.hasOwn(codes, code) ? codes[code] : undefined;
  if (!row) {
    // A number is near to any other; of the right family, the next ones are what was meant, if anything.
    const all = Object.keys(codes), family = all.filter((c) => c[0] === code[0]), next = family.find((c) => c > code) ?? family.at(-1);
    const near = /^[A-Z]\d{4}$/.test(code) ? undefined : didYouMean(code, all);
    const help = near ? `did you mean '${near}'?` : next && /^\w\d{4}$/.test(code) ? `the next is ${next}: ${codes[next]?.title ?? ""}` : "codes are a letter, S N T L R H or W, and four digits, such as L0203";
    return fail({ code: "H0905", message: `there is no message '${code}'`, help });
  }
  const example = Object.hasOwn(codeExamples, code) ? codeExamples[code] : undefined;
  const shown = (text: string): string => text.split("\n").map((line) => `    ${line}\n`).join("");
  await io.out(args.on("json") ? jsonLine({ code, title: row.title, explain: row.explain, ...(example ? { example } : {}) })
    : `${code}: ${row.title}\n\n${wrap(row.explain)}\n${example ? `\nwrong\n${shown(example.wrong)}right\n${shown(example.right)}` : ""}`);
  return 0;
}
