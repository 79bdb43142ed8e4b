// What kernels print: on the interpreter and on devices the same lines, in the same order; and what happens where there is no room.
import { describe, expect, test } from "vitest";
import { baseTarget, compileProgram, evaluateBody, lowerProgram, prepare } from "../../codegen/index.ts";
import { load } from "../../lang/index.ts";
import { compile } from "../../runtime/index.ts";
import { dtype, interpret, printLayout, printText, readPrints, tileFromCodes, tileFromValues, type PrintLine, type Tile } from "../../vm/index.ts";
import { onEachDevice } from "../conformance/devices.ts";

const source = `kernel says<K: int = 5>(x: i32[N, K], q: u3[N, K], n: i32, out y: i32[N, K]) grid (g in 2, r in N) threads 7 {
  let v = load(x[r, :])
  if g == 1 && r == 2 { print("leaves {}", g); return }
  print("row {} {}", r, v)
  var i = 0
  while i < n {
    i += 1
    if i == 2 { continue }
    print("{}: {} {} {}", i, load(q[r, :]), v as f32 * 0.1, v > 2)
  }
  print("end")
  store(y[r, :], v)
}` as string;
const rows = [[1, 2, 3, 4, 5], [0, -7, 100, 2, 9], [3, 3, 3, 3, 3]], inputs: Record<string, Tile | number> = {
  x: tileFromValues(dtype("i32"), [3, 5], rows.flat()), q: tileFromCodes(dtype("u3"), [3, 5], [0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6]), n: 3,
};
const [kernel] = load(source, { file: "says.loom" }).kernels, program = kernel.specialise({});
const shown = (l: PrintLine): string => `${l.block.join()} #${l.sequence} line ${source.slice(0, l.span?.start ?? 0).split("\n").length}: ${l.text}`;
function law(): string[] { const lines: string[] = []; interpret(program, inputs, { print: (l) => lines.push(shown(l)) }); return lines; }

describe("print", () => {
  test("says values of numbers, tiles and storage types, block by block", () => {
    expect(law().slice(0, 4)).toEqual(["0,0 #0 line 4: row 0 [1, 2, 3, 4, 5]", "0,0 #1 line 9: 1: [0, 1, 2, 3, 4] [0.1, 0.2, 0.3, 0.4, 0.5] [false, false, true, true, true]",
      "0,0 #2 line 9: 3: [0, 1, 2, 3, 4] [0.1, 0.2, 0.3, 0.4, 0.5] [false, false, true, true, true]", "0,0 #3 line 11: end"]);
    expect(law().filter((l) => l.includes("leaves"))).toEqual(["1,2 #0 line 3: leaves 1"]);
  });
  test("the loop form writes the same records, in whatever order blocks run", () => {
    const { body, prints } = lowerProgram(prepare(program).program, { ...baseTarget, debug: true }), words = new Uint32Array(printLayout.words);
    const codes = new Uint32Array(16);
    [0, 1, 2].forEach((r) => rows[r].forEach((_, c) => { const at = (r * 5 + c) * 3, code = (r * 5 + c) % 8; codes[at >> 5] |= code << (at & 31); if ((at & 31) > 29) codes[(at >> 5) + 1] |= code >>> (32 - (at & 31)); }));
    const buffers = new Map([["x", new Uint32Array(Int32Array.from([...rows.flat(), 0]).buffer)], ["q", codes], ["y", new Uint32Array(16)], ["prints", words]]);
    for (const blocks of [[1, 1], [0, 2], [1, 2], [0, 0], [1, 0], [0, 1]]) evaluateBody(body, { buffers, blocks, uniforms: { N: 3, n: 3 }, check: true, seed: 7 });
    const { lines, lost } = readPrints(words, prints?.sites ?? [], [2, 3]);
    expect([lines.map(shown), lost]).toEqual([law(), 0]);
  });
  test("a build without debug has nothing of it, nor of what only it looked at", () => {
    const m = compileProgram(load("kernel k(x: f32[64], out y: f32[64]) grid (g in 1) threads 32 { let v = load(x); print(\"{}\", reduce_sum(exp(v), axis: 0)); store(y, v) }", { file: "k.loom" }).kernels[0].specialise({}), baseTarget);
    expect(m.prints).toBeUndefined();
    expect(m.wgsl).not.toMatch(/exp|Barrier|atomic/);
  });
  test("values are the shortest text that is the same number", () => {
    const f = (x: number): string => printText("{}", [{ dtype: dtype("f32"), shape: [], at: () => Math.fround(x) }]);
    expect([0.1, 1 / 3, -0, Infinity, NaN, 1e-20, 16777216].map(f)).toEqual(["0.1", "0.33333334", "-0", "Infinity", "NaN", "1e-20", "16777216"]);
  });
});

onEachDevice("print", (device) => {
  test("says what the interpreter says", async () => {
    const { kernels } = await compile(source, { file: "says.loom", debug: true }) as unknown as { kernels: Record<string, ReturnType<typeof Object>> };
    const lines: string[] = [], made = (kernels["says"] as { specialise(p: object): { run(i: object, o: object): Promise<unknown> } }).specialise({});
    await made.run({ x: await device().tensor("i32", [3, 5], rows.flat()), q: await device().tensor("u3", [3, 5], [0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6]), n: 3 }, { print: (l: PrintLine) => lines.push(shown(l)) });
    expect(lines).toEqual(law());
  });
  test("what finds no room is counted, and the rest is whole", async () => {
    const much = "kernel much(n: i32, out y: i32[G, 32]) grid (g in G) threads 32 { let v = iota([1, 32], axis: 1) + g; for i in 0..n { print(\"{} {}\", i, v) }; store(y[g +: 1, :], v) }".replaceAll("G", "40") as string;
    const { kernels } = await compile(much, { debug: true }) as unknown as { kernels: Record<string, { specialise(p: object): { run(i: object, o: object): Promise<unknown> } }> };
    const lines: PrintLine[] = [], room = Math.floor((printLayout.words - printLayout.first) / (printLayout.header + 33));
    await kernels["much"].specialise({}).run({ n: 60 }, { device: device(), print: (l: PrintLine) => lines.push(l) });
    const last = lines.pop();
    expect(last?.text).toBe(`… and ${2400 - lines.length} lines more, for which there was no room`);
    expect(lines.length).toBeLessThanOrEqual(room);
    expect(lines.length).toBeGreaterThan(room - 45);
    for (const { block: [g], text } of lines) expect(text.replace(/^\d+ /, "")).toBe(`[[${Array.from({ length: 32 }, (_, i) => i + g).join(", ")}]]`);
  });
});
