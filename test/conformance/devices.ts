// The devices that conformance runs on: SwiftShader from npm always, lavapipe where it is installed; what is missing is said.
import { afterAll, beforeAll, describe } from "vitest";
import { close, listAdapters, open, type Device } from "../../runtime/index.ts";

const there = await listAdapters();
const usable = (name: string): boolean => there.some((a) => a.usable && a.kind === name);

/** Runs `body` in a `describe` for each software adapter; one that isn't there is a skipped block with its reason. */
export function onEachDevice(title: string, body: (device: () => Device, name: string) => void): void {
  for (const name of ["swiftshader", "lavapipe"]) {
    if (!usable(name)) { describe.skip(`${title} on ${name} (not installed here)`, () => body(() => { throw new Error("no device"); }, name)); continue; }
    describe(`${title} on ${name}`, () => {
      let device: Device | undefined;
      beforeAll(async () => { device = await open({ adapter: name }); }, 120_000);
      afterAll(close);
      body(() => { if (!device) throw new Error("the device isn't open"); return device; }, name);
    });
  }
}
