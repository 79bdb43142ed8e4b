// Trips that are built once and repeated are what building each of them gives, also where they aren't alike.
import { expect, test } from "vitest";
import { expressions } from "../../codegen/loop/expr.ts";
import type { Buffer, Expr, LoopStmt } from "../../codegen/loop/ir.ts";
import { append, repeated } from "../../codegen/lower/repeat.ts";

const buffer = (id: number, space: Buffer["space"]): Buffer => ({ id, name: `b${id}`, space, access: space === "storage" ? "read" : "read_write", elem: "u32", atomic: false });

/** Trips of a copy of 3-bit codes that ends at n: which of them were asked for, repeated and one by one. */
function both(trips: number, body: (e: ReturnType<typeof expressions>, g: Expr, t: Expr, n: Expr) => LoopStmt[]): { readonly once: readonly LoopStmt[]; readonly each: readonly LoopStmt[]; readonly built: readonly (number | undefined)[] } {
  const e = expressions(), variable = (name: string, role: "thread" | "loop" | "uniform", hi: number): Expr => e.use(e.variable({ name, type: "i32", role, lo: 0, hi, divisor: 1 }));
  const t = variable("t", "thread", 31), n = variable("n", "uniform", 1 << 20), built: (number | undefined)[] = [];
  const once = repeated(e, trips, () => variable("s", "loop", trips - 1), (g) => { built.push(e.known(g)); return body(e, g, t, n); });
  const each: LoopStmt[] = [];
  for (let i = 0; i < trips; i++) append(e, each, body(e, e.of(i), t, n));
  return { once, each, built };
}

const from = buffer(1, "storage"), to = buffer(2, "workgroup");

/** Word g of thread t of a row, put together of eight fields, where it lies inside. */
function word(e: ReturnType<typeof expressions>, g: Expr, t: Expr, n: Expr): LoopStmt[] {
  const at = e.add(e.mul(t, e.of(12)), g), inside = e.op("lt", e.mul(at, e.of(8)), n), load = e.load(from, e.op("min", at, n), 0);
  const value = e.orOf(Array.from({ length: 8 }, (_, j) => e.op("shl", e.field(e.op("select", inside, load, e.constant("u32", 0)), e.of(4 * j), 3), e.constant("u32", 4 * j))));
  return [{ kind: "if", condition: inside, then: [{ kind: "store", buffer: to, index: e.fdiv(e.mul(at, e.of(8)), e.of(8)), value }], otherwise: [] }];
}

test("alike trips are built three times", () => {
  const { once, each, built } = both(12, word);
  expect(once).toEqual(each);
  expect(built).toEqual([0, undefined, 11]);
});

test("few trips are built one by one", () => {
  const { once, each, built } = both(5, word);
  expect(once).toEqual(each);
  expect(built).toEqual([0, 1, 2, 3, 4]);
});

test.each([0, 11])("where trip %i is another all are built", (odd) => {
  const { once, each, built } = both(12, (e, g, t, n) => (e.known(g) === odd ? [{ kind: "store", buffer: to, index: e.of(0), value: e.constant("u32", 7) }] : word(e, g, t, n)));
  expect(once).toEqual(each);
  expect(new Set(built).size).toBe(13);
});

test("conditions that a trip decides fall away, and neighbours under one condition stand together", () => {
  const { once, each, built } = both(8, (e, g, t, n) => {
    const own: LoopStmt[] = [], condition = e.op("and", e.op("lt", g, e.of(6)), e.op("lt", t, n));
    append(e, own, [{ kind: "if", condition, then: [{ kind: "store", buffer: to, index: g, value: e.field(e.load(from, g, 0), e.mul(g, e.of(4)), 4) }], otherwise: [] }]);
    return own;
  });
  expect(once).toEqual(each);
  expect(built).toEqual([0, undefined, 7]);
  expect(once.map((s) => s.kind === "if" && s.then.length)).toEqual([6]);
});
