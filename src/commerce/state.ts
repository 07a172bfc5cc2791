import type { Draft } from '../event/draft.js';
import type { VisitorView } from '../plugin.js';
import type { Lines } from './cart.js';
import type { CartLevel } from './levels.js';

/** How a cart was found to be abandoned: left for another site or closed, not touched in any tab for a while, or found at the next visit. */
export type AbandonReason = 'exit' | 'idle' | 'return';

/**
 * The cart, from its first item to its last, its order, or its expiry.
 *
 * `open` → `changed` with every change of the contents → `checkout` → `abandoned` → `recovered` when it is taken up again. A cart that was
 * bought or has expired is no more.
 */
export interface Cart {
  /** The same from the first item to the order or the last removal. */
  id: string;
  items: Lines;
  /** What the items cost together. */
  value: number;
  /** ISO 4217. */
  currency?: string | undefined;
  state: 'open' | 'changed' | 'checkout' | 'abandoned' | 'recovered';
  level: CartLevel;
  /** Another with every change of the contents: the id of the event that tells of its abandonment, whichever tab or visit does so first. */
  version: string;
  /** Whether the abandonment of this version has been told. */
  isTold?: boolean;
}

/** An abandoned cart that has not been taken up again. */
export interface Abandonment {
  /** Id of the `cart_abandon` event. */
  id: string;
  cart_id: string;
  reason: AbandonReason;
  /** When, in milliseconds since 1970. */
  time: number;
  /** How the person came back; undefined while there was no arrival since. */
  channel?: unknown;
  network?: unknown;
}

/** An event that waits a moment for what belongs to it: an order without lines, for somebody who knows them; a cart that was emptied, for the order that bought it. */
export interface Held extends Draft {
  /** The cart that was emptied or bought. */
  readonly cart: Cart | undefined;
}

/** What `commerce` remembers of a visitor. */
export interface CommerceState {
  /** When the person last did something, also what is no event, such as scrolling, in milliseconds since 1970. */
  active?: number;
  cart?: Cart | undefined;
  /** When the cart last changed, in milliseconds since 1970. */
  cartTime?: number;
  /** The cart that was left behind, until it is taken up again. */
  away?: Abandonment | undefined;
  /** Events that wait a moment for what belongs to them. */
  held?: readonly Held[];
  /** The product looked at last: its `item_id`, or its name. */
  viewed?: string | undefined;
  /** The page that was looked at last. */
  page?: string | undefined;
  /** The latest order numbers, so that an order counts once. */
  orders?: readonly string[];
}

/** Minutes without any activity after which a cart is abandoned. Source: Salesforce Personalization's cart abandonment, 2026: 30 minutes. */
export const CART_IDLE_MINUTES = 30;

/** Returns what `commerce` remembers, for other plugins; nothing where it is not there. */
export const commerceOf = ({ state }: Pick<VisitorView, 'state'>): CommerceState =>
  Object(state.commerce) as CommerceState;

/** Returns whether there is a cart whose abandonment nobody has told yet. */
export const isOpen = ({ cart }: CommerceState): boolean => !!cart && !cart.isTold;
