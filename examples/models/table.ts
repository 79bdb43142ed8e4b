// Results as a table: a line for each width, a column for each form.
import type { Scheme } from "./schemes.ts";

/** What a scheme gave; without one, the matrices as their file has them. */
export interface Result {
  readonly scheme?: Scheme | undefined;
  readonly value: number;
}

/** The forms of some results, in their order. */
export const formsOf = (results: readonly Result[]): readonly string[] => [...new Set(results.flatMap((r) => (r.scheme ? [r.scheme.form] : [])))];

/** The table in Markdown. */
export function tableOf(results: readonly Result[], digits: number): string {
  const forms = formsOf(results), bits = [...new Set(results.flatMap((r) => (r.scheme ? [r.scheme.bits] : [])))].sort((a, b) => b - a);
  const cell = (n: number, form: string): string =>
    results.flatMap(({ scheme: s, value }) => (s?.bits === n && s.form === form ? [`${s.label}${s.label && " "}${value.toFixed(digits)}`] : [])).join(", ") || "–";
  const given = results.flatMap((r) => (r.scheme ? [] : [`| as in the file | ${r.value.toFixed(digits)} |${" |".repeat(forms.length - 1)}`]));
  return [`| bits | ${forms.join(" | ")} |`, `|---|${"---|".repeat(forms.length)}`, ...given, ...bits.map((n) => `| ${n} | ${forms.map((f) => cell(n, f)).join(" | ")} |`)].join("\n");
}

/** The page with the table between its marks renewed. */
export function withTable(page: string, table: string): string {
  const marks = /(<!-- table: npm run models -->\n)[\s\S]*?(<!-- end -->)/;
  if (!marks.test(page)) throw new Error("the page has no place for the table: <!-- table: npm run models --> … <!-- end -->");
  return page.replace(marks, (_, start: string, end: string) => `${start}${table}\n${end}`);
}
