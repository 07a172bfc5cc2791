import { askedPlugins, dataExport } from './asked.js';
import { bundledArrivals } from './capture/arrivals.js';
import type { FeedbackMethods } from './capture/feedback.js';
import type { PageMethods } from './capture/pages.js';
import type { ShareMethods } from './capture/share.js';
import type { CommerceMethods } from './commerce/commerce.js';
import { firstPlugins, isUnwanted, resolveAll, type Options } from './first.js';
import type { IdentityMethods } from './identity/identity.js';
import type { JourneyMethods } from './journey/stages.js';
import { morePlugins } from './more.js';
import type { ExportMethods } from './privacy/export.js';
import type { WithCollector } from './options.js';
import { nearest } from './util/nearest.js';
import { show } from './util/show.js';
import { openTracker, type CoreTracker, type EventMap } from './tracker.js';

export type { Feedback, FeedbackMethods, Rating } from './capture/feedback.js';
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
export type { DataExport, ExportMethods } from './privacy/export.js';
export type { Options } from './first.js';
export type * from './core.js';

/** Marks the steps of the customer journey. No call throws, blocks or returns an error. */
export type Tracker<Events = EventMap> = CoreTracker<Events> & PageMethods & IdentityMethods & CommerceMethods & JourneyMethods & FeedbackMethods & ShareMethods & ExportMethods;

/**
 * Returns a tracker with everything in it: journey stages, cart and orders, page views, landings and declarative clicks. On a
 * server it returns one that does nothing. A second call with the key of a tracker that runs returns that one, with a warning.
 *
 * @typeParam Events the shop's own events: names and their properties, checked at compile time
 * @throws TypeError for a wrong option, naming it, what it takes and what it got
 */
export function createTracker<Events = EventMap>(given: WithCollector<Options>): Tracker<Events> {
  const options = resolveAll(given);
  const isOff = isUnwanted(options);
  if (isOff && typeof document === 'object') console.warn('waymark: a program drives this browser, and with bots "drop" nothing is tracked: "mark" or "keep" would');
  return openTracker<Tracker<Events>>({ ...options, plugins: [...firstPlugins(options, bundledArrivals), ...morePlugins(options, nearest, show), ...askedPlugins(options), dataExport(options.key), ...options.plugins] }, isOff);
}
