// Folders for a test file's own use, gone when its tests are done (setup.ts sees to it).
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const made: string[] = [];

/** A fresh folder, removed after the last test of the file that asked for it. */
export function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), "bitloom-test-"));
  made.push(dir);
  return dir;
}

/** Removes the folders made so far. */
export const removeFolders = (): void => { for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true }); };
