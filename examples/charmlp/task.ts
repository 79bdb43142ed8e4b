// charmlp: the 16 characters before decide the next one. Measured in bits per character on text it has not seen.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { idsOf } from "../charlm/model.ts";
import { perceptron } from "../models/network.ts";
import { bitsOf, networkTask, type Task } from "../models/task.ts";

const CONTEXT = 16, EMBED = 16, EVERY = 29, PLACES = 20_000;

/** The task; a row is a place in the text. */
export async function charmlp(): Promise<Task> {
  const { network, tensor } = await perceptron("examples/data/charmlp.safetensors", 3), { values: embedding } = tensor("emb");
  const ids = idsOf(gunzipSync(readFileSync("examples/data/charmlp-text.txt.gz")).toString("latin1"));
  return networkTask({
    name: "charmlp", measure: "bits per character", better: "less", digits: 3, near: 1e-3, group: 32, range: [2.2, 5], rows: PLACES, few: 100, atOnce: 1000, network,
    batch(from, to) {
      const values = new Float32Array((to - from) * CONTEXT * EMBED);
      for (let row = from, at = 0; row < to; row++) for (let c = 0; c < CONTEXT; c++) for (let e = 0; e < EMBED; e++) values[at++] = embedding[ids[row * EVERY + c] * EMBED + e];
      return { x: { shape: [to - from, CONTEXT * EMBED], values } };
    },
    score: (logits, row) => bitsOf(logits, ids[row * EVERY + CONTEXT]),
  });
}
