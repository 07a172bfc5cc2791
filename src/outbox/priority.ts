import type { StoredEvent } from './stored-event.js';

/** What goes out first and is given up last, and what pages tell by themselves all the time. */
const PRIORITIES: [priority: number, names: RegExp][] = [
  [2, /^(purchase|refund|order_cancel|subscribe|sign_up)$/],
  [0, /^(engagement|web_vitals|(view|select)_(item_list|promotion)|(rage|dead)_click|review_view)$/],
];

/** Returns the name of a stored event; nothing where there is none. */
// The name is the second field: properties may have one, too.
export const nameOf = ({ event }: StoredEvent): string => /^{"id":"[^"]*","name":"(\w+)/.exec(event)?.[1] ?? '';

/** Returns an event's priority, from its name: 2 where money or a new customer is in it, 0 for what is told of every page, 1 for the rest. */
export const priorityOf = (event: StoredEvent): number =>
  PRIORITIES.find(([, names]) => names.test(nameOf(event)))?.[0] ?? 1;

/** Returns when an event happened, in milliseconds since 1970; 0 where it does not say. */
export const timeOf = ({ event }: StoredEvent): number => Date.parse(/"time":"([^"]+)/.exec(event)?.[1] ?? '') || 0;

/**
 * What was tracked before this was tracked by a clock that stood wrong, in milliseconds since 1970: how old it is nobody knows. Our choice: before this code
 * was written.
 */
export const CLOCK_MS = 1_767_225_600_000;

/** Returns events with those first that are the most valuable; those of one priority keep their order. */
export const byPriority = (events: readonly StoredEvent[]): StoredEvent[] => {
  const ranked = events.map((event) => ({ event, priority: priorityOf(event) }));
  return ranked.sort((one, other) => other.priority - one.priority).map(({ event }) => event);
};
