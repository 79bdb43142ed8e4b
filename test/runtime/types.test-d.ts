// Types read off kernel sources: `npx tsc --noEmit -p .` is the test. A line marked @ts-expect-error must not compile.
import { kernelOf, matmul, Tensor as TensorOf, type Compiled, type Device, type Kernel, type Quantised, type Tensor } from "../../runtime/index.ts";
import { dim, dtypeParam, inout, input, intParam, kernel, output, type Builder, type Scalar, type Value } from "../../vm/index.ts";

declare function compile<const S extends string>(source: S): Compiled<S>;
declare const f16: Tensor<"f16">, f32: Tensor<"f32">, u3: Tensor<"u3">, b3: Tensor<"b3">, any: Tensor;

/** Whether two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(..._: Same<A, B> extends true ? [] : [never]): void => undefined;

// A weight-only matrix product: notes, defaults with commas and brackets, a tuning space, a trailing comma.
const gemm = compile(`/// C = A · dequant(B): kernel of f16 activations (see grid below).
kernel gemm_f16_u3<
  N: int, K: int,                        // listed here, so baked in
  G: int = 64,                           // rows of B that share a scale, or not
  BM: int in {16, 32, 64} = 32,
  BN: int in {32, 64, 128} = 64,
  BK: int in {16, 32, 64} = 32,
  W: layout = local(BK/16, cdiv(BN, 32)) * spatial(8, 8) * local(2, 4),
>(
  a: f16[M, K],                          // M is not listed above
  b: u3[K, N] @ packed(W),
  scale: f16[K/G, N],
  alpha: f32, exact: bool,
  grid_stride: i32[cdiv(M, BM), 1],
  out c: f16[M, N],
)
  grid (bn in N/BN, bm in cdiv(M, BM))
  threads 64
{
  require K % BK == 0 && N % BN == 0, "pad B to whole tiles // with prepack()"
  store(c[0 +: BM, :], load(a[0 +: BM, :]))
}
`);
// Tuned by the same parameters; what it gives is a kernel as any.
same<Awaited<ReturnType<typeof gemm.tune>>["choice"], Readonly<Record<string, unknown>>>();
await gemm.tune({ N: 1, K: 1 }, { a: f16 }, { device: f32.device, sizes: { M: 4 }, most: 4 });
same<keyof Parameters<Awaited<ReturnType<typeof gemm.tuned>>["run"]>[0] & "b", "b">();
// @ts-expect-error K is missing
await gemm.tune({ N: 1 });

const mm = gemm.specialise({ N: 4096, K: 4096, BM: 16 });
declare const strides: Tensor<"i32">;
const outs = await mm.run({ a: f16, b: await mm.prepack("b", u3), scale: f16, alpha: 2, exact: true, grid_stride: strides });
same<typeof outs.c, Tensor<"f16">>();
same<Awaited<ReturnType<typeof outs.c.read>>, Float32Array>();
const timed = await mm.run({ a: f16, b: u3, scale: f16, alpha: 2, exact: false, grid_stride: strides, c: f16 }, { time: true });
same<typeof timed.outs.c, Tensor<"f16">>();
same<typeof timed.ms, number>();
same<typeof gemm.name, "gemm_f16_u3">();
// @ts-expect-error N is required
gemm.specialise({ K: 1 });
// @ts-expect-error there is no BX
gemm.specialise({ N: 1, K: 1, BX: 3 });
// @ts-expect-error N is a number
gemm.specialise({ N: "1", K: 1 });
// @ts-expect-error b holds u3
await mm.run({ a: f16, b: f16, scale: f16, alpha: 2, exact: true, grid_stride: strides });
// @ts-expect-error scale is missing
await mm.run({ a: f16, b: u3, alpha: 2, exact: true, grid_stride: strides });
// @ts-expect-error alpha is a number
await mm.run({ a: f16, b: u3, scale: f16, alpha: f32, exact: true, grid_stride: strides });
// @ts-expect-error there is no output d
outs.d;
// @ts-expect-error the kernel takes no z
await mm.prepack("z", u3);

// Number types by parameter: given, by default, or known only at run time.
const pair = compile(`kernel gemm_w3a3<
  N: int, A: dtype = b3, W: dtype in {b1, b3} = b3, T: dtype,
>(a: A[M, K] @ planes, w: W[N, K] @ planes, out c: T[M, N])
  grid (bn in N) threads 64 {}`);
const byDefault = pair.specialise({ N: 1, T: "f32" });
same<Parameters<typeof byDefault.run>[0]["a"], Tensor<"b3">>();
same<Awaited<ReturnType<typeof byDefault.run>>, { c: Tensor<"f32"> }>();
await byDefault.run({ a: b3, w: b3 });
const given = pair.specialise({ N: 1, T: "f16", A: "u3" });
await given.run({ a: u3, w: b3 });
// @ts-expect-error A was given as u3
await given.run({ a: b3, w: b3 });
declare const name: string;
const late = pair.specialise({ N: 1, T: name, W: name });
await late.run({ a: b3, w: any });
same<Awaited<ReturnType<typeof late.run>>, { c: Tensor<string> }>();

// Several kernels of one source; inout; no compile-time parameters.
const two = compile(`
kernel first(inout x: f32[N]) grid (i in N) threads 32 { }
/// The second kernel of this file.
kernel second<T: dtype>(x: T[N], out y: T[N], out z: u3[N])
  grid (i in N) threads 32 { }`);
const second = two.kernels.second.specialise({ T: "f16" });
same<Awaited<ReturnType<typeof second.run>>, { y: Tensor<"f16">; z: Tensor<"u3"> }>();
const first = two.specialise("first", {});
same<Awaited<ReturnType<typeof first.run>>, {}>();
await first.run({ x: f32 });
// @ts-expect-error inout is needed
await first.run({});
// @ts-expect-error there is no third
two.specialise("third", {});
// @ts-expect-error of two kernels one has to be named
two.specialise({ T: "f16" });

// What types can't read is untyped, not wrong.
declare const text: string;
same<ReturnType<typeof compile<string>>["kernels"], Readonly<Record<string, import("../../runtime/index.ts").Specialisable<Readonly<Record<string, unknown>>>>>>();
const loose: Kernel = compile(text).specialise({ anything: 1 });
same<Awaited<ReturnType<typeof loose.run>>, Readonly<Record<string, Tensor>>>();
compile(`format q4_0[i: 32] { }`).specialise("elsewhere", {});

// Plain numbers stand for scalars in the attributes of the builder.
declare const b: Builder, x: Value, n: Scalar;
b.slice({ x }, { offsets: [0, n], sizes: [16, 32] });
b.fill({}, { value: 1.5, dtype: x.dtype, shape: [4] });
b.dot({ x, y: x }, { k: 7 });
// @ts-expect-error shapes are numbers
b.fill({}, { value: n, dtype: x.dtype, shape: [n] });

// A sequence has a signature, too; a file with one sequence is about that.
const split = compile(`
kernel part<S: int>(a: f32[M, K], out p: f32[S, M]) grid (m in M) threads 32 { store(p, 0) }
kernel total<S: int>(p: f32[S, M], out y: f32[M]) grid (m in M) threads 32 { store(y, 0) }
sequence sums<S: int in {2, 4} = 4, T: dtype = f16>(a: f32[M, K], w: T[M, K], alpha: f32, out y: f32[M]) {
  temp p: f32[S, M]
  part<S>(a, p)
  total<S>(p, y)
}
`);
same<typeof split.name, "sums">();
const sums = await split.specialise({ S: 2 }).run({ a: f32, w: f16, alpha: 1 });
same<typeof sums.y, Tensor<"f32">>();
await split.kernels.sums.specialise({ T: "u3" }).run({ a: f32, w: u3, alpha: 1 });
await split.specialise("part", { S: 4 }).run({ a: f32 });
// @ts-expect-error there is no parameter p of the sequence
await split.specialise({}).run({ a: f32, w: f16, alpha: 1, p: f32 });
// @ts-expect-error S of the kernel has no default
split.specialise("total", {});

// Kernels defined in TypeScript are typed by their definitions.
declare const stored: string;
const scaled = kernelOf(kernel("scaled", { N: intParam(), BN: intParam(64, [32, 64]), T: dtypeParam("f16") }, ({ N, BN, T }) => ({
  params: { x: input("u3", [dim("M"), N]), scale: { scalar: "f32" }, on: { scalar: "bool" }, more: inout("i32", [N]), y: output("f32", [dim("M"), N]), z: output(T, [N]) },
  grid: { g: BN }, threads: 32, body: () => undefined,
})));
declare const i32: Tensor<"i32">;
const run1 = scaled.specialise({ N: 5 });
same<Awaited<ReturnType<typeof run1.run>>, { y: Tensor<"f32">; z: Tensor<string> }>();
await run1.run({ x: u3, scale: 1, on: true, more: i32 });
await run1.run({ x: await run1.prepack("x", u3), scale: 1, on: false, more: i32, y: f32 });
const encoder: GPUCommandEncoder = {} as GPUCommandEncoder;
same<Awaited<ReturnType<typeof run1.record>>, { y: Tensor<"f32">; z: Tensor<string> }>();
await run1.record(encoder, { x: u3, scale: 1, on: true, more: i32 });
same<Awaited<ReturnType<typeof run1.check>>["ok"], boolean>();
await run1.check({ x: u3 }, { seed: 2 });
// @ts-expect-error N has no default
scaled.specialise({ BN: 32 });
// @ts-expect-error BX is no parameter
scaled.specialise({ N: 5, BX: 32 });
// @ts-expect-error N is a number
scaled.specialise({ N: stored });
// @ts-expect-error x holds u3
await run1.run({ x: f32, scale: 1, on: true, more: i32 });
// @ts-expect-error more is missing
await run1.run({ x: u3, scale: 1, on: true });
// @ts-expect-error on is a truth value
await run1.run({ x: u3, scale: 1, on: 1, more: i32 });
// @ts-expect-error there is no output w
(await run1.run({ x: u3, scale: 1, on: true, more: i32 })).w;
// @ts-expect-error record takes an encoder
await run1.record(3, { x: u3, scale: 1, on: true, more: i32 });

// Instructions are typed by the table: operands, attributes and results.
same<ReturnType<typeof b.add>, Value>();
same<ReturnType<typeof b.store>, void>();
same<ReturnType<typeof b.scalar>, Scalar>();
b.reduce_max({ x }, { axis: 1 });
// @ts-expect-error add needs two operands
b.add({ x });
// @ts-expect-error there is no such operand
b.add({ x, z: x });
// @ts-expect-error an axis is a number
b.reduce_max({ x }, { axis: "1" });
// @ts-expect-error there is no such instruction
b.frobnicate({ x });

// A buffer of the caller's is a tensor of the type he says.
declare const device: Device, buffer: GPUBuffer;
same<Awaited<ReturnType<typeof device.adopt<"u5">>>, Tensor<"u5">>();
const adopted = await TensorOf.from(device, buffer, "u5", [3]);
same<Awaited<ReturnType<typeof adopted.read>>, Uint32Array>();

// A product is f32 unless it is asked for in i32.
declare const weights: Quantised<"b3">;
same<Awaited<ReturnType<typeof matmul>>, Tensor<"f32" | "i32">>();
const floats = await matmul(f16, weights), integers = await matmul(u3, b3, { out: "i32", by: "planes" });
same<typeof floats, Tensor<"f32">>();
same<typeof integers, Tensor<"i32">>();
// @ts-expect-error there are f32 and i32
await matmul(f16, weights, { out: "f16" });
// @ts-expect-error there is no such way
await matmul(u3, b3, { by: "plane" });
// @ts-expect-error numbers lie on no device
await matmul([1, 2], weights);
