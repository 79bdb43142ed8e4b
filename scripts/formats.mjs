// Writes lang/library.ts: the files of lang/formats/ as text, so that formats can be imported where there are no files.
// (`npm run docs` runs it; a test holds the two against each other.)
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = new URL("../lang/formats/", import.meta.url);
const files = readdirSync(folder).filter((f) => f.endsWith(".loom")).sort();
const entries = files.map((f) => `  ${JSON.stringify(`bitloom/formats/${f}`)}: ${JSON.stringify(readFileSync(new URL(f, folder), "utf8"))},`);
writeFileSync(fileURLToPath(new URL("../lang/library.ts", import.meta.url)), `// Formats that come with Bitloom, by the path that imports them. Made of lang/formats/*.loom by scripts/formats.mjs: change those.

/** Sources by path. */
export const library: Readonly<Record<string, string>> = Object.freeze({
${entries.join("\n")}
});
`);
