import { isArrival } from './filters.mjs';
import { happened } from './journeys.mjs';
import { text } from './values.mjs';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Lengths of one step, in milliseconds. The shortest is taken that needs no more than `MAX_STEPS`. */
const STEPS = [MINUTE_MS, 2 * MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS, 3 * HOUR_MS, 6 * HOUR_MS, DAY_MS, 7 * DAY_MS, 28 * DAY_MS];

/** Steps drawn side by side. Our choice: a bar on a phone is then still four pixels wide. */
const MAX_STEPS = 60;

/** Steps that are drawn though nothing was before: two bars alone would say nothing of time. Our choice. */
const MIN_STEPS = 12;

/** Channels or networks told apart; the others are one sum. Our choice: as many colours as can be told apart. */
const MAX_SERIES = 6;

/**
 * Arrivals over time, by channel and by network: `starts` are the beginnings of the steps in epoch seconds, one after the other without a
 * gap up to now, each `step_ms` long; a series has the number of arrivals in each. The largest series come first; what is beyond
 * `MAX_SERIES` is one with `rest`, the number of those that it sums up. `name` is null where an arrival names none.
 *
 * Steps begin at whole minutes, hours or days in UTC.
 *
 * @param {any[]} events complete events, in any order
 * @param {{ since: number, now: number }} time in epoch milliseconds; `since` -Infinity is the first arrival
 */
export function arrivalsOverTime(events, { since, now }) {
  const arrivals = events.filter(isArrival)
    .map((event) => ({ time: Date.parse(happened(event)), channel: text(event.properties.channel), network: text(event.properties.network) }))
    .filter(({ time }) => time <= now);
  const first = arrivals.reduce((earliest, { time }) => Math.min(earliest, time), now);
  const from = since === -Infinity ? first : Math.max(since, 0);
  const step = STEPS.find((length) => Math.floor(now / length) - Math.floor(from / length) < MAX_STEPS) ?? Math.ceil((now - from) / MAX_STEPS / DAY_MS + 1) * DAY_MS;
  const last = Math.floor(now / step);
  const begin = Math.min(Math.floor(from / step), last - MIN_STEPS + 1);
  const starts = Array.from({ length: last - begin + 1 }, (_, index) => ((begin + index) * step) / 1000);
  const placed = arrivals.map((arrival) => ({ ...arrival, place: Math.floor(arrival.time / step) - begin }));
  return { step_ms: step, starts, channels: seriesBy('channel', placed, starts.length), networks: seriesBy('network', placed.filter(({ network }) => network !== null), starts.length) };
}

function seriesBy(kind, arrivals, length) {
  const groups = new Map();
  for (const arrival of arrivals) groups.set(arrival[kind], groups.get(arrival[kind]) ?? []).get(arrival[kind]).push(arrival);
  const ranked = [...groups].sort(([, a], [, b]) => b.length - a.length);
  const series = ([name, own], rest = 0) => {
    const counts = Array(length).fill(0);
    for (const { place } of own) if (place >= 0) counts[place] += 1;
    return { name, rest, arrivals: own.length, counts };
  };
  const rest = ranked.slice(MAX_SERIES);
  return [
    ...ranked.slice(0, MAX_SERIES).map((group) => series(group)),
    ...(rest.length > 0 ? [series([null, rest.flatMap(([, own]) => own)], rest.length)] : []),
  ];
}
