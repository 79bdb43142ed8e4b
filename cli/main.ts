#!/usr/bin/env node
// The program `bitloom`: the command line with the process around it. Bundled to dist/cli.js.
import { apology, main } from "./cli.ts";
import type { Io } from "./io.ts";

const write = (stream: NodeJS.WriteStream, text: string): Promise<void> =>
  new Promise((resolve) => { if (stream.write(text)) resolve(); else stream.once("drain", resolve); });

/** The process as a world. A reader that has seen enough (`| head`) is no error. */
function ofProcess(): Io {
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 74));
  return {
    out: (text) => write(process.stdout, text),
    err: (text) => write(process.stderr, text),
    stdin: () => process.stdin,
    colour: process.stderr.isTTY === true && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb",
    terminal: process.stderr.isTTY === true && process.env["TERM"] !== "dumb",
    interrupt() {
      let ask: () => void = () => undefined;
      const asked = new Promise<void>((resolve) => { ask = resolve; });
      process.on("SIGINT", ask).on("SIGTERM", ask);
      return { asked, off() { process.off("SIGINT", ask).off("SIGTERM", ask); } };
    },
  };
}

const io = ofProcess(), argv = process.argv.slice(2);
const sorry = (error: unknown): void => { void io.err(`${apology(error, argv)}\n`).then(() => process.exit(70)); };
process.on("uncaughtException", sorry).on("unhandledRejection", sorry);
process.exitCode = await main(argv, io);
