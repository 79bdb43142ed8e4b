// What has to be known of a JSON text before and beside JSON.parse, in one walk that costs no more than the text is long: parsers
// stall on what nests a million deep, and keep the last of two equal keys without a word.

/** How deep a header may nest: its own values take three levels, and whoever nests a million deep wants to stall the parser. */
export const MOST_DEPTH = 64;

/** Where a string that begins at `from` ends: at its quote. */
function closing(text: string, from: number): number {
  for (let end = text.indexOf("\"", from + 1); end >= 0; end = text.indexOf("\"", end + 1)) {
    let slash = end;
    while (text.charCodeAt(slash - 1) === 92) slash--;
    if ((end - slash) % 2 === 0) return end;
  }
  return text.length;
}

/** The keys of the outermost object as they are written; undefined where it nests too deep. The text may be no JSON at all. */
export function outermost(text: string): readonly string[] | undefined {
  const keys: string[] = [];
  let depth = 0, last = "";
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 34: { const end = closing(text, i); if (depth === 1) last = text.slice(i, end + 1); i = end; break; } // "
      case 58: if (depth === 1) keys.push(last); break; // :
      case 91: case 123: if (++depth > MOST_DEPTH) return undefined; break; // [ {
      case 93: case 125: depth--; break; // ] }
      default:
    }
  }
  return keys;
}

/** The first key that a JSON text's outermost object has twice; JSON.parse would keep the last and say nothing. */
export function repeated(written: readonly string[]): string | undefined {
  const keys = new Set<string>();
  for (const text of written) {
    const key = text.includes("\\") ? String(JSON.parse(text)) : text.slice(1, -1);
    if (keys.has(key)) return key;
    keys.add(key);
  }
  return undefined;
}
