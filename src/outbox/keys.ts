/*
 * Where everything lies in the database of a collector: rows of events under the id of their first, which begins with a hex digit; and the rest, in the database of the
 * first collector the visitor and drafts as well.
 */

/** Where the visitor's record lies. */
export const RECORD = 'visitor';
/** Where it lies which tab sends, and how the collector is. */
export const LEASE = 'lease';
export const HEALTH = 'health';
/** What the keys of drafts begin with that wait for a part of a plugin: it sorts before all rows, whose range has nothing else in it. */
export const DRAFT = '!';

/** Returns the range of the rows. */
export const rowsFrom = (after = '0'): IDBKeyRange => IDBKeyRange.bound(after, 'g', after !== '0');
/** Returns the range of the drafts. */
export const allDrafts = (): IDBKeyRange => IDBKeyRange.bound(DRAFT, `${DRAFT}g`);
