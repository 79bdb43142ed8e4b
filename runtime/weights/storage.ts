// How many bytes elements take: one row per stored type, by Bitloom's names. A type of blocks holds `elements` numbers in `bytes`.
import { didYouMean, fail } from "../../diagnostic.ts";

/** What a stored type takes. */
export interface Storage {
  readonly elements: number;
  readonly bytes: number;
}

const row = (elements: number, bytes: number): Storage => Object.freeze({ elements, bytes });

const plain = (names: string, bytes: number): readonly (readonly [string, Storage])[] => names.split(" ").map((n) => [n, row(1, bytes)] as const);

/** Stored types by name. Those of ggml are blocks along the last axis. */
export const storages: ReadonlyMap<string, Storage> = new Map([
  ...plain("u8 i8 bool f8e4m3 f8e4m3_fnuz f8e5m2 f8e5m2_fnuz e8m0", 1), ...plain("u16 i16 f16 bf16", 2), ...plain("u32 i32 f32", 4), ...plain("u64 i64 f64 c64", 8), ...plain("c128", 16),
  ["u4", row(2, 1)], ["i4", row(2, 1)], ["u2", row(4, 1)], ["i2", row(4, 1)], ["f4e2m1", row(2, 1)], ["f6e2m3", row(4, 3)], ["f6e3m2", row(4, 3)],
  ["q1_0", row(128, 18)], ["q2_0", row(64, 18)], ["q4_0", row(32, 18)], ["q4_1", row(32, 20)], ["q5_0", row(32, 22)], ["q5_1", row(32, 24)], ["q8_0", row(32, 34)], ["q8_1", row(32, 36)],
  ["q2_k", row(256, 84)], ["q3_k", row(256, 110)], ["q4_k", row(256, 144)], ["q5_k", row(256, 176)], ["q6_k", row(256, 210)], ["q8_k", row(256, 292)],
  ["iq1_s", row(256, 50)], ["iq1_m", row(256, 56)], ["iq2_xxs", row(256, 66)], ["iq2_xs", row(256, 74)], ["iq2_s", row(256, 82)], ["iq3_xxs", row(256, 98)], ["iq3_s", row(256, 110)],
  ["iq4_nl", row(32, 18)], ["iq4_xs", row(256, 136)], ["tq1_0", row(256, 54)], ["tq2_0", row(256, 66)], ["mxfp4", row(32, 17)], ["nvfp4", row(64, 36)],
]);

/** Elements of a shape; undefined past what a number holds exactly. */
export function count(shape: readonly number[]): number | undefined {
  if (shape.includes(0)) return 0;
  let n = 1;
  for (const d of shape) if (!Number.isSafeInteger((n *= d))) return undefined;
  return n;
}

/**
 * Bytes of an array of a stored type: whole blocks along the last axis, or, where blocks are only bytes that elements share (u4), whole bytes.
 * @returns undefined where blocks don't come out even, or the size passes what a number holds exactly
 */
export function storedBytes(type: string, shape: readonly number[]): number | undefined {
  const s = storages.get(type), n = count(shape);
  if (s === undefined || n === undefined) return undefined;
  if (s.elements > 4 && (shape.at(-1) ?? 1) % s.elements !== 0) return undefined;
  const bytes = Math.ceil(n / s.elements) * s.bytes;
  return Number.isSafeInteger(bytes) && Number.isSafeInteger(bytes * 8) ? bytes : undefined;
}

/** A name in a message: quoted, of bearable length. */
export const show = (name: string): string => JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);

/** Sizes in a message. */
export const sizes = (shape: readonly number[]): string => `[${shape.join(", ")}]`;

/** Says that nothing of this name is there. @throws Diagnostic H0202 with the nearest name */
export function missing(file: string, what: string, name: string, names: readonly string[]): never {
  const near = didYouMean(name, names);
  return fail({
    code: "H0202", message: `${file} has no ${what} ${show(name)}`,
    help: near ? `did you mean ${show(near)}?` : names.length === 0 ? "it has none" : `it has ${names.slice(0, 12).map((n) => (n.length > 80 ? show(n) : n)).join(", ")}${names.length > 12 ? ` and ${names.length - 12} more` : ""}`,
  });
}
