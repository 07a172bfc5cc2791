import type { IDBObjectStore } from '../dom.js';
import type { Stop } from '../platform/listen.js';
import { inTime } from '../util/in-time.js';
import { createCondition } from './condition.js';
import { committed, type Database, type Mode } from './database.js';
import { RECORD } from './keys.js';
import { createPace } from './pace.js';

/** Values by key, in IndexedDB where that works, else in memory. Nothing in it throws or rejects. */
export interface Store {
  /** Keeps a value, or deletes it where it is undefined. What a person does is written in the next microtask; what comes faster than people act shares writes. */
  set(key: string, value: unknown): void;
  /** Has the visitor's record written with the next values. */
  touchRecord(): void;
  /** Values that are not known to be stored, by key; undefined where one is to be deleted. */
  unsaved: Map<string, unknown>;
  /** Keys of those values of which no write has begun. */
  fresh: Set<string>;
  /** Begins to write what is set, and settles when that is done; at once where it takes too long. */
  written(): Promise<void>;
  /** Runs `body` in one transaction; returns undefined where there is no database, or it fails. */
  run<Value>(mode: Mode, body: (values: IDBObjectStore) => Promise<Value>): Promise<Value | undefined>;
  /** Whether what is set outlives the page. */
  isDurable(): boolean;
  /** What was stored may be lost: has all set anew that this page has. */
  doubt(): void;
  /** The page is left, or put into the back/forward cache: begins the last write, and gives up what would hold up the next page. Or it is back. */
  setLeft(isAway: boolean): void;
  isLeft(): boolean;
  /** Returns whether what this page has stored was deleted. */
  isGone(): Promise<boolean>;
  /** Deletes everything. Resolves with whether nothing is left. */
  forget(): Promise<boolean>;
}

/** A record that has another number with every write, by which a tab sees that another one has written. */
type VersionedRecord = { rev?: number };

/** What the store is made of. */
export interface StoreParts {
  database: Database;
  /** Whether anything may be kept beyond the page now; if not, values live in memory. */
  mayKeep(): boolean;
  /** Gets what ends the trying again: then what fails is left to the next page. */
  stops: Stop[];
  /** Returns the visitor's record, if it lies here and may be stored. */
  record(): VersionedRecord | undefined;
  /** Told the record that another tab had written, which this page's has just taken the place of. */
  onReplaced(record: unknown): void;
  /** Told when the database fails, once until it works again; `isFull`: there is no room for what comes. */
  onLost(error: unknown, isFull: boolean): void;
  /** Sets everything anew that this page has. */
  onDoubt(): void;
  /** Told the keys of what is stored now. */
  onStored(keys: readonly string[]): void;
}

/** Writes values, as they are now: what was settled in the meantime would come back. With the record, in one transaction; resolves with the record that it replaces. */
async function write(
  database: Database,
  keys: readonly string[],
  all: ReadonlyMap<string, unknown>,
  record: VersionedRecord | undefined,
): Promise<VersionedRecord | undefined> {
  let replaced: VersionedRecord | undefined;
  await database('readwrite', (values) => {
    for (const key of keys) {
      const value = all.get(key);
      if (value !== undefined) values.put(value, key);
      else values.delete(key);
    }
    if (record) {
      // Asked for in the same breath, since the transaction must be complete without an answer: what is replaced.
      values.get(RECORD).onsuccess = ({ target }) => (replaced = (target as IDBRequest<VersionedRecord>).result);
      values.put(record, RECORD);
    }
    return committed(values);
  });
  return replaced;
}

/** Returns the store. It touches the database when it is first used. */
export function createStore(parts: StoreParts): Store {
  const { database, mayKeep, record, onReplaced, onDoubt, onStored } = parts;
  const unsaved = new Map<string, unknown>();
  const fresh = new Set<string>();
  const pace = createPace(begin);
  let isRecordDue = false;
  /** How many times what was stored was doubted: what was written before that may be lost. */
  let doubts = 0;
  /** Whether a transaction of this page has been done: before the first, there may be no database yet. */
  let hasStored = false;
  let writing: Promise<void> | undefined;
  let isLeft = false;
  const condition = createCondition(parts.onLost, () => {
    // What is being written, however long that takes, must not be written beside it again and again.
    if (!writing) renew();
    pace.ask();
  });
  parts.stops.push(condition.stop);

  function fail(error: unknown): undefined {
    // What a page that is left gave up was no failure.
    if (!isLeft) condition.fail(error);
  }
  // A write that is begun by a page that is left is lost in WebKit, and holds up the next page.
  const isJammed = () => isLeft && /Apple/.test(navigator.vendor);
  /** Has everything written that is not known to be stored. */
  function renew(): void {
    for (const key of unsaved.keys()) fresh.add(key);
  }
  async function run<Value>(mode: Mode, body: (values: IDBObjectStore) => Promise<Value>): Promise<Value | undefined> {
    if (!mayKeep() || isLeft || !condition.mayRead()) return undefined;
    const value = await inTime(database(mode, body)).catch(fail);
    hasStored ||= value !== undefined;
    return value;
  }

  async function writeDue(): Promise<void> {
    pace.end();
    if (!mayKeep() || isJammed()) return;
    const keys = [...fresh];
    fresh.clear();
    const mine = isRecordDue ? record() : undefined;
    isRecordDue = false;
    const [before, rev] = [doubts, mine?.rev];
    if (mine) mine.rev = Math.random();
    else if (!keys.length) return;
    try {
      const replaced = await write(database, keys, unsaved, mine);
      // Another tab wrote since this one last looked.
      if (replaced && ![rev, mine!.rev].includes(replaced.rev)) onReplaced(replaced);
    } catch (error) {
      return fail(error);
    }
    hasStored = true;
    condition.mend();
    // What was stored before the database was lost is lost.
    if (before !== doubts) return;
    keys.forEach((key) => fresh.has(key) || unsaved.delete(key));
    onStored(keys);
  }
  function begin(): void {
    const own: Promise<void> = writeDue().finally(() => {
      if (writing === own) writing = undefined;
    });
    writing = own;
  }
  const touchRecord = () => {
    isRecordDue = true;
    pace.ask();
  };

  return {
    unsaved,
    fresh,
    run,
    touchRecord,
    doubt() {
      doubts++;
      onDoubt();
      touchRecord();
    },
    set(key, value) {
      fresh.add(key);
      unsaved.set(key, value);
      pace.ask();
    },
    async written() {
      if (pace.isAsked()) begin();
      if (writing && condition.isFine()) await inTime(writing).catch(fail);
    },
    isDurable: () => mayKeep() && condition.isFine(),
    setLeft(isAway) {
      isLeft = isAway;
      database.leave(isAway);
      // What was under way may have been given up.
      renew();
      if (isAway) begin();
      else touchRecord();
    },
    isLeft: () => isLeft,
    isGone: async () => hasStored && !(await database.isThere()),
    forget() {
      unsaved.clear();
      fresh.clear();
      pace.end();
      condition.stop();
      condition.mend();
      isRecordDue = hasStored = false;
      return database.remove();
    },
  };
}
