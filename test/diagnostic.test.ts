// How mistakes are drawn.
import { expect, test } from "vitest";
import { Diagnostic, didYouMean, locate, render } from "../diagnostic.ts";

const at = (source: string, word: string) => ({ file: "k.loom", start: source.indexOf(word), end: source.indexOf(word) + word.length });

test("the caret stands under what is meant, also after tabs", () => {
  const source = "a\n\tlet x = wrong\n";
  expect(render({ code: "N0101", severity: "error", message: "no", span: at(source, "wrong"), label: "here", help: "do" }, source)).toBe(
    "error[N0101]: no\n ┌─ k.loom:2:10\n2│ \tlet x = wrong\n │ \t        ^^^^^ here\n  = help: do");
});

test("of a line without end, the part around the mark is shown", () => {
  const source = `${"x".repeat(5000)} wrong ${"y".repeat(5000)}`, drawn = render({ code: "N0101", severity: "error", message: "no", span: at(source, "wrong") }, source).split("\n");
  expect(drawn.every((l) => l.length < 180)).toBe(true);
  const [shown = "", marks = ""] = drawn.slice(-2);
  expect(shown.slice(marks.indexOf("^"), marks.lastIndexOf("^") + 1)).toBe("wrong");
  const long = { file: "k.loom", start: 0, end: 10_000 };
  expect(render({ code: "N0101", severity: "error", message: "no", span: long }, source).split("\n").at(-1)?.length).toBeLessThan(180);
});

test("what is thrown carries its way out and its place", () => {
  const span = at("x y", "y"), thrown = new Diagnostic({ code: "N0103", message: "no", help: "did you mean 'load'?" });
  expect([thrown.code, thrown.help, thrown.span]).toEqual(["N0103", "did you mean 'load'?", undefined]);
  expect(thrown.at(span)).toMatchObject({ code: "N0103", help: "did you mean 'load'?", span });
});

test("places and slips of the hand", () => {
  expect(locate("ab\ncd", 4)).toEqual({ line: 2, column: 2, text: "cd" });
  expect(locate("", 99)).toEqual({ line: 1, column: 1, text: "" });
  expect(didYouMean("laod", ["load", "store"])).toBe("load");
  expect(didYouMean("zzz", ["load", "store"])).toBeUndefined();
});
