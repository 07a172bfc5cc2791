import { aidaModel, createJourney, funnelModel, journeyModel, mckinseyModel, momentsModel } from 'waymark/journey';
import { followCarts } from './carts.mjs';
import { ownerOf } from './event.mjs';
import { happened, inOrder, isDone } from './journeys.mjs';

/** The models that the live page can tell the journeys in. The first is the default, and the one that every tracker knows. */
export const MODELS = [journeyModel, aidaModel, funnelModel, mckinseyModel, momentsModel];

/** A pause after which a visitor has left, in milliseconds: the tracker's own length of a session. */
export const LEFT_AFTER_MS = 30 * 60_000;

/** The stage of a model in which somebody buys for the first time. */
export const purchaseStage = (model) => createJourney({ models: [model] }).record({ name: 'purchase' }).stage;

/**
 * Where each visitor was, in one model: per visitor the events in order with their stages, whether an event began a new `loop`,
 * and whether the visitor has left by now. Without a visitor, each page view is one.
 *
 * What the tracker says of an event counts. What it does not say, since it named another model or none, is found out from the
 * events, by the package's own rules.
 *
 * @param {any[]} events complete events, in any order
 * @param {{ model: (typeof MODELS)[number], now: number, memory?: Map<string, Map<string, any>> }} options `now` in milliseconds.
 *   `memory` is kept from call to call, so that only visitors of whom there is news cost time: stored events do not change
 * @returns {Map<string, { steps: { event: any, stage: string, loop: boolean }[], left: boolean }>} by whose the events are (`ownerOf`)
 */
export function walkStages(events, { model, now, memory = new Map() }) {
  const visitors = new Map();
  for (const event of inOrder(events)) {
    const own = visitors.get(ownerOf(event)) ?? [];
    visitors.set(ownerOf(event), own);
    own.push(event);
  }
  const former = memory.get(model.name);
  // Those who are not looked at any more are forgotten.
  const walks = new Map([...visitors].map(([id, own]) => {
    const known = former?.get(id);
    return [id, known?.stages.length === own.length && known.last === own.at(-1).id ? known : { last: own.at(-1).id, stages: walk(own, model) }];
  }));
  memory.set(model.name, walks);
  return new Map([...visitors].map(([id, own]) => [id, {
    steps: own.map((event, index) => ({ event, ...walks.get(id).stages[index] })),
    left: now - Date.parse(happened(own.findLast(isDone) ?? own.at(-1))) > LEFT_AFTER_MS,
  }]));
}

/** The stage of each event, and whether it began a new loop. */
function walk(events, model) {
  // Most trackers say all that there is to know in the canonical model: then there is nothing to find out.
  if (events.every(({ journey }) => journey && tellsMoves(journey, model))) return events.map((event) => told(event, model));
  const carts = followCarts();
  let state;
  return events.map((event) => {
    const { name, time, properties, journey: said } = event;
    const recorded = said && canonicalStage(said);
    const record = (stage) => {
      const journey = createJourney({ models: [model] }, state);
      const step = journey.record({ name, time, properties, cart: carts.filled, stage });
      // Arrivals are most of a state, and no rule asks for them.
      return { step, after: { ...journey.state, words: [], touches: [] } };
    };
    let { step, after } = record(undefined);
    // The tracker knew more: a stage that the shop gave the event, or visits that are not stored here. Then its word counts, and
    // what follows begins from there.
    if (recorded && recorded !== (step.stages?.journey ?? step.stage)) ({ step, after } = record(recorded));
    state = after;
    carts.take(event);
    if (said && tellsMoves(said, model)) return told(event, model);
    return { stage: (said && toldStage(said, model)) ?? step.stage, loop: step.move === 'loop' };
  });
}

/** What a tracker whose own model this is says of an event. */
const told = (event, model) => ({ stage: toldStage(event.journey, model), loop: event.journey.move === 'loop' });

/** Moves are told in the tracker's first model alone. That one is the canonical one unless `stages` has the canonical one beside it. */
const tellsMoves = (journey, model) => model === journeyModel && !journey.stages?.journey && toldStage(journey, model) !== undefined;

/** The event's stage in the canonical model, as the tracker said it; undefined where it said none that there is. */
const canonicalStage = (told) => toldStage(told, journeyModel);

function toldStage({ stage, stages }, { name, names }) {
  const own = (stages && Object.hasOwn(stages, name) ? stages[name] : undefined) ?? (name === journeyModel.name ? stage : undefined);
  return names.includes(own) ? own : undefined;
}
