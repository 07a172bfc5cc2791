import { ofDocument } from '../browser/of-document.js';
import type { Plugin } from '../plugin.js';
import { plainArrival } from '../privacy/marketing.js';
import { advance, resolveRules, type JourneyOptions } from './journey.js';
import { isStage } from './models.js';
import { mergeJourneys, progressIn, reviveJourney, START, unseen, withTouchpoints, type JourneyState, type Progress } from './state.js';
import { creditedTouchpoint, unpackTouchpoints, type Touchpoint } from './touchpoints.js';

/** A snapshot of the visitor's journey, in the tracker's first model. */
export interface JourneySnapshot extends Progress {
  /** Whether there was an order, in whatever loop. */
  bought: boolean;
  /** The arrivals that are remembered, oldest first: the first ever, the last that was not direct, and the latest 20. */
  touchpoints: readonly Touchpoint[];
}

/** What `stages` adds to the tracker. */
export interface JourneyMethods {
  /** Returns the journey as this page knows it: a copy, made from memory. */
  journey(): JourneySnapshot;
}

/** What `stages` can be told. */
export interface StagesOptions extends JourneyOptions {
  /** Mirrors the visitor's stage as `data-journey-stage` on `<html>`, for style sheets. Default: false. */
  stageAttribute?: boolean | undefined;
}

/**
 * Gives every event its place in the visitor's journey, which is kept over pages and visits.
 *
 * @throws TypeError for a model that is none
 */
export function stages({ stageAttribute, ...options }: StagesOptions = {}): Plugin<JourneyMethods> {
  const rules = resolveRules(options);
  const { models } = rules;
  const model = models[0]!;

  return ({ enrich, known, memory, merges, screen, tracker, emit, reject, report, safe, stops, watch }) => {
    let looked: JourneyState | undefined;
    let sound = START;
    /** Returns the state, or that of a newcomer where it is none. Looks at each state once. */
    function revive(state: JourneyState = START): JourneyState {
      if (state !== looked) {
        const revived = reviveJourney((looked = state));
        if (!revived) report('journey_lost', 'it starts anew');
        sound = revived ?? START;
      }
      return sound;
    }
    enrich.push((draft, profile, fields, context) => {
      const { stage } = draft;
      if (stage !== undefined && !isStage(stage, models)) reject('stage', model.names, stage);
      const { state, step } = advance(rules, revive(profile.journey), { ...draft, cart: !!profile.cart });
      profile.journey = looked = sound = state;
      fields.journey = step;
      context.touchpoint = creditedTouchpoint(state);
    });
    merges.push((mine, theirs) => {
      mine.journey = mergeJourneys(revive(mine.journey), revive(theirs.journey), models);
    });
    screen.scrubs.push((profile) => {
      const state = revive(profile.journey);
      profile.journey = withTouchpoints(state, unpackTouchpoints(state).map(plainArrival));
    });
    tracker.on('event', ({ name, journey }) => journey && journey.move !== 'stay' && emit('stage', { ...journey, event: name }));

    const state = () => revive(memory.profile()?.journey);
    if (stageAttribute) {
      watch(() => {
        const { dataset } = ofDocument('documentElement');
        const clear = () => delete dataset.journeyStage;
        const mirror = safe(() => {
          const stage = progressIn(state(), model)?.stage;
          if (stage && dataset.journeyStage !== stage) dataset.journeyStage = stage;
        });
        known(mirror);
        stops.push(tracker.on('event', mirror), tracker.on('reset', clear), clear);
      });
    }
    return {
      journey() {
        const now = state();
        return {
          ...(progressIn(now, model) ?? unseen(1)),
          bought: now.bought,
          touchpoints: unpackTouchpoints(now),
        };
      },
    };
  };
}
