import type { Item } from '../commerce/item.js';
import { cleanTitle } from '../privacy/redact.js';

/** What a Shopify event says, in Waymark's words. */
export interface ShopifyReading {
  /** The event's name here. */
  name: string;
  properties: Record<string, unknown>;
  /** When it happened, in milliseconds since 1970; undefined where Shopify does not say. */
  time: number | undefined;
  /** Shopify's id of the event: the same when it is told again. */
  source: string | undefined;
  /** Shopify's id of the visitor. */
  client: string | undefined;
  /** The page that the person sees, as it is: not yet cleaned. */
  page: { url: string; title: string; referrer: string; userAgent: string };
}

/** Returns what lies at a path such as `order.id`; undefined where there is nothing. */
export const dig = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((part, name) => (Object(part) as Record<string, unknown>)[name], value);

/** Returns a text, or a number as text; undefined for all else, the empty text included. */
export const readText = (value: unknown): string | undefined => (typeof value === 'number' || typeof value === 'string' ? `${value}` || undefined : undefined);

/** Returns the number of an id: Shopify writes `gid://shopify/Order/42` in one place and `42` in another. */
const readId = (value: unknown) => readText(value)?.replace(/^gid:\/\/.*\/|\?.*$/g, '');

/** Returns a number, free of the noise of binary fractions; undefined where there is none. */
function readNumber(value: unknown): number | undefined {
  const number = Number(readText(value) ?? NaN);
  return Number.isFinite(number) ? Math.round(number * 1e4) / 1e4 : undefined;
}

/** Returns how much money a `MoneyV2` is. */
const readAmount = (money: unknown) => readNumber(dig(money, 'amount'));
const readCurrency = (money: unknown) => readText(dig(money, 'currencyCode'));
const readList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/**
 * Returns the item of a `ProductVariant`.
 *
 * @param line the line that it stands in, of a cart or a checkout
 * @param paid what the line costs after discounts
 */
function readItem(variant: unknown, line?: unknown, paid?: unknown): Item {
  const quantity = readNumber(dig(line, 'quantity'));
  const full = readAmount(dig(variant, 'price'));
  const sum = readAmount(paid);
  const price = sum !== undefined && quantity ? readNumber(sum / quantity) : full;
  const title = readText(dig(variant, 'title'));
  return {
    item_id: readId(dig(variant, 'product.id')) ?? readText(dig(variant, 'sku')),
    item_name: readText(dig(variant, 'product.title')) ?? readText(dig(line, 'title')),
    item_brand: readText(dig(variant, 'product.vendor')),
    item_category: readText(dig(variant, 'product.type')),
    // What Shopify calls the one variant of a product that has none.
    item_variant: title === 'Default Title' ? undefined : title,
    variant_id: readId(dig(variant, 'id')),
    sku: readText(dig(variant, 'sku')),
    price,
    discount: full && price !== undefined && price < full ? readNumber(full - price) : undefined,
    quantity,
  } as Item;
}

/** Returns the items of a list of variants, numbered from 1. */
const readVariants = (variants: unknown) => readList(variants).map((variant, place) => ({ ...readItem(variant), index: place + 1 }));

/** Returns the item of a `CartLine`. */
const readLine = (line: unknown) => readItem(dig(line, 'merchandise'), line, dig(line, 'cost.totalAmount'));

/** Returns the item of a change to the cart. Shopify's quantity is that of the change. */
const readChange = ({ cartLine }: Data) => ({ currency: readCurrency(dig(cartLine, 'cost.totalAmount')) ?? readCurrency(dig(cartLine, 'merchandise.price')), items: [readLine(cartLine)] });

/** Returns what a `Checkout` is worth and what is in it: nothing of the person, of whom it holds name, address and payment. */
const readCheckout = ({ checkout }: Data) => ({
  currency: readText(dig(checkout, 'currencyCode')) ?? readCurrency(dig(checkout, 'totalPrice')),
  // As in GA4: without shipping, and without tax where prices are without it.
  value: readAmount(dig(checkout, 'subtotalPrice')),
  coupon:
    readList(dig(checkout, 'discountApplications'))
      .flatMap((discount) => (dig(discount, 'type') === 'DISCOUNT_CODE' ? (readText(dig(discount, 'title')) ?? []) : []))
      .join() || undefined,
  items: readList(dig(checkout, 'lineItems')).map((line) => readItem(dig(line, 'variant'), line, dig(line, 'finalLinePrice'))),
});

/** What Shopify calls GA4's `customer_type`. */
const CUSTOMERS: Record<string, string> = { true: 'new', false: 'returning' };

type Data = Record<string, unknown>;
type Reader = readonly [name: string, read: (data: Data) => Record<string, unknown>];

/**
 * What the standard events become, as of the Web Pixels API in 2026 (https://shopify.dev/docs/api/web-pixels-api/standard-events).
 * `ui_extension_errored` is left out: it tells of the shop's apps, not of a person.
 */
const READERS = new Map<unknown, Reader>(Object.entries<Reader>({
  page_viewed: ['page_view', () => ({})],
  product_viewed: [
    'view_item',
    ({ productVariant }) => {
      const item = readItem(productVariant);
      return { currency: readCurrency(dig(productVariant, 'price')), value: item.price, items: [item] };
    },
  ],
  collection_viewed: [
    'view_item_list',
    ({ collection }) => ({
      item_list_id: readId(dig(collection, 'id')),
      item_list_name: readText(dig(collection, 'title')),
      currency: readCurrency(dig(collection, 'productVariants.0.price')),
      items: readVariants(dig(collection, 'productVariants')),
    }),
  ],
  // What is typed into a search box may be an e-mail address.
  search_submitted: ['search', ({ searchResult }) => ({ search_term: cleanTitle(readText(dig(searchResult, 'query')) ?? ''), results: readList(dig(searchResult, 'productVariants')).length })],
  product_added_to_cart: ['add_to_cart', readChange],
  product_removed_from_cart: ['remove_from_cart', readChange],
  cart_viewed: [
    'view_cart',
    ({ cart }) => ({
      currency: readCurrency(dig(cart, 'cost.totalAmount')),
      value: readAmount(dig(cart, 'cost.totalAmount')),
      items: readList(dig(cart, 'lines')).map(readLine),
    }),
  ],
  checkout_started: ['begin_checkout', readCheckout],
  checkout_contact_info_submitted: ['checkout_progress', (data) => ({ ...readCheckout(data), checkout_step: 'contact' })],
  checkout_address_info_submitted: ['checkout_progress', (data) => ({ ...readCheckout(data), checkout_step: 'address' })],
  checkout_shipping_info_submitted: [
    'add_shipping_info',
    (data) => ({ ...readCheckout(data), shipping_tier: readText(dig(data, 'checkout.delivery.selectedDeliveryOptions.0.title')) }),
  ],
  payment_info_submitted: ['add_payment_info', readCheckout],
  checkout_completed: [
    'purchase',
    (data) => ({
      ...readCheckout(data),
      transaction_id: readId(dig(data, 'checkout.order.id')) ?? readText(dig(data, 'checkout.token')),
      tax: readAmount(dig(data, 'checkout.totalTax')),
      shipping: readAmount(dig(data, 'checkout.shippingLine.price')),
      total: readAmount(dig(data, 'checkout.totalPrice')),
      customer_type: CUSTOMERS[`${dig(data, 'checkout.order.customer.isFirstOrder') as boolean}`],
    }),
  ],
  // Which field, and what was wrong with it; the message may repeat what was typed.
  alert_displayed: ['alert_displayed', ({ alert }) => ({ alert_type: readText(dig(alert, 'type')), target: readText(dig(alert, 'target')) })],
}));

/**
 * Reads a standard event of Shopify's Web Pixels API. Never throws.
 *
 * @param event as `analytics.subscribe` gives it
 * @param context of the page, where the event has none: `init.context`
 * @returns what it says; undefined where it is no standard event of a person's
 */
export function readShopifyEvent(event: unknown, context?: unknown): ShopifyReading | undefined {
  const reader = READERS.get(dig(event, 'name'));
  if (!reader) return undefined;
  const [name, read] = reader;
  const look = (path: string) => readText(dig(event, `context.${path}`)) ?? readText(dig(context, path)) ?? '';
  const time = Date.parse(readText(dig(event, 'timestamp')) ?? '');
  return {
    name,
    properties: read(Object(dig(event, 'data')) as Data),
    // As an id can hold it.
    time: time >= 0 && time < 2 ** 48 ? time : undefined,
    source: readText(dig(event, 'id')),
    client: readText(dig(event, 'clientId')),
    page: {
      url: look('document.location.href') || look('window.location.href'),
      title: look('document.title'),
      referrer: look('document.referrer'),
      userAgent: look('navigator.userAgent'),
    },
  };
}
