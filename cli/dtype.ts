// `bitloom dtype NAME`: a number type and the value of every code.
import { dtype, dtypeTable, dtypeText } from "../vm/index.ts";
import type { Args } from "./command.ts";
import type { Io } from "./io.ts";
import { eachLine } from "./lines.ts";

/** For people: what the type is, then its values, eight codes a row. */
function page(name: string): string {
  const t = dtype(name), values = t.bits > 8 ? undefined : dtypeTable(name).values;
  const facts = `${t.name}: ${t.bits} ${t.bits === 1 ? "bit" : "bits"}, ${t.kind}, computed as ${t.compute}, from ${t.min} to ${t.max}${t.hasZero ? "" : ", without zero"}`;
  if (!values) return facts;
  const words = values.map((v) => (Object.is(v, -0) ? "-0" : String(v))), width = Math.max(...words.map((w) => w.length));
  const rows = Array.from({ length: Math.ceil(words.length / 8) }, (_, r) =>
    `  ${String(r * 8).padStart(3)}│ ${words.slice(r * 8, r * 8 + 8).map((w) => w.padStart(width)).join("  ")}`);
  return [facts, "code│ value", ...rows].join("\n");
}

export async function runDtype(args: Args, io: Io): Promise<number> {
  const [name = ""] = args.words;
  if (name === "-") await eachLine(io, (line) => dtypeText(line.trim()));
  else await io.out(`${args.on("json") ? dtypeText(name) : page(name)}\n`);
  return 0;
}
