// The tests that mutants of `layout/` and of the number types must not survive.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["test/layout/*.test.ts", "test/vm/{dtype,dtype-emit,ops}.test.ts", "test/lang/layout-text.test.ts"], testTimeout: 60_000, maxWorkers: 1 },
});
