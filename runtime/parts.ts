// Tensors that a device can't bind at once: the launch becomes several, each on some of the blocks along one axis of the
// grid, with the tensors that go along bound from further on (SEMANTICS §8).
import type { Module, ModuleParts } from "../codegen/index.ts";
import { fail } from "../diagnostic.ts";
import { slab } from "../layout/index.ts";
import type { Call } from "./bind.ts";
import type { Piece, Range, Sized } from "./launch.ts";
import { inMiB } from "./memory.ts";
import type { Signature } from "./signature.ts";

/** Offsets of bindings are multiples of so many bits on every device. */
const ALIGN = 256 * 8;
const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** A tensor that goes along: where its rows lie. */
interface Rows {
  readonly name: string;
  readonly full: number;
  readonly step: number;
  readonly reach: number;
  readonly extent: string;
  /** Indices and bits of one slab. */
  readonly rows: number;
  readonly bits: number;
}

/** How the tensors of a form lie; in words why one of them can't be cut. */
function rowsOf(form: ModuleParts, s: Signature, call: Call): readonly Rows[] | string {
  const found: Rows[] = [];
  for (const t of form.tensors) {
    const slot = s.tensors.find((x) => x.name === t.name), shape = call.shapes.get(t.name);
    if (!slot || !shape) return `'${t.name}' is unknown`;
    const lies = slab(slot.packing, call.device.host.dtype(slot.dtype).bits, shape, t.axis);
    if (!lies) return `'${t.name}' doesn't lie in memory row by row along axis ${t.axis}`;
    found.push({ name: t.name, full: shape[t.axis] ?? 0, step: t.step, reach: t.reach, extent: t.rows, ...lies });
  }
  return found;
}

/** The pieces of a call by one form of the kernel; in words why it doesn't help. */
function piecesOf(form: ModuleParts, s: Signature, call: Call, most: number): readonly Piece[] | string {
  const tensors = rowsOf(form, s, call), all = call.grid[form.axis] ?? 0;
  if (typeof tensors === "string") return tensors;
  // So many blocks at a time that every tensor goes on at an aligned offset …
  const even = tensors.reduce((n, t) => {
    const aligned = t.rows * (ALIGN / gcd(t.bits, ALIGN)), own = aligned / gcd(aligned, t.step);
    return (n / gcd(n, own)) * own;
  }, 1);
  // … and as many as fit.
  const fit = tensors.reduce((n, t) => Math.min(n, Math.floor((Math.floor((most * 8) / t.bits) * t.rows - t.reach) / t.step) + 1), all);
  const count = fit >= all ? all : Math.floor(fit / even) * even;
  if (count < 1) return `parts of ${even} blocks, which keep offsets multiples of 256 bytes, are still too large`;
  const pieces: Piece[] = [];
  for (let first = 0; first < all; first += count) {
    const n = Math.min(count, all - first), env = new Map(call.env).set(form.blocks, n).set(form.first, first), ranges = new Map<string, Range>();
    for (const t of tensors) {
      const rows = Math.max(0, Math.min(t.full - first * t.step, Math.max(n * t.step, (n - 1) * t.step + t.reach)));
      const bytes = (Math.ceil(rows / t.rows) * t.bits) / 8;
      env.set(t.extent, rows);
      ranges.set(t.name, { offset: rows === 0 ? 0 : ((first * t.step) / t.rows) * (t.bits / 8), size: Math.max(16, Math.ceil(bytes / 16) * 16) });
    }
    const grid = call.grid.map((x, d) => (d === form.axis ? n : x));
    pieces.push({ env, grid, blocks: grid.reduce((a, b) => a * b, 1), ranges });
  }
  return pieces;
}

/**
 * The form of the kernel and the pieces that a call with too large tensors is launched in.
 * @param large the tensors that have to be cut, at least one
 * @param reasons why axes of the grid can't be cut, as the compiler told
 * @throws Diagnostic H0304 where no form helps, with the reasons
 */
export function launchInParts(forms: readonly ModuleParts[], reasons: readonly string[], s: Signature, call: Call, large: readonly Sized[]): { readonly module: Module; readonly pieces: readonly Piece[] } {
  const { device } = call, most = device.limits.maxStorageBufferBindingSize, why = [...reasons];
  for (const form of forms) {
    const left = large.find((x) => !form.tensors.some((t) => t.name === x.name));
    const pieces = left ? `'${left.name}' is not among what was built to be cut along axis ${form.axis} of the grid` : piecesOf(form, s, call, most);
    if (typeof pieces !== "string") return { module: form.module, pieces };
    why.push(pieces);
  }
  const [first] = large;
  return fail({
    code: "H0304", message: `'${first?.name ?? ""}' takes ${inMiB(first?.bytes ?? 0)}; "${device.info.name}" binds at most ${inMiB(most)} as one tensor`,
    notes: why.length > 0 ? why.map((w) => `the launch can't be cut in parts: ${w}`) : ["the kernel was built without its form for parts"],
    help: why.length > 0 ? "let each block look at rows of its own along the tensor's first axis; or split the tensor, or store it in fewer bits" : `build it with --parts ${large.map((t) => t.name).join(",")}, or split the tensor along its first axis`,
  });
}
