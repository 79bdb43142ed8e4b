// w2star's format says of words what the kernel takes out of them.
import { expect, test } from "vitest";
import { loadExample } from "../../examples/index.ts";
import { codesOf } from "../../examples/w2star/w2star.ts";
import { randomCodes } from "../../examples/example.ts";
import { load } from "../../lang/index.ts";
import { formatValues, quantiseFormat } from "../../vm/index.ts";

test("the format levels5 holds the words of the kernel, and gives the weights again", async () => {
  const { source, file } = await loadExample("w2star"), format = load(source, { file }).formats[0].make({});
  const w = randomCodes("w2star", [3, 52], 7), q = quantiseFormat(format, [3, 52], Float32Array.from(w.values));
  expect(format.blockBits).toBe(32);
  expect(Array.from(q.fields["q"].data, (v) => v >>> 0)).toEqual([...codesOf(w, "u32").values]);
  expect([...formatValues(q)]).toEqual([...w.values]);
  const far = quantiseFormat(format, [1, 13], Float32Array.from({ length: 13 }, (_, i) => i - 6));
  expect([...formatValues(far)]).toEqual([-2, -2, -2, -2, -2, -1, 0, 1, 2, 2, 2, 2, 2]);
});
