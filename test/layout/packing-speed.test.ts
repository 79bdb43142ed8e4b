// A checkpoint's matrix is packed while its user waits: 16 million weights of 3 bits in at most 1.5 seconds, each way.
import { expect, test } from "vitest";
import { axis, bit, chain, dense, digit, digits, flat, local, numbers, address, pack, packed, planes, planesBlocked, spatial, unpack, type Packing } from "../../layout/index.ts";

const n = 4096, k = axis(0), f = flat([digit(k, { mod: 32 }), bit]);
const codes = Uint8Array.from({ length: n * n }, (_, i) => Math.imul(i, 2654435761) >>> 29);
const packings: [string, Packing][] = [
  ["dense", dense(2)], ["planes", planes(2)], ["planes(32)", planesBlocked(2, 32)], ["packed(L)", packed(chain(local(4, 1), spatial(8, 8), local(1, 8)))],
  ["GPTQ's", digits([digit(k, { div: 32 }), digit(f, { div: 32 }), axis(1), digit(f, { mod: 32 })])],
];

/** Milliseconds of the faster of two runs: other work on the machine only ever adds. */
function best<T>(work: () => T): { value: T; ms: number } {
  const run = (): { value: T; ms: number } => { const t = performance.now(), value = work(); return { value, ms: performance.now() - t }; };
  const [a, b] = [run(), run()];
  return a.ms < b.ms ? a : b;
}

test.each(packings)("%s", (_, p) => {
  const there = best(() => pack(p, 3, [n, n], codes)), back = best(() => unpack(p, 3, [n, n], there.value));
  expect(Buffer.compare(Uint8Array.from(back.value), codes)).toBe(0);
  for (let i = 0; i < 50; i++) {
    const e = Math.imul(i, 40503 * 331) >>> 8, index = [Math.floor((e % (n * n)) / n), e % n], b = i % 3, at = address(p, 3, numbers, [n, n], index, b);
    expect((there.value[at.word] >>> at.bit) & 1).toBe((codes[index[0] * n + index[1]] >>> b) & 1);
  }
  expect(there.ms).toBeLessThan(1500);
  expect(back.ms).toBeLessThan(1500);
});
