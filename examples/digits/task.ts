// digits: which digit does a picture show? Measured in per cent of pictures that training left out.
import { openNpz } from "../../runtime/index.ts";
import { perceptron } from "../models/network.ts";
import { likeliest, networkTask, type Task } from "../models/task.ts";

/** The task; a row is a picture. Pictures of all digits take turns. */
export async function digits(): Promise<Task> {
  const { network } = await perceptron("examples/data/digits.safetensors", 2), file = await openNpz("examples/data/digits-held-out.npz");
  const { data: pixels, shape: [rows, size] } = await file.read("pixels"), { data: labels } = await file.read("labels");
  await file.close();
  const place = (row: number): number => (row % 10) * (rows / 10) + Math.floor(row / 10);
  return networkTask({
    name: "digits", measure: "accuracy in %", better: "more", digits: 1, near: 0.1, group: 16, range: [80, 100], rows, few: 100, atOnce: 1000, network,
    batch: (from, to) => ({ x: { shape: [to - from, size], values: Float32Array.from({ length: (to - from) * size }, (_, i) => Number(pixels[place(from + Math.floor(i / size)) * size + (i % size)]) / 255) } }),
    score: (logits, row) => (likeliest(logits) === Number(labels[place(row)]) ? 100 : 0),
  });
}
