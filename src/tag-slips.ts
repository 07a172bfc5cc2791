import { nearest } from './util/nearest.js';

/** Returns the attribute of the script tag that an option is said by. */
const attributeOf = (option: string) => `data-${option.replace(/[A-Z]/g, '-$&').toLowerCase()}`;

/**
 * Warns in the console of attributes of the script tag that are probably slips of the pen. Others are those of other tools.
 *
 * @param others what the attributes that are no options would be called as such
 * @param options the names of all options
 */
export function warnOfSlips(others: readonly string[], options: readonly string[]): void {
  for (const name of others) {
    const meant = nearest(name, options);
    if (meant) console.warn(`waymark: ${attributeOf(name)}: did you mean ${attributeOf(meant)}?`);
  }
}
