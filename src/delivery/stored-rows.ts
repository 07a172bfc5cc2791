import type { IDBObjectStore } from '../dom.js';
import { promisifyRequest } from 'idb-keyval';
import { placeOf, readPlace, slotsOf, within } from './place.js';
import { isRow, type Row } from './row.js';

/** Where the events of a burst lie together until each has its row; followed by the id of the first. Sorts before event ids, and is no place. */
const BURST = '!';

/** Returns the key that the events of a burst lie under together. */
export const burstKey = ([first]: readonly Row[]): string => BURST + first!.id;

/** A collector, as far as its rows are concerned. */
export interface Reader {
  /** Tells it from the others, in the store and from visit to visit; without `~` and `,`. */
  slot: string;
  /** Whether an event is for it. */
  wants(row: Row): boolean;
}

/** Whether what lies at a place waits for a collector. */
export const isFor =
  (place: string) =>
  ({ slot }: Reader): boolean =>
    !place || slotsOf(place).includes(slot);

/** Returns rows, each with the place that it was left with. */
export const apart = (rows: readonly Row[]): [place: string, row: Row][] => rows.map(({ place, ...row }: Row & { place?: unknown }) => [readPlace(place), row]);

/** Gives the events of bursts a row each: of pages that ended before they did so. */
export async function spread(events: IDBObjectStore): Promise<void> {
  const bursts = IDBKeyRange.bound(BURST, '0', false, true);
  for (const [place, row] of apart((await promisifyRequest<Row[][]>(events.getAll(bursts))).flat().filter(isRow))) events.put(row, place + row.id);
  events.delete(bursts);
}

/** Returns the places that there are, `''` last: what waits for some alone is older. Looks once at each, whatever is in it. */
export async function findPlaces(events: IDBObjectStore): Promise<string[]> {
  const found: string[] = [];
  for (let after = '~'; ; ) {
    const key = await promisifyRequest(events.getKey(IDBKeyRange.bound(after, '\x7f', true)));
    if (!key) return [...found, ''];
    const place = readPlace(key);
    if (place) found.push(place);
    // Whatever somebody else has put there, it goes on.
    after = [`${key}`, `${place}g`].sort()[1]!;
  }
}

/** Returns how many events lie at these places. */
export const countAt = async (events: IDBObjectStore, at: readonly string[]): Promise<number> =>
  (await Promise.all(at.map((place) => promisifyRequest(events.count(within(place)))))).reduce((one, other) => one + other);

/** Takes a collector out of those that a row waits for: moves the row, or deletes it. */
function move(events: IDBObjectStore, row: Row, place: string, { slot }: Reader, readers: readonly Reader[]): void {
  const left = (place ? slotsOf(place) : readers.filter(({ wants }) => wants(row)).map((other) => other.slot)).filter((other) => other !== slot);
  events.delete(place + row.id);
  if (left.length) events.put(row, placeOf(left) + row.id);
}

/** Takes a collector out of those that events wait for, wherever they lie. */
export function settle(events: IDBObjectStore, ids: readonly string[], at: readonly string[], reader: Reader, readers: readonly Reader[]): void {
  const mine = at.filter((place) => isFor(place)(reader));
  for (const id of ids) {
    for (const place of mine) {
      if (readers.length < 2 && !place) events.delete(id);
      else
        events.get(place + id).onsuccess = ({ target }) => {
          const { result } = target as IDBRequest<Row | null>;
          if (isRow(result)) move(events, result!, place, reader, readers);
        };
    }
  }
}

/** Reads the oldest events for a collector, and clears away what cannot be read and what is not for it. Returns up to `limit`, and how many were unreadable. */
export async function readOldest(events: IDBObjectStore, at: readonly string[], limit: number, reader: Reader, readers: readonly Reader[]): Promise<[rows: Row[], unreadable: number]> {
  const read = new Map<string, Row>();
  let unreadable = 0;
  for (const place of at.filter((one) => isFor(one)(reader))) {
    for (let isMore = read.size < limit; isMore; ) {
      const page = await promisifyRequest<Row[]>(events.getAll(within(place), limit));
      const good = page.filter(isRow);
      if (good.length < page.length) {
        const keys = await promisifyRequest(events.getAllKeys(within(place), limit));
        keys.forEach((key, index) => good.includes(page[index]!) || events.delete(key));
        unreadable += page.length - good.length;
      }
      // Stored while it was not among the collectors, or had another filter.
      const alien = good.filter((row) => !reader.wants(row));
      for (const row of alien) move(events, row, place, reader, readers);
      for (const row of good) if (!alien.includes(row)) read.set(row.id, row);
      isMore = good.length - alien.length < page.length && page.length >= limit;
    }
  }
  return [[...read.values()].slice(0, limit), unreadable];
}
