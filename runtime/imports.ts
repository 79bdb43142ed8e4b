// Files that a source imports, from wherever the application has them: in memory, or behind a request.
import type { Loaded } from "../lang/index.ts";

/** An imported file: its text, and its name for messages and for what it imports in turn. */
export interface ImportedFile {
  readonly source: string;
  readonly file: string;
}

/** What an importer gives; undefined where there is no such file. */
type Found = ImportedFile | undefined;

/** Finds an imported file: `path` as written in the file `from`. It may take its time. */
export type FileImporter = (path: string, from: string) => Found | Promise<Found>;

/** Reads a file anew until every import that it asks for has been found: the language itself waits for nothing. */
export async function loadWith(importer: FileImporter | undefined, load: (found: ((path: string, from: string) => Found) | undefined) => Loaded): Promise<Loaded> {
  const known = new Map<string, Found>();
  for (;;) {
    const asked = new Map<string, Promise<Found>>();
    const loaded = load(importer && ((path, from) => {
      const key = JSON.stringify([from, path]);
      if (known.has(key) || asked.has(key)) return known.get(key);
      const found = importer(path, from);
      if (found instanceof Promise) asked.set(key, found); else known.set(key, found);
      return known.get(key);
    }));
    if (asked.size === 0) return loaded;
    for (const [key, found] of asked) known.set(key, await found);
  }
}
