import type { Tools } from '../plugin.js';

/** A product in a list, a cart or an order, in GA4's spelling. One of `item_id` and `item_name` is needed. */
export interface Item {
  item_id?: string;
  item_name?: string;
  /** Price of one, in the currency of the event. */
  price?: number | undefined;
  /** Above 0; default 1. */
  quantity?: number | undefined;
  item_brand?: string;
  item_category?: string;
  item_variant?: string;
  coupon?: string;
  discount?: number;
  index?: number;
  [parameter: string]: unknown;
}

type Reject = Tools['reject'];

/** Properties as the shop gave them, copied. */
export type Fields = Record<string, unknown>;

/** Fields of events and of items that are amounts of money. */
const PRICES = ['value', 'price', 'discount', 'tax', 'shipping'];

/**
 * Returns the amount that a text says; undefined where that is not clear. What JavaScript reads as a number is that number: `19.90`, and `1.299` is
 * little more than one. Else there may be words and signs around it, thousands are set apart in threes, and cents are one or two digits:
 * `1.299,00 €`, `$1,299`, `CHF 1'299.5`.
 */
export function readPrice(text: string): number | undefined {
  const number = Number(text);
  if (text.trim() && Number.isFinite(number)) return number;
  const [, whole, cents = 0] = /^[^\d-]*(-?(?:\d{1,3}(?:[.,'’\s]\d{3})+|\d+))(?:[.,](\d\d?))?\D*$/.exec(text) ?? [];
  return whole ? Number(`${whole.replace(/[^\d-]/g, '')}.${cents}`) : undefined;
}

/** Makes numbers of prices that are texts; one that is not clear is left out after a problem is reported. */
export function readPrices(fields: Fields, reject: Reject): void {
  for (const name of PRICES) {
    const given = fields[name];
    if (typeof given !== 'string') continue;
    fields[name] = readPrice(given);
    if (fields[name] === undefined) reject('price', 'an amount', given);
  }
}

/**
 * Returns the usable ones of `fields.items`; without a list, the fields themselves are the item, as in HTML attributes. An item
 * that does not say which product it is, or how many, is left out after a problem is reported.
 *
 * @param quantity of an item that names none
 */
export function readItems(fields: Fields, quantity: number, reject: Reject): Item[] {
  const { items, value, currency, ...single } = fields;
  return (Array.isArray(items) ? items : [single]).flatMap((given): Item[] => {
    const item = { ...(given as Item) };
    readPrices(item, reject);
    const count = Number(item.quantity ?? quantity);
    if (!item.item_id && !item.item_name) reject('item', 'item_id or item_name', given);
    else if (count > 0) return [{ ...item, quantity: count }];
    else reject('quantity', 'above 0', item.quantity);
    return [];
  });
}
