// What `npm test` counts, as a reporter of vitest: sums, and the skipped tests with the reasons that they gave.

import { writeFileSync } from "node:fs";

/** Where the sums are left. */
export const report = "node_modules/.cache/bitloom/tests.json";

export default class Sums {
  onTestRunEnd(modules, unhandled) {
    const sums = { passed: 0, failed: unhandled.length, skipped: [] };
    for (const module of modules) {
      let failed = 0;
      for (const test of module.children.allTests()) {
        const { state, note } = test.result();
        if (state === "passed") sums.passed++;
        else if (state === "failed") failed++;
        else sums.skipped.push({ file: module.relativeModuleId, reason: note });
      }
      // A file that can't even be loaded, or whose hooks fail, has no test that failed; it counts as one.
      sums.failed += failed || (module.state() === "failed" ? 1 : 0);
    }
    writeFileSync(report, JSON.stringify(sums));
  }
}
