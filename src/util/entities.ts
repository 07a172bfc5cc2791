/** What the names of entities stand for that templates write. Any other stays: the whole list would be larger than all that reads products. */
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** Returns a text with its HTML entities as the characters that they stand for: numbers, and the names that need escaping in HTML. */
export const decodeEntities = (text: string): string =>
  text.replace(/&(#x?)?(\w{1,6});/gi, (all, sign: string | undefined, name: string) => {
    const code = Number(`${sign}`.replace('#', '0') + name);
    // No control character, no half of a surrogate pair.
    return NAMED[name.toLowerCase()] ?? ((code > 31 && code < 0xd800) || (code > 0xdfff && code < 0x11_0000) ? String.fromCodePoint(code) : all);
  });
