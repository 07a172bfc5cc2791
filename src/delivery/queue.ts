import { promisifyRequest } from 'idb-keyval';
import type { Stop } from '../browser/listen.js';
import type { Profile } from '../identity/profile.js';
import { measure, overflow, worthOf, type Bounds, type DropCause, type Stored } from './bounds.js';
import type { Journal, Sent } from './journal.js';
import { committed, inTime, type Store } from './store.js';
import { NO_TURN, readTurn, type Turn } from './turn.js';

/** One event as it is kept. */
export interface Row {
  id: string;
  /** What the event shares with others, as JSON. */
  context: string;
  /** The event itself, as JSON. */
  event: string;
}

/** Whether something that was stored is a row. */
export const isRow = (row: Row | null): boolean => [row?.id, row?.context, row?.event].every((text) => typeof text === 'string');

/** Where the profile and the turn lie. Event ids begin with a hex digit, so they do not meet. */
const PROFILE = 'profile';
const TURN = 'turn';
/** Where the events of a burst lie together until each has its row; followed by the id of the first. */
const BURST = '~';
const range = (after = '0') => IDBKeyRange.bound(after, 'g', true);

/** How long a store that failed is left alone, in milliseconds. Our choice: WebKit's are jammed for 7 to 30 s. */
const BROKEN_MS = 10_000;
/** Least time between two writes of the profile for events alone, in milliseconds. Our choice: people are slower, and each costs half as much as an event's. */
const PROFILE_MS = 250;
/** Events that are looked at in one go, and after which it is looked whether there are too many. Our choice: a look takes a few milliseconds. */
const PAGE = 200;
/** Events of one task from which on they are stored together first. Our choice: each row takes Firefox 153 a tenth of a millisecond, and it may end the page meanwhile. */
const MANY = 50;
/** What an event takes at least, in UTF-16 units, for a guess at what all of them take. Our choice: most take less. */
const USUAL_LENGTH = 1000;
/** After so many failures in a row, what is too old goes. Our choice: not at the first one, since a clock may be wrong for a moment. */
const FEW_FAILURES = 4;

/** Events that wait for the collector's confirmation, the visitor's profile, and whose turn it is to send. Nothing in it throws or rejects. */
export interface Queue {
  /** Reads the profile, makes one where there is none, and stores it. Returns undefined where there is no store. */
  load(): Promise<Profile | undefined>;
  /** Takes an event; its write to IndexedDB starts in the next microtask, together with the profile. */
  add(row: Row): void;
  /** Stores the profile, with the events of the same task. */
  save(): void;
  /** Settles when what was taken so far is stored. */
  written(): Promise<void>;
  /** Returns the turn as it was last seen. */
  turn(): Turn;
  /**
   * One step of sending, in one transaction among all tabs: forgets the events that are settled, lets `decide` change the turn, and if it is this
   * tab's (`isMine`) returns the oldest events, stored or not, of all tabs. Without an event to send, the turn is over.
   */
  step(settled: readonly string[], limit: number, decide: (turn: Turn) => { turn: Turn; isMine: boolean }): Promise<Row[]>;
  /** Returns at once the events of this page that nobody has confirmed, those worth most first. */
  own(): Row[];
  /** Returns how many events wait. */
  count(): Promise<number>;
  /**
   * The page may be seen for the last time: leaves to the next one what may not be stored.
   *
   * @param isLeft whether this page is left, or put into the back/forward cache
   * @param sent what went out while the collector was well, if nobody will see the answers
   */
  leave(isLeft: boolean, sent: Sent): void;
  /** The page is back out of the back/forward cache. */
  back(): Promise<unknown>;
  /** Whether events outlive the page. */
  durable(): boolean;
  /** Changes every event that waits, here and in the store. */
  revise(change: (row: Row) => Row): Promise<void>;
  /** Returns all that is kept, by its place; what this page has in memory where there is no store. */
  entries(): Promise<[place: string, value: unknown][]>;
  /** Returns whether what this page has kept was deleted. */
  isGone(): Promise<boolean>;
  /** Forgets everything that is kept, also by other pages. Resolves with whether nothing is left. */
  forget(): Promise<boolean>;
}

/** What the queue is made of. */
export interface QueueParts {
  store: Store;
  journal: Journal;
  /** Whether anything may be kept beyond the page now; if not, events live in memory. */
  mayKeep(): boolean;
  /** Whether what was sent as a page was left is never sent again; else, the collector is asked about it. */
  isOnce: boolean;
  bounds: Bounds;
  /** Gets what ends the trying again: then what fails is left to the next page. */
  stops?: Stop[];
  /** Returns the profile, if it may be stored. */
  profile(): Profile | undefined;
  /** Mends or makes a profile. */
  revive(stored: unknown): Profile;
  /** Told of events that will never arrive. */
  drop(cause: DropCause, count: number): void;
  /** Told when IndexedDB fails, once until it works again; as long as it does not, events live in memory. */
  onLost(error: unknown): void;
  /** Told the profile that another tab had written, which this tab's has just taken the place of. */
  onOverwritten(profile: Profile): void;
}

/** Returns a queue that keeps events in IndexedDB, and in memory where there is none. */
export function createQueue({ store, journal, mayKeep, isOnce, bounds, stops, profile, revive, drop, onLost, onOverwritten }: QueueParts): Queue & { restore(): void } {
  /** The events of this page that are not confirmed. */
  const own = new Map<string, Row>();
  /** Those of them that are not known to be stored. */
  const pending = new Map<string, Row>();
  /** Those of them that no transaction has been started for. */
  let fresh: Row[] = [];
  let isScheduled = false;
  let writing = Promise.resolve();
  let isBroken = false;
  let brokenUntil = 0;
  /** Whether a write takes too long. */
  let isSlow = false;
  let seen = NO_TURN;
  let added = 0;
  let isAway = false;
  /** Ids of settled events that are still stored, since there was no way to the store. */
  let undone: string[] = [];
  let longest = USUAL_LENGTH;
  /** Until when nothing is written, since there was no room; 0: there is. */
  let fullUntil = 0;
  /** Whether dropping events makes room. */
  let canMakeRoom = true;
  /** How many times all was stored anew. */
  let era = 0;
  /** Whether something else than an event changed the profile. */
  let isChanged = false;
  /** Whether the stored profile lacks the latest events. */
  let isBehind = false;
  let later: ReturnType<typeof setTimeout> | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  stops?.push(() => {
    clearTimeout(again);
    // As if one were under way.
    again = 0 as never;
  });

  /** Whether a transaction would come to nothing: one begun by a page that is left is lost in WebKit, and holds up the next page. */
  const isJammed = () => isAway && /Apple/.test(navigator.vendor);

  /** Runs one transaction; returns undefined where there is no store, or it fails. */
  async function run<Value>(mode: IDBTransactionMode, body: (store: IDBObjectStore) => Promise<Value>, isPatient = false): Promise<Value | undefined> {
    if (!mayKeep() || (isBroken && !isPatient && Date.now() < brokenUntil) || isJammed()) return undefined;
    try {
      const value = await store(mode, body, isPatient);
      if (isBroken) restore();
      isBroken = false;
      return value;
    } catch (error) {
      const until = Date.now() + BROKEN_MS;
      if (!isBroken && !fullUntil && !isSlow) onLost(error);
      if (/quota/i.test(`${(error as Error | null)?.name}`)) fullUntil = until;
      else {
        isBroken = true;
        brokenUntil = until;
      }
      // What is in memory alone is stored as soon as that works.
      if (pending.size) again ??= setTimeout(() => ((again = undefined), save()), BROKEN_MS);
    }
    return undefined;
  }

  /** Stores all that this page has: what was stored may be lost. */
  function restore(): void {
    era++;
    fresh = [...own.values()];
    for (const row of fresh) pending.set(row.id, row);
    save();
  }

  /** Forgets events in memory. */
  function forget(ids: Iterable<string>): void {
    for (const id of ids) {
      own.delete(id);
      pending.delete(id);
    }
  }

  /** Keeps within the bounds. Returns how many events had to go. */
  async function trim(maxStoredEvents = bounds.maxStoredEvents): Promise<number> {
    const stored: Stored[] = [];
    let rows: Row[] | undefined;
    do {
      // Page by page: a single look at ten thousand would be a long task.
      const after = stored[stored.length - 1]?.id;
      rows = (await run('readonly', (events) => promisifyRequest<Row[]>(events.getAll(range(after), PAGE))))?.filter(isRow);
      stored.push(...(rows ?? []).map(measure));
    } while (rows?.length);
    // What is in memory alone takes no room in the store.
    if (!rows && maxStoredEvents < bounds.maxStoredEvents) return 0;
    const causes = Object.entries(overflow(rows ? stored : [...own.values()].map(measure), { ...bounds, maxStoredEvents }, Date.now()));
    let total = 0;
    for (const [cause, ids] of causes) {
      if (!ids.length) continue;
      const found = await run('readwrite', async (events) => {
        let count = 0;
        // Another tab may have come first.
        for (const id of ids) if (await promisifyRequest(events.getKey(id))) count++;
        for (const id of ids) events.delete(id);
        await committed(events);
        return count;
      });
      // Without a store, they are this page's.
      const count = found ?? ids.length;
      if (found === undefined && rows) continue;
      forget(ids);
      if (count) drop(cause as DropCause, count);
      total += count;
    }
    return total;
  }

  /** Keeps within the bounds, where a guess says that they may be broken. */
  async function check(count: number): Promise<void> {
    if (count > bounds.maxStoredEvents || count * longest > bounds.maxStoredBytes || (count && seen.failures > FEW_FAILURES)) await trim();
  }

  async function write(): Promise<void> {
    isScheduled = false;
    if (fullUntil > Date.now()) return;
    const rows = fullUntil ? [...pending.values()] : fresh;
    fresh = [];
    const before = era;
    const isDue = isChanged || !later;
    const known = isDue ? profile() : undefined;
    isChanged = false;
    if (isDue) {
      clearTimeout(later);
      // What follows at once is written with its events alone, and the profile after it.
      later = setTimeout(() => {
        later = undefined;
        if (isBehind) save();
      }, PROFILE_MS);
    }
    isBehind = !isDue;
    const rev = known?.rev;
    let found: Profile | undefined;
    let isDone = false;
    if (known) known.rev = Math.random();
    const burst = rows.length > MANY && BURST + rows[0]!.id;
    if (burst) {
      void run('readwrite', (events) => {
        events.put(rows, burst);
        return committed(events);
      }, true);
    }
    const put = () =>
      run(
        'readwrite',
        (events) => {
          for (const row of rows) events.put(row, row.id);
          if (burst) events.delete(burst);
          if (known) {
            // Asked for in the same breath, since the transaction must be complete without an answer: what is overwritten here.
            events.get(PROFILE).onsuccess = ({ target }) => (found = (target as IDBRequest<Profile | undefined>).result);
            events.put(known, PROFILE);
          }
          return committed(events).then(() => (isDone = true));
        },
        // A store that is slow has it in the end: what would not even be begun could be lost.
        true,
      );
    await put();
    // Nothing goes out that would make room: what is worth least makes it, if that helps.
    if (!isDone && fullUntil && seen.failures && canMakeRoom && (await trim(Math.max(0, (await count()) - 2 * rows.length)))) {
      await put();
      canMakeRoom = isDone;
    }
    // Another tab wrote since this one last looked.
    if (found && known && found.rev !== rev && found.rev !== known.rev) onOverwritten(found);
    // What was stored before the store was lost is lost.
    if (!isDone || before !== era) return;
    fullUntil = 0;
    isSlow = false;
    const ids = rows.map(({ id }) => id);
    for (const id of ids) pending.delete(id);
    journal.clear(ids);
  }

  /** Returns how many events wait. */
  const count = async (): Promise<number> => (await run('readonly', (events) => promisifyRequest(events.count(range())))) ?? own.size;

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    // A microtask: one transaction for all events of this task, begun before the page can go away.
    writing = inTime(Promise.resolve().then(write)).catch((error) => {
      if (durable()) onLost(error);
      isSlow = true;
    });
  }

  function save(): void {
    isChanged = true;
    schedule();
  }

  async function load(): Promise<Profile | undefined> {
    const { rows, sent } = journal.take();
    const batches = Object.keys(sent);
    let size = 0;
    let isLost = false;
    const known = await run('readwrite', async (events) => {
      const bursts = IDBKeyRange.lowerBound(BURST);
      const left = (await promisifyRequest<Row[][]>(events.getAll(bursts))).flat().filter(isRow);
      events.delete(bursts);
      for (const row of [...rows, ...left]) events.put(row, row.id);
      const found: unknown = await promisifyRequest(events.get(PROFILE));
      const turn = readTurn(await promisifyRequest(events.get(TURN)));
      isLost = turn === NO_TURN && seen !== NO_TURN;
      // One that is there: where it is missing later, all was lost.
      events.put((seen = isOnce ? { ...turn } : { ...turn, unsure: { ...turn.unsure, ...sent } }), TURN);
      if (isOnce) for (const id of Object.values(sent).flat()) events.delete(id);
      size = await promisifyRequest(events.count(range()));
      const revived = revive(found);
      if (revived !== found) events.put(revived, PROFILE);
      // Nobody has to wait for that: the visitor is known.
      committed(events).then(
        () => journal.clear([...rows.map(({ id }) => id), ...batches]),
        () => {},
      );
      return revived;
    });
    if (!known) {
      // What may not be sent again stays where it is, until there is a store.
      for (const row of rows) if (!isOnce || !Object.values(sent).flat().includes(row.id)) own.set(row.id, row);
      if (batches.length) seen = { ...seen, unsure: { ...seen.unsure, ...sent } };
    }
    if (isOnce) forget(Object.values(sent).flat());
    if (isLost) restore();
    void check(size);
    return known;
  }

  const durable = (): boolean => mayKeep() && !isBroken && !fullUntil && !isSlow;

  /** Returns rows, those worth most first. */
  const bestFirst = (rows: Map<string, Row>): Row[] => [...rows.values()].sort((a, b) => worthOf(b) - worthOf(a));

  return {
    load,
    add(row) {
      own.set(row.id, row);
      pending.set(row.id, row);
      fresh.push(row);
      schedule();
      if (isAway) journal.add({ rows: [row], sent: {} });
      longest = Math.max(longest, row.event.length + row.context.length);
      if (++added % PAGE === 0) void writing.then(count).then(check);
    },
    save,
    restore,
    async written() {
      await writing;
    },
    turn: () => seen,
    async step(settled, limit, decide) {
      // Not before they are written, or the write would bring them back.
      await writing;
      forget(settled);
      journal.clear(settled);
      const done = [...undone, ...settled];
      let unreadable = 0;
      let isLost = false;
      let isMine = false;
      const rows = await run('readwrite', async (events) => {
        for (const id of done) events.delete(id);
        const found = readTurn(await promisifyRequest(events.get(TURN)));
        isLost = found === NO_TURN && seen !== NO_TURN;
        const decided = decide(found);
        ({ isMine } = decided);
        const all = isMine ? await promisifyRequest<Row[]>(events.getAll(range(), limit)) : [];
        const rows = all.filter(isRow);
        unreadable = all.length - rows.length;
        if (unreadable) {
          const keys = await promisifyRequest(events.getAllKeys(range(), limit));
          keys.forEach((key, index) => rows.includes(all[index]!) || events.delete(key));
        }
        seen = rows.length || !isMine ? decided.turn : { ...decided.turn, until: 0 };
        events.put(seen, TURN);
        await committed(events);
        return rows;
      });
      undone = rows || !mayKeep() ? [] : done;
      // What there is no room for goes out from memory.
      const rest = isMine && fullUntil ? [...pending.values()].filter(({ id }) => !rows?.some((row) => row.id === id)) : [];
      rows?.push(...rest.slice(0, limit));
      if (unreadable) drop('unreadable', unreadable);
      if (isLost) restore();
      if (!rows) {
        const decided = decide(seen);
        seen = decided.turn;
        return decided.isMine ? [...own.values()].slice(0, limit) : [];
      }
      // All of the store was seen: what is no longer there, another tab has delivered.
      if (isMine && !isLost && rows.length < limit) {
        const ids = new Set(rows.map(({ id }) => id));
        forget([...own.keys()].filter((id) => !ids.has(id) && !pending.has(id)));
      }
      return rows;
    },
    own: () => bestFirst(own),
    async count() {
      await writing;
      return count();
    },
    leave(isLeft, sent) {
      if (isBehind) save();
      isAway ||= isLeft;
      const rows = bestFirst(pending);
      if (rows.length || Object.keys(sent).length) journal.add({ rows, sent });
    },
    back() {
      isAway = false;
      fresh = [...pending.values()];
      save();
      // What this page itself has left is looked at as by any other.
      return load();
    },
    durable,
    async revise(change) {
      fresh = fresh.map(change);
      for (const rows of [own, pending]) for (const row of rows.values()) rows.set(row.id, change(row));
      let after: string | undefined;
      do {
        after = await run('readwrite', async (events) => {
          const rows = await promisifyRequest<Row[]>(events.getAll(range(after), PAGE));
          for (const row of rows.filter(isRow)) {
            const changed = change(row);
            if (changed.context !== row.context || changed.event !== row.event) events.put(changed, row.id);
          }
          await committed(events);
          return rows[PAGE - 1]?.id;
        });
      } while (after);
    },
    async entries() {
      await writing;
      const stored = await run('readonly', async (events) => {
        const [keys, values] = await Promise.all([promisifyRequest(events.getAllKeys()), promisifyRequest<unknown[]>(events.getAll())]);
        return keys.map((key, index): [string, unknown] => [`${key as string}`, values[index]]);
      });
      return stored ?? [...own];
    },
    // A store that was never seen may not be there yet.
    isGone: async () => seen !== NO_TURN && !(await store.isThere()),
    async forget() {
      own.clear();
      pending.clear();
      fresh = [];
      undone = [];
      seen = NO_TURN;
      isBehind = isChanged = isBroken = isSlow = false;
      fullUntil = 0;
      clearTimeout(later);
      clearTimeout(again);
      later = again = undefined;
      journal.forget();
      return store.remove().then(
        () => true,
        () => false,
      );
    },
  };
}
