import { stageOf, type Model } from './model.js';
import { canonicalStage, findModel, journeyModel } from './models.js';
import { fits, progressIn, START, unseen, withTouchpoints, type JourneyState, type Progress } from './state.js';
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

/** The options, resolved. */
export interface Rules {
  /** The first is the one that moves are told in; the canonical one is among them. */
  models: readonly Model[];
  goals: readonly string[];
  dormantMs: number;
}

/** A pause after which the next touchpoint begins a new loop, in days. Source: the design; a season. */
export const DORMANT_DAYS = 90;

/**
 * Returns the options resolved.
 *
 * @throws TypeError for a model that is none, and for more than six
 */
export function resolveRules({ models = [], goals = [], dormantDays = DORMANT_DAYS }: JourneyOptions = {}): Rules {
  const found = (models.length ? models : [journeyModel]).map(findModel);
  // Every event has its canonical stage, whatever models a shop names.
  const all = found.includes(journeyModel) ? found : [...found, journeyModel];
  return { models: all, goals, dormantMs: dormantDays * 24 * 3_600_000 };
}

/**
 * Takes one event into the journey. Pure: returns the new state and the event's step.
 *
 * A new loop begins when a customer shows new interest, or with the first touchpoint after a dormant spell.
 */
export function advance({ models, goals, dormantMs }: Rules, before: JourneyState, event: JourneyEvent): { state: JourneyState; step: Step } {
  const { name, cart = false, properties = {} } = event;
  const { rating, sentiment } = properties;
  const said = canonicalStage(event.stage);
  const asked = said ?? (goals.includes(name) ? journeyModel.goal : undefined);
  const time = Number(new Date(event.time ?? NaN)) || before.last;
  const isArrival = /^(social_)?landing$/.test(name);
  const called = isArrival ? 'landing' : name;
  // The page of an order is where a purchase shows, and none by itself: what is done there says so, and once.
  const isDone = name !== 'page_view';
  const known = {
    bought: before.bought,
    cart,
    pleased: (typeof rating === 'number' && rating >= 4) || sentiment === 'positive',
  };

  const stageIn = (model: Model, events: string[], { stage, customer }: Progress) => stageOf(model, events, properties, { ...known, newcomer: !stage, customer });
  const canonicalIn = (progress: Progress) => asked ?? stageIn(journeyModel, [called], progress);
  /** Returns the event's own stage in a model, if any. What the shop says is not asked of the event's name. */
  const ownIn = (model: Model, progress: Progress, canonical = '') =>
    model.names.includes(event.stage!) ? event.stage : model === journeyModel ? canonical : stageIn(model, [said ? '' : called, `@${canonical}`], progress);

  const canonicalBefore = progressIn(before, journeyModel) ?? unseen(1);
  const fresh = unseen(canonicalBefore.loop + 1);
  const isDormant = canonicalBefore.stage && time - before.last > dormantMs;
  // A dormant visitor stays dormant until a touchpoint wakes the journey.
  const wakes = isDormant && (isArrival || !!ownIn(models[0]!, fresh, canonicalIn(fresh)));
  const canonical = canonicalIn(wakes ? fresh : canonicalBefore);

  /** Returns where the visitor is in a model that the journey does not know yet, by the canonical stage. */
  const adopt = (model: Model): Progress => {
    const stage = stageIn(model, [`@${canonicalBefore.stage}`], canonicalBefore) ?? null;
    return { ...canonicalBefore, stage, furthest: stage };
  };
  const progress: Record<string, Progress> = {};
  // What has grown must be made to fit; most events add nothing.
  let hasGrown = false;
  const [{ step, isGoal }] = models.map((model) => {
    const { names, goal, loopOn, start } = model;
    const from = progressIn(before, model) ?? adopt(model);
    let at = wakes ? unseen(from.loop + 1) : from;
    const own = ownIn(model, at, canonical) || null;
    if (at.customer && loopOn.includes(own!)) at = unseen(from.loop + 1);
    const { loop, customer } = at;
    const stage = own ?? at.stage ?? start;
    const furthest = names[Math.max(names.indexOf(stage), names.indexOf(at.furthest!))]!;
    const isGoal = isDone && [own, `@${canonical}`].includes(goal);
    progress[model.name] = { stage, loop, furthest, customer: customer || isGoal };
    const steps = names.indexOf(stage) - names.indexOf(from.stage!);
    const along = steps < 0 ? 'back' : steps > 1 ? 'skip' : steps ? 'forward' : 'stay';
    const move: Move = at !== from ? 'loop' : from.stage ? along : 'enter';
    hasGrown ||= move !== 'stay';
    return { isGoal, step: { stage, move, from: from.stage, loop, furthest } as Step };
  }) as [{ step: Step; isGoal: boolean }];

  const last = isDormant && !wakes ? before.last : Math.max(before.last, time);
  let state: JourneyState = { ...before, last, progress, bought: before.bought || name === 'purchase' };
  const arrivals: Touchpoint[] = [];
  if (isArrival && /^"(?!internal)[a-z_]+"$/.test(JSON.stringify(properties.channel))) {
    const { channel, network, paid, by, campaign, share } = properties as unknown as Touchpoint;
    arrivals.push({ time: new Date(time).toISOString(), channel, network, paid, by, stage: step.stage, share, campaign });
  }
  if (arrivals.length || (hasGrown && !fits(state))) state = withTouchpoints(state, [...unpackTouchpoints(before), ...arrivals]);

  const others = models.slice(1).map(({ name }) => [name, progress[name]!.stage]);
  if (others.length) step.stages = Object.fromEntries(others);
  if (/^(purchase|subscribe)$/.test(name) || (isDone && canonical === journeyModel.goal) || isGoal) step.path = unpackTouchpoints(state);
  return { state, step };
}

/** A journey that can be walked event by event, in a page or on a server. */
export interface Journey {
  /** Takes one event in and returns its stage, the move it made, and where that left the visitor. */
  record(event: JourneyEvent): Step;
  /** What to keep to go on later: plain JSON, at most 2 kB, for the second parameter of `createJourney`. */
  readonly state: JourneyState;
  /** The arrivals that are remembered, oldest first: the first ever, the last that was not direct, and the latest 20. */
  readonly touchpoints: readonly Touchpoint[];
}

/**
 * Returns a journey. Uses nothing of the browser.
 *
 * @param options models, goals, and when a visitor is dormant; default: the six stages of `journeyModel`
 * @param state where an earlier journey was left; default: a visitor never seen before
 * @throws TypeError for a model that is none
 */
export function createJourney(options?: JourneyOptions, state: JourneyState = START): Journey {
  const rules = resolveRules(options);
  return {
    record(event) {
      const after = advance(rules, state, event);
      state = after.state;
      return after.step;
    },
    get state() {
      return state;
    },
    get touchpoints() {
      return unpackTouchpoints(state);
    },
  };
}
