import type { Stop } from './platform/listen.js';
import type { StandardEvents } from './event/event.js';
import type { OwnStage, StageName } from './journey/names.js';
import { coreDefaults, coreRules, resolveOptions, type CoreOptions, type WithCollector } from './options.js';
import { flush, type FlushResult } from './delivery/destinations.js';
import { createParts, forget } from './parts.js';
import type { Parts } from './tracker-parts.js';
import { methodsOf, startAll } from './plugins.js';
import { readStatement, TAKES_CONSENT, type Consent, type Statement } from './consent/consent.js';
import { watchWithdrawal } from './consent/withdrawal.js';
import { watchLifecycle, whenActivated } from './platform/lifecycle.js';
import { isThere } from './platform/of-document.js';
import type { EventFilter } from './privacy/filters.js';
import type { TrackerEvents } from './tracker-events.js';
import { inTime } from './util/in-time.js';
import { wrong } from './util/show.js';

export type { Problem, TrackerEvents } from './tracker-events.js';

/** Event names and what they may carry; the type parameter of `createTracker`. */
export type EventMap = { [Name: string]: object };

/** The names that are declared one by one. */
type Named<Events> = keyof {
  [Name in keyof Events as string extends Name ? never : number extends Name ? never : Name]: 0;
};

/** The shop's own events beside the standard ones. */
export type AllEvents<Events> = Events & Omit<StandardEvents, Named<Events>>;

/** What may follow the name in `track`: properties, which can be left out where none is required, and options. */
export type TrackArguments<Properties> =
  Record<never, never> extends Properties
    ? [properties?: Properties, options?: TrackOptions]
    : [properties: Properties, options?: TrackOptions];

/** Options of one `track` call. */
export interface TrackOptions {
  /**
   * The event's stage: a canonical one, what another scheme calls it (`interest`, `post-purchase` …), or one of a model that the tracker
   * names, as `'book' as OwnStage`. Default: what the models' rules say.
   */
  stage?: StageName | OwnStage | undefined;
}

/** The core of a tracker. No call throws, blocks or returns an error. */
export interface CoreTracker<Events = EventMap> {
  /**
   * Tracks one event: takes a copy and returns at once.
   *
   * @param name a letter, then up to 39 letters, digits and `_`
   * @param properties plain data; what cannot be written as JSON is left out and reported
   */
  track<Name extends keyof AllEvents<Events> & string>(
    name: Name,
    ...rest: TrackArguments<AllEvents<Events>[Name]>
  ): void;
  /**
   * Calls `listener` at each `type` until the returned function is called. What it throws is reported as a problem. The first to listen to `problem` is told
   * the problems so far, the latest 20, in a moment.
   */
  on<Type extends keyof TrackerEvents>(type: Type, listener: (detail: TrackerEvents[Type]) => void): Stop;
  /**
   * Takes note of what the visitor allows, by the shop's own word, which stands above that of consent platforms: `granted`, `denied`, or each purpose by itself.
   * Denial deletes everything that is kept, in all tabs. Without an argument, nothing changes. Say it on every page: it is not kept.
   *
   * @returns what holds now, and by whose word
   */
  consent(given?: 'granted' | 'denied' | Statement): Consent;
  /**
   * Shows every event to `filter` before it is kept: what that returns takes its place, nothing has it dropped. Id, name and time stay. What throws
   * drops the event, and is reported. Until the returned function is called.
   */
  beforeSend(filter: EventFilter): Stop;
  /**
   * Denies consent, as `consent('denied')` does, and resolves with whether nothing is left in this browser: no database, no line in localStorage or
   * sessionStorage. Never rejects.
   */
  forget(): Promise<boolean>;
  /** Forgets the visitor, the session, the journey and the cart: what follows is somebody else's. */
  reset(): void;
  /** Sends everything that waits now, whatever the collector said before. Resolves with what became of it and why the rest is kept, after half a minute at the latest; never rejects. */
  flush(): Promise<FlushResult>;
  /** Ends the tracker: no listener, timer or page patch stays. What was not sent stays stored for the next visit. */
  stop(): void;
}

/** What event names look like: GA4's bounds. */
const NAME = /^[a-z]\w{0,39}$/i;
/**
 * Returns a tracker. On a server it returns one that does nothing. A second call with the key of a tracker that runs returns
 * that one, with a warning. Problems are told in the console where the plugin `warnings()` is among `plugins`, and to whoever listens to `problem`.
 *
 * @typeParam Events the shop's own events: names and their properties, checked at compile time
 * @typeParam Methods what the plugins add to the tracker
 * @throws TypeError that names every wrong option and what it got; what it takes follows in the console
 */
export function createTracker<Events = EventMap, Methods = object>(
  given: WithCollector<CoreOptions>,
): CoreTracker<Events> & Methods {
  return openTracker<CoreTracker<Events> & Methods>(
    resolveOptions(given, coreDefaults, coreRules, () => import('./option-words.js')),
  );
}

/**
 * Returns the tracker of `options.key`: the one that runs already, else a new one.
 *
 * @param isOff whether it does nothing, as on a server; default: false
 */
export function openTracker<Opened>(options: typeof coreDefaults, isOff = false): Opened {
  const { key } = options;
  const isPage = isThere() && !isOff;
  // On the page itself, so that two copies of Waymark know of each other.
  const slot = Symbol.for('waymark');
  const page = globalThis as { [slot: symbol]: Map<string, CoreTracker> };
  const trackers = page[slot] ?? new Map<string, CoreTracker>();
  const stop = () => {
    trackers.delete(key);
    if (!trackers.size) delete page[slot];
  };
  if (isPage && trackers.has(key)) console.warn(`waymark: "${key}" runs already`);
  else trackers.set(key, startTracker(options, isPage, stop));
  page[slot] = trackers;
  return trackers.get(key) as Opened;
}

/** Makes the tracker of its parts. Outside a page, it is stopped from the start. */
function startTracker(options: typeof coreDefaults, isPage: boolean, onStop: Stop): CoreTracker {
  const parts = createParts(options, isPage);
  const { api, gate, listeners, view } = parts;
  const tracker = publicOf(parts, onStop);
  Object.assign(tracker, methodsOf(options.plugins, api, listeners, tracker));
  // Not before the page is shown: a prerendered page that is thrown away was never there. And after the plugins: what they say of a page that is
  // left goes out with the rest. (Listeners of `pagehide` run in their order, whatever their phase: Chromium 156.)
  if (isPage) {
    whenActivated(
      api.stops,
      listeners.guard(() => {
        startAll(options.plugins, api, listeners);
        watchPage(parts);
        // What was kept before it was refused, or before the shop went without identifiers.
        if (view.isAnonymous || gate.now().analytics === 'denied') void forget(parts);
        view.letThrough();
        // What earlier pages have kept goes out, also where this one tells nothing.
        view.known(() => {});
      }),
    );
  }
  return tracker;
}

/** Returns what the shop has. */
function publicOf(parts: Parts, onStop: Stop): CoreTracker {
  const { api, filters, gate, lanes, listeners, pipeline, tab, view, visitor } = parts;
  const { guard: safe, stops } = api;
  const { emit, guard, on, report } = listeners;
  const { store } = lanes[0]!.outbox;
  const flushHeld = () => pipeline.track('~flush', {}, { context: {}, session: 'ignore' });
  /** Settles when what was tracked has gone its way, that which waits for a part, too. */
  const settled = async () => {
    do await view.ready();
    while (await pipeline.loading());
  };
  return {
    track: safe((event: unknown, properties?: unknown, given?: TrackOptions): void => {
      if (typeof event !== 'string' || !NAME.test(event)) {
        return report(...wrong('name', 'a letter, then up to 39 letters, digits and _', event));
      }
      const { stage } = { __proto__: null, ...Object(given) } as TrackOptions;
      pipeline.track(event, properties, { stage });
    }),
    on: (type, listener) => on(type, listener, true),
    consent(given) {
      safe(() => {
        const statement = readStatement(given);
        if (statement) gate.say('call', statement);
        else if (given !== undefined) report(...wrong('consent', TAKES_CONSENT, given));
      })();
      return gate.now();
    },
    beforeSend(filter) {
      safe(() => {
        if (typeof filter === 'function') filters.all.add(filter);
        else report(...wrong('before_send', 'a function', filter));
      })();
      return () => filters.all.delete(filter);
    },
    async forget() {
      if (parts.isStopped) return false;
      gate.say('call', { analytics: 'denied', marketing: 'denied' });
      return forget(parts);
    },
    reset: safe(() => {
      flushHeld();
      view.known(() => {
        visitor.renew();
        store.touchRecord();
        emit('reset', undefined);
      });
    }),
    async flush() {
      emit('flush', undefined);
      if (isThere() && gate.isOpen() && !parts.isStopped) {
        flushHeld();
        return flush(lanes, settled());
      }
      // What nobody has allowed yet would be waited for in vain.
      const kept = gate.waiting();
      const reasons = [{ code: 'consent_required', message: 'waits for consent()' }];
      return { delivered: 0, kept, refused: 0, ...(kept && { reasons }) };
    },
    stop: safe(() => {
      parts.isStopped = true;
      for (const stop of stops) guard(stop)();
      // What is under way may still begin something: that ends at once.
      stops.push = (...late) => late.map((stop) => guard(stop)()).length;
      // What cannot be stored goes out now.
      for (const { destination } of lanes) {
        if (!store.isDurable()) destination.leave(false, 1);
        destination.stop();
      }
      // What was heard while nobody had answered went by.
      if (!gate.isOpen()) view.story.heard = undefined;
      // Not in the back of the one that has taken this one's place.
      view.known((found) => view.story.take === pipeline.take && tab.leave(found));
      // Nor does that one begin before it can read what this one had still to do and to store, such as a reset.
      view.story.stopped = inTime(view.ready().then(store.written)).catch(() => {});
      onStop();
    }),
  };
}

/** Watches the page's life, and hears from other tabs that consent was withdrawn. */
function watchPage(parts: Parts): void {
  const { api, gate, lanes, listeners, pipeline, tab, view, visitor } = parts;
  const { guard: safe, stops } = api;
  const { store } = lanes[0]!.outbox;
  const onHidden = (isLeft: boolean) => {
    visitor.settle();
    listeners.emit('leave', isLeft);
    const record = visitor.record();
    if (record && !store.isDurable()) pipeline.finish(record);
    // What one does not need of its share of what may outlive the page, the next may have.
    lanes.forEach(({ destination }, index) => destination.leave(isLeft, lanes.length - index));
    visitor.stale();
    // A page that is left becomes hidden after that, and may have tracked something in between.
    tab.leave(record, isLeft);
  };
  const onRestored = () => {
    // Until it is known whether what this page kept has been deleted meanwhile, by a withdrawal on another page or by hand: then it must not begin anew.
    gate.pause();
    visitor.age();
    pipeline.forget();
    void store.isGone().then(
      safe((isGone) => {
        if (isGone) {
          gate.doubt();
          void forget(parts);
        }
        // Whom the page in between has left may be newer than what it got to store.
        view.story.newcomer = undefined;
        parts.isBack = true;
        view.letThrough();
        for (const { outbox } of lanes) outbox.store.setLeft(false);
        const ready = view.ready();
        for (const { destination } of lanes) destination.back(ready);
        parts.isBack = false;
      }),
    );
  };
  watchLifecycle(stops, safe(onHidden), safe(onRestored), visitor.stale, () =>
    lanes.forEach(({ destination }) => destination.retry()),
  );
  const tell = watchWithdrawal(
    `waymark-${view.options.key}-consent`,
    stops,
    safe((source) => {
      // Who has heard it from another tab does not pass it on.
      parts.withdraw = undefined;
      gate.say(source, { analytics: 'denied', marketing: 'denied' });
      parts.withdraw = tell;
    }),
  );
  parts.withdraw = tell;
}
