import { forceCloseDatabase, IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { promisifyRequest } from 'idb-keyval';
import type { Bounds } from '../../src/delivery/bounds.js';
import { createFilter } from '../../src/delivery/collectors.js';
import { createDelivery, type Delivery } from '../../src/delivery/delivery.js';
import { createJournal, type Journal } from '../../src/delivery/journal.js';
import type { Answer } from '../../src/delivery/outcome.js';
import type { Row } from '../../src/delivery/row.js';
import type { Post } from '../../src/delivery/request.js';
import { openStore, type Store } from '../../src/delivery/store.js';
import { createSendLock, type SendLock } from '../../src/delivery/tabs.js';
import type { Format } from '../../src/formats/format.js';
import { waymarkFormat } from '../../src/formats/waymark.js';
import type { Profile } from '../../src/identity/profile.js';
import { timeId } from '../../src/util/id.js';

/** How the collector behaves to the next requests. */
export interface CollectorMode {
  kind: 'accepts' | 'half' | 'refuses' | 'fails' | 'silent' | 'lost' | 'offline' | 'busy' | 'html' | 'missing' | 'small';
  afterMs: number;
}
/** How the store behaves. `full`: takes no more events than it has, unless some are deleted; `jammed`: takes none at all, and its quota is the reason. */
export type StorageMode = 'works' | 'refuses' | 'full' | 'jammed' | 'hangs';

/** What differs from one world to another. */
export interface WorldOptions {
  hasLocks: boolean;
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
  private filter: (row: Row) => boolean;

  constructor(readonly name: string, readonly events: readonly string[]) {
    this.address = `https://${name}.example/`;
    this.filter = createFilter({ collector: this.address, format: waymarkFormat, headers: {}, credentials: 'omit', events });
  }
  /** Whether it should get an event. */
  wants(id: string, event: string): boolean {
    return this.filter({ id, context: '{}', event });
  }
}

/** One page of the shop, with the real queue, sender, store, journal and lock. */
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
  delivery: Delivery;
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
/** Returns the prefix in a key; `''` where there is none. */
const readPrefix = (key: unknown): string => /^~[^~]+~/.exec(`${key}`)?.[0] ?? '';
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
  /** The keys that they lie under. */
  keys = new Set<string>();
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
  private locks = new Map<string, Tab>();
  private caller: Tab | undefined;
  private undo: (() => void)[] = [];
  private random: number;

  /** @param trace told what happens */
  constructor(readonly options: WorldOptions, private readonly print: (line: string) => void = () => {}) {
    this.random = options.seed | 1;
    this.collectors = (options.filters ?? [[]]).map((events, index) => new Collector('abc'[index]!, events));
    this.stub('indexedDB', new IDBFactory());
    this.stub('IDBKeyRange', IDBKeyRange);
    this.stub('navigator', { vendor: '', ...(options.hasLocks && { locks: { request: this.request.bind(this) } }) });
    this.stub('localStorage', this.localStorage);
    this.stub('setImmediate', (task: () => void) => (this.latencyMs ? this.slow.push(task) + this.after(this.latencyMs, () => this.tasks.push(...this.slow.splice(0, 1))) : this.tasks.push(task)));
    this.stub('setTimeout', (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => this.after(ms, () => run(...args)));
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

  /** Returns what a key is called in the trace. */
  private show(key: string): string {
    const place = readPrefix(key);
    const id = key.slice(place.length);
    return this.tracked.has(id) ? `${place}#${[...this.tracked.keys()].indexOf(id)}` : key;
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
      this.now = first.at;
      first.run();
      await this.settle();
    }
    this.now = end;
  }

  /** `navigator.locks.request`, as far as it is used. */
  private request<Value>(name: string, _options: object, run: (lock: object | null) => Promise<Value>): Promise<Value> {
    const tab = this.caller!;
    return new Promise((resolve, reject) => {
      // Timers of a frozen page do not run.
      if (tab.state === 'away') return void tab.thaw.push(() => ((this.caller = tab), this.request(name, _options, run).then(resolve, reject)));
      this.tasks.push(() => {
        if (tab.state === 'crashed' || tab.state === 'left') return;
        const isFree = !this.locks.has(name);
        if (isFree) this.locks.set(name, tab);
        const free = () => void (isFree && this.locks.get(name) === tab && this.locks.delete(name));
        Promise.resolve(run(isFree ? { name } : null)).finally(free).then(resolve, reject);
      });
    });
  }

  /** Settles as soon as the tab runs again; never if it is gone. */
  private async resumed(tab: Tab): Promise<void> {
    while (tab.state !== 'alive') {
      if (tab.state !== 'away') await never;
      await new Promise<void>((resolve) => tab.thaw.push(resolve));
    }
  }

  private openStore(tab: Tab): Store {
    const real = openStore(NAME, () => this.run(tab, () => tab.delivery.queue.restore()));
    const run: Omit<Store, 'leave' | 'remove' | 'isThere'> = async <Value>(mode: IDBTransactionMode, body: (store: IDBObjectStore) => Promise<Value>): Promise<Value> => {
      await this.alive(tab);
      const value = await real(mode, async (store) => {
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
        return body(this.watch(tab, store));
      }).catch(async (error: unknown) => {
        await this.alive(tab);
        throw error;
      });
      await this.alive(tab);
      return value;
    };
    return Object.assign(run as Store, { leave: real.leave, remove: real.remove, isThere: real.isThere });
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
  private watch(tab: Tab, store: IDBObjectStore): IDBObjectStore {
    const { transaction } = store;
    const done: (() => void)[] = [];
    const gone = new Set<string>();
    const log: string[] = [];
    tab.transactions.add(transaction);
    transaction.addEventListener('abort', () => {
      this.trace(`${tab.name} transaction aborted: ${log.join(' ')}`);
      tab.transactions.delete(transaction);
    });
    transaction.addEventListener('complete', () => {
      tab.transactions.delete(transaction);
      this.trace(`${tab.name} transaction complete: ${log.join(' ')}`);
      for (const note of done) note();
      for (const id of gone) this.removed(tab, id);
    });
    return new Proxy(store, {
      get: (target, property) => {
        if (property === 'put') {
          return (value: unknown, key: string) => {
            const id = key.slice(readPrefix(key).length);
            log.push(`+${key.startsWith('turn') ? `${key} ${JSON.stringify(value)}` : this.show(key)}`);
            if (this.tracked.has(id)) {
              done.push(() => this.stored.add(id) && this.keys.add(key));
              if (!this.stored.has(id)) this.crowd(transaction);
            }
            return target.put(value, key);
          };
        }
        if (property === 'delete') {
          return (key: string | IDBKeyRange) => {
            if (typeof key !== 'string') {
              log.push(`-${key.lower as string}…`);
              done.push(() => [...this.keys].forEach((each) => key.includes(each) && this.keys.delete(each)));
              return target.delete(key);
            }
            log.push(`-${this.show(key)}`);
            done.push(() => this.keys.delete(key));
            gone.add(key.slice(readPrefix(key).length));
            return target.delete(key);
          };
        }
        if (property === 'getAll') {
          return (range: IDBKeyRange, limit: number) => {
            const request = target.getAll(range, limit);
            request.addEventListener('success', () => (this.read += request.result.length));
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
  private removed(tab: Tab, id: string): void {
    if ([...this.keys].some((key) => key.endsWith(id)) || !this.stored.delete(id)) return;
    if (!this.isSettled(id)) tab.trimmed.add(id);
  }
  /** Whether every collector that wants an event has taken or refused it. */
  isSettled(id: string): boolean {
    return this.collectors.every((collector) => !collector.wants(id, this.tracked.get(id)!) || collector.accepted.has(id) || collector.refused.has(id));
  }

  /** A collector's answers to a tab. */
  private post(tab: Tab, collector: Collector): Post {
    const answer = (text: string): Answer => {
      const { batch_id, unsure = [], events } = JSON.parse(text) as { batch_id: string; unsure?: string[]; events: { id: string; name: string }[] };
      const ids = events.map(({ id }) => id);
      const { kind } = collector.mode;
      const known = unsure.filter((id) => collector.batches.has(id));
      const take = (taken: readonly string[]) => {
        for (const id of taken) collector.accepted.add(id);
      };
      if (kind === 'offline' || kind === 'lost') return { status: 0, isOwn: false, body: '', isOffline: kind === 'offline' };
      for (const event of events) {
        collector.received.set(event.id, (collector.received.get(event.id) ?? 0) + 1);
        const { context: _context, ...fields } = event as { context?: number; id: string; name: string };
        if (JSON.stringify(fields) !== this.tracked.get(event.id)) this.faults.push(`received what was not tracked: ${JSON.stringify(event)}`);
        if (!collector.wants(event.id, JSON.stringify(fields))) this.faults.push(`${collector.name} received what it does not want: ${JSON.stringify(event)}`);
      }
      if (kind === 'silent') return { status: 0, isOwn: false, body: '' };
      if (kind === 'fails') return { status: 503, isOwn: true, body: '' };
      if (kind === 'busy') return { status: 429, isOwn: true, body: '', retryAfter: '20' };
      if (kind === 'html') return { status: 200, isOwn: false, body: '<html>' };
      if (kind === 'missing') return { status: 404, isOwn: true, body: '' };
      if (kind === 'refuses') return { status: 400, isOwn: true, body: '' };
      if (kind === 'small' && ids.length > SMALL) return { status: 413, isOwn: true, body: '' };
      if (kind === 'half') {
        const refused = ids.filter((id) => this.poison.has(id));
        const retry = ids.filter((id, index) => !refused.includes(id) && index % 2);
        take(ids.filter((id) => !refused.includes(id) && !retry.includes(id)));
        if (!refused.length && !retry.length) collector.batches.add(batch_id);
        return { status: 200, isOwn: true, body: JSON.stringify({ refused: refused.map((id) => ({ id, reason: 'poison' })), retry, arrived: known }) };
      }
      // A poisoned event spoils its batch.
      if (ids.some((id) => this.poison.has(id))) return { status: 422, isOwn: true, body: '' };
      take(ids);
      collector.batches.add(batch_id);
      return { status: 200, isOwn: true, body: JSON.stringify({ arrived: known }) };
    };
    const post = async (body: unknown): Promise<Answer> => {
      if (tab.state !== 'alive') return never;
      const request: Request = { tab, isLast: tab.isLeaving };
      const others = [...collector.requests].filter((other) => !other.isLast && other.tab.state === 'alive');
      if (!request.isLast && others.length && this.options.hasLocks && !this.hadTrouble) this.faults.push(`${tab.name} sends while ${others.map((other) => other.tab.name)} does`);
      collector.requests.add(request);
      this.requests.push({ collector: collector.name, ids: (body as string).match(/(?<="id":")[^"]+/g)!.filter((id) => this.tracked.has(id)) });
      const times = tab.timesAway;
      const isForgetful = this.next() < 0.5;
      const answered = answer(body as string);
      this.trace(`${tab.name} sends ${(body as string).match(/"id":"[^"]+/g)?.map((id) => this.show(id.slice(6)))}${request.isLast ? ' as it leaves' : ''} to ${collector.name}: ${answered.status}`);
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
      name: `tab ${this.tabs.length}`, state: 'alive', tracked: [], trimmed: new Set(), declared: 0, thaw: [], transactions: new Set(), connections: new Set(),
      isLeaving: false, isWarned: false, isHidden: false, timesAway: 0, delivery: undefined as never, track: undefined as never, flush: undefined as never,
    };
    this.tabs.push(tab);
    let profile: Profile | undefined;
    const newcomer: Profile = { id: 'visitor', since: this.now, dropped: { queue_full: 0 } };
    const real = createJournal(`${NAME}:`, () => true);
    const journal: Journal = {
      take: () => real.take(),
      add: (left) => void (tab.state === 'alive' && real.add(left)),
      clear: (ids) => void (tab.state === 'alive' && real.clear(ids)),
      forget: () => real.forget(),
    };
    const lockOf = (slot: string): SendLock => {
      const lock = createSendLock(NAME + slot);
      return (work) => {
        this.caller = tab;
        return lock(async (hasLock) => {
          await this.alive(tab);
          return work(hasLock);
        });
      };
    };
    const named = (name: string) => this.collectors.find((collector) => collector.address === name)!;
    const delivery = createDelivery({
      collectors: this.collectors.map(({ address, events }, index) => ({ collector: address, format: { ...waymarkFormat, ...this.options.formats?.[index] }, headers: {}, credentials: 'omit', events })),
      options: { ...this.options.bounds, batchEvents: 6, batchWaitMs: 2000 },
      store: this.openStore(tab), journal, profile: () => profile, visitor: () => profile ?? newcomer,
      revive: (stored) => (stored as Profile | undefined) ?? newcomer, onLost() {}, onOverwritten() {},
      post: ({ collector }) => this.post(tab, named(collector)), lock: lockOf, me: () => tab.name, isHidden: () => tab.isHidden, mayKeep: () => true, maySend: () => true, pack: () => undefined,
      emit: (type, detail) => {
        if (type === 'delivered') {
          const { ids, collector } = detail as { ids: string[]; collector: string };
          for (const id of ids) if (!named(collector).accepted.has(id)) this.faults.push(`delivered, but not accepted: ${id}`);
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
        if (code === 'internal_error' || (code === 'format_failed' && !this.options.formats)) this.faults.push(`${tab.name}: ${message}`);
        if (code !== 'event_refused') return;
        const collector = this.collectors.find(({ address }) => message.startsWith(address)) ?? this.collectors[0]!;
        collector.refused.add(message.replace(`${collector.address}: `, '').split(':')[0]!);
      },
    });
    tab.delivery = delivery;
    tab.flush = () => delivery.flush(Promise.resolve());
    tab.track = (isPurchase, isPoison) => {
      const id = timeId(this.now);
      const event = JSON.stringify({ id, name: isPurchase ? 'purchase' : 'view_item', time: new Date(this.now) });
      const row: Row = { id, context: '{}', event };
      this.tracked.set(id, event);
      if (isPoison) this.poison.add(id);
      tab.tracked.push(id);
      this.trace(`${tab.name} tracks ${this.show(id)}`);
      delivery.add(row);
      return id;
    };
    delivery.wake(2000);
    void delivery.queue.load().then((known) => {
      profile = known ?? newcomer;
    });
    return tab;
  }

  /** The tab's process ends. What it has asked the database to commit is done or lost; all else is lost. */
  crash(tab: Tab, isDone: boolean): void {
    this.stop(tab, isDone, 'crashed');
  }
  private stop(tab: Tab, isDone: boolean, state: 'crashed' | 'left'): void {
    tab.state = state;
    for (const [name, holder] of this.locks) if (holder === tab) this.locks.delete(name);
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
    tab.delivery.leave(false);
    tab.isLeaving = false;
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
    tab.delivery.leave(true);
    tab.isHidden = true;
    tab.delivery.leave(false);
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
    tab.delivery.back();
    this.thaw(tab);
  }
  /** A page that is put away or frozen ends. */
  evict(tab: Tab): void {
    this.stop(tab, true, tab.isWarned ? 'left' : 'crashed');
  }
  /** The shop deletes the database. */
  deleteDatabase(): void {
    this.hadTrouble = true;
    const request = indexedDB.deleteDatabase(NAME);
    const note = () => {
      for (const { state, tracked } of this.tabs) if (state !== 'alive') for (const id of tracked) this.destroyed.add(id);
    };
    note();
    request.onsuccess = () => {
      note();
      this.stored.clear();
      this.keys.clear();
    };
  }
  /** The database is empty all of a sudden, and nobody is told. */
  wipe(): void {
    this.hadTrouble = true;
    // A page that is left before it looks again cannot know.
    const note = () => {
      for (const id of this.tracked.keys()) this.destroyed.add(id);
    };
    note();
    const request = indexedDB.open(NAME);
    request.onupgradeneeded = () => request.transaction!.abort();
    request.onsuccess = () => {
      const db = request.result;
      const { transaction } = db.transaction('events', 'readwrite').objectStore('events').clear();
      transaction!.oncomplete = () => {
        note();
        this.stored.clear();
        this.keys.clear();
        db.close();
      };
    };
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

  /** Returns the ids of the events that are kept, in the database or in the journal. */
  async kept(): Promise<string[]> {
    const ids = new Set(Object.values(this.localStorage).flatMap((text) => (JSON.parse(text) as { rows: Row[] }).rows.map(({ id }) => id)));
    const [found] = await this.done(indexedDB.databases());
    if (found) {
      const db = await this.done(promisifyRequest(indexedDB.open(NAME)));
      for (const key of await this.done(promisifyRequest(db.transaction('events').objectStore('events').getAllKeys()))) {
        const id = (key as string).slice(readPrefix(key).length);
        if (this.tracked.has(id)) ids.add(id);
      }
      db.close();
    }
    return [...ids];
  }
  private async done<Value>(work: Promise<Value>): Promise<Value> {
    await this.settle();
    const blocked = Symbol();
    const value = await Promise.race([work, this.breathe().then(() => blocked)]);
    if (value === blocked) throw new Error('the database is blocked');
    return value as Value;
  }
}
