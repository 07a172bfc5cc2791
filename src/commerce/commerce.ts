import type { Order } from '../event/event.js';
import type { Profile } from '../identity/profile.js';
import type { Plugin, RecordOptions } from '../plugin.js';
import { timeId } from '../util/id.js';
import { changeCart, valueOf, type CartChange, type Lines } from './cart.js';
import { readItems, type Fields, type Item } from './item.js';

/** Order numbers remembered of one visitor. Our choice: a reloaded thank-you page is one of the latest. */
const MAX_ORDERS = 50;

/** What `commerce` adds to the tracker. */
export interface CommerceMethods {
  /** The cart, kept over pages and visits. Each change is tracked as `add_to_cart` or `remove_from_cart`. */
  cart: {
    /** Adds an item, or several. */
    add(items: Item | readonly Item[]): void;
    /** Takes out as many as `quantity` says; all of that product where it says nothing. */
    remove(items: Item | readonly Item[]): void;
    /** Says what is in the cart now; only what differs is tracked. */
    set(items: readonly Item[]): void;
    /** Empties the cart. */
    clear(): void;
  };
  /** Tracks `begin_checkout`, or a step: `shipping`, `payment`, or any other text (`checkout_progress`). Carries the cart. */
  checkout(step?: string): void;
  /** Tracks an order, once for its `transaction_id`, at once, and empties the cart. Without items, those of the cart count. */
  purchase(order: Order): void;
}

/** GA4's events for the steps of a checkout. */
const STEPS: Record<string, string> = { undefined: 'begin_checkout', shipping: 'add_shipping_info', payment: 'add_payment_info' };

/**
 * Keeps the cart, counts orders once, and sees to the currency of events with items. Events of these names that are tracked by
 * hand, or by attributes in the page, count the same as the calls.
 *
 * @param currency where a call names none, as ISO 4217; default: none
 */
export const commerce =
  (currency = ''): Plugin<CommerceMethods> =>
  ({ calls, copy, enrich, merges, record, reject, safe }) => {
    const readCurrency = (given: unknown) => (/^[A-Z]{3}$/.test(`${given}`) ? `${given}` : currency || undefined);
    enrich.push(({ properties }) => {
      const { currency: given, items } = properties;
      const read = readCurrency(given);
      if (given && given !== read) reject('currency', 'ISO 4217', given);
      properties.currency = items || given === read ? read : undefined;
    });
    merges.push((mine, theirs) => {
      mine.orders = [...new Set([...(theirs.orders ?? []), ...(mine.orders ?? [])])].slice(-MAX_ORDERS);
    });

    /** Returns the properties of an event about these items of a cart; `fields` is what else it carries. */
    const about = (items: Lines, cart_id: string | undefined, fields: Fields = {}) => ({
      ...fields,
      value: fields.value ?? valueOf(items),
      items,
      cart_id,
    });

    /** Returns a call that changes the cart by `sign`, and tracks what was added and removed. */
    const change = (sign: 1 | -1, isNew?: boolean) => (given: unknown, options?: RecordOptions) => {
      const fields = copy(given, 'cart');
      // Without a list, the fields are the item; beside one they belong to the event.
      const others = fields.items ? fields : { currency: fields.currency };
      let done: CartChange;
      let id: string;
      const first = (profile: Profile) => {
        const cart = profile.cart ?? { id: timeId(), items: [] };
        done = changeCart(cart.items, readItems(fields, sign > 0 ? 1 : Infinity, reject), sign, isNew);
        id = cart.id;
        profile.cart = done.items.length
          ? { id, items: done.items, value: valueOf(done.items), currency: readCurrency(fields.currency ?? profile.cart?.currency) }
          : undefined;
        return done.removed.length ? about(done.removed, id, others) : undefined;
      };
      record('remove_from_cart', {}, { ...options, late: first });
      record('add_to_cart', {}, { ...options, late: () => (done.added.length ? about(done.added, id, others) : undefined) });
    };

    function checkout(checkout_step?: string): void {
      const late = ({ cart }: Profile) => about(cart?.items ?? [], cart?.id, { checkout_step });
      record(STEPS[`${checkout_step}`] ?? 'checkout_progress', {}, { late });
    }

    function purchase(given: unknown, options?: RecordOptions): void {
      const fields = copy(given, 'purchase');
      const order = fields.transaction_id;
      if (!order || Object(order) === order) return reject('transaction_id', 'an id', order);
      const late = (profile: Profile) => {
        const { cart, orders = [] } = profile;
        const transaction_id = `${order}`;
        if (orders.includes(transaction_id)) return undefined;
        profile.orders = [...orders, transaction_id].slice(-MAX_ORDERS);
        profile.cart = undefined;
        return about(fields.items ? readItems(fields, 1, reject) : (cart?.items ?? []), cart?.id, { ...fields, transaction_id });
      };
      record('purchase', {}, { ...options, late });
    }

    const add = change(1);
    const remove = change(-1);
    const set = change(1, true);
    calls.set('add_to_cart', add);
    calls.set('remove_from_cart', remove);
    calls.set('purchase', purchase);
    const ofItems = (act: (given: object) => void) => safe((items: unknown = []) => act({ items: [items].flat() }));
    return {
      cart: { add: ofItems(add), remove: ofItems(remove), set: ofItems(set), clear: safe(() => set({ items: [] })) },
      checkout: safe(checkout),
      purchase: safe(purchase),
    };
  };
