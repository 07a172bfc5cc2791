import { stageOf, type Model } from './model.js';
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
  /** The visitor's stage; null before the first event. */
  stage: string | null;
  /** 1 for the first way from contact to purchase and after. */
  loop: number;
  /** The furthest stage of this loop. */
  furthest: string | null;
  /** Whether the model's goal was reached in this loop. */
  customer: boolean;
  /** When something last happened, in milliseconds since 1970. */
  last: number;
}

/** A pause after which the next touchpoint begins a new loop, in milliseconds: 90 days. */
export const DORMANT_MS = 90 * 24 * 3_600_000;

/** The journey of a visitor never seen before. */
export const START: JourneyState = { stage: null, loop: 1, furthest: null, customer: false, last: 0, latest: [] };

/**
 * Takes one event into the journey. Pure: returns the new state and the event's step.
 *
 * A new loop begins when a customer shows new interest, or with the first touchpoint after a dormant spell.
 */
export function advance(model: Model, before: JourneyState = START, event: JourneyEvent, dormantMs = DORMANT_MS): { state: JourneyState; step: Step } {
  const { stages } = model;
  const { name, cart = false, properties = {} } = event;
  const { rating, sentiment } = properties;
  const time = Number(new Date(event.time ?? NaN)) || before.last;
  const pleased = (typeof rating === 'number' && rating >= 4) || sentiment === 'positive';
  const stageIn = ({ stage, customer }: JourneyState) => stageOf(model, event, { newcomer: !stage, customer, cart, pleased });

  const rested: JourneyState = { ...before, stage: null, furthest: null, customer: false, loop: before.loop + 1 };
  const isDormant = before.stage && time - before.last > dormantMs;
  let start = isDormant ? rested : before;
  const own = stageIn(start);
  // A dormant visitor stays dormant until a touchpoint wakes the journey.
  if (isDormant && !own) start = before;
  if (start.customer && model.loopOn.includes(own!)) start = rested;
  const isLoop = start === rested;

  const stage = own ?? start.stage ?? stages[0]!;
  const steps = stages.indexOf(stage) - stages.indexOf(before.stage!);
  const along = steps < 0 ? 'back' : steps > 1 ? 'skip' : steps ? 'forward' : 'stay';
  const furthest = stages[Math.max(stages.indexOf(stage), stages.indexOf(start.furthest!))]!;
  const last = isDormant && !isLoop ? before.last : Math.max(before.last, time);
  const state: JourneyState = { ...start, stage, furthest, customer: start.customer || stage === model.goal, last };
  if (/^(social_)?landing$/.test(name) && properties.channel) {
    const { channel, network, paid, by, campaign } = properties as unknown as Touchpoint;
    Object.assign(state, addTouchpoint(state, { channel, network, paid, by, campaign, time: new Date(time).toISOString(), stage }));
  }
  const move = isLoop ? 'loop' : before.stage ? along : 'enter';
  return { state, step: { stage, move, from: before.stage, loop: state.loop, furthest } };
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
