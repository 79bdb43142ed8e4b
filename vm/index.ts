// The door of the VM room: number types, Programs, the instruction table, builder, interpreter, passes.
export * from "./ops.ts";
export { applyOp, arity, bitcast, convert as convertNumber, convertValue, numericOps, opNames, resultIfFits, resultType, scalarFunction, supports, type Value as NumericValue } from "./numeric-ops.ts";
export * from "./half.ts";
export * from "./dtype.ts";
export * from "./scalar.ts";
export * from "./program.ts";
export * from "./tile.ts";
export * from "./emit.ts";
export * from "./instruction.ts";
export * from "./isa/index.ts";
export * from "./builder.ts";
export * from "./kernel.ts";
export * from "./text.ts";
export * from "./isa/data.ts";
export * from "./interpret-bind.ts";
export * from "./interpret.ts";
export * from "./passes/index.ts";
export * from "./verify.ts";
