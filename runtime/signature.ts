// What a caller must know of a specialised kernel: the tensors and scalars it takes, and how sizes, grid and
// requirements follow from them. Read off a Program or a Module; both say the same.
import { fail } from "../diagnostic.ts";
import type { Module, ModuleSequence } from "../codegen/index.ts";
import type { Packing } from "../layout/index.ts";
import { aloneDim, eachSymbol, type FormatOf, type Program, type Requirement, type Scalar, type ScalarType, type Sequence, type Size } from "../vm/index.ts";

/** A tensor that a kernel takes or gives. */
export interface TensorSlot {
  readonly name: string;
  readonly direction: "in" | "out" | "inout";
  readonly dtype: string;
  readonly shape: readonly Size[];
  readonly packing: Packing;
  /** The kernel's buffer, where it holds other tensors, too: they lie in one GPUBuffer. */
  readonly buffer?: string | undefined;
  /** The tensor of a format that it is a field of, where that is known. */
  readonly of?: FormatOf | undefined;
}

/** Tensors by the buffer that they lie in, in order. */
export const homesOf = <T extends Pick<TensorSlot, "name" | "buffer">>(slots: readonly T[]): readonly (readonly T[])[] =>
  [...new Set(slots.map((t) => t.buffer ?? t.name))].map((home) => slots.filter((t) => (t.buffer ?? t.name) === home));

/** A number that a kernel takes. */
export interface ScalarSlot {
  readonly name: string;
  readonly type: ScalarType;
}

/** The host's side of a kernel. */
export interface Signature {
  readonly name: string;
  readonly tensors: readonly TensorSlot[];
  readonly scalars: readonly ScalarSlot[];
  /** Extents of the grid, first axis fastest. */
  readonly grid: readonly Scalar[];
  readonly requires: readonly Requirement[];
}

/** The signature of a Program. @throws Diagnostic H0413 */
export const signatureOfProgram = (p: Pick<Program, "name" | "params" | "grid" | "requires">): Signature => checked({
  name: p.name,
  tensors: p.params.flatMap((x) => (x.kind === "tensor" ? [{ name: x.name, direction: x.direction, dtype: x.value.dtype.name, shape: x.value.shape, packing: x.packing, ...(x.buffer === undefined ? {} : { buffer: x.buffer }), ...(x.of === undefined ? {} : { of: x.of }) }] : [])),
  scalars: p.params.flatMap((x) => (x.kind === "scalar" ? [{ name: x.name, type: x.type }] : [])),
  grid: p.grid.map((g) => g.extent),
  requires: p.requires,
});

/** The signature of a Sequence. It has no grid of its own. @throws Diagnostic H0413 */
export const signatureOfSequence = (q: Sequence): Signature => signatureOfProgram({ ...q, grid: [] });

/** The signature of a Module or a compiled sequence. @throws Diagnostic H0413, H0417 (no Module of this version) */
export function signatureOfModule(m: Module | ModuleSequence): Signature {
  if ((m.format !== "bitloom-module" && m.format !== "bitloom-sequence") || m.version !== 1)
    fail({ code: "H0417", message: "this is no module that this version of Bitloom can run", help: "build it again with the installed version" });
  return checked(m.format === "bitloom-sequence" ? { name: m.name, tensors: m.tensors, scalars: m.scalars, grid: [], requires: m.requires } : slotsOf(m));
}

/** What a Module takes. In a sequence its outs are given, too, and may tell dimensions. */
export const slotsOf = (m: Module): Signature => ({
  name: m.name, tensors: m.tensors, grid: m.grid, requires: m.requires,
  scalars: m.uniforms.flatMap((u) => (u.role === "param" ? [{ name: u.name, type: u.type }] : [])),
});

/** Dimensions must get their numbers from somewhere: an input in whose shape they stand alone. */
function checked(s: Signature): Signature {
  const bound = new Set(s.tensors.flatMap((t) => (t.direction === "out" ? [] : t.shape.flatMap((x) => aloneDim(x) ?? []))));
  const need = (x: Size, where: string): void => eachSymbol(x, (y) => {
    if (y.role === "dim" && !bound.has(y.id))
      fail({
        code: "H0413", message: `kernel '${s.name}' can't know the dimension ${y.id} of ${where} when it is run`,
        help: `let ${y.id} stand alone in the shape of an input, or list it in <…> to give it at specialisation`,
      });
  });
  for (const t of s.tensors) for (const x of t.shape) need(x, `\`${t.name}\``);
  for (const g of s.grid) need(g, "its grid");
  for (const r of s.requires) need(r.condition, "a `require`");
  return Object.freeze(s);
}
