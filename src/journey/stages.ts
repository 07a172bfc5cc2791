import type { Plugin } from '../plugin.js';
import { toJson } from '../util/json.js';
import { advance, DORMANT_MS, START, type JourneyState } from './journey.js';
import type { Model } from './model.js';
import { journeyModel } from './models.js';
import { creditedTouchpoint, type Touchpoint } from './touchpoints.js';

/** A snapshot of the visitor's journey. */
export interface JourneySnapshot extends Pick<JourneyState, 'stage' | 'loop' | 'furthest' | 'customer' | 'first'> {
  /** The latest arrivals, oldest first, at most 20. */
  touchpoints: readonly Touchpoint[];
}

/** What `stages` adds to the tracker. */
export interface JourneyMethods {
  /** Returns a copy of the journey as this page knows it. */
  journey(): JourneySnapshot;
}

/**
 * Gives every event its place in the visitor's journey, which is kept over pages and visits.
 *
 * @param model the stages and rules; default: the six stages of `journeyModel`
 * @param dormantMs a pause after which the next touchpoint begins a new loop, in milliseconds; default: 90 days
 */
export const stages =
  (model: Model = journeyModel, dormantMs = DORMANT_MS): Plugin<JourneyMethods> =>
  ({ enrich, memory, tracker, emit, reject }) => {
    enrich.push((draft, profile, fields, context) => {
      const { stage } = draft;
      if (stage !== undefined && !model.stages.includes(stage)) reject('stage', model.stages, stage);
      const { state, step } = advance(model, profile.journey, { ...draft, cart: !!profile.cart }, dormantMs);
      profile.journey = state;
      fields.journey = step;
      context.touchpoint = creditedTouchpoint(state);
    });
    tracker.on('event', ({ name, journey }) => journey && journey.move !== 'stay' && emit('stage', { ...journey, event: name }));
    return {
      journey() {
        const { latest, last: _last, ...known } = JSON.parse(toJson(memory.profile()?.journey ?? START)) as JourneyState;
        return { ...known, touchpoints: latest };
      },
    };
  };
