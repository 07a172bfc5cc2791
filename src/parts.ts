import { createConsent, type ConsentGate } from './consent/consent.js';
import type { Collector } from './delivery/collectors.js';
import { addTo, createLanes } from './delivery/destinations.js';
import type { Lane } from './delivery/lane.js';
import { createPost } from './delivery/request.js';
import type { UnsentEvent } from './event/event.js';
import type { Draft } from './event/draft.js';
import { createFreezer } from './event/freeze.js';
import { sealEvent } from './event/seal.js';
import { createListeners } from './listeners.js';
import type { coreDefaults } from './options.js';
import { openDatabase } from './outbox/database.js';
import { createHandOver } from './outbox/hand-over.js';
import { createPipeline, processDraft, type Pipeline } from './pipeline.js';
import { whenActivated } from './platform/lifecycle.js';
import { isHidden, isThere } from './platform/of-document.js';
import type { PluginApi, Story } from './plugin.js';
import { createPlugins } from './plugins.js';
import { createFilters } from './privacy/filters.js';
import type { Parts } from './tracker-parts.js';
import { createView } from './view.js';
import { createRecord, reviveRecord, type VisitorRecord } from './visitor/record.js';
import { createTab } from './visitor/tab.js';
import { createVisitor } from './visitor/visitor.js';

/** Module state, since a page is to have nothing of ours left once a tracker is stopped. */
const stories = /* @__PURE__ */ new WeakMap<Document, Map<string, Story>>();

/** Returns what this document remembers of the trackers of a key. */
function storyOf(key: string): Story {
  const all = stories.get(document) ?? new Map<string, Story>();
  stories.set(document, all);
  const story = all.get(key) ?? {};
  all.set(key, story);
  return story;
}

/** Makes the parts, and hands each what it needs. Nothing is let through yet. */
export function createParts(options: typeof coreDefaults, isPage: boolean): Parts {
  const listeners = createListeners(isPage);
  const { guard, on, report } = listeners;
  const { key } = options;
  const collectors = collectorsOf(options);
  const formats = collectors.map(({ format }) => format);
  const plugins = createPlugins(options.plugins, formats, listeners);
  const parts = {
    options,
    isAnonymous: options.identity === 'none',
    isStopped: !isPage,
    isBack: false,
    withdrawals: 0,
    story: isPage ? storyOf(key) : {},
    stops: [],
    plugins,
    listeners,
    filters: createFilters(report, options.beforeSend),
    freezer: createFreezer(plugins.all, options.deniedProperties, listeners),
    known: (work, isEvent) => parts.gate.run(() => parts.visitor.ready(guard(work)), isEvent),
    mayKeep: () => isThere() && parts.gate.isOpen() && !parts.isAnonymous,
    mayMarket: () => !parts.isAnonymous && parts.gate.now().marketing === 'granted',
    // The others are added below: each needs some of these.
  } as Partial<Parts> as Parts;
  parts.gate = createGate(parts);
  parts.tab = createTab(`waymark-${key}`, parts.mayKeep);
  parts.visitor = createVisitor(
    () => load(parts),
    () => newcomerOf(parts),
    isHidden,
  );
  parts.lanes = openLanes(parts, collectors);
  parts.pipeline = openPipeline(parts);
  parts.story.take = parts.pipeline.take;
  const shown = new Promise<void>((resolve) => isPage && whenActivated(parts.stops, resolve));
  parts.view = createView(parts, Promise.all([shown, parts.story.stopped]));
  const safe: PluginApi['guard'] = (work) => guard((...args) => parts.isStopped || work(...args));
  parts.api = { track: safe(parts.pipeline.track), on, report, guard: safe, stops: parts.stops, tracker: parts.view };
  // For somebody else, the page is seen for the first time.
  on('reset', () => (parts.story.newcomer = parts.story.told = undefined));
  return parts;
}

/** Returns the collectors: several, or the one. */
const collectorsOf = (options: typeof coreDefaults): readonly Collector[] =>
  options.collectors.length ? options.collectors : [{ ...options, consent: '' }];

/** What may be kept and sent, and what follows when that changes. */
function createGate(parts: Parts): ConsentGate {
  const { known, listeners, options } = parts;
  return createConsent(options, {
    onChange(now, before) {
      if (now.analytics === 'denied') {
        if (before.analytics === 'granted') parts.withdraw?.(now.by.analytics);
        void forget(parts);
      } else if (before.analytics === 'granted') withdrawMarketing(parts);
      listeners.emit('consent', now);
    },
    onOpen() {
      parts.tab.take();
      // What was on its way into the store as it was closed. A page that comes back looks first what of it must not be sent again.
      for (const { outbox } of parts.lanes) if (!parts.isBack && outbox.rows.size) outbox.store.doubt();
      // What earlier pages have kept.
      withdrawMarketing(parts);
    },
    onExpired: (count) => known(() => parts.lanes[0]!.drop('unanswered', count)),
  });
}

/** Deletes everything that is kept. Resolves with whether nothing is left. */
export function forget(parts: Parts): Promise<boolean> {
  const { lanes, listeners, pipeline, tab, visitor } = parts;
  parts.withdrawals = 0;
  visitor.forget();
  tab.forget();
  pipeline.forget();
  for (const { destination } of lanes) destination.forget();
  listeners.emit('reset', undefined);
  return Promise.all(lanes.map(({ outbox }) => outbox.forget())).then((all) => all.every(Boolean));
}

/** Takes out of all that is kept what needs consent to marketing, where that is denied. */
function withdrawMarketing(parts: Parts): void {
  const { gate, known, lanes, listeners, mayKeep, plugins } = parts;
  // Not while nobody has answered yet: what was allowed at the visit before may be again in a moment.
  if (!mayKeep() || gate.now().marketing !== 'denied') return;
  parts.withdrawals++;
  known((record) => {
    plugins.change(record, ({ withoutMarketing }, own) =>
      own !== undefined && withoutMarketing ? withoutMarketing(own) : own,
    );
    lanes[0]!.outbox.store.touchRecord();
    // What cannot be taken out is not sent: it stays for a page that can do it.
    const done = () => void (parts.withdrawals = Math.max(0, parts.withdrawals - 1));
    if (!lanes.some(({ outbox }) => outbox.hasRows())) done();
    else {
      import('./outbox/tidy.js')
        .then(({ withdraw }) => withdraw(lanes, plugins.all, gate.now()))
        .then(done, (error) => listeners.report('more_failed', `${error as string}`));
    }
  });
}

/** Reads who the visitor is, and what earlier pages have kept. */
async function load({ lanes, options, pipeline, view }: Parts): Promise<VisitorRecord | undefined> {
  await view.shown;
  const [loaded] = await Promise.all(lanes.map(({ outbox }) => outbox.load()));
  const visitor = loaded?.visitor as VisitorRecord | undefined;
  if (visitor) await lanes[0]!.begin(visitor);
  for (const { destination } of lanes) destination.wake(options.batchWaitMs);
  if (loaded) pipeline.resume(loaded.drafts);
  return visitor;
}

/** Returns who the visitor is if the store does not know: always the same for a page. What the page before left may have reached its age, too. */
const newcomerOf = ({ story, tab, view }: Parts): VisitorRecord =>
  (story.newcomer ??= reviveRecord(tab.left(), view.newcomer?.() ?? createRecord()));

/** What waits, and how it goes out. */
function openLanes(parts: Parts, collectors: readonly Collector[]): Lane[] {
  const { gate, listeners, mayKeep, mayMarket, options, plugins, stops, tab, visitor } = parts;
  return createLanes({
    collectors,
    name: `waymark-${options.key}`,
    options,
    stops,
    open: (name, onGone) => openDatabase(name, onGone, stops),
    handOver: (prefix) => createHandOver(prefix, mayKeep),
    mayKeep,
    maySend: () => isThere() && gate.isOpen() && !parts.withdrawals,
    post: createPost,
    visitor: visitor.record,
    record: () => (visitor.uncertain() ? undefined : visitor.record()),
    revive(stored) {
      const found = reviveRecord(stored, newcomerOf(parts));
      const record = { ...found, state: { ...found.state } };
      const { id, last = 0 } = found;
      plugins.change(record, ({ load: read }, own) =>
        read ? read(own, { id, last, state: record.state, mayMarket: mayMarket() }) : own,
      );
      return record;
    },
    onReplaced(theirs) {
      const mine = visitor.record();
      const { id, state } = theirs as VisitorRecord;
      // After a reset, it is somebody else's.
      if (mine?.id !== id) return;
      plugins.change(mine, ({ merge }, own, name) => (merge ? merge(own, state[name]) : own));
      parts.lanes[0]!.outbox.store.touchRecord();
    },
    me: tab.id,
    isHidden,
    pack: () => plugins.all.find(({ pack }) => pack)?.pack,
    emit: listeners.emit,
    report: listeners.report,
  });
}

/** An event's way from the call to the outbox: see pipeline.ts. */
function openPipeline({
  filters,
  freezer,
  gate,
  isAnonymous,
  known,
  lanes,
  listeners,
  mayMarket,
  plugins,
  story,
  tab,
}: Parts): Pipeline {
  const { emit, report } = listeners;
  const { drafts, rows, store } = lanes[0]!.outbox;

  /** The last look at an event: what the visitor has allowed, and the shop's own word. */
  function finish(draft: Draft, event: UnsentEvent): UnsentEvent | undefined {
    event.consent = draft.waited ? { ...gate.now(), waited: true } : gate.now();
    if (isAnonymous) event.visitor = event.session = undefined;
    return filters.apply(event);
  }
  const onError = (name: string, error: unknown) => report('internal_error', `${name}: ${error as string}`);
  return createPipeline({
    isDenied: () => gate.now().analytics === 'denied',
    freeze: (name, properties, given) => freezer.freeze(name, properties, given, gate.now().analytics === 'required'),
    whenKnown: known,
    process: (draft, record, isLast) => processDraft(plugins.all, draft, record, mayMarket(), onError, isLast),
    load: plugins.load,
    keep: drafts.put,
    unkeep: drafts.remove,
    save: store.touchRecord,
    put(draft, record) {
      // An order that was told before `reset`, and not sent yet: this one would take its place.
      const isThere = [...rows.values()].some((row) => row.some(({ id }) => id === draft.id));
      const sealed = isThere ? undefined : sealEvent(draft, record.id, tab, (event) => finish(draft, event));
      if (!sealed) return store.touchRecord();
      const { event, row } = sealed;
      addTo(lanes, row);
      emit('event', event);
      const { journey, name } = event;
      if (journey && journey.move !== 'stay') emit('stage', { ...journey, event: name });
    },
    latest: () => story.take!,
  });
}
