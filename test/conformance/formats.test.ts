// Every format of the library on devices: the same bits as the interpreter's.
import { describe, expect, test } from "vitest";
import { onEachDevice } from "./devices.ts";
import { byDevice, byInterpreter, difference } from "./engines.ts";
import { decodeCase, encodeCase, repackCase, shapes } from "./formats-cases.ts";

/** Encodings of GGUF that search scales, rounding by rounding, or have ties of their own. (The others are of the same rules.) */
const searched = (name: string): readonly string[] => (name === "lavapipe" ? ["mxfp4"] : ["tq1_0", "nvfp4", "q3_k", "q4_k", "q6_k"]);

onEachDevice("formats", (device, name) => {
  const all = Object.keys(shapes), some = name === "lavapipe" ? all.filter((_, i) => i % 4 === 2) : all;
  describe("are decoded", () => {
    test.each(some)("%s", async (format) => {
      const c = decodeCase(format);
      expect(difference(c, byInterpreter(c), await byDevice(c, device()), name)).toBeUndefined();
    });
  });
  describe("are encoded", () => {
    test.each(([["q4_0", 8], ["q8_0", 127], ["tq2_0", 1], ["mx(Q: f6e3m2)", 16], ["grouped(Q: i5, group: 16)", 15], ["bnb_int8", 127],
      ["gptq(Q: u3, group: 32)", 7], ["awq(group: 16)", 15], ["matmulnbits(Q: u5, block: 16)", 16], ["mlc_kn", 7], ["hqq(rows: 10, Q: u3, S: f32)", 7], ["fp6_llm", 28]] as const).filter((_, i) => name !== "lavapipe" || i % 3 === 0))("%s", async (format, top) => {
      const c = encodeCase(format, top);
      expect(difference(c, byInterpreter(c), await byDevice(c, device()), name)).toBeUndefined();
    });
  });
  describe("are encoded with searched scales", () => {
    test.each(searched(name))("%s", async (format) => {
      const c = encodeCase(format, 127);
      expect(difference(c, byInterpreter(c), await byDevice(c, device()), name)).toBeUndefined();
    });
  });
  test("one is made of another", async () => {
    const c = repackCase("q4_0", "offset(Q: u4, group: 32)");
    expect(difference(c, byInterpreter(c), await byDevice(c, device()), name)).toBeUndefined();
  });
});
