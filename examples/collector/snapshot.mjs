import { abandonments } from './abandonments.mjs';
import { arrivalsByChannel } from './arrivals.mjs';
import { touchesByChannel } from './attribution.mjs';
import { setBotsApart } from './bots.mjs';
import { cartsOf } from './carts.mjs';
import { dropOuts } from './drop-outs.mjs';
import { withOwner } from './event.mjs';
import { stageFlows } from './flows.mjs';
import { funnel, visitorPaths } from './journeys.mjs';
import { shareChains } from './share-chains.mjs';
import { MODELS, walkStages } from './stages.mjs';
import { sumValues } from './values.mjs';
import { vitals } from './vitals.mjs';

/** What the live page can hold without becoming unreadable. Our choice. */
const RECENT_EVENTS = 100;
const SHOWN_VISITORS = 30;
const SHOWN_CARTS = 60;
const SHOWN_STEPS = 60;

/**
 * Everything that the live page shows, at one moment. `cursor` is the row of the latest event in it.
 *
 * @param {ReturnType<import('./store.mjs').openStore>} store
 * @param {{ now: number, abandonedAfterMs: number, model?: (typeof MODELS)[number], memory?: Map<string, any> }} options times in
 *   milliseconds; `model` is the one in whose stages flows and drop-outs are told, default: the canonical one; `memory` is that of `walkStages`
 */
export function takeSnapshot(store, { now, abandonedAfterMs, model = MODELS[0], memory }) {
  const { people: events, bots } = setBotsApart(store.latestVisitors().map(withOwner));
  // A page view without identifiers is a visit of its own: it says what was looked at and bought, and nothing of a way through the shop.
  const [known, anonymous] = [false, true].map((is) => events.filter(({ visitor }) => Boolean(visitor.anonymous) === is));
  const paths = visitorPaths(known);
  const carts = cartsOf(known, { now, silentAfterMs: abandonedAfterMs }).filter(({ state }) => state !== 'empty');
  const walks = walkStages(known, { model, now, memory });
  return {
    now: new Date(now).toISOString(),
    cursor: store.lastRow(),
    abandoned_after_ms: abandonedAfterMs,
    events: store.latestEvents(RECENT_EVENTS).map(withOwner),
    visitors: {
      count: paths.length,
      anonymous: { visits: new Set(anonymous.map(({ visitor }) => visitor.id)).size, events: anonymous.length },
      shown: paths.slice(0, SHOWN_VISITORS).map((path) => ({ ...path, steps: path.steps.slice(-SHOWN_STEPS) })),
    },
    bots,
    funnel: funnel(events),
    arrivals: arrivalsByChannel(events),
    flows: stageFlows(walks, model),
    touches: touchesByChannel(events),
    drop_outs: dropOuts(walks, carts, model),
    shares: shareChains(known),
    carts: { totals: totalsByState(carts), shown: carts.slice(0, SHOWN_CARTS) },
    abandonments: abandonments(known),
    vitals: vitals(events),
    // Of all that was sent, whoever sent it.
    delivery: store.delivery(now),
  };
}

/** How many carts there are of each state, and what they are worth; `silent` are some of the open ones, `provisional` of the abandoned ones. */
function totalsByState(carts) {
  const total = (isOne) => {
    const own = carts.filter(isOne);
    return { count: own.length, values: sumValues(own) };
  };
  return {
    open: total(({ state }) => state === 'open'),
    silent: total(({ silent }) => silent),
    abandoned: total(({ state }) => state === 'abandoned'),
    provisional: total(({ state, left }) => state === 'abandoned' && left.provisional),
    bought: total(({ state }) => state === 'bought'),
  };
}
