import { createDraft, type Draft } from '../event/draft.js';
import { timeId } from '../util/id.js';
import type { Item, Shop } from './item.js';
import { levelOf } from './levels.js';
import { readEvent } from './lines.js';
import type { CommerceState, Held } from './state.js';

/** Events of a page that an order may be told after, though it was said before them: they are nothing that a person does. */
const PASSING = /^(page_view|(social_)?landing|web_vitals|engagement)$/;

/** What one draft does to what is remembered, and what comes of it. */
export interface Turn {
  readonly draft: Draft;
  /** What is remembered, to be changed: a copy of its own. */
  readonly state: CommerceState;
  /** What comes out, in order. */
  readonly out: Draft[];
  readonly shop: Shop;
  /** When the visitor last did something, in milliseconds since 1970. */
  readonly last: number;
}

/** Takes note of how far an event goes with the cart, and tells that it is taken up again. */
function recover({ state, out, shop }: Turn, { name, time, properties, context }: Draft): void {
  const level = levelOf(name);
  if (!level) return;
  const { away, cart } = state;
  if (cart)
    state.cart = {
      ...cart,
      // The names of the levels are in the order of the alphabet.
      level: level > cart.level ? level : cart.level,
      state: level === 'checkout' ? level : away ? 'recovered' : cart.state,
    };
  state.away = undefined;
  // A cart that was emptied is given up.
  if (!away || (!cart && name !== 'purchase')) return;
  const { id: abandonment_id, time: since, ...left } = away;
  const { value, currency = shop.currencyOf(properties.currency) } = cart ?? properties;
  const told = { abandonment_id, ...left, by: name, seconds: Math.round((time - since) / 1000), value, currency };
  out.push(createDraft({ id: timeId(), name: 'cart_recover', time, context, properties: told }));
}

/** Tells an event, with its amounts read, and what it means for the cart. */
export function tell(turn: Turn, draft: Draft): void {
  const { state, out, shop } = turn;
  const { name, context } = draft;
  const properties = readEvent(name, draft.properties, shop);
  const { items, channel, network } = properties;
  const [item] = (Array.isArray(items) ? items : []) as (Item | undefined)[];
  if (name === 'view_item') state.viewed = item?.item_id ?? item?.item_name;
  if (context.page) state.page = context.page.url;
  if (/landing$/.test(name) && state.away) state.away = { ...state.away, channel, network };
  const told = { ...draft, properties };
  recover(turn, told);
  out.push(told);
}

/** Returns the events held back that `isIt`, which wait no more and are not told. */
export function take({ state }: Turn, isIt: (held: Held) => boolean): Held[] {
  const { held = [] } = state;
  const left = held.filter((each) => !isIt(each));
  if (left.length < held.length) state.held = left.length ? left : undefined;
  return held.filter((each) => !left.includes(each));
}

/** Keeps an event back for a moment. `cart`: the one that was emptied or bought. */
export function hold({ state }: Turn, draft: Draft, cart: Held['cart']): void {
  state.held = [...(state.held ?? []), { ...draft, cart }];
}

/** Tells the events held back that `isDue`; default: all. */
export function tellHeld(turn: Turn, isDue: (held: Held) => boolean = () => true): void {
  for (const { cart: _, ...draft } of take(turn, isDue)) tell(turn, draft);
}

/** Tells what was held back and comes before the draft: an order comes before what is done after it, and what was in the cart goes before something else is done with it. */
export function tellBefore(turn: Turn): void {
  const { name } = turn.draft;
  tellHeld(turn, (held) => (held.name === 'purchase' ? !PASSING.test(name) : name !== 'purchase' && !!levelOf(name)));
}
