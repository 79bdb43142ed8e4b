// Models with real weights: doubles give what is published, and the interpreter and both adapters give what doubles do.
import { createRequire } from "node:module";
import { afterAll, describe, expect, test } from "vitest";
import { charmlp } from "../../examples/charmlp/task.ts";
import { fingerprint64 } from "../../examples/guesslang/features.ts";
import { guesslangModel } from "../../examples/guesslang/model.ts";
import { inputsOf, snippets } from "../../examples/guesslang/task.ts";
import { figureOf } from "../../examples/models/figure.ts";
import { doubles, interpreter, onDevice } from "../../examples/models/machine.ts";
import { loadNetwork } from "../../examples/models/network.ts";
import { schemes, type Scheme } from "../../examples/models/schemes.ts";
import { tableOf, withTable } from "../../examples/models/table.ts";
import { tasks } from "../../examples/models/tasks.ts";
import { close } from "../../runtime/index.ts";
import { opened } from "./devices.ts";

const scheme = (form: string, bits: number, label = ""): Scheme | undefined => schemes.find((s) => s.form === form && s.bits === bits && (label === "" || s.label === label));

// What an implementation in numpy gave for the same weights and text.
test.each([["symmetric", 4, "", 2.407], ["affine", 4, "", 2.372], ["bipolar", 4, "", 2.398], ["float", 4, "e2m1", 2.385]] as const)("charmlp, %s of %i bits %s: %f bits per character", async (form, bits, label, want) => {
  const task = await charmlp();
  expect(Math.abs(await task.measureOn(doubles, scheme(form, bits, label), task.rows) - want)).toBeLessThan(0.002);
});

describe.each([...tasks.keys()])("%s", (name) => {
  afterAll(close);
  const few = 12, near = 1e-5;
  test("on the interpreter as in doubles", async () => {
    const task = await tasks.get(name)!();
    for (const s of [undefined, scheme("affine", 4), scheme("float", 4, "e2m1"), scheme("bipolar", 1)])
      expect(Math.abs(await task.measureOn(interpreter, s, few) - await task.measureOn(doubles, s, few)), s?.form).toBeLessThan(near);
  });
  const some = { swiftshader: [undefined, scheme("affine", 4), scheme("bipolar", 1)], lavapipe: [scheme("symmetric", 4)] };
  test.for(["swiftshader", "lavapipe"] as const)("on %s as in doubles", async (adapter, { skip }) => {
    const device = await opened(adapter), task = await tasks.get(name)!();
    if (!device) return skip(`${adapter} isn't installed here`);
    for (const s of some[adapter]) expect(Math.abs(await task.measureOn(onDevice(device), s, few) - await task.measureOn(doubles, s, few)), s?.form).toBeLessThan(near);
  });
});

test("guesslang is the package's model: the same probabilities", async () => {
  const { network, languages } = guesslangModel(), loaded = await loadNetwork(doubles, network, undefined, 32);
  const { ModelOperations } = createRequire(import.meta.url)("@vscode/vscode-languagedetection") as { readonly ModelOperations: new () => { runModel(text: string): Promise<readonly { readonly languageId: string; readonly confidence: number }[]> } };
  const theirs = new ModelOperations(), texts = [...snippets().slice(0, 4).map((s) => s.text), "naive facade ".repeat(9), "x = 1\n".repeat(3000)];
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
  expect(() => fingerprint64([1, 2, 3, 4])).toThrow("one to three bytes");
});

test("tables and figures", () => {
  const results = [{ value: 2 }, { scheme: scheme("bipolar", 1), value: 3 }, { scheme: scheme("float", 4, "e2m1"), value: 2.25 }];
  expect(tableOf(results, 2)).toBe("| bits | bipolar | float |\n|---|---|---|\n| as in the file | 2.00 | |\n| 4 | – | e2m1 2.25 |\n| 1 | 3.00 | – |");
  expect(withTable("a\n<!-- table: npm run models -->\nold\n<!-- end -->\nb", "new")).toBe("a\n<!-- table: npm run models -->\nnew\n<!-- end -->\nb");
  expect(() => withTable("a", "new")).toThrow("no place");
  const figure = figureOf({ name: "m", measure: "a < b", better: "less", range: [2, 3] }, results);
  expect(figure).toContain("m: a &#60; b");
  expect(figure.match(/<circle/g)?.length).toBe(2);
});
