import type { Profile } from '../identity/profile.js';
import { timeId } from '../util/id.js';
import { valueOf, type Lines } from './cart.js';

/** How a cart was found to be abandoned: left for another site or closed, not touched in any tab for a while, or found at the next visit. */
export type AbandonReason = 'exit' | 'idle' | 'return';

/** How far a person went with a cart: put something in, looked at it, began the checkout. */
export type CartLevel = 'browse' | 'cart' | 'checkout';

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

/** Minutes without any activity after which a cart is abandoned. Source: Salesforce Personalization's cart abandonment, 2026: 30 minutes. */
export const CART_IDLE_MINUTES = 30;

/** How long a cart that nobody touches is remembered, in milliseconds: 30 days. Source: CartFlows, which calls a cart lost then, 2026. */
export const CART_EXPIRY_MS = 30 * 24 * 3_600_000;

/** What an event says of how far a person went with the cart, and that it is taken up again. */
export const LEVELS: Readonly<Record<string, CartLevel>> = {
  add_to_cart: 'browse',
  remove_from_cart: 'browse',
  view_cart: 'cart',
  begin_checkout: 'checkout',
  add_shipping_info: 'checkout',
  add_payment_info: 'checkout',
  checkout_progress: 'checkout',
  purchase: 'checkout',
};

/** Returns the further one of two levels: their names are in the order of the alphabet. */
export const further = (one: CartLevel, other: CartLevel): CartLevel => (other > one ? other : one);

/** Returns when the visitor last did something, in any tab, in milliseconds since 1970; 0 where that is not known. */
export const lastActive = ({ last = 0, active = 0 }: Profile): number => Math.max(last, active);

/** Returns whether there is a cart whose abandonment nobody has told yet. */
export const isOpen = ({ cart }: Profile): boolean => !!cart && !cart.isTold;

/** Returns the cart with other contents; undefined where there are none. */
export function withItems(cart: Cart | undefined, items: Lines, currency: string | undefined): Cart | undefined {
  if (!items.length) return undefined;
  const state = cart ? 'changed' : 'open';
  return { level: 'browse', id: timeId(), ...cart, items, value: valueOf(items), currency, version: timeId(), state, isTold: false };
}
