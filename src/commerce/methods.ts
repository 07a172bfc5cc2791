import type { Order } from '../event/event.js';
import type { Item } from '../event/item.js';
import type { PluginApi } from '../plugin.js';

/** What `commerce` adds to the tracker. */
export interface CommerceMethods {
  /** The cart, kept over pages and visits. Each change is tracked as `add_to_cart` or `remove_from_cart`. */
  cart: {
    /** Adds an item, or several. One that is known by nothing is tracked, flagged as `no_item`, and changes nothing. */
    add(items: Item | readonly Item[]): void;
    /** Takes out as many as `quantity` says; all of that product where it says nothing. Without an `item_variant`, of all variants. */
    remove(items: Item | readonly Item[]): void;
    /** Says what is in the cart now; only what differs is tracked. That nothing is in it is told after two seconds, if no order was told by then. */
    set(items: readonly Item[]): void;
    /** Empties the cart, as `set([])` does. */
    clear(): void;
  };
  /** Tracks `begin_checkout`, or a step: `shipping`, `payment`, or any other text (`checkout_progress`). Carries the cart. */
  checkout(step?: string): void;
  /**
   * Tracks an order, once for its `transaction_id`, and empties the cart. Without items, those of the cart count. At once; where its items have no
   * price, and there was no cart, two seconds later at most: somebody else in the page may know them. Without a number it is tracked each time, flagged as `no_transaction_id`. The id
   * of the event is that of `orderId`, so that a server that reports the same order can give it the same id.
   */
  purchase(order: Order): void;
  /** Tracks money given back for an order: all of it, or the items named. */
  refund(refund: Order): void;
  /** Tracks that an order was cancelled, as `order_cancel`: once for its `transaction_id`. */
  cancel(order: Order): void;
}

/** Returns the methods of `commerce`: each tracks what the caller says, as the event that it is; the rest is done by what sees to events of that name. */
export function commerceMethods({ guard, track }: PluginApi): CommerceMethods {
  const call = (name: string) => guard((properties?: unknown) => track(name, properties));
  const ofItems = (name: string) => guard((items?: unknown) => track(name, { items: [items].flat() }));
  const set = ofItems('set_cart');
  return {
    cart: { add: ofItems('add_to_cart'), remove: ofItems('remove_from_cart'), set, clear: () => set([]) },
    checkout: guard((checkout_step?: string) =>
      track(
        checkout_step === undefined
          ? 'begin_checkout'
          : /^(shipping|payment)$/.test(checkout_step)
            ? `add_${checkout_step}_info`
            : 'checkout_progress',
        { checkout_step },
      ),
    ),
    purchase: call('purchase'),
    refund: call('refund'),
    cancel: call('order_cancel'),
  };
}
