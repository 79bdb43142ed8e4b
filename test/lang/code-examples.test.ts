// The examples of `explain`: what is called wrong gives the code, what is called right gives nothing.
import { describe, expect, test } from "vitest";
import { check, codes } from "../../lang/index.ts";
import { codeExamples } from "../../lang/code-examples.ts";
import { around } from "./support.ts";

const whole = (snippet: string): string => (/^(kernel|fn|const|import|sequence|format)\b/.test(snippet) ? snippet : around(snippet).replace("(g in 4, e in M)", "(g in 1)"));
const found = (snippet: string): string[] => check(whole(snippet), "x.loom").filter((d) => d.severity === "error").map((d) => d.code);

describe.each(Object.entries(codeExamples))("%s", (code, { wrong, right }) => {
  test("wrong", () => expect(found(wrong)).toContain(code));
  test("right", () => expect(found(right)).toEqual([]));
  test("has a row", () => expect(codes).toHaveProperty(code));
});

test("most codes of statements and types have one", () => expect(Object.keys(codeExamples).length).toBeGreaterThan(55));
