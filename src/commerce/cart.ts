import type { Item } from './item.js';

/** Items, each product and variant in one line. Plain data. */
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

const keyOf = ({ item_id, item_name, item_variant }: Item) => `${item_id || item_name} ${item_variant}`;

/** Returns the lines of `from` that `other` has fewer of, each with the difference as its quantity. */
function surplus(from: Map<string, Item>, other: Map<string, Item>): Item[] {
  return [...from]
    .map(([key, item]) => ({ ...item, quantity: item.quantity! - (other.get(key)?.quantity ?? 0) }))
    .filter(({ quantity }) => quantity > 0);
}

/**
 * Adds items to what is in the cart, or takes them out. Pure. What is not in the cart cannot be taken out.
 *
 * @param items each with a quantity; Infinity takes out all there is
 * @param sign 1 to add, -1 to take out
 * @param isNew whether the items take the place of what is in the cart
 */
export function changeCart(cart: Lines, items: Lines, sign: 1 | -1, isNew?: boolean): CartChange {
  const before = new Map(cart.map((item) => [keyOf(item), item]));
  const after = new Map(isNew ? [] : before);
  for (const item of items) {
    const key = keyOf(item);
    const quantity = (after.get(key)?.quantity ?? 0) + sign * item.quantity!;
    if (quantity > 0) after.set(key, { ...after.get(key), ...item, quantity });
    else after.delete(key);
  }
  return { items: [...after.values()], added: surplus(after, before), removed: surplus(before, after) };
}

/** Returns what the items cost together, free of the noise of binary fractions. */
export const valueOf = (items: Lines): number =>
  Math.round(items.reduce((sum, { price = 0, quantity = 1 }) => sum + (Number(price) || 0) * quantity, 0) * 1e4) / 1e4;
