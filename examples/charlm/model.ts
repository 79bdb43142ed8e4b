// Two small language models in Bitloom kernels: characters in, characters out, their matrices at any width. The weights are
// examples/data/charlm.safetensors (a transformer) and charmlp.safetensors; what a tensor is called there says what it is.
import { compile, openSafetensors, tensor, empty, Tensor, type Device, type Kernel } from "../../runtime/index.ts";
import { dtype, quantiseValues, type QuantisedValues } from "../../vm/index.ts";

/** Inputs of a matrix that share a scale. */
const GROUP = 32;

/** Sizes of the transformer. */
export const shape = { hidden: 256, layers: 3, heads: 4, kvHeads: 2, head: 64, ffn: 512, vocab: 96, context: 128 } as const;

/** The number of a character: newline 0, then ASCII from the blank on; what the model doesn't know is a blank. */
export const idsOf = (text: string): number[] => [...text].map((c) => { const n = c.charCodeAt(0); return c === "\n" ? 0 : n >= 32 && n < 127 ? n - 31 : 1; });
/** The characters of numbers. */
export const textOf = (ids: readonly number[]): string => ids.map((i) => (i === 0 ? "\n" : String.fromCharCode(i + 31))).join("");

/** How the matrices are held. */
export interface Weights {
  /** A number type of 1 to 8 bits, or "f16" for the file's own. */
  readonly dtype: string;
  readonly scheme?: "symmetric" | "affine" | undefined;
}

/** The model on a device, with the keys and values of what it has read. */
export interface Model {
  /** Bytes of all matrices with their scales. */
  readonly bytes: number;
  /** Positions that it can read. */
  readonly context: number;
  /** Reads tokens at positions first, first + 1, …; gives the logits after each, row by row. The positions before must have been read. */
  read(ids: readonly number[], first: number): Promise<Float32Array>;
  dispose(): void;
}

/** The zero point of unsigned codes: the middle; with scheme "affine" the least weight is code 0 instead. */
const zeroPoint = (w: Weights): number => { const t = dtype(w.dtype); return t.kind === "uint" && w.scheme !== "affine" ? 2 ** (t.bits - 1) : 0; };

/** Weights [N, K] as codes, a scale per GROUP inputs. Of one bit the mean magnitude is the best scale, of more the largest does. */
export function codesOf(w: ArrayLike<number>, shape: readonly number[], as: Weights): QuantisedValues {
  const zero = zeroPoint(as), scheme = as.scheme === "affine" ? "offset" : as.dtype === "b1" ? "mse" : "absmax";
  return quantiseValues(w, shape, { type: as.dtype, group: GROUP, scheme, ...(zero ? { zero } : {}) });
}

interface Matrix { readonly K: number; readonly N: number; readonly dtype: string; readonly zero: number; readonly w: Tensor; readonly scale: Tensor; readonly offset: Tensor }

const half = (bytes: Uint8Array): Float32Array => { const f16 = dtype("f16"); return Float32Array.from(new Uint16Array(bytes.slice().buffer), (c) => f16.decode(c)); };

/** Rows of outputs as columns: element [n, k] becomes [k, n]. */
function columns<T extends Float32Array | Uint8Array>(x: T, N: number, K: number): T {
  const out = x.slice() as T;
  for (let n = 0; n < N; n++) for (let k = 0; k < K; k++) out[k * N + n] = x[n * K + k] ?? 0;
  return out;
}

/** What a model is made of. */
export interface Parts {
  /** The text of model.loom. */
  readonly source: string;
  /** The file of weights: its path, or its bytes. */
  readonly file: string | Uint8Array;
}

/** A file of weights as tensors on a device, and kernels by name. */
async function opened(device: Device, parts: Parts): Promise<{
  readonly keep: <T extends Tensor>(t: T) => T;
  readonly kernel: (name: string, params: Readonly<Record<string, unknown>>) => Kernel;
  readonly f16: (name: string) => Promise<Tensor>;
  readonly matrix: (name: string, as: Weights) => Promise<Matrix>;
  readonly close: () => Promise<void>;
  readonly dispose: () => void;
}> {
  const file = await openSafetensors(parts.file), { kernels } = await compile(parts.source, { file: "model.loom" });
  const held: Tensor[] = [];
  const keep = <T extends Tensor>(t: T): T => { held.push(t); return t; };
  const kernel = (name: string, params: Readonly<Record<string, unknown>>): Kernel => kernels[name].specialise(params);
  const values = async (name: string): Promise<Float32Array> => half(await file.read(name));
  const f16 = async (name: string): Promise<Tensor> => keep(await tensor(device, "f16", file.tensors.get(name)?.shape ?? [], await values(name)));

  async function matrix(name: string, as: Weights): Promise<Matrix> {
    const [N = 0, K = 0] = file.tensors.get(name)?.shape ?? [], w = await values(name), groups = K / GROUP;
    const plain = as.dtype === "f16", q = plain ? undefined : codesOf(w, [N, K], as);
    const zero = zeroPoint(as), linear = kernel("linear", { K, N, W: as.dtype, ZERO: zero });
    const { packing } = linear.signature.tensors.find((t) => t.name === "w") ?? {}, { packing: groupwise } = linear.signature.tensors.find((t) => t.name === "scale") ?? {};
    const grouped = (x: Float32Array): Promise<Tensor> => tensor(device, "f32", [groups, N], columns(x, N, groups), { packing: groupwise });
    return {
      K, N, dtype: as.dtype, zero,
      w: keep(await (q ? tensor(device, as.dtype, [K, N], columns(q.codes, N, K), { packing, as: "codes" }) : tensor(device, "f16", [K, N], columns(w, N, K), { packing }))),
      scale: keep(await grouped(q?.scales ?? new Float32Array(N * groups).fill(1))),
      offset: keep(await grouped(q?.offsets ?? new Float32Array(N * groups))),
    };
  }
  return { keep, kernel, f16, matrix, close: () => file.close(), dispose: () => { for (const t of held) t.dispose(); } };
}

const bytesOf = (matrices: readonly Matrix[]): number => matrices.reduce((n, m) => n + m.w.bytes + m.scale.bytes + m.offset.bytes, 0);

/** Loads the model. */
export async function loadModel(device: Device, parts: Parts, weights: Weights): Promise<Model> {
  const { keep, kernel, f16, matrix, close, dispose } = await opened(device, parts);
  const { hidden, heads, kvHeads, head, context } = shape, kv = kvHeads * head;
  const turned = async (f: (x: number) => number): Promise<Tensor> =>
    keep(await tensor(device, "f32", [context, head / 2], Float32Array.from({ length: (context * head) / 2 }, (_, i) => f(Math.floor(i / (head / 2)) * 10000 ** (-(i % (head / 2)) / (head / 2))))));
  const cosine = await turned(Math.cos), sine = await turned(Math.sin);
  const embedding = await f16("model.embed_tokens.weight"), lastGain = await f16("model.norm.weight"), readOut = await matrix("model.embed_tokens.weight", { dtype: "f16" });
  const attend = kernel("attend", { D: head, G: heads / kvHeads, SCALE: head ** -0.5 });
  const layers = await Promise.all(Array.from({ length: shape.layers }, async (_, i) => {
    const of = (name: string): Promise<Matrix> => matrix(`model.layers.${i}.${name}.weight`, weights), gain = (name: string): Promise<Tensor> => f16(`model.layers.${i}.${name}.weight`);
    return {
      before: await gain("input_layernorm"), after: await gain("post_attention_layernorm"),
      q: await of("self_attn.q_proj"), k: await of("self_attn.k_proj"), v: await of("self_attn.v_proj"), o: await of("self_attn.o_proj"),
      gate: await of("mlp.gate_proj"), up: await of("mlp.up_proj"), down: await of("mlp.down_proj"),
      keys: keep(await empty(device, "f32", [context, kv])), values: keep(await empty(device, "f32", [context, kv])),
    };
  }));

  async function read(ids: readonly number[], first: number): Promise<Float32Array> {
    const S = ids.length, used: Tensor[] = [];
    const fresh = async (n: number): Promise<Tensor> => { const t = await empty(device, "f32", [S, n]); used.push(t); return t; };
    const run = async (name: string, params: Readonly<Record<string, unknown>>, args: Readonly<Record<string, Tensor | number>>): Promise<void> => { await kernel(name, params).run(args); };
    const linear = async (x: Tensor, m: Matrix, y: Tensor, options: { readonly add?: true; readonly row?: number } = {}): Promise<Tensor> => {
      await run(S === 1 ? "linear_one" : "linear", { K: m.K, N: m.N, W: m.dtype, ZERO: m.zero, ADD: options.add ?? false }, { x, w: m.w, scale: m.scale, offset: m.offset, first: options.row ?? 0, y });
      return y;
    };
    try {
      const x = await fresh(hidden), h = await fresh(hidden), q = await fresh(hidden), turnedQ = await fresh(hidden), k = await fresh(kv), o = await fresh(hidden);
      const gate = await fresh(shape.ffn), up = await fresh(shape.ffn), mid = await fresh(shape.ffn), logits = await fresh(shape.vocab);
      const tokens = await tensor(device, "i32", [S], [...ids]);
      used.push(tokens);
      const norm = (gain: Tensor): Promise<void> => run("norm", { D: hidden }, { x, gain, y: h });
      await run("embed", { V: shape.vocab, D: hidden }, { ids: tokens, table: embedding, x });
      for (const l of layers) {
        await norm(l.before);
        await run("rotate", { D: head }, { x: await linear(h, l.q, q), cosine, sine, first, at: 0, y: turnedQ });
        await run("rotate", { D: head }, { x: await linear(h, l.k, k), cosine, sine, first, at: first, y: l.keys });
        await linear(h, l.v, l.values, { row: first });
        await attend.run({ q: turnedQ, k: l.keys, v: l.values, first, o });
        await linear(o, l.o, x, { add: true });
        await norm(l.after);
        await linear(h, l.gate, gate);
        await linear(h, l.up, up);
        await run("swiglu", { N: shape.ffn }, { gate, up, y: mid });
        await linear(mid, l.down, x, { add: true });
      }
      await norm(lastGain);
      return await (await linear(h, readOut, logits)).read() as Float32Array;
    } finally {
      for (const t of used) t.dispose();
    }
  }

  await close();
  return Object.freeze({ bytes: bytesOf([readOut, ...layers.flatMap((l) => [l.q, l.k, l.v, l.o, l.gate, l.up, l.down])]), context, read, dispose });
}

/**
 * Loads charmlp: the 16 characters before decide the next one, through three matrices with ReLU between. Whatever was
 * read before is remembered as characters; what lies before the text is newlines.
 */
export async function loadMlp(device: Device, parts: Parts, weights: Weights): Promise<Model> {
  const { kernel, f16, matrix, close, dispose } = await opened(device, parts), context = 16, embed = 16;
  const embedding = await f16("emb"), layers = await Promise.all([1, 2, 3].map(async (i) => ({ w: await matrix(`w${i}`, weights), bias: await f16(`b${i}`), low: i < 3 ? 0 : -3e38 })));
  let seen: number[] = [];

  async function read(ids: readonly number[], first: number): Promise<Float32Array> {
    seen = [...seen.slice(0, first), ...ids];
    const S = ids.length, used: Tensor[] = [], use = <T extends Tensor>(t: T): T => { used.push(t); return t; };
    const windows = ids.flatMap((_, s) => Array.from({ length: context }, (_, i) => seen[first + s + 1 - context + i] ?? 0));
    try {
      const all = use(await tensor(device, "i32", [S * context], windows)), embedded = use(await empty(device, "f32", [S * context, embed]));
      await kernel("embed", { V: shape.vocab, D: embed }).run({ ids: all, table: embedding, x: embedded });
      let x: Tensor = await Tensor.from(device, embedded.buffer, "f32", [S, context * embed]); // the embeddings of a window, one after the other, are one row
      for (const l of layers) {
        const y = use(await empty(device, "f32", [S, l.w.N])), z = use(await empty(device, "f32", [S, l.w.N]));
        await kernel(S === 1 ? "linear_one" : "linear", { K: l.w.K, N: l.w.N, W: l.w.dtype, ZERO: l.w.zero }).run({ x, w: l.w.w, scale: l.w.scale, offset: l.w.offset, first: 0, y });
        await kernel("biased", { N: l.w.N, LOW: l.low }).run({ x: y, bias: l.bias, y: z });
        x = z;
      }
      return await x.read() as Float32Array;
    } finally {
      for (const t of used) t.dispose();
    }
  }
  await close();
  return Object.freeze({ bytes: bytesOf(layers.map((l) => l.w)), context: Infinity, read, dispose });
}

/** Bits per character that the model needs for what it doesn't know of texts: the mean of −log2 p(next character). */
export async function bitsPerCharacter(model: Model, windows: readonly string[]): Promise<number> {
  let bits = 0, count = 0;
  for (const text of windows) {
    const ids = idsOf(text), logits = await model.read(ids.slice(0, -1), 0);
    for (let i = 1; i < ids.length; i++, count++) {
      const row = logits.subarray((i - 1) * shape.vocab, i * shape.vocab), top = row.reduce((a, b) => Math.max(a, b), -Infinity);
      bits -= ((row[ids[i] ?? 0] ?? 0) - top - Math.log(row.reduce((a, v) => a + Math.exp(v - top), 0))) / Math.LN2;
    }
  }
  return bits / count;
}

/** How text is continued. */
export interface Speech {
  readonly prompt: string;
  /** Characters to write. */
  readonly length: number;
  /** 0 takes the likeliest character; 1 draws as the model thinks. */
  readonly temperature: number;
  /** Numbers in [0, 1) to draw with. */
  readonly random: () => number;
}

/** Continues a text, character by character. When the context is full, its second half is read anew. */
export async function* speak(model: Model, { prompt, length, temperature, random }: Speech): AsyncGenerator<string> {
  const room = model.context;
  let ids = idsOf(prompt || "\n").slice(-room), logits = await model.read(ids, 0);
  for (let i = 0; i < length; i++) {
    const next = draw(logits.subarray(logits.length - shape.vocab), temperature, random());
    yield textOf([next]);
    ids.push(next);
    if (ids.length > room) logits = await model.read((ids = ids.slice(-room / 2)), 0);
    else logits = await model.read([next], ids.length - 1);
  }
}

function draw(logits: Float32Array, temperature: number, at: number): number {
  const top = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  if (temperature <= 0) return logits.indexOf(top);
  const p = logits.map((v) => Math.exp((v - top) / temperature));
  let rest = at * p.reduce((a, b) => a + b, 0);
  for (let i = 0; i < p.length; i++) if ((rest -= p[i] ?? 0) < 0) return i;
  return p.length - 1;
}
