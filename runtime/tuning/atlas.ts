// The atlas: records of tuning that ship, for adapters that people own. Loaded when a device first asks for a record it has none of.
import type { TuningRecord } from "./record.ts";
import data from "./atlas.json" with { type: "json" };

/** The records that ship with this version. */
export const atlas = (): readonly TuningRecord[] => data.records as readonly TuningRecord[];
