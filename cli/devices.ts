// `bitloom devices`: the adapters of this machine, and why some can't be used.
import { listAdapters } from "../runtime/index.ts";
import type { Args } from "./command.ts";
import { jsonLine, type Io } from "./io.ts";

export async function runDevices(args: Args, io: Io): Promise<number> {
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
