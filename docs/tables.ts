// The parts of docs/language.md that are read off tables of the program: instructions, functions, words. `npm run docs`
// writes them between `<!-- NAME -->` and `<!-- end -->`; a test holds the file against them.
import { chooseDecoder, chooseHalfDecoder, defaultRates } from "../codegen/index.ts";
import { builtins, keywords, type Builtin } from "../lang/index.ts";
import { dtype, instructions, namesOf, type Instruction } from "../vm/index.ts";

/** Instructions by topic, in the order of the page. */
const topics: readonly (readonly [title: string, names: string])[] = [
  ["Memory", "load store copy barrier bits_of transposed slice regroup"],
  ["Meeting in memory", "atomic_add atomic_sub atomic_min atomic_max atomic_and atomic_or atomic_xor atomic_exchange atomic_compare_exchange scatter scatter_add scatter_min scatter_max histogram"],
  ["Tiles from nothing", "fill iota random_bits random_uniform random_normal philox var assign shared"],
  ["Of the whole block", "scalar assume print scalar_var scalar_get scalar_set"],
  ["Form", "cast view convert"],
  ["Shape", "transpose permute reshape squeeze unsqueeze expand repeat repeat_interleave concat gather lookup radix_digits radix_join crop place patch"],
  ["Products", "dot bmma mma_b1 words_of"],
  ["Along an axis", "reduce_sum reduce_prod reduce_max reduce_min reduce_any reduce_all sum_in_order arg_max arg_min order_key"],
  ["Scans and order", "scan_sum scan_prod scan_max scan_min scan_and scan_or scan_xor sort arg_sort top_k arg_top_k butterfly fwht"],
  ["Arithmetic", "add sub mul mul_hi div rem neg fma min max clamp abs sign select"],
  ["Comparison", "eq ne lt le gt ge"],
  ["Bits", "and or xor not shl shr popcount clz ctz bitcast"],
  ["Functions of floats", "exp exp2 log log2 sqrt rsqrt pow sin cos tanh erf floor ceil trunc round"],
];

const cell = (text: string): string => text.replaceAll("|", "\\|");
const code = (text: string): string => `\`${cell(text)}\``;
const row = (...cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** What an operand or attribute is, in a word: where it lies, or of what kind it is. */
function kindOf(i: Instruction, key: string): string {
  const operand = i.operands[key];
  if (operand) return operand.spaces.map((s) => ({ reg: "tile", shared: "shared", global: "tensor" })[s]).join(" or ");
  return { int: "int", ints: "list", axes: "int or list", number: "number", bool: "bool", name: "word", dtype: "type", packing: "packing", layout: "layout", scalar: "scalar", scalars: "scalars" }[i.attrs[key].kind];
}

/** `name(x: tile, y: tile, acc?: tile)`; those made by syntax show no call. */
function call(i: Instruction): string {
  const parts = namesOf(i).map((key) => `${key}${(i.operands[key] ?? i.attrs[key]).optional ? "?" : ""}: ${kindOf(i, key)}`);
  return i.hidden ? `${i.name} (${parts.join(", ")})` : `${i.name}(${parts.join(", ")})`;
}

/** The row of an instruction: its call, its sentence with those of its arguments, an example. */
function instruction(i: Instruction): string {
  const details = [...Object.entries(i.operands), ...Object.entries(i.attrs)].flatMap(([key, s]) => (s.doc ? [`\`${key}\`: ${s.doc}`] : []));
  return row(code(call(i)), cell([i.doc, ...(details.length ? [`${details.join("; ")}.`] : []), ...(i.hidden ? ["*Made by syntax, not called.*"] : [])].join(" ")), code(i.example));
}

function instructionTables(): string {
  const told = new Set(topics.flatMap(([, names]) => names.split(" "))), missing = [...instructions.keys()].filter((n) => !told.has(n));
  return [...topics, ...(missing.length ? [["Others", missing.join(" ")] as const] : [])].flatMap(([title, names]) => [
    `### ${title}`, "", row("call", "what it does", "example"), row("---", "---", "---"),
    ...names.split(" ").flatMap((n) => { const i = instructions.get(n); return i ? [instruction(i)] : []; }), "",
  ]).join("\n").trimEnd();
}

/** `name(shape…, ranks?)`. */
const signature = (name: string, b: Builtin): string => `${name}(${b.slots.map((s) => `${s.name}${s.rest ? "…" : ""}${b.optional?.includes(s.name) ? "?" : ""}`).join(", ")})`;

const functionTable = (): string => [
  row("call", "what it gives", "example"), row("---", "---", "---"), ...Object.entries(builtins).map(([name, b]) => row(code(signature(name, b)), cell(b.doc), code(b.example))),
].join("\n");

const devices = ["nvidia", "amd", "apple", "lavapipe", "swiftshader"] as const, halves = ["nvidia", "amd", "apple"] as const;

/** Types of the reference's table of ways, those beside each other that are decoded alike in one row. */
const decoded = ["u1 u2 u3 u4 u5 u6 u7 u8", "i2 i3 i4 i5 i6 i7 i8", "b1 b2 b3 b4 b5 b6 b7 b8", "f4e2m1", "f6e2m3", "f6e3m2", "f8e4m3", "f8e5m2"];

/** Which way from codes to numbers each device is given by the rates that are assumed of it. */
function decodingTable(): string {
  const ways = (name: string): string => {
    const t = dtype(name), whole = t.kind === "uint" || t.kind === "int" || t.kind === "bipolar";
    const to32 = devices.map((d) => chooseDecoder(t, { rates: defaultRates[d], halfSubnormals: d === "lavapipe" || d === "swiftshader" }).decoder.name);
    return [...to32, ...halves.map((d) => (whole ? chooseHalfDecoder(t, defaultRates[d]).decoder.name : "by f32"))].join(" | ");
  };
  const rows = decoded.flatMap((list) => {
    const groups: { names: string[]; ways: string }[] = [];
    for (const name of list.split(" ")) { const w = ways(name), last = groups.at(-1); if (last?.ways === w) last.names.push(name); else groups.push({ names: [name], ways: w }); }
    return groups.map(({ names, ways: w }) => row(names.length > 2 ? `${names[0]} … ${names[names.length - 1]}` : names.join(" "), w));
  });
  const heads = ["codes", ...devices, ...halves.map((d) => `${d}, to f16`)];
  return [row(...heads), row(...heads.map(() => "---")), ...rows].join("\n");
}

/** The generated parts by name. */
export const parts = (): Readonly<Record<string, string>> => ({
  instructions: instructionTables(), functions: functionTable(), decoding: decodingTable(), words: keywords.map((w) => `\`${w}\``).join(" "),
});

/** The text with its generated parts as they have to be. */
export const updated = (text: string): string =>
  Object.entries(parts()).reduce((t, [name, part]) => t.replace(new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- end -->)`), (_, open: string, close: string) => `${open}\n${part}\n\n${close}`), text);
