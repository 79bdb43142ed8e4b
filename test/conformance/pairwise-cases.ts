// Instruction × type class × layout class × packing × shape class: each combination is a small Program of one statement, made by the
// maker that random Programs use, with operands fixed to the classes. What a row doesn't take is no combination.
import { Diagnostic } from "../../diagnostic.ts";
import { dtype, eachStmt, instructions } from "../../vm/index.ts";
import type { Case } from "./engines.ts";
import { pairwise, type Row } from "./pairwise.ts";
import { DECISIONS, type Plan } from "./random/choices.ts";
import { layoutClasses, packingClasses, shapeClasses, type LayoutClass, type PackingClass, type ShapeClass } from "./random/parts.ts";
import { caseOf, makers } from "./random/programs.ts";
import { bitsApart, NotLegal, typeClasses, type TypeClass } from "./random/world.ts";

const names = <K extends string>(o: Readonly<Record<K, unknown>>): K[] => Object.keys(o) as K[];
export const factors = { row: names(makers).filter((n) => instructions.has(n)), type: names(typeClasses), layout: names(layoutClasses), packing: names(packingClasses), shape: names(shapeClasses) } as const;

/** One combination. */
export interface Combination { readonly row: string; readonly type: TypeClass; readonly layout: LayoutClass; readonly packing: PackingClass; readonly shape: ShapeClass }
export const nameOf = (c: Combination): string => `${c.row} · ${c.type} · ${c.layout} · ${c.packing} · ${c.shape}`;

/** Numbers that decide the rest, another list for each combination. */
function decisions(text: string): number[] {
  let s = 7;
  for (const ch of text) s = (s * 31 + ch.charCodeAt(0)) % 2147483647;
  return Array.from({ length: DECISIONS }, () => (s = (s * 48271 + 11) % 2147483647) % 10000);
}

/** Elements of a tile at most: fewer where every bit of one lies in another word, because each is an access then. */
function mostOf(type: string, packing: PackingClass): number {
  return bitsApart.has(packing) ? Math.max(6, Math.min(24, Math.floor(96 / dtype(type).bits))) : 24;
}

/** The combination's Program; undefined where there is none. */
export function caseFor(c: Combination): Case | undefined {
  const text = nameOf(c), all = typeClasses[c.type], numbers = decisions(text), type = all[numbers[0] % all.length];
  const plan: Plan = { setup: decisions(`${text} setup`), body: [{ name: c.row, choices: numbers, body: [] }] };
  try {
    const made = caseOf(plan, { most: mostOf(type, c.packing), threads: [8, 4, 16, 7], forced: { types: [type], layout: c.layout, packing: c.packing, shape: c.shape } });
    let there = false;
    eachStmt(made.program.body, (s) => { if (s.kind === "inst" && s.name === c.row) there = true; });
    return there ? made : undefined;
  } catch (e) {
    if (e instanceof NotLegal || (e instanceof Diagnostic && e.data.code.startsWith("L"))) return undefined;
    throw e;
  }
}

const combination = ([row, type, layout, packing, shape]: Row): Combination => ({ row: factors.row[row], type: factors.type[type], layout: factors.layout[layout], packing: factors.packing[packing], shape: factors.shape[shape] });
const sizes = Object.values(factors).map((f) => f.length);

/** Combinations in which every two classes meet that may. */
export const pairs = (): Combination[] => pairwise(sizes, (r) => caseFor(combination(r)) !== undefined).map(combination);

/** Every row with every class of types, the other classes in turn: what the table of support counts. */
export function* everyType(): Generator<Combination> {
  let n = 0;
  for (const row of factors.row) for (const type of factors.type) {
    const turn = <T>(xs: readonly T[]): T => xs[n % xs.length];
    yield { row, type, layout: turn(factors.layout), packing: turn(factors.packing), shape: turn(factors.shape) };
    n++;
  }
}

/** The whole product. */
export function* everyCombination(): Generator<Combination> {
  for (const row of factors.row) for (const type of factors.type) for (const layout of factors.layout) for (const packing of factors.packing) for (const shape of factors.shape) yield { row, type, layout, packing, shape };
}
