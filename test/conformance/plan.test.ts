// Tiles that lie in one array, also of other element types, on devices that seem to have little workgroup memory.
import { expect, test } from "vitest";
import { dense } from "../../layout/index.ts";
import { targetOf } from "../../runtime/index.ts";
import { builder, constant, dtype, tileFromValues, type Value } from "../../vm/index.ts";
import { onEachDevice } from "./devices.ts";
import { byDevice, byInterpreter, difference, wgslOf, type Case } from "./engines.ts";

/** Numbers that go through a shared tile of each type, moved by one place each time. */
function relay(types: readonly string[]): Case {
  const b = builder("relay"), n = 37, i32 = dtype("i32"), x = b.tensor("x", "in", "i32", [n], dense(1)), y = b.tensor("y", "out", "i32", [n], dense(1));
  b.grid([["g", 1]]);
  b.threads(16);
  let v: Value = b.load({ x });
  types.forEach((type, i) => {
    const s = b.name(b.shared({}, { dtype: dtype(type), shape: [n] }), `s${i}`), d = dtype(type);
    b.store({ to: s, x: d === i32 ? v : b.cast({ x: v }, { to: d }) });
    b.barrier({});
    const back = b.load({ x: b.slice({ x: s }, { offsets: [constant(i % 2 ? -1 : 1)], sizes: [constant(n)] }) }, { pad: 1 });
    v = b.add({ x: d === i32 ? back : b.cast({ x: back }, { to: i32 }), y: 1 });
  });
  b.store({ to: y, x: v });
  return { program: b.finish(), inputs: { x: tileFromValues(i32, [n], Array.from({ length: n }, (_, i) => (i * 5) % 7)) }, dims: {} };
}

onEachDevice("tiles in one array", (device, name) => {
  test.each([["i32", "f32", "u5"], ["f16", "bool", "f32"], ["u3", "b4", "i32"]])("%s, %s, %s", async (...types) => {
    const c = relay(types), target = { ...targetOf(device()), workgroupBytes: 37 * 4 };
    expect(wgslOf(c.program, target)).toMatch(/var<workgroup> s\d_s\d_s\d: array<u32, 37>/);
    expect(difference(c, byInterpreter(c), await byDevice(c, device(), target), name)).toBeUndefined();
  }, 120_000);
});
