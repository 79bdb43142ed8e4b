// The reference tells the truth: every public name has a sentence, examples are of the right types, and what they claim is
// what they give. (Examples of `runtime` open a device: test/runtime/examples.test.ts runs them.)
import { describe, expect, test } from "vitest";
import { documented, examplesOf, exported, runnable, typeErrors } from "./support/reference.ts";

const all = exported(), examples = examplesOf(all);

/** Names that a reader meets first: each shows how it is used. */
const shown: Readonly<Record<string, readonly string[]>> = {
  layout: ["spatial", "local", "compose", "divide", "reduce", "permute", "reshape", "table", "drawText", "drawSvg", "conversion", "dense", "planes", "packed", "pack", "unpack", "repack", "printPacking", "drawFields"],
  vm: ["dtype", "builder", "kernel", "print", "read", "verify", "interpret", "scalarOp", "cdiv", "quantiseValues", "dequantiseValues", "quantisationError", "asBipolar", "asSigned", "asUnsigned", "corrections", "binaryCode", "binaryOf", "binaryValues", "tileFromValues", "tileValues", "makeTile", "fold", "infer", "instructions"],
  codegen: ["compileProgram", "lowerProgram", "evaluateBody", "workgroupTraffic", "defaultRates"],
  lang: ["parse", "load", "check", "evaluateLayout", "evaluatePacking", "evaluateDtype", "layoutJson", "codes", "builtins"],
  runtime: ["open", "listAdapters", "tensor", "empty", "zeros", "compile", "kernelOf", "createKernel", "quantise", "dequantise", "uploadQuantised", "matmul", "readNpy", "writeNpy", "openSafetensors", "writeSafetensors", "rates", "memoryStore"],
  diagnostic: ["fail", "render", "didYouMean", "locate"],
};

describe("documentation", () => {
  test.each(documented)("every public name of %s has a sentence, and the main ones an example", (door) => {
    const own = all.filter((n) => n.door === door);
    expect(own.length).toBeGreaterThan(10);
    expect(own.filter((n) => n.doc.length < 8).map((n) => `${n.name} (${n.place})`)).toEqual([]);
    expect(shown[door].filter((name) => !own.some((n) => n.name === name && n.examples.length))).toEqual([]);
  });
});

describe("examples", async () => {
  const here = examples.filter((e) => e.door !== "runtime"), run = await runnable(here);

  test("end with what they give", () => {
    const last = examples.filter((e) => { const c = e.claims.at(-1); return c?.gives === undefined && c?.throws === undefined; });
    expect(last.map((e) => e.title)).toEqual([]);
  });
  test("are of the right types", () => expect(typeErrors(examples)).toEqual([]));
  test.each(here.map((e, i) => [e.title, i] as const))("%s", async (_, i) => {
    for (const r of await run[i]()) expect(r.got, r.code).toEqual(r.wanted);
  });
});
