import { bundledArrivals } from '../capture/arrivals.js';
import type { CommerceMethods } from '../commerce/commerce.js';
import type { Plugin } from '../plugin.js';
import type { EventMap } from '../tracker.js';
import { shopifyEventsBy, type ShopifyOptions } from './shopify-events.js';
import { startPixelBy, type PixelOptions, type PixelTracker } from './shopify-pixel.js';

export { readShopifyEvent, type ShopifyReading } from './shopify-event.js';
export type { ShopifyOptions } from './shopify-events.js';
export type { PixelOptions, PixelTracker } from './shopify-pixel.js';

/**
 * Tracks what Shopify tells a custom pixel: page views, landings, products, cart, checkout and orders, each with Shopify's time and an id that follows from
 * Shopify's. Takes the place of `pages`, `pageViews`, `landings` and `commerce`.
 *
 * @throws TypeError for a pattern that cannot match
 */
export const shopifyEvents = (options: ShopifyOptions): Plugin<CommerceMethods> => shopifyEventsBy(bundledArrivals, options);

/**
 * Starts a tracker in a Shopify custom pixel: sessions, journey, and what `shopifyEvents` tracks. The collector must be named in full
 * (`https://…`) and answer pages without an origin: `Access-Control-Allow-Origin: *`.
 *
 * @throws TypeError for a wrong option, naming it, what it takes and what it got
 */
export const startPixel = <Events = EventMap>(options: PixelOptions): PixelTracker<Events> => startPixelBy<Events>(bundledArrivals, options);
