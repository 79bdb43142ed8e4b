// `bitloom explain CODE`: what a message means and what to do about it.
import { didYouMean, fail } from "../diagnostic.ts";
import { codes } from "../lang/index.ts";
import type { Args } from "./command.ts";
import { jsonLine, type Io } from "./io.ts";

/** Breaks a text into lines of at most `width` characters. */
const wrap = (text: string, width = 96): string => text.replace(new RegExp(`(.{1,${width}})(\\s+|$)`, "g"), "$1\n").trimEnd();

export async function runExplain(args: Args, io: Io): Promise<number> {
  const code = (args.words[0] ?? "").toUpperCase().replace(/^\w+\[(.*)\]$/, "$1");
  const row = Object.hasOwn(codes, code) ? codes[code] : undefined;
  if (!row) {
    const near = didYouMean(code, Object.keys(codes));
    return fail({ code: "H0905", message: `there is no message '${code}'`, help: near ? `did you mean '${near}'?` : "codes are a letter and four digits, such as L0203" });
  }
  await io.out(args.on("json") ? jsonLine({ code, title: row.title, explain: row.explain }) : `${code}: ${row.title}\n\n${wrap(row.explain)}\n`);
  return 0;
}
