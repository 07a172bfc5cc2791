import { cartsOf } from './carts.mjs';
import { funnel, sequenceGaps, visitorPaths } from './journeys.mjs';

/** What the live page can hold without becoming unreadable. Our choice. */
const RECENT_EVENTS = 100;
const SHOWN_VISITORS = 30;
const SHOWN_CARTS = 60;
const SHOWN_GAPS = 20;
const SHOWN_STEPS = 60;

/**
 * Everything that the live page shows, at one moment. `cursor` is the row of the latest event in it.
 *
 * @param {ReturnType<import('./store.mjs').openStore>} store
 * @param {{ now: number, abandonedAfterMs: number }} options both in milliseconds
 */
export function takeSnapshot(store, { now, abandonedAfterMs }) {
  const events = store.latestVisitors();
  const paths = visitorPaths(events);
  const carts = cartsOf(events, { now, abandonedAfterMs }).filter(({ state }) => state !== 'empty');
  const gaps = sequenceGaps(events);
  return {
    now: new Date(now).toISOString(),
    cursor: store.lastRow(),
    abandoned_after_ms: abandonedAfterMs,
    events: store.latestEvents(RECENT_EVENTS),
    visitors: {
      count: paths.length,
      shown: paths.slice(0, SHOWN_VISITORS).map((path) => ({ ...path, steps: path.steps.slice(-SHOWN_STEPS) })),
    },
    funnel: funnel(events),
    carts: { totals: totalsByState(carts), shown: carts.slice(0, SHOWN_CARTS) },
    delivery: {
      ...store.delivery(),
      missing: gaps.reduce((sum, gap) => sum + gap.missing, 0),
      gaps: gaps.slice(0, SHOWN_GAPS).map((gap) => ({ ...gap, ranges: gap.ranges.slice(0, SHOWN_GAPS) })),
    },
  };
}

/** Per state: how many carts, and their value per currency. */
function totalsByState(carts) {
  const totals = {};
  for (const state of ['open', 'abandoned', 'bought']) {
    const own = carts.filter((cart) => cart.state === state);
    const values = new Map();
    for (const { currency, value } of own) values.set(currency, (values.get(currency) ?? 0) + value);
    totals[state] = { count: own.length, values: [...values].map(([currency, value]) => ({ currency, value })) };
  }
  return totals;
}
