// Tables of models: npm run models [-- charmlp|digits|guesslang|charlm …] [--adapter NAME]… [--quick]
// Every model is measured with its matrices held in every way, in doubles and on every adapter; the interpreter does its first
// rows. Unless quick, the table goes into examples/MODEL/README.md and the figure beside it.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { close, open, writeFileAtomic, type Device } from "../../runtime/index.ts";
import { figureOf } from "./figure.ts";
import { doubles, interpreter, onDevice, type Machine } from "./machine.ts";
import { schemes, type Scheme } from "./schemes.ts";
import { tableOf, withTable, type Result } from "./table.ts";
import type { Task } from "./task.ts";
import { tasks } from "./tasks.ts";

/** Widths for a glance. */
const FEW: readonly number[] = [8, 4, 2];

const { values: { adapter = [], quick = false }, positionals } = parseArgs({ allowPositionals: true, options: { adapter: { type: "string", multiple: true }, quick: { type: "boolean" } } });
for (const name of positionals) if (!tasks.has(name)) throw new Error(`there are the models ${[...tasks.keys()].join(", ")}, not ${name}`);

const devices: Device[] = [];
for (const name of adapter.length ? adapter : [undefined]) devices.push(await open(name === undefined ? {} : { adapter: name }));
const held: readonly (Scheme | undefined)[] = [undefined, ...schemes.filter((s) => !quick || FEW.includes(s.bits))];
const progress = (text: string): void => { if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`); };

/** Results on a machine, and the farthest that one lies from the expected ones. */
async function measured<X, W>(task: Task, machine: Machine<X, W>, rows: number, want?: readonly Result[]): Promise<{ readonly results: readonly Result[]; readonly farthest: number }> {
  const results: Result[] = [];
  for (const scheme of held) {
    progress(`${task.name}: ${machine.name}, ${scheme ? `${scheme.form} ${scheme.bits} ${scheme.label}` : "as in the file"}`);
    results.push({ scheme, value: await task.measureOn(machine, scheme, rows) });
  }
  progress("");
  return { results, farthest: results.reduce((m, r, i) => Math.max(m, Math.abs(r.value - (want?.[i].value ?? r.value))), 0) };
}

let far = 0;
for (const name of positionals.length ? positionals : tasks.keys()) {
  const task = await tasks.get(name)!(), rows = quick ? task.few : task.rows, { results } = await measured(task, doubles, rows);
  const table = tableOf(results, task.digits);
  console.log(`\n${name}: ${task.measure}, ${rows} rows\n\n${table}\n`);
  const report = (who: string, farthest: number, of: number): void => {
    if (farthest > task.near) far++;
    console.log(`${who}: ${farthest <= task.near ? "as in doubles" : "NOT as in doubles"}, at most ${farthest.toExponential(1)} off over ${of} rows`);
  };
  for (const device of devices) report(device.info.name, (await measured(task, onDevice(device), rows, results)).farthest, rows);
  const glance = quick ? results : (await measured(task, doubles, task.few)).results;
  report("interpreter", (await measured(task, interpreter, task.few, glance)).farthest, task.few);
  if (quick) continue;
  const page = `examples/${name}/README.md`;
  await writeFileAtomic(page, withTable(readFileSync(page, "utf8"), table));
  await writeFileAtomic(`examples/${name}/bits.svg`, figureOf(task, results));
  console.log(`written: ${page}, examples/${name}/bits.svg`);
}
close();
process.exitCode = far > 0 ? 1 : 0;
