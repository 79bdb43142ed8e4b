// The WGSL of every example is the text that was reviewed, and Tint accepts it (which needs no driver). A change of the code generator shows here as "kernels changed: N";
// look at the differences, and if they are meant, accept them with `npm test -- --update` and review them in the commit.
// A target whose text is that of the simpler target has no file.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { close } from "../../runtime/index.ts";
import { expectAccepted, nullDevices } from "../validate/tint.ts";
import { goldenText, keptKernels, simpler, targetNames, type Kept, type TargetName } from "./kernels.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const update = process.env["UPDATE_GOLDEN"] === "1";
const devices = await nullDevices(), kernels = await keptKernels();
const changed: string[] = [];

const retitled = (text: string | undefined, target: TargetName): string | undefined => text?.replace(/; target \w+\n/, `; target ${target}\n`);
const read = (file: string): string | undefined => (existsSync(join(here, file)) ? readFileSync(join(here, file), "utf8") : undefined);

/** Whether a target's text is another than that of the simpler target. */
function isOwn(k: Kept, target: TargetName): boolean {
  const next = simpler[target];
  return next === undefined || goldenText(k, target) !== retitled(goldenText(k, next), target);
}

/** What lies here for a kernel: the simpler target's text stands for one without a file. */
function kept(stem: string, target: TargetName): string {
  const next = simpler[target];
  return read(`${stem}.${target}.wgsl`) ?? (next === undefined ? "" : retitled(kept(stem, next), target) ?? "");
}

function keep(file: string, text: string | undefined): void {
  const at = join(here, file);
  if (text === undefined) return rmSync(at, { force: true });
  mkdirSync(dirname(at), { recursive: true });
  writeFileSync(at, text);
}

describe.each(kernels.map((k) => [k.stem, k] as const))("%s", (stem, k) => {
  test.each(targetNames)("%s", async (target) => {
    const file = `${stem}.${target}.wgsl`, text = isOwn(k, target) ? goldenText(k, target) : undefined, before = text === undefined ? read(file) : kept(stem, target);
    if (text !== before) changed.push(file);
    if (update) keep(file, text);
    else expect(text, `${file} is not what was reviewed; if it should be, accept it with: npm test -- --update`).toBe(before);
    if (text !== undefined) await expectAccepted(devices, k.compile(target));
  });
});

test("names are unique, and no file is without its kernel", () => {
  expect(new Set(kernels.map((k) => k.stem)).size).toBe(kernels.length);
  const lying = readdirSync(here, { recursive: true, encoding: "utf8" }).map((f) => f.replaceAll("\\", "/")).filter((f) => f.endsWith(".wgsl"));
  const known = new Set(kernels.flatMap((k) => targetNames.filter((t) => isOwn(k, t)).map((t) => `${k.stem}.${t}.wgsl`)));
  const left = lying.filter((f) => !known.has(f));
  if (update) for (const f of left) keep(f, undefined);
  else expect(left).toEqual([]);
});

afterAll(async () => {
  await close();
  if (changed.length) console.warn(`kernels changed: ${changed.length}${update ? ", and accepted" : "; accept them with: npm test -- --update"}\n${changed.map((f) => `  test/golden/${f}`).join("\n")}`);
});
