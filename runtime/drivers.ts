// Whether this machine has a Vulkan driver at all. Dawn, asked for adapters where there is none, fails and says so on the
// standard error of the process, with lines that look like a crash; so the question is answered here first, the way the
// Vulkan loader answers it: by descriptions (*.json) in some folders, each of which names a library.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

const list = (paths: string | undefined): string[] => (paths ?? "").split(":").filter(Boolean);

/** Folders in which the loader looks for descriptions. */
function folders(env: NodeJS.ProcessEnv): string[] {
  const home = env["HOME"] ?? homedir();
  const roots = [
    env["XDG_CONFIG_HOME"] ?? join(home, ".config"), ...list(env["XDG_CONFIG_DIRS"] ?? "/etc/xdg"), "/usr/local/etc", "/etc",
    env["XDG_DATA_HOME"] ?? join(home, ".local/share"), ...list(env["XDG_DATA_DIRS"]), "/usr/local/share", "/usr/share", "/run/opengl-driver/share",
  ];
  return roots.map((r) => join(r, "vulkan/icd.d"));
}

/** The files that a path stands for: itself, or what a folder holds. */
function files(path: string): string[] {
  try {
    return statSync(path).isDirectory() ? readdirSync(path).filter((f) => f.endsWith(".json")).map((f) => join(path, f)) : [path];
  } catch { return []; }
}

/** The library that a description names, as the linker takes it; undefined if it says nothing of the kind. */
function library(file: string): string | undefined {
  try {
    const { ICD } = JSON.parse(readFileSync(file, "utf8")) as { readonly ICD?: { readonly library_path?: unknown } };
    const path = ICD?.library_path;
    return typeof path !== "string" || !path ? undefined : path.startsWith("/") || !path.includes("/") ? path : join(dirname(file), path);
  } catch { return undefined; }
}

/**
 * Whether some description names a library that the dynamic linker takes.
 * @param loads whether it takes one, by path or bare name; asked until it says yes
 */
export function hasVulkanDriver(loads: (library: string) => boolean, env: NodeJS.ProcessEnv = process.env): boolean {
  const named = env["VK_DRIVER_FILES"] ?? env["VK_ICD_FILENAMES"];
  return [...(named === undefined ? folders(env) : list(named)), ...list(env["VK_ADD_DRIVER_FILES"])]
    .flatMap(files).some((file) => { const path = library(file); return path !== undefined && loads(path); });
}
