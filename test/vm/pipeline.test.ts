// The pipeline pass: the same answers as the loop in order, no race, tiles with stages; and what can't run ahead, with the reason.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dense } from "../../layout/index.ts";
import { builder, constant, decompose, dtype, eachStmt, fold, infer, interpret, pipeline, print, read, scalarOp, tileFromValues, verify, type Builder, type Program, type Scalar, type Value } from "../../vm/index.ts";
import { gemm, window } from "./programs.ts";

const i32 = dtype("i32");

/** Each row of y gets a running sum of tiles of x, read through shared memory; `body` can do more behind the barrier. */
function running(o: { from?: number; to: number; step: number; stages: number; trailing?: boolean; width?: number; dynamic?: boolean; before?: (b: Builder) => void; head?: (b: Builder, k: Scalar, s: Value, x: Value) => void; body?: (b: Builder, k: Scalar, s: Value, acc: Value, x: Value) => void; after?: (b: Builder, s: Value, y: Value) => void }): Program {
  const w = o.width ?? o.step, b = builder("running"), N = 37;
  const x = b.tensor("x", "in", "i32", [3, N], dense(2)), y = b.tensor("y", "inout", "i32", [3, 8], dense(2)), n = o.dynamic ? b.scalarParam("n", "i32") : constant(o.to);
  b.grid([["g", 1]]);
  b.threads(8);
  const s = b.name(b.shared({}, { dtype: i32, shape: [3, w] }), "s"), acc = b.name(b.var({ init: b.load({ x: window(b, x, [0, 0], [3, 1]) }) }, { dtype: i32, shape: [3, 1] }), "acc");
  o.before?.(b);
  b.loop("k", { from: o.from ?? 0, to: n, step: o.step, mode: { kind: "pipeline", stages: o.stages } }, (k) => {
    if (o.head) o.head(b, k, s, x); else b.copy({ from: window(b, x, [0, k], [3, w]), to: s });
    b.barrier({});
    const row = b.reduce_sum({ x: b.mul({ x: b.load({ x: s }), y: b.cast({ x: b.fill({}, { value: scalarOp("add", k, constant(1)), dtype: i32, shape: [] }) }, { to: i32 }) }) }, { axis: 1 });
    b.assign({ to: acc, from: b.add({ x: b.mul({ x: acc, y: 3 }), y: row }) });
    o.body?.(b, k, s, acc, x);
    if (o.trailing ?? true) b.barrier({});
  });
  o.after?.(b, s, y);
  b.store({ to: window(b, y, [0, 0], [3, 1]), x: acc });
  return b.finish();
}

const inputs = (n?: number) => ({
  x: tileFromValues(i32, [3, 37], Array.from({ length: 111 }, (_, i) => ((i * 7) % 19) - 9)), y: tileFromValues(i32, [3, 8], Array.from({ length: 24 }, (_, i) => i)),
  ...(n === undefined ? {} : { n }),
});
const errors = (p: Program) => verify(p).filter((d) => d.severity === "error").map((d) => `${d.code} ${d.message}`);
const count = (p: Program, name: string): number => { let n = 0; eachStmt(p.body, (s) => { if (s.kind === "inst" && s.name === name) n++; }); return n; };

describe("a pipeline", () => {
  it("means the loop in order, whatever its bounds, stages and windows", () => {
    fc.assert(fc.property(fc.integer({ min: -3, max: 9 }), fc.integer({ min: -2, max: 40 }), fc.constantFrom(1, 2, 3, 5), fc.constantFrom(1, 2, 3, 4, 16), fc.constantFrom(1, 4, 7), fc.boolean(), (from, to, step, stages, width, dynamic) => {
      const p = running({ from, to, step, stages, width, dynamic }), given = inputs(dynamic ? to : undefined), law = interpret(p, given).y.data;
      expect(errors(p)).toEqual([]);
      for (const q of [pipeline(p), pipeline(fold(p)), infer(decompose(pipeline(fold(p)))).program]) {
        expect(errors(q)).toEqual([]);
        expect(interpret(q, given).y.data).toEqual(law);
        expect(print(read(print(q)))).toBe(print(q));
        eachStmt(q.body, (s) => { if (s.kind === "for") expect(s.mode.kind).toBe("plain"); });
      }
    }), { numRuns: 40 });
  });

  it("has a barrier less", () => {
    const p = running({ to: 36, step: 4, stages: 2 }), q = pipeline(p);
    expect([count(p, "barrier"), count(q, "barrier")]).toEqual([2, 1]);
    expect(print(q)).toContain("shared i32[2, 3, 4]");
  });

  it("keeps one behind the loop where somebody needs it", () => {
    const through = (b: Builder, t: Value, v: Value): Value => { b.store({ to: t, x: v }); b.barrier({}); return b.load({ x: t }); };
    let t: Value | undefined;
    const p = running({
      to: 36, step: 4, stages: 2, before: (b) => { t = b.shared({}, { dtype: i32, shape: [3, 1] }); },
      body: (b, _, __, acc) => { if (t) b.assign({ to: acc, from: through(b, t, acc) }); },
      after: (b, _, y) => { if (t) b.store({ to: window(b, y, [0, 5], [3, 1]), x: through(b, t, b.load({ x: window(b, y, [0, 4], [3, 1]) })) }); },
    });
    const q = pipeline(p);
    expect([errors(p), errors(q)]).toEqual([[], []]);
    expect(print(q)).toMatch(/\n  \}\n  barrier\(\)\n/);
    expect(interpret(q, inputs())).toEqual(interpret(p, inputs()));
  });

  it("computes what it stores, too: a dequantised tile is read early and decoded late", () => {
    const p = gemm({ pipeline: true }), q = pipeline(fold(p)), text = print(q);
    expect(errors(q)).toEqual([]);
    const dot = text.indexOf("dot("), early = text.lastIndexOf("load(", dot), late = text.indexOf("cast(", dot);
    expect(early > text.indexOf("for i0") && late > dot).toBe(true);
  });

  it("of one stage is the loop", () => expect(print(pipeline(running({ to: 8, step: 4, stages: 1 })))).toBe(print(running({ to: 8, step: 4, stages: 1 })).replace("pipeline(1) ", "")));

  it("may stand in another", () => {
    const b = builder("nested"), x = b.tensor("x", "in", "i32", [4, 16], dense(2)), y = b.tensor("y", "out", "i32", [4], dense(1));
    b.grid([["g", 1]]);
    b.threads(4);
    const s = b.shared({}, { dtype: i32, shape: [16] }), t = b.shared({}, { dtype: i32, shape: [4] });
    const acc = b.var({ init: b.fill({}, { value: constant(0), dtype: i32, shape: [4] }) }, { dtype: i32, shape: [4] });
    b.loop("r", { to: 4, mode: { kind: "pipeline", stages: 3 } }, (r) => {
      b.copy({ from: b.slice({ x }, { offsets: [r, constant(0)], sizes: [constant(1), constant(16)], drop: [0] }), to: s });
      b.barrier({});
      b.loop("c", { to: 16, step: 4, mode: { kind: "pipeline", stages: 2 } }, (c) => {
        b.copy({ from: b.slice({ x: s }, { offsets: [c], sizes: [constant(4)] }), to: t });
        b.barrier({});
        b.assign({ to: acc, from: b.add({ x: b.mul({ x: acc, y: 2 }), y: b.load({ x: t }) }) });
        b.barrier({});
      });
      b.barrier({});
    });
    b.store({ to: y, x: acc });
    const p = b.finish(), given = { x: tileFromValues(i32, [4, 16], Array.from({ length: 64 }, (_, i) => i % 11)) }, q = pipeline(p);
    expect(errors(q)).toEqual([]);
    expect(interpret(q, given)).toEqual(interpret(p, given));
  });
});

describe("can't run ahead", () => {
  const whole = (b: Builder, k: Scalar, s: Value, x: Value) => b.copy({ from: window(b, x, [0, k], [3, 4]), to: s });
  it.each<readonly [string, Program, RegExp]>([
    ["a body without barrier", running({ to: 8, step: 4, stages: 2, trailing: false, head: () => undefined }), /starts with copies/],
    ["a head that copies nothing", running({ to: 8, step: 4, stages: 2, head: (b, k, _, x) => { b.load({ x: window(b, x, [0, k], [3, 4]) }); } }), /starts with copies/],
    ["a choice in the head", running({ to: 8, step: 4, stages: 2, head: (b, k, s, x) => b.when(scalarOp("lt", k, constant(3)), () => whole(b, k, s, x)) }), /loop or a choice/],
    ["a number of the block in the head", running({ to: 8, step: 4, stages: 2, head: (b, k, s, x) => { const n = b.scalar({ x: b.load({ x: window(b, x, [0, 0], [1, 1]) }) }); whole(b, scalarOp("add", k, n), s, x); } }), /'scalar' can't run ahead/],
    ["a store to a tensor in the head", running({ to: 8, step: 4, stages: 2, head: (b, k, s, x) => { whole(b, k, s, x); b.store({ to: b.tensor("z", "out", "i32", [1], dense(1)), x: 0 }); } }), /'store' can't run ahead/],
    ["a tile that is written behind the barrier", running({ to: 8, step: 4, stages: 2, body: (b, _, s) => { b.barrier({}); b.store({ to: s, x: 0 }); } }), /'s' holds what was copied ahead/],
    ["a tile that is used behind the loop", running({ to: 8, step: 4, stages: 2, after: (b, s, y) => { b.store({ to: window(b, y, [0, 4], [3, 4]), x: b.load({ x: s }) }); } }), /'s' is filled ahead/],
    ["a source that the loop writes", running({ to: 8, step: 4, stages: 2, body: (b, k, _, __, x) => { b.store({ to: window(b, x, [0, k], [3, 4]), x: 0 }); } }), /written in the loop/],
  ])("%s", (_, p, says) => {
    const found = verify(p).find((d) => d.code === "R0306");
    expect(found?.message).toMatch(says);
    expect(found?.help).toMatch(/plain 'for'/);
    expect(() => pipeline(p)).toThrow("R0306");
  });
});
