import { whenParsed } from '../browser/lifecycle.js';
import type { Stop } from '../browser/listen.js';
import type { Layer } from '../browser/pushes.js';
import type { Fields } from '../commerce/item.js';
import type { Handler, Plugin } from '../plugin.js';
import { createOnce, signatureOf } from './once.js';

/** An event that a push tells. */
export type Told = [name: string, properties: Fields];

/** What was read of a push. */
export interface Heard {
  events: Told[];
  /** What stays of `ecommerce` for the pushes to come. */
  ecommerce: unknown;
}

/** GA4's events about products, orders and promotions. Source: its reference of recommended events, 2026. */
const SHOPPING = [
  'add_payment_info', 'add_shipping_info', 'add_to_cart', 'add_to_wishlist', 'begin_checkout', 'purchase', 'refund', 'remove_from_cart',
  'select_item', 'select_promotion', 'view_cart', 'view_item', 'view_item_list', 'view_promotion',
];
/** GA4's other events that shops have; of the same source. Names that are neither are the shop's own business. */
const OTHERS = ['generate_lead', 'login', 'search', 'share', 'sign_up'];

/** Parameters that GA4 documents for these events. No other is taken: pushes also carry e-mail addresses, callbacks and the like. */
export const PARAMETERS = [
  'affiliation', 'content_type', 'coupon', 'creative_name', 'creative_slot', 'currency', 'item_id', 'item_list_id', 'item_list_name',
  'lead_source', 'location_id', 'method', 'payment_type', 'promotion_id', 'promotion_name', 'search_term', 'shipping', 'shipping_tier', 'tax',
  'transaction_id', 'value',
];

/** Parameters that GA4 documents for an item, of the same source. No other is taken here, either. */
const ITEM_PARAMETER =
  /^(item_(id|name|brand|category[2-5]?|variant|list_id|list_name)|affiliation|coupon|discount|index|location_id|price|quantity|creative_(name|slot)|promotion_(id|name))$/;

/** What GA4 calls the actions of the older enhanced e-commerce. */
const ACTIONS = {
  detail: 'view_item', click: 'select_item', add: 'add_to_cart', remove: 'remove_from_cart', checkout: 'begin_checkout', purchase: 'purchase', refund: 'refund',
};

const fieldsOf = (value: unknown) => Object(value) as Fields;
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** Whether a value says something that GA4 documents: a text or a number. What is within objects, nobody has looked at. */
const isPlain = (value: unknown) => /^(string|number)$/.test(typeof value) && value !== '';

/**
 * Returns items or promotions with GA4's parameters alone. Those of the older shape, and of the first gtag, get GA4's spelling, which counts first where there
 * are both.
 */
const itemsOf = (list: unknown, kind = 'item', position = 'index'): Fields[] =>
  listOf(list).map((given) => {
    const entries = Object.entries(fieldsOf(given)).filter(([, value]) => isPlain(value));
    const renamed = entries.map(([name, value]): [string, unknown] => [
      name.replace(/^(id|name|brand|category|variant)$/, `${kind}_$1`).replace(/^(list_)?position$/, position).replace(/^list(_name)?$/, 'item_list_name').replace(/^creative$/, 'creative_name'),
      value,
    ]);
    return Object.fromEntries([...renamed, ...entries].filter(([name]) => ITEM_PARAMETER.test(name)));
  });

/** Returns the parameters that GA4 documents. */
function pick(fields: Fields): Fields {
  const picked = Object.fromEntries(PARAMETERS.filter((name) => isPlain(fields[name])).map((name) => [name, name === 'search_term' ? `${fields[name]}` : fields[name]]));
  return Array.isArray(fields.items) ? { ...picked, items: itemsOf(fields.items) } : picked;
}

/** Returns the events that an `ecommerce` object of the older shape tells. */
function readOlder(ecommerce: Fields): Told[] {
  const { currencyCode: currency, impressions, promoView, promoClick } = ecommerce;
  const events: Told[] = [];
  for (const [action, name] of Object.entries(ACTIONS)) {
    const given = ecommerce[action];
    if (Object(given) !== given) continue;
    const { products, actionField } = given as Fields;
    const field = fieldsOf(actionField);
    const { id, revenue, list, step } = field;
    const said = pick({ ...field, currency, transaction_id: id, value: revenue, item_list_name: list });
    const checkout_step = isPlain(step) ? step : undefined;
    const properties = { ...said, checkout_step, items: products && itemsOf(products) };
    events.push([action === 'checkout' && Number(checkout_step) > 1 ? 'checkout_progress' : name, properties]);
  }
  const items = itemsOf(impressions);
  if (items.length) events.push(['view_item_list', { currency, item_list_name: items[0]!.item_list_name, items }]);
  for (const [name, given] of [['view_promotion', promoView], ['select_promotion', promoClick]] as const) {
    for (const promotion of itemsOf(fieldsOf(given).promotions, 'promotion', 'creative_slot')) events.push([name, promotion]);
  }
  return events;
}

/**
 * Reads one entry of a GA4 data layer: a push, or what `gtag` pushes. Pure.
 *
 * @param before what the pushes before left of `ecommerce`: as in Google Tag Manager, it counts until the next one, or a reset by null
 */
export function readPush(entry: unknown, before?: unknown): Heard {
  const push = fieldsOf(entry);
  const [command, named, parameters] = [push[0], push[1] as string, fieldsOf(push[2])];
  if (command === 'event') return { events: [...SHOPPING, ...OTHERS].includes(named) ? [[named, pick(parameters)]] : [], ecommerce: before };
  const { event, ecommerce = before } = push;
  const shop = fieldsOf(ecommerce);
  const older = shop.items ? [] : readOlder(shop);
  const events = push.ecommerce ? [...older] : [];
  const flat = pick(push);
  if (OTHERS.includes(event as string)) events.push([event as string, flat]);
  else if (!older.length && SHOPPING.includes(event as string)) {
    const isFlat = !push.ecommerce && Object.keys(flat).length;
    events.push([event as string, isFlat ? flat : { ...flat, ...pick(shop) }]);
  }
  return { events, ecommerce };
}

/**
 * Tracks what the shop tells Google's tags already: GA4's recommended events, by `dataLayer.push` and `gtag`, and enhanced e-commerce, made
 * before or after this starts. The page's own `push` always runs first. What is also told by a call, or by attributes, within a second
 * counts once.
 *
 * @param open opens the list, where `consentSignals` has not; default: nothing is heard then
 */
export const pushedEvents =
  (open?: (stops: Stop[]) => Layer): Plugin =>
  (tools) => {
    const { calls, known, past, record, safe, stops, story, tracker, watch } = tools;
    const { begin, isRepeat, note } = createOnce();
    /** Whether another source has just said it. Orders go by their numbers: of two that say one, the second may know more of it. */
    const isTold = (event: string, given: unknown, by: string) => {
      const said = signatureOf(event, given);
      return (event !== 'purchase' || tools.numberOf?.(said.split(',')[1]) === undefined) && isRepeat(said, by);
    };
    const handlers = new Map(calls);
    const handle = (event: string, ...rest: Parameters<Handler>) => {
      const handler = handlers.get(event);
      if (handler) handler(...rest);
      else record(event, ...rest);
    };
    const noteEvent = (event: { name: string; properties: unknown }) => note(signatureOf(event.name, event.properties), 'call');
    for (const event of [...SHOPPING, ...OTHERS]) {
      calls.set(event, (given, options) => isTold(event, given, 'call') || handle(event, given, options));
    }
    // Which items it adds and removes is known when it is done.
    calls.set('set_cart', (given, options) => {
      const stop = tracker.on('event', noteEvent);
      handle('set_cart', given, options);
      known(stop);
    });
    // Calls from before this was there; those since then have been noted above.
    known(() => past?.forEach(noteEvent));

    let ecommerce: unknown;
    const hear = safe((entry: unknown) => {
      const heard = readPush(entry, ecommerce);
      ({ ecommerce } = heard);
      const heardBefore = (story.heard ??= new WeakSet());
      if (heardBefore.has(Object(entry) as object)) return;
      heardBefore.add(Object(entry) as object);
      const by = fieldsOf(entry)[0] ? 'gtag' : 'push';
      for (const [event, properties] of heard.events) if (!isTold(event, properties, by)) handle(event, properties);
    });
    const start = () => {
      begin();
      (tools.layer ??= open?.(stops))?.(hear, true);
    };
    // The page view comes first, and what was tracked before is known.
    watch(() => whenParsed(stops, () => known(safe(start))));
  };
