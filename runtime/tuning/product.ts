// Records of products: matmul's kernels are cut in ways that depend on what the factors are, and on sizes.
import { dense, equalPacking, type Packing } from "../../layout/index.ts";
import type { Format } from "../../vm/index.ts";
import type { Device } from "../device.ts";
import { digest } from "../digest.ts";
import type { FactorSpec, ProductSpec, Tiling } from "../matmul-kernels.ts";
import { adapterKey, bucketOf, sameChoice, type TuningChoice, type TuningKey, type TuningRecord } from "./record.ts";

/** A product without the way that it is cut. */
export type Product = Omit<ProductSpec, "tiling">;

/** A format by what it holds: two of one name may differ. */
const formatKey = ({ name, axes, fields, blockBits }: Format, show: (p: Packing, rank: number) => string): string =>
  `${name} ${digest(JSON.stringify([axes, blockBits, fields.map((f) => [f.name, f.dtype.name, f.at, f.axes, show(f.packing, f.axes.length)])]))}`;

/** A factor as keys have it. Groups as long as K are rows, whatever K is. */
function factorKey({ type, packing, planes, group, beside, scales, zeros, offsets, format }: FactorSpec, K: number, show: (p: Packing, rank: number) => string): readonly unknown[] {
  return [type, show(packing, 2), planes, scales === undefined && zeros === undefined && offsets === undefined ? "" : group >= K ? "row" : group, scales ?? "", zeros ?? "", offsets ?? "", format ? [formatKey(format.format, show), format.along] : "", ...(beside && !equalPacking(beside, dense(2)) ? [show(beside, 2)] : [])];
}

/** What a record of a product is of. */
export function productKey(device: Device, { K, x, w, bias, out, by }: Product, M: number, N: number): TuningKey {
  const show = (p: Packing, rank: number): string => device.host.show(p, rank);
  const text = JSON.stringify(["product", factorKey(x, K, show), factorKey(w, K, show), bias ? [bias.type, show(bias.packing, 1)] : "", out, by ?? ""]);
  return { program: digest(text), shapes: bucketOf([["M", M], ["N", N], ["K", K]]), ...adapterKey(device) };
}

/** A product for people. */
export function productText({ x, w, out, by }: Pick<Product, "x" | "w" | "out" | "by">): string {
  const side = ({ type, group, scales, planes, format }: FactorSpec): string => (format ? format.format.name : `${type}${planes ? " planes" : ""}${scales === undefined ? "" : ` / ${group === 0 ? "all" : group}`}`);
  return `matmul ${side(x)} · ${side(w)} → ${out}${by === undefined ? "" : ` by ${by}`}`;
}

/** A cut as a choice: what follows from sizes (that rows or columns fill whole blocks) is no part of it. */
export const choiceOf = (t: Tiling): TuningChoice => Object.fromEntries(Object.entries(t).filter(([name, v]) => v !== undefined && !name.startsWith("whole")));

/** The cut of a record among those that there are now. One that never met what the model finds cheapest now knows too little. */
export const cutOf = (record: TuningRecord | undefined, tilings: readonly [Tiling, ...Tiling[]]): Tiling | undefined =>
  (record?.points.some((p) => sameChoice(p.choice, choiceOf(tilings[0]))) ? tilings.find((t) => sameChoice(choiceOf(t), record.choice)) : undefined);
