import type { IDBObjectStore } from '../dom.js';
import { promisifyRequest } from 'idb-keyval';
import { within } from './keys.js';
import { isRow, type Row } from './row.js';

/** Where the values of one large write lie together until each has its place; followed by the first one's key. Sorts before ids and prefixes. */
const BURST = '!';

/** Returns the key that the values of a large write lie under together. */
export const burstKey = (first: string): string => BURST + first;

/** Gives the values of large writes their places: of pages that ended before they did so. */
export async function spread(values: IDBObjectStore): Promise<void> {
  const bursts = IDBKeyRange.bound(BURST, '0', false, true);
  for (const [key, row] of (await promisifyRequest<[key: string, row: Row][][]>(values.getAll(bursts))).flat()) if (isRow(row)) values.put(row, `${key}`);
  values.delete(bursts);
}

/** Gives the events behind a prefix another one. */
export async function move(values: IDBObjectStore, from: string, to: string): Promise<void> {
  for (const row of (await promisifyRequest<Row[]>(values.getAll(within(from)))).filter(isRow)) values.put(row, to + row.id);
  values.delete(within(from));
}

/**
 * Reads the oldest events behind a prefix, and clears away what cannot be read and what its collector does not want any more. Returns up to `limit`, and how many
 * were unreadable.
 */
export async function readOldest(values: IDBObjectStore, prefix: string, limit: number, wants: (row: Row) => boolean): Promise<[rows: Row[], unreadable: number]> {
  let unreadable = 0;
  for (;;) {
    const page = await promisifyRequest<Row[]>(values.getAll(within(prefix), limit));
    const good = page.filter(isRow);
    const wanted = good.filter(wants);
    if (!limit || wanted.length === page.length) return [wanted, unreadable];
    unreadable += page.length - good.length;
    const keys = await promisifyRequest(values.getAllKeys(within(prefix), limit));
    keys.forEach((key, index) => wanted.includes(page[index]!) || values.delete(key));
    if (page.length < limit) return [wanted, unreadable];
  }
}
