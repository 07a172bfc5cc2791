/** Currencies told apart in one sum. Our choice: more than a shop has, and fewer than a stranger can make up. */
const MAX_CURRENCIES = 4;

/** A property as text: a string that is not empty, or a number; null for all else. Properties can be anything. */
export const text = (value) => (typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : null);

/** A property as a number that can be reckoned with, null for all else. */
export const number = (value) => (typeof value === 'number' && Number.isFinite(value) ? value : null);

/**
 * Sums per currency, the largest first: currencies are not added to each other. What has no value is passed over.
 *
 * @param {{ value: number | null, currency: string | null }[]} amounts
 * @returns {{ value: number, currency: string | null }[]} at most `MAX_CURRENCIES`
 */
export function sumValues(amounts) {
  const sums = new Map();
  for (const { value, currency } of amounts) {
    if (typeof value === 'number') sums.set(currency, (sums.get(currency) ?? 0) + value);
  }
  return [...sums].map(([currency, value]) => ({ value, currency })).sort((a, b) => b.value - a.value).slice(0, MAX_CURRENCIES);
}

/** The beginning of a text of at most `max` characters, without half an emoji at its end: two UTF-16 units, of which strict readers refuse one. */
export const cut = (text, max) => (text.length > max ? text.slice(0, max).replace(/[\ud800-\udbff]$/, '') : text);

/** The beginning of an address, without a part of a character at its end: each takes up to four bytes in percent signs, such as `%F0%9F%98%80`. */
export const cutAddress = (address, max) =>
  address.length > max ? cut(address, max).replace(/(%[c-f][\da-f](%[89ab][\da-f])*)?(%[\da-f]?)?$/i, '') : address;
