// `bitloom tune`: a kernel's space, products, atlases; stopped by the user and gone on with; mistakes.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { main } from "../../cli/cli.ts";
import { compilerVersion } from "../../codegen/index.ts";
import { listAdapters } from "../../runtime/index.ts";
import { bitloom, folder } from "./support.ts";

const dir = folder(), at = (name: string): string => join(dir, name), before = process.env["XDG_CACHE_HOME"];
const there = (await listAdapters()).some((a) => a.kind === "swiftshader" && a.usable), on = ["--adapter", "swiftshader"];
beforeAll(() => {
  process.env["XDG_CACHE_HOME"] = at("cache");
  writeFileSync(at("add.loom"), "kernel add<B: int in {32, 64, 128} = 64, G: int in {1, 2} = 1>(x: f32[N], s: f32[G], out y: f32[N]) grid (b in cdiv(N, B)) threads 32 { store(y[b * B +: B], load(x[b * B +: B]) + 1) }\n");
  writeFileSync(at("fixed.loom"), "kernel fixed(x: f32[N], out y: f32[N]) grid (b in cdiv(N, 32)) threads 32 { store(y[b * 32 +: 32], load(x[b * 32 +: 32])) }\n");
});
afterAll(() => { if (before === undefined) delete process.env["XDG_CACHE_HOME"]; else process.env["XDG_CACHE_HOME"] = before; });

const records = (): readonly string[] => (existsSync(at("cache/bitloom")) ? readdirSync(at("cache/bitloom")).filter((f) => f.startsWith("tuning-")) : []);
const tune = (...words: readonly string[]) => bitloom(["tune", ...words, ...on]);
type Found = { readonly choice: Record<string, number>; readonly done: boolean; readonly taken: number; readonly points: readonly { readonly choice: Record<string, number>; readonly ms?: number; readonly why?: string }[] };

describe.skipIf(!there)("on SwiftShader", () => {
  test("Ctrl-C keeps what was found, the next call goes on, the one after it knows all", async () => {
    let asked = false, out = "", err = "";
    // The user has enough as soon as the first record is written.
    const io = { out: async (t: string) => { out += t; }, err: async (t: string) => { err += t; }, async *stdin() { /* nothing */ }, colour: false, terminal: false, interrupt: () => ({ asked: new Promise<void>((stop) => { const timer = setInterval(() => { if (records().length) { asked = true; clearInterval(timer); stop(); } }, 1); }), off: () => undefined }) };
    expect(await main(["tune", at("add.loom"), "--set", "N=300000", ...on], io)).toBe(0);
    expect([asked, err]).toEqual([true, ""]);
    expect(out).toMatch(/stopped; the same command goes on\nB=\d+ G=1: /);
    const second = await tune(at("add.loom"), "--set", "N=300000", "--json"), found = second.json() as unknown as Found, third = (await tune(at("add.loom"), "--set", "N=300000", "--json")).json() as unknown as Found;
    expect([second.code, found.done, found.taken > 0, third.taken, third.choice]).toEqual([0, true, true, 0, found.choice]);
    expect(found.points.filter((p) => p.ms !== undefined).map((p) => p.choice["G"])).toEqual([1, 1, 1]);
    expect(found.points.filter((p) => p.why !== undefined).map((p) => [p.choice["G"], p.why])).toEqual([[2, "it takes other tensors or numbers"], [2, "it takes other tensors or numbers"], [2, "it takes other tensors or numbers"]]);
    expect(records().length).toBe(1);
  });
  test("text for people; inputs and parameters may be given; --fresh times again; a damaged record is told", async () => {
    const words = [at("add.loom"), "--in", "x=[1, 2, 3, 4, 5]", "--set", "G=2"], first = await tune(...words);
    expect(first).toMatchObject({ code: 0, err: "" });
    expect(first.out).toMatch(/^add on SwiftShader[^\n]*, sizes up to N = 8\n {2}choice +time +predicted\n {2}B=64 +[\d.e-]+ ms +[\d.e-]+ ms {2}default(, fastest)?\n/);
    expect(first.out).toMatch(/\nB=\d+: (the default|[\d.]+ times as fast as the default)\n$/);
    expect((await tune(...words)).out).toContain("(known; --fresh times it again)");
    expect(((await tune(...words, "--fresh", "--json")).json() as unknown as Found).taken).toBeGreaterThan(0);
    for (const f of records()) writeFileSync(at(`cache/bitloom/${f}`), "{");
    const again = await tune(...words, "--json");
    expect([again.code, again.err, (again.json() as unknown as Found).taken > 0]).toEqual([0, "a record of tuning is damaged and is ignored: it is no JSON\n", true]);
  });
  test("a run takes what is written; with --model what the model finds cheapest, and tells it", async () => {
    const words = [at("add.loom"), "--set", "N=5000", ...on], run = (...more: readonly string[]) => bitloom(["run", ...words, "--in", "x=1", "--in", "s=1", ...more]);
    expect((await run("--json")).json()).not.toHaveProperty("by");
    const found = (await run("--json", "--model")).json() as { readonly choice: Record<string, number>; readonly by: string };
    expect(found).toMatchObject({ by: "model", choice: { B: expect.any(Number) as number, G: 1 }, outputs: { y: { shape: [5000] } } });
    expect((await run("--model")).out).toContain(`\nB=${found.choice["B"]} G=1: the cheapest by the model\ny: f32[5000]  from 2 to 2`);
  });
  test("products are stopped in the middle of one, which is no part of the report nor of the atlas, and gone on with", async () => {
    const before = records().length, words = ["tune", "--product", "1x32x32", "--type", "u2", "--group", "32", "--atlas", at("stopped.json")];
    let out = "";
    const io = { out: async (t: string) => { out += t; }, err: async () => undefined, async *stdin() { /* nothing */ }, colour: false, terminal: false, interrupt: () => ({ asked: new Promise<void>((stop) => { const timer = setInterval(() => { if (records().length > before) { clearInterval(timer); stop(); } }, 1); }), off: () => undefined }) };
    expect(await main([...words, ...on], io)).toBe(0);
    expect(out).toMatch(/\nstopped after 0 of 1; the same command goes on\n/);
    expect([records().length, out.endsWith("0 records, 0 of them new\n")]).toEqual([before + 1, true]);
    expect((await bitloom([...words, ...on, "--json"])).json()).toMatchObject({ done: true, atlas: { records: 1, before: 0, replaced: 0 } });
  });
  test("products, into an atlas that others' are merged with", async () => {
    const first = await tune("--product", "1x32x64", "--type", "u2", "--group", "32", "--atlas", at("mine.json"), "--json");
    expect([first.code, first.err, first.json()]).toEqual([0, "", expect.objectContaining({ done: true, atlas: { file: at("mine.json"), records: 1, before: 0, replaced: 0 }, products: [expect.objectContaining({ M: 1, N: 32, K: 64, of: "matmul f32 · u2 / 32 → f32" })] })]);
    const mine = readFileSync(at("mine.json"), "utf8"), text = await tune("--product", "1x32x64", "--type", "u2", "--group", "32");
    expect(mine).not.toContain("samples");
    expect(text.out).toMatch(/\n {2}matmul f32 · u2 \/ 32 → f32 {2}1×32×64 {2}BM=1 .* ms {2}(the model's choice|[\d.]+ times as fast as the model's choice)\n$/);
    writeFileSync(at("yours.json"), mine.replaceAll('"architecture":"swiftshader"', '"architecture":"another"'));
    const merged = await bitloom(["tune", "--merge", at("yours.json"), "--merge", at("mine.json"), "--atlas", at("all.json")]);
    expect(merged).toMatchObject({ code: 0, out: `${at("all.json")}: 2 records, 2 of them new\n`, err: "" });
    expect((await bitloom(["tune", "--merge", at("mine.json"), "--atlas", at("all.json"), "--json"])).json()).toEqual({ atlas: { file: at("all.json"), records: 2, before: 2, replaced: 0 } });
    writeFileSync(at("newer.json"), mine.replaceAll(`"compiler":"${compilerVersion}"`, '"compiler":"999.0.0"'));
    expect((await bitloom(["tune", "--merge", at("newer.json"), "--atlas", at("all.json")])).out).toBe(`${at("all.json")}: 2 records, 0 of them new, 1 in the place of others\n`);
    expect((await bitloom(["tune", "--merge", at("mine.json"), "--atlas", at("all.json"), "--json"])).json()).toEqual({ atlas: { file: at("all.json"), records: 2, before: 2, replaced: 0 } }); // an older compiler's
    // What is wrong is told with its place, before anything is timed, and the atlas stays as it was.
    const whole = readFileSync(at("all.json"), "utf8"), [, own = 0] = /"ms":([\d.]+)/.exec(mine) ?? [];
    for (const [text, why] of [[mine.slice(0, -20), "it is no JSON"], ["[]", "its format isn't"], [mine.replace('"version": 1', '"version": 2'), "it is of version 2, and this reads version 1"], [mine.replace(`"ms":${own}`, '"ms":"fast"'), 'records[0].points[0].ms is "fast", not a time'], [mine.replace(/"choice":\{[^}]*\}/, '"choice":{"BM":7}'), "records[0].choice is none of the points that were timed"]] as const) {
      writeFileSync(at("wrong.json"), text);
      const merge = await bitloom(["tune", "--merge", at("mine.json"), "--merge", at("wrong.json"), "--atlas", at("all.json")]), into = await tune("--product", "1x32x64", "--fresh", "--atlas", at("wrong.json"));
      for (const ran of [merge, into]) expect([ran.code, ran.out, ran.err]).toEqual([1, "", expect.stringContaining(`error[H0428]: '${at("wrong.json")}' is no atlas: ${why}`)]);
      expect([readFileSync(at("all.json"), "utf8"), readFileSync(at("wrong.json"), "utf8")]).toEqual([whole, text]);
    }
    expect((await bitloom(["tune", "--merge", dir, "--atlas", at("all.json")])).err).toContain(`error[H0208]: '${dir}' is a folder`);
  });
  test.each<[string, readonly string[], number, RegExp]>([
    ["nothing to tune", ["fixed.loom", "--set", "N=64"], 1, /H0426.*'fixed': no parameter has a space/], ["all is given", ["add.loom", "--set", "N=64", "--set", "B=32", "--set", "G=1"], 1, /H0426.*B, G are given/],
    ["sizes", ["add.loom"], 2, /how large is N of 'x'/], ["most", ["add.loom", "--set", "N=64", "--most", "1"], 2, /'--most 1'/],
    ["a product", ["--product", "1x2"], 2, /isn't three sizes/], ["a type", ["--product", "1x2x3", "--type", "u99"], 1, /no number type|u99/], ["a group", ["--product", "1x2x3", "--group", "-1"], 2, /'--group -1'/],
    ["no file", [], 2, /needs FILE/], ["both", ["add.loom", "--usual"], 2, /one at a time/], ["misplaced", ["--usual", "--set", "N=1"], 2, /'--set' says nothing here/], ["no atlas", ["--merge", "x.json"], 2, /needs '--atlas'/], ["no such file", ["--merge", "x.json", "--atlas", "y.json"], 1, /H0208/],
  ])("%s", async (_, words, code, why) => {
    const adapter = words.includes("--merge") ? [] : on, ran = await bitloom(["tune", ...words.map((w) => (/\.(loom|json)$/.test(w) ? at(w) : w)), ...adapter]);
    expect([ran.code, ran.err.replaceAll("\n", " ")]).toEqual([code, expect.stringMatching(why)]);
  });
});
