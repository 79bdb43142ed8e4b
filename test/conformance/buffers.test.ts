// Tensors that share a buffer, on devices: blocks of fields that end inside words are read, made and changed in place.
import { describe, expect, test } from "vitest";
import { print } from "../../vm/index.ts";
import { buffersCaseOf, type Way } from "./buffers-cases.ts";
import { onEachDevice } from "./devices.ts";
import { byDevice, byInterpreter, difference } from "./engines.ts";

onEachDevice("tensors in one buffer", (device, name) => {
  describe.each<Way>(["read", "write", "change"])("%s", (way) => {
    test.each(name === "lavapipe" ? [2, 5] : [1, 2, 3, 5, 6, 8])("random blocks %i", async (seed) => {
      const c = buffersCaseOf(way, seed);
      expect(difference(c, byInterpreter(c), await byDevice(c, device()), name), print(c.program)).toBeUndefined();
    });
  });
});
