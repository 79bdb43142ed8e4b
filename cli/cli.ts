// The command line as a function: picks the command, keeps the manners. Exit codes: 0 fine, 1 the user's mistake (a diagnostic),
// 2 a wrong command line, 70 a mistake of Bitloom's own. Every command loads what it needs when it runs.
import { Diagnostic, didYouMean } from "../diagnostic.ts";
import { helpOf, overview, parse, USAGE, usage } from "./command.ts";
import { commands } from "./commands.ts";
import { complain, jsonLine, tame, type Io } from "./io.ts";
import { version } from "./version.ts";

/** What to say when it is our fault; never a stack trace. */
export function apology(error: unknown, argv: readonly string[]): string {
  const what = error instanceof Error ? error.message : String(error);
  return [
    `bitloom: something is wrong in Bitloom itself: ${what.split("\n")[0] ?? ""}`,
    "  = note: this is no mistake of yours; please report it with the file and this line:",
    `          bitloom ${version}, node ${process.versions.node}, ${process.platform}: ${argv.join(" ")}`,
    ...(process.env["BITLOOM_DEBUG"] && error instanceof Error && error.stack ? [error.stack] : ["  = help: BITLOOM_DEBUG=1 shows where it happened"]),
  ].map(tame).join("\n");
}

/** A system error that has to do with the user's files, in words. */
function fromSystem(error: unknown): Diagnostic | undefined {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return undefined;
  const path = "path" in error ? ` ${String(error.path)}` : "";
  return new Diagnostic({ code: "H0208", message: `can't ${String(error.syscall)}${path}: ${String(error.code)}`, help: "check the path, its permissions and the space on the disk" });
}

/** Finds the command of the first word. */
function commandOf(argv: readonly string[]) {
  const [name = ""] = argv;
  const found = commands.find((c) => c.name === name);
  if (found) return found;
  const near = didYouMean(name.replace(/^-+/, ""), commands.map((c) => c.name));
  return usage(`there is no command '${name}'`, near ? `did you mean 'bitloom ${near}'?` : `the commands are ${commands.map((c) => c.name).join(", ")}`);
}

/** Does the work; what goes wrong is told, and gives the exit code. */
async function guarded(argv: readonly string[], io: Io, work: () => Promise<number>): Promise<number> {
  const json = argv.includes("--json");
  try {
    return await work();
  } catch (error) {
    const mine = error instanceof Diagnostic ? error : fromSystem(error);
    if (mine) {
      await complain(mine, json, io);
      return mine.code === USAGE ? 2 : 1;
    }
    if (json) await io.out(jsonLine({ error: { code: "BUG", message: error instanceof Error ? error.message : String(error) } }));
    await io.err(`${apology(error, argv)}\n`);
    return 70;
  }
}

/**
 * Runs one command line.
 * @param argv the words after `bitloom`
 * @returns the exit code
 */
export const main = (argv: readonly string[], io: Io): Promise<number> => guarded(argv, io, async () => {
  const [first] = argv;
  if (first === "--version" || first === "-v") { await io.out(argv.includes("--json") ? jsonLine({ version }) : `${version}\n`); return 0; }
  if (first === undefined || first === "--help" || first === "-h" || first === "help") {
    const about = first === "help" ? commands.find((c) => c.name === argv[1]) : undefined;
    await io.out(`${about ? helpOf(about) : overview(commands)}\n`);
    return 0;
  }
  const command = commandOf(argv), args = parse(command, argv.slice(1));
  if (args.on("help")) { await io.out(`${helpOf(command)}\n`); return 0; }
  if (!args.on("watch")) return command.run(args, io);
  const { watch } = await import("./watch.ts");
  return watch((own) => guarded(argv, own, () => command.run(args, own)), io);
});
