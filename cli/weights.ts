// `bitloom weights FILE`: the tensors of a weight file, and what they take in all.
import { openWeights, type MetadataValue, type WeightFile, type WeightTensor } from "../runtime/index.ts";
import { usage, type Args } from "./command.ts";
import { jsonLine, tame, type Io } from "./io.ts";
import { progress } from "./progress.ts";
import { table } from "./table.ts";

/** What the tensors of a format take together. */
export interface FormatTotal { readonly format: string; readonly tensors: number; readonly weights: number; readonly bytes: number; readonly bitsPerWeight: number }

const elements = (t: WeightTensor): number => t.shape.reduce((n, d) => n * d, 1);

function totalsOf(tensors: readonly WeightTensor[]): readonly FormatTotal[] {
  const by = new Map<string, { tensors: number; weights: number; bytes: number }>();
  for (const t of tensors) {
    const sum = by.get(t.format) ?? { tensors: 0, weights: 0, bytes: 0 };
    by.set(t.format, { tensors: sum.tensors + 1, weights: sum.weights + elements(t), bytes: sum.bytes + t.length });
  }
  return [...by].map(([format, s]) => ({ format, ...s, bitsPerWeight: s.weights === 0 ? 0 : (s.bytes * 8) / s.weights })).sort((a, b) => b.bytes - a.bytes);
}

/** Bytes in three digits with the prefix of their size. */
function bytes(n: number): string {
  const i = n < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(n) / 3));
  return `${i === 0 ? n : (n / 1000 ** i).toPrecision(3)} ${["B", "kB", "MB", "GB", "TB"][i] ?? ""}`;
}

const number = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
const bits = (n: number): string => String(Number(n.toFixed(3)));
const shape = (s: readonly number[]): string => `[${s.join(", ")}]`;

const optionsText = (t: WeightTensor): string => Object.entries(t.options).map(([k, v]) => `${k} ${v}`).join(", ");

/** Values of lists that are shown; token lists have a hundred thousand. */
const SHOWN = 8;

/** A value of metadata for JSON: big numbers as text, of a long list its beginning. */
const plain = (v: MetadataValue): unknown =>
  typeof v === "bigint" ? (v >= -(2n ** 53n) && v <= 2n ** 53n ? Number(v) : String(v)) : !Array.isArray(v) ? v : v.length <= SHOWN ? v.map(plain) : { length: v.length, first: v.slice(0, SHOWN).map(plain) };

const line = (text: string): string => (text.length > 100 ? `${text.slice(0, 99)}…` : text).replaceAll("\n", "⏎");

function page(f: WeightFile, totals: readonly FormatTotal[], metadata: boolean): string {
  const weights = totals.reduce((n, t) => n + t.weights, 0), size = totals.reduce((n, t) => n + t.bytes, 0), many = (n: number, what: string): string => `${number(n)} ${what}${n === 1 ? "" : "s"}`;
  const rows = f.tensors.map((t) => [t.name, t.format, shape(t.shape), bits(t.bitsPerWeight), bytes(t.length), optionsText(t)]);
  const sums = totals.map((t) => [t.format, number(t.tensors), number(t.weights), bits(t.bitsPerWeight), bytes(t.bytes)]);
  return tame([
    `${f.name}: ${f.kind}, ${many(f.tensors.length, "tensor")}, ${many(weights, "weight")} in ${bytes(size)}${weights === 0 ? "" : `, ${bits((size * 8) / weights)} bits each`}`,
    ...(metadata ? ["", ...[...f.metadata].map(([k, v]) => line(`  ${k} = ${typeof v === "object" ? JSON.stringify(plain(v)) : String(v)}`))] : []),
    ...(rows.length ? ["", ...table([["tensor", "format", "shape", "bits", "size", ""], ...rows], [false, false, false, true, true, false])] : []),
    ...(sums.length > 1 ? ["", ...table([["format", "tensors", "weights", "bits", "size"], ...sums], [false, true, true, true, true])] : []),
    ...(f.notes.length ? ["", ...f.notes.slice(0, SHOWN).map((n) => `note: ${n}`), ...(f.notes.length > SHOWN ? [`note: and ${f.notes.length - SHOWN} more of these`] : [])] : []),
  ].join("\n"));
}

const zerosOf = (word: string | undefined): "v1" | "v2" | "auto" =>
  word === undefined || word === "v1" || word === "v2" || word === "auto" ? word ?? "auto" : usage(`'--zeros ${word}' is neither v1 nor v2`, "write --zeros v1 for zeros that are stored less one, --zeros v2 for zeros as they are");

export async function runWeights(args: Args, io: Io): Promise<number> {
  const [file = ""] = args.words, zeros = zerosOf(args.value("zeros")), bar = progress(io, `reading ${file}`);
  io.used?.(file);
  let f: WeightFile;
  try {
    f = await openWeights(file, { zeros });
  } finally {
    bar.end();
  }
  try {
    const totals = totalsOf(f.tensors);
    await io.out(args.on("json")
      ? jsonLine({ file: f.name, kind: f.kind, tensors: f.tensors.map((t) => ({ ...t, parts: t.parts.map(({ name, stored, type, shape: sizes, offset, length, file: of }) => ({ name, stored, type, shape: sizes, offset, length, ...(of === f.name ? {} : { file: of }) })) })), totals, notes: f.notes, metadata: Object.fromEntries([...f.metadata].map(([k, v]) => [k, plain(v)])) })
      : `${page(f, totals, args.on("metadata"))}\n`);
    return 0;
  } finally {
    await f.close();
  }
}
