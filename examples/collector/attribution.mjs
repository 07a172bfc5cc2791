import { firstTouch, lastNonDirectTouch, lastTouch, linear, positionBased, timeDecay } from 'waymark/journey';
import { conversionsOf } from './conversions.mjs';
import { happened } from './journeys.mjs';
import { sumValues } from './values.mjs';

/** Channels shown; what others brought is one sum. Our choice: Waymark itself knows fewer. */
const MAX_CHANNELS = 15;

/** Ways to divide a conversion's credit, by the name that the snapshot calls them. */
const DIVIDERS = {
  first: firstTouch,
  last: lastTouch,
  last_non_direct: lastNonDirectTouch,
  linear,
  position: (path) => positionBased(path),
  // A leap second is a valid date-time that JavaScript does not read: there is nothing to reckon with then.
  time_decay: (path, { time }) => (path.every((touch) => Number.isFinite(Date.parse(touch.time))) && Number.isFinite(time) ? timeDecay(path, time) : linear(path)),
};

/** The names of the ways to divide credit. */
export const ATTRIBUTIONS = Object.keys(DIVIDERS);

/**
 * What each channel did: `visitors` who first came by it, and per way to divide credit (`ATTRIBUTIONS`) how many conversions and what
 * value it is credited with. Events without a visitor count as conversions, and in no `visitors`. The channel is null where an arrival is not known. `rest` is how many channels a last row sums up.
 *
 * @param {any[]} events complete events, in any order
 * @param {{ isInTime: (event: any) => boolean, isRecent: (time: number) => boolean }} [time] which conversions and first arrivals count, as
 *   `createFilter` says; default: all. How a conversion is credited, and which arrival was the first, is told by everything
 */
export function touchesByChannel(events, { isInTime = () => true, isRecent = () => true } = {}) {
  const channels = new Map();
  const rowOf = (channel) => {
    const row = channels.get(channel) ?? { channel, visitors: 0, shares: Object.fromEntries(ATTRIBUTIONS.map((name) => [name, []])) };
    channels.set(channel, row);
    return row;
  };
  const firsts = firstArrivals(events).filter(({ time }) => isRecent(time));
  for (const { arrival } of firsts) rowOf(arrival?.channel ?? null).visitors += 1;

  const conversions = conversionsOf(events).filter(({ event }) => isInTime(event));
  for (const conversion of conversions) {
    const { path, value, currency } = conversion;
    for (const [name, divide] of Object.entries(DIVIDERS)) {
      const credit = (channel, weight) =>
        weight > 0 && rowOf(channel).shares[name].push({ weight, value: value === null ? null : value * weight, currency });
      if (path.length === 0) credit(null, 1);
      else divide(path, conversion).forEach((weight, index) => credit(path[index].channel, weight));
    }
  }

  const ranked = [...channels.values()].sort((a, b) => b.visitors - a.visitors || b.shares.linear.length - a.shares.linear.length);
  const [shown, rest] = [ranked.slice(0, MAX_CHANNELS), ranked.slice(MAX_CHANNELS)];
  return {
    visitors: firsts.length,
    conversions: conversions.length,
    values: sumValues(conversions),
    channels: [...shown.map((row) => describe([row])), ...(rest.length > 0 ? [describe(rest)] : [])],
  };
}

/**
 * Each visitor's first arrival: the earliest that any event tells of. An event names the arrival that it is credited to, which need
 * not be the first, and a conversion's path reaches back to visits whose events are not stored. `time` is when it was by this server's clock,
 * in milliseconds; of a visitor of whom no arrival is known, it is that of the first event.
 */
function firstArrivals(events) {
  const firsts = new Map();
  for (const event of events) {
    const { visitor, time, touchpoint, journey } = event;
    // Whether a page view without identifiers is somebody's first is not known.
    if (!visitor) continue;
    const ahead = Date.parse(happened(event)) - Date.parse(time);
    const told = [touchpoint, ...(journey?.path ?? [])].filter(Boolean).map((arrival) => ({ arrival, time: Date.parse(arrival.time) + ahead }));
    const former = firsts.get(visitor.id);
    // What an arrival says counts before what is only seen.
    const known = [...(former ? [former] : []), ...told, { arrival: null, time: Date.parse(happened(event)) }];
    const arrivals = known.filter(({ arrival }) => arrival !== null);
    firsts.set(visitor.id, (arrivals.length > 0 ? arrivals : known).reduce((a, b) => (b.time < a.time ? b : a)));
  }
  return [...firsts.values()];
}

function describe(rows) {
  return {
    channel: rows.length === 1 ? rows[0].channel : null,
    rest: rows.length === 1 ? 0 : rows.length,
    visitors: rows.reduce((sum, { visitors }) => sum + visitors, 0),
    credit: Object.fromEntries(ATTRIBUTIONS.map((name) => {
      const shares = rows.flatMap((row) => row.shares[name]);
      return [name, { conversions: shares.reduce((sum, { weight }) => sum + weight, 0), values: sumValues(shares) }];
    })),
  };
}
