/**
 * Returns the beginning of a text, without half a character at its end: an emoji takes two UTF-16 units, and strict parsers of JSON refuse one alone.
 *
 * @param max most UTF-16 units
 */
export const cut = (text: string, max: number): string => (text.length > max ? text.slice(0, max).replace(/[\ud800-\udbff]$/, '') : text);
