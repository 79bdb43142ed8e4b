// How fast the host packs and unpacks, in MB of packed data a second: npm run bench -- packing [PART OF A NAME]
//
// All packings are timed in turn, round by round, so that a slow minute of the machine meets all of them. Wall time is what one waits,
// and on a busy machine counts others' work; "CPU" is this process's own time. Memory for results is asked for anew each time.
import { address, dense, numbers, pack, packed as packedBy, planes, unpack, wordCount, type Packing } from "../layout/index.ts";
import { evaluateLayout, evaluatePacking } from "../lang/index.ts";
import { Wrong } from "./usage.ts";

interface Shape { readonly name: string; readonly packing: Packing; readonly bits: number; readonly extents: readonly number[] }

const K = 2048, N = 4096;
const matrix = (name: string, bits: number, text: string | Packing, extents: readonly number[] = [K, N]): Shape =>
  ({ name, bits, extents, packing: typeof text === "string" ? evaluatePacking(text, ["k", "n", "i"].slice(0, extents.length)) : text });
const blocks = (name: string, bits: number, elements: number, bytes: number, at: number, text: string): Shape =>
  matrix(name, bits, `[{k, n}, (${text})] at ${at} stride ${bytes * 8}`, [K, N / elements, elements]);

const shapes: readonly Shape[] = [
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((b) => matrix(`dense u${b}`, b, dense(2))),
  matrix("planes u3", 3, planes(2)), matrix("planes u4", 4, planes(2)), matrix("planes(32) u3", 3, "planes(32)"), matrix("planes(32) u4", 4, "planes(32)"),
  matrix("AWQ", 4, "[k, n / 8, n % 2, (n / 2) % 4, bit]"),
  matrix("GPTQ 3", 3, "[k / 32, {k % 32, bit} / 32, n, {k % 32, bit} % 32]"), matrix("GPTQ 4", 4, "[k / 32, {k % 32, bit} / 32, n, {k % 32, bit} % 32]"),
  matrix("HQQ 4", 4, `[k % ${K / 2}, n, ~(k / ${K / 2}), bit]`),
  matrix("packed(L) u3", 3, packedBy(evaluateLayout("local(4, 1) * spatial(8, 8) * local(1, 8)"))), matrix("packed(L) u4", 4, packedBy(evaluateLayout("local(4, 1) * spatial(8, 8) * local(1, 8)"))),
  blocks("q4_0, 18 bytes", 4, 32, 18, 16, "[i % 16, i / 16, bit]"),
  blocks("q5_0, 22 bytes", 5, 32, 22, 16, "[i, bit[4 +: 1]] ++ [i % 16, i / 16, bit[0 +: 4]]"),
  blocks("q8_0, 34 bytes", 8, 32, 34, 16, "[i, bit]"),
  blocks("q6_k, 210 bytes", 6, 256, 210, 0, "[i / 128, i % 64, (i / 64) % 2, bit[0 +: 4]] ++ [i / 128, i % 32, (i / 32) % 4, bit[4 +: 2]]"),
];

const median = (xs: readonly number[]): number => [...xs].sort((a, b) => a - b)[xs.length >> 1];
interface Times { readonly wall: number[]; readonly cpu: number[] }

function timed<T>(times: Times, work: () => T): T {
  const cpu = process.cpuUsage(), start = performance.now(), result = work(), used = process.cpuUsage(cpu);
  times.wall.push(performance.now() - start);
  times.cpu.push((used.user + used.system) / 1000);
  return result;
}

/** Times every packing whose name has this part. */
export function packing(part = "", rounds = 9): void {
  const chosen = shapes.filter((s) => s.name.includes(part)).map((s) => {
    const n = s.extents.reduce((a, b) => a * b, 1);
    const codes = Uint8Array.from({ length: n }, (_, i) => Math.imul(i, 2654435761) >>> (32 - s.bits));
    return { ...s, codes, mb: (n * s.bits) / 8e6, words: pack(s.packing, s.bits, s.extents, codes), there: { wall: [], cpu: [] } as Times, back: { wall: [], cpu: [] } as Times };
  });
  if (chosen.length === 0) throw new Wrong(`no packing's name has "${part}" in it; there are ${shapes.map((s) => s.name).join(", ")}`);
  for (let r = 0; r < rounds; r++) for (const s of chosen) {
    timed(s.there, () => pack(s.packing, s.bits, s.extents, s.codes));
    const got = timed(s.back, () => unpack(s.packing, s.bits, s.extents, s.words));
    if (r === 0) {
      if (Buffer.compare(new Uint8Array(got.buffer), s.codes) !== 0) throw new Error(`${s.name} doesn't come back`);
      const { word, bit } = address(s.packing, s.bits, numbers, s.extents, s.extents.map((n) => n - 1), 0);
      if (word >= wordCount(s.packing, s.bits, s.extents) || ((s.words[word] >>> bit) & 1) !== (s.codes[s.codes.length - 1] & 1)) throw new Error(`${s.name} isn't where it should be`);
    }
  }
  const speed = (mb: number, times: Times): string => [median(times.wall), Math.min(...times.wall), median(times.cpu)].map((ms) => (mb / ms * 1000).toFixed(0).padStart(6)).join(" ");
  console.log(`MB/s of packed data, ${K}×${N} elements, ${rounds} rounds: median and best by the wall clock, median by CPU time`);
  console.log(`${"".padEnd(17)}         pack                unpack`);
  for (const s of chosen) console.log(`${s.name.padEnd(17)}${speed(s.mb, s.there)}  ${speed(s.mb, s.back)}`);
}
