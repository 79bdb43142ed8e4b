// GGUF's IQ1, IQ2 and IQ3 as numbers: codes of 7 to 11 bits name codewords of four or eight numbers, which signs and scales are put to.
// They are read only; ggml's own order of operations gives ggml's numbers, bit for bit.
import { Bug } from "../../diagnostic.ts";
import { halfValue } from "../../vm/index.ts";
import { grids, type Grid } from "./iq-grids.ts";

/** Elements of a block. */
const BLOCK = 256;

const { fround } = Math;

/** The numbers of all codewords, one after the other. */
function unpacked({ size, bits, levels, words }: Grid): Float32Array {
  const bytes = Uint8Array.from(atob(words), (c) => c.charCodeAt(0)), codes = new Uint16Array(bytes.buffer);
  return Float32Array.from({ length: codes.length * size }, (_, i) => levels[(codes[Math.floor(i / size)] >> (bits * (i % size))) & (2 ** bits - 1)] ?? 0);
}

const tables = new Map<Grid, Float32Array>();
const tableOf = (g: Grid): Float32Array => { const t = tables.get(g) ?? unpacked(g); tables.set(g, t); return t; };

/** Seven signs; the eighth makes their number even. */
function signs7(code: number): number {
  let odd = 0;
  for (let c = code; c > 0; c >>= 1) odd ^= c & 1;
  return code | (odd << 7);
}

/** A block's bytes, and where its numbers go. */
interface Block { readonly v: DataView; readonly at: number; readonly out: Float32Array; readonly to: number }

const scaleOf = ({ v, at }: Block): number => halfValue(v.getUint16(at, true));
const byte = ({ v, at }: Block, i: number): number => v.getUint8(at + i);

/** Writes a codeword of magnitudes with signs, times a scale. */
function signed(b: Block, g: Grid, to: number, code: number, signs: number, scale: number): void {
  const table = tableOf(g), { size } = g;
  for (let j = 0; j < size; j++) b.out[b.to + to + j] = fround(scale * table[code * size + j]) * ((signs >> j) & 1 ? -1 : 1);
}

/** Writes a codeword of -1, 0 and 1, shifted and scaled. */
function shifted(b: Block, to: number, code: number, delta: number, scale: number): void {
  const table = tableOf(grids.iq1);
  for (let j = 0; j < 8; j++) b.out[b.to + to + j] = fround(scale * fround(table[code * 8 + j] + delta));
}

/** (1/2 + s) d / 4, the scales of IQ2; of IQ3_XXS half of d. */
const quarter = (d: number, s: number, by = 0.25): number => fround(fround(d * fround(0.5 + s)) * by);

/** Each group of 32 elements in turn; four parts of eight. */
const each = (f: (group: number, part: number) => void): void => { for (let g = 0; g < 8; g++) for (let l = 0; l < 4; l++) f(g, l); };

/** How a block of each type is read. */
const readers: Readonly<Record<string, { readonly bytes: number; read(b: Block): void }>> = {
  iq2_xxs: { bytes: 66, read(b) {
    each((g, l) => {
      const word = b.v.getUint32(b.at + 2 + 8 * g + 4, true);
      signed(b, grids.iq2_xxs, 32 * g + 8 * l, byte(b, 2 + 8 * g + l), signs7((word >>> (7 * l)) & 127), quarter(scaleOf(b), word >>> 28));
    });
  } },
  iq2_xs: { bytes: 74, read(b) {
    each((g, l) => {
      const q = b.v.getUint16(b.at + 2 + 8 * g + 2 * l, true), s = (byte(b, 66 + g) >> (l < 2 ? 0 : 4)) & 15;
      signed(b, grids.iq2_xs, 32 * g + 8 * l, q & 511, signs7(q >> 9), quarter(scaleOf(b), s));
    });
  } },
  iq2_s: { bytes: 82, read(b) {
    each((g, l) => {
      const s = (byte(b, 74 + g) >> (l < 2 ? 0 : 4)) & 15, code = byte(b, 2 + 4 * g + l) | ((byte(b, 66 + g) << (8 - 2 * l)) & 0x300);
      signed(b, grids.iq2_s, 32 * g + 8 * l, code, byte(b, 34 + 4 * g + l), quarter(scaleOf(b), s));
    });
  } },
  iq3_xxs: { bytes: 98, read(b) {
    each((g, l) => {
      const word = b.v.getUint32(b.at + 66 + 4 * g, true), signs = signs7((word >>> (7 * l)) & 127), scale = quarter(scaleOf(b), word >>> 28, 0.5);
      for (const h of [0, 1]) signed(b, grids.iq3_xxs, 32 * g + 8 * l + 4 * h, byte(b, 2 + 8 * g + 2 * l + h), signs >> (4 * h), scale);
    });
  } },
  iq3_s: { bytes: 110, read(b) {
    each((g, l) => {
      const s = (byte(b, 106 + (g >> 1)) >> (4 * (g & 1))) & 15, high = byte(b, 66 + g), signs = byte(b, 74 + 4 * g + l), scale = fround(scaleOf(b) * (1 + 2 * s));
      for (const h of [0, 1]) signed(b, grids.iq3_s, 32 * g + 8 * l + 4 * h, byte(b, 2 + 8 * g + 2 * l + h) | ((high << (8 - h - 2 * l)) & 256), signs >> (4 * h), scale);
    });
  } },
  iq1_s: { bytes: 50, read(b) {
    each((g, l) => {
      const high = b.v.getUint16(b.at + 34 + 2 * g, true);
      shifted(b, 32 * g + 8 * l, byte(b, 2 + 4 * g + l) | (((high >> (3 * l)) & 7) << 8), high & 0x8000 ? -0.125 : 0.125, fround(scaleOf(b) * (2 * ((high >> 12) & 7) + 1)));
    });
  } },
  iq1_m: { bytes: 56, read(b) {
    const s = [0, 1, 2, 3].map((i) => b.v.getUint16(b.at + 48 + 2 * i, true)), d = halfValue((s[0] >> 12) | ((s[1] >> 8) & 0xf0) | ((s[2] >> 4) & 0xf00) | (s[3] & 0xf000));
    each((g, l) => {
      const high = byte(b, 32 + 2 * g + (l >> 1)) >> (4 * (l & 1)), scale = (s[g >> 1] >> (6 * (g & 1) + 3 * (l >> 1))) & 7;
      shifted(b, 32 * g + 8 * l, byte(b, 4 * g + l) | ((high & 7) << 8), high & 8 ? -0.125 : 0.125, fround(d * (2 * scale + 1)));
    });
  } },
};

/** The numbers of whole blocks. */
export function iqValues(type: string, bytes: Uint8Array): Float32Array {
  const reader = readers[type];
  if (!reader) throw new Bug(`no reader of ${type}`);
  const { bytes: size, read } = reader, blocks = Math.floor(bytes.length / size), out = new Float32Array(blocks * BLOCK), v = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < blocks; i++) read({ v, at: i * size, out, to: i * BLOCK });
  return out;
}
