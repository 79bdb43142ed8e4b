// Quantised tensors on devices: what lies there is what the host found, a kernel reads it as documented, and mistakes are told.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Diagnostic } from "../../diagnostic.ts";
import { planes } from "../../layout/index.ts";
import { close, compile, dequantise, open, quantise, tensor, uploadQuantised, type Device } from "../../runtime/index.ts";
import { asBipolar, asSigned, dequantiseValues, quantisationError, quantiseValues, type QuantiseOptions } from "../../vm/index.ts";

const x = Float32Array.from({ length: 5 * 37 }, (_, i) => Math.fround(Math.sin(i * i) * (1 + (i % 7))));
const shape = [5, 37];

const codeOf = async (f: () => Promise<unknown>): Promise<string> => {
  try { await f(); return "none"; } catch (e) { if (!(e instanceof Diagnostic)) throw e; expect(e.data.help).toBeTruthy(); return e.code; }
};

for (const adapter of ["swiftshader", "lavapipe"])
  describe(`quantised tensors on ${adapter}`, () => {
    let opened: Device | undefined;
    beforeAll(async () => { try { opened = await open({ adapter }); } catch (e) { if (!(e instanceof Diagnostic && ["H0102", "H0103"].includes(e.code))) throw e; } });
    afterAll(close);
    const on = (name: string, use: (device: Device) => Promise<void>): void => test(name, async ({ skip }) => {
      if (!opened) return skip(`there is no ${adapter} on this machine`);
      await use(opened);
    });

    const some: readonly QuantiseOptions[] = [
      { type: "b3", group: 16, scheme: "mse", scaleType: "f16" }, { type: "u4", group: 32, scheme: "minmax", scaleType: "bf16" }, { type: "u5", scheme: "offset" }, { type: "i7", group: "tensor" },
      { type: "f6e2m3", axis: 0, group: 2, scaleType: "e8m0" }, { type: "b1", group: 7 }, { type: "i8", axis: 0, scale: 0.0625 },
    ];
    on("hold what the host found", async (device) => {
      for (const o of some) {
        const want = quantiseValues(x, shape, o);
        using q = await quantise(x, { device, shape, ...o, packing: o.type === "b3" ? planes(2) : undefined });
        const got = await q.read(), { error } = q;
        for (const key of ["type", "axis", "group", "scaleShape", "scaleType", "codes", "scales", "zeros", "offsets"] as const) expect(got[key], `${o.type} ${key}`).toEqual(want[key]);
        expect([q.type, q.codes.dtype, q.codes.shape, q.scales.shape, q.scales.dtype, q.zeros?.dtype]).toEqual([o.type, o.type, shape, want.scaleShape, o.scaleType ?? "f32", o.scheme === "minmax" ? "i32" : undefined]);
        expect(error).toEqual(quantisationError(x, want));
        expect([...(await dequantise(q))]).toEqual([...dequantiseValues(want)]);
        expect(q.bytes).toBe(q.codes.bytes + q.scales.bytes + (q.zeros?.bytes ?? 0) + (q.offsets?.bytes ?? 0));
      }
    });

    on("read by a kernel: codes, scales and zero points give the numbers", async (device) => {
      const { kernels } = await compile(`kernel values<K: int, G: int, W: dtype>(w: W[N, K], s: f32[N, cdiv(K, G)], z: i32[N, cdiv(K, G)], out y: f32[N, K])
        grid (n in N) threads 32 {
        for g in 0..cdiv(K, G) {
          let q = load(w[n +: 1, g * G +: G]) as i32 - load(z[n +: 1, g +: 1])
          store(y[n +: 1, g * G +: G], q as f32 * load(s[n +: 1, g +: 1]))
        }
      }`);
      using q = await quantise(x, { device, shape, type: "u3", scheme: "minmax", group: 16 });
      const { zeros: z = expect.unreachable() } = q;
      const { y } = await kernels.values.specialise({ K: 37, G: 16, W: "u3" }).run({ w: q.codes, s: q.scales, z });
      expect([...(await y.read())].map((v) => v + 0)).toEqual([...(await dequantise(q))].map((v) => v + 0));
    });

    on("tensors, views, and what is freed", async (device) => {
      using t = await tensor(device, "f16", shape, x);
      const half = await t.read(), host = quantiseValues(half, shape, { type: "i4", group: 16 });
      const q = await quantise(t, { type: "i4", group: 16 });
      expect((await q.read()).codes).toEqual(host.codes);
      using b = await uploadQuantised(device, asBipolar(host));
      using s = await uploadQuantised(device, asSigned(quantiseValues(half, shape, { type: "b4" })));
      expect([b.type, b.zeros?.dtype, b.error, s.zeros?.dtype, (await s.zeros?.read())?.[0]]).toEqual(["b4", "i32", undefined, "f32", -0.5]);
      expect([...(await dequantise(b))].map((v) => v + 0)).toEqual([...(await dequantise(q))].map((v) => v + 0));
      q.dispose(); q.dispose();
      expect([q.disposed, q.codes.disposed, q.scales.disposed, await codeOf(() => q.read())]).toEqual([true, true, true, "H0307"]);
      using none = await quantise([], { device, shape: [0, 4], type: "b2" });
      expect([none.scales.shape, [...(await dequantise(none))]]).toEqual([[0, 1], []]);
    });

    on("mistakes", async (device) => {
      using t = await tensor(device, "f32", [2], [1, NaN]);
      expect(await Promise.all([
        codeOf(() => quantise(t, { type: "b2" })), codeOf(() => quantise([1], { type: "b2" })), codeOf(() => quantise(3 as unknown as number[], { device, type: "b2" })),
        codeOf(() => quantise(t, { type: "b2", shape: [1, 2] })), codeOf(() => quantise([1, 2, 3], { device, shape: [2], type: "b2" })), codeOf(() => quantise([1], { device, shape: [], type: "b2" })),
        codeOf(() => quantise([1], { device, type: "u2" })), codeOf(() => quantise([1], { device, type: "b2", scheme: "fixed" })),
      ])).toEqual(["H0503", "H0412", "H0503", "H0502", "H0503", "H0502", "H0501", "H0505"]);
      t.dispose();
      expect(await codeOf(() => quantise(t, { type: "b2" }))).toBe("H0307");
    });
  });
