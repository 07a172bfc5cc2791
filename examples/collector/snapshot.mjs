import { touchesByChannel } from './attribution.mjs';
import { cartsOf } from './carts.mjs';
import { dropOuts } from './drop-outs.mjs';
import { stageFlows } from './flows.mjs';
import { funnel, sequenceGaps, visitorPaths } from './journeys.mjs';
import { shareChains } from './share-chains.mjs';
import { MODELS, walkStages } from './stages.mjs';

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
 * @param {{ now: number, abandonedAfterMs: number, model?: (typeof MODELS)[number], memory?: Map<string, any> }} options times in
 *   milliseconds; `model` is the one in whose stages flows and drop-outs are told, default: the canonical one; `memory` is that of `walkStages`
 */
export function takeSnapshot(store, { now, abandonedAfterMs, model = MODELS[0], memory }) {
  const events = store.latestVisitors();
  const paths = visitorPaths(events);
  const carts = cartsOf(events, { now, abandonedAfterMs }).filter(({ state }) => state !== 'empty');
  const gaps = sequenceGaps(events);
  const walks = walkStages(events, { model, now, memory });
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
    flows: stageFlows(walks, model),
    touches: touchesByChannel(events),
    drop_outs: dropOuts(walks, carts, model),
    shares: shareChains(events),
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
