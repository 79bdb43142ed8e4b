// Bars on a terminal for what takes longer than two seconds. Elsewhere nothing is written.
import type { Io } from "./io.ts";

/** How far something is. */
export interface Progress {
  /** `done` of `total`; without `total` only the time is shown. */
  at(done: number, total: number): void;
  /** Takes the bar away. */
  end(): void;
}

/** Milliseconds before a bar is shown, and between two pictures of it. */
const patience = 2000, beat = 100;
const cells = 24;

/** The picture of a bar. */
export function bar(what: string, done: number, total: number, ms: number): string {
  const part = total > 0 ? Math.min(1, Math.max(0, done / total)) : undefined, full = Math.floor((part ?? 0) * cells);
  return `${what} ${part === undefined ? "" : `${"█".repeat(full)}${"░".repeat(cells - full)} ${String(Math.floor(part * 100)).padStart(3)} % `}${Math.round(ms / 1000)} s`;
}

/**
 * Begins to watch over a piece of work.
 * @param now the clock, in milliseconds
 */
export function progress(io: Pick<Io, "terminal" | "err">, what: string, now: () => number = () => performance.now()): Progress {
  if (!io.terminal) return { at: () => undefined, end: () => undefined };
  const start = now();
  let last = start + patience - beat, shown = false, done = 0, total = 0;
  const draw = (): void => {
    const t = now();
    if (t - start < patience || t - last < beat) return;
    last = t;
    shown = true;
    void io.err(`\r\u001b[K${bar(what, done, total, t - start)}`);
  };
  const timer = setInterval(draw, beat);
  timer.unref();
  return {
    at(d, t) { done = d; total = t; draw(); },
    end() {
      clearInterval(timer);
      if (shown) void io.err("\r\u001b[K");
      shown = false;
    },
  };
}
