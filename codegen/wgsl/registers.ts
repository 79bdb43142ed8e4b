// Register variables in the text. Where every subscript is a constant, each slot is a scalar of its own; a slot that
// is set right in the block of its declaration, before anything reads it, is declared by that.
import { Bug } from "../../diagnostic.ts";
import { MADE_OF, type Expr, type LoopStmt, type Reg } from "../loop/ir.ts";
import type { PlacedStmt } from "../loop/place.ts";
import type { Names } from "./names.ts";

type SetStmt = Extract<LoopStmt, { kind: "set" }>;

/** How registers are written. */
export interface Registers {
  /**
   * Takes names for a register, in the scope of its declaration. Gives the text before anything is set, if any. The zero is
   * written out: Tint makes a variable without initialiser zero once a function, not once a round of the loop around it.
   */
  declare(reg: Reg, type: string, zero: string, names: Names): readonly string[];
  /** The text of a slot; `index` is the text of a subscript that isn't constant. */
  slot(reg: Reg, slot: Expr, index: () => string): string;
  /** How a `set` is written: as the declaration of its slot, as an assignment, or not at all, because its slot is declared as zero. */
  how(s: SetStmt): "let" | "var" | "assign" | "none";
}

/** What happens to each slot. */
interface Plan {
  /** Registers with a subscript that isn't constant. */
  readonly arrays: ReadonlySet<number>;
  readonly first: ReadonlyMap<number, SetStmt>;
  readonly sets: ReadonlyMap<number, number>;
}

/** More than a register has slots. */
const SLOTS = 2 ** 24;
const key = (reg: Reg, slot: number): number => reg.id * SLOTS + slot;

/** Looks through a body. */
export function registers(stmts: readonly PlacedStmt[]): Registers {
  const p = plan(stmts), texts = new Map<number, readonly string[]>();
  const declaring = new Set([...p.first.values()]);
  const times = (s: SetStmt) => (s.slot.node.kind === "const" ? p.sets.get(key(s.reg, s.slot.node.value)) : undefined);
  const zeroed = (s: SetStmt) => s.value.node.kind === "const" && Object.is(s.value.node.value, 0) && (p.arrays.has(s.reg.id) || times(s) !== 1);
  return {
    declare(reg, type, zero, names) {
      if (p.arrays.has(reg.id)) {
        const name = names.take(reg.name);
        texts.set(reg.id, [name]);
        return [`var ${name} = array<${type}, ${reg.slots}>();`];
      }
      const slots = Array.from({ length: reg.slots }, (_, i) => names.take(reg.slots === 1 ? reg.name : `${reg.name}_${i}`));
      texts.set(reg.id, slots);
      return slots.flatMap((name, i) => {
        const first = p.first.get(key(reg, i));
        return (first && !zeroed(first)) || !p.sets.has(key(reg, i)) ? [] : [`var ${name} = ${zero};`];
      });
    },
    slot(reg, slot, index) {
      const names = texts.get(reg.id), at = slot.node.kind === "const" ? slot.node.value : undefined;
      const name = names?.[p.arrays.has(reg.id) || at === undefined ? 0 : at];
      if (name === undefined) throw new Bug(`${reg.name} is used before it is declared`);
      return p.arrays.has(reg.id) ? `${name}[${at ?? index()}]` : name;
    },
    how: (s) => {
      if (!declaring.has(s) || s.slot.node.kind !== "const") return "assign";
      if (zeroed(s)) return "none";
      return p.arrays.has(s.reg.id) ? "assign" : times(s) === 1 ? "let" : "var";
    },
  };
}

function plan(stmts: readonly PlacedStmt[]): Plan {
  const arrays = new Set<number>(), sets = new Map<number, number>(), first = new Map<number, SetStmt>();
  const seen = new Set<Expr>();
  /** Slots that are mentioned so far, by reads or writes. */
  const touched = new Set<number>();
  const declaredIn = new Map<number, readonly PlacedStmt[]>();
  const touch = (reg: Reg, slot: Expr) => { if (slot.node.kind === "const") touched.add(key(reg, slot.node.value)); else arrays.add(reg.id); };
  const visit = (e: Expr): void => {
    if (!(e.from & MADE_OF.registers) || seen.has(e)) return;
    seen.add(e);
    if (e.node.kind === "reg") touch(e.node.reg, e.node.slot);
    for (const x of e.operands) visit(x);
  };
  const walk = (list: readonly PlacedStmt[]): void => {
    for (const s of list) {
      switch (s.kind) {
        case "let": visit(s.expr); break;
        case "for": visit(s.from); visit(s.to); walk(s.body); break;
        case "if": visit(s.condition); walk(s.then); walk(s.otherwise); break;
        case "loop": walk(s.body); break;
        case "keep": visit(s.value); break;
        case "declare": declaredIn.set(s.reg.id, list); break;
        case "set": {
          visit(s.slot);
          visit(s.value);
          if (s.lane) visit(s.lane);
          if (s.slot.node.kind === "const") {
            const k = key(s.reg, s.slot.node.value);
            if (!touched.has(k) && !arrays.has(s.reg.id) && declaredIn.get(s.reg.id) === list) first.set(k, s);
            sets.set(k, (sets.get(k) ?? 0) + 1);
          }
          touch(s.reg, s.slot);
          break;
        }
        case "store": visit(s.index); visit(s.value); break;
        case "atomic": visit(s.index); visit(s.value); if (s.compare) visit(s.compare); break;
        case "uniform": visit(s.index); break;
        case "barrier": case "jump": break;
        default: s satisfies never;
      }
    }
  };
  walk(stmts);
  return { arrays, first, sets };
}
