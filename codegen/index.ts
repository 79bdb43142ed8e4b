// The door of the code generator: a Program becomes a Module, WGSL and what a host needs to launch it.
//
//   Program ─ fold, decompose, infer ─▶ Program with layouts ─ lower ─▶ loop form ─ write ─▶ Module
export * from "./module.ts";
export * from "./compile.ts";
export * from "./sequence.ts";
export { compileParts } from "./parts.ts";
export type { Lowered } from "./lower/program.ts";
export type { PricedProduct, PricedWay } from "./lower/fold.ts";
export { longLoads, seconds, work, writesOut, type Work } from "./cost.ts";
export { chooseDecoder, chooseHalfDecoder, type DecodeTarget, type DecoderChoice, type PricedDecoder } from "./decode.ts";
export { workgroupTraffic, type TileAccess } from "./loop/conflicts.ts";
export { blockTraffic, type BlockTraffic, type Traffic } from "./loop/traffic.ts";
export { baseTarget, type Target } from "./lower/context.ts";
export { lanesThatShare } from "./lower/lanes.ts";
export { roomToHold, worthHolding } from "./lower/held.ts";
export { roomToWriteOut, tellsTurns } from "./lower/turns.ts";
export type { Body, Buffer, Expr, Func, IndexOp, LoopStmt, Node, Reg, Var } from "./loop/ir.ts";
export { defaultRates, defaultRatesFor, rateTable, type RateName, type RateRow, type Rates } from "./rates.ts";
export { printBody } from "./loop/print.ts";
export { evaluate as evaluateBody, type EvaluateOptions } from "./loop/evaluate.ts";
export { counts, type Counts, type ThreadCounts } from "./loop/count.ts";
export { compilerVersion } from "./version.ts";
