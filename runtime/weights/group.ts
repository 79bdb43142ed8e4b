// Quantised tensors that a file stores as several arrays: which arrays belong together is told by their names, what they are by their
// shapes, and what neither tells by the model's configuration. A scheme is one row; what contradicts itself is refused with its place.
//
//   X.qweight  X.qzeros  X.scales  X.g_idx   ──▶   X: gptq4[K, N] { group: 128, zeros: "v1" }
import { fail } from "../../diagnostic.ts";
import { oneTensor, storedTensor, type StoredPart, type StoredTensor } from "./file.ts";
import { count, show, sizes } from "./storage.ts";
import type { WeightTensor } from "./types.ts";

/** What is known about a model beside its arrays. */
export interface GroupContext {
  readonly file: string;
  /** The model's `quantization_config`, or nothing. */
  readonly config: Readonly<Record<string, unknown>>;
  /** How zeros of GPTQ are stored; "auto" looks at them and at what the file says. */
  readonly zeros: "v1" | "v2" | "auto";
  readonly note: (text: string) => void;
}

/** The arrays of one tensor: by their roles, in the context of the file. */
export class Group {
  readonly name: string;
  readonly members: ReadonlyMap<string, StoredPart>;
  readonly context: GroupContext;

  constructor(name: string, members: ReadonlyMap<string, StoredPart>, context: GroupContext) {
    this.name = name;
    this.members = members;
    this.context = context;
  }

  has(...roles: readonly string[]): boolean { return roles.every((r) => this.members.has(r)); }

  get(role: string): StoredPart {
    return this.members.get(role) ?? fail({ code: "H0222", message: `${this.context.file}: ${show(this.name)} has no array ${show(role)} beside the others`, help: "the file is incomplete: open all files of the model by its index, or fetch it again" });
  }

  /** Refuses an array. */
  wrong(role: string, message: string, help = "the file contradicts itself: fetch it again, or quantise the model again"): never {
    const p = this.get(role);
    return fail({ code: "H0222", message: `${p.file}: tensor ${show(p.stored)}${p.offset === undefined ? "" : ` at byte ${p.offset}`}, ${p.type}${sizes(p.shape)}, ${message}`, help });
  }

  /** Holds an array against what it must be. `undefined` stands for any size; `types` are the types that it may have. */
  expect(role: string, types: readonly string[], shape?: readonly (number | undefined)[]): StoredPart {
    const p = this.get(role);
    if (!types.includes(p.type)) this.wrong(role, `should be of ${types.join(" or ")}`);
    if (shape && !(p.shape.length === shape.length && shape.every((d, i) => d === undefined || d === p.shape[i])))
      this.wrong(role, `should be [${shape.map((d) => d ?? "any").join(", ")}] beside ${[...this.members.keys()].filter((k) => k !== role).map((k) => `${k} ${sizes(this.get(k).shape)}`).join(", ")}`);
    return p;
  }

  /** Holds an array against a number of elements, in whatever shape. */
  expectCount(role: string, types: readonly string[], n: number): StoredPart {
    const p = this.expect(role, types);
    return count(p.shape) === n ? p : this.wrong(role, `should have ${n} elements`);
  }

  /** The tensor of these arrays, in the order given. */
  tensor(format: string, shape: readonly number[], roles: readonly string[], options: WeightTensor["options"] = {}): StoredTensor {
    return storedTensor(this.name, format, shape, roles.filter((r) => this.members.has(r)).map((r) => Object.freeze({ ...this.get(r), name: r })), options);
  }

  /** A whole small array; larger ones are refused. */
  async small(role: string, most = 1 << 16): Promise<DataView> {
    const p = this.get(role);
    if (p.length > most) this.wrong(role, `should be small, and has ${p.length} bytes`);
    const b = await p.bytes(0, p.length);
    return new DataView(b.buffer, b.byteOffset, b.byteLength);
  }

  /** The one integer of an array. */
  async integer(role: string): Promise<number> {
    const p = this.expectCount(role, ["u8", "i8", "i32", "u32", "i64", "bool"], 1), v = await this.small(role);
    return p.type === "i64" ? Number(v.getBigInt64(0, true)) : p.length === 1 ? (p.type === "i8" ? v.getInt8(0) : v.getUint8(0)) : p.type === "i32" ? v.getInt32(0, true) : v.getUint32(0, true);
  }

  /** The integers of an array as sizes of a tensor. */
  async shapeOf(role: string): Promise<readonly number[]> {
    const p = this.expect(role, ["i64", "i32"], [undefined]), v = await this.small(role, 512);
    const out = Array.from({ length: p.shape[0] ?? 0 }, (_, i) => (p.type === "i64" ? Number(v.getBigInt64(i * 8, true)) : v.getInt32(i * 4, true)));
    return out.every((d) => Number.isSafeInteger(d) && d >= 0) && count(out) !== undefined ? out : this.wrong(role, `holds ${sizes(out)}, which are no sizes of a tensor`);
  }
}

/** A way in which arrays make a tensor. */
export interface Scheme {
  /** The ending of the name by which such a tensor is known; what stands before it is the tensor's name. */
  readonly key: string;
  /** Role of each array by the ending of its name; the key's own role first. */
  readonly roles: Readonly<Record<string, string>>;
  /** The tensor's name, where it isn't what stands before the key. */
  readonly named?: (stem: string) => string;
  /** The tensor, or undefined where the arrays are something else. Arrays that are given back by no scheme are tensors of their own. */
  make(group: Group): Promise<StoredTensor | undefined> | StoredTensor | undefined;
}

/** Puts arrays together by these schemes; the others stay as they are, all in the order of the file. */
export async function grouped(list: readonly StoredTensor[], schemes: readonly Scheme[], context: GroupContext): Promise<readonly StoredTensor[]> {
  const byName = new Map(list.flatMap((t) => t.parts.map((p) => [t.name, p] as const))), made = new Map<string, StoredTensor>(), used = new Set<string>();
  for (const [name] of byName) {
    for (const scheme of schemes) {
      if (used.has(name) || !name.endsWith(scheme.key)) continue;
      const stem = name.slice(0, name.length - scheme.key.length), members = new Map<string, StoredPart>();
      for (const [ending, role] of Object.entries(scheme.roles)) { const p = byName.get(stem + ending); if (p && !used.has(stem + ending)) members.set(role, p); }
      const t = await scheme.make(new Group(scheme.named?.(stem) ?? stem, members, context));
      if (!t) continue;
      for (const ending of Object.keys(scheme.roles)) if (byName.has(stem + ending)) used.add(stem + ending);
      made.set(name, t);
    }
  }
  const out = [...byName].flatMap(([name, p]) => { const t = made.get(name); return t ? [t] : used.has(name) ? [] : [oneTensor(p)]; });
  const names = new Set<string>();
  for (const t of out) {
    if (names.has(t.name)) fail({ code: "H0222", message: `${context.file}: ${show(t.name)} is both a tensor and a name of quantised arrays`, help: "the file holds two forms of one tensor: save it again with one of them" });
    names.add(t.name);
  }
  return out;
}
