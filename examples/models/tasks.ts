// The models by name.
import { charlm } from "../charlm/task.ts";
import { charmlp } from "../charmlp/task.ts";
import { digits } from "../digits/task.ts";
import { guesslang } from "../guesslang/task.ts";
import type { Task } from "./task.ts";

/** Opens a model with what it is measured on. */
export const tasks: ReadonlyMap<string, () => Promise<Task>> = new Map([["charmlp", charmlp], ["digits", digits], ["guesslang", guesslang], ["charlm", charlm]]);
