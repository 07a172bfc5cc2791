import type { Stop } from './browser/listen.js';
import type { Layer } from './browser/pushes.js';
import type { Views } from './capture/views.js';
import type { Queue } from './delivery/queue.js';
import type { Row } from './delivery/row.js';
import type { Pack } from './delivery/sender.js';
import type { Context, TrackedEvent } from './event/event.js';
import type { Draft } from './event/stamp.js';
import type { Memory } from './identity/memory.js';
import type { Profile } from './identity/profile.js';
import type { Tab } from './identity/tab.js';
import type { ProblemCode } from './problems.js';
import type { ConsentGate } from './privacy/consent.js';
import type { Screen } from './privacy/screen.js';
import type { CoreTracker, Problem, TrackerEvents, TrackOptions } from './tracker.js';
import type { Emitter } from './util/emitter.js';

/** What `record` may be told of an event. */
export interface RecordOptions extends Omit<TrackOptions, 'stage'> {
  /** The event's stage, as somebody said it: it may be none. */
  stage?: string | undefined;
  /** true: tracks the event only if it begins a session. false: nothing that the visitor does; it neither begins a session nor goes on with one. */
  opening?: boolean | undefined;
  /** Returns the properties when the visitor is known, or undefined to have no event after all. May change the profile, and the event's id and time. */
  late?: ((profile: Profile, draft: Draft) => object | undefined) | undefined;
  /** What was seen of the page, where that is not the page of this moment. */
  seen?: Partial<Context> | undefined;
}

/** Does something with a call of `track`; what it is given is the caller's own, not yet a copy. */
export type Handler = (properties: unknown, options?: RecordOptions) => void;

/**
 * Adds to an event that is being stamped what a plugin knows: to its own fields, or to the context that it shares with others.
 * Returns false to have the event dropped.
 */
export type Enrich = (draft: Draft, profile: Profile, fields: Record<string, unknown>, context: Context) => false | void;

/**
 * What a document remembers of the trackers of one key, as long as it is there: a tracker that is made after another was stopped goes on where that stopped, and
 * tells nothing again.
 */
export interface Story {
  /** Who the visitor is if the store knows nobody. */
  newcomer?: Profile | undefined;
  /** Takes events: the latest tracker does, also those that wait in one that was stopped. */
  take?: (row: Row, event: TrackedEvent) => void;
  /** Whether the arrival is told. */
  hasArrived?: boolean;
  /** Whether the document was asked for by the page that was there before, at the same address. */
  isFromItself?: boolean;
  /** The page that was shown last, and what tells its address from others. */
  page?: NonNullable<Context['page']>;
  address?: string;
  /** Id of the page whose view was told last. */
  told?: string | undefined;
  /** What of the data layer was heard. */
  heard?: WeakSet<object> | undefined;
}

/** What a plugin gets of the tracker. */
export interface Tools {
  /** The tracker, with the methods of the plugins so far. */
  tracker: CoreTracker;
  /** What calls of `track` go to instead of `record`, by event name. */
  calls: Map<string, Handler>;
  /** What every event is enriched by, in the order of the plugins. */
  enrich: Enrich[];
  /** Each returns a part of the context of every event, as it is at the moment of the call. */
  observe: (() => Partial<Context>)[];
  /** Each is called when a page view ends, with what is seen of that page: before the next one begins, or when the page is left. */
  ends: ((seen: Partial<Context>) => void)[];
  /**
   * Each is called when the page may be seen for the last time, before what there is goes out; `isLeft`: it is closed, navigated away from, or put into
   * the back/forward cache. What is tracked after that, until the page is shown again, would keep it out of that cache.
   */
  leaves: ((isLeft: boolean) => void)[];
  /** Each tells at once what waits for more to be said: before `flush` sends everything, and before the visitor becomes somebody else. */
  settles: ((profile: Profile) => void)[];
  /** Each takes into this tab's profile what of another tab's, which it has just overwritten, must not be lost. */
  merges: ((mine: Profile, theirs: Profile) => void)[];
  /** Whether nothing may tell one visitor from another. */
  isAnonymous: boolean;
  /** What the visitor allows. */
  consent: ConsentGate;
  /** The last look at everything that is to be kept. */
  screen: Screen;
  /** Returns who the visitor is if the store knows nobody; default: somebody never seen before. */
  newcomer?: () => Profile;
  /** What everything waits for before the visitor is looked up, so that it comes in its order; must not reject. Default: nothing. */
  coming?: Promise<unknown>;
  /** Changes the profile in the transaction in which a page reads it; returns whether it did. */
  prepare?: (profile: Profile) => boolean;
  /** What is remembered of this key's trackers in this document. */
  story: Story;
  /** The page's data layer; there once somebody hears it. */
  layer?: Layer;
  /** The first events of this page, where plugins come later than that: for those. */
  past?: TrackedEvent[];
  /** The latest problems of this page. */
  problems: readonly Problem[];
  /** The tracker's `on`, for a plugin that listens to problems and is not to be told them in the place of the shop. */
  listen: CoreTracker['on'];
  /** Called when the tracker stops. */
  stops: Stop[];
  /** Returns the number of an order; undefined for a text that stands for nothing. There after `commerce`. */
  numberOf?(given: unknown): string | number | undefined;
  /** The page views; there after `pages`. */
  views?: Views;
  memory: Memory;
  queue: Queue;
  tab: Tab;
  /** Puts one event into the queue, past `calls`. */
  record(name: string, properties?: unknown, options?: RecordOptions): void;
  /**
   * Puts an event into the queue at once, before the one that is being stamped, if any. For what is found, not done: it neither begins a session
   * nor goes on with one.
   *
   * @param set what of the event is set: its id, its time, what is seen of the page, whether it begins a session
   */
  insert(profile: Profile, name: string, properties: object, set?: Partial<Omit<Draft, 'name' | 'properties'>>): void;
  /** Runs `work` with an up-to-date profile, now or as soon as there is one. What it throws is reported. */
  known(work: (profile: Profile) => void): void;
  /** Settles when the visitor is known; at once where nothing may be kept or sent, and at the latest when the visitor is forgotten. Never rejects. */
  untilKnown(): Promise<void>;
  /** Returns a copy of plain data without the properties that are denied, and reports what of it could not be copied. */
  copy(properties: unknown, event: string): Record<string, unknown>;
  /** Whether a query parameter stays in addresses: a campaign's, and one that is allowed. */
  stays(parameter: string): boolean;
  /**
   * Returns an address that may be stored and sent, with those query parameters that stay; an empty text where it is no http(s) address, and always
   * before `pages`, which brings the cleaner.
   */
  cleanUrl(address: string): string;
  /** Returns a title, or another text that may tell of somebody, that may be stored and sent: at most 300 characters; none before `pages`. */
  cleanTitle(title: string): string;
  /** Returns `work` so that nothing it throws reaches the page, and without effect once the tracker has stopped. */
  safe<Args extends unknown[]>(work: (...args: Args) => void): (...args: Args) => void;
  /** Runs `start` when the page is really shown: at once, or when a prerendered page is activated. */
  watch(start: () => void): void;
  /** Has what waits sent, after `afterMs` at the latest, unless the collector is to be left alone for longer. */
  wake(afterMs: number): void;
  /** Makes the bodies of requests smaller. */
  pack?: Pack;
  emit: Emitter<TrackerEvents>['emit'];
  /** Tells `on('problem')` of something. */
  report(code: ProblemCode | (string & {}), message: string): void;
  /** Reports `invalid_NAME`: what `name` takes and what it got. */
  reject(name: string, takes: unknown, got: unknown): void;
}

/** Teaches the tracker something when it is made. May return the methods that the tracker has by it. */
export type Plugin<Methods extends object = object> = (tools: Tools) => Methods | void;
