// `bitloom explain`: the examples of host calls and of the driver do what they say; those of the language are tested in test/lang.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { baseTarget, compileProgram, type Module } from "../../codegen/index.ts";
import { Diagnostic, render } from "../../diagnostic.ts";
import { codes, driverExamples, hostExamples, load } from "../../lang/index.ts";
import { close, createKernel, listAdapters, openNull, type Tensor } from "../../runtime/index.ts";
import { runnable, typeErrors, type Example } from "../support/reference.ts";
import { add, before, world } from "./explain-world.ts";
import { bitloom, folder } from "./support.ts";

const home = process.cwd(), dir = folder();
beforeAll(async () => { await world(dir); process.chdir(dir); });
afterAll(async () => { process.chdir(home); await close(); });

const isCommand = (text: string): boolean => text.startsWith("bitloom ");
const example = (code: string, text: string): Example => ({ title: code, door: "runtime", code: text, claims: [{ code: before }, { code: `(async () => {\n${text}\n})()`, throws: "nothing" }] });
const rows = Object.entries(hostExamples).flatMap(([code, { wrong, right }]) => [[code, wrong, "wrong"], [code, right, "right"]] as const);
const snippets = rows.filter(([, text]) => !isCommand(text)), run = await runnable(snippets.map(([code, text]) => example(code, text)));
const there = (await listAdapters()).some((a) => a.usable);

describe("examples of host calls", () => {
  test.for(rows)("%s: %s", async ([code, text, which], { skip }) => {
    if (!there && /\bopen\(|--device|demo|devices/.test(text)) skip("there is no adapter on this machine");
    const want = which === "wrong" ? code : "nothing";
    if (!isCommand(text)) return expect((await run[snippets.findIndex((s) => s[1] === text)]())[0].got).toBe(want);
    const ran = await bitloom([...text.slice(8).split(" "), ...(/^bitloom run(?!.*--(on|adapter))/.test(text) ? ["--on", "interpreter"] : [])]);
    const said = /^error\[(\w+)\]/m.exec(ran.err)?.[1] ?? "nothing";
    expect([said, ran.code === 0]).toEqual([want, which === "right"]);
  });
  test("those that are right are of the right types", () => expect(typeErrors(snippets.filter(([, , which]) => which === "right").map(([code, text]) => example(code, text)))).toEqual([]));
});

describe("messages of the driver", () => {
  const module = compileProgram(load(add, { file: "add.loom" }).kernels[0].specialise({}), baseTarget);
  const spoilt = (from: string, to: string): Module => ({ ...module, wgsl: module.wgsl.replace(from, to) });
  const ways: Readonly<Record<string, readonly [Module, (x: Tensor) => void]>> = {
    W0101: [spoilt("z[", "w["), () => undefined], W0102: [spoilt("@workgroup_size(64)", "@workgroup_size(4096)"), () => undefined], W0103: [module, (x) => { x.buffer.destroy(); }],
  };
  test.each(Object.entries(ways))("%s", async (code, [wrong, meanwhile]) => {
    using device = await openNull();
    const x = await device.empty("f32", [100]);
    meanwhile(x);
    const told: unknown = await createKernel(wrong).run({ x, y: x }).catch((e: unknown) => e);
    expect(told instanceof Diagnostic ? render(told.data, add) : told).toBe(driverExamples[code]);
  });
});

test("every code of hosts and drivers has an example, but for those that only a machine can raise", () => {
  const machines = ["H0101", "H0102", "H0105", "H0106", "H0206", "H0308", "H0901", "H0906"]; // no WebGPU, no adapter, a lost file, no memory; a line of a million characters
  expect(Object.keys(codes).filter((c) => /^[HW]/.test(c) && !(c in hostExamples) && !(c in driverExamples))).toEqual(machines);
});

test("they are told", async () => {
  expect((await bitloom(["explain", "H0302"])).out).toContain("wrong\n    await device.tensor(\"f32\", [2, 2], [1, 2, 3])\nright\n");
  expect((await bitloom(["explain", "W0101"])).out).toContain("the message\n    error[W0101]: the driver rejects");
  expect((await bitloom(["explain", "H0307", "--json"])).json()).toMatchObject({ code: "H0307", example: hostExamples["H0307"] });
});
