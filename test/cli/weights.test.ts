// `bitloom weights`: what people and programs see of a weight file.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { writeSafetensors, type SafetensorsInput } from "../../runtime/index.ts";
import { bitloom, folder } from "./support.ts";

const dir = folder(), model = join(dir, "model.safetensors"), at = (text: string): string => text.replaceAll(`${dir}/`, "");
const array = (dtype: "I32" | "F16", shape: readonly number[], fill = 0): SafetensorsInput => ({ dtype, shape, bytes: new Uint8Array(shape.reduce((n, d) => n * d, dtype === "I32" ? 4 : 2)).fill(fill) });
beforeAll(() => {
  writeFileSync(model, writeSafetensors({
    "layers.0.q_proj.qweight": array("I32", [16, 32]), "layers.0.q_proj.qzeros": array("I32", [4, 4], 0x77), "layers.0.q_proj.scales": array("F16", [4, 32]), "norm.weight": array("F16", [128]), "lm_head.weight": array("F16", [1000, 128]),
  }, { format: "pt" }));
});

describe("for people", () => {
  test("tensors, totals by format, what the file says about itself", async () => {
    const r = await bitloom(["weights", model, "--metadata"]);
    expect([r.code, r.err]).toEqual([0, ""]);
    expect(at(r.out)).toBe(`model.safetensors: safetensors, 3 tensors, 132,224 weights in 259 kB, 15.648 bits each

  format = pt

  tensor           format  shape         bits     size
  layers.0.q_proj  gptq4   [128, 32]    4.625  2.37 kB  bits 4, group 32, zeros v1
  lm_head.weight   f16     [1000, 128]     16   256 kB
  norm.weight      f16     [128]           16    256 B

  format  tensors  weights   bits     size
  f16           2  128,128     16   256 kB
  gptq4         1    4,096  4.625  2.37 kB
`);
  });
  test("zeros by one's own word", async () => {
    expect((await bitloom(["weights", model, "--zeros", "v2"])).out).toContain("zeros v2");
    expect(await bitloom(["weights", model, "--zeros", "v3"])).toMatchObject({ code: 2, err: expect.stringContaining("'--zeros v3' is neither v1 nor v2") as string });
  });
});

test("for programs", async () => {
  const r = await bitloom(["weights", model, "--json"]), { kind, tensors, totals, metadata } = r.json() as { kind: string; tensors: { name: string; parts: { name: string; offset: number }[] }[]; totals: unknown[]; metadata: unknown };
  expect([kind, metadata, totals[1]]).toEqual(["safetensors", { format: "pt" }, { format: "gptq4", tensors: 1, weights: 4096, bytes: 2368, bitsPerWeight: 4.625 }]);
  expect(tensors[0]).toMatchObject({ name: "layers.0.q_proj", format: "gptq4", shape: [128, 32], options: { group: 32 }, length: 2368, parts: [{ name: "qweight", type: "i32", shape: [16, 32], length: 2048 }, { name: "qzeros" }, { name: "scales" }] });
});

test("files that are none, or lie, end with 1 and the place", async () => {
  const cut = join(dir, "cut.gguf");
  writeFileSync(cut, "GGUF\x03\0\0\0");
  expect(await bitloom(["weights", cut])).toMatchObject({ code: 1, err: expect.stringMatching(/^error\[H0220\]: .*the count of tensors at byte 8 takes 8 bytes, but 0 are left/) as string });
  expect(await bitloom(["weights", join(dir, "none.gguf")])).toMatchObject({ code: 1, err: expect.stringContaining("error[H0208]") as string });
  expect(await bitloom(["weights", dir])).toMatchObject({ code: 1, err: expect.stringContaining("is a folder") as string });
});

test("names of a file can't steer the terminal", async () => {
  const path = join(dir, "odd.safetensors");
  writeFileSync(path, writeSafetensors({ "\u001b[2Jw": array("F16", [1]) }));
  expect((await bitloom(["weights", path])).out).not.toContain("\u001b");
});
