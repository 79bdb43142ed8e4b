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
export { print, instText, forText, scalarText, layoutText } from "./text-print.ts";
export { read } from "./text-read.ts";
