// Every instruction's example is a statement that compiles, and so do the functions of the language.
import { describe, expect, test } from "vitest";
import { builtins } from "../../lang/index.ts";
import { instructions } from "../../vm/index.ts";
import { elaborate, inBlock } from "./support.ts";

describe("instructions", () => {
  test.each([...instructions.values()].map((i) => [i.name, i.example] as const))("%s: %s", (name, example) => {
    const { program, diagnostics } = elaborate(inBlock(example));
    expect(diagnostics.map((d) => `${d.code} ${d.message} ${d.label ?? ""}`)).toEqual([]);
    expect(JSON.stringify(program?.body.flatMap((s) => (s.kind === "inst" ? [s.name] : [])))).toContain(`"${name}"`);
  });
});

describe("functions", () => {
  test.each(Object.entries(builtins).map(([name, b]) => [name, b.example] as const))("%s: %s", (name, example) => {
    expect(example.startsWith(`${name}(`)).toBe(true);
    const codes = (statement: string): string[] => elaborate(inBlock(statement)).diagnostics.map((d) => d.code);
    if (!example.includes(" == ")) return expect(codes(`const c = ${example}`)).toEqual([]);
    expect(codes(`require ${example}`)).toEqual([]);
    expect(codes(`require ${example.replace("==", "!=")}`)).toEqual(["T0103"]);
  });
});
