import { pageAddress } from '../platform/page-address.js';
import type { Draft } from '../event/draft.js';
import type { Plugin, PluginApi, Step, VisitorView } from '../plugin.js';
import { plainUrl } from '../privacy/marketing.js';
import { wrong } from '../util/show.js';
import { abandon, look, touch, wake } from './abandonment.js';
import { changeBy } from './changes.js';
import type { Shop } from './item.js';
import { levelOf } from './levels.js';
import { about, hasItems } from './lines.js';
import { commerceMethods, type CommerceMethods } from './methods.js';
import { tellOrder } from './orders.js';
import { CART_IDLE_MINUTES, commerceOf, isOpen, type AbandonReason, type CommerceState, type Held } from './state.js';
import { tell, tellBefore, tellHeld, type Turn } from './turn.js';

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
  /** When this page began, in milliseconds since 1970. Default: now. */
  started?: number | undefined;
}

/** How long an event waits for more, from when it was said or the next page began, in milliseconds. Our choice: a page that confirms an order has told it by then. */
const MOMENT_MS = 2000;
const CHANGES = /^(add_to|remove_from|set)_cart$/;
const ORDERS = /^(purchase|refund|order_cancel)$/;

/** Whether an event changes the cart, is about it, or is an order: what it carries is seen to. */
export const isOfCart = (name: string): boolean => CHANGES.test(name) || ORDERS.test(name) || !!levelOf(name);

/** Returns what an event about the cart carries: without items, those of the cart. */
function withCart({ draft: { properties }, shop, state: { cart } }: Turn) {
  if (hasItems(properties)) return { ...properties, cart_id: cart?.id ?? properties.cart_id };
  return about(cart?.items ?? [], cart?.id, { ...properties, currency: properties.currency ?? cart?.currency }, shop);
}

/** Returns what this tab and another one, which wrote at the same time, remember together: the cart that changed last, and what was told. */
function merge(mine: CommerceState, theirs: CommerceState): CommerceState {
  const { cart, cartTime = 0, away, active = 0, orders = [] } = theirs;
  const both = { ...mine, orders: [...new Set([...orders, ...(mine.orders ?? [])])] };
  touch(both, active);
  const isTold = cart?.isTold && cart.version === mine.cart?.version && !mine.cart.isTold;
  return { ...both, ...(cartTime > (mine.cartTime ?? 0) ? { cart, cartTime, away } : isTold && { cart, away }) };
}

/**
 * Keeps the cart and sees when it is abandoned and taken up again, counts orders once, and sees to the currency and the prices of events with
 * items. Events of these names that are tracked by hand, or by attributes in the page, count the same as the calls.
 */
export function commerce({
  currency,
  cartIdleMinutes = CART_IDLE_MINUTES,
  host = () => location.hostname || new URL(pageAddress()).hostname,
  isOwn,
  isBot,
  started = Date.now(),
}: CommerceOptions = {}): Plugin<CommerceState, CommerceMethods> {
  let api: PluginApi | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Ids of held events that this page is through with: another tab may bring them back. */
  const done = new Set<string>();
  const shop: Shop = {
    reject: (...fault) => api?.report(...wrong(...fault)),
    currencyOf: (given) => (/^[A-Z]{3}$/.test(`${given as string}`) ? `${given as string}` : currency || undefined),
  };
  const pause = { idleMs: cartIdleMinutes * 60_000, isBot, started };

  const sign = (name: string, properties: object = {}) =>
    api?.track(name, properties, { context: {}, session: 'ignore' });
  /** Tells what is held back, in a moment. */
  function wait(): void {
    clearTimeout(timer);
    timer = setTimeout(() => sign('~flush'), MOMENT_MS);
    // Node's, in a test run, must not keep it from ending.
    (timer as { unref?(): void }).unref?.();
  }

  /** Takes note of what waits no more, and waits for the rest. */
  function note(before: readonly Held[] = [], held: readonly Held[] = []): void {
    for (const { id } of before) if (!held.some((each) => each.id === id)) done.add(id);
    if (held.length && held !== before) wait();
  }

  /** Whether going to an address leaves the shop. */
  const mayAbandon = (to?: string) => !isBot && !(to && isOwn?.(to));

  /** Takes a draft that is a sign, or tells that the cart is left. */
  function takeSign(turn: Turn): void {
    const { draft, out, state } = turn;
    const { name, properties, time } = draft;
    const { reason, to, isLeft, isDurable } = properties as {
      reason?: AbandonReason;
      to?: string;
      isLeft?: boolean;
      isDurable?: boolean;
    };
    if (name === '~flush') tellHeld(turn);
    if (name === '~leave') tellHeld(turn, (held) => held.name === 'purchase' || !!(isLeft && !isDurable));
    if (name !== '~active' && name !== 'cart_abandon') return;
    // Before the person is active again: the cart may have been abandoned in between.
    look(turn, pause);
    const isExit = reason === 'exit' && mayAbandon(to);
    if (!isOpen(state) || (name !== '~active' && !isExit)) return;
    touch(state, time);
    if (!isExit) return;
    abandon(turn, reason, time);
    // Leaving is something done: the next page goes by the later one of what the store has and what this page leaves.
    out.push({ ...draft, name: '~left', session: undefined });
  }
  function takeEvent(turn: Turn): void {
    const { draft } = turn;
    const { name, session } = draft;
    if (session === 'ignore') return tell(turn, draft);
    wake(turn, pause);
    if (CHANGES.test(name)) return changeBy(turn);
    if (ORDERS.test(name)) return tellOrder(turn, host);
    tellBefore(turn);
    tell(turn, levelOf(name) ? { ...draft, properties: withCart(turn) } : draft);
  }
  function process(draft: Draft, before: CommerceState = {}, { last }: VisitorView): Step<CommerceState> {
    const state = { ...before };
    const out: Draft[] = [];
    const isSign = draft.name.startsWith('~');
    (isSign || draft.name === 'cart_abandon' ? takeSign : takeEvent)({ draft, state, out, shop, last });
    // Nothing was held back, and nothing is left behind.
    if (/^~(flush|leave)$/.test(draft.name) && !out.length) return { drafts: [draft] };
    note(before.held, state.held);
    // A sign goes on to the others.
    return { drafts: isSign ? [...out, draft] : out, state };
  }

  return {
    name: 'commerce',
    process,
    state: {
      merge(mine = {}, theirs = {}) {
        const others = (theirs.held ?? []).filter(({ id }) => !done.has(id));
        const held = [...new Map([...others, ...(mine.held ?? [])].map((each) => [each.id, each])).values()];
        if (held.length) wait();
        return { ...merge(mine, theirs), held: held.length ? held : undefined };
      },
      withoutMarketing: ({ page, ...state }) => ({ ...state, page: plainUrl(page) }),
    },
    methods: (given) => commerceMethods((api = given)),
    start(given) {
      const { on, stops, tracker } = (api = given);
      on('leave', (isLeft) => sign('~leave', { isLeft, isDurable: tracker.isDurable() }));
      // Without identifiers, the next page view is of somebody else.
      on('pageend', () => tracker.isAnonymous && sign('~flush'));
      stops.push(() => clearTimeout(timer));
      // What the page before has kept back.
      tracker.known((record) => void (commerceOf(record).held?.length && wait()));
    },
  };
}
