import type { Stop } from './platform/listen.js';
import type { Layer } from './platform/pushes.js';
import type { Views } from './sources/views.js';
import type { Data, Draft } from './event/draft.js';
import type { Context, TrackedEvent } from './event/event.js';
import type { StoredEvent } from './outbox/stored-event.js';
import type { Outbox } from './outbox/outbox.js';
import type { Consent, ConsentSource, Statement } from './consent/consent.js';
import type { ProblemCode } from './problems.js';
import type { TrackerEvents } from './tracker-events.js';
import type { VisitorRecord } from './visitor/record.js';

/** What processors see of the visitor. */
export interface VisitorView {
  readonly id: string;
  /** When the visitor last did something, in milliseconds since 1970; 0 where nothing is known of that. */
  readonly last: number;
  /** What each plugin remembers, by its name. */
  readonly state: Readonly<Record<string, unknown>>;
  /** Whether what needs consent to marketing may be kept: click ids, campaigns, the marks of shared links. */
  readonly mayMarket: boolean;
}

/** What comes of a draft. */
export interface Step<State> {
  /** None, one or several, which go on one after the other. Default: the draft as it is. */
  drafts?: readonly Draft[];
  /** What is remembered from now on. Default: what was. */
  state?: State;
}

/** Teaches the tracker something. Everything but its name is optional. */
export interface Plugin<State = unknown, Methods extends object = object> {
  /** Its own; also that of what it remembers of a visitor. */
  readonly name: string;
  /** What it remembers, which is plain data, when something else than a draft changes that. */
  readonly state?: {
    /** Returns it as a page finds it, in the transaction in which the page reads it. Default: as it is. */
    load?(state: State | undefined, visitor: VisitorView): State | undefined;
    /** Returns what this tab and another one, which wrote at the same time, remember together. Default: what this tab does. */
    merge?(mine: State | undefined, theirs: State | undefined): State | undefined;
    /** Returns it without what needs consent to marketing, which was denied. Default: as it is. */
    withoutMarketing?(state: State): State | undefined;
  };
  /**
   * Returns what can be seen of the page at this moment. Must not wait.
   *
   * @param isTracked whether an event is tracked now; false: somebody just looks
   */
  context?(isTracked: boolean): Partial<Context>;
  /**
   * Returns what comes of a draft, of an event or of a sign (`~flush`: what waits for more to be said is to be told now); nothing where it goes on as it is. Pure: it changes
   * neither the draft nor the state. Each of the drafts goes on to the next plugin.
   */
  process?(draft: Draft, state: State | undefined, visitor: VisitorView): Step<State> | void;
  /** Whether a draft needs the rest of this plugin, which is still to be loaded: it and all that follow wait, stored as drafts, until `load` has settled. */
  needs?(draft: Draft, state: State | undefined): boolean;
  /** Loads the rest of the plugin, once: what it resolves with is assigned to it. Where it rejects, that is reported as `more_failed`, and drafts go on without it. */
  load?(): Promise<Partial<Plugin<State>>>;
  /** Returns the methods that the tracker has by it; called as the tracker is made, on a server too: it must touch no page. A method that is there already is an error. */
  methods?(api: PluginApi): Methods;
  /** Begins to watch the page: called once it is shown, and never on a server. */
  start?(api: PluginApi): void;
  /** Returns an event that waits to be sent without what needs consent to marketing, which was denied since. Default: as it is. */
  redact?(row: StoredEvent, consent: Consent): StoredEvent;
  /** Makes the body of a request smaller; returns undefined where that does not pay. */
  pack?(body: string): Promise<ArrayBuffer | undefined>;
}

/** What may be said of an event that a plugin tracks. */
export interface DraftOptions extends Partial<Pick<Draft, 'id' | 'time' | 'stage' | 'session' | 'by'>> {
  /** What was seen of the page, where that is not the page of this moment. */
  context?: Partial<Context> | undefined;
}

/** What a plugin is given. */
export interface PluginApi {
  /** Tracks an event. It takes a copy and returns at once. */
  track(name: string, properties?: unknown, options?: DraftOptions): void;
  /**
   * Calls `listener` at each `type` until the returned function is called. Beside what a tracker tells: `pageend`, a page view ends; `leave`, the page may be seen for the last
   * time; `flush`, everything is about to be sent.
   */
  on<Type extends keyof PluginEvents>(type: Type, listener: (detail: PluginEvents[Type]) => void): Stop;
  /** Tells `on('problem')` of something. */
  report(code: ProblemCode | (string & {}), message: string): void;
  /** Returns `work` so that nothing it throws reaches the page, and without effect once the tracker has stopped, or the page is gone, as after a test. */
  guard<Args extends unknown[]>(work: (...args: Args) => void): (...args: Args) => void;
  /** Called when the tracker stops. */
  stops: Stop[];
  /** What the tracker is and knows. */
  tracker: TrackerView;
}

/** What plugins can listen to. */
export interface PluginEvents extends TrackerEvents {
  /** A page view ends: what is seen of that page. */
  pageend: Partial<Context>;
  /** The page may be seen for the last time; whether it is closed, navigated away from, or put into the back/forward cache. What is tracked later would keep it out of that. */
  leave: boolean;
  /** Everything is about to be sent. */
  flush: void;
}

/** The tracker, as plugins see it. */
export interface TrackerView {
  /** Those of its options that concern what plugins read. */
  options: { readonly key: string; readonly allowedParameters: readonly string[] };
  /** Whether nothing may tell one visitor from another. */
  isAnonymous: boolean;
  /** What this document remembers of the trackers of this key, for the one that comes after this one was stopped. */
  story: Story;
  /** The first events of this page, for plugins that come later. */
  past: readonly TrackedEvent[];
  /** Tells something to those who listen. */
  emit<Type extends keyof PluginEvents>(type: Type, detail: PluginEvents[Type]): void;
  /** Returns what is remembered of the visitor; undefined until somebody is known. Not to be changed. */
  record(): VisitorRecord | undefined;
  /** Returns what the page before in this tab remembered of the visitor as it was left; undefined where there was none. */
  left(): VisitorRecord | undefined;
  /** Whether what needs consent to marketing may be kept now. */
  mayMarket(): boolean;
  /** Takes note of what a consent platform says. */
  consent(source: ConsentSource, statement: Statement): void;
  /** Runs `work` with what is remembered of the visitor, now, or as soon as that is allowed and known. */
  known(work: (record: VisitorRecord) => void): void;
  /** Settles when the visitor is known; at once where nothing may be kept or sent, and at the latest when the visitor is forgotten. Never rejects. */
  ready(): Promise<void>;
  /** Another tab may have changed what is known of the visitor: what is tracked next waits for a look at that. */
  stale(): void;
  /** Settles when what was tracked so far is stored. Never rejects. */
  stored(): Promise<unknown>;
  /** Whether what is tracked outlives the page. */
  isDurable(): boolean;
  /** Has everything that waits sent soon. */
  wake(): void;
  /** Begins a new visitor. */
  renew(): void;
  /** What waits for each of the collectors. */
  outboxes: readonly Outbox[];
  /** Returns a copy of plain data without the properties that are denied, and reports what of it could not be copied. */
  copy(properties: unknown, event: string): Data;
  /** Lets nothing through until `part` has settled: what it brings may say that nothing may be kept. What it rejects with is reported. */
  hold(part: Promise<unknown>): void;
  /** Lets through what is allowed, unless a part has to come before. */
  letThrough(): void;
  /** What everything waits for before the visitor is looked up. */
  shown: Promise<unknown>;
  /** Has everything wait for `part`, so that events come in their order; it must not reject. */
  wait(part: Promise<unknown>): void;
  /** Adds plugins that come later. Returns the methods that they bring. */
  add(plugins: readonly Plugin[]): object;
  /** Returns what can be seen of the page at this moment, and changes nothing. */
  look(): Partial<Context>;
  /** What plugins have for each other. */
  shared: Shared;
  /** Who the visitor is if nobody is known; default: somebody never seen before. */
  newcomer?: (() => VisitorRecord) | undefined;
}

/** What plugins have for each other. */
export interface Shared {
  /** The page views; there with `pages`. */
  views?: Views;
  /** Returns the document's title as it was before this task; there with `routes`. */
  titleBefore?: () => string;
  /** Ends the keeping of clicks for `clicks`; there where that comes later. */
  endEarlyClicks?: Stop;
  /** The page's data layer; there once somebody hears it. */
  layer?: Layer;
}

/**
 * What a document remembers of the trackers of one key, as long as it is there: a tracker that is made after another was stopped goes on where that stopped, and
 * tells nothing again.
 */
export interface Story {
  /** Who the visitor is if the store knows nobody. */
  newcomer?: VisitorRecord | undefined;
  /** Takes drafts: the latest tracker does, also those that wait in one that was stopped. */
  take?: ((draft: Draft, record: VisitorRecord) => void) | undefined;
  /** Settles when the tracker that was stopped last has stored what it had still to do, in a few seconds at most. */
  stopped?: Promise<void>;
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
