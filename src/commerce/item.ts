import { byteLength } from '../delivery/batch.js';
import type { Tools } from '../plugin.js';
import { cut } from '../util/cut.js';

/**
 * A product in a list, a cart or an order, in GA4's spelling. One of `item_id` and `item_name` is needed. Fields of the shop's own travel, too: declare
 * them, so that slips of the pen are still seen (`interface ShopItem extends Item { size: string }`).
 */
export interface Item {
  /** The product's number in the shop. */
  item_id?: string;
  item_name?: string;
  /** Price of one, in the currency of the event. */
  price?: number | undefined;
  /** Above 0; default 1. */
  quantity?: number | undefined;
  item_brand?: string;
  item_category?: string;
  item_category2?: string;
  item_category3?: string;
  item_category4?: string;
  item_category5?: string;
  item_variant?: string;
  item_list_id?: string;
  item_list_name?: string;
  affiliation?: string;
  coupon?: string;
  /** Taken off the price of one. */
  discount?: number;
  /** Its place in a list. */
  index?: number;
  location_id?: string;
  creative_name?: string;
  creative_slot?: string;
  promotion_id?: string;
  promotion_name?: string;
}

type Reject = Tools['reject'];

/** Properties as the shop gave them, copied. */
export type Fields = Record<string, unknown>;

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

/** Fields of events and of items that are numbers: amounts of money, but for the quantity. */
const NUMBERS = ['value', 'price', 'discount', 'tax', 'shipping', 'quantity'];
/** Those that may be below 0: what is taken back may be worth more than what is bought. */
const SIGNED = /^(value|tax|shipping)$/;
/** Currencies of three decimals, of ISO 4217. */
const THREE_DECIMALS = /BHD|IQD|JOD|KWD|LYD|OMR|TND/;

/**
 * Returns the number that a text says, be it an amount of money or a quantity; undefined where that is not clear. What JavaScript reads as a number is that
 * number: `19.90`, and `1.299` is little more than one. Else there may be words and signs around it, thousands are set apart in threes or as in India,
 * and a point or a comma that cannot do that begins the decimals: `1.299,00 €`, `$1,299`, `CHF 1'299.5`, `1,23,456.00`, `1,234.500`. In digits of any script.
 *
 * @param currency ISO 4217; default: unknown. Where it has three decimals, `12,500` is twelve and a half
 */
export function readPrice(text: string, currency?: unknown): number | undefined {
  const plain = text
    .replace(/\p{Nd}/gu, (digit) => {
      // Each script has its ten from a place that ends in 0, but in India's, where that is 6. What is beyond is mathematics.
      const code = digit.codePointAt(0)!;
      return code > 0xffff ? digit : `${(code - (code > 0x900 && code < 0xe00 ? 6 : 0)) & 15}`;
    })
    .replace(/[٫．]/g, '.')
    .replace(/[،，]/g, ',')
    .replace(/[٬’‘´`]/g, "'")
    .replace(/[‐-―−﹣－]/g, '-')
    .replace(/\s+/g, ' ')
    .trim();
  if (/^[-+]?[\d.]+(e[-+]?\d+)?$/i.test(plain) && Number.isFinite(Number(plain))) return Number(plain);

  const [, before = '', number = '', after = ''] = /^(\D*)(\d(?:[\d.,' ]*\d)?)(\D*)$/.exec(plain) ?? [];
  // A share of something, `½`, `$.50`, `Pre-order 5`.
  if (/[%‰٪]/.test(plain) || /^\p{N}/u.test(after) || /(^|[^\p{L}])[.,]$/u.test(before)) return undefined;
  const isNegative = /^[^\p{L}-]*-[^-]*$|^[^-]*-\p{Sc}?$/u.test(before) || /^(-| -[^\p{L}]*$)/u.test(after) || (/\(/.test(before) && /\)/.test(after));
  if (/-/.test(before) && !isNegative) return undefined;

  const [, front = '', point, decimals = ''] = /^(.*?)(?:([.,])(\d+))?$/.exec(number)!;
  const isThousand = decimals.length === 3 && /^[1-9]\d*$/.test(front) && !THREE_DECIMALS.test(`${currency} ${plain}`);
  const isDecimal = point && !front.includes(point) && !isThousand;
  const whole = isDecimal ? front : number;
  if (!/^(\d+|\d{1,3}([.,' ])\d{3}(\2\d{3})*|\d\d?(,\d\d)+,\d{3})$/.test(whole)) return undefined;
  return (isNegative ? -1 : 1) * Number(`${whole.replace(/\D/g, '')}.${isDecimal ? decimals : 0}`);
}

/**
 * Makes numbers of prices and quantities that are texts.
 *
 * @param isStrict whether what is no number, or below 0, is left out after a problem is reported; default: true. Else it stays
 */
export function readNumbers(fields: Fields, currency: unknown, reject: Reject, isStrict = true): void {
  for (const name of NUMBERS) {
    const given = fields[name];
    if (given === undefined) continue;
    const number = typeof given === 'string' ? readPrice(given, currency) : given;
    const isRight = typeof number === 'number' && (number >= 0 || SIGNED.test(name));
    if (isRight || isStrict) fields[name] = isRight ? number : undefined;
    if (!isRight && isStrict && given !== null) reject(name === 'quantity' ? name : 'price', `for ${name} a number such as 19.9 or "1.299,00 €", not below 0`, given);
  }
}

/** Returns a list of lines that is not too long: texts are cut first, other fields than reports need go next, which is reported; no line goes. */
function fitLines(lines: readonly object[], reject: Reject): object[] {
  let fitting = [...lines];
  let told = '';
  for (const [most, max, fields] of LESS) {
    if (byteLength(JSON.stringify(fitting)) <= most) break;
    told = `up to ${most} bytes, beyond that texts of up to ${max} characters${fields === REPORTED ? ' and fields that reports need' : ''}`;
    const keep = ([name, value]: [string, unknown]) => [name, typeof value === 'string' && !LINE_ID.test(name) ? cut(value, max) : value];
    fitting = lines.map((line) => Object.fromEntries(Object.entries(line).filter(([name]) => fields.test(name)).map(keep)));
  }
  if (told) reject('items', told, byteLength(JSON.stringify(lines)));
  return fitting;
}

/** Names of events and of fields that are about products and orders. What others call `value` or `price` may be something else. */
const SHOPPING = /item|cart|checkout|purchase|refund|wish|_info|transaction_id|currency/;

/**
 * Sees to the numbers of an event about products or orders, and of its items: prices and quantities that are texts become numbers, and what is none is
 * left out after a problem is reported. Of more than 500 items, the first stay, and `flags` says `items_cut`.
 */
export function readAmounts(name: string, fields: Fields, currency: unknown, reject: Reject): void {
  const { items, flags } = fields;
  readNumbers(fields, currency, reject, SHOPPING.test(`${[name, ...Object.keys(fields)]}`));
  // Money given back is money given back, also in the books of those who write it below 0.
  if (name === 'refund') for (const each of NUMBERS) if (fields[each]) fields[each] = Math.abs(fields[each] as number);
  if (!Array.isArray(items)) return;
  const lines = items.slice(0, MAX_LINES).map((line: unknown) => Object(line) as Fields);
  for (const line of lines) readNumbers(line, currency, reject);
  fields.items = fitLines(lines, reject);
  if (items.length <= MAX_LINES) return;
  reject('items', `up to ${MAX_LINES} lines`, items.length);
  fields.flags = [flags ?? [], 'items_cut'].flat();
}

/**
 * Returns the usable ones of `fields.items`; without a list, the fields themselves are the item, as in HTML attributes. An item
 * that does not say which product it is, or how many, is left out after a problem is reported.
 *
 * @param quantity of an item that names none
 * @param usual currency of fields that name none, as ISO 4217; default: unknown
 */
export function readItems(fields: Fields, quantity: number, reject: Reject, usual?: string): Item[] {
  const { items, value, currency = usual, ...single } = fields;
  const lines = (Array.isArray(items) ? items : [single]).flatMap((given): Item[] => {
    const { quantity: many, ...item } = Object(given) as Item;
    const count = typeof many === 'string' ? readPrice(many) : (many ?? quantity);
    if (!item.item_id && !item.item_name) reject('item', 'item_id or item_name', given);
    else if (!(typeof count === 'number' && count > 0)) reject('quantity', 'above 0', many);
    else {
      readNumbers(item, currency, reject);
      return [{ ...item, quantity: count }];
    }
    return [];
  });
  return fitLines(lines, reject) as Item[];
}
