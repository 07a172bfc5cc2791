import { timeId } from '../util/id.js';
import { valueOf, type Item } from './item.js';

/** A cart with something in it. Plain data. */
export interface Cart {
  /** The same from the first item to the purchase or the last removal. */
  id: string;
  items: readonly Item[];
}

/** What one call did to the cart. */
export interface CartChange {
  /** The cart afterwards; undefined when it is empty. */
  cart: Cart | undefined;
  /** The id of the cart that was changed. */
  id: string;
  /** Items of which there are more now, with how many more. */
  added: Item[];
  /** Items of which there are fewer now, with how many fewer. */
  removed: Item[];
}

const keyOf = ({ item_id, item_name, item_variant }: Item): string => JSON.stringify([item_id ?? item_name, item_variant]);

/** Returns the items with those of one product and variant in one line. */
function merge(items: readonly Item[]): Map<string, Item> {
  const lines = new Map<string, Item>();
  for (const item of items) {
    const before = lines.get(keyOf(item));
    lines.set(keyOf(item), { ...before, ...item, quantity: (before?.quantity ?? 0) + (item.quantity ?? 1) });
  }
  return lines;
}

/** Returns the items of `from` that `other` has fewer of, each with the difference as its quantity. */
function surplus(from: Map<string, Item>, other: Map<string, Item>): Item[] {
  return [...from]
    .map(([key, item]) => ({ ...item, quantity: item.quantity! - (other.get(key)?.quantity ?? 0) }))
    .filter(({ quantity }) => quantity > 0);
}

/** Puts `items` in the place of what is in the cart. Pure but for the id of a cart that was empty. */
export function setCart(cart: Cart | undefined, items: readonly Item[]): CartChange {
  const before = merge(cart?.items ?? []);
  const after = merge(items);
  const id = cart?.id ?? timeId();
  return {
    id,
    cart: after.size ? { id, items: [...after.values()] } : undefined,
    added: surplus(after, before),
    removed: surplus(before, after),
  };
}

/** Adds `items` to the cart. */
export function addToCart(cart: Cart | undefined, items: readonly Item[]): CartChange {
  return setCart(cart, [...(cart?.items ?? []), ...items]);
}

/**
 * Takes items out of the cart: as many as their quantity says, all of a product where it says nothing. What is not in the
 * cart is passed over.
 */
export function removeFromCart(cart: Cart | undefined, items: readonly Item[]): CartChange {
  const lines = merge(cart?.items ?? []);
  for (const item of items) {
    const line = lines.get(keyOf(item));
    const left = (line?.quantity ?? 0) - (item.quantity ?? Infinity);
    if (line && left > 0) lines.set(keyOf(item), { ...line, quantity: left });
    else lines.delete(keyOf(item));
  }
  return setCart(cart, [...lines.values()]);
}

/** Returns the properties that every event about a cart carries. */
export function cartProperties({ id, cart }: CartChange): Record<string, unknown> {
  const items = cart?.items ?? [];
  return {
    cart_id: id,
    cart_value: valueOf(items),
    cart_quantity: items.reduce((sum, { quantity = 1 }) => sum + quantity, 0),
  };
}
