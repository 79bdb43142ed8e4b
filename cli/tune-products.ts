// `bitloom tune --product`: the ways in which matmul cuts its work, against each other, for given or for usual products.
import { close, matmul, open, uploadQuantised, type Device, type MatmulFactor, type Records, type TuneProgress, type TuningRecord } from "../runtime/index.ts";
import { chance, dtype, randomTile, tileCodes } from "../vm/index.ts";
import { usage, type Args } from "./command.ts";
import type { Progress } from "./progress.ts";

/** A product x[M, K] · w[N, K]ᵀ of these types; a group of 0 is a factor without scales. */
export interface ProductCase { readonly M: number; readonly N: number; readonly K: number; readonly x: string; readonly w: string; readonly group: number }

/** Products that most people have: one token, a few, a prompt; layers of small models. */
export const usual: readonly ProductCase[] = [
  ...[["f32", "u4", 64], ["f32", "i4", 32], ["f32", "u2", 64], ["f32", "u8", 64], ["f32", "f16", 0], ["f32", "f32", 0]] as const,
].flatMap(([x, w, group]) => [[1, 1024], [16, 1024], [64, 1024], [1, 2048], [1, 4096]].map(([M, n]): ProductCase => ({ M, N: n, K: n, x, w, group })));

const number = (text: string, flag: string, least: number): number => {
  const n = Number(text);
  return Number.isSafeInteger(n) && n >= least && n < 2 ** 20 ? n : usage(`'--${flag} ${text}' is no number of at least ${least}`, `write --${flag} ${Math.max(64, least)}`);
};

/** The products that the flags ask for. */
export function casesOf(args: Args): readonly ProductCase[] {
  const w = args.value("type") ?? "u4", x = args.value("x") ?? "f32", group = number(args.value("group") ?? "64", "group", 0);
  for (const name of [w, x]) dtype(name);
  return [...(args.on("usual") ? usual : []), ...args.values("product").map((text): ProductCase => {
    const [M = 0, N = 0, K = 0, ...more] = text.split(/[x×,]/).map(Number);
    if (more.length || [M, N, K].some((n) => !Number.isSafeInteger(n) || n < 1 || n >= 2 ** 20)) usage(`'--product ${text}' isn't three sizes`, "write --product 1x4096x4096: rows of x, columns of the result, and what is summed over");
    return { M, N, K, x, w, group: dtype(w).kind === "float" && dtype(w).bits > 8 ? 0 : group };
  })];
}

/** A factor of random codes, with scales in groups along K where it has any; unsigned ones have zero points, too. */
async function factor(device: Device, type: string, rows: number, K: number, group: number, seed: number): Promise<MatmulFactor & { dispose(): void }> {
  const codes = tileCodes(randomTile(dtype(type), [rows, K], seed)), next = chance(seed);
  if (group === 0) return device.tensor(type, [rows, K], codes, { as: "codes" });
  const groups = Math.ceil(K / group), middle = 2 ** (dtype(type).bits - 1), numbers = (of: () => number): Float32Array => Float32Array.from({ length: rows * groups }, of);
  return uploadQuantised(device, {
    type, shape: [rows, K], axis: 1, group, scaleShape: [rows, groups], scaleType: "f32", codes: Uint8Array.from(codes), scales: numbers(() => 0.01 + next() / 100), zeros: dtype(type).kind === "uint" ? numbers(() => middle) : undefined, offsets: undefined,
  });
}

/** Tunes products one after the other until it is asked to stop; gives what the records then say. */
export async function tuneProducts(cases: readonly ProductCase[], adapter: string | undefined, all: Records, bar: Progress, stop: AbortSignal): Promise<{ readonly device: string; readonly records: readonly (readonly [ProductCase, TuningRecord])[] }> {
  const device = await open(adapter === undefined ? {} : { adapter }), records: (readonly [ProductCase, TuningRecord])[] = [], seen: TuningRecord[] = [];
  const see = <T extends TuningRecord | undefined>(r: T): T => { if (r) seen.push(r); return r; };
  device.measured.records = { ...all, own: async (key) => see(await all.own(key)), keep: (r) => all.keep(see(r)) };
  try {
    for (const [i, c] of cases.entries()) {
      if (stop.aborted) break;
      const progress = ({ step, done, total }: TuneProgress): void => { bar.at(i + (Number(step === "time") + done / total) / 2, cases.length); };
      bar.at(i, cases.length);
      seen.length = 0;
      const x = await factor(device, c.x, c.M, c.K, 0, 1), w = await factor(device, c.w, c.N, c.K, c.group, 2);
      try { (await matmul(x, w, { tune: { signal: stop, progress } })).dispose(); } finally { x.dispose(); w.dispose(); }
      const found = seen.at(-1);
      if (found?.done) records.push([c, found]);
    }
    return { device: device.info.name, records };
  } finally {
    device.destroy();
    await close();
  }
}
