import { show } from '../util/show.js';

/** A product in a list, a cart or an order, in GA4's spelling. One of `item_id` and `item_name` is needed. */
export interface Item {
  item_id?: string;
  item_name?: string;
  /** Price of one, in the currency of the event; 0 or more. */
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

/** Told of each field that cannot be used: the code of the problem; the field, what it takes and what it got. */
export type Complain = (code: string, message: string) => void;

/**
 * Returns the number in `fields[name]`, or undefined after a complaint where it is no number in its bounds. A number
 * written as text, as in an HTML attribute, counts.
 */
export function readNumber(fields: Record<string, unknown>, name: string, isRight: (value: number) => boolean, takes: string, complain: Complain): number | undefined {
  const given = fields[name];
  if (given === undefined || given === null) return undefined;
  const value = typeof given === 'string' && given.trim() ? Number(given) : given;
  if (typeof value === 'number' && Number.isFinite(value) && isRight(value)) return value;
  complain(`invalid_${name}`, `${name} takes ${takes}, got ${show(given)}`);
  return undefined;
}

const isMoney = (value: number) => value >= 0;

/** Returns the amount in `fields[name]`, as `readNumber` does. */
export const readMoney = (fields: Record<string, unknown>, name: string, complain: Complain): number | undefined =>
  readNumber(fields, name, isMoney, 'an amount of 0 or more', complain);

/** Returns the ISO 4217 code in `fields.currency` or the default one; a wrong code is complained of and left out. */
export function readCurrency(fields: Record<string, unknown>, byDefault: string | undefined, complain: Complain): string | undefined {
  const given = fields.currency ?? byDefault;
  if (given === undefined || (typeof given === 'string' && /^[A-Z]{3}$/.test(given))) return given;
  complain('invalid_currency', `currency takes an ISO 4217 code such as "EUR", got ${show(given)}`);
  return byDefault;
}

/** Returns an item with what is usable of it, or undefined after a complaint where nothing tells which product it is. */
export function readItem(given: unknown, complain: Complain): Item | undefined {
  const fields = Object(given) as Record<string, unknown>;
  const { item_id, item_name } = fields;
  if (!item_id && !item_name) {
    complain('invalid_item', `an item takes an item_id or an item_name, got ${show(given)}`);
    return undefined;
  }
  let isUsable = true;
  const quantity = readNumber(fields, 'quantity', (value) => value > 0, 'a number above 0', (code, message) => {
    isUsable = false;
    complain(code, message);
  });
  if (!isUsable) return undefined;
  const price = readMoney(fields, 'price', complain);
  return { ...fields, ...(item_id ? { item_id: `${item_id}` } : {}), price, quantity };
}

/** Returns the usable ones of `fields.items`; without a list the fields themselves are the item, as in HTML attributes. */
export function readItems(fields: Record<string, unknown>, complain: Complain): Item[] {
  const { items, value, currency, ...single } = fields;
  const given: unknown[] = Array.isArray(items) ? items : [single];
  return given.map((item) => readItem(item, complain)).filter((item): item is Item => !!item);
}

/** Returns what the items cost together, free of the noise of binary fractions. */
export function valueOf(items: readonly Item[]): number {
  const sum = items.reduce((total, { price = 0, quantity = 1 }) => total + price * quantity, 0);
  return Math.round(sum * 1e4) / 1e4;
}
