import type { Order } from '../event/event.js';
import type { Draft } from '../event/stamp.js';
import type { Profile } from '../identity/profile.js';
import type { Plugin, RecordOptions } from '../plugin.js';
import { CART_EXPIRY_MS, CART_IDLE_MINUTES, further, isOpen, lastActive, LEVELS, withItems, type AbandonReason, type Cart } from './abandonment.js';
import { changeCart, valueOf, type CartChange, type Lines } from './cart.js';
import { readAmounts, readItems, readNumbers, type Fields, type Item } from './item.js';
import { orderId } from './order-id.js';

/** Order numbers remembered of one visitor. Our choice: a reloaded thank-you page is one of the latest. */
const MAX_ORDERS = 50;

/** What `commerce` can be told. */
export interface CommerceOptions {
  /** Where a call names none, as ISO 4217. Default: none. */
  currency?: string | undefined;
  /** Minutes without any activity in any tab after which the cart is abandoned, above 0. Default: 30. */
  cartIdleMinutes?: number | undefined;
  /** Whether going to an address is no exit: the shop's own, and where one pays or signs in. Default: it is one. */
  isOwn?: ((address: string) => boolean) | undefined;
  /** Returns the shop's host, for the ids of orders. Default: that of the page. */
  host?: (() => string) | undefined;
  /** Whether the visitor is a program: nothing is abandoned then. Default: false. */
  isBot?: boolean | undefined;
}

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
  /**
   * Tracks an order, once for its `transaction_id`, at once, and empties the cart. Without items, those of the cart count. The id of the event is
   * that of `orderId`, so that a server that reports the same order can give it the same id.
   */
  purchase(order: Order): void;
  /** Tracks money given back for an order: all of it, or the items named. */
  refund(refund: Order): void;
  /** Tracks that an order was cancelled, as `order_cancel`: once for its `transaction_id`. */
  cancel(order: Order): void;
}

/** GA4's events for the steps of a checkout. */
const STEPS = /* @__PURE__ */ new Map(/* @__PURE__ */ Object.entries({ undefined: 'begin_checkout', shipping: 'add_shipping_info', payment: 'add_payment_info' }));

/**
 * Keeps the cart and sees when it is abandoned and taken up again, counts orders once, and sees to the currency and the prices of events with
 * items. Events of these names that are tracked by hand, or by attributes in the page, count the same as the calls.
 */
export const commerce =
  ({ currency = '', cartIdleMinutes = CART_IDLE_MINUTES, host = () => location.hostname, isOwn, isBot }: CommerceOptions = {}): Plugin<CommerceMethods> =>
  ({ calls, copy, enrich, insert, known, merges, record, reject, safe }) => {
    const idleMs = cartIdleMinutes * 60_000;
    const started = Date.now();
    const readCurrency = (given: unknown) => (/^[A-Z]{3}$/.test(`${given}`) ? `${given}` : currency || undefined);

    /** Tells that the cart as it is was abandoned at `time`. */
    function abandon(profile: Profile, reason: AbandonReason, time: number, seen?: Draft['seen']): void {
      const { lastSeen, viewed } = profile;
      const { id, version, items, value, currency, level } = Object.assign(profile.cart!, { state: 'abandoned', isTold: true } satisfies Partial<Cart>);
      profile.away = { id: version, cart_id: id, reason, time };
      const last_active = new Date(lastActive(profile)).toISOString();
      const told = { reason, provisional: reason === 'exit', level, cart_id: id, items, value, currency, last_active, last_page: lastSeen?.page, last_item: viewed };
      insert(profile, 'cart_abandon', told, { id: version, time, ...(seen && { seen }) });
    }
    /** Tells of a cart that nobody has touched for too long. */
    function look(profile: Profile, now: number): void {
      const active = lastActive(profile);
      // The clock was set back: the pause begins anew.
      if (active > Date.now()) profile.last = profile.active = now;
      if (isBot || !active || now - active < idleMs) return;
      // Found by a page that was not there when it happened, it is of the visit before, and of none of this one's pages.
      if (isOpen(profile)) abandon(profile, ...((started > active ? ['return', active + idleMs, {}] : ['idle', active + idleMs]) as [AbandonReason, number]));
      if (now - active > CART_EXPIRY_MS) profile.cart = profile.away = undefined;
    }
    /** The visitor does something: tells of what was left behind, before anything else happens. */
    function wake(profile: Profile, { time }: Draft): void {
      look(profile, time);
      profile.active = Math.max(lastActive(profile), time);
    }
    enrich.unshift((draft, profile) => {
      if (draft.opening !== false) wake(profile, draft);
    });
    calls.set('cart_abandon', (given) => {
      const { reason, to } = Object(given) as { reason?: AbandonReason; to?: string };
      known((profile) => {
        const now = Date.now();
        look(profile, now);
        if (reason !== 'exit' || !isOpen(profile) || isBot || (to && isOwn?.(to))) return;
        // Leaving is something done: the next page goes by the later one of what the store has and what this page leaves.
        profile.last = Math.max(lastActive(profile), now);
        abandon(profile, reason, now);
      });
    });

    enrich.push(({ name, time, properties }, profile) => {
      const { currency: given } = properties;
      const read = readCurrency(given);
      readAmounts(name, properties, read, reject);
      const { items } = properties;
      if (given && given !== read) reject('currency', 'an ISO 4217 code such as EUR', given);
      properties.currency = items || given === read ? read : undefined;

      const { away, cart } = profile;
      const { channel, network } = properties;
      const [item] = (Array.isArray(items) ? items : []) as (Item | undefined)[];
      if (name === 'view_item') profile.viewed = item?.item_id ?? item?.item_name;
      if (/landing$/.test(name) && away) Object.assign(away, { channel, network });
      const level = LEVELS[name];
      // The shop's own event may be called like what every object has.
      if (typeof level !== 'string') return;
      if (cart) {
        cart.level = further(cart.level, level);
        if (level === 'checkout') cart.state = level;
      }
      profile.away = undefined;
      // A cart that was emptied is given up.
      if (!away || (!cart && name !== 'purchase')) return;
      if (cart && level !== 'checkout') cart.state = 'recovered';
      const { id, time: since, ...left } = away;
      const seconds = Math.round((time - since) / 1000);
      insert(profile, 'cart_recover', { abandonment_id: id, ...left, by: name, seconds, value: cart?.value ?? properties.value, currency: cart?.currency ?? read }, { time });
    });
    merges.push((mine, theirs) => {
      mine.orders = [...new Set([...(theirs.orders ?? []), ...(mine.orders ?? [])])].slice(-MAX_ORDERS);
      mine.active = Math.max(lastActive(mine), lastActive(theirs));
      const { cart, cartTime = 0, away } = theirs;
      if (cartTime > (mine.cartTime ?? 0)) Object.assign(mine, { cart, cartTime, away });
      else if (cart?.isTold && cart.version === mine.cart?.version && !mine.cart.isTold) Object.assign(mine, { cart, away });
    });

    /** Returns the properties of an event about these items of a cart; `fields` is what else it carries. */
    const about = (items: Lines, cart_id: string | undefined, fields: Fields = {}) => {
      // What is said to be the value, but is no amount, is told and worked out.
      readNumbers(fields, readCurrency(fields.currency), reject);
      return { ...fields, value: fields.value ?? valueOf(items), items, cart_id };
    };

    /** Returns a call that changes the cart by `sign`, and tracks what was added and removed. */
    const change = (sign: 1 | -1, isNew?: boolean) => (given: unknown, options?: RecordOptions) => {
      const fields = copy(given, 'cart');
      // Of a list too long to be read, nothing is known: that empties no cart.
      if (isNew && !fields.items) return;
      // Without a list, the fields are the item; beside one they belong to the event.
      const others = fields.items ? fields : { currency: fields.currency };
      let done: CartChange;
      let id: string;
      const first = (profile: Profile, draft: Draft) => {
        wake(profile, draft);
        const { cart } = profile;
        done = changeCart(cart?.items ?? [], readItems(fields, sign > 0 ? 1 : Infinity, reject, currency), sign, isNew);
        const { added, removed, items } = done;
        if (!added.length && !removed.length) return undefined;
        profile.cartTime = draft.time;
        profile.cart = withItems(cart, items, readCurrency(fields.currency ?? cart?.currency));
        id = (cart ?? profile.cart)!.id;
        return removed.length ? about(removed, id, others) : undefined;
      };
      record('remove_from_cart', {}, { ...options, late: first });
      record('add_to_cart', {}, { ...options, late: () => (done.added.length ? about(done.added, id, others) : undefined) });
    };

    function checkout(checkout_step?: string): void {
      const late = ({ cart }: Profile) => about(cart?.items ?? [], cart?.id, { checkout_step });
      const name = STEPS.get(`${checkout_step}`) ?? 'checkout_progress';
      const handler = calls.get(name);
      if (handler) handler({}, { late });
      else record(name, {}, { late });
    }

    /** Returns a call about an order: `read` returns the properties of its event, or undefined if there is none after all. */
    const ofOrder =
      (name: string, isOnce: boolean, read: (fields: Fields & { transaction_id: string }, profile: Profile, draft: Draft) => object) =>
      (given: unknown, options?: RecordOptions): void => {
        const fields = copy(given, name);
        const order = fields.transaction_id;
        if (!order || Object(order) === order) return reject('transaction_id', 'an id', order);
        const transaction_id = `${order}`;
        const late = (profile: Profile, draft: Draft) => {
          wake(profile, draft);
          const { orders = [] } = profile;
          const told = (name === 'purchase' ? '' : `${name} `) + transaction_id;
          if (isOnce) {
            if (orders.includes(told)) return undefined;
            profile.orders = [...orders, told].slice(-MAX_ORDERS);
            draft.id = orderId(host(), transaction_id, name);
          }
          return read({ ...fields, transaction_id }, profile, draft);
        };
        record(name, {}, { ...options, late });
      };

    const add = change(1);
    const remove = change(-1);
    const set = change(1, true);
    calls.set('add_to_cart', add);
    calls.set('remove_from_cart', remove);
    calls.set('set_cart', set);
    calls.set('purchase', ofOrder('purchase', true, (fields, profile, { time }) => {
      const { cart } = profile;
      profile.cart = undefined;
      profile.cartTime = time;
      const items = fields.items ? readItems(fields, 1, reject, currency) : (cart?.items ?? []);
      const given = readCurrency(fields.currency);
      const flags = [...(items.length ? [] : ['no_items']), ...(cart?.currency && given && cart.currency !== given ? ['other_currency'] : [])];
      return about(items, cart?.id, { ...fields, flags: flags.length ? flags : undefined });
    }));
    calls.set('refund', ofOrder('refund', false, (fields) => (fields.items ? { ...fields, items: readItems(fields, 1, reject, currency) } : fields)));
    calls.set('order_cancel', ofOrder('order_cancel', true, (fields) => fields));
    const call = (name: string) => safe((given?: unknown) => calls.get(name)!(given));
    const ofItems = (name: string) => safe((items: unknown = []) => calls.get(name)!({ items: [items].flat() }));
    return {
      cart: { add: ofItems('add_to_cart'), remove: ofItems('remove_from_cart'), set: ofItems('set_cart'), clear: safe(() => calls.get('set_cart')!({ items: [] })) },
      checkout: safe(checkout),
      purchase: call('purchase'),
      refund: call('refund'),
      cancel: call('order_cancel'),
    };
  };
