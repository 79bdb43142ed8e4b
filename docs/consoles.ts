// The guides run: files that they show are written down, commands that they show are run among them, and what is printed
// is what stands there. A block names its file behind the language; a command line begins with `$`.
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../cli/cli.ts";

/** The words of a command line; quotes hold words together. */
const wordsOf = (line: string): string[] => [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");

/** What a command prints, on both streams, in order. */
async function printed(line: string): Promise<string> {
  const [program, ...words] = wordsOf(line);
  if (program !== "bitloom") throw new Error(`guides run bitloom, not ${line}`);
  let text = "";
  const say = async (t: string): Promise<void> => { text += t; };
  await main(words, { out: say, err: say, async *stdin() {}, colour: false, terminal: false });
  return text.replace(/\d+\.\d+ ms/g, "… ms").split("\n").map((l) => l.trimEnd()).join("\n").replace(/\n*$/, "\n");
}

/** A guide with the output of its commands as it is today. Runs in a folder of its own, with the clone's `examples` and `files` in it; the process's folder is changed meanwhile. */
export async function renewed(text: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), "bitloom-guide-")), before = process.cwd();
  for (const [name, body] of Object.entries(files)) writeFileSync(join(dir, name), body);
  symlinkSync(join(before, "examples"), join(dir, "examples"), "junction");
  process.chdir(dir);
  try {
    let out = "", at = 0;
    for (const block of text.matchAll(/^```(\w+) ?(.*)\n([\s\S]*?)^```/gm)) {
      const [whole, language, file, body] = block;
      out += text.slice(at, block.index);
      at = block.index + whole.length;
      if (language === "loom" && file) writeFileSync(file, body);
      if (language !== "console") { out += whole; continue; }
      let shown = "";
      for (const line of body.split("\n").filter((l) => l.startsWith("$ "))) shown += `${line}\n${await printed(line.slice(2))}`;
      out += `\`\`\`console\n${shown}\`\`\``;
    }
    return out + text.slice(at);
  } finally {
    process.chdir(before);
    rmSync(dir, { recursive: true, force: true });
  }
}
