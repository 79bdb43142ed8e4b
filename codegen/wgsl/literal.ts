// Constants as text, exactly: the shortest decimals that read back as the same number.

const LARGEST = 2 ** 128 - 2 ** 104;

/** Shortest decimals of an f32. */
function shortest(x: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = x.toPrecision(digits);
    // WGSL refuses a decimal above the largest f32, even one that would round to it.
    if (Math.fround(Number(text)) === x && Math.abs(Number(text)) <= LARGEST) return String(Number(text));
  }
  return String(x);
}

const LEAST_NORMAL = 2 ** -126;

/** A finite f32, e.g. `0.1f`, `-4f`, `1e+30f`. Subnormals and -0 keep their bits. */
export function f32Literal(x: number): string {
  if (Object.is(x, -0)) return "-0f";
  const a = Math.abs(x);
  if (a !== 0 && a < LEAST_NORMAL) return `${x < 0 ? "-" : ""}0x${Math.round(a * 2 ** 149).toString(16)}p-149f`;
  return `${shortest(x)}f`;
}

/** A finite f16, e.g. `0.5h`; f16 values are exact in few decimals. */
export const f16Literal = (x: number): string => (Object.is(x, -0) ? "-0h" : `${x}h`);

/** A u32; in hexadecimal where it is likely a mask. */
export const u32Literal = (x: number): string => (x > 255 ? `0x${x.toString(16)}u` : `${x}u`);

/** An i32. */
export const i32Literal = (x: number): string => String(x);
