// charlm: a transformer, the characters before decide the next one. Measured in bits per character on windows it has not seen.
import { readFileSync } from "node:fs";
import { addStep, halves, type KernelStep, type LinearStep, type Network } from "../models/network.ts";
import { bitsOf, networkTask, type Task } from "../models/task.ts";
import { idsOf, shape } from "./model.ts";

const { hidden, layers, heads, kvHeads, head, ffn, vocab, context } = shape;

/** The transformer as steps over a window of `context` characters, from their embeddings "x" to "logits". Only the 21 matrices of the layers are quantised. */
function transformer(tensor: Awaited<ReturnType<typeof halves>>): Network {
  const linear = (to: string, from: string, name: string): LinearStep => { const matrix = tensor(`${name}.weight`); return { to, from, matrix, bias: new Float32Array(matrix.shape[0]) }; };
  const norm = (to: string, x: string, gain: string): KernelStep => ({ to, kernel: "norm", params: { D: hidden }, inputs: { x, gain } });
  // What is turned goes into memory that is there already: "place of q", "place of k".
  const rotate = (to: string, x: string): KernelStep => ({ to, kernel: "rotate", params: { D: head }, scalars: { first: 0, at: 0 }, inputs: { x, cosine: "cosine", sine: "sine", y: `place of ${x}` } });
  const gain = (name: string): readonly [string, { readonly type: "f16"; readonly shape: readonly [number]; readonly values: ArrayLike<number> }] => [name, { type: "f16", shape: [hidden], values: tensor(`${name}.weight`).values }];
  const angles = (of: (x: number) => number) => ({ shape: [context, head / 2], values: Float32Array.from({ length: (context * head) / 2 }, (_, i) => of(Math.floor(i / (head / 2)) * 10000 ** (-(i % (head / 2)) / (head / 2)))) });
  const at = Array.from({ length: layers }, (_, i) => `model.layers.${i}`);
  return {
    constants: {
      cosine: angles(Math.cos), sine: angles(Math.sin),
      ...Object.fromEntries([...at.flatMap((l) => [gain(`${l}.input_layernorm`), gain(`${l}.post_attention_layernorm`)]), gain("model.norm")]),
    },
    steps: [
      ...at.flatMap((l): (LinearStep | KernelStep)[] => [
        norm("h", "x", `${l}.input_layernorm`),
        linear("q", "h", `${l}.self_attn.q_proj`), linear("k", "h", `${l}.self_attn.k_proj`), linear("v", "h", `${l}.self_attn.v_proj`),
        rotate("turned q", "q"), rotate("turned k", "k"),
        { to: "o", kernel: "attend", params: { D: head, G: heads / kvHeads, SCALE: head ** -0.5 }, scalars: { first: 0 }, inputs: { q: "turned q", k: "turned k", v: "v" } },
        linear("a", "o", `${l}.self_attn.o_proj`), addStep("x", "x", "a", hidden),
        norm("h", "x", `${l}.post_attention_layernorm`),
        linear("gate", "h", `${l}.mlp.gate_proj`), linear("up", "h", `${l}.mlp.up_proj`),
        { to: "m", kernel: "swiglu", params: { N: ffn }, inputs: { gate: "gate", up: "up" } },
        linear("d", "m", `${l}.mlp.down_proj`), addStep("x", "x", "d", hidden),
      ]),
      norm("h", "x", "model.norm"), { ...linear("logits", "h", "model.embed_tokens"), fixed: true },
    ],
  };
}

/** The task; a row is a window. */
export async function charlm(): Promise<Task> {
  const tensor = await halves("examples/data/charlm.safetensors"), { values: table } = tensor("model.embed_tokens.weight");
  const windows = (JSON.parse(readFileSync("examples/data/charlm-windows.json", "utf8")) as readonly string[]).map(idsOf);
  return networkTask({
    name: "charlm", measure: "bits per character", better: "less", digits: 4, near: 1e-3, group: 32, range: [2, 3.2], rows: windows.length, few: 1, atOnce: 1, network: transformer(tensor),
    batch: (row) => ({
      x: { shape: [context, hidden], values: Float32Array.from({ length: context * hidden }, (_, i) => table[windows[row][Math.floor(i / hidden)] * hidden + (i % hidden)]) },
      "place of q": { shape: [context, heads * head], values: new Float32Array(context * heads * head) },
      "place of k": { shape: [context, kvHeads * head], values: new Float32Array(context * kvHeads * head) },
    }),
    score: (logits, row) => windows[row].slice(1).reduce((sum, came, i) => sum + bitsOf(logits.subarray(i * vocab, (i + 1) * vocab), came), 0) / context,
  });
}
