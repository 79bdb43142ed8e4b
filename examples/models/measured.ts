// What was measured, as it is kept in examples/MODEL/bits.json: tables and figures are made of it.
import { existsSync, readFileSync } from "node:fs";
import { writeFileAtomic } from "../../runtime/index.ts";
import type { Scheme } from "./schemes.ts";

/** What a way to hold the matrices gave; without one, they are as their file has them. */
export interface Result {
  readonly scheme?: Pick<Scheme, "form" | "label" | "bits"> | undefined;
  /** The mean over all rows, and over the first few. */
  readonly value: number;
  readonly few: number;
}

/** How far a machine was from doubles, over the first rows, in some ways to hold the matrices. */
export interface Agreement {
  readonly machine: string;
  readonly rows: number;
  readonly ways: number;
  readonly farthest: number;
}

/** A model's measurements: means over `rows` rows and over the first `few`, of so many ways to hold the matrices, some of which may still be missing. */
export interface Measured {
  readonly ways: number;
  readonly rows: number;
  readonly few: number;
  readonly results: readonly Result[];
  readonly machines: readonly Agreement[];
}

/** Where a model's page, its figure and its measurements are. */
export const placesOf = (name: string): { readonly page: string; readonly figure: string; readonly numbers: string } =>
  ({ page: `examples/${name}/README.md`, figure: `examples/${name}/bits.svg`, numbers: `examples/${name}/bits.json` });

/** What is kept of a model. */
export const measuredOf = (name: string): Measured | undefined => {
  const { numbers } = placesOf(name);
  return existsSync(numbers) ? JSON.parse(readFileSync(numbers, "utf8")) as Measured : undefined;
};

/** Keeps a model's measurements, a line for each. */
export async function keep(name: string, m: Measured): Promise<void> {
  const list = (x: readonly unknown[]): string => (x.length === 0 ? "[]" : `[\n${x.map((r) => `    ${JSON.stringify(r)}`).join(",\n")}\n  ]`);
  await writeFileAtomic(placesOf(name).numbers, `{\n  "ways": ${m.ways},\n  "rows": ${m.rows},\n  "few": ${m.few},\n  "results": ${list(m.results)},\n  "machines": ${list(m.machines)}\n}\n`);
}

/** Whether two ways to hold matrices are one. */
export const isSame = (a: Result["scheme"], b: Result["scheme"]): boolean => a?.form === b?.form && a?.bits === b?.bits && a?.label === b?.label;
