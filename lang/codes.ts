// Every diagnostic code with its title and explanation, in one table for `explain`, the reference and the tests.
import { driverCodes, hostCodes } from "./codes-host.ts";
import { layoutCodes, resourceCodes } from "./codes-layouts.ts";
import { nameCodes, typeCodes } from "./codes-types.ts";
import { explanations as syntaxCodes, type Explanation } from "./messages.ts";

export type { Explanation } from "./messages.ts";

/**
 * Codes by family: S syntax, N names, T types and shapes, L layouts and packings, R resources and races, H host, W driver.
 * @example
 * ```ts
 * codes["N0101"].title // => "unknown name"
 * ```
 */
export const codes: Readonly<Record<string, Explanation>> = Object.freeze({
  ...syntaxCodes, ...nameCodes, ...typeCodes, ...layoutCodes, ...resourceCodes, ...hostCodes, ...driverCodes,
});
