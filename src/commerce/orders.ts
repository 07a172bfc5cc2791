import type { Cart } from './abandonment.js';
import { valueOf, type Lines } from './cart.js';
import { isEmptying } from './changes.js';
import type { Fields, Item, Reject } from './item.js';
import { about, flag, hasItems, readLines, valueOfUnknown } from './lines.js';
import { readOrderNumber } from './names.js';
import { orderId } from './order-id.js';
import type { Held } from './state.js';
import type { Turn } from './turn.js';

/** Order numbers remembered of one visitor. Our choice: a reloaded thank-you page is one of the latest. */
const MAX_ORDERS = 50;

/** Events of orders, and whether each counts once for its number. */
export const ORDERS: Readonly<Record<string, boolean>> = { purchase: true, refund: false, order_cancel: true };

/** What is known of the shop. */
export interface Shop {
  /** The currency where a call names none. */
  usual: string | undefined;
  readCurrency(given: unknown): string | undefined;
  reject: Reject;
  /** Returns the shop's host, for the ids of orders. */
  host(): string;
}

const isOrder = ({ name, properties }: Held, { transaction_id }: Fields) => name === 'purchase' && properties.transaction_id === transaction_id;
const isPriced = ({ items }: { items: Lines }) => items.some(({ price }) => price !== undefined);

/** Returns what is said of an order, with its lines read. */
function withLines(fields: Fields, { usual, reject }: Shop, cart?: Lines): Fields & ReturnType<typeof readLines> {
  const lines = readLines({ items: fields.items, currency: fields.currency }, 1, usual, reject, cart);
  return { ...fields, ...lines, flags: flag(fields.flags, lines.unknown_items && 'no_item') };
}

/** Returns the properties of an order's event; without items, it has those of the cart. */
function readOrder(fields: Fields, cart: Cart | undefined, shop: Shop): Fields & { items: Item[] } {
  const { readCurrency, reject } = shop;
  const order: Fields & { items: Lines; unknown_items?: unknown[] } = hasItems(fields) ? withLines(fields, shop, cart?.items) : { currency: cart?.currency, ...fields, items: cart?.items ?? [] };
  const given = readCurrency(order.currency);
  const flags = flag(order.flags, !order.items.length && 'no_items', cart?.currency && given && cart.currency !== given && 'other_currency');
  const value = valueOf([...order.items, { price: valueOfUnknown(order.unknown_items) }]);
  return about(order.items, cart?.id, { ...order, flags }, given, reject, value) as Fields & { items: Item[] };
}

/** Tells a purchase, or keeps it back for a moment: somebody else in the page may know its lines, or what they cost. */
function buy(turn: Turn, fields: Fields, id: string, shop: Shop): void {
  const { state, draft } = turn;
  const [waiting] = turn.take((held) => isOrder(held, fields));
  const [emptied] = turn.take(isEmptying);
  const cart = (waiting ?? (state.cart ? { cart: state.cart } : emptied))?.cart;
  let order = readOrder(fields, cart, shop);
  let told = { ...draft, id };
  if (waiting) {
    // The first who knows its lines goes before the other.
    const { flags: _, value, items, ...first } = waiting.properties;
    const isBetter = isPriced(order);
    const both = isBetter ? { ...first, ...fields } : { ...fields, ...first };
    order = readOrder({ ...both, value: (isBetter && fields.value) || value || fields.value, items: isBetter || !hasItems({ items }) ? fields.items : items }, cart, shop);
    const { cart: _cart, ...before } = waiting;
    told = { ...told, ...before, id };
  } else {
    state.cart = undefined;
    state.cartTime = draft.time;
  }
  const isWhole = isPriced(order) || !fields.transaction_id || (order.items.length > 0 && !hasItems(fields) && !waiting);
  if (!isWhole) {
    turn.tellHeld();
    return turn.hold('purchase', order, cart, told);
  }
  turn.tellBefore();
  turn.tell({ ...told, properties: order });
}

/** Tells an order, money given back, or a cancellation; what counts once, once. */
export function tellOrder(turn: Turn, shop: Shop): void {
  const { state, draft } = turn;
  const { name } = draft;
  const number = readOrderNumber(draft.properties.transaction_id);
  if (number === undefined) shop.reject('transaction_id', 'an id', draft.properties.transaction_id);
  const transaction_id = number && `${number}`;
  const fields: Fields = { ...draft.properties, transaction_id, ...(number === undefined && { flags: flag(draft.properties.flags, 'no_transaction_id') }) };
  let { id } = draft;
  if (transaction_id && ORDERS[name]) {
    const { orders = [], held = [] } = state;
    const told = (name === 'purchase' ? '' : `${name} `) + transaction_id;
    if (!orders.includes(told)) state.orders = [...orders, told].slice(-MAX_ORDERS);
    else if (name !== 'purchase' || !held.some((each) => isOrder(each, fields))) return;
    id = orderId(shop.host(), transaction_id, name);
  }
  if (name === 'purchase') return buy(turn, fields, id, shop);
  turn.tellBefore();
  turn.tell({ ...draft, id, properties: name === 'refund' && hasItems(fields) ? withLines(fields, shop) : fields });
}
