import { LEVELS, REASONS, oneOf } from './abandonments.mjs';
import { happened, inOrder, isDone } from './journeys.mjs';
import { number, text } from './values.mjs';

/**
 * Every cart that the events tell of, the one touched last first. `state` is
 *
 * - `bought`: a purchase names the cart, or came while it was the visitor's open one
 * - `abandoned`: a browser told so (`left` says why, how far and when), and the cart was not taken up again
 * - `open`: items in it, and nobody told that it was abandoned; `silent` where its visitor has been idle for longer than `silentAfterMs`
 * - `empty`: everything was taken out again
 *
 * `value` and `quantity` are the sums of `items`; of an abandoned cart `value` is what the browser says, of a bought one what was paid.
 * `recovered` is how it was last taken up again. `refunds` are in the order they came, `cancelled` says that the order was.
 *
 * @param {any[]} events complete events, in any order
 * @param {{ now: number, silentAfterMs: number }} options both in milliseconds
 */
export function cartsOf(events, { now, silentAfterMs }) {
  const visitors = new Map();
  for (const event of inOrder(events)) {
    const visitor = visitors.get(event.visitor.id) ?? noCarts();
    visitors.set(event.visitor.id, visitor);
    if (isDone(event) || !visitor.latest) visitor.latest = event;
    visitor.user_id = event.visitor.user_id ?? visitor.user_id ?? null;
    CHANGES.get(event.name)?.(visitor, event);
  }
  return [...visitors.values()]
    .flatMap((visitor) => visitor.carts.map((cart) => describeCart(cart, visitor, { now, silentAfterMs })))
    .sort((a, b) => Date.parse(b.touched) - Date.parse(a.touched));
}

const noCarts = () => ({ carts: [], transactions: new Set() });

/**
 * One visitor's carts, event by event: `take` is given each event in order, `filled` says whether something is in a cart now, and `worth` what
 * is in the latest one, which is nothing once it is bought.
 *
 * @returns {{ take: (event: any) => void, readonly filled: boolean, readonly worth: { quantity: number, value: number, currency: string | null } }}
 */
export function followCarts() {
  const visitor = noCarts();
  return {
    take: (event) => CHANGES.get(event.name)?.(visitor, event),
    get filled() { return visitor.carts.some(({ bought, items }) => !bought && items.size > 0); },
    get worth() {
      const cart = openCart(visitor, null);
      const items = [...(cart?.items.values() ?? [])];
      return { ...sumOf(items), currency: cart?.currency ?? null };
    },
  };
}

/** What an event does to its visitor's carts, by event name. A Map: an event may be called `constructor`. */
const CHANGES = new Map([
  ['add_to_cart', (visitor, event) => changeItems(visitor, event, +1)],
  ['remove_from_cart', (visitor, event) => changeItems(visitor, event, -1)],
  ['purchase', buy],
  ['cart_abandon', abandon],
  ['cart_recover', recover],
  ['refund', (visitor, { properties }) => {
    orderOf(visitor, properties)?.refunds.push({ value: number(properties.value), currency: text(properties.currency) });
  }],
  ['order_cancel', (visitor, { properties }) => {
    const cart = orderOf(visitor, properties);
    if (cart) cart.cancelled = true;
  }],
]);

function changeItems(visitor, event, sign) {
  const { cart_id, currency } = event.properties;
  const cart = openCart(visitor, cart_id) ?? newCart(visitor, cart_id);
  touch(cart, event);
  cart.left = null;
  for (const item of itemsOf(event)) {
    const key = keyOf(item);
    const quantity = (cart.items.get(key)?.quantity ?? 0) + sign * item.quantity;
    // The later event knows the price of today.
    if (quantity > 0) cart.items.set(key, { ...item, quantity });
    else cart.items.delete(key);
  }
  cart.currency = text(currency) ?? cart.currency;
}

const keyOf = ({ item_id, item_name, item_variant }) => JSON.stringify([item_id ?? item_name, item_variant]);

function buy(visitor, event) {
  const { cart_id, transaction_id, value, currency, flags } = event.properties;
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
  cart.left = null;
  cart.flags = Array.isArray(flags) ? FLAGS.filter((flag) => flags.includes(flag)) : [];
}

/** What the tracker notes of an order that does not fit its cart. */
const FLAGS = ['no_items', 'other_currency'];

function abandon(visitor, event) {
  const { cart_id, reason, level, provisional, value, currency, last_page, last_item } = event.properties;
  const known = openCart(visitor, cart_id);
  // Another tab was slower than the order: what is bought is not left.
  if (!known && text(cart_id) !== null && visitor.carts.some((cart) => cart.cart_id === text(cart_id))) return;
  const cart = known ?? newCart(visitor, cart_id);
  if (!known) touch(cart, event);
  // The browser knows all that is in the cart; of what was put in, events may be missing.
  const items = itemsOf(event);
  if (items.length > 0) cart.items = new Map(items.map((item) => [keyOf(item), item]));
  cart.currency = text(currency) ?? cart.currency;
  cart.abandonments.add(event.id);
  cart.left = {
    reason: oneOf(REASONS, reason), level: oneOf(LEVELS, level), provisional: provisional === true, at: happened(event),
    value: number(value), page: text(last_page), item: text(last_item),
  };
}

function recover(visitor, event) {
  const { abandonment_id, cart_id, channel, network, by, seconds } = event.properties;
  const cart = visitor.carts.find(({ abandonments }) => abandonments.has(abandonment_id)) ?? openCart(visitor, cart_id);
  if (!cart) return;
  cart.left = null;
  cart.recovered = { channel: text(channel), network: text(network), by: text(by), seconds: number(seconds) };
}

/** The visitor's cart that was bought in this order. */
const orderOf = (visitor, { transaction_id }) =>
  visitor.carts.find((cart) => cart.bought && text(transaction_id) !== null && cart.transaction_id === text(transaction_id));

/** The visitor's open cart of this id; without an id, the latest open one. A bought cart is closed for good. */
const openCart = (visitor, id) =>
  visitor.carts.findLast((cart) => !cart.bought && (text(id) === null || cart.cart_id === text(id)));

function newCart(visitor, id) {
  const cart = {
    cart_id: text(id), items: new Map(), currency: null, bought: false, paid: null,
    abandonments: new Set(), left: null, recovered: null, refunds: [], cancelled: false, flags: [],
  };
  visitor.carts.push(cart);
  return cart;
}

function touch(cart, event) {
  cart.touched = happened(event);
  cart.touchpoint = event.touchpoint ?? cart.touchpoint ?? null;
}

/** How many things these are, and what they cost together. */
const sumOf = (items) => ({
  quantity: items.reduce((sum, item) => sum + item.quantity, 0), value: items.reduce((sum, item) => sum + item.price * item.quantity, 0),
});

function describeCart({ bought, paid, left, abandonments, items: lines, ...cart }, visitor, { now, silentAfterMs }) {
  const items = [...lines.values()];
  const { quantity, value } = sumOf(items);
  const idleSince = happened(visitor.latest);
  const state = bought ? 'bought' : left ? 'abandoned' : quantity === 0 ? 'empty' : 'open';
  return {
    visitor: visitor.latest.visitor.id,
    user_id: visitor.user_id,
    state,
    silent: state === 'open' && now - Date.parse(idleSince) > silentAfterMs,
    ...cart,
    left,
    items,
    value: paid ?? left?.value ?? value,
    quantity,
    page: left?.page ? { url: left.page } : (visitor.latest.page ?? null),
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
