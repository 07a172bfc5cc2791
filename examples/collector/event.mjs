/** How deep the JSON of an event may nest. Our choice: real events need four levels, and endless nesting exhausts the stack. */
export const MAX_DEPTH = 32;

/**
 * An event in full: what its context shares, then what is its own. The schema checks each member in one of the two only, but
 * for `journey`; in the other, where anything could stand, it is left out.
 *
 * @param {object} context the entry of `batch.contexts` that the event names
 * @param {object} event one entry of `batch.events`
 */
export function completeEvent(context, event) {
  const { visitor, session, tab, page, touchpoint, in_app, bot, consent } = context;
  return { ...context, ...event, visitor, session, tab, page, touchpoint, in_app, bot, consent, journey: event.journey ?? context.journey };
}

/** What a stand-in for a visitor begins with. No visitor's id does: those are UUIDs. */
const STAND_IN = 'tab ';

/**
 * Whose an event is: the visitor's id, or a stand-in where the tracker uses no identifiers. Such a tab is one page view, and the next
 * one of the same person is another: never take a stand-in for somebody who came back.
 *
 * @param {{ visitor?: { id: string }, tab: string }} event
 */
export const ownerOf = ({ visitor, tab }) => visitor?.id ?? STAND_IN + tab;

/** Whether an owner is a stand-in: one page view of somebody whom nothing tells from others. */
export const isAnonymous = (owner) => owner.startsWith(STAND_IN);

/**
 * When an event happened by this server's clock, as an ISO string. The browser's clock may be wrong by years, but it
 * wrote `time` and `sent_at` alike, so their distance is right. Never later than `receivedAt`.
 *
 * @param {string} time the event's `time`
 * @param {string} sentAt the batch's `sent_at`
 * @param {number} receivedAt when the batch arrived, in epoch milliseconds
 */
export function occurredAt(time, sentAt, receivedAt) {
  const age = Date.parse(sentAt) - Date.parse(time);
  // A leap second (23:59:60) is a valid date-time that Date.parse does not read.
  return new Date(receivedAt - (age > 0 ? age : 0)).toISOString();
}

/**
 * Whether a JSON value nests deeper than `levels`.
 *
 * @param {unknown} value
 */
export function nestsDeeper(value, levels = MAX_DEPTH) {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((child) => nestsDeeper(child, levels - 1));
}
