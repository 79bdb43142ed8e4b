// `bitloom tune --atlas FILE`: what was found goes into a file that others can use, with what is there already and what others have sent.
import { existsSync, readFileSync } from "node:fs";
import { atlasText, mergeRecords, readAtlas, writeFileAtomic, type TuningRecord } from "../runtime/index.ts";

const readFile = (path: string): readonly TuningRecord[] => readAtlas(readFileSync(path, "utf8"), path);

/** How many records an atlas has after new ones came, and had before. */
export interface Merged { readonly file: string; readonly records: number; readonly before: number }

/** Records of some atlases. @throws Diagnostic H0208, H0428 */
export const readAtlases = (files: readonly string[]): readonly TuningRecord[] => mergeRecords(...files.map(readFile));

/** Adds records to an atlas, which is made where there is none. @throws Diagnostic H0208, H0428 */
export async function addToAtlas(file: string, records: readonly TuningRecord[]): Promise<Merged> {
  const old = existsSync(file) ? readFile(file) : [], all = mergeRecords(old, records);
  await writeFileAtomic(file, atlasText(all));
  return { file, records: all.length, before: old.length };
}
