import { promisifyRequest } from 'idb-keyval';
import type { Consent } from '../consent/consent.js';
import type { Lane } from '../delivery/lane.js';
import { FEW_FAILURES, WELL } from '../delivery/health.js';
import type { Stop } from '../platform/listen.js';
import type { Plugin } from '../plugin.js';
import { measure, overflow, type Bounds, type DropCause } from './bounds.js';
import { committed, type Database } from './database.js';
import { HEALTH, RECORD, rowsFrom } from './keys.js';
import type { Outbox } from './outbox.js';
import { CLOCK_MS } from './priority.js';
import type { Store } from './store.js';
import { eventsIn, type StoredEvent, type StoredRow } from './stored-event.js';
import { runLater } from '../util/run-later.js';

/*
 * What is seldom done to stored events, in a part that is loaded for it: keeping within the bounds, and changing all that waits.
 */

/** Rows that are looked at in one go. Our choice: a look takes a few milliseconds. */
const PAGE = 50;
/** How long what a page puts waits until it is looked at, in milliseconds. Our choice: a look at what comes all the time would be one after another. */
const LOOK_MS = 1000;
/** Part of the events that go where there is no room. Our choice. */
const PART = 0.2;

/** Changes a row; what comes back as the same array stays as it is. */
type Change = (row: StoredRow) => StoredRow;

/**
 * Changes all rows: those of this page at once, then those in the store, page by page, as a single look at ten thousand events would be a long task. Resolves with
 * whether there is a store that was read to its end.
 */
async function rewrite({ rows, store }: Outbox, change: Change): Promise<boolean> {
  for (const [key, before] of rows) {
    const row = change(before);
    if (row === before) continue;
    if (row.length) rows.set(key, row);
    else rows.delete(key);
    if (store.unsaved.has(key)) store.set(key, row.length ? row : undefined);
  }
  let after: IDBValidKey = '0';
  for (;;) {
    const keys = await store.run('readwrite', async (values) => {
      const range = rowsFrom(`${after as string}`);
      const found = await promisifyRequest(values.getAllKeys(range, PAGE));
      const all = await promisifyRequest<unknown[]>(values.getAll(range, PAGE));
      for (const [index, key] of found.entries()) {
        const before = eventsIn(all[index]);
        const row = change(before);
        if (row === before) continue;
        if (row.length) values.put(row, key);
        else values.delete(key);
      }
      await committed(values);
      return found;
    });
    if (!keys?.length) return !!keys;
    after = keys[keys.length - 1]!;
  }
}

/** Takes out of what waits to be sent what needs consent to marketing, which was denied since; events that a collector does not want any more then go. */
export async function withdraw(
  lanes: readonly Pick<Lane, 'outbox' | 'wants'>[],
  plugins: readonly Plugin[],
  consent: Consent,
): Promise<void> {
  const redact = (event: StoredEvent) =>
    plugins.reduce((each, plugin) => plugin.redact?.(each, consent) ?? each, event);
  for (const { outbox, wants } of lanes) {
    await rewrite(outbox, (row) => {
      const changed = row.map(redact).filter(wants);
      return changed.length === row.length && changed.every((each, index) => each === row[index]) ? row : changed;
    });
  }
}

/** What `tidy` is given. */
export interface TidyParts {
  outbox: Outbox;
  bounds: Bounds;
  /** Whether there is no room for more. */
  isFull: boolean;
  /** Gets what ends the waiting. */
  stops: Stop[];
  drop(cause: DropCause, count: number): void;
}

/** Keeps what waits for one collector within its bounds: takes out what is too old and, of what is worth least, the oldest. */
export async function tidy({ outbox, bounds, isFull, stops, drop }: TidyParts): Promise<void> {
  if (!isFull) {
    await new Promise((resolve) => {
      const timer = runLater(() => resolve(undefined), LOOK_MS);
      stops.push(() => clearTimeout(timer));
    });
  }
  const now = Date.now();
  const { failures } = outbox.health();
  const found = new Map<string, ReturnType<typeof measure>>();
  const isRead = await rewrite(outbox, (row) => {
    for (const event of row) found.set(event.id, measure(event));
    return row;
  });
  // How old an event is that was made by a clock that stood wrong, nobody knows.
  const stored = [...found.values()].map((each) => (each.time > CLOCK_MS ? each : { ...each, time: now }));
  const maxStoredDays = failures > FEW_FAILURES ? bounds.maxStoredDays : Infinity;
  // Nothing goes out that would make room.
  const maxStoredEvents =
    isFull && failures && isRead ? Math.floor(stored.length * (1 - PART)) : bounds.maxStoredEvents;
  for (const [cause, ids] of Object.entries(overflow(stored, { ...bounds, maxStoredEvents, maxStoredDays }, now))) {
    const gone = new Set(ids);
    // Another tab may have come first: what this one has taken out counts.
    const removed = new Set<string>();
    if (!ids.length) continue;
    await rewrite(outbox, (row) => {
      const rest = row.filter(({ id }) => !gone.has(id));
      for (const { id } of row) if (gone.has(id)) removed.add(id);
      return rest.length < row.length ? rest : row;
    });
    if (removed.size) drop(cause as DropCause, removed.size);
  }
}

/**
 * Goes on with what waits for collectors that this page does not have: that of the one which is the first here, this page takes over; the rest stays as long as other
 * pages may still have its collector.
 *
 * @param names of their databases
 * @param former name of the database that the first collector of this page had while it was none of the first
 */
export async function sweep(
  names: readonly string[],
  former: string,
  { outbox: { store }, destination }: Lane,
  maxStoredDays: number,
  open: (name: string, onGone: () => void) => Database,
): Promise<void> {
  for (const name of names) {
    const database = open(name, () => {});
    const isFirst = name === former;
    const isDone = await database('readwrite', async (values) => {
      const last = await promisifyRequest<unknown>(values.get(RECORD));
      if (!isFirst) return !(Date.now() - Number(last) <= maxStoredDays * 86_400_000);
      const keys = await promisifyRequest(values.getAllKeys(rowsFrom()));
      const rows = await promisifyRequest<unknown[]>(values.getAll(rowsFrom()));
      for (const [index, key] of keys.entries()) store.set(`${key as string}`, rows[index]);
      return true;
    });
    if (isFirst) await store.written();
    // What this page could not store stays where it is.
    if (isDone && store.isDurable()) await database.remove();
    if (isFirst) destination.wake(0);
  }
}

/**
 * Puts what waits for the collector that was the first before into a database of its own: it must not go to the one that is the first now.
 *
 * @param store where it lies
 * @param into the database for it
 */
export async function setAside(store: Store, into: Database): Promise<void> {
  const found = await store.run('readonly', async (values) => {
    const keys = promisifyRequest(values.getAllKeys(rowsFrom()));
    const rows = promisifyRequest<unknown[]>(values.getAll(rowsFrom()));
    const health = await promisifyRequest<unknown>(values.get(HEALTH));
    return { keys: await keys, rows: await rows, health };
  });
  const { keys, rows, health } = found ?? { keys: [], rows: [], health: WELL };
  if (!keys.length) return;
  await into('readwrite', (values) => {
    keys.forEach((key, index) => values.put(rows[index], key));
    values.put(health, HEALTH);
    values.put(Date.now(), RECORD);
    return committed(values);
  });
  await store.run('readwrite', (values) => {
    for (const key of keys) values.delete(key);
    values.put(WELL, HEALTH);
    return committed(values);
  });
}
