import { promisifyRequest } from 'idb-keyval';
import { readHealth, WELL, type Health } from '../delivery/health.js';
import { leaseOf, waitForLease } from '../delivery/lease.js';
import type { IDBObjectStore } from '../dom.js';
import type { Draft } from '../event/draft.js';
import { committed } from './database.js';
import type { HandOver, Left, Sent } from './hand-over.js';
import { createDrafts, type Drafts } from './drafts.js';
import { allDrafts, DRAFT, HEALTH, LEASE, RECORD, rowsFrom } from './keys.js';
import { byPriority } from './priority.js';
import { createStore, type Store, type StoreParts } from './store.js';
import { type StoredEvent, type StoredRow } from './stored-event.js';
import { createRows } from './rows.js';

/** Rows that are read in one go. Our choice: a quarter of a megabyte at most. */
const ROWS = 10;

/** What is next to be sent. */
export interface Taken {
  /** How long to leave it to another tab, or the collector alone, in milliseconds; 0: this tab sends. */
  waitMs: number;
  /** Events of all tabs, the oldest first; none where this tab does not send. */
  events: StoredEvent[];
  /** Whether more wait in the store. */
  isMore: boolean;
}

/** What waits for one collector, who sends it, and, for the first collector, the visitor and drafts. Nothing in it throws or rejects. */
export interface Outbox {
  store: Store;
  /** Rows of this page that are not confirmed, by their keys. */
  rows: Map<string, StoredRow>;
  /** Whether anything waits, as far as this page knows. */
  hasRows(): boolean;
  /** Takes an event; its write to IndexedDB starts in the next microtask, together with the record, unless many came before. */
  put(event: StoredEvent): void;
  drafts: Drafts;
  /** Reads the visitor and what earlier pages have left. Undefined where there is no store. */
  load(): Promise<{ visitor: unknown; drafts: Draft[] } | undefined>;
  /** Takes the lease, where nobody else has it and the collector may be asked, and reads the oldest events. */
  take(me: string, waitFor: (health: Health) => number): Promise<Taken>;
  /** Takes out events that wait no more, and notes how the collector is, in one write. */
  settle(ids: readonly string[], health: Health): void;
  /** This tab, which has the lease, goes on sending, or is done for now. */
  keepLease(me: string, isDone: boolean): void;
  /** How the collector is, as it was last seen. */
  health(): Health;
  /** Returns at once the events of this page that the collector has not confirmed, the most valuable first. */
  own(): StoredEvent[];
  /**
   * The page may be seen for the last time: leaves to the next one what may not be stored.
   *
   * @param isLeft whether this page is left, or put into the back/forward cache
   * @param sent ids of events that went out while the collector was well, and whose answers nobody will see, by batch
   */
  leave(isLeft: boolean, sent: Sent): void;
  /** Forgets everything that is kept, also by other pages. Resolves with whether nothing is left. */
  forget(): Promise<boolean>;
}

/** What an outbox is made of. */
export interface OutboxParts extends Omit<StoreParts, 'onDoubt' | 'onStored'> {
  handOver: HandOver;
  /** Mends or makes a record of the visitor. */
  revive(stored: unknown): unknown;
  /** Whether what was sent as a page was left is never sent again; else, the collector is asked about it. */
  isOnce: boolean;
  /** Told of events that cannot be read. */
  onUnreadable(count: number): void;
  /** Told how many rows wait as a page begins, and that it has put one event more. */
  onLoaded(rows: number): void;
  onPut(): void;
}

/** Returns the outbox of one collector. */
export function createOutbox(parts: OutboxParts): Outbox {
  const { handOver, revive, isOnce, onUnreadable, onLoaded, onPut } = parts;
  let health = WELL;
  /** Whether this page has seen it in the store. */
  let hasHealth = false;
  /** How many rows there were in the store as it was loaded. */
  let size = 0;
  // That a draft is left has to be known also where it is stored.
  const onStored = (keys: readonly string[]) => handOver.clear(keys.filter((key) => !key.startsWith(DRAFT)));
  const store = createStore({ ...parts, onDoubt: renew, onStored });
  const rows = createRows(store, onUnreadable);
  const drafts = createDrafts(store);

  /** Stores anew what this page has. */
  function renew(): void {
    for (const [key, row] of rows.own) store.set(key, row);
    store.set(HEALTH, health);
  }
  const note = (next: Health) => health === next || store.set(HEALTH, (health = next));
  /** Notes how the collector is, as it lies in the store. Returns whether that is gone: then what was stored is lost. */
  function read(stored: unknown): boolean {
    const isLost = hasHealth && !stored;
    if (!store.unsaved.has(HEALTH)) health = readHealth(stored);
    return isLost;
  }
  const addUnsure = ({ sent }: Left) => (health = { ...health, unsure: { ...health.unsure, ...sent } });

  return {
    store,
    rows: rows.own,
    hasRows: () => size + rows.own.size > 0,
    put(event) {
      const key = rows.put(event);
      if (store.isLeft()) handOver.add({ values: { [key]: rows.own.get(key) } });
      onPut();
    },
    drafts,
    async load() {
      const left = handOver.take();
      let isLost = false;
      const loaded = await store.run('readwrite', async (values) => {
        putLeft(values, left);
        const found = await promisifyRequest<unknown>(values.get(RECORD));
        const abandoned = drafts.takeUp(values, await promisifyRequest<unknown[]>(values.getAll(allDrafts())), left);
        size = await promisifyRequest(values.count(rowsFrom()));
        isLost = read(await promisifyRequest<unknown>(values.get(HEALTH)));
        hasHealth = true;
        addUnsure(left);
        onLoaded(size);
        // One that is there: where it is missing later, all was lost.
        values.put(health, HEALTH);
        const visitor = revive(found);
        if (visitor) values.put(visitor, RECORD);
        // Nobody has to wait for that: the visitor is known.
        committed(values).then(
          () => handOver.clear([...Object.keys(left.values), ...Object.keys(left.sent)]),
          () => {},
        );
        return { visitor, drafts: abandoned };
      });
      if (isLost) store.doubt();
      drafts.adopt(loaded?.drafts ?? []);
      if (loaded) return loaded;
      rows.adopt(left.values);
      addUnsure(left);
      return undefined;
    },
    async take(me, waitFor) {
      let isLost = false;
      const found = await store.run('readwrite', async (values) => {
        isLost = read(await promisifyRequest<unknown>(values.get(HEALTH)));
        return takeRows(values, me, waitFor(health), store.unsaved.has(LEASE));
      });
      if (isLost) store.doubt();
      else if (found) rows.keepOnly(found.keys);
      const { keys, values, waitMs } = found ?? { keys: [], values: [], waitMs: waitFor(health) };
      if (waitMs) return { waitMs, events: [], isMore: false };
      rows.merge(values.map((value, index) => [keys[index]!, value]));
      const unsure = isOnce ? Object.values(health.unsure).flat() : [];
      rows.remove(unsure);
      if (unsure.length) note({ ...health, unsure: {} });
      return { waitMs, events: rows.events(), isMore: keys.length > ROWS };
    },
    settle(ids, next) {
      rows.remove(ids);
      note(next);
      // What it has left as it was hidden, and cannot store.
      handOver.change(store.unsaved);
    },
    keepLease: (me, isDone) => store.set(LEASE, isDone ? undefined : leaseOf(me, Date.now())),
    health: () => health,
    own: () => byPriority([...rows.own.values()].flat()),
    leave(isLeft, sent) {
      // A page whose store fails does not hear of it when the database is deleted.
      if (!store.isDurable()) renew();
      if (isLeft) store.setLeft(true);
      else void store.written();
      const values = leftBy(isLeft, drafts, store);
      if (Object.keys({ ...values, ...sent }).length) handOver.add({ values, sent });
      // A page that comes back looks at its own drafts as at those of any other.
      if (isLeft) drafts.own.clear();
    },
    forget() {
      rows.forget();
      drafts.own.clear();
      health = WELL;
      hasHealth = false;
      handOver.forget();
      return store.forget();
    },
  };
}

/** Returns what a page leaves: what may not be stored, and its drafts. Of a page that goes on (`isLeft`: it does not), nobody else is to take up a draft. */
function leftBy(isLeft: boolean, { own }: Drafts, { unsaved }: Store): Left['values'] {
  const values = [...unsaved].filter(([key]) => isLeft || !own.has(key));
  return Object.fromEntries([...(isLeft ? own : []), ...values].map(([key, value]) => [key, value ?? null]));
}

/** Puts what other pages have left where it belongs. */
function putLeft(store: IDBObjectStore, { values }: Left): void {
  for (const [key, value] of Object.entries(values)) {
    if (value) store.put(value, key);
    else store.delete(key);
  }
}

/** Takes the lease, where nobody else has it and the collector may be asked, and the oldest rows. `isFree`: this tab has just given it back. */
async function takeRows(
  store: IDBObjectStore,
  me: string,
  healthMs: number,
  isFree: boolean,
): Promise<{ keys: string[]; values: unknown[]; waitMs: number }> {
  const now = Date.now();
  const lease = isFree ? undefined : await promisifyRequest<unknown>(store.get(LEASE));
  const waitMs = Math.max(waitForLease(lease, me, now), healthMs);
  if (!waitMs) store.put(leaseOf(me, now), LEASE);
  const keys = (await promisifyRequest(store.getAllKeys(rowsFrom()))) as string[];
  const values = waitMs ? [] : await promisifyRequest<unknown[]>(store.getAll(rowsFrom(), ROWS));
  await committed(store);
  return { keys, values, waitMs };
}
