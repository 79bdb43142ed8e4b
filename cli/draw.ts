// `bitloom draw TYPE|FORMAT`: where the bits of a packed tensor lie, or those of a format's fields, as text, picture or JSON.
import { Diagnostic } from "../diagnostic.ts";
import { drawFields, drawFieldsSvg, drawnBits, printPacking, type DrawnField, type PackingDrawOptions } from "../layout/index.ts";
import { evaluateTensor, formatNamed, libraryFormats } from "../lang/index.ts";
import { writeFileAtomic } from "../runtime/index.ts";
import { formatTensors, isDType, localExtent, type Format } from "../vm/index.ts";
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

/** A field's axes as they are declared. */
const axesText = (f: Format, field: Format["fields"][number]): string => field.axes.map((a) => `${f.axes[a.axis].name}${a.div > 1 ? ` / ${a.div}` : ""}${a.mod ? ` % ${a.mod}` : ""}`).join(", ");

/** A format's buffers: one block with all its fields, and what lies beside, of a tensor of a few blocks. */
function buffers(text: string): readonly Subject[] {
  const f = formatNamed(text), name = (g: Format["fields"][number]): string => `${g.name}: ${g.dtype.name}${g.axes.length ? `[${axesText(f, g)}]` : ""}`;
  const block = f.fields.flatMap((g): DrawnField[] => (g.at === undefined ? [] : [{ name: g.name, type: g.dtype.name, bits: g.dtype.bits, packing: g.packing, extents: g.axes.length ? g.axes.map((a) => localExtent(a, f.axes)) : [], at: g.at }]));
  const shape = f.axes.map((a, i) => a.block ?? Math.max(8, ...f.fields.flatMap((g) => g.axes.filter((x) => x.axis === i).map((x) => Math.max(x.div, x.mod)))));
  const beside = formatTensors(f, shape).filter((t) => t.buffer !== "").map((t): Subject => ({
    title: `${f.name}: beside, ${name(t.field)}`, fields: [{ name: t.field.name, type: t.dtype.name, bits: t.dtype.bits, packing: t.packing, extents: t.shape.map(Number) }],
  }));
  return [...(block.length ? [{ title: `${f.name}: a block of ${f.axes.map((a) => a.block ?? 1).join(" × ")} in ${f.blockBits / 8} bytes`, fields: block }] : []), ...beside];
}

/** Pictures one below the other. */
function stackedSvg(pictures: readonly string[]): string {
  const [only] = pictures;
  if (pictures.length === 1 && only !== undefined) return only;
  let y = 0, width = 0;
  const parts = pictures.map((p) => {
    const [, w = "0", h = "0"] = /^<svg[^>]*? width="([\d.]+)"[^>]*? height="([\d.]+)"/.exec(p) ?? [], at = y;
    y += Number(h);
    width = Math.max(width, Number(w));
    return p.replace("<svg", `<svg y="${at}"`);
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y}" viewBox="0 0 ${width} ${y}">\n${parts.join("\n")}\n</svg>`;
}

/** What a text names: a type with sizes, or a format; some formats are called what their numbers are. */
function subjects(text: string): readonly Subject[] {
  const name = text.trim(), isFormat = [...libraryFormats().values()].some((names) => names.includes(name));
  return /^\w+\s*\[/.test(name) || (isDType(name) && !isFormat) ? [tensor(text)] : buffers(text);
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
    const all = subjects(text), options = ({ title }: Subject): PackingDrawOptions => ({ title, ...(words === undefined ? {} : { words }), ...(firstWord === undefined ? {} : { firstWord }), ...(io.colour ? { paint: onHue } : {}) });
    if (file !== undefined) await writeFileAtomic(file, new TextEncoder().encode(`${stackedSvg(all.map((s) => drawFieldsSvg(s.fields, options(s))))}\n`));
    if (args.on("json")) {
      for (const s of all) {
        const { first, rows } = drawnBits(s.fields, options(s));
        await io.out(jsonLine({ title: s.title, fields: s.fields.map(({ name, bits, extents }) => ({ name, bits, extents })), firstWord: first, words: rows.map((row) => row.map((b) => b ?? null)) }));
      }
    } else if (file === undefined) await io.out(`${all.map((s) => drawFields(s.fields, options(s))).join("\n\n")}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof Diagnostic)) throw error;
    await complain(error, args.on("json"), io, new Map([["packing", text], ["format", text]]));
    return 1;
  }
}
