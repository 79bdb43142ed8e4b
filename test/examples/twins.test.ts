// The kernel in TypeScript and the kernel in the language are one Program; and every folder has what a folder needs.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { examples } from "../../examples/index.ts";
import { load } from "../../lang/index.ts";
import { print } from "../../vm/index.ts";

for (const e of await examples())
  describe(e.name, () => {
    const { kernels, sequences, diagnostics } = load(e.source, { file: `${e.name}.loom` });
    test("its source is without mistakes", () => expect(diagnostics).toEqual([]));
    for (const { kernel: twin, twins } of [e, ...e.more ?? []])
      for (const params of twins)
        test(`twin ${twin === e.kernel ? "" : `${twin.name} `}${JSON.stringify(params)}`, () => {
          const kernel = [...sequences, ...kernels].find((k) => k.name === twin.name);
          // A layout travels as the language would give it.
          expect(print(twin.specialise(params))).toBe(kernel && print(kernel.specialise(params)));
        });
    test("its page shows formulas and a picture", () => {
      const page = join(dirname(e.file), "README.md");
      expect(existsSync(page)).toBe(true);
      expect(readFileSync(page, "utf8")).toMatch(/^# /);
    });
  });
