// Division: the worked examples, and what the original gets wrong.
import { expect, test } from "vitest";
import { Diagnostic } from "../../diagnostic.ts";
import { chain, columnSpatial, compose, divide, leftDivide, local, registerLayout, replicated, spatial } from "../../layout/index.ts";

test("worked examples", () => {
  expect(divide(chain(spatial(2, 4), local(2, 1)), chain(spatial(1, 2), local(2, 1)))).toEqual(spatial(2, 2));
  expect(divide(spatial(6), spatial(3))).toEqual(spatial(2));
  expect(divide(chain(spatial(32, 1), local(1, 32)), spatial(32, 1))).toEqual(registerLayout([1, 32], [32], [], [0]));
  expect(divide(spatial(2, 12), spatial(1, 3))).toEqual(spatial(2, 4));
  expect(divide(local(2, 4), local(1, 2))).toEqual(local(2, 2));
  expect(leftDivide(spatial(2, 4), spatial(2, 1))).toEqual(spatial(1, 4));
  expect(leftDivide(chain(spatial(2, 12), local(2, 3)), chain(spatial(2, 1), local(2, 1))).modeShape).toEqual([12, 3]);
  expect(() => divide(spatial(4, 4), columnSpatial(2, 2))).toThrow(Diagnostic);
});

test("a mode shared by both factors is cut at the far end of a prefix", () => {
  const f = chain(local(2), spatial(2)), g = spatial(4), h = compose(f, g); // the spatial modes 2 and 4 become one of 8
  expect(h.modeShape).toEqual([2, 8]);
  expect(leftDivide(h, f)).toEqual(g);
  expect(divide(h, g)).toEqual(f);
});

test("refusals", () => {
  expect(() => divide(spatial(4), spatial(2, 2))).toThrow(/L0103/); // of higher rank
  expect(() => divide(spatial(4), spatial(3))).toThrow(/L0103/);
  expect(() => divide(spatial(4), local(2))).toThrow(/L0103/);
  expect(() => divide(replicated([2], 4), replicated([2], 2))).toThrow(/L0103/); // replications match entry by entry
  expect(divide(replicated([2], 4), local(2))).toEqual(registerLayout([1], [], [-4], []));
});
