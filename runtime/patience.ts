// How Node waits for Dawn. Its binding asks whether work is done by one `setImmediate` after the other, which keeps a core busy. Beside a GPU
// that costs nothing; of an adapter that computes on the CPU it takes a third of two cores. While all devices are such, it asks the more
// seldom the longer it has waited.
//
//   mapAsync, onSubmittedWorkDone, … ──▶ Dawn calls setImmediate(ask) ──▶ ask: done? no ──▶ setImmediate(ask) ──▶ …
//                                                    └── instead, where Dawn calls it: now, or after an eighth of the time waited so far
//
// Nobody else sees another setImmediate: it is exchanged only while Dawn's own functions run.

/** Milliseconds in which Dawn may ask as often as it likes, those that it may be silent at most, and the share of the time waited that it may be late by. */
const EAGER = 0.5, SILENT = 20, LATE = 1 / 8;

type Ask = () => unknown;
/** Classes of Dawn by name, as `globals` of the npm package holds them. */
export type Classes = Readonly<Record<string, unknown>>;

/** What begins to wait. */
const waits = { GPUQueue: ["onSubmittedWorkDone"], GPUBuffer: ["mapAsync"], GPUDevice: ["popErrorScope", "createComputePipelineAsync"] } as const;

/** What a process knows of its waiting. */
interface Waiting {
  /** Devices were opened that don't compute on the CPU. */
  impatient: boolean;
  began: number;
  /** Dawn is to ask at that time. */
  asleep: { readonly timer: ReturnType<typeof setTimeout>; readonly go: Ask } | undefined;
}

// A bundle may hold this module twice, the process holds Dawn once.
const HOME = Symbol.for("bitloom.patience");
const waiting = (): Waiting => ((globalThis as { [HOME]?: Waiting })[HOME] ??= { impatient: false, began: 0, asleep: undefined });

const { setImmediate: soon, setTimeout: after, clearTimeout: never } = globalThis;

/** Runs a function of Dawn's with our setImmediate in place of Node's. */
function within<T>(work: () => T): T {
  const before = globalThis.setImmediate;
  globalThis.setImmediate = sooner as unknown as typeof before;
  try { return work(); } finally { globalThis.setImmediate = before; }
}

/** What Dawn finds as setImmediate. */
function sooner(ask: Ask, ...args: readonly unknown[]): unknown {
  const w = waiting(), waited = performance.now() - w.began, go = (): unknown => within(() => (ask as (...a: readonly unknown[]) => unknown)(...args));
  if (w.impatient || waited < EAGER) return soon(go);
  const timer = after(() => { w.asleep = undefined; go(); }, Math.min(SILENT, waited * LATE));
  w.asleep = { timer, go };
  return timer;
}

/** Something new is waited for: Dawn asks for it at once. */
function begin(): void {
  const w = waiting();
  w.began = performance.now();
  if (!w.asleep) return;
  never(w.asleep.timer);
  soon(w.asleep.go);
  w.asleep = undefined;
}

/** Makes Dawn wait with patience; once for a process. */
export function waitPatiently(classes: Classes): void {
  for (const [name, methods] of Object.entries(waits)) {
    const prototype = (classes[name] as { readonly prototype?: Record<string, unknown> } | undefined)?.prototype;
    for (const method of prototype ? methods : []) {
      const own = prototype?.[method];
      if (!prototype || typeof own !== "function" || HOME in own) continue;
      const patient = function (this: unknown, ...args: readonly unknown[]): unknown { begin(); return within(() => Reflect.apply(own, this, args) as unknown); };
      prototype[method] = Object.assign(patient, { [HOME]: true });
    }
  }
}

/** A device was opened: beside one that doesn't compute on the CPU Dawn may ask as often as it likes. */
export function opened(software: boolean): void {
  if (!software) waiting().impatient = true;
}
