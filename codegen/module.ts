// A Module: a compiled kernel as plain JSON data. WGSL, and all that a host must know to launch it; a runtime needs
// neither the compiler nor the language to run one.
import type { Span } from "../diagnostic.ts";
import type { Packing } from "../layout/index.ts";
import type { PartTensor, PrintSite, Scalar, ScalarType } from "../vm/index.ts";
import type { Counts } from "./loop/count.ts";

/** A tensor that the kernel binds, at `@group(0) @binding(binding)` as a storage buffer of u32 words; tensors of one `buffer` have one binding. */
export interface ModuleTensor {
  readonly name: string;
  readonly direction: "in" | "out" | "inout";
  /** Name of the number type. */
  readonly dtype: string;
  /** Sizes: numbers, or scalars over `dim` symbols. */
  readonly shape: readonly (number | Scalar)[];
  readonly packing: Packing;
  readonly buffer?: string | undefined;
  readonly binding: number;
}

/** A field of the uniform buffer; fields are 4 bytes each, in order. The buffer's binding is `Module.uniformBinding`. */
export interface ModuleUniform {
  readonly name: string;
  /** bool travels as u32 0 or 1. */
  readonly type: ScalarType;
  /** A run-time dimension, a scalar parameter, or the extent of grid axis `axis` (the host evaluates `grid[axis]`). */
  readonly role: "dim" | "param" | "grid";
  readonly axis?: number | undefined;
}

/** A compiled kernel. */
export interface Module {
  readonly format: "bitloom-module";
  readonly version: 1;
  readonly name: string;
  readonly doc: string;
  readonly wgsl: string;
  readonly entry: string;
  /** Threads of a block (workgroup size x). */
  readonly threads: number;
  /** WebGPU features that the WGSL needs: "shader-f16", "subgroups". */
  readonly features: readonly string[];
  /** The one size that subgroups must have on the device, where the kernel uses them (then also the WGSL language feature `subgroup_id`). */
  readonly subgroup?: number | undefined;
  readonly tensors: readonly ModuleTensor[];
  readonly uniforms: readonly ModuleUniform[];
  /** Binding of the uniform buffer; absent if there are no uniforms. */
  readonly uniformBinding?: number | undefined;
  /** Extents of the grid, first axis fastest. The host launches their product of workgroups, folded into x, y, z past 65,535; surplus blocks return. */
  readonly grid: readonly Scalar[];
  readonly requires: readonly { readonly condition: Scalar; readonly message: string }[];
  readonly workgroupBytes: number;
  readonly counts: Counts;
  /** Where the kernel prints: a storage buffer of `printLayout.words` zeros. Only in debug builds. */
  readonly prints?: { readonly binding: number; readonly sites: readonly PrintSite[] } | undefined;
  /** For each line of the WGSL (from 0) the place in the source that it comes from. */
  readonly spans: readonly (Span | null)[];
  /** The same kernel on parts of tensors that a device can't bind at once, by the axis of the grid that is cut; absent if nobody asked. */
  readonly parts?: readonly ModuleParts[] | undefined;
}

/** A kernel on a part of its blocks along one axis of the grid. */
export interface ModuleParts {
  /** The axis of the grid that is cut. */
  readonly axis: number;
  /** The uniforms of `module` (role "dim") with the blocks along it, and with the first of them in the whole grid. */
  readonly blocks: string;
  readonly first: string;
  /** The tensors that are cut; all others are bound whole. */
  readonly tensors: readonly PartTensor[];
  /** The kernel that is launched for each part. */
  readonly module: Module;
}
