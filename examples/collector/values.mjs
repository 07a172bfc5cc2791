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
