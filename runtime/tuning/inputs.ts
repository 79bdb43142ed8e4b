// What a kernel is timed on: the caller's tensors, and random ones for those that are missing. Each point of a space may have tensors in
// packings of its own, and what it changes is a copy.
import { fail } from "../../diagnostic.ts";
import { equalPacking } from "../../layout/index.ts";
import { aloneDim, chance, dtype, eachSymbol, evaluate, randomTile, tileCodes } from "../../vm/index.ts";
import type { Inputs } from "../bind.ts";
import type { Device } from "../device.ts";
import { fieldByField } from "../format-arguments.ts";
import { homesOf, type Signature, type TensorSlot } from "../signature.ts";
import { isTensor, together, type Tensor } from "../tensor.ts";

/** What is known of a launch before anything is made. */
export interface Launch {
  /** Sizes and scalars by name. */
  readonly env: ReadonlyMap<string, number>;
  /** What was given, tensors of formats field by field. */
  readonly given: Readonly<Record<string, Tensor | number | boolean | undefined>>;
}

/** Sizes by the tensors given and by `sizes`. @throws Diagnostic H0427 where that doesn't tell all */
export function launchOf(s: Signature, inputs: Inputs, sizes: Readonly<Record<string, number>>): Launch {
  const given = fieldByField(inputs), env = new Map(Object.entries(sizes)), missing = new Set<string>();
  for (const t of s.tensors) {
    const x = given[t.name];
    t.shape.forEach((n, d) => { const id = aloneDim(n); if (isTensor(x) && id !== undefined) env.set(id, x.shape[d] ?? 0); });
  }
  for (const { name, type } of s.scalars) { const x = given[name]; env.set(name, isTensor(x) || x === undefined ? 1 : type === "bool" ? Number(Boolean(x)) : Number(x)); }
  for (const t of s.tensors) for (const n of t.shape) eachSymbol(n, (y) => { if (y.role === "dim" && !env.has(y.id)) missing.add(y.id); });
  const [first] = missing;
  if (first !== undefined)
    fail({ code: "H0427", message: `how large is ${first} of '${s.name}'? What is fastest hangs on sizes`, help: `give tensors, or sizes: { ${[...missing].map((id) => `${id}: 1024`).join(", ")} }; on the command line --set ${first}=1024` });
  return { env, given };
}

/** Arguments of launches, which are disposed together. */
export interface Stock {
  /** Arguments for a kernel of this signature; what it changes is a fresh copy. */
  for(s: Signature): Promise<Inputs>;
  dispose(): void;
}

/** Makes what is missing of a kernel's arguments, from a seed. @throws as `tensor` */
export async function stockOf(device: Device, s: Signature, { env, given }: Launch, seed: number): Promise<Stock> {
  const made: Tensor[] = [], base = new Map<string, Tensor>(), scalars: Record<string, number | boolean> = {}, next = chance(seed), repacked = new Map<string, [Tensor, ...Tensor[]]>();
  const keep = (t: Tensor): Tensor => { made.push(t); return t; };
  for (const { name, type } of s.scalars) { const x = given[name]; scalars[name] = typeof x === "number" || typeof x === "boolean" ? x : type === "bool" ? true : type === "f32" ? Math.fround(next() + 0.5) : 1; }
  for (const slots of homesOf(s.tensors.filter((t) => t.direction !== "out"))) {
    if (slots.every((t) => isTensor(given[t.name]))) { for (const t of slots) { const x = given[t.name]; if (isTensor(x)) base.set(t.name, x); } continue; }
    const tensors = await together(device, slots.map((t) => {
      const x = given[t.name], tile = isTensor(x) ? undefined : randomTile(dtype(t.dtype), t.shape.map((n) => evaluate(n, env)), seed * 7919 + 1 + s.tensors.indexOf(t));
      return { dtype: t.dtype, shape: tile?.shape ?? (x as Tensor).shape, packing: t.packing, name: `'${t.name}'`, codes: tile ? tileCodes(tile) : undefined };
    }));
    tensors.forEach((x, i) => base.set(slots[i].name, keep(x)));
  }
  /** A tensor as a kernel takes it. What it changes is copied, unless it shares a buffer, which copies wouldn't. */
  const as = async (t: TensorSlot, x: Tensor): Promise<Tensor> => {
    if (t.direction === "inout" && t.buffer === undefined) return keep(await x.repack(t.packing));
    if (equalPacking(x.packing, t.packing)) return x;
    const known = repacked.get(t.name)?.find((r) => equalPacking(r.packing, t.packing));
    if (known) return known;
    const fresh = keep(await x.repack(t.packing)), old = repacked.get(t.name);
    repacked.set(t.name, old ? [...old, fresh] : [fresh]);
    return fresh;
  };
  return Object.freeze({
    async for({ tensors }: Signature) {
      const args: Record<string, Tensor | number | boolean> = { ...scalars };
      for (const t of tensors) { const x = base.get(t.name); if (x && t.direction !== "out") args[t.name] = await as(t, x); }
      return args;
    },
    dispose() { for (const t of made) t.dispose(); },
  });
}
