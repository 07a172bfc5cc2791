import { readArrival } from '../arrival/arrival.js';
import type { Arrivals } from '../arrival/arrivals.js';
import { readPatterns } from '../sources/page-stage.js';
import { withItems } from '../commerce/abandonment.js';
import { changeCart } from '../commerce/cart.js';
import { commerce, isOfCart, type CommerceMethods } from '../commerce/commerce.js';
import type { Item } from '../commerce/item.js';
import { commerceOf, type CommerceState } from '../commerce/state.js';
import type { Data } from '../event/draft.js';
import type { Context } from '../event/event.js';
import type { DraftOptions, Plugin, PluginApi } from '../plugin.js';
import { plainArrival, plainPage } from '../privacy/marketing.js';
import { cleanTitle, cleanUrl, staysIn } from '../privacy/redact.js';
import { hashId, hashTimeId } from '../util/hash-id.js';
import { randomId, timeId } from '../util/id.js';
import { readUrl } from '../util/url.js';
import { reviveRecord } from '../visitor/record.js';
import { dig, readShopifyEvent, readText, type ShopifyReading } from './shopify-event.js';

/** What `shopifyEvents` takes: the first three as a pixel finds them, as its globals. */
export interface ShopifyOptions {
  /** Tells the shop's events. */
  analytics: { subscribe(name: string, listener: (event: unknown) => void): unknown };
  /** The page when it loaded, and the shop. Default: none. */
  init?: unknown;
  /**
   * Reaches the storage of the shop's own pages, where the frame has none. With it, the visitor's session, journey, cart and orders are
   * kept from page to page, in `localStorage`. Default: none, and they begin anew with every page.
   */
  browser?: { localStorage: { getItem(key: string): Promise<unknown>; setItem(key: string, value: string): Promise<unknown> } } | undefined;
  /** Currency where an event names none, as ISO 4217. Default: the shop's. */
  currency?: string | undefined;
  /** Stages by path, for page views: `{ '/blogs/*': 'awareness' }`. Default: none. */
  pageStages?: Readonly<Record<string, string>> | undefined;
  /** More hosts of the shop's own: coming from them is no arrival. Default: those that `init` names. */
  internalHosts?: readonly string[] | undefined;
}

/** Where the profile lies in the shop's `localStorage`. */
const KEY = 'waymark-shopify';
/** Longest wait for the shop's storage, in milliseconds. Our choice: it answers by messages between frames, in a few. */
const STORAGE_MS = 1000;
/** Longest wait for the classifier, in milliseconds. Our choice: a file from a folder that has just given another. */
const CLASSIFIER_MS = 3000;
/** Event ids remembered, to know those told again. Our choice: no page has as many. */
const MAX_SEEN = 1000;

/** Returns what `work` resolves with; undefined if that takes longer. */
const within = <Value>(work: Promise<Value>, ms: number): Promise<Value | undefined> => Promise.race([work, new Promise<undefined>((resolve) => setTimeout(resolve, ms))]);

/**
 * Tracks what Shopify tells a custom pixel: page views, landings, products, cart, checkout and orders. It works in the sandboxed frame of a
 * pixel, which has an origin of its own and no storage: page facts are those of the events, never the frame's. An event has Shopify's
 * time, and an id that follows from Shopify's: told again, after consent or in another frame, it counts once. So does the visitor's id
 * follow from Shopify's client id. Takes the place of `pages`, `pageViews`, `landings` and `commerce`.
 *
 * @param arrivals what tells arrivals apart; where it has still to be loaded, events wait for it
 * @throws TypeError for a pattern that cannot match
 */
export function shopifyEventsBy(arrivals: Arrivals, { analytics, init, browser, currency, pageStages = {}, internalHosts = [] }: ShopifyOptions): Plugin<CommerceState, CommerceMethods> {
  const rules = readPatterns(pageStages);
  const shop = dig(init, 'data.shop');
  const own = [readUrl(dig(shop, 'storefrontUrl'))?.hostname, readText(dig(shop, 'myshopifyDomain'))].flatMap((host) => host ?? []);
  const hosts = [...internalHosts, ...own];
  let address: string | undefined;
  let page: NonNullable<Context['page']> | undefined;
  const inner = commerce({ currency: currency ?? readText(dig(shop, 'paymentSettings.currencyCode')), host: () => readUrl(address)?.hostname ?? own[0] ?? '' });

  function start(api: PluginApi): void {
    const { guard, track, tracker } = api;
    const stays = staysIn(tracker.options);
    const seen = new Set<string>();
    let isCounted = false;
    let client: string | undefined;

    /** Takes Shopify's word for who the visitor is, and what was kept of them. */
    function meet(id: string, stored: unknown): void {
      client = id;
      const visitor = hashId(`client ${id}`);
      tracker.known((record) => {
        record.id = visitor;
        // Of another visitor's, nothing.
        if (dig(stored, 'id') === visitor) Object.assign(record, reviveRecord(stored, record));
      });
    }

    /** Returns time and id that an event has by Shopify's own. An arrival comes before what was seen on arriving. */
    const marksOf = ({ time, source }: ShopifyReading, name: string): DraftOptions =>
      time ? { by: 'shopify', time, id: source ? hashTimeId(`${source} ${name}`, time, /landing/.test(name) ? 0 : 1) : timeId(time) } : { by: 'shopify' };

    /** Tracks how the visit began, as `landings` does. */
    function land(reading: ShopifyReading): void {
      const { url, referrer, userAgent } = reading.page;
      const { name, properties } = readArrival({ url, referrer, userAgent, internalHosts: hosts }, arrivals.classifier());
      const { channel, share } = properties;
      if (channel === 'internal') return;
      if (share) tracker.known(({ state }) => void (state.landings = { ...(state.landings as object), parent: share }));
      track(name, properties, { ...marksOf(reading, name), session: channel === 'direct' ? 'start' : undefined });
    }

    /** Turns to the page of the event: a new one where the address is new, or it is viewed again. */
    function turn({ name, page: { url, title, referrer } }: ShopifyReading): void {
      const [now] = url.split('#');
      const isView = name === 'page_view';
      const isNew = now !== address || (isView && isCounted);
      const id = isNew ? randomId() : page?.id;
      const from = isNew ? cleanUrl(page?.url ?? referrer, stays) : page?.referrer;
      // Another object each time: what was tracked before keeps its own.
      page = url && id ? { id, url: cleanUrl(url, stays), title: cleanTitle(title), referrer: from || undefined } : undefined;
      isCounted = isView || (!isNew && isCounted);
      address = now;
    }

    /** Takes over the cart that the event shows: Shopify is who knows it. */
    function keepCart(items: readonly Item[], value: number | undefined, unit: string | undefined, isMissing = false): void {
      tracker.known((record) => {
        const state = commerceOf(record);
        if (isMissing && state.cart) return;
        const { added, removed } = changeCart(state.cart?.items ?? [], items, 1, true);
        const cart = added.length || removed.length ? withItems(state.cart, items, unit) : state.cart;
        record.state.commerce = { ...state, cart: cart && value !== undefined ? { ...cart, value } : cart } satisfies CommerceState;
      });
    }

    function tell(reading: ShopifyReading, stored: unknown): void {
      const { name, properties, source } = reading;
      if (source && seen.has(source)) return;
      if (source) seen.add(source);
      if (seen.size > MAX_SEEN) seen.delete([...seen][0]!);
      if (reading.client && reading.client !== client) meet(reading.client, stored);
      const isFirst = address === undefined;
      turn(reading);
      if (isFirst) land(reading);
      const { items = [], value, currency: unit } = properties as { items?: Item[]; value?: number; currency?: string };
      if (/^view_cart$|checkout|_info$/.test(name)) keepCart(items, value, unit);
      // What this page has not seen put in could not be taken out.
      if (name === 'remove_from_cart') keepCart(items, undefined, unit, true);
      const stage = name === 'page_view' ? rules.find(({ path }) => path.test(readUrl(reading.page.url)?.pathname ?? ''))?.stage : undefined;
      track(name, properties, { ...marksOf(reading, name), stage });
    }

    /** Resolves with what the shop's storage kept; with nothing where it does not answer. */
    async function recall(): Promise<unknown> {
      try {
        return JSON.parse(`${(await within(browser!.localStorage.getItem(KEY), STORAGE_MS)) as string}`) as unknown;
      } catch {
        // Refused, or not ours: the visitor begins anew.
        return undefined;
      }
    }
    let recalled: Promise<unknown[]> | undefined;

    const hear = guard((event: unknown, stored?: unknown) => {
      const reading = readShopifyEvent(event, dig(init, 'context'));
      if (!reading) return;
      tell(reading, stored);
      if (browser) tracker.known((record) => void browser.localStorage.setItem(KEY, JSON.stringify(record)).catch(() => {}));
    });
    analytics.subscribe('all_standard_events', (event) => {
      if (!browser && arrivals.classifier()) return hear(event);
      recalled ??= Promise.all([browser && recall(), within(arrivals.load(), CLASSIFIER_MS)]);
      void recalled.then(([stored]) => hear(event, stored));
    });
  }

  return {
    ...inner,
    context: () => (page ? { page } : {}),
    process(draft, state, visitor) {
      const { by, context, name, properties } = draft;
      const { search_term, items } = properties;
      const told: Data = { ...properties };
      if (typeof search_term === 'string') told.search_term = cleanTitle(search_term);
      if (by === 'shopify' && Array.isArray(items) && items.length && !isOfCart(name)) told.cart_id = state?.cart?.id;
      const plain = visitor.mayMarket ? {} : { properties: /landing$/.test(name) ? plainArrival(told) : told, context: context.page ? { ...context, page: plainPage(context.page) } : context };
      return inner.process!({ ...draft, properties: told, ...plain }, state, visitor);
    },
    start(api) {
      inner.start!(api);
      start(api);
    },
  };
}
