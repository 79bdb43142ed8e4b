// `bitloom inspect FILE`: what a kernel becomes on its way to a device.
import { didYouMean } from "../diagnostic.ts";
import { compileProgram, baseTarget } from "../codegen/index.ts";
import { drawText, slotCount, threadCount } from "../layout/index.ts";
import { parse } from "../lang/index.ts";
import { decompose, eachStmt, fold, infer, print, type Program } from "../vm/index.ts";
import { usage, type Args } from "./command.ts";
import { jsonLine, type Io } from "./io.ts";
import { readSource, reportMistakes, withProgram } from "./source.ts";

/** The passes in the order in which code generation runs them. */
const passes: ReadonlyMap<string, (p: Program) => Program> = new Map([["fold", fold], ["decompose", decompose], ["infer", (p: Program) => infer(p).program]]);

/** Tiles of this many elements are drawn; larger ones are told in words. */
const drawn = 1024;

/** The Program after the passes up to and including `name`. */
function after(program: Program, name: string): Program {
  const names = [...passes.keys()];
  if (!passes.has(name)) {
    const near = didYouMean(name, names);
    usage(`there is no pass '${name}'`, near ? `did you mean '${near}'?` : `the passes are ${names.join(", ")}`);
  }
  let p = program;
  for (const [n, pass] of passes) {
    p = pass(p);
    if (n === name) break;
  }
  return p;
}

/** Every register tile with its layout. */
function layouts(program: Program): { readonly name: string; readonly dtype: string; readonly shape: readonly unknown[]; readonly layout: NonNullable<unknown> | null; readonly picture: string }[] {
  const rows: ReturnType<typeof layouts> = [];
  eachStmt(program.body, (s) => {
    if (s.kind !== "inst" || s.out?.space !== "reg") return;
    const { out } = s, l = out.layout;
    const name = program.names.get(out.id) ?? `%${out.id}`;
    const words = l ? `${threadCount(l)} threads × ${slotCount(l)} slots; modes [${l.modeShape.join(", ")}], spatial [${l.spatialModes.join(", ")}], local [${l.localModes.join(", ")}]` : "no layout";
    const size = l ? l.shape.reduce((a, b) => a * b, 1) : 0;
    rows.push({ name, dtype: out.dtype.name, shape: out.shape, layout: l ?? null, picture: l && size > 1 && size <= drawn && l.shape.length > 0 ? `${words}\n${drawText(l)}` : words });
  });
  return rows;
}

export async function runInspect(args: Args, io: Io): Promise<number> {
  const json = args.on("json"), [file = ""] = args.words;
  const asked = ["pass", "wgsl", "layouts", "ast"].filter((f) => args.on(f));
  if (asked.length > 1) usage(`--${asked.join(" and --")} at once`, "ask for one thing");
  if (args.on("ast")) {
    const text = readSource(file, io), { ast, diagnostics } = parse(text, file);
    const code = diagnostics.length ? await reportMistakes({ list: diagnostics, sources: new Map([[file, text]]) }, json, io) : 0;
    if (!json || !diagnostics.length) await io.out(json ? jsonLine({ ast }) : `${JSON.stringify(ast, null, 1)}\n`);
    return code;
  }
  return withProgram(args, io, async ({ program }) => {
    if (args.on("wgsl")) {
      const module = compileProgram(program, baseTarget);
      await io.out(json ? jsonLine(module) : `${module.wgsl.trimEnd()}\n`);
    } else if (args.on("layouts")) {
      const rows = layouts(after(program, "infer"));
      await io.out(json ? jsonLine({ layouts: rows.map(({ picture: _, ...r }) => r) }) : `${rows.map((r) => `${r.name}: ${r.dtype}[${r.shape.join(", ")}] ${r.picture}`).join("\n\n")}\n`);
    } else {
      const pass = args.value("pass"), text = print(pass === undefined ? program : after(program, pass));
      await io.out(json ? jsonLine({ program: text }) : `${text.trimEnd()}\n`);
    }
    return 0;
  });
}
