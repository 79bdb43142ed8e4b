// Models with real weights: doubles give what is published, the interpreter and both adapters give what doubles do, and what stands on
// the models' pages is what was measured. All rows take long: npm run models measures them, and keeps the numbers in bits.json.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { afterAll, describe, expect, test } from "vitest";
import { charmlp } from "../../examples/charmlp/task.ts";
import { fingerprint64 } from "../../examples/guesslang/features.ts";
import { guesslangModel } from "../../examples/guesslang/model.ts";
import { inputsOf, snippets } from "../../examples/guesslang/task.ts";
import { figureOf } from "../../examples/models/figure.ts";
import { doubles, interpreter, onDevice } from "../../examples/models/machine.ts";
import { isSame, measuredOf, placesOf, type Measured } from "../../examples/models/measured.ts";
import { loadNetwork } from "../../examples/models/network.ts";
import { schemes, type Scheme } from "../../examples/models/schemes.ts";
import { blockOf, tableOf, withTable } from "../../examples/models/table.ts";
import { mean } from "../../examples/models/task.ts";
import { tasks } from "../../examples/models/tasks.ts";
import { close } from "../../runtime/index.ts";
import { opened } from "./devices.ts";

const scheme = (form: string, bits: number, label = ""): Scheme => schemes.find((s) => s.form === form && s.bits === bits && (label === "" || s.label === label))!;
const kept = (name: string): Measured => measuredOf(name)!;
const valueOf = (name: string, form: string, bits: number, label = ""): number | undefined => kept(name).results.find((r) => isSame(r.scheme, { form, bits, label }))?.value;

/** Bits per character that an implementation in numpy gave for the same weights and texts: symmetric, affine, bipolar, floats; and how many of them are measured at least. */
const published: Readonly<Record<string, { readonly near: number; readonly least: number; readonly table: Readonly<Record<number, string>> }>> = {
  charmlp: { near: 0.003, least: 31, table: {
    8: "2.332 2.332 2.331 e4m3 2.333 e5m2 2.346", 7: "2.332 2.331 2.332", 6: "2.335 2.335 2.335 e2m3 2.333 e3m2 2.346", 5: "2.354 2.344 2.348 e2m2 2.348 e3m1 2.377",
    4: "2.407 2.372 2.398 e2m1 2.385 e3m0 2.512", 3: "2.793 2.542 2.639 e2m0 2.635 e1m1 2.793", 2: "6.58 3.99 4.92",
  } },
  charlm: { near: 0.002, least: 31, table: {
    8: "2.0557 2.0557 2.0558 e4m3 2.0561 e5m2 2.0570", 7: "2.0559 2.0558 2.0559", 6: "2.0564 2.0565 2.0558 e2m3 2.0560 e3m2 2.0570", 5: "2.0561 2.0567 2.0570 e2m2 2.0573 e3m1 2.0627",
    4: "2.0597 2.0588 2.0595 e2m1 2.0634 e3m0 2.0702", 3: "2.0841 2.0701 2.0778 e2m0 2.0774 e1m1 2.0841", 2: "2.5792 2.1463 2.1925",
  } },
};
test.each(Object.entries(published))("%s as it is published", (name, { near, least, table }) => {
  let compared = 0;
  for (const [bits, line] of Object.entries(table)) {
    const [s, a, b, ...floats] = line.split(" "), n = Number(bits), rows: (readonly [string, string, string])[] = [["symmetric", "", s], ["affine", "", a], ["bipolar", "", b]];
    for (let i = 0; i < floats.length; i += 2) rows.push(["float", floats[i], floats[i + 1]]);
    for (const [form, label, want] of rows) {
      const found = valueOf(name, form, n, label);
      if (found === undefined) continue;
      expect(Math.abs(found - Number(want)), `${form} ${n} ${label}`).toBeLessThan(n === 2 ? 5 * near : near);
      compared++;
    }
  }
  expect(compared).toBeGreaterThanOrEqual(least);
});

test("all of charmlp's text, measured now", async () => {
  const task = await charmlp(), s = scheme("bipolar", 4);
  expect(mean(await task.scoresOn(doubles, s, task.rows))).toBeCloseTo(valueOf("charmlp", "bipolar", 4)!, 9);
});

/** Ways that each engine is tried in: few, because every shape of a matrix is a kernel to compile. */
const symmetric = scheme("symmetric", 4), affine = scheme("affine", 4), bipolar = scheme("bipolar", 3), float = scheme("float", 3, "e2m0"), q4 = scheme("GGUF", 4, "q4_0");
const tried: Readonly<Record<string, Readonly<Record<"interpreter" | "swiftshader" | "lavapipe", readonly (Scheme | undefined)[]>>>> = {
  charmlp: { interpreter: [undefined, affine, scheme("bipolar", 1), q4], swiftshader: [affine, float, q4], lavapipe: [symmetric, q4] },
  digits: { interpreter: [undefined, affine, bipolar], swiftshader: [affine, float], lavapipe: [symmetric] },
  guesslang: { interpreter: [undefined, affine], swiftshader: [affine], lavapipe: [symmetric] },
  charlm: { interpreter: [scheme("bipolar", 6)], swiftshader: [scheme("affine", 6)], lavapipe: [scheme("symmetric", 5)] },
};

describe.each([...tasks.keys()])("%s", (name) => {
  afterAll(close);
  const near = 1e-5, made = tasks.get(name)!, m = kept(name), few = (s: Scheme | undefined): number => m.results.find((r) => isSame(r.scheme, s))!.few;

  test("its page and its figure show what was measured", async () => {
    const task = await made(), { page, figure } = placesOf(name), text = readFileSync(page, "utf8");
    expect(m.rows).toBe(task.rows);
    expect(text).toBe(withTable(text, blockOf(m, task.digits)));
    expect(text).toContain("(bits.svg)");
    expect(readFileSync(figure, "utf8")).toBe(figureOf(task, m.results));
    for (const a of m.machines) expect(a.farthest, a.machine).toBeLessThan(task.near);
  });
  test("its numbers are those of today", async () => {
    const task = await made();
    for (const r of m.results.filter((_, i) => i % 15 === 0)) expect(mean(await task.scoresOn(doubles, schemes.find((s) => isSame(s, r.scheme)), task.few)), JSON.stringify(r.scheme)).toBeCloseTo(r.few, 9);
  });
  test("on the interpreter as in doubles", async () => {
    const task = await made();
    for (const s of tried[name].interpreter) expect(Math.abs(mean(await task.scoresOn(interpreter, s, task.few)) - few(s)), s?.form).toBeLessThan(near);
  });
  test.for(["swiftshader", "lavapipe"] as const)("on %s as in doubles", async (adapter, { skip }) => {
    const device = await opened(adapter), task = await made();
    if (!device) return skip(`${adapter} isn't installed here`);
    for (const s of tried[name][adapter]) expect(Math.abs(mean(await task.scoresOn(onDevice(device), s, task.few)) - few(s)), s?.form).toBeLessThan(near);
  });
});

test("guesslang is the package's model: the same probabilities", async () => {
  const { network, languages } = guesslangModel(), loaded = await loadNetwork(doubles, network);
  const { ModelOperations } = createRequire(import.meta.url)("@vscode/vscode-languagedetection") as { readonly ModelOperations: new () => { runModel(text: string): Promise<readonly { readonly languageId: string; readonly confidence: number }[]> } };
  const theirs = new ModelOperations(), texts = [...snippets().slice(0, 4).map((s) => s.text), "naive facade ".repeat(9), "x = 1\n".repeat(3000), "// Größe — « déjà vu »\r\nlet größe = 3; // 日本語 😀\r\n".repeat(3), "имя = 'мир'\nprint(имя)\n".repeat(4)];
  for (const text of texts) {
    const logits = Array.from(await loaded.run(inputsOf([text]))), top = Math.max(...logits), all = logits.reduce((a, v) => a + Math.exp(v - top), 0), found = await theirs.runModel(text);
    expect(found.length).toBe(54);
    for (const { languageId, confidence } of found) expect(Math.abs(Math.exp(logits[languages.indexOf(languageId)] - top) / all - confidence), languageId).toBeLessThan(1e-5);
  }
});

test("FarmHash64 of short texts", () => { // of npm farmhash-modern 1.1.0
  const known: readonly (readonly [readonly number[], bigint])[] = [
    [[97], 12917804110809363939n], [[97, 98], 12289600257749001502n], [[97, 32, 98], 1087456389025357877n],
    [[0, 32, 255], 8524616965152283488n], [[10, 32, 10], 15090464670064968015n], [[195, 32, 169], 7728517122637465370n],
  ];
  for (const [bytes, hash] of known) expect(fingerprint64(bytes)).toBe(hash);
  expect(() => fingerprint64([1, 2, 3, 4, 5, 6, 7, 8])).toThrow("one to seven bytes");
});

test("tables and figures", () => {
  const results = [{ value: 2, few: 2 }, { scheme: scheme("bipolar", 1), value: 3, few: 3 }, { scheme: scheme("float", 4, "e2m1"), value: 2.25, few: 2 }];
  expect(tableOf(results, 2)).toBe("| bits | bipolar | float |\n|---|---|---|\n| as in the file | 2.00 | |\n| 4 | – | e2m1 2.25 |\n| 1 | 3.00 | – |");
  expect(withTable("a\n<!-- table: npm run models -->\nold\n<!-- end -->\nb", "new")).toBe("a\n<!-- table: npm run models -->\nnew\n<!-- end -->\nb");
  expect(() => withTable("a", "new")).toThrow("no place");
  const measured = { ways: 4, rows: 5, few: 2, results, machines: [{ machine: "m", rows: 2, ways: 3, farthest: 0.001 }] };
  expect(blockOf(measured, 2).split("\n").slice(5)).toEqual(["", "1 of 4 ways are still to be measured; `--resume` goes on.", "", "In doubles, 5 rows; against them, over the same rows:", "", "- m: at most 1.0e-3 off, first 2 rows, 3 ways"]);
  expect(blockOf({ ...measured, ways: 3, machines: [] }, 2).split("\n").slice(5)).toEqual(["", "In doubles, 5 rows"]);
  const figure = figureOf({ name: "m", measure: "a < b", better: "less", range: [2, 3] }, results);
  expect(figure).toContain("m: a &#60; b");
  expect(figure.match(/<circle/g)?.length).toBe(2);
});
