import { deriveDraft } from '../event/draft.js';
import { timeId } from '../util/id.js';
import { changeCart, valueOf, type CartChange, type Lines } from './cart.js';
import type { Fields } from './item.js';
import { about, flag, hasItems, readLines } from './lines.js';
import type { Cart, Held } from './state.js';
import { hold, take, tell, tellBefore, tellHeld, type Turn } from './turn.js';

/** Whether what is held back tells that a cart was emptied. */
export const isEmptying = ({ name }: Held): boolean => name === 'remove_from_cart';

/** Returns the cart with other contents; undefined where there are none. */
export const withItems = (cart: Cart | undefined, items: Lines, currency: string | undefined): Cart | undefined =>
  items.length
    ? {
        level: 'browse',
        id: timeId(),
        ...cart,
        items,
        value: valueOf(items),
        currency,
        version: timeId(),
        state: cart ? 'changed' : 'open',
        isTold: false,
      }
    : undefined;

/** Changes the cart by what `add_to_cart`, `remove_from_cart` or `set_cart` says, and tells what was added and removed. */
export function changeBy(turn: Turn): void {
  const { draft, shop, state } = turn;
  const { name, properties: fields } = draft;
  const read = readLines(fields, name === 'remove_from_cart' ? Infinity : 1, shop);
  // Without a list, the fields are the item; beside one they belong to the event.
  const others: Fields = fields.items ? { ...fields, ...read } : { currency: fields.currency };
  if (read.items.length) return change(turn, read.items, others);
  // What cannot be read is no empty cart.
  if (name === 'set_cart') return fields.items && !hasItems(fields) ? change(turn, [], others) : undefined;
  tellBefore(turn);
  const said = { ...fields, ...others, flags: flag(fields.flags, 'no_item') };
  const properties = about([], state.cart?.id, said, shop, valueOf(read.unknown_items ?? []));
  tell(turn, { ...draft, properties });
}

/** Returns the cart as it was: what is in it now takes the place of that nothing was. */
function cartBefore(turn: Turn, items: Lines): Cart | undefined {
  const { draft, state } = turn;
  const isFilled = !state.cart && draft.name === 'set_cart' && items.length;
  return isFilled ? take(turn, isEmptying)[0]?.cart : state.cart;
}

/** Changes the cart by these items. `others`: what else the events of that carry. */
function change(turn: Turn, items: Lines, others: Fields): void {
  const { draft, shop, state } = turn;
  const isRemoval = draft.name === 'remove_from_cart';
  const cart = cartBefore(turn, items);
  const changed = changeCart(cart?.items ?? [], items, isRemoval ? -1 : 1, draft.name === 'set_cart');
  if (changed.added.length || changed.removed.length) return tellChange(turn, cart, changed, others);
  if (isRemoval) shop.reject('item', 'what is in the cart', draft.properties);
  // Another price is nothing that was put in.
  state.cart = cart && { ...cart, items: changed.items, value: valueOf(changed.items) };
}

/** Tells what was removed, then what was added. That nothing is left of what `set_cart` says may be an order that is told in a moment. */
function tellChange(turn: Turn, cart: Cart | undefined, { added, removed, items }: CartChange, others: Fields): void {
  const { draft, shop, state } = turn;
  const isEmptied = draft.name === 'set_cart' && !items.length;
  if (!isEmptied) tellHeld(turn);
  state.cartTime = draft.time;
  state.cart = withItems(cart, items, shop.currencyOf(others.currency ?? cart?.currency));
  const { id } = (cart ?? state.cart)!;
  const draftOf = (name: string, lines: Lines) => {
    const properties = about(lines, id, others, shop);
    return name === draft.name ? { ...draft, properties } : deriveDraft(draft, name, properties);
  };
  if (isEmptied) return hold(turn, draftOf('remove_from_cart', removed), cart);
  if (removed.length) tell(turn, draftOf('remove_from_cart', removed));
  if (added.length) tell(turn, draftOf('add_to_cart', added));
}
