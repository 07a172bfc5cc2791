import { createDraft, deriveDraft, type Data, type Draft } from '../event/draft.js';
import type { VisitorView } from '../plugin.js';
import { timeId } from '../util/id.js';
import { CART_EXPIRY_MS, further, LEVELS, type AbandonReason, type Cart } from './abandonment.js';
import { readAmounts, type Fields, type Item, type Reject } from './item.js';
import { nameItem } from './names.js';
import { isOpen, type CommerceState, type Held } from './state.js';

/** How long an event that waits for more may be overtaken by what a person does, in milliseconds. Our choice: by then, the next page has been there. */
const MAX_HELD_MS = 30_000;
/** Events of a page that an order may be told after, though it was said before them: they are nothing that a person does. */
const PASSING = /^(page_view|(social_)?landing|web_vitals|engagement)$/;

/** What one draft does to what is remembered, and what comes of it. */
export interface Turn {
  /** What is remembered, to be changed: a copy of its own. */
  state: CommerceState;
  draft: Draft;
  /** What comes out, in order. */
  out: Draft[];
  /** Tells an event, with its amounts read, and what it means for the cart. */
  tell(draft: Draft): void;
  /** Returns the events held back that `isIt`, which wait no more and are not told. */
  take(isIt: (held: Held) => boolean): Held[];
  /** Keeps an event back for a moment. `cart`: the one that was emptied or bought; `draft`: default: the one of this turn, with an id of its own where it has another name. */
  hold(name: string, properties: Data, cart: Cart | undefined, draft?: Draft): void;
  /** Tells the events held back that `isDue`; default: all. */
  tellHeld(isDue?: (held: Held) => boolean): void;
  /** The visitor does something: tells of what was left behind, before anything else happens. */
  wake(): void;
  /** Tells what was held back and comes before the draft. */
  tellBefore(): void;
  /** Tells that the cart as it is was abandoned. */
  abandon(reason: AbandonReason, time: number, context?: Draft['context']): void;
  /** Tells of a cart that nobody has touched for too long by `now`. */
  look(now: number): void;
}

/** What turns have to know beside the draft. */
export interface TurnParts {
  /** Returns a currency, where it is one; else that of the shop. */
  readCurrency(given: unknown): string | undefined;
  reject: Reject;
  idleMs: number;
  /** Whether the visitor is a program: nothing is abandoned then. */
  isBot: boolean | undefined;
  /** When this page began, in milliseconds since 1970. */
  started: number;
}

/** Returns a turn. Pure but for what it reports: it changes neither the draft nor what was remembered before. */
export function createTurn(given: Draft, before: CommerceState, { last }: VisitorView, { readCurrency, reject, idleMs, isBot, started }: TurnParts): Turn {
  const state: CommerceState = { ...before };
  const out: Draft[] = [];

  /** Takes note of how far the person goes with the cart, and tells that it is taken up again. */
  function follow({ name, time, properties, context }: Draft, currency: string | undefined): void {
    const level = LEVELS[name];
    // The shop's own event may be called like what every object has.
    if (typeof level !== 'string') return;
    const { away } = state;
    if (state.cart) {
      const isCheckout = level === 'checkout';
      state.cart = { ...state.cart, level: further(state.cart.level, level), ...(isCheckout ? { state: level } : away && { state: 'recovered' }) };
    }
    const { cart } = state;
    state.away = undefined;
    // A cart that was emptied is given up.
    if (!away || (!cart && name !== 'purchase')) return;
    const { id, time: since, ...left } = away;
    const seconds = Math.round((time - since) / 1000);
    const told = { abandonment_id: id, ...left, by: name, seconds, value: cart?.value ?? properties.value, currency: cart?.currency ?? currency };
    out.push(createDraft({ id: timeId(), name: 'cart_recover', time, context, properties: told }));
  }

  function tell(draft: Draft): void {
    const { name, context } = draft;
    const properties: Fields = { ...draft.properties };
    if (Array.isArray(properties.items)) properties.items = properties.items.map(nameItem);
    const { currency: said } = properties;
    const read = readCurrency(said);
    readAmounts(name, properties, read, reject);
    const { items, channel, network } = properties;
    if (said && said !== read) reject('currency', 'an ISO 4217 code such as EUR', said);
    properties.currency = items || said === read ? read : undefined;
    const [item] = (Array.isArray(items) ? items : []) as (Item | undefined)[];
    if (name === 'view_item') state.viewed = item?.item_id ?? item?.item_name;
    if (context.page) state.page = context.page.url;
    if (/landing$/.test(name) && state.away) state.away = { ...state.away, channel, network };
    follow({ ...draft, properties }, read);
    out.push({ ...draft, properties });
  }

  function take(isIt: (held: Held) => boolean): Held[] {
    const { held = [] } = state;
    const taken = held.filter(isIt);
    if (taken.length) state.held = held.filter((each) => !taken.includes(each));
    return taken;
  }
  function tellHeld(isDue: (held: Held) => boolean = () => true): void {
    for (const { cart: _, ...draft } of take(isDue)) tell(draft);
  }

  function abandon(reason: AbandonReason, time: number, context = given.context): void {
    const cart = { ...state.cart!, state: 'abandoned', isTold: true } as const;
    const { id, version, items, value, currency, level } = cart;
    state.cart = cart;
    state.away = { id: version, cart_id: id, reason, time };
    const last_active = new Date(state.active ?? last).toISOString();
    const properties = { reason, provisional: reason === 'exit', level, cart_id: id, items, value, currency, last_active, last_page: state.page, last_item: state.viewed };
    tell(createDraft({ id: version, name: 'cart_abandon', time, context, properties, session: 'ignore' }));
  }
  function look(now: number): void {
    const { active } = state;
    if (!active) return;
    // The clock was set back: the pause begins anew.
    if (active > Date.now()) return void (state.active = now);
    if (isBot || now - active < idleMs) return;
    // Found by a page that was not there when it happened, it is of the visit before, and of none of this one's pages.
    if (isOpen(state)) {
      if (started > active) abandon('return', active + idleMs, {});
      else abandon('idle', active + idleMs);
    }
    if (now - active > CART_EXPIRY_MS) state.cart = state.away = undefined;
  }

  return {
    state,
    draft: given,
    out,
    tell,
    take,
    tellHeld,
    abandon,
    look,
    hold(name, properties, cart, draft = given) {
      state.held = [...(state.held ?? []), { ...(name === draft.name ? { ...draft, properties } : deriveDraft(draft, name, properties)), cart }];
    },
    wake() {
      tellHeld(({ time }) => given.time - time > MAX_HELD_MS);
      look(given.time);
      state.active = Math.max(state.active ?? 0, given.time);
    },
    tellBefore() {
      const { name } = given;
      // An order comes before what is done after it, and what was in the cart goes before something else is done with it.
      tellHeld((held) => (held.name === 'purchase' ? !PASSING.test(name) : name !== 'purchase' && typeof LEVELS[name] === 'string'));
    },
  };
}
