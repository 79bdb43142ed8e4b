// Templates of WGSL: what directives make of them; and a checkout like llama.cpp's, as a folder of shaders.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { expandLlama, llama } from "../../bench/llama.ts";
import { condition, expanded, preprocess } from "../../bench/preprocess.ts";
import type { Schema } from "../../bench/schema.ts";
import { evaluate, manifest } from "../../bench/wgsl.ts";

const macros = (of: Readonly<Record<string, string>>): ReadonlyMap<string, string> => new Map(Object.entries(of));
const done = (text: string, given: Readonly<Record<string, string>> = {}, files: Readonly<Record<string, string>> = {}): string[] => preprocess(text, macros(given), (name) => files[name] ?? name).split("\n").map((l) => l.trim()).filter(Boolean);

describe("directives", () => {
  test("names are replaced whole, in values too, and none by itself", () => {
    expect(expanded("N + NN * f(N2)", macros({ N: "4", NN: "(N / B)", B: "2" }))).toBe("4 + (4 / 2) * f(N2)");
    expect(() => expanded("a", macros({ a: "b + 1", b: "a" }))).toThrow("macro a means itself");
  });
  test.each([
    ["1 + 2 * 3 == 7", 1], ["(1 + 2) * 3", 9], ["7 / 2 - 1", 2], ["-3 + 5 % 3", -1], ["!0 && 0 || 2", 1], ["8 - 2 - 1", 5], ["2 < 1", 0], ["2 >= 2", 1], ["2 != 2", 0],
    ["defined(A)", 1], ["defined A && !defined(Z)", 1], ["A", 1], ["Z", 0], ["FOUR", 4], ["EIGHT / 2 == FOUR // so it is", 1],
  ])("the condition %s is %d", (text, want) => { expect(condition(text, macros({ A: "", FOUR: "4", EIGHT: "FOUR * 2" }))).toBe(want); });
  test.each([["1 +", "can't be read"], ["(1", 'lacks ")"'], ["1 2", '"2" left over'], ["@", "can't be read"], ["A", "means itself"]])("the condition %s is refused", (text, why) => { expect(() => condition(text, macros({ A: "A + 1" }))).toThrow(why); });
  test("of branches one is taken, and nothing of one that isn't", () => {
    const text = "#if A\na\n#elif defined(B)\nb\n#define IN_B 1\n#elif 1\nc\n#else\nd\n#endif\n#ifdef IN_B\nseen\n#endif\n#ifndef IN_B\nunseen\n#endif";
    expect([done(text, { A: "1", B: "" }), done(text, { B: "" }), done(text)]).toEqual([["a", "unseen"], ["b", "seen"], ["c", "unseen"]]);
    expect(done("#if 0\n#if 1\na\n#else\nb\n#endif\n#include \"x\"\n#nonsense\n#endif\nc")).toEqual(["c"]);
  });
  test("what is given stays, whatever a file says; includes share macros; a backslash joins lines", () => {
    expect(done("#define A 1\n#define B \\\n 2\n#undef A\nA B", { A: "9" })).toEqual(["9 2"]);
    expect(done("#include \"f\"\nX", {}, { f: "#define X 5 // five\nX of f" })).toEqual(["5 of f", "5"]);
    expect(done("#define A 1\n#undef A\nA")).toEqual(["A"]);
  });
  test.each([["#endif", "no #if before"], ["#else\n#endif", "no #if before"], ["#if 1", "no #endif"], ["a\n#pragma x", /line 2, #pragma x: nobody knows/]])("%s is refused", (text, why) => { expect(() => done(text)).toThrow(why); });
});

describe("a checkout of llama.cpp", () => {
  const header = "#define WEBGPU_MUL_MAT_TILE_M 4\n#define WEBGPU_MUL_MAT_TILE_N 2\n#define WEBGPU_MUL_MAT_WG_SIZE_M 8\n#define WEBGPU_MUL_MAT_WG_SIZE_N 8 // threads\n#define WEBGPU_MUL_MAT_REG_TILE_K_FLOAT 8\n#define WEBGPU_MUL_MAT_REG_TILE_K_QUANT 32\n#define WEBGPU_MUL_MAT_VEC_WG_SIZE 128\n#define WEBGPU_MUL_MAT_VEC_FLOAT_OUTPUTS_PER_WG 4\n#define WEBGPU_MUL_MAT_VEC_LEGACY_Q_OUTPUTS_PER_WG 2\n#define WEBGPU_MUL_MAT_VEC_K_Q_OUTPUTS_PER_WG 6\n";
  const files = {
    "common.tmpl": "#ifdef MUL_ACC_Q4_0\nblocks of 18\n#elif defined(MUL_ACC_FLOAT)\nfloats\n#endif", "quantize_q8.wgsl": "q8 of WG_SIZE",
    "mul_mat_vec.wgsl": "#include \"common.tmpl\"\n#ifdef USE_SUBGROUP_REDUCTION\nsubgroups\n#endif\n#ifdef MMVQ\npacked\n#endif\nWG_SIZE OUTPUTS_PER_WG SRC0_INNER_TYPE NUM_COLS", "mul_mat_reg_tile.wgsl": "TILE_M TILE_N TILE_K WORKGROUP_SIZE_M",
  };
  const within = (work: (checkout: string, folder: string) => void, head = header): void => {
    const root = mkdtempSync(join(tmpdir(), "bitloom-llama-")), at = join(root, "ggml/src/ggml-webgpu");
    try {
      mkdirSync(join(at, "wgsl-shaders"), { recursive: true });
      writeFileSync(join(at, "ggml-webgpu-shader-lib.hpp"), head);
      for (const [name, text] of Object.entries(files)) writeFileSync(join(at, "wgsl-shaders", name), text);
      work(root, join(root, "out"));
    } finally { rmSync(root, { recursive: true }); }
  };
  const words = (text: string | undefined): string[] => (text ?? "").split(/\s+/).filter(Boolean);

  test("each kernel has its macros, and sizes as the checkout's header defines them", () => within((checkout) => {
    const { manifest: m, files: made } = llama(checkout), named = (name: string) => m.kernels.find((k) => k.name === name);
    expect(words(made.get("q4_0.wgsl"))).toEqual(["blocks", "of", "18", "subgroups", "128", "2", "u32", "NUM_COLS"]);
    expect(words(made.get("q4_0-packed-workgroups.wgsl"))).toEqual(["blocks", "of", "18", "packed", "128", "2", "u32", "NUM_COLS"]);
    expect(words(made.get("f16.wgsl"))).toEqual(["floats", "subgroups", "128", "4", "f16", "NUM_COLS"]);
    expect(words(made.get("q6_k-tiles.wgsl"))).toEqual(["4u", "2u", "32u", "8u"]);
    expect([named("q6_k")?.workgroups, named("q6_k tiles")?.workgroups, named("q4_0, packed")?.before?.[0].workgroups]).toEqual([["cdiv(N, 6)"], ["cdiv(N, 32) * cdiv(M, 16)"], ["M * cdiv(K / 4, 128)"]]);
    // Every kernel is of a shape that it takes alone, as the library chooses by M.
    for (const M of [1, 4, 5, 64]) expect(m.kernels.filter((k) => k.name.startsWith("q6_k") && M >= (k.rows?.[0] ?? 0) && M <= (k.rows?.[1] ?? 0)).map((k) => k.name)).toEqual(M <= 4 ? ["q6_k", "q6_k, workgroups"] : ["q6_k tiles"]);
    expect(named("q2_k")?.bindings.at(-1)?.words?.map((w) => evaluate(w, { M: 2, N: 8, K: 512 }))).toEqual([0, 0, 0, 8, 2, 512, 2, 512, 16, 1024, 16, 1024, 1, 1, 1, 1]);
  }));
  test("the folder is one that the bench reads", () => within((checkout, folder) => {
    expandLlama([checkout, folder]);
    const text = readFileSync(join(folder, "manifest.json"), "utf8"), read = manifest(text, JSON.parse(readFileSync("bench/wgsl.schema.json", "utf8")) as Schema);
    expect(new Set(read.kernels.map((k) => k.bits))).toEqual(new Set([1, 2, 3, 4, 5, 6, 8, 16, 32]));
    for (const k of read.kernels) for (const p of [...(k.before ?? []), k]) expect(readFileSync(join(folder, p.file), "utf8").length, p.file).toBeGreaterThan(0);
  }));
  test("one of another time is told, and so is none", () => {
    within((checkout) => expect(() => llama(checkout)).toThrow("defines no number WEBGPU_MUL_MAT_VEC_WG_SIZE"), header.replace(/.*VEC_WG_SIZE.*\n/, ""));
    expect(() => llama(tmpdir())).toThrow("holds no ggml/src/ggml-webgpu");
    expect(() => expandLlama(["one"])).toThrow("needs CHECKOUT and FOLDER");
  });
});
