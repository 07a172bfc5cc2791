import { checkOptions, TEXT, type Takes } from './check.js';
import { anonymousId, eachEvent, itemsOf, journeyOf, json, lookUp, objectOf, readUrl, VERSION, type Properties, type SentEvent } from './events.js';
import type { Format } from './format.js';
import { accepted, readFields } from './verdict.js';

/** What `segment` can be told. */
export interface SegmentOptions {
  /** The source's write key: it is public. */
  writeKey: string;
  /** Who answers: they differ in where the key goes and in how clocks are corrected. Default: `segment`. */
  vendor?: 'segment' | 'rudderstack' | 'jitsu';
}

/** Names of Segment's e-commerce specification, by ours. Source: its version 2; a name that is not here stays as it is. */
const NAMES: Readonly<Record<string, string>> = {
  view_item: 'Product Viewed',
  view_item_list: 'Product List Viewed',
  select_item: 'Product Clicked',
  search: 'Products Searched',
  add_to_cart: 'Product Added',
  remove_from_cart: 'Product Removed',
  view_cart: 'Cart Viewed',
  begin_checkout: 'Checkout Started',
  add_payment_info: 'Payment Info Entered',
  purchase: 'Order Completed',
  refund: 'Order Refunded',
  order_cancel: 'Order Cancelled',
  view_promotion: 'Promotion Viewed',
  select_promotion: 'Promotion Clicked',
  add_to_wishlist: 'Product Added to Wishlist',
  share: 'Product Shared',
  review_submit: 'Product Reviewed',
};

/** Its names of properties and of fields of products, by ours. */
const PROPERTIES: Readonly<Record<string, string>> = { transaction_id: 'order_id', search_term: 'query', item_list_id: 'list_id', promotion_name: 'name' };
const PRODUCT: Readonly<Record<string, string>> = { item_id: 'product_id', item_name: 'name', item_category: 'category', item_brand: 'brand', item_variant: 'variant', index: 'position' };

/** Returns the fields under the names of a table; what is not in it keeps its name. */
const rename = (fields: object, names: Readonly<Record<string, string>>): Properties =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [lookUp(names, name) ?? name, value]));

/** Returns the properties of an event as Segment's specification spells them. */
function propertiesOf(event: SentEvent): Properties {
  const { name, properties, journey } = event;
  const { items, ...others } = properties;
  const products = itemsOf(properties).map((item) => ({ ...(item.item_id !== undefined && { sku: item.item_id }), ...rename(item, PRODUCT) }));
  const [product] = products;
  return {
    // An event about one product has its fields beside the list.
    ...(products.length === 1 && /^(view_item|select_item|(add_to|remove_from)_\w+)$/.test(name) && product),
    ...rename(others, PROPERTIES),
    ...(products.length > 0 && { products }),
    ...(/^(purchase|refund|order_cancel)$/.test(name) && { total: properties.value, revenue: properties.value }),
    ...journeyOf(event),
    journey_path: journey?.path,
  };
}

/**
 * Segment's batch, which RudderStack and Jitsu take, too.
 *
 * - Address: the collector's (`https://api.segment.io`, your data plane, your Jitsu host) and `/v1/batch`; for RudderStack `/beacon/v1/batch?writeKey=…`,
 *   where the key may stand in the address. Else the key goes into the body.
 * - Content type `text/plain`, without a preflight. `sendBeacon` can carry it.
 * - Limits: 500 kB and 2500 events a request, 32 kB an event; RudderStack 4000 KiB. Ids: `messageId`.
 * - Answer: 200 confirms all; what Segment and RudderStack do not like shows only in their debuggers. Jitsu names refused messages in `errors`.
 * - Names and properties are those of their e-commerce specification (`Order Completed`, `order_id`, `products`); `page_view` is a `page` call, `identify` an
 *   `identify` call. `total` and `revenue` are the order's `value`.
 * - Journey: properties `journey_stage`, `journey_move`, `journey_from`, `journey_loop`, `journey_furthest`, `journey_MODEL`, `journey_path` (a list of arrivals);
 *   the arrival as `touch_channel` … and `context.campaign`. Consent: `context.consent.categoryPreferences`.
 *
 * @throws TypeError for a wrong option, or without `writeKey`
 */
export function segment(options: SegmentOptions): Format {
  const VENDOR: Takes = [(value: unknown) => /^(segment|rudderstack|jitsu)$/.test(`${value as string}`), 'segment, rudderstack or jitsu'];
  checkOptions('segment', options, { writeKey: TEXT }, { vendor: VENDOR });
  const { writeKey, vendor = 'segment' } = options;
  const isRudder = vendor === 'rudderstack';

  function message(event: SentEvent, sentAt: string): object {
    const { id, name, time, visitor, session, page, properties, touchpoint, consent, bot } = event;
    const url = readUrl(page?.url);
    const where = page && { url: page.url, path: url?.pathname, search: url?.search, title: page.title, referrer: page.referrer };
    const type = name === 'page_view' ? 'page' : name === 'identify' && visitor?.user_id ? name : 'track';
    const told = propertiesOf(event);
    const traits = objectOf(properties.traits);
    return {
      messageId: id,
      type,
      ...(type === 'page' && { properties: { ...told, ...where } }),
      ...(type === 'track' && { event: lookUp(NAMES, name) ?? name, properties: told }),
      ...(type === 'identify' && !isRudder && { traits }),
      anonymousId: anonymousId(event),
      userId: visitor?.user_id,
      // They correct the clock by the difference of the two.
      ...(isRudder ? { channel: 'web', originalTimestamp: time, sentAt } : { timestamp: time }),
      context: {
        page: where,
        campaign: touchpoint?.campaign,
        traits: type === 'identify' && isRudder ? traits : undefined,
        // RudderStack takes whole numbers alone.
        sessionId: isRudder ? session && Date.parse(session.started) : session?.id,
        library: { name: 'waymark', version: VERSION },
        consent: consent && { categoryPreferences: Object.fromEntries(Object.entries(consent).map(([purpose, answer]) => [purpose, answer === 'granted'])) },
        bot,
      },
    };
  }

  return {
    type: 'text/plain;charset=UTF-8',
    path: isRudder ? `/beacon/v1/batch?writeKey=${encodeURIComponent(writeKey)}` : '/v1/batch',
    maxEvents: 2500,
    maxBytes: 450_000,
    encode(rows, { time }) {
      const sentAt = new Date(time).toISOString();
      return json({ batch: eachEvent(rows, (event) => message(event, sentAt)), sentAt, ...(!isRudder && { writeKey }) });
    },
    read({ body }, ids) {
      const { errors } = readFields(body);
      const told = (Array.isArray(errors) ? errors : []).map(String);
      const reasons = ids.flatMap((id) => told.filter((reason) => reason.startsWith(`Message ID: ${id}:`)).map((reason) => [id, reason]));
      return { ...accepted(), refused: Object.fromEntries(reasons) };
    },
  };
}
