// Kernels as users write them, run as users run them: inputs from seeds, the interpreter against devices, and both
// against plain loops where a case has them.
import { readFileSync } from "node:fs";
import { random } from "../../examples/example.ts";
import { load, type LoomKernel } from "../../lang/index.ts";
import { createKernel, targetOf, type Device, type Tensor } from "../../runtime/index.ts";
import { compileProgram } from "../../codegen/index.ts";
import { evaluate, interpret, makeTile, type DType, type Program, type Tile } from "../../vm/index.ts";

/** Values of a tensor: decoded, row-major. */
export type Values = Readonly<Record<string, Float64Array>>;

/** One run of a kernel. */
export interface Case {
  readonly file: "products" | "rows" | "weights" | "types" | "mma" | "odd";
  readonly kernel: string;
  readonly params?: Readonly<Record<string, string | number>>;
  /** Every run-time dimension. */
  readonly dims: Readonly<Record<string, number>>;
  readonly scalars?: Readonly<Record<string, number>>;
  /** Wide types are filled with integers of this range, else with -8 to 8, so that float sums are exact. */
  readonly range?: readonly [number, number];
  /** Inputs that aren't random. */
  readonly given?: Readonly<Record<string, (i: number) => number>>;
  /** Writes a part of what it gives; the rest stays as it was. */
  readonly partial?: true;
  /** Compiled by lavapipe in ten seconds or more: runs on SwiftShader alone. */
  readonly slow?: true;
  /** What it must give, by plain loops. Outs that are left out are only compared between engines. */
  want?(x: Values, d: Readonly<Record<string, number>>): Readonly<Record<string, ArrayLike<number>>>;
  /** How far a float may be from `want`, and engines from each other; default 0. */
  bound?(x: Values, d: Readonly<Record<string, number>>): number;
}

const files = new Map<string, ReadonlyMap<string, LoomKernel>>();

/** A kernel of a file of this folder. */
export function kernelNamed(file: string, name: string): LoomKernel {
  let all = files.get(file);
  if (!all) {
    const { kernels, diagnostics } = load(readFileSync(new URL(`./${file}.loom`, import.meta.url), "utf8"), { file: `${file}.loom` });
    if (diagnostics.length) throw new Error(`${file}.loom: ${diagnostics[0].message}`);
    files.set(file, (all = new Map(kernels.map((k) => [k.name, k]))));
  }
  const found = all.get(name);
  if (!found) throw new Error(`${file}.loom has no kernel ${name}`);
  return found;
}

/** A case ready to run. */
export interface Ready {
  readonly program: Program;
  readonly tiles: Readonly<Record<string, Tile>>;
  readonly values: Values;
}

export const valuesOf = (t: Tile): Float64Array => Float64Array.from(t.data, (x) => (t.dtype.storage ? t.dtype.decode(x) : x));

/** An element: any finite code of a narrow type, an integer of the range for a wide one. */
function chance(t: DType, [low, high]: readonly [number, number]): (r: number) => number {
  const whole = (r: number): number => Math.max(t.min, Math.min(t.max, low + Math.floor(r * (high - low + 1))));
  if (t.bits > 8) return whole;
  const finite = Array.from({ length: 2 ** t.bits }, (_, c) => t.decode(c)).filter(Number.isFinite);
  const few = t.kind === "scale" ? finite.filter((x) => x >= 2 ** -4 && x <= 2 ** 4) : finite;
  return (r) => few[Math.floor(r * few.length)] ?? 0;
}

/** Builds the Program and the inputs. */
export function ready(c: Case, seed: number): Ready {
  const program = kernelNamed(c.file, c.kernel).specialise(c.params ?? {}), env = new Map(Object.entries(c.dims));
  const tiles: Record<string, Tile> = {}, values: Record<string, Float64Array> = {}, next = random(seed);
  for (const p of program.params) {
    if (p.kind !== "tensor" || p.direction === "out") continue;
    const t = p.value.dtype, tile = makeTile(t, p.value.shape.map((s) => evaluate(s, env))), pick = chance(t, c.range ?? [-8, 8]), given = c.given?.[p.name];
    const v = Float64Array.from(tile.data, (_, i) => { const r = next(); return t.bits < 32 ? t.decode(t.encode(given ? given(i) : pick(r))) : given ? given(i) : pick(r); });
    tile.data.set(v.map((x) => (t.storage ? t.encode(x) : x)));
    tiles[p.name] = tile;
    values[p.name] = v;
  }
  return { program, tiles, values };
}

/** Results of the interpreter. */
export const byInterpreter = (r: Ready, c: Case): Values =>
  Object.fromEntries(Object.entries(interpret(r.program, { ...r.tiles, ...c.scalars })).map(([k, t]) => [k, valuesOf(t)]));

/** Results of a device. */
export async function byDevice(r: Ready, c: Case, device: Device): Promise<Values> {
  const kernel = createKernel(compileProgram(r.program, targetOf(device))), made: Tensor[] = [], out: Record<string, Float64Array> = {};
  try {
    const inputs: Record<string, Tensor | number> = { ...c.scalars }, inouts: string[] = [];
    for (const p of r.program.params) {
      const tile = p.kind === "tensor" ? r.tiles[p.name] : undefined;
      if (p.kind !== "tensor" || !tile) continue;
      const x = await device.tensor(tile.dtype.name, tile.shape, r.values[p.name] ?? [], { packing: p.packing, as: "values" });
      made.push(x);
      inputs[p.name] = x;
      if (p.direction === "inout") inouts.push(p.name);
    }
    const outs = { ...await kernel.run(inputs, { device }) };
    for (const name of inouts) { const t = inputs[name]; if (typeof t === "object") outs[name] = t; }
    for (const [name, t] of Object.entries(outs)) { made.push(t); out[name] = Float64Array.from(await t.read(), Number); }
    return out;
  } finally { for (const t of made) t.dispose(); }
}

/** The first element of any tensor of `want` that differs by more than `bound`, in words. */
export function difference(found: Values, want: Readonly<Record<string, ArrayLike<number>>>, bound: number): string | undefined {
  for (const [name, w] of Object.entries(want)) {
    const f = found[name];
    if (!f || f.length !== w.length) return `${name} has ${f?.length ?? "no"} elements, not ${w.length}`;
    for (let i = 0; i < w.length; i++) {
      const same = f[i] === w[i] || Math.abs((f[i] ?? NaN) - (w[i] ?? NaN)) <= bound || (Number.isNaN(f[i]) && Number.isNaN(w[i]));
      if (!same) return `${name}[${i}] is ${f[i]}, not ${w[i]}`;
    }
  }
  return undefined;
}

/** What a case is called. */
export const nameOf = (c: Case): string =>
  `${c.kernel} ${[...Object.entries(c.params ?? {}), ...Object.entries(c.dims), ...Object.entries(c.scalars ?? {})].map(([k, v]) => `${k}=${v}`).join(" ")}`;
