// The door of the layout room: register layouts and their algebra, shared and global memory, conversions, pictures, packings.
//
//   register tile    (thread, slot) ↔ element          registerLayout, spatial, local, compose, divide, …
//   shared memory    element → offset, with swizzles    rowMajor, rowMajorSwizzle, the rest under `shared`
//   global memory    element → offset                   under `global`
//   packed buffers   (element, bit) → bit address       packing
export * from "./algebra.ts";
export * from "./register.ts";
export * from "./map.ts";
export { table } from "./tables.ts";
export * from "./ops.ts";
export * from "./divide.ts";
export * from "./fragments.ts";
export * from "./auto.ts";
export * from "./convert.ts";
export * from "./banks.ts";
export * from "./draw.ts";
export { canBroadcast, holdsAll, type IndexMap } from "./broadcast.ts";
/** Multi-functions: index ↦ set of numbers. */
export * as mfunction from "./mfunction.ts";
export type { MultiFunction } from "./mfunction.ts";
/** Shared-memory layouts; the names that registers have too (compose, permute, reshape, …) are reached through this. */
export * as shared from "./shared.ts";
export { byteSwizzle, columnMajor, countSize, prependDim, rowMajor, rowMajorSwizzle, sharedLayout, swizzled, type SharedLayout, type Swizzle } from "./shared.ts";
/** Global-memory layouts. */
export * as global from "./global.ts";
export type { GlobalLayout } from "./global.ts";
export * from "./packing.ts";
export { inBlocks, stacked } from "./packing-axes.ts";
