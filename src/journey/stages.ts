import { commerceOf } from '../commerce/state.js';
import type { Plugin, PluginApi } from '../plugin.js';
import { plainArrival } from '../privacy/marketing.js';
import { wrong } from '../util/show.js';
import { isStage } from './default-model.js';
import { advance, type JourneyOptions, type Rules } from './journey.js';
import {
  mergeJourneys,
  progressIn,
  reviveJourney,
  START,
  unseen,
  withTouchpoints,
  type JourneyState,
  type Progress,
} from './state.js';
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

/** Gives every event its place in the visitor's journey, which is kept over pages and visits: as `stages` does, by models that are there already. */
export function stagesBy(rules: Rules): Plugin<JourneyState, JourneyMethods> {
  const { models } = rules;
  const model = models[0]!;
  let api: PluginApi | undefined;

  return {
    name: 'stages',
    state: {
      load(stored) {
        const state = stored && reviveJourney(stored);
        if (stored !== undefined && !state) api?.report('journey_lost', 'it starts anew');
        return state;
      },
      merge: (mine = START, theirs) => mergeJourneys(mine, reviveJourney(theirs) ?? START, models),
      withoutMarketing: (state) => withTouchpoints(state, unpackTouchpoints(state).map(plainArrival)),
    },
    process(draft, before = START, visitor) {
      const { context, fields, name, stage } = draft;
      if (name.startsWith('~')) return undefined;
      if (stage !== undefined && !isStage(stage, models)) api?.report(...wrong('stage', model.names, stage));
      const { state, step } = advance(rules, before, { ...draft, cart: !!commerceOf(visitor).cart });
      const touchpoint = creditedTouchpoint(unpackTouchpoints(state));
      return {
        state,
        drafts: [{ ...draft, fields: { ...fields, journey: step }, context: { ...context, touchpoint } }],
      };
    },
    methods(given) {
      api = given;
      return {
        journey() {
          const now = (given.tracker.record()?.state.stages as JourneyState | undefined) ?? START;
          return { ...(progressIn(now, model) ?? unseen(1)), bought: now.bought, touchpoints: unpackTouchpoints(now) };
        },
      };
    },
  };
}
