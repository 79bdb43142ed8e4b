// Records that are known on a device: of this machine, from a store, and of its like, from the atlas that ships. Reading one takes no
// longer than reading a small file, and times nothing.
import type { Device } from "../device.ts";
import { memoryStore, type Store } from "../store.ts";
import { familyKey, keyText, wrongWith, type TuningKey, type TuningRecord } from "./record.ts";

/** Records by key. */
export interface Records {
  /** What was found on this machine, else on one of its family; undefined: nobody has tuned this. Never throws. */
  find(key: TuningKey): Promise<TuningRecord | undefined>;
  /** What was found on this machine. */
  own(key: TuningKey): Promise<TuningRecord | undefined>;
  keep(record: TuningRecord): Promise<void>;
  /** How many were kept: what was looked up is good for as long as this stays. */
  age(): number;
}

/** Gives the records that ship. */
export type Atlas = () => Promise<readonly TuningRecord[]>;

/** A text of a store as the record of a key. What it isn't, is told. */
function recordIn(text: string, key: string, tell: (what: string) => void): TuningRecord | undefined {
  const wrong = (what: string): undefined => { tell(`a record of tuning is damaged and is ignored: ${what}`); return undefined; };
  let found: unknown;
  try { found = JSON.parse(text); } catch { return wrong("it is no JSON"); }
  const why = wrongWith(found);
  if (why !== undefined) return wrong(`record${why}`);
  const record = found as TuningRecord;
  return keyText(record.key) === key ? record : wrong("it is of something else");
}

/**
 * Records of a store, and of an atlas where the store has none.
 * @param tell is told of damaged records, which count as none
 * @example
 * ```ts
 * using device = await open({ adapter: "swiftshader" });
 * const { kernels } = await compile("kernel add<B: int in {32, 64} = 64>(x: f32[N], out y: f32[N]) grid (b in cdiv(N, B)) threads 32 { store(y[b * B +: B], load(x[b * B +: B]) + 1) }");
 * const records = recordsIn(memoryStore()), options = { device, records, sizes: { N: 100 } };
 * const { done, points } = await kernels.add.tune({}, {}, options);
 * const again = await kernels.add.tune({}, {}, options);
 * [done, points.length, again.taken]; // => [true, 2, 0]
 * ```
 */
export function recordsIn(store: Store, atlas: Atlas = async () => [], tell: (what: string) => void = (what) => { console.warn(`bitloom: ${what}`); }): Records {
  const known = new Map<string, Promise<TuningRecord | undefined>>(), family = new Map<string, Promise<TuningRecord | undefined>>();
  const once = (map: typeof known, key: string, read: () => Promise<TuningRecord | undefined>): Promise<TuningRecord | undefined> => {
    const found = map.get(key) ?? read().catch(() => undefined);
    map.set(key, found);
    return found;
  };
  const own = (key: TuningKey): Promise<TuningRecord | undefined> => {
    const text = keyText(key);
    return once(known, text, async () => { const kept = await store.read(text); return kept === undefined ? undefined : recordIn(kept, text, tell); });
  };
  let age = 0;
  return Object.freeze({
    own,
    age: () => age,
    async find(key: TuningKey) {
      const text = familyKey(key);
      return (await own(key)) ?? once(family, text, async () => (await atlas()).find((r) => familyKey(r.key) === text));
    },
    async keep(record: TuningRecord) {
      const text = keyText(record.key);
      known.set(text, Promise.resolve(record));
      age++;
      await store.write(text, `${JSON.stringify(record, undefined, 1)}\n`);
    },
  });
}

/** The records of a device; where `open` gave it none, some that are forgotten with it. */
export const recordsOf = ({ measured }: Pick<Device, "measured">): Records => (measured.records ??= recordsIn(memoryStore()));

/**
 * The records of this machine's user in a store, and the atlas that ships: what `open` gives a device.
 * @param tell is told of damaged records
 * @example
 * ```ts
 * const records = userRecords(memoryStore());
 * const adapter = { name: "none", vendor: "", architecture: "", driver: "" };
 * await records.find({ program: "none", shapes: "", adapter, features: [], compiler: compilerVersion }); // => undefined
 * ```
 */
export const userRecords = (store: Store, tell?: (what: string) => void): Records => recordsIn(store, async () => (await import("./atlas.ts")).atlas(), tell);
