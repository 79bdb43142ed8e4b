// Modules written by hand: what the compiler would give, small enough to check by eye.
import type { Module } from "../../codegen/index.ts";
import { dense, planes } from "../../layout/index.ts";
import { cdiv, constant, scalarOp, symbol, type Scalar } from "../../vm/index.ts";

const M = symbol("dim", "M"), N = symbol("dim", "N"), K = symbol("dim", "K");
const mul = (a: Scalar, b: Scalar): Scalar => scalarOp("mul", a, b);

const base = {
  format: "bitloom-module", version: 1, doc: "", entry: "main", threads: 64, features: [], requires: [], workgroupBytes: 0, spans: [],
} as const;

/** Blocks are numbered x first, as the host folds them. */
const main = (threads: number, body: string): string => `
@compute @workgroup_size(${threads}) fn main(@builtin(workgroup_id) at: vec3u, @builtin(num_workgroups) across: vec3u, @builtin(local_invocation_index) t: u32) {
  let block = at.x + across.x * (at.y + across.y * at.z);
${body}
}`;

/** A Module without the counts that only reports read. */
const made = (m: Omit<Module, "counts" | keyof typeof base> & Partial<Module>): Module => ({ ...base, ...m }) as Module;

/** y[m, n] = alpha · s[m] · q[m, n], with q in 3 bits. */
export const dequant: Module = made({
  name: "dequant",
  tensors: [
    { name: "q", direction: "in", dtype: "u3", shape: [M, N], packing: dense(2), binding: 0 },
    { name: "s", direction: "in", dtype: "f32", shape: [M], packing: dense(1), binding: 1 },
    { name: "y", direction: "out", dtype: "f32", shape: [M, N], packing: dense(2), binding: 2 },
  ],
  uniforms: [{ name: "M", type: "i32", role: "dim" }, { name: "N", type: "i32", role: "dim" }, { name: "alpha", type: "f32", role: "param" }],
  uniformBinding: 3,
  grid: [cdiv(mul(M, N), 64)],
  wgsl: `struct Uniforms { M: i32, N: i32, alpha: f32 }
@group(0) @binding(0) var<storage, read> q: array<u32>;
@group(0) @binding(1) var<storage, read> s: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> u: Uniforms;
${main(64, `  let i = block * 64u + t;
  if (i >= u32(u.M * u.N)) { return; }
  let bit = i * 3u;
  let low = bit & 31u;
  var code = q[bit >> 5u] >> low;
  if (low > 29u) { code |= q[(bit >> 5u) + 1u] << (32u - low); }
  y[i] = u.alpha * s[i / u32(u.N)] * f32(code & 7u);`)}`,
});

/** y[m] = Σ x[m, k], also of nothing. M ≤ 4 unless the caller is told. */
export const rowSum: Module = made({
  name: "row_sum", threads: 1,
  tensors: [
    { name: "x", direction: "in", dtype: "f32", shape: [M, K], packing: dense(2), binding: 0 },
    { name: "y", direction: "out", dtype: "f32", shape: [M], packing: dense(1), binding: 1 },
  ],
  uniforms: [{ name: "K", type: "i32", role: "dim" }, { name: "blocks", type: "i32", role: "grid", axis: 0 }],
  uniformBinding: 2,
  grid: [M],
  requires: [{ condition: scalarOp("le", M, constant(4)), message: "more than 4 rows" }],
  wgsl: `struct Uniforms { K: i32, blocks: i32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> u: Uniforms;
${main(1, `  if (block >= u32(u.blocks)) { return; }
  var sum = 100.0;
  for (var k = 0; k < u.K; k++) { sum += x[i32(block) * u.K + k]; }
  y[block] = sum - 100.0;`)}`,
});

/** x += step · (1 if up else −1), and y the old x. */
export const bump: Module = made({
  name: "bump",
  tensors: [
    { name: "x", direction: "inout", dtype: "i32", shape: [N], packing: dense(1), binding: 0 },
    { name: "y", direction: "out", dtype: "i32", shape: [N], packing: dense(1), binding: 1 },
  ],
  uniforms: [{ name: "N", type: "i32", role: "dim" }, { name: "step", type: "i32", role: "param" }, { name: "up", type: "bool", role: "param" }],
  uniformBinding: 2,
  grid: [cdiv(N, 64)],
  wgsl: `struct Uniforms { N: i32, step: i32, up: u32 }
@group(0) @binding(0) var<storage, read_write> x: array<i32>;
@group(0) @binding(1) var<storage, read_write> y: array<i32>;
@group(0) @binding(2) var<uniform> u: Uniforms;
${main(64, `  let i = block * 64u + t;
  if (i >= u32(u.N)) { return; }
  y[i] = x[i];
  x[i] += select(-u.step, u.step, u.up != 0u);`)}`,
});

/** y[i] = i, one block each: past 65,535 blocks the grid folds. No inputs, no uniforms. */
export const COUNT = 70_000;
export const iota: Module = made({
  name: "iota", threads: 1,
  tensors: [{ name: "y", direction: "out", dtype: "u32", shape: [COUNT], packing: dense(1), binding: 0 }],
  uniforms: [], grid: [constant(700), constant(100)],
  wgsl: `@group(0) @binding(0) var<storage, read_write> y: array<u32>;
${main(1, `  if (block >= ${COUNT}u) { return; }
  y[block] = block;`)}`,
});

/** Counts ones in the planes of 64 3-bit codes: y[p] = how many have bit p. Reads `planes`. */
export const planeCount: Module = made({
  name: "plane_count", threads: 3,
  tensors: [
    { name: "x", direction: "in", dtype: "u3", shape: [64], packing: planes(1), binding: 0 },
    { name: "y", direction: "out", dtype: "u32", shape: [3], packing: dense(1), binding: 1 },
  ],
  uniforms: [], grid: [constant(1)],
  wgsl: `@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
${main(3, "  y[t] = countOneBits(x[2u * t]) + countOneBits(x[2u * t + 1u]) + 0u * block;")}`,
});

/** WGSL with a mistake on its third line, which "comes from" characters 10 to 15 of a source. */
export const broken: Module = made({
  ...planeCount, name: "broken",
  wgsl: planeCount.wgsl.split("\n").map((l, i) => (i === 2 ? "var<private> z: f32 = nonsense;" : l)).join("\n"),
  spans: [null, null, { file: "broken.loom", start: 10, end: 15 }],
});
