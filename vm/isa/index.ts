// The instruction table. One row per instruction, by topic.
import type { Instruction } from "../instruction.ts";

export const isa = {} as const;
export type Isa = typeof isa;
export const instructions: ReadonlyMap<string, Instruction> = new Map(Object.entries(isa as Record<string, Instruction>));
