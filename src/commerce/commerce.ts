import type { Order } from '../event/event.js';
import type { Profile } from '../identity/profile.js';
import type { Plugin, RecordOptions } from '../plugin.js';
import { show } from '../util/show.js';
import { addToCart, cartProperties, removeFromCart, setCart, type CartChange } from './cart.js';
import { readCurrency, readItems, readMoney, valueOf, type Item } from './item.js';

/** Order ids remembered of one visitor. Our choice: a reloaded thank-you page is one of the latest. */
const MAX_ORDERS = 50;

type Fields = Record<string, unknown>;

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

/** Returns the event name of a checkout step: GA4's where it has one. */
function checkoutEvent(step: unknown): string {
  if (step === undefined || step === 'begin_checkout') return 'begin_checkout';
  if (step === 'shipping' || step === 'add_shipping_info') return 'add_shipping_info';
  if (step === 'payment' || step === 'add_payment_info') return 'add_payment_info';
  return 'checkout_progress';
}

/** Lets items stand alone or in a list. */
const asItems = (given: unknown) => ({ items: Array.isArray(given) ? given : [given] });

/**
 * Keeps the cart and counts orders once. Events of these names that are tracked by hand, or by attributes in the page, count
 * the same as the calls.
 *
 * @param currency where a call names none, as ISO 4217; default: none
 */
export const commerce =
  (currency?: string): Plugin<CommerceMethods> =>
  ({ calls, copy, record, report, safe }) => {
    /** Returns what a change of the cart tells, of the items that it `added` or `removed`; nothing where there are none. */
    function tell(part: 'added' | 'removed', change: CartChange, fields: Fields): Fields | undefined {
      const items = change[part];
      // Beside a list, the other fields belong to the event; without one they are the item.
      const { items: list, ...others } = fields;
      const shared = { ...(list ? others : {}), currency: readCurrency(fields, currency, report) };
      return items.length ? { ...shared, value: valueOf(items), items, ...cartProperties(change) } : undefined;
    }

    /** Changes the cart, and tracks what was added and removed. */
    function change(by: typeof setCart, given: unknown, options?: RecordOptions): void {
      const fields = copy(given, 'cart');
      let done: CartChange;
      record('remove_from_cart', (profile: Profile) => {
        done = by(profile.cart, readItems(fields, report));
        profile.cart = done.cart;
        return tell('removed', done, fields);
      }, options);
      record('add_to_cart', () => tell('added', done, fields), options);
    }

    function checkout(step?: string): void {
      const name = checkoutEvent(step);
      record(name, ({ cart }: Profile) => {
        const items = cart?.items ?? [];
        const checkout_step = name === 'checkout_progress' ? step : undefined;
        return { checkout_step, currency, value: valueOf(items), items, cart_id: cart?.id };
      });
    }

    function purchase(given: unknown, options?: RecordOptions): void {
      const fields = copy(given, 'purchase');
      const { transaction_id } = fields;
      if (!transaction_id || typeof transaction_id === 'object') {
        return report('missing_transaction_id', `a purchase takes the shop's order number as transaction_id, got ${show(transaction_id)}`, 'purchase');
      }
      const order = `${transaction_id}`;
      record('purchase', (profile: Profile) => {
        const { cart, orders = [] } = profile;
        if (orders.includes(order)) return undefined;
        profile.orders = [...orders, order].slice(-MAX_ORDERS);
        delete profile.cart;
        const items = fields.items ? readItems(fields, report) : (cart?.items ?? []);
        const amount = (name: string) => readMoney(fields, name, report);
        return {
          ...fields,
          transaction_id: order,
          value: amount('value') ?? valueOf(items),
          tax: amount('tax'),
          shipping: amount('shipping'),
          currency: readCurrency(fields, currency, report),
          items,
          cart_id: cart?.id,
        };
      }, options);
    }

    calls.set('add_to_cart', (fields, options) => change(addToCart, fields, options));
    calls.set('remove_from_cart', (fields, options) => change(removeFromCart, fields, options));
    calls.set('purchase', purchase);
    return {
      cart: {
        add: safe((items) => change(addToCart, asItems(items))),
        remove: safe((items) => change(removeFromCart, asItems(items))),
        set: safe((items) => change(setCart, asItems(items))),
        clear: safe(() => change(setCart, asItems([]))),
      },
      checkout: safe(checkout),
      purchase: safe(purchase),
    };
  };
