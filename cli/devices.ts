// `bitloom devices`: the adapters of this machine, and why some can't be used; with --rates, how fast one of them is.
import { rateTable, type RateName, type Rates } from "../codegen/index.ts";
import { close, listAdapters, open, rates } from "../runtime/index.ts";
import { usage, type Args } from "./command.ts";
import { jsonLine, type Io } from "./io.ts";
import { progress } from "./progress.ts";

export async function runDevices(args: Args, io: Io): Promise<number> {
  if (args.on("rates")) return runRates(args, io);
  for (const flag of ["fresh", "adapter"]) if (args.on(flag) || args.value(flag) !== undefined) return usage(`'--${flag}' says nothing without '--rates'`, `bitloom devices --rates --${flag}`);
  const found = await listAdapters();
  if (args.on("json")) { await io.out(jsonLine({ devices: found })); return 0; }
  const rows = found.map((a) => [
    `${a.usable ? "+" : "-"} ${a.kind}: ${a.name} (${a.backend})`,
    a.usable
      ? `    ${a.features.includes("shader-f16") ? "f16" : "no f16"}, subgroups ${a.features.includes("subgroups") ? `of ${a.subgroup.min === a.subgroup.max ? a.subgroup.min : `${a.subgroup.min} to ${a.subgroup.max}`}` : "none"}, ${
      (a.limits["maxComputeWorkgroupStorageSize"] ?? 0) / 1024} KiB of workgroup memory, bindings up to ${Math.floor((a.limits["maxStorageBufferBindingSize"] ?? 0) / 2 ** 20)} MiB`
      : `    refused: ${a.reason ?? "reason unknown"}`,
  ].join("\n"));
  await io.out(`${rows.join("\n") || "no adapter at all: npm install webgpu gives Node its WebGPU"}\n`);
  return 0;
}

async function runRates(args: Args, io: Io): Promise<number> {
  const adapter = args.value("adapter"), device = await open(adapter === undefined ? {} : { adapter }), bar = progress(io, `measuring ${device.info.name}`);
  try {
    const found = await rates(device, { fresh: args.on("fresh"), progress: bar.at });
    bar.end();
    await io.out(args.on("json") ? jsonLine({ rates: found }) : ratesText(found));
    return 0;
  } finally {
    bar.end();
    device.destroy();
    await close();
  }
}

const prefixes = [[1e12, " T"], [1e9, " G"], [1e6, " M"], [1e3, " k"], [1, " "], [1e-3, " m"], [1e-6, " µ"]] as const;

/** A number in three digits with the prefix of its size, e.g. "2.13 Gwords/s". */
export function scaled(n: number, unit: string): string {
  const [by, prefix] = n === 0 ? [1, " "] : prefixes.find(([p]) => n >= p) ?? [1e-9, " n"];
  return `${Number((n / by).toPrecision(3))}${prefix}${unit}`;
}

/** Rates as a table: what, how many in a second, and how that stands to multiply-adds of f32. */
export function ratesText(r: Rates): string {
  const rows = (Object.keys(rateTable) as RateName[]).map((name): readonly string[] => {
    const { unit, doc } = rateTable[name], n = r[name];
    const ratio = n === undefined || r.fma === undefined || unit === "s" || unit === "bytes/s" ? "" : (n / r.fma).toPrecision(2);
    return [name, n === undefined ? "none" : scaled(n, unit), /e/.test(ratio) ? String(Number(ratio)) : ratio, doc.replaceAll("`", "")];
  });
  const all = [["rate", "", "to fma", ""], ...rows], width = (i: number): number => Math.max(...all.map((c) => (c[i] ?? "").length));
  return `${r.of}, ${r.source}\n${all.map(([name = "", n = "", ratio = "", doc = ""]) => `  ${name.padEnd(width(0))}  ${n.padStart(width(1))}  ${ratio.padStart(width(2))}  ${doc}`.trimEnd()).join("\n")}\n`;
}
