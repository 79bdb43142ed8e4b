// The version of the compiler, which what was measured of its kernels hangs on.

/**
 * That of the package. (A test holds it against package.json, which a page can't read.)
 * @example
 * ```ts
 * compilerVersion.split(".").length; // => 3
 * ```
 */
export const compilerVersion = "0.1.0";
