import { isMeant, valueOf, type Lines } from './cart.js';
import { readItems, readNumbers, type Fields, type Item, type Reject } from './item.js';
import { nameItem } from './names.js';

/** Whether an event says items itself. */
export const hasItems = ({ items }: Fields): boolean => Array.isArray(items) && items.length > 0;

/** Returns what an event is flagged with; undefined where that is nothing. */
export function flag(...found: unknown[]): unknown[] | undefined {
  const flags = found.flat().filter(Boolean);
  return flags.length ? flags : undefined;
}

/** Returns what those cost that are known by nothing. What is in no number costs nothing. */
export const valueOfUnknown = (items: readonly unknown[] = []): number => valueOf((items as Item[]).filter(({ quantity = 1 }) => quantity > 0));

/**
 * Returns the properties of an event about these items of a cart.
 *
 * @param fields what else it carries
 * @param currency of amounts that are written as texts
 */
export function about(items: Lines, cart_id: unknown, given: Fields, currency: string | undefined, reject: Reject, value = valueOf(items)): Fields {
  const fields = { ...given };
  // What is said to be the value, but is no amount, is told and worked out.
  readNumbers(fields, currency, reject);
  return { ...fields, value: fields.value ?? value, items, cart_id: cart_id ?? fields.cart_id };
}

/**
 * Returns the items of an event; without a list, its fields are the item. What stands among them, but is known by nothing, or in no number, is told beside
 * them: it was said.
 *
 * @param quantity of an item that names none
 * @param usual the shop's currency
 * @param cart whose lines say what an item leaves out; default: none
 */
export function readLines(
  { items, value: _value, currency, ...single }: Fields,
  quantity: number,
  usual: string | undefined,
  reject: Reject,
  cart: Lines = [],
): { items: Item[]; unknown_items: unknown[] | undefined } {
  const unit = currency ?? usual;
  const unknown: unknown[] = [];
  const lines = [items ?? single].flat().map((given) => {
    const copy: unknown = Object(given) === given ? { ...(given as Fields) } : given;
    if (copy !== given) readNumbers(copy as Fields, unit, reject, false);
    const item = nameItem(copy) as Item;
    const line = item && item.price === undefined && cart.find((each) => isMeant(each, item));
    const whole = line ? { ...line, ...item } : item;
    const isRead = readItems({ items: [whole] }, quantity, () => {}).length;
    if (!isRead && Object.keys(Object(given) as object).length) unknown.push(copy);
    return whole;
  });
  return { items: readItems({ items: lines, currency: unit }, quantity, reject), unknown_items: unknown.length ? unknown : undefined };
}
