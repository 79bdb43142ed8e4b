// Bitloom's own products, by matmul(x, w) as anybody calls it: weights of every width, as whole numbers, bipolar and floats, with a
// scale for each 32 along K, times f32; floats without scales; whole numbers times whole numbers.
import { planes } from "../layout/index.ts";
import { dtype } from "../vm/index.ts";
import { lowerProgram, prepare, work } from "../codegen/index.ts";
import { matmul, matmulProgram, prepackWeights, targetOf, tensor, uploadQuantised, type Device, type MatmulFactor, type Quantised, type Tensor } from "../runtime/index.ts";
import { recorded, type Maker, type Ready } from "./entrants.ts";
import { activations, check, codesOf, scalesOf, type Sizes } from "./numbers.ts";

/** Elements along K that share a scale, for Bitloom and others. */
export const GROUP = 32;

/** Rows of a matrix as numbers. */
type Rows = (i: number) => ArrayLike<number>;

/** A factor on the device, and its numbers. */
interface Made { readonly factor: MatmulFactor & { dispose(): void }; readonly rows: Rows }

const rowsOf = (values: ArrayLike<number>, K: number): Rows => (i) => Array.prototype.slice.call(values, i * K, i * K + K) as number[];

/** A matrix of codes [rows, K] without scales. */
async function plain(device: Device, type: string, rows: number, K: number, asPlanes: boolean, weightsFor?: string): Promise<Made> {
  const { bits } = dtype(type), packing = asPlanes ? { packing: planes(2) } : {};
  if (bits > 8) { const x = activations({ M: rows, K }); return { factor: await tensor(device, type, [rows, K], x), rows: rowsOf(x, K) }; }
  const codes = codesOf(type, rows * K), t = dtype(type), made = tensor(device, type, [rows, K], codes, { as: "codes", ...packing });
  return { factor: await (weightsFor === undefined ? made : packed(made, weightsFor)), rows: (i) => Array.from(codes.subarray(i * K, i * K + K), (c) => t.decode(c)) };
}

/** Weights as those who have many products with them keep them. */
async function packed<W extends Tensor | Quantised>(given: Promise<W>, x: string): Promise<W> {
  const w = await given;
  try { return await prepackWeights(w, { x }); } finally { w.dispose(); }
}

/** Weights w[N, K] with a scale for each group. */
async function scaled(device: Device, type: string, N: number, K: number): Promise<Made> {
  const codes = codesOf(type, N * K), groups = Math.ceil(K / GROUP), scales = scalesOf(N * groups), t = dtype(type);
  const factor = await packed(uploadQuantised(device, { type, shape: [N, K], codes, axis: 1, group: GROUP, scaleShape: [N, groups], scaleType: "f32", scales }), "f32");
  return { factor, rows: (i) => Array.from(codes.subarray(i * K, i * K + K), (c, k) => t.decode(c) * scales[i * groups + Math.floor(k / GROUP)]) };
}

/** A kind of product: types of the factors. */
interface Row { readonly family: string; readonly x: string; readonly w: string; readonly planes?: boolean }

async function make(device: Device, { M, N, K }: Sizes, r: Row, name: string): Promise<Ready> {
  const exact = r.family === "int × int", grouped = !exact && dtype(r.w).bits <= 8;
  const x = await plain(device, r.x, M, K, r.planes === true), w = grouped ? await scaled(device, r.w, N, K) : await plain(device, r.w, N, K, r.planes === true, r.x);
  const options = exact ? { out: "i32" as const } : {}, product = (): ReturnType<typeof matmul> => matmul(x.factor, w.factor, options), free = (): void => { x.factor.dispose(); w.factor.dispose(); };
  try {
    const y = await product(), got = await y.read();
    y.dispose();
    check(name, { M, N, K, x: x.rows, w: w.rows }, got as ArrayLike<number>);
    const { ready, end, workgroups } = await recorded(device, async () => (await product()).dispose()), target = targetOf(device), { body } = lowerProgram(prepare(await matmulProgram(x.factor, w.factor, options)).program, target);
    return { ready, counted: { work: work(body.stmts, target.unrolls), threads: workgroups * body.threads }, end: async () => { await end(); free(); } };
  } catch (error) { free(); throw error; }
}

const widths = [1, 2, 3, 4, 5, 6, 7, 8];
const rows: readonly Row[] = [
  { family: "float", x: "f32", w: "f32" }, { family: "float", x: "f16", w: "f16" },
  ...widths.map((b) => ({ family: "int", x: "f32", w: b === 1 ? "u1" : `i${b}` })), ...widths.map((b) => ({ family: "bipolar", x: "f32", w: `b${b}` })),
  ...["f2e1m0", "f3e1m1", "f4e2m1", "f5e2m2", "f6e3m2", "f7e3m3", "f8e4m3"].map((w) => ({ family: "float", x: "f32", w })),
  ...[[8, 8], [4, 8]].map(([w, x]) => ({ family: "int × int", x: `i${x}`, w: `i${w}` })), ...[4, 2, 1].map((b) => ({ family: "int × int", x: `b${b}`, w: `b${b}`, planes: true })),
];

/** All of them; floats of 16 bits need the device's f16, or are computed in f32. */
export const ours: readonly Maker[] = rows.map((r) => {
  const exact = r.family === "int × int", [x, w] = [dtype(r.x).bits, dtype(r.w).bits], name = exact ? `W${w}A${x}` : r.w;
  return { name, library: "Bitloom", family: r.family, on: "adapter", kind: { x, w, group: exact || w > 8 ? 0 : GROUP, exact, floats: dtype(r.w).kind === "float" }, make: (device, sizes) => make(device, sizes, r, name) };
});
