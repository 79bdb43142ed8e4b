// Every instruction's example is a statement that compiles, and so do the functions of the language.
import { describe, expect, test } from "vitest";
import { builtins } from "../../lang/index.ts";
import { instructions } from "../../vm/index.ts";
import { elaborate } from "./support.ts";

/** Examples speak of v, x, y, s, q, p, acc and count; they stand in a block, so they may define names again. */
const kernel = (statement: string): string => `kernel t(x: f32[64, 64], q: u3[64, 64], out y: f32[64, 64]) grid (g in 1) threads 64 {
  shared s: f32[64, 64]
  let v = load(x)
  let p = load(bits_of(q)[0])
  var acc: f32[64, 64] = 0
  var count: i32[64, 64] = 0
  if true {
    ${statement}
  }
}`;

describe("instructions", () => {
  test.each([...instructions.values()].map((i) => [i.name, i.example] as const))("%s: %s", (name, example) => {
    const { program, diagnostics } = elaborate(kernel(example));
    expect(diagnostics.map((d) => `${d.code} ${d.message} ${d.label ?? ""}`)).toEqual([]);
    expect(JSON.stringify(program?.body.flatMap((s) => (s.kind === "inst" ? [s.name] : [])))).toContain(`"${name}"`);
  });
});

describe("functions", () => {
  test.each(Object.entries(builtins).map(([name, b]) => [name, b.example] as const))("%s: %s", (name, example) => {
    expect(example.startsWith(`${name}(`)).toBe(true);
    const codes = (statement: string): string[] => elaborate(kernel(statement)).diagnostics.map((d) => d.code);
    if (!example.includes(" == ")) return expect(codes(`const c = ${example}`)).toEqual([]);
    expect(codes(`require ${example}`)).toEqual([]);
    expect(codes(`require ${example.replace("==", "!=")}`)).toEqual(["T0103"]);
  });
});
