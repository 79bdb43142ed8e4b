// Shared memory by lifetime: what lies together never lives together, a barrier parts it, and the answers stay the same, on the
// loop form with races checked; how much memory that saves.
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { baseTarget, compileProgram, lowerProgram, prepare, type Target } from "../../codegen/index.ts";
import { dense } from "../../layout/index.ts";
import { builder, constant, dtype, eachStmt, infer, decompose, interpret, plan, print, read, sharedBytes, tileFromValues, verify, type Builder, type Inst, type Program, type Value } from "../../vm/index.ts";
import { byEvaluator, byInterpreter, difference, type Case } from "../conformance/engines.ts";

const arenas = (p: Program): Record<string, number | undefined> => {
  const out: Record<string, number | undefined> = {};
  eachStmt(p.body, (s) => { if (s.kind === "inst" && s.name === "shared") out[p.names.get(s.out?.id ?? -1) ?? "?"] = s.attrs.arena?.kind === "int" ? s.attrs.arena.value : undefined; });
  return out;
};
const barriers = (p: Program): number => { let n = 0; eachStmt(p.body, (s) => { if (s.kind === "inst" && s.name === "barrier") n++; }); return n; };
const errors = (p: Program) => verify(p).filter((d) => d.severity === "error").map((d) => `${d.code} ${d.message}`);

/** A kernel of one block of 16 threads over 32 numbers. */
function kernel(body: (k: { b: Builder; x: Value; y: Value; tile: (name: string, type?: string, n?: number) => Value; through: (s: Value, v: Value, o?: { after?: boolean }) => Value }) => void): Case {
  const b = builder("k"), x = b.tensor("x", "in", "i32", [32], dense(1)), y = b.tensor("y", "out", "i32", [32], dense(1));
  b.grid([["g", 1]]);
  b.threads(16);
  const tile = (name: string, type = "i32", n = 32): Value => b.name(b.shared({}, { dtype: dtype(type), shape: [n] }), name);
  /** A value that has lain in a tile, turned so that threads read what others wrote; `after`: with a barrier behind it. */
  const through = (s: Value, v: Value, { after = false }: { after?: boolean } = {}): Value => {
    b.store({ to: s, x: v.dtype === s.dtype ? v : b.cast({ x: v }, { to: s.dtype }) });
    b.barrier({});
    const back = b.load({ x: b.slice({ x: s }, { offsets: [constant(1)], sizes: [constant(32)] }) }), made = b.name(b.var({ init: back }, { dtype: s.dtype, shape: [32] }), "kept");
    if (after) b.barrier({});
    return s.dtype.name === "i32" ? made : b.cast({ x: made }, { to: dtype("i32") });
  };
  body({ b, x, y, tile, through });
  return { program: b.finish(), inputs: { x: tileFromValues(dtype("i32"), [32], Array.from({ length: 32 }, (_, i) => ((i * 7) % 13) - 6)) }, dims: {} };
}

/** Checks a plan: sound to the verifier, the same to the interpreter and the loop form; gives it. */
function checked(c: Case, thrift: "free" | "tight" = "free"): Program {
  const p = plan(infer(decompose(c.program)).program, thrift);
  expect(errors(p)).toEqual([]);
  expect(print(read(print(p)))).toBe(print(p));
  expect(interpret(p, c.inputs)).toEqual(interpret(c.program, c.inputs));
  return p;
}
const agrees = (c: Case, target: Target = baseTarget): void => { expect(difference(c, byInterpreter(c), byEvaluator(c, target), "the loop form")).toBeUndefined(); };
const workgroup = (c: Case, target: Target = baseTarget): number => lowerProgram(prepare(c.program).program, target).body.buffers.reduce((n, b) => n + (b.space === "workgroup" ? (b.length ?? 0) * 4 : 0), 0);

describe("tiles share memory", () => {
  it("where a barrier parts their lives", () => {
    const c = kernel(({ b, x, y, tile, through }) => { const s = tile("s"), t = tile("t"); b.store({ to: y, x: through(t, through(s, b.load({ x }), { after: true })) }); });
    expect(arenas(checked(c))).toEqual({ s: 0, t: 0 });
    agrees(c);
    expect(workgroup(c)).toBe(128);
    expect(compileProgram(c.program, baseTarget).wgsl).toContain("var<workgroup> s_t: array<i32, 32>;");
  });
  it("but not where none does: it would cost one", () => {
    const c = kernel(({ b, x, y, tile, through }) => { const s = tile("s"), t = tile("t"); b.store({ to: y, x: through(t, through(s, b.load({ x }))) }); });
    expect(arenas(checked(c))).toEqual({ s: undefined, t: undefined });
    expect(workgroup(c)).toBe(256);
    // Where memory is short it is paid.
    const small = { ...baseTarget, workgroupBytes: 200 }, p = checked(c, "tight");
    expect([arenas(p), barriers(p)]).toEqual([{ s: 0, t: 0 }, 3]);
    expect(workgroup(c, small)).toBe(128);
    agrees(c, small);
  });
  it("of other element types as words, where memory is short", () => {
    for (const type of ["f32", "f16", "u32", "u5", "bool"]) {
      const c = kernel(({ b, x, y, tile, through }) => { const s = tile("s"), t = tile("t", type); b.store({ to: y, x: through(t, through(s, b.load({ x }), { after: true })) }); });
      expect(arenas(checked(c))).toEqual({ s: undefined, t: undefined });
      expect(arenas(checked(c, "tight"))).toEqual({ s: 0, t: 0 });
      for (const f16 of [false, true]) agrees(c, { ...baseTarget, f16, workgroupBytes: 128 });
      expect(workgroup(c, { ...baseTarget, workgroupBytes: 128 })).toBe(128);
    }
  });
  it("round after round", () => {
    const c = kernel(({ b, x, y, tile, through }) => {
      const s = tile("s"), t = tile("t"), acc = b.var({ init: b.load({ x }) }, { dtype: dtype("i32"), shape: [32] });
      b.loop("i", { to: 3 }, () => { b.assign({ to: acc, from: b.add({ x: acc, y: through(t, through(s, acc, { after: true }), { after: true }) }) }); });
      b.store({ to: y, x: acc });
    });
    expect(arenas(checked(c))).toEqual({ s: 0, t: 0 });
    agrees(c);
  });
  it("the smaller in the larger, and none that nobody touches", () => {
    const c = kernel(({ b, x, y, tile, through }) => { const s = tile("s"), t = tile("t", "i32", 48); tile("unused"); b.slice({ x: tile("viewed") }, { offsets: [constant(0)], sizes: [constant(4)] }); b.store({ to: b.slice({ x: t }, { offsets: [constant(32)], sizes: [constant(16)] }), x: 0 }); b.store({ to: y, x: through(s, through(b.slice({ x: t }, { offsets: [constant(0)], sizes: [constant(32)] }), b.load({ x }), { after: true })) }); });
    const p = checked(c);
    expect(arenas(p)).toEqual({ s: 0, t: 0 });
    expect([sharedBytes(p), workgroup(c)]).toEqual([192, 192]);
    agrees(c);
  });
});

describe("tiles keep memory of their own", () => {
  const apart = (name: string, body: Parameters<typeof kernel>[0]): void => it(name, () => {
    const c = kernel(body);
    for (const thrift of ["free", "tight"] as const) expect(new Set(Object.values(arenas(checked(c, thrift))))).toEqual(new Set([undefined]));
    agrees(c);
  });
  apart("while what they hold is still wanted", ({ b, x, y, tile, through }) => {
    const s = tile("s"), t = tile("t"), v = through(s, b.load({ x }), { after: true }), w = through(t, v, { after: true });
    b.store({ to: y, x: b.add({ x: w, y: b.load({ x: s }) }) });
  });
  apart("if the next round wants it", ({ b, x, y, tile, through }) => {
    const s = tile("s"), t = tile("t"), acc = b.var({ init: b.load({ x }) }, { dtype: dtype("i32"), shape: [32] });
    b.store({ to: s, x: acc });
    b.barrier({});
    b.loop("i", { to: 3 }, () => {
      b.assign({ to: acc, from: b.add({ x: acc, y: b.load({ x: s }) }) });
      b.barrier({});
      b.assign({ to: acc, from: through(t, acc, { after: true }) });
    });
    b.store({ to: y, x: acc });
  });
  apart("if only a part was written over", ({ b, x, y, tile }) => {
    const s = tile("s"), t = tile("t"), v = b.load({ x }), half = (m: Value, at: number) => b.slice({ x: m }, { offsets: [constant(at)], sizes: [constant(16)] });
    b.store({ to: s, x: v });
    b.barrier({});
    b.store({ to: t, x: b.add({ x: v, y: 1 }) });
    b.barrier({});
    b.store({ to: half(s, 0), x: b.load({ x: half(t, 8) }) });
    b.barrier({});
    b.store({ to: y, x: b.load({ x: s }) });
  });
  apart("if one branch wants it", ({ b, x, y, tile, through }) => {
    const s = tile("s"), t = tile("t"), v = through(s, b.load({ x }), { after: true }), w = through(t, v, { after: true });
    const first = b.scalar({ x: b.reduce_max({ x: w }, { axis: 0 }) });
    b.when({ kind: "op", type: "bool", op: "gt", args: [first, constant(3)] }, () => b.store({ to: y, x: b.load({ x: s }) }), () => b.store({ to: y, x: w }));
  });
  apart("if threads meet in them", ({ b, x, y, tile, through }) => {
    const s = tile("s"), t = tile("t"), v = b.load({ x });
    b.store({ to: s, x: v });
    b.barrier({});
    b.atomic_add({ to: s, x: 1 });
    b.barrier({});
    const w = b.name(b.var({ init: b.load({ x: s }) }, { dtype: dtype("i32"), shape: [32] }), "w");
    b.barrier({});
    b.store({ to: y, x: through(t, w) });
  });
});

describe("the verifier", () => {
  const together = (p: Program): Program => ({ ...p, body: p.body.map((s) => (s.kind === "inst" && s.name === "shared" ? { ...s, attrs: { ...s.attrs, arena: { kind: "int" as const, value: 0 } } } satisfies Inst : s)) });
  it("sees tiles on top of each other", () => {
    const c = kernel(({ b, x, y, tile, through }) => { const s = tile("s"), t = tile("t"), v = through(s, b.load({ x }), { after: true }), w = through(t, v, { after: true }); b.store({ to: y, x: b.add({ x: w, y: b.load({ x: s }) }) }); });
    expect(errors(together(c.program))).toEqual(["R0407 's' and 't' lie in the same memory, but one is written while the other is still wanted"]);
  });
  it("sees a barrier that is missing between two tiles", () => {
    const c = kernel(({ b, x, y, tile, through }) => { const s = tile("s"), t = tile("t"); b.store({ to: y, x: through(t, through(s, b.load({ x }))) }); });
    expect(errors(together(c.program))).toEqual(["R0401 't' lies where 's' lay, and some threads may still be there"]);
  });
  it("lets pass what fits only where tiles share", () => {
    const c = kernel(({ b, x, y, tile, through }) => { const s = tile("s"), t = tile("t"); b.store({ to: y, x: through(t, through(s, b.load({ x }))) }); });
    expect(verify(c.program, { sharedBytes: 128 }).map((d) => d.code)).toEqual([]);
    expect(verify(c.program, { sharedBytes: 64 }).map((d) => d.code)).toEqual(["R0203"]);
    expect(() => compileProgram(c.program, { ...baseTarget, workgroupBytes: 64 })).toThrow("R0203");
  });
});

test("random comings and goings of tiles keep their answers", () => {
  const step = fc.record({ tile: fc.nat(3), after: fc.boolean(), loop: fc.boolean(), add: fc.option(fc.nat(3), { nil: undefined }) });
  fc.assert(fc.property(fc.array(step, { minLength: 2, maxLength: 6 }), (steps) => {
    const c = kernel(({ b, x, y, tile, through }) => {
      const types = ["i32", "i32", "f32", "u8"], tiles = types.map((t, i) => tile(`s${i}`, t)), acc = b.var({ init: b.load({ x }) }, { dtype: dtype("i32"), shape: [32] });
      for (const s of tiles) b.store({ to: s, x: b.fill({}, { value: constant(1), dtype: s.dtype, shape: [32] }) });
      b.barrier({});
      for (const s of steps) {
        const go = (): void => {
          b.assign({ to: acc, from: b.add({ x: acc, y: through(tiles[s.tile], b.and({ x: acc, y: 15 }), { after: true }) }) });
          if (s.add !== undefined) b.assign({ to: acc, from: b.sub({ x: acc, y: b.cast({ x: b.load({ x: tiles[s.add] }) }, { to: dtype("i32") }) }) });
          b.barrier({});
        };
        if (s.loop) b.loop("i", { to: 2 }, go); else go();
      }
      b.store({ to: y, x: acc });
    });
    for (const thrift of ["free", "tight"] as const) checked(c, thrift);
    const law = byInterpreter(c);
    for (const target of [baseTarget, { ...baseTarget, workgroupBytes: 256 }, { ...baseTarget, workgroupBytes: 400, f16: true, staticAccesses: 8 }])
      try { expect(difference(c, law, byEvaluator(c, target), "the loop form")).toBeUndefined(); } catch (e) { expect(String(e)).toContain("R0203"); }
  }), { numRuns: 12 });
});
