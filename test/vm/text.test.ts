// Program text: what is printed reads back, what is read prints the same, and no text whatever crashes the reader.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Diagnostic, render } from "../../diagnostic.ts";
import { dense } from "../../layout/index.ts";
import { builder, print, read, type Program, type Scalar } from "../../vm/index.ts";
import { everything, gemm, indices, packings } from "./programs.ts";

/** A Program without what the text leaves out. */
const bare = (p: Program): unknown =>
  JSON.parse(JSON.stringify({ ...p, names: null }, (k, v: unknown) => (k === "span" ? undefined : typeof v === "number" && !(Number.isFinite(v) && !Object.is(v, -0)) ? `${Object.is(v, -0) ? "-0" : v}` : typeof v === "object" && v !== null && "decode" in v && "name" in v ? v.name : v)));

const twice = (p: Program): void => {
  const text = print(p), back = read(text);
  expect(bare(back)).toEqual(bare(p));
  expect(print(back)).toBe(text);
};

const complaint = (text: string): string => {
  try { read(text, "p"); } catch (e) { if (e instanceof Diagnostic) return render(e.data, text); throw e; }
  return "no complaint";
};

describe("round trip", () => {
  it("of a tiled gemm, to the letter", () => {
    twice(gemm());
    expect(print(gemm({ pipeline: true }))).toMatchInlineSnapshot(`
      "program gemm
      doc "C = A · \\"B\\"\\nin tiles"
      dims M
      in %0 a: f16[M, 256] @ dense
      in %1 b: u4[256, 128] @ packed(layout(shape: [32, 32], modes: [2, 8, 2, 8, 4], spatial: [1, 3], local: [0, 2, 4]))
      in %2 scale: f16[4, 128] @ dense
      out %3 c: f32[M, 128] @ dense
      grid g0 < 4, g1 < ((M + 31) / 32)
      threads 64
      require ((M % 8) == 0), "whole \\"octets\\""
      {
        %4: shared f16[32, 32] = shared(dtype: f16, shape: [32, 32])
        %5: shared f16[32, 32] = shared(dtype: f16, shape: [32, 32])
        %6: f32[] = fill(value: 0f, dtype: f32, shape: [])
        %7: f32[32, 32] = var(init: %6, dtype: f32, shape: [32, 32])
        pipeline(2) for i0 in 0 .. 256 step 32 {
          %8: global f16[32, 32] = slice(x: %0, offsets: [(g1 * 32), i0], sizes: [32, 32])
          copy(from: %8, to: %4)
          %9: global u4[32, 32] = slice(x: %1, offsets: [i0, (g0 * 32)], sizes: [32, 32])
          %10: u4[32, 32] = load(x: %9)
          %11: global f16[1, 32] = slice(x: %2, offsets: [(i0 / 64), (g0 * 32)], sizes: [1, 32])
          %12: f16[1, 32] = load(x: %11)
          %13: f16[32, 32] = cast(x: %10, to: f16)
          %14: f16[32, 32] = mul(x: %13, y: %12)
          store(to: %5, x: %14)
          barrier()
          %15: f32[32, 32] = dot(x: %4, y: %5, acc: %7, k: min(32, (256 - i0)))
          assign(to: %7, from: %15)
          barrier()
        }
        %16: global f32[32, 32] = slice(x: %3, offsets: [(g1 * 32), (g0 * 32)], sizes: [32, 32])
        store(to: %16, x: %7)
      }
      "
    `);
  });
  it("of every kind of statement, attribute and constant", () => { twice(everything()); expect(print(everything())).toMatchInlineSnapshot(`
    "program "every thing"
    dims N, "größe"
    in %0 x: u3[N, 64] @ planes
    inout %1 y: f32[64, 64] @ dense
    in %2 p: b3[64, "größe"] @ planes(32)
    out %3 z: i32[] @ [bit]
    scalar alpha: f32
    scalar "true": u32
    scalar flag: bool
    grid g0 < N
    threads 64
    {
      %4: global f32[64, 64] = slice(x: %1, offsets: [0, 0], sizes: [64, 64])
      %5: f32[64, 64] = load(x: %4, pad: -inf)
      %6: f32[64, 64] @ layout(shape: [64, 64], modes: [8, 8, 8, 8], spatial: [0, 2], local: [1, 3]) = convert(x: %5, layout: layout(shape: [64, 64], modes: [8, 8, 8, 8], spatial: [0, 2], local: [1, 3]))
      %7: u32[64, 64] @ layout(shape: [64, 64], modes: [64, 64], spatial: [0], local: [1]) = view(x: %6, dtype: u32, layout: layout(shape: [64, 64], modes: [64, 64], spatial: [0], local: [1]))
      %8: global u3[64] = slice(x: %0, offsets: [g0, 0], sizes: [1, 64], drop: [0])
      %9: u3[64] = load(x: %8, pad: 3)
      %10: f32[64] = cast(x: %9, to: f32)
      %11: i4[64] = cast(x: %10, to: i4, rounding: away)
      %12: global b1[3, 64, "größe"] = bits_of(x: %2)
      %13: global b1[64, 32] = slice(x: %12, offsets: [1, 0, 0], sizes: [1, 64, 32], drop: [0])
      %14: b1[64, 32] = load(x: %13, unpadded: true)
      %15: f32[] = fill(value: alpha, dtype: f32, shape: [])
      %16: f32[64, 64] = add(x: %5, y: %15)
      %17: f32[64] = reduce_max(x: %16, axis: -1, keep: false)
      %18: f32[1] = reduce_sum(x: %17, axis: 0)
      s0: f32 = scalar(x: %18)
      %19: f32[2] = fill(value: nan, dtype: f32, shape: [2])
      %20: f32[2] = fill(value: inf, dtype: f32, shape: [2])
      %21: f32[2] = fill(value: -inf, dtype: f32, shape: [2])
      %22: f32[2] = fill(value: -0f, dtype: f32, shape: [2])
      %23: f32[2] = fill(value: 1e-30f, dtype: f32, shape: [2])
      %24: f32[2] = fill(value: 16777217f, dtype: f32, shape: [2])
      if ((s0 < -0.5f) | flag) {
        unroll for i0 in (g0 + -1) .. i32("true") step 3 {
          if (("true" & 4294967295u) == u32(i0)) {
            barrier()
          }
        }
      } else {
        pipeline(3) for i1 in 0 .. 4 step 1 {
          %25: global f32[64, 64] = slice(x: %1, offsets: [0, 0], sizes: [64, 64])
          store(to: %25, x: %5)
        }
      }
      %26: i32[] = fill(value: -7, dtype: i32, shape: [])
      store(to: %3, x: %26)
    }
    "
  `); });
  it("of any packing", () => fc.assert(fc.property(packings, (packing) => {
    const b = builder("p");
    b.tensor("x", "in", "u3", [8, 8], packing);
    b.threads(1);
    twice(b.finish());
  })));
  it("of any scalar", () => {
    const b = builder("p"), symbols = [b.dim("N"), b.dim("with space")];
    b.tensor("x", "in", "f32", [symbols[0] as Scalar], dense(1));
    fc.assert(fc.property(indices(symbols), (extent) => {
      b.grid([["g", extent]]);
      b.threads(1);
      twice(b.finish());
    }));
  });
});

describe("mistakes", () => {
  const program = (line: string) => `program p\ndims N\nin %0 x: f32[64, 64] @ dense\nscalar a: f32\ngrid g0 < 1\nthreads 64\n{\n  ${line}\n}\n`;
  it.each([
    ["%1: f32[64, 64] = load(x: %0"], ["%1: f32[64] = load(x: %0)"], ["%1: f32[64, 64] = load(x: %7)"], ["%0: f32[64, 64] = load(x: %0)"], ["%1: f32[64, 64] = laod(x: %0)"],
    ["%1: f32[64, 64] = load(y: %0)"], ["%1: f32[64, 64] = load(x: %0, x: %0)"], ["%1: f32[64, 64] = load()"], ["%1: f23[64, 64] = load(x: %0)"], ["barrier() barrier)"],
    ["%1: f32[64, 64] = exp(x: %0)"], ["if (g0 + 1) { }"], ["if (g0 < a) { }"], ["for i in 0 .. M step 1 { }"], ["for i in 0 .. N step 0 { }"], ["for i in 0 .. N { }"], ["if true { %1: f32[64, 64] = load(x: %0) } %2: f32[64, 64] = exp(x: %1)"],
    ["%1: f32[2] = fill(value: 3000000000, dtype: f32, shape: [2])"], ["%1: f32[2] = fill(value: 1f, dtype: f32, shape: [2.5])"], ["%1: u3[2] = fill(value: 9, dtype: u3, shape: [2])"],
    ["%1: f32[4] @ layout(shape: [4], modes: [3], spatial: [0], local: []) = fill(value: 1f, dtype: f32, shape: [4])"], ["barrier() ; barrier()"], ["s0: f32 = scalar(x: %0)"], ["for i in foo(1) .. 4 step 1 { }"],
  ])("%s", (line) => expect(complaint(program(line))).toMatchSnapshot());
  it("in packings", () => {
    for (const [packing, code] of [["[d0, d5, bit]", "L0216"], ["[d0, x]", "S0102"], ["[d0 / 0, bit]", "L0214"], ["[(d0 / 2), bit]", "S0102"], ["[bit[4 +: 2][1 +: 4]]", "L0214"], ["planes(x)", "S0102"], ["[{}]", "L0214"]])
      expect(complaint(`program p\nin %0 x: f32[2, 2] @ ${packing}\nthreads 1\n{\n}\n`), packing).toMatch(new RegExp(`^error\\[${code}\\]: [\\s\\S]*p:2:`));
  });
  it("are told with a place, and a depth that no stack survives is refused", () => {
    expect(complaint(`program p\ngrid g0 < ${"(".repeat(1e5)}\nthreads 1\n{\n}\n`)).toMatch(/S0106.*nest deeper/);
    expect(complaint(`program p\nthreads 1\n${"{ if true ".repeat(5000)}`)).toMatch(/^error\[S0106\]/);
    expect(complaint("program \"\\q\"")).toMatch(/S0101.*escape/);
    expect(complaint("")).toMatch(/expected 'program', found the end/);
  });
  const good = [print(gemm()), print(everything())];
  const words = [...new Set(good.join(" ").match(/\w+|[^\s\w]/g) ?? []), "9999999999999999999", "\"", "{", "}", "%99", "1e999", "inf", "nan", "-", "\u2028", "😀"];
  it("of any kind are Diagnostics with a span", () => {
    const edit = fc.record({ at: fc.nat(100000), cut: fc.nat(12), put: fc.array(fc.constantFrom(...words), { maxLength: 3 }) });
    fc.assert(fc.property(fc.constantFrom(...good), fc.array(edit, { minLength: 1, maxLength: 3 }), (text, edits) => {
      let t = text;
      for (const { at, cut, put } of edits) { const i = at % t.length; t = `${t.slice(0, i)}${put.join(" ")}${t.slice(i + cut)}`; }
      let p: Program;
      try { p = read(t, "p"); } catch (e) {
        if (!(e instanceof Diagnostic)) throw e;
        const { span, help } = e.data;
        return span !== undefined && span.start <= span.end && span.end <= t.length && help !== undefined;
      }
      const once = print(p); // still a program: then it prints and reads like any other
      return print(read(once)) === once;
    }), { numRuns: 1000 });
  });
});
