// Tensors that share a buffer: the loop form has one array for all of them, and answers as the interpreter, which has a memory for each.
import { describe, expect, test } from "vitest";
import { baseTarget, compileProgram } from "../../codegen/index.ts";
import { axis, bit, dense, digits, overlay } from "../../layout/index.ts";
import { builder, dtype, print, read, verify } from "../../vm/index.ts";
import { buffersCaseOf, type Way } from "../conformance/buffers-cases.ts";
import { byInterpreter, byLowered, difference, lowered, moduleOf } from "../conformance/engines.ts";

describe.each<Way>(["read", "write", "change"])("%s", (way) => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])("random blocks %i", (seed) => {
    const c = buffersCaseOf(way, seed), target = seed % 2 ? baseTarget : { ...baseTarget, f16: true, staticAccesses: 32 };
    const made = lowered(c.program, target);
    expect(difference(c, byInterpreter(c), byLowered(c, made), "the loop form"), print(c.program)).toBeUndefined();
    expect(moduleOf(c.program, made).wgsl).toContain("> w: array<");
  });
});

test("text names the buffer and comes back", () => {
  const text = print(buffersCaseOf("read", 1).program);
  expect(text).toContain('in %0 "w.d": f16[');
  expect(text.match(/ buffer w$/gm)).toHaveLength(3);
  expect(print(read(text))).toBe(text);
});

test("one binding, one variable, one of the device's buffers", () => {
  const { program } = buffersCaseOf("read", 1), module = compileProgram(program, { ...baseTarget, maxStorageBuffers: 2 });
  expect(module.tensors.map((t) => [t.name, t.buffer, t.binding])).toEqual([["w.d", "w", 0], ["w.q", "w", 0], ["w.m", "w", 0], ["y", undefined, 1]]);
  expect(module.wgsl.match(/var<storage.*/g)).toEqual(["var<storage, read> w: array<u32>;", "var<storage, read_write> y: array<u32>;"]);
  expect(verify(program, { storageBuffers: 1 })[0]?.message).toBe("the kernel has 2 tensors; this device binds at most 1 storage buffers");
});

test("the end of a tensor is no end of its words: what follows it there is another's", () => {
  const b = builder("tails"), low = overlay([{ of: digits([axis(0), bit]), at: 0, stride: 4 }]), high = overlay([{ of: digits([axis(0), bit]), at: 20, stride: 4 }]);
  const x = b.tensor("x", "out", "u4", [5], low, "b"), y = b.tensor("y", "in", "u4", [3], high, "b");
  b.threads(1);
  b.store({ to: x, x: b.cast({ x: b.add({ x: b.cast({ x: b.reduce_sum({ x: b.cast({ x: b.load({ x: y }) }, { to: dtype("i32") }) }) }, { to: dtype("i32") }), y: b.iota({}, { shape: [5] }) }) }, { to: dtype("u4") }) });
  b.tensor("z", "in", "u4", [3], dense(1));
  expect(compileProgram(b.finish(), baseTarget).wgsl).not.toMatch(/b\[0\] = /);
});
