import { stageOf, type Fact, type Model } from './model.js';
import { journeyModel } from './models.js';
import { addTouchpoint, type Touchpoint, type Touchpoints } from './touchpoints.js';

/** What an event did to the visitor's stage. */
export type Move = 'enter' | 'forward' | 'skip' | 'back' | 'loop' | 'stay';

/** What the journey needs to know of an event. */
export interface JourneyEvent {
  name: string;
  /** Milliseconds since 1970, or ISO 8601. Where it is left out or no time: the time of the event before. */
  time?: number | string;
  properties?: Record<string, unknown>;
  /** The stage that the shop gave the event itself; one that the model does not have is passed over. */
  stage?: string | undefined;
  /** Whether there is something in the cart. */
  cart?: boolean;
}

/** Where an event stands in the journey, as it travels with the event. */
export interface Step {
  /** The stage of the event; the visitor's stage where it has none of its own. */
  stage: string;
  move: Move;
  /** The visitor's stage before; null for the first event. */
  from: string | null;
  /** 1 for the first way from contact to purchase and after, 2 for the next … */
  loop: number;
  /** The furthest stage of this loop, this event included. */
  furthest: string;
}

/** All that a journey remembers. Plain JSON. */
export interface JourneyState extends Touchpoints {
  stage: string | null;
  loop: number;
  furthest: string | null;
  customer: boolean;
  /** When something last happened, in milliseconds since 1970. */
  last: number;
}

/** A pause after which the next touchpoint begins a new loop, in milliseconds: 90 days. */
export const DORMANT_MS = 90 * 24 * 3_600_000;

const START: JourneyState = { stage: null, loop: 1, furthest: null, customer: false, last: 0, latest: [] };

function factsOf(state: JourneyState, { properties = {}, cart }: JourneyEvent): Set<Fact> {
  const facts = new Set<Fact>();
  if (!state.stage) facts.add('newcomer');
  if (state.customer) facts.add('customer');
  if (cart) facts.add('cart');
  if (Number(properties.rating) >= 4 || properties.sentiment === 'positive') facts.add('pleased');
  return facts;
}

/** Tells the move from one stage to another; `null` stands for "nowhere yet". */
function moveBetween(stages: readonly string[], from: string | null, to: string): Move {
  if (!from) return 'enter';
  const steps = stages.indexOf(to) - stages.indexOf(from);
  if (steps === 0) return 'stay';
  return steps < 0 ? 'back' : steps === 1 ? 'forward' : 'skip';
}

/**
 * Takes one event into the journey. Pure: returns the new state and the event's step.
 *
 * A new loop begins when a customer shows new interest, or with the first touchpoint after a dormant spell.
 */
export function advance(
  model: Model,
  before: JourneyState = START,
  event: JourneyEvent,
  dormantMs = DORMANT_MS,
): { state: JourneyState; step: Step } {
  const time = new Date(event.time ?? before.last).getTime() || before.last;
  const known = (stage: string | null) => (stage && model.stages.includes(stage) ? stage : null);
  const from = known(before.stage);
  const rested: JourneyState = { ...before, stage: null, furthest: null, customer: false, loop: before.loop + 1 };

  let start: JourneyState = { ...before, stage: from, furthest: known(before.furthest) };
  let own = stageOf(model, event, factsOf(start, event));
  const isDormant = from !== null && time - before.last > dormantMs;
  const buysAnew = before.customer && own !== undefined && model.loopOn.includes(own);
  // Asked again, since a landing means something else to a visitor who starts anew.
  const ownInNewLoop = isDormant || buysAnew ? stageOf(model, event, factsOf(rested, event)) : undefined;
  if (ownInNewLoop) {
    start = rested;
    own = ownInNewLoop;
  }

  const stage = own ?? start.stage ?? model.stages[0]!;
  const reached = Math.max(model.stages.indexOf(stage), model.stages.indexOf(start.furthest ?? ''));
  const furthest = model.stages[reached]!;
  let state: JourneyState = {
    ...start,
    stage,
    furthest,
    customer: start.customer || stage === model.goal,
    // A dormant visitor stays dormant until a touchpoint wakes the journey.
    last: isDormant && !ownInNewLoop ? before.last : Math.max(before.last, time),
  };
  if (/^(social_)?landing$/.test(event.name)) {
    const { channel = 'direct', network = null, paid = null, by = null, campaign } = (event.properties ?? {}) as Partial<Touchpoint>;
    const touchpoint = { channel, network, paid, by, ...(campaign && { campaign }), time: new Date(time).toISOString(), stage };
    state = { ...state, ...addTouchpoint(state, touchpoint) };
  }
  const move = ownInNewLoop ? 'loop' : moveBetween(model.stages, from, stage);
  return { state, step: { stage, move, from, loop: state.loop, furthest } };
}

/** A journey that can be walked event by event, in a page or on a server. */
export interface Journey {
  /** Takes one event in and returns its stage, the move it made, and where that left the visitor. */
  record(event: JourneyEvent): Step;
  /** What to keep to go on later: plain JSON, for the second parameter of `createJourney`. */
  readonly state: JourneyState;
}

/**
 * Returns a journey. Uses nothing of the browser.
 *
 * @param model the stages and rules; default: the six stages of `journeyModel`
 * @param state where an earlier journey was left; default: a visitor never seen before
 */
export function createJourney(model: Model = journeyModel, state: JourneyState = START): Journey {
  return {
    record(event) {
      const after = advance(model, state, event);
      state = after.state;
      return after.step;
    },
    get state() {
      return state;
    },
  };
}
