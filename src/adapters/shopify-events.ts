import type { Arrivals } from '../arrival/arrivals.js';
import { readPatterns } from '../sources/page-stage.js';
import { commerce, isOfCart } from '../commerce/commerce.js';
import type { CommerceMethods } from '../commerce/methods.js';
import type { CommerceState } from '../commerce/state.js';
import type { Data } from '../event/draft.js';
import type { Plugin } from '../plugin.js';
import { plainArrival, plainPage } from '../privacy/marketing.js';
import { cleanTitle } from '../privacy/redact.js';
import { readUrl } from '../util/url.js';
import { dig, readText } from './shopify-event.js';
import { listenToShopify } from './shopify-listener.js';
import type { ShopifyOptions } from './shopify-options.js';
import { createShopifyPage } from './shopify-page.js';

/**
 * Tracks what Shopify tells a custom pixel: page views, landings, products, cart, checkout and orders. It works in the sandboxed frame of a
 * pixel, which has an origin of its own and no storage: page facts are those of the events, never the frame's. An event has Shopify's
 * time, and an id that follows from Shopify's: told again, after consent or in another frame, it counts once. So does the visitor's id
 * follow from Shopify's client id. Takes the place of `pages`, `pageViews`, `landings` and `commerce`.
 *
 * @param arrivals what tells arrivals apart; where it has still to be loaded, events wait for it
 * @throws TypeError for a pattern that cannot match
 */
export function shopifyEventsBy(
  arrivals: Arrivals,
  { analytics, init, browser, currency, pageStages = {}, internalHosts = [] }: ShopifyOptions,
): Plugin<CommerceState, CommerceMethods> {
  const rules = readPatterns(pageStages);
  const shop = dig(init, 'data.shop');
  const own = [readUrl(dig(shop, 'storefrontUrl'))?.hostname, readText(dig(shop, 'myshopifyDomain'))].flatMap(
    (host) => host ?? [],
  );
  const hosts = [...internalHosts, ...own];
  const page = createShopifyPage();
  const inner = commerce({
    currency: currency ?? readText(dig(shop, 'paymentSettings.currencyCode')),
    host: () => readUrl(page.address())?.hostname ?? own[0] ?? '',
  });

  return {
    ...inner,
    context() {
      const shown = page.shown();
      return shown ? { page: shown } : {};
    },
    process(draft, state, visitor) {
      const { by, context, name, properties } = draft;
      const { search_term, items } = properties;
      const told: Data = { ...properties };
      if (typeof search_term === 'string') told.search_term = cleanTitle(search_term);
      if (by === 'shopify' && Array.isArray(items) && items.length && !isOfCart(name)) told.cart_id = state?.cart?.id;
      const plain = visitor.mayMarket
        ? {}
        : {
            properties: /landing$/.test(name) ? plainArrival(told) : told,
            context: context.page ? { ...context, page: plainPage(context.page) } : context,
          };
      return inner.process!({ ...draft, properties: told, ...plain }, state, visitor);
    },
    start(api) {
      inner.start!(api);
      listenToShopify(api, { analytics, init, browser, arrivals, page, rules, internalHosts: hosts });
    },
  };
}
