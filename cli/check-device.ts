// `bitloom check --device`: kernels run on a device and held against the interpreter.
import { load } from "../lang/index.ts";
import { close, kernelOf, open, type CheckReport } from "../runtime/index.ts";
import { usage, type Args } from "./command.ts";
import { filesOf } from "./globs.ts";
import { jsonLine, type Io } from "./io.ts";
import { reportMistakes, sourcesOf } from "./source.ts";
import { assignments, comptimeOf, runtimeOf } from "./values.ts";

const count = (args: Args, flag: string, least: number, otherwise: number): number => {
  const text = args.value(flag), n = Number(text ?? otherwise);
  return Number.isSafeInteger(n) && n >= least && n < 2 ** 31 ? n : usage(`'--${flag} ${text ?? ""}' is no number of at least ${least}`, `write --${flag} ${otherwise}`);
};

export async function runCheckDevice(args: Args, io: Io): Promise<number> {
  const set = assignments(args.values("set"), "set"), wanted = args.value("kernel"), adapter = args.value("adapter"), json = args.on("json");
  const blocks = count(args, "blocks", 1, 8), seed = count(args, "seed", 0, 1), reports: (CheckReport & { readonly file: string })[] = [];
  const device = await open(adapter === undefined ? {} : { adapter });
  try {
    for (const file of args.words.flatMap((w) => filesOf(w))) {
      const from = sourcesOf(file, io), { kernels, sequences, diagnostics } = load(from.source, from);
      if (diagnostics.some((d) => d.severity === "error")) return await reportMistakes({ list: diagnostics, sources: from.texts }, json, io);
      for (const k of [...kernels, ...sequences]) {
        if (wanted !== undefined && k.name !== wanted) continue;
        const params = comptimeOf(k, set), made = k.specialise(params), { dims, scalars } = runtimeOf(k, made, set);
        const r = await kernelOf(k).specialise(params).check(Object.fromEntries(scalars), { device, blocks, seed, sizes: Object.fromEntries(dims) });
        reports.push({ file, ...r });
        if (!json) await io.out(`${r.text}\n`);
      }
    }
  } finally {
    device.destroy();
    await close();
  }
  if (reports.length === 0) return usage(wanted === undefined ? "there is no kernel in these files" : `there is no kernel '${wanted}' in these files`, "name files with kernels");
  if (json) await io.out(jsonLine({ checks: reports }));
  return reports.every((r) => r.ok) ? 0 : 1;
}
