// The door of the language room: text in; trees, kernels, layouts and diagnostics out.
export { parse, parseExpression, maxSource, type Parsed } from "./parser.ts";
export type * as ast from "./ast.ts";
export { astToJson, printAst } from "./print-ast.ts";
export { load, type Importer, type Loaded, type LoadOptions, type LoomFormat, type LoomKernel, type LoomSequence } from "./load.ts";
export type { LoomComptime } from "./comptime.ts";
export type { AxisNames, Elaborated } from "./elaborate-values.ts";
export { check } from "./check.ts";
export { format, type Formatted } from "./format.ts";
export { evaluateDtype, evaluateLayout, evaluatePacking, evaluateTensor, layoutJson, type LayoutJson, type TensorText } from "./layout-text.ts";
export type { Slot } from "./arguments.ts";
export { builtins, type Builtin } from "./builtins.ts";
export { keywords } from "./tokens.ts";
export { codes, type Explanation } from "./codes.ts";
export { codeExamples } from "./code-examples.ts";
export { driverExamples, hostExamples } from "./code-examples-host.ts";
export type { CodeExample } from "./messages.ts";
export { formatNamed, libraryFormats } from "./formats.ts";
