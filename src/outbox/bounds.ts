import { priorityOf, timeOf } from './priority.js';
import { lengthOf, type StoredEvent } from './stored-event.js';

/** How much may wait for a collector that cannot be reached. */
export interface Bounds {
  maxStoredEvents: number;
  /** In UTF-16 units, which is about bytes. */
  maxStoredBytes: number;
  maxStoredDays: number;
}

/** What is known of a stored event. */
export interface Stored {
  id: string;
  length: number;
  priority: number;
  /** When it happened, in milliseconds since 1970. */
  time: number;
}

/**
 * Why an event will never arrive: too many waited; it waited for too long, or for longer than the collector takes; what was stored cannot be read; the
 * collector refuses it, alone in a request; it is larger than the collector takes.
 */
export type DropCause = 'queue_full' | 'too_old' | 'unreadable' | 'refused' | 'too_large';

/** Returns what `overflow` has to know of an event. */
export const measure = (event: StoredEvent): Stored => ({
  id: event.id,
  length: lengthOf(event),
  priority: priorityOf(event),
  time: timeOf(event),
});

/**
 * Returns the ids of the events that have to go, by cause: those that are too old, then, of those worth least, the oldest. Pure.
 *
 * @param now milliseconds since 1970
 */
export function overflow(
  stored: readonly Stored[],
  { maxStoredEvents, maxStoredBytes, maxStoredDays }: Bounds,
  now: number,
): Record<'queue_full' | 'too_old', string[]> {
  const isOld = ({ time }: Stored) => time < now - maxStoredDays * 86_400_000;
  const rest = stored.filter((each) => !isOld(each)).sort((a, b) => a.priority - b.priority || a.time - b.time);
  let length = 0;
  // From the end, where those are that stay first.
  const kept = rest.reduceRight(
    (count, each) => ((length += each.length) > maxStoredBytes || count >= maxStoredEvents ? count : count + 1),
    0,
  );
  const full = rest.slice(0, rest.length - kept);
  return { too_old: stored.filter(isOld).map(({ id }) => id), queue_full: full.map(({ id }) => id) };
}
