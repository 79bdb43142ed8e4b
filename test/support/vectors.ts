// Answers of other implementations, committed compressed so that a clone tests itself.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** Reads `test/vectors/NAME.json.gz`. */
export const vectors = <T>(name: string): T =>
  JSON.parse(gunzipSync(readFileSync(new URL(`../vectors/${name}.json.gz`, import.meta.url))).toString("utf8")) as T;
