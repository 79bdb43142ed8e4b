// `bitloom completion`: the scripts know every command and flag; that of bash is tried in bash.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commands } from "../../cli/commands.ts";
import { codes } from "../../lang/index.ts";
import { bitloom, folder } from "./support.ts";

test.each(["bash", "zsh", "fish"])("%s knows every command and flag", async (shell) => {
  const { code, out } = await bitloom(["completion", shell]);
  expect(code).toBe(0);
  for (const c of commands) {
    expect(out).toContain(c.name);
    for (const flag of Object.keys(c.flags)) expect(out).toMatch(shell === "fish" ? new RegExp(`__fish_seen_subcommand_from ${c.name}' -l ${flag} `) : new RegExp(`--${flag}\\b`));
  }
  for (const c of Object.keys(codes)) expect(out).toContain(c);
});

test("an unknown shell", async () => expect(await bitloom(["completion", "bsh"])).toMatchObject({ code: 2, err: expect.stringContaining("did you mean 'bash'?") as string }));

const bash = spawnSync("bash", ["--version"], { encoding: "utf8" });
describe.skipIf(bash.status !== 0)("in bash", () => {
  test("words are completed", async () => {
    const dir = folder();
    for (const f of ["k.loom", "a.npy", "b.npz", "c.txt"]) writeFileSync(join(dir, f), "");
    writeFileSync(join(dir, "s"), (await bitloom(["completion", "bash"])).out);
    const lines = [["bitloom", "ch"], ["bitloom", "check", ""], ["bitloom", "run", "k.loom", "--in", "x", "=", ""], ["bitloom", "run", "k.loom", "--o"], ["bitloom", "explain", "H09"], ["bitloom", "dtype", "f8"], ["bitloom", "run", "k.loom", "--on", ""]];
    const script = `source ./s; t() { COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); _bitloom; echo "\${COMPREPLY[*]}"; }; ${lines.map((l) => `t ${l.map((w) => `"${w}"`).join(" ")}`).join("; ")}`;
    const r = spawnSync("bash", ["--norc", "-c", script], { cwd: dir, encoding: "utf8" });
    expect(r.stdout.split("\n")).toEqual(["check", "k.loom", "a.npy b.npz", "--out --on", Object.keys(codes).filter((c) => c.startsWith("H09")).join(" "), "f8e4m3 f8e5m2", "interpreter webgpu", ""]);
  });
});
