// A real browser for tests: bundles a TypeScript module into a page, serves it on localhost and calls its exports.
//
//   const page = await openPage("test/browser/NAME.page.ts")
//   await page.call("exportedFunction", argument)            arguments and results travel as JSON
//
// Debian's Chromium is taken if it is there, else the one inside @sparticuz/chromium, so npm alone is enough on x64 Linux.

import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { build } from "esbuild";
import { chromium, type Browser } from "playwright-core";

// Without --enable-unsafe-webgpu headless Chromium has no adapter; the other flags keep it off the network.
const flags: readonly string[] = [
  "--no-sandbox", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader",
  "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

/** A page with one module in it. */
export interface TestPage {
  readonly browser: string;
  /** What the page logged or threw, oldest first. */
  readonly log: readonly string[];
  /** Calls an exported function of the module in the page. */
  readonly call: <T>(name: string, ...args: readonly unknown[]) => Promise<T>;
  readonly close: () => Promise<void>;
}

/** Why tests here are skipped without one. */
export const noBrowser = "there is no Chromium here (scripts/install-lavapipe.sh --browser, or npm's on x64 Linux)";

/** The browser to start, or undefined if there is none here. CHROMIUM=path chooses, CHROMIUM=none goes without. */
export async function findBrowser(): Promise<string | undefined> {
  const chosen = process.env["CHROMIUM"];
  if (chosen) return chosen === "none" ? undefined : chosen;
  const installed = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((f) => existsSync(f));
  if (installed) return installed;
  try {
    return process.platform === "linux" && process.arch === "x64" ? await (await import("@sparticuz/chromium")).default.executablePath() : undefined;
  } catch {
    return undefined;
  }
}

/** The module as one script whose exports stand in `globalThis.page`. */
export async function bundlePage(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry], bundle: true, write: false, platform: "browser", format: "iife", globalName: "page", target: "chrome120",
    logLevel: "error", sourcemap: "inline",
  });
  return outputFiles[0]?.text ?? "";
}

/** Starts the browser on a page with the module. Throws if there is no browser: ask `findBrowser` first. */
export async function openPage(entry: string): Promise<TestPage> {
  const executablePath = await findBrowser();
  if (executablePath === undefined) throw new Error("no browser here");
  const script = await bundlePage(entry);
  const server = createServer((request, response) => {
    const isScript = request.url === "/page.js";
    response.setHeader("content-type", isScript ? "text/javascript; charset=utf-8" : "text/html; charset=utf-8");
    response.end(isScript ? script : '<!doctype html><title>Bitloom test</title><link rel="icon" href="data:,"><script src="/page.js"></script>');
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  let browser: Browser | undefined;
  const close = async (): Promise<void> => {
    await browser?.close();
    server.closeAllConnections();
    server.close();
  };
  try {
    browser = await chromium.launch({ executablePath, headless: true, args: [...flags], env: { XDG_RUNTIME_DIR: tmpdir(), ...(process.env as Record<string, string>) } });
    const tab = await browser.newPage();
    const log: string[] = [];
    tab.on("console", (m) => log.push(`${m.type()}: ${m.text()}`));
    tab.on("pageerror", (e) => log.push(`error: ${e.message}`));
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return {
      browser: browser.version(),
      log,
      call: <T>(name: string, ...args: readonly unknown[]): Promise<T> =>
        tab.evaluate(async ([what, values]) => {
          const { page } = globalThis as unknown as { readonly page: Readonly<Record<string, (...a: readonly unknown[]) => unknown>> };
          const work = page[what];
          if (!work) throw new Error(`the page exports no ${what}`);
          return (await work(...values)) as T;
        }, [name, args] as const) as Promise<T>,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
