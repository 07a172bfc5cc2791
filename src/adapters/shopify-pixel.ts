import type { Arrivals } from '../capture/arrivals.js';
import type { Options } from '../first.js';
import { identity, type IdentityMethods } from '../identity/identity.js';
import { sessions } from '../identity/session.js';
import { dropOuts } from '../journey/drop-out.js';
import { stages, type JourneyMethods } from '../journey/stages.js';
import type { CommerceMethods } from '../commerce/commerce.js';
import type { CoreOptions, WithCollector } from '../options.js';
import { createTracker, type CoreTracker, type EventMap } from '../tracker.js';
import { shopifyEventsBy, type ShopifyOptions } from './shopify-events.js';

/** What `startPixel` takes: what the pixel has as globals, and those options of a tracker that make sense there. */
export type PixelOptions = WithCollector<ShopifyOptions & Omit<Options, 'pageViews' | 'frustration' | 'stageAttribute'>>;

/** What a pixel's tracker can do. */
export type PixelTracker<Events = EventMap> = CoreTracker<Events> & CommerceMethods & IdentityMethods & JourneyMethods;

/**
 * Starts a tracker in a Shopify custom pixel: sessions, journey, and what `shopifyEvents` tracks. The collector must be named in full
 * (`https://…`) and answer pages without an origin: `Access-Control-Allow-Origin: *`.
 *
 * @param arrivals what tells arrivals apart
 * @throws TypeError for a wrong option, naming it, what it takes and what it got
 */
export function startPixelBy<Events = EventMap>(arrivals: Arrivals, options: PixelOptions): PixelTracker<Events> {
  const { analytics, init, browser, currency, pageStages, internalHosts, sessionMinutes, models, goals, dormantDays, plugins = [], ...core } = options;
  const own = [sessions(sessionMinutes), identity(), stages({ models, goals, dormantDays }), dropOuts(), shopifyEventsBy(arrivals, { analytics, init, browser, currency, pageStages, internalHosts })];
  return createTracker<Events, CommerceMethods & IdentityMethods & JourneyMethods>({ ...core, plugins: [...own, ...plugins] } as WithCollector<CoreOptions>);
}
