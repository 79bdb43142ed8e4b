// `bitloom demo`, the job of `npm start`, on the adapter that comes with npm.
import { beforeEach, expect, test } from "vitest";
import { Diagnostic } from "../../diagnostic.ts";
import { close, open } from "../../runtime/index.ts";
import { bitloom } from "./support.ts";

/** True, or why this machine has no SwiftShader. */
const there = await open({ adapter: "swiftshader" }).then(() => close()).then(() => true, (e: unknown) => (e instanceof Diagnostic ? e.data.message : Promise.reject(e)));

beforeEach(({ skip }) => { if (typeof there === "string") skip(there); });

test.each([["--bits", "3"], ["--type", "f4e2m1"]])("%s %s is right within its bound", async (flag, value) => {
  const r = await bitloom(["demo", "--json", "--adapter", "swiftshader", "--rows", "5", flag, value]);
  expect(r).toMatchObject({ code: 0, err: "" });
  const report = r.json() as { ok: boolean; M: number; N: number; K: number; bitsPerWeight: number; error: { f64: number; bound: number; quantisation: number } };
  expect(report).toMatchObject({ ok: true, M: 5, N: 512, K: 256 });
  expect(report.bitsPerWeight).toBe(value === "3" ? 3.5 : 4.5);
  expect(report.error.f64).toBeLessThanOrEqual(report.error.bound);
  expect(report.error.quantisation).toBeGreaterThan(0.01);
}, 60_000);

test.each([
  [["--bits", "9"], 2, "'--bits 9' is no number from 1 to 8"],
  [["--bits", "3", "--type", "u4"], 2, "--bits and --type at once"],
  [["--type", "u33"], 1, "u33"],
  [["nothing.npy"], 1, "nothing.npy"],
  [["examples/data/charlm.safetensors:model.norm.weight"], 1, "is no matrix of weights"],
])("demo %j is refused in words", async (words, code, message) => {
  const r = await bitloom(["demo", "--adapter", "swiftshader", ...words]);
  expect(r.err).toContain(message);
  expect(r.code).toBe(code);
}, 60_000);
