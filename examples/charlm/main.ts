// Speaks: node scripts/run-ts.mjs examples/charlm/main.ts [--weights u4] [--scheme affine] [--prompt TEXT] [--length N] [--temperature T]
// [--seed N] [--adapter NAME] [--model charlm|charmlp] [--bits-per-character WINDOWS]
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { close, open } from "../../runtime/index.ts";
import { random } from "../example.ts";
import { bitsPerCharacter, loadMlp, loadModel, speak } from "./model.ts";

const { values } = parseArgs({ options: {
  weights: { type: "string", default: "b4" }, scheme: { type: "string", default: "symmetric" }, prompt: { type: "string", default: "The whale " },
  length: { type: "string", default: "200" }, temperature: { type: "string", default: "0.7" }, seed: { type: "string", default: "1" },
  adapter: { type: "string" }, model: { type: "string", default: "charlm" }, "bits-per-character": { type: "string" },
} });

const device = await open(values.adapter === undefined ? {} : { adapter: values.adapter });
// Started at the root of the project.
if (values.model !== "charlm" && values.model !== "charmlp") throw new Error(`there are the models charlm and charmlp, not ${values.model}`);
const parts = { source: readFileSync("examples/charlm/model.loom", "utf8"), file: `examples/data/${values.model}.safetensors` };
const model = await (values.model === "charlm" ? loadModel : loadMlp)(device, parts, { dtype: values.weights, scheme: values.scheme === "affine" ? "affine" : "symmetric" });
console.error(`${device.info.name}; matrices in ${values.weights}: ${(model.bytes / 1024).toFixed(0)} KiB`);

if (values["bits-per-character"]) {
  const windows = (JSON.parse(readFileSync("examples/data/charlm-windows.json", "utf8")) as string[]).slice(0, Number(values["bits-per-character"]));
  console.log(`${(await bitsPerCharacter(model, windows)).toFixed(4)} bits per character over ${windows.length} windows`);
} else {
  process.stdout.write(values.prompt);
  const start = performance.now(), length = Number(values.length);
  for await (const c of speak(model, { prompt: values.prompt, length, temperature: Number(values.temperature), random: random(Number(values.seed)) })) process.stdout.write(c);
  console.error(`\n${(length / ((performance.now() - start) / 1000)).toFixed(1)} characters a second`);
}
model.dispose();
close();
