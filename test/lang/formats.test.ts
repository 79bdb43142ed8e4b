// Formats in the language: what a declaration is in the tree, in the VM and to a caller, and that it is what the TypeScript builder makes of
// the same fields. Mistakes are in test/errors/formats.loom, the shipped formats in library.test.ts.
import { describe, expect, test } from "vitest";
import { axis, bit, digit, digits } from "../../layout/index.ts";
import { astToJson, check, format, load, parse, type Importer } from "../../lang/index.ts";
import { defineFormat, dequantiseProgram, dtype, formatValues, interpret, print, quantiseFormat, quantiseProgram, tileFromCodes, tileFromValues, unpackFormat, type Format, type Tile } from "../../vm/index.ts";

const q4 = `/// Four bits around 8.
format q4<B: int = 32>[i: B] {
  d: f16  // the step
  /// Halves of a block share bytes.
  q: u4 @ [i % (B / 2), i / (B / 2), bit]
  value = (q - 8) * d

  encode(x) {
    let d = reduce_max(abs(x), axis: -1) / 7
    let q = round(x / d) + 8
  }
}
`;
const grouped = `format grouped<bits: int = 3, G: int = 4>[k, n] {
  beside q: u4[k, n]
  beside z: u4[k / G, n]
  beside s: f16[k / G, n]
  beside g: i32[k]
  require bits < 5, "codes have up to four bits"
  const MASK = (1 << bits) - 1
  value: f16 = ((q & MASK) - (z[g, :] + 1 & MASK)) * s[g, :]
}
`;
const formatOf = (text: string, params: Readonly<Record<string, unknown>> = {}, n = 0): Format => load(text, { file: "f.loom" }).formats[n].make(params);
const f16 = (shape: readonly number[], values: readonly number[]): Tile => tileFromValues(dtype("f16"), shape, [...values]);
const codes = (text: string): string[] => check(text, "f.loom").map((d) => d.code);

describe("declarations", () => {
  test("the tree", () => {
    const [item] = parse(q4 + grouped, "f.loom").ast.items;
    expect(item).toMatchObject({ kind: "format", doc: "Four bits around 8.", name: { text: "q4" }, comptime: [{ of: "int" }], axes: [{ axis: { text: "i" } }] });
    expect(item.kind === "format" && item.members.map((m) => m.kind)).toEqual(["field", "field", "value", "encode"]);
    expect(item.kind === "format" && item.members[1]).toMatchObject({ beside: false, doc: "Halves of a block share bytes.", name: { text: "q" }, type: { layout: { kind: "list" } } });
    expect(JSON.stringify(astToJson(item))).toContain("encode");
  });

  test("are written back as they stand, with their comments", () => {
    for (const text of [q4, grouped]) expect(format(text, "f.loom").text).toBe(text);
    expect(format("format t [ i : 8 ]{ q :u4[ i ]// nibbles\n// the value\nvalue=q ; encode( x ){ let q=x } }", "f.loom").text)
      .toBe("format t[i: 8] {\n  q: u4[i]  // nibbles\n  // the value\n  value = q\n  encode(x) { let q = x }\n}\n");
  });

  test("what a caller sees", () => {
    const [f] = load(q4, { file: "f.loom" }).formats;
    expect([f.name, f.doc, f.comptime["B"]?.default, f.ast.kind]).toEqual(["q4", "Four bits around 8.", 32, "format"]);
    expect([f.make({}).blockBits / 8, f.make({ B: 64 }).blockBits / 8]).toEqual([18, 34]);
    expect(f.make({ B: 64 })).toBe(f.make({ B: 64 }));
    expect(f.make({}).fields.map((g) => [g.name, g.doc, g.at])).toEqual([["d", undefined, 0], ["q", "Halves of a block share bytes.", 16]]);
    expect(() => f.make({ C: 1 })).toThrow(/H0601.*format 'q4'/);
    expect(() => formatOf(grouped, { bits: 5 })).toThrow(/T0103: requirement not met: codes have up to four bits/);
    expect(() => formatOf("format t<B: int>[i: B] { q: u4[i]; value = q }")).toThrow(/H0602: format 't'.*t\(B: …\)/);
  });

  test("a word that can't be read is told once, in the format and not in kernels that use it", () => {
    const text = `format t[i: 8] { q: u4[i] @@; value = q }\nkernel k(w: t[8], out y: f32[8]) grid (g in 1) threads 8 { store(y, load(w)) }`;
    expect(codes(text)).toEqual(["S0002"]);
    expect(() => load(text).kernels[0].specialise({})).toThrow(/S0002/);
    expect(() => load(text).formats[0].make({})).toThrow(/S0002/);
  });

  test("every mistake of one is found at once; make throws the first", () => {
    const [f] = load("format t[i: 8] { q: u4[j]; d: f17; value = q }").formats;
    expect(f.elaborate({}).diagnostics.map((d) => d.code)).toEqual(["T0703", "N0110"]);
    expect(() => f.make({})).toThrow(/T0703/);
    const [two] = load("format t[i: 8] {\n  q: u4[i]\n  value {\n    let a = qq\n    let b = rr\n    return q\n  }\n  encode(x) { let q = y }\n}").formats;
    expect(two.elaborate({}).diagnostics.map((d) => d.data.message)).toEqual(["nothing is called 'qq' here", "nothing is called 'rr' here", "nothing is called 'y' here"]);
  });

  test("work and depth are bounded", () => {
    expect(codes("format t<F: format = t(F: t)>[i: 8] { q: u4[i]; value = q }")).toEqual(["N0106"]);
    const long = "format t[i: 8] {\n  q: u4[i]\n  value {\n    var a = q as f32\n    unroll for k in 0..2000 { a = a + 1.0 }\n    return a\n  }\n}\n";
    const text = `${long}kernel k(w: t[8], out y: f32[8]) grid (g in 1) threads 8 { unroll for k in 0..500 { store(y, load(w)) } }`;
    expect(load(text).kernels[0].elaborate({}).diagnostics.map((d) => d.code)).toEqual(["R0301"]);
  });
});

describe("kernels", () => {
  const kernel = `kernel values<W: format = q4>(w: W[N, K], out y: f32[N, K]) grid (n in N, k in cdiv(K, 32)) threads 32 {
  store(y[n +: 1, k * 32 +: 32], load(w[n +: 1, k * 32 +: 32]) as f32)
}
`;
  const [values] = load(q4 + grouped + kernel, { file: "f.loom" }).kernels;
  const fields = (p: { readonly params: readonly { readonly name: string }[] }): string[] => p.params.map((x) => x.name);

  test("take a format by name, with arguments, as an object", () => {
    const byName = values.specialise({ W: "q4(B: 64)" });
    expect(print(values.specialise({ W: formatOf(q4, { B: 64 }) }))).toBe(print(byName));
    expect(print(byName)).toContain("w.q");
    expect(print(values.specialise({}))).not.toBe(print(byName));
    expect(fields(values.specialise({ W: "grouped(G: 8)" }))).toEqual(["w.q", "w.z", "w.s", "w.g", "y"]);
    for (const [given, code] of [["q5", "N0101"], ["u4", "H0603"], [3, "H0603"], ["grouped(C: 8)", "N0112"]] as const) expect(() => values.specialise({ W: given })).toThrow(code);
  });

  test("a constant can stand for a format with arguments", () => {
    const text = `${q4}const wide = q4(B: 64)\nkernel k(w: wide[N], out y: f32[64]) grid (g in 1) threads 32 { store(y, load(w[0 +: 64])) }`;
    expect(codes(text)).toEqual([]);
    expect(print(load(text).kernels[0].specialise({}))).toContain("blocks of 64");
  });

  test("load, fields, picks, store and copy compute what they say", () => {
    const f = formatOf(q4), x = Float32Array.from({ length: 64 }, (_, i) => i - 31), w = quantiseFormat(f, [1, 64], x), want = formatValues(w);
    const inputs = { "w.d": w.fields["d"], "w.q": w.fields["q"] };
    const run = (body: string): number[] => {
      const text = `${q4}kernel k(w: q4[N, K], out y: f32[32]) grid (g in 1) threads 32 {\n  shared s: f32[32]\n  ${body}\n}`;
      expect(codes(text)).toEqual([]);
      return [...(interpret(load(text).kernels[0].specialise({}), inputs)["y"].data as Float32Array)];
    };
    expect(run("store(y, load(w[0, 32 +: 32]))")).toEqual([...want.subarray(32)]);
    expect(run("store(y, load(w[0, 48 +: 32]))")).toEqual([...want.subarray(48), ...new Array<number>(16).fill(0)]);
    expect(run("copy(w[0, 0 +: 32], to: s)\n  barrier()\n  store(y, load(s))")).toEqual([...want.subarray(0, 32)]);
    expect(run("store(y, (load(w.q[0, 32 +: 32]) as f32 - 8.0) * (load(w.d[0, 1 +: 1]) as f32))")).toEqual([...want.subarray(32)]);
  });

  test("a sequence hands tensors of formats on, and a step's kernel takes the sequence's format", () => {
    const text = `${q4}${kernel}
kernel made<W: format = q4>(x: f32[N, K], out w: W[N, K]) grid (n in N, k in cdiv(K, 64)) threads 32 { store(w[n +: 1, k * 64 +: 64], load(x[n +: 1, k * 64 +: 64])) }
sequence there<W: format = q4>(x: f32[N, K], out w: W[N, K], out y: f32[N, K]) { made<W>(x, w); values<W>(w, y) }`;
    expect(codes(text)).toEqual([]);
    const x = Float32Array.from({ length: 128 }, (_, i) => Math.sin(i) * 5), [q] = load(text).sequences;
    for (const [W, B] of [["q4", 32], ["q4(B: 64)", 64]] as const) {
      const out = interpret(q.specialise({ W }), { x: { dtype: dtype("f32"), shape: [2, 64], data: x } });
      expect(out["y"].data).toEqual(formatValues(quantiseFormat(formatOf(q4, { B }), [2, 64], x)));
    }
    expect(codes(`${q4}${kernel}sequence s(w: q4[N, K], x: f32[N, K], out y: f32[N, K]) { values(w, y); values(x, y) }`)).toEqual(["T0402"]);
    expect(codes(`${q4}${kernel}const half = q4(B: 16)\nsequence s(w: half[N, K], out y: f32[N, K]) { values(w, y) }`)).toEqual(expect.arrayContaining(["T0601"]));
  });

  test("files import each other's formats; mistakes are told in the file that has them", () => {
    const files: Readonly<Record<string, string>> = { "q.loom": q4, "bad.loom": "format bad[i: 8] { q: u4[j]; value = q }" };
    const importer: Importer = (file) => (file in files ? { source: files[file], file } : undefined);
    const text = `import { q4 } from "q.loom"\n${kernel}`, loaded = load(text, { file: "main.loom", importer });
    expect([loaded.diagnostics, loaded.formats.map((f) => f.name)]).toEqual([[], ["q4"]]);
    expect(print(loaded.kernels[0].specialise({}))).toBe(print(values.specialise({})));
    const { diagnostics: [d] } = load(`import { bad } from "bad.loom"\nkernel k(w: bad[8], out y: f32[8]) grid (g in 1) threads 8 { store(y, load(w)) }`, { file: "main.loom", importer }).kernels[0].elaborate({});
    expect([d.code, d.data.span]).toEqual(["T0703", { file: "bad.loom", start: 25, end: 26 }]);
  });
});

describe("the builder makes the same Programs", () => {
  const f32 = dtype("f32"), i = { name: "i", axis: 0, div: 1, mod: 0 };
  const twin = defineFormat({
    name: "q4", axes: [{ name: "i", block: 32 }],
    fields: [{ name: "d", dtype: dtype("f16"), axes: [] }, { name: "q", dtype: dtype("u4"), axes: [i], packing: digits([digit(axis(0), { mod: 16 }), digit(axis(0), { div: 16 }), bit]) }],
    value: (r) => { const q = r.b.sub({ x: r.field("q"), y: 8 }), d = r.field("d"); return r.b.mul({ x: r.b.cast({ x: q }, { to: f32 }), y: d }); },
    encode: ({ b, x }) => {
      const d = b.div({ x: b.reduce_max({ x: b.abs({ x }) }, { axis: -1 }), y: 7 });
      return { d, q: b.add({ x: b.round({ x: b.div({ x, y: d }) }), y: 8 }) };
    },
  });
  test("a block", () => {
    expect(print(dequantiseProgram(formatOf(q4), [4, 64]))).toBe(print(dequantiseProgram(twin, [4, 64])));
    expect(print(quantiseProgram(formatOf(q4), [4, 64]))).toBe(print(quantiseProgram(twin, [4, 64])));
  });

  test("fields beside, picked by another", () => {
    const beside = (name: string, type: string, axes: readonly { readonly axis: number; readonly div: number }[]) => ({ name, dtype: dtype(type), beside: true, axes: axes.map((a) => ({ name: undefined, mod: 0, ...a })) });
    const k = { axis: 0, div: 1 }, n = { axis: 1, div: 1 }, group = { axis: 0, div: 4 };
    const same = defineFormat({
      name: "grouped", axes: [{ name: "k", block: undefined }, { name: "n", block: undefined }],
      fields: [beside("q", "u4", [k, n]), beside("z", "u4", [group, n]), beside("s", "f16", [group, n]), beside("g", "i32", [k])],
      value: ({ b, field, pick }) => {
        const q = b.and({ x: field("q"), y: 7 }), z = b.and({ x: b.add({ x: pick("z", 0, field("g")), y: 1 }), y: 7 }), whole = b.sub({ x: q, y: z }), s = pick("s", 0, field("g"));
        return b.cast({ x: b.mul({ x: b.cast({ x: whole }, { to: f32 }), y: s }) }, { to: dtype("f16") });
      },
    });
    expect(print(dequantiseProgram(formatOf(grouped), [8, 2]))).toBe(print(dequantiseProgram(same, [8, 2])));
    const w = { format: same, shape: [8, 2], fields: {
      q: tileFromCodes(dtype("u4"), [8, 2], Uint32Array.from({ length: 16 }, (_, j) => j)), z: tileFromCodes(dtype("u4"), [2, 2], [0, 7, 2, 3]), s: f16([2, 2], [1, 2, 0.5, -1]), g: tileFromCodes(dtype("i32"), [8], [1, 0, 1, 0, 1, 0, 0, 1]),
    } };
    const g = [1, 0, 1, 0, 1, 0, 0, 1], z = [[0, 7], [2, 3]], s = [[1, 2], [0.5, -1]];
    expect([...formatValues(w)]).toEqual(Array.from({ length: 16 }, (_, j) => ((j & 7) - ((z[g[j >> 1]][j & 1] + 1) & 7)) * s[g[j >> 1]][j & 1]));
  });

  test("bytes of a block are read as they lie", () => {
    const bytes = Uint8Array.from([0x00, 0x3c, ...new Array<number>(16).fill(0x9a)]); // 1.0, low nibbles 10, high ones 9
    expect([...formatValues(unpackFormat(formatOf(q4), [32], { "": bytes }))]).toEqual([...new Array<number>(16).fill(2), ...new Array<number>(16).fill(1)]);
  });
});
