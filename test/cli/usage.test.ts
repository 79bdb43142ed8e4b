// The words of the command line: help, mistakes, exit codes. Nothing that a user types may end in a stack trace.
import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { commands } from "../../cli/commands.ts";
import about from "../../package.json" with { type: "json" };
import { bitloom } from "./support.ts";

describe("help", () => {
  test("without words, all commands are listed", async () => {
    const r = await bitloom([]);
    expect(r.code).toBe(0);
    for (const c of commands) expect(r.out).toContain(`  ${c.name}`);
  });
  test.each(commands.map((c) => c.name))("%s --help shows usage, flags and examples", async (name) => {
    const r = await bitloom([name, "--help"]), c = commands.find((x) => x.name === name);
    expect(r.code).toBe(0);
    expect(r.out).toContain(`usage: bitloom ${name}`);
    for (const flag of Object.keys(c?.flags ?? {})) expect(r.out).toContain(`--${flag}`);
    for (const [line] of c?.examples ?? []) expect(r.out).toContain(`bitloom ${line}`);
  });
  test("help NAME is NAME --help", async () => expect((await bitloom(["help", "layout"])).out).toBe((await bitloom(["layout", "-h"])).out));
  test("--version", async () => {
    expect((await bitloom(["--version"])).out).toBe(`${about.version}\n`);
    expect((await bitloom(["--version", "--json"])).json()).toEqual({ version: about.version });
  });
});

describe("mistakes end with 2 and a way out", () => {
  test.each([
    [["layuot", "local(2)"], "there is no command 'layuot'", "did you mean 'bitloom layout'?"],
    [["frobnicate"], "there is no command 'frobnicate'", "the commands are run, check"],
    [["dtype", "--jsn", "u3"], "'dtype' has no flag '--jsn'", "did you mean '--json'?"],
    [["dtype", "--colour", "u3"], "'dtype' has no flag '--colour'", "see bitloom dtype --help"],
    [["run", "x.loom", "--device", "swiftshader"], "'run' has no flag '--device'", "did you mean '--adapter'?"],
    [["run", "x.loom", "--R", "3"], "'run' has no flag '--R'", "given as --set R=…"],
    [["run", "x.loom", "rows"], "'run' can't use 'rows'", "--kernel rows"],
    [["demo", "--gpu"], "'demo' has no flag '--gpu'", "did you mean '--adapter'?"],
    [["check", "x.loom", "--gpu"], "'check' has no flag '--gpu'", "did you mean '--adapter'?"],
    [["dtype"], "'dtype' needs NAME|-", "bitloom dtype NAME|-"],
    [["dtype", "u3", "u4"], "'dtype' can't use 'u4'", "bitloom dtype NAME|-"],
    [["dtype", "--json=yes", "u3"], "'--json' takes no value", "write --json alone"],
    [["run", "x.loom", "--kernel"], "'--kernel' needs a value", "write --kernel NAME"],
    [["run", "x.loom", "--kernel", "--json"], "'--kernel' needs a value", "write --kernel NAME"],
    [["run", "x.loom", "--kernel", "a", "--kernel", "b"], "'--kernel' is given twice", "leave one out"],
  ])("%j", async (words, message, help) => {
    const r = await bitloom(words);
    expect(r.code).toBe(2);
    expect(r.out + r.err).toContain(message);
    expect(r.out + r.err).toContain(help);
  });
  test("with --json the mistake is data on standard output", async () => {
    const r = await bitloom(["dtype", "--json", "--jsn", "u3"]);
    expect(r).toMatchObject({ code: 2, err: "" });
    expect(r.json()["error"]).toMatchObject({ code: "H0900", severity: "error" });
  });
});

test("no words, however strange, give a stack trace or exit code 70", async () => {
  const word = fc.oneof(
    fc.constantFrom(...commands.filter((c) => !["demo", "devices", "run"].includes(c.name)).map((c) => c.name), "--json", "--help", "-", "--", "-h", "--set", "--set=", "A=1", "u3", "__proto__", "constructor", "--constructor", "../..", ""),
    fc.string({ maxLength: 12 }),
  );
  await fc.assert(fc.asyncProperty(fc.array(word, { maxLength: 5 }), fc.string({ maxLength: 30 }), async (words, input) => {
    const r = await bitloom(words, input);
    expect([0, 1, 2]).toContain(r.code);
    expect(r.err).not.toMatch(/\n\s+at .*:\d+:\d+/);
  }), { numRuns: 150 });
}, 30_000);
