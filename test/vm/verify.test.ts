// The verifier: silent on sound Programs (every race it reports could happen), precise on broken ones.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { render, type Span } from "../../diagnostic.ts";
import { compose, dense, local, spatial } from "../../layout/index.ts";
import { affine, difference, fromAffine } from "../../vm/affine.ts";
import { decompose, infer } from "../../vm/passes/index.ts";
import { builder, constant, dtype, evaluate, scalarOp, symbol, verify, withBlocks, type Builder, type Inst, type Program, type Scalar, type Value } from "../../vm/index.ts";
import { everything, gemm, indices, plus, window } from "./programs.ts";

const codes = (p: Program, o = {}) => verify(p, o).map((d) => d.code);
const racy = (p: Program) => codes(p).filter((c) => c === "R0401");
const f32 = dtype("f32");
const tile = (b: Builder, shape: readonly number[] = [64]): Value => b.fill({}, { value: constant(0, "f32"), dtype: f32, shape });

/** A kernel of 64 threads with a shared tile `s` and an output `y`. */
function kernel(body: (b: Builder, s: Value, y: Value, g: Scalar) => void, shape: readonly number[] = [256]): Program {
  const b = builder("k");
  const y = b.tensor("y", "inout", "f32", [4096], dense(1));
  const [g] = b.grid([["g", 4]]);
  b.threads(64);
  body(b, b.name(b.shared({}, { dtype: f32, shape }), "s"), y, g);
  return b.finish();
}

describe("sound Programs", () => {
  it.each([["gemm", gemm()], ["pipelined gemm", gemm({ pipeline: true })]])("%s, after every pass", (_, p) => {
    const lowered = decompose(p), laid = infer(lowered).program;
    for (const q of [p, lowered, laid]) expect(verify(q, { sharedBytes: 16384, threads: 256 })).toEqual([]);
  });
  it("staged register operands", () => {
    const p = kernel((b) => b.loop("k", { to: 8 }, () => { b.dot({ x: tile(b, [16, 16]), y: tile(b, [16, 16]) }); }));
    for (const q of [p, decompose(p), infer(decompose(p)).program]) expect(verify(q)).toEqual([]);
  });
});

describe("missing barriers", () => {
  const store = (b: Builder, s: Value, at: Scalar | number, n = 64, x = tile(b, [n])) => b.store({ to: window(b, s, [at], [n]), x });
  const load = (b: Builder, s: Value, at: Scalar | number, n = 64) => b.load({ x: window(b, s, [at], [n]) });
  const t = (x: Scalar, n: number) => scalarOp("mul", x, constant(n));
  const mod = (x: Scalar, n: number) => scalarOp("rem", x, constant(n));
  const cases: [string, "race" | "sound", (b: Builder, s: Value, y: Value, g: Scalar) => void][] = [
    ["write, read", "race", (b, s) => { store(b, s, 0); load(b, s, 0); }],
    ["write, barrier, read", "sound", (b, s) => { store(b, s, 0); b.barrier({}); load(b, s, 0); }],
    ["read, write", "race", (b, s) => { load(b, s, 0); store(b, s, 0); }],
    ["write, write", "race", (b, s) => { store(b, s, 0); store(b, s, 0); }],
    ["reads only", "sound", (b, s) => { load(b, s, 0); load(b, s, 1); }],
    ["writes beside each other", "sound", (b, s) => { store(b, s, 0); store(b, s, 64); store(b, s, 128); }],
    ["writes that overlap", "race", (b, s) => { store(b, s, 0); store(b, s, 63); }],
    ["windows that move with the block", "sound", (b, s, _, g) => { store(b, s, g); load(b, s, plus(g, 64)); }],
    ["windows of the block that overlap", "race", (b, s, _, g) => { store(b, s, plus(g, 3)); load(b, s, plus(g, 60)); }],
    ["multiples of the block and an odd start", "sound", (b, s, _, g) => { store(b, s, t(g, 128)); load(b, s, 64); }],
    ["an update in place", "sound", (b, s) => { const v = load(b, s, 0); store(b, s, 0, 64, b.add({ x: b.exp({ x: v }), y: v })); }],
    ["an update shifted by one", "race", (b, s) => { const v = load(b, s, 1); store(b, s, 0, 64, b.exp({ x: v })); }],
    ["an update through a reduction", "race", (b, s) => { const v = load(b, s, 0); store(b, s, 0, 64, b.add({ x: tile(b), y: b.reduce_sum({ x: v }, { axis: 0 }) })); }],
    ["an update in place of an output", "sound", (b, _, y) => { store(b, y, 0, 64, b.exp({ x: load(b, y, 0) })); }],
    ["an output read after its write", "race", (b, _, y) => { store(b, y, 0); load(b, y, 0); }],
    ["a barrier in one branch", "race", (b, s, _, g) => { store(b, s, 0); b.when(scalarOp("gt", g, constant(1)), () => { b.barrier({}); }); load(b, s, 0); }],
    ["a barrier in both branches", "sound", (b, s, _, g) => { store(b, s, 0); b.when(scalarOp("gt", g, constant(1)), () => { b.barrier({}); }, () => { b.barrier({}); }); load(b, s, 0); }],
    ["a write in a branch", "race", (b, s, _, g) => { b.when(scalarOp("gt", g, constant(1)), () => { store(b, s, 0); }); load(b, s, 0); }],
    ["a write in one branch, a read in the other", "sound", (b, s, _, g) => { b.when(scalarOp("gt", g, constant(1)), () => { store(b, s, 0); }, () => { load(b, s, 0); }); }],
    ["a loop that ends without barrier", "race", (b, s) => b.loop("i", { to: 4 }, () => { store(b, s, 0); b.barrier({}); load(b, s, 0); })],
    ["a loop that runs once", "sound", (b, s) => b.loop("i", { to: 1 }, () => { store(b, s, 0); b.barrier({}); load(b, s, 0); })],
    ["a loop that never runs", "sound", (b, s) => { store(b, s, 0); b.loop("i", { from: 4, to: 4 }, () => { load(b, s, 0); }); }],
    ["a barrier in a loop that may not run", "race", (b, s, _, g) => { store(b, s, 0); b.loop("i", { to: g }, () => { b.barrier({}); }); load(b, s, 0); }],
    ["a barrier in a loop that runs", "sound", (b, s) => { store(b, s, 0); b.loop("i", { to: 2 }, () => { b.barrier({}); }); load(b, s, 0); }],
    ["a window that walks", "sound", (b, _, y) => b.loop("i", { to: 256, step: 64 }, (i) => { store(b, y, i); })],
    ["a window that walks back", "sound", (b, _, y) => b.loop("i", { to: 4 }, (i) => { store(b, y, scalarOp("sub", constant(192), t(i, 64))); })],
    ["a window that walks too slowly", "race", (b, _, y) => b.loop("i", { to: 256, step: 63 }, (i) => { store(b, y, i); })],
    ["the same elements in each round", "sound", (b, _, y, g) => b.loop("i", { to: 4 }, () => { store(b, y, t(g, 64)); })],
    ["walking in two loops", "sound", (b, _, y) => b.loop("i", { to: 4 }, (i) => b.loop("j", { to: 4 }, (j) => { store(b, y, plus(t(i, 256), t(j, 64))); }))],
    ["walking in two loops that meet", "race", (b, _, y) => b.loop("i", { to: 4 }, (i) => b.loop("j", { to: 5 }, (j) => { store(b, y, plus(t(i, 256), t(j, 64))); }))],
    ["two buffers in turn", "sound", (b, s) => { store(b, s, 0); b.barrier({}); b.loop("i", { to: 9 }, (i) => { store(b, s, t(mod(plus(i, 1), 2), 64)); load(b, s, t(mod(i, 2), 64)); b.barrier({}); }); }],
    ["two buffers without their barrier", "race", (b, s) => b.loop("i", { to: 9 }, (i) => { store(b, s, t(mod(plus(i, 1), 2), 64)); load(b, s, t(mod(i, 2), 64)); })],
    ["two buffers, a step of two", "race", (b, s) => b.loop("i", { to: 9 }, (i) => { store(b, s, t(mod(plus(i, 2), 2), 64)); load(b, s, t(mod(i, 2), 64)); b.barrier({}); })],
    ["a copy from one end to the other", "sound", (b, s) => { b.copy({ from: window(b, s, [0], [64]), to: window(b, s, [64], [64]) }); }],
    ["a copy onto itself, shifted", "race", (b, s) => { b.copy({ from: window(b, s, [0], [64]), to: window(b, s, [8], [64]) }); }],
    ["an index the block computes", "race", (b, s) => { const n = b.scalar({ x: b.fill({}, { value: constant(1), dtype: dtype("i32"), shape: [1] }) }); store(b, s, 0); load(b, s, n as Scalar); }],
  ];
  it.each(cases)("%s: %s", (_, verdict, body) => {
    expect(racy(kernel(body))).toEqual(verdict === "race" ? ["R0401"] : []);
  });
  it("matter to several threads only", () => {
    const b = builder("one"), s = b.shared({}, { dtype: f32, shape: [4] });
    b.threads(1);
    store(b, s, 0, 4);
    load(b, s, 0, 4);
    expect(racy(b.finish())).toEqual([]);
  });
  it("are looked for in bounded time", () => {
    const many = kernel((b, _, y) => { for (let i = 0; i < 2000; i++) store(b, y, 2 * i, 2); });
    const deep = kernel((b, s) => { const nest = (n: number): void => { if (n) b.loop("i", { to: 2 }, () => nest(n - 1)); else { store(b, s, 0); b.barrier({}); load(b, s, 64); } }; nest(25); });
    expect([racy(many), racy(deep)]).toEqual([[], []]);
  }, 20_000);
  it("of planes: bits share words", () => {
    const p = (n: number) => kernel((b) => {
      const q = b.shared({}, { dtype: dtype("b3"), shape: [64] }), planes = b.bits_of({ x: q });
      b.store({ to: window(b, planes, [0, 0], [1, 32], [0]), x: b.load({ x: window(b, planes, [1, n], [1, 32], [0]) }, { unpadded: true }) });
    });
    expect([racy(p(0)), racy(p(32))]).toEqual([["R0401"], []]);
  });
  it("in a gemm are told once, where and between what", () => {
    const source = "copy(a, to: sa)\nbarrier()\ndot(sa, sb)\n";
    const line = (n: number): Span => { const start = source.split("\n").slice(0, n).join("\n").length + (n ? 1 : 0); return { file: "g", start, end: source.indexOf("\n", start) }; };
    const placed = (p: Program): Program => ({ ...p, body: p.body.map((s) => (s.kind === "for" ? { ...s, body: s.body.map((i) => (i.kind !== "inst" ? i : i.name === "copy" ? { ...i, span: line(0) } : i.name === "dot" ? { ...i, span: line(2) } : i)) } : s)) });
    const told = (p: Program) => verify(placed(p)).map((d) => render(d, source)).join("\n");
    expect(told(gemm({ afterCopies: false }))).toMatchInlineSnapshot(`
      "error[R0401]: two threads may meet in 'sa': one element is written by one thread and read by another, in any order
       ┌─ g:3:1
      3│ dot(sa, sb)
       │ ^^^^^^^^^^^ read here
      1│ copy(a, to: sa)
       │ --------------- written here
        = help: put barrier() between them"
    `);
    expect(told(gemm({ afterDot: false }))).toMatchInlineSnapshot(`
      "error[R0401]: two threads may meet in 'sa': one element is read by one thread in the round before and written by another, in any order
       ┌─ g:1:1
      1│ copy(a, to: sa)
       │ ^^^^^^^^^^^^^^^ written here
      3│ dot(sa, sb)
       │ ----------- read here in the round before
        = help: put barrier() between them: before this, or at the end of the loop's body"
    `);
    expect(verify(gemm({ afterDot: false }))[0].notes).toMatchInlineSnapshot(`
      [
        "first: %15: f32[32, 32] = dot(x: %4, y: %5, acc: %7, k: min(32, (256 - i0)))",
        "then: copy(from: %8, to: %4)",
      ]
    `);
    expect(codes(gemm({ afterDot: false, afterCopies: false }))).toEqual(["R0401", "R0401"]);
  });
});

describe("form", () => {
  const change = (p: Program, name: string, f: (i: Inst) => Inst): Program => {
    const block = (body: Program["body"]): Program["body"] => body.map((s) => (s.kind === "inst" ? (s.name === name ? f(s) : s) : withBlocks(s, block)));
    return { ...p, body: block(p.body) };
  };
  const stray: Value = { id: 99, space: "reg", dtype: f32, shape: [32, 32] };
  it.each<[string, Program, string]>([
    ["a value that nobody made", change(gemm(), "store", (i) => ({ ...i, operands: { ...i.operands, x: stray } })), "N0123"],
    ["a value used under another type", change(gemm(), "dot", (i) => ({ ...i, operands: { ...i.operands, x: { ...i.operands.x, shape: [32, 16] } } })), "T0401"],
    ["a value made twice", change(gemm(), "cast", (i) => ({ ...i, out: i.out && { ...i.out, id: 4 } })), "N0122"],
    ["another result than the row's", change(gemm(), "mul", (i) => ({ ...i, out: i.out && { ...i.out, dtype: f32 } })), "T0401"],
    ["a missing operand", change(gemm(), "dot", (i) => ({ ...i, operands: { x: i.operands.x } })), "T0101"],
    ["an attribute of another kind", change(gemm(), "cast", (i) => ({ ...i, attrs: { to: { kind: "int", value: 3 } } })), "T0101"],
    ["an unknown instruction", change(gemm(), "cast", (i) => ({ ...i, name: "cats" })), "N0125"],
    ["an unknown scalar", change(gemm(), "dot", (i) => ({ ...i, attrs: { k: { kind: "scalar", value: symbol("loop", "i7") } } })), "N0121"],
    ["a broken type rule", change(gemm(), "dot", (i) => ({ ...i, attrs: { k: { kind: "scalar", value: constant(1, "f32") } } })), "T0301"],
    ["a condition that is a number", { ...gemm(), body: [{ kind: "if", condition: constant(1), then: [], otherwise: [] }] }, "T0303"],
    ["a loop that stands still", { ...everything(), body: [{ kind: "for", mode: { kind: "plain" }, symbol: symbol("loop", "i") as Extract<Scalar, { kind: "symbol" }>, from: constant(0), to: constant(2), step: 0, body: [] }] }, "T0104"],
    ["a value of an inner block used outside", { ...gemm(), body: gemm().body.flatMap((s) => (s.kind === "for" ? [{ ...s, body: s.body.slice(0, 3) }, ...s.body.slice(3)] : [s])) }, "N0123"],
  ])("%s", (_, p, code) => { expect(codes(p)).toContain(code); });

  it.each<[string, () => Program, string]>([
    ["writes to an input", () => { const b = builder("p"), x = b.tensor("x", "in", "f32", [64], dense(1)); b.threads(32); b.store({ to: window(b, x, [0], [64]), x: tile(b) }); return b.finish(); }, "R0402"],
    ["assignment to what is no variable", () => kernel((b) => { b.assign({ to: tile(b), from: tile(b) }); }), "T0304"],
    ["too many threads for the block", () => kernel((b) => { b.convert({ x: tile(b, [128]) }, { layout: spatial(128) }); }), "L0305"],
    ["a tile that fills the registers", () => kernel((b) => { tile(b, [64 * 2049]); }), "R0201"],
    ["a layout that fills the registers", () => kernel((b) => { b.convert({ x: tile(b, [2 * 2049]) }, { layout: compose(spatial(2), local(2049)) }); }), "R0201"],
  ])("%s", (_, p, code) => { expect(codes(p())).toEqual([code]); });
  it("fits the device", () => {
    expect(codes(gemm(), { sharedBytes: 4096, threads: 64 })).toEqual([]);
    expect(codes(gemm(), { sharedBytes: 4095, threads: 63 })).toEqual(["R0101", "R0203"]);
    expect([codes(gemm(), { storageBuffers: 4 }), codes(gemm(), { storageBuffers: 3 })]).toEqual([[], ["R0202"]]);
  });
  it("is checked without ever throwing", () => {
    const insts = gemm().body;
    // One operand, attribute or result of some instruction taken from another.
    fc.assert(fc.property(fc.nat(30), fc.nat(30), fc.constantFrom("operands", "attrs", "out", "name", "result"), (a, b, key) => {
      const flat = insts.flatMap((s) => (s.kind === "for" ? s.body : [s])).filter((s): s is Inst => s.kind === "inst");
      const from = flat[a % flat.length], to = flat[b % flat.length];
      return Array.isArray(verify(change({ ...gemm(), body: flat }, to.name, (i) => ({ ...i, [key]: from[key as "out"] }))));
    }));
  });
});

describe("sums", () => {
  const N = symbol("dim", "N"), i = symbol("loop", "i");
  it("mean what they were made from", () => fc.assert(fc.property(indices([N, i]), indices([N, i]), fc.nat(50), fc.nat(50), (x, y, n, k) => {
    const env = new Map([["N", n], ["i", k]]), value = (s: Scalar): number => evaluate(s, env);
    const safe = [x, y].every((s) => Math.abs(value(s)) < 2 ** 30);
    return !safe || (value(fromAffine(affine(x))) === value(x) && value(fromAffine(difference(x, y))) === value(y) - value(x));
  })));
});

/** A slow, independent answer: runs the accesses round by round and looks for meetings, element by element. */
describe("races, by trying all rounds", () => {
  type Step = { kind: "barrier" } | { kind: "access"; write: boolean; c: number; k: number; n: number; inner: boolean };
  const step = fc.oneof(fc.constant<Step>({ kind: "barrier" }), fc.record({ kind: fc.constant("access" as const), write: fc.boolean(), c: fc.constantFrom(0, 0, 0, -3, -1, 1, 2), k: fc.integer({ min: 10, max: 16 }), n: fc.integer({ min: 1, max: 3 }) }));
  it("none is missed", () => fc.assert(fc.property(fc.array(step, { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 4 }), (steps, rounds) => {
    const p = kernel((b, s) => b.loop("i", { to: rounds }, (i) => {
      for (const x of steps) {
        if (x.kind === "barrier") { b.barrier({}); continue; }
        const w = window(b, s, [plus(t(i, x.c), x.k)], [x.n]);
        if (x.write) b.store({ to: w, x: tile(b, [x.n]) }); else b.load({ x: w });
      }
    }), [40]);
    let pending: { step: number; write: boolean; from: number; to: number }[] = [], meets = false;
    for (let i = 0; i < rounds; i++)
      steps.forEach((x, at) => {
        if (x.kind === "barrier") { pending = []; return; }
        const from = x.c * i + x.k, mine = { step: at, write: x.write, from, to: from + x.n };
        meets ||= pending.some((a) => (a.write || mine.write) && a.from < mine.to && mine.from < a.to && !(a.step === at && a.from === from));
        pending.push(mine);
      });
    const found = codes(p).includes("R0401");
    // It may be too careful about windows that move differently, never careless.
    return steps.every((x) => x.kind === "barrier" || x.c === 0) ? found === meets : found || !meets;
  }), { numRuns: 500 }));
  const t = (x: Scalar, n: number) => scalarOp("mul", x, constant(n));
});
