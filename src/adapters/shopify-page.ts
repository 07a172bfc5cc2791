import type { Context } from '../event/event.js';
import { cleanTitle, cleanUrl } from '../privacy/redact.js';
import { randomId } from '../util/id.js';
import type { ShopifyReading } from './shopify-event.js';

/** Whether a parameter of an address may be kept. */
type Stays = (parameter: string) => boolean;

/** The page that Shopify's events tell of: the frame of a pixel is none. */
export interface ShopifyPage {
  /** Turns to the page of an event: a new one where the address is new, or it is viewed again. Returns whether it is the first. */
  turn(reading: ShopifyReading, stays: Stays): boolean;
  /** The page as events have it; undefined before the first, or where it has no address. */
  shown(): NonNullable<Context['page']> | undefined;
  /** Its address as it was told, without its fragment; undefined before the first. */
  address(): string | undefined;
}

/** Returns the page, of which nothing is known yet. */
export function createShopifyPage(): ShopifyPage {
  let address: string | undefined;
  let page: NonNullable<Context['page']> | undefined;
  let isCounted = false;

  /** Shows a page that was not there before. */
  const open = (url: string, title: string, from: string, stays: Stays) => ({
    id: randomId(),
    url: cleanUrl(url, stays),
    title: cleanTitle(title),
    referrer: cleanUrl(from, stays) || undefined,
  });
  return {
    turn({ name, page: { url, title, referrer } }, stays) {
      const isFirst = address === undefined;
      const [now] = url.split('#');
      const isView = name === 'page_view';
      const isNew = now !== address || (isView && isCounted);
      // Another object each time: what was tracked before keeps its own.
      const next = isNew
        ? open(url, title, page?.url ?? referrer, stays)
        : page && { ...page, url: cleanUrl(url, stays), title: cleanTitle(title) };
      page = url ? next : undefined;
      isCounted = isView || (!isNew && isCounted);
      address = now;
      return isFirst;
    },
    shown: () => page,
    address: () => address,
  };
}
