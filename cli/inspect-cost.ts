// `bitloom inspect FILE --cost`: what a block moves and computes, what each way to make a product of integers would cost on a target,
// which one is taken, how codes become floats, and where threads wait for each other at the banks of workgroup memory.
import { Diagnostic, didYouMean, fail, locate, type Span } from "../diagnostic.ts";
import { baseTarget, defaultRates, lowerProgram, prepare, workgroupTraffic, type DecoderChoice, type PricedProduct, type PricedWay, type Target, type TileAccess, type Work } from "../codegen/index.ts";
import { close, open, profiles, targetOf } from "../runtime/index.ts";
import type { Program } from "../vm/index.ts";
import { targetNames, usage } from "./command.ts";
import { scaled } from "./devices.ts";
import { decodersData, decodersText } from "./inspect-decode.ts";
import { memoryData, memoryOf, memoryText, type Memory } from "./inspect-memory.ts";

/** Lines are no longer. */
const width = 100;

const of = (rates: keyof typeof defaultRates, more: Partial<Target> = {}): Target => ({ ...baseTarget, packedDot: true, rates: defaultRates[rates], ...more });

/** The targets that have a name. All but the least one have packed dot products. */
const targets: Readonly<Record<(typeof targetNames)[number], Target>> = {
  base: baseTarget, nvidia: of("nvidia"), amd: of("amd"), apple: of("apple"),
  lavapipe: of("lavapipe", { subgroup: 8, staticAccesses: profiles.lavapipe.staticAccesses, unrolls: profiles.lavapipe.unrolls, arrayAligns: true, halfSubnormals: true }), swiftshader: of("swiftshader", { subgroup: 4, staticAccesses: profiles.swiftshader.staticAccesses, halfSubnormals: true }),
};

/** The target of this name, or of the device that opens here. */
async function targetNamed(name: string | undefined): Promise<Target> {
  const known = targetNames.find((n) => n === name);
  if (known) return targets[known];
  if (name !== undefined) {
    const near = didYouMean(name, targetNames);
    return usage(`there is no target '${name}'`, near ? `did you mean '${near}'?` : `the targets are ${targetNames.join(", ")}`);
  }
  try {
    const device = await open();
    try { return targetOf(device); } finally { device.destroy(); await close(); }
  } catch (error) {
    if (!(error instanceof Diagnostic)) throw error;
    return fail({ ...error.data, help: `name a target: --target ${targetNames.join(", ")}` });
  }
}

/** A place as people say it, and the text of its line. */
interface Place { readonly file?: string; readonly line?: number; readonly text: string }

/** A product, its place, and how often it stands in the kernel because loops were unrolled. */
type Product = PricedProduct & Place & { readonly times: number };
type Access = TileAccess & Place & { readonly times: number };

export interface Costs { readonly target: Target; readonly threads: number; readonly products: readonly Product[]; readonly decoders: readonly DecoderChoice[]; readonly tiles: ReadonlyMap<string, readonly Access[]>; readonly memory: Memory }

function placeOf(span: Span | undefined, texts: ReadonlyMap<string, string>): Place {
  const source = span && texts.get(span.file);
  if (!span || source === undefined) return { text: "" };
  const { line, text } = locate(source, span.start);
  return { ...(span.file === [...texts.keys()][0] ? {} : { file: span.file }), line, text: text.trim() };
}

/** Like ones as one, in the order of the first. */
function counted<T extends object>(all: readonly T[]): (T & { readonly times: number })[] {
  const found = new Map<string, T & { times: number }>();
  for (const x of all) {
    const key = JSON.stringify(x), old = found.get(key);
    if (old) old.times++; else found.set(key, { ...x, times: 1 });
  }
  return [...found.values()];
}

/**
 * The costs of a kernel on the target of this name; without one, on the device that opens here.
 * @param dims sizes of the launch that are known
 */
export async function costsOf(program: Program, name: string | undefined, texts: ReadonlyMap<string, string>, dims: ReadonlyMap<string, number>): Promise<Costs> {
  const target = await targetNamed(name), prepared = prepare(program).program, { body, products, decoders } = lowerProgram(prepared, target, true);
  const tiles = new Map<string, Access[]>(body.buffers.flatMap((b) => (b.space === "workgroup" ? [[b.name, []] as const] : [])));
  for (const a of counted(workgroupTraffic(body, target.f16))) tiles.get(a.tile)?.push({ ...a, ...placeOf(a.span, texts) });
  return { target, threads: body.threads, products: counted(products).map((p) => ({ ...p, ...placeOf(p.span, texts) })), decoders, tiles, memory: memoryOf(program, prepared, body, target, dims) };
}

const short: Readonly<Record<keyof Work, string>> = { integer: "integer", imul: "imul", fma: "fma", float: "float", f16fma: "f16 fma", popcount: "popcount", packedDot: "packed", packedDotUnsigned: "packed u", convert: "convert", sharedLoad: "shared", tableLoad: "gather", privateLoad: "private", privateStore: "private writes", storageLoad: "storage", storageLoad4: "vectors", longLoad: "long", longerLoad: "longer", trip: "trips", barrier: "barrier" };
const kinds = Object.keys(short) as readonly (keyof Work)[];

/** Words in lines that aren't too long, the first behind `head`, the others below it. */
function wrapped(head: string, text: string): string {
  const lines: string[] = [];
  let line = head;
  for (const word of text.split(" ")) {
    if (line.length + 1 + word.length > width && line.trim() !== "") { lines.push(line); line = " ".repeat(head.length); }
    line += line === head || line.trim() === "" ? word : ` ${word}`;
  }
  return [...lines, line].join("\n");
}

/** The ways as a table: time of a block, work of a thread. */
function waysText({ ways, taken }: PricedProduct): string {
  const priced = ways.filter((w) => w.why === undefined), shown = kinds.filter((k) => priced.some((w) => w.work?.[k]));
  const number = (n: number): string => (n < 1e6 ? String(n) : scaled(n, "").replace(" ", ""));
  const time = ({ seconds: s = 0 }: PricedWay): string => (Number.isFinite(s) ? scaled(s, "s") : "never");
  const rows = priced.map((w): readonly [PricedWay, readonly string[]] => [w, [time(w), ...shown.map((k) => number(w.work?.[k] ?? 0))]]);
  const heads = ["time", ...shown.map((k) => short[k])], wide = heads.map((h, i) => Math.max(h.length, ...rows.map(([, cells]) => cells[i]?.length ?? 0)));
  const name = Math.max(...ways.map((w) => w.name.length)), line = (lead: string, cells: readonly string[]): string => `${lead}${cells.map((c, i) => `  ${c.padStart(wide[i] ?? 0)}`).join("")}`;
  const cells = new Map(rows);
  return [
    line(" ".repeat(name + 4), heads),
    ...ways.map((w) => { const lead = `  ${w.name === taken ? "▸" : " "} ${w.name.padEnd(name)}`, row = cells.get(w); return row ? line(lead, row) : wrapped(`${lead}  `, `no: ${w.why ?? ""}`); }),
  ].join("\n");
}

const where = ({ file, line }: Place): string => (line === undefined ? "somewhere" : `${file === undefined ? "" : `${file}, `}line ${line}`);
const times = (n: number): string => (n === 1 ? "" : `, ${n} times`);
const cut = (text: string): string => (text.length > width ? `${text.slice(0, width - 1)}…` : text);

/** Why a way is taken. One that is the last resort may have the lower price. */
function reason({ asked, taken, ways }: PricedProduct): string {
  const price = ways.find((w) => w.name === taken)?.seconds ?? Infinity, cheaper = ways.find((w) => (w.seconds ?? Infinity) < price);
  return asked ? "asked for" : `the cheapest${cheaper ? ` but ${cheaper.name}, which is taken where there is no other` : ""}`;
}

function productText(p: Product): string {
  return [cut(`${where(p)}│ ${p.text}`), `  ${p.name}(${p.factors.join(", ")}) by ${p.taken}, ${reason(p)}${times(p.times)}`, waysText(p)].join("\n");
}

/** What a tile's accesses take at its banks, a line for each place where threads wait or nobody knows. */
function tileText(name: string, accesses: readonly Access[]): string {
  const slow = accesses.filter((a) => (a.rounds ?? 0) > 1), unknown = accesses.filter((a) => a.rounds === undefined);
  if (!slow.length && !unknown.length) return `  ${name}: no bank conflicts`;
  const round = (n: number): string => `${n} extra ${n === 1 ? "round" : "rounds"}`;
  return [
    ...slow.map((a) => `  ${name}: ${round((a.rounds ?? 1) - 1)} of ${a.rounds} at ${where(a)} (${a.kind}${times(a.times)})`),
    ...unknown.map((a) => `  ${name}: what is read decides the words at ${where(a)} (${a.kind}${times(a.times)})`),
  ].join("\n");
}

/** All of it as text. */
export function costsText({ target: { rates }, threads, products, decoders, tiles, memory }: Costs): string {
  return [
    wrapped("", `for ${rates.of} (rates are ${rates.source}): time of a block of ${threads} threads on a full device, work of a thread at most`),
    memoryText(memory),
    ...(products.length ? products.map(productText) : ["no products of integers"]),
    ...(decoders.length ? [decodersText(decoders)] : []),
    tiles.size ? ["workgroup memory, 32 threads at 32 banks", ...[...tiles].map(([name, a]) => tileText(name, a))].join("\n") : "no workgroup memory",
  ].join("\n\n");
}

/** All of it as data. */
export const costsData = ({ target: { rates }, threads, products, decoders, tiles, memory }: Costs): unknown => ({
  target: { of: rates.of, source: rates.source }, threads, memory: memoryData(memory),
  products: products.map(({ text: _, ways, ...p }) => ({ ...p, ways: ways.map((w) => ({ ...w, ...(w.seconds === undefined || Number.isFinite(w.seconds) ? {} : { seconds: null }) })) })),
  decoders: decodersData(decoders),
  tiles: [...tiles].map(([name, accesses]) => ({ name, accesses: accesses.map(({ text: _, tile: __, ...a }) => ({ ...a, rounds: a.rounds ?? null })) })),
});
