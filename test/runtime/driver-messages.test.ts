// What the driver says of a line of WGSL is told of the line of the .loom that it came from: each line of a real kernel is broken in
// turn and given to Tint, which needs no driver for that.
import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { baseTarget, compileProgram, type Module } from "../../codegen/index.ts";
import { Diagnostic, locate, render } from "../../diagnostic.ts";
import { load } from "../../lang/index.ts";
import { close, openNull } from "../../runtime/index.ts";
import { pipelineOf } from "../../runtime/pipeline.ts";

afterAll(close);

const file = "examples/softmax/softmax.loom", source = readFileSync(file, "utf8");
const module = (): Module => compileProgram(load(source, { file }).kernels[0].specialise({ N: 1000 }), baseTarget);

async function messageOf(m: Module): Promise<Diagnostic> {
  using device = await openNull();
  try {
    await pipelineOf(device, m);
  } catch (error) {
    if (error instanceof Diagnostic) return error;
    throw error;
  }
  throw new Error("the driver took it");
}

test("every line", async () => {
  const m = module(), lines = m.wgsl.split("\n");
  const statements = lines.flatMap((text, i) => (m.spans[i] && /;$/.test(text) && !/\bfor \(/.test(text) ? [i] : []));
  expect(statements.length).toBeGreaterThan(20);
  for (const i of statements.filter((_, k) => k % 3 === 0)) {
    const broken = lines.map((l, k) => (k === i ? l.replace(/;$/, " + nothing_of_this_name;").replace(/^(\s*)(workgroupBarrier\(\)).*/, "$1nothing_of_this_name();") : l)).join("\n");
    const { data } = await messageOf({ ...m, wgsl: broken });
    expect([i, data.code, data.span]).toEqual([i, "W0101", m.spans[i]]);
    expect(data.notes?.[0]).toContain(`WGSL ${i + 1}:`);
    expect(data.notes?.[0]).toContain("nothing_of_this_name");
  }
}, 60_000);

test("it is drawn with a caret under the text of the source", async () => {
  const m = module(), line = m.wgsl.split("\n").findIndex((l) => /\bscale = /.test(l));
  const { data } = await messageOf({ ...m, wgsl: m.wgsl.split("\n").map((l, i) => (i === line ? "let scale = nothing;" : l)).join("\n") });
  const place = locate(source, m.spans[line]?.start ?? 0);
  expect(render(data, source)).toContain(`┌─ ${file}:${place.line}:${place.column}\n${place.line}│   let scale = 1 / max(den, 1)`);
});

test("a line that no statement made has no place, and is told all the same", async () => {
  const m = module(), line = m.spans.findIndex((s) => s === null);
  const { data } = await messageOf({ ...m, wgsl: m.wgsl.split("\n").map((l, i) => (i === line ? "nothing" : l)).join("\n") });
  expect(data.code).toBe("W0101");
  expect(data.help).toContain("report it with the WGSL");
});
