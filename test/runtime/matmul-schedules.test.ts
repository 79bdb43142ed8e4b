// How products are cut: the table's constraints, and prices that follow the device's rates. No device.
import { describe, expect, test } from "vitest";
import { baseTarget, defaultRates, lowerProgram, prepare, seconds, work as counted } from "../../codegen/index.ts";
import { dense, groupedModes, planes, type RegisterLayout } from "../../layout/index.ts";
import { productKernel, stepOf, type FactorSpec } from "../../runtime/matmul-kernels.ts";
import { prepacked } from "../../runtime/matmul-factors.ts";
import { blockOf, pricedCuts, priceOf, tilingsOf, type Prices, type Work } from "../../runtime/matmul-schedules.ts";
import { dtype, eachStmt, productStep, type Program } from "../../vm/index.ts";

const factor = (type: string, more: Partial<FactorSpec> = {}): FactorSpec => ({ type, packing: dense(2), planes: false, group: 32, ...more });
const weights = (type: string): FactorSpec => factor(type, { scales: "f32" });
const work = (M: number, N: number, K: number, w = weights("u4"), x = factor("f32")): Work => ({ M, N, K, x, w, step: 32 });
const on = (name: "lavapipe" | "swiftshader" | "nvidia"): Prices =>
  ({ rates: defaultRates[name], staticAccesses: name === "lavapipe" ? 56 : name === "swiftshader" ? 64 : 512, maxThreads: 256, software: name !== "nvidia", ...(name === "nvidia" ? {} : { subgroup: name === "lavapipe" ? 8 : 4 }), ...(name === "lavapipe" ? { unrolls: 32 } : {}) });
const first = (w: Work, p: Prices) => tilingsOf(w, p)[0];

/** Prepacked weights. */
const together = (type: string, as: "codes" | "words" | "planes" = "codes"): FactorSpec => factor(type, { packing: prepacked[as], planes: as === "planes", prepacked: as === "codes" ? 8 : 32, ...(as === "planes" ? {} : { scales: "f32", beside: prepacked.beside }) });

describe("cuts of products with floats", () => {
  test("a thread's rows and columns are those that the compiler gives it", () => {
    for (const [BM, BN, threads] of [[1, 64, 16], [1, 128, 16], [4, 64, 16], [8, 128, 32], [2, 256, 64]]) {
      const found: RegisterLayout[] = [], spec = { K: 64, x: factor("f32"), w: weights("u4"), out: "f32" as const, tiling: { BM, BN, threads, shared: 0 } };
      eachStmt(prepare(productKernel(spec).specialise({}) as Program).program.body, (s) => { if (s.kind === "inst" && s.name === "dot" && s.out?.layout) found.push(s.out.layout); });
      expect(found.map((l) => groupedModes(l).map((modes) => modes.reduce((n, m) => (l.localModes.includes(m) ? n * l.modeShape[m] : n), 1)))).toEqual([blockOf({ BM, BN, threads })]);
    }
  });
  test("a word of weights is read for as many columns as the text may have accesses for", () => {
    for (const [type, name, columns] of [["u4", "lavapipe", 2], ["u8", "lavapipe", 2], ["u4", "swiftshader", 8]] as const) expect(blockOf(first(work(1, 4096, 4096, weights(type)), on(name)))[1], `${type} on ${name}`).toBe(columns);
    for (const type of ["u1", "u2", "u3", "i4", "b5", "u6", "i7", "u8", "f4e2m1"]) for (const M of [1, 4, 16, 64])
      for (const t of tilingsOf(work(M, 1024, 1024, weights(type)), on("lavapipe"))) {
        expect(priceOf(work(M, 1024, 1024, weights(type)), t, on("lavapipe")).accesses, `${type}, ${M} rows`).toBeLessThanOrEqual(56);
        expect((t.BM * t.BN) / t.threads).toBeLessThanOrEqual(64);
        expect(t.BM).toBeLessThanOrEqual(M);
      }
  });
  test("small products are cut so that all cores have work", () => {
    const { BN } = first(work(1, 128, 1024), on("lavapipe"));
    expect(128 / BN).toBeGreaterThanOrEqual(4);
  });
  test("blocks are dealt out to the cores that there are: no more of them are wanted, and the last deal may leave some without", () => {
    const price = (threads: number, cores?: number): number => priceOf(work(1, 1024, 1024), { BM: 1, BN: 8 * threads, threads }, { ...on("lavapipe"), cores }).seconds;
    expect(price(64, 2) / price(16, 2)).toBeCloseTo(1, 1);
    expect(price(64, 4) / price(16, 4)).toBeCloseTo(2, 0);
    expect(price(32, 3) / price(32, 2)).toBeCloseTo(1.5, 1); // four blocks on three cores take two deals
    expect(price(16)).toBe(price(16, 8));
  });
  test("of more than four rows at once each load takes longer, on CPUs", () => {
    // Eight rows of f32 take 1.2 × as long as four of them on lavapipe, 1.1 × on SwiftShader.
    const price = (name: "lavapipe" | "swiftshader" | "nvidia", columns: number, K = 4128): number => priceOf({ ...work(1, 2 ** 16, K, factor("f32")), step: K }, { BM: 1, BN: 32 * columns, threads: 32 }, on(name)).seconds;
    for (const name of ["lavapipe", "swiftshader"] as const) {
      expect(price(name, 8) / price(name, 4), name).toBeGreaterThan(1.08);
      expect(price(name, 4), name).toBeLessThanOrEqual(price(name, 2));
    }
    expect(priceOf(work(1, 2 ** 19, 512, factor("f32")), { BM: 1, BN: 256, threads: 32 }, on("nvidia")).seconds).toBeLessThanOrEqual(priceOf(work(1, 2 ** 19, 512, factor("f32")), { BM: 1, BN: 128, threads: 32 }, on("nvidia")).seconds);
  });
  test("rows that fall into the same lines of a cache take longer the more of them are read at once, on CPUs", () => {
    const price = (name: "lavapipe" | "swiftshader" | "nvidia", columns: number, K: number, type = "f32"): number => priceOf({ ...work(1, 2 ** 14, K, factor(type)), step: K }, { BM: 1, BN: 32 * columns, threads: 32 }, on(name)).seconds / K;
    // Rows of 4 KiB by eight lanes: eight at once as quickly as others, 64 take more than twice as long; of 1 KiB a fourth falls together.
    for (const K of [1024, 4096]) for (const [columns, least, most] of [[1, 0.99, 1.01], [2, 1, 1.15], [4, 1.2, 1.6], [8, 1.8, 2.4]]) {
      const slower = price("lavapipe", columns, K) / price("lavapipe", columns, K + 32);
      expect([slower >= least, slower <= most], `${columns} columns of ${K}: ${slower.toFixed(2)}`).toEqual([true, true]);
    }
    expect(price("lavapipe", 8, 1024, "u8") / price("lavapipe", 8, 1056, "u8")).toBeLessThan(1.15);
    expect(price("lavapipe", 8, 4096, "u8") / price("lavapipe", 8, 4128, "u8")).toBeGreaterThan(1.3);
    expect(price("nvidia", 8, 1024) / price("nvidia", 8, 1056)).toBeCloseTo(1, 1);
    expect(blockOf(first({ ...work(1, 4096, 1024, factor("f32")), step: 1024 }, on("lavapipe")))[1]).toBeLessThanOrEqual(2);
  });
  test("prices grow with the work, by the rates", () => {
    const t = { BM: 1, BN: 64, threads: 16 }, price = (w: Work, p = on("lavapipe")): number => priceOf(w, t, p).seconds - (p.rates.dispatch ?? 0);
    expect(price(work(1, 2048, 2048)) / price(work(1, 1024, 1024))).toBeCloseTo(4, 1);
    expect(price(work(1, 1024, 1024))).toBeLessThan(price(work(1, 1024, 1024), on("swiftshader")));
    // What is read for one column alone is read as often as there are columns.
    expect(priceOf(work(1, 1024, 1024), { BM: 1, BN: 16, threads: 16 }, on("lavapipe")).seconds).toBeGreaterThan(1.1 * priceOf(work(1, 1024, 1024), { BM: 1, BN: 32, threads: 16 }, on("lavapipe")).seconds);
    // More bits are more words; rows that begin within words are read element by element.
    expect(price(work(1, 1024, 1024, weights("u8")))).toBeGreaterThan(price(work(1, 1024, 1024, weights("u2"))));
    expect(price(work(1, 1024, 1001))).toBeGreaterThan(2 * price(work(1, 1024, 1000)));
  });
  test("a price, made before anything is compiled, is what the text's operations cost", () => {
    const bits = (type: string): FactorSpec => factor(type, { planes: true, packing: planes(2) }), K = 512, N = 2 ** 14, cuts = [[8, 4], [1, 1]] as const;
    for (const [M, x, w] of [[1, factor("f32"), together("i4")], [1, factor("f32"), together("i6")], [16, factor("f32"), together("i7")], [16, factor("f32"), together("u1")], [1, bits("b4"), together("b4", "planes")], [16, factor("f32"), weights("i4")], [16, factor("f32"), weights("u3")], [16, factor("f32"), factor("f32")], [16, factor("i8"), factor("i4")], [16, bits("b1"), bits("b2")], [16, bits("b4"), bits("b4")], [16, factor("f32"), weights("i2")],
      [1, factor("f32"), { ...weights("u4"), zeros: "i32" }], [16, factor("f32"), { ...weights("u3"), zeros: "f32" }], [16, factor("f32"), { ...weights("u4"), offsets: "f32" }], [1, factor("f32"), { ...weights("u4"), offsets: "f32" }]] as const)
      for (const name of ["lavapipe", "nvidia"] as const) for (const [m, n] of M === 1 ? [[1, 2], [1, 4]] : w.prepacked ? [[8, 4]] : w.type === "i2" ? [[8, 8]] : cuts) {
        const spec = { K, x, w, out: "f32" as const }, tiling = { BM: m, BN: 32 * n, threads: 32, shared: 0, whole: true, wholeRows: true }, p = on(name), threads = (M / m) * (N / n);
        const price = priceOf({ M, N, ...spec, step: stepOf(spec) }, tiling, p), { rates: r } = p, program = prepare(productKernel({ ...spec, tiling }).specialise({}) as Program).program;
        const whole = seconds(counted(lowerProgram(program, { ...baseTarget, packedDot: true, halfSubnormals: p.software, ...p }).body.stmts, p.unrolls), r, threads) + (r.dispatch ?? 0) + threads / 64 / (r.block ?? Infinity);
        // A GPU that so few threads don't fill is paid for whole.
        const full = name === "nvidia" ? Math.max(1, 2 ** 15 / threads) : 1, ratio = (price.seconds - (r.dispatch ?? 0)) / full / (whole - (r.dispatch ?? 0));
        expect(Math.max(ratio, 1 / ratio), `${x.type} × ${w.type}, ${m} × ${n} on ${name}: ${ratio.toFixed(2)}`).toBeLessThan(1.5);
      }
  });
  test("one row of weights whose loads would be more than a CPU keeps decoded is read for two columns, so that they aren't", () => {
    for (const [type, columns] of [["u2", 4], ["u3", 4], ["i4", 2], ["i6", 2], ["i7", 2], ["i8", 2]] as const) expect(blockOf(first(work(1, 4096, 4096, weights(type)), on("lavapipe")))[1], type).toBe(columns);
    const { storageReadLong: _, storageReadLonger: __, ...unknown } = defaultRates.lavapipe, price = (columns: number, rates = defaultRates.lavapipe): number => priceOf(work(1, 1024, 1024, weights("i7")), { BM: 1, BN: 16 * columns, threads: 16 }, { ...on("lavapipe"), rates }).seconds;
    // Where nobody knows that they take longer, four are cheaper, since x is read for each.
    expect([price(4) > 1.2 * price(2), price(4, unknown) < price(2, unknown), price(2) < 1.05 * price(2, unknown)]).toEqual([true, true, true]);
    // Of many rows arithmetic takes most of the time, and hides it.
    expect(blockOf(first(work(64, 1024, 1024, weights("i2")), on("lavapipe")))).toEqual([8, 8]);
  });
  test("of prepacked weights a thread with four columns reads whole vectors, whatever their width; steps of many rows find no elements across words' ends", () => {
    const done = (w: FactorSpec, BM: number) => counted(lowerProgram(prepare(productKernel({ K: 256, x: factor("f32"), w, out: "f32", tiling: { BM, BN: 64, threads: 16, shared: 0, whole: true, wholeRows: true } }).specialise({}) as Program).program, { ...baseTarget, ...on("lavapipe") }).body.stmts, 32);
    for (const as of ["codes", "words"] as const) for (const type of ["b1", "i2", "i3", "i5", "i6", "i7", "f6e3m2", "u8"]) {
      // A vector of x for all lanes, one of scales and as many of weights as they have bits, for each of 8 groups of 32; four results are stored.
      expect([done(together(type, as), 1).storageLoad, done(together(type, as), 1).storageLoad4], `${type} as ${as}`).toEqual([4, 8 * (1 + 1 + dtype(type).bits)]);
      expect(done(weights(type), 1).storageLoad).toBeGreaterThan(4);
    }
    for (const type of ["i5", "i7"]) expect(done(together(type), 8).integer, type).toBeLessThan(0.95 * done(weights(type), 8).integer);
  });
  test("zero points and offsets take nothing for each weight: whole ones go into what decoding takes off, of others rows are summed once in a block", () => {
    const K = 1024, done = (more: Partial<FactorSpec>, BM: number) => counted(lowerProgram(prepare(productKernel({ K, x: factor("f32"), w: { ...weights("u4"), ...more }, out: "f32", tiling: { BM, BN: 64, threads: 16, shared: 0, whole: true, wholeRows: true } }).specialise({}) as Program).program, { ...baseTarget, ...on("lavapipe") }).body.stmts, 32);
    for (const BM of [1, 8]) {
      const plain = done({}, BM), whole = done({ zeros: "i32" }, BM), groups = K / 32, columns = 4;
      // A sum for each place in a word that codes are decoded at, of each group and column; and its conversion.
      expect(whole.float - plain.float, `${BM} rows`).toBeLessThanOrEqual(groups * columns * 8);
      expect(whole.convert - plain.convert).toBe(groups * columns);
      for (const more of [{ zeros: "f32" }, { offsets: "f32" }]) expect(done(more, BM).float - plain.float).toBeLessThanOrEqual((BM * K) / 16 + groups * columns * (2 * BM + 2));
    }
  });
  test("the tuner is given cuts of different rows and columns, the cheapest of each", () => {
    for (const M of [1, 16]) for (const w of [work(M, 1024, 1024, weights("i4")), work(M, 1024, 1024, factor("i4"), factor("i8"))]) {
      const [, ...others] = tilingsOf(w, on("lavapipe")), priced = pricedCuts(w, on("lavapipe"));
      expect(new Set(tilingsOf(w, on("lavapipe")).map((t) => blockOf(t).join())).size).toBe(4);
      for (const t of others) expect(priced.find((c) => blockOf(c.tiling).join() === blockOf(t).join())?.tiling).toEqual(t);
    }
  });
  test("of cuts that cost the same the one with the fewest accesses is taken", () => {
    const w = { ...work(1, 1024, 1024, factor("f32")), step: 1024 }, all = pricedCuts(w, on("lavapipe")), chosen = all.find((c) => c.tiling.BN === first(w, on("lavapipe")).BN && c.tiling.threads === first(w, on("lavapipe")).threads);
    const near = all.filter((c) => c.seconds <= 1.02 * all[0].seconds);
    expect(near.length).toBeGreaterThan(1);
    expect(chosen?.accesses).toBe(Math.min(...near.map((c) => c.accesses)));
    expect(tilingsOf(w, on("lavapipe")).map((t) => `${t.BN} ${t.threads}`)).toHaveLength(new Set(tilingsOf(w, on("lavapipe")).map((t) => `${t.BN} ${t.threads}`)).size);
  });
  test("of cuts that cost the same those of most rows are taken: all widths have the same tile but the narrowest", () => {
    for (const M of [16, 64]) for (const type of ["u1", "i2", "i3", "i4", "i7", "i8"]) expect(blockOf(first(work(M, 1024, 1024, weights(type)), on("lavapipe"))), `${type}, ${M} rows`).toEqual([8, ["u1", "i2"].includes(type) ? 8 : 4]);
    // Sums that would be stored by a text as long as they are many are no more than that may have.
    for (const type of ["u1", "i2"]) expect(blockOf(first(work(64, 1024, 1024, weights(type)), { ...on("lavapipe"), unrolls: undefined })), type).toEqual([8, 4]);
  });
  test("words that several steps read are paid for once, where the text has room for them", () => {
    // Eight steps of 4 elements read two words of 2 bits in turn; of 8 bits a word each.
    const price = (type: string, columns: number): number => priceOf(work(64, 1024, 1024, weights(type)), { BM: 8, BN: 32 * columns, threads: 32 }, on("lavapipe")).seconds;
    expect(price("i2", 8) / price("i2", 4)).toBeLessThan(0.95 * (price("i8", 8) / price("i8", 4)));
  });
  test("steps of a few columns end with a word, so that words aren't moved by as many bits as differ from step to step", () => {
    // On SwiftShader a shift by bits that differ is dear: 3.7 ms with steps of 16 elements of 7 bits, 2.0 with 32.
    const x = { bits: 32, neighbours: 32, lines: 1, lanes: 4 }, step = (bits: number, columns: number): number => productStep([x, { bits, neighbours: 32, lines: columns, lanes: 1 }], 1024, 64, 4).elements;
    for (const bits of [3, 5, 6, 7]) expect((step(bits, 4) * bits) % 32, `${bits} bits`).toBe(0);
    // Of eight columns they would have too many products; that they are put together is paid for.
    expect((step(7, 8) * 7) % 32).not.toBe(0);
    const price = (shift: number): number => priceOf(work(1, 1024, 1024, weights("i7")), { BM: 1, BN: 128, threads: 16 }, { ...on("swiftshader"), rates: { ...defaultRates.swiftshader, shift } }).seconds;
    expect(price(0.5e9)).toBeGreaterThan(1.1 * price(2e9));
  });
  test("two words that are read at once cost what half a vector does, where rows begin at two", () => {
    const loads = (type: string, K: number): number => priceOf(work(1, 1024, K, weights(type)), { BM: 1, BN: 128, threads: 16 }, on("lavapipe")).seconds / K;
    // Of 8 rows 8 elements of 8 bits at once, which are two words: of rows of an odd number of words they are read one by one.
    expect(loads("u8", 1024 + 8) / loads("u8", 1024)).toBeCloseTo(1, 1);
    expect(loads("u8", 1024 + 4) / loads("u8", 1024)).toBeGreaterThan(1.1);
  });
  test("integers, and devices with memory of their own for blocks, have cuts of their own", () => {
    expect(first(work(16, 1024, 1024, weights("u4"), factor("i8")), on("lavapipe"))).toMatchObject({ shared: 0 });
    expect(first(work(64, 1024, 1024), on("nvidia")).shared).toBeGreaterThan(0);
    // A row of weights is shared by 32 neighbouring threads.
    expect(first(work(1, 4096, 4096), on("nvidia"))).toMatchObject({ BM: 1, BN: 8, threads: 64, shared: 0, across: true });
    expect(first(work(3, 4096, 4096), on("nvidia"))).toMatchObject({ BM: 4, across: true });
    expect(first(work(1, 4096, 4096), on("lavapipe")).across).toBeUndefined();
  });
});
