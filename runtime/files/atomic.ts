// Writing a file so that nobody ever sees half of it: into a temporary neighbour, then one rename.

import { Diagnostic, fail } from "../../diagnostic.ts";

/**
 * Writes `bytes` to `path`, whole or not at all; folders on the way are made, permissions of an old file kept, links followed. A
 * reader, or a second writer in another process, sees the old file or the new one. On failure, and when the process is
 * ended meanwhile (SIGINT, SIGTERM, exit), the temporary file is removed and the old one stands.
 * @param bytes the content; several parts are written one after the other, as they come
 * @throws Diagnostic H0208 with the words of the file system (ENOSPC, EACCES, …); what the parts throw, as it is
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array | string | readonly Uint8Array[] | AsyncIterable<Uint8Array>): Promise<void> {
  // Imported here, so that a page can load the door that exports this.
  const [{ mkdir, open, realpath, rename, rm, stat }, { rmSync }, { dirname, join, basename }] = await Promise.all([import("node:fs/promises"), import("node:fs"), import("node:path")]);
  const refused = (error: unknown): never =>
    fail({ code: "H0208", message: `can't write ${path}`, notes: [error instanceof Error ? error.message : String(error)], help: "check the path, its permissions and the space on the disk" });
  await mkdir(dirname(path), { recursive: true }).catch(refused);
  const target = await realpath(path).catch(() => path), old = await stat(target).catch(() => undefined);
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.${crypto.randomUUID().slice(0, 8)}.tmp`);
  const parts: readonly (Uint8Array | string)[] | AsyncIterable<Uint8Array> = typeof bytes === "string" || bytes instanceof Uint8Array ? [bytes] : bytes;
  const leaving = (): void => rmSync(temporary, { force: true });
  const signalled = (signal: NodeJS.Signals): void => {
    // Others who listen decide whether the process ends; if it does, `leaving` is called.
    if (process.listenerCount(signal) > 1) return;
    leaving();
    process.off(signal, signalled);
    process.kill(process.pid, signal);
  };
  process.on("exit", leaving).on("SIGINT", signalled).on("SIGTERM", signalled);
  try {
    const file = await open(temporary, "wx");
    try {
      if (old?.isFile()) await file.chmod(old.mode & 0o777);
      for await (const part of parts) await file.writeFile(part);
      // Without this a power cut after the rename could leave an empty file under the final name.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    if (error instanceof Diagnostic) throw error;
    refused(error);
  } finally {
    process.off("exit", leaving).off("SIGINT", signalled).off("SIGTERM", signalled);
  }
}
