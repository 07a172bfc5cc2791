import type { IDBObjectStore } from '../dom.js';
import { promisifyRequest } from 'idb-keyval';
import type { Stop } from '../browser/listen.js';
import { inTime } from '../util/in-time.js';

/** What a transaction may do. */
export type Mode = 'readonly' | 'readwrite' | 'versionchange';

/**
 * Runs `body` in one transaction and returns what it returns. Rejects where IndexedDB does not do its part, and after 4 seconds, unless it is
 * `isPatient`: then it may take as long as it takes.
 */
export interface Store {
  <Value>(mode: Mode, body: (store: IDBObjectStore) => Promise<Value>, isPatient?: boolean): Promise<Value>;
  /**
   * The page is left (`isAway`), or back out of the back/forward cache. While it is away, only what is asked to commit in the breath that begins it is done:
   * the rest is given up and rejects, also what is under way. An open transaction of a page that is put away holds up all other pages, for which
   * Chromium throws it out of that cache.
   */
  leave(isAway: boolean): void;
  /** Deletes the database. Rejects where IndexedDB does not do that, or not in time. */
  remove(): Promise<unknown>;
  /** Returns whether the database is there, without making one; true where the browser does not tell. */
  isThere(): Promise<boolean>;
}

/** Whether a transaction failed since there is no room. */
export const isFull = (error: unknown): boolean => /quota/i.test(`${(error as Error | null)?.name}`);

/**
 * Opens IndexedDB. Nothing happens before the first transaction.
 *
 * @param name of the database; it holds one object store and is never upgraded: a new layout gets a new name
 * @param onGone the connection was taken away, perhaps with all that was stored
 * @param stops gets what closes the connection, now and after each transaction that may still come
 */
export function openStore(name: string, onGone: () => void, stops: Stop[] = []): Store {
  let opening: Promise<IDBDatabase> | undefined;
  /** The transactions whose bodies run. */
  const running = new Set<IDBTransaction>();
  let isStopped = false;
  let isLeft = false;

  /** Opens the database. Whoever deletes it, the shop or its visitor, need not wait for us, and we learn of it. */
  async function open(): Promise<IDBDatabase> {
    const request = indexedDB.open(name);
    request.onupgradeneeded = () => request.result.createObjectStore('events');
    const db = await promisifyRequest(request);
    db.onversionchange = db.onclose = () => {
      void close();
      onGone();
    };
    return db;
  }
  /** Lets the next transaction try again. */
  function forget(error: unknown): never {
    opening = undefined;
    throw error;
  }
  /** Settles when the connection is closed, if there was one. */
  function close(): Promise<void> | undefined {
    const closing = opening?.then((db) => db.close(), () => {});
    opening = undefined;
    return closing;
  }
  stops.push(() => {
    isStopped = true;
    void close();
  });

  /** Ends a transaction that was not asked to commit. */
  function giveUp(transaction: IDBTransaction): void {
    try {
      // Where none can be asked to, nobody knows.
      if ('commit' in transaction) transaction.abort();
    } catch {
      // It was.
    }
  }

  async function attempt<Value>(mode: Mode, body: (store: IDBObjectStore) => Promise<Value>, isPatient?: boolean): Promise<Value> {
    try {
      const work = (opening ??= open().catch(forget)).then(async (db) => {
        const transaction = db.transaction('events', mode as IDBTransactionMode);
        const store = transaction.objectStore('events');
        running.add(transaction);
        try {
          const value = body(store);
          if (isLeft) giveUp(transaction);
          return await value;
        } finally {
          running.delete(transaction);
        }
      });
      return await (isPatient ? work : inTime(work));
    } catch (error) {
      // A connection may have been closed under us (WebKit does that to idle ones). One that has no room is a good one, and has to tell when the database is deleted.
      if (!isLeft && !isFull(error)) void close();
      throw error;
    } finally {
      if (isStopped) void close();
    }
  }

  async function deleteDatabase(): Promise<void> {
    await close();
    await promisifyRequest(indexedDB.deleteDatabase(name));
  }

  // Once more, on a new connection. What a body writes has a key of its own, so writing it twice does no harm. One that hangs would hang again.
  const run = async <Value>(...args: [mode: Mode, body: (store: IDBObjectStore) => Promise<Value>, isPatient?: boolean]): Promise<Value> =>
    attempt(...args).catch((error) => {
      if (isLeft || error === 'timeout') throw error;
      return attempt(...args);
    });
  const isThere = (): Promise<boolean> =>
    inTime(indexedDB.databases()).then(
      (all) => all.some((each) => each.name === name),
      () => true,
    );
  function leave(isAway: boolean): void {
    isLeft = isAway;
    if (isAway) running.forEach(giveUp);
  }
  return Object.assign(run, { leave, remove: () => inTime(deleteDatabase()), isThere });
}

/** Settles with the transaction. Asked to commit at once, it survives a page that is left in the next moment. */
export function committed({ transaction }: IDBObjectStore): Promise<void> {
  transaction.commit?.();
  return promisifyRequest(transaction);
}
