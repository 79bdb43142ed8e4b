import { defineConfig } from "vitest/config";

/** Files that open devices: a software adapter takes all the cores there are, so these run one after the other. */
const gpu = [
  "test/browser/**/*.test.ts", "test/conformance/**/*.test.ts", "test/kernels/*.test.ts", "test/examples/{charlm,flexq-mlp,models,lavapipe,swiftshader}.test.ts", "test/codegen/wgsl.test.ts",
  "test/runtime/{buffers,check,compile,examples,format-tensor,kernel,library,matmul,open,parts,print,quantise,rates,record,sequence,tensor}.test.ts", "test/cli/{demo,explain,imports}.test.ts",
];

export default defineConfig({
  test: {
    // What was measured on this machine is nothing that tests may depend on.
    env: { BITLOOM_RATES: "assumed" },
    // Machines of two slow cores exist, and lavapipe takes seconds for a kernel.
    testTimeout: 180_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: "cpu", include: ["test/**/*.test.ts"], exclude: gpu, sequence: { groupOrder: 0 } } },
      { extends: true, test: { name: "gpu", include: gpu, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
