// The second sequence of flexq_gemm.loom: two layers with nothing but integers in planes between them, against plain numbers.
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { dataOf, gamma, given, random, randomCodes, type Expected, type Given } from "../../examples/example.ts";
import { load } from "../../lang/index.ts";
import { close, kernelOf, tensor, type Tensor } from "../../runtime/index.ts";
import { dtype, interpret, makeTile, type Tile } from "../../vm/index.ts";
import { opened } from "./devices.ts";
import { expectWithin, valuesOf } from "./support.ts";

const GROUP = 128, M = 3, H = 130, N = 9, K = 150;
const nearest = (x: number): number => { const low = Math.floor(x), rest = x - low; return rest < 0.5 || (rest === 0.5 && low % 2 === 0) ? low : low + 1; };

interface Layer { readonly values: Float64Array; readonly terms: Float64Array; /** How near an x / s comes to a half. */ readonly margin: number }

/** One layer: x quantised in groups, symmetric, times integers with scales; Σ|terms| beside. */
function layer(x: Float64Array, width: number, bits: number, w: Given, s: Given, bias: Given): Layer {
  const out = w.shape[0] ?? 0, top = 2 ** (bits - 1) - 1, values = new Float64Array(M * out), terms = new Float64Array(M * out);
  let margin = 0.5;
  for (let m = 0; m < M; m++)
    for (let g = 0; g < Math.ceil(width / GROUP); g++) {
      const from = g * GROUP, xs = x.subarray(m * width + from, m * width + Math.min(width, from + GROUP)), own = Math.max(...xs.map(Math.abs), 0.00001 * top) / top;
      xs.forEach((v) => { margin = Math.min(margin, Math.abs(Math.abs(v / own) % 1 - 0.5)); });
      for (let n = 0; n < out; n++) {
        const d = xs.reduce((a, v, k) => a + nearest(v / own) * (w.values[n * width + from + k] ?? 0), 0) * own * (s.values[g * out + n] ?? 0), i = m * out + n;
        values[i] = (values[i] ?? 0) + d + (g ? 0 : bias.values[n] ?? 0);
        terms[i] = (terms[i] ?? 0) + Math.abs(d) + (g ? 0 : Math.abs(bias.values[n] ?? 0));
      }
    }
  return { values, terms, margin };
}

/** Types of the activations of both layers and of the weights. */
type Types = Readonly<Record<"T" | "U" | "W", string>>;

/** Inputs for which no rounding of f32 reaches a half, so that all agree on every integer; and the answer. */
function made(types: Types, seed = 1): { readonly inputs: Readonly<Record<string, Given>>; readonly y: Expected } {
  const r = random(seed), scales = (g: number, n: number): Given => given("f32", [g, n], () => 0.01 + r());
  const x = given("f32", [M, K], () => 2 * r() - 1), up = randomCodes(types.W, [H, K], seed), s_up = scales(2, H), b_up = given("f32", [H], () => 8 * r() - 4);
  const down = randomCodes(types.W, [N, H], seed + 1), s_down = scales(2, N), b_down = given("f32", [N], () => 8 * r() - 4);
  const first = layer(x.values, K, dtype(types.T).bits, up, s_up, b_up), h = first.values.map((v) => Math.max(v, 0)), second = layer(h, H, dtype(types.U).bits, down, s_down, b_down);
  // An h that is off by γ · Σ|terms| moves h / s by that over s; s itself is off as much.
  const most = Array.from({ length: M }, (_, m) => Math.max(...h.subarray(m * H, m * H + GROUP))), tail = Array.from({ length: M }, (_, m) => Math.max(...h.subarray(m * H + GROUP, (m + 1) * H), 0.00001 * 127));
  const reach = 2 * 127 * gamma(12) * Math.max(...first.terms) / Math.min(...most, ...tail);
  if (first.margin < 1e-4 || second.margin < reach) return made(types, seed + 1);
  // The scale of h carries the first layer's roundings, too.
  const off = gamma(12) * (1 + Math.max(...first.terms) / Math.min(...most, ...tail));
  return { inputs: { x, up, s_up, b_up, down, s_down, b_down }, y: { dtype: "f32", shape: [M, N], values: second.values, bound: second.terms.map((t) => t * off) } };
}

const sequence = load(readFileSync("examples/flexq_gemm/flexq_gemm.loom", "utf8"), { file: "flexq_gemm.loom" }).sequences[1];
const tilesOf = (inputs: Readonly<Record<string, Given>>): Readonly<Record<string, Tile>> =>
  Object.fromEntries(Object.entries(inputs).map(([name, g]) => { const t = makeTile(dtype(g.dtype), g.shape); dataOf(g, t.data); return [name, t]; }));

test.each([{ T: "i6", U: "i8", W: "i6" }, { T: "i3", U: "i4", W: "i2" }])("on the interpreter, $T, $U and $W", (types) => {
  expect(sequence?.name).toBe("flexq_mlp");
  const { inputs, y } = made(types), out = sequence && interpret(sequence.specialise({ H, N, K, ...types }), tilesOf(inputs))["y"];
  expectWithin(out ? valuesOf(out) : [], y);
});

describe.each(["swiftshader", "lavapipe"])("on %s", (adapter) => {
  afterAll(close);
  // Few planes, because software adapters take long to compile many.
  test("the same", async ({ skip }) => {
    const device = await opened(adapter), types = { T: "i3", U: "i4", W: "i2" };
    if (!device || !sequence) return skip(`there is no ${adapter} on this machine`);
    const { inputs, y } = made(types), run = kernelOf(sequence).specialise({ H, N, K, ...types }), given: Record<string, Tensor> = {};
    for (const [name, t] of Object.entries(tilesOf(inputs)))
      given[name] = await tensor(device, t.dtype.name, t.shape, t.data, { packing: run.signature.tensors.find((s) => s.name === name)?.packing, as: t.dtype.storage ? "codes" : "values" });
    expectWithin(await (await run.run(given))["y"]?.read() ?? [], y);
  });
});
