// `bitloom completion SHELL`: scripts that complete commands, flags, files and names, made from the table of commands.
import { didYouMean } from "../diagnostic.ts";
import { codes } from "../lang/index.ts";
import { common, targetNames, usage, type Args, type Command, type Takes } from "./command.ts";
import { commands } from "./commands.ts";
import { jsonLine, type Io } from "./io.ts";

/** Number types that are worth offering: all of up to 8 bits that have a name of their own, and the wide ones in use. */
const types: readonly string[] = [
  ...Array.from({ length: 8 }, (_, i) => `u${i + 1}`), "u16", "u32", ...Array.from({ length: 7 }, (_, i) => `i${i + 2}`), "i16", "i32",
  ...Array.from({ length: 8 }, (_, i) => `b${i + 1}`), "f16", "bf16", "f32", "f8e4m3", "f8e5m2", "f6e2m3", "f6e3m2", "f4e2m1", "e8m0", "bool",
];

/** What stands where: endings of files, or words. */
interface Choice { readonly endings?: readonly string[]; readonly words?: readonly string[] }

const choices: Readonly<Record<Takes, Choice>> = {
  sources: { endings: ["loom"] }, arrays: { endings: ["npy", "npz", "safetensors"] }, weights: { endings: ["safetensors", "gguf", "onnx", "npy", "npz", "index.json"] }, pages: { endings: ["html"] }, files: { endings: [] },
  types: { words: types }, codes: { words: Object.keys(codes) }, adapters: { words: ["gpu", "lavapipe", "swiftshader"] },
  places: { words: ["interpreter", "webgpu"] }, passes: { words: ["fold", "decompose", "infer"] }, targets: { words: targetNames }, commands: { words: commands.map((c) => c.name) }, shells: { words: ["bash", "zsh", "fish"] },
};
const choiceOf = (takes: Takes | undefined): Choice => (takes === undefined ? {} : choices[takes]);

const flagsOf = (c: Command) => Object.entries({ ...c.flags, ...common });
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** How bash offers a choice for the word `$cur`. `NAME=FILE` is completed behind the `=`. */
function bashChoice({ endings, words }: Choice): string {
  if (words) return `COMPREPLY=($(compgen -W ${quoted(words.join(" "))} -- "$cur"))`;
  if (!endings) return ":";
  const pattern = endings.length ? ` -X ${quoted(endings.length === 1 ? `!*.${endings[0]}` : `!*.@(${endings.join("|")})`)}` : "";
  return `cur="\${cur##*=}"; compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f${pattern} -- "$cur") $(compgen -d -- "$cur"))`;
}

function bash(): string {
  const cases = commands.flatMap((c) => {
    const valued = flagsOf(c).filter(([, f]) => f.value);
    return [
      `    ${c.name})`, "      case \"$flag\" in",
      ...valued.map(([k, f]) => `        --${k}) ${bashChoice(choiceOf(f.takes))}; return ;;`),
      "      esac",
      `      if [[ "$cur" == -* ]]; then COMPREPLY=($(compgen -W ${quoted(flagsOf(c).map(([k]) => `--${k}`).join(" "))} -- "$cur"))`,
      `      else ${bashChoice(choiceOf(c.takes))}; fi ;;`,
    ];
  });
  return [
    "# bash completion of bitloom: bitloom completion bash > ~/.local/share/bash-completion/completions/bitloom",
    "_bitloom() {", "  local cur prev flag extglob i", "  cur=\"${COMP_WORDS[COMP_CWORD]}\"; prev=\"${COMP_WORDS[COMP_CWORD-1]}\"",
    "  # Bash cuts NAME=FILE at the sign: the flag is the word before all that.",
    "  flag=\"$prev\"; for ((i = COMP_CWORD - 1; i > 1; i--)); do [[ \"${COMP_WORDS[i]}\" == --* ]] && { flag=\"${COMP_WORDS[i]}\"; break; }; [[ \"${COMP_WORDS[i]}\" == \"=\" || \"${COMP_WORDS[i+1]}\" == \"=\" ]] || break; done",
    "  [[ \"$cur\" == \"=\" ]] && cur=\"\"", "  extglob=$(shopt -p extglob); shopt -s extglob", "  COMPREPLY=()",
    `  if ((COMP_CWORD == 1)); then COMPREPLY=($(compgen -W ${quoted([...commands.map((c) => c.name), "--help", "--version"].join(" "))} -- "$cur")); $extglob; return; fi`,
    "  _bitloom_words", "  $extglob", "}", "_bitloom_words() {", "  case \"${COMP_WORDS[1]}\" in", ...cases, "  esac", "}", "complete -F _bitloom bitloom", "",
  ].join("\n");
}

/** A text in a description of zsh, where `:` and brackets part. */
const zshText = (text: string): string => text.replace(/[\\[\]:']/g, (c) => (c === "'" ? "'\\''" : `\\${c}`));

/** How zsh offers a choice. Behind `NAME=` a file is completed; a pattern such as `*.(loom)` would be one with qualifiers. */
function zshChoice({ endings, words }: Choice, value = ""): string {
  if (words) return `(${words.join(" ")})`;
  if (!endings) return "";
  const files = ["_files", ...(endings.length ? [`-g "*.${endings.length === 1 ? endings[0] : `(${endings.join("|")})`}"`] : [])].join(" ");
  return value.includes("=") ? `{compset -P "*="; ${files}}` : files;
}

function zsh(): string {
  const cases = commands.map((c) => {
    const flags = flagsOf(c).map(([k, f]) => `'${f.many ? "*" : ""}--${k}[${zshText(f.doc)}]${f.value ? `:${zshText(f.value)}:${zshChoice(choiceOf(f.takes), f.value)}` : ""}'`);
    const most = c.words[1], words = most > 0 ? [`'${most === Infinity ? "*" : "1"}:${zshText(c.usage.split(" ")[0] ?? "")}:${zshChoice(choiceOf(c.takes))}'`] : [];
    return `    ${c.name}) _arguments ${[...flags, ...words].join(" ")} ;;`;
  });
  return [
    "#compdef bitloom", "# zsh completion of bitloom: bitloom completion zsh > a folder of $fpath, as _bitloom",
    "_bitloom() {", "  local -a commands", `  commands=(${commands.map((c) => `'${c.name}:${zshText(c.summary)}'`).join(" ")})`,
    "  if ((CURRENT == 2)); then _describe command commands; return; fi",
    "  local command=$words[2]", "  shift words; ((CURRENT--))", "  case $command in", ...cases, "  esac", "}",
    "if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _bitloom \"$@\"; else compdef _bitloom bitloom; fi", "",
  ].join("\n");
}

const fishText = (text: string): string => `'${text.replace(/[\\']/g, (c) => `\\${c}`)}'`;

function fishChoice({ endings, words }: Choice): string {
  if (words) return `-x -a ${fishText(words.join(" "))}`;
  return endings ? (endings.length ? `-k -x -a ${fishText(`(${endings.map((e) => `__fish_complete_suffix .${e}`).join("; ")})`)}` : "-r -F") : "-x";
}

function fish(): string {
  const rows = commands.flatMap((c) => {
    const here = `-n '__fish_seen_subcommand_from ${c.name}'`;
    return [
      `complete -c bitloom -n __fish_use_subcommand -a ${c.name} -d ${fishText(c.summary)}`,
      ...flagsOf(c).map(([k, f]) => `complete -c bitloom ${here} -l ${k} ${f.value ? `${fishChoice(choiceOf(f.takes))} ` : ""}-d ${fishText(f.doc)}`),
      ...(c.takes === undefined ? [] : [`complete -c bitloom ${here} ${fishChoice(choiceOf(c.takes))}`]),
    ];
  });
  return ["# fish completion of bitloom: bitloom completion fish > ~/.config/fish/completions/bitloom.fish", "complete -c bitloom -f", ...rows, ""].join("\n");
}

const shells: Readonly<Record<string, () => string>> = { bash, zsh, fish };

export async function runCompletion(args: Args, io: Io): Promise<number> {
  const [shell = ""] = args.words, make = Object.hasOwn(shells, shell) ? shells[shell] : undefined;
  if (!make) {
    const near = didYouMean(shell, Object.keys(shells));
    return usage(`there is no completion for '${shell}'`, near ? `did you mean '${near}'?` : "bash, zsh and fish are known");
  }
  await io.out(args.on("json") ? jsonLine({ shell, script: make() }) : make());
  return 0;
}
