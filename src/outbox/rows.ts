import type { Store } from './store.js';
import { eventsIn, lengthOf, type StoredEvent, type StoredRow } from './stored-event.js';

/** Most events of a row, and about how many bytes: those of a batch, which is then deleted by one key. */
const MAX_EVENTS = 50;
const MAX_BYTES = 25_000;

/** The rows of events that a page knows. */
export interface Rows {
  /** Those of this page that are not confirmed, by their keys. */
  own: Map<string, StoredRow>;
  /** Puts an event into the row that is not written yet, or into a new one; returns its key. */
  put(event: StoredEvent): string;
  remove(ids: readonly string[]): void;
  /** Takes over rows that other pages have left, where there is no store that could. */
  adopt(left: Readonly<Record<string, unknown>>): void;
  /** Takes over what was read of other pages: rows that this page knows are as it knows them. */
  merge(found: readonly (readonly [key: string, value: unknown])[]): void;
  /** Forgets what of this page's is no longer in the store: another tab has delivered it. */
  keepOnly(keys: readonly string[]): void;
  /** Returns all events, the oldest first. */
  events(): StoredEvent[];
  forget(): void;
}

/** @param onUnreadable told of events that cannot be read */
export function createRows(store: Store, onUnreadable: (count: number) => void): Rows {
  const own = new Map<string, StoredRow>();
  /** Rows of other pages, as they were read last. */
  const others = new Map<string, StoredRow>();
  /** Key of the row that takes events until it is written, and how much more fits. */
  let open = '';
  let room = 0;

  function change(rows: Map<string, StoredRow>, key: string, row: StoredRow): void {
    if (row.length) rows.set(key, row);
    else rows.delete(key);
    store.set(key, row.length ? row : undefined);
  }
  return {
    own,
    put(event) {
      const length = lengthOf(event);
      const row = own.get(open);
      const isOpen = row && store.fresh.has(open) && length < room && row.length < MAX_EVENTS;
      if (!isOpen) open = event.id;
      room = (isOpen ? room : MAX_BYTES) - length;
      change(own, open, isOpen ? [...row, event] : [event]);
      return open;
    },
    remove(ids) {
      const gone = new Set(ids);
      for (const rows of [own, others]) {
        for (const [key, row] of rows) {
          const rest = row.filter(({ id }) => !gone.has(id));
          if (rest.length < row.length) change(rows, key, rest);
        }
      }
    },
    adopt(left) {
      for (const [key, value] of Object.entries(left)) if (eventsIn(value).length) own.set(key, eventsIn(value));
    },
    merge(found) {
      others.clear();
      for (const [key, stored] of found) {
        const value = store.unsaved.has(key) ? store.unsaved.get(key) : stored;
        // What could not be deleted yet is settled all the same.
        if (own.has(key) || value === undefined) continue;
        const events = eventsIn(value);
        const lost = Array.isArray(value) ? value.length - events.length : 1;
        if (lost) {
          onUnreadable(lost);
          change(others, key, events);
        } else others.set(key, events);
      }
    },
    keepOnly(keys) {
      for (const key of own.keys()) if (!keys.includes(key) && !store.unsaved.has(key)) own.delete(key);
    },
    events: () => [...own.values(), ...others.values()].flat().sort((one, other) => (one.id < other.id ? -1 : 1)),
    forget() {
      own.clear();
      others.clear();
    },
  };
}
