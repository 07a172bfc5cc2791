import { watchLifecycle, whenActivated } from './browser/lifecycle.js';
import type { Stop } from './browser/listen.js';
import { createQueue } from './delivery/queue.js';
import { createPost } from './delivery/request.js';
import { createSender, type FlushResult } from './delivery/sender.js';
import { openStore } from './delivery/store.js';
import { createSendLock } from './delivery/tabs.js';
import type { StandardEvents, TrackedEvent } from './event/event.js';
import { stampEvent, type Draft } from './event/stamp.js';
import { createMemory } from './identity/memory.js';
import { createTab } from './identity/tab.js';
import type { Step } from './journey/journey.js';
import { coreDefaults, resolveOptions, type CoreOptions } from './options.js';
import type { Enrich, Handler, LateProperties, RecordOptions, Tools } from './plugin.js';
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

/** Options of one `track` call. */
export interface TrackOptions {
  /** The event's stage, one of the tracker's model. Default: what the model's rules say. */
  stage?: string | undefined;
}

/** Something that did not go as the shop meant it. Nothing is thrown: this is how the shop learns of it. */
export interface Problem {
  /** One of the codes in README. */
  code: string;
  /** What was taken, what was got, and what became of it. */
  message: string;
  /** The name of the event, where one is concerned. */
  event?: string | undefined;
}

/** What `on` can listen to. */
export interface TrackerEvents {
  /** The visitor's stage changed. */
  stage: Step & { event: string };
  /** An event was tracked; it is in the queue. */
  event: TrackedEvent;
  /** The collector has confirmed these events. */
  delivered: { ids: string[] };
  /** These events will never arrive. `cause`: `queue_full`, or what the collector said when it refused one. */
  dropped: { cause: string; count: number; ids?: string[] };
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
  /** Sends everything that waits now. Resolves with what became of it; never rejects. */
  flush(): Promise<FlushResult>;
  /** Ends the tracker: no listener, timer or page patch stays. What was not sent stays stored for the next visit. */
  stop(): void;
}

const NOTHING: FlushResult = { delivered: 0, kept: 0, refused: 0 };

/** Most characters that the properties of one event may take as JSON. Our choice: well below a batch. */
const MAX_PROPERTIES = 16_000;

/** Returns the trackers of this page by key. On the page itself, so that two copies of Waymark know of each other. */
const trackersOf = (page: { [slot: symbol]: Map<string, CoreTracker> }) => (page[Symbol.for('waymark')] ??= new Map());

/**
 * Returns a tracker. On a server it returns one that does nothing. A second call with the key of a tracker that runs returns
 * that one, with a warning.
 *
 * @typeParam Events the shop's own events: names and their properties, checked at compile time
 * @typeParam Methods what the plugins add to the tracker
 * @throws TypeError for a wrong option, naming it, what it takes and what it got
 */
export function createTracker<Events = EventMap, Methods = object>(given: CoreOptions): CoreTracker<Events> & Methods {
  const options = resolveOptions(given, coreDefaults);
  const { key } = options;
  const isPage = typeof document === 'object';
  const trackers = isPage ? trackersOf(window as never) : new Map<string, CoreTracker>();
  if (trackers.has(key)) console.warn(`waymark: tracker "${key}" runs already`);
  else trackers.set(key, startTracker(options, isPage, () => trackers.delete(key)));
  return trackers.get(key) as CoreTracker<Events> & Methods;
}

/** Builds the parts and hands each what it needs. Outside a page, the tracker is stopped from the start. */
function startTracker(options: typeof coreDefaults, isPage: boolean, onStop: Stop): CoreTracker {
  const name = `waymark-${options.key}`;
  const stops: Stop[] = [];
  const enrich: Enrich[] = [];
  const observe: Tools['observe'] = [];
  const calls = new Map<string, Handler>();
  let isStopped = !isPage;

  const { on, emit } = createEmitter<TrackerEvents>((type, error) => {
    // A listener for problems that throws has had its chance.
    if (type !== 'problem') report('listener_failed', `${type}: ${error}`);
  });
  const report: Tools['report'] = (code, message, event) => emit('problem', { code, message, event });
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

  const watch: Tools['watch'] = (start) => isPage && stops.push(whenActivated(guard(start)));
  /** Settles when a prerendered page is really shown: nothing of a page that nobody sees may be stored or count. */
  const activated = new Promise<void>((resolve) => watch(resolve));
  const memory = createMemory(async (revive) => {
    await activated;
    // For the events of earlier pages.
    sender.wake(options.batchWaitMs);
    return queue.load(revive);
  });
  const dropped = () => memory.profile()?.dropped ?? {};
  const queue = createQueue(
    openStore(name),
    memory.toStore,
    options.maxStored,
    (count) => {
      dropped().queue_full = (dropped().queue_full ?? 0) + count;
      emit('dropped', { cause: 'queue_full', count });
    },
    (error) => report('storage_unavailable', `${error}`),
  );
  const post = createPost(options);
  const sender = createSender({ ...options, queue, post, lock: createSendLock(name), dropped, emit });
  const tab = createTab(name);

  const known: Tools['known'] = (work) => memory.known(guard(work));

  /** Returns a copy of plain data, and reports what of it could not be copied. */
  function copy(properties: unknown, event: string): Record<string, unknown> {
    const isObject = Object(properties) === properties && !Array.isArray(properties);
    const lost = isObject || properties === undefined ? [] : ['properties'];
    const text = toJson(isObject ? (properties as object) : {}, lost, MAX_PROPERTIES);
    if (lost.length) report('invalid_property', `no plain data, or too large: ${lost}`, event);
    return JSON.parse(text) as Record<string, unknown>;
  }

  /** Freezes one event, and stamps and queues it as soon as the visitor is known. */
  const record: Tools['record'] = (name, given, { stage, opening } = {}) => {
    const time = Date.now();
    const late = typeof given === 'function' && (given as LateProperties);
    const properties = copy(late ? {} : given, name);
    const draft: Draft = { id: timeId(time), name, time, properties, seen: Object.assign({}, ...observe.map((look) => look())), stage, opening };
    known((profile) => {
      const found = late && late(profile);
      if (late && !found) return queue.save();
      if (found) draft.properties = copy(found, name);
      const stamped = stampEvent(draft, profile, tab, enrich);
      if (!stamped) return;
      queue.add(stamped.row);
      sender.add(stamped.row);
      emit('event', stamped.event);
    });
  };

  const track = safe((event: unknown, properties?: unknown, given?: RecordOptions): void => {
    if (!/^[a-z]\w{0,39}$/i.test(`${event}`)) return report('invalid_name', `an event name takes 1 to 40 letters, digits and _, got ${show(event)}`);
    const handler = calls.get(event as string) ?? record.bind(null, event as string);
    handler(properties, Object(given));
  });

  const tracker: CoreTracker = {
    track: track as CoreTracker['track'],
    on,
    flush: () => new Promise((resolve) => (isStopped ? resolve(NOTHING) : known(() => resolve(sender.flush())))),
    stop: safe(() => {
      isStopped = true;
      stops.forEach((stop) => stop());
      sender.stop();
      known(tab.leave);
      onStop();
    }),
  };

  const onHidden = safe((isLeft: boolean) => {
    memory.settle();
    sender.leave();
    memory.suspect();
    if (isLeft) tab.leave();
  });
  if (isPage) watchLifecycle(stops, onHidden, safe(tab.take), memory.suspect, sender.retry);
  const tools = { tracker, calls, enrich, observe, stops, memory, queue, tab, record, known, copy, safe, watch, emit, report };
  for (const plugin of options.plugins) guard(() => Object.assign(tracker, plugin(tools)))();
  return tracker;
}
