// Loop-form bodies for tests, and running them on a device as the runtime would.
import fc from "fast-check";
import { writeWgsl, type Written } from "../../codegen/wgsl/index.ts";
import { expressions, type Exprs } from "../../codegen/loop/expr.ts";
import type { Body, Buffer, Expr, LoopStmt } from "../../codegen/loop/ir.ts";
import type { Compute } from "../../vm/index.ts";
import { build, trees, VARIABLES, type Tree, type TreeOptions } from "./trees.ts";

export const THREADS = 32;
/** Words of input for each thread. */
export const INPUTS = 8;

const storage = (id: number, name: string, access: "read" | "read_write", binding: number): Buffer => ({ id, name, space: "storage", access, elem: "u32", atomic: false, binding });

/** A body in which each thread computes all trees from its own inputs and stores the results: `out[t * trees + i]`. */
export function bodyOf(list: readonly { type: Compute; tree: Tree }[], exact: boolean): Body {
  const e = expressions(), input = storage(0, "input", "read", 0), out = storage(1, "out", "read_write", 1);
  const thread = e.variable({ name: "t", type: "i32", role: "thread", lo: 0, hi: THREADS - 1, divisor: 1 });
  const t = e.use(thread), n = e.variable({ name: "n", type: "i32", role: "uniform", lo: 0, hi: 4096, divisor: 32 });
  const word = (i: number) => e.load(input, e.add(e.mul(t, e.of(INPUTS)), e.of(i)), 0);
  const variable = (type: Compute, i: number): Expr => {
    const small = e.op("sub", e.to("i32", e.op("rem", word(i + 5), e.constant("u32", 17))), e.of(8));
    switch (type) {
      case "i32": return i === 0 ? t : i === 1 ? e.use(n) : i === 2 ? e.bits("i32", word(0)) : e.op("sub", e.to("i32", e.op("rem", word(1), e.constant("u32", 106))), e.of(5));
      case "u32": return i === 1 ? e.op("rem", word(2), e.constant("u32", 16)) : word(i + 2);
      case "bool": return e.op("ne", e.field(word(3), e.of(i * 7), 1), e.constant("u32", 0));
      case "f32": return exact ? e.to("f32", small) : e.bits("f32", word(i + 5));
      case "f16": return exact ? e.to("f16", small) : e.to("f16", e.unpackHalf(word(i + 5)));
    }
  };
  const stmts = list.map(({ tree }, i): LoopStmt => ({
    kind: "store", buffer: out, index: e.add(e.mul(t, e.of(list.length)), e.of(i)), value: asWord(e, build(e, e, variable, tree)),
  }));
  return { threads: THREADS, thread, blocks: [], uniforms: [n], buffers: [input, out], stmts };
}

/** A body in which one function of one word is computed for eight words of each thread. */
export function repeatedBody(tree: Tree): Body {
  const e = expressions(), input = storage(0, "input", "read", 0), out = storage(1, "out", "read_write", 1);
  const thread = e.variable({ name: "t", type: "i32", role: "thread", lo: 0, hi: THREADS - 1, divisor: 1 }), at = (j: number) => e.add(e.mul(e.use(thread), e.of(INPUTS)), e.of(j));
  const stmts = Array.from({ length: INPUTS }, (_, j): LoopStmt => {
    const word = e.load(input, at(j), 0);
    return { kind: "store", buffer: out, index: at(j), value: asWord(e, build(e, e, (type) => e.to(type, word), tree)) };
  });
  return { threads: THREADS, thread, blocks: [], uniforms: [], buffers: [input, out], stmts };
}

/** The bits of a value. */
export function asWord(e: Exprs, x: Expr): Expr {
  return x.type === "u32" ? x : x.type === "bool" ? e.to("u32", x) : e.bits("u32", x.type === "f16" ? e.to("f32", x) : x);
}

/** Several random trees of random types. */
export const forests = (o: TreeOptions, size: number): fc.Arbitrary<{ type: Compute; tree: Tree }[]> => {
  const types: Compute[] = o.floats === "none" ? ["i32", "u32", "bool"] : o.half === false ? ["i32", "u32", "bool", "f32"] : ["i32", "u32", "bool", "f32", "f16"];
  const one = fc.oneof(...types.map((type) => trees(type, o).map((tree) => ({ type, tree }))));
  return fc.array(one, { minLength: size, maxLength: size });
};

export const write = (body: Body, f16: boolean, grid: readonly Expr[] = []): Written => writeWgsl(body, { name: "kernel", f16, grid });

/** What Tint and the pipeline say against a text; empty if it is fine. */
export async function complaints(gpu: GPUDevice, w: Written): Promise<string[]> {
  gpu.pushErrorScope("validation");
  const module = gpu.createShaderModule({ code: w.wgsl });
  const info = await module.getCompilationInfo();
  const found = info.messages.filter((m) => m.type !== "info").map((m) => `${m.type} ${m.lineNum}:${m.linePos} ${m.message}`);
  if (found.length === 0) gpu.createComputePipeline({ layout: "auto", compute: { module, entryPoint: w.entry } });
  const error = await gpu.popErrorScope();
  return error && found.length === 0 ? [error.message] : found;
}

/** Runs a text once; buffers change as the device changes them. */
export async function runOn(gpu: GPUDevice, body: Body, w: Written, buffers: ReadonlyMap<string, Uint32Array>, uniforms: Readonly<Record<string, number>>, blocks = 1): Promise<void> {
  const bound = body.buffers.filter((b) => b.space === "storage");
  const entries: GPUBindGroupLayoutEntry[] = bound.map((b) => ({ binding: b.binding ?? 0, visibility: 4, buffer: { type: b.access === "read" ? "read-only-storage" as const : "storage" as const } }));
  if (w.uniformBinding !== undefined) entries.push({ binding: w.uniformBinding, visibility: 4, buffer: { type: "uniform" } });
  const layout = gpu.createBindGroupLayout({ entries });
  const pipeline = gpu.createComputePipeline({ layout: gpu.createPipelineLayout({ bindGroupLayouts: [layout] }), compute: { module: gpu.createShaderModule({ code: w.wgsl }), entryPoint: w.entry } });
  const made = new Map<string, GPUBuffer>(), group: GPUBindGroupEntry[] = [];
  for (const b of bound) {
    const words = buffers.get(b.name) ?? new Uint32Array(4), buffer = gpu.createBuffer({ size: Math.max(16, words.byteLength), usage: 0x80 | 0x8 | 0x4 });
    gpu.queue.writeBuffer(buffer, 0, words);
    made.set(b.name, buffer);
    group.push({ binding: b.binding ?? 0, resource: { buffer } });
  }
  if (w.uniformBinding !== undefined) {
    const bytes = new DataView(new ArrayBuffer(Math.ceil(body.uniforms.length / 4) * 16));
    body.uniforms.forEach((v, i) => {
      const x = uniforms[v.name] ?? 0;
      if (v.type === "f32") bytes.setFloat32(4 * i, x, true); else if (v.type === "i32") bytes.setInt32(4 * i, x, true); else bytes.setUint32(4 * i, x, true);
    });
    const buffer = gpu.createBuffer({ size: bytes.byteLength, usage: 0x40 | 0x8 });
    gpu.queue.writeBuffer(buffer, 0, bytes.buffer);
    group.push({ binding: w.uniformBinding, resource: { buffer } });
  }
  const encoder = gpu.createCommandEncoder(), pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, gpu.createBindGroup({ layout, entries: group }));
  pass.dispatchWorkgroups(blocks);
  pass.end();
  const reads = bound.filter((b) => b.access === "read_write").map((b) => {
    const from = made.get(b.name), words = buffers.get(b.name);
    if (!from || !words) throw new Error(b.name);
    const to = gpu.createBuffer({ size: from.size, usage: 0x1 | 0x8 });
    encoder.copyBufferToBuffer(from, 0, to, 0, from.size);
    return { to, words };
  });
  gpu.queue.submit([encoder.finish()]);
  for (const { to, words } of reads) {
    await to.mapAsync(1);
    words.set(new Uint32Array(to.getMappedRange()).subarray(0, words.length));
    to.destroy();
  }
  for (const b of made.values()) b.destroy();
}

/** Words that make bugs show: small, large, all ones, random. */
export function inputWords(n: number, seed: number): Uint32Array {
  let s = seed >>> 0;
  const next = () => { s = (Math.imul(s, 1664525) + 1013904223) >>> 0; return (s ^ (s >>> 13)) >>> 0; };
  return Uint32Array.from({ length: n }, () => { const r = next(), k = next() % 6; return k === 0 ? r % 16 : k === 1 ? 0xffffffff : k === 2 ? 2 ** (r % 32) : k === 3 ? 0 : r; });
}
export { VARIABLES };
