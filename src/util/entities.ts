/** How often entities of entities are decoded. Our choice: more than templates write. */
const TIMES = 3;
/**
 * What the names of entities that templates write stand for; with `_`, the accents: `eacute` is an e with `_acute`. Any other stays: the whole list would be
 * larger than all that reads products, and to have the browser read it is what Trusted Types forbid.
 */
const SIGNS =
  ' amp& lt< gt> quot" apos\' nbsp  szlig\xdf trade\u2122 reg\xae copy\xa9 hellip\u2026 euro\u20ac ndash\u2013 mdash\u2014 lsquo\u2018 rsquo\u2019 ldquo\u201c rdquo\u201d oslash\xf8 aelig\xe6 deg\xb0 times\xd7 _grave\u0300 _acute\u0301 _circ\u0302 _tilde\u0303 _uml\u0308 _ring\u030a _caron\u030c _cedil\u0327 ';

const lookUp = (name: string) => RegExp(` ${name}(.) `, 'i').exec(SIGNS)?.[1];

/** Returns what an entity stands for: by a number, where there is a `sign`, or by its name. */
function decode(all: string, sign: string | undefined, name: string): string {
  if (sign) {
    const code = Number(sign.replace('#', '0') + name);
    // No control character, no half of a surrogate pair.
    return (code > 31 && code < 0xd800) || (code > 0xdfff && code < 0x11_0000) ? String.fromCodePoint(code) : all;
  }
  const accent = lookUp(`_${name.slice(1)}`);
  if (accent) return (name[0]! + accent).normalize();
  const found = lookUp(name);
  return (name < 'a' ? found?.toUpperCase() : found) ?? all;
}

/** Returns a text with its HTML entities as the characters that they stand for, also those that were written twice (`&amp;amp;`): numbers, letters with accents, and common signs. */
export function decodeEntities(text: string, times = TIMES): string {
  const decoded = text.replace(/&(#x?)?(\w{1,6});/gi, decode);
  return decoded === text || !times ? decoded : decodeEntities(decoded, times - 1);
}
