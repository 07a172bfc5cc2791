import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { promisifyRequest } from 'idb-keyval';
import { afterEach, beforeEach, vi } from 'vitest';
import type { IDBObjectStore } from '../../src/dom.js';
import { openDatabase, type Database, type Mode } from '../../src/outbox/database.js';
import { createHandOver } from '../../src/outbox/hand-over.js';
import { createOutbox } from '../../src/outbox/outbox.js';
import { eventsIn, type StoredEvent } from '../../src/outbox/stored-event.js';
import { timeId } from '../../src/util/id.js';
import { createRecord } from '../../src/visitor/record.js';

/** Gives each test of a file an IndexedDB of its own. */
export function useStorage(): void {
  beforeEach(() => {
    vi.stubGlobal('indexedDB', new IDBFactory());
    vi.stubGlobal('IDBKeyRange', IDBKeyRange);
    // No WebKit, for which the store has rules of its own.
    vi.stubGlobal('navigator', { vendor: '' });
  });
  afterEach(() => void vi.unstubAllGlobals());
}

/** What differs from one page to another. */
export interface PageParts {
  /** Name of the database; default: `waymark-test`. */
  name?: string;
  /** Whether it may keep anything; default: true. */
  mayKeep?(): boolean;
  /** Its end comes before more than so many values of one transaction are written: that transaction comes to nothing. Default: it has no end. */
  most?: number;
  /** Whether what is to be stored now, however long that takes, is never done; default: it is. */
  hangs?(): boolean;
}

/** Returns the outbox of one page, the kinds of transactions that it begins, and how many events it could not read. */
export function openOutboxPage({
  name = 'waymark-test',
  mayKeep = () => true,
  most = Infinity,
  hangs = () => false,
}: PageParts = {}) {
  const real = openDatabase(name, () => {});
  const begun: Mode[] = [];
  const seen = { unreadable: 0 };
  const run = <Value>(mode: Mode, body: (store: IDBObjectStore) => Promise<Value>): Promise<Value> => {
    begun.push(mode);
    if (hangs()) return new Promise<never>(() => {});
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
    });
  };
  const record = createRecord();
  const outbox = createOutbox({
    database: Object.assign(run, {
      leave: real.leave,
      remove: real.remove,
      others: real.others,
      isThere: real.isThere,
    }) satisfies Database,
    handOver: createHandOver(`${name}:`, mayKeep),
    stops: [],
    mayKeep,
    isOnce: false,
    record: () => record,
    revive: (stored) => stored ?? record,
    onUnreadable: (count) => void (seen.unreadable += count),
    onLoaded() {},
    onPut() {},
    onLost() {},
    onReplaced() {},
  });
  return { outbox, begun, seen };
}
/** The outbox of one page. */
export type Outbox = ReturnType<typeof openOutboxPage>['outbox'];

/** Returns some events with a context. */
export const newEvents = (count: number, context = '{}'): StoredEvent[] =>
  Array.from({ length: count }, () => ({ id: timeId(), context, event: '{}' }));

/** Returns the events that lie in an outbox's store, in their order, by their rows. */
export async function storedRows({ store }: Outbox): Promise<StoredEvent[][]> {
  await store.written();
  const values = await store.run('readonly', (all) => promisifyRequest<unknown[]>(all.getAll()));
  return values!.map(eventsIn).filter(({ length }) => length);
}

/** Returns what a page that begins to send would send next. */
export const nextOf = async (outbox: Outbox): Promise<StoredEvent[]> => (await outbox.take('me', () => 0)).events;
