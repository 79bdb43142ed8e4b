// A TensorProto of ONNX: sizes, type, and its bytes in one of three places: raw, as typed numbers, or in a file beside the model.
import { fail } from "../../diagnostic.ts";
import type { ByteSource } from "../files/source.ts";
import { Cursor } from "./cursor.ts";
import type { StoredPart } from "./file.ts";
import { count, show, sizes, storedBytes } from "./storage.ts";
import { fields, varint, type Field } from "./wire.ts";

/** Bitloom's names of ONNX's types by number. Text (8) is no tensor of numbers. */
const types: readonly (string | undefined)[] = [
  undefined, "f32", "u8", "i8", "u16", "i16", "i32", "i64", undefined, "bool", "f16", "f64", "u32", "u64", "c64", "c128", "bf16",
  "f8e4m3", "f8e4m3_fnuz", "f8e5m2", "f8e5m2_fnuz", "u4", "i4", "f4e2m1", "e8m0", "u2", "i2",
];
const TEXT = 8;

/** Fields with typed numbers: how many bytes one takes, or that it is a varint. */
const typed: Readonly<Record<number, 4 | 8 | "varint">> = { 4: 4, 5: "varint", 7: "varint", 10: 8, 11: "varint" };

/** How a model is read: where errors go, and how files beside it are found. */
export interface OnnxContext {
  readonly source: ByteSource;
  readonly bad: (message: string, help?: string) => never;
  /** Opens a file beside the model, once. */
  readonly outside: (name: string) => Promise<ByteSource>;
}

/** Short text of a field. */
export async function text(c: Cursor, f: Field, ctx: OnnxContext, what: string, most = 1 << 16): Promise<string> {
  if (f.wire !== 2) return ctx.bad(`${what} at byte ${f.begin} is no text`);
  if (f.length > most) return ctx.bad(`${what} at byte ${f.begin} has ${f.length} bytes; ${most} are the most`);
  return new TextDecoder().decode(await c.bytes(f.length, what));
}

/** A field of integers, one or packed. @param most how many there may be */
async function integers(c: Cursor, f: Field, ctx: OnnxContext, what: string, into: number[], most: number): Promise<void> {
  const add = (v: bigint): void => {
    if (v < 0n || v > BigInt(Number.MAX_SAFE_INTEGER)) ctx.bad(`${what} at byte ${f.begin} is ${v}`);
    if (into.length >= most) ctx.bad(`${what} at byte ${f.begin}: there are more than ${most}`);
    into.push(Number(v));
  };
  if (f.wire === 0) add(f.value);
  else for (const end = f.begin + f.length; c.at < end;) add(await varint(c, ctx.bad, what));
}

/** Where the numbers of a typed field are: bytes as they are, or varints. */
interface Run { readonly begin: number; readonly length: number; readonly of: 4 | 8 | "varint"; readonly single: bigint | undefined }

interface Raw { name: string; readonly dims: number[]; type: number; raw: Field | undefined; readonly runs: Run[]; readonly outside: Map<string, string>; external: boolean }

async function read(c: Cursor, end: number, ctx: OnnxContext, what: string): Promise<Raw> {
  const t: Raw = { name: "", dims: [], type: 0, raw: undefined, runs: [], outside: new Map(), external: false };
  for await (const f of fields(c, end, ctx.bad, what)) {
    const of = typed[f.number];
    if (f.number === 1) await integers(c, f, ctx, `a size of ${what}`, t.dims, 64);
    else if (f.number === 2) t.type = Number(f.value);
    else if (f.number === 8) t.name = await text(c, f, ctx, `the name of ${what}`);
    else if (f.number === 9) t.raw = f.wire === 2 ? f : ctx.bad(`raw_data of ${what} at byte ${f.begin} is no run of bytes`);
    else if (f.number === 14) t.external = f.value === 1n;
    else if (of) t.runs.push({ begin: f.begin, length: f.length, of, single: f.wire === 0 ? f.value : undefined });
    else if (f.number === 13) {
      let key = "", value = "";
      for await (const e of fields(c, f.begin + f.length, ctx.bad, `external_data of ${what}`)) { if (e.number === 1) key = await text(c, e, ctx, "a key"); else if (e.number === 2) value = await text(c, e, ctx, "a value"); }
      t.outside.set(key, value);
    }
  }
  return t;
}

/** Bytes of an element that typed numbers become. */
const widths: Readonly<Record<string, number>> = { u16: 2, i16: 2, f16: 2, bf16: 2, i32: 4, u32: 4, i64: 8, u64: 8 };

/** Typed numbers as bytes: each varint becomes the lowest bytes of its number, as wide as an element. */
async function gather(t: Raw, length: number, type: string, where: string, ctx: OnnxContext): Promise<Uint8Array> {
  const out = new Uint8Array(length), view = new DataView(out.buffer), width = widths[type] ?? 1;
  let at = 0;
  const room = (n: number): void => { if (at + n > length) ctx.bad(`${where} has more numbers than its sizes say`); };
  const put = (v: bigint): void => {
    room(width);
    if (width === 8) view.setBigInt64(at, v, true); else if (width === 4) view.setInt32(at, Number(BigInt.asIntN(32, v)), true); else if (width === 2) view.setInt16(at, Number(BigInt.asIntN(16, v)), true); else view.setInt8(at, Number(BigInt.asIntN(8, v)));
    at += width;
  };
  for (const r of t.runs) {
    if (r.single !== undefined) { put(r.single); continue; }
    if (r.of !== "varint") { room(r.length); out.set(await ctx.source.read(r.begin, r.length), at); at += r.length; continue; }
    const c = new Cursor(ctx.source, ctx.bad, r.begin, r.begin + r.length);
    while (c.left > 0) put(await varint(c, ctx.bad, where));
  }
  return at === length ? out : ctx.bad(`${where} has ${at} bytes of numbers, and its sizes take ${length}`);
}

/** A number in text, of external_data. */
const numberOf = (t: Raw, key: string, other: number, where: string, ctx: OnnxContext): number => {
  const said = t.outside.get(key);
  if (said === undefined) return other;
  const n = /^\d{1,16}$/.test(said) ? Number(said) : NaN;
  return Number.isSafeInteger(n) ? n : ctx.bad(`${where}: its ${key} is ${show(said)}, which is no number of bytes`);
};

/**
 * Reads the TensorProto of `length` bytes at the cursor.
 * @param called its name, where it has none of its own
 * @returns undefined for text, which holds no numbers
 */
export async function tensorProto(c: Cursor, length: number, ctx: OnnxContext, called: string | undefined): Promise<StoredPart | undefined> {
  const begin = c.at, t = await read(c, begin + length, ctx, `the tensor at byte ${begin}`), stored = called ?? t.name, where = `tensor ${show(stored)} at byte ${begin}`;
  if (stored === "") return ctx.bad(`the tensor at byte ${begin} has no name`);
  if (t.type === TEXT) return undefined;
  const type = types[t.type];
  if (type === undefined) return fail({ code: "H0203", message: `${ctx.source.name}: ${where} has the unknown type ${t.type}`, help: `types that are known: ${types.filter((x) => x !== undefined).join(" ")}` });
  const bytes = storedBytes(type, t.dims);
  if (bytes === undefined) return ctx.bad(`${where} has the sizes ${sizes(t.dims)}, too many`);
  const part = { name: "data", stored, type, shape: Object.freeze(t.dims), length: bytes };
  if (t.external) {
    const name = t.outside.get("location") ?? ctx.bad(`${where} lies outside, and doesn't say in which file`), file = await ctx.outside(name.replace(/^\.\//, "")), offset = numberOf(t, "offset", 0, where, ctx), given = numberOf(t, "length", bytes, where, ctx);
    if (given !== bytes) return ctx.bad(`${where}: ${type}${sizes(t.dims)} takes ${bytes} bytes, and its external data has ${given}`);
    if (offset + bytes > file.size) return ctx.bad(`${where}: its bytes ${offset} to ${offset + bytes} lie behind the end of ${file.name}, which has ${file.size}`, "that file seems cut off, or belongs to another model; fetch both again");
    return Object.freeze({ ...part, offset, file: file.name, bytes: (from: number, n: number) => file.read(offset + from, n) });
  }
  if (t.raw) {
    const { begin: offset, length: has } = t.raw;
    if (has !== bytes) return ctx.bad(`${where}: ${type}${sizes(t.dims)} takes ${bytes} bytes, and its raw_data at byte ${offset} has ${has}`);
    return Object.freeze({ ...part, offset, file: ctx.source.name, bytes: (from: number, n: number) => ctx.source.read(offset + from, n) });
  }
  const [run] = t.runs;
  if (t.runs.length === 1 && run && run.of !== "varint" && run.length === bytes) return Object.freeze({ ...part, offset: run.begin, file: ctx.source.name, bytes: (from: number, n: number) => ctx.source.read(run.begin + from, n) });
  // A varint has a byte at least, so sizes that pass the bytes there are can be refused before anything is kept.
  const numbers = t.runs.reduce((n, r) => n + (r.single !== undefined ? 1 : r.of === "varint" ? r.length : r.length / r.of), 0);
  if ((count(t.dims) ?? Infinity) > numbers * (type === "u2" || type === "i2" ? 4 : type === "u4" || type === "i4" || type === "f4e2m1" ? 2 : 1)) return ctx.bad(`${where}: ${type}${sizes(t.dims)} has more elements than the ${numbers} numbers that the file can hold for it`);
  return Object.freeze({ ...part, offset: undefined, file: ctx.source.name, bytes: async (from: number, n: number) => (await gather(t, bytes, type, where, ctx)).subarray(from, from + n) });
}
