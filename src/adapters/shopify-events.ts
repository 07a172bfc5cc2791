import { readArrival } from '../capture/arrival.js';
import type { Arrivals } from '../capture/arrivals.js';
import { readPatterns } from '../capture/page-stage.js';
import { withItems } from '../commerce/abandonment.js';
import { changeCart } from '../commerce/cart.js';
import { commerce, type CommerceMethods } from '../commerce/commerce.js';
import type { Item } from '../commerce/item.js';
import type { Context } from '../event/event.js';
import { reviveProfile, type Profile } from '../identity/profile.js';
import type { Plugin, Tools } from '../plugin.js';
import { startCleaning } from '../privacy/redact.js';
import { hashId, hashTimeId } from '../util/hash-id.js';
import { randomId, timeId } from '../util/id.js';
import { readUrl } from '../util/url.js';
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
export function shopifyEventsBy(arrivals: Arrivals, { analytics, init, browser, currency, pageStages = {}, internalHosts = [] }: ShopifyOptions): Plugin<CommerceMethods> {
  const rules = readPatterns(pageStages);
  const shop = dig(init, 'data.shop');
  const own = [readUrl(dig(shop, 'storefrontUrl'))?.hostname, readText(dig(shop, 'myshopifyDomain'))].flatMap((host) => host ?? []);
  const hosts = [...internalHosts, ...own];

  return (tools) => {
    startCleaning(tools);
    const { cleanTitle, cleanUrl, known, observe, safe } = tools;
    const seen = new Set<string>();
    let page: NonNullable<Context['page']> | undefined;
    let address: string | undefined;
    let isCounted = false;
    let client: string | undefined;
    /** The event of Shopify's that is being told, while it is. */
    let telling: ShopifyReading | undefined;

    /** Puts an event into the queue: with time and id of Shopify's event while one is being told. */
    const record: Tools['record'] = (name, properties, options = {}) => {
      const { time, source } = telling ?? {};
      if (!time) return tools.record(name, properties, options);
      const late: typeof options.late = (profile, draft) => {
        draft.time = time;
        // An arrival comes before what was seen on arriving.
        draft.id = source ? hashTimeId(`${source} ${name}`, time, /landing/.test(name) ? 0 : 1) : timeId(time);
        return options.late ? options.late(profile, draft) : draft.properties;
      };
      tools.record(name, properties, { ...options, late });
    };
    const commerceOptions = { currency: currency ?? readText(dig(shop, 'paymentSettings.currencyCode')), host: () => readUrl(address)?.hostname ?? own[0] ?? '' };
    const methods = commerce(commerceOptions)({ ...tools, record }) as CommerceMethods;

    /** Takes Shopify's word for who the visitor is, and what was kept of them. */
    function meet(id: string, stored: unknown): void {
      client = id;
      const visitor = hashId(`client ${id}`);
      known((profile) => {
        profile.id = visitor;
        // Of another visitor's, nothing.
        if (dig(stored, 'id') === visitor) Object.assign(profile, reviveProfile(stored, profile));
      });
    }

    /** Tracks how the visit began, as `landings` does. */
    function land({ url, referrer, userAgent }: ShopifyReading['page']): void {
      const { name, properties } = readArrival({ url, referrer, userAgent, internalHosts: hosts }, arrivals.classifier());
      const { channel, share } = properties;
      if (channel === 'internal') return;
      const late = (profile: Profile) => {
        if (share) profile.shares = { sent: [], ...profile.shares, parent: share };
        return properties;
      };
      record(name, {}, { opening: channel === 'direct' || undefined, late });
    }

    /** Turns to the page of the event: a new one where the address is new, or it is viewed again. */
    function turn({ name, page: { url, title, referrer } }: ShopifyReading): void {
      const [now] = url.split('#');
      const isView = name === 'page_view';
      const isNew = now !== address || (isView && isCounted);
      const id = isNew ? randomId() : page?.id;
      const from = isNew ? cleanUrl(page?.url ?? referrer) : page?.referrer;
      // Another object each time: what was recorded before keeps its own.
      page = url && id ? { id, url: cleanUrl(url), title: cleanTitle(title), referrer: from || undefined } : undefined;
      isCounted = isView || (!isNew && isCounted);
      address = now;
    }

    /** Takes over the cart that the event shows: Shopify is who knows it. */
    function keepCart(items: readonly Item[], value: number | undefined, unit: string | undefined): void {
      known((profile) => {
        const { cart } = profile;
        const { added, removed } = changeCart(cart?.items ?? [], items, 1, true);
        if (added.length || removed.length) profile.cart = withItems(cart, items, unit);
        if (profile.cart && value !== undefined) profile.cart.value = value;
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
      if (isFirst) land(reading.page);
      const { items = [], value, currency: unit } = properties as { items?: Item[]; value?: number; currency?: string };
      const call = tools.calls.get(name);
      if (/^view_cart$|checkout|_info$/.test(name)) keepCart(items, value, unit);
      // What this page has not seen put in could not be taken out.
      if (name === 'remove_from_cart') known(({ cart }) => cart ?? keepCart(items, undefined, unit));
      const stage = name === 'page_view' ? rules.find(({ path }) => path.test(readUrl(reading.page.url)?.pathname ?? ''))?.stage : undefined;
      if (call) call(properties);
      else record(name, properties, { stage, late: ({ cart }, draft) => (items.length ? { ...draft.properties, cart_id: cart?.id } : draft.properties) });
    }

    /** Resolves with what the shop's storage kept; with nothing where it does not answer. */
    async function recall(): Promise<unknown> {
      try {
        return JSON.parse(`${await within(browser!.localStorage.getItem(KEY), STORAGE_MS)}`) as unknown;
      } catch {
        // Refused, or not ours: the visitor begins anew.
        return undefined;
      }
    }
    let recalled: Promise<unknown[]> | undefined;

    const hear = safe((event: unknown, stored?: unknown) => {
      const reading = readShopifyEvent(event, dig(init, 'context'));
      if (!reading) return;
      telling = reading;
      try {
        tell(reading, stored);
      } finally {
        telling = undefined;
      }
      if (browser) known((profile) => void browser.localStorage.setItem(KEY, JSON.stringify(profile)).catch(() => {}));
    });
    observe.push(() => (page ? { page } : {}));
    analytics.subscribe('all_standard_events', (event) => {
      if (!browser && arrivals.classifier()) return hear(event);
      recalled ??= Promise.all([browser && recall(), within(arrivals.load(), CLASSIFIER_MS)]);
      void recalled.then(([stored]) => hear(event, stored));
    });
    return methods;
  };
}
