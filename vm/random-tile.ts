// Chance from a seed: numbers, and tiles of them for trying kernels out.
import type { DType } from "./dtype.ts";
import { makeTile, type Tile } from "./tile.ts";

/** Uniform in [0, 1) from a seed (mulberry32). */
export function chance(seed: number): () => number {
  let s = seed >>> 0;
  return () => {
    s = (s + 0x6d2b79f5) >>> 0;
    let t = Math.imul(s ^ (s >>> 15), s | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Random elements: uniform in [-1, 1) for wide floats, else any code that means a finite number; wide integers stay below 2^16.
 * @example
 * ```ts
 * randomTile(dtype("u3"), [4], 7).data.every((code) => code < 8); // => true
 * ```
 */
export function randomTile(type: DType, shape: readonly number[], seed: number): Tile {
  const tile = makeTile(type, shape), next = chance(seed);
  const wide = type.bits > 8, float = type.kind === "float";
  const finite = wide ? [] : Array.from({ length: 2 ** type.bits }, (_, c) => c).filter((c) => Number.isFinite(type.decode(c)));
  for (let i = 0; i < tile.data.length; i++) {
    const x = next();
    const value = float ? 2 * x - 1 : Math.floor(x * Math.min(type.max + 1, 65536));
    const code = wide ? type.encode(value) : finite[Math.floor(x * finite.length)] ?? 0;
    tile.data[i] = type.storage ? code : type.decode(code);
  }
  return tile;
}
