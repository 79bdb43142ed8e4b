// Codes of the families S N T L R that no .loom text can raise, with the reason, and something else that raises them.
import { Diagnostic } from "../../diagnostic.ts";
import { baseTarget, compileProgram } from "../../codegen/index.ts";
import { dense, drawFields, global, local, mfunction, sharedLayout } from "../../layout/index.ts";
import { check, layoutJson } from "../../lang/index.ts";
import { absmaxScale, builder, constant, dtype, dtypeTable, read, sanitise, tileFromCodes, verify, type VerifyOptions } from "../../vm/index.ts";

/** A reason, and for each code something that gives diagnostics of it: by throwing, or as a list. */
interface Group { readonly why: string; readonly codes: Readonly<Record<string, () => readonly string[] | void>> }

/** The codes that something raises. */
export function raised(of: () => readonly string[] | void): readonly string[] {
  try { return of() ?? []; } catch (e) { if (e instanceof Diagnostic) return [e.data.code]; throw e; }
}

/** Program text of a kernel with these statements. */
const text = (body: string, device: VerifyOptions = {}): (() => readonly string[]) => () =>
  verify(read(`program p\nin %0 x: f32[8] @ dense\nout %1 y: f32[8] @ dense\ngrid g < 1\nthreads 8\n{\n${body}\n}\n`), device).map((d) => d.code);

/** A tile that goes through two shared tiles, the first of which is still wanted at the end. */
const throughTwo = (attribute = ""): string => [
  ...[2, 3].map((n) => `%${n}: shared f32[8] = shared(dtype: f32, shape: [8]${attribute})`), "%4: f32[8] = load(x: %0)",
  ...[2, 3].flatMap((n) => [`store(to: %${n}, x: %4)`, "barrier()"]), ...[2, 3].map((n) => `%${n + 3}: f32[8] = load(x: %${n})`), "%7: f32[8] = add(x: %5, y: %6)", "store(to: %1, x: %7)",
].join("\n");

/** A product that counts an element past the end of x, which the load left undefined. */
function pastTheEnd(): readonly string[] {
  const b = builder("k"), x = b.tensor("x", "in", "b2", [1, 3], dense(2)), y = b.tensor("y", "out", "i32", [1, 1], dense(2));
  b.threads(4);
  const v = b.load({ x: b.slice({ x }, { offsets: [constant(0), constant(0)], sizes: [constant(1), constant(4)] }) }, { unpadded: true });
  b.store({ to: y, x: b.dot({ x: v, y: b.fill({}, { value: constant(1), dtype: dtype("b2"), shape: [4, 1] }) }) });
  return sanitise(b.finish(), { x: tileFromCodes(dtype("b2"), [1, 3], [1, 1, 1]) }).found.map((d) => d.code);
}

/** An output of which only half is written. */
function leftOut(): readonly string[] {
  const b = builder("k"), y = b.tensor("y", "out", "f32", [8], dense(1));
  b.threads(4);
  b.store({ to: b.slice({ x: y }, { offsets: [constant(4)], sizes: [constant(4)] }), x: b.fill({}, { value: constant(1), dtype: dtype("f32"), shape: [4] }) });
  return sanitise(b.finish(), {}).found.map((d) => d.code);
}

/** A product asked for by bit planes of tiles that lie one element after the other, which shows when code is generated. */
function notInPlanes(): void {
  const b = builder("k"), x = b.tensor("x", "in", "u3", [1, 32], dense(2)), w = b.tensor("w", "in", "u3", [32, 1], dense(2)), y = b.tensor("y", "out", "i32", [1, 1], dense(2));
  b.threads(4);
  b.store({ to: y, x: b.dot({ x, y: w }, { by: "planes" }) });
  compileProgram(b.finish(), baseTarget);
}

/** Every code that no .loom file under test/errors marks. */
export const elsewhere: readonly Group[] = [
  { why: "they are about program text, the form that print() writes", codes: {
    S0101: text("assume(condition: (1 < 2), why: \"open)"), S0102: text("store(to %1)"), S0103: text("%2: f32[8] = fill(value: 3000000000, dtype: f32, shape: [8])"), S0104: text("assume(condition: (i32(1, 2) < 3), why: \"\")"),
    S0105: text("barrier()\n%2: f32[8] = load(x: %0, x: %0)"), S0106: text(`assume(condition: ${"(".repeat(9999)}`),
    N0120: text("assume(condition: lesser(1, 2), why: \"\")"), N0121: text("assume(condition: (n < 3), why: \"\")"), N0122: text("%0: f32[8] = load(x: %1)"), N0123: text("%2: f32[8] = load(x: %9)"),
    N0124: text("%2: f32[8] = load(of: %0)"), N0125: text("%2: f32[8] = laod(x: %0)"), T0302: text("assume(condition: ((1 < 2) + (2 < 3)), why: \"\")"), T0304: text("s0: i32 = scalar_var(init: 0)\nif (s0 < 3) {\n}"),
    T0401: text("%2: f32[4] = load(x: %0)"),
  } },
  { why: "the language gives tiles no arena", codes: { R0407: text(throughTwo(", arena: 0")) } },
  { why: "the builder's own: the language's names and arguments give N0102 and T0402", codes: {
    N0104: () => { const b = builder("k"); for (let i = 0; i < 2; i++) b.tensor("x", "in", "f32", [8], dense(1)); },
    T0102: () => { const b = builder("k"); b.reduce_sum({ x: b.load({ x: b.tensor("x", "in", "f32", [8], dense(1)) }) }, { axis: 1.5 }); },
  } },
  { why: "they depend on the device", codes: { R0202: text(throughTwo(), { storageBuffers: 1 }), R0203: text(throughTwo(), { sharedBytes: 32 }) } },
  { why: "it shows when code is generated: test/cli/inspect-cost.test.ts has its mark", codes: { L0220: notInPlanes } },
  { why: "it shows when the kernel runs: bitloom run --sanitise", codes: { R0406: pastTheEnd, R0408: leftOut } },
  { why: "host calls about number types and scales", codes: { T0110: () => { absmaxScale(dtype("bool"), 1); }, T0111: () => { dtypeTable("u17"); } } },
  { why: "parts of the layout room that the language doesn't name, and pictures and tables", codes: {
    L0106: () => { sharedLayout([4], [4], []); }, L0107: () => { mfunction.multiFunction([4], [4], [0, 0]); },
    L0108: () => { const g = global.rowMajor(4, 4), w = global.slice(g, [0, 0], [0, 1], [2, 2]); global.compose(w, g); },
    L0109: () => { layoutJson(local(1 << 21)); }, L0215: () => { drawFields([{ name: "x", bits: 8, packing: dense(1), extents: [1 << 16] }]); },
  } },
  { why: "it takes a million characters", codes: { S0006: () => check(" ".repeat(1 << 21), "x.loom").map((d) => d.code) } },
  { why: "it takes a hundred other mistakes", codes: { S0017: () => check("×\n".repeat(200), "x.loom").map((d) => d.code) } },
];

