// What the scripts share: finding files, and tools that may be missing.

import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** A module of node_modules, or undefined where it is not installed. */
export async function tool(name) {
  try {
    return await import(name);
  } catch (error) {
    if (error?.code === "ERR_MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

/** Paths of the files below `folder` whose name ends in `ending`, sorted; none if there is no such folder. */
export function filesUnder(folder, ending) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile() && e.name.endsWith(ending))
    .map((e) => join(e.parentPath, e.name))
    .sort();
}

/** When a file was last written, in milliseconds; 0 if there is none. */
export const writtenAt = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0);

/** When the newest file of these folders was written. */
export const newest = (folders, ending) => Math.max(0, ...folders.flatMap((f) => filesUnder(f, ending)).map(writtenAt));
