// Formats: how a quantised tensor is made of packed fields, and what an element's value is. A format is a declaration; loading,
// storing, drawing and checking are derived from it. Here is what a format *is*; how a tensor of it lies in memory and is loaded
// is in format-tensors.ts and format-access.ts.
//
//     q4_0[i: 32]                       a block of 32 elements, 18 bytes
//     ┌──────── d: f16 ─┬─ q: u4[i] ────────────────────────┐
//     │ 16 bits         │ 32 nibbles, i % 16 before i / 16  │      value = (q - 8) * d
//     └─────────────────┴───────────────────────────────────┘
import { Diagnostic, fail, type Span } from "../diagnostic.ts";
import { bit, bitCount, check, checkAddresses, dense, digits, pack, type Packing } from "../layout/index.ts";
import type { FormatEncoding, FormatReading } from "./format-access.ts";
import type { DType } from "./dtype.ts";
import type { Value } from "./program.ts";

/** An axis of a format. With `block`, the elements along it come in blocks of so many. */
export interface FormatAxis {
  readonly name: string;
  readonly block: number | undefined;
}

/** An axis of a field: the index along one of the format's axes, divided by `div`, modulo `mod` if that isn't 0. */
export interface FieldAxis {
  /** What packings call it. */
  readonly name: string | undefined;
  /** Number of the format's axis. */
  readonly axis: number;
  readonly div: number;
  readonly mod: number;
}

/** A field as a declaration gives it. */
export interface FieldSpec {
  readonly name: string;
  readonly doc?: string | undefined;
  readonly dtype: DType;
  /** Without axes there is one for each block, or, beside the blocks, one for the tensor. */
  readonly axes: readonly FieldAxis[];
  /** Over the field's axes, in a block those of one block; `dense` if left out. */
  readonly packing?: Packing | undefined;
  /** True: it has a buffer of its own. */
  readonly beside?: boolean | undefined;
  /** Its first bit in the block; after the field before, at a whole byte, if left out. */
  readonly at?: number | undefined;
  /** Where it is declared, for messages. */
  readonly span?: Span | undefined;
}

/** A field of a format. */
export interface Field {
  readonly name: string;
  readonly doc: string | undefined;
  readonly dtype: DType;
  readonly axes: readonly FieldAxis[];
  readonly packing: Packing;
  /** First bit in the block; undefined for a field beside the blocks. */
  readonly at: number | undefined;
  readonly span: Span | undefined;
}

/** A format with its compile-time parameters. Plain frozen data and two functions. */
export interface Format {
  readonly name: string;
  readonly doc: string;
  readonly axes: readonly FormatAxis[];
  readonly fields: readonly Field[];
  /** Bits of a block, whole bytes; 0 if all fields lie beside. */
  readonly blockBits: number;
  /** The value of each element, in f32 or f16, from the fields of a window. */
  readonly value: (r: FormatReading) => Value;
  /** The fields of whole blocks of f32 numbers, by name. Absent: the format is only read. */
  readonly encode?: ((e: FormatEncoding) => Readonly<Record<string, Value>>) | undefined;
}

/** What a format is declared with. */
export interface FormatSpec {
  readonly name: string;
  readonly doc?: string | undefined;
  readonly axes: readonly FormatAxis[];
  readonly fields: readonly FieldSpec[];
  readonly value: Format["value"];
  readonly encode?: Format["encode"];
}

/**
 * Elements of a block along an axis of a field that lies in it.
 * @example
 * ```ts
 * localExtent({ name: undefined, axis: 0, div: 32, mod: 0 }, [{ name: "i", block: 256 }]); // => 8
 * ```
 */
export function localExtent(a: FieldAxis, axes: readonly FormatAxis[]): number {
  const all = Math.ceil((axes[a.axis]?.block ?? 1) / a.div);
  return a.mod === 0 ? all : Math.min(a.mod, all);
}

/** The packing of a field that has none of its own. */
const plain = (f: FieldSpec): Packing => (f.axes.length ? dense(f.axes.length) : digits([bit]));

/** Fields of a block must lie inside it, each along axes that come in blocks which it cuts evenly. */
function checkAxes(f: FieldSpec, spec: FormatSpec): void {
  for (const a of f.axes) {
    const of = spec.axes[a.axis];
    if (!of) fail({ code: "T0702", message: `field '${f.name}' follows axis ${a.axis}, the format has ${spec.axes.length}`, help: "a field follows the format's own axes" });
    if (f.beside) continue;
    if (of.block === undefined)
      fail({ code: "T0703", message: `field '${f.name}' lies in the block, but axis '${of.name}' has none`, help: `give the axis a block, [${of.name}: 32], or let the field lie beside: beside ${f.name}: …` });
    if (of.block % a.div !== 0)
      fail({ code: "T0703", message: `a block of ${of.block} along '${of.name}' can't be cut into parts of ${a.div} for field '${f.name}'`, help: `choose a divisor of ${of.block}` });
  }
}

/**
 * Declares a format.
 * @throws Diagnostic T0702 (no fields, or two of one name), T0703 (a field that doesn't go with the format's axes), L0212 (two fields in one
 *   bit), L02xx of the packings
 * @example
 * ```ts
 * const q8 = defineFormat({
 *   name: "q8_0", axes: [{ name: "i", block: 32 }],
 *   fields: [
 *     { name: "d", dtype: dtype("f16"), axes: [] },
 *     { name: "q", dtype: dtype("i8"), axes: [{ name: "i", axis: 0, div: 1, mod: 0 }] },
 *   ],
 *   value: (r) => r.b.mul({ x: r.b.cast({ x: r.field("q") }, { to: dtype("f32") }), y: r.field("d") }),
 * });
 * q8.blockBits / 8; // => 34
 * ```
 */
export function defineFormat(spec: FormatSpec): Format {
  if (!spec.fields.length) fail({ code: "T0702", message: `format '${spec.name}' has no fields`, help: "declare what is stored: q: u4[i]" });
  let end = 0;
  const fields = spec.fields.map((f, n): Field => placedAt(f, () => {
    if (spec.fields.findIndex((g) => g.name === f.name) < n) fail({ code: "T0702", message: `format '${spec.name}' has two fields '${f.name}'`, help: "rename one" });
    checkAxes(f, spec);
    const packing = f.packing ?? plain(f), base = { name: f.name, doc: f.doc, dtype: f.dtype, axes: Object.freeze([...f.axes]), packing, span: f.span };
    const extents = f.axes.map((a) => (f.beside ? a.mod || SOME : localExtent(a, spec.axes))), names = f.axes.map((a, i) => a.name ?? `axis ${i}`);
    check(packing, f.dtype.bits, extents, names);
    if (f.beside) {
      checkAddresses(packing, f.dtype.bits, f.axes.map((a, i) => a.mod || `N${i}`));
      return Object.freeze({ ...base, at: undefined });
    }
    const at = f.at ?? Math.ceil(end / 8) * 8;
    if (at < 0) fail({ code: "T0703", message: `field '${f.name}' can't begin at bit ${at}`, help: "a block's bits are numbered from 0" });
    end = Math.max(end, at + bitCount(packing, f.dtype.bits, extents));
    if (end > LARGEST) fail({ code: "T0703", message: `field '${f.name}' makes a block of ${end} bits`, help: `blocks have at most ${LARGEST}` });
    return Object.freeze({ ...base, at });
  }));
  const made: Format = Object.freeze({
    name: spec.name, doc: spec.doc ?? "", axes: Object.freeze(spec.axes.map((a) => Object.freeze(a))), fields: Object.freeze(fields),
    blockBits: Math.ceil(end / 8) * 8, value: spec.value, ...(spec.encode ? { encode: spec.encode } : {}),
  });
  ownersOf(made);
  return made;
}

/** Extent that stands for sizes that a format doesn't know, when a packing is checked. */
const SOME = 96;
/** Bits of a block: what its pictures and checks go through one by one. */
const LARGEST = 2 ** 20;

/** Errors without a place get that of the field. */
function placedAt<T>({ span }: FieldSpec, f: () => T): T {
  try { return f(); } catch (x) { throw x instanceof Diagnostic && span ? x.at(span) : x; }
}

/** Extents of a field in one block. */
export const blockExtents = (f: Field, axes: readonly FormatAxis[]): readonly number[] => f.axes.map((a) => localExtent(a, axes));

/** Which field each bit of a block belongs to; undefined for bits that nobody has. @throws Diagnostic L0212 if two fields share one */
export function ownersOf(f: Pick<Format, "name" | "axes" | "fields" | "blockBits">): readonly (Field | undefined)[] {
  const owners = new Array<Field | undefined>(f.blockBits).fill(undefined);
  for (const field of f.fields) {
    const { at, packing, dtype: { bits } } = field;
    if (at === undefined) continue;
    const extents = blockExtents(field, f.axes), count = extents.reduce((a, b) => a * b, 1);
    const ones = pack(packing, bits, extents, new Uint32Array(count).fill(bits === 32 ? 0xffffffff : 2 ** bits - 1));
    for (let i = 0; i < ones.length * 32; i++) {
      if ((ones[i >>> 5] >>> (i & 31) & 1) === 0) continue;
      const other = owners[at + i];
      if (other) fail({
        code: "L0212", message: `fields '${other.name}' and '${field.name}' of format '${f.name}' share bit ${at + i} of the block`, help: `move one of them: '@ … at ${f.blockBits}' puts it behind the block`,
        span: field.span, ...(other.span ? { labels: [{ span: other.span, message: "the other field" }] } : {}),
      });
      owners[at + i] = field;
    }
  }
  return owners;
}
