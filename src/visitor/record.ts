import { randomId } from '../util/id.js';

/** Longest life of a visitor id, in milliseconds: 13 months, as the French regulator allows for audience measurement. */
const MAX_AGE_MS = 395 * 24 * 3_600_000;

/** Everything that is remembered of one visitor. Plain data: it is stored as one value, with the events it goes with. */
export interface VisitorRecord {
  /** Random id of the visitor. */
  id: string;
  /** When the id was made, in milliseconds since 1970. */
  since: number;
  /** When the visitor last did something, in milliseconds since 1970. */
  last?: number;
  /** Another number with every write, by which a tab sees that another one has written. */
  rev?: number;
  /** Events that will never arrive at the first collector, by cause, since the id was made. */
  dropped: Record<string, number>;
  /** The same for collectors beside the first, by their slots. */
  droppedBy?: Record<string, Record<string, number>>;
  /** Slot of the first collector, whose events lie beside this; where there are several, or were. */
  first?: string;
  /** What each plugin remembers, by its name. */
  state: Record<string, unknown>;
}

/** Returns the record of a visitor never seen before. `now` is in milliseconds since 1970; default: the clock. */
export const createRecord = (now = Date.now()): VisitorRecord => ({
  id: randomId(),
  since: now,
  dropped: { queue_full: 0 },
  state: {},
});

/**
 * Returns the stored record; `newcomer` where there is none, it is not ours, its id has reached its age, or it is an older state of the newcomer.
 *
 * @param newcomer who the visitor is if the store does not know
 * @param now milliseconds since 1970; default: the clock
 */
export function reviveRecord(stored: unknown, newcomer: VisitorRecord, now = Date.now()): VisitorRecord {
  const { id, since, last = 0, dropped, state } = Object(stored) as VisitorRecord;
  const isOurs =
    typeof id === 'string' &&
    now - since < MAX_AGE_MS &&
    [dropped, state].every((part) => typeof part === 'object' && part);
  const isOlder = id === newcomer.id && last < (newcomer.last ?? 0);
  return isOurs && !isOlder ? (stored as VisitorRecord) : newcomer;
}
