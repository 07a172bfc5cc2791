import { valueOf, type Lines } from './cart.js';
import { isEmptying } from './changes.js';
import type { Fields, Shop } from './item.js';
import { about, flag, hasItems, readLines, type Read } from './lines.js';
import { readOrderNumber } from './names.js';
import { orderId } from './order-id.js';
import type { Cart, CommerceState, Held } from './state.js';
import { hold, take, tell, tellBefore, tellHeld, type Turn } from './turn.js';

/** Order numbers remembered of one visitor. Our choice: a reloaded thank-you page is one of the latest. */
const MAX_ORDERS = 50;

const isOrder = ({ name, properties }: Held, { transaction_id }: Fields) =>
  name === 'purchase' && properties.transaction_id === transaction_id;
const isPriced = ({ items }: { items: Lines }) => items.some(({ price }) => price !== undefined);

/** Whether two currencies are said, and they differ. */
const isOtherThan = (one?: string, other?: string) => one && other && one !== other;

/** Returns the properties of an order's event; without items, it has those of the cart. */
function readOrder(fields: Fields, cart: Cart | undefined, shop: Shop): Fields & { items: Lines } {
  const order: Fields & Partial<Omit<Read, 'items'>> & { items: Lines } = hasItems(fields)
    ? { ...fields, ...readLines(fields, 1, shop, cart?.items) }
    : { currency: cart?.currency, ...fields, items: cart?.items ?? [] };
  const { items, unknown_items = [] } = order;
  const isOther = isOtherThan(cart?.currency, shop.currencyOf(order.currency));
  const flags = flag(order.flags, !items.length && 'no_items', isOther && 'other_currency');
  return about(items, cart?.id, { ...order, flags }, shop, valueOf([...items, ...unknown_items]));
}

/** Returns what two who tell one order say together: the first who knows its lines goes before the other. */
function both({ properties }: Held, fields: Fields, isBetter: boolean): Fields {
  const { flags: _, items, value, ...first } = properties;
  return {
    ...(isBetter ? { ...first, ...fields } : { ...fields, ...first }),
    value: (isBetter && fields.value) || value || fields.value,
    items: isBetter || !hasItems({ items }) ? fields.items : items,
  };
}

/** Tells a purchase, or keeps it back for a moment: somebody else in the page may know its lines, or what they cost. */
function buy(turn: Turn, fields: Fields, id: string, shop: Shop): void {
  const { state, draft } = turn;
  const [waiting] = take(turn, (held) => isOrder(held, fields));
  const [emptied] = take(turn, isEmptying);
  const cart = waiting ? waiting.cart : (state.cart ?? emptied?.cart);
  let properties = readOrder(fields, cart, shop);
  if (waiting) properties = readOrder(both(waiting, fields, isPriced(properties)), cart, shop);
  else {
    state.cart = undefined;
    state.cartTime = draft.time;
  }
  const { cart: _, ...first } = waiting ?? { ...draft, cart };
  const order = { ...first, id, properties };
  const isWhole = isPriced(properties) || !fields.transaction_id;
  if (isWhole || (properties.items.length && !hasItems(fields) && !waiting)) {
    tellBefore(turn);
    return tell(turn, order);
  }
  tellHeld(turn);
  hold(turn, order, cart);
}

/** Returns whether an order has been told; notes it if not. */
function isTold(state: CommerceState, order: string): boolean {
  const { orders = [] } = state;
  if (orders.includes(order)) return true;
  state.orders = [...orders, order].slice(-MAX_ORDERS);
  return false;
}

/**
 * Tells an order, money given back, or a cancellation; what counts once, once.
 *
 * @param host returns the shop's host, for the ids of orders
 */
export function tellOrder(turn: Turn, host: () => string): void {
  const { state, draft, shop } = turn;
  const { name, properties } = draft;
  const isPurchase = name === 'purchase';
  const transaction_id = readOrderNumber(properties.transaction_id)?.toString();
  const fields: Fields = { ...properties, transaction_id };
  let { id } = draft;
  if (!transaction_id) {
    shop.reject('transaction_id', 'an id', properties.transaction_id);
    fields.flags = flag(fields.flags, 'no_transaction_id');
  } else if (name !== 'refund') {
    const told = (isPurchase ? '' : `${name} `) + transaction_id;
    const isWaiting = isPurchase && state.held?.some((each) => isOrder(each, fields));
    if (isTold(state, told) && !isWaiting) return;
    id = orderId(host(), transaction_id, name);
  }
  if (isPurchase) return buy(turn, fields, id, shop);
  tellBefore(turn);
  const isRead = name === 'refund' && hasItems(fields);
  tell(turn, { ...draft, id, properties: isRead ? { ...fields, ...readLines(fields, 1, shop) } : fields });
}
