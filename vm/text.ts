// Program text: `print` writes a Program, `read` takes it back. It numbers its values; user names and places are no part of it.
//
//   program twice
//   dims N
//   in %0 x: f32[N] @ dense
//   out %1 y: f32[N] @ dense
//   grid g0 < ((N + 63) / 64)
//   threads 32
//   {
//     %2: global f32[64] = slice(x: %0, offsets: [(g0 * 64)], sizes: [64])
//     %3: f32[64] = load(x: %2)
//     …
//   }
import type { Program } from "./program.ts";
import { isSequence, type Sequence } from "./sequence.ts";
import { sequenceText } from "./sequence-text.ts";
import { programText } from "./text-print.ts";

export { instText, forText, scalarText, layoutText } from "./text-print.ts";
export { read } from "./text-read.ts";
export { readSequence } from "./sequence-text.ts";

/**
 * A Program as text that `read` gives back, or a Sequence as text that `readSequence` gives back, apart from the user's names
 * and places.
 * @example
 * ```ts
 * print(read("program p\ngrid g0 < 1\nthreads 32\n{\n  barrier()\n}\n")) // => "program p\ngrid g0 < 1\nthreads 32\n{\n  barrier()\n}\n"
 * ```
 */
export const print = (p: Program | Sequence): string => (isSequence(p) ? sequenceText(p) : programText(p));
