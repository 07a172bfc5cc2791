import type { Row } from './row.js';

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
  worth: number;
  /** When it happened, in milliseconds since 1970. */
  time: number;
}

/**
 * Why an event will never arrive: too many waited; it waited for too long, or for longer than the collector takes; what was stored cannot be read; the
 * collector refuses it, alone in a request; it is larger than the collector takes.
 */
export type DropCause = 'queue_full' | 'too_old' | 'unreadable' | 'refused' | 'too_large';

/** What is worth most, and what pages tell by themselves all the time. */
const WORTH: [worth: number, names: RegExp][] = [
  [2, /^(purchase|refund|order_cancel|subscribe|sign_up)$/],
  [0, /^(engagement|web_vitals|(view|select)_(item_list|promotion)|(rage|dead)_click|review_view)$/],
];

/** Returns the name of an event; nothing where there is none. */
export function nameOf({ event }: Row): string {
  // The name is the second field: properties may have one, too.
  const [, name = ''] = /^{"id":"[^"]*","name":"(\w+)/.exec(event) ?? [];
  return name;
}

/** Returns what an event is worth, from its name: 2 where money or a new customer is in it, 0 for what is told of every page, 1 for the rest. */
export const worthOf = (row: Row): number => WORTH.find(([, names]) => names.test(nameOf(row)))?.[0] ?? 1;

/** Returns when an event happened, in milliseconds since 1970; 0 where it does not say. */
export const timeOf = ({ event }: Row): number => Date.parse(/"time":"([^"]+)/.exec(event)?.[1] ?? '') || 0;

/** Returns what `overflow` has to know of a row. */
export const measure = (row: Row): Stored => ({
  id: row.id,
  length: row.event.length + row.context.length,
  worth: worthOf(row),
  time: timeOf(row),
});

/**
 * Returns the ids of the events that have to go, by cause: those that are too old, then, of those worth least, the oldest. Pure.
 *
 * @param now milliseconds since 1970
 */
export function overflow(stored: readonly Stored[], { maxStoredEvents, maxStoredBytes, maxStoredDays }: Bounds, now: number): Record<'queue_full' | 'too_old', string[]> {
  const isOld = ({ time }: Stored) => time < now - maxStoredDays * 86_400_000;
  const rest = stored.filter((each) => !isOld(each)).sort((a, b) => a.worth - b.worth || a.time - b.time);
  let length = 0;
  // From the end, where those are that stay first.
  const kept = rest.reduceRight((count, each) => ((length += each.length) > maxStoredBytes || count >= maxStoredEvents ? count : count + 1), 0);
  const full = rest.slice(0, rest.length - kept);
  return { too_old: stored.filter(isOld).map(({ id }) => id), queue_full: full.map(({ id }) => id) };
}
