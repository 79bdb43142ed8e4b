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

const lines = ["bitloom ch", "bitloom check ", "bitloom run k.loom --in x=", "bitloom run k.loom --o", "bitloom explain H09", "bitloom dtype f8", "bitloom run k.loom --on ", "bitloom completion "];
const wanted = ["check", "k.loom", "a.npy b.npz", "--on --out", Object.keys(codes).filter((c) => c.startsWith("H09")).join(" "), "f8e4m3 f8e5m2", "interpreter webgpu", "bash fish zsh"];

/** What a shell would complete the lines to, in order, by a script that finds the completions in ./s. */
interface Shell { readonly flags: readonly string[]; readonly files: Readonly<Record<string, string>>; readonly main: string }
const shells: Readonly<Record<string, Shell>> = {
  bash: { flags: ["--norc", "-c"], files: {}, main: `source ./s
    t() { COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); _bitloom; printf '%s\\n' "\${COMPREPLY[@]}" | sort | paste -sd ' '; }
    ${lines.map((l) => `t ${l.split(/(=)| /).filter((w) => w !== undefined).map((w) => `"${w}"`).join(" ")}`).join("\n")}` },
  // A zsh with its line editor, in a terminal of its own, that tells what it would add.
  zsh: { flags: ["-f", "-c"], files: { child: `autoload -Uz compinit; compinit -u -D; source ./s
    first() { print -r -- '<<<'; compprefuncs=(first) }; last() { print -r -- '>>>'; comppostfuncs=(last) }
    compprefuncs=(first); comppostfuncs=(last); bindkey '^I' complete-word; bindkey '^U' kill-whole-line
    compadd() {
      local -a hits
      [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]] && { builtin compadd "$@"; return }
      builtin compadd -O hits "$@"; (( $#hits )) && print -rl -- $hits
      builtin compadd "$@"
    }
    print ready` }, main: `zmodload zsh/zpty; zpty z zsh -f -i; zpty -w z "PROMPT=; source ./child"; zpty -r -m z text '*ready*'
    for line in ${lines.map((l) => `'${l}'`).join(" ")}; do
      zpty -n -w z $'\\C-u'"$line"$'\\t'; zpty -r -m z text '*<<<*>>>*'
      text=\${\${text##*<<<}%%>>>*}; print -r -- \${(j: :)\${(ou)\${(f)\${text//$'\\r'/}}}}
    done; zpty -d z` },
  // Fish shows files with other endings behind those that fit: they come first, and the others are left out here.
  fish: { flags: ["--no-config", "-c"], files: {}, main: `source ./s\n${lines.map((l) => `string join -- ' ' (complete -C '${l}' | string replace -r '\\t.*' '' | string replace -r '^x=' '' | string match -v -r '^(c.txt|s)$')`).join("\n")}` },
};

describe.each(Object.entries(shells))("in %s", (name, shell) => {
  test("words are completed", async ({ skip }) => {
    if (spawnSync(name, ["--version"]).status !== 0) skip(`${name} is not installed`);
    const dir = folder();
    for (const f of ["k.loom", "a.npy", "b.npz", "c.txt"]) writeFileSync(join(dir, f), "");
    for (const [f, source] of Object.entries(shell.files)) writeFileSync(join(dir, f), source);
    writeFileSync(join(dir, "s"), (await bitloom(["completion", name])).out);
    const r = spawnSync(name, [...shell.flags, shell.main], { cwd: dir, encoding: "utf8", timeout: 100_000 });
    const want = name === "fish" ? wanted.map((w, i) => (i === 1 ? "k.loom a.npy b.npz" : i === 2 ? "a.npy b.npz k.loom" : w)) : wanted;
    expect(r.stdout.trimEnd().split("\n").map((l) => l.trim())).toEqual(want);
  });
});
