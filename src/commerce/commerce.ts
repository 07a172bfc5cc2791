import { pageAddress } from '../browser/page-address.js';
import type { Order } from '../event/event.js';
import type { Draft } from '../event/stamp.js';
import type { Profile } from '../identity/profile.js';
import type { Plugin, RecordOptions } from '../plugin.js';
import { CART_EXPIRY_MS, CART_IDLE_MINUTES, further, isOpen, lastActive, LEVELS, withItems, type AbandonReason, type Cart } from './abandonment.js';
import { changeCart, isMeant, valueOf, type Lines } from './cart.js';
import { createKeeper, type Held } from './held.js';
import { readAmounts, readItems, readNumbers, type Fields, type Item } from './item.js';
import { nameItem, readOrderNumber } from './names.js';
import { orderId } from './order-id.js';

/** Order numbers remembered of one visitor. Our choice: a reloaded thank-you page is one of the latest. */
const MAX_ORDERS = 50;
/** How long an event that waits for more may be overtaken by what a person does, in milliseconds. Our choice: by then, the next page has been there. */
const MAX_HELD_MS = 30_000;
/** Events of a page that an order may be told after, though it was said before them: they are nothing that a person does. */
const PASSING = /^(page_view|(social_)?landing|web_vitals|engagement)$/;

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

/** GA4's events for the steps of a checkout. */
const STEPS = /* @__PURE__ */ new Map(/* @__PURE__ */ Object.entries({ undefined: 'begin_checkout', shipping: 'add_shipping_info', payment: 'add_payment_info' }));

/**
 * Keeps the cart and sees when it is abandoned and taken up again, counts orders once, and sees to the currency and the prices of events with
 * items. Events of these names that are tracked by hand, or by attributes in the page, count the same as the calls.
 */
export const commerce =
  ({ currency = '', cartIdleMinutes = CART_IDLE_MINUTES, host = () => location.hostname || new URL(pageAddress()).hostname, isOwn, isBot }: CommerceOptions = {}): Plugin<CommerceMethods> =>
  (tools) => {
    const { calls, copy, enrich, insert, known, merges, queue, record, reject, safe } = tools;
    const { hold, take, tell } = createKeeper(tools);
    tools.numberOf = readOrderNumber;
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
      tell(profile, (held) => time - held.time > MAX_HELD_MS);
      look(profile, time);
      profile.active = Math.max(lastActive(profile), time);
    }
    enrich.unshift((draft, profile) => {
      const { name, opening } = draft;
      if (opening === false) return;
      wake(profile, draft);
      // An order comes before what is done after it, and what was in the cart goes before something else is done with it.
      tell(profile, (held) => (held.name === 'purchase' ? !PASSING.test(name) : name !== 'purchase' && typeof LEVELS[name] === 'string'));
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
      if (Array.isArray(properties.items)) properties.items = properties.items.map(nameItem);
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
    const about = (items: Lines, cart_id: unknown, fields: Fields, value = valueOf(items)): Fields => {
      // What is said to be the value, but is no amount, is told and worked out.
      readNumbers(fields, readCurrency(fields.currency), reject);
      return { ...fields, value: fields.value ?? value, items, cart_id: cart_id ?? fields.cart_id };
    };
    /** Returns what those cost that are known by nothing. What is in no number costs nothing. */
    const valueOfUnknown = (items: unknown[] = []) => valueOf((items as Item[]).filter(({ quantity = 1 }) => quantity > 0));
    /** Whether an event says items itself. */
    const hasItems = ({ items }: Fields) => Array.isArray(items) && items.length > 0;
    /** Returns what an event is flagged with. */
    const flag = (...found: unknown[]) => {
      const flags = found.flat().filter(Boolean);
      return flags.length ? flags : undefined;
    };

    /**
     * Returns the items of an event; without a list, its fields are the item. What stands among them, but is known by nothing, or in no number, is told beside
     * them: it was said.
     *
     * @param quantity of an item that names none
     * @param cart whose lines say what an item leaves out; default: none
     */
    function readLines({ items, value, currency: unit = currency, ...single }: Fields, quantity: number, cart: Lines = []): { items: Item[]; unknown_items: unknown[] | undefined } {
      const unknown: unknown[] = [];
      const lines = [items ?? single].flat().map((given) => {
        if (Object(given) === given) readNumbers(given as Fields, unit, reject, false);
        const item = nameItem(given) as Item;
        const line = item && item.price === undefined && cart.find((each) => isMeant(each, item));
        const whole = line ? { ...line, ...item } : item;
        const isRead = readItems({ items: [whole] }, quantity, () => {}).length;
        if (!isRead && Object.keys(Object(given) as object).length) unknown.push(given);
        return whole;
      });
      return { items: readItems({ items: lines, currency: unit }, quantity, reject), unknown_items: unknown.length ? unknown : undefined };
    }

    const isEmptying = ({ name }: Held) => name === 'remove_from_cart';
    /** Returns a call that changes the cart by `sign`, and tracks what was added and removed. */
    const change = (sign: 1 | -1, isNew?: boolean) => (given: unknown, options?: RecordOptions) => {
      const fields = copy(given, 'cart');
      const { items: list, currency } = fields;
      let adding: Fields | undefined;

      function first(profile: Profile, draft: Draft): Fields | undefined {
        wake(profile, draft);
        const { items, unknown_items } = readLines(fields, sign > 0 ? 1 : Infinity);
        // Without a list, the fields are the item; beside one they belong to the event.
        const others = list ? { ...fields, unknown_items, flags: flag(fields.flags, unknown_items && 'no_item') } : { currency };
        const isEmpty = !items.length;
        if (isEmpty && !isNew) {
          const flagged = about(items, profile.cart?.id, { ...fields, ...others, flags: flag(fields.flags, 'no_item') }, valueOfUnknown(unknown_items));
          if (sign < 0) return flagged;
          adding = flagged;
        }
        // What cannot be read is no empty cart.
        if (isEmpty && (!isNew || !list || hasItems(fields))) return undefined;

        // What is in it now takes the place of that nothing was.
        const cart = profile.cart ?? (isNew && !isEmpty ? take(profile, isEmptying)[0]?.cart : undefined);
        const { added, removed, items: after } = changeCart(cart?.items ?? [], items, sign, isNew);
        if (!added.length && !removed.length) {
          if (sign < 0) reject('item', 'what is in the cart', given);
          // Another price is nothing that was put in.
          profile.cart = cart && { ...cart, items: after, value: valueOf(after) };
          return undefined;
        }
        if (!isNew || !isEmpty) tell(profile);
        profile.cartTime = draft.time;
        profile.cart = withItems(cart, after, readCurrency(currency ?? cart?.currency));
        const { id } = (cart ?? profile.cart)!;
        if (added.length) adding = about(added, id, others);
        const removing = removed.length ? about(removed, id, others) : undefined;
        if (!isNew || !isEmpty) return removing;
        hold(profile, { ...draft, properties: removing! }, cart);
        return undefined;
      }
      record('remove_from_cart', {}, { ...options, late: first });
      record('add_to_cart', {}, { ...options, late: () => adding });
    };

    /** Returns a call of a step of the checkout, or of a look at the cart: without items, it carries those of the cart. */
    const ofCart = (name: string) => (given: unknown, options?: RecordOptions) => {
      const fields = copy(given, name);
      const late = ({ cart }: Profile) =>
        hasItems(fields) ? { ...fields, cart_id: cart?.id ?? fields.cart_id } : about(cart?.items ?? [], cart?.id, { ...fields, currency: fields.currency ?? cart?.currency });
      record(name, {}, { ...options, late });
    };

    const isOrder = ({ name, properties }: Held, { transaction_id }: Fields) => name === 'purchase' && properties.transaction_id === transaction_id;
    /** Returns a call about an order: `read` returns the properties of its event, or undefined if there is none after all. */
    const ofOrder =
      (name: string, isOnce: boolean, read: (fields: Fields, profile: Profile, draft: Draft) => object | undefined) =>
      (given: unknown, options?: RecordOptions): void => {
        const fields = copy(given, name);
        const id = readOrderNumber(fields.transaction_id);
        if (id === undefined) {
          reject('transaction_id', 'an id', fields.transaction_id);
          fields.flags = flag(fields.flags, 'no_transaction_id');
        }
        const transaction_id = (fields.transaction_id = id && `${id}`);
        const late = (profile: Profile, draft: Draft) => {
          wake(profile, draft);
          if (transaction_id && isOnce) {
            const { orders = [], held = [] } = profile;
            const told = (name === 'purchase' ? '' : `${name} `) + transaction_id;
            if (!orders.includes(told)) profile.orders = [...orders, told].slice(-MAX_ORDERS);
            else if (name !== 'purchase' || !held.some((each) => isOrder(each, fields))) return undefined;
            draft.id = orderId(host(), transaction_id, name);
            // Told before `reset`, and not sent yet: this one would take its place.
            if (queue.lanes.some((lane) => lane.own().some(({ id }) => id === draft.id))) return undefined;
          }
          return read(fields, profile, draft);
        };
        record(name, {}, { ...options, late });
      };

    /** Returns what is said of an order, with its lines read. */
    function withLines(fields: Fields, cart?: Lines): Fields & ReturnType<typeof readLines> {
      const lines = readLines({ items: fields.items, currency: fields.currency }, 1, cart);
      return { ...fields, ...lines, flags: flag(fields.flags, lines.unknown_items && 'no_item') };
    }
    /** Returns the properties of an order's event; without items, it has those of the cart. */
    function readOrder(fields: Fields, cart: Cart | undefined): Fields & { items: Item[] } {
      const order: Fields & { items: Lines; unknown_items?: unknown[] } = hasItems(fields) ? withLines(fields, cart?.items) : { currency: cart?.currency, ...fields, items: cart?.items ?? [] };
      const given = readCurrency(order.currency);
      const flags = flag(order.flags, !order.items.length && 'no_items', cart?.currency && given && cart.currency !== given && 'other_currency');
      return about(order.items, cart?.id, { ...order, flags }, valueOf([...order.items, { price: valueOfUnknown(order.unknown_items) }])) as Fields & { items: Item[] };
    }
    const isPriced = ({ items }: { items: Lines }) => items.some(({ price }) => price !== undefined);

    function buy(fields: Fields, profile: Profile, draft: Draft): object | undefined {
      const [waiting] = take(profile, (held) => isOrder(held, fields));
      const [emptied] = take(profile, isEmptying);
      const cart = (waiting ?? (profile.cart ? { cart: profile.cart } : emptied))?.cart;
      let order = readOrder(fields, cart);
      if (waiting) {
        // The first who knows its lines goes before the other.
        const { flags: _, value, items, ...first } = waiting.properties;
        const isBetter = isPriced(order);
        const both = isBetter ? { ...first, ...fields } : { ...fields, ...first };
        order = readOrder({ ...both, value: (isBetter && fields.value) || value || fields.value, items: isBetter || !hasItems({ items }) ? fields.items : items }, cart);
        Object.assign(draft, waiting, { seen: waiting.context });
      } else {
        profile.cart = undefined;
        profile.cartTime = draft.time;
      }
      // Somebody else in the page may know its lines, or what they cost.
      if (isPriced(order) || !fields.transaction_id || (order.items.length && !hasItems(fields) && !waiting)) return order;
      tell(profile);
      hold(profile, { ...draft, properties: copy(order, 'purchase') }, cart);
      return undefined;
    }

    calls.set('add_to_cart', change(1));
    calls.set('remove_from_cart', change(-1));
    calls.set('set_cart', change(1, true));
    for (const name of [...STEPS.values(), 'checkout_progress', 'view_cart']) calls.set(name, ofCart(name));
    calls.set('purchase', ofOrder('purchase', true, buy));
    calls.set('refund', ofOrder('refund', false, (fields) => (hasItems(fields) ? withLines(fields) : fields)));
    calls.set('order_cancel', ofOrder('order_cancel', true, (fields) => fields));
    const call = (name: string) => safe((given?: unknown) => calls.get(name)!(given));
    const ofItems = (name: string) => safe((items?: unknown) => calls.get(name)!({ items: [items].flat() }));
    return {
      cart: { add: ofItems('add_to_cart'), remove: ofItems('remove_from_cart'), set: ofItems('set_cart'), clear: safe(() => calls.get('set_cart')!({ items: [] })) },
      checkout: safe((checkout_step?: string) => calls.get(STEPS.get(`${checkout_step}`) ?? 'checkout_progress')!({ checkout_step })),
      purchase: call('purchase'),
      refund: call('refund'),
      cancel: call('order_cancel'),
    };
  };
