import { createStore, promisifyRequest, type UseStore } from 'idb-keyval';

/** Longest wait for one transaction, in milliseconds. Our choice: an `open` that hangs (WebKit) must not hold events up. */
const TIMEOUT_MS = 2000;

/** Runs `body` in one transaction and returns what it returns. Rejects, and never hangs, where IndexedDB does not do its part. */
export type Store = <Value>(mode: IDBTransactionMode, body: (store: IDBObjectStore) => Promise<Value>) => Promise<Value>;

/**
 * Opens IndexedDB. Nothing happens before the first transaction.
 *
 * @param name of the database; it holds one object store and is never upgraded: a new layout gets a new name
 */
export function openStore(name: string): Store {
  let use: UseStore | undefined;

  async function attempt<Value>(mode: IDBTransactionMode, body: (store: IDBObjectStore) => Promise<Value>): Promise<Value> {
    try {
      use ??= createStore(name, 'events');
      const work = use(mode, (store) => {
        const { db } = store.transaction;
        // Whoever deletes the database, the shop or its visitor, must not wait for us.
        db.onversionchange = () => db.close();
        return body(store);
      });
      // Made here, where somebody listens: a promise of its own would be rejected into the page.
      return await Promise.race([work, new Promise<never>((_, reject) => setTimeout(reject, TIMEOUT_MS, 'timeout'))]);
    } catch (error) {
      // idb-keyval keeps a connection that was closed under it (WebKit does that to idle ones).
      use = undefined;
      throw error;
    }
  }

  // Once more, on a new connection. What a body writes has a key of its own, so writing it twice does no harm.
  return (mode, body) => attempt(mode, body).catch(() => attempt(mode, body));
}

/** Settles with the transaction. Asked to commit at once, it survives a page that is left in the next moment. */
export function committed({ transaction }: IDBObjectStore): Promise<void> {
  transaction.commit?.();
  return promisifyRequest(transaction);
}
