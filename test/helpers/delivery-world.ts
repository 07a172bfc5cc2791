import { forceCloseDatabase, IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { promisifyRequest } from 'idb-keyval';
import type { Bounds } from '../../src/outbox/bounds.js';
import { createFilter } from '../../src/delivery/collectors.js';
import { addTo, createLanes, flush, type LanesParts } from '../../src/delivery/destinations.js';
import type { Lane } from '../../src/delivery/lane.js';
import { createHandOver, type HandOver, type Left } from '../../src/outbox/hand-over.js';
// Loaded by need, but not while a world's clock runs.
import '../../src/delivery/trouble.js';
import '../../src/outbox/tidy.js';
import type { Answer } from '../../src/delivery/answer.js';
import { eventsIn, type StoredEvent } from '../../src/outbox/stored-event.js';
import type { Post } from '../../src/delivery/request.js';
import { openDatabase, type Database } from '../../src/outbox/database.js';
import type { Format } from '../../src/formats/format.js';
import { waymarkFormat } from '../../src/formats/waymark.js';
import type { VisitorRecord } from '../../src/visitor/record.js';
import { timeId } from '../../src/util/id.js';
// Parts that are loaded when they are needed: here is no time for that, as none passes but by `pass`.
import '../../src/delivery/trouble.js';
import '../../src/outbox/tidy.js';

/** How the collector behaves to the next requests. */
export interface CollectorMode {
  kind:
    'accepts' | 'half' | 'refuses' | 'fails' | 'silent' | 'lost' | 'offline' | 'busy' | 'html' | 'missing' | 'small';
  afterMs: number;
}
/** How the store behaves. `full`: takes no more events than it has, unless some are deleted; `jammed`: takes none at all, and its quota is the reason. */
export type StorageMode = 'works' | 'refuses' | 'full' | 'jammed' | 'hangs';

/** What differs from one world to another. */
export interface WorldOptions {
  /** What comes where a body has a poisoned event in it. Default: 422. */
  poisonAnswer?: { status: number; isOwn: boolean };
  hasLocalStorage: boolean;
  bounds: Bounds;
  seed: number;
  /** The collectors, by their filters of events (the option `events`). Default: one that gets all. */
  filters?: (readonly string[])[];
  /** What is special about their formats. Default: nothing. */
  formats?: Partial<Format>[];
}

interface Request {
  tab: Tab;
  isLast: boolean;
}

/** A collector, and what it has seen. */
export class Collector {
  mode: CollectorMode = { kind: 'accepts', afterMs: 50 };
  received = new Map<string, number>();
  accepted = new Set<string>();
  /** Ids of the batches that were accepted in full. */
  batches = new Set<string>();
  refused = new Set<string>();
  /** Those that are under way. */
  requests = new Set<Request>();
  readonly address: string;
  private filter: (event: StoredEvent) => boolean;

  constructor(
    readonly name: string,
    readonly events: readonly string[],
  ) {
    this.address = `https://${name}.example/`;
    this.filter = createFilter({
      collector: this.address,
      format: waymarkFormat,
      headers: {},
      credentials: 'omit',
      events,
    });
  }
  /** Whether it should get an event. */
  wants(id: string, event: string): boolean {
    return this.filter({ id, context: '{}', event });
  }
}

/** One page of the shop, with the real outboxes, destinations, store and hand-over. */
export interface Tab {
  name: string;
  /** `away`: in the back/forward cache, or frozen. */
  state: 'alive' | 'away' | 'left' | 'crashed';
  track(isPurchase: boolean, isPoison: boolean): string;
  flush(): Promise<unknown>;
  /** Ids of what it tracked. */
  tracked: string[];
  /** Ids of what it removed from the store though nobody had confirmed or refused it. */
  trimmed: Set<string>;
  /** How many events it has declared dropped. */
  declared: number;
  lanes: readonly Lane[];
  /** Called as the tab comes back. */
  thaw: (() => void)[];
  transactions: Set<IDBTransaction>;
  connections: Set<IDBDatabase>;
  isLeaving: boolean;
  /** Whether it knew of its end. */
  isWarned: boolean;
  isHidden: boolean;
  /** How often it was put into the back/forward cache. */
  timesAway: number;
}

const NAME = 'waymark-main';
/** Most tasks and timers in one go: more is a loop without end. (Each connection that is closed while a transaction hangs asks again at every step of a slow store.) */
const MANY = 100_000;
/** The collector's limit in mode `small`. */
const SMALL = 3;
const realImmediate = globalThis.setImmediate;
const never = new Promise<never>(() => {});
const globals = globalThis as unknown as Record<string, unknown>;
/** Ids are in the order of time, over all worlds. */
let latest = Date.UTC(2026, 0, 1);

/**
 * A browser with several tabs, one database, a clock and a collector, where nothing happens unless it is told to. Time is only that of `pass`; what
 * IndexedDB does is a list of tasks, done one by one, so that a tab can crash between any two of them.
 */
export class World {
  now = (latest += 86_400_000 * 2);
  private start = this.now;
  tabs: Tab[] = [];
  collectors: Collector[];
  storage: StorageMode = 'works';
  /** Most events that fit. */
  capacity = Infinity;
  private latencyMs = 0;
  /** What IndexedDB takes its time for. */
  private slow: (() => void)[] = [];
  /** Whether something happened that lets two tabs send at once. */
  hadTrouble = false;
  tracked = new Map<string, string>();
  poison = new Set<string>();
  stored = new Set<string>();
  /** The ids of the events of each row, by its database and its key. */
  rows = new Map<string, readonly string[]>();
  /** What was tracked in pages that were gone or away when the database was deleted. */
  destroyed = new Set<string>();
  /** What must not be, as it was seen. */
  faults: string[] = [];
  /** What was reported, and what was dropped. */
  told: { code: string; message: string }[] = [];
  dropped: { cause: string; count: number; collectors: string[] }[] = [];
  /** How many events were read from the store. */
  read = 0;
  /** Events of each request, in their order. */
  requests: { collector: string; ids: string[] }[] = [];
  /** Its keys are its own, its methods are not. */
  private localStorage = Object.create({
    getItem: (key: string) => this.lines()[key] ?? null,
    setItem: (key: string, text: string) => void (this.lines()[key] = text),
    removeItem: (key: string) => void delete this.lines()[key],
  }) as Record<string, string>;
  private tasks: (() => void)[] = [];
  private timers: { id: number; at: number; run: () => void }[] = [];
  private count = 0;
  private undo: (() => void)[] = [];
  private random: number;

  /** @param trace told what happens */
  constructor(
    readonly options: WorldOptions,
    private readonly print: (line: string) => void = () => {},
  ) {
    this.random = options.seed | 1;
    this.collectors = (options.filters ?? [[]]).map((events, index) => new Collector('abc'[index]!, events));
    this.stub('indexedDB', new IDBFactory());
    this.stub('IDBKeyRange', IDBKeyRange);
    this.stub('navigator', { vendor: '', userAgent: '', onLine: true });
    this.stub('document', new EventTarget());
    this.stub('location', new URL('https://shop.example/'));
    this.stub('localStorage', this.localStorage);
    this.stub('setImmediate', (task: () => void) =>
      this.latencyMs
        ? this.slow.push(task) + this.after(this.latencyMs, () => this.tasks.push(...this.slow.splice(0, 1)))
        : this.tasks.push(task),
    );
    this.stub('setTimeout', (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
      this.after(ms, () => run(...args)),
    );
    this.stub('clearTimeout', (id: number) => (this.timers = this.timers.filter((timer) => timer.id !== id)));
    const { now } = Date;
    const { random } = Math;
    Date.now = () => this.now;
    Math.random = () => this.next();
    this.undo.push(() => {
      Date.now = now;
      Math.random = random;
    });
  }

  /** Notes something that happens. */
  trace(line: string): void {
    this.print(`${((this.now - this.start) / 1000).toFixed(3).padStart(10)} ${line}`);
  }

  /** Returns what an event is called in the trace. */
  private show(id: string): string {
    return this.tracked.has(id) ? `#${[...this.tracked.keys()].indexOf(id)}` : id;
  }

  /** Puts everything back. */
  end(): void {
    latest = Math.max(latest, this.now);
    for (const undo of this.undo.reverse()) undo();
  }

  private stub(name: string, value: unknown): void {
    const before = Object.getOwnPropertyDescriptor(globals, name);
    Object.defineProperty(globals, name, { value, configurable: true, writable: true });
    this.undo.push(() => (before ? Object.defineProperty(globals, name, before) : delete globals[name]));
  }
  private lines(): Record<string, string> {
    if (!this.options.hasLocalStorage) throw new DOMException('refused', 'SecurityError');
    return this.localStorage;
  }
  /** Marsaglia's xorshift. */
  private next(): number {
    this.random ^= this.random << 13;
    this.random ^= this.random >>> 17;
    this.random ^= this.random << 5;
    return (this.random >>> 0) / 4294967296;
  }
  private after(ms: number, run: () => void): number {
    this.timers.push({ id: ++this.count, at: this.now + Math.max(0, ms || 0), run });
    return this.count;
  }

  /** Does up to `count` tasks of IndexedDB, each with what follows at once. */
  async step(count: number): Promise<void> {
    await this.breathe();
    for (; count > 0 && this.tasks.length; count--) {
      this.tasks.shift()!();
      await this.breathe();
    }
  }
  /** Sets how long each step of IndexedDB takes. */
  setLatency(ms: number): void {
    this.latencyMs = ms;
    if (ms) this.hadTrouble = true;
    else this.tasks.push(...this.slow.splice(0));
  }
  private breathe(): Promise<void> {
    return new Promise((resolve) => realImmediate(resolve));
  }
  private async settle(): Promise<void> {
    await this.breathe();
    for (let count = 0; this.tasks.length; count++) {
      if (count > MANY) throw new Error('IndexedDB is never done');
      await this.step(1);
    }
  }
  /** Lets time pass. */
  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    await this.settle();
    for (let count = 0; ; count++) {
      if (count > MANY) throw new Error(`${MANY} timers in ${ms} ms`);
      const [first] = this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at || a.id - b.id);
      if (!first) break;
      this.timers = this.timers.filter((timer) => timer !== first);
      // A clock that was set forward does not go back by a timer that was begun before.
      this.now = Math.max(this.now, first.at);
      first.run();
      await this.settle();
    }
    this.now = end;
  }

  /** Settles as soon as the tab runs again; never if it is gone. */
  private async resumed(tab: Tab): Promise<void> {
    while (tab.state !== 'alive') {
      if (tab.state !== 'away') await never;
      await new Promise<void>((resolve) => tab.thaw.push(resolve));
    }
  }

  private openDatabase(tab: Tab, name: string, onGone: () => void): Database {
    const real = openDatabase(name, () => this.run(tab, onGone));
    const run: Omit<Database, 'leave' | 'remove' | 'others' | 'isThere'> = async <Value>(
      mode: IDBTransactionMode,
      body: (store: IDBObjectStore) => Promise<Value>,
    ): Promise<Value> => {
      await this.alive(tab);
      const value = await real(mode as 'readwrite', async (store) => {
        tab.connections.add(store.transaction.db);
        if (tab.state === 'crashed' || tab.state === 'left') {
          store.transaction.db.close();
          return never;
        }
        if (tab.state === 'away') {
          await this.resumed(tab);
          throw new DOMException('frozen', 'InvalidStateError');
        }
        if (this.storage === 'hangs') return never;
        if (this.storage === 'refuses') throw new DOMException('refused', 'UnknownError');
        return body(this.watch(tab, store, name));
      }).catch(async (error: unknown) => {
        await this.alive(tab);
        throw error;
      });
      await this.alive(tab);
      return value;
    };
    const remove = async () => {
      const isDone = await real.remove();
      if (isDone) this.emptied(name);
      return isDone;
    };
    return Object.assign(run as Database, {
      remove,
      leave: real.leave,
      others: real.others,
      isThere: real.isThere,
    });
  }
  private async alive(tab: Tab): Promise<void> {
    if (tab.state !== 'alive') await this.resumed(tab);
  }
  /** Runs what the browser calls in a tab, if it still can. */
  private run(tab: Tab, work: () => void): void {
    if (tab.state === 'alive') work();
    else if (tab.state === 'away') tab.thaw.push(() => this.run(tab, work));
  }

  /** Notes what a transaction does, once it is complete. */
  private watch(tab: Tab, store: IDBObjectStore, name: string): IDBObjectStore {
    const { transaction } = store;
    const changes: [place: string, ids: readonly string[]][] = [];
    const log: string[] = [];
    tab.transactions.add(transaction);
    transaction.addEventListener('abort', () => {
      this.trace(`${tab.name} transaction aborted: ${log.join(' ')}`);
      tab.transactions.delete(transaction);
    });
    transaction.addEventListener('complete', () => {
      tab.transactions.delete(transaction);
      this.trace(`${tab.name} transaction complete: ${log.join(' ')}`);
      const before = changes.flatMap(([place]) => this.rows.get(place) ?? []);
      for (const [place, ids] of changes) {
        for (const id of ids) this.stored.add(id);
        if (ids.length) this.rows.set(place, ids);
        else this.rows.delete(place);
      }
      for (const id of before) this.removed(tab, id, name);
    });
    return new Proxy(store, {
      get: (target, property) => {
        if (property === 'put') {
          return (value: unknown, key: string) => {
            const ids = eventsIn(value).map(({ id }) => id);
            log.push(`+${ids.length ? ids.map((id) => this.show(id)).join('') : `${key} ${JSON.stringify(value)}`}`);
            if (ids.length) changes.push([`${name} ${key}`, ids]);
            if (ids.some((id) => !this.stored.has(id))) this.crowd(transaction);
            return target.put(value, key);
          };
        }
        if (property === 'delete') {
          return (key: string) => {
            log.push(`-${this.show(key)}`);
            changes.push([`${name} ${key}`, []]);
            return target.delete(key);
          };
        }
        if (property === 'getAll') {
          return (range: IDBKeyRange, limit: number) => {
            const request = target.getAll(range, limit);
            request.addEventListener('success', () => (this.read += request.result.flatMap(eventsIn).length));
            return request;
          };
        }
        const value = Reflect.get(target, property, target) as unknown;
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  }
  /** Ends a transaction that needs more room than there is. */
  private crowd(transaction: IDBTransaction): void {
    if (this.storage !== 'jammed' && this.stored.size < this.capacity) return;
    this.tasks.push(() => {
      const inner = transaction as unknown as { _state: string; _abort(name: string): void };
      if (inner._state !== 'finished') inner._abort('QuotaExceededError');
    });
  }
  private removed(tab: Tab, id: string, name: string): void {
    const places = [...this.rows].filter(([, ids]) => ids.includes(id)).map(([place]) => place);
    if (!places.length) this.stored.delete(id);
    if (places.some((place) => place.startsWith(`${name} `))) return;
    if (!this.isSettledAt(this.collectors[this.names().indexOf(name)]!, id)) tab.trimmed.add(id);
  }
  isSettledAt(collector: Collector, id: string): boolean {
    return !collector.wants(id, this.tracked.get(id)!) || collector.accepted.has(id) || collector.refused.has(id);
  }
  /** Whether every collector that wants an event has taken or refused it. */
  isSettled(id: string): boolean {
    return this.collectors.every((collector) => this.isSettledAt(collector, id));
  }

  /** A collector's answers to a tab. */
  private post(tab: Tab, collector: Collector): Post {
    const answer = (text: string): Answer => {
      const {
        batch_id,
        unsure = [],
        events,
      } = JSON.parse(text) as { batch_id: string; unsure?: string[]; events: { id: string; name: string }[] };
      const ids = events.map(({ id }) => id);
      const { kind } = collector.mode;
      const known = unsure.filter((id) => collector.batches.has(id));
      const take = (taken: readonly string[]) => {
        for (const id of taken) collector.accepted.add(id);
      };
      if (kind === 'offline' || kind === 'lost') return { status: 0, isOwn: false, body: '' };
      for (const event of events) {
        collector.received.set(event.id, (collector.received.get(event.id) ?? 0) + 1);
        const { context: _context, ...fields } = event as { context?: number; id: string; name: string };
        if (JSON.stringify(fields) !== this.tracked.get(event.id))
          this.faults.push(`received what was not tracked: ${JSON.stringify(event)}`);
        if (!collector.wants(event.id, JSON.stringify(fields)))
          this.faults.push(`${collector.name} received what it does not want: ${JSON.stringify(event)}`);
      }
      if (kind === 'silent') return { status: 0, isOwn: false, body: '' };
      if (kind === 'fails') return { status: 503, isOwn: true, body: '' };
      if (kind === 'busy')
        return { status: 429, isOwn: true, body: '', header: (name) => (name === 'Retry-After' ? '20' : null) };
      if (kind === 'html') return { status: 200, isOwn: false, body: '<html>' };
      if (kind === 'missing') return { status: 404, isOwn: true, body: '' };
      if (kind === 'refuses') return { status: 400, isOwn: true, body: '' };
      if (kind === 'small' && ids.length > SMALL) return { status: 413, isOwn: true, body: '' };
      if (kind === 'half') {
        const refused = ids.filter((id) => this.poison.has(id));
        const retry = ids.filter((id, index) => !refused.includes(id) && index % 2);
        take(ids.filter((id) => !refused.includes(id) && !retry.includes(id)));
        if (!refused.length && !retry.length) collector.batches.add(batch_id);
        return {
          status: 200,
          isOwn: true,
          body: JSON.stringify({ refused: refused.map((id) => ({ id, reason: 'poison' })), retry, arrived: known }),
        };
      }
      // A poisoned event spoils its batch.
      if (ids.some((id) => this.poison.has(id)))
        return { status: 422, isOwn: true, ...this.options.poisonAnswer, body: '' };
      take(ids);
      collector.batches.add(batch_id);
      return { status: 200, isOwn: true, body: JSON.stringify({ arrived: known }) };
    };
    const post = async (body: unknown): Promise<Answer> => {
      if (tab.state !== 'alive') return never;
      const request: Request = { tab, isLast: tab.isLeaving };
      const others = [...collector.requests].filter((other) => !other.isLast && other.tab.state === 'alive');
      if (!request.isLast && others.length && !this.hadTrouble)
        this.faults.push(`${tab.name} sends while ${others.map((other) => other.tab.name)} does`);
      collector.requests.add(request);
      this.requests.push({
        collector: collector.name,
        ids: (body as string).match(/(?<="id":")[^"]+/g)!.filter((id) => this.tracked.has(id)),
      });
      const times = tab.timesAway;
      const isForgetful = this.next() < 0.5;
      const answered = answer(body as string);
      this.trace(
        `${tab.name} sends ${(body as string).match(/"id":"[^"]+/g)?.map((id) => this.show(id.slice(6)))}${request.isLast ? ' as it leaves' : ''} to ${collector.name}: ${answered.status}`,
      );
      await new Promise<void>((resolve) => this.after(collector.mode.afterMs, resolve));
      collector.requests.delete(request);
      // A page that was put away in the meantime may never hear of it (Firefox 153).
      if (times !== tab.timesAway && isForgetful) return never;
      await this.alive(tab);
      return answered;
    };
    return Object.assign(post, { room: () => 60_000 });
  }

  /** Opens a tab. */
  open(): Tab {
    const tab: Tab = {
      name: `tab ${this.tabs.length}`,
      state: 'alive',
      tracked: [],
      trimmed: new Set(),
      declared: 0,
      thaw: [],
      transactions: new Set(),
      connections: new Set(),
      isLeaving: false,
      isWarned: false,
      isHidden: false,
      timesAway: 0,
      lanes: undefined as never,
      track: undefined as never,
      flush: undefined as never,
    };
    this.tabs.push(tab);
    let record: VisitorRecord | undefined;
    const newcomer: VisitorRecord = { id: 'visitor', since: this.now, dropped: { queue_full: 0 }, state: {} };
    const alive = () => tab.state === 'alive';
    const handOver = (prefix: string): HandOver => {
      const line = createHandOver(prefix, () => true);
      return {
        take: () => line.take(),
        add: (left) => void (alive() && line.add(left)),
        change: (all) => void (alive() && line.change(all)),
        clear: (keys) => void (alive() && line.clear(keys)),
        forget: () => line.forget(),
      };
    };
    const named = (name: string) => this.collectors.find((collector) => collector.address === name)!;
    const parts = {
      collectors: this.collectors.map(({ address, events }, index) => ({
        collector: address,
        format: { ...waymarkFormat, ...this.options.formats?.[index] },
        headers: {},
        credentials: 'omit',
        events,
      })),
      options: { ...this.options.bounds, batchEvents: 6, batchWaitMs: 2000 },
      name: NAME,
      open: (name, onGone) => this.openDatabase(tab, name, onGone),
      handOver,
      stops: [],
      record: () => record,
      visitor: () => record ?? newcomer,
      revive: (stored) => (stored as VisitorRecord | undefined) ?? newcomer,
      onReplaced() {},
      post: ({ collector }) => this.post(tab, named(collector)),
      me: () => tab.name,
      isHidden: () => tab.isHidden,
      mayKeep: () => true,
      maySend: () => true,
      pack: () => undefined,
      emit: (type, detail) => {
        if (type === 'delivered') {
          const { ids, collector } = detail as { ids: string[]; collector: string };
          for (const id of ids)
            if (!named(collector).accepted.has(id)) this.faults.push(`delivered, but not accepted: ${id}`);
        } else if (type === 'dropped') {
          const drop = detail as World['dropped'][number];
          const { cause, count } = drop;
          this.dropped.push(drop);
          tab.declared += count;
          this.trace(`${tab.name} dropped ${count}: ${cause}`);
        }
      },
      report: (code, message) => {
        if (tab.state !== 'alive') return;
        this.trace(`${tab.name} reports ${code}: ${message}`);
        this.told.push({ code, message });
        if (code === 'internal_error' || (code === 'format_failed' && !this.options.formats))
          this.faults.push(`${tab.name}: ${message}`);
        if (code !== 'event_refused') return;
        const collector = this.collectors.find(({ address }) => message.startsWith(address)) ?? this.collectors[0]!;
        collector.refused.add(message.replace(`${collector.address}: `, '').split(':')[0]!);
      },
    } satisfies LanesParts;
    const lanes = createLanes(parts);
    tab.lanes = lanes;
    tab.flush = () => flush(lanes, Promise.resolve());
    tab.track = (isPurchase, isPoison) => {
      const id = timeId(this.now);
      const event = JSON.stringify({ id, name: isPurchase ? 'purchase' : 'view_item', time: new Date(this.now) });
      const row: StoredEvent = { id, context: '{}', event };
      this.tracked.set(id, event);
      if (isPoison) this.poison.add(id);
      tab.tracked.push(id);
      this.trace(`${tab.name} tracks ${this.show(id)}`);
      addTo(lanes, row);
      return id;
    };
    void Promise.all(lanes.map(({ outbox }) => outbox.load())).then(async ([known]) => {
      const visitor = (known?.visitor as VisitorRecord | undefined) ?? newcomer;
      await lanes[0]!.begin(visitor);
      record = visitor;
      for (const { destination } of lanes) destination.wake(2000);
    });
    return tab;
  }

  /** The tab's process ends. What it has asked the database to commit is done or lost; all else is lost. */
  crash(tab: Tab, isDone: boolean): void {
    this.stop(tab, isDone, 'crashed');
  }
  private stop(tab: Tab, isDone: boolean, state: 'crashed' | 'left'): void {
    tab.state = state;
    for (const transaction of [...tab.transactions]) {
      const inner = transaction as unknown as { _state: string };
      if (isDone && inner._state === 'committing') continue;
      if (inner._state !== 'finished') {
        inner._state = 'active';
        transaction.abort();
      }
    }
    for (const db of tab.connections) db.close();
  }
  /** The tab goes to the back. */
  hide(tab: Tab): void {
    tab.isHidden = true;
    tab.isLeaving = true;
    this.leaveLanes(tab, false);
    tab.isLeaving = false;
  }
  private leaveLanes({ lanes }: Tab, isLeft: boolean): void {
    lanes.forEach(({ destination }, index) => destination.leave(isLeft, lanes.length - index));
  }
  /** The page is left, by its person. */
  close(tab: Tab, isDone: boolean): void {
    this.leave(tab);
    this.stop(tab, isDone, 'left');
  }
  /** The page is left, and put into the back/forward cache. */
  putAway(tab: Tab): void {
    this.hadTrouble = true;
    tab.timesAway++;
    this.leave(tab);
  }
  private leave(tab: Tab): void {
    tab.isLeaving = true;
    this.leaveLanes(tab, true);
    tab.isHidden = true;
    this.leaveLanes(tab, false);
    tab.isLeaving = false;
    tab.isWarned = true;
    tab.state = 'away';
  }
  /** The browser stops a tab, which does not learn of it. */
  freeze(tab: Tab): void {
    this.hadTrouble = true;
    tab.state = 'away';
  }
  /** And lets it go on. */
  thaw(tab: Tab): void {
    tab.state = 'alive';
    for (const resume of tab.thaw.splice(0)) resume();
  }
  /** The page is shown again. */
  comeBack(tab: Tab): void {
    tab.state = 'alive';
    tab.isWarned = tab.isHidden = false;
    for (const { outbox, destination } of tab.lanes) {
      outbox.store.setLeft(false);
      destination.back(outbox.load());
    }
    this.thaw(tab);
  }
  /** A page that is put away or frozen ends. */
  evict(tab: Tab): void {
    this.stop(tab, true, tab.isWarned ? 'left' : 'crashed');
  }
  /** The shop deletes the databases. */
  deleteDatabase(): void {
    this.hadTrouble = true;
    const note = () => {
      for (const { state, tracked } of this.tabs)
        if (state !== 'alive') for (const id of tracked) this.destroyed.add(id);
    };
    note();
    for (const name of this.names()) {
      indexedDB.deleteDatabase(name).onsuccess = () => {
        note();
        this.emptied(name);
      };
    }
  }
  private names(): string[] {
    return this.collectors.map(({ address }, index) => (index ? `${NAME}~${address}` : NAME));
  }
  private emptied(name: string): void {
    for (const place of this.rows.keys()) if (place.startsWith(`${name} `)) this.rows.delete(place);
    const left = new Set([...this.rows.values()].flat());
    for (const id of this.stored) if (!left.has(id)) this.stored.delete(id);
  }
  /** The databases are empty all of a sudden, and nobody is told. */
  wipe(): void {
    this.hadTrouble = true;
    // A page that is left before it looks again cannot know.
    const note = () => {
      for (const id of this.tracked.keys()) this.destroyed.add(id);
    };
    note();
    for (const name of this.names()) {
      const request = indexedDB.open(name);
      request.onupgradeneeded = () => request.transaction!.abort();
      request.onsuccess = () => {
        const db = request.result;
        const { transaction } = db.transaction('events', 'readwrite').objectStore('events').clear();
        transaction!.oncomplete = () => {
          note();
          this.emptied(name);
          db.close();
        };
      };
    }
  }
  /** The browser closes a tab's connection. */
  disconnect(tab: Tab): void {
    this.hadTrouble = true;
    for (const db of tab.connections) {
      try {
        forceCloseDatabase(db as never);
      } catch {
        // It was closed already.
      }
    }
    tab.connections.clear();
  }

  /** Returns the events that are kept for each collector, in its database or in what pages have left. */
  async kept(): Promise<{ collector: Collector; id: string }[]> {
    const all: { collector: Collector; id: string }[] = [];
    const databases = await this.done(indexedDB.databases());
    for (const [index, collector] of this.collectors.entries()) {
      const name = this.names()[index]!;
      const lines = Object.entries(this.localStorage).filter(([line]) => line.startsWith(`${name}:`));
      const values = lines.flatMap(([, text]) => Object.values((JSON.parse(text) as Left).values));
      if (databases.some((each) => each.name === name)) {
        const db = await this.done(promisifyRequest(indexedDB.open(name)));
        values.push(...(await this.done(promisifyRequest(db.transaction('events').objectStore('events').getAll()))));
        db.close();
      }
      for (const id of new Set(values.flatMap(eventsIn).map((event) => event.id))) all.push({ collector, id });
    }
    return all;
  }
  private async done<Value>(work: Promise<Value>): Promise<Value> {
    await this.settle();
    const blocked = Symbol();
    const value = await Promise.race([work, this.breathe().then(() => blocked)]);
    if (value === blocked) throw new Error('the database is blocked');
    return value as Value;
  }
}
