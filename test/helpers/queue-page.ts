import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { afterEach, beforeEach, vi } from 'vitest';
import type { Reader } from '../../src/outbox/outbox.js';
import { createHandOver } from '../../src/outbox/hand-over.js';
import { createOutboxes } from '../../src/outbox/outboxes.js';
import { openDatabase, type Database } from '../../src/outbox/database.js';
import { createRecord } from '../../src/visitor/record.js';

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

/** Returns the outboxes of one page, and the kinds of transactions that it begins. */
export function openQueuePage({ mayKeep = () => true, most = Infinity, hangs = false, readers = [{ slot: 'one', wants: () => true, isOnce: false }] }: PageParts = {}) {
  const real = openDatabase('waymark-test', () => {});
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
  const record = createRecord();
  const queue = createOutboxes({
    database: Object.assign(run, { leave: real.leave, remove: real.remove, isThere: real.isThere }) satisfies Database,
    handOver: createHandOver('waymark-test:', mayKeep),
    stops: [],
    mayKeep,
    readers,
    bounds: { maxStoredEvents: 10_000, maxStoredBytes: 10_000_000, maxStoredDays: 30 },
    record: () => record,
    revive: (stored) => (stored as typeof record) ?? record,
    drop: () => {},
    onLost: () => {},
    onOverwritten: () => {},
  });
  return { queue, begun };
}
