// kernel.check(): does this device compute what the VM means? The kernel runs on the device; a sample of its blocks runs on
// the interpreter; what those blocks wrote is compared element by element. Integers and bits must be equal, floats may lie
// within a bound that is estimated from how sensitive each element is (vm/deviation.ts).
import { fail } from "../diagnostic.ts";
import { address, holds, numbers, slotAt } from "../layout/index.ts";
import {
  aloneDim, blocksStandAlone, chance, dtype as dtypeNamed, eachSymbol, evaluate, expected, interpret, isSequence, randomTile, tileCodes, tileFromCodes, valueAt, walk,
  type Expected, type Inst, type Inputs as InterpretInputs, type Program, type Sequence, type Tile,
} from "../vm/index.ts";
import { bind, type Inputs } from "./bind.ts";
import type { Device } from "./device.ts";
import { fieldByField } from "./format-arguments.ts";
import type { Kernel, Outputs } from "./kernel.ts";
import { homesOf, type Signature } from "./signature.ts";
import { isTensor, together, type Tensor } from "./tensor.ts";

/** How to check. */
export interface CheckOptions {
  /** Where; needed only if no tensor is given. */
  readonly device?: Device | undefined;
  /** How many blocks are compared; default 8. Kernels whose blocks meet in one element are compared whole. */
  readonly blocks?: number | undefined;
  /** Chooses blocks and random inputs; default 1. */
  readonly seed?: number | undefined;
  /** Run-time dimensions of random inputs; others are chosen. */
  readonly sizes?: Readonly<Record<string, number>> | undefined;
}

/** An element that differs. */
export interface Difference {
  readonly tensor: string;
  readonly index: readonly number[];
  /** The block that wrote it, first axis of the grid first, and the thread and slot that held it; absent where no plain store wrote it. */
  readonly block?: readonly number[] | undefined;
  readonly thread?: number | undefined;
  readonly slot?: number | undefined;
  readonly got: number;
  readonly want: number;
  /** How far `got` may lie from `want`, an estimate on the generous side; 0: not at all. */
  readonly bound: number;
  /** The lowest bit of the element's code that differs, and where that bit lies in the tensor's memory. */
  readonly bit: number;
  readonly at: { readonly word: number; readonly bit: number };
}

/** What a check found. */
export interface CheckReport {
  readonly ok: boolean;
  readonly kernel: string;
  /** The device's name. */
  readonly device: string;
  /** Blocks that were compared, of how many; of a sequence 0 of 0: it is compared whole. */
  readonly blocks: number;
  readonly of: number;
  /** Elements that were compared, and how many of them differ. */
  readonly elements: number;
  readonly differing: number;
  readonly first?: Difference | undefined;
  /** The same for people. */
  readonly text: string;
}

/** Sizes that are tried for run-time dimensions, odd ones first. */
const SIZES: readonly number[] = [67, 70, 64, 96, 128, 192, 256, 512, 1024, 32, 16, 8, 4, 2, 1];

/** Values of the dimensions: those that inputs tell, those that are asked for, and for the rest the first that the kernel can be run with. */
function dimensionsOf(s: Signature, inputs: Readonly<Record<string, unknown>>, asked: Readonly<Record<string, number>>): ReadonlyMap<string, number> {
  const env = new Map(Object.entries(asked)), open = new Set<string>();
  for (const t of s.tensors) {
    const x = inputs[t.name];
    t.shape.forEach((n, d) => { const id = aloneDim(n); if (isTensor(x) && id !== undefined) env.set(id, x.shape[d] ?? 0); });
  }
  for (const t of s.tensors) if (t.direction !== "out") for (const n of t.shape) eachSymbol(n, (y) => { if (y.role === "dim" && !env.has(y.id)) open.add(y.id); });
  const scalars = new Map(s.scalars.map((p) => [p.name, Number(inputs[p.name] ?? 1)] as const));
  for (const n of open.size ? SIZES : [0]) {
    const all = new Map([...env, ...scalars, ...[...open].map((id) => [id, n] as const)]);
    if (open.size === 0 || s.requires.every((r) => evaluate(r.condition, all) !== 0)) return all;
  }
  return fail({ code: "H0422", message: `none of the usual sizes suits kernel '${s.name}'`, notes: s.requires.map((r) => r.message), help: `give sizes: check({}, { sizes: { ${[...open].join(": …, ")}: … } })` });
}

/** Both sides of a launch: tiles for the interpreter and tensors for the device. */
interface Sides {
  readonly law: InterpretInputs;
  readonly given: Inputs;
  /** Tensors made for the check. */
  readonly made: readonly Tensor[];
}

async function sidesOf(s: Signature, inputs: ReturnType<typeof fieldByField<Inputs[string]>>, device: Device, options: CheckOptions): Promise<Sides> {
  const env = dimensionsOf(s, inputs, options.sizes ?? {}), seed = options.seed ?? 1, next = chance(seed);
  const law: Record<string, Tile | number | boolean> = {}, given: Record<string, Tensor | number | boolean | undefined> = { ...inputs }, made: Tensor[] = []; // bind() tells of names that are unknown
  for (const p of s.scalars) {
    const x = inputs[p.name] ?? (p.type === "bool" ? true : p.type === "f32" ? Math.fround(next() + 0.5) : 1);
    if (isTensor(x)) continue; // bind() says what is wrong with it
    law[p.name] = given[p.name] = x;
  }
  for (const slots of homesOf(s.tensors.filter((t) => t.direction !== "out"))) {
    // What the kernel changes is a copy: the check leaves the caller's tensors as they are.
    const own = slots.some((t) => !isTensor(inputs[t.name]) || t.direction === "inout"), tiles: Tile[] = [];
    for (const t of slots) {
      const x = inputs[t.name], type = dtypeNamed(t.dtype);
      tiles.push(law[t.name] = isTensor(x) ? tileFromCodes(type, x.shape, await x.readCodes()) : randomTile(type, t.shape.map((size) => evaluate(size, env)), seed * 7919 + 1 + s.tensors.indexOf(t)));
    }
    if (!own) continue;
    const tensors = await together(device, slots.map((t, i) => {
      const x = inputs[t.name];
      return { dtype: isTensor(x) ? x.dtype : t.dtype, shape: tiles[i].shape, packing: isTensor(x) ? x.packing : t.packing, name: `'${t.name}'`, codes: tileCodes(tiles[i]) };
    }));
    tensors.forEach((x, i) => { made.push(x); given[slots[i].name] = x; });
  }
  return { law, given, made };
}

/** Some of the blocks of a grid: its corners, and others by chance. */
function sample(grid: readonly number[], most: number, seed: number): readonly number[] | undefined {
  const all = grid.reduce((a, b) => a * b, 1);
  if (all <= most) return undefined;
  const chosen = new Set<number>(), next = chance(seed), strides = grid.map((_, d) => grid.slice(0, d).reduce((a, b) => a * b, 1));
  for (let corner = 0; corner < 2 ** grid.length && chosen.size < most / 2; corner++)
    chosen.add(grid.reduce((at, n, d) => at + ((corner >> d) & 1 ? (n - 1) * (strides[d] ?? 1) : 0), 0));
  while (chosen.size < most) chosen.add(Math.floor(next() * all));
  return [...chosen].sort((a, b) => a - b);
}

/** Who wrote an element: the block, and by its layout the thread and slot. */
async function writerOf(p: Program, law: InterpretInputs, blocks: readonly number[] | undefined, name: string, flat: number): Promise<Pick<Difference, "block" | "thread" | "slot">> {
  const { prepare } = await import("../codegen/index.ts");
  const hits: { readonly inst: Inst; readonly memory: Tile; readonly tile: Tile; readonly i: number; readonly shape: readonly number[]; readonly block: readonly number[] }[] = [];
  const outs = interpret(prepare(p).program, law, { blocks, watch: (inst, _, block, { operands: { to, x } }) => {
    if (inst.name !== "store" || !to || !x || !("memory" in to) || "memory" in x) return;
    walk(to, (i, at) => { if (at === flat) hits.push({ inst, memory: to.memory, tile: x, i, shape: to.shape, block: [...block] }); });
  } });
  const hit = hits.filter((h) => h.memory === outs[name]).at(-1), layout = hit?.inst.operands.x?.layout;
  if (!hit) return {};
  // The tile may be smaller than the window it is spread over.
  const lead = hit.shape.length - hit.tile.shape.length, index = indexOf(hit.i, hit.shape).slice(lead).map((x, d) => (hit.tile.shape[d] === 1 ? 0 : x));
  const thread = layout && Array.from({ length: p.threads }, (_, t) => t).find((t) => holds(layout, numbers, index, t).every((h) => h.digit === h.at));
  return { block: hit.block, ...(layout ? { thread, slot: slotAt(layout, numbers, index) } : {}) };
}

const indexOf = (flat: number, shape: readonly number[]): number[] => {
  const index: number[] = [];
  let rest = flat;
  for (let d = shape.length - 1; d >= 0; d--) { const n = shape[d] ?? 1; index[d] = rest % n; rest = Math.floor(rest / n); }
  return index;
};

/** How an output compares: elements looked at, how many differ, the first of them. */
function compare({ tile, written, bound }: Expected, codes: ArrayLike<number>): { readonly seen: number; readonly differing: number; readonly first: number | undefined } {
  const want = tileCodes(tile);
  let seen = 0, differing = 0, first: number | undefined;
  for (let i = 0; i < want.length; i++) {
    if (written && !written[i]) continue;
    seen++;
    if (want[i] === codes[i]) continue;
    const got = tile.dtype.decode(codes[i] ?? 0), x = valueAt(tile, i), limit = bound?.[i] ?? 0;
    if (Number.isNaN(x) && Number.isNaN(got)) continue;
    if (bound && (Math.abs(got - x) <= limit || limit === Infinity || got === x)) continue;
    differing++;
    first ??= i;
  }
  return { seen, differing, first };
}

const place = (d: Difference): string =>
  [d.block && `block ${d.block.join(", ")}`, d.thread !== undefined && `thread ${d.thread}, slot ${d.slot ?? 0}`].filter(Boolean).join("; ");

function textOf(r: Omit<CheckReport, "text">): string {
  const where = `${r.kernel} on ${r.device}`, seen = `${r.elements} elements${r.of > 0 ? ` of ${r.blocks === r.of ? `all ${r.of}` : `${r.blocks} of ${r.of}`} blocks` : ""}`;
  if (r.elements === 0) return `${where}: nothing was compared, the outputs are empty`;
  if (!r.first) return `${where}: as the interpreter, ${seen}`;
  const d = r.first, by = place(d);
  return [
    `${where}: ${r.differing} of ${seen} differ from the interpreter`,
    `  first ${d.tensor}[${d.index.join(", ")}]${by ? ` (${by})` : ""}: got ${d.got}, expected ${d.want}${d.bound > 0 ? ` within ${d.bound.toPrecision(3)}, off by ${Math.abs(d.got - d.want).toPrecision(3)}` : ""}`,
    `  bit ${d.bit} of the element is the lowest that differs: bit ${d.at.bit} of word ${d.at.word}`,
  ].join("\n");
}

/**
 * Runs `kernel` on a device and holds its results against what the Program means.
 * @param kernel what runs; normally the Program's own
 * @throws Diagnostic H0412 (no device), H0422, those of the run and of the interpreter
 */
export async function checkProgram(program: Program | Sequence, kernel: Kernel, inputs: Inputs = {}, options: CheckOptions = {}): Promise<CheckReport> {
  const s = kernel.signature, device = options.device ?? Object.values(fieldByField(inputs)).find(isTensor)?.device;
  if (!device) return fail({ code: "H0412", message: `nothing says on which device kernel '${s.name}' is to be checked`, help: "name it: check({}, { device })" });
  const { law, given, made } = await sidesOf(s, fieldByField(inputs), device, options), seed = options.seed ?? 1;
  const free = [...made];
  try {
    const call = bind(s, given, device), alone = !isSequence(program) && blocksStandAlone(program);
    const blocks = alone ? sample(call.grid, options.blocks ?? 8, seed) : undefined;
    const want = expected(program, law, { blocks, seed }), outs: Outputs = fieldByField(await kernel.run(given, { device }));
    free.push(...Object.values(outs));
    let elements = 0, differing = 0, first: Difference | undefined;
    for (const t of s.tensors) {
      const e = want[t.name], x = outs[t.name] ?? given[t.name];
      if (!e || !isTensor(x)) continue;
      const codes = await x.readCodes(), found = compare(e, codes);
      elements += found.seen;
      differing += found.differing;
      if (found.first === undefined || first) continue;
      const i = found.first, index = indexOf(i, e.tile.shape), differs = ((tileCodes(e.tile)[i] ?? 0) ^ (codes[i] ?? 0)) >>> 0, bit = 31 - Math.clz32(differs & -differs);
      first = {
        tensor: t.name, index, ...(isSequence(program) ? {} : await writerOf(program, law, blocks, t.name, i)),
        got: e.tile.dtype.decode(codes[i] ?? 0), want: valueAt(e.tile, i), bound: e.bound?.[i] ?? 0,
        bit, at: address(x.packing, e.tile.dtype.bits, numbers, x.shape.length ? x.shape : [1], index.length ? index : [0], bit),
      };
    }
    const report = { ok: differing === 0, kernel: s.name, device: device.info.name, blocks: blocks?.length ?? call.blocks, of: isSequence(program) ? 0 : call.blocks, elements, differing, ...(first ? { first } : {}) };
    return Object.freeze({ ...report, text: textOf(report) });
  } finally {
    for (const t of free) t.dispose();
  }
}
