// What the rows say about layouts: accumulators, views of bits, and that inference over them always finds layouts that
// serve every instruction.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Diagnostic } from "../../diagnostic.ts";
import { compose, dense, elementAt, equal, holdsAll, local, numbers, reduce, replicated, slotCount, spatial, threadCount, type RegisterLayout } from "../../layout/index.ts";
import { builder, constant, decompose, dtype, eachStmt, infer, isa, rowOf, tileCodes, tileFromCodes, type Inst, type LayoutContext, type Tile, type Value } from "../../vm/index.ts";
import { disagreement, reinterpretTile } from "../../vm/isa/bits.ts";
import { accumulatorLayout } from "../../vm/isa/product-layout.ts";
import { someLayout } from "../layout/support.ts";
import { elements, seeded } from "./isa-support.ts";

describe("accumulators", () => {
  it("are square register blocks, neighbouring threads along N", () => {
    expect(equal(accumulatorLayout(64, 64, 64), compose(spatial(8, 8), local(8, 8)))).toBe(true);
    expect(equal(accumulatorLayout(64, 32, 64), compose(spatial(8, 8), local(4, 8)))).toBe(true);
    expect(equal(accumulatorLayout(256, 16, 16), spatial(16, 16))).toBe(true);
    expect(equal(accumulatorLayout(64, 37, 1), spatial(37, 1))).toBe(true);
  });
  it("exist for any M, N and threads, with at most 64 slots where that is possible", () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 1, max: 80 }), fc.integer({ min: 1, max: 256 }), (M, N, T) => {
      const l = accumulatorLayout(T, M, N);
      expect([...l.shape]).toEqual([M, N]);
      expect(threadCount(l)).toBeLessThanOrEqual(T);
      const possible = Array.from({ length: M }, (_, i) => i + 1).some((m) => M % m === 0 && Array.from({ length: N }, (_, i) => i + 1).some((n) => N % n === 0 && m * n <= 64 && (M / m) * (N / n) <= T));
      if (possible) expect(slotCount(l)).toBeLessThanOrEqual(64);
    }));
  });
});

/** The bits of a thread, lowest first, from the definition. */
const bitsOfThread = (x: Tile, l: RegisterLayout, thread: number): string => {
  const codes = tileCodes(x);
  return Array.from({ length: slotCount(l) }, (_, s) => {
    const code = codes[elementAt(l, numbers, thread, s).reduce((at, i, d) => at * l.shape[d] + i, 0)];
    return [...code.toString(2).padStart(x.dtype.bits, "0")].reverse().join("");
  }).join("");
};

describe("view", () => {
  it("keeps the bits of every thread", () => {
    const types = ["u1", "u3", "u4", "u8", "i5", "b2", "f6e3m2", "f16", "bf16", "u24", "u32", "i32", "f32"].map(dtype);
    fc.assert(fc.property(fc.constantFrom(...types), fc.constantFrom(...types), someLayout, fc.nat(), (a, b, l, seed) => {
      const bits = slotCount(l) * a.bits;
      fc.pre(bits % b.bits === 0 && threadCount(l) * slotCount(l) <= 2000);
      const random = seeded(seed), x = tileFromCodes(a, l.shape, Array.from({ length: l.shape.reduce((p, q) => p * q, 1) }, () => Math.floor(random() * 2 ** a.bits)));
      fc.pre(a.kind !== "float" || !elements(x).some(Number.isNaN)); // a NaN's payload needn't survive
      const to = compose(spatial(threadCount(l)), local(bits / b.bits)), y = reinterpretTile(x, l, b, to);
      fc.pre(b.kind !== "float" || b.storage || !elements(y).some(Number.isNaN));
      for (let t = 0; t < threadCount(l); t++) expect(bitsOfThread(y, to, t)).toBe(bitsOfThread(x, l, t));
      expect(elements(reinterpretTile(y, to, a, l))).toEqual(elements(x));
    }), { numRuns: 300 });
  });

  const context = (x: Value, type: string, layout: RegisterLayout): LayoutContext => ({ threads: threadCount(layout), operands: { x }, attrs: { dtype: dtype(type), layout }, out: undefined });
  const value = (type: string, shape: number[]): Value => ({ id: 0, space: "reg", dtype: dtype(type), shape });
  it("asks for a layout with the same bits in each thread, replicas counted", () => {
    for (const [x, type, to] of [
      [value("u8", [64]), "u32", compose(spatial(16), local(1))], [value("u3", [32, 32]), "u32", compose(spatial(8, 4), local(1, 3))],
      [value("u8", [8]), "u32", replicated([2], 8)], [value("u32", [5]), "u1", compose(spatial(5), local(32))],
    ] as const) {
      const c = context(x, type, to), want = isa.view.layout?.backward?.(undefined, "x", c);
      if (!want) throw new Error("no layout");
      expect(isa.view.layout?.fits?.("x", want, undefined, c)).toBe(true);
      expect([...want.shape]).toEqual([...x.shape]);
    }
    expect(isa.view.layout?.fits?.("x", local(64), undefined, context(value("u8", [64]), "u32", compose(spatial(16), local(1))))).toBe(false);
  });
  it("says so where no layout can", () => {
    expect(() => isa.view.layout?.backward?.(undefined, "x", context(value("u8", [33]), "u32", spatial(16)))).toThrow("L0302");
    expect(() => isa.view.layout?.backward?.(undefined, "x", context(value("u8", [32]), "u32", replicated([2], 8)))).toThrow("L0304");
  });
});

describe("a view that can't be says which bit is in the way", () => {
  const told = (from: RegisterLayout, a: string, to: RegisterLayout, b: string): string => {
    try {
      isa.view.type({ x: { id: 0, space: "reg", dtype: dtype(a), shape: from.shape, layout: from } }, { dtype: dtype(b), layout: to });
      return "fine";
    } catch (e) { return e instanceof Diagnostic ? `${e.code} ${e.data.notes?.join()}` : String(e); }
  };
  const threads = (n: number, slots: number): RegisterLayout => compose(spatial(n), local(slots));
  it.each([
    ["as many bits", threads(4, 4), "u8", threads(4, 1), "u32", "fine"],
    ["more bits than the tile has", threads(4, 3), "u8", threads(4, 1), "u32",
      "L0302 they disagree first in bit 24 of what thread 0 holds: the tile has nothing there, the view takes it for bit 24 of element [0] (slot 0)"],
    ["fewer bits", threads(4, 4), "u8", threads(4, 1), "u16",
      "L0302 they disagree first in bit 16 of what thread 0 holds: the tile has bit 0 of element [2] (slot 2) there, the view has nothing there"],
    ["more threads", threads(4, 4), "u8", threads(8, 1), "u32",
      "L0301 they disagree first in bit 0 of what thread 4 holds: the tile has nothing there, the view takes it for bit 0 of element [4] (slot 0)"],
    ["replicas alike", compose(replicated([2], 2), local(4)), "u8", replicated([2], 2), "u32", "fine"],
    ["replicas that hold different elements", threads(4, 4), "u8", replicated([1], 4), "u32",
      "L0304 they disagree first in bit 0 of what thread 1 holds: the tile has bit 0 of element [4] (slot 0) there; for the view it is bit 0 of element [0] (slot 0), which thread 0 holds, too, but there the tile has bit 0 of element [0] (slot 0)"],
  ] as const)("%s", (_, from, a, to, b, want) => { expect(told(from, a, to, b)).toBe(want); });
  it("and none where the bits are the same", () => {
    // What a view reads back is what was there, for every thread and bit, exactly if there is no disagreement.
    fc.assert(fc.property(someLayout, someLayout, fc.constantFrom("u1", "u2", "u8"), fc.constantFrom("u1", "u4", "u8"), (l, m, a, b) => {
      fc.pre(threadCount(l) * slotCount(l) <= 500 && threadCount(m) * slotCount(m) <= 500);
      const x = dtype(a), y = dtype(b), d = disagreement(l, x.bits, m, y.bits);
      if (threadCount(l) !== threadCount(m) || slotCount(l) * x.bits !== slotCount(m) * y.bits) { expect(d).toBeDefined(); return; }
      const tile = tileFromCodes(x, l.shape, Array.from({ length: l.shape.reduce((p, q) => p * q, 1) }, (_, i) => (i * 2654435761) % 2 ** x.bits));
      const seen = reinterpretTile(tile, l, y, m), same = Array.from({ length: threadCount(l) }, (_, t) => bitsOfThread(seen, m, t) === bitsOfThread(tile, l, t)).every(Boolean);
      if (!d) expect(same).toBe(true);
    }));
  });
});

describe("inference over the rows", () => {
  /** Every register value has a layout, and every operand serves its instruction. */
  const served = (insts: readonly Inst[], threads: number): void => {
    for (const i of insts) {
      const base = i.out?.layout ?? i.operands.to?.layout, rule = rowOf(i).layout;
      for (const [key, v] of Object.entries(i.operands)) {
        if (v.space !== "reg") continue;
        if (!v.layout) throw new Error(`${i.name}: ${key} has no layout`);
        if (key === "to") continue;
        const c: LayoutContext = { threads, operands: i.operands, attrs: Object.fromEntries(Object.entries(i.attrs).map(([k, a]) => [k, a.value])), out: i.out };
        expect(rule?.fits ? rule.fits(key, v.layout, base, c) : !base || holdsAll(v.layout, base, threads), `${i.name} ${key}`).toBe(true);
      }
    }
  };
  const insts = (p: ReturnType<typeof decompose>): Inst[] => { const out: Inst[] = []; eachStmt(p.body, (s) => { if (s.kind === "inst") out.push(s); }); return out; };

  it("gives a product's accumulator, its variable and its zero points what the product prefers", () => {
    fc.assert(fc.property(fc.constantFrom(1, 3, 8, 32, 37), fc.constantFrom(1, 3, 16, 37, 64), fc.constantFrom(1, 5, 32), fc.constantFrom(32, 64, 96, 256), (M, N, K, T) => {
      const b = builder("p"), x = b.tensor("x", "in", "u3", [M, K], dense(2)), y = b.tensor("y", "in", "i4", [K, N], dense(2)), z = b.tensor("z", "in", "i32", [1, N], dense(2)), o = b.tensor("o", "out", "i32", [M, N], dense(2));
      b.threads(T);
      const acc = b.var({ init: b.fill({}, { value: constant(0), dtype: dtype("i32"), shape: [] }) }, { dtype: dtype("i32"), shape: [M, N] });
      b.assign({ to: acc, from: b.dot({ x: b.load({ x }), y: b.load({ x: y }), acc, zy: b.load({ x: z }) }) });
      b.store({ to: o, x: b.add({ x: acc, y: b.reduce_sum({ x: acc }, { axis: 1 }) }) });
      const { program, converts } = infer(decompose(b.finish())), all = insts(program);
      served(all, T);
      const dot = all.find((i) => i.name === "dot"), variable = all.find((i) => i.name === "var");
      expect(dot?.out?.layout && equal(dot.out.layout, accumulatorLayout(T, M, N))).toBe(true);
      expect(variable?.out?.layout && equal(variable.out.layout, accumulatorLayout(T, M, N))).toBe(true);
      expect(converts.filter((c) => c.value.id === acc.id)).toEqual([]);
      const reduced = all.find((i) => i.name === "reduce_sum"), from = reduced?.operands.x.layout;
      expect(reduced?.out?.layout && from && equal(reduced.out.layout, reduce(from, [1], true))).toBe(true);
    }), { numRuns: 40 });
  });

  it("converts where layouts were given that don't serve", () => {
    const b = builder("q"), x = b.tensor("x", "in", "u8", [64], dense(1)), o = b.tensor("o", "out", "u32", [16], dense(1));
    b.threads(32);
    const v = b.convert({ x: b.load({ x }) }, { layout: compose(local(32), spatial(2)) });
    b.store({ to: o, x: b.view({ x: b.select({ condition: b.eq({ x: v, y: v }), x: v, y: v }) }, { dtype: dtype("u32"), layout: spatial(16) }) });
    const { program, converts } = infer(decompose(b.finish()));
    served(insts(program), 32);
    expect(converts).toHaveLength(1);
    expect(equal(converts[0].to, compose(spatial(16), local(4)))).toBe(true);
  });
});
