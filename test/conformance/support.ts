// npm run support: writes docs/support.md.
import { writeFileSync } from "node:fs";
import { measured } from "./support-table.ts";

writeFileSync("docs/support.md", measured());
