export {
  firstTouch,
  lastNonDirectTouch,
  lastTouch,
  linear,
  positionBased,
  timeDecay,
  type Credited,
  type Path,
} from './attribution.js';
export { defineModel } from './define-model.js';
export { dropOuts, type DropOut } from './drop-out.js';
export { createJourney, type Journey } from './create-journey.js';
export { stages } from './every-stage.js';
export { DORMANT_DAYS, type JourneyEvent, type JourneyOptions, type Move, type Step } from './journey.js';
export type { Fact, Model, ModelDefinition, Rule, Stage } from './model.js';
export { aidaModel, findModel, funnelModel, journeyModel, mckinseyModel, momentsModel } from './model-words.js';
export { schemeModel } from './scheme-model.js';
export { type JourneyMethods, type JourneySnapshot, type StagesOptions } from './stages.js';
export { MAX_STATE_BYTES, mergeJourneys, reviveJourney, type JourneyState, type Progress } from './state.js';
export { type PackedTouchpoints, type Touchpoint } from './touchpoints.js';
