// What there is to bench, what each may be told, and what `--help` says of it.

/** A mistake of whoever calls a bench: told in a line, without a trace. */
export class Wrong extends Error {}

/** A flag: what follows it, and what it does. */
interface Flag { readonly value?: string; readonly many?: boolean; readonly doc: string }
/** A bench: words after its name, its flags, and what it does. */
interface Bench { readonly doc: string; readonly words?: string; readonly flags?: readonly FlagName[]; readonly only?: string }

/** The flags of benches of products. */
export const flags = {
  quick: { doc: "fewer shapes, for a first look: some minutes on two quiet cores" },
  adapter: { value: "NAME", doc: "gpu, lavapipe, swiftshader, or a part of a name; others' libraries are put on the same one" },
  "no-peers": { doc: "Bitloom alone" },
  rounds: { value: "N", doc: "rounds, each of all entrants in turn" },
  minutes: { value: "N", doc: "no shape is begun after so many, 180 where nothing is said; the rest is told, as --shapes takes it" },
  shapes: { value: "LIST", doc: "quick, full, flexq, tilus, or 1x1024x1024,16x2048x1024 as M×N×K" },
  only: { value: "NAMES", doc: "some of what is timed, with commas between" },
  wgsl: { value: "FOLDER", many: true, doc: "shaders of that folder too, as its manifest.json says" },
  json: { value: "FILE", doc: "all that was measured" },
  svg: { value: "FILE", doc: "a picture of it" },
} as const satisfies Readonly<Record<string, Flag>>;

/** A flag's name. */
export type FlagName = keyof typeof flags;

/** All benches. */
export const benches = {
  matmul: { doc: "products of every width beside other libraries, on this machine's adapter", flags: ["quick", "adapter", "no-peers", "rounds", "minutes", "shapes", "only", "wgsl", "json", "svg"], only: "entrants by name, family or library: i4,f32,\"onnx runtime\"" },
  int: { doc: "whole numbers by each way to multiply; what the cost model chose, and what was fastest", flags: ["quick", "adapter", "no-peers", "rounds", "only", "json", "svg"], only: "pairs of widths: 4x4,6x8" },
  cuts: { doc: "all cuts of matmul's products and points of shipped schedules: what was predicted of each, and what it took", flags: ["quick", "adapter", "rounds", "shapes", "only", "json"], only: "types of weights, W8A8, or schedules: i4,gemv" },
  interpreter: { doc: "what the interpreter does a second" },
  packing: { doc: "codes into each packing and back", words: "[PART OF A NAME]" },
  compile: { doc: "every kernel of the examples from text to WGSL, for a GPU and for lavapipe", words: "[PART OF A NAME]" },
  cold: { doc: "the first run of each, and of matmul, on lavapipe without its disk cache", words: "[PART OF A NAME]" },
  start: { doc: "how long the command line takes to start, once it is built" },
  llama: { doc: "llama.cpp's WGSL, to be timed by matmul --wgsl", words: "CHECKOUT FOLDER" },
} as const satisfies Readonly<Record<string, Bench>>;

/** A bench's name. */
export type BenchName = keyof typeof benches;

const columns = (rows: readonly (readonly [string, string])[]): string => { const wide = Math.max(...rows.map(([a]) => a.length)); return rows.map(([a, b]) => `  ${a.padEnd(wide)}  ${b}`).join("\n"); };

/** The benches, a line for each. */
export const usage = (): string => `usage: npm run bench -- NAME [flags]\n\n${columns(Object.entries(benches).map(([name, { doc }]) => [name, doc]))}\n\nnpm run bench -- NAME --help tells its flags; bench/README.md how it is measured`;

/** What one may be told. */
export function usageOf(name: BenchName): string {
  const { doc, words, flags: own = [], only }: Bench = benches[name];
  const rows = own.map((f) => { const { value, many, doc: what }: Flag = flags[f]; return [`--${f}${value === undefined ? "" : ` ${value}`}`, `${f === "only" ? only ?? what : what}${many ? "; may stand several times" : ""}`] as const; });
  return [`usage: npm run bench -- ${name}${words === undefined ? "" : ` ${words}`}${own.length ? " [flags]" : ""}`, doc, ...(rows.length ? [columns(rows)] : [])].join("\n\n");
}
