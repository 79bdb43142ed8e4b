// The pictures of the guides are what `bitloom draw --svg` gives, bit by bit; UPDATE_GOLDEN=1 (`npm test -- --update`) draws them anew.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folder } from "../support/folders.ts";
import { wellFormed } from "../support/xml.ts";
import { bitloom } from "./support.ts";

const home = "docs/guides/pictures", update = process.env["UPDATE_GOLDEN"] === "1";
/** Picture → what is drawn. */
const pictures: Readonly<Record<string, readonly string[]>> = {
  "q4_0": ["q4_0"], "q5_0": ["q5_0"], "awq": ["awq(group: 8)", "--words", "2"], "gptq": ["gptq(group: 8)", "--words", "2"],
};

test.each(Object.entries(pictures))("%s", async (name, words) => {
  const file = join(folder(), `${name}.svg`), kept = `${home}/${name}.svg`;
  expect(await bitloom(["draw", ...words, "--svg", file])).toMatchObject({ code: 0, err: "" });
  const drawn = readFileSync(file, "utf8");
  wellFormed(drawn);
  if (update) { mkdirSync(home, { recursive: true }); writeFileSync(kept, drawn); }
  expect(existsSync(kept) ? readFileSync(kept, "utf8") : "", `${kept}: npm test -- --update draws it`).toBe(drawn);
});

test("every picture is drawn here, and shown by a guide", () => {
  expect(readdirSync(home).sort()).toEqual(Object.keys(pictures).map((n) => `${n}.svg`).sort());
  const guides = readdirSync("docs/guides").filter((f) => f.endsWith(".md")).map((f) => readFileSync(`docs/guides/${f}`, "utf8")).join("\n");
  for (const name of Object.keys(pictures)) expect(guides).toContain(`](pictures/${name}.svg)`);
});
