// `npm test`: vitest, and then its sum alone on the last line, "N passed, N failed". Arguments go to vitest.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));
const report = "node_modules/.cache/bitloom/tests.json";
mkdirSync(dirname(report), { recursive: true });
rmSync(report, { force: true }); // so that an old one is never taken for this run's

const vitest = join(dirname(fileURLToPath(import.meta.resolve("vitest/package.json"))), "vitest.mjs");
const run = spawnSync(process.execPath,
  [vitest, "run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...process.argv.slice(2)], { stdio: "inherit" });

let passed = 0, failed = 0, skipped = 0;
if (existsSync(report)) {
  for (const file of JSON.parse(readFileSync(report, "utf8")).testResults) {
    const of = (status) => file.assertionResults.filter((t) => t.status === status).length;
    passed += of("passed");
    skipped += file.assertionResults.length - of("passed") - of("failed");
    // A file that can't even be loaded has no tests to fail; it counts as one.
    failed += of("failed") || (file.status === "failed" ? 1 : 0);
  }
}
// An error outside of any test, a crash, or no tests at all.
if (failed === 0 && (run.status !== 0 || passed === 0)) failed = 1;
if (skipped > 0) console.log(`${skipped} skipped (what they need is not on this machine; see above)`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
