import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { afterEach, beforeEach, vi } from 'vitest';
import { createJournal } from '../../src/delivery/journal.js';
import { createQueue, type Reader } from '../../src/delivery/queue.js';
import { openStore, type Store } from '../../src/delivery/store.js';
import { createProfile } from '../../src/identity/profile.js';

/** Gives each test of a file an IndexedDB of its own. */
export function useStorage(): void {
  beforeEach(() => {
    vi.stubGlobal('indexedDB', new IDBFactory());
    vi.stubGlobal('IDBKeyRange', IDBKeyRange);
    // No WebKit, for which the queue has rules of its own.
    vi.stubGlobal('navigator', { vendor: '' });
  });
  afterEach(() => void vi.unstubAllGlobals());
}

/** What differs from one page to another. */
export interface PageParts {
  /** Whether it may keep anything; default: true. */
  mayKeep?(): boolean;
  /** Its end comes before more than so many values of one transaction are written: that transaction comes to nothing. Default: it has no end. */
  most?: number;
  /** Whether what is to be stored, however long that takes, is never done; default: it is. */
  hangs?: boolean;
  /** Its collectors; default: one that gets everything. */
  readers?: Reader[];
}

/** Returns the queue of one page, and the kinds of transactions that it begins. */
export function openQueuePage({ mayKeep = () => true, most = Infinity, hangs = false, readers = [{ slot: 'one', wants: () => true, isOnce: false }] }: PageParts = {}) {
  const real = openStore('waymark-test', () => {});
  const begun: string[] = [];
  const run = <Value>(mode: IDBTransactionMode, body: (store: IDBObjectStore) => Promise<Value>, isPatient?: boolean): Promise<Value> => {
    begun.push(mode);
    if (hangs && isPatient) return new Promise<never>(() => {});
    return real(mode, (events) => {
      let count = 0;
      const { put } = events;
      events.put = (...args) => {
        if (++count > most) events.transaction.abort();
        return put.apply(events, args);
      };
      try {
        return body(events);
      } catch {
        // Nobody is there any more to hear of it.
        return new Promise<never>(() => {});
      }
    }, isPatient);
  };
  const profile = createProfile();
  const queue = createQueue({
    store: Object.assign(run, { leave: real.leave, remove: real.remove, isThere: real.isThere }) satisfies Store,
    journal: createJournal('waymark-test:', mayKeep),
    mayKeep,
    readers,
    bounds: { maxStoredEvents: 10_000, maxStoredBytes: 10_000_000, maxStoredDays: 30 },
    profile: () => profile,
    revive: (stored) => (stored as typeof profile) ?? profile,
    drop: () => {},
    onLost: () => {},
    onOverwritten: () => {},
  });
  return { queue, begun };
}
