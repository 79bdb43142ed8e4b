// Weights brought into a kernel's packing on the device: word by word what the host makes of them, tails and padding too.
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { randomCodes } from "../../examples/example.ts";
import { load } from "../../lang/index.ts";
import { dense, planes, wordCount, type Packing } from "../../layout/index.ts";
import { close, kernelOf, Tensor, tensor } from "../../runtime/index.ts";
import { dtype } from "../../vm/index.ts";
import { opened } from "../examples/devices.ts";

const kernelIn = (name: string) => load(readFileSync(`examples/${name}/${name}.loom`, "utf8"), { file: `${name}.loom` }).kernels.find((k) => k.name === name);
const cases: readonly (readonly [type: string, N: number, K: number, name: string, params: Readonly<Record<string, unknown>>, from: Packing])[] = [
  ["u4", 64, 512, "gemv", {}, dense(2)], ["b3", 21, 100, "gemv", { ROWS: 2, LANES: 8 }, dense(2)], ["i5", 40, 70, "gemm_groups", {}, planes(2)], ["f8e4m3", 5, 40, "gemm_skinny", {}, dense(2)],
];

describe.each(["swiftshader", "lavapipe"])("on %s", (adapter) => {
  afterAll(close);
  test.each(adapter === "swiftshader" ? cases : cases.slice(1, 2))("%s[%i, %i] for %s", async (type, N, K, name, params, from) => {
    const device = await opened(adapter), definition = kernelIn(name);
    if (!device) return;
    if (!definition) return expect.fail(`no kernel ${name}`);
    const kernel = kernelOf(definition).specialise({ N, K, W: type, ZERO: 0, ...params }), { bits } = dtype(type);
    const codes = Uint8Array.from(randomCodes(type, [N, K], N + K).values, (v) => dtype(type).encode(v)), w = await tensor(device, type, [N, K], codes, { packing: from, as: "codes" });
    const [host, there] = [await kernel.prepack("w", w, { on: "host" }), await kernel.prepack("w", w, { on: "device" })];
    const words = async (t: typeof w): Promise<readonly number[]> => [...(await (await Tensor.from(device, t.buffer, "u32", [wordCount(t.packing, bits, [N, K])])).readCodes())];
    expect(there.packing).toEqual(host.packing);
    expect(there.buffer).not.toBe(host.buffer);
    expect(await words(there)).toEqual(await words(host));
    expect([...(await there.readCodes())]).toEqual([...codes]);
  });
});
