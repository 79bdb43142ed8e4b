// Writing a file so that nobody ever sees half of it: into a temporary neighbour, then one rename.

import { fail } from "../../diagnostic.ts";

/**
 * Writes `bytes` to `path`, whole or not at all; folders on the way are made. A reader, or a second writer in another
 * process, sees the old file or the new one. On failure the temporary file is removed and the old one stands.
 * @param bytes the content; several parts are written one after the other
 * @throws Diagnostic H0208 with the words of the file system (ENOSPC, EACCES, …)
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array | string | readonly Uint8Array[]): Promise<void> {
  // Imported here, so that a page can load the door that exports this.
  const [{ mkdir, open, rename, rm }, { dirname, join, basename }] = await Promise.all([import("node:fs/promises"), import("node:path")]);
  const folder = dirname(path);
  const refused = (error: unknown): never =>
    fail({ code: "H0208", message: `can't write ${path}`, notes: [error instanceof Error ? error.message : String(error)], help: "check the path, its permissions and the space on the disk" });
  await mkdir(folder, { recursive: true }).catch(refused);
  const temporary = join(folder, `.${basename(path)}.${process.pid}.${crypto.randomUUID().slice(0, 8)}.tmp`);
  const parts: readonly (Uint8Array | string)[] = typeof bytes === "string" || bytes instanceof Uint8Array ? [bytes] : bytes;
  try {
    const file = await open(temporary, "wx");
    try {
      for (const part of parts) await file.writeFile(part);
      // Without this a power cut after the rename could leave an empty file under the final name.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    refused(error);
  }
}
