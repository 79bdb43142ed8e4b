// Records of tuning: what they are of, which is kept, and that only sound ones are believed.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { compilerVersion } from "../../../codegen/index.ts";
import { close, memoryStore, mergeRecords, openNull, readAtlas, atlasText, recordsIn, type Device, type Store, type TuningKey, type TuningRecord } from "../../../runtime/index.ts";
import { adapterKey, bucketOf, coresOf, familyKey, fastestOf, keyText, timeOf, wrongWith } from "../../../runtime/tuning/record.ts";
import { atlas } from "../../../runtime/tuning/atlas.ts";
import { root } from "../../support/sources.ts";

afterAll(close);

const key: TuningKey = { program: "p", shapes: "M=16", adapter: { name: "A", vendor: "v", architecture: "a", driver: "1" }, features: ["shader-f16"], compiler: "0.1.0" };
const record = (more: Partial<TuningRecord> = {}, k: Partial<TuningKey> = {}): TuningRecord =>
  ({ of: "k", key: { ...key, ...k }, choice: { B: 2 }, points: [{ choice: { B: 1 }, ms: 2 }, { choice: { B: 2 }, ms: 1, samples: [[1, 1.5], [1]] }, { choice: { B: 3 }, why: "no" }], done: true, at: "2026-01-01T00:00:00.000Z", ...more });
const told: string[] = [], tell = (what: string): void => { told.push(what); };

test("the compiler says the package's version", () => expect(compilerVersion).toBe((JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string }).version));

describe("times and choices", () => {
  test("the wall's median; where the CPU's time is known its median over the cores that it ever had", () => {
    expect(timeOf([[3], [1], [2]])).toBe(2);
    expect(timeOf([[4, 4], [2, 4], [8, 6]])).toBe(2); // 4 ms of CPU on 2 cores
    expect(timeOf([[4, 2], [4, 2]])).toBe(2); // never more than one
  });
  test("all that run in turns have the cores that any of them had", () => {
    const busy: readonly (readonly [number, number])[] = [[4, 4], [4, 4]], free: readonly (readonly [number, number])[] = [[2, 4], [4, 4]];
    expect([timeOf(busy, coresOf([busy, free])), timeOf(free, coresOf([busy, free])), timeOf(busy)]).toEqual([2, 2, 4]);
  });
  test("another than the first must be clearly faster", () => {
    const of = (...ms: readonly (number | undefined)[]): unknown => fastestOf(ms.map((m, i) => ({ choice: { i }, ms: m })))?.choice["i"];
    expect([of(1, 0.98, 2), of(1, 0.9, 0.8), of(undefined, 3, 2), of(undefined)]).toEqual([0, 2, 2, undefined]);
    // Medians that differ for the noise alone; most samples must.
    const sampled = (a: readonly number[], b: readonly number[]): unknown => fastestOf([a, b].map((xs, i) => { const samples = xs.map((x) => [x] as const); return { choice: { i }, ms: timeOf(samples), samples }; }))?.choice["i"];
    expect([sampled([10, 9, 12, 8, 14], [8, 7, 13, 9, 8]), sampled([10, 10.2, 9.9, 10.1, 30], [9, 9.1, 8.9, 9.2, 20]), sampled([10, 10], [5, 5, 5, 5, 5])]).toEqual([0, 1, 1]);
  });
  test("sizes round up to powers of two, in the order of their names", () => expect(bucketOf([["N", 65], ["K", 64], ["M", 0], ["L", 1]])).toBe("K=64 L=1 M=0 N=128"));
});

test("keys hang on each of their parts, and of a device on its driver and on what the compiler uses", async () => {
  const parts: readonly Partial<TuningKey>[] = [{}, { program: "q" }, { shapes: "M=32" }, { features: [] }, { compiler: "0.2.0" }, ...(["name", "vendor", "architecture", "driver"] as const).map((n) => ({ adapter: { ...key.adapter, [n]: "other" } }))];
  expect(new Set(parts.map((p) => keyText({ ...key, ...p }))).size).toBe(parts.length);
  using device = await openNull([]);
  const of = (more: Partial<Device>): string => keyText({ ...key, ...adapterKey({ ...device, ...more }) });
  expect(new Set([of({}), of({ info: { ...device.info, toggles: ["x"] } }), of({ info: { ...device.info, name: "x" } }), of({ features: new Set(["shader-f16"]) }), of({ languages: new Set() })]).size).toBe(5);
});

describe("a store", () => {
  test("gives back what it was told, to others too", async () => {
    const store = memoryStore(), one = recordsIn(store, undefined, tell);
    expect(await one.find(key)).toBeUndefined();
    await one.keep(record());
    expect(await one.find(key)).toEqual(record());
    expect(await recordsIn(store, undefined, tell).own(key)).toEqual(record());
    expect(await one.find({ ...key, shapes: "M=32" })).toBeUndefined();
    expect(told).toEqual([]);
  });
  test("what is damaged is told and ignored, whatever it is", async () => {
    const good = record(), bad: readonly (readonly [unknown, RegExp])[] = [
      ["{", /no JSON/], [null, /null, not an object/], [[], /not an object/], [{}, /\.of is missing, not a text/], [{ ...good, key: { ...key, features: "f16" } }, /\.key\.features is "f16", not a list of texts/], [{ ...good, choice: 3 }, /\.choice/],
      [{ ...good, points: [{ choice: {}, ms: -1 }] }, /\.points\[0\]\.ms is -1, not a time/], [{ ...good, points: [{ choice: {}, ms: 1, samples: [[1, 2, 3]] }] }, /samples\[0\]/], [{ ...good, choice: { B: 3 } }, /none of the points/],
      [{ ...good, done: "yes" }, /\.done/], [{ ...good, at: "yesterday" }, /\.at is "yesterday", not a date/], [record({}, { program: "other" }), /something else/],
    ];
    for (const [what, why] of bad) {
      const text = typeof what === "string" ? what : JSON.stringify(what), heard: string[] = [], damaged: Store = { read: async () => text, write: async () => undefined }, records = recordsIn(damaged, undefined, (t) => { heard.push(t); });
      expect([await records.find(key), await records.find(key)], text).toEqual([undefined, undefined]);
      expect(heard, text).toEqual([expect.stringMatching(why)]);
    }
  });
  test("a store or an atlas that fails knows nothing", async () => {
    const fails = async (): Promise<never> => { throw new TypeError("broken"); };
    expect(await recordsIn({ read: fails, write: async () => undefined }, fails).find(key)).toBeUndefined();
  });
  test("the atlas counts where this machine has nothing: for another driver and compiler, not for another family, features or sizes", async () => {
    const records = recordsIn(memoryStore(), async () => [record({ of: "atlas" })], tell), find = async (k: Partial<TuningKey>): Promise<string | undefined> => (await records.find({ ...key, ...k }))?.of;
    expect([await find({}), await find({ compiler: "9", adapter: { ...key.adapter, name: "B", driver: "2" } })]).toEqual(["atlas", "atlas"]);
    expect([await find({ adapter: { ...key.adapter, architecture: "b" } }), await find({ features: [] }), await find({ shapes: "M=1" }), await find({ program: "q" })]).toEqual([undefined, undefined, undefined, undefined]);
    expect(await records.own(key)).toBeUndefined();
    await records.keep(record({ of: "own" }));
    expect(await find({})).toBe("own");
  });
});

describe("atlases", () => {
  const times = (n: number): TuningRecord["points"] => Array.from({ length: n }, (_, i) => ({ choice: { B: i + 2 }, ms: i + 1 }));
  const better: readonly (readonly [string, TuningRecord, TuningRecord])[] = [
    ["newer compiler", record({ done: false, at: "2020-01-01" }, { compiler: "0.10.0" }), record({}, { compiler: "0.9.1" })],
    ["finished", record({ at: "2020-01-01" }), record({ done: false })],
    ["more points", record({ points: times(3), at: "2020-01-01" }), record({ points: times(2) })],
    ["later", record({ at: "2026-01-02", choice: { B: 1 } }), record()],
  ];
  test.each(better)("the one of the %s is kept, whichever comes first", (_, a, b) => {
    const kept = (...lists: TuningRecord[][]): unknown => mergeRecords(...lists).map((r) => [r.key.compiler, r.done, r.points.length, r.at]);
    expect(kept([a], [b])).toEqual([[a.key.compiler, a.done, a.points.length, a.at]]);
    expect(kept([b, a])).toEqual(kept([a], [b]));
  });
  test("merging is the same in any order, and twice the same as once", () => {
    const some = fc.record({ program: fc.constantFrom("p", "q"), driver: fc.constantFrom("1", "2"), compiler: fc.constantFrom("0.1.0", "0.2.0"), done: fc.boolean(), day: fc.integer({ min: 1, max: 3 }), ms: fc.integer({ min: 1, max: 3 }) })
      .map(({ program, driver, compiler, done, day, ms }) => record({ done, at: `2026-01-0${day}`, points: [{ choice: { B: 2 }, ms }] }, { program, compiler, adapter: { ...key.adapter, driver } }));
    fc.assert(fc.property(fc.array(some, { maxLength: 8 }), fc.array(some, { maxLength: 8 }), (a, b) => {
      const merged = mergeRecords(a, b);
      expect(mergeRecords(b, a)).toEqual(merged);
      expect(mergeRecords(merged, a, b)).toEqual(merged);
      expect(new Set(merged.map((r) => familyKey(r.key))).size).toBe(merged.length);
      expect(readAtlas(atlasText(merged), "a.json")).toEqual(merged);
    }), { numRuns: 60 });
  });
  test("single samples aren't sent", () => expect(mergeRecords([record()])[0].points).toEqual([{ choice: { B: 1 }, ms: 2 }, { choice: { B: 2 }, ms: 1 }, { choice: { B: 3 }, why: "no" }]));
  test.each([["{", "no JSON"], ["[]", "format"], ['{ "format": "bitloom-atlas", "version": 2 }', "it is of version 2, and this reads version 1"], ['{ "format": "bitloom-atlas", "version": 1 }', "no list"], [JSON.stringify({ format: "bitloom-atlas", version: 1, records: [record(), { ...record(), key: { ...key, program: 3 } }] }), "records[1].key.program is 3, not a text"]])("%s is none", (text, why) => {
    expect(() => readAtlas(text, "a.json")).toThrow(expect.objectContaining({ code: "H0428", message: expect.stringContaining(`'a.json' is no atlas: `) as string }) as Error);
    expect(() => readAtlas(text, "a.json")).toThrow(why);
  });
  test("the one that ships is sound, merged, and of this compiler", () => {
    expect(readAtlas(readFileSync(join(root, "runtime/tuning/atlas.json"), "utf8"), "atlas.json")).toEqual(atlas());
    expect(mergeRecords(atlas())).toEqual(atlas());
    expect(atlas().flatMap((r) => wrongWith(r) ?? (r.done ? [] : [`${r.of} ${r.key.shapes} was stopped`]))).toEqual([]);
  });
});
