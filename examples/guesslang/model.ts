// The model of npm @vscode/vscode-languagedetection as it is shipped: TensorFlow.js' weights of one byte, a scale and a least value
// for each matrix.
import { readFileSync } from "node:fs";
import type { QuantisedValues } from "../../vm/index.ts";
import { addStep, reluStep, type LinearStep, type Network } from "../models/network.ts";

/** A weight in model.json. */
interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: { readonly dtype: string; readonly min: number; readonly scale: number };
}

/** The model. */
export interface Guesslang {
  readonly network: Network;
  /** Names of the languages, in the order of answers. */
  readonly languages: readonly string[];
}

const FOLDER = "node_modules/@vscode/vscode-languagedetection/model";

/** The weights by name, one after the other in the file: strings with their lengths before them, bytes, or 32-bit words. */
function weightsOf(entries: readonly Entry[], file: Uint8Array): ReadonlyMap<string, { readonly entry: Entry; readonly bytes: Uint8Array }> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength), all = new Map<string, { entry: Entry; bytes: Uint8Array }>();
  let at = 0;
  for (const entry of entries) {
    const count = entry.shape.reduce((a, b) => a * b, 1), from = at;
    if (entry.dtype === "string") for (let i = 0; i < count; i++) at += 4 + view.getUint32(at, true);
    else at += count * (entry.quantization ? 1 : 4);
    all.set(entry.name, { entry, bytes: file.subarray(from, at) });
  }
  if (at !== file.byteLength) throw new Error(`the weights of guesslang take ${at} bytes, their file has ${file.byteLength}`);
  return all;
}

/** Strings, each after its length. */
function stringsOf(bytes: Uint8Array): readonly string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), all: string[] = [];
  for (let at = 0; at < bytes.length;) { const n = view.getUint32(at, true); all.push(new TextDecoder().decode(bytes.subarray(at + 4, at + 4 + n))); at += 4 + n; }
  return all;
}

/** Reads the model. @throws if the package isn't there (`npm install` brings it) */
export function guesslangModel(folder = FOLDER): Guesslang {
  const { weightsManifest: [{ weights }] } = JSON.parse(readFileSync(`${folder}/model.json`, "utf8")) as { readonly weightsManifest: readonly [{ readonly weights: readonly Entry[] }] };
  const all = weightsOf(weights, readFileSync(`${folder}/group1-shard1of1.bin`));
  const found = (name: string): { readonly entry: Entry; readonly bytes: Uint8Array } => all.get(name) ?? (() => { throw new Error(`guesslang has no weights ${name}`); })();

  /** Stored as [in, out]: element [k, n] becomes [n, k]. */
  function matrix(name: string): QuantisedValues {
    const { entry: { shape: [K, N], quantization }, bytes } = found(name), codes = Uint8Array.from(bytes, (_, i) => bytes[(i % K) * N + Math.floor(i / K)]);
    if (quantization?.dtype !== "uint8") throw new Error(`the weights ${name} of guesslang are not of one byte`);
    return { type: "u8", shape: [N, K], codes, axis: 1, group: "tensor", scaleShape: [1, 1], scaleType: "f32", scales: Float32Array.of(quantization.scale), offsets: Float32Array.of(quantization.min) };
  }
  const bias = (name: string): Float64Array => { const { entry: { quantization }, bytes } = found(name); return Float64Array.from(bytes, (c) => c * (quantization?.scale ?? NaN) + (quantization?.min ?? NaN)); };

  const embedding = matrix("dnn/input_from_feature_columns/input_layer/content_embedding/embedding_weights"), [features] = embedding.shape;
  const linear = (to: string, from: string, name: string): LinearStep => ({ to, from, matrix: matrix(`${name}/kernel`), bias: bias(`${name}/bias`) });
  const first = linear("s0", "embedded", "dnn/hiddenlayer_0"), second = linear("s1", "h0", "dnn/hiddenlayer_1"), deep = linear("deep", "h1", "dnn/logits");
  const wide: LinearStep = { to: "wide", from: "counts", matrix: matrix("linear/linear_model/content/weights"), bias: bias("linear/linear_model/bias_weights") };
  const steps: Network["steps"] = [
    { to: "embedded", from: "means", matrix: embedding, bias: new Float64Array(features) },
    first, reluStep("h0", "s0", first.matrix.shape[0]), second, reluStep("h1", "s1", second.matrix.shape[0]), deep, wide, addStep("logits", "wide", "deep", wide.matrix.shape[0]),
  ];
  return { network: { steps }, languages: stringsOf(found("head/predictions/class_string_lookup/Const").bytes) };
}
