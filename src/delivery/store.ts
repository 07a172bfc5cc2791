import type { IDBObjectStore } from '../dom.js';
import { createStore, promisifyRequest, type UseStore } from 'idb-keyval';
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
  let use: UseStore | undefined;
  let open: IDBDatabase | undefined;
  /** The transactions whose bodies run. */
  const running = new Set<IDBTransaction>();
  let isStopped = false;
  let isLeft = false;

  function close(): void {
    use = undefined;
    open?.close();
  }
  stops.push(() => {
    isStopped = true;
    close();
  });

  /** Sees to it that whoever deletes the database, the shop or its visitor, need not wait for us, and that we learn of it. */
  function watch(db: IDBDatabase): void {
    if (open === db) return;
    open = db;
    for (const type of ['versionchange', 'close']) {
      db.addEventListener(type, () => {
        db.close();
        use = undefined;
        onGone();
      });
    }
  }

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
      use ??= createStore(name, 'events');
      const work = use(mode, async (store) => {
        const { transaction } = store;
        watch(transaction.db);
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
      // idb-keyval keeps a connection that was closed under it (WebKit does that to idle ones). One that has no room is a good one, and has to tell when the
      // database is deleted.
      if (!isLeft && !isFull(error)) close();
      throw error;
    } finally {
      if (isStopped) close();
    }
  }

  async function remove(): Promise<void> {
    close();
    await inTime(promisifyRequest(indexedDB.deleteDatabase(name)));
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
  return Object.assign(run, { leave, remove, isThere });
}

/** Settles with the transaction. Asked to commit at once, it survives a page that is left in the next moment. */
export function committed({ transaction }: IDBObjectStore): Promise<void> {
  transaction.commit?.();
  return promisifyRequest(transaction);
}
