// Sequence text: the steps, then every kernel as program text. Loops and conditions are the host's.
//
//   sequence twice_twice
//   dims N
//   in x: f32[N] @ dense
//   out y: f32[N] @ dense
//   temp t: f32[N] @ dense
//   {
//     run p0(x: x, y: t)
//     run p0(x: t, y: y)
//   }
//   p0 = program twice
//   …
import { fail } from "../diagnostic.ts";
import type { Program } from "./program.ts";
import { substitute, type Scalar } from "./scalar.ts";
import { sequenceBuilder, type SequenceBuilder, type SequenceTensor } from "./sequence-builder.ts";
import { kernelsOf, type Sequence, type SequenceStep } from "./sequence.ts";
import { printName, programText, scalarText, tensorLine } from "./text-print.ts";
import { declare, foresee, inner, newScope, readProgram, readTensor, readTyped, type Scope } from "./text-read.ts";
import { cursor, type Cursor } from "./text-scan.ts";
import { readInt, readName, readScalar, readScalarType } from "./text-terms.ts";

function* stepText(steps: readonly SequenceStep[], kernels: readonly Program[], indent: string): Generator<string> {
  for (const s of steps)
    switch (s.kind) {
      case "run": {
        const args = s.kernel.params.map((p) => `${printName(p.name)}: ${p.kind === "tensor" ? printName(s.tensors[p.name] ?? "") : scalarText(s.scalars[p.name] ?? 0)}`);
        yield `${indent}run p${kernels.indexOf(s.kernel)}(${args.join(", ")})`;
        break;
      }
      case "for":
        yield `${indent}for ${printName(s.symbol.id)} in ${scalarText(s.from)} .. ${scalarText(s.to)} step ${s.step} {`;
        yield* stepText(s.body, kernels, `${indent}  `);
        yield `${indent}}`;
        break;
      case "if":
        yield `${indent}if ${scalarText(s.condition)} {`;
        yield* stepText(s.then, kernels, `${indent}  `);
        if (s.otherwise.length) { yield `${indent}} else {`; yield* stepText(s.otherwise, kernels, `${indent}  `); }
        yield `${indent}}`;
        break;
      default: s satisfies never;
    }
}

/** The text of one Sequence. */
export function sequenceText(q: Sequence): string {
  const kernels = kernelsOf(q.steps);
  const lines = [
    `sequence ${printName(q.name)}`,
    ...(q.doc ? [`doc ${JSON.stringify(q.doc)}`] : []),
    ...(q.dims.length ? [`dims ${q.dims.map(printName).join(", ")}`] : []),
    ...q.params.map((p) => (p.kind === "scalar" ? `scalar ${printName(p.name)}: ${p.type}` : `${p.direction} ${tensorLine(p)}`)),
    ...q.temporaries.map((t) => `temp ${tensorLine(t)}`),
    ...q.requires.map((r) => `require ${scalarText(r.condition)}, ${JSON.stringify(r.message)}`),
    "{", ...stepText(q.steps, kernels, "  "), "}",
    ...kernels.map((k, i) => `p${i} = ${programText(k).trimEnd()}`),
  ];
  return `${lines.join("\n")}\n`;
}

/** What reading steps needs: kernels come after them, so steps wait as functions until all are known. */
interface Reader {
  readonly c: Cursor;
  readonly b: SequenceBuilder;
  readonly kernels: Map<string, Program>;
}

/** Loop variables of the text, by name, as the builder numbers them. */
type Loops = ReadonlyMap<string, Scalar>;
type Later = (loops: Loops) => void;

/** A scalar of the text as the builder is given it. */
const now = (x: Scalar, loops: Loops): Scalar => substitute(x, (id) => loops.get(id));

function readSteps(r: Reader, s: Scope): Later {
  const { c } = r;
  return c.deeper(() => {
    const steps: Later[] = [];
    c.expect("{");
    while (!c.take("}")) steps.push(c.peek().kind === "end" ? c.wrong("'}'") : readStep(r, s));
    return (loops) => steps.forEach((f) => f(loops));
  });
}

function readStep(r: Reader, s: Scope): Later {
  const { c, b } = r;
  if (c.take("if")) {
    const condition = readTyped(c, s, "bool", "a condition"), then = readSteps(r, s), otherwise = c.take("else") ? readSteps(r, s) : undefined;
    return (loops) => b.when(now(condition, loops), () => then(loops), otherwise && (() => otherwise(loops)));
  }
  if (c.take("for")) {
    const id = readName(c, "a loop variable"), mine = inner(s);
    c.located(() => declare(mine, "loop", id));
    c.expect("in");
    const from = readTyped(c, s, "i32", "a loop bound");
    c.expect("..");
    const to = readTyped(c, s, "i32", "a loop bound");
    c.expect("step");
    const step = readInt(c), body = readSteps(r, mine);
    return (loops) => b.loop({ from: now(from, loops), to: now(to, loops), step }, (i) => body(new Map([...loops, [id, i]])));
  }
  return readRun(r, s);
}

function readRun({ c, b, kernels }: Reader, s: Scope): Later {
  c.expect("run");
  const label = c.want("word", "a kernel's label, such as p0");
  c.expect("(");
  const tensors = new Map(b.tensors().map((t) => [t.name, t] as const)), args: [string, SequenceTensor | Scalar][] = [];
  c.list(")", () => {
    const name = readName(c, "a parameter's name");
    c.expect(":");
    const t: SequenceTensor | undefined = ["word", "string"].includes(c.peek().kind) ? tensors.get(c.peek().text) : undefined;
    args.push([name, t ? (c.next(), t) : readScalar(c, s.symbols)]);
    return undefined;
  });
  return (loops) => {
    const kernel = kernels.get(label.text);
    if (!kernel) return fail({ code: "N0123", message: `no kernel '${label.text}' follows`, help: `write ${label.text} = program …` });
    b.run(kernel, Object.fromEntries(args.map(([name, x]) => [name, "direction" in x ? x : now(x, loops)])));
  };
}

/**
 * Reads sequence text.
 * @param text what `print` wrote
 * @param file name for the spans of errors
 * @throws Diagnostic as `read`, and those of building a sequence
 * @example
 * ```ts
 * readSequence("sequence s\nin x: f32[4] @ [d0, bit]\n{\n}\n").params.length; // => 1
 * ```
 */
export function readSequence(text: string, file = "sequence"): Sequence {
  const c = cursor(text, file), s = newScope();
  c.expect("sequence");
  const name = readName(c, "the sequence's name"), doc = c.take("doc") ? c.want("string", "a string").text : "";
  const b = sequenceBuilder(name, doc), kernels = new Map<string, Program>();
  if (c.take("dims")) do { const d = c.located(() => declare(s, "dim", readName(c, "a dimension"))); b.dim(d.id); } while (c.take(","));
  c.located(() => foresee(c, s));
  for (;;) {
    const word = c.peek().text;
    if (c.take("scalar")) {
      const id = readName(c, "a parameter's name");
      c.expect(":");
      b.scalarParam(id, readScalarType(c));
    } else if (word === "in" || word === "out" || word === "inout" || word === "temp") {
      c.next();
      c.located(() => {
        const t = readTensor(c, s);
        if (word === "temp") b.temp(t.name, t.dtype, t.shape, t.packing, t.buffer);
        else b.tensor(t.name, word, t.dtype, t.shape, t.packing, t.buffer);
      });
    } else break;
  }
  while (c.take("require")) {
    const condition = readTyped(c, s, "bool", "a requirement");
    c.expect(",");
    b.require(condition, c.want("string", "a string").text);
  }
  const steps = readSteps({ c, b, kernels }, s);
  while (c.peek().kind === "word") {
    const label = c.next().text;
    c.expect("=");
    kernels.set(label, readProgram(c));
  }
  if (c.peek().kind !== "end") c.wrong("the end of the text");
  return c.located(() => { steps(new Map()); return b.finish(); });
}
