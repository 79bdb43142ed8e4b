// What the verifier accepts, Tint accepts: the kernels of the language reference and those of test/kernels, with and without optional
// features.
import { readFileSync, readdirSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { compileProgram, type Module } from "../../codegen/index.ts";
import { Diagnostic } from "../../diagnostic.ts";
import { load } from "../../lang/index.ts";
import { close } from "../../runtime/index.ts";
import { verify, type Program } from "../../vm/index.ts";
import { targets } from "../golden/kernels.ts";
import { cases } from "../kernels/cases.ts";
import { kernelNamed, nameOf } from "../kernels/support.ts";
import { expectAccepted, nullDevices } from "./tint.ts";

const devices = await nullDevices();
afterAll(close);

/** Without and with all optional features; what lies between is tried on examples and instructions. */
const both = ["base", "subgroups"] as const;

/** The only thing a compiler may say against an accepted Program: that its own traffic needs more workgroup memory than there is. */
function compiled(p: Program, target: (typeof both)[number]): Module | undefined {
  try { return compileProgram(p, targets[target]); } catch (e) { if (e instanceof Diagnostic && e.code === "R0203") return undefined; throw e; }
}

const accepted = async (p: Program, on: readonly (typeof both)[number][] = both): Promise<void> => {
  expect(verify(p).filter((d) => d.severity === "error")).toEqual([]);
  for (const target of on) {
    const module = compiled(p, target);
    if (module) await expectAccepted(devices, module);
  }
};

const text = readFileSync(new URL("../../docs/language.md", import.meta.url), "utf8");
const blocks = [...text.matchAll(/^```loom ?(\w*) ?(\w*)\n([\s\S]*?)^```/gm)].map(([, kind, code, body]) => ({ kind, code, body, line: text.slice(0, text.indexOf(body)).split("\n").length })).filter((b) => !b.code);

/** Statements of the reference stand in a kernel with these names, as in test/language.test.ts. */
const inKernel = (body: string): string => `kernel t(x: f32[64, 64], alpha: f32, n: i32, out y: f32[64, 64])
  grid (g in 4)
  threads 64
{
  shared s: f32[64, 64]
  let v = load(x)
  var acc: f32[64, 64] = 0
${body}
}`;

describe("the language reference", () => {
  test.each(blocks.map((b) => [b.line, b] as const))("line %i", async (_, { kind, body }) => {
    const { kernels } = load(kind === "body" ? inKernel(body) : body, { file: "language.md" });
    for (const k of kernels) {
      // Sizes without default: what all of the page's kernels take.
      const open = Object.fromEntries(k.ast.comptime.filter((c) => c.init === undefined).map((c) => [c.name.text, c.of === "int" ? 128 : c.of === "dtype" ? "f32" : c.of === "packing" ? "dense" : "local(1)"]));
      const { program, diagnostics } = k.elaborate(open);
      expect(diagnostics.filter((d) => d.data.severity === "error").map((d) => d.message)).toEqual([]);
      if (program) await accepted(program);
    }
  });
});

describe("kernels as users write them", () => {
  const one = cases.filter((c, i) => cases.findIndex((d) => d.kernel === c.kernel) === i);
  test.each(one.map((c, i) => [nameOf(c), c, both[i % 2]] as const))("%s", (_, c, target) => accepted(kernelNamed(c.file, c.kernel).specialise(c.params ?? {}), [target]));
});

test("the files of kernels all take part", () => {
  const files = readdirSync(new URL("../kernels/", import.meta.url)).filter((f) => f.endsWith(".loom")).map((f) => f.slice(0, -5));
  expect(files.filter((f) => !cases.some((c) => c.file === f))).toEqual([]);
});
