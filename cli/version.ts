// The version is written in one place, package.json; the bundle carries a copy of its text.
import about from "../package.json" with { type: "json" };

/** Of this copy of Bitloom, e.g. "0.1.0". */
export const version: string = about.version;
