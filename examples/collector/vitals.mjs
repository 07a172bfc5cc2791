import { STAGES } from './journeys.mjs';
import { number } from './values.mjs';

/**
 * Up to `good` a value is good, above `poor` it is poor, between the two it needs improvement. LCP and INP in milliseconds, CLS without a
 * unit. Source: Google, https://web.dev/articles/defining-core-web-vitals-thresholds, 2026.
 */
export const THRESHOLDS = {
  lcp: { good: 2500, poor: 4000 },
  inp: { good: 200, poor: 500 },
  cls: { good: 0.1, poor: 0.25 },
};

/** The share of page loads that are at most as slow as the figure shown. Source: the same. */
const PERCENTILE = 0.75;

/** Channels and apps shown; of the others, only the number is told. Our choice. */
const MAX_GROUPS = 8;

/**
 * How fast pages were for people: of all page loads, then by the stage they were in, by the channel that the load is credited to,
 * and by the app in whose browser it was. Each has its number of `loads` and, per metric, what `describe` tells; null where no load
 * told that metric. The stage, channel or app is null where the event says none.
 *
 * @param {any[]} events complete events, in any order
 */
export function vitals(events) {
  const loads = events.filter(({ name }) => name === 'web_vitals').map(({ properties, journey, touchpoint, in_app }) => ({
    stage: STAGES.includes(journey?.stage) ? journey.stage : null, channel: touchpoint?.channel ?? null, app: in_app?.network ?? null, properties,
  }));
  const stages = group(loads, 'stage').sort((a, b) => orderOf(a.name) - orderOf(b.name));
  const bySize = (name) => group(loads, name).sort((a, b) => b.loads - a.loads);
  const [channels, apps] = [bySize('channel'), bySize('app')];
  return {
    thresholds: THRESHOLDS,
    all: figures(loads),
    stages,
    channels: channels.slice(0, MAX_GROUPS),
    more_channels: Math.max(0, channels.length - MAX_GROUPS),
    // Without any app there is nothing to compare.
    apps: apps.some(({ name }) => name !== null) ? apps.slice(0, MAX_GROUPS) : [],
    more_apps: Math.max(0, apps.length - MAX_GROUPS),
  };
}

const orderOf = (stage) => (stage === null ? STAGES.length : STAGES.indexOf(stage));

function group(loads, by) {
  const groups = new Map();
  for (const load of loads) groups.set(load[by], groups.get(load[by]) ?? []).get(load[by]).push(load);
  return [...groups].map(([name, own]) => ({ name, ...figures(own) }));
}

const figures = (loads) => ({
  loads: loads.length,
  ...Object.fromEntries(Object.keys(THRESHOLDS).map((metric) => [metric, describe(loads.map(({ properties }) => number(properties[metric])), THRESHOLDS[metric])])),
});

/**
 * The 75th percentile of the values that are known (the smallest that at least three quarters do not exceed), its rating, and how many
 * values are `good`, `fair` (need improvement) and `poor`.
 *
 * @returns {{ p75: number, rating: 'good' | 'fair' | 'poor', good: number, fair: number, poor: number } | null} null where none is known
 */
function describe(given, { good, poor }) {
  const values = given.filter((value) => value !== null && value >= 0).sort((a, b) => a - b);
  if (values.length === 0) return null;
  const rate = (value) => (value <= good ? 'good' : value <= poor ? 'fair' : 'poor');
  const p75 = values[Math.ceil(values.length * PERCENTILE) - 1];
  const counts = { good: 0, fair: 0, poor: 0 };
  for (const value of values) counts[rate(value)] += 1;
  return { p75, rating: rate(p75), ...counts };
}
