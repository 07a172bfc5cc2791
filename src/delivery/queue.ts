import { promisifyRequest } from 'idb-keyval';
import { NO_TURN, readTurn, type Turn } from './turn.js';
import type { IDBObjectStore } from '../dom.js';
import { inTime } from '../util/in-time.js';
import { committed, isFull, type Mode, type Store } from './store.js';
import { runLater } from '../util/run-later.js';
import type { Profile } from '../identity/profile.js';
import type { Journal, Sent } from './journal.js';
import { burstKey, keyed, move, readOldest, spread, type Left, type Reader as StoredReader } from './stored-rows.js';
import { measure, overflow, worthOf, type Bounds, type DropCause, type Stored } from './bounds.js';
import { isRow, type Row } from './row.js';
import type { Stop } from '../browser/listen.js';
import { prefixOf, within } from './place.js';

/** Where the profile lies and the turns: the first collector's and, with their prefixes behind it, those of others. Event ids begin with a hex digit, so they do not meet. */
const PROFILE = 'profile';
const TURN = 'turn';
/** Length of a batch's id, a UUID. */
const BATCH_ID = 36;
/** A day, in milliseconds. */
const DAY_MS = 86_400_000;

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

/** A collector, as far as the queue knows it. */
export interface Reader extends StoredReader {
  /** Whether what was sent to it as a page was left is never sent again; else, it is asked about it. */
  isOnce: boolean;
}

/** Events that wait for confirmation, a row for each collector that they wait for, and the visitor's profile. Nothing in it throws or rejects. */
export interface Queue {
  /** Reads the profile, makes one where there is none, and stores it. Returns undefined where there is no store. */
  load(): Promise<Profile | undefined>;
  /** Takes an event; its write to IndexedDB starts in the next microtask, together with the profile. */
  add(row: Row): void;
  /** Stores the profile, with the events of the same task. */
  save(): void;
  /** Settles when what was taken so far is stored. */
  written(): Promise<void>;
  /** Returns how many events wait, each once. */
  count(): Promise<number>;
  /** The page is back out of the back/forward cache. */
  back(): Promise<unknown>;
  /** Changes every event that waits, here and in the store. */
  revise(change: (row: Row) => Row): Promise<void>;
  /** Runs `body` in one transaction; returns undefined where there is no store, or it fails. */
  run<Value>(mode: Mode, body: (store: IDBObjectStore) => Promise<Value>): Promise<Value | undefined>;
  /** Returns whether what this page has kept was deleted. */
  isGone(): Promise<boolean>;
  /** Forgets everything that is kept, also by other pages. Resolves with whether nothing is left. */
  forget(): Promise<boolean>;
  /** What of it is for each of the collectors, in their order. */
  lanes: readonly Lane[];
}

/** What waits for one collector, and whose turn it is to send it. */
export interface Lane {
  /** Returns the turn as it was last seen. */
  turn(): Turn;
  /**
   * One step of sending, in one transaction among all tabs: forgets the events that are settled, lets `decide` change the turn, and if it is this
   * tab's (`isMine`) returns the oldest events, stored or not, of all tabs. Without an event to send, the turn is over.
   */
  step(settled: readonly string[], limit: number, decide: (turn: Turn) => { turn: Turn; isMine: boolean }): Promise<Row[]>;
  /** Returns at once the events of this page that it has not confirmed, those worth most first. */
  own(): Row[];
  /** Returns how many events wait for it. */
  count(): Promise<number>;
  /**
   * The page may be seen for the last time: leaves to the next one what may not be stored.
   *
   * @param isLeft whether this page is left, or put into the back/forward cache
   * @param sent what went out while the collector was well, if nobody will see the answers
   */
  leave(isLeft: boolean, sent: Sent): void;
  /** Whether events outlive the page. */
  durable(): boolean;
}

/** What the queue is made of. */
export interface QueueParts {
  store: Store;
  journal: Journal;
  /** Whether anything may be kept beyond the page now; if not, events live in memory. */
  mayKeep(): boolean;
  /** The collectors; there is at least one. */
  readers: readonly Reader[];
  bounds: Bounds;
  /** Gets what ends the trying again: then what fails is left to the next page. */
  stops?: Stop[];
  /** Returns the profile, if it may be stored. */
  profile(): Profile | undefined;
  /** Mends or makes a profile. */
  revive(stored: unknown): Profile;
  /** Told of events that will never arrive, and at which of the collectors. */
  drop(cause: DropCause, count: number, slots: readonly string[]): void;
  /** Told when IndexedDB fails, once until it works again; as long as it does not, events live in memory. */
  onLost(error: unknown): void;
  /** Told the profile that another tab had written, which this tab's has just taken the place of. */
  onOverwritten(profile: Profile): void;
}

/** Returns a queue that keeps events in IndexedDB, and in memory where there is none. */
export function createQueue({ store, journal, mayKeep, readers, bounds, stops, profile, revive, drop, onLost, onOverwritten }: QueueParts): Queue & { restore(): void } {
  const isOne = readers.length < 2;
  const lanes = readers.map((reader, index) => ({
    ...reader,
    /** What the keys of its events begin with. */
    prefix: isOne ? '' : prefixOf(reader.slot),
    /** Where its turn lies: the first collector's in one place, whichever it is. */
    turnKey: TURN + (index ? prefixOf(reader.slot) : ''),
    /** The events of this page that it has not confirmed. */
    mine: new Map<string, Row>(),
    seen: NO_TURN,
    /** Ids of settled events that still wait for it in the store, since there was no way there. */
    undone: [] as string[],
  }));
  type Reading = (typeof lanes)[number];
  const first = lanes[0]!;
  /** The events of this page that are not known to be stored. */
  const pending = new Map<string, Row>();
  /** Those of them that no transaction has been started for. */
  let fresh: Row[] = [];
  let isScheduled = false;
  let writing = Promise.resolve();
  let isBroken = false;
  let brokenUntil = 0;
  /** Whether a write takes too long. */
  let isSlow = false;
  let added = 0;
  /** Settles when the page is back; undefined while it is here. */
  let away: Promise<void> | undefined;
  let comeBack = () => {};
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
  /** Whether a transaction of this page has been done: before the first, there may be no database yet. */
  let hasStored = false;
  stops?.push(() => {
    clearTimeout(again);
    // As if one were under way.
    again = 0 as never;
  });

  /** Whether a transaction would come to nothing: one begun by a page that is left is lost in WebKit, and holds up the next page. */
  const isJammed = () => away && /Apple/.test(navigator.vendor);

  /** Runs one transaction, once more if the page was left meanwhile and is back; returns undefined where there is no store, or it fails. */
  async function run<Value>(mode: Mode, body: (store: IDBObjectStore) => Promise<Value>, isPatient = false): Promise<Value | undefined> {
    if (!mayKeep() || (isBroken && !isPatient && Date.now() < brokenUntil) || isJammed()) return undefined;
    try {
      const value = await store(mode, body, isPatient);
      hasStored = true;
      if (isBroken) restore();
      isBroken = false;
      return value;
    } catch (error) {
      if (away) {
        await away;
        return run(mode, body, isPatient);
      }
      const until = Date.now() + BROKEN_MS;
      if (!isBroken && !fullUntil && !isSlow) onLost(error);
      if (isFull(error)) fullUntil = until;
      else {
        isBroken = true;
        brokenUntil = until;
      }
      // What is in memory alone is stored as soon as that works.
      if (pending.size) again ??= runLater(() => ((again = undefined), save()), BROKEN_MS);
    }
    return undefined;
  }

  /** Returns the events of this page that somebody has not confirmed. */
  const owned = (): Map<string, Row> => new Map(lanes.flatMap(({ mine }) => [...mine]));

  /** Stores all that this page has: what was stored may be lost. */
  function restore(): void {
    era++;
    fresh = [...owned().values()];
    for (const row of fresh) pending.set(row.id, row);
    save();
  }

  /** Forgets events in memory. */
  function forget(ids: Iterable<string>, those = lanes): void {
    for (const id of ids) {
      for (const { mine } of those) mine.delete(id);
      if (!lanes.some(({ mine }) => mine.has(id))) pending.delete(id);
    }
  }

  /** Returns an event with where it belongs, for the next page to put it there. */
  const withPrefixes = (row: Row): Left => ({ ...row, at: lanes.filter(({ mine }) => mine.has(row.id)).map(({ prefix }) => prefix) });

  /**
   * Calls `visit` with each event stored for a collector, in a transaction in which it may be changed; twice, if that had to be tried again. Returns whether there
   * is a store that was read to its end.
   */
  async function visitStored({ prefix }: Reading, visit: (row: Row, events: IDBObjectStore) => void): Promise<boolean> {
    let rows: Row[] | undefined;
    let after: string | undefined;
    await run('readwrite', spread);
    do {
      // Page by page: a single look at ten thousand would be a long task.
      rows = await run('readwrite', async (events) => {
        const page = (await promisifyRequest<Row[]>(events.getAll(within(prefix, after), PAGE))).filter(isRow);
        for (const row of page) visit(row, events);
        await committed(events);
        return page;
      });
      after = rows?.[rows.length - 1]?.id;
    } while (after);
    return !!rows;
  }

  /** Keeps a collector's events within the bounds. Returns how many had to go. */
  async function trim(lane: Reading, maxStoredEvents = bounds.maxStoredEvents): Promise<number> {
    const { mine, prefix, slot } = lane;
    const stored = new Map<string, Stored>();
    const isRead = await visitStored(lane, (row) => stored.set(row.id, measure(row)));
    // What is in memory alone takes no room in the store.
    if (!isRead && maxStoredEvents < bounds.maxStoredEvents) return 0;
    const looked = isRead ? [...stored.values()] : [...mine.values()].map(measure);
    let total = 0;
    for (const [cause, ids] of Object.entries(overflow(looked, { ...bounds, maxStoredEvents }, Date.now()))) {
      if (!ids.length) continue;
      const found = await run('readwrite', async (events) => {
        const there: string[] = [];
        // Another tab may have come first.
        for (const id of ids) if (await promisifyRequest(events.getKey(prefix + id))) there.push(id);
        for (const id of ids) events.delete(prefix + id);
        await committed(events);
        return there;
      });
      if (!found && isRead) continue;
      // Without a store, they are this page's.
      const gone = found ?? ids;
      forget(ids, [lane]);
      drop(cause as DropCause, gone.length, [slot]);
      total += gone.length;
    }
    return total;
  }

  /**
   * Keeps within the bounds, where a guess says that they may be broken.
   *
   * @param sizes how many events wait for each collector; used up
   */
  async function check(sizes: number[]): Promise<void> {
    for (const lane of lanes) {
      const size = sizes.shift()!;
      if (size > bounds.maxStoredEvents || size * longest > bounds.maxStoredBytes || (size && lane.seen.failures > FEW_FAILURES)) await trim(lane);
    }
  }

  async function write(): Promise<void> {
    isScheduled = false;
    if (fullUntil > Date.now()) return;
    const rows = fullUntil ? [...pending.values()] : fresh;
    fresh = [];
    const before = era;
    const isDue = isChanged || !later || away;
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
    const burst = rows.length > MANY && burstKey(rows);
    if (burst) {
      void run('readwrite', (events) => {
        events.put(rows.map(withPrefixes), burst);
        return committed(events);
      }, true);
    }
    const put = () =>
      run(
        'readwrite',
        (events) => {
          // What was settled in the meantime would come back.
          for (const row of rows) for (const { mine, prefix } of lanes) if (mine.has(row.id)) events.put(row, prefix + row.id);
          if (burst) events.delete(burst);
          // What was to say so has been given up as the page was left.
          if (away) for (const { undone, prefix } of lanes) for (const id of undone) events.delete(prefix + id);
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
    if (!isDone && fullUntil && canMakeRoom) {
      let made = 0;
      for (const lane of lanes) if (lane.seen.failures) made += await trim(lane, Math.max(0, (await count([lane])) - 2 * rows.length));
      if (made) await put();
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

  /** Returns how many events wait, for any of these. */
  const count = async (those = lanes): Promise<number> =>
    (await run('readonly', async (events) => {
      if (those.length < 2) return promisifyRequest(events.count(within(those[0]!.prefix)));
      const keys = await Promise.all(those.map(({ prefix }) => promisifyRequest(events.getAllKeys(within(prefix)))));
      // Each once, however many wait for it.
      return new Set(keys.flat().map((key) => `${key}`.split('~').pop())).size;
    })) ?? new Set(those.flatMap(({ mine }) => [...mine.keys()])).size;

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    // A microtask: one transaction for all events of this task, begun before the page can go away.
    writing = Promise.resolve().then(write).catch(slow);
  }
  function slow(error: unknown): void {
    if (durable()) onLost(error);
    isSlow = true;
  }
  /** Settles when what was taken so far is stored, or at once where that takes too long. A timer for each write would cost a fifth of it. */
  const written = async (): Promise<void> => (isSlow ? undefined : inTime(writing).catch(slow));

  function save(): void {
    isChanged = true;
    schedule();
  }

  async function load(): Promise<Profile | undefined> {
    const { rows, sent } = journal.take();
    const left = keyed(rows);
    /** What was sent to a collector. */
    const sentTo = ({ prefix }: Reading): Sent =>
      Object.fromEntries(
        Object.entries(sent)
          .filter(([key]) => key.slice(BATCH_ID) === prefix)
          .map(([key, ids]) => [key.slice(0, BATCH_ID), ids]),
      );
    let isLost = false;
    let sizes: number[] = [];
    const known = await run('readwrite', async (events) => {
      sizes = [];
      for (const [key, row] of left) events.put(row, key);
      await spread(events);
      // The shop has one collector more or less than at the visit before: what waited for the only one waits for the first.
      await (isOne ? move(events, prefixOf(first.slot), '') : move(events, '', first.prefix));
      const found = await promisifyRequest<unknown>(events.get(PROFILE));
      for (const lane of lanes) {
        const { isOnce, prefix } = lane;
        const turn = readTurn(await promisifyRequest(events.get(lane.turnKey)));
        isLost ||= turn === NO_TURN && lane.seen !== NO_TURN;
        lane.seen = { ...turn, ...(!isOnce && { unsure: { ...turn.unsure, ...sentTo(lane) } }), ...(lane === first && { gone: await clear(events, turn.gone) }) };
        // One that is there: where it is missing later, all was lost.
        events.put(lane.seen, lane.turnKey);
        sizes.push(await promisifyRequest(events.count(within(prefix))));
        if (isOnce) for (const id of Object.values(sentTo(lane)).flat()) events.delete(prefix + id);
      }
      const revived = revive(found);
      if (revived !== found) events.put(revived, PROFILE);
      // Nobody has to wait for that: the visitor is known.
      committed(events).then(
        () => journal.clear([...rows.map(({ id }) => id), ...Object.keys(sent)]),
        () => {},
      );
      return revived;
    });
    for (const lane of lanes) {
      const told = sentTo(lane);
      const ids = Object.values(told).flat();
      if (!known) {
        // What may not be sent again stays where it is, until there is a store.
        for (const [key, row] of left) if ((key === lane.prefix + row.id || (lane === first && key === row.id)) && !(lane.isOnce && ids.includes(row.id))) lane.mine.set(row.id, row);
        if (ids.length) lane.seen = { ...lane.seen, unsure: { ...lane.seen.unsure, ...told } };
      }
      if (lane.isOnce) forget(ids, [lane]);
    }
    if (isLost) restore();
    void check(sizes);
    return known;
  }

  /**
   * Deletes what lies between the prefixes: events for collectors that were taken out of the configuration. Not at once, since other pages of the shop may still
   * have them.
   *
   * @param since since when there has been something, in milliseconds since 1970; default: now
   * @returns the same for the next page; undefined where there is nothing
   */
  async function clear(events: IDBObjectStore, since = Date.now()): Promise<number | undefined> {
    let isFound = false;
    let after = '~';
    for (const prefix of [...lanes.map((lane) => lane.prefix).sort(), '\x7f']) {
      if (!prefix) continue;
      const between = IDBKeyRange.bound(after, prefix, true, true);
      if (await promisifyRequest(events.getKey(between))) isFound = true;
      if (Date.now() - since > bounds.maxStoredDays * DAY_MS) events.delete(between);
      after = `${prefix}g`;
    }
    return isFound ? since : undefined;
  }

  const durable = (): boolean => mayKeep() && !isBroken && !fullUntil && !isSlow;

  /** Returns rows, those worth most first. */
  const bestFirst = (rows: Map<string, Row>): Row[] => [...rows.values()].sort((a, b) => worthOf(b) - worthOf(a));

  const laneOf = (lane: Reading): Lane => ({
    turn: () => lane.seen,
    async step(settled, limit, decide) {
      // Not before they are written, or the write would bring them back.
      await written();
      forget(settled, [lane]);
      journal.clear(settled);
      // Others may still want them.
      const rest = isOne ? [] : settled.flatMap((id) => pending.get(id) ?? []);
      if (rest.length) journal.add({ rows: rest.map(withPrefixes), sent: {} });
      const done = (lane.undone = [...lane.undone, ...settled]);
      let unreadable = 0;
      let isLost = false;
      let isMine = false;
      const rows = await run('readwrite', async (events) => {
        for (const id of done) events.delete(lane.prefix + id);
        const turn = readTurn(await promisifyRequest(events.get(lane.turnKey)));
        isLost = turn === NO_TURN && lane.seen !== NO_TURN;
        const decided = decide(turn);
        ({ isMine } = decided);
        let found: Row[] = [];
        if (isMine) [found, unreadable] = await readOldest(events, lane.prefix, limit, lane);
        lane.seen = found.length || !isMine ? decided.turn : { ...decided.turn, until: 0 };
        events.put(lane.seen, lane.turnKey);
        await committed(events);
        return found;
      });
      if (rows || !mayKeep()) lane.undone = [];
      // What there is no room for goes out from memory.
      const more = isMine && fullUntil ? [...pending.values()].filter(({ id }) => lane.mine.has(id) && !rows?.some((row) => row.id === id)) : [];
      rows?.push(...more.slice(0, limit));
      if (unreadable) drop('unreadable', unreadable, [lane.slot]);
      if (isLost) restore();
      if (!rows) {
        const decided = decide(lane.seen);
        lane.seen = decided.turn;
        return decided.isMine ? [...lane.mine.values()].slice(0, limit) : [];
      }
      // All of the store was seen: what is no longer there, another tab has delivered.
      if (isMine && !isLost && rows.length < limit) {
        const ids = new Set(rows.map(({ id }) => id));
        forget([...lane.mine.keys()].filter((id) => !ids.has(id) && !pending.has(id)), [lane]);
      }
      return rows;
    },
    own: () => bestFirst(lane.mine),
    async count() {
      await written();
      return count([lane]);
    },
    leave(isLeft, sent) {
      if (isLeft) {
        away ??= new Promise((resolve) => (comeBack = resolve));
        store.leave(true);
      }
      if (isBehind || (away && lane.undone.length)) save();
      // A page whose store fails does not hear of it when the database is deleted.
      const rows = bestFirst(isBroken ? owned() : pending).map(withPrefixes);
      const batches = Object.entries(sent);
      if (rows.length || batches.length) journal.add({ rows, sent: Object.fromEntries(batches.map(([batch, ids]) => [batch + lane.prefix, ids])) });
    },
    durable,
  });

  return {
    load,
    add(row) {
      for (const { mine, wants } of lanes) if (wants(row)) mine.set(row.id, row);
      // Nobody wants it: what it changed is stored.
      if (!lanes.some(({ mine }) => mine.has(row.id))) return save();
      pending.set(row.id, row);
      fresh.push(row);
      schedule();
      if (away) journal.add({ rows: [withPrefixes(row)], sent: {} });
      longest = Math.max(longest, row.event.length + row.context.length);
      if (++added % PAGE === 0) void written().then(() => Promise.all(lanes.map((lane) => count([lane])))).then(check);
    },
    save,
    restore,
    written,
    async count() {
      await written();
      return count();
    },
    back() {
      away = undefined;
      store.leave(false);
      comeBack();
      fresh = [...pending.values()];
      save();
      // What this page itself has left is looked at as by any other.
      return load();
    },
    async revise(change) {
      fresh = fresh.map(change);
      for (const { mine, wants } of lanes) {
        for (const row of mine.values()) {
          const revised = change(row);
          if (wants(revised)) mine.set(row.id, revised);
          else mine.delete(row.id);
        }
      }
      for (const row of pending.values()) pending.set(row.id, change(row));
      for (const lane of lanes) {
        await visitStored(lane, (row, events) => {
          const changed = change(row);
          if (changed.context !== row.context || changed.event !== row.event) events.put(changed, lane.prefix + row.id);
        });
      }
    },
    run,
    // A store that was never used may not be there yet.
    isGone: async () => hasStored && !(await store.isThere()),
    async forget() {
      for (const lane of lanes) {
        lane.mine.clear();
        lane.undone = [];
        lane.seen = NO_TURN;
      }
      pending.clear();
      fresh = [];
      hasStored = isBehind = isChanged = isBroken = isSlow = false;
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
    lanes: lanes.map(laneOf),
  };
}
