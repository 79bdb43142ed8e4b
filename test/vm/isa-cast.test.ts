// Casts: every code of every small type to types of every kind, against a search for the nearest value; roundings; and
// what is emitted against what is run.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dtype, dtypes, roundToHalf, tileFromCodes, tileFromValues, tileValues, type DType, type Tile } from "../../vm/index.ts";
import { roundTo } from "../../vm/isa/data.ts";
import { elements, emitted, randomTile, run, seeded } from "./isa-support.ts";

const small = dtypes().filter((t) => t.bits <= 8);
const every = (t: DType): Tile => tileFromCodes(t, [2 ** t.bits], Array.from({ length: 2 ** t.bits }, (_, c) => c));

/** Finds the nearest of all values of a type, by its middles (which doubles hold exactly). Ties: bipolar up, else the even code. */
function nearestIn(t: DType): (x: number) => number {
  const all = Array.from({ length: 2 ** t.bits }, (_, code) => ({ code, v: t.decode(code) })).filter(({ v, code }) => Number.isFinite(v) && !(v === 0 && code !== 0 && t.kind === "float")).sort((a, b) => a.v - b.v);
  return (x) => {
    const above = all.findIndex(({ v }) => v >= x), hi = all[above < 0 ? all.length - 1 : above], lo = all[above < 0 ? all.length - 1 : Math.max(0, above - 1)];
    const middle = (lo.v + hi.v) / 2;
    if (x !== middle || lo === hi) return x > middle ? hi.v : lo.v;
    return t.kind === "bipolar" || hi.code % 2 === 0 ? hi.v : lo.v;
  };
}

describe("cast between small types", () => {
  // Of floats those whose even neighbour is the even code, and no second zero to choose from: values are compared.
  const targets = ["u1", "u3", "u8", "i2", "i5", "b1", "b2", "b4", "f4e2m1", "f6e3m2", "f8e4m3_finite", "uf5e3m2"].map(dtype);
  for (const to of targets)
    it(`to ${to.name}: the nearest value of all`, () => {
      const nearest = nearestIn(to), wrong: string[] = [];
      for (const from of small) {
        const x = every(from), values = tileValues(run("cast", { x }, { to }));
        // NaN: 0 in integers (bipolar: 1); what floats make of it is fixed by vectors of their own.
        tileValues(x).forEach((v, i) => {
          const want = !Number.isNaN(v) ? nearest(v) : to.kind === "float" ? values[i] : to.kind === "bipolar" ? 1 : 0;
          if (want !== values[i] && !Number.isNaN(want)) wrong.push(`${from.name} ${v}: ${values[i]}, not ${want}`);
        });
      }
      expect(wrong).toEqual([]);
    });

  it("emits what it runs, for all codes of all pairs with types of every kind", () => {
    const others = ["u1", "u3", "i2", "i6", "b1", "b3", "f4e2m1", "f8e4m3", "f8e5m2", "f8e4m3_fnuz", "uf4e2m2", "e8m0", "u16", "i12", "bf16", "f16", "f32", "i32", "u32", "bool"].map(dtype);
    const few = small.filter((t) => t.bits <= 6 || ["u8", "i8", "b8", "f8e4m3", "f8e5m2", "f8e4m3_fnuz", "f8e1m6", "f8e7m0", "e8m0", "f8e4m3_b11fnuz"].includes(t.name));
    for (const from of few)
      for (const to of others) expect(elements(emitted("cast", { x: every(from) }, { to })), `${from.name} as ${to.name}`).toEqual(elements(run("cast", { x: every(from) }, { to })));
  }, 30_000);

  it("to its own type changes nothing, not even the codes of NaN and -0", () => {
    for (const t of small) for (const go of [run, emitted]) expect(elements(go("cast", { x: every(t) }, { to: t }))).toEqual(elements(every(t)));
  });
});

describe("cast of compute types", () => {
  const corners = [0, -0, 0.5, 1.5, 2.5, -0.5, -1.5, 0.49999997, 65504, 65519, 65520, 1e9, -1e9, 2147483520, 2147483648, -2147483648, 4294967040, 4294967296, 1e30, -1e30, Infinity, -Infinity, NaN, 2 ** -126, 2 ** -149, 2 ** -24, 2 ** -25];
  const f32 = (x: readonly number[]): Tile => ({ dtype: dtype("f32"), shape: [x.length], data: Float32Array.from(x) });

  it("floats become integers to the nearest even, saturating; NaN becomes 0", () => {
    const x = f32([0.5, 1.5, 2.5, -0.5, -1.5, 3e9, -3e9, 5e9, NaN, Infinity, -Infinity]);
    expect(elements(run("cast", { x }, { to: dtype("i32") }))).toEqual([0, 2, 2, 0, -2, 2147483520, -2147483648, 2147483520, 0, 2147483520, -2147483648]);
    expect(elements(run("cast", { x }, { to: dtype("u32") }))).toEqual([0, 2, 2, 0, 0, 3e9, 0, 4294967040, 0, 4294967040, 0]);
    expect(elements(run("cast", { x }, { to: dtype("f16") })).slice(5)).toEqual([65504, -65504, 65504, NaN, Infinity, -Infinity]);
    expect(elements(run("cast", { x }, { to: dtype("bool") }))).toEqual(new Array(11).fill(1));
  });

  it("integers keep their value where they can", () => {
    const i: Tile = { dtype: dtype("i32"), shape: [4], data: Int32Array.of(-1, 7, 2147483647, -2147483648) };
    const u: Tile = { dtype: dtype("u32"), shape: [2], data: Uint32Array.of(3e9, 7) };
    expect(elements(run("cast", { x: i }, { to: dtype("u32") }))).toEqual([0, 7, 2147483647, 0]);
    expect(elements(run("cast", { x: u }, { to: dtype("i32") }))).toEqual([2147483647, 7]);
    expect(elements(run("cast", { x: i }, { to: dtype("f32") }))).toEqual([-1, 7, 2147483648, -2147483648]);
    expect(elements(run("cast", { x: i }, { to: dtype("b3") }))).toEqual([3, 7, 7, 0]);
  });

  it("rounds away from zero or towards it where asked", () => {
    const x = f32([0.5, 1.5, 2.5, -0.5, -2.5, 0.49999997, -0.49999997, 2.7, -2.7, 100.5, 8388607.5, NaN, Infinity, -Infinity]);
    const away = [1, 2, 3, -1, -3, 0, 0, 3, -3, 101, 8388608, 0, 2147483520, -2147483648], zero = [0, 1, 2, 0, -2, 0, 0, 2, -2, 100, 8388607, 0, 2147483520, -2147483648];
    for (const go of [run, emitted]) {
      expect(elements(go("cast", { x }, { to: dtype("i32"), rounding: "away" }))).toEqual(away);
      expect(elements(go("cast", { x }, { to: dtype("i32"), rounding: "zero" }))).toEqual(zero);
      expect(tileValues(go("cast", { x }, { to: dtype("i5"), rounding: "away" }))).toEqual(Float64Array.from(away, (v) => Math.max(-16, Math.min(15, v))));
      expect(elements(go("cast", { x }, { to: dtype("u4"), rounding: "zero" }))).toEqual(zero.map((v) => Math.max(0, Math.min(15, v))));
      const h: Tile = { ...x, dtype: dtype("f16"), data: Float32Array.from(x.data, (v: number) => roundToHalf(v)) };
      expect(elements(go("cast", { x: h }, { to: dtype("i32"), rounding: "away" })).slice(0, 5)).toEqual(away.slice(0, 5));
    }
  });

  it("encodes otherwise where asked: as the number types do", () => {
    const x = f32([...corners, 0.3, -0.3, 1.5, -2.5, 300.25, -300.25, 5.75, 0.0625]), random = f32(Array.from(x.data, (_, i) => [0, 0.5, 1 - 2 ** -24, 0.25][i % 4]));
    const sources: Tile[] = [x, { ...x, dtype: dtype("f16"), data: Float32Array.from(x.data, (v: number) => roundToHalf(v)) }, { dtype: dtype("i32"), shape: [7], data: Int32Array.of(0, 1, -1, 7, -8, 300, -2147483648) }, randomTile("u16", [20], seeded(3))];
    for (const from of sources) for (const to of ["u3", "i4", "i32", "u32", "b2", "f4e2m1", "f8e4m3", "f8e5m2_fnuz", "e8m0", "bf16", "f16", "nf4", "w2star"].map(dtype))
      for (const rounding of ["even", "away", "zero", "stochastic"] as const) for (const saturate of [true, false]) {
        const chance = rounding === "stochastic", n = from.data.length, r = { ...random, shape: [n], data: random.data.slice(0, n) };
        if (from.dtype === to || (chance && from.dtype.compute === "i32")) continue;
        const operands = chance ? { x: from, random: r } : { x: from }, attrs = { to, rounding, saturate }, got = run("cast", operands, attrs);
        const want = tileValues(from).map((v, i) => to.decode(to.encode(v, { rounding, saturate, from: from.dtype.compute, random: chance ? r.data[i] : undefined })));
        expect(tileValues(got), `${from.dtype.name} as ${to.name}, ${rounding}, ${saturate}`).toEqual(want);
        expect(elements(emitted("cast", operands, attrs)), `${from.dtype.name} as ${to.name}, ${rounding}, ${saturate}`).toEqual(elements(got));
      }
  });

  it("emits what it runs, between all of them and to storage types", () => {
    const sources: Tile[] = [f32(corners), { ...f32(corners), dtype: dtype("f16"), data: Float32Array.from(corners, roundToHalf) },
      { dtype: dtype("i32"), shape: [9], data: Int32Array.of(0, 1, -1, 7, 65504, 65520, 2147483647, -2147483648, 16777217) },
      { dtype: dtype("u32"), shape: [6], data: Uint32Array.of(0, 1, 65535, 2147483648, 4294967295, 16777217) }, { dtype: dtype("bool"), shape: [2], data: Uint8Array.of(0, 1) },
      ...["u16", "i17", "u31", "bf16"].map((t) => randomTile(t, [50], seeded(t.length)))];
    for (const x of sources)
      for (const to of ["i32", "u32", "f32", "f16", "bool", "bf16", "u3", "u16", "i4", "i31", "b1", "b8", "f6e3m2", "f8e5m2", "f8e4m3", "e8m0"].map(dtype))
        expect(elements(emitted("cast", { x }, { to })), `${x.dtype.name} as ${to.name}`).toEqual(elements(run("cast", { x }, { to })));
  });

  it("the quick roundings are those of the number types", () => {
    fc.assert(fc.property(fc.constantFrom(...dtypes()), fc.oneof(fc.float(), fc.integer().map((x) => x / 4), fc.double({ min: -300, max: 300 }), fc.constantFrom(...corners)), (t, x) => {
      const v = Math.fround(x), [got] = tileValues({ ...tileFromValues(t, [1], [0]), data: tileFromCodes(t, [1], [0]).data.fill(roundTo(t, { from: "f32" })(v)) });
      const code = t.encode(v, { from: "f32" });
      expect(got).toBe(t.decode(code));
    }), { numRuns: 3000 });
  });
});

describe("fill", () => {
  it("gives the nearest value of a literal, and casts a run-time scalar", () => {
    for (const [value, type, want] of [[1.5, "f32", 1.5], [1e6, "f16", 65504], [-Infinity, "f32", -Infinity], [3, "u3", 3], [-3, "i3", 5], [3, "b2", 3], [0.3, "f4e2m1", 1], [1, "bool", 1], [-0, "f32", -0]] as const)
      for (const go of [run, emitted]) expect(elements(go("fill", {}, { value: { kind: "const", type: "f32", value }, dtype: dtype(type), shape: [2, 1] }))).toEqual([want, want]);
    const value = { kind: "to", type: "i32", arg: { kind: "op", type: "f32", op: "add", args: [{ kind: "const", type: "f32", value: 2.5 }, { kind: "const", type: "f32", value: 1 }] } };
    for (const go of [run, emitted]) expect(elements(go("fill", {}, { value, dtype: dtype("f16"), shape: [] }))).toEqual([3]);
  });
});
