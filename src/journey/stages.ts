import { ofDocument } from '../platform/of-document.js';
import { commerceOf } from '../commerce/state.js';
import type { Plugin, PluginApi } from '../plugin.js';
import { plainArrival } from '../privacy/marketing.js';
import { wrong } from '../util/show.js';
import { isStage } from './default-model.js';
import { advance, type JourneyOptions, type Rules } from './journey.js';
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

/** Gives every event its place in the visitor's journey, which is kept over pages and visits: as `stages` does, by models that are there already. */
export function stagesBy(rules: Rules, stageAttribute?: boolean): Plugin<JourneyState, JourneyMethods> {
  const { models } = rules;
  const model = models[0]!;

  let api: PluginApi | undefined;
  let looked: JourneyState | undefined;
  let sound = START;
  /** Returns the state, or that of a newcomer where it is none. Looks at each state once. */
  function revive(state: JourneyState = START): JourneyState {
    if (state !== looked) {
      const revived = reviveJourney((looked = state));
      if (!revived) api?.report('journey_lost', 'it starts anew');
      sound = revived ?? START;
    }
    return sound;
  }
  const current = () => revive(api?.tracker.record()?.state.stages as JourneyState | undefined);

  return {
    name: 'stages',
    state: {
      merge: (mine, theirs) => mergeJourneys(revive(mine), revive(theirs), models),
      withoutMarketing: (state) => withTouchpoints(revive(state), unpackTouchpoints(revive(state)).map(plainArrival)),
    },
    process(draft, stored, visitor) {
      const { context, fields, name, stage } = draft;
      if (name.startsWith('~')) return undefined;
      if (stage !== undefined && !isStage(stage, models)) api?.report(...wrong('stage', model.names, stage));
      const { state, step } = advance(rules, revive(stored), { ...draft, cart: !!commerceOf(visitor).cart });
      looked = sound = state;
      return { state, drafts: [{ ...draft, fields: { ...fields, journey: step }, context: { ...context, touchpoint: creditedTouchpoint(state) } }] };
    },
    methods(given) {
      api = given;
      return {
        journey() {
          const now = current();
          return { ...(progressIn(now, model) ?? unseen(1)), bought: now.bought, touchpoints: unpackTouchpoints(now) };
        },
      };
    },
    start({ guard, on, stops, tracker }) {
      if (!stageAttribute) return;
      const { dataset } = ofDocument('documentElement');
      const clear = () => delete dataset.journeyStage;
      const mirror = guard(() => {
        const stage = progressIn(current(), model)?.stage;
        if (stage && dataset.journeyStage !== stage) dataset.journeyStage = stage;
      });
      tracker.known(mirror);
      stops.push(on('event', mirror), on('reset', clear), clear);
    },
  };
}
