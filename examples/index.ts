// All examples, found by looking: each folder NAME here that holds NAME.loom and NAME.ts. For Node (tests, benchmarks,
// the builder of pages); the folders themselves know nothing of files.
import { readdirSync, readFileSync, existsSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { join } from "node:path";
import type { Example } from "./example.ts";

/** A folder with its source text. */
export interface Listed extends Example {
  readonly name: string;
  /** Path of the .loom file. */
  readonly file: string;
  readonly source: string;
}

const here = fileURLToPath(new URL(".", import.meta.url));

/** Names of the example folders, sorted. */
export const exampleNames = (folder = here): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((e) => e.isDirectory() && existsSync(join(folder, e.name, `${e.name}.loom`)))
    .map((e) => e.name).sort();

/** Loads one example. */
export async function loadExample(name: string, folder = here): Promise<Listed> {
  const file = join(folder, name, `${name}.loom`);
  const { example } = await import(/* @vite-ignore */ pathToFileURL(join(folder, name, `${name}.ts`)).href) as { readonly example: Example };
  return { ...example, name, file, source: readFileSync(file, "utf8") };
}

/** Loads all examples. */
export const examples = (folder = here): Promise<readonly Listed[]> => Promise.all(exampleNames(folder).map((name) => loadExample(name, folder)));
