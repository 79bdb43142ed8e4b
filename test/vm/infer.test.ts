// Inference never fails: whatever layouts some tiles are given, the others get theirs, conversions go where they don't fit, and the
// Program means the same.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { baseTarget } from "../../codegen/index.ts";
import { columnLocal, columnSpatial, compose, conversion, dense, local, replicated, spatial, type RegisterLayout } from "../../layout/index.ts";
import { builder, constant, decompose, dtype, eachStmt, fold, infer, print, scalarOp, tileFromValues, tileShape, verify, withBlocks, type Builder, type Inst, type Program, type Stmt, type Value } from "../../vm/index.ts";
import { byEvaluator, byInterpreter, difference } from "../conformance/engines.ts";
import { drawn } from "../conformance/random/choices.ts";
import { randomLayout } from "../conformance/random/parts.ts";
import { caseOf, plan } from "../conformance/random/programs.ts";

/** The Program with layouts on some of its tiles, as an author may write them; views and conversions have theirs already. */
function annotated(p: Program, layoutOf: (v: Value) => RegisterLayout | undefined): Program {
  const given = new Map<number, Value>();
  const now = (v: Value): Value => given.get(v.id) ?? v;
  const inst = (i: Inst): Inst => {
    const operands = Object.fromEntries(Object.entries(i.operands).map(([k, v]) => [k, now(v)]));
    const free = i.out?.space === "reg" && !i.out.layout && i.name !== "view" && i.name !== "convert", layout = free && i.out ? layoutOf(i.out) : undefined;
    const out = i.out && layout ? { ...i.out, layout } : i.out;
    if (out && layout) given.set(out.id, out);
    return { ...i, operands, out };
  };
  const block = (body: readonly Stmt[]): readonly Stmt[] => body.map((s) => (s.kind === "inst" ? inst(s) : withBlocks(s, block)));
  return { ...p, body: block(p.body) };
}

const errors = (p: Program): string[] => verify(p).filter((d) => d.severity === "error").map((d) => `${d.code} ${d.message} ${d.notes?.join("; ") ?? ""}`);

/** A Program's conversions: what was converted, for whom, at what price. */
function told(p: Program): string[] {
  const { converts, program } = infer(decompose(p));
  expect(errors(program)).toEqual([]);
  return converts.map((c) => `${program.names.get(c.value.id) ?? c.value.id} for ${c.user.name}: ${conversion(c.from, c.to, { threads: p.threads }).kind}`);
}

/** A kernel of 32 threads with tiles `a` and `b` of layouts that its author wrote. */
function pair(a: RegisterLayout, b: RegisterLayout, body: (k: Builder, a: Value, b: Value, y: Value) => void): Program {
  const k = builder("pair"), x = k.tensor("x", "in", "f32", [...a.shape], dense(2)), z = k.tensor("z", "in", "f32", [...b.shape], dense(2)), y = k.tensor("y", "out", "f32", [...a.shape], dense(2));
  k.threads(32);
  const laid = (v: Value, l: RegisterLayout, name: string): Value => k.name(k.convert({ x: v }, { layout: l }), name);
  body(k, laid(k.load({ x }), a, "a"), laid(k.load({ x: z }), b, "b"), y);
  return k.finish();
}

describe("conflicts", () => {
  const rows = compose(spatial(8, 4), local(1, 2)), columns = compose(columnSpatial(8, 4), local(1, 2)), turned = compose(spatial(8, 4), columnLocal(1, 2));
  it("cost nothing where the layouts are one", () => {
    expect(told(pair(rows, turned, (k, a, b, y) => k.store({ to: y, x: k.add({ x: a, y: b }) })))).toEqual([]);
  });
  it("are settled by the cheaper conversion, whichever operand comes first", () => {
    // Every thread holds all of the one, so that it finds its part of the other's layout within itself; not so the other way.
    const all = replicated([8, 8], 32);
    for (const flip of [false, true])
      expect(told(pair(rows, all, (k, a, b, y) => k.store({ to: y, x: flip ? k.add({ x: b, y: a }) : k.add({ x: a, y: b }) })))).toEqual([]);
    expect(told(pair(rows, columns, (k, a, b, y) => k.store({ to: y, x: k.add({ x: a, y: b }) })))).toEqual(["b for add: shared"]);
  });
  it("of one tile with several users are settled once", () => {
    const twice = (k: Builder, a: Value, b: Value, y: Value): void => {
      const s = k.add({ x: a, y: b });
      k.loop("i", { to: 2 }, () => { k.store({ to: y, x: k.mul({ x: s, y: b }) }); k.barrier({}); });
    };
    expect(told(pair(rows, columns, twice))).toEqual(["b for add: shared"]);
  });
  it("of a variable are settled anew: it may have changed", () => {
    const p = pair(rows, columns, (k, a, b, y) => {
      const v = k.name(k.var({ init: b }, { dtype: dtype("f32"), shape: [8, 8], layout: columns }), "v");
      k.store({ to: y, x: k.add({ x: a, y: v }) });
      k.assign({ to: v, from: k.mul({ x: v, y: 2 }) });
      k.barrier({});
      k.store({ to: y, x: k.add({ x: a, y: v }) });
    });
    expect(told(p)).toEqual(["v for add: shared", "v for add: shared"]);
  });
  it("in one branch don't serve the other", () => {
    const p = pair(rows, columns, (k, a, b, y) => {
      const n = k.scalar({ x: k.reduce_sum({ x: k.reduce_sum({ x: a }, { axis: 1 }) }, { axis: 0 }) });
      const use = (): void => { k.store({ to: y, x: k.add({ x: a, y: b }) }); };
      if (typeof n === "object" && "kind" in n) k.when(scalarOp("gt", n, constant(0, "f32")), use, use);
    });
    expect(told(p)).toEqual(["b for add: shared", "b for add: shared"]);
  });
});

describe("a change in place", () => {
  /** s += 1 in a shared tile whose old contents are used once more, by all rows of a tile of `rows`. */
  const change = (rows: number, use: boolean): Program => {
    const b = builder("change"), x = b.tensor("x", "in", "f32", [rows, 8], dense(2)), y = b.tensor("y", "out", "f32", [rows, 8], dense(2)), z = b.tensor("z", "out", "f32", [8], dense(1));
    b.threads(32);
    const s = b.shared({}, { dtype: dtype("f32"), shape: [8] });
    b.store({ to: s, x: b.reduce_sum({ x: b.load({ x }) }, { axis: 0, keep: false }) });
    b.barrier({});
    const old = b.load({ x: s });
    b.store({ to: s, x: b.add({ x: old, y: 1 }) });
    if (use) b.store({ to: y, x: b.mul({ x: b.load({ x }), y: old }) });
    b.barrier({});
    b.store({ to: z, x: b.load({ x: s }) });
    return b.finish();
  };
  const barriers = (p: Program): number => { let n = 0; eachStmt(p.body, (s) => { if (s.kind === "inst" && s.name === "barrier") n++; }); return n; };
  it.each([[4, true], [3, true], [1, true], [4, false]] as const)("of elements that several threads may hold is ordered (%i rows, used %s)", (rows, use) => {
    const p = change(rows, use), { program } = infer(decompose(p));
    expect([errors(p), errors(program), barriers(program)]).toEqual([[], [], 3]); // eight elements in 32 threads
    const c = { program: p, inputs: { x: tileFromValues(dtype("f32"), [rows, 8], Float64Array.from({ length: rows * 8 }, (_, i) => i)) }, dims: {} };
    expect(difference(c, byInterpreter(c), byEvaluator(c, baseTarget), "the loop form")).toBeUndefined();
  });
  it("of elements with one thread each needs nothing", () => {
    const b = builder("own"), y = b.tensor("y", "inout", "f32", [64], dense(1));
    b.threads(32);
    b.store({ to: y, x: b.add({ x: b.load({ x: y }), y: 1 }) });
    expect(barriers(infer(b.finish()).program)).toBe(0);
  });
});

describe("random Programs with layouts on some of their tiles", () => {
  it("get layouts for all others, and mean the same on the loop form", () => fc.assert(fc.property(fc.gen(), (g) => {
    const c = caseOf(g(() => plan), { most: 40 }), percent = g(fc.constantFrom, 10, 50, 100);
    const p = annotated(c.program, (v) => (g(fc.integer, { min: 0, max: 99 }) < percent ? randomLayout(drawn(g), c.program.threads, tileShape(v)) : undefined));
    try {
      let q = p;
      for (const pass of [fold, decompose, (x: Program) => infer(x).program]) {
        expect(errors(q)).toEqual([]);
        q = pass(q);
      }
      expect(errors(q)).toEqual([]);
      eachStmt(q.body, (s) => { if (s.kind === "inst" && s.out?.space === "reg") expect(s.out.layout, s.name).toBeDefined(); });
      if (g(fc.integer, { min: 0, max: 9 }) < 2) expect(difference(c, byInterpreter({ ...c, program: p }), byEvaluator({ ...c, program: p }, baseTarget), "the loop form")).toBeUndefined();
    } catch (e) { throw new Error(`${e instanceof Error ? e.message : String(e)}\n${print(p)}`); }
  }), { numRuns: 40 }));
});
