// Bitloom in Node: the same kernel from its source and from a library, and recorded into an encoder of one's own.
//
//   node main.mjs posterise.loom posterise.json
import { readFile } from "node:fs/promises";
import { close, compile, open } from "bitloom";
import { openLibrary } from "bitloom/run";

const [source = "../posterise.loom", built = "posterise.json"] = process.argv.slice(2);
const device = await open();
console.log(`on ${device.info.name}`);
const x = await device.tensor("f32", [5], [0, 0.2, 0.5, 0.8, 1]);

// From source: the compiler is loaded when it is first needed.
const { kernels } = await compile(await readFile(source, "utf8"), { file: source });
const { q, y } = await kernels.posterise.specialise({ B: "u3" }).run({ x });
console.log("codes ", [...(await q.read())].join(" "));
console.log("values", [...(await y.read())].map((v) => v.toFixed(3)).join(" "));

// From a library, into an encoder: nothing happens until it is submitted.
const kernel = openLibrary(JSON.parse(await readFile(built, "utf8"))).specialise({ B: "u3" });
const encoder = device.gpu.createCommandEncoder();
const again = await kernel.record(encoder, { x });
device.gpu.queue.submit([encoder.finish()]);
console.log("again ", [...(await again.q.read())].join(" "));

// Whether this device computes what the kernel means.
console.log((await kernels.posterise.specialise({ B: "u3" }).check({ x })).text);
await close();
