import type { Draft } from '../event/draft.js';
import type { VisitorView } from '../plugin.js';
import type { Abandonment, Cart } from './abandonment.js';

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

/** Returns what `commerce` remembers, for other plugins; nothing where it is not there. */
export const commerceOf = ({ state }: Pick<VisitorView, 'state'>): CommerceState => Object(state.commerce) as CommerceState;

/** Returns whether there is a cart whose abandonment nobody has told yet. */
export const isOpen = ({ cart }: CommerceState): boolean => !!cart && !cart.isTold;
