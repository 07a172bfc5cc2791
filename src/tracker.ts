import { watchLifecycle, whenActivated } from './browser/lifecycle.js';
import type { Collector } from './delivery/collectors.js';
import type { Stop } from './browser/listen.js';
import type { DropCause } from './delivery/bounds.js';
import { isHidden } from './browser/of-document.js';
import { watchWithdrawal } from './privacy/withdrawal.js';
import { createJournal } from './delivery/journal.js';
import { createPost } from './delivery/request.js';
import type { OwnStage, StageName } from './journey/names.js';
import { createSendLock } from './delivery/tabs.js';
import type { Context, StandardEvents, TrackedEvent } from './event/event.js';
import { stampEvent, type Draft } from './event/stamp.js';
import { createEmitter } from './util/emitter.js';
import { createProfile, reviveProfile, type Profile } from './identity/profile.js';
import { createTab } from './identity/tab.js';
import type { Step } from './journey/journey.js';
import { openStore } from './delivery/store.js';
import { coreDefaults, corePatterns, resolveOptions, type CoreOptions, type WithCollector } from './options.js';
import type { ProblemCode } from './problems.js';
import type { Enrich, Handler, RecordOptions, Story, Tools } from './plugin.js';
import { createConsent, readStatement, TAKES_CONSENT, type Consent, type ConsentSource, type Statement } from './privacy/consent.js';
import { createScreen, type EventFilter } from './privacy/screen.js';
import { createDelivery, type FlushResult } from './delivery/delivery.js';
import { createMemory } from './identity/memory.js';
import { timeId } from './util/id.js';
import { toJson } from './util/json.js';
import { show } from './util/show.js';

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

/** Something that did not go as the shop meant it. Nothing is thrown: this is how the shop learns of it. */
export interface Problem {
  /** What it is: README says more of each. */
  code: ProblemCode;
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
  /** Events that will never arrive at these collectors; `unanswered`: nobody said in time whether they may be kept. */
  dropped: { cause: DropCause | 'unanswered'; count: number; collectors: string[] };
  /** What holds has changed. */
  consent: Consent;
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
  /** Sends everything that waits now, whatever the collector said before. Resolves with what became of it and why the rest is kept, after half a minute at the latest; never rejects. */
  flush(): Promise<FlushResult>;
  /** Ends the tracker: no listener, timer or page patch stays. What was not sent stays stored for the next visit. */
  stop(): void;
}

/** What event names look like: GA4's bounds. */
const NAME = /^[a-z]\w{0,39}$/i;
/** Most problems that are kept for the first who listens to them. Our choice. */
const MAX_PROBLEMS = 20;
/** Most characters that the properties of one event may take as JSON, beside its items. Our choice: well below a batch. */
const MAX_PROPERTIES = 16_000;

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

/** Builds the parts and hands each what it needs. Outside a page, the tracker is stopped from the start. */
function startTracker(options: typeof coreDefaults, isPage: boolean, onStop: Stop): CoreTracker {
  const name = `waymark-${options.key}`;
  const stops: Stop[] = [];
  const enrich: Enrich[] = collectorsOf(options).flatMap(({ format }) => format.enrich ?? []);
  const observe: Tools['observe'] = [];
  const ends: Tools['ends'] = [];
  const leaves: Tools['leaves'] = [];
  const merges: Tools['merges'] = [];
  const settles: Tools['settles'] = [];
  const calls = new Map<string, Handler>();
  let isStopped = !isPage;
  const story = isPage ? storyOf(options.key) : {};

  const { on: listen, emit } = createEmitter<TrackerEvents>((type, error) => {
    // A listener for problems that throws has had its chance.
    if (type !== 'problem') report('listener_failed', `${type}: ${error}`);
  });
  /** The latest problems. */
  const problems: Problem[] = [];
  let hasListener = false;
  const report: Tools['report'] = (code, message) => {
    // On a server nothing works, and nothing is wrong with that.
    if (!isPage) return;
    const problem = { code: code as ProblemCode, message };
    if (problems.push(problem) > MAX_PROBLEMS) problems.shift();
    emit('problem', problem);
  };
  const on: CoreTracker['on'] = (type, listener) => {
    const stop = listen(type, listener);
    if (type === 'problem' && !hasListener) {
      hasListener = true;
      const early = [...problems];
      // Not before this call has returned.
      void Promise.resolve().then(() => early.forEach((problem) => emit('problem', problem)));
    }
    return stop;
  };
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
  // Where tests run, timers go off after the page is gone.
  const safe: Tools['safe'] = (work) => guard((...args) => isStopped || typeof document === 'undefined' || work(...args));

  const watch: Tools['watch'] = (start) => {
    if (isPage) whenActivated(stops, guard(start));
  };
  /** Settles when a prerendered page is really shown: nothing of a page that nobody sees may be stored or count. */
  const activated = new Promise<void>(watch);
  const isAnonymous = options.identity === 'none';
  const consent = createConsent({
    option: readStatement(options.consent)!,
    gpc: options.globalPrivacyControl,
    dnt: options.doNotTrack ? 'all' : 'ignore',
    onChange(now, before) {
      if (now.analytics === 'denied') {
        if (before.analytics === 'granted' && !isHeard) withdraw?.(now.by.analytics);
        void forget();
      } else if (before.analytics === 'granted') scrub();
      emit('consent', now);
    },
    onOpen() {
      tab.take();
      // What was on its way into the store as it was closed. A page that comes back looks first what of it must not be sent again.
      if (!isBack && queue.lanes.some(({ own }) => own().length)) queue.restore();
      // What earlier pages have kept.
      scrub();
      if (unanswered) known(() => (delivery.count('unanswered', unanswered), (unanswered = 0)));
    },
    onExpired(count) {
      unanswered += count;
      emit('dropped', { cause: 'unanswered', count, collectors: delivery.names });
    },
  });
  const screen = createScreen({ consent, isAnonymous, report });
  if (options.beforeSend) screen.filters.add(options.beforeSend);
  const mayKeep = () => consent.isOpen() && !isAnonymous;
  /** Events that went by while nobody answered, and of which the collector does not know yet. */
  let unanswered = 0;
  /** Whether the page is just coming out of the back/forward cache. */
  let isBack = false;
  /** Whether it is another tab that says so. */
  let isHeard = false;
  let withdraw: ((source: ConsentSource) => void) | undefined;
  const tab = createTab(name, mayKeep);
  // What the page before left may have reached its age, too.
  const newcomer = () => (story.newcomer ??= reviveProfile(tab.left(), (tools.newcomer ?? createProfile)()));
  const memory = createMemory(async () => {
    await activated;
    await tools.coming;
    // For the events of earlier pages.
    delivery.wake(options.batchWaitMs);
    return queue.load();
  }, newcomer, isHidden);
  const onOverwritten = (theirs: Profile) => {
    const mine = memory.profile()!;
    // After a reset, it is somebody else's.
    if (mine.id !== theirs.id) return;
    merges.forEach((merge) => guard(merge)(mine, theirs));
    queue.save();
  };
  const delivery = createDelivery({
    collectors: collectorsOf(options),
    options,
    store: openStore(name, () => queue.restore(), stops),
    journal: createJournal(`${name}:`, mayKeep),
    mayKeep,
    maySend: consent.isOpen,
    stops,
    post: (collector) => createPost(collector, stops),
    lock: (slot) => createSendLock(name + slot),
    visitor: memory.profile,
    profile: () => (memory.madeUp() ? undefined : memory.profile()),
    revive(stored) {
      const profile = reviveProfile(stored, newcomer());
      // Another object is stored.
      return tools.prepare?.(profile) && profile === stored ? { ...profile } : profile;
    },
    me: tab.id,
    isHidden,
    pack: () => tools.pack,
    emit,
    report,
    onLost: (error) => report('storage_unavailable', `${error}`),
    onOverwritten,
  });
  const { queue } = delivery;
  const take: Story['take'] = (row, event) => {
    delivery.add(row);
    emit('event', event);
  };
  story.take = take;

  const known: Tools['known'] = (work) => consent.run(() => memory.known(guard(work)));

  const untilKnown: Tools['untilKnown'] = () =>
    new Promise((resolve) => {
      if (!consent.isOpen()) return resolve();
      const stop = on('reset', end);
      function end(): void {
        stop();
        resolve();
      }
      known(end);
    });

  /** Settles when the visitor is known, and what waited for more to be said is told. */
  function settled(): Promise<void> {
    known((profile) => settles.forEach((settle) => guard(settle)(profile)));
    return untilKnown();
  }

  /** Deletes everything that is kept. Resolves with whether nothing is left. */
  function forget(): Promise<boolean> {
    memory.forget();
    unanswered = 0;
    tab.forget();
    delivery.forget();
    emit('reset', undefined);
    return queue.forget();
  }
  /** Takes out of all that is kept what needs consent to marketing, where that is denied. */
  function scrub(): void {
    if (!mayKeep() || consent.now().marketing !== 'denied') return;
    known((profile) => {
      screen.profile(profile);
      queue.save();
    });
    void queue.revise(screen.row);
  }

  const stays: Tools['stays'] = (parameter) => /^utm_/i.test(parameter) || options.allowedParameters.includes(parameter);
  const denied = options.deniedProperties.map((name) => name.toLowerCase());
  const withoutDenied = (name: string, value: unknown) => (denied.includes(name.toLowerCase()) ? undefined : value);

  /** Returns a copy of plain data without the properties that are denied, and reports what of it could not be copied. */
  function copy(properties: unknown = {}, event: string): Record<string, unknown> {
    const lost: string[] = [];
    const text = toJson(properties, lost, MAX_PROPERTIES);
    // The first few: ten thousand make no message.
    if (lost.length) report('invalid_property', `${event}: ${[...new Set(lost)].slice(0, 9).join('; ')}`);
    // Only where it is needed: it visits every value.
    return JSON.parse(text, denied.length ? withoutDenied : undefined) as Record<string, unknown>;
  }

  /** Gives an event its number and its place, and queues it. */
  function commit(draft: Draft, profile: Profile): void {
    screen.profile(profile);
    const stamped = stampEvent(screen.draft(draft), profile, tab, enrich, (whole) => screen.event(draft, whole));
    if (!stamped) return queue.save();
    story.take!(stamped.row, stamped.event);
  }
  /** Freezes an event as it is at this moment. */
  function freeze(name: string, properties: unknown, { stage, opening, seen }: RecordOptions = {}): Draft {
    // Before the time is taken: the page view comes first.
    tools.views?.look();
    tools.views?.settle();
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
      isLate: consent.now().analytics === 'required',
    };
  }
  const insert: Tools['insert'] = (profile, name, properties, set) => commit({ ...freeze(name, properties, set), opening: false, ...set }, profile);

  /** Freezes one event, and stamps and queues it as soon as the visitor is known. */
  const record: Tools['record'] = guard((name, properties, options: RecordOptions = {}) => {
    if (consent.now().analytics === 'denied') return;
    // Own properties: what a script has put on `Object.prototype` is no wish of the caller's.
    const own = { __proto__: null, ...options } as RecordOptions;
    const draft = freeze(name, properties, own);
    const { late } = own;
    const stamp = guard((profile: Profile) => {
      const found = late?.(profile, draft);
      if (found) draft.properties = copy(found, name);
      if (late && !found) queue.save();
      else commit(draft, profile);
    });
    consent.run(() => memory.known(stamp), true);
  });

  const track = safe((event: unknown, properties?: unknown, given?: RecordOptions): void => {
    if (typeof event !== 'string' || !NAME.test(event)) return reject('name', 'a letter, then up to 39 letters, digits and _', event);
    // Not by `bind`: MooTools has one of its own.
    const handler: Handler = calls.get(event) ?? ((...rest) => record(event, ...rest));
    handler(properties, Object(given));
  });

  const tracker: CoreTracker = {
    track: track as CoreTracker['track'],
    on,
    consent(given) {
      safe(() => {
        const statement = readStatement(given);
        if (statement) consent.say('call', statement);
        else if (given !== undefined) reject('consent', TAKES_CONSENT, given);
      })();
      return consent.now();
    },
    beforeSend(filter) {
      safe(() => (typeof filter === 'function' ? screen.filters.add(filter) : reject('before_send', 'a function', filter)))();
      return () => screen.filters.delete(filter);
    },
    async forget() {
      if (isStopped) return false;
      consent.say('call', { analytics: 'denied', marketing: 'denied' });
      return forget();
    },
    // What nobody has allowed yet would be waited for in vain.
    async flush() {
      if (consent.isOpen() && !isStopped) return delivery.flush(settled());
      const kept = consent.waiting();
      const reasons = [{ code: 'consent_required', message: 'waits for consent()' }];
      return { delivered: 0, kept, refused: 0, ...(kept && { reasons }) };
    },
    stop: safe(() => {
      isStopped = true;
      stops.forEach((stop) => guard(stop)());
      // What is under way may still begin something: that ends at once.
      stops.push = (...late) => (late.forEach((stop) => guard(stop)()), 0);
      // What cannot be stored goes out now.
      if (!queue.lanes[0]!.durable()) delivery.leave(false);
      delivery.stop();
      // What was heard while nobody had answered went by.
      if (!consent.isOpen()) story.heard = undefined;
      // Not in the back of the one that has taken this one's place.
      known((profile) => story.take === take && tab.leave(profile));
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
    // Until it is known whether what this page kept has been deleted meanwhile, by a withdrawal on another page or by hand: then it must not begin anew.
    consent.pause();
    memory.age();
    void queue.isGone().then(safe((isGone) => {
      if (isGone) {
        consent.doubt();
        void forget();
      }
      // Whom the page in between has left may be newer than what it got to store.
      story.newcomer = undefined;
      isBack = true;
      consent.start();
      delivery.back();
      // For what waited for an answer that is of no use any more.
      known(() => {});
      isBack = false;
    }));
  });
  const tools: Tools = { tracker, story, calls, isAnonymous, consent, screen, enrich, observe, ends, leaves, merges, settles, stops, memory, queue, tab, insert, record, known, untilKnown, problems, listen, copy, stays, cleanUrl: () => '', cleanTitle: () => '', safe, watch, wake: delivery.wake, emit, report, reject };
  // For somebody else, the page is seen for the first time.
  on('reset', () => (story.newcomer = story.told = undefined));
  for (const plugin of options.plugins) guard(() => Object.assign(tracker, plugin(tools)))();
  // Not before the page is shown: a prerendered page that is thrown away was never there. And after the plugins: what they say of a page that is
  // left goes out with the rest. (Listeners of `pagehide` run in their order, whatever their phase: Chromium 156.)
  watch(() => {
    watchLifecycle(stops, onHidden, onRestored, memory.suspect, delivery.retry);
    withdraw = watchWithdrawal(`${name}-consent`, stops, safe((source) => {
      isHeard = true;
      consent.say(source, { analytics: 'denied', marketing: 'denied' });
      isHeard = false;
    }));
    // What was kept before it was refused, or before the shop went without identifiers.
    if (isAnonymous || consent.now().analytics === 'denied') void forget();
    consent.start();
  });
  return tracker;
}
