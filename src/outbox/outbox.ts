import { promisifyRequest } from 'idb-keyval';
import type { IDBObjectStore } from '../dom.js';
import { readStanding, UNKNOWN, type Standing } from '../delivery/standing.js';
import { measure, overflow, worthOf, type Bounds, type DropCause, type Stored } from './bounds.js';
import { committed } from './database.js';
import type { HandOver, Left, Sent } from './hand-over.js';
import { within } from './keys.js';
import { isRow, type Row } from './row.js';
import type { Store } from './store.js';
import { readOldest, spread } from './stored-rows.js';

/** What was tracked before this was tracked by a clock that stood wrong, in milliseconds since 1970: how old it is nobody knows. Our choice: before this code was written. */
export const CLOCK_MS = 1_767_225_600_000;
/** Length of a batch's id, a UUID. */
const BATCH_ID = 36;
/** Events that are looked at in one go. Our choice: a look takes a few milliseconds. */
const PAGE = 200;
/** What an event takes at least, in UTF-16 units, for a guess at what all of them take. Our choice: most take less. */
const USUAL_LENGTH = 1000;
/** After so many failures in a row, what is too old goes. Our choice: not at the first one, since a clock may be wrong for a moment. */
const FEW_FAILURES = 4;

/** A collector, as far as its outbox knows it. */
export interface Reader {
  /** Tells it from the others, in the store and from visit to visit; without `~`. */
  slot: string;
  /** Whether an event is for it. */
  wants(row: Row): boolean;
  /** Whether what was sent to it as a page was left is never sent again; else, it is asked about it. */
  isOnce: boolean;
}

/** What waits for one collector, and whose turn it is to send it. Nothing in it throws or rejects. */
export interface Outbox {
  /** Takes an event, if it is for this collector; returns whether it is. */
  put(row: Row): boolean;
  /** Returns the turn as it was last seen. */
  standing(): Standing;
  /**
   * One step of sending, in one transaction among all tabs: forgets the events that are settled, lets `decide` change the turn, and if it is this
   * tab's (`isMine`) returns the oldest events, stored or not, of all tabs. Without an event to send, the turn is over.
   *
   * @param first ids of events that are looked for before the oldest; default: none
   */
  step(settled: readonly string[], limit: number, decide: (standing: Standing) => { standing: Standing; isMine: boolean }, first?: readonly string[]): Promise<Row[]>;
  /** Returns at once the events of this page that it has not confirmed, those worth most first. */
  own(): Row[];
  /** Returns how many events wait for it. */
  count(): Promise<number>;
  /** Leaves to the next page what went out while the collector was well, as nobody will see the answers: the ids of its events by batch. */
  leave(sent: Sent): void;
  /** Whether events outlive the page. */
  durable(): boolean;
  /** Part of the load: reads the turn, and deletes what is never to be sent again. Returns how many events wait, and whether what was stored is lost. */
  read(values: IDBObjectStore, left: Left): Promise<{ size: number; isLost: boolean }>;
  /** Takes over what other pages have left, where there is no store that could. */
  adopt(left: Left): void;
  /** What was stored may be lost: stores anew what this page has. */
  renew(): void;
  /** Keeps within the bounds. Returns how many events had to go. */
  trim(maxStoredEvents?: number): Promise<number>;
  /** Keeps within the bounds where a guess, by how many events wait, says that they may be broken. */
  check(size: number): Promise<void>;
  /** Changes every event that waits, here and in the store. */
  revise(change: (row: Row) => Row): Promise<void>;
  forget(): void;
}

/** What an outbox is made of. */
export interface OutboxParts {
  reader: Reader;
  /** What the keys of its events begin with. */
  prefix: string;
  /** Where its turn lies. */
  turnKey: string;
  store: Store;
  handOver: HandOver;
  bounds: Bounds;
  /** Told of events that will never arrive. */
  drop(cause: DropCause, count: number): void;
}

/** Returns the outbox of one collector. */
export function createOutbox({ reader, prefix, turnKey, store, handOver, bounds, drop }: OutboxParts): Outbox {
  const { wants, isOnce } = reader;
  /** The events of this page that the collector has not confirmed. */
  const mine = new Map<string, Row>();
  let seen = UNKNOWN;
  let longest = USUAL_LENGTH;

  const keyOf = (id: string): string => prefix + id;
  /** Takes events out: here at once, in the store with the next write. */
  function settle(ids: readonly string[]): void {
    for (const id of ids) {
      mine.delete(id);
      store.set(keyOf(id), undefined);
    }
  }
  /** Returns what went out to this collector. */
  const sentIn = ({ sent }: Left): Sent =>
    Object.fromEntries(
      Object.entries(sent)
        .filter(([key]) => key.slice(BATCH_ID) === prefix)
        .map(([key, ids]) => [key.slice(0, BATCH_ID), ids]),
    );

  /** Calls `visit` with each stored event, in a transaction in which it may be changed. Returns whether there is a store that was read to its end. */
  async function visitStored(visit: (row: Row, values: IDBObjectStore) => void): Promise<boolean> {
    let rows: Row[] | undefined;
    let after: string | undefined;
    await store.run('readwrite', spread);
    do {
      // Page by page: a single look at ten thousand would be a long task.
      rows = await store.run('readwrite', async (values) => {
        const page = (await promisifyRequest<Row[]>(values.getAll(within(prefix, after), PAGE))).filter(isRow);
        for (const row of page) visit(row, values);
        await committed(values);
        return page;
      });
      after = rows?.[rows.length - 1]?.id;
    } while (after);
    return !!rows;
  }

  async function trim(maxStoredEvents = bounds.maxStoredEvents): Promise<number> {
    const stored = new Map<string, Stored>();
    const isRead = await visitStored((row) => stored.set(row.id, measure(row)));
    // What is in memory alone takes no room in the store.
    if (!isRead && maxStoredEvents < bounds.maxStoredEvents) return 0;
    const looked = (isRead ? [...stored.values()] : [...mine.values()].map(measure)).map((each) => (each.time < CLOCK_MS ? { ...each, time: Date.now() } : each));
    let total = 0;
    for (const [cause, ids] of Object.entries(overflow(looked, { ...bounds, maxStoredEvents }, Date.now()))) {
      if (!ids.length) continue;
      const found = await store.run('readwrite', async (values) => {
        const there: string[] = [];
        // Another tab may have come first.
        for (const id of ids) if (await promisifyRequest(values.getKey(keyOf(id)))) there.push(id);
        for (const id of ids) values.delete(keyOf(id));
        await committed(values);
        return there;
      });
      if (!found && isRead) continue;
      settle(ids);
      // Without a store, they are this page's.
      const gone = found ?? ids;
      drop(cause as DropCause, gone.length);
      total += gone.length;
    }
    return total;
  }

  return {
    trim,
    put(row) {
      if (!wants(row)) return false;
      mine.set(row.id, row);
      longest = Math.max(longest, row.event.length + row.context.length);
      store.set(keyOf(row.id), row);
      return true;
    },
    standing: () => seen,
    async step(settled, limit, decide, first = []) {
      settle(settled);
      handOver.clear(settled.map(keyOf));
      // In order: the step sees what was written.
      await store.write();
      let unreadable = 0;
      let isLost = false;
      let isMine = false;
      const rows = await store.run('readwrite', async (values) => {
        for (const id of settled) values.delete(keyOf(id));
        const standing = readStanding(await promisifyRequest(values.get(turnKey)));
        isLost = standing === UNKNOWN && seen !== UNKNOWN;
        const decided = decide(standing);
        ({ isMine } = decided);
        let found: Row[] = [];
        if (isMine) {
          [found, unreadable] = await readOldest(values, prefix, limit, wants);
          const others = first.filter((id) => found.length >= limit && !found.some((row) => row.id === id));
          for (const row of await Promise.all(others.map((id) => promisifyRequest<Row>(values.get(keyOf(id)))))) if (isRow(row)) found.unshift(row);
        }
        seen = found.length || !isMine ? decided.standing : { ...decided.standing, until: 0 };
        values.put(seen, turnKey);
        await committed(values);
        // What could not be deleted yet is settled all the same.
        return found.filter(({ id }) => !store.unsaved.has(keyOf(id)) || store.unsaved.get(keyOf(id)));
      });
      if (unreadable) drop('unreadable', unreadable);
      if (isLost) store.doubt();
      if (!rows) {
        const decided = decide(seen);
        seen = decided.standing;
        return decided.isMine ? [...mine.values()].slice(0, limit) : [];
      }
      // What there is no room for goes out from memory.
      const more = isMine && store.isFull() ? [...mine.values()].filter(({ id }) => store.unsaved.get(keyOf(id)) && !rows.some((row) => row.id === id)) : [];
      rows.push(...more.slice(0, limit));
      // All of the store was seen: what is no longer there, another tab has delivered.
      if (isMine && !isLost && rows.length < limit) {
        const ids = new Set(rows.map(({ id }) => id));
        for (const id of [...mine.keys()]) if (!ids.has(id) && !store.unsaved.has(keyOf(id))) mine.delete(id);
      }
      return rows;
    },
    own: () => [...mine.values()].sort((a, b) => worthOf(b) - worthOf(a)),
    count: async () => (await store.write(), (await store.run('readonly', (values) => promisifyRequest(values.count(within(prefix))))) ?? mine.size),
    leave(sent) {
      const batches = Object.entries(sent).map(([batch, ids]) => [batch + prefix, ids] as const);
      if (batches.length) handOver.add({ sent: Object.fromEntries(batches) });
    },
    durable: store.isDurable,
    async read(values, left) {
      const sent = sentIn(left);
      const standing = readStanding(await promisifyRequest(values.get(turnKey)));
      const isLost = standing === UNKNOWN && seen !== UNKNOWN;
      seen = { ...standing, ...(!isOnce && { unsure: { ...standing.unsure, ...sent } }) };
      // One that is there: where it is missing later, all was lost.
      values.put(seen, turnKey);
      if (isOnce) for (const id of Object.values(sent).flat()) {
        values.delete(keyOf(id));
        mine.delete(id);
      }
      return { size: await promisifyRequest(values.count(within(prefix))), isLost };
    },
    adopt(left) {
      const sent = sentIn(left);
      const ids = Object.values(sent).flat();
      // What may not be sent again stays where it is, until there is a store.
      for (const [key, row] of Object.entries(left.rows)) if (row && key === keyOf(row.id) && !(isOnce && ids.includes(row.id))) mine.set(row.id, row);
      if (ids.length) seen = { ...seen, unsure: { ...seen.unsure, ...sent } };
    },
    renew() {
      for (const row of mine.values()) store.set(keyOf(row.id), row);
    },
    async check(size) {
      if (size > bounds.maxStoredEvents || size * longest > bounds.maxStoredBytes || (size && seen.failures > FEW_FAILURES)) await trim();
    },
    async revise(change) {
      for (const row of mine.values()) {
        const revised = change(row);
        const isWanted = wants(revised);
        if (isWanted) mine.set(row.id, revised);
        else mine.delete(row.id);
        if (store.unsaved.has(keyOf(row.id))) store.set(keyOf(row.id), isWanted ? revised : undefined);
      }
      await visitStored((row, values) => {
        const changed = change(row);
        if (changed.context !== row.context || changed.event !== row.event) values.put(changed, keyOf(row.id));
      });
    },
    forget() {
      mine.clear();
      seen = UNKNOWN;
    },
  };
}
