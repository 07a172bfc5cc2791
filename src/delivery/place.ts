/**
 * Where the events of each collector lie in the store: under their ids, and where there are several collectors, with the collector's prefix before them. No row is
 * shared: what one collector has confirmed is deleted at its prefix alone. A collector that is the only one has no prefix: what waits for it goes to whatever address
 * it has later.
 */

/**
 * Returns the range of the events behind a prefix: their ids begin with a hex digit.
 *
 * @param after id after which it begins; default: all
 */
export const within = (prefix = '', after = '0'): IDBKeyRange => IDBKeyRange.bound(prefix + after, `${prefix}g`, true);

/** Returns the prefix of one of several collectors, by its slot. */
export const prefixOf = (slot: string): string => `~${slot}~`;
