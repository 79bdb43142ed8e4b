// From one format of the library to another: what loses nothing, and what is said where something is lost.
import { describe, expect, test } from "vitest";
import { formatNamed } from "../../lang/index.ts";
import { formatError, formatTensors, formatValues, randomTile, repackFormat, repackProgram, interpret, makeTile, type Format, type FormatTile } from "../../vm/index.ts";

/** Random fields: every code of the small types among them. */
const random = (f: Format, shape: readonly number[], seed = 99): FormatTile =>
  ({ format: f, shape, fields: Object.fromEntries(formatTensors(f, shape).map((t, i) => [t.field.name, randomTile(t.dtype, t.shape.map(Number), seed + i)])) });

describe("numbers of few bits times a scale keep both", () => {
  test.each([
    ["q4_0", "offset(Q: u4, group: 32)"], ["q4_0", "grouped(Q: i4, group: 32)"], ["grouped(Q: i4)", "q4_0"], ["q4_0", "affine(Q: u4)"], ["offset(Q: u3)", "grouped(Q: i3)"],
    ["q1_0", "bipolar(Q: b1, group: 128)"], ["bipolar(Q: b1, group: 128)", "q1_0"], ["bipolar(Q: b3)", "grouped(Q: i4)"], ["bipolar(Q: b2)", "offset(Q: u3)"],
    ["q8_0", "grouped(Q: i8)"], ["q6_k", "grouped(Q: i6, group: 16, S: f32)"], ["q3_k", "grouped(Q: i3, group: 16, S: f32)"], ["tq1_0", "tq2_0"], ["iq4_nl", "q8_0"], ["mxfp4", "mx"], ["bnb", "grouped(Q: nf4, group: 64, S: f32)"],
  ])("%s → %s", (from, to) => {
    const w = random(formatNamed(from), [3, 512]), { tensor, error } = repackFormat(w, formatNamed(to));
    expect(error).toEqual({ max: 0, rms: 0, sqnr: Infinity });
    expect(formatValues(tensor).map((x) => x + 0)).toEqual(formatValues(w).map((x) => x + 0));
  });
});

describe("what doesn't fit is encoded anew, and the loss is said", () => {
  test.each([["q8_0", "q4_0"], ["grouped(Q: i4)", "bipolar(Q: b4)"], ["q4_k", "q8_0"]])("%s → %s", (from, to) => {
    const w = random(formatNamed(from), [2, 512]), { tensor, error } = repackFormat(w, formatNamed(to));
    expect(error.max).toBeGreaterThan(0);
    expect(error).toEqual(formatError(formatValues(w), formatValues(tensor)));
    expect(error.sqnr).toBeGreaterThan(10);
  });
  test("a target that can't be made says so", () => {
    expect(() => repackFormat(random(formatNamed("q4_0"), [1, 256]), formatNamed("gptq_act"))).toThrow(/T0708/);
  });
});

test("the Program that devices run does the same", () => {
  const from = formatNamed("q4_0"), to = formatNamed("offset(Q: u4, group: 32)"), shape = [3, 96] as const, w = random(from, shape);
  const inputs = Object.fromEntries([...formatTensors(from, shape).map((t) => [`x.${t.field.name}`, w.fields[t.field.name]] as const), ...formatTensors(to, shape).map((t) => [`w.${t.field.name}`, makeTile(t.dtype, t.shape.map(Number))] as const)]);
  const out = interpret(repackProgram(from, to, shape), inputs);
  expect({ q: out["w.q"].data, scale: out["w.scale"].data }).toEqual({ q: repackFormat(w, to).tensor.fields.q.data, scale: repackFormat(w, to).tensor.fields.scale.data });
});
