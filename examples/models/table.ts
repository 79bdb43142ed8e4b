// Results as a table: a line for each width, a column for each form.
import type { Agreement, Measured, Result } from "./measured.ts";

/** The forms of some results, in their order. */
export const formsOf = (results: readonly Result[]): readonly string[] => [...new Set(results.flatMap((r) => (r.scheme ? [r.scheme.form] : [])))];

/** The table in Markdown. */
export function tableOf(results: readonly Result[], digits: number): string {
  const forms = formsOf(results), bits = [...new Set(results.flatMap((r) => (r.scheme ? [r.scheme.bits] : [])))].sort((a, b) => b - a);
  const cell = (n: number, form: string): string =>
    results.flatMap(({ scheme: s, value }) => (s?.bits === n && s.form === form ? [`${s.label}${s.label && " "}${value.toFixed(digits)}`] : [])).join(", ") || "–";
  const given = results.flatMap((r) => (r.scheme ? [] : [`| as in the file | ${r.value.toFixed(digits)} |${" |".repeat(Math.max(0, forms.length - 1))}`]));
  return [`| bits | ${forms.join(" | ")} |`, `|---|${"---|".repeat(forms.length)}`, ...given, ...bits.map((n) => `| ${n} | ${forms.map((f) => cell(n, f)).join(" | ")} |`)].join("\n");
}

/** How far a machine was from doubles, in words. */
export const agreementText = ({ machine, rows, ways, farthest }: Agreement): string => `- ${machine}: at most ${farthest.toExponential(1)} off, first ${rows} ${rows === 1 ? "row" : "rows"}, ${ways} ways`;

/** What stands between the marks of a model's page: the table, what is still missing, and how far machines are from it. */
export function blockOf(m: Measured, digits: number): string {
  const missing = m.ways - m.results.length, { machines } = m;
  return [
    tableOf(m.results, digits), "",
    ...(missing > 0 ? [`${missing} of ${m.ways} ways are still to be measured; \`--resume\` goes on.`, ""] : []),
    `In doubles, ${m.rows} rows${machines.length ? "; against them, over the same rows:" : ""}`, ...(machines.length ? ["", ...machines.map(agreementText)] : []),
  ].join("\n");
}

/** The page with the block between its marks renewed. */
export function withTable(page: string, block: string): string {
  const marks = /(<!-- table: npm run models -->\n)[\s\S]*?(<!-- end -->)/;
  if (!marks.test(page)) throw new Error("the page has no place for the table: <!-- table: npm run models --> … <!-- end -->");
  return page.replace(marks, (_, start: string, end: string) => `${start}${block}\n${end}`);
}
