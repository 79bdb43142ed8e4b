// Lists and numbers on the command line as tensors.
import { expect, test } from "vitest";
import { bitloom } from "./support.ts";

const add = (x: string, y = "0.5") => bitloom(["run", "examples/vector_add/vector_add.loom", "--on", "interpreter", "--in", `x=${x}`, "--in", `y=${y}`]);

test("a list is a tensor, a number is as many as are needed", async () => {
  expect((await add("[1, 2, 3]")).out).toContain("1.5 2.5 3.5");
  expect((await add("[-inf, 1e-3,.5]", "[1,2,3]")).out).toContain("-Infinity 2.001 3.5");
  expect((await add("[]")).code).toBe(0);
  const nested = await bitloom(["run", "examples/transpose/transpose.loom", "--on", "interpreter", "--set", "T=i8", "--in", "x=[[1, 2, 3], [4, 5, 6]]"]);
  expect(nested.out).toContain("1 4 2 5 3 6");
});

test.each([
  ["[[1,2],[3]]", "rows differ in length"], ["[[1,2],3]", "not of one depth"], ["[1,[2]]", "not of one depth"], ["[1,,2]", "is no number"], ["[1", "is"], ["[1] 2", "something follows"], ["[a]", "a is no number"], ["[[[", "isn't closed"],
])("%s is no list", async (x, why) => {
  const ran = await add(x);
  expect([ran.code, ran.err.includes("is no list of numbers") && ran.err.includes(why)]).toEqual([2, true]);
});
