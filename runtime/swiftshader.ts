// SwiftShader from npm: a Vulkan driver that needs nothing but a CPU, found inside @sparticuz/chromium.
//
//   node_modules/@sparticuz/chromium/bin/swiftshader.tar.br
//       └─ libvk_swiftshader.so, vk_swiftshader_icd.json, libvulkan.so.1   ──▶  <cache>/bitloom/swiftshader-<version>/
//
// Unpacked once per version. Processes may race: each unpacks into its own folder, one rename wins.

import { chmod, lstat, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";
import { Diagnostic, fail } from "../diagnostic.ts";
import { cacheFolders } from "./host-node.ts";

const ICD = "vk_swiftshader_icd.json";
const LOADER = "libvulkan.so.1";
const FILES: readonly string[] = ["libvk_swiftshader.so", LOADER, ICD];

/** Where a SwiftShader is. */
export interface SwiftShader {
  /** The driver's description for the Vulkan loader. */
  readonly icd: string;
  /** A Vulkan loader that came with it, for systems that have none. */
  readonly loader?: string;
  /** "npm" or the path of the browser it was found in. */
  readonly source: string;
}

// Chromium ships the same driver beside itself, in Debian's package and in Google's.
const beside: readonly string[] = ["/usr/lib/chromium", "/usr/lib/chromium-browser", "/opt/google/chrome"];

/** The folder of the installed @sparticuz/chromium, looked up from this file and from the working folder. */
function packageFolder(): string | undefined {
  for (const from of [import.meta.url, pathToFileURL(join(process.cwd(), "package.json")).href]) {
    try {
      // The package exports only its entry, build/cjs/index.cjs.
      const folder = dirname(dirname(dirname(createRequire(from).resolve("@sparticuz/chromium"))));
      if (existsSync(join(folder, "bin", "swiftshader.tar.br"))) return folder;
    } catch { /* not installed as seen from here */ }
  }
  return undefined;
}

/**
 * The files of a tar archive by base name, as views of `tar`; only plain files are looked at.
 * @throws Diagnostic H0106 if a header is damaged or a file ends past the archive
 */
export function untar(tar: Uint8Array): Map<string, Uint8Array> {
  const text = (from: number, length: number): string => {
    const bytes = tar.subarray(from, from + length);
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  };
  const files = new Map<string, Uint8Array>();
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0;) {
    const size = /^[0-7]+ *$/.test(text(at + 124, 12)) ? parseInt(text(at + 124, 12), 8) : -1;
    if (size < 0 || at + 512 + size > tar.length) fail({ code: "H0106", message: `the archive is damaged at byte ${at}`, help: "install @sparticuz/chromium again" });
    const kind = text(at + 156, 1);
    if (kind === "" || kind === "0") files.set(text(at, 100).replace(/^.*\//, ""), tar.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

/** Whether a folder holds the whole driver and is ours alone to write: what lies in it is going to be executed. */
async function isComplete(folder: string): Promise<boolean> {
  const stat = await lstat(folder).catch(() => undefined);
  if (!stat?.isDirectory() || (process.getuid && stat.uid !== process.getuid()) || (stat.mode & 0o022) !== 0) return false;
  return FILES.every((f) => existsSync(join(folder, f)));
}

/**
 * Unpacks the package's SwiftShader into `<cache>/swiftshader-<version>` unless it is there, and gives that folder.
 * Any number of processes may do this at once.
 * @throws Diagnostic H0106 if the archive is damaged; the file system's error if `cache` can't be written
 */
export async function unpackSwiftShader(packageFolder: string, cache: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(packageFolder, "package.json"), "utf8"));
  const version = String((manifest as { version?: unknown } | null)?.version ?? "0").replace(/[^\w.-]/g, "_");
  const target = join(cache, `swiftshader-${version}`);
  if (await isComplete(target)) return target;
  const packed = await readFile(join(packageFolder, "bin", "swiftshader.tar.br"));
  const tar = await promisify(brotliDecompress)(packed).catch((e: unknown) =>
    fail({ code: "H0106", message: `can't unpack swiftshader.tar.br: ${String(e)}`, help: "install @sparticuz/chromium again" }));
  const files = untar(tar);
  await mkdir(cache, { recursive: true, mode: 0o700 });
  const mine = await mkdtemp(join(cache, ".swiftshader-"));
  try {
    for (const name of FILES) {
      const bytes = files.get(name);
      if (!bytes) fail({ code: "H0106", message: `swiftshader.tar.br holds no ${name}`, help: "install @sparticuz/chromium 140 or newer" });
      await writeFile(join(mine, name), bytes, { mode: 0o755 });
    }
    await chmod(mine, 0o755);
    for (let attempt = 0; ; attempt++) {
      try {
        await rename(mine, target);
        return target;
      } catch (error) {
        // Someone else was first: theirs is as good. A broken one is moved out of the way, once.
        if (await isComplete(target)) return target;
        if (attempt > 0) throw error;
        await rename(target, `${mine}.old`).catch(() => undefined);
        await rm(`${mine}.old`, { recursive: true, force: true });
      }
    }
  } finally {
    await rm(mine, { recursive: true, force: true });
  }
}

/**
 * Finds a SwiftShader: npm's (unpacked on first use, about 15 MB), else one beside an installed Chromium.
 * @returns where it is, or in a sentence why there is none
 */
export async function findSwiftShader(): Promise<SwiftShader | string> {
  if (process.platform !== "linux") return `SwiftShader from npm runs on Linux, this is ${process.platform}`;
  const folder = process.arch === "x64" ? packageFolder() : undefined;
  let trouble = process.arch === "x64" ? "the package @sparticuz/chromium is not installed" : `the package has no driver for ${process.arch}`;
  if (folder !== undefined) {
    for (const cache of cacheFolders()) {
      try {
        const at = await unpackSwiftShader(folder, cache);
        return { icd: join(at, ICD), loader: join(at, LOADER), source: "npm" };
      } catch (error) {
        trouble = error instanceof Diagnostic ? error.data.message : `can't write to a cache folder: ${String(error)}`;
      }
    }
  }
  for (const at of beside) if (existsSync(join(at, ICD))) return { icd: join(at, ICD), source: at };
  return trouble;
}

/**
 * Whether the system has a Vulkan loader, by the only test that counts: the dynamic linker finds and takes it. (Its cache may
 * name one that was removed; a file may be there and be broken.) A loader that is there stays loaded; Dawn would load it next.
 */
export const hasVulkanLoader = (): boolean => loadLibrary(LOADER);

/**
 * Loads a Vulkan loader or driver into the process, so that Dawn, which asks for it by name, finds it already there.
 * @param path of the library, or its bare name for the linker to find
 * @returns whether the linker took it: `process.dlopen` then complains that it is no Node module, but the library stays loaded
 */
export function loadLibrary(path: string): boolean {
  const NOW = 2, NODELETE = 0x1000;
  try {
    process.dlopen({ exports: {} }, path, NOW | NODELETE);
    return true;
  } catch (error) {
    return error instanceof Error && error.message.includes("self-register");
  }
}
