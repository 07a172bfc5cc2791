import { abandonments } from './abandonments.mjs';
import { anonymousFigures } from './anonymous.mjs';
import { arrivalsByChannel } from './arrivals.mjs';
import { touchesByChannel } from './attribution.mjs';
import { setBotsApart } from './bots.mjs';
import { cartsOf } from './carts.mjs';
import { consentSplit } from './consents.mjs';
import { dropOuts } from './drop-outs.mjs';
import { channelsOf, createFilter, cutWalks } from './filters.mjs';
import { stageFlows } from './flows.mjs';
import { funnel } from './funnel.mjs';
import { visitorPaths } from './journeys.mjs';
import { shareChains } from './share-chains.mjs';
import { MODELS, walkStages } from './stages.mjs';
import { arrivalsOverTime } from './timeline.mjs';
import { sumValues } from './values.mjs';
import { visitorTimeline } from './visitor.mjs';
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
 * @param {object} options
 * @param {number} options.now epoch milliseconds
 * @param {number} options.abandonedAfterMs
 * @param {(typeof MODELS)[number]} [options.model] the one in whose stages funnel, flows, drop-outs and a visitor's events are told; default: the canonical one
 * @param {keyof typeof import('./filters.mjs').RANGES} [options.range] the time that counts, default all
 * @param {string | null} [options.channel] only visitors who came by it, default all
 * @param {string | null} [options.visitor] id of the one whose events are told one by one, default none
 * @param {Map<string, any>} [options.memory] that of `walkStages`
 */
export function takeSnapshot(store, { now, abandonedAfterMs, model = MODELS[0], range = 'all', channel = null, visitor = null, memory }) {
  const all = store.latestVisitors();
  const { people, anonymous } = setBotsApart(all);
  const filter = createFilter(people, { range, channel, now });
  const { bots } = setBotsApart(all, filter.isInTime);
  const ofChosen = people.filter((event) => filter.isChosen(event.visitor.id));
  const inTime = ofChosen.filter(filter.isInTime);
  // A page view without identifiers is a visit of its own: it says what was looked at and bought, and nothing of a way through the shop.
  const alone = anonymous.filter(filter.counts);

  const seen = new Set(inTime.map((event) => event.visitor.id));
  const paths = visitorPaths(ofChosen).filter(({ id }) => seen.has(id));
  const known = cartsOf(ofChosen, { now, silentAfterMs: abandonedAfterMs }).filter(({ state }) => state !== 'empty');
  const carts = known.filter(({ touched, left }) => filter.isRecent(Date.parse(left?.at ?? touched)));
  // Of everybody, so that the memory serves all who look at the page, whatever they have chosen.
  const walks = walkStages(people, { model, now, memory });
  const chosenWalks = new Map([...walks].filter(([id]) => filter.isChosen(id)));
  const cut = cutWalks(walks, filter);
  return {
    now: new Date(now).toISOString(),
    cursor: store.lastRow(),
    abandoned_after_ms: abandonedAfterMs,
    choice: { range, channel, channels: channelsOf([...people, ...anonymous]) },
    events: store.latestEvents(RECENT_EVENTS),
    counted: { events: inTime.length + alone.length, all: people.length + anonymous.length },
    visitors: {
      count: paths.length,
      shown: paths.slice(0, SHOWN_VISITORS).map((path) => ({ ...path, steps: path.steps.slice(-SHOWN_STEPS) })),
      names: paths.map(({ id, user_id, events, touchpoints: [first] }) => ({ id, user_id, events, arrival: first ? { channel: first.channel, network: first.network } : null })),
    },
    visitor: visitor === null ? null : visitorTimeline(walks, visitor, model),
    bots,
    funnel: funnel(cut, walkStages(alone, { model, now }), model),
    arrivals: arrivalsByChannel([...inTime, ...alone]),
    over_time: arrivalsOverTime([...inTime, ...alone], { since: filter.since, now }),
    flows: stageFlows(cut, model),
    touches: touchesByChannel([...ofChosen, ...alone], filter),
    drop_outs: dropOuts(chosenWalks, known, model, filter.isRecent),
    shares: shareChains(people, (id, time) => filter.isChosen(id) && filter.isRecent(time)),
    carts: { totals: totalsByState(carts), shown: carts.slice(0, SHOWN_CARTS) },
    abandonments: abandonments(ofChosen, filter.isInTime),
    vitals: vitals([...inTime, ...alone]),
    anonymous: anonymousFigures(alone),
    consents: consentSplit([...inTime, ...alone]),
    // Of all that was sent, whoever sent it and whenever.
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
