// Random Programs on the engines: what disagrees, in words, with the Program's text.
import { baseTarget, defaultRates, type Target } from "../../../codegen/index.ts";
import { createKernel, targetOf, type Device } from "../../../runtime/index.ts";
import { print, verify } from "../../../vm/index.ts";
import { refusedBy } from "../../validate/tint.ts";
import { byEvaluator, byInterpreter, byKernel, byLowered, difference, lowered, moduleOf, type Case } from "../engines.ts";

export type { Case } from "../engines.ts";

/** What the loop form is made for: all that changes what is written. */
export const targets: readonly (readonly [name: string, target: Target])[] = [
  ["base", baseTarget], ["f16", { ...baseTarget, f16: true }], ["8 accesses", { ...baseTarget, staticAccesses: 8 }], ["subgroups of 8", { ...baseTarget, subgroup: 8, f16: true }],
  ["lanes that share loads", { ...baseTarget, subgroup: 8, f16: true, rates: defaultRates.lavapipe, staticAccesses: 56, unrolls: 32, arrayAligns: true }],
];

const told = (c: Case, why: string): string => `${why}\n${print(c.program)}`;

/** What the verifier has against a Program: these are all meant to be right. */
export function refused(c: Case): string | undefined {
  const found = verify(c.program).filter((d) => d.severity === "error");
  return found.length ? told(c, found.map((d) => `${d.code}: ${d.message}`).join("\n")) : undefined;
}

/** Whether the loop form, for some targets, gives what the interpreter gives; undefined if it does. */
export function onLoopForm(c: Case, of: readonly (readonly [name: string, target: Target])[] = targets): string | undefined {
  const law = byInterpreter(c);
  for (const [name, target] of of) {
    const d = difference(c, law, byEvaluator(c, target), `the loop form (${name})`);
    if (d) return told(c, d);
  }
  return undefined;
}

/** Verifier, loop form and device, for the device's target; the Program is lowered once. */
export async function onDevice(c: Case, device: Device, name: string): Promise<string | undefined> {
  const against = refused(c);
  if (against) return against;
  const law = byInterpreter(c), compiled = lowered(c.program, targetOf(device));
  const d = difference(c, law, byLowered(c, compiled), "the loop form") ?? difference(c, law, await byKernel(c, createKernel(moduleOf(c.program, compiled)), device), name);
  return d && told(c, d);
}

/** Verifier, loop form and Tint on devices that only validate, for one target; the Program is lowered once. */
export async function everywhere(c: Case, [name, target]: (typeof targets)[number], devices: readonly Device[]): Promise<string | undefined> {
  const against = refused(c);
  if (against) return against;
  const compiled = lowered(c.program, target), d = difference(c, byInterpreter(c), byLowered(c, compiled), `the loop form (${name})`) ?? await refusedBy(devices, moduleOf(c.program, compiled));
  return d && told(c, d);
}
