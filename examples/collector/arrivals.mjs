import { isArrival } from './filters.mjs';
import { text } from './values.mjs';

/** Channels shown, and networks of each; of the others, only the number is told. Our choice. */
const MAX_CHANNELS = 15;
const MAX_NETWORKS = 6;

/**
 * How visitors arrived, by channel and in each by network, the most frequent first. A visitor who arrives twice counts as two arrivals.
 * `paid` and `organic` are what the tracker was sure of; an arrival can be neither. `in_app` were shown in an app's own browser,
 * `apps` says in whose. The channel or network is null where the arrival names none. `anonymous` arrivals bear no visitor,
 * and are in no `visitors`: of whom they are is not known.
 *
 * @param {any[]} events complete events, in any order
 */
export function arrivalsByChannel(events) {
  const arrivals = events.filter(isArrival).map(({ visitor, properties, in_app }) => ({
    visitor: visitor?.id ?? null, channel: text(properties.channel), network: text(properties.network), paid: properties.paid, app: in_app?.network ?? null,
  }));
  const channels = groupBy(arrivals, 'channel');
  return {
    ...summary(arrivals),
    apps: groupBy(arrivals.filter(({ app }) => app !== null), 'app').slice(0, MAX_NETWORKS).map(([app, own]) => ({ app, arrivals: own.length })),
    channels: channels.slice(0, MAX_CHANNELS).map(([channel, own]) => ({ channel, ...summary(own), ...byNetwork(own) })),
    more_channels: Math.max(0, channels.length - MAX_CHANNELS),
  };
}

function byNetwork(arrivals) {
  const networks = groupBy(arrivals.filter(({ network }) => network !== null), 'network');
  return {
    networks: networks.slice(0, MAX_NETWORKS).map(([network, own]) => ({ network, ...summary(own) })),
    more_networks: Math.max(0, networks.length - MAX_NETWORKS),
  };
}

/** The entries by what they have under a name, the largest group first. */
function groupBy(entries, name) {
  const groups = new Map();
  for (const entry of entries) groups.set(entry[name], groups.get(entry[name]) ?? []).get(entry[name]).push(entry);
  return [...groups].sort(([, a], [, b]) => b.length - a.length);
}

const summary = (arrivals) => ({
  arrivals: arrivals.length,
  visitors: new Set(arrivals.map(({ visitor }) => visitor).filter((visitor) => visitor !== null)).size,
  anonymous: arrivals.filter(({ visitor }) => visitor === null).length,
  paid: arrivals.filter(({ paid }) => paid === true).length,
  organic: arrivals.filter(({ paid }) => paid === false).length,
  in_app: arrivals.filter(({ app }) => app !== null).length,
});
