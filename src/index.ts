import { clicks } from './capture/attributes.js';
import { feelings, type FeedbackMethods } from './capture/feedback.js';
import { frustration } from './capture/frustration.js';
import { landings } from './capture/landing.js';
import { pageViews } from './capture/page-view.js';
import { pages, type PageMethods } from './capture/pages.js';
import { sharing, type ShareMethods } from './capture/share.js';
import { commerce, type CommerceMethods } from './commerce/commerce.js';
import { identity, type IdentityMethods } from './identity/identity.js';
import { sessions } from './identity/session.js';
import { dropOuts } from './journey/drop-out.js';
import { DORMANT_DAYS, resolveRules } from './journey/journey.js';
import type { Model } from './journey/model.js';
import { isStage } from './journey/models.js';
import { stages, type JourneyMethods } from './journey/stages.js';
import { coreDefaults, corePatterns, resolveOptions, type CoreOptions } from './options.js';
import { openTracker, type CoreTracker, type EventMap } from './tracker.js';

export type { Feedback, FeedbackMethods } from './capture/feedback.js';
export type { PageMethods } from './capture/pages.js';
export type { ShareMethods, ShareNetwork, ShareOptions } from './capture/share.js';
export type { Item } from './commerce/item.js';
export type { CommerceMethods } from './commerce/commerce.js';
export type { Format } from './formats/format.js';
export type { IdentityMethods } from './identity/identity.js';
export type { DropOut } from './journey/drop-out.js';
export type { Move, Step } from './journey/journey.js';
export type { Model } from './journey/model.js';
export type { JourneyMethods, JourneySnapshot } from './journey/stages.js';
export type { Touchpoint } from './journey/touchpoints.js';
export type * from './core.js';

/** What `createTracker` takes. Everything but `collector` has a default. */
export interface Options extends CoreOptions {
  /** Currency where an event names none, as ISO 4217 (`EUR`). Default: none. */
  currency?: string | undefined;
  /** A pause after which a new session begins, in minutes. Default: 30, as in GA4. */
  sessionMinutes?: number | undefined;
  /**
   * The journey's models: the first is the one that moves are told in, the stages in the others ride along, the canonical ones always. By
   * name (`journey`, `aida`, `funnel`, `mckinsey`, `moments`), or what `defineModel` and `schemeModel` of `waymark/journey` return; at most
   * six. Default: `['journey']`.
   */
  models?: readonly (Model | string)[] | undefined;
  /** Names of events that are a goal beside `purchase` and `subscribe`, such as `sign_up`. Default: none. */
  goals?: readonly string[] | undefined;
  /** A pause after which the next touchpoint begins a new loop, in days. Default: 90. */
  dormantDays?: number | undefined;
  /** Stages by path, for page views; the first pattern that matches. `*` is any text: `{ '/blog/*': 'awareness' }`. Default: none. */
  pageStages?: Readonly<Record<string, string>> | undefined;
  /** Mirrors the visitor's stage as `data-journey-stage` on `<html>`, for style sheets. Default: false. */
  stageAttribute?: boolean | undefined;
  /** Tracks rage clicks and dead clicks. Default: false. */
  frustration?: boolean | undefined;
  /** Tracks page views: first loads, routes, pages back from the back/forward cache. Default: true. */
  pageViews?: boolean | undefined;
  /** More hosts of the shop's own, such as `checkout.shop.example`: coming from them is no arrival. Default: none. */
  internalHosts?: readonly string[] | undefined;
}

/** Marks the steps of the customer journey. No call throws, blocks or returns an error. */
export type Tracker<Events = EventMap> = CoreTracker<Events> & PageMethods & IdentityMethods & CommerceMethods & JourneyMethods & FeedbackMethods & ShareMethods;

/** All options with their defaults. */
export const allDefaults = {
  ...coreDefaults,
  currency: '',
  sessionMinutes: 30,
  models: [] as readonly (Model | string)[],
  goals: [] as readonly string[],
  dormantDays: DORMANT_DAYS,
  pageStages: {} as Readonly<Record<string, string>>,
  stageAttribute: false,
  frustration: false,
  pageViews: true,
  internalHosts: [] as readonly string[],
};

/**
 * Returns a tracker with everything in it: journey stages, cart and orders, page views, landings and declarative clicks. On a
 * server it returns one that does nothing. A second call with the key of a tracker that runs returns that one, with a warning.
 *
 * @typeParam Events the shop's own events: names and their properties, checked at compile time
 * @throws TypeError for a wrong option, naming it, what it takes and what it got
 */
export function createTracker<Events = EventMap>(given: Options): Tracker<Events> {
  const options = resolveOptions(given, allDefaults, { ...corePatterns, currency: /^([A-Z]{3})?$/ });
  const { models } = resolveRules(options);
  const plugins = [
    pages(options.pageStages, (stage) => isStage(stage, models)),
    sessions(options.sessionMinutes),
    identity(),
    stages(options),
    dropOuts(),
    commerce(options.currency),
    feelings(),
    sharing(),
    landings(options.internalHosts),
    ...(options.pageViews ? [pageViews()] : []),
    clicks(),
    ...(options.frustration ? [frustration()] : []),
    ...options.plugins,
  ];
  return openTracker<Tracker<Events>>({ ...options, plugins });
}
