import { promisifyRequest } from 'idb-keyval';
import type { Stop } from '../browser/listen.js';
import type { Profile } from '../identity/profile.js';
import { inTime } from '../util/in-time.js';
import { runLater } from '../util/run-later.js';
import type { IDBObjectStore } from '../dom.js';
import { measure, overflow, worthOf, type Bounds, type DropCause, type Stored } from './bounds.js';
import type { Journal, Sent } from './journal.js';
import { placeOf, readPlace, within } from './place.js';
import { isRow, type Row } from './row.js';
import { apart, burstKey, countAt, findPlaces, isFor, readOldest, settle, spread, type Reader as StoredReader } from './stored-rows.js';
import { committed, isFull, type Mode, type Store } from './store.js';
import { NO_TURN, readTurn, type Turn } from './turn.js';

/** Where the profile and the turns lie: the first collector's, and, with their slots behind it, those of others. Event ids begin with a hex digit, so they do not meet. */
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

/** Events that wait for confirmation, one row each however many collectors they wait for, and the visitor's profile. Nothing in it throws or rejects. */
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
  const lanes = readers.map((reader, index) => ({
    ...reader,
    /** What its own things have behind their names, where they are not the first collector's. */
    tail: index ? `~${reader.slot}` : '',
    /** The events of this page that it has not confirmed. */
    mine: new Map<string, Row>(),
    seen: NO_TURN,
    /** Ids of settled events that still wait for it in the store, since there was no way there. */
    undone: [] as string[],
  }));
  type Reading = (typeof lanes)[number];
  const isOne = lanes.length < 2;
  /** Whether there may be events at other places than `''`. */
  let isSpread = true;
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

  /** Returns the places that there are, `''` last. */
  const places = async (events: IDBObjectStore): Promise<string[]> => (isSpread ? findPlaces(events) : ['']);
  /** Returns the slots of the collectors that are meant by a place. */
  const meantBy = (place: string): string[] => lanes.filter(isFor(place)).map(({ slot }) => slot);

  /** Returns an event with where it belongs, for the next page to put it there. */
  const withPlace = (row: Row): Row => {
    const place = home(row);
    return place ? ({ ...row, place } as Row) : row;
  };

  /** Returns where an event of this page belongs. */
  function home({ id }: Row): string {
    const left = lanes.filter(({ mine }) => mine.has(id));
    return left.length && left.length < lanes.length ? placeOf(left.map(({ slot }) => slot)) : '';
  }

  /**
   * Calls `visit` with each stored event, in a transaction in which it may be changed; twice, if that had to be tried again. Returns whether there is a store that
   * was read to its end.
   */
  async function visitStored(visit: (row: Row, place: string, events: IDBObjectStore) => void): Promise<boolean> {
    let rows: Row[] | undefined;
    for (const place of (await run('readwrite', (events) => spread(events).then(() => places(events)))) ?? []) {
      let after: string | undefined;
      do {
        // Page by page: a single look at ten thousand would be a long task.
        rows = await run('readwrite', async (events) => {
          const page = (await promisifyRequest<Row[]>(events.getAll(within(place, after), PAGE))).filter(isRow);
          for (const row of page) visit(row, place, events);
          await committed(events);
          return page;
        });
        after = rows?.[rows.length - 1]?.id;
      } while (after);
    }
    return !!rows;
  }

  /** Keeps within the bounds. Returns how many events had to go. */
  async function trim(maxStoredEvents = bounds.maxStoredEvents): Promise<number> {
    const stored = new Map<string, Stored>();
    const isRead = await visitStored((row, place) => stored.set(place + row.id, measure(row, place)));
    // What is in memory alone takes no room in the store.
    if (!isRead && maxStoredEvents < bounds.maxStoredEvents) return 0;
    const looked = isRead ? [...stored.values()] : [...owned().values()].map((row) => measure(row));
    const causes = Object.entries(overflow(looked, { ...bounds, maxStoredEvents }, Date.now()));
    let total = 0;
    for (const [cause, keys] of causes) {
      if (!keys.length) continue;
      const found = await run('readwrite', async (events) => {
        const there: string[] = [];
        // Another tab may have come first.
        for (const key of keys) if (await promisifyRequest(events.getKey(key))) there.push(key);
        for (const key of keys) events.delete(key);
        await committed(events);
        return there;
      });
      if (!found && isRead) continue;
      // Without a store, they are this page's.
      const gone = found ?? keys;
      forget(keys.map((key) => key.slice(readPlace(key).length)));
      for (const place of new Set(gone.map(readPlace))) {
        const slots = meantBy(place);
        // What waited for a collector that is no more has not been lost by any that is.
        if (slots.length) drop(cause as DropCause, gone.filter((key) => readPlace(key) === place).length, slots);
      }
      total += gone.length;
    }
    return total;
  }

  /** Keeps within the bounds, where a guess says that they may be broken. */
  async function check(count: number): Promise<void> {
    if (count > bounds.maxStoredEvents || count * longest > bounds.maxStoredBytes || (count && lanes.some(({ seen }) => seen.failures > FEW_FAILURES))) await trim();
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
        events.put(rows.map(withPlace), burst);
        return committed(events);
      }, true);
    }
    const put = () =>
      run(
        'readwrite',
        (events) => {
          // What was settled in the meantime would come back.
          for (const row of rows) if (lanes.some(({ mine }) => mine.has(row.id))) events.put(row, home(row) + row.id);
          if (burst) events.delete(burst);
          // What was to say so has been given up as the page was left.
          if (away && isOne) for (const id of lanes[0]!.undone) events.delete(id);
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
    if (!isDone && fullUntil && canMakeRoom && lanes.some(({ seen }) => seen.failures) && (await trim(Math.max(0, (await count()) - 2 * rows.length)))) {
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

  /** Returns how many events wait, for any of these. */
  const count = async (those = lanes): Promise<number> =>
    (await run('readonly', async (events) => countAt(events, (await places(events)).filter((place) => those.some(isFor(place)))))) ??
    new Set(those.flatMap(({ mine }) => [...mine.keys()])).size;

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
    const left = apart(rows);
    /** What was sent to a collector. */
    const sentTo = ({ tail }: Reading): Sent =>
      Object.fromEntries(
        Object.entries(sent)
          .filter(([key]) => key.slice(BATCH_ID) === tail)
          .map(([key, ids]) => [key.slice(0, BATCH_ID), ids]),
      );
    let size = 0;
    let isLost = false;
    const known = await run('readwrite', async (events) => {
      for (const [place, row] of left) events.put(row, place + row.id);
      await spread(events);
      // There may be some of a visit that had more collectors. Asked for in one breath: the page waits for it.
      isSpread = true;
      const [found, all] = await Promise.all([promisifyRequest<unknown>(events.get(PROFILE)), places(events)]);
      isSpread = !isOne || all.length > 1;
      for (const lane of lanes) {
        const { isOnce, tail } = lane;
        const turn = readTurn(await promisifyRequest(events.get(TURN + tail)));
        isLost ||= turn === NO_TURN && lane.seen !== NO_TURN;
        lane.seen = { ...turn, ...(!isOnce && { unsure: { ...turn.unsure, ...sentTo(lane) } }), ...(!tail && clear(events, all, turn)) };
        // One that is there: where it is missing later, all was lost.
        events.put(lane.seen, TURN + tail);
        if (isOnce) settle(events, Object.values(sentTo(lane)).flat(), all, lane, lanes);
      }
      size = await countAt(events, all);
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
        for (const [place, row] of left) if (isFor(place)(lane) && lane.wants(row) && !(lane.isOnce && ids.includes(row.id))) lane.mine.set(row.id, row);
        if (ids.length) lane.seen = { ...lane.seen, unsure: { ...lane.seen.unsure, ...told } };
      }
      if (lane.isOnce) forget(ids, [lane]);
    }
    if (isLost) restore();
    void check(size);
    return known;
  }

  /**
   * Deletes what lies at places that are nobody's: of collectors that were taken out of the configuration. Not at once, since other pages of the shop may
   * still have them. Returns since when there has been something.
   */
  function clear(events: IDBObjectStore, all: readonly string[], { gone }: Turn): Pick<Turn, 'gone'> {
    const now = Date.now();
    const orphans = all.filter((place) => !meantBy(place).length);
    if (now - gone! > bounds.maxStoredDays * DAY_MS) for (const place of orphans) events.delete(within(place));
    return gone || orphans.length ? { gone: orphans.length ? (gone ?? now) : undefined } : {};
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
      if (rest.length) journal.add({ rows: rest.map(withPlace), sent: {} });
      const done = (lane.undone = [...lane.undone, ...settled]);
      let unreadable = 0;
      let isLost = false;
      let isMine = false;
      const rows = await run('readwrite', async (events) => {
        const all = await places(events);
        settle(events, done, all, lane, lanes);
        const turn = readTurn(await promisifyRequest(events.get(TURN + lane.tail)));
        isLost = turn === NO_TURN && lane.seen !== NO_TURN;
        const decided = decide(turn);
        ({ isMine } = decided);
        let found: Row[] = [];
        if (isMine) [found, unreadable] = await readOldest(events, all, limit, lane, lanes);
        lane.seen = found.length || !isMine ? decided.turn : { ...decided.turn, until: 0 };
        events.put(lane.seen, TURN + lane.tail);
        await committed(events);
        return found;
      });
      if (rows || !mayKeep()) lane.undone = [];
      // What there is no room for goes out from memory.
      const more = isMine && fullUntil ? [...pending.values()].filter(({ id }) => lane.mine.has(id) && !rows?.some((row) => row.id === id)) : [];
      rows?.push(...more.slice(0, limit));
      if (unreadable) drop('unreadable', unreadable, meantBy(''));
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
      const rows = bestFirst(isBroken ? owned() : pending).map(withPlace);
      const batches = Object.entries(sent);
      if (rows.length || batches.length) journal.add({ rows, sent: Object.fromEntries(batches.map(([batch, ids]) => [batch + lane.tail, ids])) });
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
      if (away) journal.add({ rows: [withPlace(row)], sent: {} });
      longest = Math.max(longest, row.event.length + row.context.length);
      if (++added % PAGE === 0) void written().then(() => count()).then(check);
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
      await visitStored((row, place, events) => {
        const changed = change(row);
        if (changed.context !== row.context || changed.event !== row.event) events.put(changed, place + row.id);
      });
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
