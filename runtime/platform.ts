// Where this runs.

/** Whether this is Node, not a page, a worker of one, or Deno. */
export const inNode = (): boolean =>
  typeof process === "object" && typeof process.versions?.node === "string" && !("Deno" in globalThis) && typeof document === "undefined";
