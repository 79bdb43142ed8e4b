// The examples of the runtime's reference do what they claim; those with a device run on SwiftShader, as they say.
import { afterAll, describe, expect, test } from "vitest";
import { close, listAdapters } from "../../runtime/index.ts";
import { examplesOf, exported, runnable } from "../support/reference.ts";

describe("examples", async () => {
  const all = examplesOf(exported()).filter((e) => e.door === "runtime"), run = await runnable(all);
  const there = (await listAdapters()).some((a) => a.kind === "swiftshader" && a.usable);
  afterAll(close);
  test.for(all.map((e, i) => [e.title, i] as const))("%s", async ([, i], { skip }) => {
    if (!there && all[i].code.includes("swiftshader")) skip("there is no SwiftShader on this machine");
    for (const r of await run[i]()) expect(r.got, r.code).toEqual(r.wanted);
  });
});
