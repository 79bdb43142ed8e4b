// Pipelines: what runs ahead gives the answers of the loop in order, on the loop form and on devices.
import { describe, expect, test } from "vitest";
import { baseTarget, type Target } from "../../codegen/index.ts";
import { dense, planes } from "../../layout/index.ts";
import { builder, cdiv, constant, dtype, scalarOp, tileFromCodes, type Scalar, type Tile } from "../../vm/index.ts";
import { onEachDevice } from "./devices.ts";
import { byDevice, byEvaluator, byInterpreter, difference, wgslOf, type Case } from "./engines.ts";

const codes = (type: string, shape: readonly number[], step: number): Tile => {
  const d = dtype(type), n = shape.reduce((a, b) => a * b, 1);
  return tileFromCodes(d, shape, Array.from({ length: n }, (_, i) => (d.name === "f16" ? (dtype("f16").encode(((i * step) % 9) - 4)) : (i * step) % 2 ** Math.min(d.bits, 8))));
};

/** c[5, 6] = a[5, K] · b[K, 6] through shared tiles; `decoded` stores what was computed from b, with a scale for each four of K. */
function product(a: string, w: string, K: number, step: number, stages: number, decoded: boolean): Case {
  const b = builder("piped"), M = 5, N = 6, type = decoded || dtype(a).kind === "float" ? "f32" : "i32";
  const x = b.tensor("x", "in", a, [M, b.dim("K")], dense(2)), y = b.tensor("y", "in", w, [b.dim("K"), N], planes(2)), s = b.tensor("s", "in", "f16", [cdiv(b.dim("K"), constant(4)), 1], dense(2)), c = b.tensor("c", "out", type, [M, N], dense(2));
  const [g] = b.grid([["g", 2]]);
  b.threads(12);
  const pad = (t: string) => (dtype(t).hasZero ? {} : { unpadded: true }), at = (o: readonly (Scalar | number)[], n: readonly number[]) => ({ offsets: o.map((v) => (typeof v === "number" ? constant(v) : v)), sizes: n.map((v) => constant(v)) });
  const col = scalarOp("mul", g, constant(3)), sa = b.name(b.shared({}, { dtype: dtype(a), shape: [M, step] }), "sa"), sb = b.name(b.shared({}, { dtype: dtype(decoded ? "f32" : w), shape: [step, 3] }), "sb");
  const acc = b.var({ init: b.fill({}, { value: constant(0, type), dtype: dtype(type), shape: [] }) }, { dtype: dtype(type), shape: [M, 3] });
  b.loop("k", { to: b.dim("K"), step, mode: { kind: "pipeline", stages } }, (k) => {
    b.copy({ from: b.slice({ x }, at([0, k], [M, step])), to: sa }, pad(a));
    const from = b.slice({ x: y }, at([k, col], [step, 3]));
    if (decoded) b.store({ to: sb, x: b.mul({ x: b.cast({ x: b.load({ x: from }) }, { to: dtype("f32") }), y: b.cast({ x: b.load({ x: b.slice({ x: s }, at([scalarOp("div", k, constant(4)), 0], [1, 1])) }) }, { to: dtype("f32") }) }) });
    else b.copy({ from, to: sb }, pad(w));
    b.barrier({});
    b.assign({ to: acc, from: b.dot({ x: sa, y: sb, acc }, { k: scalarOp("sub", b.dim("K"), k) }) });
    b.barrier({});
  });
  b.store({ to: b.slice({ x: c }, at([0, col], [M, 3])), x: acc });
  return { program: b.finish(), inputs: { x: codes(a, [M, K], 5), y: codes(w, [K, N], 3), s: codes("f16", [Math.ceil(K / 4), 1], 2) }, dims: { K } };
}

const cases: readonly (readonly [string, () => Case])[] = [
  ["u3 and i4, a tail, two stages", () => product("u3", "i4", 13, 4, 2, false)],
  ["b2 and u1, three stages", () => product("b2", "u1", 37, 8, 3, false)],
  ["decoded on the way, f16", () => product("f16", "u3", 16, 4, 2, true)],
  ["one round only", () => product("i8", "i8", 3, 4, 2, false)],
  ["no round at all", () => product("i8", "i8", 0, 4, 2, false)],
  ["rows of odd width, four stages", () => product("u5", "i3", 21, 3, 4, false)],
];
const targets: readonly Target[] = [baseTarget, { ...baseTarget, staticAccesses: 8 }, { ...baseTarget, f16: true, subgroup: 4 }];

describe("pipelines on the loop form", () => {
  test.each(cases)("%s", (_, make) => {
    const c = make(), law = byInterpreter(c);
    for (const target of targets) expect(difference(c, law, byEvaluator(c, target), "the loop form")).toBeUndefined();
  });
  test("the next round is read before the work and stored after it", () => {
    const text = wgslOf(product("f16", "u3", 16, 4, 2, true).program, baseTarget), loop = text.slice(text.indexOf("for (var k ="));
    const [read, work, write] = ["next_sa", "for (var k_1", "sa["].map((x, i) => (i < 2 ? loop.indexOf(x) : loop.lastIndexOf(x)));
    expect([read > 0, work > read, write > work]).toEqual([true, true, true]);
    expect(loop.split("workgroupBarrier").length).toBe(2);
  });
});

onEachDevice("pipelines", (device, name) => {
  test.each(name === "lavapipe" ? cases.slice(0, 3) : cases.filter(([n]) => n !== "no round at all"))("%s", async (_, make) => {
    const c = make();
    expect(difference(c, byInterpreter(c), await byDevice(c, device()), name)).toBeUndefined();
  }, 120_000);
});
