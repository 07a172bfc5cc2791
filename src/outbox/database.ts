import { promisifyRequest } from 'idb-keyval';
import type { IDBObjectStore } from '../dom.js';
import type { Stop } from '../platform/listen.js';
import { inTime } from '../util/in-time.js';

/** What a transaction may do. */
export type Mode = 'readonly' | 'readwrite';

/** Runs `body` in one transaction and returns what it returns. Rejects where IndexedDB does not do its part. */
export interface Database {
  <Value>(mode: Mode, body: (values: IDBObjectStore) => Promise<Value>): Promise<Value>;
  /**
   * The page is left (`isAway`), or back out of the back/forward cache. While it is away, only what is asked to commit in the breath that begins it is done: the
   * rest is given up and rejects. An open transaction of a page that is put away holds up all others, for which Chromium throws it out of that cache.
   */
  leave(isAway: boolean): void;
  /** Deletes the database. Resolves with whether it is gone: IndexedDB may not do that, or not in time. */
  remove(): Promise<boolean>;
  /** Returns the names of the databases beside it: those of further collectors, also of some that the shop has no more; none where the browser does not tell. */
  others(): Promise<string[]>;
  /** Returns whether the database is there, without making one; true where the browser does not tell. */
  isThere(): Promise<boolean>;
}

/**
 * Opens IndexedDB. Nothing happens before the first transaction.
 *
 * @param name of the database; it holds one object store and is never upgraded: a new layout gets a new name
 * @param onGone the connection was taken away, perhaps with all that was stored
 * @param stops gets what closes the connection, now and after each transaction that may still come
 */
export function openDatabase(name: string, onGone: () => void, stops: Stop[] = []): Database {
  let opening: Promise<IDBDatabase> | undefined;
  /** The transactions whose bodies run. */
  const running = new Set<IDBTransaction>();
  let isStopped = false;
  let isLeft = false;

  async function open(): Promise<IDBDatabase> {
    const request = indexedDB.open(name);
    request.onupgradeneeded = () => request.result.createObjectStore('events');
    const db = await promisifyRequest(request);
    // Whoever deletes it, the shop or its visitor, need not wait for us.
    db.onversionchange = db.onclose = () => {
      void close();
      onGone();
    };
    return db;
  }
  const all = async () => inTime(indexedDB.databases());
  /** Settles when the connection is closed, if there was one. */
  function close(): Promise<void> | undefined {
    const closing = opening?.then(
      (db) => db.close(),
      () => {},
    );
    opening = undefined;
    return closing;
  }
  function giveUp(transaction: IDBTransaction): void {
    try {
      // Where none can be asked to commit, nobody knows.
      if ('commit' in transaction) transaction.abort();
    } catch {
      // It was asked to.
    }
  }
  async function attempt<Value>(mode: Mode, body: (values: IDBObjectStore) => Promise<Value>): Promise<Value> {
    const db = await inTime((opening ??= open()));
    const transaction = db.transaction('events', mode);
    running.add(transaction);
    try {
      const value = body(transaction.objectStore('events'));
      if (isLeft) giveUp(transaction);
      return await value;
    } finally {
      running.delete(transaction);
      if (isStopped) void close();
    }
  }
  const others = () =>
    all().then(
      (found) => found.flatMap((each) => (each.name?.startsWith(`${name}~`) ? [each.name] : [])),
      () => [],
    );
  async function deleteDatabase(): Promise<void> {
    await close();
    for (const each of [name, ...(await others())]) await promisifyRequest(indexedDB.deleteDatabase(each));
  }
  stops.push(() => {
    isStopped = true;
    void close();
  });

  async function run<Value>(
    mode: Mode,
    body: (values: IDBObjectStore) => Promise<Value>,
    isLast = false,
  ): Promise<Value> {
    try {
      return await attempt(mode, body);
    } catch (error) {
      // Where there is no room the connection is a good one, and has to tell when the database is deleted.
      if (!isLeft && !isFull(error)) void close();
      // Once more, on a new connection: one may have been closed under us (WebKit does that to idle ones). What a body writes has a key of its own.
      if (isLast || isLeft || error === 'timeout') throw error;
      return run(mode, body, true);
    }
  }
  return Object.assign((mode: Mode, body: never) => run(mode, body), {
    leave(isAway: boolean) {
      isLeft = isAway;
      if (isAway) running.forEach(giveUp);
    },
    remove: () =>
      inTime(deleteDatabase()).then(
        () => true,
        () => false,
      ),
    others,
    isThere: () =>
      all().then(
        (found) => found.some((each) => each.name === name),
        () => true,
      ),
  }) as Database;
}

/** Whether a transaction failed since there is no room. */
export const isFull = (error: unknown): boolean => /quota/i.test(`${(error as Error | null)?.name}`);

/** Settles with the transaction. Asked to commit at once, it survives a page that is left in the next moment. */
export function committed({ transaction }: IDBObjectStore): Promise<void> {
  transaction.commit?.();
  return promisifyRequest(transaction);
}
