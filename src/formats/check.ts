import { show } from '../util/show.js';

/** What an option of a format takes: a test, and in words. */
export type Takes = [test: (value: never) => boolean, words: string];

/** A text with something in it. */
export const TEXT: Takes = [(value: unknown) => typeof value === 'string' && !!value.trim(), 'a text'];
/** Texts, numbers and booleans by name. */
export const VALUES: Takes = [(value: unknown) => Object(value) === value && Object.values(value as object).every((one) => /^(string|number|boolean)$/.test(typeof one)), 'texts by name'];

/**
 * Checks the options of a format.
 *
 * @param given as the shop gave them
 * @param needed those without which it cannot be
 * @param others those that may be left out
 * @throws TypeError that names the option, what it takes and what it got, or an option that there is not
 */
export function checkOptions(format: string, given: object | undefined, needed: Record<string, Takes>, others: Record<string, Takes> = {}): void {
  const all = new Map(Object.entries({ ...others, ...needed }));
  for (const name of Object.keys({ ...needed, ...given })) {
    const value = (given as Record<string, unknown> | undefined)?.[name];
    const [test, words] = all.get(name) ?? [];
    const option = `option "${name}" of the format "${format}"`;
    if (!test) throw new TypeError(`waymark: unknown ${option}, which takes ${[...all.keys()].join(', ')}`);
    if (value === undefined ? name in needed : !test(value as never)) throw new TypeError(`waymark: ${option} takes ${words}, got ${show(value)}`);
  }
}
