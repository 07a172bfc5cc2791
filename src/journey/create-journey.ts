import { advance, type JourneyEvent, type JourneyOptions, type Step } from './journey.js';
import { resolveRules } from './models.js';
import { START, type JourneyState } from './state.js';
import { unpackTouchpoints, type Touchpoint } from './touchpoints.js';

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
      const time = Number(new Date(event.time ?? NaN)) || state.last;
      const after = advance(rules, state, { properties: {}, cart: false, ...event, time });
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
