import { cut } from '../util/cut.js';
import { checkOptions, TEXT, type Takes } from './check.js';
import { amount, eachEvent, itemsOf, json, lookUp, text, VERSION, type Properties, type SentEvent } from './events.js';
import type { Format } from './format.js';
import { accepted } from './verdict.js';

/** What `snowplow` can be told. */
export interface SnowplowOptions {
  /** The application's id (`aid`). Default: none. */
  appId?: string;
  /** Version that the tracker says it has (`tv`). Default: `waymark-` and the version. */
  trackerVersion?: string;
  /**
   * Sends events and the journey with Waymark's own schemas, `iglu:waymark/event` and `iglu:waymark/journey`, which are in the package (`waymark/iglu`): put them into your
   * Iglu registry first, else such events are bad rows. Default: false: with public schemas and structured events alone, which take less of the journey.
   */
  ownSchemas?: boolean;
  /** Asks the collector for no cookie and no IP address (`SP-Anonymous: *`). Default: false. */
  anonymous?: boolean;
}

/** Self-describing data. */
interface SelfDescribing {
  schema: string;
  data: unknown;
}

const SNOWPLOW = 'com.snowplowanalytics.snowplow';
const schema = (path: string, version = '1-0-0') => `iglu:${path}/jsonschema/${version}`;
const describe = (path: string, data: object, version?: string): SelfDescribing => ({ schema: schema(path, version), data });

/** Actions of the e-commerce schema, by our names. Source: snowplow_ecommerce_action 1-0-2. */
const ACTIONS: Readonly<Record<string, string>> = {
  add_to_cart: 'add_to_cart',
  remove_from_cart: 'remove_from_cart',
  view_item: 'product_view',
  view_item_list: 'list_view',
  select_item: 'list_click',
  begin_checkout: 'checkout_step',
  add_shipping_info: 'checkout_step',
  add_payment_info: 'checkout_step',
  purchase: 'transaction',
  refund: 'refund',
};
/** The steps of the checkout, from 1. */
const STEPS = ['begin_checkout', 'add_shipping_info', 'add_payment_info'];
/** The stages of the canonical model, in their order, from 1. */
const STAGES = ['awareness', 'consideration', 'decision', 'purchase', 'retention', 'advocacy'];
/** The vitals that its schema knows. */
const VITALS = ['lcp', 'inp', 'cls', 'fcp', 'ttfb'];

/** Longest texts of its schemas, in letters, and the largest sums, numbers and vitals. */
const MAX_ID = 4096;
const MAX_LABEL = 128;
const MAX_SUM = 9_999_999;
const MAX_VITAL = 2 ** 31 - 1;

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Returns a sum of money as its schemas take it: 0 to `MAX_SUM`, with two decimals; undefined for anything else. */
function sum(value: unknown): number | undefined {
  const number = amount(value);
  return number === undefined || number < 0 || number > MAX_SUM ? undefined : Math.round(number * 100) / 100;
}
const count = (value: unknown): number | undefined => (sum(value) === undefined ? undefined : Math.round(sum(value)!));
const short = (value: unknown, most = MAX_LABEL): string | undefined => text(value) && cut(text(value)!, most);
const code = (value: unknown): string | undefined => (/^[A-Z]{3}$/.test(`${value as string}`) ? `${value as string}` : undefined);

/** Returns an entity, if what its schema cannot be without is there. */
const entity = (name: string, needed: Properties, others: Properties = {}): SelfDescribing[] =>
  Object.values(needed).includes(undefined) ? [] : [describe(`${SNOWPLOW}.ecommerce/${name}`, { ...needed, ...others })];

/** Returns the entities of an e-commerce action. */
function entitiesOf({ name, properties }: SentEvent): SelfDescribing[] {
  const { value, transaction_id, payment_type, tax, shipping, coupon, discount, cart_id } = properties;
  const currency = code(properties.currency);
  const items = itemsOf(properties);
  const total = sum(value);
  const id = short(transaction_id, MAX_ID);
  const step = STEPS.indexOf(name) + 1;
  const products = items.flatMap(({ item_id, item_name, item_category, item_brand, item_variant, price, quantity, index }) =>
    // Of a category its schema only wants that there is one.
    entity('product', { id: short(item_id ?? item_name, MAX_ID), category: short(item_category, MAX_ID) ?? '', price: sum(price), currency }, {
      name: short(item_name, MAX_ID),
      quantity: count(quantity),
      variant: short(item_variant, 256),
      brand: short(item_brand, 256),
      position: count(index),
    }),
  );
  return [
    ...products,
    // Its name as a text: the script's build shortens properties that are called so.
    ...(step ? [...entity('checkout_step', Object.fromEntries([['step', step]]), { coupon_code: short(coupon), payment_method: short(payment_type) }), ...entity('cart', { total_value: total, currency }, { cart_id: short(cart_id, MAX_ID) })] : []),
    ...(name === 'purchase'
      ? entity('transaction', { transaction_id: id, revenue: total, currency, payment_method: short(payment_type) ?? 'unknown', total_quantity: count(items.reduce((all, { quantity }) => all + (amount(quantity) ?? 1), 0)) }, {
          tax: sum(tax),
          shipping: sum(shipping),
          discount_code: short(coupon, 99),
          discount_amount: sum(discount),
        })
      : []),
    ...(name === 'refund' ? entity('refund', { transaction_id: id, currency, refund_amount: total }) : []),
  ];
}

/** Returns the stages as steps of a funnel for each model. */
function funnels({ journey }: SentEvent): SelfDescribing[] {
  const { stage, stages } = { ...journey };
  // Where the canonical model is among the others, the first one is another, and nameless.
  const models = Object.entries({ ...(stage && { [stages?.journey ? 'default' : 'journey']: stage }), ...stages });
  return models.map(([funnel_name, step_name]) => {
    const position = STAGES.indexOf(step_name) + 1;
    return describe('io.snowplow.foundation/funnel_interaction', { funnel_name, step_name, ...(funnel_name === 'journey' && position && { step_position: position }) });
  });
}

/**
 * Snowplow's tracker protocol (tp2).
 *
 * - Address: the collector's and `/com.snowplowanalytics.snowplow/tp2`. There is no key.
 * - Content type `application/json`, the only one that its enricher reads: the browser asks first (a preflight), so `sendBeacon` cannot carry it.
 * - Limits: 1 MB a request. Ids: `eid`, by which loaders and models tell copies apart; `dtm` and `stm` let it correct the clock.
 * - Answer: always 200. What breaks a schema is a bad row in your pipeline, of which the browser never hears; so nothing goes out that the schemas do not take.
 * - `page_view` is `pv`; carts, products, checkout, orders and refunds are `snowplow_ecommerce_action` with its entities; `web_vitals` its own; all others are structured
 *   events (`se`: category `waymark`, action the name, label the stage, property the properties as JSON, value `value`), or with `ownSchemas` `iglu:waymark/event`.
 * - Journey: the context `funnel_interaction` for each model (`funnel_name` `journey`, `step_name` the stage). Move, loop, arrival and path, and the consent, have a place only with
 *   `ownSchemas`, in the context `iglu:waymark/journey`. Page: context `web_page`. Visitor: `duid`, session: `sid`, `vid`; absent where no identifiers are kept.
 *
 * @throws TypeError for a wrong option
 */
export function snowplow(options: SnowplowOptions = {}): Format {
  const YES_OR_NO: Takes = [(value: unknown) => typeof value === 'boolean', 'true or false'];
  checkOptions('snowplow', options, {}, { appId: TEXT, trackerVersion: TEXT, ownSchemas: YES_OR_NO, anonymous: YES_OR_NO });
  const { appId, trackerVersion = `waymark-${VERSION}`, ownSchemas, anonymous } = options;

  /** Returns what happened, in its fields. */
  function happened(event: SentEvent): Properties {
    const { name, properties, journey } = event;
    const unstructured = (inner: SelfDescribing) => ({ e: 'ue', ue_pr: json(describe(`${SNOWPLOW}/unstruct_event`, inner)) });
    const action = lookUp(ACTIONS, name);
    if (name === 'page_view') return { e: 'pv' };
    if (action) return unstructured(describe(`${SNOWPLOW}.ecommerce/snowplow_ecommerce_action`, { type: action, name: short(properties.item_list_name) }, '1-0-2'));
    if (name === 'web_vitals') {
      const vitals = VITALS.map((vital) => [vital, amount(properties[vital])] as const);
      return unstructured(describe(`${SNOWPLOW}/web_vitals`, Object.fromEntries(vitals.filter(([, value]) => value! >= 0 && value! <= MAX_VITAL))));
    }
    if (ownSchemas) return unstructured(describe('waymark/event', { name, properties }));
    return { e: 'se', se_ca: 'waymark', se_ac: name, se_la: journey?.stage, se_pr: json(properties), se_va: amount(properties.value) };
  }

  function write(event: SentEvent, sent: number): object {
    const { id, name, time, visitor, session, page, journey, touchpoint, in_app, previous, consent, bot, tab, seq } = event;
    const contexts = [
      ...(UUID.test(`${page?.id}`) ? [describe(`${SNOWPLOW}/web_page`, { id: page!.id })] : []),
      ...funnels(event),
      ...(lookUp(ACTIONS, name) ? entitiesOf(event) : []),
      ...(ownSchemas ? [describe('waymark/journey', { ...journey, touchpoint, in_app, previous, consent, bot, tab, seq })] : []),
    ];
    const fields: Properties = {
      ...happened(event),
      p: 'web',
      tv: trackerVersion,
      tna: 'waymark',
      aid: appId,
      eid: id,
      dtm: Date.parse(time),
      stm: sent,
      duid: visitor?.id,
      uid: visitor?.user_id,
      sid: session?.id,
      vid: session?.number,
      url: page?.url,
      page: page?.title,
      refr: page?.referrer,
      co: contexts.length ? json(describe(`${SNOWPLOW}/contexts`, contexts, '1-0-1')) : undefined,
    };
    // Its schema takes texts alone.
    return Object.fromEntries(Object.entries(fields).flatMap(([key, value]) => (text(value) === undefined ? [] : [[key, text(value)]])));
  }

  return {
    type: 'application/json',
    path: '/com.snowplowanalytics.snowplow/tp2',
    ...(anonymous && { headers: { 'SP-Anonymous': '*' } }),
    maxBytes: 500_000,
    beacon: false,
    encode: (rows, { time }) => json(describe(`${SNOWPLOW}/payload_data`, eachEvent(rows, (event) => write(event, time)), '1-0-4')),
    read: accepted,
  };
}
