// The ways from codes to values: each of them for every code of every type, wherever in a word a code lies.
import { expect, test } from "vitest";
import { decodersOf, dtype, dtypes, halfDecoders, isSound, type Decoder, type DType } from "../../vm/index.ts";
import { decodes } from "../../vm/dtype-decode.ts";

const narrow: readonly DType[] = dtypes().filter((t) => t.storage && t.bits <= 8);

test("every way is right for every code of every type", () => {
  for (const t of narrow) for (const d of decodersOf(t)) expect([isSound(d, t), isSound(d, t, "f32", true)], `${t.name}: ${d.name}`).toEqual([true, true]);
});

test("whatever bit a code begins at", () => {
  for (const t of narrow.filter((t) => /^([uib][1-8]|f8e4m3|f8e4m3_fnuz|f8e5m2|f6e3m2|f4e2m1|f3e1m1|uf8e4m4)$/.test(t.name)))
    for (const d of decodersOf(t)) for (let from = 0; from + t.bits <= 32; from++)
      expect(decodes(d, t, from, { from }) && decodes(d, t, 7 * from + 1, { from }) && decodes(d, t, from, { from, zero: 2 * from - 33 }), `${t.name}: ${d.name} from bit ${from}`).toBe(true);
});

test("and where a code passes the end of its word, every code", () => {
  for (const t of narrow.filter((t) => /^([uib][2-8]|f8e4m3|f6e3m2|f5e2m2|f3e1m1)$/.test(t.name)))
    for (const d of decodersOf(t)) for (let at = 33 - t.bits; at < 32; at++)
      expect(Array.from({ length: 2 ** t.bits }, (_, c) => c).filter((c) => !decodes(d, t, c, { from: at }) || !decodes(d, t, c, { from: at, zero: 5 - c })), `${t.name}: ${d.name} at bit ${at}`).toEqual([]);
});

test("a way that is wrong for one code is no way", () => {
  const t = dtype("i8"), [right] = decodersOf(t);
  const wrong: Decoder = { name: "wrong", values: (ops, codes) => right.values(ops, codes).map((v, i) => ops.op("select", ops.op("eq", v, ops.constant("f32", 100)), ops.constant("f32", i), v)) };
  expect([isSound(right, t), isSound(wrong, t)]).toEqual([true, false]);
});

test("every way to f16, wherever a code lies", () => {
  for (const t of narrow.filter((t) => t.kind === "uint" || t.kind === "int" || t.kind === "bipolar")) for (const d of halfDecoders(t)) {
    expect(isSound(d, t, "f16"), `${t.name}: ${d.name}`).toBe(true);
    for (let from = 0; from < 32; from++) for (let code = 0; code < 2 ** t.bits; code += from + t.bits > 32 ? 1 : 7)
      expect(decodes(d, t, code, { from, to: "f16" }), `${t.name}: ${d.name} of ${code} from bit ${from}`).toBe(true);
  }
});
