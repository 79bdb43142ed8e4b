// `layout --json -` and `dtype --json -` under fire: 10,000 lines of sense and nonsense, one answer for each; and every recorded answer
// of another implementation again, as a tool would ask for it.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { vectors } from "../support/vectors.ts";
import { bitloom } from "./support.ts";

interface Tuples { readonly shape: number[]; readonly mode_shape: number[]; readonly spatial_modes: number[]; readonly local_modes: number[] }
interface Whole extends Tuples { readonly expr: string; readonly forward: number[][] }
interface Case extends Record<string, unknown> { readonly op: string; readonly ok: boolean; readonly a: Tuples; readonly b: Tuples; readonly raw: Tuples; readonly shape: number[]; readonly dims: number[]; readonly result: Tuples }
interface Answer { readonly shape: number[]; readonly modeShape: number[]; readonly spatialModes: number[]; readonly localModes: number[]; readonly table: number[][][]; readonly error?: { readonly code: string; readonly message: string } }

const list = (xs: readonly number[]): string => `[${xs.join(", ")}]`;
const raw = (t: Tuples): string => `layout(shape: ${list(t.shape)}, modes: ${list(t.mode_shape)}, spatial: ${list(t.spatial_modes)}, local: ${list(t.local_modes)})`;
const ask = async (lines: readonly string[]): Promise<Answer[]> => {
  const r = await bitloom(["layout", "--json", "-"], lines.map((l) => `${l}\n`).join(""), 4093);
  expect(r).toMatchObject({ code: 0, err: "" });
  expect(r.lines()).toHaveLength(lines.length);
  return r.lines().map((l) => JSON.parse(l) as Answer);
};
const tuples = (a: Answer): Tuples | string => (a.error ? a.error.message : { shape: a.shape, mode_shape: a.modeShape, spatial_modes: a.spatialModes, local_modes: a.localModes });
const flat = (a: Answer): number[][] => a.table.map((slots) => slots.map((index) => index.reduce((at, x, d) => at * (a.shape[d] ?? 1) + x, 0)));

describe("layouts of another implementation", () => {
  test.each([["register_named", 34], ["register_random", 60]])("%s: by tuples and as written", async (name, count) => {
    const { cases } = vectors<{ cases: Whole[] }>(`tilus/${name}`);
    expect(cases).toHaveLength(count);
    const answers = await ask(cases.map(raw));
    expect(answers.map(flat)).toEqual(cases.map((c) => c.forward));
    // `a.b` is a * b here, arguments are named with a colon; an atom of theirs has no name here.
    const here = cases.filter((c) => !c.expr.includes("atom_"));
    const written = here.map((c) => c.expr.replaceAll(").", ") * ").replaceAll("ranks=", "ranks: ").replaceAll("num_workers=", "workers: ").replaceAll("keepdims", "keepdims: true").replace("register_layout", "layout"));
    expect((await ask(written)).map((a) => (a.error ? a.error.message : flat(a)))).toEqual(here.map((c) => c.forward));
  });
  test("register_create: what is refused there is refused here, and what is made is equal", async () => {
    const { cases } = vectors<{ cases: { args: [number[], number[], number[], number[]]; ok: boolean; result: Tuples }[] }>("tilus/register_create");
    const answers = await ask(cases.map(({ args: [shape, mode_shape, spatial_modes, local_modes] }) => raw({ shape, mode_shape, spatial_modes, local_modes })));
    // A mode that is neither spatial nor local is let through there, and leaves elements that nobody holds.
    const whole = (c: typeof cases[number]): boolean => c.ok && c.args[1].filter((n) => n > 1).length === c.args[2].length + c.args[3].length;
    expect(answers.map((a) => a.error === undefined)).toEqual(cases.map(whole));
    expect(cases.filter(whole).length).toBe(cases.filter((c) => c.ok).length - 1);
    cases.forEach((c, i) => { if (whole(c)) expect(tuples(answers[i] as Answer)).toEqual(c.result); });
  });
  test("register_ops", async () => {
    const write: Readonly<Record<string, (c: Case) => string>> = {
      compose: (c) => `${raw(c.a)} * ${raw(c.b)}`, divide: (c) => `${raw(c.a)} / ${raw(c.b)}`, left_divide: (c) => `left_divide(${raw(c.a)}, ${raw(c.b)})`, canonicalize: (c) => `canonical(${raw(c.raw)})`,
      reshape: (c) => `reshape(${raw(c.a)}, ${list(c.shape)})`, reduce: (c) => `reduce(${raw(c.a)}, ${list(c.dims)}, keepdims: ${String(c["keepdims"])})`, reduce_to: (c) => `reduce_to(${raw(c.a)}, ${list(c.shape)})`,
      permute: (c) => `permute(${raw(c.a)}, ${list(c.dims)})`, squeeze: (c) => `squeeze(${raw(c.a)}, ${list(c.dims)})`, unsqueeze: (c) => `unsqueeze(${raw(c.a)}, ${list(c.dims)})`, concat: (c) => `concat(${raw(c.a)}, ${raw(c.b)})`,
      // Theirs leaves the end out, ours doesn't.
      flatten_tilus_quirk: (c) => `flatten(${raw(c.a)}, ${String(c["start_dim"])}, ${Number(c["end_dim"]) - 1})`, auto_local_spatial: (c) => `auto(${String(c["num_threads"])}, ${list(c.shape)})`,
      replicated: (c) => `replicated(${c.shape.join(", ")}, workers: ${String(c["num_workers"])})`,
    };
    const { cases } = vectors<{ cases: Case[] }>("tilus/register_ops"), answers = await ask(cases.map((c) => write[c.op]?.(c) ?? c.op));
    const good = cases.flatMap((c, i) => (c.ok ? [[c, answers[i] as Answer] as const] : []));
    expect(good.length).toBeGreaterThan(300);
    for (const [c, a] of good) expect([c.op, tuples(a)]).toEqual([c.op, c.result]);
    // What theirs refuses is refused or, where a quotient exists all the same, answered.
    cases.forEach((c, i) => { if (!c.ok && c["quotient_exists"] !== true) expect([c.op, answers[i]?.error === undefined]).toEqual([c.op, c.op === "divide" || c.op === "left_divide" ? expect.any(Boolean) : false]); });
  });
});

describe("number types of another implementation", () => {
  test("every code of every type", async () => {
    const ints = vectors<{ types: Record<string, { "->i32": number[] }> }>("tilus/int_types").types, { decode } = vectors<{ decode: Record<string, (number | string | null)[]> }>("tilus/float_types");
    const names = [...Object.keys(ints).filter((n) => n !== "i1" && ints[n]?.["->i32"]), ...Object.keys(decode).filter((n) => /^f\de\dm\d$/.test(n))];
    const r = await bitloom(["dtype", "--json", "-"], names.map((n) => `${n}\n`).join(""));
    const answers = r.lines().map((l) => JSON.parse(l) as { name?: string; values: (number | string)[]; error?: { message: string } });
    expect(answers).toHaveLength(names.length);
    expect(names.length).toBeGreaterThan(20);
    // Eight-bit floats of theirs go by the OCP's tables, where they differ from a plain split; those are tested in vm.
    names.forEach((n, i) => { if (!n.startsWith("f8")) expect([n, answers[i]?.values]).toEqual([n, ints[n]?.["->i32"] ?? decode[n]]); });
  });
});

describe("thousands of lines of sense and nonsense", () => {
  const good = ["spatial(8, 4) * local(2, 1)", "reduce(spatial(3, 4), dims: [0])", "column_local(3)", "layout(shape: [4], modes: [2, 2], spatial: [0], local: [1])", "auto(32, [4, 16])", "permute(spatial(2, 3), [1, 0])"];
  const word = fc.constantFrom("(", ")", "[", "]", "{", "}", ",", ":", "*", "/", "-", "spatial", "local", "reduce", "dims", "0", "1", "-1", "9007199254740993", "1e999", "0x", "nan", "\"", "//", "\\", "__proto__", "constructor", "kernel", "for", "\u0000", "\u2028", "é", "🧵", "\ud800", "\ufeff");
  const line = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...good) },
    { weight: 6, arbitrary: fc.tuple(fc.constantFrom(...good), fc.nat(80), fc.nat(6), fc.oneof(word, fc.string({ unit: "binary", maxLength: 4 }))).map(([s, at, n, by]) => s.slice(0, at) + by + s.slice(at + n)) },
    { weight: 4, arbitrary: fc.array(word, { maxLength: 30 }).map((w) => w.join("")) },
    { weight: 4, arbitrary: fc.string({ unit: "binary", maxLength: 60 }) },
  ).map((s) => s.replace(/[\r\n]/g, " "));

  test.each([["layout", 10_000], ["dtype", 2500]])("%s", async (command, count) => {
    const some = fc.sample(line, { seed: 7, numRuns: 2000 }), lines = Array.from({ length: count }, (_, i) => some[(i * 7919) % some.length] ?? "");
    // Deep and long ones among them; the longest is longer than a line may be.
    ["(", "[", "-", "spatial(", "local(2) * ", "{", "reduce(", "x", "9", "🧵", " ", "local(1)*"].forEach((s, i) => { lines[100 + (count / 20) * i] = s.repeat(i < 7 ? 2000 : 5000); });
    lines[1234] = "y".repeat((1 << 20) + 1);
    const ends = ["\n", "\r\n"], input = lines.map((l, i) => l + (i === count - 1 ? "" : ends[i % 2])).join("");
    const r = await bitloom([command, "--json", "-"], lines.at(-1) === "" ? `${input}\n` : input, 65_521);
    const answers = r.lines().map((l) => JSON.parse(l) as Answer);
    expect(r).toMatchObject({ code: 0, err: "" });
    expect(answers).toHaveLength(count);
    expect(answers[1234]?.error?.code).toBe("H0901");
    const seen = new Map<string, string>();
    answers.forEach((a, i) => {
      if (a.error) expect(a.error.code, lines[i]?.slice(0, 80)).toMatch(/^[SNTLRH]\d{4}$/);
      // The same line has the same answer, whatever stood before it.
      const key = lines[i] ?? "", text = JSON.stringify(a);
      expect(seen.get(key) ?? text).toBe(text);
      seen.set(key, text);
    });
    if (command === "layout") expect(answers.filter((a) => !a.error).length).toBeGreaterThan(1500);
  }, 60_000);
});
