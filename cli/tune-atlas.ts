// `bitloom tune --atlas FILE`: what was found goes into a file that others can use, with what is there already and what others have sent.
import { existsSync, readFileSync, statSync } from "node:fs";
import { fail } from "../diagnostic.ts";
import { atlasText, mergeRecords, readAtlas, writeFileAtomic, type TuningRecord } from "../runtime/index.ts";

function readFile(path: string): readonly TuningRecord[] {
  if (statSync(path).isDirectory()) fail({ code: "H0208", message: `'${path}' is a folder`, help: "name a file in it" });
  return readAtlas(readFileSync(path, "utf8"), path);
}

/** How many records an atlas has after others came, had before, and has of other records than before for the same things. */
export interface Merged { readonly file: string; readonly records: number; readonly before: number; readonly replaced: number }

/** Records of some atlases. @throws Diagnostic H0208, H0428 */
export const readAtlases = (files: readonly string[]): readonly TuningRecord[] => mergeRecords(...files.map(readFile));

/** Records of an atlas that others will be added to: none where there is no such file yet. @throws Diagnostic H0208, H0428 */
export const atlasBefore = (file: string): readonly TuningRecord[] => (existsSync(file) ? readFile(file) : []);

/** Adds records to an atlas, which is made where there is none. @throws Diagnostic H0208, H0428 */
export async function addToAtlas(file: string, records: readonly TuningRecord[]): Promise<Merged> {
  const old = atlasBefore(file), all = mergeRecords(old, records), known = new Set(old.map((r) => JSON.stringify(r))), unlike = all.filter((r) => !known.has(JSON.stringify(r))).length;
  await writeFileAtomic(file, atlasText(all));
  return { file, records: all.length, before: old.length, replaced: unlike - (all.length - old.length) };
}
