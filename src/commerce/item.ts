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

/**
 * Returns the usable ones of `fields.items`; without a list, the fields themselves are the item, as in HTML attributes. An item
 * that does not say which product it is, or how many, is left out after a problem is reported.
 *
 * @param quantity of an item that names none
 */
export function readItems(fields: Fields, quantity: number, reject: Reject): Item[] {
  const { items, value, currency, ...single } = fields;
  return (Array.isArray(items) ? items : [single]).flatMap((given): Item[] => {
    const item = Object(given) as Item;
    const count = Number(item.quantity ?? quantity);
    if (!item.item_id && !item.item_name) reject('item', 'item_id or item_name', given);
    else if (count > 0) return [{ ...item, quantity: count }];
    else reject('quantity', 'above 0', item.quantity);
    return [];
  });
}
