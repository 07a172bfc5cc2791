import { promisifyRequest } from 'idb-keyval';
import type { Stop } from '../platform/listen.js';
import type { IDBObjectStore } from '../dom.js';
import type { VisitorRecord } from '../visitor/record.js';
import type { Bounds, DropCause } from './bounds.js';
import { committed, type Database } from './database.js';
import type { HandOver } from './hand-over.js';
import { prefixOf, within } from './keys.js';
import { createOutbox, type Outbox, type Reader } from './outbox.js';
import { isRow, type Row } from './row.js';
import { createStore } from './store.js';
import { move, spread } from './stored-rows.js';

/** Where the visitor's record lies; the first collector's turn, and with its prefix behind it another one's; and since when there have been events of nobody's. Event ids begin with a hex digit, so they do not meet. */
const RECORD = 'visitor';
const TURN = 'turn';
const ORPHANED = 'orphaned';
/** A day, in milliseconds. */
const DAY_MS = 86_400_000;
/** Events after which it is looked whether there are too many. Our choice. */
const LOOK_AFTER = 200;

/** Events that wait for confirmation, a row for each collector that they wait for, and the visitor's record. Nothing in it throws or rejects. */
export interface Outboxes {
  /** Reads the record, makes one where there is none, and stores it. Returns undefined where there is no store. */
  load(): Promise<VisitorRecord | undefined>;
  /** Takes an event; its write to IndexedDB starts in the next microtask, together with the record, unless many came before. */
  add(row: Row): void;
  /** Stores the record, with the events of the same task. */
  save(): void;
  /** Settles when what was taken so far is stored. */
  written(): Promise<void>;
  /** Returns how many events wait, each once. */
  count(): Promise<number>;
  /** What was stored may be lost: stores all anew that this page has. */
  restore(): void;
  /**
   * The page may be seen for the last time: leaves to the next one what may not be stored.
   *
   * @param isLeft whether this page is left, or put into the back/forward cache
   */
  leave(isLeft: boolean): void;
  /** The page is back out of the back/forward cache. */
  back(): Promise<unknown>;
  /** Changes every event that waits, here and in the store. */
  revise(change: (row: Row) => Row): Promise<void>;
  /** Returns all that is kept, by its key; what this page has in memory where there is no database. */
  entries(): Promise<[key: string, value: unknown][]>;
  /** Returns whether what this page has kept was deleted. */
  isGone(): Promise<boolean>;
  /** Forgets everything that is kept, also by other pages. Resolves with whether nothing is left. */
  forget(): Promise<boolean>;
  /** The outbox of each of the collectors, in their order. */
  lanes: readonly Outbox[];
}

/** What the outboxes are made of. */
export interface OutboxesParts {
  database: Database;
  handOver: HandOver;
  /** Whether anything may be kept beyond the page now; if not, events live in memory. */
  mayKeep(): boolean;
  /** The collectors; there is at least one. */
  readers: readonly Reader[];
  bounds: Bounds;
  /** Gets what ends the trying again: then what fails is left to the next page. */
  stops: Stop[];
  /** Returns the record, if it may be stored. */
  record(): VisitorRecord | undefined;
  /** Mends or makes a record. */
  revive(stored: unknown): VisitorRecord;
  /** Told of events that will never arrive, and at which of the collectors. */
  drop(cause: DropCause, count: number, slots: readonly string[]): void;
  /** Told when IndexedDB fails, once until it works again; as long as it does not, events live in memory. */
  onLost(error: unknown): void;
  /** Told the record that another tab had written, which this tab's has just taken the place of. */
  onOverwritten(record: VisitorRecord): void;
}

/** Returns outboxes that keep events in IndexedDB, and in memory where there is none. */
export function createOutboxes({ database, handOver, mayKeep, readers, bounds, stops, record, revive, drop, onLost, onOverwritten }: OutboxesParts): Outboxes {
  const isOne = readers.length < 2;
  let added = 0;
  const store = createStore({
    database,
    mayKeep,
    stops,
    onLost,
    onReplaced: (theirs) => onOverwritten(theirs as VisitorRecord),
    record: () => {
      const value = record();
      return value && { key: RECORD, value };
    },
    onDoubt: () => outboxes.forEach((outbox) => outbox.renew()),
    onStored: (keys) => handOver.clear(keys),
    async makeRoom(count) {
      let made = 0;
      // Nothing goes out that would make room.
      for (const outbox of outboxes) if (outbox.standing().failures) made += await outbox.trim(Math.max(0, (await outbox.count()) - count));
      return made > 0;
    },
  });
  const prefixes = readers.map(({ slot }) => (isOne ? '' : prefixOf(slot)));
  const outboxes = readers.map((reader, index) =>
    createOutbox({
      reader,
      prefix: prefixes[index]!,
      // The first collector's lies in one place, whichever it is.
      turnKey: TURN + (index ? prefixes[index]! : ''),
      store,
      handOver,
      bounds,
      drop: (cause, count) => drop(cause, count, [reader.slot]),
    }),
  );

  /**
   * Deletes what lies between the prefixes: events for collectors that were taken out of the configuration. Not at once, since other pages of the shop may still
   * have them.
   */
  async function deleteOrphans(values: IDBObjectStore): Promise<void> {
    const since = Number(await promisifyRequest(values.get(ORPHANED))) || Date.now();
    let isFound = false;
    let after = '~';
    for (const prefix of [...prefixes.filter(Boolean).sort(), '\x7f']) {
      const between = IDBKeyRange.bound(after, prefix, true, true);
      if (await promisifyRequest(values.getKey(between))) isFound = true;
      if (Date.now() - since > bounds.maxStoredDays * DAY_MS) values.delete(between);
      after = `${prefix}g`;
    }
    if (isFound) values.put(since, ORPHANED);
    else values.delete(ORPHANED);
  }

  async function load(): Promise<VisitorRecord | undefined> {
    const left = handOver.take();
    let looks: { size: number; isLost: boolean }[] = [];
    const known = await store.run('readwrite', async (values) => {
      for (const [key, row] of Object.entries(left.rows)) {
        if (row) values.put(row, key);
        else values.delete(key);
      }
      await spread(values);
      // The shop has one collector more or less than at the visit before: what waited for the only one waits for the first.
      await (isOne ? move(values, prefixOf(readers[0]!.slot), '') : move(values, '', prefixes[0]!));
      const found = await promisifyRequest<unknown>(values.get(RECORD));
      await deleteOrphans(values);
      looks = [];
      for (const outbox of outboxes) looks.push(await outbox.read(values, left));
      const revived = revive(found);
      if (revived !== found) values.put(revived, RECORD);
      // Nobody has to wait for that: the visitor is known.
      committed(values).then(
        () => handOver.clear([...Object.keys(left.rows), ...Object.keys(left.sent)]),
        () => {},
      );
      return revived;
    });
    if (!known) outboxes.forEach((outbox) => outbox.adopt(left));
    if (looks.some(({ isLost }) => isLost)) store.doubt();
    void check(looks.map(({ size }) => size));
    return known;
  }
  async function check(sizes: readonly number[]): Promise<void> {
    // Not by `entries`: Prototype.js has one of its own.
    for (const outbox of outboxes) await outbox.check(sizes[outboxes.indexOf(outbox)]!);
  }

  return {
    load,
    add(row) {
      // Where nobody wants it, what it changed is stored.
      outboxes.forEach((outbox) => outbox.put(row));
      store.touchRecord();
      if (store.isLeft()) leaveUnsaved();
      if (++added % LOOK_AFTER === 0) void Promise.all(outboxes.map((outbox) => outbox.count())).then(check);
    },
    save: store.touchRecord,
    written: store.write,
    restore: store.doubt,
    async count() {
      await store.write();
      const found = await store.run('readonly', async (values) => {
        if (isOne) return promisifyRequest(values.count(within()));
        const keys = await Promise.all(prefixes.map((prefix) => promisifyRequest(values.getAllKeys(within(prefix)))));
        // Each once, however many wait for it.
        return new Set(keys.flat().map((key) => `${key}`.split('~').pop())).size;
      });
      return found ?? new Set(outboxes.flatMap((outbox) => outbox.own().map(({ id }) => id))).size;
    },
    leave(isLeft) {
      // A page whose store fails does not hear of it when the database is deleted.
      if (store.isBroken()) outboxes.forEach((outbox) => outbox.renew());
      if (isLeft) store.leave();
      else void store.write();
      leaveUnsaved();
    },
    back() {
      store.back();
      // What this page itself has left is looked at as by any other.
      return load();
    },
    async revise(change) {
      for (const outbox of outboxes) await outbox.revise(change);
    },
    async entries() {
      await store.write();
      const stored = await store.run('readonly', async (values) => {
        const [keys, all] = await Promise.all([promisifyRequest(values.getAllKeys()), promisifyRequest<unknown[]>(values.getAll())]);
        return keys.map((key, index): [string, unknown] => [`${key as string}`, all[index]]);
      });
      return stored ?? [...new Map(outboxes.flatMap((outbox) => outbox.own()).map((row) => [row.id, row]))];
    },
    isGone: store.isGone,
    forget() {
      outboxes.forEach((outbox) => outbox.forget());
      handOver.forget();
      return store.forget();
    },
    lanes: outboxes,
  };

  /** Leaves to the next page what is not known to be stored. */
  function leaveUnsaved(): void {
    const rows = [...store.unsaved].map(([key, value]) => [key, isRow(value as Row | null) ? (value as Row) : null] as const);
    if (rows.length) handOver.add({ rows: Object.fromEntries(rows) });
  }
}
