// Node asks Dawn seldomer the longer it waits for adapters that compute on the CPU, which then have all cores.
import { afterEach, expect, test } from "vitest";
import { opened, waitPatiently } from "../../runtime/patience.ts";

/** A binding as Dawn's is: it asks by one setImmediate after the other until the last wait is over. */
function binding() {
  const seen = { asked: 0, replaced: 0 }, ends = new Set<{ readonly at: number; readonly done: () => void }>(), real = globalThis.setImmediate;
  let asking = false;
  const ask = (): void => {
    asking = false;
    seen.asked++;
    for (const e of ends) if (performance.now() >= e.at) { ends.delete(e); e.done(); }
    if (ends.size > 0) again();
  };
  const again = (): void => { if (asking) return; asking = true; if (globalThis.setImmediate !== real) seen.replaced++; globalThis.setImmediate(ask); };
  class GPUQueue { onSubmittedWorkDone(ms: number): Promise<void> { return new Promise((done) => { ends.add({ at: performance.now() + ms, done }); again(); }); } }
  return { seen, GPUQueue };
}

const home = globalThis as { [k: symbol]: unknown }, HOME = Symbol.for("bitloom.patience"), before = home[HOME];
afterEach(() => { home[HOME] = before; });
const fresh = (): void => { home[HOME] = undefined; };

test("the longer it waits, the seldomer it asks, and is late by little", async () => {
  fresh();
  const { seen, GPUQueue } = binding(), real = globalThis.setImmediate;
  waitPatiently({ GPUQueue });
  waitPatiently({ GPUQueue }); // once is enough
  const queue = new GPUQueue();
  await queue.onSubmittedWorkDone(0);
  seen.asked = 0;
  const began = performance.now();
  await queue.onSubmittedWorkDone(200);
  expect(performance.now() - began).toBeGreaterThanOrEqual(200);
  // 1 ms, then an eighth more each time up to 20: some 35 times; without patience it is many thousand. All in the first half millisecond come on top.
  expect(seen.asked).toBeLessThan(1000);
  expect(seen.replaced).toBeGreaterThan(0);
  expect(globalThis.setImmediate).toBe(real);
});

test("what is waited for anew is asked for at once", async () => {
  fresh();
  const { seen, GPUQueue } = binding();
  waitPatiently({ GPUQueue });
  const queue = new GPUQueue(), long = queue.onSubmittedWorkDone(300);
  await new Promise((r) => setTimeout(r, 200)); // it sleeps 20 ms at a time now
  seen.asked = 0;
  const short = queue.onSubmittedWorkDone(0);
  await new Promise((r) => setImmediate(() => setImmediate(r)));
  expect(seen.asked).toBeGreaterThan(0);
  await Promise.all([short, long]);
});

test("beside a device that isn't the CPU it asks as often as before", async () => {
  fresh();
  const { seen, GPUQueue } = binding();
  waitPatiently({ GPUQueue });
  opened(true);
  opened(false);
  await new GPUQueue().onSubmittedWorkDone(30);
  expect(seen.asked).toBeGreaterThan(100);
});
