// Codes that are moved from one memory to another: word by word where both hold them alike, and what arrives is what the interpreter says wherever they don't.
import fc from "fast-check";
import { expect, test } from "vitest";
import { baseTarget, compileProgram } from "../../codegen/index.ts";
import { axis, bit, concatPackings, dense, digit, digits, flat, pad, planes, planesBlocked, range, type Packing } from "../../layout/index.ts";
import { builder, chance, constant, dtype, scalarOp, tileFromCodes, type Program } from "../../vm/index.ts";
import { byEvaluator, byInterpreter, difference, type Case } from "../conformance/engines.ts";

const m = axis(0), k = axis(1);
/** Ways for codes of a matrix to lie. */
const packings: Readonly<Record<string, Packing>> = {
  dense: dense(2), planes: planes(2), blocked: planesBlocked(2, 32), columns: digits([k, m, bit]), "padded rows": digits([m, pad(flat([k, bit]), 32)]), "planes of rows": digits([m, bit, pad(k, 32)]),
  "in blocks": digits([digit(k, { div: 32 }), m, digit(k, { mod: 32 }), bit]), odd: digits([digit(k, { div: 64 }), m, digit(k, { mod: 8 }), digit(k, { div: 8, mod: 8 }), bit]),
  parts: concatPackings(digits([m, k, range(bit, 0, 2)]), digits([m, k, range(bit, 2, 1)])),
};

interface Move { readonly type: string; readonly from: Packing; readonly to: Packing; readonly M: number; readonly K: number; readonly rows: number; readonly columns: number; readonly m0: number; readonly k0: number; readonly pad: number | undefined; readonly direct: boolean }

/** A window of x, through a shared tile that is packed as asked, or at once, to y. */
function moving({ type, from, to, M, K, rows, columns, m0, k0, pad, direct }: Move): Program {
  const b = builder("moving"), x = b.tensor("x", "in", type, [M, K], from), y = b.tensor("y", "out", type, [rows, columns], direct ? to : dense(2));
  const [bk] = b.grid([["bk", constant(1)]]);
  b.threads(32);
  const part = b.slice({ x }, { offsets: [constant(m0), scalarOp("add", bk, constant(k0))], sizes: [constant(rows), constant(columns)] }), padding = pad === undefined ? {} : { pad };
  if (direct) b.store({ to: y, x: b.load({ x: part }, padding) });
  else {
    const s = b.shared({}, { dtype: dtype(type), shape: [rows, columns], packing: to });
    b.store({ to: s, x: b.load({ x: part }, padding) });
    b.barrier({});
    b.store({ to: y, x: b.load({ x: s }, padding) });
  }
  return b.finish();
}

const bits = 3, some = fc.constantFrom(...Object.values(packings));
const moves: fc.Arbitrary<Move> = fc.record({
  type: fc.constantFrom("u3", "i3", "b3"), from: some, to: some, M: fc.integer({ min: 1, max: 5 }), K: fc.constantFrom(1, 31, 32, 40, 64, 96, 130), rows: fc.constantFrom(1, 2, 4), columns: fc.constantFrom(32, 64, 128),
  m0: fc.constantFrom(0, 0, 1), k0: fc.constantFrom(0, 0, 32, 64, 7), pad: fc.constantFrom(0, 0, 1), direct: fc.boolean(),
}).map((c) => (c.type === "b3" ? { ...c, pad: 1 } : c));

test("what arrives is what the interpreter says", () => {
  fc.assert(fc.property(moves, fc.nat(), (move, seed) => {
    const d = dtype(move.type), next = chance(seed), program = moving(move);
    const c: Case = { program, inputs: { x: tileFromCodes(d, [move.M, move.K], Array.from({ length: move.M * move.K }, () => Math.floor(next() * 2 ** bits))) }, dims: {} };
    expect(difference(c, byInterpreter(c), byEvaluator(c, baseTarget), "the loop form")).toBeUndefined();
  }), { numRuns: 60, seed: 23 });
}, 60_000);

test("words go from a matrix to a tile of the same kind as they are", () => {
  for (const name of ["planes", "blocked", "planes of rows"]) {
    const { wgsl, counts } = compileProgram(moving({ type: "u3", from: packings[name], to: packings[name], M: 4, K: 128, rows: 4, columns: 128, m0: 0, k0: 0, pad: 0, direct: true }), baseTarget);
    // 4 rows of 128 codes are 16 groups of 32, each of three words.
    expect([name, counts.thread?.storageLoads, counts.thread?.storageStores]).toEqual([name, 3, 3]);
    expect(wgsl.match(/= x\[.*\];/g), wgsl).toBeTruthy();
  }
});
