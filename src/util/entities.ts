/** What accents are called in the names of entities, and how they are written: `eacute` is an e with one. */
const ACCENTS: Readonly<Record<string, string>> = { grave: '\u0300', acute: '\u0301', circ: '\u0302', tilde: '\u0303', uml: '\u0308', ring: '\u030a', caron: '\u030c', cedil: '\u0327' };
/**
 * What other names stand for that templates write. Any other stays: the whole list would be larger than all that reads products, and to have the browser read it
 * is what Trusted Types forbid.
 */
const NAMED = 'amp& lt< gt> quot" apos\' nbsp  szlig\xdf trade\u2122 reg\xae copy\xa9 hellip\u2026 euro\u20ac ndash\u2013 mdash\u2014 lsquo\u2018 rsquo\u2019 ldquo\u201c rdquo\u201d oslash\xf8 aelig\xe6 deg\xb0 times\xd7 ';
/** How often entities of entities are decoded. Our choice: more than templates write. */
const TIMES = 3;

function decode(all: string, sign: string | undefined, name: string): string {
  const code = Number(`${sign}`.replace('#', '0') + name);
  // No control character, no half of a surrogate pair.
  if (sign) return (code > 31 && code < 0xd800) || (code > 0xdfff && code < 0x11_0000) ? String.fromCodePoint(code) : all;
  const accent = ACCENTS[name.slice(1)];
  if (accent) return (name[0]! + accent).normalize();
  const [, found] = RegExp(`(?:^| )${name}(.) `, 'i').exec(NAMED) ?? [];
  return (name < 'a' ? found?.toUpperCase() : found) ?? all;
}

/** Returns a text with its HTML entities as the characters that they stand for, also those that were written twice (`&amp;amp;`): numbers, letters with accents, and common signs. */
export function decodeEntities(text: string, times = TIMES): string {
  const decoded = text.replace(/&(#x?)?(\w{1,6});/gi, decode);
  return decoded === text || !times ? decoded : decodeEntities(decoded, times - 1);
}
