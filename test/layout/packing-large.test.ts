// A matrix as large as a checkpoint's goes through the fast paths of pack and unpack and comes back; how fast, `npm run bench -- packing` tells.
import { expect, test } from "vitest";
import { axis, bit, chain, dense, digit, digits, flat, local, numbers, address, pack, packed, planes, planesBlocked, spatial, unpack, type Packing } from "../../layout/index.ts";

const n = 1024, k = axis(0), f = flat([digit(k, { mod: 32 }), bit]);
const codes = Uint8Array.from({ length: n * n }, (_, i) => Math.imul(i, 2654435761) >>> 29);
const packings: [string, Packing][] = [
  ["dense", dense(2)], ["planes", planes(2)], ["planes(32)", planesBlocked(2, 32)], ["packed(L)", packed(chain(local(4, 1), spatial(8, 8), local(1, 8)))],
  ["GPTQ's", digits([digit(k, { div: 32 }), digit(f, { div: 32 }), axis(1), digit(f, { mod: 32 })])],
];

test.each(packings)("%s", (_, p) => {
  const there = pack(p, 3, [n, n], codes), back = unpack(p, 3, [n, n], there);
  expect(Buffer.compare(Uint8Array.from(back), codes)).toBe(0);
  for (let i = 0; i < 50; i++) {
    const e = Math.imul(i, 40503 * 331) >>> 8, index = [Math.floor((e % (n * n)) / n), e % n], b = i % 3, at = address(p, 3, numbers, [n, n], index, b);
    expect((there[at.word] >>> at.bit) & 1).toBe((codes[index[0] * n + index[1]] >>> b) & 1);
  }
});
