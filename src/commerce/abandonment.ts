import { createDraft } from '../event/draft.js';
import { isOpen, type AbandonReason, type CommerceState } from './state.js';
import { tell, tellHeld, type Turn } from './turn.js';

/** How a pause is told. */
export interface Pause {
  idleMs: number;
  /** Whether the visitor is a program: nothing is abandoned then. */
  isBot: boolean | undefined;
  /** When this page began, in milliseconds since 1970. */
  started: number;
}

/** How long a cart that nobody touches is remembered, in milliseconds: 30 days. Source: CartFlows, which calls a cart lost then, 2026. */
const CART_EXPIRY_MS = 30 * 24 * 3_600_000;
/** How long an event that waits for more may be overtaken by what a person does, in milliseconds. Our choice: by then, the next page has been there. */
const MAX_HELD_MS = 30_000;

/** Takes note that the person is active. */
export function touch(state: CommerceState, time: number): void {
  state.active = Math.max(state.active ?? 0, time);
}

/** Tells that the cart as it is was abandoned. */
export function abandon(turn: Turn, reason: AbandonReason, time: number, context = turn.draft.context): void {
  const { state } = turn;
  const cart = (state.cart = { ...state.cart!, state: 'abandoned', isTold: true });
  const { id: cart_id, version: id, items, value, currency, level } = cart;
  const properties = {
    reason,
    provisional: reason === 'exit',
    level,
    cart_id,
    items,
    value,
    currency,
    last_active: new Date(state.active ?? turn.last).toISOString(),
    last_page: state.page,
    last_item: state.viewed,
  };
  state.away = { id, cart_id, reason, time };
  tell(turn, createDraft({ id, name: 'cart_abandon', time, context, properties, session: 'ignore' }));
}

/** Tells of a cart that nobody has touched for too long by now. */
export function look(turn: Turn, { idleMs, isBot, started }: Pause): void {
  const { state, draft } = turn;
  const { active } = state;
  if (!active) return;
  // The clock was set back: the pause begins anew.
  if (active > Date.now()) return void (state.active = draft.time);
  const pause = draft.time - active;
  if (isBot || pause < idleMs) return;
  // Found by a page that was not there when it happened, it is of the visit before, and of none of this one's pages.
  const isBefore = started > active;
  if (isOpen(state)) abandon(turn, isBefore ? 'return' : 'idle', active + idleMs, isBefore ? {} : undefined);
  if (pause > CART_EXPIRY_MS) state.cart = state.away = undefined;
}

/** The visitor does something: tells of what was left behind, before anything else happens. */
export function wake(turn: Turn, pause: Pause): void {
  const { state, draft } = turn;
  tellHeld(turn, ({ time }) => draft.time - time > MAX_HELD_MS);
  look(turn, pause);
  touch(state, draft.time);
}
