import { loadTiming } from '../browser/load-timing.js';
import { checkOptions, type Takes } from './check.js';
import { amount, eachEvent, isMeasured, itemsOf, journeyOf, json, lookUp, objectOf, text, type Properties, type SentEvent } from './events.js';
import type { Format } from './format.js';
import { readFields, refuseSome } from './verdict.js';

/** What `matomo` can be told. */
export interface MatomoOptions {
  /** The website's number in Matomo. */
  siteId: number | string;
  /**
   * Numbers of the custom dimensions that take the journey, by what `journeyOf` calls it: `{ journey_stage: 1, journey_loop: 2, touch_channel: 3 }`. Default: none;
   * the stage is the name of each event then, and only there.
   */
  dimensions?: Readonly<Record<string, number>>;
}

/** Oldest event that Matomo takes without a secret, in milliseconds: 24 hours (measured, 5.2.0), less a minute for the way. */
const MAX_AGE_MS = 24 * 3_600_000 - 60_000;
/** Events that tell of the whole cart: Matomo counts the carts that are left by itself. */
const CARTS = /^(view_cart|begin_checkout|add_(shipping|payment)_info|checkout_progress|cart_abandon)$/;

const SITE: Takes = [(value: unknown) => /^[1-9]\d*$/.test(`${value as string}`), 'the number of the website'];
const DIMENSIONS: Takes = [(value: unknown) => Object(value) === value && Object.values(value as object).every((number) => SITE[0](number as never)), 'numbers of custom dimensions by name'];

/** Events that change the cart. */
const CHANGES = /^(add_to|remove_from)_cart$/;
/** Longest part of loading that its table takes, in milliseconds. Source: its column, 5.2; more may fail the whole request. */
const MAX_TIMING_MS = 16_777_215;

/** Longest number of digits that a sum has without noise of binary fractions. */
const DIGITS = 12;

/**
 * Returns items as Matomo's list: SKU, name, category, price, quantity. It keeps the last of several lines with one SKU, so such lines are one: with their quantities together, and
 * the price that makes their sum. Its quantities are whole: of half a kilogram it is told one.
 */
function ecommerceItems(properties: Properties): string {
  const lines = new Map<string, { sku: string; name: string; category: string; sum: number; quantity: number }>();
  for (const { item_id, item_name, item_category, price, quantity } of itemsOf(properties)) {
    const sku = text(item_id) ?? text(item_name) ?? '';
    const line = lines.get(sku) ?? { sku, name: text(item_name) ?? '', category: text(item_category) ?? '', sum: 0, quantity: 0 };
    const count = amount(quantity) ?? 1;
    line.sum += (amount(price) ?? 0) * count;
    line.quantity += count;
    lines.set(sku, line);
  }
  return json(
    [...lines.values()].map(({ sku, name, category, sum, quantity }) => {
      const count = Math.ceil(quantity);
      return [sku, name, category, count ? Number((sum / count).toPrecision(DIGITS)) : 0, count];
    }),
  );
}

/** Returns how long the parts of loading this page took, by Matomo's names, in milliseconds; what is not over yet is left out. */
function timings(): Record<string, number> {
  const load = loadTiming();
  const { fetchStart, connectEnd, requestStart, responseStart, responseEnd, domInteractive, domComplete, loadEventStart, loadEventEnd } = load ?? ({} as Partial<PerformanceNavigationTiming>);
  const parts: Record<string, [from?: number, to?: number]> = {
    pf_net: [fetchStart, connectEnd],
    pf_srv: [requestStart, responseStart],
    pf_tfr: [responseStart, responseEnd],
    pf_dm1: [responseEnd, domInteractive],
    pf_dm2: [domInteractive, domComplete],
    pf_onl: [loadEventStart, loadEventEnd],
  };
  return Object.fromEntries(Object.entries(parts).flatMap(([name, [from, to]]) => (to! > 0 && to! >= from! && to! - from! <= MAX_TIMING_MS ? [[name, Math.round(to! - from!)]] : [])));
}

/** Returns what the items cost together. */
const subtotal = (properties: Properties): number => itemsOf(properties).reduce((sum, { price, quantity }) => sum + (amount(price) ?? 0) * (amount(quantity) ?? 1), 0);

/** Writes a sum of money without what binary fractions add to it. */
const money = (sum: number): number => Math.round(sum * 100) / 100;

/**
 * Matomo's bulk tracking, with e-commerce.
 *
 * - Address: the collector's (`https://matomo.shop.example`) and `/matomo.php`. The website's number goes into each request; a `token_auth` must never be in a page.
 * - Content type `text/plain`, without a preflight. `sendBeacon` can carry it.
 * - Limits: events of the last 24 hours; older ones are set aside. Ids are not recognised, but for orders (`ec_id`): what may have arrived as a page was left is not sent again.
 * - Answer: 200 with `invalid` above 0 says how many requests were not taken, but not which; so many are reported as refused. It says so of an order that it has, too.
 * - `page_view` is a page view, `search` a site search, `follow` an outlink, `purchase` an order. Carts (`view_cart`, checkout, `cart_abandon`, and with every change the whole
 *   cart, which events have as `whole_cart` for it) are cart updates, and events like all others: category `journey`, action the name, value `value`. Lines with one SKU are one: it would
 *   keep the last. `web_vitals` tells how long the parts of loading took (`pf_net` …), in events as `timing`; `res` is the browser's screen. What is only measured (`engagement`, `web_vitals`, landings, `identify`) is a ping, so that
 *   it is no doing of the visitor's.
 * - Journey: `dimensions`, and the stage as the event's name (`e_n`). The arrival is read from the address. Consent has no place. Visitor: `_id` and `cid`, 16 digits of ours, which need no
 *   `token_auth`; whoever has a `uid`, it knows by that.
 *
 * @throws TypeError for a wrong option, or without `siteId`
 */
export function matomo(options: MatomoOptions): Format {
  checkOptions('matomo', options, { siteId: SITE }, { dimensions: DIMENSIONS });
  const { siteId, dimensions = {} } = options;

  /** Returns the requests of one event as queries. */
  function requests(event: SentEvent): string[] {
    const { id, name, time, visitor, page, properties, journey, whole_cart: whole, timing } = event;
    const visitorId = visitor?.id.replace(/-/g, '').slice(-16);
    const { screen } = globalThis;
    const { value, transaction_id, tax, shipping, discount, search_term, url: target } = properties;
    const told = journeyOf(event);
    const common = {
      idsite: siteId,
      rec: 1,
      url: page?.url,
      urlref: page?.referrer,
      action_name: name === 'page_view' ? page?.title : undefined,
      _id: visitorId,
      // By its own id alone, Matomo takes two people with one address and one kind of browser for one.
      cid: visitorId,
      res: screen && `${screen.width}x${screen.height}`,
      uid: visitor?.user_id,
      cdt: Math.floor(Date.parse(time) / 1000),
      pv_id: page?.id.slice(-6),
      ...Object.fromEntries(Object.entries(dimensions).map(([field, number]) => [`dimension${number}`, told[field]])),
    };
    const [item] = name === 'view_item' ? itemsOf(properties) : [];
    const product = item && { _pks: item.item_id ?? item.item_name, _pkn: item.item_name, _pkc: item.item_category, _pkp: item.price };
    const doing = { ca: 1, e_c: 'journey', e_a: name, e_n: journey?.stage, e_v: amount(value), ...product };
    const cartOf = (told: Properties) => ({ idgoal: 0, revenue: money(amount(told.value) ?? subtotal(told)), ec_items: ecommerceItems(told) });
    const sum = itemsOf(properties).length ? money(subtotal(properties)) : undefined;
    // Without a number it would be a cart that was left.
    const order = { ...cartOf(properties), ec_id: text(transaction_id) ?? id, ec_st: sum, ec_tx: amount(tax), ec_sh: amount(shipping), ec_dt: amount(discount) };
    const own: Record<string, object[]> = { page_view: [{}], purchase: [order], search: [text(search_term) ? { search: search_term } : doing], follow: [text(target) ? { link: target } : doing] };
    const parts = lookUp(own, name) ?? [
      isMeasured(name) ? { ping: 1, ...objectOf(timing) } : doing,
      // A cart of nothing is one that was emptied, not a checkout that named nothing.
      ...(CHANGES.test(name) && whole ? [cartOf({ ...whole })] : CARTS.test(name) && itemsOf(properties).length ? [cartOf(properties)] : []),
    ];
    return parts.map((part) => {
      const query = new URLSearchParams();
      for (const [key, given] of Object.entries({ ...common, ...part })) if (text(given)) query.set(key, text(given)!);
      return `?${query}`;
    });
  }

  return {
    type: 'text/plain;charset=UTF-8',
    path: '/matomo.php',
    maxAgeMs: MAX_AGE_MS,
    idempotent: false,
    enrich({ name }, { cart }, fields) {
      if (CHANGES.test(name)) fields.whole_cart = { value: cart?.value ?? 0, items: cart?.items ?? [] };
      if (name === 'web_vitals') fields.timing = timings();
    },
    encode: (rows) => json({ requests: eachEvent(rows, requests).flat() }),
    read({ body }, ids) {
      const { invalid } = readFields(body);
      return refuseSome(ids, invalid, 'Matomo calls a request invalid, or has the order already');
    },
  };
}
