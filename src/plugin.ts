import type { Stop } from './browser/listen.js';
import type { Queue } from './delivery/queue.js';
import type { Context } from './event/event.js';
import type { Draft } from './event/stamp.js';
import type { Memory } from './identity/memory.js';
import type { Profile } from './identity/profile.js';
import type { Tab } from './identity/tab.js';
import type { CoreTracker, TrackerEvents, TrackOptions } from './tracker.js';
import type { Emitter } from './util/emitter.js';

/** What `record` may be told of an event. */
export interface RecordOptions extends TrackOptions {
  /** Tracks the event only if it begins a session. */
  opening?: boolean | undefined;
  /** Returns the properties when the visitor is known, or undefined to have no event after all. May change the profile. */
  late?: ((profile: Profile) => object | undefined) | undefined;
}

/** Does something with a call of `track`; what it is given is the caller's own, not yet a copy. */
export type Handler = (properties: unknown, options?: RecordOptions) => void;

/**
 * Adds to an event that is being stamped what a plugin knows: to its own fields, or to the context that it shares with others.
 * Returns false to have the event dropped.
 */
export type Enrich = (draft: Draft, profile: Profile, fields: Record<string, unknown>, context: Context) => false | void;

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
  /** Each takes into this tab's profile what of another tab's, which it has just overwritten, must not be lost. */
  merges: ((mine: Profile, theirs: Profile) => void)[];
  /** Called when the tracker stops. */
  stops: Stop[];
  memory: Memory;
  queue: Queue;
  tab: Tab;
  /** Puts one event into the queue, past `calls`. */
  record(name: string, properties?: unknown, options?: RecordOptions): void;
  /** Runs `work` with an up-to-date profile, now or as soon as there is one. What it throws is reported. */
  known(work: (profile: Profile) => void): void;
  /** Returns a copy of plain data, and reports what of it could not be copied. */
  copy(properties: unknown, event: string): Record<string, unknown>;
  /** Returns `work` so that nothing it throws reaches the page, and without effect once the tracker has stopped. */
  safe<Args extends unknown[]>(work: (...args: Args) => void): (...args: Args) => void;
  /** Runs `start` when the page is really shown: at once, or when a prerendered page is activated. */
  watch(start: () => void): void;
  emit: Emitter<TrackerEvents>['emit'];
  report(code: string, message: string): void;
  /** Reports `invalid_NAME`: what `name` takes and what it got. */
  reject(name: string, takes: unknown, got: unknown): void;
}

/** Teaches the tracker something when it is made. May return the methods that the tracker has by it. */
export type Plugin<Methods extends object = object> = (tools: Tools) => Methods | void;
