import type { IDBObjectStore } from '../dom.js';
import type { Stop } from '../platform/listen.js';
import { inTime } from '../util/in-time.js';
import { runLater } from '../util/run-later.js';
import { committed, isFull, type Database, type Mode } from './database.js';
import { burstKey } from './stored-rows.js';

/** How long a database that failed is left alone, in milliseconds. Our choice: WebKit's are jammed for 7 to 30 s. */
const RETRY_MS = 10_000;
/** Values of one write from which on they are stored together first. Our choice: each takes Firefox 153 a tenth of a millisecond, and it may end the page meanwhile. */
const MANY = 50;
/** How often values are written on average where they come one after another, in milliseconds, and how much of that may be saved up. Our choice: people are slower. */
const WRITE_MS = 50;
const SAVED_UP_MS = 500;

/**
 * How the database is. `slow`: a write takes too long, but may be done yet. `full`: there is no room. `broken`: it fails.
 *
 * | | a write is done | takes too long | finds no room | fails otherwise |
 * | --- | --- | --- | --- | --- |
 * | then it is | fine | slow, if it was fine | full | broken |
 */
type Condition = 'fine' | 'slow' | 'full' | 'broken';

/** Values by key, in IndexedDB where that works, else in memory. Nothing in it throws or rejects. */
export interface Store {
  /** Keeps a value, or deletes it where it is undefined. What a person does is written in the next microtask; what comes faster than people act shares writes. */
  set(key: string, value: unknown): void;
  /** Has the visitor's record written with the next values. */
  touchRecord(): void;
  /** Values that are not known to be stored, by key; undefined where one is to be deleted. */
  unsaved: ReadonlyMap<string, unknown>;
  /** Begins to write what is set, and settles when that is done; at once where it takes too long. */
  write(): Promise<void>;
  /** Runs `body` in one transaction, after what was written; returns undefined where there is no database, or it fails. */
  run<Value>(mode: Mode, body: (values: IDBObjectStore) => Promise<Value>): Promise<Value | undefined>;
  /** Whether what is set outlives the page. */
  isDurable(): boolean;
  /** Whether the database fails: what was stored may be gone, and nobody hears of it. */
  isBroken(): boolean;
  /** Whether there is no room for more. */
  isFull(): boolean;
  /** What was stored may be lost. */
  doubt(): void;
  /** The page is left, or put into the back/forward cache: begins the last write, and gives up what would hold up the next page. */
  leave(): void;
  /** Whether the page is left. */
  isLeft(): boolean;
  /** The page is back out of the back/forward cache. */
  back(): void;
  /** Returns whether what this page has stored was deleted. */
  isGone(): Promise<boolean>;
  /** Deletes everything. Resolves with whether nothing is left. */
  forget(): Promise<boolean>;
}

/** What the store is made of. */
export interface StoreParts {
  database: Database;
  /** Whether anything may be kept beyond the page now; if not, values live in memory. */
  mayKeep(): boolean;
  /** Gets what ends the trying again: then what fails is left to the next page. */
  stops: Stop[];
  /** Returns the visitor's record and where it lies, if it may be stored. */
  record(): { key: string; value: { rev?: number } } | undefined;
  /** Told the record that another tab had written, which this page's has just taken the place of. */
  onReplaced(record: unknown): void;
  /** Told when the database fails, once until it works again. */
  onLost(error: unknown): void;
  /** Sets everything anew that this page has: what was stored may be lost. */
  onDoubt(): void;
  /** Deletes what is worth least, as there is no room for what comes. Resolves with whether there was something. */
  makeRoom(count: number): Promise<boolean>;
  /** Told the keys of what is stored now. */
  onStored(keys: readonly string[]): void;
}

/** Returns the store. It touches the database when it is first used. */
export function createStore({ database, mayKeep, stops, record, onReplaced, onLost, onDoubt, makeRoom, onStored }: StoreParts): Store {
  const unsaved = new Map<string, unknown>();
  /** Keys of those values that no transaction has been begun for. */
  const fresh = new Set<string>();
  let isRecordDue = false;
  let condition: Condition = 'fine';
  /** Until when a full or broken database is left alone, in milliseconds since 1970. */
  let until = 0;
  /** How many times what was stored was doubted: what was written before that may be lost. */
  let doubts = 0;
  /** Whether deleting makes room. */
  let canMakeRoom = true;
  /** Whether a transaction of this page has been done: before the first, there may be no database yet. */
  let hasStored = false;
  let writing: Promise<void> = Promise.resolve();
  let isScheduled = false;
  /** How many writes have begun and are not over. */
  let underWay = 0;
  /** Until when the writes of the latest time use up what one may write. */
  let paidUntil = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  /** Settles when the page is back; undefined while it is here. */
  let away: Promise<void> | undefined;
  let comeBack = () => {};
  let isStopped = false;
  stops.push(() => {
    isStopped = true;
    clearTimeout(retry);
  });

  function turn(next: Condition, error?: unknown): void {
    if (next !== 'fine' && condition === 'fine') onLost(error);
    condition = next;
    until = Date.now() + RETRY_MS;
  }

  const isFailing = () => condition === 'broken' || condition === 'slow';

  /** Whether a transaction would come to nothing: one begun by a page that is left is lost in WebKit, and holds up the next page. */
  const isJammed = () => away && /Apple/.test(navigator.vendor);

  /** Runs one transaction, once more if the page was left meanwhile and is back. `isPatient`: however long it takes, and also where the last one failed. */
  async function run<Value>(mode: Mode, body: (values: IDBObjectStore) => Promise<Value>, isPatient = false): Promise<Value | undefined> {
    if (!mayKeep() || (isFailing() && !isPatient && Date.now() < until) || isJammed()) return undefined;
    try {
      const value = await database(mode, body, isPatient);
      hasStored = true;
      if (condition === 'broken') {
        turn('fine');
        doubt();
      }
      return value;
    } catch (error) {
      if (away) {
        await away;
        return run(mode, body, isPatient);
      }
      // What is not done in time may be done yet: nothing of it is lost by that.
      turn(error === 'timeout' ? 'slow' : isFull(error) ? 'full' : 'broken', error);
      // What is in memory alone is stored as soon as that works.
      if (unsaved.size && !isStopped) retry ??= runLater(again, RETRY_MS);
    }
    return undefined;
  }
  function again(): void {
    retry = undefined;
    // What is being written, however long that takes, must not be written beside it again and again.
    if (!underWay) renew();
    schedule();
  }
  /** Has everything written that is not known to be stored. */
  function renew(): void {
    for (const key of unsaved.keys()) fresh.add(key);
  }

  async function writeAll(): Promise<void> {
    isScheduled = false;
    clearTimeout(timer);
    if (condition === 'full') {
      if (Date.now() < until) return;
      renew();
    }
    const keys = [...fresh];
    fresh.clear();
    const known = isRecordDue ? record() : undefined;
    isRecordDue = false;
    if (!keys.length && !known) return;
    const before = doubts;
    const rev = known?.value.rev;
    let replaced: { rev?: number } | undefined;
    let isDone = false;
    if (known) known.value.rev = Math.random();
    const entries = keys.flatMap((key) => (unsaved.get(key) === undefined ? [] : [[key, unsaved.get(key)]]));
    const burst = entries.length > MANY && burstKey(keys[0]!);
    if (burst) {
      void run('readwrite', (values) => {
        values.put(entries, burst);
        return committed(values);
      }, true);
    }
    const put = () =>
      run(
        'readwrite',
        (values) => {
          // As they are now: what was settled in the meantime would come back.
          for (const key of keys) {
            if (!unsaved.has(key)) continue;
            const value = unsaved.get(key);
            if (value === undefined) values.delete(key);
            else values.put(value, key);
          }
          if (burst) values.delete(burst);
          if (known) {
            // Asked for in the same breath, since the transaction must be complete without an answer: what is replaced here.
            values.get(known.key).onsuccess = ({ target }) => (replaced = (target as IDBRequest<{ rev?: number } | undefined>).result);
            values.put(known.value, known.key);
          }
          return committed(values).then(() => (isDone = true));
        },
        // A database that is slow has it in the end: what would not even be begun could be lost.
        true,
      );
    underWay++;
    await put();
    underWay--;
    if (!isDone && condition === 'full' && canMakeRoom && (await makeRoom(2 * keys.length))) {
      await put();
      canMakeRoom = isDone;
    }
    // Another tab wrote since this one last looked.
    if (replaced && known && replaced.rev !== rev && replaced.rev !== known.value.rev) onReplaced(replaced);
    if (!isDone) return;
    turn('fine');
    // What was stored before the database was lost is lost.
    if (before !== doubts) return;
    for (const key of keys) if (!fresh.has(key)) unsaved.delete(key);
    onStored(keys);
  }

  function begin(): void {
    writing = writeAll().catch(late);
  }
  function late(error: unknown): void {
    if (condition === 'fine') turn('slow', error);
  }
  async function write(): Promise<void> {
    if (isScheduled) begin();
    // A timer for each write would cost a fifth of it.
    if (condition !== 'slow') await inTime(writing).catch(late);
  }

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    const now = Date.now();
    // A clock that was set back makes nobody wait.
    paidUntil = Math.max(Math.min(paidUntil, now + WRITE_MS), now - SAVED_UP_MS) + WRITE_MS;
    // A microtask: one transaction for all of this task, begun before the page can go away.
    if (paidUntil <= now || away) void Promise.resolve().then(() => isScheduled && begin());
    else timer = runLater(begin, paidUntil - now);
  }

  function doubt(): void {
    doubts++;
    onDoubt();
    isRecordDue = true;
    schedule();
  }

  return {
    unsaved,
    run,
    write,
    doubt,
    set(key, value) {
      // What was never stored needs not be deleted.
      if (value === undefined && !hasStored) {
        unsaved.delete(key);
        fresh.delete(key);
        return;
      }
      unsaved.set(key, value);
      fresh.add(key);
      schedule();
    },
    touchRecord() {
      isRecordDue = true;
      schedule();
    },
    isDurable: () => mayKeep() && condition === 'fine',
    isBroken: () => condition === 'broken',
    isFull: () => condition === 'full',
    leave() {
      away ??= new Promise((resolve) => (comeBack = resolve));
      database.leave(true);
      // What was under way may have been given up.
      renew();
      begin();
    },
    isLeft: () => !!away,
    back() {
      away = undefined;
      database.leave(false);
      comeBack();
      renew();
      isRecordDue = true;
      schedule();
    },
    isGone: async () => hasStored && !(await database.isThere()),
    async forget() {
      unsaved.clear();
      fresh.clear();
      clearTimeout(timer);
      clearTimeout(retry);
      retry = undefined;
      isScheduled = isRecordDue = hasStored = false;
      condition = 'fine';
      return database.remove().then(
        () => true,
        () => false,
      );
    },
  };
}
