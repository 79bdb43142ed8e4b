// What holds of every row of the table.
import { describe, expect, it } from "vitest";
import { builder, dtype, instructions } from "../../vm/index.ts";

describe("the instruction table", () => {
  it("has no name that the builder uses otherwise: each row is a call of it", () => {
    const b = builder("calls"), x = b.fill({}, { value: 1, dtype: dtype("i32"), shape: [2] });
    for (const name of instructions.keys()) expect(() => (b as unknown as Record<string, (o: object, a?: object) => unknown>)[name]({}, {}), name).not.toThrow(TypeError);
    expect(b.repeat({ x }, { counts: [2] }).shape).toEqual([4]);
  });
  it.each([...instructions])("'%s' says what it means and how it becomes code", (name, row) => {
    expect(row.name).toBe(name);
    expect(row.doc).toMatch(/^\S.*\.$/);
    expect(row.run).toBeTypeOf("function");
    expect(row.emit !== undefined || row.lower !== undefined).toBe(true);
    // Only memory and matrix rows may read memory; what writes a register variable calls it 'to'.
    for (const [key, o] of Object.entries(row.operands)) if (row.effect === "write" && o.spaces.includes("reg") && key === "to") expect(name).toBe("assign");
  });
});
