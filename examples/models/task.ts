// What a model is tried on: how its answers are counted, and what comes out for a machine and a way to hold its matrices.
import { fits, heldIn, loadNetwork, type Batch, type Network } from "./network.ts";
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
  /** Whether all its matrices can be held in a way. */
  fits(scheme: Scheme): boolean;
  /** What each of the first rows counts; the measure is their mean. */
  scoresOn<X, W>(machine: Machine<X, W>, scheme: Scheme | undefined, rows: number): Promise<Float64Array>;
}

/** What a task of a network says. */
export interface NetworkTask extends Omit<Task, "scoresOn" | "fits"> {
  readonly network: Network;
  /** Rows that run at once. */
  readonly atOnce: number;
  /** Inputs of rows from up to, but not with, to. */
  batch(from: number, to: number): Batch;
  /** What one row counts, by its answer. */
  score(answer: Float64Array, row: number): number;
}

/** A task of a network. Matrices are quantised once for each scheme, whatever machine they go to. */
export function networkTask(t: NetworkTask): Task {
  const held = new WeakMap<Scheme, Network>();
  const heldAs = (scheme: Scheme | undefined): Network => {
    if (!scheme) return t.network;
    const found = held.get(scheme) ?? heldIn(t.network, scheme, t.group);
    held.set(scheme, found);
    return found;
  };
  return {
    ...t,
    fits: (scheme) => fits(t.network, scheme),
    async scoresOn(machine, scheme, rows) {
      const loaded = await loadNetwork(machine, heldAs(scheme));
      const scores = new Float64Array(rows);
      try {
        for (let from = 0; from < rows; from += t.atOnce) {
          const to = Math.min(rows, from + t.atOnce), answers = Float64Array.from(await loaded.run(t.batch(from, to))), width = answers.length / (to - from);
          for (let i = from; i < to; i++) scores[i] = t.score(answers.subarray((i - from) * width, (i - from + 1) * width), i);
        }
      } finally {
        loaded.free();
      }
      return scores;
    },
  };
}

/** The mean of the first `count` numbers. */
export const mean = (x: Float64Array, count = x.length): number => x.subarray(0, count).reduce((a, b) => a + b, 0) / count;

/** Bits that a prediction costs: −log2 of the probability of what came. */
export function bitsOf(logits: Float64Array, came: number): number {
  const top = Math.max(...logits);
  return (Math.log(logits.reduce((a, v) => a + Math.exp(v - top), 0)) - (logits[came] - top)) / Math.LN2;
}

/** The likeliest class, the first of several. */
export const likeliest = (logits: Float64Array): number => logits.indexOf(Math.max(...logits));
