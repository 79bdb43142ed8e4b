// The writer against a compiler and a device: Tint takes every text, and SwiftShader computes what the evaluator does.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { floatBits } from "../../vm/index.ts";
import { counts } from "../../codegen/loop/count.ts";
import { evaluate } from "../../codegen/loop/evaluate.ts";
import { expressions } from "../../codegen/loop/expr.ts";
import type { Body, Buffer, Expr } from "../../codegen/loop/ir.ts";
import { close, open, openNull, type Device } from "../../runtime/index.ts";
import { asWord, bodyOf, complaints, forests, inputWords, INPUTS, repeatedBody, runOn, THREADS, write } from "./bodies.ts";
import { bodyOfPlan, programs, type Plan } from "./programs.ts";
import { trees, type Tree } from "./trees.ts";

let half: Device, plain: Device, gpu: Device;
beforeAll(async () => {
  half = await openNull(["shader-f16"]);
  plain = await openNull([]);
  gpu = await open({ adapter: "swiftshader" });
}, 30_000);
afterAll(close);

describe("Tint takes random texts", () => {
  for (const f16 of [true, false])
    test(f16 ? "with f16" : "without f16", async () => {
      await fc.assert(fc.asyncProperty(forests({ floats: "all", depth: 4 }, 12), async (list) => {
        const w = write(bodyOf(list, false), f16);
        expect({ complaints: await complaints((f16 ? half : plain).gpu, w), wgsl: w.wgsl }).toEqual({ complaints: [], wgsl: w.wgsl });
      }), { numRuns: 30 });
    }, 30_000);
});

describe("SwiftShader = evaluator", () => {
  test("special floats: conversions, rounding, comparisons", async () => {
    const e = expressions(), input: Buffer = { id: 0, name: "input", space: "storage", access: "read", elem: "u32", atomic: false, binding: 0 }, out: Buffer = { ...input, id: 1, name: "out", access: "read_write", binding: 1 };
    const list = [0, -0, 0.5, -0.5, 1.5, 2.5, -2.5, 0.1, 3.99, -3.99, 1e10, -1e10, 2147483520, 2147483648, -2147483648, 4294967040, 4294967296, 65504, 65519, 65520, -65520, 1e30, 2 ** -24, 2 ** -25, 2 ** -14, 3 * 2 ** -25, 2049, 2051, Infinity, -Infinity, NaN];
    const thread = e.variable({ name: "t", type: "i32", role: "thread", lo: 0, hi: list.length - 1, divisor: 1 }), t = e.use(thread), x = e.bits("f32", e.load(input, t, 0));
    const f = (n: number) => e.constant("f32", n), number = e.op("eq", x, x);
    const results: Expr[] = [
      e.to("i32", x), e.to("u32", x), e.packHalf(x), e.to("i32", e.to("f16", x)), e.to("i32", e.op("round", x)), e.to("bool", x), e.op("lt", x, f(2.5)), e.op("ge", x, f(-0.5)), e.op("ne", x, x),
      ...(["floor", "ceil", "trunc", "round", "neg", "abs"] as const).map((op) => e.op("select", number, e.op(op, x), f(7))),
      e.op("select", number, e.op("min", x, f(1)), f(7)), e.op("select", number, e.op("fma", x, f(2), f(1)), f(7)),
      // The same with constants only: infinities and NaN must pass a compiler that forbids them in constants.
      e.op("select", e.op("lt", x, f(1)), f(Infinity), f(-Infinity)), e.op("max", e.op("select", number, x, f(0)), f(-Infinity)), e.op("eq", x, f(Infinity)), e.bits("f32", e.constant("u32", 0x7fc00001)),
      e.table("f32", [1, Infinity, NaN, -0], e.op("rem", e.to("u32", t), e.constant("u32", 4))), f(-0), f(16777216), f(0.1), f(-1e-30), f(3.4028234663852886e38),
    ];
    const body: Body = { threads: list.length, thread, blocks: [], uniforms: [], buffers: [input, out], stmts: results.map((r, i) => ({ kind: "store", buffer: out, index: e.add(e.mul(t, e.of(results.length)), e.of(i)), value: asWord(e, r) })) };
    const words = () => new Map([["input", Uint32Array.from(list, floatBits)], ["out", new Uint32Array(list.length * results.length)]]), want = words(), got = words(), w = write(body, false);
    evaluate(body, { buffers: want, blocks: [], check: true });
    expect(await complaints(plain.gpu, w), w.wgsl).toEqual([]);
    expect(await complaints(half.gpu, write(body, true))).toEqual([]);
    await runOn(gpu.gpu, body, w, got, {});
    const isNan = (bits: number) => (bits & 0x7fffffff) > 0x7f800000, a = want.get("out") ?? [], b = got.get("out") ?? [];
    const wrong = list.flatMap((input, i) => results.flatMap((r, j) => {
      const k = i * results.length + j, p = a[k] ?? 0, q = b[k] ?? 0;
      return p === q || (r.type === "f32" && isNan(p) && isNan(q)) ? [] : [{ input, result: j, want: p.toString(16), got: q.toString(16) }];
    }));
    expect(wrong, w.wgsl).toEqual([]);
  }, 30_000);

  test("a folded grid: every block once, surplus blocks leave", async () => {
    const e = expressions(), out: Buffer = { id: 1, name: "out", space: "storage", access: "read_write", elem: "u32", atomic: "u32", binding: 0 };
    const thread = e.variable({ name: "t", type: "i32", role: "thread", lo: 0, hi: 0, divisor: 1 });
    const n = e.variable({ name: "n", type: "i32", role: "uniform", lo: 0, hi: 2 ** 20, divisor: 1 });
    const blocks = [e.variable({ name: "if", type: "i32", role: "block", lo: 0, hi: 2, divisor: 1 }), e.variable({ name: "größe", type: "i32", role: "block", lo: 0, hi: 2 ** 20, divisor: 1 })];
    const [x, y] = blocks.map(e.use);
    if (!x || !y) throw new Error("two axes");
    const body: Body = { threads: 1, thread, blocks, uniforms: [n], buffers: [out], stmts: [{ kind: "atomic", op: "add", buffer: out, index: e.add(e.mul(y, e.of(3)), x), value: e.constant("u32", 1) }] };
    const w = write(body, false, [e.of(3), e.use(n)]), got = new Map([["out", new Uint32Array(40)]]);
    await runOn(gpu.gpu, body, w, got, { n: 10 }, 37);
    expect([...(got.get("out") ?? [])], w.wgsl).toEqual([...Array.from({ length: 30 }, () => 1), ...Array.from({ length: 10 }, () => 0)]);
  });

  const compare = (name: string, floats: "exact" | "none", runs: number) => test(name, async () => {
    await fc.assert(fc.asyncProperty(forests({ floats, depth: 4 }, 16), fc.integer(), async (list, seed) => {
      const body = bodyOf(list, true), w = write(body, false);
      const words = () => new Map([["input", inputWords(THREADS * INPUTS, seed)], ["out", new Uint32Array(THREADS * list.length)]]);
      const want = words(), got = words(), uniforms = { n: 32 * ((seed >>> 3) % 129) };
      evaluate(body, { buffers: want, uniforms, blocks: [], check: true });
      await runOn(gpu.gpu, body, w, got, uniforms);
      const value = (words: Uint32Array | undefined, k: number, type: string) => { const x = words?.[k] ?? 0; return x === 0x80000000 && (type === "f32" || type === "f16") ? 0 : x; };
      const a = want.get("out"), b = got.get("out");
      const wrong = list.flatMap((x, i) => Array.from({ length: THREADS }, (_, t) => t).filter((t) => value(a, t * list.length + i, x.type) !== value(b, t * list.length + i, x.type)).slice(0, 1)
        .map((t) => ({ i, t, tree: x, want: a?.[t * list.length + i], got: b?.[t * list.length + i] })));
      expect(wrong, w.wgsl).toEqual([]);
    }), { numRuns: runs });
  }, 60_000);
  compare("integers, bits, booleans", "none", 12);
  compare("with exact floats", "exact", 12);

  test("functions of the text", async () => {
    let calls = 0;
    await fc.assert(fc.asyncProperty(trees("u32", { floats: "none", depth: 5 }), fc.integer(), async (tree, seed) => {
      const body = repeatedBody(tree), w = write(body, false);
      if (!/fn (encode|decode|part)/.test(w.wgsl)) return;
      calls++;
      const words = () => new Map([["input", inputWords(THREADS * INPUTS, seed)], ["out", new Uint32Array(THREADS * INPUTS)]]), want = words(), got = words();
      evaluate(body, { buffers: want, blocks: [], check: true });
      await runOn(gpu.gpu, body, w, got, {});
      expect([...(got.get("out") ?? [])], w.wgsl).toEqual([...(want.get("out") ?? [])]);
    }), { numRuns: 40 });
    expect(calls).toBeGreaterThan(3);
  }, 30_000);

  // Once wrong: the position of a field had a name, and was written out nevertheless; a condition that decides nothing was counted.
  const read: Tree = { k: "var", type: "u32", i: 1 }, zero: Tree = { k: "const", type: "u32", value: 0 };
  const namedPosition: Plan[] = [{ k: "phase" }, { k: "phase" }, { k: "share", cell: 0, value: { k: "op", op: "shl", args: [{ k: "op", op: "or", args: [{ k: "field", word: zero, at: read, width: 3 }, { k: "table", type: "u32", values: [0, 0, 0, 2], arg: { k: "const", type: "u32", value: 3 } }] }, { k: "table", type: "u32", values: [1, 1, 1], arg: { k: "field", word: { k: "var", type: "u32", i: 0 }, at: { k: "var", type: "u32", i: 0 }, width: 1 } }] } }];
  const nothingToDo: Plan[] = [{ k: "phase" }, { k: "if", condition: { k: "op", op: "eq", args: [read, zero] }, then: [{ k: "share", cell: 0, value: zero }], otherwise: [] }];
  test("registers, loops, branches, shared memory, barriers, atomics", async () => {
    await fc.assert(fc.asyncProperty(programs, fc.integer(), async (plan, seed) => {
      const body = bodyOfPlan(plan), w = write(body, false), uniforms = { n: (seed >>> 3) % 4 };
      const words = () => new Map([["input", inputWords(128, seed)], ["acc", inputWords(16, seed + 1)], ["out", new Uint32Array(THREADS * 8)]]);
      const want = words(), got = words();
      evaluate(body, { buffers: want, uniforms, blocks: [], check: true, seed });
      expect(await complaints(half.gpu, w), w.wgsl).toEqual([]);
      const text = w.wgsl.slice(w.wgsl.indexOf("@compute"));
      expect(text.match(/\b(input|shared_1|acc|out)\[/g)?.length, w.wgsl).toBe(counts(body).staticAccesses);
      await runOn(gpu.gpu, body, w, got, uniforms);
      for (const name of ["acc", "out"]) expect([...(got.get(name) ?? [])], w.wgsl).toEqual([...(want.get(name) ?? [])]);
    }), { numRuns: 15, seed: 20261128, examples: [[namedPosition, 0], [nothingToDo, 0]] });
  }, 60_000);
});
