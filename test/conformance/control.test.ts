// Control flow on all engines: interpreter = loop form = SwiftShader = lavapipe, and what a few lines of JavaScript say.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { baseTarget } from "../../codegen/index.ts";
import { load } from "../../lang/index.ts";
import { dtype, tileFromValues, verify, type Tile } from "../../vm/index.ts";
import { onEachDevice } from "./devices.ts";
import { byDevice, byEvaluator, byInterpreter, difference, wgslOf, type Case, type Codes } from "./engines.ts";

const { kernels, diagnostics } = load(readFileSync(new URL("control.loom", import.meta.url), "utf8"), { file: "control.loom" });
const i32 = (shape: readonly number[], values: readonly number[]): Tile => tileFromValues(dtype("i32"), shape, values);

const sizes: Readonly<Record<string, Readonly<Record<string, number>>>> = { ragged: { R: 7 }, nested: { G: 5 } };

function make(name: string, inputs: Case["inputs"], dims: Case["dims"]): Case {
  const k = kernels.find((x) => x.name === name);
  if (!k) throw new Error(`no kernel ${name}`);
  return { program: k.specialise(sizes[name] ?? {}), inputs, dims };
}

function collatz(n: number, most: number): { steps: number; high: number } {
  let steps = 0, high = n;
  for (let x = n; x !== 1 && steps < most; steps++) { x = x % 2 === 0 ? x / 2 : 3 * x + 1; high = Math.max(high, x); }
  return { steps, high };
}
/** The kernel of this name for block g: total, bits, whether the limit was passed. */
function nested(n: number, limit: number, g: number): { total: number; bits: number; seen: boolean } {
  let total = 0, bits = 1, seen = false;
  for (let i = 0; i < n && !seen; i++)
    for (let j = i + 2; ; j += 2) {
      if (j % 3 === 0) continue;
      if (j > 2 * g + i) break;
      total += j;
      bits = ((bits << 1) ^ j) >>> 0;
      if (total > limit) { seen = true; break; }
    }
  return { total, bits, seen };
}
const five = [0, 1, 2, 3, 4].map((g) => nested(4, 20, g));
const starts = [1, 2, 3, 7, 27, 0, -4, 97, 6], lengths = [3, 0, 11, 5, 1, 6, 0], ptr = lengths.reduce((p, n) => [...p, (p.at(-1) ?? 0) + n], [0]);
const values = Array.from({ length: ptr.at(-1) ?? 0 }, (_, i) => ((i * 37) % 23) - 9), rows = Array.from({ length: 3 * 37 }, (_, i) => ((i * 7919) % 1000) * (i % 37 === 5 ? 3 : 1));

const cases: Readonly<Record<string, { readonly of: Case; readonly want: Readonly<Record<string, readonly number[]>> }>> = {
  collatz: {
    of: make("collatz", { x: i32([9], starts), most: 60 }, { N: 9 }),
    want: { steps: starts.map((n) => (n < 1 ? -1 : collatz(n, 60).steps)), high: starts.map((n) => (n < 1 ? 0 : collatz(n, 60).high)) },
  },
  ragged: {
    of: make("ragged", { ptr: i32([8], ptr), value: i32([26], values) }, { N: 26 }),
    want: { y: lengths.map((_, r) => values.slice(ptr[r], ptr[r + 1]).reduce((a, b) => a + b, 0)) },
  },
  settle: {
    of: make("settle", { x: i32([3, 37], rows), bound: 20 }, { M: 3 }),
    want: { rounds: [0, 1, 2].map((r) => { let top = Math.max(...rows.slice(r * 37, r * 37 + 37)), n = 0; for (; top > 20; n++) top = Math.trunc(top / 2); return n; }) },
  },
  "settle, left at once": {
    of: make("settle", { x: i32([3, 37], rows), bound: -1 }, { M: 3 }),
    want: { y: rows, rounds: [0, 0, 0] },
  },
  nested: { of: make("nested", { n: 4, limit: 20 }, {}), want: { z: five.map((x) => x.bits), y: five.flatMap(({ total, seen }) => [0, 1, 2, 3, 4, 5].map((k) => k * total + (seen ? 0.5 : 0.25))) } },
};

/** Numbers of an output by name. */
function numbers(c: Case, codes: Codes, name: string): number[] {
  const q = c.program.params.find((p) => p.kind === "tensor" && p.name === name);
  return q?.kind === "tensor" ? Array.from(codes[name], (x) => q.value.dtype.decode(x)) : [];
}
const law = (c: Case): Codes => byInterpreter(c);

describe("control flow", () => {
  test("is read without mistakes", () => {
    expect(diagnostics).toEqual([]);
    for (const k of kernels) expect(verify(k.specialise(sizes[k.name] ?? {})).map((d) => d.message)).toEqual([]);
  });
  test.each(Object.entries(cases))("%s: interpreter and loop form", (_, { of, want }) => {
    const codes = law(of);
    for (const [k, v] of Object.entries(want)) expect(numbers(of, codes, k), k).toEqual(v);
    expect(difference(of, codes, byEvaluator(of, baseTarget), "the loop form")).toBeUndefined();
  });
});

onEachDevice("control flow", (device, name) => {
  test.each(Object.entries(cases))("%s", async (_, { of }) => {
    const d = difference(of, law(of), await byDevice(of, device()), name);
    expect(d && `${d}\n${wgslOf(of.program, baseTarget)}`).toBeUndefined();
  });
});
