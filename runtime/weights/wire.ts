// The wire form of protocol buffers, read by range: fields of a message one after the other, the bytes of long ones left where they are.
// Libraries (protobufjs, @bufbuild/protobuf, onnx-proto) take a message as bytes in memory and copy every tensor out of it; a model of
// gigabytes needs the places of its tensors, and no more.
import type { Cursor } from "./cursor.ts";

/** A field of a message: a number, or bytes that lie at `begin`. */
export interface Field {
  readonly number: number;
  /** 0 varint, 1 eight bytes, 2 bytes of a length, 5 four bytes. */
  readonly wire: number;
  /** The value of a varint, as 64 bits of two's complement; 0 for others. */
  readonly value: bigint;
  /** First byte of the contents, and how many there are. */
  readonly begin: number;
  readonly length: number;
}

/** A number of up to ten bytes, seven bits in each, lowest first. */
export async function varint(c: Cursor, bad: (message: string) => never, what: string): Promise<bigint> {
  const at = c.at, b = await c.peek(Math.min(10, c.left), what);
  let low = 0, i = 0, high = 0n;
  for (; i < b.length; i++) {
    const part = (b[i] ?? 0) & 127;
    if (i < 4) low += part * 2 ** (7 * i); else high += BigInt(part) << BigInt(7 * i);
    if ((b[i] ?? 0) < 128) { c.skip(i + 1, what); return BigInt.asIntN(64, high + BigInt(low)); }
  }
  return bad(`the number at byte ${at}, ${what}, ${b.length < 10 ? "is cut off" : "has more than ten bytes"}`);
}

/**
 * The fields of the message from the cursor's place up to `end`. Whoever takes a field may move the cursor inside its contents.
 * @param what names the message in errors
 */
export async function* fields(c: Cursor, end: number, bad: (message: string) => never, what: string): AsyncGenerator<Field> {
  while (c.at < end) {
    const at = c.at, tag = await varint(c, bad, `a tag of ${what}`), wire = Number(tag & 7n), number = Number(BigInt.asUintN(64, tag) >> 3n);
    if (number < 1 || number > 0x1fffffff) bad(`the tag at byte ${at} of ${what} has the field number ${number}`);
    const value = wire === 0 ? await varint(c, bad, `field ${number} of ${what}`) : 0n;
    const told = wire === 2 ? await varint(c, bad, `the length of field ${number} of ${what}`) : 0n;
    const length = wire === 1 ? 8 : wire === 5 ? 4 : wire === 2 ? Number(BigInt.asUintN(64, told)) : 0, begin = c.at;
    if (wire !== 0 && wire !== 1 && wire !== 2 && wire !== 5) bad(`the tag at byte ${at} of ${what} has the unknown wire type ${wire}`);
    if (begin > end || !(length <= end - begin)) bad(`field ${number} of ${what} at byte ${at} takes ${length} bytes, but ${Math.max(0, end - begin)} are left`);
    yield { number, wire, value, begin, length };
    c.at = begin + length;
  }
}
