// Atlases: files of records, merged from what people contribute.
//
//   Of two records of one program, sizes, family of adapters and features the one is kept that is
//   1. of the newer compiler;  2. else of a tuning that was finished;  3. else of more points;  4. else the later one.
import { fail } from "../../diagnostic.ts";
import { familyKey, wrongWith, type TuningRecord } from "./record.ts";

/** Less than 0 where `a` is the better record. */
function order(a: TuningRecord, b: TuningRecord): number {
  const timed = (r: TuningRecord): number => r.points.filter((p) => p.ms !== undefined).length;
  return versions(b.key.compiler, a.key.compiler) || Number(b.done) - Number(a.done) || timed(b) - timed(a) || Date.parse(b.at) - Date.parse(a.at);
}

/** Two versions, number by number. */
function versions(a: string, b: string): number {
  const [x, y] = [a, b].map((v) => v.split(/[^0-9]+/).map(Number));
  return Array.from({ length: Math.max(x.length, y.length) }, (_, i) => (x[i] ?? 0) - (y[i] ?? 0)).find((d) => d !== 0) ?? 0;
}

/** A record as atlases have it: without single samples, with times in four digits. */
const compact = ({ of, key, choice, points, done, at }: TuningRecord): TuningRecord =>
  ({ of, key, choice, points: points.map(({ choice, ms, why }) => ({ choice, ...(ms === undefined ? {} : { ms: Number(ms.toPrecision(4)) }), ...(why === undefined ? {} : { why }) })), done, at });

/**
 * One list of several, one record for each program, sizes, family of adapters and features: that of the newer compiler; of one compiler that of a tuning that was
 * finished, then of more points, then the later one. The result doesn't depend on the order of the lists.
 * @example
 * ```ts
 * const record = (n: number, at: string) => ({
 *   of: "k", key: { program: "p", shapes: "", adapter: { name: "a", vendor: "v", architecture: "", driver: "" }, features: [], compiler: "0.1.0" },
 *   choice: { n }, points: [{ choice: { n }, ms: 1 }], done: true, at,
 * });
 * mergeRecords([record(1, "2026-01-02")], [record(2, "2026-01-01")]).map((r) => r.choice); // => [{ n: 1 }]
 * ```
 */
export function mergeRecords(...lists: readonly (readonly TuningRecord[])[]): readonly TuningRecord[] {
  const best = new Map<string, TuningRecord>(), text = (r: TuningRecord): string => JSON.stringify([r.of, r.key.shapes, r.key.adapter.name, familyKey(r.key), r]);
  for (const r of lists.flat().map(compact)) {
    const key = familyKey(r.key), old = best.get(key), better = old ? order(r, old) || (text(r) < text(old) ? -1 : 1) : -1;
    if (better < 0) best.set(key, r);
  }
  return [...best.values()].sort((a, b) => (text(a) < text(b) ? -1 : 1));
}

/**
 * The records of an atlas file.
 * @param name what messages call the file
 * @throws Diagnostic H0428 (it is no atlas, or damaged: the message says where)
 * @example
 * ```ts
 * readAtlas('{ "format": "bitloom-atlas", "version": 1, "records": [] }', "atlas.json"); // => []
 * ```
 */
export function readAtlas(text: string, name: string): readonly TuningRecord[] {
  const bad = (what: string): never => fail({ code: "H0428", message: `'${name}' is no atlas: ${what}`, help: "bitloom tune FILE --atlas OUT.json writes one" });
  let data: unknown;
  try { data = JSON.parse(text); } catch { return bad("it is no JSON"); }
  if (typeof data !== "object" || data === null || !("format" in data) || data.format !== "bitloom-atlas") return bad("its format isn't \"bitloom-atlas\"");
  if (!("version" in data) || data.version !== 1) return bad(`it is of version ${"version" in data ? JSON.stringify(data.version) : "nothing"}, and this reads version 1`);
  if (!("records" in data) || !Array.isArray(data.records)) return bad("it has no list of records");
  data.records.forEach((r, i) => { const wrong = wrongWith(r); if (wrong !== undefined) bad(`records[${i}]${/^[.[]/.test(wrong) ? "" : " "}${wrong}`); });
  return data.records as readonly TuningRecord[];
}

/**
 * An atlas file, a record a line, so that contributions show as lines.
 * @example
 * ```ts
 * readAtlas(atlasText([]), "atlas.json").length; // => 0
 * ```
 */
export const atlasText = (records: readonly TuningRecord[]): string =>
  `{ "format": "bitloom-atlas", "version": 1, "records": [${records.length ? `\n${records.map((r) => JSON.stringify(r)).join(",\n")}\n` : ""}] }\n`;
