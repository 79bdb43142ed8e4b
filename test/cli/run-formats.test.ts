// `bitloom run` with tensors of formats: from weight files as they are stored, from numbers that are encoded, by chance; what doesn't fit is said.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { formatNamed } from "../../lang/index.ts";
import { writeNpy } from "../../runtime/index.ts";
import { formatValues, packFormat, quantiseFormat } from "../../vm/index.ts";
import { gguf } from "../runtime/weights/make.ts";
import { bitloom, folder } from "./support.ts";

const dir = folder(), at = (name: string): string => join(dir, name), K = 128, N = 4;
const x = Float32Array.from({ length: K }, (_, i) => (i % 5) - 2), numbers = Float32Array.from({ length: N * K }, (_, i) => Math.sin(i * 1.3)), q4 = quantiseFormat(formatNamed("q4_0"), [N, K], numbers);

beforeAll(() => {
  writeFileSync(at("k.loom"), `import { q4_0, q8_0, iq4_nl } from "bitloom/formats/gguf.loom"
kernel mv<W: format = q4_0>(x: f32[K], w: W[N, K], out y: f32[N]) grid (n in N) threads 32 {
  var acc: f32[1] = 0
  for k in 0..K step 128 { acc += reduce_sum(load(w[n +: 1, k +: 128]) * load(x[k +: 128]), axis: 1, keep: false) }
  store(y[n +: 1], acc)
}
kernel pack<W: format = q4_0>(x: f32[N, K], out w: W[N, K]) grid (n in N, k in K / 128) threads 32 {
  store(w[n +: 1, k * 128 +: 128], load(x[n +: 1, k * 128 +: 128]))
}
`);
  writeFileSync(at("m.gguf"), gguf({}, [
    { name: "w", ne: [K, N], type: 2, bytes: packFormat(q4)[""] }, { name: "h", ne: [K, N], type: 8, bytes: packFormat(quantiseFormat(formatNamed("q8_0"), [N, K], numbers))[""] },
    { name: "f", ne: [K, N], type: 0, bytes: new Uint8Array(numbers.buffer) }, { name: "x", ne: [K], type: 0, bytes: new Uint8Array(x.buffer) },
  ]));
  writeFileSync(at("f.npy"), writeNpy({ dtype: "f4", shape: [N, K], data: numbers }));
});

interface Outputs { readonly outputs: Readonly<Record<string, { readonly dtype: string; readonly shape: readonly number[]; readonly values: readonly number[] }>> }
const run = async (...words: readonly string[]): Promise<Outputs["outputs"]> => {
  const r = await bitloom(["run", at("k.loom"), "--json", ...words]);
  expect([r.code, r.err]).toEqual([0, ""]);
  return (r.json() as unknown as Outputs).outputs;
};
/** Products of rows, in doubles. */
const products = (v: ArrayLike<number>): number[] => Array.from({ length: N }, (_, n) => x.reduce((sum, a, k) => sum + a * v[n * K + k], 0));
const near = (got: readonly number[], want: readonly number[]): void => want.forEach((v, i) => { expect(Math.abs(got[i] - v)).toBeLessThan(1e-4); });

test.each(["--on=interpreter", "--adapter=swiftshader"])("blocks of a GGUF, and numbers in their place, %s", async (place) => {
  const mv = (w: string, ...more: readonly string[]) => run("--kernel", "mv", "--in", `x=${at("m.gguf")}:x`, "--in", `w=${w}`, place, ...more), want = products(formatValues(q4));
  near((await mv(`${at("m.gguf")}:w`)).y.values, want);
  near((await mv(`${at("m.gguf")}:h`, "--set", "W=q8_0")).y.values, products(formatValues(quantiseFormat(formatNamed("q8_0"), [N, K], numbers))));
  near((await mv(at("f.npy"))).y.values, want);
});

test.each(["--on=interpreter", "--adapter=swiftshader"])("a kernel that makes a format, %s: its fields", async (place) => {
  const { "w.d": d, "w.q": q } = await run("--kernel", "pack", "--in", `x=${at("m.gguf")}:f`, place);
  expect([d.shape, q.shape, q.dtype]).toEqual([[N, 4], [N, 4, 32], "u4"]);
  expect(q.values).toEqual([...q4.fields["q"].data]);
  expect(d.values).toEqual([...q4.fields["d"].data]);
});

test("by chance, and one number for all", async () => {
  const mv = (w: string) => run("--kernel", "mv", "--in", "x=1", "--in", `w=${w}`, "--set", "N=2", "--set", "K=128", "--on", "interpreter");
  near((await mv("0.5")).y.values, [64, 64]);
  const [a, b] = [await mv("random:1"), await mv("random:1")];
  expect(a.y.values).toEqual(b.y.values);
  expect(Math.abs(a.y.values[0])).toBeLessThan(64);
});

test("what doesn't fit is said", async () => {
  const told = async (...words: readonly string[]): Promise<string> => { const r = await bitloom(["run", at("k.loom"), "--kernel", "mv", "--on", "interpreter", ...words]); expect(r.code).toBeGreaterThan(0); return r.err; };
  expect(await told("--in", "x=1")).toMatch(/H0900.*needs 'w': q4_0\[N, K\]/);
  expect(await told("--in", "x=1", "--in", `w=${at("m.gguf")}:h`)).toMatch(/H0703.*'w' is q4_0\[N, K\], but .*:h is q8_0\[4, 128\][^]*--set W=q8_0/);
  expect(await told("--in", "x=random:1", "--in", `w=${at("m.gguf")}:w`, "--set", "N=5")).toMatch(/H0406.*here \[5, 128\], but .* has the shape \[4, 128\]/);
  expect(await told("--in", "x=1", "--in", `w=${at("m.gguf")}:v`)).toMatch(/H0202.*no tensor "v"/);
  expect(await told("--in", "x=1", "--in", `W=${at("m.gguf")}:w`)).toMatch(/H0900.*no input 'W'/);
  expect(await told("--in", `x=${at("m.gguf")}`, "--in", "w=random:1")).toMatch(/has 4 tensors/);
});
