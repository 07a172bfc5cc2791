import { createConsent, readStatement, type Consent, type ConsentGate, type ConsentSource } from './consent/consent.js';
import type { Collector } from './delivery/collectors.js';
import { createDestinations, type Destinations } from './delivery/destinations.js';
import { createPost } from './delivery/request.js';
import { createSendLock } from './delivery/tabs.js';
import type { Draft } from './event/draft.js';
import type { TrackedEvent, UnsentEvent } from './event/event.js';
import { createFreezer, type Freezer } from './event/freeze.js';
import { sealEvent } from './event/seal.js';
import { createListeners, type Listeners } from './listeners.js';
import type { coreDefaults } from './options.js';
import { openDatabase } from './outbox/database.js';
import { createHandOver } from './outbox/hand-over.js';
import type { Outboxes } from './outbox/outboxes.js';
import { processDraft } from './pipeline.js';
import { whenActivated } from './platform/lifecycle.js';
import type { Stop } from './platform/listen.js';
import { isHidden } from './platform/of-document.js';
import type { DraftOptions, Plugin, PluginApi, Story } from './plugin.js';
import { createPlugins, type Plugins } from './plugins.js';
import { createFilters, type Filters } from './privacy/filters.js';
import { createRecord, reviveRecord, type VisitorRecord } from './visitor/record.js';
import { createTab, type Tab } from './visitor/tab.js';
import { createVisitor, type Visitor } from './visitor/visitor.js';

/** The parts of one tracker, and what they share. */
export interface Core {
  options: typeof coreDefaults;
  isAnonymous: boolean;
  isStopped: boolean;
  /** Whether the page is just coming out of the back/forward cache. */
  isBack: boolean;
  /** Whether it is another tab that says that consent is withdrawn. */
  isHeard: boolean;
  /** Tells other tabs that it is; there once the page is shown. */
  withdraw?: (source: ConsentSource) => void;
  /** Returns who the visitor is if nobody is known, where a plugin knows. */
  newcomer(): VisitorRecord | undefined;
  stops: Stop[];
  story: Story;
  /** The first events of this page, for plugins that come later. */
  past: TrackedEvent[];
  /** The plugins in the order in which they were given. */
  given: readonly Plugin[];
  plugins: Plugins;
  listeners: Listeners;
  freezer: Freezer;
  filters: Filters;
  consent: ConsentGate;
  tab: Tab;
  visitor: Visitor;
  delivery: Destinations;
  queue: Outboxes;
  /** Returns `work` guarded, and without effect once the tracker has stopped. */
  safe: PluginApi['guard'];
  mayMarket(): boolean;
  /** Runs `work` with an up-to-date record, once that is allowed. */
  known(work: (record: VisitorRecord) => void, isEvent?: boolean): void;
  /** Settles when the visitor is known; at once where nothing may be kept or sent. */
  ready(): Promise<void>;
  /** Deletes everything that is kept. Resolves with whether nothing is left. */
  forget(): Promise<boolean>;
  /** Freezes an event, and takes it on as soon as that is allowed and the visitor is known. */
  record(name: string, properties: unknown, given?: DraftOptions): void;
  /** Takes a draft through the plugins, and what comes of it into the outbox. */
  take(draft: Draft, record: VisitorRecord): void;
  /** Tells what waits for more to be said. */
  flushHeld(): void;
  /** Lets through what is allowed, unless a part has to come before. */
  letThrough(): void;
  hold(part: Promise<unknown>): void;
  wait(part: Promise<unknown>): void;
}

/** Module state, since a page is to have nothing of ours left once a tracker is stopped. */
const stories = /* @__PURE__ */ new WeakMap<Document, Record<string, Story>>();

/** Returns what this document remembers of the trackers of a key. */
function storyOf(key: string): Story {
  const all = stories.get(document) ?? {};
  stories.set(document, all);
  return (all[`~${key}`] ??= {});
}

/** Returns the collectors: several, or the one. */
const collectorsOf = (options: typeof coreDefaults): readonly Collector[] => (options.collectors.length ? options.collectors : [{ ...options, consent: '' }]);

/** Most events that are kept for plugins that come later. Our choice: a page tracks few until it is parsed. */
const MAX_PAST = 99;

/** Makes the parts, and hands each what it needs. Nothing is let through yet. */
export function createCore(options: typeof coreDefaults, isPage: boolean): Core {
  const collectors = collectorsOf(options);
  const listeners = createListeners(isPage);
  const { guard, on, report } = listeners;
  const plugins = createPlugins(options.plugins, collectors.map(({ format }) => format), report);
  const stops: Stop[] = [];
  const core: Core = {
    options,
    isAnonymous: options.identity === 'none',
    isStopped: !isPage,
    isBack: false,
    isHeard: false,
    newcomer: () => undefined,
    stops,
    story: isPage ? storyOf(options.key) : {},
    past: [],
    given: options.plugins,
    plugins,
    listeners,
    freezer: createFreezer(plugins.all, options.deniedProperties, listeners),
    filters: createFilters(report),
    safe: (work) => guard((...args) => core.isStopped || work(...args)),
    mayMarket: () => !core.isAnonymous && core.consent.now().marketing === 'granted',
    known: (work, isEvent) => core.consent.run(() => core.visitor.ready(guard(work)), isEvent),
    ready: () =>
      new Promise((resolve) => {
        if (!core.consent.isOpen()) return resolve();
        const stop = on('reset', end);
        function end(): void {
          stop();
          resolve();
        }
        core.known(end);
      }),
    flushHeld: () => core.record('~flush', {}, { context: {}, session: 'ignore' }),
    // The others are added below: each needs some of these.
  } satisfies Partial<Core> as never;
  if (options.beforeSend) core.filters.all.add(options.beforeSend);
  addGate(core);
  addVisitor(core, new Promise<void>((resolve) => isPage && whenActivated(stops, resolve)));
  addDelivery(core, collectors);
  addTaking(core);
  // For somebody else, the page is seen for the first time.
  on('reset', () => (core.story.newcomer = core.story.told = undefined));
  return core;
}

/** What may be kept and sent, and what follows when that changes. */
function addGate(core: Core): void {
  const { listeners, options } = core;
  /** Events that went by while nobody answered, and of which the collector does not know yet. */
  let unanswered = 0;
  /** Parts that have to come before anything is let through. */
  let holds = 0;
  core.consent = createConsent({
    option: readStatement(options.consent)!,
    gpc: options.globalPrivacyControl,
    dnt: options.doNotTrack ? 'all' : 'ignore',
    onChange(now, before) {
      if (now.analytics === 'denied') {
        if (before.analytics === 'granted' && !core.isHeard) core.withdraw?.(now.by.analytics);
        void core.forget();
      } else if (before.analytics === 'granted') withdrawMarketing(core);
      listeners.emit('consent', now);
    },
    onOpen() {
      core.tab.take();
      // What was on its way into the store as it was closed. A page that comes back looks first what of it must not be sent again.
      if (!core.isBack && core.queue.lanes.some(({ own }) => own().length)) core.queue.restore();
      // What earlier pages have kept.
      withdrawMarketing(core);
      if (unanswered) core.visitor.ready(listeners.guard(() => (core.delivery.count('unanswered', unanswered), (unanswered = 0))));
    },
    onExpired(count) {
      unanswered += count;
      listeners.emit('dropped', { cause: 'unanswered', count, collectors: core.delivery.names });
    },
  });
  core.letThrough = () => holds || core.consent.start();
  core.hold = (part) => {
    holds++;
    core.consent.pause();
    void part.catch((error) => listeners.report('more_failed', `${error as string}`)).then(() => (holds--, core.letThrough()));
  };
  core.forget = () => {
    core.visitor.forget();
    unanswered = 0;
    core.tab.forget();
    core.delivery.forget();
    listeners.emit('reset', undefined);
    return core.queue.forget();
  };
}

/** Takes out of all that is kept what needs consent to marketing, where that is denied. */
function withdrawMarketing({ consent, isAnonymous, known, plugins, queue }: Core): void {
  const now: Consent = consent.now();
  // Not while nobody has answered yet: what was allowed at the visit before may be again in a moment.
  if (!consent.isOpen() || isAnonymous || now.marketing !== 'denied') return;
  known((record) => {
    plugins.change(record, (state, own) => (own !== undefined && state.withoutMarketing ? state.withoutMarketing(own) : own));
    queue.save();
  });
  void queue.revise((row) => plugins.all.reduce((each, { redact }) => redact?.(each, now) ?? each, row));
}

/** Who it is. `shown`: settles when a prerendered page is really shown: nothing of a page that nobody sees may be stored or count. */
function addVisitor(core: Core, shown: Promise<unknown>): void {
  const { options, story } = core;
  /** What everything waits for before the visitor is looked up. */
  let parts = shown;
  core.wait = (part) => {
    parts = Promise.all([parts, part]);
  };
  core.tab = createTab(`waymark-${options.key}`, () => core.consent.isOpen() && !core.isAnonymous);
  core.visitor = createVisitor(
    async () => {
      await parts;
      // For the events of earlier pages.
      core.delivery.wake(options.batchWaitMs);
      return core.queue.load();
    },
    // What the page before left may have reached its age, too.
    () => (story.newcomer ??= reviveRecord(core.tab.left(), core.newcomer() ?? createRecord())),
    isHidden,
  );
}

/** What waits, and how it goes out. */
function addDelivery(core: Core, collectors: readonly Collector[]): void {
  const { consent, listeners, options, plugins, stops, tab, visitor } = core;
  const { emit, report } = listeners;
  const name = `waymark-${options.key}`;
  const mayKeep = () => consent.isOpen() && !core.isAnonymous;
  const newcomer = () => (core.story.newcomer ??= reviveRecord(tab.left(), core.newcomer() ?? createRecord()));
  core.delivery = createDestinations({
    collectors,
    options,
    database: openDatabase(name, () => core.queue.restore(), stops),
    handOver: createHandOver(`${name}:`, mayKeep),
    mayKeep,
    maySend: consent.isOpen,
    stops,
    post: (collector) => createPost(collector, stops),
    lock: (slot) => createSendLock(name + slot),
    visitor: visitor.record,
    record: () => (visitor.uncertain() ? undefined : visitor.record()),
    revive(stored) {
      const found = reviveRecord(stored, newcomer());
      const { id, last = 0 } = found;
      const state = { ...found.state };
      const record = { ...found, state };
      plugins.change(record, (hooks, own) => (hooks.load ? hooks.load(own, { id, last, state, mayMarket: core.mayMarket() }) : own));
      // Another object is stored.
      return found === stored && Object.keys(state).every((key) => state[key] === found.state[key]) ? found : record;
    },
    me: tab.id,
    isHidden,
    pack: () => plugins.all.find(({ pack }) => pack)?.pack,
    emit,
    report,
    onLost: (error) => report('storage_unavailable', `${error as string}`),
    onOverwritten(theirs) {
      const mine = visitor.record()!;
      // After a reset, it is somebody else's.
      if (mine.id !== theirs.id) return;
      plugins.change(mine, (hooks, own, key) => (hooks.merge ? hooks.merge(own, theirs.state[key]) : own));
      core.queue.save();
    },
  });
  core.queue = core.delivery.queue;
}

/** An event's way from the call to the outbox. */
function addTaking(core: Core): void {
  const { consent, delivery, filters, freezer, isAnonymous, listeners, past, plugins, queue, story, tab } = core;
  const { emit, guard, report } = listeners;

  /** The last look at an event: what the visitor has allowed, and the shop's own word. */
  function finish(draft: Draft, event: UnsentEvent): UnsentEvent | undefined {
    event.consent = draft.waited ? { ...consent.now(), waited: true } : consent.now();
    if (isAnonymous) event.visitor = event.session = undefined;
    return filters.apply(event);
  }
  function put(draft: Draft, record: VisitorRecord): void {
    // An order that was told before `reset`, and not sent yet: this one would take its place.
    if (queue.lanes.some((lane) => lane.own().some(({ id }) => id === draft.id))) return;
    const sealed = sealEvent(draft, record.id, tab, (event) => finish(draft, event));
    if (!sealed) return queue.save();
    const { event, row } = sealed;
    delivery.add(row);
    if (past.length < MAX_PAST) past.push(event);
    emit('event', event);
    const { journey, name } = event;
    if (journey && journey.move !== 'stay') emit('stage', { ...journey, event: name });
  }
  core.take = (draft, record) => {
    const before = { ...record.state };
    const drafts = processDraft(plugins.all, draft, record, core.mayMarket(), (name, error) => report('internal_error', `${name}: ${error as string}`));
    // What is remembered goes with the events; without any, by itself.
    if (!drafts.length && Object.keys(record.state).some((key) => record.state[key] !== before[key])) queue.save();
    for (const each of drafts) put(each, record);
  };
  story.take = core.take;
  core.record = guard((name: string, properties: unknown, given: DraftOptions = {}) => {
    const { analytics } = consent.now();
    if (analytics === 'denied') return;
    const draft = freezer.freeze(name, properties, given, analytics === 'required');
    core.known((record) => story.take!(draft, record), name[0] !== '~');
  });
}
