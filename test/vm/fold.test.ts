// Folding never changes what a scalar or a kernel means; and it does fold what it should.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dense } from "../../layout/index.ts";
import { affine } from "../../vm/affine.ts";
import { factOf, highOf, insideGrid, insideLoop, learn, lowOf, type Facts } from "../../vm/facts.ts";
import { simplify } from "../../vm/simplify.ts";
import { builder, cdiv, constant, dtype, evaluate, fold, print, printScalar, read, scalarOp, scalarTo, symbol, verify, type Builder, type Op, type Program, type Scalar, type Value } from "../../vm/index.ts";
import { everything, gemm, indices, plus, window } from "./programs.ts";

type SymbolScalar = Extract<Scalar, { kind: "symbol" }>;
const of = (role: "dim" | "loop" | "grid" | "param", id: string) => symbol(role, id) as SymbolScalar;
const M = of("dim", "M"), K = of("dim", "K"), p = of("param", "p"), k = of("loop", "k"), g = of("grid", "g");
const op = (name: Op, ...xs: (Scalar | number)[]): Scalar => scalarOp(name, ...xs.map((x) => (typeof x === "number" ? constant(x) : x)));
const all = (...conditions: Scalar[]): Facts => conditions.reduce<Facts>((f, c) => learn(f, c), new Map());
const divisible = (x: Scalar, n: number) => op("eq", op("rem", x, n), 0);

/** M and K multiples of 32, K in [32, 4096], k a multiple of 32 below K, g a block of 32 rows of M. */
const tiled = (): Facts => {
  const f = all(op("and", divisible(M, 32), divisible(K, 32)), op("ge", K, 32), op("le", K, 4096));
  return insideGrid(insideLoop(f, k, constant(0), K, 32), g, simplify(cdiv(M, 32), f));
};

describe("scalars", () => {
  it.each<[string, Scalar, string]>([
    ["what divides, divides", op("rem", M, 32), "0"], ["… and smaller powers too", op("rem", op("add", op("mul", K, 3), 5), 8), "5"],
    ["rounding up what needs none", cdiv(M, 32), "(M / 32)"], ["rounding up by less", cdiv(M, 8), "(M / 8)"],
    ["a tail that is none", op("min", op("sub", K, k), 32), "32"], ["a window inside", op("le", op("add", op("mul", g, 32), 32), M), "true"],
    ["a window of the loop", op("le", op("add", k, 32), K), "true"], ["never beyond", op("gt", op("mul", g, 32), M), "false"],
    ["the digit of a sum", op("rem", op("add", op("mul", g, 32), 7), 32), "7"], ["the quotient of a sum", op("div", op("add", op("mul", g, 32), 7), 32), "g"],
    ["a part of the quotient", op("div", op("add", op("mul", k, 32), g), 32), "(k + (g / 32))"], ["parity decides equality", op("eq", op("mul", k, 2), 63), "false"],
    ["bounds decide", op("select", op("lt", K, 5000), M, K), "M"], ["nothing, where i32 may wrap", op("rem", op("mul", M, 3), 8), "((M * 3) % 8)"], ["what cancels", op("sub", op("add", k, M), op("add", M, k)), "0"],
    ["a parameter may be anything", op("rem", op("mul", p, 32), 32), "((p * 32) % 32)"], ["… and negative", op("div", op("add", p, 31), 32), "((p + 31) / 32)"],
    ["both or one", op("or", op("lt", k, 0), op("eq", p, 1)), "(p == 1)"], ["max with zero", op("max", op("sub", K, k), 1), "(K - k)"],
  ])("%s", (_, x, want) => { expect(printScalar(simplify(x, tiled()))).toBe(want); });

  it("without facts keep their tails", () => {
    const facts = insideLoop(new Map(), k, constant(0), K, 32);
    for (const x of [op("min", op("sub", K, k), 32), cdiv(M, 32), op("le", op("add", k, 32), K)]) expect(simplify(x, facts)).toEqual(x);
  });
  it("learn from what is false, and from bools", () => {
    const flag = symbol("param", "flag", "bool"), either = op("or", flag, op("gt", M, 7));
    expect(simplify(op("lt", M, 8), learn(new Map(), either, false))).toEqual(constant(1, "bool"));
    expect(simplify(flag, learn(new Map(), either, false))).toEqual(constant(0, "bool"));
    expect(simplify(op("mul", M, K), all(op("eq", M, 64), op("eq", 3, K)))).toEqual(constant(192));
  });

  const operands = indices([M, K, p, k, g]);
  const compare = fc.tuple(fc.constantFrom<Op>("lt", "le", "gt", "ge", "eq", "ne"), operands, operands).map(([name, x, y]) => op(name, x, y));
  const scalars = fc.oneof(operands, compare, fc.tuple(compare, operands, operands).map(([c, x, y]) => op("select", c, x, y)), fc.tuple(operands, compare).map(([x, c]) => op("add", x, scalarTo("i32", c))));
  const environment = fc.record({ m: fc.nat(200), kk: fc.integer({ min: 1, max: 128 }), i: fc.nat(500), b: fc.nat(500), p: fc.oneof(fc.integer({ min: -70, max: 70 }), fc.constantFrom(-(2 ** 31), 2 ** 31 - 1, 2 ** 30 + 5)) })
    .map(({ m, kk, i, b, p: value }) => new Map([["M", m * 32 + 32], ["K", kk * 32], ["k", (i % kk) * 32], ["g", b % (m + 1)], ["p", value]]));
  it("mean the same", () => fc.assert(fc.property(scalars, environment, (x, env) => evaluate(simplify(x, tiled()), env) === evaluate(x, env)), { numRuns: 2000 }));
  it("keep within their facts", () => fc.assert(fc.property(operands, environment, (x, env) => {
    const f = factOf(x, tiled()), v = evaluate(x, env);
    return !f || (f.low <= v && v <= f.high && (f.mod === 0 ? v === f.rem : (((v - f.rem) % f.mod) + f.mod) % f.mod === 0) && lowOf(affine(x), tiled()) <= v && v <= highOf(affine(x), tiled()));
  }), { numRuns: 2000 }));
  it("keep within what conditions taught", () => fc.assert(fc.property(compare, fc.boolean(), scalars, environment, (c, truth, x, env) =>
    (evaluate(c, env) === 1) !== truth || evaluate(simplify(x, learn(tiled(), c, truth)), env) === evaluate(x, env)), { numRuns: 2000 }));
});

describe("kernels", () => {
  const f32 = dtype("f32");
  const kernel = (body: (b: Builder, y: Value, N: Scalar, g0: Scalar) => void, require?: (n: Scalar) => Scalar): string => {
    const b = builder("k"), N = b.dim("N"), y = b.tensor("y", "inout", "f32", [N], dense(1));
    const [g0] = b.grid([["g", cdiv(N, 64)]]);
    b.threads(64);
    if (require) b.require(require(N));
    body(b, y, N, g0);
    const folded = fold(b.finish());
    expect(verify(folded).filter((d) => d.severity === "error" && d.code !== "R0306")).toEqual([]);
    expect(print(fold(folded))).toBe(print(folded));
    return print(folded).split("threads 64\n")[1];
  };
  const touch = (b: Builder, y: Value, at: Scalar | number) => b.store({ to: window(b, y, [at], [1]), x: b.fill({}, { value: constant(1, "f32"), dtype: f32, shape: [1] }) });

  it("choose branches that are known", () => {
    expect(kernel((b, y, N) => b.when(divisible(N, 8), () => touch(b, y, 1), () => touch(b, y, 2)), (N) => divisible(N, 64))).toMatchInlineSnapshot(`
      "require ((N % 64) == 0), "a requirement is not met"
      {
        %1: global f32[1] = slice(x: %0, offsets: [1], sizes: [1])
        %2: f32[1] = fill(value: 1f, dtype: f32, shape: [1])
        store(to: %1, x: %2)
      }
      "
    `);
    expect(kernel((b, y, N) => b.when(op("eq", N, 5), () => touch(b, y, N), () => b.when(op("lt", N, 5), () => touch(b, y, 3), () => b.when(op("ge", N, 5), () => touch(b, y, 4), () => touch(b, y, 6)))))).toMatchInlineSnapshot(`
      "{
        if (N == 5) {
          %1: global f32[1] = slice(x: %0, offsets: [5], sizes: [1])
          %2: f32[1] = fill(value: 1f, dtype: f32, shape: [1])
          store(to: %1, x: %2)
        } else {
          if (N < 5) {
            %3: global f32[1] = slice(x: %0, offsets: [3], sizes: [1])
            %4: f32[1] = fill(value: 1f, dtype: f32, shape: [1])
            store(to: %3, x: %4)
          } else {
            %5: global f32[1] = slice(x: %0, offsets: [4], sizes: [1])
            %6: f32[1] = fill(value: 1f, dtype: f32, shape: [1])
            store(to: %5, x: %6)
          }
        }
      }
      "
    `);
  });
  it("drop loops that don't run, and inline those that run once", () => {
    expect(kernel((b, y, N) => {
      b.loop("i", { from: N, to: op("sub", N, 1) }, (i) => touch(b, y, i));
      b.loop("i", { from: N, to: plus(N, 3), step: 4 }, (i) => b.loop("j", { to: op("sub", plus(i, 1), N) }, (j) => touch(b, y, plus(i, j))));
    })).toMatchInlineSnapshot(`
      "{
        %3: global f32[1] = slice(x: %0, offsets: [N], sizes: [1])
        %4: f32[1] = fill(value: 1f, dtype: f32, shape: [1])
        store(to: %3, x: %4)
      }
      "
    `);
  });
  it("know the tile of each block, and widths", () => {
    expect(kernel((b, y, N, g0) => {
      const start = op("mul", g0, 64);
      const w = b.slice({ x: y }, { offsets: [start], sizes: [op("min", op("sub", N, start), 64)] });
      b.bits_of({ x: b.shared({}, { dtype: dtype("u3"), shape: [4] }) });
      b.slice({ x: w }, { offsets: [constant(0)], sizes: [constant(64)] });
    }, (N) => divisible(N, 64))).toMatchInlineSnapshot(`
      "require ((N % 64) == 0), "a requirement is not met"
      {
        %1: global f32[64] = slice(x: %0, offsets: [(g0 * 64)], sizes: [64])
        %2: shared u3[4] = shared(dtype: u3, shape: [4])
        %3: shared u1[3, 4] = bits_of(x: %2)
        %4: global f32[64] = slice(x: %1, offsets: [0], sizes: [64])
      }
      "
    `);
  });
  it("know scalars that are constants", () => {
    expect(kernel((b, y) => {
      const n = b.scalar({ x: b.fill({}, { value: constant(3), dtype: dtype("i32"), shape: [1] }) }) as Scalar;
      b.loop("i", { to: op("sub", n, 2) }, (i) => touch(b, y, plus(n, i)));
    })).toMatchInlineSnapshot(`
      "{
        %1: i32[1] = fill(value: 3, dtype: i32, shape: [1])
        %2: global f32[1] = slice(x: %0, offsets: [3], sizes: [1])
        %3: f32[1] = fill(value: 1f, dtype: f32, shape: [1])
        store(to: %2, x: %3)
      }
      "
    `);
  });
  it("stay sound", () => {
    for (const q of [gemm(), everything()]) {
      const folded: Program = fold(q);
      // The Program of everything has a pipelined loop that is none.
      expect(verify(folded).filter((d) => d.severity === "error" && d.code !== "R0306")).toEqual([]);
      expect(print(read(print(folded)))).toBe(print(folded));
    }
    expect(print(fold(gemm()))).toContain("dot(x: %4, y: %5, acc: %7, k: 32)");
  });
});
