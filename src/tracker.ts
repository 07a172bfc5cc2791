import { watchLifecycle, whenActivated } from './browser/lifecycle.js';
import type { Stop } from './browser/listen.js';
import type { DropCause } from './delivery/bounds.js';
import { createDelivery, type FlushResult } from './delivery/delivery.js';
import { createJournal } from './delivery/journal.js';
import { createPost } from './delivery/request.js';
import { openStore } from './delivery/store.js';
import { createSendLock } from './delivery/tabs.js';
import type { Context, StandardEvents, TrackedEvent } from './event/event.js';
import { stampEvent, type Draft } from './event/stamp.js';
import { createMemory } from './identity/memory.js';
import { createProfile, reviveProfile, type Profile } from './identity/profile.js';
import { createTab } from './identity/tab.js';
import type { Step } from './journey/journey.js';
import { coreDefaults, corePatterns, resolveOptions, type CoreOptions, type WithCollector } from './options.js';
import type { Enrich, Handler, RecordOptions, Tools } from './plugin.js';
import { createEmitter } from './util/emitter.js';
import { timeId } from './util/id.js';
import { toJson } from './util/json.js';
import { show } from './util/show.js';

/** Event names and what they may carry; the type parameter of `createTracker`. */
export type EventMap = { [Name: string]: object };

/** The shop's own events beside the standard ones. */
export type AllEvents<Events> = Events & Omit<StandardEvents, keyof Events>;

/** What may follow the name in `track`: properties, which can be left out where none is required, and options. */
export type TrackArguments<Properties> = {} extends Properties
  ? [properties?: Properties, options?: TrackOptions]
  : [properties: Properties, options?: TrackOptions];

/** The stages of the canonical model, in order. */
export type CanonicalStage = 'awareness' | 'consideration' | 'decision' | 'purchase' | 'retention' | 'advocacy';

/** Options of one `track` call. */
export interface TrackOptions {
  /**
   * The event's stage: a canonical one, what another scheme calls it (`interest`, `post-purchase` …), or one of a model that the tracker
   * names. Default: what the models' rules say.
   */
  stage?: CanonicalStage | (string & {}) | undefined;
}

/** Something that did not go as the shop meant it. Nothing is thrown: this is how the shop learns of it. */
export interface Problem {
  /** One of the codes in README. */
  code: string;
  /** What was taken, what was got, and what became of it. */
  message: string;
}

/** What `on` can listen to. */
export interface TrackerEvents {
  /** The visitor's stage changed. */
  stage: Step & { event: string };
  /** An event was tracked; it is in the queue. */
  event: TrackedEvent;
  /** A collector, by its name or else its address, has confirmed these events. */
  delivered: { ids: string[]; collector: string };
  /** Events that will never arrive at these collectors. Each event counts once. */
  dropped: { cause: DropCause; count: number; collectors: string[] };
  /** The visitor was forgotten by `reset`. */
  reset: void;
  problem: Problem;
}

/** The core of a tracker. No call throws, blocks or returns an error. */
export interface CoreTracker<Events = EventMap> {
  /**
   * Tracks one event: takes a copy and returns at once.
   *
   * @param name a letter, then up to 39 letters, digits and `_`
   * @param properties plain data; what cannot be written as JSON is left out and reported
   */
  track<Name extends keyof AllEvents<Events> & string>(name: Name, ...rest: TrackArguments<AllEvents<Events>[Name]>): void;
  /** Calls `listener` at each `type` until the returned function is called. What it throws is reported as a problem. */
  on<Type extends keyof TrackerEvents>(type: Type, listener: (detail: TrackerEvents[Type]) => void): Stop;
  /** Sends everything that waits now, whatever the collector said before. Resolves with what became of it, after half a minute at the latest; never rejects. */
  flush(): Promise<FlushResult>;
  /** Ends the tracker: no listener, timer or page patch stays. What was not sent stays stored for the next visit. */
  stop(): void;
}

/** What event names look like: GA4's bounds. */
const NAME = /^[a-z]\w{0,39}$/i;
/** Most characters that the properties of one event may take as JSON. Our choice: well below a batch. */
const MAX_PROPERTIES = 16_000;

/**
 * Returns a tracker. On a server it returns one that does nothing. A second call with the key of a tracker that runs returns
 * that one, with a warning.
 *
 * @typeParam Events the shop's own events: names and their properties, checked at compile time
 * @typeParam Methods what the plugins add to the tracker
 * @throws TypeError for a wrong option, naming it, what it takes and what it got
 */
export function createTracker<Events = EventMap, Methods = object>(given: WithCollector<CoreOptions>): CoreTracker<Events> & Methods {
  return openTracker<CoreTracker<Events> & Methods>(resolveOptions(given, coreDefaults, corePatterns));
}

/**
 * Returns the tracker of `options.key`: the one that runs already, else a new one.
 *
 * @param isOff whether it does nothing, as on a server; default: false
 */
export function openTracker<Opened>(options: typeof coreDefaults, isOff = false): Opened {
  const { key } = options;
  const isPage = typeof document === 'object' && !isOff;
  // On the page itself, so that two copies of Waymark know of each other.
  const page = globalThis as { [slot: symbol]: Map<string, CoreTracker> };
  const trackers = (page[Symbol.for('waymark')] ??= new Map());
  if (isPage && trackers.has(key)) console.warn(`waymark: "${key}" runs already`);
  else trackers.set(key, startTracker(options, isPage, () => trackers.delete(key)));
  return trackers.get(key) as Opened;
}

/** Builds the parts and hands each what it needs. Outside a page, the tracker is stopped from the start. */
function startTracker(options: typeof coreDefaults, isPage: boolean, onStop: Stop): CoreTracker {
  const name = `waymark-${options.key}`;
  const stops: Stop[] = [];
  const enrich: Enrich[] = [];
  const observe: Tools['observe'] = [];
  const ends: Tools['ends'] = [];
  const leaves: Tools['leaves'] = [];
  const merges: Tools['merges'] = [];
  const calls = new Map<string, Handler>();
  let isStopped = !isPage;

  const { on, emit } = createEmitter<TrackerEvents>((type, error) => {
    // A listener for problems that throws has had its chance.
    if (type !== 'problem') report('listener_failed', `${type}: ${error}`);
  });
  const report: Tools['report'] = (code, message) => emit('problem', { code, message });
  const reject: Tools['reject'] = (what, takes, got) => report(`invalid_${what}`, `${what} takes ${takes}, got ${show(got)}`);
  /** Returns `work` so that nothing it throws reaches the page. */
  const guard =
    <Args extends unknown[]>(work: (...args: Args) => void) =>
    (...args: Args): void => {
      try {
        work(...args);
      } catch (error) {
        report('internal_error', `${error}`);
      }
    };
  /** Returns `work` guarded, and without effect once the tracker has stopped. */
  const safe: Tools['safe'] = (work) => guard((...args) => isStopped || work(...args));

  const watch: Tools['watch'] = (start) => {
    if (isPage) whenActivated(stops, guard(start));
  };
  /** Settles when a prerendered page is really shown: nothing of a page that nobody sees may be stored or count. */
  const activated = new Promise<void>(watch);
  const tab = createTab(name);
  // What the page before left may have reached its age, too.
  const newcomer = reviveProfile(tab.left(), createProfile());
  const isHidden = () => document.visibilityState === 'hidden';
  const memory = createMemory(async () => {
    await activated;
    // For the events of earlier pages.
    delivery.wake(options.batchWaitMs);
    const known = await queue.load();
    // The numbers so far are somebody else's: made up by a page that ended before the store had answered, or reset in another tab.
    const before = memory.profile() ?? tab.left();
    if (known && before && before.id !== known.id) tab.renew();
    return known;
  }, newcomer, isHidden);
  const onOverwritten = (theirs: Profile) => {
    const mine = memory.profile()!;
    // After a reset, it is somebody else's.
    if (mine.id !== theirs.id) return;
    merges.forEach((merge) => guard(merge)(mine, theirs));
    queue.save();
  };
  const delivery = createDelivery({
    collectors: options.collectors.length ? options.collectors : [options],
    options,
    store: openStore(name, () => queue.restore()),
    journal: createJournal(`${name}:`),
    post: (collector) => createPost(collector, stops),
    lock: (slot) => createSendLock(name + slot),
    visitor: () => memory.profile()!,
    profile: () => (memory.madeUp() ? undefined : memory.profile()),
    revive: (stored) => reviveProfile(stored, newcomer),
    me: tab.id,
    isHidden,
    pack: () => tools.pack,
    emit,
    report,
    onLost: (error) => report('storage_unavailable', `${error}`),
    onOverwritten,
  });
  const { queue } = delivery;

  const known: Tools['known'] = (work) => memory.known(guard(work));

  /** Returns a copy of plain data, and reports what of it could not be copied. */
  function copy(properties: unknown = {}, event: string): Record<string, unknown> {
    const lost: string[] = [];
    const text = toJson(properties, lost, MAX_PROPERTIES);
    if (lost.length) report('invalid_property', `${event}: not plain data: ${lost}`);
    return JSON.parse(text) as Record<string, unknown>;
  }

  /** Gives an event its number and its place, and queues it. */
  function commit(draft: Draft, profile: Profile): void {
    const stamped = stampEvent(draft, profile, tab, enrich);
    if (!stamped) return queue.save();
    delivery.add(stamped.row);
    emit('event', stamped.event);
  }
  /** Freezes an event as it is at this moment. */
  function freeze(name: string, properties: unknown, { stage, opening, seen }: RecordOptions = {}): Draft {
    // Before the time is taken: looking may count the page view, which comes first.
    seen ??= Object.assign({}, ...observe.map((look) => look())) as Partial<Context>;
    const time = Date.now();
    return {
      id: timeId(time),
      name,
      time,
      seen,
      properties: copy(properties, name),
      stage,
      opening,
    };
  }
  const insert: Tools['insert'] = (profile, name, properties, set) => commit({ ...freeze(name, properties, set), opening: false, ...set }, profile);

  /** Freezes one event, and stamps and queues it as soon as the visitor is known. */
  const record: Tools['record'] = (name, properties, options = {}) => {
    const draft = freeze(name, properties, options);
    const { late } = options;
    known((profile) => {
      const found = late?.(profile, draft);
      if (found) draft.properties = copy(found, name);
      if (late && !found) queue.save();
      else commit(draft, profile);
    });
  };

  const track = safe((event: unknown, properties?: unknown, given?: RecordOptions): void => {
    if (typeof event !== 'string' || !NAME.test(event)) return reject('name', NAME, event);
    const handler = calls.get(event) ?? record.bind(null, event);
    handler(properties, Object(given));
  });

  const tracker: CoreTracker = {
    track: track as CoreTracker['track'],
    on,
    flush: async () => (isStopped ? { delivered: 0, kept: 0, refused: 0 } : delivery.flush(new Promise(known))),
    stop: safe(() => {
      isStopped = true;
      stops.forEach((stop) => stop());
      delivery.stop();
      known((profile) => tab.leave(profile));
      onStop();
    }),
  };

  const onHidden = safe((isLeft: boolean) => {
    memory.settle();
    for (const leave of leaves) guard(leave)(isLeft);
    delivery.leave(isLeft);
    memory.suspect();
    // A page that is left becomes hidden after that, and may have tracked something in between.
    tab.leave(memory.profile(), isLeft);
  });
  const onRestored = safe(() => {
    tab.take();
    delivery.back();
  });
  const tools: Tools = { tracker, calls, enrich, observe, ends, leaves, merges, stops, memory, queue, tab, insert, record, known, copy, safe, watch, wake: delivery.wake, emit, report, reject };
  for (const plugin of options.plugins) guard(() => Object.assign(tracker, plugin(tools)))();
  // Not before the page is shown: a prerendered page that is thrown away was never there. And after the plugins: what they say of a page that is
  // left goes out with the rest. (Listeners of `pagehide` run in their order, whatever their phase: Chromium 156.)
  watch(() => watchLifecycle(stops, onHidden, onRestored, memory.suspect, delivery.retry));
  return tracker;
}
