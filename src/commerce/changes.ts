import { deriveDraft } from '../event/draft.js';
import { withItems } from './abandonment.js';
import { changeCart, valueOf } from './cart.js';
import type { Fields, Reject } from './item.js';
import { about, flag, hasItems, readLines, valueOfUnknown } from './lines.js';
import type { Held } from './state.js';
import type { Turn } from './turn.js';

/** Calls that change the cart: what is said is added, taken out, or takes the place of all that is in it. */
export const CHANGES: Readonly<Record<string, 'add' | 'remove' | 'set'>> = { add_to_cart: 'add', remove_from_cart: 'remove', set_cart: 'set' };

/** Whether what is held back tells that a cart was emptied. */
export const isEmptying = ({ name }: Held): boolean => name === 'remove_from_cart';

/** Changes the cart, and tells what was added and removed. */
export function changeBy(turn: Turn, kind: 'add' | 'remove' | 'set', usual: string | undefined, readCurrency: (given: unknown) => string | undefined, reject: Reject): void {
  const { state, draft } = turn;
  const fields = draft.properties;
  const { items: list, currency } = fields;
  const isNew = kind === 'set';
  const read = readCurrency(currency);
  const tell = (name: string, properties: Fields) => turn.tell(name === draft.name ? { ...draft, properties } : deriveDraft(draft, name, properties));

  const { items, unknown_items } = readLines(fields, kind === 'remove' ? Infinity : 1, usual, reject);
  // Without a list, the fields are the item; beside one they belong to the event.
  const others: Fields = list ? { ...fields, unknown_items, flags: flag(fields.flags, unknown_items && 'no_item') } : { currency };
  const isEmpty = !items.length;
  if (isEmpty && !isNew) {
    turn.tellBefore();
    return tell(draft.name, about(items, state.cart?.id, { ...fields, ...others, flags: flag(fields.flags, 'no_item') }, read, reject, valueOfUnknown(unknown_items)));
  }
  // What cannot be read is no empty cart.
  if (isEmpty && (!list || hasItems(fields))) return;

  // What is in it now takes the place of that nothing was.
  const cart = state.cart ?? (isNew && !isEmpty ? turn.take(isEmptying)[0]?.cart : undefined);
  const { added, removed, items: after } = changeCart(cart?.items ?? [], items, kind === 'remove' ? -1 : 1, isNew);
  if (!added.length && !removed.length) {
    if (kind === 'remove') reject('item', 'what is in the cart', fields);
    // Another price is nothing that was put in.
    state.cart = cart && { ...cart, items: after, value: valueOf(after) };
    return;
  }
  const isEmptied = isNew && isEmpty;
  if (!isEmptied) turn.tellHeld();
  state.cartTime = draft.time;
  state.cart = withItems(cart, after, readCurrency(currency ?? cart?.currency));
  const { id } = (cart ?? state.cart)!;
  const removing = about(removed, id, others, read, reject);
  if (isEmptied) return turn.hold('remove_from_cart', removing, cart);
  if (removed.length) tell('remove_from_cart', removing);
  if (added.length) tell('add_to_cart', about(added, id, others, read, reject));
}
