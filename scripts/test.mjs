// `npm test`: the type check, then vitest, then the skipped tests with their reasons, and the sum alone on the last line,
// "N passed, N failed".
//
//   npm test                       everything
//   npm test -- PATTERN            the test files whose path has PATTERN in it, without the type check
//   npm test -- --update           accepts changed kernels (test/golden) and snapshots
//
// Other arguments go to vitest.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { report } from "./reporter.mjs";

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));
mkdirSync(dirname(report), { recursive: true });
rmSync(report, { force: true }); // so that an old one is never taken for this run's

const words = process.argv.slice(2), some = words.some((w) => !w.startsWith("-") || /^(-t|--testNamePattern)\b/.test(w));
const update = words.some((w) => w === "--update" || w === "-u");
const folder = (of) => dirname(fileURLToPath(import.meta.resolve(`${of}/package.json`)));
const node = (file, ...args) => spawnSync(process.execPath, [file, ...args], { stdio: "inherit", env: { ...process.env, ...(update ? { UPDATE_GOLDEN: "1" } : {}) } }).status;

let passed = 0, failed = 0;
// The types of test/runtime/types.test-d.ts and of everything else are a test as well.
if (!some) {
  if (node(join(folder("typescript"), "bin/tsc"), "--noEmit", "-p", ".") === 0) { passed++; console.log("types: passed"); }
  else { failed++; console.log("types: FAILED"); }
}

const status = node(join(folder("vitest"), "vitest.mjs"), "run", "--reporter=default", "--reporter=./scripts/reporter.mjs", ...words);
const sums = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : { passed: 0, failed: 0, skipped: [] };
passed += sums.passed;
// A crash, or no tests at all, is a failure too.
failed += sums.failed || (status !== 0 || sums.passed === 0 ? 1 : 0);

const reasons = new Map();
for (const { file, reason } of sums.skipped) {
  // Those that `-t` leaves out give none.
  if (reason === undefined && some) continue;
  const why = `${file}: ${reason ?? "no reason given"}`;
  reasons.set(why, (reasons.get(why) ?? 0) + 1);
}
if (reasons.size) console.log(`skipped:\n${[...reasons].map(([why, n]) => `  ${n} in ${why}`).join("\n")}`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
