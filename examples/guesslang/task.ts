// guesslang: which of 54 languages is a text written in? Measured in per cent of a few snippets, one for most languages.
import { readFileSync } from "node:fs";
import { likeliest, networkTask, type Task } from "../models/task.ts";
import type { Batch } from "../models/network.ts";
import { BUCKETS, countsOf } from "./features.ts";
import { guesslangModel } from "./model.ts";

/** A text and its language. */
export interface Snippet { readonly language: string; readonly text: string }

/** The snippets; each begins with a line "=== LANGUAGE". */
export const snippets = (): readonly Snippet[] =>
  readFileSync("examples/guesslang/snippets.txt", "utf8").split(/^=== /m).slice(1).map((s) => ({ language: s.slice(0, s.indexOf("\n")), text: s.slice(s.indexOf("\n") + 1) }));

/** The inputs of the model: how often each pair of bytes occurs, and its share. */
export function inputsOf(texts: readonly string[]): Batch {
  const counts = new Float64Array(texts.length * BUCKETS), means = new Float64Array(texts.length * BUCKETS);
  texts.forEach((text, i) => {
    const c = countsOf(text), all = Math.max(1, c.reduce((a, b) => a + b, 0));
    counts.set(c, i * BUCKETS);
    means.set(c.map((v) => v / all), i * BUCKETS);
  });
  const shape = [texts.length, BUCKETS] as const;
  return { counts: { shape, values: counts }, means: { shape, values: means } };
}

/** The task; a row is a snippet. */
export async function guesslang(): Promise<Task> {
  const { network, languages } = guesslangModel(), all = snippets();
  return networkTask({
    name: "guesslang", measure: "accuracy in %", better: "more", digits: 1, near: 0.1, group: 32, range: [0, 100], rows: all.length, few: 20, atOnce: 1000, network,
    batch: (from, to) => inputsOf(all.slice(from, to).map((s) => s.text)),
    score: (logits, row) => (languages[likeliest(logits)] === all[row].language ? 100 : 0),
  });
}
