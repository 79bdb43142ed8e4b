// `bitloom inspect FILE`: what a kernel becomes on its way to a device.
import { locate } from "../diagnostic.ts";
import { baseTarget, compileSequence, type Module } from "../codegen/index.ts";
import { drawSvg } from "../layout/index.ts";
import { parse, printAst } from "../lang/index.ts";
import { writeFileAtomic } from "../runtime/index.ts";
import { isSequence, kernelsOf, print, type Program, type Sequence } from "../vm/index.ts";
import { usage, type Args } from "./command.ts";
import { costsData, costsOf, costsText } from "./inspect-cost.ts";
import { inspectPage, type View } from "./inspect-html.ts";
import { headOf, isDrawn, layoutsData, layoutsOf, layoutsText, priceText } from "./inspect-layouts.ts";
import { jsonLine, tame, type Io } from "./io.ts";
import { readSource, reportMistakes, withProgram, type Made } from "./source.ts";
import { after, countLines, loopText, moduleOf, passesText } from "./stages.ts";
import { runtimeOf } from "./values.ts";

/** The WGSL with the line of the source before each line, where that changes. */
function beside({ wgsl, spans }: Module, sources: ReadonlyMap<string, string>): string {
  const places = wgsl.trimEnd().split("\n").map((text, i) => {
    const s = spans[i], source = s ? sources.get(s.file) : undefined, at = s && source !== undefined ? locate(source, s.start) : undefined;
    return { text, from: at ? `${at.line}│ ${at.text.trim()}` : "" };
  });
  const width = Math.min(48, Math.max(0, ...places.map((p) => p.from.length)));
  return places.map(({ text, from }, i) => {
    const shown = from === places[i - 1]?.from ? "" : from.length > width ? `${from.slice(0, width - 1)}…` : from;
    return `${shown.padEnd(width)} ┃ ${text}`.trimEnd();
  }).join("\n");
}

/** The tree alone: also of a text with mistakes, which are drawn then. */
async function tree(file: string, args: Args, io: Io): Promise<number> {
  const json = args.on("json"), text = readSource(file, io), { ast, diagnostics } = parse(text, file);
  const code = diagnostics.length ? await reportMistakes({ list: diagnostics, sources: new Map([[file, text]]) }, json, io) : 0;
  if (!json || !diagnostics.length) await io.out(json ? jsonLine({ ast }) : `${tame(printAst(ast, text))}\n`);
  return code;
}

/** Everything at once. */
function view(file: string, args: Args, { kernel, program, texts }: Made & { readonly program: Program }): View {
  const module = moduleOf(program), { tiles, conversions } = layoutsOf(program), set = args.values("set").map((s) => ` --set ${s}`).join("");
  return {
    title: `${kernel.name} · ${file}`, made: `bitloom inspect ${file}${args.value("kernel") === undefined ? "" : ` --kernel ${kernel.name}`}${set}`,
    sources: texts, module, passes: passesText(program), loop: loopText(program), counts: countLines(module),
    layouts: [
      ...tiles.map((r) => ({ name: headOf(r), words: r.words, svg: isDrawn(r.layout) ? drawSvg(r.layout, { title: headOf(r) }) : undefined })),
      ...conversions.map((c) => ({ name: `${c.name} for ${c.user}`, words: priceText(c.price), svg: [c.from, c.to].filter(isDrawn).map((l, i) => drawSvg(l, { title: `${c.name}, ${i === 0 ? "as it is" : "as it is needed"}` })).join("\n") })),
    ],
    ast: printAst(parse(texts.get(file) ?? "", file).ast, texts.get(file) ?? ""),
  };
}

const asked = ["pass", "passes", "wgsl", "layouts", "loop", "counts", "cost", "ast", "html"] as const;

/** A sequence: its steps and kernels as text, or the WGSL of all its kernels. The way of each kernel is shown by itself. */
async function showSequence(q: Sequence, args: Args, io: Io): Promise<void> {
  const other = asked.find((f) => f !== "wgsl" && args.on(f)), kernels = kernelsOf(q.steps);
  if (other !== undefined || args.on("lines")) usage(`'${q.name}' is a sequence; --${other ?? "lines"} shows one kernel`, `choose with --kernel: ${[...new Set(kernels.map((k) => k.name))].join(", ")}`);
  if (!args.on("wgsl")) return io.out(args.on("json") ? jsonLine({ sequence: print(q) }) : `${print(q).trimEnd()}\n`);
  await io.out(args.on("json") ? jsonLine(compileSequence(q, baseTarget)) : `${kernels.map((k) => `// ${k.name}\n${moduleOf(k).wgsl.trimEnd()}`).join("\n\n")}\n`);
}

async function show(file: string, args: Args, io: Io, made: Made & { readonly program: Program }): Promise<void> {
  const { program, texts } = made, json = args.on("json"), say = (data: unknown, text: string): Promise<void> => io.out(json ? jsonLine(data) : `${text.trimEnd()}\n`);
  switch (asked.find((f) => args.on(f))) {
    case "wgsl": { const module = moduleOf(program); return say(module, args.on("lines") ? tame(beside(module, texts)) : module.wgsl); }
    case "layouts": { const all = layoutsOf(program); return say(layoutsData(all), tame(layoutsText(all, texts))); }
    case "passes": { const all = passesText(program); return say({ passes: all }, all.map((p) => `── ${p.pass} ──\n${p.program.trimEnd()}`).join("\n\n")); }
    case "loop": { const text = loopText(program); return say({ loop: text }, text); }
    case "counts": { const module = moduleOf(program); return say({ counts: module.counts, workgroupBytes: module.workgroupBytes, threads: module.threads }, countLines(module).map(([what, n]) => `${n.padStart(10)}  ${what}`).join("\n")); }
    case "cost": { const all = await costsOf(program, args.value("target"), texts, runtimeOf(made.kernel, program, made.set).dims); return say(costsData(all), tame(costsText(all))); }
    case "html": {
      const out = args.value("html") ?? "", page = inspectPage(view(file, args, made));
      await writeFileAtomic(out, page);
      return say({ html: out, bytes: Buffer.byteLength(page) }, `${out}: ${Math.round(Buffer.byteLength(page) / 1024)} kB`);
    }
    default: { const pass = args.value("pass"), text = print(pass === undefined ? program : after(program, pass)); return say({ program: text }, text); }
  }
}

export async function runInspect(args: Args, io: Io): Promise<number> {
  const [file = ""] = args.words, wanted = asked.filter((f) => args.on(f));
  if (wanted.length > 1) usage(`--${wanted.join(" and --")} at once`, "ask for one thing; --html shows all");
  if (args.on("lines") && !args.on("wgsl")) usage("--lines without --wgsl", "write --wgsl --lines");
  if (args.on("target") && !args.on("cost")) usage("--target without --cost", `write --cost --target ${args.value("target") ?? "base"}`);
  if (args.on("ast")) return tree(file, args, io);
  return withProgram(args, io, async (made) => {
    const { program } = made;
    runtimeOf(made.kernel, program, made.set); // sizes that nobody has are told
    if (isSequence(program)) await showSequence(program, args, io); else await show(file, args, io, { ...made, program });
    return 0;
  });
}
