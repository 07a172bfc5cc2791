import { byteLength } from '../delivery/batch.js';
import { cut } from '../util/cut.js';
import { NUMBERS, readNumbers } from './amounts.js';
import { isMeant, valueOf, type Lines } from './cart.js';
import type { Fields, Item, Reject, Shop } from './item.js';
import { nameItem } from './names.js';

/** Most lines of an event. Source: the most that Shopify takes of an order, 2026. */
const MAX_LINES = 500;

/** What carts and reports know a line by: stays as it is. */
const LINE_ID = /id$|variant$/;
/** What reports of orders and products need of a line. */
const REPORTED = /^(id|item_(id|name|variant|brand|category\d?)|price|quantity|discount|coupon|index)$/;
/**
 * What is kept of each line where a list is longer, one after the other: longer than how many bytes of JSON; texts of how many characters; which fields. Common
 * servers take bodies of 100 kB; GA4 takes 100 characters of a text. The rest is our choice: in an order of 500 ordinary lines, names stay whole.
 */
const LESS = [
  [80_000, 100, /^/],
  [80_000, 100, REPORTED],
  [160_000, 40, REPORTED],
] as const;

/** Names of events and of fields that are about products and orders. What others call `value` or `price` may be something else. */
const SHOPPING = /item|cart|checkout|purchase|refund|wish|_info|transaction_id|currency/;

/** What of an event has been read. */
export interface Read {
  items: Item[];
  /** What stands among the items, but is known by nothing, or in no number: it was said. */
  unknown_items: unknown[] | undefined;
  flags: unknown[] | undefined;
}

/** Whether an event says items itself. */
export const hasItems = ({ items }: Fields): boolean => Array.isArray(items) && items.length > 0;

/** Returns what an event is flagged with; undefined where that is nothing. */
export function flag(...found: unknown[]): unknown[] | undefined {
  const flags = found.flat().filter(Boolean);
  return flags.length ? flags : undefined;
}

/** Returns a list of lines that is not too long: texts are cut first, other fields than reports need go next, which is reported; no line goes. */
const fitLines = (lines: readonly object[], reject: Reject): readonly object[] =>
  LESS.reduce((fitting, [most, max, fields]) => {
    const bytes = byteLength(JSON.stringify(fitting));
    if (bytes <= most) return fitting;
    reject('items', `up to ${most} bytes, beyond that less of each`, bytes);
    const less = (line: object) =>
      Object.entries(line)
        .filter(([name]) => fields.test(name))
        .map(([name, value]: [string, unknown]): [string, unknown] => [
          name,
          typeof value === 'string' && !LINE_ID.test(name) ? cut(value, max) : value,
        ]);
    return fitting.map((line) => Object.fromEntries(less(line)) as object);
  }, lines);

/**
 * Returns the items of an event; without a list, as in HTML attributes, its fields are the item. One that does not say which product it is, or how many, is
 * left out after a problem is reported.
 *
 * @param quantity of an item that names none
 * @param cart whose lines say what an item leaves out; default: none
 */
export function readLines(
  { items, value: _, currency, flags, ...single }: Fields,
  quantity: number,
  { currencyOf, reject }: Shop,
  cart: Lines = [],
): Read {
  const unit = currencyOf(currency);
  const unknown: unknown[] = [];
  const lines = [items ?? single].flat().flatMap((given: unknown): Item[] => {
    const copy = { ...(Object(given) as Fields) };
    readNumbers(copy, unit);
    const named = nameItem(copy) as Item;
    const item = { ...(named.price === undefined && cart.find((line) => isMeant(line, named))), ...named };
    const count = item.quantity ?? quantity;
    if (!item.item_id && !item.item_name) reject('item', 'item_id or item_name', given);
    else if (!(typeof count === 'number' && count > 0))
      reject('quantity', 'above 0', (Object(given) as Fields).quantity);
    else {
      readNumbers(item, unit, reject);
      return [{ ...item, quantity: count }];
    }
    if (Object.keys(copy).length) unknown.push(typeof given === 'object' ? copy : given);
    return [];
  });
  const unknown_items = unknown.length ? unknown : undefined;
  return { items: fitLines(lines, reject) as Item[], unknown_items, flags: flag(flags, unknown_items && 'no_item') };
}

/**
 * Returns the properties of an event about these items of a cart.
 *
 * @param given what else it carries
 * @param value where it says none; default: what the items cost
 */
export function about(
  items: Lines,
  cart_id: unknown,
  given: Fields,
  { currencyOf, reject }: Shop,
  value = valueOf(items),
): Fields & { items: Lines } {
  const fields = { ...given };
  // What is said to be the value, but is no amount, is told and worked out.
  readNumbers(fields, currencyOf(fields.currency), reject);
  return { ...fields, value: fields.value ?? value, items, cart_id: cart_id ?? fields.cart_id };
}

/**
 * Returns the properties of any event, seen to: prices and quantities that are texts become numbers, and what is none is left out after a problem is reported,
 * where it is about products or orders. Of more than 500 items, the first stay, and `flags` says `items_cut`. Its currency is that of the shop where it has items and
 * says none.
 */
export function readEvent(name: string, given: Fields, { currencyOf, reject }: Shop): Fields {
  const fields = { ...given };
  const { currency: said, flags, items } = fields;
  const currency = currencyOf(said);
  if (said && said !== currency) reject('currency', 'an ISO 4217 code such as EUR', said);
  readNumbers(fields, currency, SHOPPING.test([name, ...Object.keys(fields)].join()) ? reject : undefined);
  // Money given back is money given back, also in the books of those who write it below 0.
  if (name === 'refund') for (const each of NUMBERS) if (fields[each]) fields[each] = Math.abs(fields[each] as number);
  fields.currency = items || said === currency ? currency : undefined;
  if (!Array.isArray(items)) return fields;
  const lines = items.slice(0, MAX_LINES).map((line) => Object(nameItem(line)) as Fields);
  for (const line of lines) readNumbers(line, currency, reject);
  fields.items = fitLines(lines, reject);
  if (items.length > MAX_LINES) {
    reject('items', `up to ${MAX_LINES} lines`, items.length);
    fields.flags = flag(flags, 'items_cut');
  }
  return fields;
}
