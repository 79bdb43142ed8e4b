// Whether two points of a space compute the same: what a kernel wrote, held against what the default wrote of the same inputs.
import { dtype } from "../../vm/index.ts";
import type { Signature } from "../signature.ts";
import { isTensor } from "../tensor.ts";

/** What a kernel wrote, by name; `exact` where only integers went in. */
export interface Results {
  readonly exact: boolean;
  readonly values: ReadonlyMap<string, ArrayLike<number>>;
}

const isFloat = (name: string): boolean => dtype(name).kind === "float";

/** Reads what a kernel wrote. */
export async function resultsOf({ tensors, scalars }: Signature, all: Readonly<Record<string, unknown>>): Promise<Results> {
  const values = new Map<string, ArrayLike<number>>();
  for (const t of tensors) { const x = all[t.name]; if (t.direction !== "in" && isTensor(x)) values.set(t.name, await x.read()); }
  return { exact: !tensors.some((t) => isFloat(t.dtype)) && !scalars.some((s) => s.type === "f32"), values };
}

/**
 * How far floats may lie apart, the root of the mean square over that of the default's: sums in another order, of f16 too, and now and then another code of a
 * narrow type. Who computes something else is much farther away.
 */
const APART = 0.05;

/** Whether two kernels wrote the same: of integers exactly, else but for rounding. */
export const alike = (want: Results, found: Results): boolean => [...want.values].every(([name, a]) => {
  const b = found.values.get(name);
  if (a.length !== b?.length) return false;
  let apart = 0, size = 0;
  for (let i = 0; i < a.length; i++) {
    if (a[i] === b[i] || (Number.isNaN(a[i]) && Number.isNaN(b[i]))) { if (Number.isFinite(a[i])) size += a[i] ** 2; continue; }
    if (want.exact || !Number.isFinite(a[i]) || !Number.isFinite(b[i])) return false;
    apart += (a[i] - b[i]) ** 2;
    size += a[i] ** 2;
  }
  return apart <= APART ** 2 * size;
});
