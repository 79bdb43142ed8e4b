// Packings: where each bit of each element lies in a buffer of little-endian u32 words, bit 0 lowest.
//
//     b: u3[k: K, n: N] @ [k / 32, {k % 32, bit} / 32, n, {k % 32, bit} % 32]
//
// One list of digits, from slowest to fastest. From it are derived addresses (for the host, the interpreter and the
// code generator alike), the runs of bits that one shift can take, the collision check, pack, unpack, repack, the
// text and the drawing. This file only gathers them.
export {
  axis, bit, concatPackings, dense, digit, digits, equalPacking, flat, overlay, packed, pad, planes, planesBlocked, planesTiled, range, rankOf, reverse,
  type Cut, type Digit, type Index, type OverlayPiece, type Packing, type Pad,
} from "./packing-types.ts";
export { address, addresser, bitCount, symbols, wordCount, wordCountOf } from "./packing-address.ts";
export { fields, type Field } from "./packing-fields.ts";
export { check, checkAddresses } from "./packing-check.ts";
export { pack, repack, unpack, type Codes } from "./packing-pack.ts";
export { walker, type Packer } from "./packing-walker.ts";
export { lastWordMultiple, padMultiple } from "./packing-pads.ts";
export { runOf, type Run } from "./packing-runs.ts";
export { slab, type Slab } from "./packing-slabs.ts";
export { packedDigits, packedInfo, type PackedInfo } from "./packing-packed.ts";
export { printPacking } from "./packing-print.ts";
export { drawFields, drawFieldsSvg, drawnBits, type DrawnBit, type DrawnField, type DrawOptions as PackingDrawOptions } from "./packing-draw.ts";
