// `bitloom draw TYPE`: where the bits of a packed tensor lie, as text, picture or JSON.
import { Diagnostic } from "../diagnostic.ts";
import { drawFields, drawFieldsSvg, drawnBits, printPacking, type DrawnField, type PackingDrawOptions } from "../layout/index.ts";
import { evaluateTensor } from "../lang/index.ts";
import { writeFileAtomic } from "../runtime/index.ts";
import { usage, type Args } from "./command.ts";
import { complain, jsonLine, type Io } from "./io.ts";

/** What is drawn: fields of one buffer, and what the picture is called. */
interface Subject { readonly title: string; readonly fields: readonly DrawnField[] }

/** A tensor type as the only field of its buffer. */
function tensor(text: string): Subject {
  const { dtype, extents, axes, packing } = evaluateTensor(text), names = axes.map((a, i) => a ?? `axis${i}`);
  const sizes = extents.map((n, i) => (axes[i] === undefined ? String(n) : `${axes[i]}: ${n}`)).join(", ");
  return { title: `${dtype.name}[${sizes}] @ ${printPacking(packing, names)}`, fields: [{ name: dtype.name, type: dtype.name, bits: dtype.bits, packing, extents }] };
}

/** A whole number that a flag gives. */
function count(args: Args, flag: string, least: number): number | undefined {
  const text = args.value(flag);
  if (text === undefined) return undefined;
  const n = Number(text);
  return Number.isSafeInteger(n) && n >= least && text.trim() !== "" ? n : usage(`'--${flag} ${text}' is no whole number of at least ${least}`, `write --${flag} ${Math.max(least, 8)}`);
}

/** A terminal's colour of a hue: text on a pastel ground. */
function onHue(s: string, degrees: number): string {
  const [r, g, b] = [0, 8, 4].map((k) => { const x = (k + degrees / 30) % 12; return Math.round(255 * (0.8 - 0.13 * Math.max(-1, Math.min(x - 3, 9 - x, 1)))); });
  return `\u001b[30;48;2;${r};${g};${b}m${s}\u001b[0m`;
}

export async function runDraw(args: Args, io: Io): Promise<number> {
  const [text = ""] = args.words, words = count(args, "words", 1), firstWord = count(args, "from", 0), file = args.value("svg");
  try {
    const { title, fields } = tensor(text);
    const options: PackingDrawOptions = { title, ...(words === undefined ? {} : { words }), ...(firstWord === undefined ? {} : { firstWord }), ...(io.colour ? { paint: onHue } : {}) };
    if (file !== undefined) await writeFileAtomic(file, new TextEncoder().encode(`${drawFieldsSvg(fields, options)}\n`));
    if (args.on("json")) {
      const { first, rows } = drawnBits(fields, options);
      await io.out(jsonLine({ title, fields: fields.map(({ name, bits, extents }) => ({ name, bits, extents })), firstWord: first, words: rows.map((row) => row.map((b) => b ?? null)) }));
    } else if (file === undefined) await io.out(`${drawFields(fields, options)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof Diagnostic)) throw error;
    await complain(error, args.on("json"), io, new Map([["packing", text]]));
    return 1;
  }
}
