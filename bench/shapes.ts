// Shapes that matmuls are timed at: squares, and the lists that others publish, scaled to the machine.
import type { Sizes } from "./numbers.ts";
import { Wrong } from "./usage.ts";

const every = (Ms: readonly number[], NKs: readonly (readonly [N: number, K: number])[]): readonly Sizes[] => NKs.flatMap(([N, K]) => Ms.map((M) => ({ M, N, K })));
const sides = [1024, 2048, 4096];

/** A list, and what a software adapter divides its N and K by. */
interface List { readonly sizes: readonly Sizes[]; readonly scale: number }

/** The lists. */
export const lists: Readonly<Record<string, List>> = {
  quick: { sizes: every([1, 16, 64], [[1024, 1024]]), scale: 1 },
  full: { sizes: every([1, 4, 16, 64, 256], sides.flatMap((N) => sides.map((K) => [N, K] as const))), scale: 1 },
  // Layers of LLaMA-7B at the batches of a decoding step.
  flexq: { sizes: every([1, 2, 4, 8], [[12288, 4096], [4096, 4096], [11008, 4096], [4096, 11008]]), scale: 4 },
  // Layers of Llama-3.3-70B.
  tilus: { sizes: every([1, 16], [[8192, 8192], [57344, 8192], [8192, 28672]]), scale: 8 },
};

/** The sizes of a list's name, or written one by one: "1x1024x1024,16x2048x1024" as M×N×K. @throws Wrong for anything else */
export function shapesOf(text: string, software: boolean): readonly Sizes[] {
  const list = Object.hasOwn(lists, text) ? lists[text] : undefined, by = software ? list?.scale ?? 1 : 1;
  if (list) return list.sizes.map(({ M, N, K }) => ({ M, N: N / by, K: K / by }));
  return text.split(",").map((t) => {
    const [M = 0, N = 0, K = 0, more] = t.trim().split(/[x×]/).map(Number);
    if (more !== undefined || ![M, N, K].every((n) => Number.isInteger(n) && n > 0)) throw new Wrong(`"${t}" is no shape; write M×N×K, such as 1x1024x1024, or a list: ${Object.keys(lists).join(", ")}`);
    return { M, N, K };
  });
}
