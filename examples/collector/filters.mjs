import { happened } from './journeys.mjs';
import { text } from './values.mjs';

const HOUR_MS = 3_600_000;

/** Lengths of time that figures can be cut to, in milliseconds up to now, by the name that the address calls them; `all` cuts nothing. */
export const RANGES = { all: Infinity, hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS, month: 30 * 24 * HOUR_MS };

/** Channels to choose from. Our choice: more than Waymark knows, and fewer than a stranger can make up. */
const MAX_CHANNELS = 30;

/** Whether a visitor arrived by the event. */
export const isArrival = ({ name }) => name === 'landing' || name === 'social_landing';

/** Every channel that an event tells of: its own arrival, the one that it is credited to, and those that led to a conversion. */
function channelsIn(event) {
  const { properties, touchpoint, journey } = event;
  const told = [...(isArrival(event) ? [properties] : []), touchpoint, ...(journey?.path ?? [])];
  return told.map((arrival) => text(arrival?.channel)).filter((channel) => channel !== null);
}

/**
 * The channels that there are to choose from, the one by which most visitors came first.
 *
 * @param {any[]} events complete events of visitors, and those without one
 * @returns {string[]} at most `MAX_CHANNELS`
 */
export function channelsOf(events) {
  const visitors = new Map();
  for (const event of events) {
    for (const channel of channelsIn(event)) visitors.set(channel, (visitors.get(channel) ?? new Set()).add(event.visitor?.id ?? event.id));
  }
  return [...visitors].sort(([, a], [, b]) => b.size - a.size).slice(0, MAX_CHANNELS).map(([channel]) => channel);
}

/**
 * What a choice of time and channel lets through.
 *
 * - the channel chooses visitors: who came by it at least once, whenever that was, counts with everything. An event without a visitor stands
 *   alone, and counts where it tells of the channel itself
 * - the time cuts: what happened in it counts. What a cart or a stage is, is found out from everything before, too
 *
 * @param {any[]} people complete events of visitors
 * @param {{ range: keyof typeof RANGES, channel: string | null, now: number }} choice `now` in milliseconds
 */
export function createFilter(people, { range, channel, now }) {
  const since = now - RANGES[range];
  const chosen = channel === null ? null : new Set(people.filter((event) => channelsIn(event).includes(channel)).map(({ visitor }) => visitor.id));
  const isRecent = (time) => since === -Infinity || time > since;
  const isChosen = (visitor) => chosen === null || chosen.has(visitor);
  return {
    /** The first moment that counts, in epoch milliseconds; -Infinity where all do. */
    since,
    /** Whether a moment in epoch milliseconds counts. Without a cut all do, also one that cannot be read. */
    isRecent,
    /** Whether a visitor counts, by id. */
    isChosen,
    /** Whether an event happened in the time. */
    isInTime: (event) => isRecent(Date.parse(happened(event))),
    /** Whether an event counts. */
    counts: (event) => isRecent(Date.parse(happened(event))) && (event.visitor ? isChosen(event.visitor.id) : channel === null || channelsIn(event).includes(channel)),
  };
}

/**
 * The walks of the chosen visitors, each from its first event in the time on. Who did nothing in it is left out.
 *
 * @param {ReturnType<import('./stages.mjs').walkStages>} walks
 * @param {ReturnType<typeof createFilter>} filter
 */
export function cutWalks(walks, filter) {
  return new Map([...walks]
    .filter(([visitor]) => filter.isChosen(visitor))
    .map(([visitor, { steps, left }]) => [visitor, { steps: steps.filter(({ event }) => filter.isInTime(event)), left }])
    .filter(([, { steps }]) => steps.length > 0));
}
