// Sequences on the interpreter, their checks, and their text. The kernels are small; what they compute is written out here.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Diagnostic } from "../../diagnostic.ts";
import {
  cdiv, constant, dim, dtype, input, intParam, interpret, kernel, output, planSequence, print, readSequence, scalarOp, sequence, sequenceBuilder, tileFromValues,
  type Scalar, type SequenceBuilder, type Steps,
} from "../../vm/index.ts";

const N = dim("N"), f32 = (values: readonly number[]) => tileFromValues(dtype("f32"), [values.length], [...values]);

/** y = x · factor + shift, in blocks of 4. */
const affine = kernel("affine", { shift: intParam(0) }, ({ shift }) => ({
  params: { x: input("f32", [N]), factor: { scalar: "f32" as const }, y: output("f32", [N]) },
  grid: { b: cdiv(N, 4) }, threads: 4,
  body(b, { x, factor, y }, g) {
    const at = { offsets: [scalarOp("mul", g.b, constant(4))], sizes: [4] };
    b.store({ to: b.slice({ x: y }, at), x: b.add({ x: b.mul({ x: b.load({ x: b.slice({ x }, at) }), y: factor }), y: shift }) });
  },
}));
const once = affine.specialise({});

/** The code of what `f` throws, and its message. */
function code(f: () => unknown): string {
  try { f(); } catch (e) { if (e instanceof Diagnostic) return `${e.code} ${e.data.message} | ${e.data.help ?? ""}`; throw e; }
  return "nothing thrown";
}

/** A sequence of x and out y, both f32[N]. */
function built(steps: (b: SequenceBuilder, t: { readonly x: ReturnType<SequenceBuilder["tensor"]>; readonly y: ReturnType<SequenceBuilder["tensor"]>; readonly k: Scalar }) => void) {
  const b = sequenceBuilder("s"), x = b.tensor("x", "in", "f32", [b.dim("N")]), k = b.scalarParam("k", "i32"), y = b.tensor("y", "out", "f32", [b.dim("N")]);
  steps(b, { x, y, k });
  return b.finish();
}

/** x → y by `turns` passes between two temporaries, each doubling and adding the turn's number. */
const ping = sequence("ping", {}, () => ({
  params: { x: input("f32", [N]), turns: { scalar: "i32" as const }, y: output("f32", [N]) },
  requires: [[scalarOp("ge", dim("N"), constant(0)), "N is a size"]],
  steps(s, { x, turns, y }) {
    const a = s.temp("t", "f32", [N]), b = s.temp("t", "f32", [N]);
    s.run(affine, {}, { x, factor: 1, y: a });
    s.loop({ to: turns }, (i) => s.when(scalarOp("eq", scalarOp("rem", i, constant(2)), constant(0)),
      () => s.run(affine, { shift: 1 }, { x: a, factor: 2, y: b }), () => s.run(affine, { shift: 1 }, { x: b, factor: 2, y: a })));
    s.when(scalarOp("eq", scalarOp("rem", turns, constant(2)), constant(0)), () => s.run(affine, {}, { x: a, factor: 1, y }), () => s.run(affine, {}, { x: b, factor: 1, y }));
  },
}), "Doubles and adds one, back and forth.");

describe("on the interpreter", () => {
  test("loops and conditions are the host's, for any length and number of turns", () => {
    const q = ping.specialise({});
    fc.assert(fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 11 }), fc.integer({ min: 0, max: 6 }), (x, turns) => {
      const want = x.map((v) => { let y = v; for (let i = 0; i < turns; i++) y = 2 * y + 1; return y; });
      expect([...(interpret(q, { x: f32(x), turns }).y?.data ?? [])]).toEqual(want);
    }), { numRuns: 40 });
  });

  test("inputs stay as they are, temporaries begin as code 0 in every run", () => {
    // One block of the kernel writes 4 of N elements, so the rest of t is what it was at the beginning.
    const part = kernel("part", {}, () => ({
      params: { x: input("f32", [N]), y: output("f32", [N]) }, grid: { b: 1 }, threads: 4,
      body(b, { x, y }) { const at = { offsets: [constant(0)], sizes: [4] }; b.store({ to: b.slice({ x: y }, at), x: b.load({ x: b.slice({ x }, at) }) }); },
    }));
    const q = sequence("s", {}, () => ({
      params: { x: input("f32", [N]), y: output("f32", [N]) },
      steps(s, { x, y }) { const t = s.temp("t", "f32", [N]); s.run(part, {}, { x, y: t }); s.run(affine, {}, { x: t, factor: 3, y }); },
    })).specialise({});
    const x = f32([1, 2, 3, 4, 5, 6]);
    for (let i = 0; i < 2; i++) expect([...(interpret(q, { x }).y?.data ?? [])]).toEqual([3, 6, 9, 12, 0, 0]);
    expect([...x.data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("a scalar of a step is an expression of the sequence's numbers", () => {
    const q = built((b, { x, y, k }) => {
      const t = b.temp("t", "f32", [scalarOp("add", b.dim("N"), constant(0))]);
      b.run(once, { x, y: t, factor: 1 });
      b.loop({ from: 1, to: 4, step: 2 }, (i) => b.run(once, { x: t, y, factor: { kind: "to", type: "f32", arg: scalarOp("add", scalarOp("mul", k, constant(10)), i) } }));
    });
    const plan = planSequence(q, new Map([["N", 2], ["k", 5]]));
    expect(plan.map((s) => [s.tensors.x, s.scalars.factor])).toEqual([["x", 1], ["t", 51], ["t", 53]]);
    expect([...(interpret(q, { x: f32([1, 2]), k: 5 }).y?.data ?? [])]).toEqual([53, 106]);
  });
});

describe("mistakes", () => {
  const two = (f: (b: SequenceBuilder, x: ReturnType<SequenceBuilder["tensor"]>, y: ReturnType<SequenceBuilder["tensor"]>) => void) => code(() => built((b, { x, y }) => { f(b, x, y); b.run(once, { x, y, factor: 1 }); }));
  test("before anything is known of sizes", () => {
    expect(two((b, _x, y) => b.run(once, { x: b.temp("t", "f32", [dim("N")]), y, factor: 1 }))).toMatch(/^T0603 't' is read before any step wrote it/);
    expect(two((b, x) => b.run(once, { x, y: x, factor: 1 }))).toMatch(/^R0402 .*'x', which is an input/);
    expect(two((b, _x, y) => b.run(once, { x: y, y, factor: 1 }))).toMatch(/^T0602 'y' is given to kernel 'affine' as 'x' and as 'y', and the kernel writes 'y'/);
    expect(two((b, x) => b.run(once, { x, y: b.temp("t", "f16", [dim("N")]), factor: 1 }))).toMatch(/^T0601 't' is f16\[N\]; kernel 'affine' takes 'y' as f32\[N\]/);
    expect(two((b, x) => b.run(once, { x, y: b.temp("t", "f32", [dim("N"), 1]), factor: 1 }))).toMatch(/^T0601 .*axis of size 1/);
    expect(two((b, x) => b.run(once, { x, factor: 1 }))).toMatch(/^T0101 'affine' needs 'y'/);
    expect(two((b, x, y) => b.run(once, { x, y, facto: 1 }))).toMatch(/^N0112 .*did you mean 'factor'/);
    expect(two((b, x, y) => b.run(once, { x, y, factor: true }))).toMatch(/^T0303/);
    expect(two((b, x, y) => b.run(once, { x, y, factor: constant(1) }))).toMatch(/^T0303 .*as f32/);
    expect(two((b, x, y) => b.run(once, { x: 1, y, factor: x }))).toMatch(/^T0402/);
    expect(code(() => built((s, { x, y }) => s.run(readSequence(print(built((b, t) => b.run(once, { x: t.x, y: t.y, factor: 1 })))) as never, { x, y })))).toMatch(/^T0607 's' is a sequence itself/);
    expect(code(() => built(() => undefined))).toMatch(/^T0605 no step of sequence 's' writes its output 'y'/);
    expect(two((b) => b.loop({ to: 3 }, (i) => b.temp("t", "f32", [i])))).toMatch(/^T0604/);
    expect(two((b) => b.loop({ to: 3, step: 0 }, () => undefined))).toMatch(/^T0104/);
  });

  test("known sizes that differ", () => {
    expect(two((b) => { const p = b.temp("p", "f32", [8]), q = b.temp("q", "f32", [9]); b.run(once, { x: p, y: q, factor: 1 }); })).toMatch(/^T0601 'q' is f32\[9\].*axis 0 has 9 instead of 8/);
  });

  test("known only when it runs", () => {
    // M and N are two dimensions; nothing says that they are equal until tensors come.
    const b = sequenceBuilder("s"), x = b.tensor("x", "in", "f32", [b.dim("N")]), m = b.tensor("m", "in", "f32", [b.dim("M")]), y = b.tensor("y", "out", "f32", [b.dim("M")]);
    b.run(once, { x, y, factor: 1 });
    const q = b.finish();
    expect(m.name).toBe("m");
    expect(code(() => interpret(q, { x: f32([1, 2]), m: f32([1]) }))).toMatch(/^H0406/);
    expect([...(interpret(q, { x: f32([7]), m: f32([1]) }).y?.data ?? [])]).toEqual([7]);
    const late = built((s, { x: from, y: to, k }) => {
      const t = s.temp("t", "f32", [dim("N")]);
      s.when(scalarOp("gt", k, constant(0)), () => s.run(once, { x: from, y: t, factor: 1 }));
      s.run(once, { x: t, y: to, factor: 1 });
    });
    expect([...(interpret(late, { x: f32([4]), k: 1 }).y?.data ?? [])]).toEqual([4]);
    expect(code(() => interpret(late, { x: f32([4]), k: 0 }))).toMatch(/^H0419 .*'t' before any step wrote it/);
    const endless = built((s, { x: from, y: to, k }) => { s.run(once, { x: from, y: to, factor: 1 }); s.loop({ to: k }, () => undefined); });
    expect(code(() => interpret(endless, { x: f32([4]), k: 2 ** 31 - 1 }))).toMatch(/^H0418/);
  });

  test("what an earlier turn wrote may be read under a condition, not in the first turn", () => {
    const turn = (s: Pick<Steps, never> & SequenceBuilder, from: ReturnType<SequenceBuilder["tensor"]>, to: ReturnType<SequenceBuilder["tensor"]>, guarded: boolean): void => {
      const t = s.temp("t", "f32", [dim("N")]);
      s.loop({ to: 3 }, (i) => {
        const read = (): void => s.run(once, { x: t, y: to, factor: 1 });
        if (guarded) s.when(scalarOp("gt", i, constant(0)), read); else read();
        s.run(once, { x: from, y: t, factor: 1 });
      });
    };
    expect([...(interpret(built((s, { x, y }) => turn(s, x, y, true)), { x: f32([4]), k: 0 }).y?.data ?? [])]).toEqual([4]);
    expect(code(() => built((s, { x, y }) => turn(s, x, y, false)))).toMatch(/^T0603/);
  });
});

describe("text", () => {
  test("comes back as it was, and means the same", () => {
    const q = ping.specialise({}), text = print(q), back = readSequence(text);
    expect(print(back)).toBe(text);
    expect(text).toContain("temp t_2: f32[N]");
    expect(text.match(/^p\d+ = program affine$/gm)).toHaveLength(2); // two specialisations, five launches
    expect([...(interpret(back, { x: f32([1, 2, 3]), turns: 3 }).y?.data ?? [])]).toEqual([15, 23, 31]);
  });
  test("loop variables may have any names", () => {
    const text = print(ping.specialise({})).replaceAll("i0", "turn");
    expect(print(readSequence(text))).toBe(print(ping.specialise({})));
  });
  test("mistakes have places", () => {
    const text = print(ping.specialise({}));
    expect(code(() => readSequence(text.replace("run p0(", "run p7(")))).toMatch(/^N0123/);
    expect(code(() => readSequence(`${text}}`))).toMatch(/^S0102/);
    expect(code(() => readSequence(text.replace("temp t_2", "temp t_3")))).not.toBe("nothing thrown");
  });
});
