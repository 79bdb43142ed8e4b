// What one block of a kernel moves and computes, counted from its text: bytes by memory and in which sectors, arithmetic for each
// element of narrow weights, registers and barriers, and how long a block and a launch should take.
import { blockTraffic, lowerProgram, prepare, seconds, work, type BlockTraffic, type Body, type Target, type Traffic, type Work } from "../codegen/index.ts";
import { Diagnostic } from "../diagnostic.ts";
import { evaluate, withSizes, type Program } from "../vm/index.ts";
import { scaled } from "./devices.ts";
import { table } from "./table.ts";

/** Bytes of a sector of storage. */
const SECTOR = 32;

/** Work for each element of an input of few bits. */
export interface PerElement { readonly name: string; readonly type: string; readonly elements: number; readonly work: Partial<Work> }

export interface Memory {
  /** Undefined where loops end by what is read, or there is too much to follow. */
  readonly block: BlockTraffic | undefined;
  readonly blocks: number | undefined;
  readonly registers: number;
  readonly sharedBytes: number;
  readonly work: Work;
  readonly perElement: readonly PerElement[];
  /** Seconds of a block on a device full of its like, and of a launch of `blocks`. */
  readonly blockSeconds: number;
  readonly seconds: number | undefined;
}

/** Slots of all register variables. */
function slotsOf(stmts: Body["stmts"]): number {
  return stmts.reduce((n, s) => n + (s.kind === "declare" ? s.reg.slots : s.kind === "for" || s.kind === "loop" ? slotsOf(s.body) : s.kind === "if" ? slotsOf(s.then) + slotsOf(s.otherwise) : 0), 0);
}

/** What share of the sectors' bytes was asked for; 1 where nothing is read. */
export const efficiency = ({ asked, sectors }: Pick<Traffic, "asked" | "sectors">): number => (sectors === 0 ? 1 : asked / (SECTOR * sectors));

/**
 * What a thread does in a launch of these sizes. Loops over them have so many turns, which only the text for just these sizes tells; where there are
 * none, the kernel's own text is counted.
 */
function workFor(program: Program, body: Body, target: Target, sizes: ReadonlyMap<string, number>): Work {
  const own = work(body.stmts, target.unrolls);
  if (!program.dims.some((id) => sizes.has(id))) return own;
  try {
    const sized = work(lowerProgram(prepare(withSizes(program, sizes)).program, target).body.stmts, target.unrolls);
    return Math.abs(sized.trip - own.trip) > 0.01 * own.trip ? sized : own;
  } catch (error) {
    // The kernel is for none like these.
    if (!(error instanceof Diagnostic)) throw error;
    return own;
  }
}

/**
 * What a block of a kernel moves and computes.
 * @param prepared what `program` became, and `body` was lowered from
 * @param dims sizes of the launch that are known; of the others something large is taken
 */
export function memoryOf(program: Program, prepared: Program, body: Body, target: Target, dims: ReadonlyMap<string, number>): Memory {
  const block = blockTraffic(body, Object.fromEntries(dims), target.f16), sizes = new Map([...Object.entries(block?.dims ?? {}), ...dims]), done = workFor(program, body, target, sizes), names = new Map(prepared.params.flatMap((p) => (p.kind === "tensor" ? [[p.buffer ?? p.name, p.value.dtype] as const] : [])));
  const narrow = (block?.traffic ?? []).flatMap((t) => { const d = names.get(t.name); return t.kind === "load" && t.space === "storage" && d && d.bits <= 8 ? [{ name: t.name, type: d.name, elements: (t.needed * 8) / d.bits }] : []; });
  const { rates } = target, blockSeconds = seconds(done, rates, body.threads), blocks = block && prepared.grid.reduce((n, g) => n * evaluate(g.extent, sizes), 1);
  return {
    block, blocks, work: done, registers: slotsOf(body.stmts), sharedBytes: body.buffers.reduce((n, b) => n + (b.space === "workgroup" ? (b.length ?? 0) * (b.elem === "f16" && target.f16 ? 2 : 4) : 0), 0),
    // Long loads are among the others.
    perElement: narrow.map((n) => ({ ...n, work: Object.fromEntries(Object.entries(done).filter(([k, x]) => x > 0 && k !== "longLoad" && k !== "longerLoad").map(([k, x]) => [k, ((x as number) * body.threads) / n.elements])) })),
    blockSeconds, seconds: blocks === undefined ? undefined : blocks * (blockSeconds + body.threads / 64 / (rates.block ?? Infinity)) + (rates.dispatch ?? 0),
  };
}

const bytes = (n: number): string => scaled(n, "B");
const figure = (n: number): string => String(Number(n.toPrecision(3)));
const percent = (x: number): string => `${Math.round(100 * x)} %`;

/** All of it as text. */
export function memoryText({ block, blocks, registers, sharedBytes, work: done, perElement, blockSeconds, seconds: launch }: Memory): string {
  const rows = (block?.traffic ?? []).map((t) => [
    `${t.name} ${t.kind}`, String(t.requests), bytes(t.asked), ...(t.space === "storage" ? [figure(t.sectors / t.requests), percent(efficiency(t)), bytes(t.moved), bytes(t.needed)] : ["", t.conflicts ? `${t.conflicts} waits` : "no waits", "", ""]),
    t.guessed ? "places hang on data" : "",
  ]);
  const words = done.storageLoad + 4 * done.storageLoad4;
  const dims = Object.entries(block?.dims ?? {}).map(([k, n]) => `${k} = ${n}`).join(", "), time = (s: number): string => (Number.isFinite(s) ? scaled(s, "s") : "never");
  return [
    `a block${dims ? ` of ${dims}` : ""}: 32 threads at a time, sectors of ${SECTOR} bytes`,
    ...(block ? table([["", "requests", "asked", "sectors each", "used", "moved", "needed", ""], ...rows], [false, true, true, true, true, true, true, false]) : ["  loops end by what is read, or there is too much to follow"]),
    `  a thread: ${registers} registers, ${block?.barriers ?? "some"} barriers; workgroup memory ${bytes(sharedBytes)}`,
    ...perElement.map((p) => `  for each element of ${p.name} (${p.type}): ${Object.entries(p.work).map(([k, n]) => `${k} ${figure(n)}`).join(", ")}`),
    `  predicted: a block ${time(blockSeconds)}${blocks === undefined || launch === undefined ? "" : `, ${blocks} blocks ${time(launch)}`}${words ? `; ${figure(words)} words loaded by a thread` : ""}`,
  ].join("\n");
}

/** All of it as data. */
export const memoryData = ({ block, ...m }: Memory): unknown => ({
  ...m, ...(block ? { dims: block.dims, barriers: block.barriers, traffic: block.traffic.map((t) => ({ ...t, efficiency: t.space === "storage" ? efficiency(t) : null })) } : { dims: null, barriers: null, traffic: null }),
});
