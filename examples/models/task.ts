// What a model is tried on: how its answers are counted, and what comes out for a machine and a way to hold its matrices.
import { loadNetwork, type Batch, type Network } from "./network.ts";
import type { Machine } from "./machine.ts";
import type { Scheme } from "./schemes.ts";

/** A model with something to measure it by. */
export interface Task {
  readonly name: string;
  /** What is measured, for the head of tables and axes. */
  readonly measure: string;
  readonly better: "less" | "more";
  /** Digits after the point. */
  readonly digits: number;
  /** How far a device's result may lie from that of doubles. */
  readonly near: number;
  /** Inputs that share a scale. */
  readonly group: number;
  /** The range that figures show. */
  readonly range: readonly [low: number, high: number];
  /** Rows that there are, and how many are enough for a glance. */
  readonly rows: number;
  readonly few: number;
  /** The mean over the first rows. */
  measureOn<X, W>(machine: Machine<X, W>, scheme: Scheme | undefined, rows: number): Promise<number>;
}

/** What a task of a network says. */
export interface NetworkTask extends Omit<Task, "measureOn"> {
  readonly network: Network;
  /** Inputs of rows from up to, but not with, to. */
  batch(from: number, to: number): Batch;
  /** What one row counts, by its answer. */
  score(answer: ArrayLike<number>, row: number): number;
}

/** Rows that run at once. */
const BATCH = 1000;

const rowOf = (x: ArrayLike<number>, i: number, n: number): Float64Array => Float64Array.from({ length: n }, (_, j) => x[i * n + j]);

/** A task of a network. */
export const networkTask = (t: NetworkTask): Task => ({
  ...t,
  async measureOn(machine, scheme, rows) {
    const loaded = await loadNetwork(machine, t.network, scheme, t.group);
    let sum = 0;
    try {
      for (let from = 0; from < rows; from += BATCH) {
        const to = Math.min(rows, from + BATCH), answers = await loaded.run(t.batch(from, to)), width = answers.length / (to - from);
        for (let i = from; i < to; i++) sum += t.score(rowOf(answers, i - from, width), i);
      }
    } finally {
      loaded.free();
    }
    return sum / rows;
  },
});

/** Bits that a prediction costs: −log2 of the probability of what came. */
export function bitsOf(logits: ArrayLike<number>, came: number): number {
  const all = Array.from(logits), top = Math.max(...all);
  return (Math.log(all.reduce((a, v) => a + Math.exp(v - top), 0)) - (all[came] - top)) / Math.LN2;
}

/** The likeliest class, the first of several. */
export const likeliest = (logits: ArrayLike<number>): number => { const all = Array.from(logits); return all.indexOf(Math.max(...all)); };
