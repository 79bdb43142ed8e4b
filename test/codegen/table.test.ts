// What the compiler finds again by numbers: pairs of them, and expressions that are made a second time, also after a table has grown.
import { expect, test } from "vitest";
import { core, pairs } from "../../codegen/loop/core.ts";

test("what is kept by two numbers is found by the same two alone", () => {
  const all = pairs<string>(), near = [-1, 0, 1, 2 ** 16, 2 ** 31 - 1, 2 ** 32 - 1];
  for (let a = 0; a < 60; a++) for (const b of [...near, ...Array.from({ length: 40 }, (_, i) => 64 * i + a)]) all.set(a, b, `${a} ${b}`);
  for (let a = 0; a < 60; a++) for (const b of near) expect(all.get(a, b)).toBe(`${a} ${b}`);
  expect([all.get(60, 0), all.get(0, 2), all.get(1, 64), all.get(64, 1)]).toEqual([undefined, undefined, undefined, undefined]);
  all.set(3, 1, "again");
  expect([all.get(3, 1), all.get(1, 3)]).toEqual(["again", undefined]);
});

test("equal expressions are one however many there are, and only they", () => {
  const c = core(), t = c.intern("i32", { kind: "var", v: { id: 0, name: "t", type: "i32", role: "thread", lo: 0, hi: 63, divisor: 1 } });
  const made = (k: number) => c.intern("i32", { kind: "sum", terms: [{ coefficient: k, of: t }], offset: -k });
  const first = Array.from({ length: 3000 }, (_, k) => made(k + 1));
  expect(first.every((x, k) => made(k + 1) === x)).toBe(true);
  expect(new Set(first).size).toBe(3000);
  expect([first[6].operands, first[6].constant, c.constant("i32", 7).constant]).toEqual([[t], undefined, 7]);
  expect(c.constant("f32", 0)).not.toBe(c.constant("f32", -0));
  expect(c.constant("i32", -0)).toBe(c.constant("i32", 0));
  expect(c.constant("u32", 7)).not.toBe(c.constant("i32", 7));
  expect(() => c.constant("i32", 2 ** 31)).toThrow("is no i32");
});
