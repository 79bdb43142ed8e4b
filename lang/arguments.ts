// Matching what is written between the brackets of a call to what the callee takes.
import { fail, type Span } from "../diagnostic.ts";
import type { Arg } from "./ast.ts";
import { misspelt } from "./messages.ts";

/** One thing that a callee takes. */
export interface Slot {
  readonly name: string;
  /** Takes any number of arguments without a name, from here on. */
  readonly rest?: true;
}

/** Arguments by the name of their slot; `rest` slots may have several. */
export type Bound = ReadonlyMap<string, readonly Arg[]>;

/**
 * Gives every argument its slot: first by place, then by name.
 * @param name the callee, for messages
 * @throws Diagnostic N0112 (no such name), T0106 (too many), N0113 (given twice)
 */
export function bindArguments(name: string, slots: readonly Slot[], args: readonly Arg[]): Bound {
  const bound = new Map<string, Arg[]>();
  let at = 0;
  for (const arg of args) {
    const slot = arg.name ? slots.find((s) => s.name === arg.name?.text) : slots[at];
    if (!slot) return arg.name ? unknownSlot(name, slots, arg.name.text, arg.name.span) : tooMany(name, slots, args, arg.span);
    const old = bound.get(slot.name);
    if (old && !(slot.rest && !arg.name))
      fail({ code: "N0113", message: `'${name}' gets '${slot.name}' twice`, span: arg.span, label: "given again", labels: [{ span: old[0].span, message: "given here first" }], help: "leave one out" });
    bound.set(slot.name, [...(old ?? []), arg]);
    if (!arg.name && !slot.rest) at++;
  }
  return bound;
}

const listed = (slots: readonly Slot[]): string => (slots.length ? slots.map((s) => `'${s.name}'`).join(", ") : "nothing");

function unknownSlot(name: string, slots: readonly Slot[], given: string, span: Span): never {
  const near = misspelt(given, slots.map((s) => s.name));
  fail({ code: "N0112", message: `'${name}' takes no argument called '${given}'`, span, label: "unknown argument", help: near ? `did you mean '${near}'?` : `it takes ${listed(slots)}` });
}

function tooMany(name: string, slots: readonly Slot[], args: readonly Arg[], span: Span): never {
  fail({ code: "T0106", message: `'${name}' takes ${slots.length === 1 ? "one argument" : `${slots.length} arguments`}, not ${args.length}`, span, label: "one too many", help: `it takes ${listed(slots)}` });
}
