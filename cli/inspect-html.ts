// One page that shows a kernel on its way: source beside WGSL, the Program after each pass, layouts, the loop form, the tree, counts. It
// needs nothing but itself: no request leaves it, and without scripts the lines are links to each other.
import { locate } from "../diagnostic.ts";
import type { Module } from "../codegen/index.ts";

/** What the page shows. */
export interface View {
  readonly title: string;
  /** The command line that made it. */
  readonly made: string;
  /** Texts by file name, the kernel's own first. */
  readonly sources: ReadonlyMap<string, string>;
  readonly module: Module;
  readonly passes: readonly { readonly pass: string; readonly program: string }[];
  readonly layouts: readonly { readonly name: string; readonly words: string; readonly svg: string | undefined }[];
  readonly loop: string;
  readonly ast: string;
  readonly counts: readonly (readonly [what: string, number: string])[];
}

/** Text that may stand anywhere in the page, attributes too. What would show text in another order, or isn't a character of HTML, is replaced. */
export const escapeHtml = (text: string): string =>
  text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]/gu, "\ufffd").replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

const style = `
:root { color-scheme: light dark; --line: #8884; --mark: #ffd54f66; --soft: #8889; }
body { font: 14px/1.45 system-ui, sans-serif; margin: 1.5rem; max-width: 120rem; }
h1 { font-size: 1.3rem; margin: 0 } p { margin: .2rem 0 1rem; color: var(--soft) } summary { cursor: pointer; font-weight: 600; padding: .4rem 0 }
.pair { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); gap: 1rem }
.text { font: 12.5px/1.5 ui-monospace, monospace; overflow: auto; border: 1px solid var(--line); border-radius: 4px; padding: .4rem 0; max-height: 75vh }
.text a, .text span { display: block; white-space: pre; padding: 0 .6rem 0 0; color: inherit; text-decoration: none; min-height: 1.5em }
.text b { display: inline-block; width: 3.2em; padding-right: .8em; text-align: right; font-weight: 400; color: var(--soft); user-select: none }
.text a:hover, .text a:target, .text a.on { background: var(--mark) } .text a.held { outline: 1px solid #f9a825 }
.text h3 { margin: .4rem .6rem; font-size: 12px } pre { font: 12.5px/1.5 ui-monospace, monospace; overflow: auto; border: 1px solid var(--line); padding: .6rem; border-radius: 4px }
figure { margin: 1rem 0; overflow: auto } table { border-collapse: collapse } td { padding: .15rem 1rem .15rem 0; border-bottom: 1px solid var(--line) }
@media (max-width: 60rem) { .pair { grid-template-columns: 1fr } }`;

// Hovering shows what belongs together, a click holds it. The only data it reads are the pages' own `data-l`.
const script = `
(function () {
  var lines = document.querySelectorAll("a[data-l]"), by = {}, held = null;
  lines.forEach(function (a) { (by[a.dataset.l] = by[a.dataset.l] || []).push(a); });
  function mark(l, name, on) { (by[l] || []).forEach(function (a) { a.classList.toggle(name, on); }); }
  lines.forEach(function (a) {
    var l = a.dataset.l;
    a.addEventListener("mouseenter", function () { mark(l, "on", true); });
    a.addEventListener("mouseleave", function () { if (held !== l) mark(l, "on", false); });
    a.addEventListener("click", function (e) {
      e.preventDefault();
      if (held !== null) { mark(held, "on", false); mark(held, "held", false); }
      held = held === l ? null : l;
      if (held === null) return;
      mark(l, "on", true); mark(l, "held", true);
      var other = by[l].filter(function (x) { return x.closest(".text") !== a.closest(".text"); })[0];
      if (other) other.scrollIntoView({ block: "nearest" });
    });
  });
})();`;

/** Source lines and lines of WGSL, each linked to the first of its partners. */
function pair({ sources, module }: View): string {
  const files = [...sources.keys()], wgsl = module.wgsl.trimEnd().split("\n"), first = new Map<string, number>();
  const lineOf = module.spans.map((s) => {
    const file = s ? files.indexOf(s.file) : -1;
    return s && file >= 0 ? `${file}-${locate(sources.get(s.file) ?? "", s.start).line}` : undefined;
  });
  lineOf.forEach((l, i) => { if (l !== undefined && !first.has(l) && i < wgsl.length) first.set(l, i + 1); });
  const row = (id: string, number: number, text: string, to: string | undefined, key: string | undefined): string => {
    const inside = `<b>${number}</b>${escapeHtml(text)}`;
    return key === undefined || to === undefined ? `<span id="${id}">${inside}</span>` : `<a id="${id}" href="#${to}" data-l="${key}">${inside}</a>`;
  };
  const left = files.map((file, f) => `${files.length > 1 ? `<h3>${escapeHtml(file)}</h3>` : ""}${(sources.get(file) ?? "").replace(/\r?\n$/, "").split(/\r?\n/).map((text, i) => {
    const key = `${f}-${i + 1}`, to = first.get(key);
    return row(`s${key}`, i + 1, text, to === undefined ? undefined : `w${to}`, key);
  }).join("")}`);
  const right = wgsl.map((text, i) => row(`w${i + 1}`, i + 1, text, lineOf[i] === undefined ? undefined : `s${lineOf[i]}`, lineOf[i]));
  return `<div class="pair"><div class="text">${left.join("")}</div><div class="text">${right.join("")}</div></div>`;
}

const section = (title: string, body: string, open = false): string => `<details${open ? " open" : ""}><summary>${escapeHtml(title)}</summary>${body}</details>`;
const pre = (text: string): string => `<pre>${escapeHtml(text.trimEnd())}</pre>`;

/** The page. Every text of the user's is escaped; pictures come escaped from the layout room. */
export function inspectPage(view: View): string {
  const layouts = view.layouts.map((l) => `<figure><figcaption>${escapeHtml(l.name)}: ${escapeHtml(l.words).replaceAll("\n", "<br>")}</figcaption>${l.svg ?? ""}</figure>`);
  return [
    "<!doctype html>", '<html lang="en">', '<meta charset="utf-8">', '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">`,
    `<title>${escapeHtml(view.title)}</title>`, `<style>${style}</style>`,
    `<h1>${escapeHtml(view.title)}</h1>`, `<p>${escapeHtml(view.made)}</p>`,
    section("Source and WGSL", pair(view), true),
    section("Program", view.passes.map((p) => section(p.pass === "written" ? "as written" : `after ${p.pass}`, pre(p.program), p.pass === "infer")).join("")),
    section(`Layouts (${view.layouts.length})`, layouts.join("")),
    section("Loop form", pre(view.loop)), section("Syntax tree", pre(view.ast)),
    section("Counts", `<table>${view.counts.map(([what, n]) => `<tr><td>${escapeHtml(what)}<td>${escapeHtml(n)}`).join("")}</table>`, true),
    `<script>${script}</script>`, "</html>", "",
  ].join("\n");
}
