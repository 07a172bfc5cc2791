import type { Abandonment, Cart } from '../commerce/abandonment.js';
import type { Held } from '../commerce/held.js';
import type { ShareToken } from '../capture/share-token.js';
import type { LastSeen } from '../journey/drop-out.js';
import type { JourneyState } from '../journey/state.js';
import { randomId } from '../util/id.js';
import type { Session } from './session.js';

/** Longest life of a visitor id, in milliseconds: 13 months, as the French regulator allows for audience measurement. */
const MAX_AGE_MS = 395 * 24 * 3_600_000;

/** Everything that is remembered of one visitor. Plain data: it is stored as one row, with the events it goes with. */
export interface Profile {
  /** Random id of the visitor. */
  id: string;
  /** When the id was made, in milliseconds since 1970. */
  since: number;
  /** What the shop calls the visitor. */
  userId?: string;
  session?: Session;
  /** The session to come, on which pages that start together agree: set as the profile is read, in the transaction of that. */
  upcoming?: Session;
  /** When something last happened, in milliseconds since 1970. */
  last?: number;
  /** Another number with every write, by which a tab sees that another one has written. */
  rev?: number;
  /** Events that will never arrive at the first collector, by cause, since the id was made. */
  dropped: Record<string, number>;
  /** The same for collectors beside the first, by their slots. */
  droppedBy?: Record<string, Record<string, number>>;
  journey?: JourneyState;
  /** When the person last did something that is no event, such as scrolling, in milliseconds since 1970. */
  active?: number;
  cart?: Cart | undefined;
  /** Id of the session in which a checkout was begun that has led to no order yet. */
  checkout?: string | undefined;
  /** When the cart last changed, in milliseconds since 1970. */
  cartTime?: number;
  /** The cart that was left behind, until it is taken up again. */
  away?: Abandonment | undefined;
  /** Events that wait a moment for what belongs to them. */
  held?: readonly Held[];
  /** The product looked at last: its `item_id`, or its name. */
  viewed?: string | undefined;
  /** The latest order numbers, so that an order counts once. */
  orders?: string[];
  /** Where the visitor was at the latest event. */
  lastSeen?: LastSeen | undefined;
  /** The share by which the visitor came last, and the visitor's own latest shares. */
  shares?: { parent?: ShareToken | undefined; sent: readonly string[] } | undefined;
}

/** Returns the profile of a visitor never seen before. `now` is in milliseconds since 1970; default: the clock. */
export function createProfile(now = Date.now()): Profile {
  return { id: randomId(), since: now, dropped: { queue_full: 0 } };
}

/**
 * Returns the stored profile; `newcomer` where there is none, it is not ours, its id has reached its age, or it is an older state of
 * the newcomer.
 *
 * @param newcomer who the visitor is if the store does not know
 * @param now milliseconds since 1970; default: the clock
 */
export function reviveProfile(stored: unknown, newcomer: Profile, now = Date.now()): Profile {
  const { id, since, last = 0 } = Object(stored) as Profile;
  const isOlder = id === newcomer.id && last < (newcomer.last ?? 0);
  return now - since < MAX_AGE_MS && !isOlder ? (stored as Profile) : newcomer;
}
