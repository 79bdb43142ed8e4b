// The verifier against the sanitising interpreter, on random Programs of loops, branches and jumps: what happens when a Program runs the
// verifier must have foretold, and what it calls an error must happen.
import fc from "fast-check";
import { describe, it } from "vitest";
import { dense } from "../../layout/index.ts";
import { builder, constant, dtype, eachStmt, interpret, print, sanitise, scalarOp, verify, withBlocks, type Builder, type Inst, type Program, type Scalar, type Stmt, type Value } from "../../vm/index.ts";
import { instText } from "../../vm/text-print.ts";
import { plus, window } from "./programs.ts";

const f32 = dtype("f32");

/** Where a window begins: k + c · (the innermost loop's variable) or what the parameter says. */
interface Place { readonly k: number; readonly c: number; readonly width: number; readonly mod: boolean; readonly output: boolean }
type Step =
  | { readonly kind: "barrier" }
  | { readonly kind: "write" | "read" | "update"; readonly at: Place }
  | { readonly kind: "for"; readonly to: number | "n"; readonly body: readonly Step[] }
  | { readonly kind: "while"; readonly body: readonly Step[] }
  | { readonly kind: "if"; readonly on: "n" | "i"; readonly at: number; readonly then: readonly Step[]; readonly otherwise: readonly Step[] }
  | { readonly kind: "jump"; readonly to: "break" | "continue" | "return"; readonly at: number };

const place = fc.record({ k: fc.integer({ min: 0, max: 4 }), c: fc.constantFrom(0, 0, 1, 2, 4), width: fc.constantFrom(1, 2, 4), mod: fc.boolean(), output: fc.boolean() });
const steps = (depth: number): fc.Arbitrary<readonly Step[]> => fc.array(step(depth), { minLength: 1, maxLength: depth === 0 ? 5 : 3 });
const access = fc.record({ kind: fc.constantFrom("write" as const, "read" as const, "update" as const), at: place });
function step(depth: number): fc.Arbitrary<Step> {
  const simple = fc.oneof({ weight: 2, arbitrary: fc.constant<Step>({ kind: "barrier" }) }, { weight: 4, arbitrary: access as fc.Arbitrary<Step> });
  if (depth === 2) return simple;
  const inner = steps(depth + 1);
  const at = fc.integer({ min: 0, max: 2 });
  return fc.oneof<fc.MaybeWeightedArbitrary<Step>[]>({ weight: 4, arbitrary: simple },
    fc.tuple(fc.constantFrom<number | "n">(0, 1, 2, 3, "n"), inner).map(([to, body]): Step => ({ kind: "for", to, body })),
    inner.map((body): Step => ({ kind: "while", body })),
    fc.tuple(fc.constantFrom("n" as const, "i" as const), at, inner, inner).map(([on, n, then, otherwise]): Step => ({ kind: "if", on, at: n, then, otherwise })),
    fc.tuple(fc.constantFrom("break" as const, "continue" as const, "return" as const), at).map(([to, n]): Step => ({ kind: "jump", to, at: n })));
}

/** A Program of four threads with a shared tile and an output of twelve elements each. */
function program(body: readonly Step[]): Program {
  const b = builder("law"), n = b.scalarParam("n", "i32"), y = b.tensor("y", "out", "f32", [12], dense(1));
  b.threads(4);
  const s = b.shared({}, { dtype: f32, shape: [12] });
  const view = (at: Place, i: Scalar | undefined): Value => {
    const raw = i ? plus(scalarOp("mul", i, constant(at.c)), at.k) : plus(constant(0), at.k);
    return window(b, at.output ? y : s, [at.mod ? scalarOp("rem", raw, constant(8)) : scalarOp("min", raw, constant(8))], [at.width]);
  };
  const ones = (width: number): Value => b.fill({}, { value: constant(1, "f32"), dtype: f32, shape: [width] });
  function run(list: readonly Step[], i: Scalar | undefined, loops: number): void {
    for (const x of list) {
      switch (x.kind) {
        case "barrier": b.barrier({}); break;
        case "write": b.store({ to: view(x.at, i), x: ones(x.at.width) }); break;
        case "read": b.load({ x: view(x.at, i) }); break;
        case "update": { const v = view(x.at, i); b.store({ to: v, x: b.add({ x: b.load({ x: v }), y: ones(x.at.width) }) }); break; }
        case "for": b.loop("i", { to: x.to === "n" ? n : x.to }, (j) => run(x.body, j, loops + 1)); break;
        case "while": counted(b, (j) => run(x.body, j, loops + 1)); break;
        case "if": b.when(scalarOp("gt", x.on === "i" && i ? i : n, constant(x.at)), () => run(x.then, i, loops), () => run(x.otherwise, i, loops)); break;
        case "jump": if (x.to === "return" || loops) b.when(scalarOp("eq", i ?? n, constant(x.at)), () => b.jump(x.to)); break;
        default: x satisfies never;
      }
    }
  }
  run(body, undefined, 0);
  return b.finish();
}

/** A while loop of two rounds; its variable goes up before the body, so that `continue` can't make it endless. */
function counted(b: Builder, body: (i: Scalar) => void): void {
  const cell = b.inst("scalar_var", {}, { init: constant(-1) }) as Scalar;
  let now: Scalar = constant(0);
  b.while(() => { now = b.inst("scalar_get", {}, { of: cell }) as Scalar; return scalarOp("lt", now, constant(1)); }, () => {
    const next = plus(now, 1);
    b.inst("scalar_set", {}, { to: cell, value: next });
    body(next);
  });
}

const runs = [0, 1, 2, 3];
const check = (law: (p: Program) => boolean, numRuns = 100): void => fc.assert(fc.property(steps(0), (body) => { const p = program(body); return law(p) || fail(p); }), { numRuns });
const fail = (p: Program): never => { throw new Error(`${print(p)}\n${verify(p).map((d) => `${d.severity} ${d.code} ${d.message} ${d.notes?.join(" / ") ?? ""}`).join("\n")}`); };
const has = (p: Program, code: string): boolean => verify(p).some((d) => d.code === code);
const happens = (p: Program, code: string): boolean => runs.some((n) => sanitise(p, { n }).found.some((d) => d.code === code));

/** The Program without the instructions that `gone` picks. */
function without(p: Program, gone: (i: Inst) => boolean): Program {
  const block = (body: readonly Stmt[]): readonly Stmt[] => body.filter((s) => s.kind !== "inst" || !gone(s)).map((s) => withBlocks(s, block));
  return { ...p, body: block(p.body) };
}

describe("on random Programs", () => {
  it("a race that happens was foretold", () => check((p) => !happens(p, "R0401") || has(p, "R0401"), 200));

  it("what is called read before written is so whenever it is read", () => check((p) => {
    const never = verify(p).filter((d) => d.code === "R0404" && d.severity === "error").flatMap((d) => d.notes ?? []);
    return runs.every((n) => {
      const ran = new Set<string>();
      interpret(p, { n }, { watch: (i) => ran.add(`in ${instText(i)}`) });
      const seen = sanitise(p, { n }).found.filter((d) => d.code === "R0404").flatMap((d) => d.notes ?? []);
      return never.every((note) => !ran.has(note) || seen.includes(note.replace(/^in /, "")));
    });
  }));

  it("a first read of nothing at all was foretold", () => check((p) => {
    // Of reads behind a condition nothing is said: it may be the condition under which there was a write.
    const guarded = new Set<Inst>(), reads: string[] = [];
    eachStmt(p.body, (s) => { if (s.kind === "if") for (const arm of [s.then, s.otherwise]) eachStmt(arm, (t) => { if (t.kind === "inst") guarded.add(t); }); });
    for (const n of runs) {
      let written = false;
      interpret(p, { n }, { watch: (i) => { if (i.name === "store") written = true; else if (i.name === "load" && !written && !guarded.has(i)) reads.push(instText(i)); } });
    }
    return !reads.length || has(p, "R0404");
  }));

  it("idle barriers can go, all at once", () => check((p) => {
    const idle = verify(p).filter((d) => d.code === "R0403");
    if (!idle.length) return true;
    // Told without spans, so in order of the barriers that are idle: try each set of that many barriers.
    const barriers: Inst[] = [];
    eachStmt(p.body, (s) => { if (s.kind === "inst" && s.name === "barrier") barriers.push(s); });
    const kept = idleBarriers(p, barriers);
    return kept.length !== idle.length || has(without(p, (i) => kept.includes(i)), "R0401") === has(p, "R0401");
  }));
});

/** Which barriers are idle: each gets a span of its own, which the verifier gives back. */
function idleBarriers(p: Program, barriers: readonly Inst[]): Inst[] {
  const spans = new Map(barriers.map((i, at) => [i, { file: "b", start: at, end: at + 1 }]));
  const block = (body: readonly Stmt[]): readonly Stmt[] => body.map((s) => (s.kind === "inst" ? (spans.has(s) ? { ...s, span: spans.get(s) } : s) : withBlocks(s, block)));
  return verify({ ...p, body: block(p.body) }).filter((d) => d.code === "R0403").map((d) => barriers[d.span?.start ?? 0]);
}

describe("blocks", () => {
  const axis = fc.record({ extent: fc.integer({ min: 1, max: 3 }), stride: fc.integer({ min: 0, max: 5 }), width: fc.integer({ min: 1, max: 5 }), from: fc.integer({ min: -3, max: 3 }) });
  it("that meet surely do, and neighbours that do are told", () => fc.assert(fc.property(axis, axis, fc.integer({ min: 1, max: 12 }), (r, c, size) => {
    const b = builder("blocks"), y = b.tensor("y", "out", "f32", [size, 12], dense(2)), [g, h] = b.grid([["g", r.extent], ["h", c.extent]]);
    b.threads(4);
    const at = (x: Scalar, a: typeof r): Scalar => plus(scalarOp("mul", x, constant(a.stride)), a.from);
    b.store({ to: window(b, y, [at(g, r), at(h, c)], [r.width, c.width]), x: b.fill({}, { value: constant(1, "f32"), dtype: f32, shape: [r.width, c.width] }) });
    const p = b.finish(), told = verify(p).filter((d) => d.code === "R0405");
    const meet = sanitise(p, {}).found.some((d) => d.code === "R0405");
    // Only neighbours of the first block are looked at, and they may lie outside of the tensor.
    return told.every((d) => d.severity === "error") && (!told.length || meet) && (!meet || told.length > 0 || r.from < 0 || c.from < 0);
  }), { numRuns: 150 }));
});
