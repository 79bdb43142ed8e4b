// `bitloom inspect FILE --layouts`: which thread holds which element of every tile, where layouts don't fit each other, what it costs to
// bring one into the other, and both sides as pictures.
import { locate, type Span } from "../diagnostic.ts";
import { conversion, drawText, slotCount, threadCount, type Conversion, type RegisterLayout } from "../layout/index.ts";
import { decompose, eachStmt, fold, infer, type Converted, type Inst, type Program, type Value } from "../vm/index.ts";

/** Tiles of this many elements are drawn; larger ones are told in words. */
const drawn = 1024;

/** A register tile with its layout. */
export interface LaidOut { readonly name: string; readonly dtype: string; readonly shape: readonly unknown[]; readonly layout: RegisterLayout | null; readonly words: string }

/** What a conversion costs a block: words of workgroup memory are 4 bytes, one for each element. `again`: threads read the tensor in the new layout instead. */
export interface Price { readonly kind: Conversion["kind"] | "again"; readonly bytes: number; readonly shuffles: number; readonly barriers: number; readonly cost: number }

/** A conversion that inference inserted, or that the author wrote. */
export interface Conversions { readonly name: string; readonly dtype: string; readonly written: boolean; readonly user: string; readonly span: Span | undefined; readonly from: RegisterLayout; readonly to: RegisterLayout; readonly price: Price }

export interface LayoutsOf { readonly tiles: readonly LaidOut[]; readonly conversions: readonly Conversions[] }

const wordsOf = (l: RegisterLayout | null): string =>
  l ? `${threadCount(l)} threads × ${slotCount(l)} slots; modes [${l.modeShape.join(", ")}], spatial [${l.spatialModes.join(", ")}], local [${l.localModes.join(", ")}]` : "no layout";

const AGAIN: Price = { kind: "again", bytes: 0, shuffles: 0, barriers: 0, cost: 0 };

/** Tiles that were loaded from inputs: nothing keeps a thread from loading other elements. */
function loaded(p: Program): ReadonlySet<number> {
  const inputs = new Set(p.params.flatMap((q) => (q.kind === "tensor" && q.direction === "in" ? [q.value.id] : []))), tiles = new Set<number>();
  eachStmt(p.body, (s) => {
    if (s.kind !== "inst" || !s.out || !inputs.has(s.operands.x?.id)) return;
    if (s.name === "load") tiles.add(s.out.id); else if (s.out.space === "global") inputs.add(s.out.id);
  });
  return tiles;
}

function priceOf(from: RegisterLayout, to: RegisterLayout, threads: number, subgroup: number | undefined): Price {
  const c = conversion(from, to, { threads, ...(subgroup === undefined ? {} : { subgroup }) });
  return { kind: c.kind, cost: c.cost, bytes: c.kind === "shared" ? 4 * c.elements : 0, shuffles: c.kind === "subgroup" ? c.shuffles : 0, barriers: c.kind === "shared" ? 2 : 0 };
}

/** Layouts and conversions of a Program after inference; `subgroup` is the size of subgroups where a device has one. */
export function layoutsOf(p: Program, subgroup?: number): LayoutsOf {
  const { program, converts } = infer(decompose(fold(p))), tiles: LaidOut[] = [], conversions: Conversions[] = [];
  const inserted = new Map<number, Converted>(converts.map((c) => [c.made.id, c])), nameOf = (v: Value): string => program.names.get(v.id) ?? `%${v.id}`;
  const user = (i: Inst, key: string): string => `${key} of ${i.name}`, free = loaded(program);
  eachStmt(program.body, (s) => {
    if (s.kind !== "inst" || s.out?.space !== "reg") return;
    const { out } = s, layout = out.layout ?? null, x = s.operands.x, by = inserted.get(out.id);
    tiles.push({ name: by ? `${nameOf(by.value)} for ${user(by.user, by.operand)}` : nameOf(out), dtype: out.dtype.name, shape: out.shape, layout, words: wordsOf(layout) });
    if (s.name !== "convert" || !x.layout || !layout) return;
    const price = priceOf(x.layout, layout, p.threads, subgroup), dear = price.kind === "subgroup" || price.kind === "shared";
    conversions.push({ name: nameOf(by ? by.value : out), dtype: out.dtype.name, written: !by, user: by ? user(by.user, by.operand) : "the layout written for it", span: s.span, from: x.layout, to: layout, price: dear && free.has(x.id) ? AGAIN : price });
  });
  return { tiles, conversions };
}

/** Name and type of a tile. */
export const headOf = (r: Pick<LaidOut, "name" | "dtype" | "shape">): string => `${r.name}: ${r.dtype}[${r.shape.join(", ")}]`;

const elements = (l: RegisterLayout): number => l.shape.reduce((a, b) => a * b, 1);
/** Whether a layout is worth a picture. */
export const isDrawn = (l: RegisterLayout | null): l is RegisterLayout => l !== null && l.shape.length > 0 && elements(l) > 1 && elements(l) <= drawn;

/** A price in words. */
export function priceText({ kind, bytes, shuffles, barriers, cost }: Price): string {
  switch (kind) {
    case "none": return "costs nothing: both layouts are one";
    case "again": return "no traffic: its elements are read from the tensor in the new layout";
    case "thread": return `within each thread, about ${cost} moves`;
    case "subgroup": return `${shuffles} ${shuffles === 1 ? "shuffle" : "shuffles"} within subgroups, no barrier`;
    case "shared": return `${bytes} bytes through workgroup memory, ${barriers} barriers`;
    default: return kind satisfies never;
  }
}

/** Two pictures beside each other, each under its title. */
function beside(a: string, b: string): string {
  const left = a.split("\n"), right = b.split("\n"), width = Math.max(...left.map((l) => l.length));
  return Array.from({ length: Math.max(left.length, right.length) }, (_, i) => `    ${(left[i] ?? "").padEnd(width)}   │   ${right[i] ?? ""}`.trimEnd()).join("\n");
}

function conversionText(c: Conversions, sources: ReadonlyMap<string, string>): string {
  const source = c.span && sources.get(c.span.file), line = c.span && source !== undefined ? `, line ${locate(source, c.span.start).line}` : "";
  const head = `  ${c.name} for ${c.user}${line}: ${priceText(c.price)}`;
  const side = (what: string, l: RegisterLayout): string => `${what}: ${threadCount(l)} threads × ${slotCount(l)} slots${isDrawn(l) ? `\n${drawText(l, { rows: 8, columns: 8 })}` : ""}`;
  return `${head}\n${beside(side("from", c.from), side("to", c.to))}`;
}

/** All of it as text. */
export function layoutsText({ tiles, conversions }: LayoutsOf, sources: ReadonlyMap<string, string>): string {
  const all = tiles.map((r) => `${headOf(r)} ${r.words}${isDrawn(r.layout) ? `\n${drawText(r.layout)}` : ""}`).join("\n\n");
  const some = (written: boolean, title: string): string => {
    const own = conversions.filter((c) => c.written === written);
    return own.length ? `\n\n${title}\n\n${own.map((c) => conversionText(c, sources)).join("\n\n")}` : "";
  };
  const bytes = conversions.reduce((n, c) => n + c.price.bytes, 0), shared = conversions.filter((c) => c.price.kind === "shared").length;
  const sum = conversions.length ? `\n\n${conversions.length} ${conversions.length === 1 ? "conversion" : "conversions"}, ${shared} of them through workgroup memory (${bytes} bytes in all)` : "\n\nno conversions";
  return `${all}${some(false, "conversions that were inserted")}${some(true, "conversions that are written")}${sum}`;
}

/** All of it as data. */
export const layoutsData = ({ tiles, conversions }: LayoutsOf): unknown =>
  ({ layouts: tiles.map(({ words: _, ...r }) => r), conversions: conversions.map(({ price, span, ...c }) => ({ ...c, ...price, ...(span ? { span } : {}) })) });
