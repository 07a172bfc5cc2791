import { happened, inOrder } from './journeys.mjs';
import { number, text } from './values.mjs';

/**
 * Every cart that the events tell of, the one touched last first. `state` is
 *
 * - `bought`: a purchase names the cart, or came while it was the visitor's open one
 * - `abandoned`: items in it, no purchase, and the visitor idle for longer than `abandonedAfterMs`
 * - `open`: items in it, visitor still active
 * - `empty`: everything was taken out again
 *
 * `value` and `quantity` are the sums of `items`; once bought, `value` is what the purchase says was paid.
 *
 * @param {any[]} events complete events, in any order
 * @param {{ now: number, abandonedAfterMs: number }} options both in milliseconds
 */
export function cartsOf(events, { now, abandonedAfterMs }) {
  const visitors = new Map();
  for (const event of inOrder(events)) {
    const visitor = visitors.get(event.visitor.id) ?? noCarts();
    visitors.set(event.visitor.id, visitor);
    visitor.latest = event;
    visitor.user_id = event.visitor.user_id ?? visitor.user_id ?? null;
    CHANGES.get(event.name)?.(visitor, event);
  }
  return [...visitors.values()]
    .flatMap((visitor) => visitor.carts.map((cart) => describeCart(cart, visitor, { now, abandonedAfterMs })))
    .sort((a, b) => Date.parse(b.touched) - Date.parse(a.touched));
}

const noCarts = () => ({ carts: [], transactions: new Set() });

/**
 * One visitor's carts, event by event: `take` is given each event in order, `filled` says whether something is in a cart now.
 *
 * @returns {{ take: (event: any) => void, readonly filled: boolean }}
 */
export function followCarts() {
  const visitor = noCarts();
  return {
    take: (event) => CHANGES.get(event.name)?.(visitor, event),
    get filled() { return visitor.carts.some(({ bought, items }) => !bought && items.size > 0); },
  };
}

/** What an event does to its visitor's carts, by event name. A Map: an event may be called `constructor`. */
const CHANGES = new Map([
  ['add_to_cart', (visitor, event) => changeItems(visitor, event, +1)],
  ['remove_from_cart', (visitor, event) => changeItems(visitor, event, -1)],
  ['purchase', buy],
]);

function changeItems(visitor, event, sign) {
  const { cart_id, currency } = event.properties;
  const cart = openCart(visitor, cart_id) ?? newCart(visitor, cart_id);
  touch(cart, event);
  for (const item of itemsOf(event)) {
    const key = JSON.stringify([item.item_id ?? item.item_name, item.item_variant]);
    const quantity = (cart.items.get(key)?.quantity ?? 0) + sign * item.quantity;
    // The later event knows the price of today.
    if (quantity > 0) cart.items.set(key, { ...item, quantity });
    else cart.items.delete(key);
  }
  cart.currency = text(currency) ?? cart.currency;
}

function buy(visitor, event) {
  const { cart_id, transaction_id, value, currency } = event.properties;
  if (transaction_id != null && visitor.transactions.has(transaction_id)) return;
  visitor.transactions.add(transaction_id);
  const cart = openCart(visitor, cart_id) ?? newCart(visitor, cart_id);
  touch(cart, event);
  const items = itemsOf(event);
  if (items.length > 0) cart.items = new Map(items.map((item, index) => [index, item]));
  cart.bought = true;
  cart.transaction_id = text(transaction_id);
  cart.currency = text(currency) ?? cart.currency;
  cart.paid = number(value);
}

/** The visitor's open cart of this id; without an id, the latest open one. A bought cart is closed for good. */
const openCart = (visitor, id) =>
  visitor.carts.findLast((cart) => !cart.bought && (text(id) === null || cart.cart_id === text(id)));

function newCart(visitor, id) {
  const cart = { cart_id: text(id), items: new Map(), currency: null, bought: false, paid: null };
  visitor.carts.push(cart);
  return cart;
}

function touch(cart, event) {
  cart.touched = happened(event);
  cart.touchpoint = event.touchpoint ?? cart.touchpoint ?? null;
}

function describeCart({ bought, paid, items: lines, ...cart }, visitor, { now, abandonedAfterMs }) {
  const items = [...lines.values()];
  const quantity = items.reduce((sum, item) => sum + item.quantity, 0);
  const idleSince = happened(visitor.latest);
  const idle = now - Date.parse(idleSince) > abandonedAfterMs;
  return {
    visitor: visitor.latest.visitor.id,
    user_id: visitor.user_id,
    state: bought ? 'bought' : quantity === 0 ? 'empty' : idle ? 'abandoned' : 'open',
    ...cart,
    items,
    value: paid ?? items.reduce((sum, item) => sum + item.price * item.quantity, 0),
    quantity,
    page: visitor.latest.page ?? null,
    idle_since: idleSince,
  };
}

/** The items of an event, with a price and a quantity that can be reckoned with. Properties can be anything. */
function itemsOf({ properties: { items } }) {
  if (!Array.isArray(items)) return [];
  return items.filter((item) => typeof item === 'object' && item !== null).map((item) => ({
    item_id: text(item.item_id),
    item_name: text(item.item_name) ?? text(item.item_id) ?? 'unnamed item',
    item_variant: text(item.item_variant),
    price: number(item.price) ?? 0,
    quantity: number(item.quantity) ?? 1,
  }));
}
