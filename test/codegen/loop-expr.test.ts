// The expression table against plain numbers: however an expression was simplified, its value is what the
// interpreter's arithmetic gives for the tree that was asked for, and its facts hold.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluateScalar } from "../../codegen/loop/evaluate.ts";
import { expressions } from "../../codegen/loop/expr.ts";
import type { Var } from "../../codegen/loop/ir.ts";
import { numericOps, type Compute } from "../../vm/index.ts";
import { build, plainExtra, trees, VARIABLES, valueOf } from "./trees.ts";

const TYPES: Compute[] = ["i32", "u32", "bool", "f32", "f16"];

/** Values that are told apart; one NaN is like another. */
const plain = (x: number) => (Object.is(x, -0) ? "-0" : String(x));

describe("simplified = asked for", () => {
  for (const type of TYPES)
    test(type, () => {
      fc.assert(fc.property(trees(type, { floats: type === "i32" ? "none" : "all", depth: 4 }), (tree) => {
        const e = expressions();
        const vars = new Map<string, { v: Var; type: Compute; i: number }>();
        const x = build(e, e, (t, i) => {
          let got = vars.get(`${t}${i}`);
          if (!got) vars.set(`${t}${i}`, (got = { v: e.variable({ name: `${t}${i}`, type: t, role: "uniform", ...(VARIABLES[t][i] ?? { lo: 0, hi: 0, divisor: 1 }) }), type: t, i }));
          return e.use(got.v);
        }, tree);
        expect(x.type).toBe(type);
        const byId = new Map([...vars.values()].map((g) => [g.v.id, g]));
        for (let seed = 1; seed < 12; seed++) {
          const want = build(numericOps, plainExtra(numericOps), (t, i) => ({ type: t, value: valueOf(t, i, seed) }), tree).value;
          const got = evaluateScalar(x, (v) => { const g = byId.get(v.id); return g ? valueOf(g.type, g.i, seed) : 0; });
          expect(plain(got)).toBe(plain(want));
          if (type === "i32" || type === "u32") {
            expect(got).toBeGreaterThanOrEqual(x.lo);
            expect(got).toBeLessThanOrEqual(x.hi);
            expect(got % x.divisor === 0).toBe(true);
          }
        }
      }), { numRuns: 600 });
    });
});

describe("what simplification must find", () => {
  const setup = () => {
    const e = expressions();
    const v = (name: string, lo: number, hi: number, divisor = 1) => e.use(e.variable({ name, type: "i32", role: "loop", lo, hi, divisor }));
    const w = e.use(e.variable({ name: "w", type: "u32", role: "uniform", lo: 0, hi: Infinity, divisor: 1 }));
    return { e, v, w, u: (n: number) => e.constant("u32", n) };
  };

  test("a word pulled apart and put together is the word", () => {
    const { e, w, u } = setup();
    let out = u(0);
    for (let i = 0; i < 32; i += 4) out = e.op("or", out, e.op("shl", e.field(w, e.of(i), 4), u(i)));
    expect(out).toBe(w);
    let sum = u(0);
    for (let i = 0; i < 32; i += 8) sum = e.op("add", sum, e.op("mul", e.op("and", e.op("shr", w, u(i)), u(255)), u(2 ** i)));
    expect(sum).toBe(w);
  });

  test("row and column of a flat index come back", () => {
    const { e, v } = setup();
    const r = v("r", 0, 15), c = v("c", 0, 31), flat = e.add(e.mul(r, e.of(32)), c);
    expect(e.div(flat, e.of(32))).toBe(r);
    expect(e.mod(flat, e.of(32))).toBe(c);
    expect(e.add(e.mul(e.div(flat, e.of(8)), e.of(8)), e.mod(flat, e.of(8)))).toBe(flat);
  });

  test("bounds decide masks", () => {
    const { e, v } = setup();
    const t = v("t", 0, 31), k = v("k", 0, 96, 32);
    expect(e.known(e.op("lt", e.add(t, k), e.of(128)))).toBe(1);
    expect(e.known(e.op("ge", t, e.of(0)))).toBe(1);
    expect(e.op("min", t, e.of(31))).toBe(t);
    expect(e.op("lt", e.add(t, k), e.of(127)).type).toBe("bool");
    expect(e.known(e.op("lt", e.add(t, k), e.of(127)))).toBeUndefined();
  });

  test("f16 round trips that are exact, and only those", () => {
    const { e, w } = setup();
    const f = e.use(e.variable({ name: "f", type: "f32", role: "uniform", lo: 0, hi: 0, divisor: 1 }));
    const h = e.unpackHalf(w);
    expect(e.to("f32", e.to("f16", h))).toBe(h);
    expect(e.to("f32", e.to("f16", f))).not.toBe(f);
    expect(e.unpackHalf(e.packHalf(h))).toBe(h);
    expect(e.packHalf(h)).not.toBe(e.field(w, e.of(0), 16)); // a NaN would keep its payload
    expect(e.packHalf(e.to("f32", e.to("f16", f)))).toBe(e.packHalf(f));
  });
});
