import { defineConfig } from "vitest/config";
import LongestFirst from "./test/support/sequencer.ts";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: "test/support/setup.ts",
    // Files of a worker share its modules: what all import is loaded and made fast once.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // What was measured on this machine is nothing that tests may depend on.
    env: { BITLOOM_RATES: "assumed" },
    // Machines of two slow cores exist, and lavapipe takes seconds for a kernel.
    testTimeout: 180_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});
