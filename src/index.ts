import { bundledArrivals } from './arrival/arrivals.js';
import { comingParts } from './coming-parts.js';
import { isThere } from './platform/of-document.js';
import { earlyClicks } from './sources/early-clicks.js';
import { feelings, type FeedbackMethods } from './sources/feedback.js';
import type { PageMethods } from './sources/pages.js';
import type { ShareMethods } from './sources/share.js';
import { commerce } from './commerce/commerce.js';
import type { CommerceMethods } from './commerce/methods.js';
import { warnings } from './delivery/warnings.js';
import { collectorsIn, firstPlugins, isUnwanted, resolveAll, type FirstParts, type Options } from './first.js';
import { consentSignals } from './consent/own-signals.js';
import { linked } from './visitor/link.js';
import type { IdentityMethods } from './visitor/identity.js';
import { resolveRules } from './journey/models.js';
import type { JourneyMethods } from './journey/stages.js';
import type { ExportMethods } from './privacy/export.js';
import type { WithCollector } from './options.js';
import { openTracker, type CoreTracker, type EventMap } from './tracker.js';

export type { Feedback, FeedbackMethods, Rating } from './sources/feedback.js';
export type { PageMethods } from './sources/pages.js';
export type { ShareMethods, ShareNetwork, ShareOptions } from './sources/share.js';
export type { Item } from './commerce/item.js';
export type { CommerceMethods } from './commerce/methods.js';
export type { Format } from './formats/format.js';
export type { IdentityMethods } from './visitor/identity.js';
export type { DropOut } from './journey/drop-out.js';
export type { Move, Step } from './journey/journey.js';
export type { Model } from './journey/model.js';
export type { JourneyMethods, JourneySnapshot } from './journey/stages.js';
export type { Touchpoint } from './journey/touchpoints.js';
export type { DataExport, ExportMethods } from './privacy/export.js';
export type { Options } from './first.js';
export type * from './core.js';

/** Marks the steps of the customer journey. No call throws, blocks or returns an error. */
export type Tracker<Events = EventMap> = CoreTracker<Events> &
  PageMethods &
  IdentityMethods &
  CommerceMethods &
  JourneyMethods &
  FeedbackMethods &
  ShareMethods &
  ExportMethods;

/** What the script tag loads by need. */
const partsOf = (options: ReturnType<typeof resolveAll>): FirstParts => ({
  arrivals: bundledArrivals,
  rules: resolveRules(options),
  clicks: earlyClicks(() => import('./by-need/marked.js')),
  feelings: feelings(),
  commerce,
  consent: consentSignals(options.dataLayer),
  warnings: warnings(options.debug, collectorsIn(options)),
  linked: options.linkDomains.length ? linked(options.linkDomains) : undefined,
});

/**
 * Returns a tracker with everything in it: journey stages, cart and orders, page views, landings and declarative clicks. On a
 * server it returns one that does nothing. A second call with the key of a tracker that runs returns that one, with a warning.
 *
 * @typeParam Events the shop's own events: names and their properties, checked at compile time
 * @throws TypeError that names every wrong option and what it got; what it takes follows in the console
 */
export function createTracker<Events = EventMap>(given: WithCollector<Options>): Tracker<Events> {
  const options = resolveAll(given, () => import('./option-words.js'));
  const isOff = isUnwanted(options);
  if (isOff && isThere())
    console.warn(
      'waymark: a program drives this browser, and with bots "drop" nothing is tracked: "mark" or "keep" would',
    );
  return openTracker<Tracker<Events>>(
    {
      ...options,
      plugins: [...firstPlugins(options, partsOf(options)), comingParts(options), ...options.plugins],
    },
    isOff,
  );
}
