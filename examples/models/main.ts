// Tables of models: npm run models [-- charmlp|digits|guesslang|charlm …] [--adapter NAME]… [--rows N] [--bits N,…] [--resume] [--quick]
// Every model is measured in doubles with its matrices held in every way; then the interpreter and every adapter do the first N rows
// in every way, and are held against doubles. The numbers go into examples/MODEL/bits.json as they come, the table into its README.md and
// the figure beside it. --rows 0 leaves machines out; --bits takes some widths only; --resume keeps what bits.json has; --quick takes a few
// widths and rows, and writes nothing.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { close, open, writeFileAtomic, type Device } from "../../runtime/index.ts";
import { figureOf } from "./figure.ts";
import { doubles, interpreter, onDevice, type Machine } from "./machine.ts";
import { isSame, keep, measuredOf, placesOf, type Agreement, type Measured, type Result } from "./measured.ts";
import { schemes, type Scheme } from "./schemes.ts";
import { agreementText, blockOf, withTable } from "./table.ts";
import { mean, type Task } from "./task.ts";
import { tasks } from "./tasks.ts";

/** Widths for a glance. */
const FEW: readonly number[] = [8, 4, 2];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { adapter: { type: "string", multiple: true }, rows: { type: "string" }, bits: { type: "string" }, quick: { type: "boolean" }, resume: { type: "boolean" } },
});
const { adapter = [], quick = false, resume = false } = values;
const widths = values.bits?.split(",").map(Number) ?? (quick ? FEW : undefined);
for (const name of positionals) if (!tasks.has(name)) throw new Error(`there are the models ${[...tasks.keys()].join(", ")}, not ${name}`);
if (values.rows !== undefined && !/^\d+$/.test(values.rows)) throw new Error(`--rows takes a number of rows, not ${values.rows}`);

const waysOf = (task: Task): readonly (Scheme | undefined)[] => [undefined, ...schemes.filter((s) => task.fits(s))];
const wanted = (task: Task): readonly (Scheme | undefined)[] => waysOf(task).filter((s) => !s || (widths?.includes(s.bits) ?? true));
const progress = (task: Task, who: string, s?: Scheme): void => { if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${task.name}: ${who}, ${s ? `${s.form} ${s.bits} ${s.label}` : "as in the file"}`); };

/** The table in doubles. What is known is kept; what comes is told at once. */
async function table(task: Task, known: Measured | undefined, told: (m: Measured) => Promise<void>): Promise<Measured> {
  const rows = quick ? task.few : task.rows, order = [undefined, ...schemes], place = (r: Result): number => order.findIndex((s) => isSame(s, r.scheme));
  let m: Measured = { results: [], machines: [], ...(known?.rows === rows && known.few === task.few ? known : {}), ways: (quick ? wanted : waysOf)(task).length, rows, few: task.few };
  for (const scheme of wanted(task)) {
    if (m.results.some((r) => isSame(r.scheme, scheme))) continue;
    progress(task, doubles.name, scheme);
    const scores = await task.scoresOn(doubles, scheme, rows), about = scheme && { form: scheme.form, label: scheme.label, bits: scheme.bits };
    m = { ...m, results: [...m.results, { ...(about && { scheme: about }), value: mean(scores), few: mean(scores, task.few) }].sort((a, b) => place(a) - place(b)) };
    await told(m);
  }
  return m;
}

/** How far a machine is from doubles over the first rows. */
async function agreement<X, W>(task: Task, machine: Machine<X, W>, rows: number, { results }: Measured): Promise<Agreement> {
  let farthest = 0, ways = 0;
  for (const scheme of wanted(task)) {
    progress(task, machine.name, scheme);
    const want = rows === task.few ? results.find((r) => isSame(r.scheme, scheme))?.few : undefined;
    farthest = Math.max(farthest, Math.abs(mean(await task.scoresOn(machine, scheme, rows)) - (want ?? mean(await task.scoresOn(doubles, scheme, rows)))));
    ways++;
  }
  return { machine: machine.name, rows, ways, farthest: Number(farthest.toPrecision(3)) };
}

const devices: Device[] = [];
if (values.rows !== "0") for (const name of adapter.length ? adapter : [undefined]) devices.push(await open(name === undefined ? {} : { adapter: name }));
let far = 0;
for (const name of positionals.length ? positionals : tasks.keys()) {
  const task = await tasks.get(name)!(), rows = Math.min(task.rows, Number(values.rows ?? task.few)), { page, figure, numbers } = placesOf(name);
  const save = async (m: Measured): Promise<void> => { if (!quick) await keep(name, m); };
  let m = await table(task, resume && !quick ? measuredOf(name) : undefined, save);
  const report = async (a: Agreement): Promise<void> => {
    if (a.farthest > task.near) far++;
    console.log(`${agreementText(a)}${a.farthest > task.near ? `: MORE than ${task.near}` : ""}`);
    m = { ...m, machines: [...m.machines.filter((b) => b.machine !== a.machine), a].sort((x, y) => (x.machine < y.machine ? -1 : 1)) };
    await save(m);
  };
  console.log(`\n${name}: ${task.measure}\n\n${blockOf({ ...m, machines: [] }, task.digits)}\n`);
  if (rows > 0) {
    await report(await agreement(task, interpreter, rows, m));
    for (const device of devices) await report(await agreement(task, onDevice(device), rows, m));
  }
  if (quick) continue;
  await save(m);
  await writeFileAtomic(page, withTable(readFileSync(page, "utf8"), blockOf(m, task.digits)));
  await writeFileAtomic(figure, figureOf(task, m.results));
  console.log(`written: ${page}, ${figure}, ${numbers}`);
}
close();
process.exitCode = far > 0 ? 1 : 0;
