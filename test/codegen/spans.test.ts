// The map from WGSL back to the source: what the driver says about a line is shown at the statement that made it.
import { expect, test } from "vitest";
import { baseTarget, compileProgram } from "../../codegen/index.ts";
import { load } from "../../lang/index.ts";

const source = `kernel k(x: u3[M, 64], out y: f32[M, 1])
  grid (m in M)
  threads 32
{
  let v = load(x[m +: 1, :]) as f32
  store(y[m +: 1, :], sqrt(reduce_sum(v * v, axis: 1)))
}
`;

test("lines of the WGSL know the statement they come from", () => {
  const [kernel] = load(source, { file: "k.loom" }).kernels;
  const { wgsl, spans } = compileProgram(kernel.specialise({}), baseTarget), lines = wgsl.split("\n");
  expect(spans.length).toBeGreaterThanOrEqual(lines.filter((l) => l.trim()).length - 1);
  const origin = (part: RegExp): string => {
    const at = lines.findIndex((l) => part.test(l)), span = spans[at];
    return span ? source.slice(span.start, span.end) : `no source for ${lines[at] ?? part.source}`;
  };
  expect(origin(/= .*\bx\[/)).toContain("load(x[m +: 1, :])");
  expect(origin(/workgroupBarrier/)).toBe("reduce_sum(v * v, axis: 1)");
  expect(origin(/ y\[/)).toBe("store(y[m +: 1, :], sqrt(reduce_sum(v * v, axis: 1)))");
  expect(spans[0]).toBeNull(); // declarations are nobody's
});
