import { pageAddress } from '../platform/page-address.js';
import type { Draft } from '../event/draft.js';
import type { Order } from '../event/event.js';
import type { Plugin, PluginApi, Step, VisitorView } from '../plugin.js';
import { plainUrl } from '../privacy/marketing.js';
import { wrong } from '../util/show.js';
import { CART_IDLE_MINUTES, type AbandonReason } from './abandonment.js';
import { changeBy, CHANGES } from './changes.js';
import type { Item, Reject } from './item.js';
import { about, hasItems } from './lines.js';
import { ORDERS, tellOrder } from './orders.js';
import { commerceOf, isOpen, type CommerceState } from './state.js';
import { createTurn, type Turn } from './turn.js';

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
/** Events about the cart: without items, they carry those of the cart. */
const OF_CART = /^(begin_checkout|add_(shipping|payment)_info|checkout_progress|view_cart)$/;
/** Whether an event changes the cart, is about it, or is an order: what it carries is seen to. */
export const isOfCart = (name: string): boolean => OF_CART.test(name) || typeof (CHANGES[name] ?? ORDERS[name] ?? 0) !== 'number';
/** How long an event waits for more, from when it was said or the next page began, in milliseconds. Our choice: a page that confirms an order has told it by then. */
const MOMENT_MS = 2000;

/**
 * Keeps the cart and sees when it is abandoned and taken up again, counts orders once, and sees to the currency and the prices of events with
 * items. Events of these names that are tracked by hand, or by attributes in the page, count the same as the calls.
 */
export function commerce({ currency = '', cartIdleMinutes = CART_IDLE_MINUTES, host = () => location.hostname || new URL(pageAddress()).hostname, isOwn, isBot }: CommerceOptions = {}): Plugin<
  CommerceState,
  CommerceMethods
> {
  let api: PluginApi | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Ids of held events that this page is through with: another tab may bring them back. */
  const done = new Set<string>();
  const reject: Reject = (...fault) => api?.report(...wrong(...fault));
  const readCurrency = (given: unknown) => (/^[A-Z]{3}$/.test(`${given as string}`) ? `${given as string}` : currency || undefined);
  const shop = { usual: currency || undefined, readCurrency, reject, host };
  const parts = { readCurrency, reject, idleMs: cartIdleMinutes * 60_000, isBot, started: Date.now() };

  const sign = (name: string, properties: object = {}) => api?.track(name, properties, { context: {}, session: 'ignore' });
  /** Tells what is held back, in a moment. */
  function wait(): void {
    clearTimeout(timer);
    timer = setTimeout(() => sign('~flush'), MOMENT_MS);
    // Node's, in a test run, must not keep it from ending.
    (timer as { unref?(): void }).unref?.();
  }

  /** Takes a draft that is a sign, or tells that the cart is left. Returns whether it is one. */
  function takeSign({ draft, state, out, abandon, look, tellHeld }: Turn): boolean {
    const { name, properties, time } = draft;
    const { reason, to, isLeft, isDurable } = properties as { reason?: AbandonReason; to?: string; isLeft?: boolean; isDurable?: boolean };
    if (name === '~flush') tellHeld();
    else if (name === '~leave') tellHeld((held) => held.name === 'purchase' || (isLeft && !isDurable) || false);
    else if (name === '~active') {
      // Before the person is active again: the cart may have been abandoned in between.
      look(time);
      if (isOpen(state)) state.active = Math.max(state.active ?? 0, time);
    } else if (name === 'cart_abandon') {
      look(time);
      if (reason === 'exit' && isOpen(state) && !isBot && !(to && isOwn?.(to))) {
        state.active = Math.max(state.active ?? 0, time);
        abandon(reason, time);
        // Leaving is something done: the next page goes by the later one of what the store has and what this page leaves.
        out.push({ ...draft, name: '~left', session: undefined });
      }
    } else return name.startsWith('~');
    return true;
  }
  function takeEvent(turn: Turn): void {
    const { draft, state, tell, tellBefore, wake } = turn;
    const { name, properties, session } = draft;
    if (session === 'ignore') return tell(draft);
    wake();
    const kind = CHANGES[name];
    if (typeof kind === 'string') return changeBy(turn, kind, shop.usual, readCurrency, reject);
    if (typeof ORDERS[name] === 'boolean') return tellOrder(turn, shop);
    tellBefore();
    if (!OF_CART.test(name)) return tell(draft);
    const { cart } = state;
    const carried = hasItems(properties)
      ? { ...properties, cart_id: cart?.id ?? properties.cart_id }
      : about(cart?.items ?? [], cart?.id, { ...properties, currency: properties.currency ?? cart?.currency }, readCurrency(properties.currency), reject);
    tell({ ...draft, properties: carried });
  }
  function process(draft: Draft, before: CommerceState = {}, visitor: VisitorView): Step<CommerceState> {
    const turn = createTurn(draft, before, visitor, parts);
    if (!takeSign(turn)) takeEvent(turn);
    const { out, state } = turn;
    // Nothing was held back, and nothing is left behind.
    if (/^~(flush|leave)$/.test(draft.name) && !out.length) return { drafts: [draft] };
    const { held = [] } = state;
    for (const { id } of before.held ?? []) if (!held.some((each) => each.id === id)) done.add(id);
    if (held !== before.held && held.length) wait();
    // A sign goes on to the others.
    return { drafts: draft.name.startsWith('~') ? [...out, draft] : out, state };
  }

  return {
    name: 'commerce',
    process,
    state: {
      merge(mine = {}, theirs = {}) {
        const orders = [...new Set([...(theirs.orders ?? []), ...(mine.orders ?? [])])];
        const others = (theirs.held ?? []).filter(({ id }) => !done.has(id));
        const held = [...others, ...(mine.held ?? []).filter(({ id }) => others.every((other) => other.id !== id))];
        if (held.length) wait();
        const { cart, cartTime = 0, away } = theirs;
        const isLater = cartTime > (mine.cartTime ?? 0);
        const isTold = cart?.isTold && cart.version === mine.cart?.version && !mine.cart.isTold;
        const active = Math.max(mine.active ?? 0, theirs.active ?? 0);
        return { ...mine, orders, held, active, ...(isLater ? { cart, cartTime, away } : isTold && { cart, away }) };
      },
      withoutMarketing: ({ page, ...state }) => ({ ...state, page: plainUrl(page) }),
    },
    methods(given) {
      api = given;
      const call = (name: string) => given.guard((properties?: unknown) => given.track(name, properties));
      const ofItems = (name: string) => given.guard((items?: unknown) => given.track(name, { items: [items].flat() }));
      return {
        cart: { add: ofItems('add_to_cart'), remove: ofItems('remove_from_cart'), set: ofItems('set_cart'), clear: given.guard(() => given.track('set_cart', { items: [] })) },
        checkout: given.guard((checkout_step?: string) => given.track(STEPS.get(`${checkout_step}`) ?? 'checkout_progress', { checkout_step })),
        purchase: call('purchase'),
        refund: call('refund'),
        cancel: call('order_cancel'),
      };
    },
    start({ on, stops, tracker }) {
      on('leave', (isLeft) => sign('~leave', { isLeft, isDurable: tracker.isDurable() }));
      // Without identifiers, the next page view is of somebody else.
      on('pageend', () => tracker.isAnonymous && sign('~flush'));
      stops.push(() => clearTimeout(timer));
      // What the page before has kept back.
      tracker.known((record) => void (commerceOf(record).held?.length && wait()));
    },
  };
}
