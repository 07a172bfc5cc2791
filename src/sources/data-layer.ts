import { whenParsed } from '../platform/lifecycle.js';
import type { Stop } from '../platform/listen.js';
import type { Layer } from '../platform/pushes.js';
import type { Fields } from '../commerce/item.js';
import { readOrderNumber } from '../commerce/names.js';
import type { Plugin } from '../plugin.js';
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
const SHOPPING =
  /^(add_((payment|shipping)_info|to_(cart|wishlist))|begin_checkout|purchase|refund|remove_from_cart|select_(item|promotion)|view_(cart|item(_list)?|promotion))$/;
/** GA4's other events that shops have; of the same source. Names that are neither are the shop's own business. */
const OTHERS = /^(generate_lead|login|search|share|sign_up)$/;

/** What GA4 documents for these events, and for an item as well; of the same source. */
const BOTH = 'affiliation|coupon|creative_(name|slot)|item_(id|list_(id|name))|location_id|promotion_(id|name)';
/** Parameters that GA4 documents for these events. No other is taken: pushes also carry e-mail addresses, callbacks and the like. */
const PARAMETER = RegExp(
  `^(${BOTH}|content_type|currency|lead_source|method|payment_type|search_term|shipping(_tier)?|tax|transaction_id|value)$`,
);
/** Parameters that GA4 documents for an item. No other is taken here, either. */
const ITEM_PARAMETER = RegExp(`^(${BOTH}|discount|index|item_(brand|category[2-5]?|name|variant)|price|quantity)$`);

/** What GA4 calls what the older enhanced e-commerce tells, by the field that it is in. */
const OLDER = {
  detail: 'view_item',
  click: 'select_item',
  add: 'add_to_cart',
  remove: 'remove_from_cart',
  checkout: 'begin_checkout',
  purchase: 'purchase',
  refund: 'refund',
  promoView: 'view_promotion',
  promoClick: 'select_promotion',
};

const fieldsOf = (value: unknown) => Object(value) as Fields;

const isShopping = (name: unknown): name is string => typeof name === 'string' && SHOPPING.test(name);
const isOther = (name: unknown): name is string => typeof name === 'string' && OTHERS.test(name);

/** Returns what says something that GA4 documents, a text or a number, with its name. What is within objects, nobody has looked at. */
const plainOf = (fields: Fields) =>
  Object.entries(fields).filter(([, value]) => /^(string|number)$/.test(typeof value) && value !== '');
const only = (taken: RegExp, entries: [name: string, value: unknown][]): Fields =>
  Object.fromEntries(entries.filter(([name]) => taken.test(name)));

/**
 * Returns items or promotions with GA4's parameters alone. Those of the older shape, and of the first gtag, get GA4's spelling, which counts first where there
 * are both.
 */
const itemsOf = (list: unknown, kind = 'item', position = 'index'): Fields[] =>
  (Array.isArray(list) ? list : []).map((given) => {
    const entries = plainOf(fieldsOf(given));
    const renamed = entries.map(([name, value]): [string, unknown] => [
      name
        .replace(/^(id|name|brand|category|variant)$/, `${kind}_$1`)
        .replace(/^(list_)?position$/, position)
        .replace(/^list(_name)?$/, 'item_list_name')
        .replace(/^creative$/, 'creative_name'),
      value,
    ]);
    return only(ITEM_PARAMETER, [...renamed, ...entries]);
  });

/** Returns the parameters that GA4 documents. */
function pick(fields: Fields): Fields {
  const picked = only(PARAMETER, plainOf(fields));
  if ('search_term' in picked) picked.search_term = String(picked.search_term);
  if (Array.isArray(fields.items)) picked.items = itemsOf(fields.items);
  return picked;
}

/** Returns the events that an `ecommerce` object of the older shape tells. */
function readOlder(ecommerce: Fields): Told[] {
  const { currencyCode: currency, impressions } = ecommerce;
  const events = Object.entries(OLDER).flatMap(([field, name]): Told[] => {
    const given = ecommerce[field];
    if (Object(given) !== given) return [];
    const { products, promotions, actionField } = given as Fields;
    if (field.startsWith('promo'))
      return itemsOf(promotions, 'promotion', 'creative_slot').map((promotion) => [name, promotion]);
    const action = fieldsOf(actionField);
    const { id, revenue, list } = action;
    const properties = pick({ ...action, currency, transaction_id: id, value: revenue, item_list_name: list });
    const { step } = only(/^step$/, plainOf(action));
    if (step !== undefined) properties.checkout_step = step;
    if (products) properties.items = itemsOf(products);
    return [[field === 'checkout' && Number(step) > 1 ? 'checkout_progress' : name, properties]];
  });
  const items = itemsOf(impressions);
  const [first] = items;
  return first ? [...events, ['view_item_list', { currency, item_list_name: first.item_list_name, items }]] : events;
}

/**
 * Reads one entry of a GA4 data layer: a push, or what `gtag` pushes. Pure.
 *
 * @param before what the pushes before left of `ecommerce`: as in Google Tag Manager, it counts until the next one, or a reset by null
 */
export function readPush(entry: unknown, before?: unknown): Heard {
  const push = fieldsOf(entry);
  if (push[0] === 'event') {
    const { 1: name, 2: parameters } = push;
    return { events: isShopping(name) || isOther(name) ? [[name, pick(fieldsOf(parameters))]] : [], ecommerce: before };
  }
  const { event, ecommerce = before } = push;
  const shop = fieldsOf(ecommerce);
  const older = shop.items ? [] : readOlder(shop);
  const events = push.ecommerce ? [...older] : [];
  const flat = pick(push);
  const isFlat = !push.ecommerce && Object.keys(flat).length;
  if (isOther(event)) events.push([event, flat]);
  else if (isShopping(event) && !older.length) events.push([event, isFlat ? flat : { ...flat, ...pick(shop) }]);
  return { events, ecommerce };
}

/**
 * Tracks what the shop tells Google's tags already: GA4's recommended events, by `dataLayer.push` and `gtag`, and enhanced e-commerce, made
 * before or after this starts. The page's own `push` always runs first. What is also told by a call, or by attributes, within a second
 * counts once. Goes before all that takes an event for a step of the journey.
 *
 * @param open opens the list, where nobody else has; default: nothing is heard then
 */
export function pushedEvents(open?: (stops: Stop[]) => Layer): Plugin {
  const { begin, isRepeat, note } = createOnce();
  /** Whether the draft of this moment says what is in the cart: which items that adds and removes is known when it is done. */
  let isSet = false;
  return {
    name: 'dataLayer',
    process({ by = 'call', name, properties }) {
      isSet = name === 'set_cart';
      if (by === 'markup' || !(isShopping(name) || isOther(name))) return undefined;
      const said = signatureOf(name, properties);
      // Orders go by their numbers: of two that say one, the second may know more of it.
      const isOrder = name === 'purchase' && readOrderNumber(said.split(',')[1]) !== undefined;
      return !isOrder && isRepeat(said, by) ? { drafts: [] } : undefined;
    },
    start({ guard, on, stops, track, tracker }) {
      const { past, shared, story } = tracker;
      const noteEvent = (event: { name: string; properties: unknown }) =>
        note(signatureOf(event.name, event.properties), 'call');
      let ecommerce: unknown;
      const hear = guard((entry: unknown) => {
        const heard = readPush(entry, ecommerce);
        ({ ecommerce } = heard);
        const heardBefore = (story.heard ??= new WeakSet());
        if (heardBefore.has(Object(entry) as object)) return;
        heardBefore.add(Object(entry) as object);
        const by = fieldsOf(entry)[0] ? 'gtag' : 'push';
        for (const [event, properties] of heard.events) track(event, properties, { by });
      });
      const begun = guard(() => {
        // Calls from before this was there.
        past.forEach(noteEvent);
        begin();
        (shared.layer ??= open?.(stops))?.(hear);
      });
      stops.push(on('event', (event) => isSet && noteEvent(event)));
      // The page view comes first, and what was tracked before is known.
      whenParsed(stops, () => tracker.known(begun));
    },
  };
}
