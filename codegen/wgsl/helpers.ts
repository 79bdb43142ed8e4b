// Functions that the text calls where a builtin isn't defined for every value: each one is the interpreter's
// arithmetic, on every driver.
import type { HelperName } from "./text.ts";
import type { Writer } from "./write.ts";

/** Lines of each function, given its name and those of the others. */
const BODIES: { readonly [K in HelperName]: (name: string, of: (h: HelperName) => string) => readonly string[] } = {
  // pack2x16float is undefined from 65520 on: infinities and NaN are put together by hand.
  pack_f16: (name) => [
    `fn ${name}(x: f32) -> u32 {`,
    "  let bits = bitcast<u32>(x);",
    "  let size = bits & 0x7fffffffu;",
    "  let special = select(0x7c00u | ((bits >> 16u) & 0x8000u), 0x7e00u, size > 0x7f800000u);",
    "  return select(pack2x16float(vec2(x, 0f)), special, size >= 0x477ff000u);",
    "}",
  ],
  round_f16: (name, of) => [`fn ${name}(x: f32) -> f32 {`, `  return unpack2x16float(${of("pack_f16")}(x)).x;`, "}"],
  // Halves convert exactly and their sum is rounded once; of whole words some drivers round otherwise.
  to_f32: (name) => [`fn ${name}(x: u32) -> f32 {`, "  return f32(x >> 16u) * 65536f + f32(x & 0xffffu);", "}"],
  to_i32: (name) => [`fn ${name}(x: f32) -> i32 {`, "  return select(i32(x), 0, (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u);", "}"],
  to_u32: (name) => [`fn ${name}(x: f32) -> u32 {`, "  return select(u32(x), 0u, (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u);", "}"],
};

/** The functions that a text turned out to need, an empty line after each. */
export function helperLines(w: Writer): string[] {
  const { helpers } = w.needs;
  const of = (h: HelperName): string => {
    let name = helpers.get(h);
    if (name === undefined) helpers.set(h, (name = w.names.global(h)));
    return name;
  };
  if (helpers.has("round_f16")) of("pack_f16");
  return [...helpers].flatMap(([which, name]) => [...BODIES[which](name, of), ""]);
}
