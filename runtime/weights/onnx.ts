// ONNX models as weight files: initialisers and constants as they are, and the weights of MatMulNBits and MatMulBnb4 put together.
//
//   MatMulNBits(A, B u8[N, K/block, block·bits/8], scales, zero_points, g_idx)   ──▶   B's name: matmulnbits4[N, K]
import { fail } from "../../diagnostic.ts";
import type { ByteSource } from "../files/source.ts";
import { openBeside, type Beside } from "./beside.ts";
import { Cursor } from "./cursor.ts";
import { oneTensor, weightFile, type StoredPart, type StoredTensor } from "./file.ts";
import { Group } from "./group.ts";
import { tensorProto, text, type OnnxContext } from "./onnx-tensor.ts";
import { count, show } from "./storage.ts";
import type { MetadataValue, WeightFile } from "./types.ts";
import { fields } from "./wire.ts";

/** Graphs in graphs (branches, loops) go no deeper. */
const MOST_DEPTH = 32;

/** A node whose weights are packed. */
interface Packed { readonly op: string; readonly at: number; readonly inputs: readonly string[]; readonly attributes: ReadonlyMap<string, bigint> }

/** What is found on the way through a model. */
interface Found { readonly parts: Map<string, StoredPart>; readonly packed: Packed[]; readonly metadata: Map<string, MetadataValue> }

const operators: ReadonlySet<string> = new Set(["MatMulNBits", "MatMulBnb4"]);

async function attribute(c: Cursor, end: number, ctx: OnnxContext, found: Found, depth: number, output: string, into: Map<string, bigint>): Promise<void> {
  let name = "";
  for await (const f of fields(c, end, ctx.bad, "an attribute")) {
    if (f.number === 1) name = await text(c, f, ctx, "the name of an attribute");
    else if (f.number === 3 && f.wire === 0) into.set(name, f.value);
    else if (f.number === 5 && f.wire === 2 && output !== "") add(found, await tensorProto(c, f.length, ctx, output), ctx);
    else if ((f.number === 6 || f.number === 11) && f.wire === 2) await graph(c, f.begin + f.length, ctx, found, depth + 1);
  }
}

function add(found: Found, part: StoredPart | undefined, ctx: OnnxContext): void {
  if (!part) return;
  if (found.parts.has(part.stored)) ctx.bad(`tensor ${show(part.stored)} is there twice${part.offset === undefined ? "" : `, the second time with its bytes at ${part.offset}`}`);
  found.parts.set(part.stored, part);
}

async function node(c: Cursor, end: number, ctx: OnnxContext, found: Found, depth: number): Promise<void> {
  const at = c.at, inputs: string[] = [], attributes = new Map<string, bigint>(), places: (readonly [begin: number, end: number])[] = [];
  let op = "", output = "";
  for await (const f of fields(c, end, ctx.bad, `the node at byte ${at}`)) {
    if (f.number === 1) inputs.push(await text(c, f, ctx, "an input"));
    else if (f.number === 2 && output === "") output = await text(c, f, ctx, "an output");
    else if (f.number === 4) op = await text(c, f, ctx, "an operator");
    else if (f.number === 5 && f.wire === 2) places.push([f.begin, f.begin + f.length]);
  }
  // Attributes may stand before the operator's name, which says what they are.
  for (const [from, to] of places) { c.at = from; await attribute(c, to, ctx, found, depth, op === "Constant" ? output : "", attributes); }
  if (operators.has(op)) found.packed.push({ op, at, inputs, attributes });
}

async function graph(c: Cursor, end: number, ctx: OnnxContext, found: Found, depth: number): Promise<void> {
  if (depth > MOST_DEPTH) ctx.bad(`the graph at byte ${c.at} lies in more than ${MOST_DEPTH} others`);
  for await (const f of fields(c, end, ctx.bad, "a graph")) {
    if (f.wire !== 2) continue;
    if (f.number === 1) await node(c, f.begin + f.length, ctx, found, depth);
    else if (f.number === 5) add(found, await tensorProto(c, f.length, ctx, undefined), ctx);
    else if (f.number === 2 && depth === 0) found.metadata.set("graph", await text(c, f, ctx, "the graph's name"));
  }
}

const codes = ["u8", "u32", "i32"] as const, floats = ["f16", "bf16", "f32"] as const;

/** A number among a node's attributes. */
function number(p: Packed, name: string, least: number, most: number, ctx: OnnxContext, other?: number): number {
  const v = p.attributes.get(name), n = v === undefined ? other : Number(v);
  return n !== undefined && n >= least && n <= most ? n : ctx.bad(`the ${p.op} at byte ${p.at} has ${v === undefined ? "no" : `the impossible`} ${name}${v === undefined ? "" : ` ${v}`}`);
}

/** The weights of a node as one tensor; undefined where they aren't in the model (they are inputs, or made by other nodes). */
function together(p: Packed, parts: ReadonlyMap<string, StoredPart>, ctx: OnnxContext): StoredTensor | undefined {
  const n = number(p, "N", 1, 2 ** 31, ctx), k = number(p, "K", 1, 2 ** 31, ctx), block = number(p, "block_size", 2, 2 ** 20, ctx), nbits = p.op === "MatMulNBits";
  const roles = nbits ? ["", "B", "scales", "zero_points", "g_idx"] : ["", "B", "absmax"], members = new Map<string, StoredPart>();
  roles.forEach((role, i) => { const name = p.inputs[i] ?? "", part = parts.get(name); if (role !== "" && part) members.set(role, part); });
  if (!members.has("B") || !members.has(roles[2] ?? "")) return undefined;
  const g = new Group(members.get("B")?.stored ?? "", members, { file: ctx.source.name, config: {}, zeros: "auto", note: () => undefined }), blocks = Math.ceil(k / block);
  if (!nbits) {
    const type = number(p, "quant_type", 0, 1, ctx) === 1 ? "nf4" : "fp4";
    g.expectCount("B", ["u8"], Math.ceil((n * k) / 2));
    g.expectCount("absmax", floats, Math.ceil((n * k) / block));
    return g.tensor(`matmulbnb4_${type}`, [n, k], ["B", "absmax"], { bits: 4, block });
  }
  const bits = number(p, "bits", 1, 8, ctx, 4), bytes = (block * bits) / 8;
  if (!Number.isInteger(bytes)) ctx.bad(`the MatMulNBits at byte ${p.at} has blocks of ${block} codes of ${bits} bits, which are no whole bytes`);
  const b = g.expect("B", codes);
  if (b.length !== n * blocks * bytes) g.wrong("B", `should have ${n}·${blocks}·${bytes} bytes for N = ${n}, K = ${k}, blocks of ${block} and ${bits} bits, as the node at byte ${p.at} says`);
  g.expectCount("scales", [...floats, "u8", "f8e4m3"], n * blocks);
  if (members.has("zero_points")) {
    const z = g.get("zero_points"), packed = n * Math.ceil((blocks * bits) / 8);
    if (z.type === "u8") { if (z.length !== packed) g.wrong("zero_points", `should have ${packed} bytes, ${blocks} zeros of ${bits} bits in a row of whole bytes`); } else g.expectCount("zero_points", floats, n * blocks);
  }
  if (members.has("g_idx")) {
    const length = count(g.expect("g_idx", ["i32"]).shape);
    if (length !== k && length !== blocks * block) g.wrong("g_idx", `should have ${k} elements, one for each of K, or ${blocks * block} with whole blocks`);
  }
  return g.tensor(`matmulnbits${bits}`, [n, k], roles.slice(1), { bits, block });
}

/** Puts the weights of nodes together; what no node takes stays a tensor of its own. */
function assemble(found: Found, ctx: OnnxContext): readonly StoredTensor[] {
  const made = new Map<string, StoredTensor>(), used = new Set<string>();
  for (const p of found.packed) {
    const t = together(p, found.parts, ctx);
    if (!t) continue;
    made.set(t.name, t);
    for (const part of t.parts) used.add(part.stored);
  }
  return [...found.parts].flatMap(([name, part]) => { const t = made.get(name); return t ? [t] : used.has(name) ? [] : [oneTensor(part)]; });
}

/** Opens an ONNX model. @throws Diagnostic H0221 (naming tensor and byte), H0203, H0222 */
export async function openOnnx(source: ByteSource, options: { readonly beside?: Beside | undefined }): Promise<WeightFile> {
  const bad = (message: string, help = "fetch it again, or export the model again"): never => fail({ code: "H0221", message: `${source.name} is no good ONNX file: ${message}`, help });
  const opened = new Map<string, ByteSource>(), found: Found = { parts: new Map(), packed: [], metadata: new Map() };
  const close = async (): Promise<void> => { await Promise.all([source, ...opened.values()].map((s) => s.close())); };
  const ctx: OnnxContext = { source, bad, async outside(name) {
    const s = opened.get(name) ?? (await openBeside(options.beside, name, source.name, "H0221"));
    opened.set(name, s);
    return s;
  } };
  try {
    const c = new Cursor(source, bad);
    let graphs = 0;
    for await (const f of fields(c, source.size, bad, "the model")) {
      if (f.number === 1 && f.wire === 0) found.metadata.set("ir_version", Number(f.value));
      else if (f.number === 2) found.metadata.set("producer_name", await text(c, f, ctx, "the producer's name"));
      else if (f.number === 3) found.metadata.set("producer_version", await text(c, f, ctx, "the producer's version"));
      else if (f.number === 7 && f.wire === 2) { graphs++; await graph(c, f.begin + f.length, ctx, found, 0); }
      else if (f.number === 14 && f.wire === 2) {
        let key = "", value = "";
        for await (const e of fields(c, f.begin + f.length, bad, "metadata")) { if (e.number === 1) key = await text(c, e, ctx, "a key"); else if (e.number === 2) value = await text(c, e, ctx, "a value", 1 << 24); }
        found.metadata.set(key, value);
      }
    }
    if (graphs !== 1) bad(`it has ${graphs === 0 ? "no graph" : `${graphs} graphs`}`, "is this an ONNX model at all?");
    return weightFile({ kind: "onnx", name: source.name, metadata: found.metadata, tensors: assemble(found, ctx), close });
  } catch (error) {
    await close();
    throw error;
  }
}
