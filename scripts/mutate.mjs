// Whether tests notice when the code is wrong: Stryker changes it in thousands of small ways and counts those that no test minds.
// It is no dependency: it goes into node_modules/.cache the first time.
//
//   npm run mutate                            layout/ and the number types: hours
//   npm run mutate -- layout/register.ts …    these files
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));
const tools = "node_modules/.cache/mutation/tools", stryker = join(tools, "node_modules/@stryker-mutator/core/bin/stryker.js");
const run = (command, ...args) => { const { status } = spawnSync(command, args, { stdio: "inherit" }); if (status !== 0) process.exit(status ?? 1); };

// vitest is the project's own: it is found above the cache.
if (!existsSync(stryker)) run("npm", "install", "--prefix", tools, "--no-save", "--legacy-peer-deps", "--no-audit", "--no-fund", "@stryker-mutator/core@9", "@stryker-mutator/vitest-runner@9");
const files = process.argv.slice(2);
run("nice", "-n", "19", process.execPath, stryker, "run", "test/mutation/stryker.json", ...(files.length ? ["--mutate", files.join(",")] : []));
