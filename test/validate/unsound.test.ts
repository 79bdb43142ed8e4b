// What the verifier refuses is refused by everybody who would run it, in the same words: the compiler for every target,
// and the command line's interpreter.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compileProgram } from "../../codegen/index.ts";
import { Diagnostic, type DiagnosticData } from "../../diagnostic.ts";
import { verify, type Program } from "../../vm/index.ts";
import { bitloom, folder } from "../cli/support.ts";
import { targetNames, targets } from "../golden/kernels.ts";
import { elaborate } from "../lang/support.ts";

const racy = readFileSync(new URL("../errors/race.loom", import.meta.url), "utf8");

function made(source: string): Program {
  const { program } = elaborate(source);
  if (!program) throw new Error("the text itself has mistakes");
  return program;
}

function refusal(work: () => unknown): DiagnosticData {
  try { work(); } catch (e) { if (e instanceof Diagnostic) return e.data; throw e; }
  throw new Error("it was taken");
}

describe("compileProgram", () => {
  test.each(targetNames)("a race, for %s", (target) => {
    const program = made(racy), [found, ...others] = verify(program);
    expect(others).toEqual([]);
    expect(refusal(() => compileProgram(program, targets[target]))).toEqual(found);
    expect(found?.code).toBe("R0401");
    expect(racy.slice(found?.span?.start, found?.span?.end)).toBe("load(s)");
  });

  test("limits are the target's, and everything is told at once", () => {
    const program = made("kernel k(out y: f32[64]) grid (g in 1) threads 64 { shared s: f32[64]\n store(s, 1)\n barrier()\n store(y, load(s)) }");
    const target = { ...targets.base, maxThreads: 32, workgroupBytes: 128 };
    expect(refusal(() => compileProgram(program, target))).toMatchObject({ code: "R0101", notes: [expect.stringMatching(/^also R0203: the shared tiles take 256 bytes; this device has 128$/)] });
    expect(compileProgram(program, { ...target, maxThreads: 64, workgroupBytes: 256 }).workgroupBytes).toBe(256);
  });
});

test("run --on interpreter", async () => {
  const file = join(folder(), "race.loom");
  writeFileSync(file, racy);
  const { code, json } = await bitloom(["run", file, "--on", "interpreter", "--in", "x=random:1", "--json"]);
  expect(code).toBe(1);
  expect(json()).toMatchObject({ diagnostics: [{ code: "R0401" }] });
});
