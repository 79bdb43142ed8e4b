// Whether a Vulkan driver is there is asked of descriptions in folders, as the Vulkan loader does.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hasVulkanDriver } from "../../runtime/drivers.ts";
import { folder } from "../support/folders.ts";

const dir = folder(), icd = join(dir, "share/vulkan/icd.d");
mkdirSync(icd, { recursive: true });
const describes = (file: string, text: string): string => { const path = join(icd, file); writeFileSync(path, text); return path; };
const good = describes("good.json", JSON.stringify({ ICD: { library_path: "libgood.so" } }));
const near = describes("near.json", JSON.stringify({ ICD: { library_path: "../libnear.so" } }));
const broken = describes("broken.json", "{"), empty = describes("empty.json", "{}");

describe("a driver is there where", () => {
  /** What the linker is asked for. */
  const asked = (env: NodeJS.ProcessEnv): string[] => { const all: string[] = []; hasVulkanDriver((l) => { all.push(l); return false; }, env); return all; };
  test.each<[string, NodeJS.ProcessEnv, string[]]>([
    ["a folder of the user's data describes one", { XDG_DATA_HOME: join(dir, "share") }, ["libgood.so", join(dir, "share/vulkan/libnear.so")]],
    ["a variable names a description", { VK_ICD_FILENAMES: `${broken}:${near}` }, [join(dir, "share/vulkan/libnear.so")]],
    ["a newer variable names a folder", { VK_DRIVER_FILES: icd, VK_ICD_FILENAMES: good }, ["libgood.so", join(dir, "share/vulkan/libnear.so")]],
    ["a variable adds one", { VK_ICD_FILENAMES: empty, VK_ADD_DRIVER_FILES: good }, ["libgood.so"]],
    ["and nothing else is asked for", { VK_ICD_FILENAMES: "/no/such.json" }, []],
  ])("%s", (_, env, libraries) => { expect(asked(env)).toEqual(expect.arrayContaining(libraries)); if ("VK_ICD_FILENAMES" in env) expect(asked(env)).toEqual(libraries); });
  test("the linker takes its library", () => {
    expect(hasVulkanDriver((l) => l === "libgood.so", { VK_ICD_FILENAMES: good })).toBe(true);
    expect(hasVulkanDriver(() => false, { VK_ICD_FILENAMES: good })).toBe(false);
  });
});
