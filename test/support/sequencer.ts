// The order of test files: those that take longest first, so that no worker is left alone with one of them at the end.
// A fresh clone has no durations of earlier runs and vitest would go by the files' sizes, so the long ones are named here.
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files of more than 20 s on two cores, as `npm test` prints it; the longest first. */
const long = [
  "conformance/random", "conformance/pairwise", "examples/lavapipe", "conformance/products", "codegen/pairwise", "golden/golden", "examples/swiftshader", "examples/models", "codegen/random", "vm/dtype-emit", "examples/charlm",
  "codegen/shapes", "vm/examples", "validate/validate", "conformance/atomics", "layout/packing", "layout/laws", "package", "validate/accepted", "cli/explain",
];

export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => { const at = long.findIndex((f) => moduleId.endsWith(`/test/${f}.test.ts`)); return at < 0 ? long.length : at; };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}
