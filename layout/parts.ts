// A layout taken apart: modes as objects, so that operations can move, split and drop them without renumbering.
import { Bug } from "../diagnostic.ts";
import { group, product } from "./modes.ts";
import { registerLayout, type RegisterLayout } from "./register.ts";

/** One digit. Two modes are the same only if they are the same object. */
export interface Mode { readonly size: number }

/** A layout as lists of mode objects; a number −r in `spatial` is a replication. */
export interface Parts {
  readonly shape: readonly number[];
  readonly groups: readonly (readonly Mode[])[];
  readonly spatial: readonly (Mode | number)[];
  readonly local: readonly Mode[];
}

/** Takes a layout apart, with leading dimensions of extent 1 up to `rank`. */
export function parts(l: RegisterLayout, rank = l.shape.length): Parts {
  const modes: Mode[] = l.modeShape.map((size) => ({ size }));
  const missing = Math.max(0, rank - l.shape.length);
  return {
    shape: [...new Array<number>(missing).fill(1), ...l.shape],
    groups: [...Array.from({ length: missing }, () => []), ...(group(l.shape, l.modeShape) ?? []).map((g) => g.map((m) => modes[m]))],
    spatial: l.spatialModes.map((m) => (m < 0 ? m : modes[m])),
    local: l.localModes.map((m) => modes[m]),
  };
}

/** Puts a layout together again; the result is canonical. */
export function assemble(p: Parts): RegisterLayout {
  const modes = p.groups.flat();
  const number = new Map(modes.map((m, i) => [m, i]));
  const at = (m: Mode | number) => (typeof m === "number" ? m : number.get(m) ?? -1);
  return registerLayout(p.shape, modes.map((m) => m.size), p.spatial.map(at), p.local.map((m) => at(m)));
}

/** The same parts with `mode` cut into `pieces`, slowest first, wherever it stands. */
export function split(p: Parts, mode: Mode, pieces: readonly Mode[]): Parts {
  if (product(pieces.map((m) => m.size)) !== mode.size) throw new Bug("pieces don't make up the mode");
  const cut = <M extends Mode | number>(list: readonly M[]): (M | Mode)[] => list.flatMap((m): (M | Mode)[] => (m === mode ? [...pieces] : [m]));
  return { shape: p.shape, groups: p.groups.map((own) => cut(own)), spatial: cut(p.spatial), local: cut(p.local) };
}
