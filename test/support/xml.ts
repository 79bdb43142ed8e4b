// A check that a picture is XML: tags nest, attributes are quoted and named once, nothing unescaped stands in text.

/** Counts the elements of an XML text by name. @throws Error at the first thing that isn't well-formed */
export function wellFormed(xml: string): Map<string, number> {
  const counts = new Map<string, number>(), open: string[] = [];
  const bad = (what: string, at: number): never => { throw new Error(`${what} at ${at}: ${xml.slice(at, at + 60)}`); };
  const text = (s: string, at: number): void => {
    if (/[<>]|&(?!(#\d+|amp|lt|gt|quot|apos);)/.test(s)) bad("unescaped text", at);
    if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(s)) bad("a control character", at);
  };
  const tag = /<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/y;
  let at = 0;
  while (at < xml.length) {
    const next = xml.indexOf("<", at), end = next < 0 ? xml.length : next;
    text(xml.slice(at, end), at);
    if (open.length === 0 && xml.slice(at, end).trim()) bad("text outside the root", at);
    if (next < 0) break;
    tag.lastIndex = next;
    const m = tag.exec(xml) ?? bad("no tag", next), [all, close, name, attributes, empty] = m;
    const names = [...attributes.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, n, v]) => { text(v, next); return n; });
    if (new Set(names).size !== names.length) bad("an attribute twice", next);
    if (close) { if (open.pop() !== name) bad("a closing tag that closes nothing", next); }
    else {
      if (open.length === 0 && counts.size > 0) bad("a second root", next);
      counts.set(name, (counts.get(name) ?? 0) + 1);
      if (!empty) open.push(name);
    }
    at = next + all.length;
  }
  if (open.length > 0 || counts.size === 0) bad("the end, with tags open or none seen", xml.length);
  return counts;
}
