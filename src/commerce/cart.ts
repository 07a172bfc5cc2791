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

/** Whether two texts or numbers are the same, whichever of both they are. */
const isSame = (one: unknown, other: unknown) => one === other || (typeof one !== typeof other && `${one as string}` === `${other as string}`);
/** Whether two lines are of one product: their ids say it, and their names only where one of them has no id. */
const isProduct = (one: Item, other: Item) => (one.item_id && other.item_id ? isSame(one.item_id, other.item_id) : !!one.item_name && isSame(one.item_name, other.item_name));
const isVariant = (one: Item, other: Item) => isProduct(one, other) && isSame(one.item_variant || '', other.item_variant || '');
/** Whether one costs the same: a line that is reduced is another line than one that is not. */
const isPriced = (one: Item, other: Item) => isSame(one.price, other.price) && isSame(one.discount, other.discount);

/** Returns a quantity free of the noise of binary fractions: what is left of 0.1 + 0.2 - 0.3 is none. */
const exact = (quantity: number) => Math.round(quantity * 1e6) / 1e6;

/**
 * Puts an item into its line, else behind the others.
 *
 * @param isNew whether only a line of the same price is its line; else a new price is taken over, unless there are lines of several prices already
 */
function put(lines: Item[], item: Item, isNew?: boolean): void {
  const those = lines.filter((line) => isVariant(line, item));
  const isOther = isNew || (item.price !== undefined && those.length > 1);
  const line = those.find((each) => isPriced(each, item)) ?? (isOther ? undefined : those[0]);
  if (line) lines[lines.indexOf(line)] = { ...line, ...item, quantity: exact(line.quantity! + item.quantity!) };
  else lines.push(item);
}

/** Returns the lines that an item means, those first that it names most exactly: without a variant, it means all variants. */
export function meantBy(lines: Lines, item: Item): Item[] {
  const those = lines.filter((line) => isProduct(line, item));
  const exactly = those.filter((line) => isVariant(line, item));
  const meant = item.item_variant ? (exactly.length ? exactly : those.filter((line) => !line.item_variant)) : [...new Set([...exactly, ...those])];
  return [...new Set([...meant.filter(({ price }) => isSame(price, item.price)), ...meant])];
}

/** Returns the lines without so many of an item. */
function without(lines: Lines, item: Item): Item[] {
  const left = new Map(lines.map((line) => [line, line.quantity!]));
  let rest = item.quantity!;
  for (const line of meantBy(lines, item)) {
    const some = Math.min(rest, line.quantity!);
    left.set(line, exact(line.quantity! - some));
    rest = exact(rest - some);
  }
  return [...left].filter(([, quantity]) => quantity > 0).map(([line, quantity]) => ({ ...line, quantity }));
}

/**
 * Returns the lines of which there are more after than before, and those of which there are fewer, each with the difference as its quantity. Lines of one
 * price are compared first, and then those of other prices: a new price alone is nothing that was put in or taken out.
 */
function compare(before: Lines, after: Lines): { added: Item[]; removed: Item[] } {
  const counted = (lines: Lines) => lines.map((line) => ({ ...line, quantity: line.quantity! }));
  const [added, removed] = [counted(after), counted(before)];
  for (const isLike of [isPriced, isVariant]) {
    for (const line of added) {
      for (const other of line.quantity ? removed : []) {
        if (!other.quantity || !isLike(line, other) || !isVariant(line, other)) continue;
        const some = Math.min(line.quantity, other.quantity);
        line.quantity = exact(line.quantity - some);
        other.quantity = exact(other.quantity - some);
        if (!line.quantity) break;
      }
    }
  }
  const some = (lines: Item[]) => lines.filter(({ quantity }) => quantity);
  return { added: some(added), removed: some(removed) };
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
  let after = isNew ? [] : [...cart];
  for (const item of items) {
    if (sign < 0) after = without(after, item);
    else put(after, isNew && item.price === undefined ? { ...cart.find((line) => isVariant(line, item)), ...item } : item, isNew);
  }
  return { items: after, ...compare(cart, after) };
}

/** Returns what the items cost together, free of the noise of binary fractions. */
export const valueOf = (items: Lines): number =>
  Math.round(items.reduce((sum, { price = 0, quantity = 1 }) => sum + (Number(price) || 0) * quantity, 0) * 1e4) / 1e4;
