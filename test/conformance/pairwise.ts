// A covering array: few rows in which every two values of two factors meet, as far as they may.

/** A choice of one value for each factor, by place. */
export type Row = readonly number[];

/**
 * Rows that have every legal pair of values in them, found greedily: each new row starts with an open pair, and takes for every other
 * factor the value that meets most open pairs. What `legal` refuses is tried with other values; a pair that no row can hold is left.
 */
export function pairwise(sizes: readonly number[], legal: (row: Row) => boolean, tries = 24): Row[] {
  const open = new Set<string>(), key = (f: number, a: number, g: number, b: number): string => (f < g ? `${f}:${a},${g}:${b}` : `${g}:${b},${f}:${a}`);
  sizes.forEach((n, f) => sizes.forEach((m, g) => { if (f < g) for (let a = 0; a < n; a++) for (let b = 0; b < m; b++) open.add(key(f, a, g, b)); }));
  const rows: Row[] = [];
  let state = 1;
  const random = (n: number): number => (state = (state * 48271) % 2147483647) % n;
  for (const start of [...open]) {
    if (!open.has(start)) continue;
    const fixed = start.split(",").map((p) => p.split(":").map(Number)), rest = sizes.flatMap((_, f) => (fixed.some(([g]) => g === f) ? [] : [f]));
    let best: number[] | undefined, gain = -1;
    for (let t = 0; t < tries; t++) {
      const row = new Array<number>(sizes.length).fill(-1);
      for (const [f, a] of fixed) row[f] = a;
      for (const f of [...rest].sort(() => random(3) - 1)) {
        const score = (a: number): number => row.reduce((n, b, g) => n + (b >= 0 && open.has(key(f, a, g, b)) ? 1 : 0), 0), from = random(sizes[f]);
        let choice = from;
        // The later tries take anything, so that illegal values don't stand in the way for ever.
        if (t < tries / 2) for (let k = 1; k < sizes[f]; k++) { const a = (from + k) % sizes[f]; if (score(a) > score(choice)) choice = a; }
        row[f] = choice;
      }
      if (!legal(row)) continue;
      const met = row.reduce((n, a, f) => n + row.reduce((m, b, g) => m + (f < g && open.has(key(f, a, g, b)) ? 1 : 0), 0), 0);
      if (met > gain) { gain = met; best = row; }
      if (t >= 2 && best) break;
    }
    open.delete(start);
    if (!best) continue;
    const row = best;
    rows.push(row);
    row.forEach((a, f) => row.forEach((b, g) => { if (f < g) open.delete(key(f, a, g, b)); }));
  }
  return rows;
}
