// The order of test files: those that take longest first, so that no worker is left alone with one of them at the end.
// A fresh clone has no durations of earlier runs and vitest would go by the files' sizes, so the long ones are named here.

import { BaseSequencer } from "vitest/node";

/** Files of more than 20 s on two cores, as `npm test` prints it; the longest first. */
const long = [
  "codegen/random", "examples/charlm", "validate/random", "examples/lavapipe", "codegen/shapes", "validate/validate", "conformance/random", "conformance/products", "codegen/pairwise",
  "examples/swiftshader", "examples/models", "vm/dtype-emit", "vm/examples", "golden/golden", "conformance/atomics", "layout/packing", "layout/laws", "package", "validate/accepted", "cli/explain",
];

export default class LongestFirst extends BaseSequencer {
  async sort(files) {
    const place = ({ moduleId }) => { const at = long.findIndex((f) => moduleId.endsWith(`/test/${f}.test.ts`)); return at < 0 ? long.length : at; };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}
