// Tables on a terminal.

/** Rows in columns; those of numbers end at one edge. */
export function table(rows: readonly (readonly string[])[], toRight: readonly boolean[]): string[] {
  const width = toRight.map((_, i) => Math.max(...rows.map((r) => (r[i] ?? "").length)));
  return rows.map((r) => `  ${r.map((cell, i) => (toRight[i] ? cell.padStart(width[i] ?? 0) : cell.padEnd(width[i] ?? 0))).join("  ")}`.trimEnd());
}
