// The passes, (Program) => Program, one file each.
export * from "./rewrite.ts";
export * from "./decompose.ts";
export * from "./infer.ts";
export * from "./fold.ts";
export * from "./quiet.ts";
export { pipeline } from "./pipeline.ts";
export { plan, sharedBytes, type Thrift } from "./plan.ts";
