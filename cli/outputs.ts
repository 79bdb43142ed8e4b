// Where outputs go: a .npy each, or arrays of one .npz or .safetensors file together.
import { saveNpy, writeFileAtomic, writeNpz, writeSafetensors, type SafetensorsDtype, type SafetensorsInput } from "../runtime/index.ts";
import { dense, pack } from "../layout/index.ts";
import type { Tile } from "../vm/index.ts";
import { npyOf, safetensorsTypes, splitSource } from "./arrays.ts";
import { usage } from "./command.ts";

/** The place of one output. */
export interface Target {
  readonly file: string;
  /** Its name in the file; undefined in a .npy. */
  readonly entry: string | undefined;
}

/** What `--out NAME=FILE` and `--out NAME=FILE.npz:entry` say; an entry is called as the output if nothing else is said. */
export function targetsOf(outs: ReadonlyMap<string, string>): ReadonlyMap<string, Target> {
  const taken = new Map<string, string>();
  return new Map([...outs].map(([name, text]) => {
    const [file, entry] = splitSource(text), many = /\.(npz|safetensors)$/.test(file);
    if (!many && !file.endsWith(".npy")) usage(`'--out ${name}=${text}' is no .npy, .npz or .safetensors file`, `write --out ${name}=${name}.npy`);
    const target: Target = { file, entry: many ? entry || name : undefined }, key = `${file}\n${target.entry ?? ""}`, other = taken.get(key);
    if (other !== undefined) usage(`'${other}' and '${name}' would be written to one place, ${text}`, many ? `write --out ${name}=${file}:${name}` : "give them files of their own, or one .npz");
    taken.set(key, name);
    return [name, target] as const;
  }));
}

const types: Readonly<Record<string, SafetensorsDtype>> = Object.fromEntries(Object.entries(safetensorsTypes).map(([theirs, ours]) => [ours, theirs as SafetensorsDtype]));
const arrays: Readonly<Record<string, SafetensorsDtype>> = { b1: "BOOL", u1: "U8", i1: "I8", u2: "U16", i2: "I16", u4: "U32", i4: "I32", f4: "F32", f2: "F16" };

/** A tile as safetensors keeps it: in its own type where the format has it, else as NumPy would. */
function safetensorOf(t: Tile, codes: boolean): SafetensorsInput {
  const own = types[t.dtype.name];
  if (own && !codes && t.dtype.storage && (t.data.length * t.dtype.bits) % 8 === 0) {
    const words = t.data.length ? pack(dense(1), t.dtype.bits, [t.data.length], t.data) : new Uint32Array(0);
    return { dtype: own, shape: t.shape, bytes: new Uint8Array(words.buffer, words.byteOffset, (t.data.length * t.dtype.bits) / 8) };
  }
  const a = npyOf(t, codes);
  return { dtype: arrays[a.dtype], shape: a.shape, bytes: new Uint8Array(a.data.buffer, a.data.byteOffset, a.data.byteLength) };
}

/** Writes outputs, each file whole or not at all. @param codes outputs of which codes are written, not values */
export async function writeOutputs(outs: ReadonlyMap<string, Tile>, targets: ReadonlyMap<string, Target>, codes: ReadonlySet<string>): Promise<void> {
  const files = new Map<string, (readonly [entry: string, name: string, tile: Tile])[]>();
  for (const [name, t] of outs) {
    const to = targets.get(name);
    if (to) files.set(to.file, [...(files.get(to.file) ?? []), [to.entry ?? "", name, t]]);
  }
  for (const [file, list] of files) {
    if (file.endsWith(".npz")) await writeFileAtomic(file, await writeNpz(new Map(list.map(([entry, name, t]) => [entry, npyOf(t, codes.has(name))]))));
    else if (file.endsWith(".safetensors")) await writeFileAtomic(file, writeSafetensors(new Map(list.map(([entry, name, t]) => [entry, safetensorOf(t, codes.has(name))]))));
    else for (const [, name, t] of list) await saveNpy(file, npyOf(t, codes.has(name)));
  }
}
