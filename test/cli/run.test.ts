// `bitloom run`: files in, files out, and every wrong word with a way out. On the interpreter, which is always there.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync, chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openNpz, openSafetensors, readNpy, writeNpy, writeNpz, writeSafetensors } from "../../runtime/index.ts";
import { bitloom, folder } from "./support.ts";

const add = "examples/vector_add/vector_add.loom";
const scaled = `kernel scaled<W: dtype = i4>(x: W[N], s: f32, out y: f32[N], out z: W[N])
  grid (b in cdiv(N, 64))
  threads 64
{
  let v = load(x[b * 64 +: 64], pad: 1)
  store(y[b * 64 +: 64], v as f32 * s)
  store(z[b * 64 +: 64], v)
}
`;

function setting() {
  const dir = folder(), at = (name: string): string => join(dir, name);
  writeFileSync(at("scaled.loom"), scaled);
  writeFileSync(at("x.npy"), writeNpy({ dtype: "i1", shape: [5], data: Int8Array.of(-8, -1, 0, 3, 7) }));
  writeFileSync(at("codes.npy"), writeNpy({ dtype: "u1", shape: [5], data: Uint8Array.of(8, 15, 0, 3, 7) }));
  writeFileSync(at("floats.npy"), writeNpy({ dtype: "f8", shape: [3], data: Float64Array.of(1.5, 0.25, -3) }));
  writeFileSync(at("w.safetensors"), writeSafetensors({ "layer.weight": { dtype: "I8", shape: [5], bytes: Uint8Array.of(248, 255, 0, 3, 7) } }));
  return { dir, at, loom: at("scaled.loom") };
}
const interpreter = ["--on", "interpreter"];

describe("inputs", () => {
  test.each([
    ["values of a .npy", (at: (n: string) => string) => ["--in", `x=${at("x.npy")}`]],
    ["codes of a .npy", (at: (n: string) => string) => ["--in", `x=${at("codes.npy")}`, "--codes", "x"]],
    ["a tensor of a .safetensors", (at: (n: string) => string) => ["--in", `x=${at("w.safetensors")}:layer.weight`]],
  ])("%s", async (_, words) => {
    const { at, loom } = setting();
    const r = await bitloom(["run", loom, "--json", ...interpreter, "--set", "s=0.5", ...words(at)]);
    expect(r).toMatchObject({ code: 0, err: "" });
    expect(r.json()).toMatchObject({
      kernel: "scaled", on: "interpreter",
      outputs: { y: { dtype: "f32", shape: [5], values: [-4, -0.5, 0, 1.5, 3.5] }, z: { dtype: "i4", shape: [5], values: [-8, -1, 0, 3, 7] } },
    });
  });
  test("the same seed gives the same numbers, whole codes of any type", async () => {
    const { loom } = setting(), words = ["run", loom, "--json", ...interpreter, "--set", "s=1", "--set", "N=200", "--set", "W=f4e2m1"];
    const one = (await bitloom([...words, "--in", "x=random:7"])).json()["outputs"], two = (await bitloom([...words, "--in", "x=random:7"])).json()["outputs"];
    expect(one).toEqual(two);
    expect(new Set((one as { z: { values: number[] } }).z.values)).toEqual(new Set([0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.5, -1, -1.5, -2, -3, -4, -6]));
  });
});

describe("outputs", () => {
  test("are summed up with whole numbers as they are, others in six digits", async () => {
    const { at } = setting(), file = at("whole.loom");
    writeFileSync(file, "kernel k<T: dtype>(x: T[N], out y: T[N]) grid (b in 1) threads 4 { store(y[0 +: 4], load(x[0 +: 4])) }");
    const said = async (type: string, x: string): Promise<string> => (await bitloom(["run", file, ...interpreter, "--set", `T=${type}`, "--in", `x=${x}`])).out;
    expect(await said("i32", "[-2147483648, 2147483647, 16777217, -1]")).toContain("from -2147483648 to 2147483647, mean 4194300\n  -2147483648 2147483647 16777217 -1");
    expect(await said("u32", "[4294967295, 0]")).toContain("from 0 to 4294967295, mean 2147480000\n  4294967295 0");
    expect(await said("f32", "[16777216, 0.1, 1e30]")).toContain("  16777216 0.1 1e+30");
  });

  test("are written as .npy in the narrowest type, or as codes, with nothing left over", async () => {
    const { dir, at, loom } = setting();
    const words = ["run", loom, ...interpreter, "--set", "s=2", "--in", `x=${at("x.npy")}`, "--out", `z=${at("out/z.npy")}`, "--out", `y=${at("y.npy")}`];
    expect(await bitloom(words)).toMatchObject({ code: 0, err: "" });
    expect(readNpy(readFileSync(at("out/z.npy")))).toEqual({ dtype: "i1", shape: [5], data: Int8Array.of(-8, -1, 0, 3, 7) });
    expect(readNpy(readFileSync(at("y.npy")))).toEqual({ dtype: "f4", shape: [5], data: Float32Array.of(-16, -2, 0, 6, 14) });
    await bitloom([...words, "--codes", "z"]);
    expect(readNpy(readFileSync(at("out/z.npy"))).data).toEqual(Uint8Array.of(8, 15, 0, 3, 7));
    expect(readdirSync(dir).concat(readdirSync(at("out"))).filter((f) => f.includes("tmp"))).toEqual([]);
  });
  test("go together into archives, and come back", async () => {
    const { at, loom } = setting(), run = ["run", loom, ...interpreter, "--set", "s=0.5"];
    writeFileSync(at("in.npz"), await writeNpz({ "a/b": { dtype: "i1", shape: [5], data: Int8Array.of(-8, -1, 0, 3, 7) } }, { compress: true }));
    const r = await bitloom([...run, "--in", `x=${at("in.npz")}:a/b`, "--out", `y=${at("out.npz")}`, "--out", `z=${at("out.npz")}:codes`, "--codes", "z"]);
    expect(r).toMatchObject({ code: 0, err: "" });
    expect(r.out).toContain(`→ ${at("out.npz")}:codes`);
    const npz = await openNpz(at("out.npz"));
    expect([npz.names, (await npz.read("y")).data, (await npz.read("codes")).data]).toEqual([["y", "codes"], Float32Array.of(-4, -0.5, 0, 1.5, 3.5), Uint8Array.of(8, 15, 0, 3, 7)]);
    await npz.close();
    expect(await bitloom([...run, "--set", "W=f8e4m3", "--in", `x=${at("in.npz")}:a/b`, "--out", `y=${at("o.safetensors")}:layer.y`, "--out", `z=${at("o.safetensors")}`])).toMatchObject({ code: 0, err: "" });
    const tensors = await openSafetensors(at("o.safetensors"));
    expect([...tensors.tensors.values()].map((t) => [t.name, t.dtype, t.shape])).toEqual([["layer.y", "F32", [5]], ["z", "F8_E4M3", [5]]]);
    expect(await tensors.read("z")).toEqual(Uint8Array.of(0xd0, 0xb8, 0, 0x44, 0x4e));
    await tensors.close();
    // What was written in a type of its own is read back as that.
    expect((await bitloom([...run, "--json", "--set", "W=f8e4m3", "--in", `x=${at("o.safetensors")}:z`])).json()).toMatchObject({ outputs: { z: { values: [-8, -1, 0, 3, 7] } } });
  });
  test("a failed run leaves the old file as it was", async () => {
    const { at, loom } = setting();
    writeFileSync(at("y.npy"), "old");
    const r = await bitloom(["run", loom, ...interpreter, "--set", "s=2", "--in", `x=${at("floats.npy")}`, "--out", `y=${at("y.npy")}`]);
    expect(r.code).toBe(1);
    expect(readFileSync(at("y.npy"), "utf8")).toBe("old");
  });
  test("a folder that can't be written is told in words", async () => {
    const { at, loom } = setting();
    writeFileSync(at("file"), "");
    const r = await bitloom(["run", loom, ...interpreter, "--set", "s=2", "--in", `x=${at("x.npy")}`, "--out", `y=${at("file/y.npy")}`]);
    expect(r.code).toBe(1);
    expect(r.err).toMatch(/error\[H0208\]: can't write .*(ENOTDIR|EEXIST)/s);
    expect(existsSync(at("file/y.npy"))).toBe(false);
  });
});

describe("mistakes", () => {
  const { at, loom } = setting(), square = at("square.loom");
  chmodSync(loom, 0o644);
  mkdirSync(at("folder.npy"));
  writeFileSync(square, "kernel square(x: u3[N, N], on: bool, out y: u3[N]) grid (b in 1) threads 8 { if on { store(y[0 +: 8], load(x[0, 0 +: 8])) } }");
  test.each([
    [["run", loom, "--set", "s=1", "--in", "weights=random:1"], 2, "has no input 'weights'", "it has x"],
    [["run", loom, "--in", "x=random:1"], 2, "needs 's': a number", "--set s=1"],
    [["run", loom, "--set", "s=1", "--in", "x=random:1"], 2, "how large is N", "--set N=64"],
    [["run", add], 2, "needs 'x': f32[N], 'y': f32[N]", "--in x=random:1 --in y=random:2"],
    [["run", add, "--in", "x=[[1, 2]]", "--in", "y=[1, 2]"], 1, "'x' is f32[N], but the list has the shape [1, 2]", "one bracket for each axis"],
    [["run", loom, "--set", "s=1"], 2, "needs 'x': i4[N]", "--in x=FILE.npy"],
    [["run", loom, "--set", "s=1", "--set", "rows=3"], 2, "has no 'rows' to set", "it has W, N, s"],
    [["run", loom, "--set", "s=x", "--in", "x=random:1"], 2, "'--set s=x' is no number", "--set s=0.5"],
    [["run", loom, "--set", "s=1", "--set", "N=-1", "--in", "x=random:1"], 2, "a dimension is at least 0", "--set N=64"],
    [["run", loom, "--set", "s=1", "--set", "N=3000000000", "--in", "x=random:1"], 2, "less than 2^31", "--set N=64"],
    [["run", square, "--set", "on=true", "--set", "N=60000", "--in", "x=random:1"], 1, "'x' would have 3600000000 elements", "N = 60000"],
    [["run", square, "--set", "on=maybe", "--in", "x=random:1"], 2, "'--set on=maybe' is neither true nor false", "--set on=true"],
    [["run", square, "--in", "x=random:1", "--set", "N=4"], 2, "needs 'on': true or false", "--set on=true"],
    [["run", loom, "--set", "s=toString", "--in", "x=random:1"], 2, "'--set s=toString' is no number", "--set s=0.5"],
    [["run", loom, "--set", "s=1", "--in", `x=${at("folder.npy")}`], 1, "folder.npy is a folder", "name a file in it"],
    [["run", loom, "--set", "s=1", "--in", `x=${at("x.npy")}`, "--out", `y=${at("folder.npy")}`], 1, `can't write ${at("folder.npy")}\n`, "EISDIR"],
    [["run", loom, "--set", "s"], 2, "'--set s' has no '='", "--set NAME=…"],
    [["run", loom, "--set", "s=1", "--in", "x=random:x", "--set", "N=4"], 2, "has no seed", "--in x=random:1"],
    [["run", loom, "--set", "s=1", "--in", "x=data.txt"], 2, "can't tell what 'data.txt' is", "FILE.npy"],
    [["run", loom, "--set", "s=1", "--in", `x=${at("w.safetensors")}`], 2, "has 1 tensors", "layer.weight"],
    [["run", loom, "--set", "s=1", "--in", `x=${at("w.safetensors")}:layer.wight`], 1, "has no tensor 'layer.wight'", "did you mean 'layer.weight'?"],
    [["run", loom, "--set", "s=1", "--in", `x=${at("floats.npy")}`], 1, "is 1.5, which is no i4", "--codes"],
    [["run", loom, "--set", "s=1", "--in", `x=${at("x.npy")}`, "--codes", "x"], 1, "is -8; i4 has the codes 0 to 15", "leave --codes out"],
    [["run", loom, "--set", "s=1", "--in", "x=/no/x.npy"], 1, "/no/x.npy", ""],
    [["run", loom, "--set", "s=1", "--in", `x=${at("x.npy")}`, "--out", "w=w.npy"], 2, "has no output 'w'", "y"],
    [["run", loom, "--set", "s=1", "--in", `x=${at("x.npy")}`, "--out", "y=y.txt"], 2, "is no .npy, .npz or .safetensors file", "y=y.npy"],
    [["run", loom, "--set", "s=1", "--in", `x=${at("x.npy")}`, "--out", `y=${at("o.npz")}:a`, "--out", `z=${at("o.npz")}:a`], 2, "'y' and 'z' would be written to one place", "o.npz:z"],
    [["run", loom, "--set", "s=1", "--in", `x=${at("x.npz")}:a`], 1, "can't open", "check the path"],
    [["run", loom, "--kernel", "scald"], 1, "has no kernel 'scald'", "did you mean 'scaled'?"],
    [["run", loom, "--set", "W=u99", "--set", "s=1"], 1, "u99", ""],
    [["run", loom, "--set", "s=1", "--in", `x=${at("x.npy")}`, "--set", "N=4"], 1, "the shape [5]", "other --set values"],
    [["run", loom, "--set", "s=1", "--in", `x=${at("x.npy")}`, "--adapter", "swiftshader"], 2, "the interpreter needs no adapter", "--on webgpu"],
    [["run", loom, "--set", "s=1", "--in", `x=${at("x.npy")}`, "--model"], 2, "the model prices what devices do", "leave --model out"],
  ])("%j", async (words, code, message, help) => {
    const r = await bitloom([...words, ...interpreter]);
    expect(r.err).toContain(message);
    expect(r.err).toContain(help);
    expect(r.code).toBe(code);
  });
  test("an unknown place", async () => {
    expect(await bitloom(["run", add, "--on", "gpu"])).toMatchObject({ code: 2, err: expect.stringContaining("write --on interpreter or --on webgpu") as string });
    expect(await bitloom(["run", add, "--set", "N=4", "--in", "x=random:1", "--in", "y=random:2", "--on", "webgp"])).toMatchObject({ code: 2, err: expect.stringContaining("did you mean 'webgpu'?") as string });
  });
});
