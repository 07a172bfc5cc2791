/**
 * Where events lie in the store. What every collector still waits for lies under its id alone: that is the place `''`, and with one collector there is no
 * other. What only some of several wait for lies at a place of theirs, such as `~stock,https://mail.example/in~`, which its key begins with: so each collector finds its
 * own events without a look at those that wait for another one, and moving a row from place to place is all that has to be remembered of who has what.
 */

/**
 * Returns the range of the events of a place: their ids begin with a hex digit.
 *
 * @param after id after which it begins; default: all
 */
export const within = (place = '', after = '0'): IDBKeyRange => IDBKeyRange.bound(place + after, `${place}g`, true);

/** Returns the place of what is left for these collectors, by their slots. */
export const placeOf = (slots: readonly string[]): string => `~${slots.join()}~`;

/** Returns the slots of the collectors that what lies at a place, other than `''`, is left for. */
export const slotsOf = (place: string): string[] => place.slice(1, -1).split(',');

/** Returns the place in what somebody has written; `''` where there is none. */
export const readPlace = (text: unknown): string => /^~[^~]+~/.exec(`${text}`)?.[0] ?? '';
