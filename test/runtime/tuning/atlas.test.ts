// The atlas that ships, held against today's products: a record whose product has another key by now, or that never met the cut that the
// model finds cheapest now, is never taken by anybody.
import { afterAll, expect, test } from "vitest";
import { usual } from "../../../cli/tune-products.ts";
import { close, empty, openNull, profiles, targetOf, uploadQuantised, type Device, type MatmulFactor } from "../../../runtime/index.ts";
import { productOf } from "../../../runtime/matmul.ts";
import { stepOf } from "../../../runtime/matmul-kernels.ts";
import { tilingsOf } from "../../../runtime/matmul-schedules.ts";
import { atlas } from "../../../runtime/tuning/atlas.ts";
import { cutOf, productKey } from "../../../runtime/tuning/product.ts";
import { familyOf } from "../../../runtime/tuning/record.ts";
import { dtype } from "../../../vm/index.ts";

afterAll(close);

/** Adapters that can be taken for what they are without being here. */
const families = { "mesa software": "lavapipe", "google swiftshader": "swiftshader" } as const;

/** The Null backend's device with a software adapter's profile and features. */
async function like(profile: "lavapipe" | "swiftshader", features: readonly string[]): Promise<Device> {
  const device = await openNull([]), lanes = Number(/\d+$/.exec(features.find((f) => f.startsWith("subgroups")) ?? "")?.[0]);
  return {
    ...device, profile: profiles[profile], subgroup: { min: lanes, max: lanes }, features: new Set(["subgroups", ...features.filter((f) => f === "shader-f16")]),
    languages: new Set(["subgroup_id", ...(features.includes("packed-dot") ? ["packed_4x8_integer_dot_product"] : [])]), measured: {},
  };
}

/** A factor with a few rows, which say no more of the product than all of them would. */
async function factor(device: Device, type: string, K: number, group: number): Promise<MatmulFactor> {
  const rows = 2, n = rows * Math.ceil(K / group);
  return group === 0 ? empty(device, type, [rows, K]) : uploadQuantised(device, {
    type, shape: [rows, K], axis: 1, group, scaleShape: [rows, n / rows], scaleType: "f32", codes: new Uint8Array(rows * K), scales: new Float32Array(n), zeros: dtype(type).kind === "uint" ? new Float32Array(n) : undefined, offsets: undefined,
  });
}

test.each(Object.entries(families))("of the records for %s two of three at least are taken", async (family, profile) => {
  const records = atlas().filter((r) => familyOf(r.key.adapter) === family), device = await like(profile, records[0].key.features), stale: string[] = [];
  let met = 0;
  for (const { M, N, K, x, w, group } of usual) {
    const { spec } = await productOf(await factor(device, x, K, 0), await factor(device, w, K, group), {}), key = productKey(device, spec, M, N);
    const [first, ...more] = tilingsOf({ M, N, ...spec, step: stepOf(spec) }, { ...targetOf(device), software: true, cores: 2 }), record = records.find((r) => r.key.program === key.program && r.key.shapes === key.shapes);
    if (record) met++;
    if (record && !cutOf(record, [first, ...more])) stale.push(`${record.of}, ${record.key.shapes}`);
  }
  expect(met, "products still have the keys that records have").toBeGreaterThanOrEqual(records.length / 2);
  expect(stale.length, `stale: ${stale.join("; ")}; bitloom tune --usual --adapter ${profile} --atlas runtime/tuning/atlas.json makes them anew`).toBeLessThanOrEqual(met / 3);
  device.destroy();
});
