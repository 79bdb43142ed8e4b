// What layouts and packings keep of earlier answers: the same question has the same answer, another one its own.
import { expect, test } from "vitest";
import { dense, fields, holdsAll, local, planes, compose, spatial, type IndexMap } from "../../layout/index.ts";

test("moved elements are told apart by what their map follows from", () => {
  const l = compose(spatial(8, 4), local(1, 2)), by = (n: number): IndexMap => (a, [r, c]) => [a.mod(a.add(r, a.of(n)), a.of(8)), c];
  for (let again = 0; again < 2; again++)
    for (let n = 0; n < 9; n++) {
      expect(holdsAll(l, l, 32, by(n), `turned by ${n}`)).toBe(n % 8 === 0);
      expect(holdsAll(l, l, 32, by(n), `turned by ${n}`)).toBe(holdsAll(l, l, 32, by(n)));
    }
  // Thread t + 32 holds what t holds; of other layouts nothing is known by that.
  expect(holdsAll(l, l, 64, by(8), "turned by 8")).toBe(true);
  expect(holdsAll(spatial(4, 8), l, 32, (_, [r, c]) => [r, c], "turned by 8")).toBe(false);
});

test("runs of bits are found once for packings that are alike, whatever objects they are, and hang on bits and extents", () => {
  expect(fields(dense(2), 5, [8, 32])).toBe(fields(dense(2), 5, [8, 32]));
  expect(fields(dense(2), 5, [8, 32])[0].straddles).toBe(true);
  expect(fields(dense(2), 4, [8, 32])[0].straddles).toBe(false);
  expect(fields(dense(2), 5, [8, undefined])).not.toBe(fields(dense(2), 5, [8, 32]));
  expect(fields(planes(2), 3, [8, 32]).map((f) => f.width)).toEqual([1, 1, 1]);
});
