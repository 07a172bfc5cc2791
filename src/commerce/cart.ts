import type { Item } from './item.js';

/** Items: a line for each product, variant and price. Plain data. */
export type Lines = readonly Item[];

/** What one call did to the cart. */
export interface CartChange {
  /** What is in the cart afterwards. */
  items: Lines;
  /** Items of which there are more now, with how many more. */
  added: Lines;
  /** Items of which there are fewer now, with how many fewer. */
  removed: Lines;
}

type Fits = (line: Item, item: Item) => boolean;
type Counted = Item & { quantity: number };

/** Whether two texts or numbers are the same, whichever of both they are. */
const isSame = (one: unknown, other: unknown) => one === other || (typeof one !== typeof other && `${one as string}` === `${other as string}`);
const hasPrice: Fits = (line, item) => isSame(line.price, item.price) && isSame(line.discount, item.discount);
/** Whether a line is of an item's product, in any variant: their ids say it, and their names only where one of them has no id. */
const isOf: Fits = (line, item) => (line.item_id && item.item_id ? isSame(line.item_id, item.item_id) : !!item.item_name && isSame(line.item_name, item.item_name));
/** Whether a line is of an item's product and variant. */
const isLine: Fits = (line, item) => isOf(line, item) && isSame(line.item_variant || '', item.item_variant || '');

/** Whether an item may mean a line: without a variant, it means all variants; one that has a variant may have been put in without. */
export const isMeant: Fits = (line, item) => isOf(line, item) && (!item.item_variant || !line.item_variant || isLine(line, item));

/** What of two changes of a cart is the same, best first. A new price alone is nothing that was put in or taken out. */
const SAME: Fits[] = [(line, item) => hasPrice(line, item) && isLine(line, item), isLine];
/** What is taken out of a cart, best first. */
const TAKEN: Fits[] = [SAME[0]!, (line, item) => hasPrice(line, item) && isMeant(line, item), isLine, isMeant];

/** Returns a quantity free of the noise of binary fractions: what is left of 0.1 + 0.2 - 0.3 is none. */
const exact = (quantity: number) => Math.round(quantity * 1e6) / 1e6;
const counted = (lines: Lines) => lines.map((line) => ({ ...line }) as Counted);
const some = (lines: Lines) => lines.filter(({ quantity }) => quantity);

/** Takes out of both lists what they have in common. Changes them. */
function cancel(lines: Counted[], others: Counted[], ways: Fits[]): void {
  for (const fits of ways) {
    for (const other of others) {
      for (const line of other.quantity ? lines : []) {
        if (!line.quantity || !fits(line, other)) continue;
        const common = Math.min(line.quantity, other.quantity);
        line.quantity = exact(line.quantity - common);
        other.quantity = exact(other.quantity - common);
        if (!other.quantity) break;
      }
    }
  }
}

/**
 * Puts an item into its line, else behind the others.
 *
 * @param isNew whether only a line of the same price is its line; else a new price is taken over, unless there are lines of several prices already
 */
function put(lines: Counted[], item: Item, isNew?: boolean): void {
  const those = lines.filter((line) => isLine(line, item));
  const isOther = isNew || (item.price !== undefined && those.length > 1);
  const line = those.find((each) => hasPrice(each, item)) ?? (isOther ? undefined : those[0]);
  if (line) Object.assign(line, item, { quantity: exact(line.quantity + item.quantity!) });
  else lines.push({ ...item } as Counted);
}

/**
 * Adds items to what is in the cart, or takes them out. Pure. What is not in the cart cannot be taken out.
 *
 * @param items each with a quantity; Infinity takes out all there is
 * @param sign 1 to add, -1 to take out
 * @param isNew whether the items take the place of what is in the cart: then lines of one product at two prices stay two, and a line without a
 *   price has that of the cart
 */
export function changeCart(cart: Lines, items: Lines, sign: 1 | -1, isNew?: boolean): CartChange {
  const lines = counted(isNew ? [] : cart);
  for (const item of items) {
    if (sign < 0) cancel(lines, counted([item]), TAKEN);
    else put(lines, isNew && item.price === undefined ? { ...cart.find((line) => isLine(line, item)), ...item } : item, isNew);
  }
  const after = some(lines);
  const [added, removed] = [counted(after), counted(cart)];
  cancel(added, removed, SAME);
  return { items: after, added: some(added), removed: some(removed) };
}

/** Returns what the items cost together, free of the noise of binary fractions. */
export const valueOf = (items: Lines): number =>
  Math.round(items.reduce((sum, { price = 0, quantity = 1 }) => sum + (Number(price) || 0) * quantity, 0) * 1e4) / 1e4;
