import type { Stop } from './platform/listen.js';
import type { StandardEvents } from './event/event.js';
import type { OwnStage, StageName } from './journey/names.js';
import { coreDefaults, corePatterns, resolveOptions, type CoreOptions, type WithCollector } from './options.js';
import type { FlushResult } from './delivery/destinations.js';
import { createCore, type Core } from './parts.js';
import { methodsOf, startAll } from './plugins.js';
import type { PluginApi, TrackerView } from './plugin.js';
import { readStatement, TAKES_CONSENT, type Consent, type Statement } from './consent/consent.js';
import { watchWithdrawal } from './consent/withdrawal.js';
import { watchLifecycle, whenActivated } from './platform/lifecycle.js';
import type { EventFilter } from './privacy/filters.js';
import type { TrackerEvents } from './tracker-events.js';
import { wrong } from './util/show.js';

export type { Problem, TrackerEvents } from './tracker-events.js';

/** Event names and what they may carry; the type parameter of `createTracker`. */
export type EventMap = { [Name: string]: object };

/** The names that are declared one by one. */
type Named<Events> = keyof { [Name in keyof Events as string extends Name ? never : number extends Name ? never : Name]: 0 };

/** The shop's own events beside the standard ones. */
export type AllEvents<Events> = Events & Omit<StandardEvents, Named<Events>>;

/** What may follow the name in `track`: properties, which can be left out where none is required, and options. */
export type TrackArguments<Properties> = {} extends Properties
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
  track<Name extends keyof AllEvents<Events> & string>(name: Name, ...rest: TrackArguments<AllEvents<Events>[Name]>): void;
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

/** Builds the parts and makes the tracker of them. Outside a page, it is stopped from the start. */
function startTracker(options: typeof coreDefaults, isPage: boolean, onStop: Stop): CoreTracker {
  const core = createCore(options, isPage);
  const { consent, listeners, stops } = core;
  const { guard } = listeners;
  const tracker = publicOf(core, onStop);
  const api: PluginApi = { track: core.safe(core.record), on: listeners.on, report: listeners.report, guard: core.safe, stops, tracker: viewOf(core, () => api) };
  const { given } = core;
  Object.assign(tracker, methodsOf(given, api, listeners, tracker));
  // Not before the page is shown: a prerendered page that is thrown away was never there. And after the plugins: what they say of a page that is
  // left goes out with the rest. (Listeners of `pagehide` run in their order, whatever their phase: Chromium 156.)
  if (isPage) {
    whenActivated(stops, guard(() => {
      startAll(given, api, listeners);
      watchPage(core);
      // What was kept before it was refused, or before the shop went without identifiers.
      if (core.isAnonymous || consent.now().analytics === 'denied') void core.forget();
      core.letThrough();
    }));
  }
  return tracker;
}

/** Returns what the shop has. */
function publicOf(core: Core, onStop: Stop): CoreTracker {
  const { consent, delivery, filters, known, listeners, queue, record, safe, stops, story, tab, take, visitor } = core;
  const { emit, guard, report } = listeners;
  const track = safe((event: unknown, properties?: unknown, given?: TrackOptions): void => {
    if (typeof event !== 'string' || !NAME.test(event)) return report(...wrong('name', 'a letter, then up to 39 letters, digits and _', event));
    const { stage } = { __proto__: null, ...Object(given) } as TrackOptions;
    record(event, properties, { stage });
  });
  return {
    track: track as CoreTracker['track'],
    on: listeners.on as CoreTracker['on'],
    consent(given) {
      safe(() => {
        const statement = readStatement(given);
        if (statement) consent.say('call', statement);
        else if (given !== undefined) report(...wrong('consent', TAKES_CONSENT, given));
      })();
      return consent.now();
    },
    beforeSend(filter) {
      safe(() => (typeof filter === 'function' ? void filters.all.add(filter) : report(...wrong('before_send', 'a function', filter))))();
      return () => filters.all.delete(filter);
    },
    async forget() {
      if (core.isStopped) return false;
      consent.say('call', { analytics: 'denied', marketing: 'denied' });
      return core.forget();
    },
    reset: safe(() => {
      core.flushHeld();
      known(() => {
        visitor.renew();
        queue.save();
        emit('reset', undefined);
      });
    }),
    async flush() {
      emit('flush', undefined);
      if (consent.isOpen() && !core.isStopped) {
        core.flushHeld();
        return delivery.flush(core.ready());
      }
      // What nobody has allowed yet would be waited for in vain.
      const kept = consent.waiting();
      const reasons = [{ code: 'consent_required', message: 'waits for consent()' }];
      return { delivered: 0, kept, refused: 0, ...(kept && { reasons }) };
    },
    stop: safe(() => {
      core.isStopped = true;
      stops.forEach((stop) => guard(stop)());
      // What is under way may still begin something: that ends at once.
      stops.push = (...late) => (late.forEach((stop) => guard(stop)()), 0);
      // What cannot be stored goes out now.
      if (!queue.lanes[0]!.durable()) delivery.leave(false);
      delivery.stop();
      // What was heard while nobody had answered went by.
      if (!consent.isOpen()) story.heard = undefined;
      // Not in the back of the one that has taken this one's place.
      known((found) => story.take === take && tab.leave(found));
      onStop();
    }),
  };
}

/** Returns the tracker as plugins see it. `api` is what those get that come later. */
function viewOf(core: Core, api: () => PluginApi): TrackerView {
  const { consent, delivery, freezer, isAnonymous, known, listeners, options, past, plugins, queue, ready, story, tab, visitor } = core;
  const view: TrackerView = {
    options,
    isAnonymous,
    story,
    past,
    known,
    ready,
    emit: listeners.emit,
    record: visitor.record,
    left: tab.left,
    mayMarket: core.mayMarket,
    consent: consent.say,
    stale: visitor.stale,
    stored: queue.written,
    isDurable: queue.lanes[0]!.durable,
    wake: () => delivery.wake(0),
    renew: () => known(visitor.renew),
    entries: queue.entries,
    copy: freezer.copy,
    look: () => freezer.look(),
    shared: {},
    hold: core.hold,
    wait: core.wait,
    add(more) {
      plugins.add(more);
      const methods = methodsOf(more, api(), listeners);
      startAll(more, api(), listeners);
      return methods;
    },
  };
  core.newcomer = () => view.newcomer?.();
  return view;
}

/** Watches the page's life, and hears from other tabs that consent was withdrawn. */
function watchPage(core: Core): void {
  const { consent, delivery, listeners, options, queue, safe, stops, story, tab, visitor } = core;
  const onHidden = (isLeft: boolean) => {
    visitor.settle();
    listeners.emit('leave', isLeft);
    delivery.leave(isLeft);
    visitor.stale();
    // A page that is left becomes hidden after that, and may have tracked something in between.
    tab.leave(visitor.record(), isLeft);
  };
  const onRestored = () => {
    // Until it is known whether what this page kept has been deleted meanwhile, by a withdrawal on another page or by hand: then it must not begin anew.
    consent.pause();
    visitor.age();
    void queue.isGone().then(safe((isGone) => {
      if (isGone) {
        consent.doubt();
        void core.forget();
      }
      // Whom the page in between has left may be newer than what it got to store.
      story.newcomer = undefined;
      core.isBack = true;
      core.letThrough();
      delivery.back();
      // For what waited for an answer that is of no use any more.
      core.known(() => {});
      core.isBack = false;
    }));
  };
  watchLifecycle(stops, safe(onHidden), safe(onRestored), visitor.stale, delivery.retry);
  core.withdraw = watchWithdrawal(`waymark-${options.key}-consent`, stops, safe((source) => {
    core.isHeard = true;
    consent.say(source, { analytics: 'denied', marketing: 'denied' });
    core.isHeard = false;
  }));
}
