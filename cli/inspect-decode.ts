// How a kernel makes f32 values of codes: the ways there are for each type, what one value costs by each, and which is taken.
import type { DecoderChoice, PricedDecoder } from "../codegen/index.ts";
import { scaled } from "./devices.ts";
import { table } from "./table.ts";

const time = ({ seconds: s }: PricedDecoder): string => (Number.isFinite(s) ? scaled(s, "s") : "unknown");

/** The ways as a table, the one that is taken first. */
export const decodersText = (all: readonly DecoderChoice[]): string => [
  "codes to f32: time of one value",
  ...table(all.flatMap(({ dtype, less, decoder, ways }) => [...ways].sort((a, b) => Number(b.name === decoder.name) - Number(a.name === decoder.name)).map((w, i) => [i === 0 ? `${dtype.name}${less ? " less zeros" : ""}` : "", `${i === 0 ? "▸" : " "} ${w.name}`, time(w)])), [false, false, true]),
].join("\n");

/** The same as data. */
export const decodersData = (all: readonly DecoderChoice[]): unknown =>
  all.map(({ dtype, less, decoder, ways }) => ({ type: dtype.name, less, taken: decoder.name, ways: ways.map(({ name, seconds }) => ({ name, seconds: Number.isFinite(seconds) ? seconds : null })) }));
