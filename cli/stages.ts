// What a kernel is at each step of its way: the Program after each pass, the loop form, the module.
import { didYouMean } from "../diagnostic.ts";
import { baseTarget, compileProgram, lowerProgram, printBody, type Module } from "../codegen/index.ts";
import { decompose, fold, infer, pipeline, plan, print, type Program } from "../vm/index.ts";
import { usage } from "./command.ts";

/** The passes in the order in which code generation runs them. */
const passes: readonly (readonly [name: string, pass: (p: Program) => Program])[] = [["fold", fold], ["pipeline", pipeline], ["decompose", decompose], ["infer", (p) => infer(p).program], ["plan", (p) => plan(p)]];

/** The Program as written and after each pass. */
export function programs(program: Program): readonly { readonly name: string; readonly program: Program }[] {
  let p = program;
  return [{ name: "written", program }, ...passes.map(([name, pass]) => ({ name, program: (p = pass(p)) }))];
}

/** The Program after the passes up to and including `name`. */
export function after(program: Program, name: string): Program {
  const names = passes.map(([n]) => n);
  if (!names.includes(name)) {
    const near = didYouMean(name, names);
    usage(`there is no pass '${name}'`, near ? `did you mean '${near}'?` : `the passes are ${names.join(", ")}`);
  }
  return programs(program).find((s) => s.name === name)?.program ?? program;
}

/** The text of the loop form. */
export const loopText = (program: Program): string => printBody(lowerProgram(after(program, "infer"), baseTarget).body);

export const moduleOf = (program: Program): Module => compileProgram(program, baseTarget);

/** All passes as text, each under its name. */
export const passesText = (program: Program): readonly { readonly pass: string; readonly program: string }[] => programs(program).map((s) => ({ pass: s.name, program: print(s.program) }));

/** What a module counts, a line each. */
export function countLines({ counts, workgroupBytes, threads, wgsl }: Module): readonly (readonly [what: string, number: string])[] {
  const words = (key: string): string => key.replace(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`);
  return [
    ["threads of a block", String(threads)], ["bytes of workgroup memory", String(workgroupBytes)], ["lines of WGSL", String(wgsl.trimEnd().split("\n").length)],
    ["memory accesses in the text", String(counts.staticAccesses)], ["statements", String(counts.statements)],
    ...(counts.thread ? Object.entries(counts.thread).map(([k, n]) => [`${words(k)} of a thread`, String(n)] as const) : [["of a thread", "unknown: a loop's turns are known only when it runs"] as const]),
  ];
}
