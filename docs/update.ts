// `npm run docs` runs this first: writes the generated parts of docs/language.md, of the guides and of the examples' pages anew.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { exampleNames } from "../examples/index.ts";
import { renewed } from "./consoles.ts";
import { updated } from "./tables.ts";

async function renew(file: string, by: (text: string) => string | Promise<string>): Promise<void> {
  const text = readFileSync(file, "utf8"), next = await by(text);
  if (next !== text) writeFileSync(file, next);
}

await renew("docs/language.md", updated);
for (const name of readdirSync("docs/guides").filter((n) => n.endsWith(".md"))) await renew(`docs/guides/${name}`, renewed);
for (const name of exampleNames("examples")) await renew(`examples/${name}/README.md`, (text) => renewed(text, { [`${name}.loom`]: readFileSync(`examples/${name}/${name}.loom`, "utf8") }));
