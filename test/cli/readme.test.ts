// The README says what is: its kernel is one, its message is the one given, its commands exist.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commands } from "../../cli/commands.ts";
import { check } from "../../lang/index.ts";
import { bitloom, folder } from "./support.ts";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const blocks = [...readme.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].map((m) => m[1] ?? "");

test("the first kernel has no mistakes", () => {
  const kernels = blocks.filter((b) => b.startsWith("///"));
  expect(kernels).toHaveLength(1);
  for (const k of kernels) expect(check(k, "README.loom")).toEqual([]);
});

test("the message is the one that is given", async () => {
  const shown = blocks.find((b) => b.startsWith("error[")) ?? "", dir = folder();
  const statement = /│ {3}(store.*)$/m.exec(shown)?.[1] ?? "";
  writeFileSync(join(dir, "bad.loom"), `kernel gemm<BM: int = 32>(a: f16[M, 64], b: u3[64, 64], out c: f16[M, 64])\n  grid (m in cdiv(M, BM))\n  threads 64\n{\n  let x = load(a[m * BM +: BM, :])\n  let q = load(b)\n  ${statement}\n}\n`);
  expect((await bitloom(["check", join(dir, "bad.loom")])).err.trimEnd()).toBe(shown.trimEnd().replace("bad.loom", join(dir, "bad.loom")));
});

test("its table of commands is the program's", () => {
  const named = [...readme.matchAll(/^\| `([a-z]+)/gm)].map((m) => m[1]).filter((w) => !/^[uifb]\d|^f16|^i32/.test(w ?? ""));
  expect(named).toEqual(commands.map((c) => c.name));
});

test("every number type it names exists", async () => {
  for (const t of ["u1", "u32", "i2", "i32", "b1", "b8", "f16", "bf16", "f32", "f4e2m1", "f6e3m2", "f8e4m3", "f8e5m2", "e8m0", "bool"]) {
    expect(readme).toContain(t);
    expect((await bitloom(["dtype", t])).code).toBe(0);
  }
});
