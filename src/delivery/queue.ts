import { promisifyRequest } from 'idb-keyval';
import type { Profile } from '../identity/profile.js';
import { committed, type Store } from './store.js';

/** One event as it is kept. */
export interface Row {
  id: string;
  /** What the event shares with others, as JSON. */
  context: string;
  /** The event itself, as JSON. */
  event: string;
}

/** Whether a row is a purchase, which is kept and sent before all others. */
export const isPurchase = ({ event }: Row): boolean => event.includes('"name":"purchase"');

/** Most events kept for a collector that cannot be reached; the oldest go first, purchases never. Our choice: about 0.6 MB. */
const MAX_STORED = 1000;

/** Where the profile lies. Event ids begin with a hex digit, so the two do not meet. */
const PROFILE = 'profile';

/** Events that wait for the collector's confirmation, and the visitor's profile. Nothing in it throws or rejects. */
export interface Queue {
  /** Reads the profile, makes one where there is none, and stores it. Returns undefined where there is no store. */
  load(): Promise<Profile | undefined>;
  /** Takes an event; its write to IndexedDB starts in the next microtask, together with the profile. */
  add(row: Row): void;
  /** Stores the profile, with the events of the same task. */
  save(): void;
  /** Returns the oldest events, stored or not, of all tabs. */
  take(limit: number): Promise<Row[]>;
  /** Returns at once the events of this page that nobody has confirmed. */
  own(): Row[];
  remove(ids: readonly string[]): Promise<void>;
  /** Whether events outlive the page. */
  durable(): boolean;
}

/**
 * Returns a queue that keeps events in IndexedDB, and in memory where there is none.
 *
 * @param profile returns the profile, if it may be stored
 * @param revive mends or makes a profile
 * @param drop told how many events were dropped to keep within the bound
 * @param onLost told once when IndexedDB fails; from then on events live in memory
 * @param onOverwritten told the profile that another tab had written, which this tab's has just taken the place of
 */
export function createQueue(
  store: Store,
  profile: () => Profile | undefined,
  revive: (stored: unknown) => Profile,
  drop: (count: number) => void,
  onLost: (error: unknown) => void,
  onOverwritten: (profile: Profile) => void,
): Queue {
  /** The events of this page that are not confirmed, oldest first. */
  const own = new Map<string, Row>();
  let unwritten: Row[] = [];
  let isScheduled = false;
  let writing = Promise.resolve();
  let isDurable = true;

  /** Runs one transaction; returns undefined where there is no store, or it fails. */
  async function run<Value>(mode: IDBTransactionMode, body: (store: IDBObjectStore) => Promise<Value>): Promise<Value | undefined> {
    try {
      if (isDurable) return await store(mode, body);
    } catch (error) {
      isDurable = false;
      onLost(error);
    }
    return undefined;
  }

  /** Returns the oldest events: all tabs' from the store, or this page's where there is none. */
  async function list(limit: number): Promise<Row[]> {
    const written = unwritten.length ? [] : [...own.keys()];
    const rows = await run('readonly', (events) => promisifyRequest<Row[]>(events.getAll(IDBKeyRange.bound('0', 'g'), limit)));
    if (!rows) return [...own.values()].slice(0, limit);
    // All of the store was seen: what is no longer there, another tab has delivered.
    if (rows.length < limit) for (const id of written) if (!rows.some((row) => row.id === id)) own.delete(id);
    return rows;
  }

  async function discard(ids: readonly string[]): Promise<void> {
    for (const id of ids) own.delete(id);
    await run('readwrite', (events) => {
      for (const id of ids) events.delete(id);
      return committed(events);
    });
  }

  /** Drops the oldest events but for purchases. */
  async function trim(surplus: number): Promise<void> {
    const rows = (await list(surplus)).filter((row) => !isPurchase(row));
    await discard(rows.map(({ id }) => id));
    drop(rows.length);
  }

  async function write(): Promise<void> {
    isScheduled = false;
    const rows = unwritten;
    const known = profile();
    const seen = known?.rev;
    let found: Profile | undefined;
    if (known) known.rev = Math.random();
    await run('readwrite', (events) => {
      for (const row of rows) events.put(row, row.id);
      if (known) {
        // Asked for in the same breath, since the transaction must be complete without an answer: what is overwritten here.
        events.get(PROFILE).onsuccess = ({ target }) => (found = (target as IDBRequest<Profile | undefined>).result);
        events.put(known, PROFILE);
      }
      return committed(events);
    });
    // Another tab wrote since this one last looked.
    if (found && known && found.rev !== seen && found.rev !== known.rev) onOverwritten(found);
    // Not before: what is being written is not in the store yet, and not delivered by another tab either.
    unwritten = unwritten.filter((row) => !rows.includes(row));
  }

  function save(): void {
    if (isScheduled) return;
    isScheduled = true;
    // A microtask: one transaction for all events of this task, begun before the page can go away.
    writing = Promise.resolve().then(write);
  }

  return {
    async load() {
      let size = own.size;
      const known = await run('readwrite', async (events) => {
        const found: unknown = await promisifyRequest(events.get(PROFILE));
        const revived = revive(found);
        if (revived !== found) events.put(revived, PROFILE);
        size = await promisifyRequest(events.count());
        return revived;
      });
      if (size > MAX_STORED) void trim(size - MAX_STORED);
      return known;
    },
    add(row) {
      own.set(row.id, row);
      unwritten = [...unwritten, row];
      save();
    },
    save,
    async take(limit) {
      await writing;
      return list(limit);
    },
    own: () => [...own.values()],
    async remove(ids) {
      // Not before they are written, or the write would bring them back.
      await writing;
      await discard(ids);
    },
    durable: () => isDurable,
  };
}
