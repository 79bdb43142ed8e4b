// The probes of a device's rates: small shaders in one table, each a loop that does nothing but what it measures.
//
//   a0 … a7, each step of each needs its own last one ── nothing can be hoisted or folded, eight wait for one another's latency
//   run.x trips ── how long it takes is the host's choice, without compiling again
//
// Few static memory accesses: lavapipe compiles in time quadratic in them.
import type { RateName } from "../codegen/index.ts";

/** Threads of a block in every probe. */
export const THREADS = 64;

/** What grows until a sample takes long enough to be timed: trips of the loop, blocks of a dispatch, or dispatches. */
export type Grows = "trips" | "blocks" | "dispatches";

/** A probe: how to write it, and what it counts. */
export interface Probe {
  readonly name: RateName;
  readonly grows: Grows;
  /** Operations in a trip: of one thread, or of a block where `of` says so; of a block or dispatch where those grow. */
  readonly operations: number;
  readonly of?: "block";
  /** A device feature that it needs. */
  readonly feature?: string;
  /** A language feature of WGSL that it needs. */
  readonly language?: string;
  /** Whether only a CPU that plays a GPU has such a rate. */
  readonly software?: true;
  /** Whether it reads the large buffer, and how. */
  readonly reads?: "vec4<u32>" | "u32";
  /** Type of the accumulators; by default u32. */
  readonly type?: "u32" | "i32" | "f32" | "f16" | "vec4<u32>" | undefined;
  /** How many there are. */
  readonly accumulators: number;
  /** Declarations of the module. */
  readonly globals?: string;
  /** Statements before the loop. */
  readonly before?: string;
  /** Statements at the begin of a trip. */
  readonly first?: string;
  /** The step of each accumulator, `a$` of number `$`. */
  readonly step: string;
  /** How often the steps stand in a trip. */
  readonly times?: number;
}

/** A row of arithmetic: eight chains, their steps so often in a trip that the loop around them takes no time beside them. */
const arithmetic = (name: RateName, type: Probe["type"], step: string, operations: number, { times = 16, ...more }: Partial<Probe> = {}): Probe =>
  ({ name, grows: "trips", type, step, accumulators: 8, times, operations: 8 * times * operations, ...more });

/** What takes some ten operations where the device lacks it. */
const dear = { times: 4 };
const packed = { ...dear, language: "packed_4x8_integer_dot_product" };
/** Fills a table `to` of `n` words with what nobody knows. */
const fill = (to: string, n: number, from = "t", by = THREADS, as = "u32"): string => `for (var k = ${from}; k < ${n}u; k += ${by}u) { ${to}[k] = ${as}(k * w + run.y); }`;
const shared = (name: RateName, type: "u32" | "vec4<u32>", n: number, step: string, more: Partial<Probe> = {}): Probe => ({
  name, grows: "trips", type, step, accumulators: 8, operations: 8, globals: `var<workgroup> tile: array<${type}, ${n}>;`, before: `${fill("tile", n, "t", THREADS, type)}\n  workgroupBarrier();`, ...more,
});
/** Reads of `lanes` words by each of the accumulators: neighbours by neighbouring threads; so many in a turn of the loop that it takes little beside them. */
const reads = (name: RateName, type: "u32" | "vec4<u32>", accumulators: number, lanes: number): Probe => ({
  name, grows: "trips", type, reads: type, accumulators, operations: accumulators * lanes * 4,
  first: `let at = run.y + block.x * run.z + k * run.w + t;`, step: `a$ += data[(at + $u * ${THREADS}u) & last];`,
});
/** So many reads of four words in a loop, by each thread of a row of its own, of 16 KiB in all: what caches hold. */
const cached = (name: RateName, accumulators: number): Probe => ({
  ...reads(name, "vec4<u32>", accumulators, 4), software: true, first: `let at = 16u * t + ${accumulators}u * k;`, step: `a$ += data[(at + $u) & 1023u];`,
});

/** The table of probes; `dispatch` is first because what it finds is taken off the others. */
export const probes: readonly Probe[] = [
  { name: "dispatch", grows: "dispatches", operations: 1, accumulators: 0, step: "" },
  { name: "block", grows: "blocks", operations: 1, accumulators: 0, step: "" },
  arithmetic("fma", "f32", "a$ = fma(a$, m, c);", 1, { before: "let m = f32(run.y & 1u) * 0.25 + 0.5;\n  let c = f32(w & 15u);" }),
  arithmetic("f16fma", "f16", "a$ = fma(a$, m, c);", 1, { feature: "shader-f16", before: "let m = f16(run.y & 1u) * 0.25h + 0.5h;\n  let c = f16(w & 15u);" }),
  arithmetic("f16pair", "u32", "a$ = bitcast<u32>(bitcast<vec2<f16>>((a$ ^ w) & 0x3bff3bffu) - c);", 1, { ...dear, feature: "shader-f16", before: "let c = vec2<f16>(f16(w & 15u), f16(w & 7u));" }),
  arithmetic("integer", "u32", "a$ = ((a$ >> 3u) ^ w) + a$;", 3),
  arithmetic("shift", "u32", "a$ = (a$ << 3u) ^ (a$ >> 5u);", 2),
  arithmetic("float", "f32", "a$ = (a$ + c) * m;", 2, { before: "let m = f32(run.y & 1u) * 0.25 + 0.5;\n  let c = f32(w & 15u);" }),
  arithmetic("floatMin", "f32", "a$ = min(a$ + c, a$ * m);", 1, { before: "let m = f32(run.y & 1u) * 0.25 + 0.5;\n  let c = f32(w & 15u);" }),
  arithmetic("imul", "i32", "a$ = a$ * i32(w) + i32(run.y);", 1),
  arithmetic("popcount", "u32", "a$ += countOneBits(a$ ^ w);", 1, dear),
  arithmetic("packedDot", "i32", "a$ += dot4I8Packed(bitcast<u32>(a$), w);", 1, packed),
  arithmetic("packedDotUnsigned", "u32", "a$ += dot4U8Packed(a$, w);", 1, packed),
  arithmetic("convert", "u32", "a$ = bitcast<u32>(f32(a$ & 255u));", 1),
  arithmetic("unpackHalf", "u32", "{ let h = unpack2x16float(a$ & 0x3fff3fffu); a$ = bitcast<u32>(h.x) + bitcast<u32>(h.y); }", 2),
  arithmetic("unpackByte", "u32", "{ let b = unpack4xU8(a$ & 0x0f0f0f0fu); a$ = bitcast<u32>(f32(b.x)) + bitcast<u32>(f32(b.y)) + bitcast<u32>(f32(b.z)) + bitcast<u32>(f32(b.w)); }", 4, packed),
  shared("sharedLoad", "u32", 256, "a$ += tile[at + $u * 16u];", { first: "let at = (t + k) & 127u;" }),
  shared("sharedLoad4", "vec4<u32>", 64, "a$ += tile[at + $u * 8u];", { first: "let at = (t + k) & 31u;", accumulators: 2, operations: 2 }),
  shared("tableLoad", "u32", 16, "a$ = tile[a$ & 15u] + w;", { accumulators: 4, operations: 4 }),
  shared("privateLoad", "u32", 16, "a$ = table[a$ & 15u] + w;", { accumulators: 4, operations: 4, globals: "", before: `var table: array<u32, 16>;\n  ${fill("table", 16, "0u", 1)}` }),
  reads("storageRead", "vec4<u32>", 4, 4),
  cached("storageReadShort", 4),
  cached("storageReadLong", 10),
  cached("storageReadLonger", 20),
  reads("storageReadScalar", "u32", 8, 1),
  { name: "trip", grows: "trips", accumulators: 1, operations: 1, step: "a$ = ((a$ >> 3u) ^ w) + a$;" },
  {
    name: "barrier", grows: "trips", of: "block", operations: 2, accumulators: 1, globals: `var<workgroup> tile: array<u32, ${THREADS}>;`,
    step: `tile[t] = a$;\n    workgroupBarrier();\n    a$ += tile[${THREADS - 1}u - t];\n    workgroupBarrier();`,
  },
];

/** What an accumulator begins with, so that no two are alike. */
const begin = (type: Probe["type"], i: number): string => {
  const seed = `(w * ${2 * i + 1}u + t)`;
  return type === undefined || type === "u32" ? seed : type === "f32" || type === "f16" ? `${type}(${seed} & 255u)` : `${type}${seed}`;
};

/** The bits of an accumulator, for the result that keeps it alive. */
const bits = (type: Probe["type"], a: string): string => (type === "vec4<u32>" ? `(${a}.x ^ ${a}.y ^ ${a}.z ^ ${a}.w)` : type === "f16" ? `bitcast<u32>(f32(${a}))` : `bitcast<u32>(${a})`);

/** The WGSL of a probe. */
export function probeShader({ type, feature, language, reads, accumulators, globals, before, first, step, times = 1 }: Probe): string {
  const all = Array.from({ length: accumulators }, (_, i) => i), steps = all.map((i) => `    ${step.replaceAll("$", String(i))}`);
  return [
    ...(feature === "shader-f16" ? ["enable f16;"] : []), ...(language ? [`requires ${language};`] : []),
    "@group(0) @binding(0) var<uniform> run: vec4<u32>;",
    "@group(0) @binding(1) var<storage, read_write> out: array<u32>;",
    ...(reads ? [`@group(0) @binding(2) var<storage, read> data: array<${reads}>;`] : []),
    ...(globals ? [globals] : []),
    `@compute @workgroup_size(${THREADS})`,
    "fn main(@builtin(workgroup_id) block: vec3<u32>, @builtin(local_invocation_index) t: u32) {",
    // Nothing of the loop's values is known to the compiler, and nobody else reads `run`.
    "  let w = run.y * 2654435761u + 0x9e3779b9u;",
    ...(reads ? ["  let last = arrayLength(&data) - 1u;"] : []),
    ...(before ? [`  ${before}`] : []),
    ...all.map((i) => `  var a${i} = ${begin(type, i)};`),
    ...(accumulators ? ["  for (var k = 0u; k < run.x; k++) {", ...(first ? [`    ${first}`] : []), ...Array.from({ length: times }, () => steps).flat(), "  }"] : []),
    accumulators ? `  out[block.x * ${THREADS}u + t] = ${all.map((i) => bits(type, `a${i}`)).join(" ^ ")};` : "  if (run.x == 0u) { out[t] = w; }",
    "}", "",
  ].join("\n");
}
