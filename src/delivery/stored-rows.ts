import type { IDBObjectStore } from '../dom.js';
import { promisifyRequest } from 'idb-keyval';
import { within } from './place.js';
import { isRow, type Row } from './row.js';

/** Where the events of a burst lie together until each has its row; followed by the id of the first. Sorts before event ids, and is no prefix. */
const BURST = '!';

/** Returns the key that the events of a burst lie under together. */
export const burstKey = ([first]: readonly Left[]): string => BURST + first!.id;

/** A collector, as far as its rows are concerned. */
export interface Reader {
  /** Tells it from the others, in the store and from visit to visit; without `~`. */
  slot: string;
  /** Whether an event is for it. */
  wants(row: Row): boolean;
}

/** An event as it is left for somebody else to store, with the prefixes of the collectors that wait for it where there are several. */
export type Left = Row & { at?: readonly string[] };

/** Returns rows by the keys that they belong at. */
export const keyed = (left: readonly Left[]): [key: string, row: Row][] =>
  left.flatMap(({ at, ...row }) => (Array.isArray(at) ? at : ['']).map((prefix): [string, Row] => [`${prefix}${row.id}`, row]));

/** Gives the events of bursts a row each: of pages that ended before they did so. */
export async function spread(events: IDBObjectStore): Promise<void> {
  const bursts = IDBKeyRange.bound(BURST, '0', false, true);
  for (const [key, row] of keyed((await promisifyRequest<Left[][]>(events.getAll(bursts))).flat().filter(isRow))) events.put(row, key);
  events.delete(bursts);
}

/** Gives the events behind a prefix another one. */
export async function move(events: IDBObjectStore, from: string, to: string): Promise<void> {
  for (const row of (await promisifyRequest<Row[]>(events.getAll(within(from)))).filter(isRow)) events.put(row, to + row.id);
  events.delete(within(from));
}

/** Reads the oldest events behind a prefix, and clears away what cannot be read and what is not for its collector. Returns up to `limit`, and how many were unreadable. */
export async function readOldest(events: IDBObjectStore, prefix: string, limit: number, { wants }: Reader): Promise<[rows: Row[], unreadable: number]> {
  let unreadable = 0;
  for (;;) {
    const page = await promisifyRequest<Row[]>(events.getAll(within(prefix), limit));
    const good = page.filter(isRow);
    // Stored while the collector had another filter.
    const mine = good.filter(wants);
    if (!limit || mine.length === page.length) return [mine, unreadable];
    unreadable += page.length - good.length;
    const keys = await promisifyRequest(events.getAllKeys(within(prefix), limit));
    keys.forEach((key, index) => mine.includes(page[index]!) || events.delete(key));
    if (page.length < limit) return [mine, unreadable];
  }
}
