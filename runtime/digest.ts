// A number of a text, for telling one from its next version.

/** 53 bits of a text. */
export function digest(text: string): string {
  let a = 0x811c9dc5, b = 0x1b873593;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 0x01000193);
    b = Math.imul(b ^ c, 0x85ebca6b) ^ (b >>> 13);
  }
  return ((a >>> 0) * 2 ** 21 + (b >>> 11)).toString(36);
}
