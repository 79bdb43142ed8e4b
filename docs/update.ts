// `npm run docs` runs this first: writes the generated parts of docs/language.md anew.
import { readFileSync, writeFileSync } from "node:fs";
import { updated } from "./tables.ts";

const file = "docs/language.md", text = readFileSync(file, "utf8"), next = updated(text);
if (next !== text) writeFileSync(file, next);
