import { stageOf, type Model, type ModelTable } from './model.js';
import { canonicalModel, canonicalStage } from './default-model.js';
import { fits, progressIn, unseen, withTouchpoints, type JourneyState, type Progress } from './state.js';
import { unpackTouchpoints, type Touchpoint } from './touchpoints.js';

/** What an event did to the visitor's stage. */
export type Move = 'enter' | 'forward' | 'skip' | 'back' | 'loop' | 'stay';

/** What the journey needs to know of an event. */
export interface JourneyEvent {
  name: string;
  /** Milliseconds since 1970, or ISO 8601. Where it is left out or no time: the time of the event before. */
  time?: number | string;
  properties?: Record<string, unknown>;
  /** The stage that the shop gave the event itself: of a model named, or a canonical one. Any other is passed over. */
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
  /** The event's stage in the other models, by name; absent where there is none. The canonical model, `journey`, is always known. */
  stages?: Record<string, string>;
  /** The arrivals that led to a conversion, oldest first; absent where the event is none. */
  path?: Touchpoint[];
}

/** How journeys are walked. */
export interface JourneyOptions {
  /** The models, each name once: the first is the one that moves are told in. By name, or from `defineModel`. Default: `journey` alone. */
  models?: readonly (Model | string)[] | undefined;
  /** Names of the shop's own events that are a goal, such as `sign_up`: to every model they are a purchase, `@purchase`. Default: none. */
  goals?: readonly string[] | undefined;
  /** A pause after which the next touchpoint begins a new loop, in days, above 0. Default: 90. */
  dormantDays?: number | undefined;
}

/** An event of which everything is said. */
export type KnownEvent = JourneyEvent & { time: number; properties: Record<string, unknown>; cart: boolean };

/** What an event did in one model, or in several, the first of which tells its step. */
export interface Moved {
  /** The event's own stage; undefined where it has none. */
  own: string | undefined;
  /** Whether the event reaches a goal. */
  isGoal: boolean;
  step: Step;
  /** Where the visitor is now, by name of the model. */
  progress: Record<string, Progress>;
}

/** How journeys are walked. */
export interface Rules {
  /** The first is the one that moves are told in; the canonical one is among them. */
  models: readonly ModelTable[];
  goals: readonly string[];
  dormantMs: number;
  /**
   * Returns what an event does in all models, which are more than the canonical one.
   *
   * @param canonical what it does there
   * @param known what conditions of rules can ask for beside `newcomer` and `customer`
   * @param wakes whether a new loop begins, whatever the event
   */
  moveInOthers?(
    canonical: Moved,
    before: JourneyState,
    event: JourneyEvent,
    known: Record<string, unknown>,
    wakes: boolean,
  ): Moved;
}

/** A pause after which the next touchpoint begins a new loop, in days. Source: the design; a season. */
export const DORMANT_DAYS = 90;

/** Returns how journeys are walked by the canonical model alone. */
export const canonicalRules = ({ goals, dormantDays }: Pick<Rules, 'goals'> & { dormantDays: number }): Rules => ({
  models: [canonicalModel],
  goals,
  dormantMs: dormantDays * 24 * 3_600_000,
});

/** Whether an event is what it shows. The page of an order is where a purchase shows, and none by itself: what is done there says so, and once. */
export const isDone = (name: string): boolean => name !== 'page_view';

/** Whether an event is an arrival, of whatever name. */
export const isLanding = (name: string): boolean => /^(social_)?landing$/.test(name);

/**
 * Returns where an event takes a visitor in a model.
 *
 * @param from where the visitor was
 * @param own the event's own stage, if it has one
 * @param isGoal whether that is the model's goal
 * @param wakes whether a new loop begins, whatever the event
 */
export function moveIn(
  { name, names, loopOn, start }: ModelTable,
  from: Progress,
  own: string | undefined,
  isGoal: boolean,
  wakes: boolean,
): Moved {
  const isLoop = wakes || (from.customer && loopOn.includes(own!));
  const at = isLoop ? unseen(from.loop + 1) : from;
  const { loop } = at;
  const stage = own ?? at.stage ?? start;
  const place = names.indexOf(stage);
  const steps = place - names.indexOf(from.stage!);
  const along = steps < 0 ? 'back' : steps > 1 ? 'skip' : steps ? 'forward' : 'stay';
  const furthest = names[Math.max(place, names.indexOf(at.furthest!))]!;
  return {
    own,
    isGoal,
    step: { stage, move: isLoop ? 'loop' : from.stage ? along : 'enter', from: from.stage, loop, furthest },
    progress: { [name]: { stage, loop, furthest, customer: at.customer || isGoal } },
  };
}

/** Returns an arrival as it is remembered; nothing of another event, or of one that says no channel. Campaigns come last: see `keepTouchpoints`. */
function touchpointsOf({ name, properties, time }: KnownEvent, stage: string): Touchpoint[] {
  const { channel, network, paid, by, share, campaign } = properties as unknown as Touchpoint;
  return isLanding(name) && /^"(?!internal)[a-z_]+"$/.test(JSON.stringify(channel))
    ? [{ time: new Date(time).toISOString(), channel, network, paid, by, stage, share, campaign }]
    : [];
}

/** Returns what conditions of rules can ask for beside `newcomer` and `customer`. */
function knownOf({ cart, properties }: KnownEvent, bought: boolean): Record<string, unknown> {
  const { rating, sentiment } = properties;
  const pleased = (typeof rating === 'number' && rating >= 4) || sentiment === 'positive';
  return { ...properties, bought, cart, pleased };
}

/** Whether an event is a conversion whatever its stage: a customer's next order is of the stage of retention. */
const isOrder = (name: string): boolean => /^(purchase|subscribe)$/.test(name);

/**
 * Takes one event into the journey. Pure: returns the new state and the event's step.
 *
 * A new loop begins when a customer shows new interest, or with the first touchpoint after a dormant spell.
 */
export function advance(rules: Rules, before: JourneyState, event: KnownEvent): { state: JourneyState; step: Step } {
  const { goals, dormantMs } = rules;
  const { name, time } = event;
  const known = knownOf(event, before.bought);
  const isArrival = isLanding(name);
  const from = progressIn(before, canonicalModel) ?? unseen(1);

  function move(wakes: boolean): Moved {
    const { stage, customer } = wakes ? unseen(1) : from;
    const own =
      canonicalStage(event.stage) ??
      (goals.includes(name)
        ? canonicalModel.goal
        : stageOf(canonicalModel, [isArrival ? 'landing' : name], { ...known, newcomer: !stage, customer }));
    const isGoal = own === canonicalModel.goal && isDone(name);
    const canonical = moveIn(canonicalModel, from, own, isGoal, wakes);
    return rules.moveInOthers?.(canonical, before, event, known, wakes) ?? canonical;
  }

  const isDormant = !!from.stage && time - before.last > dormantMs;
  let moved = move(isDormant);
  // A dormant visitor stays dormant until a touchpoint wakes the journey.
  const sleeps = isDormant && !isArrival && !moved.own;
  if (sleeps) moved = move(false);

  const { isGoal, progress, step } = moved;
  const last = sleeps ? before.last : Math.max(before.last, time);
  let state: JourneyState = { ...before, last, progress, bought: before.bought || name === 'purchase' };
  const arrivals = touchpointsOf(event, step.stage);
  if (arrivals.length || !fits(state)) state = withTouchpoints(state, [...unpackTouchpoints(before), ...arrivals]);
  const path = isGoal || isOrder(name) ? { path: unpackTouchpoints(state) } : {};
  return { state, step: { ...step, ...path } };
}
