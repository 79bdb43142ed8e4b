// Before each test file: random values are the same in every run, so that what fails fails again (BITLOOM_SEED=N makes others), and
// the file's folders go when its tests are done. Files share a process and its modules, so this can't be left to a module.
import fc from "fast-check";
import { afterAll } from "vitest";
import { removeFolders } from "./folders.ts";

fc.configureGlobal({ seed: Number(process.env["BITLOOM_SEED"] ?? 2026) });
afterAll(removeFolders);
