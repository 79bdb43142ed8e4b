// The evaluator's checks, placement and counts on bodies whose answers are plain to see.
import { describe, expect, test } from "vitest";
import { counts } from "../../codegen/loop/count.ts";
import { evaluate } from "../../codegen/loop/evaluate.ts";
import { expressions, type Exprs } from "../../codegen/loop/expr.ts";
import type { Body, Buffer, Expr, LoopStmt, Reg, Var } from "../../codegen/loop/ir.ts";
import { place, type PlacedStmt } from "../../codegen/loop/place.ts";
import { write } from "./bodies.ts";

const T = 4;
const storage = (id: number, name: string, access: "read" | "read_write", atomic: Buffer["atomic"] = false): Buffer => ({ id, name, space: "storage", access, elem: "u32", atomic, binding: id });

interface Kit { e: Exprs; t: Expr; a: Buffer; out: Buffer; sh: Buffer; u: (n: number) => Expr; body: (stmts: LoopStmt[], uniforms?: Var[]) => Body; run: (b: Body, uniforms?: Record<string, number>) => number[] }
function kit(): Kit {
  const e = expressions(), thread = e.variable({ name: "t", type: "i32", role: "thread", lo: 0, hi: T - 1, divisor: 1 });
  const a = storage(0, "a", "read"), out = storage(1, "out", "read_write"), sh: Buffer = { id: 2, name: "sh", space: "workgroup", access: "read_write", elem: "u32", length: T, atomic: false };
  return {
    e, t: e.use(thread), a, out, sh, u: (n) => e.constant("u32", n),
    body: (stmts, uniforms = []) => ({ threads: T, thread, blocks: [], uniforms, buffers: [a, out, sh], stmts }),
    run: (b, uniforms = {}) => {
      const words = new Uint32Array(8);
      evaluate(b, { buffers: new Map([["a", Uint32Array.from({ length: 8 }, (_, i) => 10 * i)], ["out", words]]), uniforms, blocks: [], check: true, seed: 1 });
      return [...words];
    },
  };
}

describe("evaluator", () => {
  test("threads exchange values over a barrier", () => {
    const { e, t, a, out, sh, body, run } = kit();
    expect(run(body([
      { kind: "store", buffer: sh, index: t, value: e.load(a, t, 0) },
      { kind: "barrier" },
      { kind: "store", buffer: out, index: t, value: e.load(sh, e.fmod(e.add(t, e.of(1)), e.of(T)), 1) },
    ]))).toEqual([10, 20, 30, 0, 0, 0, 0, 0]);
  });

  test("loops with bounds that differ between threads", () => {
    const { e, t, out, u, body, run } = kit();
    const r: Reg = { id: 0, name: "r", type: "u32", slots: 1 }, i = e.variable({ name: "i", type: "i32", role: "loop", lo: 0, hi: 3, divisor: 1 });
    expect(run(body([
      { kind: "declare", reg: r }, { kind: "set", reg: r, slot: e.of(0), value: u(0) },
      { kind: "for", v: i, from: e.of(0), to: t, step: 1, body: [{ kind: "set", reg: r, slot: e.of(0), value: e.op("add", e.slot(r, e.of(0), 1), e.to("u32", e.use(i))) }] },
      { kind: "store", buffer: out, index: t, value: e.slot(r, e.of(0), 2) },
    ])).slice(0, 4)).toEqual([0, 0, 1, 3]);
  });

  test.each<[string, (k: Kit) => LoopStmt[], RegExp]>([
    ["a read without a barrier", ({ e, t, out, sh, u }) => [{ kind: "store", buffer: sh, index: t, value: u(1) }, { kind: "store", buffer: out, index: t, value: e.load(sh, e.of(0), 1) }], /race at sh\[0\]: thread \d reads what thread 0 wrote/],
    ["two values for one word", ({ e, t, sh }) => [{ kind: "store", buffer: sh, index: e.of(0), value: e.to("u32", t) }], /race at sh\[0\]: thread \d and thread \d write/],
    ["a plain store beside an atomic", ({ e, t, out, u }) => [{ kind: "if", condition: e.op("eq", t, e.of(0)), then: [{ kind: "store", buffer: out, index: e.of(0), value: u(1) }], otherwise: [{ kind: "atomic", op: "or", buffer: out, index: e.of(0), value: u(1) }] }], /race at out\[0\]/],
    ["an index outside", ({ e, t, out, u }) => [{ kind: "store", buffer: out, index: e.add(t, e.of(5)), value: u(1) }], /index 8 is outside out, which has 8 elements/],
    ["a barrier that not all threads meet", ({ e, t }) => [{ kind: "if", condition: e.op("lt", t, e.of(2)), then: [{ kind: "barrier" }], otherwise: [] }], /a barrier is met by 2 of 4 threads/],
    ["a slot that nothing set", ({ e, t, out }) => { const r: Reg = { id: 0, name: "r", type: "u32", slots: 2 }; return [{ kind: "declare", reg: r }, { kind: "store", buffer: out, index: t, value: e.slot(r, e.of(1), 0) }]; }, /r\[1\] is read before it is set/],
    ["floor division of a negative number", ({ e, t, out }) => [{ kind: "store", buffer: out, index: e.fmod(e.op("sub", t, e.of(1)), e.op("max", t, e.of(1))), value: e.constant("u32", 0) }], /fmod of -1 by 1/],
  ])("refuses %s", (_, make, message) => {
    const k = kit();
    expect(() => k.run(k.body(make(k)))).toThrow(message);
  });

  test("the same value twice, and atomics among themselves, are no race", () => {
    const { e, t, out, u, body, run } = kit(), counted: Buffer = { ...out, atomic: "u32" };
    expect(run(body([{ kind: "store", buffer: out, index: e.of(0), value: u(7) }, { kind: "atomic", op: "add", buffer: counted, index: e.of(1), value: e.to("u32", t) }])).slice(0, 2)).toEqual([7, 6]);
  });
});

/** Statements as kinds, nested ones in brackets. */
const shape = (list: readonly PlacedStmt[]): string => list.map((s) => (s.kind === "for" ? `for(${shape(s.body)})` : s.kind === "if" ? `if(${shape(s.then)})` : s.kind)).join(" ");

describe("placement", () => {
  const loop = (k: Kit, to: Expr, body: (i: Expr) => LoopStmt[]): LoopStmt => {
    const v = k.e.variable({ name: "i", type: "i32", role: "loop", lo: 0, hi: 7, divisor: 1 });
    return { kind: "for", v, from: k.e.of(0), to, step: 1, body: body(k.e.use(v)) };
  };

  test("what a loop doesn't change is made before it; what it changes stays", () => {
    const k = kit(), { e, t, a, out } = k;
    const b = k.body([loop(k, e.of(8), (i) => [{ kind: "store", buffer: out, index: e.add(i, e.fmod(e.mul(t, e.of(5)), e.of(3))), value: e.load(a, i, 0) }])]);
    expect(shape(place(b))).toBe("let for(store)");
    expect(write(b, false).wgsl).toContain("  let t0 = t * 5 % 3;\n  for (var i = 0; i < 8; i++) {\n    out[t0 + i] = a[i];\n  }");
  });

  test("reads of constant memory leave loops that surely run, and no other", () => {
    const made = (surely: boolean) => {
      const k = kit(), { e, t, a, out } = k, n = e.variable({ name: "n", type: "i32", role: "uniform", lo: 0, hi: 8, divisor: 1 });
      return shape(place(k.body([loop(k, surely ? e.of(8) : e.use(n), (i) => [{ kind: "store", buffer: out, index: i, value: e.load(a, t, 0) }])], [n])));
    };
    expect(made(true)).toBe("let for(store)");
    expect(made(false)).toBe("for(store)");
  });

  test("guarded reads stay under their guards, each under its own", () => {
    const k = kit(), { e, t, a, out } = k, guard = (n: number, x: Expr): LoopStmt => ({ kind: "if", condition: e.op("lt", t, e.of(n)), then: [{ kind: "store", buffer: out, index: t, value: x }], otherwise: [] });
    const x = e.load(a, t, 0), twice = e.op("add", x, e.op("reverse", x));
    const b = k.body([guard(2, twice), guard(3, twice)]);
    expect(shape(place(b))).toBe("if(let store) if(let store)");
    // One read without a guard serves them all.
    expect(shape(place(k.body([{ kind: "store", buffer: out, index: t, value: x }, guard(2, twice), guard(3, twice)])))).toMatch(/^let store .*if\(/);
  });

  test("neighbours under one condition share a branch", () => {
    const k = kit(), { e, t, out, u } = k, c = e.op("lt", t, e.of(2)), put = (n: number): LoopStmt => ({ kind: "if", condition: c, then: [{ kind: "store", buffer: out, index: t, value: u(n) }], otherwise: [] });
    expect(shape(place(k.body([put(1), put(2)])))).toBe("if(store store)");
  });

  test("one epoch on both sides of a write is a bug of the lowering", () => {
    const k = kit(), { e, t, out, sh, u } = k;
    const read = (epoch: number): LoopStmt => ({ kind: "store", buffer: out, index: t, value: e.load(sh, t, epoch) }), wrote: LoopStmt = { kind: "store", buffer: sh, index: t, value: u(1) };
    expect(() => place(k.body([read(0), wrote, read(0)]))).toThrow("sh is read in epoch 0 before and after a write");
    expect(shape(place(k.body([read(0), wrote, read(1)])))).toBe("store store store");
  });
});

describe("vector loads", () => {
  const written = (index: (k: Kit, i: Expr, c: number) => Expr, words: number) => {
    const k = kit(), { e, a, out } = k, i = e.variable({ name: "i", type: "i32", role: "loop", lo: 0, hi: 7, divisor: 1 });
    const sum = Array.from({ length: words }, (_, c) => e.load(a, index(k, e.use(i), c), 0)).reduce((x, y) => e.op("xor", x, y));
    const b = k.body([{ kind: "for", v: i, from: e.of(0), to: e.of(8), step: 1, body: [{ kind: "store", buffer: out, index: e.use(i), value: sum }] }]);
    return { text: write(b, false).wgsl, counts: counts(b) };
  };
  test("four neighbours are one load", () => {
    const { text, counts: n } = written(({ e, t }, i, c) => e.add(e.add(e.mul(t, e.of(8)), e.mul(i, e.of(4))), e.of(c)), 4);
    expect(text).toContain("var<storage, read> a: array<vec4<u32>>;");
    expect(text).toContain("let t0 = a[t * 2 + i];");
    expect([...text.matchAll(/t0\.([xyzw])/g)].map((m) => m[1]).sort()).toEqual(["w", "x", "y", "z"]);
    expect(n).toMatchObject({ staticAccesses: 2, thread: { storageLoads: 32 } });
  });
  test("two where only two are proved", () => {
    expect(written(({ e }, i, c) => e.add(e.mul(i, e.of(6)), e.of(c)), 2).text).toContain("array<vec2<u32>>");
  });
  test("none where an index isn't aligned, or nothing is gained", () => {
    expect(written(({ e }, i, c) => e.add(e.mul(i, e.of(3)), e.of(c)), 2).text).toContain("a: array<u32>");
    expect(written(({ e }, i) => e.mul(i, e.of(4)), 1).text).toContain("a: array<u32>");
  });
});

describe("counts", () => {
  test("of a loop with a constant trip count are exact; of another unknown", () => {
    const k = kit(), { e, t, a, out } = k, f = (x: Expr) => e.bits("f32", x);
    const i = e.variable({ name: "i", type: "i32", role: "loop", lo: 0, hi: 6, divisor: 2 }), n = e.variable({ name: "n", type: "i32", role: "uniform", lo: 0, hi: 8, divisor: 1 });
    const x = e.load(a, e.use(i), 0), body: LoopStmt[] = [{ kind: "store", buffer: out, index: t, value: e.bits("u32", e.op("mul", f(x), e.op("add", f(x), e.constant("f32", 1)))) }, { kind: "barrier" }];
    const known = counts(k.body([{ kind: "for", v: i, from: e.of(0), to: e.of(7), step: 2, body }]));
    expect(known).toMatchObject({ staticAccesses: 2, thread: { storageLoads: 4, storageStores: 4, flops: 8, barriers: 4, workgroupLoads: 0 } });
    expect(counts(k.body([{ kind: "for", v: i, from: e.of(0), to: e.use(n), step: 2, body }], [n]))).toMatchObject({ staticAccesses: 2, thread: null });
    expect(JSON.parse(JSON.stringify(known))).toEqual(known);
  });
});

describe("names", () => {
  test("the user's name where it may stand, a number where not, nothing else", () => {
    const { e, t } = kit();
    const out: Buffer = { ...storage(0, "tile", "read_write"), atomic: false }, regs = ["vec4", "größe", "tile", "x; }", "fn", "ok"].map((name, id): Reg => ({ id, name, type: "u32", slots: 1 }));
    const stmts = regs.flatMap((reg, i): LoopStmt[] => [{ kind: "declare", reg }, { kind: "set", reg, slot: e.of(0), value: e.to("u32", e.add(t, e.of(i))) }, { kind: "store", buffer: out, index: e.add(e.mul(t, e.of(8)), e.of(i)), value: e.slot(reg, e.of(0), 1) }]);
    const { thread } = { thread: t.node.kind === "var" ? t.node.v : undefined };
    if (!thread) throw new Error("a variable");
    const text = write({ threads: T, thread, blocks: [], uniforms: [], buffers: [out], stmts }, false).wgsl;
    expect([...text.matchAll(/let (\S+) = u32/g)].map((m) => m[1])).toEqual(["vec4_1", "gr_e_1", "tile_1", "x_1", "fn_1", "ok"]);
  });
});
