// `bitloom layout EXPR`: a register layout as picture, tuples and table.
import { drawSvg, drawText, slotCount, threadCount, type RegisterLayout } from "../layout/index.ts";
import { evaluateLayout, layoutJson } from "../lang/index.ts";
import { Diagnostic, fail } from "../diagnostic.ts";
import type { Args } from "./command.ts";
import { complain, type Io } from "./io.ts";
import { eachLine } from "./lines.ts";

/** Most threads × slots of a picture. */
const most = 1 << 16;

/** The layout, if it is small enough to be drawn. */
function small(text: string): RegisterLayout {
  const l = evaluateLayout(text), cells = threadCount(l) * slotCount(l);
  if (cells > most) fail({ code: "L0109", message: `this layout has ${cells} cells (threads × slots); a picture shows ${most} at most`, help: "draw a smaller piece of it" });
  return l;
}

/** The four tuples and the table as JSON text on one line. */
const asJson = (text: string): string => JSON.stringify(layoutJson(evaluateLayout(text)));

function page(text: string): string {
  const l = small(text), tuple = (xs: readonly number[]): string => `[${xs.join(", ")}]`;
  return [
    `shape ${tuple(l.shape)}, modes ${tuple(l.modeShape)}, spatial ${tuple(l.spatialModes)}, local ${tuple(l.localModes)}`,
    `${threadCount(l)} threads × ${slotCount(l)} slots; a cell is thread:slot`, "",
    drawText(l),
  ].join("\n");
}

export async function runLayout(args: Args, io: Io): Promise<number> {
  const [text = ""] = args.words;
  if (text === "-") { await eachLine(io, asJson); return 0; }
  try {
    await io.out(`${args.on("json") ? asJson(text) : args.on("svg") ? drawSvg(small(text)) : page(text)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof Diagnostic)) throw error;
    await complain(error, args.on("json"), io, new Map([[error.data.span?.file ?? "", text]]));
    return 1;
  }
}
